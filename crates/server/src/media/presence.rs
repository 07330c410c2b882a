//! Who is in by media, as the media server tells it, in the rooms' words.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use visita_protocol::{ParticipantId, RoomId};
use visita_room::Input;

use crate::rooms::Rooms;

/// Somebody in the media server, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// LiveKit room name.
    pub(crate) room: String,
    /// LiveKit identity.
    pub(crate) identity: String,
    /// Participant id, another one each time.
    pub(crate) sid: String,
}

/// What a media server tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// Somebody is connected.
    Joined {
        who: Who,
        /// The name in their token.
        name: Option<String>,
    },
    /// Somebody is gone.
    Left {
        who: Who,
        /// They said goodbye, rather than vanished.
        goodbye: bool,
    },
    /// Nothing that matters here.
    Other,
}

/// Tells the rooms; cheap to clone.
#[derive(Clone)]
pub(crate) struct Presence {
    rooms: Rooms,
    /// A seat's present media session: what an earlier one says about itself is no news.
    present: Arc<Mutex<HashMap<(RoomId, ParticipantId), String>>>,
}

impl Presence {
    pub(crate) fn new(rooms: Rooms) -> Self {
        Self { rooms, present: Arc::default() }
    }

    pub(crate) async fn hear(&self, event: Event) {
        match event {
            Event::Joined { who, name } => self.joined(who, name).await,
            Event::Left { who, goodbye } => self.left(who, goodbye).await,
            Event::Other => {}
        }
    }

    async fn joined(&self, who: Who, display_name: Option<String>) {
        let Some((room, seat)) = ours(&who) else { return };
        self.present.lock().insert((room.clone(), seat.clone()), who.sid);
        let session_id = self.rooms.new_session_id();
        self.rooms.tell(&room, Input::MediaJoined { participant_id: seat, display_name, session_id }).await;
    }

    async fn left(&self, who: Who, goodbye: bool) {
        let Some(key) = ours(&who) else { return };
        {
            let mut present = self.present.lock();
            if present.get(&key) != Some(&who.sid) {
                return;
            }
            present.remove(&key);
        }
        self.rooms.tell(&key.0, Input::MediaLeft { participant_id: key.1, goodbye }).await;
    }

    /// The rooms with somebody in.
    pub(crate) fn rooms(&self) -> Vec<RoomId> {
        let mut rooms: Vec<_> = self.present.lock().keys().map(|(room, _)| room.clone()).collect();
        rooms.sort();
        rooms.dedup();
        rooms
    }

    /// Compares with who is in by the media server's own list (identity to participant id): whoever is missing there is gone.
    pub(crate) async fn compare(&self, room: &RoomId, there: &HashMap<String, String>) {
        let gone: Vec<_> = self
            .present
            .lock()
            .iter()
            .filter(|((of, seat), _)| of == room && !there.contains_key(seat.as_str()))
            .map(|((_, seat), sid)| Who { room: room.to_string(), identity: seat.to_string(), sid: sid.clone() })
            .collect();
        for who in gone {
            self.left(who, false).await;
        }
    }
}

/// LiveKit rooms and identities that could be rooms and seats of ours; the rest belongs to holders of a LiveKit key.
fn ours(who: &Who) -> Option<(RoomId, ParticipantId)> {
    Some((who.room.parse().ok()?, who.identity.parse().ok()?))
}
