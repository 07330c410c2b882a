//! Steering rooms from the host.

use tokio::sync::{mpsc, oneshot};

use livekit_protocol::{ParticipantInfo, Room as RoomInfo};

use crate::api::{
    ParticipantDescription, ParticipantPatch, Permissions, RoomDescription, ServerData, SfuError, SfuStats, TrackSource,
};

/// Steers rooms; cheap to clone. Every call is answered by the media thread after it has taken effect.
#[derive(Clone, Debug)]
pub struct SfuControl {
    pub(crate) commands: mpsc::UnboundedSender<Command>,
}

/// Commands to the media thread.
#[derive(Debug)]
pub(crate) enum Command {
    RemoveParticipant { room: String, identity: String, revoke: bool, done: Done<()> },
    Readmit { room: String, identity: String, done: Done<()> },
    EndRoom { room: String, done: Done<()> },
    MuteTrack { room: String, identity: String, sid: String, muted: bool, done: Done<()> },
    MuteSource { room: String, identity: String, source: TrackSource, muted: bool, done: Done<()> },
    UpdateParticipant { room: String, identity: String, patch: ParticipantPatch, done: Done<()> },
    UpdateSubscriptions { room: String, identity: String, sids: Vec<String>, subscribe: bool, done: Done<()> },
    CreateRoom { wanted: WantedRoom, done: Done<RoomInfo> },
    UpdateRoomMetadata { room: String, metadata: String, done: Done<RoomInfo> },
    SendData { room: String, data: ServerData, done: Done<()> },
    Rooms { done: Done<Vec<RoomDescription>> },
    RoomInfos { names: Vec<String>, done: Done<Vec<RoomInfo>> },
    ParticipantInfos { room: String, done: Done<Vec<ParticipantInfo>> },
    Participants { room: String, done: Done<Vec<ParticipantDescription>> },
    Stats { done: Done<SfuStats> },
    Stop { done: Done<()> },
}

/// A room to be made before anybody joins.
#[derive(Clone, Debug, Default)]
pub(crate) struct WantedRoom {
    pub(crate) name: String,
    pub(crate) metadata: String,
    /// Seconds it stays without anybody ever having joined; 0: the default.
    pub(crate) empty_timeout: u32,
    /// Seconds it stays after the last one left; 0: the default.
    pub(crate) departure_timeout: u32,
    /// 0: as many as the server allows.
    pub(crate) max_participants: u32,
}

/// Where a command's answer goes.
pub(crate) type Done<T> = oneshot::Sender<Result<T, SfuError>>;

impl SfuControl {
    /// Removes somebody. Their client is told `PARTICIPANT_REMOVED` and does not come back by itself, though its token would
    /// still let it in.
    ///
    /// # Errors
    /// No such room or participant.
    pub async fn remove_participant(&self, room: &str, identity: &str) -> Result<(), SfuError> {
        self.remove(room, identity, false).await
    }

    /// Refuses every token of an identity for a room issued until now, refreshed ones too, and removes who is in with one.
    /// Tokens tell when they were issued in whole seconds (`nbf`): one issued in the second of the revocation is refused,
    /// unless [`readmit`](Self::readmit) says otherwise.
    ///
    /// # Errors
    /// Only when the media server has stopped: nobody need be there.
    pub async fn revoke_participant(&self, room: &str, identity: &str) -> Result<(), SfuError> {
        match self.remove(room, identity, true).await {
            Err(SfuError::NoRoom | SfuError::NoParticipant) => Ok(()),
            other => other,
        }
    }

    /// Lets in again whose tokens were revoked, also with the tokens of before.
    ///
    /// # Errors
    /// Only when the media server has stopped.
    pub async fn readmit(&self, room: &str, identity: &str) -> Result<(), SfuError> {
        self.ask(|done| Command::Readmit { room: room.to_owned(), identity: identity.to_owned(), done }).await
    }

    async fn remove(&self, room: &str, identity: &str, revoke: bool) -> Result<(), SfuError> {
        let (room, identity) = (room.to_owned(), identity.to_owned());
        self.ask(|done| Command::RemoveParticipant { room, identity, revoke, done }).await
    }

    /// Ends a room: everybody is told `ROOM_DELETED` and goes.
    ///
    /// # Errors
    /// No such room.
    pub async fn end_room(&self, room: &str) -> Result<(), SfuError> {
        self.ask(|done| Command::EndRoom { room: room.to_owned(), done }).await
    }

    /// Mutes somebody's track, or lifts that mute. While muted here nothing of the track is forwarded, whatever its owner's
    /// client says, and tracks published anew for the same source are muted as well. Lifting only lifts: whether to speak
    /// again is the owner's decision.
    ///
    /// # Errors
    /// No such room, participant or track.
    pub async fn mute_track(&self, room: &str, identity: &str, sid: &str, muted: bool) -> Result<(), SfuError> {
        self.ask(|done| Command::MuteTrack {
            room: room.to_owned(),
            identity: identity.to_owned(),
            sid: sid.to_owned(),
            muted,
            done,
        })
        .await
    }

    /// Mutes whatever somebody publishes of a source, now or later, or lifts that mute; as
    /// [`mute_track`](Self::mute_track), also before anything is published.
    ///
    /// # Errors
    /// No such room or participant.
    pub async fn mute_source(
        &self,
        room: &str,
        identity: &str,
        source: TrackSource,
        muted: bool,
    ) -> Result<(), SfuError> {
        let (room, identity) = (room.to_owned(), identity.to_owned());
        self.ask(|done| Command::MuteSource { room, identity, source, muted, done }).await
    }

    /// Changes what somebody may do; tracks that are no longer allowed are unpublished at once.
    ///
    /// # Errors
    /// No such room or participant.
    pub async fn update_permissions(
        &self,
        room: &str,
        identity: &str,
        permissions: Permissions,
    ) -> Result<(), SfuError> {
        let patch = ParticipantPatch { permissions: Some(permissions), ..Default::default() };
        self.update_participant(room, identity, patch).await
    }

    /// Changes somebody's name, metadata, attributes and permissions.
    ///
    /// # Errors
    /// No such room or participant.
    pub async fn update_participant(
        &self,
        room: &str,
        identity: &str,
        patch: ParticipantPatch,
    ) -> Result<(), SfuError> {
        let (room, identity) = (room.to_owned(), identity.to_owned());
        self.ask(|done| Command::UpdateParticipant { room, identity, patch, done }).await
    }

    /// Subscribes somebody to tracks, or ends that.
    ///
    /// # Errors
    /// No such room or participant.
    pub async fn update_subscriptions(
        &self,
        room: &str,
        identity: &str,
        sids: Vec<String>,
        subscribe: bool,
    ) -> Result<(), SfuError> {
        let (room, identity) = (room.to_owned(), identity.to_owned());
        self.ask(|done| Command::UpdateSubscriptions { room, identity, sids, subscribe, done }).await
    }

    /// Sets a room's metadata and tells everybody in it.
    ///
    /// # Errors
    /// No such room.
    pub async fn update_room_metadata(&self, room: &str, metadata: &str) -> Result<(), SfuError> {
        let (room, metadata) = (room.to_owned(), metadata.to_owned());
        self.ask(|done| Command::UpdateRoomMetadata { room, metadata, done }).await.map(drop)
    }

    /// Sends data to participants; to them it has no sender.
    ///
    /// # Errors
    /// No such room.
    pub async fn send_data(&self, room: &str, data: ServerData) -> Result<(), SfuError> {
        self.ask(|done| Command::SendData { room: room.to_owned(), data, done }).await
    }

    /// Makes a room before anybody joins; one that is there stays as it is.
    ///
    /// # Errors
    /// Only when the media server has stopped.
    pub async fn create_room(&self, room: &str) -> Result<(), SfuError> {
        let wanted = WantedRoom { name: room.to_owned(), ..WantedRoom::default() };
        self.ask(|done| Command::CreateRoom { wanted, done }).await.map(drop)
    }

    /// The rooms that are there.
    ///
    /// # Errors
    /// Only when the media server has stopped.
    pub async fn rooms(&self) -> Result<Vec<RoomDescription>, SfuError> {
        self.ask(|done| Command::Rooms { done }).await
    }

    /// Everybody in a room, hidden ones too, in the order of their coming.
    ///
    /// # Errors
    /// No such room.
    pub async fn participants(&self, room: &str) -> Result<Vec<ParticipantDescription>, SfuError> {
        self.ask(|done| Command::Participants { room: room.to_owned(), done }).await
    }

    /// Counters.
    ///
    /// # Errors
    /// Only when the media server has stopped.
    pub async fn stats(&self) -> Result<SfuStats, SfuError> {
        self.ask(|done| Command::Stats { done }).await
    }

    pub(crate) async fn stop(&self) -> Result<(), SfuError> {
        self.ask(|done| Command::Stop { done }).await
    }

    pub(crate) async fn ask<T>(&self, command: impl FnOnce(Done<T>) -> Command) -> Result<T, SfuError> {
        let (done, answer) = oneshot::channel();
        self.commands.send(command(done)).map_err(|_| SfuError::Stopped)?;
        answer.await.map_err(|_| SfuError::Stopped)?
    }
}
