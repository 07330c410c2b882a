//! Rooms: begun by the first to join or reserved before, told of what changes, ended.

use std::time::{Duration, Instant};

use livekit_protocol::{Room as RoomInfo, RoomUpdate, signal_response::Message as Response};

use super::{
    Engine,
    model::{ParticipantKey, Reserved, Room, RoomKey},
};
use crate::{
    api::{LeftReason, RoomDescription, SfuError, SfuEvent},
    control::WantedRoom,
    forward::{ReliableLog, Speakers},
    wire,
};

/// How long a reserved room waits for the first to come, and stays after the last has left, unless its maker says otherwise;
/// LiveKit's values.
const EMPTY_TIMEOUT: Duration = Duration::from_secs(300);
const DEPARTURE_TIMEOUT: Duration = Duration::from_secs(20);

/// How often the rooms are looked at: news of a room that changes all the time are told so often.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

impl Engine {
    pub(super) fn start_room(&mut self, name: &str) -> RoomKey {
        let sid = wire::new_id("RM_");
        self.emit(SfuEvent::RoomStarted { room: name.to_owned(), sid: sid.clone() });
        let key = self.rooms.insert(Room {
            name: name.to_owned(),
            sid,
            created_ms: wire::unix_ms(),
            participants: Vec::new(),
            metadata: String::new(),
            reserved: None,
            empty_since: None,
            news: false,
            log: ReliableLog::default(),
            speakers: Speakers::default(),
        });
        self.room_by_name.insert(name.to_owned(), key);
        key
    }

    /// Makes a room before anybody joins, or changes one that is there.
    pub(super) fn reserve_room(&mut self, wanted: WantedRoom, now: Instant) -> Result<RoomInfo, SfuError> {
        let key = match self.room_by_name.get(&wanted.name) {
            Some(&key) => key,
            None => self.start_room(&wanted.name),
        };
        let or_default = |seconds: u32, default| match seconds {
            0 => default,
            seconds => Duration::from_secs(seconds.into()),
        };
        let room = self.rooms.get_mut(key).ok_or(SfuError::NoRoom)?;
        room.reserved = Some(Reserved {
            empty_timeout: or_default(wanted.empty_timeout, EMPTY_TIMEOUT),
            departure_timeout: or_default(wanted.departure_timeout, DEPARTURE_TIMEOUT),
            max_participants: wanted.max_participants,
            used: !room.participants.is_empty(),
        });
        if room.participants.is_empty() {
            room.empty_since = Some(now);
        }
        if !wanted.metadata.is_empty() && room.metadata != wanted.metadata {
            room.metadata = wanted.metadata;
            room.news = true;
        }
        self.rooms.get(key).map(|room| self.room_info(room)).ok_or(SfuError::NoRoom)
    }

    pub(super) fn set_room_metadata(&mut self, name: &str, metadata: String) -> Result<RoomInfo, SfuError> {
        let key = *self.room_by_name.get(name).ok_or(SfuError::NoRoom)?;
        let room = self.rooms.get_mut(key).ok_or(SfuError::NoRoom)?;
        room.metadata = metadata;
        room.news = false;
        self.tell_room(key);
        self.rooms.get(key).map(|room| self.room_info(room)).ok_or(SfuError::NoRoom)
    }

    /// Ends a room and all that is in it.
    pub(super) fn end_room(&mut self, name: &str, now: Instant) -> Result<(), SfuError> {
        let key = *self.room_by_name.get(name).ok_or(SfuError::NoRoom)?;
        if let Some(room) = self.rooms.get_mut(key) {
            room.reserved = None;
            if room.participants.is_empty() {
                self.finish_room(key);
                return Ok(());
            }
        }
        let everybody = self.rooms.get(key).map(|room| room.participants.clone()).unwrap_or_default();
        for participant in everybody {
            self.remove(participant, LeftReason::RoomEnded, now);
        }
        Ok(())
    }

    /// Forgets a room nobody is in.
    pub(super) fn finish_room(&mut self, key: RoomKey) {
        let Some(room) = self.rooms.remove(key) else { return };
        self.room_by_name.remove(&room.name);
        self.emit(SfuEvent::RoomFinished { room: room.name, sid: room.sid });
    }

    pub(super) fn room_info(&self, room: &Room) -> RoomInfo {
        RoomInfo {
            num_participants: self.count(room, |_| true) as u32,
            num_publishers: self.publishers(room) as u32,
            ..room.info()
        }
    }

    pub(super) fn describe_rooms(&self) -> Vec<RoomDescription> {
        let describe = |room: &Room| RoomDescription {
            name: room.name.clone(),
            sid: room.sid.clone(),
            metadata: room.metadata.clone(),
            created_ms: room.created_ms,
            participants: self.count(room, |_| true),
            publishers: self.publishers(room),
        };
        self.rooms.values().map(describe).collect()
    }

    pub(super) fn tick_rooms(&mut self, now: Instant) {
        if now < self.next_look_at_rooms {
            return;
        }
        self.next_look_at_rooms = now + LOOK_INTERVAL;
        let mut over = Vec::new();
        let mut news = Vec::new();
        for (key, room) in &mut self.rooms {
            if let (Some(reserved), Some(since)) = (room.reserved, room.empty_since) {
                let stays = if reserved.used { reserved.departure_timeout } else { reserved.empty_timeout };
                if now.saturating_duration_since(since) >= stays {
                    over.push(key);
                    continue;
                }
            }
            if std::mem::take(&mut room.news) {
                news.push(key);
            }
        }
        for key in over {
            self.finish_room(key);
        }
        for key in news {
            self.tell_room(key);
        }
    }

    fn tell_room(&self, key: RoomKey) {
        let Some(room) = self.rooms.get(key) else { return };
        let update = Response::RoomUpdate(RoomUpdate { room: Some(self.room_info(room)) });
        for &participant in &room.participants {
            self.tell(participant, update.clone());
        }
    }

    fn publishers(&self, room: &Room) -> usize {
        self.count(room, |key| self.participants.get(key).is_some_and(|participant| !participant.tracks.is_empty()))
    }

    /// How many of those everybody may know of.
    fn count(&self, room: &Room, is: impl Fn(ParticipantKey) -> bool) -> usize {
        room.participants.iter().filter(|&&key| self.is_visible(key) && is(key)).count()
    }
}
