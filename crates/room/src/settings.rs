//! What is fixed about a room, and what is known of it from before.

use std::time::Duration;

use visita_protocol::{CallType, Entrance, FileId, RecordingLayout, RecordingMode, RoomId, channel::ChatMessage};

use crate::{Refusal, SeatSettings, Timestamp};

/// What is fixed about a room.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The room.
    pub room_id: RoomId,
    /// Its description.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// How the picture of a recording is arranged when nothing else is asked for.
    pub recording_layout: RecordingLayout,
    /// Effective call time; `None` is unlimited.
    pub duration: Option<Duration>,
    /// How many people take part in a visit whose seats are filled one after the other; `None` where everybody was known
    /// when it was made.
    pub expected: Option<usize>,
    /// How many may be in at once in an open room; `None` in a seated one, whose seats say it.
    pub capacity: Option<usize>,
    /// Speakers publish, the audience watches.
    pub webinar: bool,
    /// Everybody but admins waits until an admin lets them in.
    pub waiting_room: bool,
    /// Using a link rings the others.
    pub live: bool,
    /// When the visit starts.
    pub starts_at: Option<Timestamp>,
    /// How long before the start people may come in already.
    pub early_entry: Duration,
    /// How long before the start the room is not changed any more.
    pub freeze: Duration,
    /// From when on links let nobody in any more.
    pub ends_at: Option<Timestamp>,
    /// What may be used in it at all.
    pub allowed: Allowed,
    /// Who gets a media token without a key.
    pub entrance: Entrance,
    /// Its seats.
    pub seats: Vec<SeatSettings>,
    /// How long a lost connection keeps its seat.
    pub grace: Duration,
}

impl Settings {
    /// From when on links let somebody in; `None` is always.
    pub fn opens_at(&self) -> Option<Timestamp> {
        self.starts_at.map(|at| at - self.early_entry)
    }

    /// Whether people are told their links yet. Those of a visit whose seats are filled one after the other are kept back
    /// while it may still be changed.
    pub fn gives_links(&self, now: Timestamp) -> bool {
        self.expected.is_none() || self.may_change(self.seats.len(), now).is_err()
    }

    /// Whether it may be changed, with so many seats.
    pub(crate) fn may_change(&self, seats: usize, now: Timestamp) -> Result<(), Refusal> {
        let is_frozen = match self.starts_at {
            _ if !self.is_complete(seats) => false,
            Some(start) => start - self.freeze <= now && (now < start || self.expected.is_some()),
            None => self.expected.is_some(),
        };
        if is_frozen { Err(Refusal::Frozen) } else { Ok(()) }
    }

    /// Whether everybody who takes part has a seat, when there are so many.
    pub(crate) fn is_complete(&self, seats: usize) -> bool {
        self.expected.is_none_or(|expected| expected <= seats)
    }
}

/// What may be used in a room at all, whatever its seats' tools say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Chat; without it plain LiveKit clients send no data messages either.
    pub chat: bool,
    /// Screens and windows.
    pub screen_sharing: bool,
}

impl Allowed {
    /// Everything.
    pub const ALL: Self = Self { chat: true, screen_sharing: true };
}

impl Default for Allowed {
    fn default() -> Self {
        Self::ALL
    }
}

/// What of a room may be changed later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its description.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// How the picture of a recording is arranged.
    pub recording_layout: RecordingLayout,
    /// How many may be in at once in an open room. Those who are in stay.
    pub capacity: Option<usize>,
    /// Speakers publish, the audience watches.
    pub webinar: bool,
    /// What may be used in it at all.
    pub allowed: Allowed,
    /// Who gets a media token without a key.
    pub entrance: Entrance,
}

/// Whether a room lets people in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Active,
    /// Switched off.
    Disabled,
    /// Its duration is used up.
    UsedUp,
    /// Deleted.
    Deleted,
}

/// What is known of a room from before.
#[derive(Clone, Debug)]
pub struct Restored {
    /// Whether it lets people in.
    pub standing: Standing,
    /// Effective call time used.
    pub used: Duration,
    /// The newest messages of the chat, oldest first.
    pub chat: Vec<ChatMessage>,
    /// The newest of the files that were deleted, oldest first, each with the number of the message that brought it.
    pub deleted: Vec<(u32, FileId)>,
}

/// What a look through a link shows of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The host's name (first admin, else first plus user), when another seat is the host's and the name is known.
    pub host_name: Option<String>,
    /// What who sits or waits there is called, else the name that was given to the seat.
    pub display_name: Option<String>,
    /// Names of the others who are in. in the order of their coming.
    pub people_in: Vec<String>,
    /// Whether the seat is connected.
    pub in_use: bool,
    /// Whether an admin has to let the seat in.
    pub waits: bool,
    /// When the visit starts.
    pub starts_at: Option<Timestamp>,
    /// From when on the link lets somebody in, while that is to come.
    pub opens_at: Option<Timestamp>,
}
