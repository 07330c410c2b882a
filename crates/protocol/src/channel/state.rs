//! What a client of the room channel holds of the room.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    CallType, ParticipantId, RecordingLayout, RecordingMode, RoomId, SessionId, Tools, recorder::RecorderTrouble,
};

/// What somebody is sending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MediaState {
    /// Microphone on.
    pub microphone: bool,
    /// Camera on.
    pub camera: bool,
}

/// A sign that is seen by everybody for a moment and kept nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Reaction {
    /// Thumbs up.
    ThumbsUp,
    /// A heart.
    Heart,
    /// Laughter.
    Laugh,
    /// Confetti.
    Celebrate,
    /// A question mark.
    Question,
}

/// One kind of media that somebody sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MediaSource {
    /// A microphone.
    Microphone,
    /// A camera.
    Camera,
    /// A screen or window, with its sound.
    Screen,
}

/// What an admin has taken the right to send of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
pub struct MutedSources {
    /// The microphone.
    pub microphone: bool,
    /// The camera.
    pub camera: bool,
    /// Screen and windows.
    pub screen: bool,
}

impl MutedSources {
    /// Whether the right to send `source` is taken.
    pub const fn contains(self, source: MediaSource) -> bool {
        match source {
            MediaSource::Microphone => self.microphone,
            MediaSource::Camera => self.camera,
            MediaSource::Screen => self.screen,
        }
    }

    /// Takes the right to send `source`, or gives it back.
    pub const fn set(&mut self, source: MediaSource, muted: bool) {
        match source {
            MediaSource::Microphone => self.microphone = muted,
            MediaSource::Camera => self.camera = muted,
            MediaSource::Screen => self.screen = muted,
        }
    }
}

/// Whether somebody publishes or watches. Everybody is a speaker where the room is no webinar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StageRole {
    /// Publishes.
    #[default]
    Speaker,
    /// Watches, and may chat and raise a hand.
    Audience,
}

/// Somebody who is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ParticipantState {
    /// Their seat, which is also their LiveKit identity.
    pub participant_id: ParticipantId,
    /// Name to show.
    pub display_name: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// What they send.
    pub media: MediaState,
    /// What an admin has taken from them.
    #[serde(default)]
    pub muted_by_admin: MutedSources,
    /// What they may use.
    #[serde(default)]
    pub tools: Tools,
    /// On stage or in the audience.
    #[serde(default)]
    pub role: StageRole,
    /// Their raised hand: the smallest number was first. None is down.
    #[serde(default)]
    pub hand: Option<u32>,
}

/// The room as a client holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// The room.
    pub room_id: RoomId,
    /// Its running session.
    pub session_id: SessionId,
    /// Its description.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// What your seat may use.
    pub tools: Tools,
    /// Who is in, in the order of their coming; you among them.
    pub participants: Vec<ParticipantState>,
    /// Effective call time that is left, in seconds; none means unlimited.
    pub seconds_left: Option<u32>,
    /// Whether that is being counted down.
    #[serde(default)]
    pub clock_runs: bool,
    /// Speakers and audience.
    #[serde(default)]
    pub webinar: bool,
    /// Guests wait until an admin lets them in.
    #[serde(default)]
    pub waiting_room: bool,
    /// The whiteboard.
    #[serde(default)]
    pub whiteboard: WhiteboardState,
    /// Whether it is being recorded now.
    #[serde(default)]
    pub recording_state: RecordingState,
    /// Your own answer to being recorded.
    #[serde(default)]
    pub consent: Option<Consent>,
    /// Who is being rung.
    #[serde(default)]
    pub rings: Vec<Ring>,
    /// Whom everybody shall look at.
    #[serde(default)]
    pub presenter: Option<ParticipantId>,
}

/// Whether the whiteboard is open for everybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WhiteboardState {
    /// Open.
    pub shown: bool,
    /// Who opened it, turned to another page, or closed it.
    pub by: Option<ParticipantId>,
    /// The page that everybody shall look at, from 0.
    #[serde(default)]
    pub page: u32,
}

/// Whether the session is being recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RecordingState {
    /// It is not.
    #[default]
    Off,
    /// It is about to be: the recorder is on its way into the room. People are asked from here on.
    Starting,
    /// It is.
    On {
        /// Recorded so far, in seconds.
        elapsed_s: u32,
        /// How the picture is arranged.
        layout: RecordingLayout,
        /// Size of the file so far, in megabytes (10⁶ bytes).
        megabytes: u32,
        /// What is wrong while it goes on.
        #[serde(default)]
        trouble: Option<RecorderTrouble>,
    },
    /// It ended by itself; what was recorded before is kept.
    Stopped {
        /// Why.
        reason: RecordingStop,
    },
}

/// Why a recording ended by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RecordingStop {
    /// The disk is full.
    DiskFull,
    /// The recorder failed, and did so again when it was started anew.
    Failed,
}

/// Somebody's answer to being recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Yes or no.
    pub answer: bool,
    /// Which wording of the question they were shown.
    pub text_version: String,
    /// When, Unix time in milliseconds.
    pub at_ms: u64,
}

/// The clock of effective call time in a room with a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ClockState {
    /// What is left, in seconds.
    pub seconds_left: u32,
    /// Whether it is being counted down.
    pub runs: bool,
}

/// A seat that is not in and is being rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Ring {
    /// The seat.
    pub participant_id: ParticipantId,
    /// Name that was given to the seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// What it came to.
    pub state: RingState,
}

/// What ringing came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RingState {
    /// It rings.
    Ringing,
    /// Taken; they are coming, or in already.
    Answered,
    /// Not wanted.
    Declined,
    /// On another call.
    Busy,
    /// Nobody took it in time.
    NoAnswer,
    /// The caller gave up.
    Cancelled,
}

/// What only admins see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminState {
    /// Who waits to be let in, the next one first.
    pub waiting: Vec<WaitingPerson>,
    /// Who was removed or refused in this session and may be let come again.
    pub removed: Vec<RemovedPerson>,
    /// The latest answer of each to being recorded.
    pub consents: Vec<Consent>,
}

/// Somebody in the waiting room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct WaitingPerson {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Name to show.
    pub display_name: String,
    /// How long they have waited, in seconds.
    pub waited_s: u32,
    /// Their line is up.
    pub connected: bool,
}

/// Somebody who was put out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RemovedPerson {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// The name they had.
    pub display_name: String,
}

/// A note between a waiting guest and the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingNote {
    /// Rises with each note in the room.
    pub id: u32,
    /// The waiting guest whose conversation it belongs to.
    pub guest: ParticipantId,
    /// Who wrote it.
    pub from: ParticipantId,
    /// Their name.
    pub from_name: String,
    /// What.
    pub text: String,
    /// When, Unix time in milliseconds.
    pub at_ms: u64,
}

/// What somebody in the waiting room knows of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingRoom {
    /// The room.
    pub room_id: RoomId,
    /// Its description.
    pub title: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it will or may be recorded.
    pub recording: RecordingMode,
    /// The host's name, while the host is in.
    pub host_name: Option<String>,
    /// Your place: 1 is next.
    pub place: u32,
    /// Notes so far between you and the host.
    pub notes: Vec<WaitingNote>,
}
