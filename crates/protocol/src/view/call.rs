//! The call.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{MeView, PersonView, SendingView, ShareView, WaitingPersonView};
use crate::{
    CallType, ParticipantId, RecordingMode,
    channel::{MediaSource, Reaction, RecordingState, RemovedPerson, RingState, WhiteboardState},
    desktop::ShareSourcesView,
};

/// The call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct CallView {
    /// The room's title, when it has one.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// Whether it is being recorded now. While it is, nobody may overlook it.
    pub recording_state: RecordingState,
    /// Speakers and audience.
    pub webinar: bool,
    /// The line to the room.
    pub connection: ConnectionView,
    /// Myself.
    pub me: MeView,
    /// The others, in the order of their coming.
    pub people: Vec<PersonView>,
    /// Effective call time that is left, in seconds.
    pub seconds_left: Option<u32>,
    /// Whether that is being counted down.
    pub clock_runs: bool,
    /// Little time is left: 300 or 30 seconds, as last warned of.
    pub time_warning: Option<u32>,
    /// Whether the whiteboard is open for everybody.
    pub whiteboard: WhiteboardState,
    /// Who waits to be let in, the next one first; admins only.
    pub waiting: Vec<WaitingPersonView>,
    /// Who was put out and may be let come again; admins only.
    pub removed: Vec<RemovedPerson>,
    /// Answers to being recorded; admins only.
    pub consents: Vec<ConsentView>,
    /// An admin asks me to switch something on.
    pub asked_to_unmute: Option<AskedToUnmuteView>,
    /// What I show.
    pub share: Option<ShareView>,
    /// Who is being rung.
    pub rings: Vec<RingView>,
    /// What I send as video.
    pub sending: Vec<SendingView>,
    /// Guests wait until an admin lets them in.
    #[serde(default)]
    pub waiting_room: bool,
    /// What could be shown to the others, while the picker is open.
    #[serde(default)]
    pub share_sources: Option<ShareSourcesView>,
    /// Reactions of the last seconds.
    #[serde(default)]
    pub reactions: Vec<ReactionView>,
    /// Whom everybody shall look at, until they stop: myself, when it is my id.
    #[serde(default)]
    pub presenter: Option<ParticipantId>,
    /// Messages of others in the chat that I have not seen.
    #[serde(default)]
    pub unread_chat: u32,
    /// This is a test call of one's own.
    pub is_test_call: bool,
}

/// A reaction that somebody sent a moment ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ReactionView {
    /// Rises with each.
    pub id: u32,
    /// Who.
    pub participant_id: ParticipantId,
    /// What.
    pub reaction: Reaction,
}

/// Somebody's answer to being recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ConsentView {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Their name; empty where it is not known, as of those who left before I came.
    pub display_name: String,
    /// None while it is awaited.
    pub answer: Option<bool>,
    /// When, Unix time in milliseconds.
    pub at_ms: Option<f64>,
}

/// Where my answer to being recorded stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ConsentAnswer {
    /// Nobody asks: it is not recorded now.
    #[default]
    NotAsked,
    /// Asked, not answered yet.
    Asked,
    /// In the recording.
    Yes,
    /// Not in the recording.
    No,
}

/// An admin asks me to switch something on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AskedToUnmuteView {
    /// Who asks.
    pub by_name: String,
    /// What.
    pub source: MediaSource,
}

/// Somebody who is being rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RingView {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Their name; empty where it is not known.
    pub display_name: String,
    /// What it came to.
    pub state: RingState,
}

/// The line to the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ConnectionView {
    /// On the way in.
    Connecting,
    /// In.
    Connected,
    /// In, but the line is weak, or a part of it is being made again.
    Unstable,
    /// Lost; being made again by itself.
    Reconnecting {
        /// Which try, from 1.
        attempt: u32,
    },
}
