//! The media server, built in or elsewhere: the only module that knows which.

use std::collections::HashMap;

use tokio::sync::mpsc;
use visita_protocol::{ParticipantId, RoomId};
use visita_room::{Input, MediaRights};
use visita_sfu::{LeftReason, Permissions, SfuControl, SfuError, SfuEvent, TrackSource};

use crate::rooms::Rooms;

/// A handle to whatever carries the media.
#[derive(Clone, Debug)]
pub(crate) enum Media {
    /// The built-in media server.
    BuiltIn(SfuControl),
    /// A LiveKit server or cluster, which puts out a displaced identity by itself.
    Elsewhere,
}

impl Media {
    /// Takes somebody out of the media, and refuses the tokens they have; done when it has taken effect.
    pub(crate) async fn remove(&self, room: &RoomId, seat: &ParticipantId, revoke: bool) {
        match self {
            Self::BuiltIn(sfu) if revoke => report(sfu.revoke_participant(room.as_str(), seat.as_str()).await, room),
            Self::BuiltIn(sfu) => report(sfu.remove_participant(room.as_str(), seat.as_str()).await, room),
            Self::Elsewhere => {}
        }
    }

    /// Changes what somebody may do; done when it has taken effect.
    pub(crate) async fn set_rights(&self, room: &RoomId, seat: &ParticipantId, rights: MediaRights) {
        let Self::BuiltIn(sfu) = self else { return };
        let (name, identity) = (room.as_str(), seat.as_str());
        report(sfu.update_permissions(name, identity, permissions(&rights)).await, room);
        // What is held muted stays published, so that it is back at once when it is released.
        for (source, muted) in [
            (TrackSource::Microphone, rights.muted.microphone),
            (TrackSource::Camera, rights.muted.camera),
            (TrackSource::ScreenShare, rights.muted.screen),
            (TrackSource::ScreenShareAudio, rights.muted.screen),
        ] {
            report(sfu.mute_source(name, identity, source, muted).await, room);
        }
    }

    /// Takes everybody out of the media.
    pub(crate) async fn end(&self, room: &RoomId) {
        if let Self::BuiltIn(sfu) = self {
            report(sfu.end_room(room.as_str()).await, room);
        }
    }
}

/// What may be published, muted or not.
fn permissions(rights: &MediaRights) -> Permissions {
    let sources = [
        (TrackSource::Microphone, rights.microphone),
        (TrackSource::Camera, rights.camera),
        (TrackSource::ScreenShare, rights.screen),
        (TrackSource::ScreenShareAudio, rights.screen),
    ];
    let publish_sources: Vec<_> =
        sources.into_iter().filter(|(_, granted)| *granted).map(|(source, _)| source).collect();
    Permissions {
        // An empty list would allow every source.
        publish: !publish_sources.is_empty(),
        subscribe: true,
        publish_data: rights.data,
        publish_sources,
        update_own_metadata: false,
        hidden: false,
        recorder: false,
    }
}

/// Who was not there need not be removed.
fn report(result: Result<(), SfuError>, room: &RoomId) {
    match result {
        Ok(()) | Err(SfuError::NoRoom | SfuError::NoParticipant) => {}
        Err(error) => tracing::warn!(%room, %error, "the media server did not obey"),
    }
}

/// Tells the rooms who is in by media, until the media server is gone.
pub(crate) async fn pump(sfu: SfuControl, mut events: mpsc::UnboundedReceiver<SfuEvent>, rooms: Rooms) {
    // A seat's present media session: what an earlier one says about itself is no news.
    let mut present: HashMap<(RoomId, ParticipantId), String> = HashMap::new();
    while let Some(event) = events.recv().await {
        match event {
            SfuEvent::ParticipantJoined { room, identity, sid } => {
                let Some((room, seat)) = ours(&room, &identity) else { continue };
                let display_name = name_of(&sfu, &room, &sid).await;
                present.insert((room.clone(), seat.clone()), sid);
                let session_id = rooms.new_session_id();
                rooms.tell(&room, Input::MediaJoined { participant_id: seat, display_name, session_id }).await;
            }
            SfuEvent::ParticipantLeft { room, identity, sid, reason, .. } => {
                let Some((room, seat)) = ours(&room, &identity) else { continue };
                let key = (room, seat);
                if present.get(&key) == Some(&sid) {
                    present.remove(&key);
                    let goodbye = matches!(reason, LeftReason::Left);
                    rooms.tell(&key.0, Input::MediaLeft { participant_id: key.1, goodbye }).await;
                }
            }
            SfuEvent::RoomStarted { .. }
            | SfuEvent::RoomFinished { .. }
            | SfuEvent::TrackPublished { .. }
            | SfuEvent::TrackUnpublished { .. }
            | SfuEvent::TrackMuted { .. } => {}
        }
    }
}

/// LiveKit rooms and identities that could be rooms and seats of ours; the rest belongs to holders of a LiveKit key.
fn ours(room: &str, identity: &str) -> Option<(RoomId, ParticipantId)> {
    Some((room.parse().ok()?, identity.parse().ok()?))
}

async fn name_of(sfu: &SfuControl, room: &RoomId, sid: &str) -> Option<String> {
    let participants = sfu.participants(room.as_str()).await.ok()?;
    participants.into_iter().find(|participant| participant.sid == sid).map(|participant| participant.name)
}
