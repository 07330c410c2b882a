//! The media server, built in or elsewhere: the only module that knows which.

use std::collections::HashMap;

use tokio::sync::mpsc;
use visita_protocol::{ParticipantId, RoomId};
use visita_room::Input;
use visita_sfu::{LeftReason, SfuControl, SfuError, SfuEvent};

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
    /// Takes somebody out of the media; done when it has taken effect.
    pub(crate) async fn remove(&self, room: &RoomId, seat: &ParticipantId) {
        if let Self::BuiltIn(sfu) = self {
            report(sfu.remove_participant(room.as_str(), seat.as_str()).await, room);
        }
    }

    /// Takes everybody out of the media.
    pub(crate) async fn end(&self, room: &RoomId) {
        if let Self::BuiltIn(sfu) = self {
            report(sfu.end_room(room.as_str()).await, room);
        }
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
