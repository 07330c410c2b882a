//! Steering rooms from the host.

use tokio::sync::{mpsc, oneshot};

use crate::api::{ParticipantDescription, Permissions, SfuError, SfuStats};

/// Steers rooms; cheap to clone. Every call is answered by the media thread after it has taken effect.
#[derive(Clone, Debug)]
pub struct SfuControl {
    pub(crate) commands: mpsc::UnboundedSender<Command>,
}

/// Commands to the media thread.
#[derive(Debug)]
pub(crate) enum Command {
    RemoveParticipant { room: String, identity: String, done: Done<()> },
    EndRoom { room: String, done: Done<()> },
    MuteTrack { room: String, identity: String, sid: String, muted: bool, done: Done<()> },
    UpdatePermissions { room: String, identity: String, permissions: Permissions, done: Done<()> },
    Participants { room: String, done: Done<Vec<ParticipantDescription>> },
    Stats { done: Done<SfuStats> },
    Stop { done: Done<()> },
}

/// Where a command's answer goes.
pub(crate) type Done<T> = oneshot::Sender<Result<T, SfuError>>;

impl SfuControl {
    /// Removes somebody. Their client is told `PARTICIPANT_REMOVED` and does not come back by itself.
    ///
    /// # Errors
    /// No such room or participant.
    pub async fn remove_participant(&self, room: &str, identity: &str) -> Result<(), SfuError> {
        self.ask(|done| Command::RemoveParticipant { room: room.to_owned(), identity: identity.to_owned(), done }).await
    }

    /// Ends a room: everybody is told `ROOM_DELETED` and goes.
    ///
    /// # Errors
    /// No such room.
    pub async fn end_room(&self, room: &str) -> Result<(), SfuError> {
        self.ask(|done| Command::EndRoom { room: room.to_owned(), done }).await
    }

    /// Mutes somebody's track, or lifts that mute. While muted here nothing of the track is forwarded, whatever its owner's
    /// client says.
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
        self.ask(|done| Command::UpdatePermissions {
            room: room.to_owned(),
            identity: identity.to_owned(),
            permissions,
            done,
        })
        .await
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

    async fn ask<T>(&self, command: impl FnOnce(Done<T>) -> Command) -> Result<T, SfuError> {
        let (done, answer) = oneshot::channel();
        self.commands.send(command(done)).map_err(|_| SfuError::Stopped)?;
        answer.await.map_err(|_| SfuError::Stopped)?
    }
}
