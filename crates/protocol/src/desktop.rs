//! What the page draws around a call: one's own rooms, the account, other windows, and the reports after a call.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{CallType, ParticipantId, Problem, RecordingMode, RoomId, Tools, rest::Role, view::DeviceState};

// ------------------------------------------------------------------------------------------------- rooms

/// One's own rooms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RoomsView {
    /// Being asked for.
    Loading,
    /// The list.
    Ready {
        /// Newest first.
        rooms: Vec<RoomCardView>,
    },
    /// It could not be had.
    Failed {
        /// Why.
        problem: Problem,
    },
}

/// A room in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RoomCardView {
    /// The room.
    pub room_id: RoomId,
    /// Its title, when it has one.
    pub title: Option<String>,
    /// What it was made for.
    pub preset: Preset,
    /// Names of those with a seat, without mine.
    pub people: Vec<String>,
    /// When the visit starts, Unix seconds; a room without a schedule is always open.
    pub starts_at: Option<f64>,
    /// Until when, Unix seconds.
    pub ends_at: Option<f64>,
    /// How many are in.
    pub people_in: u32,
    /// How many wait to be let in.
    pub waiting: u32,
}

/// What a room is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// A visit for two.
    #[default]
    Visit,
    /// A team.
    Team,
    /// Speakers and audience.
    Webinar,
    /// Sound only.
    Audio,
    /// A recorded interview.
    Interview,
}

/// One seat of a room to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct SeatDraft {
    /// Name, kept on this computer only.
    pub display_name: String,
    /// Whether they may make rooms too.
    pub role: Role,
    /// Admin of the room.
    pub is_admin: bool,
    /// What they may use.
    pub tools: Tools,
    /// It is mine.
    pub me: bool,
}

/// A room to be made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct RoomDraft {
    /// What it is for.
    pub preset: Preset,
    /// Title; may be empty.
    pub title: String,
    /// Who comes.
    pub seats: Vec<SeatDraft>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// Guests wait until an admin lets them in.
    pub waiting_room: bool,
    /// Rings for the others when somebody uses a link.
    pub ring: bool,
    /// Unix seconds.
    pub starts_at: Option<f64>,
    /// Unix seconds.
    pub ends_at: Option<f64>,
    /// Effective call time in seconds; none is unlimited.
    pub duration_s: Option<u32>,
}

/// A room that is being made, or was made just now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum NewRoomView {
    /// Being made.
    Making,
    /// The server said no.
    Refused {
        /// Why.
        problem: Problem,
    },
    /// There it is.
    Made(MadeRoomView),
}

/// A room with its links.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MadeRoomView {
    /// The room.
    pub room_id: RoomId,
    /// Its title, when it has one.
    pub title: Option<String>,
    /// When the visit starts, Unix seconds; a room without a schedule is always open.
    pub starts_at: Option<f64>,
    /// One link per seat.
    pub links: Vec<SeatLinkView>,
    /// Until when they are good, Unix seconds; none is as long as the room is active.
    pub good_until: Option<f64>,
    /// How far they reach.
    pub reach: Reach,
    /// Why a new link could not be had that was asked for.
    pub refused: Option<Problem>,
}

/// The link of one seat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SeatLinkView {
    /// The seat.
    pub participant_id: ParticipantId,
    /// Whose.
    pub display_name: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// It is mine.
    pub me: bool,
    /// The link.
    pub url: String,
}

/// From where a link can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// On this computer.
    Computer,
    /// On this network.
    Network,
    /// From anywhere.
    Anywhere,
}

// ------------------------------------------------------------------------------------------------- account

/// Whether people on this network may join the rooms of this computer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct NetworkSwitchView {
    /// They may.
    pub on: bool,
    /// The address that others on this network use, once it is on.
    pub url: Option<String>,
    /// It could not be switched.
    pub problem: Option<Problem>,
}

/// Who one is to the servers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AccountView {
    /// The host of this computer's own rooms.
    Local {
        /// Rooms can be recorded.
        can_record: bool,
        /// May open the console of the server in the app.
        is_operator: bool,
    },
    /// On the way in.
    SigningIn {
        /// Where, as `host` or `host:port`.
        server: String,
    },
    /// Signed in.
    SignedIn {
        /// Where.
        server: String,
        /// As whom.
        user_id: String,
        /// What one may do there.
        role: Role,
        /// Rooms can be recorded.
        can_record: bool,
        /// May open the console there.
        is_operator: bool,
        /// The line to the server is up: one is online, and can be rung.
        online: bool,
        /// Signing in elsewhere instead came to nothing.
        refused: Option<SignInRefusedView>,
    },
    /// The time of it is over; a new sign-in link or token is needed.
    Expired {
        /// Where.
        server: String,
    },
    /// The server said no.
    Refused {
        /// Where.
        server: String,
        /// Why.
        problem: Problem,
    },
}

/// A sign-in that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignInRefusedView {
    /// Where, as `host` or `host:port`; empty when it could not be read.
    pub server: String,
    /// Why.
    pub problem: Problem,
}

/// A sign-in link that came from outside: whether it is to be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SignInAskedView {
    /// Where it leads, as `host` or `host:port`.
    pub server: String,
    /// Where one is signed in now, and would not be any more.
    pub replaces: Option<String>,
}

/// A call that rings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct IncomingCallView {
    /// Names it for the answer; the page's own number.
    pub call_id: u32,
    /// The room's title.
    pub title: Option<String>,
    /// Who calls, where it is known.
    pub caller_name: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it will or may be recorded.
    pub recording: RecordingMode,
    /// Unix time in milliseconds at which it stops.
    #[specta(type = i32)]
    pub rings_until_ms: f64,
}

/// The devices while they are tried in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DeviceCheckView {
    /// Camera.
    pub camera: DeviceState,
    /// Microphone.
    pub microphone: DeviceState,
    /// Speaker.
    pub speaker: DeviceState,
}

/// Version and places, for support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AboutView {
    /// Of the app.
    pub version: String,
    /// Where rooms and settings lie.
    pub data_folder: String,
    /// Operating system.
    pub system: String,
    /// Where secrets are.
    pub keyring: Keyring,
}

/// Where secrets are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Keyring {
    /// In the system's keyring.
    System,
    /// In a file that only this user can read: no keyring answers.
    File,
}

// ------------------------------------------------------------------------------------------------- in a call

/// What could be shown to the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ShareSourcesView {
    /// Being looked for.
    Loading,
    /// The system asks by itself: it has a picker of its own.
    BySystem,
    /// Screens and windows.
    Ready {
        /// Screens first.
        sources: Vec<ShareSourceView>,
    },
    /// They could not be had.
    Failed {
        /// Why.
        problem: Problem,
    },
}

/// A screen or window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShareSourceView {
    /// Names it for the start.
    pub id: String,
    /// What it is.
    pub kind: crate::view::ShareKind,
    /// What people call it.
    pub label: String,
    /// A small picture as a `data:` URL.
    pub preview: Option<String>,
}

// ------------------------------------------------------------------------------------------------- after a call

/// How a call went, for the person and for support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct QualityReport {
    /// Unix seconds.
    #[specta(type = i32)]
    pub started_at: f64,
    /// Unix seconds.
    #[specta(type = i32)]
    pub ended_at: f64,
    /// My line, 0 to 5, in equal steps of time.
    pub quality: Vec<u8>,
    /// Seconds in which sound had gaps.
    #[specta(type = i32)]
    pub sound_gaps_s: f64,
    /// Seconds in which my picture was made smaller.
    #[specta(type = i32)]
    pub picture_reduced_s: f64,
    /// How often the line was lost.
    pub lost_times: u32,
    /// For how long in all, seconds.
    #[specta(type = i32)]
    pub lost_s: f64,
    /// How my microphone was.
    pub microphone: MicrophoneVerdict,
    /// Where it was saved, once it was.
    pub saved_to: Option<String>,
    /// It could not be saved: the disk is full, or the folder not ours.
    pub not_saved: bool,
}

/// How loud a microphone was over a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum MicrophoneVerdict {
    /// As it should be.
    Good,
    /// Hard to hear.
    Quiet,
    /// Distorted.
    Loud,
    /// Nothing was said, or there was none.
    None,
}

/// What became of a rating.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RatingView {
    /// On its way.
    Sending,
    /// Kept.
    Sent,
    /// It could not be kept.
    Failed {
        /// Why.
        problem: Problem,
    },
}
