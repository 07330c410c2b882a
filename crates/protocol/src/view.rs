//! What the page draws: one whole [`AppView`] per change. The page sends commands and never holds state of its own
//! that the back end also has.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    CallType, ParticipantId, PixelSize, Problem, RecordingMode, Tools,
    channel::{
        LeaveReason, MediaSource, MutedSources, Reaction, RecordingState, RemovedPerson, RingState, StageRole,
        WhiteboardState,
    },
    desktop::{
        AboutView, AccountView, DeviceCheckView, IncomingCallView, NetworkSwitchView, NewRoomView, QualityReport,
        RatingView, RoomsView, ShareSourcesView,
    },
    entry::JoinPreview,
};

/// The whole application as the page sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AppView {
    /// What is on the screen.
    pub screen: ScreenView,
    /// What the person chose.
    pub settings: Settings,
    /// The devices of this computer.
    pub devices: DevicesView,
    /// The server that runs inside the app.
    pub server: BuiltInServerView,
    /// One message above the control bar, when there is one.
    pub notice: Option<NoticeView>,
    /// The person's own rooms.
    pub rooms: RoomsView,
    /// Who the person is to the servers.
    pub account: AccountView,
    /// Whether people on this network may join the rooms of this computer.
    pub network: NetworkSwitchView,
    /// A room that is being made, or was made just now.
    pub new_room: Option<NewRoomView>,
    /// A call that rings.
    pub incoming: Option<IncomingCallView>,
    /// The devices while they are tried in the settings.
    pub device_check: Option<DeviceCheckView>,
    /// Version and places, for support.
    pub about: AboutView,
}

/// Which screen, with all it shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ScreenView {
    /// Open a link, start a test call.
    Home {
        /// Why the last link did not open.
        problem: Option<Problem>,
    },
    /// A link is being looked up.
    Opening {
        /// The server asked, as `host` or `host:port`.
        host: String,
    },
    /// Ready to join.
    Lobby(Box<LobbyView>),
    /// Before an admin lets one in.
    Waiting(Box<WaitingView>),
    /// In the room, or on the way into it.
    Call(Box<CallView>),
    /// After the call.
    After(AfterView),
}

/// The lobby.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LobbyView {
    /// The server, as `host` or `host:port`.
    pub host: String,
    /// Room, seat, people.
    pub preview: JoinPreview,
    /// Name to join with.
    pub display_name: String,
    /// Whether the round trip to the server was quick.
    pub network: NetworkCheck,
    /// Microphone.
    pub microphone: DeviceState,
    /// Camera.
    pub camera: DeviceState,
    /// Speaker.
    pub speaker: DeviceState,
    /// Why the last try to join failed.
    pub problem: Option<Problem>,
    /// My answer to being recorded, where the room asks before going in.
    pub consent: ConsentAnswer,
    /// This is a test call of one's own.
    pub is_test_call: bool,
}

/// In the waiting room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct WaitingView {
    /// Name of the company that hosts it; empty where it is not known.
    pub company: String,
    /// The room's title, when it has one.
    pub title: Option<String>,
    /// The host's name, while the host is in.
    pub host_name: Option<String>,
    /// My name.
    pub display_name: String,
    /// 1 is next; none before the room opens.
    pub place: Option<u32>,
    /// When the room opens, Unix seconds; none once it is open.
    pub starts_at: Option<f64>,
    /// Between me and the host, oldest first.
    pub notes: Vec<NoteView>,
    /// Until when another ring at the door has no effect, seconds.
    pub knock_again_s: Option<u32>,
    /// Microphone.
    pub microphone: DeviceState,
    /// Camera.
    pub camera: DeviceState,
    /// Speaker.
    pub speaker: DeviceState,
    /// The line to the room.
    pub connection: ConnectionView,
}

/// A note between a waiting guest and the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NoteView {
    /// Rises with each note.
    pub id: u32,
    /// Who wrote it.
    pub from_name: String,
    /// I wrote it.
    pub mine: bool,
    /// What.
    pub text: String,
    /// When, Unix time in milliseconds.
    pub at_ms: f64,
}

/// What the lobby found out about the way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NetworkCheck {
    /// Not known yet.
    Checking,
    /// Picture and sound will be clear.
    Good,
    /// Start with audio.
    Weak,
    /// The server does not answer.
    Unreachable,
}

/// The state of one of the person's own devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeviceState {
    /// Being opened.
    Starting,
    /// Works and is on.
    On {
        /// The device's name.
        label: String,
    },
    /// Switched off by the person.
    Off,
    /// None is connected.
    Missing,
    /// Another program has it.
    Busy {
        /// The device's name.
        label: String,
    },
    /// The system does not let us use it.
    Denied,
    /// It failed; it is tried again by itself.
    Failed {
        /// For the diagnostics.
        detail: String,
    },
    /// The room or the seat does not allow it.
    NotAllowed,
}

impl DeviceState {
    /// Whether it is working now.
    pub fn is_on(&self) -> bool {
        matches!(self, Self::On { .. })
    }
}

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

/// Somebody in the waiting room, as admins see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct WaitingPersonView {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Their name.
    pub display_name: String,
    /// How long they have waited, in seconds.
    pub waited_s: u32,
    /// Their line is up.
    pub connected: bool,
    /// Notes to and from them, oldest first.
    pub notes: Vec<NoteView>,
}

/// Somebody's answer to being recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct ConsentView {
    /// Whose.
    pub participant_id: ParticipantId,
    /// Their name; their id when they are not in any more.
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

/// What I show to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShareView {
    /// A screen or a window.
    pub kind: ShareKind,
    /// What it is called.
    pub label: String,
    /// The others see it standing still.
    pub paused: bool,
    /// It as a stream of my own, where that can be shown.
    pub stream_id: Option<u32>,
}

/// What is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ShareKind {
    /// All of a screen.
    Screen,
    /// One window.
    Window,
}

/// Somebody who is being rung.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RingView {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Their name; their id where it is not known.
    pub display_name: String,
    /// What it came to.
    pub state: RingState,
}

/// One encoding of a video of mine that goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SendingView {
    /// Camera or screen.
    pub source: StreamSource,
    /// `q`, `h`, `f` from small to large; empty for the only one.
    pub layer: String,
    /// Size of its pictures.
    pub size: PixelSize,
    /// Pictures in the last second.
    pub fps: u32,
    /// Rate of the last second, kbit/s.
    pub kbps: u32,
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

/// My own seat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MeView {
    /// My seat.
    pub participant_id: ParticipantId,
    /// My name.
    pub display_name: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// What I may use.
    pub tools: Tools,
    /// My microphone.
    pub microphone: DeviceState,
    /// My camera.
    pub camera: DeviceState,
    /// My speaker.
    pub speaker: DeviceState,
    /// Whether I am heard speaking.
    pub speaking: bool,
    /// My line, 0 (lost) to 5 (excellent).
    pub quality: u8,
    /// I talk while my microphone is off.
    pub talking_while_muted: bool,
    /// What an admin has taken the right to send of.
    pub muted_by_admin: MutedSources,
    /// On stage or in the audience of a webinar.
    pub role: StageRole,
    /// My raised hand: the smallest number was first; none is down.
    pub hand: Option<u32>,
    /// My answer to being recorded.
    pub consent: ConsentAnswer,
}

/// Somebody else in the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PersonView {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Their name.
    pub display_name: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// Their microphone is on.
    pub microphone: bool,
    /// Their camera is on.
    pub camera: bool,
    /// They are heard speaking.
    pub speaking: bool,
    /// Their line, 0 (lost) to 5 (excellent).
    pub quality: u8,
    /// What of them arrives as video.
    pub streams: Vec<StreamView>,
    /// What an admin has taken the right to send of.
    pub muted_by_admin: MutedSources,
    /// What they may use; all of it for who came without a seat.
    pub tools: Tools,
    /// On stage or in the audience of a webinar.
    pub role: StageRole,
    /// Their raised hand: the smallest number was first; none is down.
    pub hand: Option<u32>,
}

/// A video stream that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StreamView {
    /// Its id on the frame wire.
    pub stream_id: u32,
    /// Camera or screen.
    pub source: StreamSource,
    /// Its size as published.
    pub size: PixelSize,
}

/// Where a stream comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StreamSource {
    /// A camera.
    Camera,
    /// A screen or a window.
    Screen,
}

/// After the call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct AfterView {
    /// Why it is over.
    pub reason: LeaveReason,
    /// Seconds I was in.
    pub seconds: u32,
    /// The link is still good: joining again is offered.
    pub can_rejoin: bool,
    /// This was a test call.
    pub is_test_call: bool,
    /// Name of the company that hosted it; empty where it is not known.
    pub company: String,
    /// With whom.
    pub with_names: Vec<String>,
    /// Until when the link is good, Unix seconds.
    pub good_until: Option<f64>,
    /// I led it.
    pub was_admin: bool,
    /// It is asked how it was.
    pub asks_rating: bool,
    /// What became of the rating.
    pub rating: Option<RatingView>,
    /// How the line and the devices were.
    pub report: Option<QualityReport>,
}

/// A message above the control bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NoticeView {
    /// What it is about; the page has the words.
    pub code: NoticeCode,
    /// Whose name goes into the words.
    pub name: Option<String>,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// The camera went away; the call goes on.
    CameraLost,
    /// The camera is back.
    CameraBack,
    /// The microphone went away; the call goes on.
    MicrophoneLost,
    /// The microphone is back.
    MicrophoneBack,
    /// No speaker answers.
    SpeakerLost,
    /// `name` came in.
    PersonJoined,
    /// `name` left.
    PersonLeft,
    /// You are talking while muted.
    TalkingWhileMuted,
    /// `name` raised a hand.
    HandRaised,
    /// Somebody, `name`, rings at the door.
    Doorbell,
    /// A note from `name` has come.
    Note,
    /// An admin, `name`, asks to switch something on.
    AskedToUnmute,
    /// An admin took the right to send something.
    MutedByAdmin,
    /// An admin gave it back.
    ReleasedByAdmin,
    /// What I may use changed.
    RightsChanged,
    /// Five minutes are left.
    FiveMinutesLeft,
    /// Half a minute is left.
    HalfMinuteLeft,
    /// Recording began.
    RecordingStarted,
    /// Recording ended.
    RecordingStopped,
    /// What was shared is gone, or may not be shared any more.
    ShareEnded,
    /// The room refused what was asked for.
    Refused,
    /// The line was lost.
    ConnectionLost,
    /// The line is back.
    ConnectionBack,
    /// A link came while in a call; it is not opened.
    LinkInCall,
}

/// What the person chose; kept over restarts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Settings {
    /// Language of the page.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Name to join with, when a link has none.
    pub display_name: String,
    /// Chosen camera by id; none means the system's default.
    pub camera: Option<String>,
    /// Chosen microphone by id.
    pub microphone: Option<String>,
    /// Chosen speaker by id.
    pub speaker: Option<String>,
    /// Large text and four large buttons.
    pub simple: bool,
    /// The same in visits that somebody else leads.
    pub simple_for_guests: bool,
    /// Takes out of the microphone what the speaker plays.
    pub echo_cancellation: bool,
    /// Takes out what stays the same: fans, hum, hiss.
    pub noise_suppression: bool,
    /// Makes quiet voices louder and loud ones bearable.
    pub automatic_gain: bool,
    /// Own picture as in a mirror.
    pub mirror: bool,
    /// Say so when I talk while muted.
    pub talking_while_muted: bool,
    /// A soft sound when somebody waits.
    pub doorbell: bool,
    /// Notices of the system while the window is not in front.
    pub notifications: bool,
    /// The app starts with the session, in the tray.
    pub start_at_login: bool,
    /// Keys that work while another program has the keyboard.
    pub shortcuts: Shortcuts,
}

/// Keys such as `Control+Shift+M`; none is off. They are the app's own only during a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Shortcuts {
    /// Mutes and unmutes.
    pub toggle_mute: Option<String>,
    /// Unmutes while it is held.
    pub hold_to_talk: Option<String>,
    /// Mutes while it is held.
    pub hold_to_mute: Option<String>,
}

impl Default for Shortcuts {
    fn default() -> Self {
        Self { toggle_mute: Some("Control+Shift+M".into()), hold_to_talk: None, hold_to_mute: None }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::System,
            theme: Theme::System,
            display_name: String::new(),
            camera: None,
            microphone: None,
            speaker: None,
            simple: false,
            simple_for_guests: true,
            echo_cancellation: true,
            noise_suppression: true,
            automatic_gain: true,
            mirror: true,
            talking_while_muted: true,
            doorbell: true,
            notifications: true,
            start_at_login: false,
            shortcuts: Shortcuts::default(),
        }
    }
}

/// A change of some settings; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "each field is the setting of that name")]
pub struct SettingsPatch {
    pub language: Option<Language>,
    pub theme: Option<Theme>,
    pub display_name: Option<String>,
    pub camera: Option<DeviceChoice>,
    pub microphone: Option<DeviceChoice>,
    pub speaker: Option<DeviceChoice>,
    pub simple: Option<bool>,
    pub simple_for_guests: Option<bool>,
    pub echo_cancellation: Option<bool>,
    pub noise_suppression: Option<bool>,
    pub automatic_gain: Option<bool>,
    pub mirror: Option<bool>,
    pub talking_while_muted: Option<bool>,
    pub doorbell: Option<bool>,
    pub notifications: Option<bool>,
    pub start_at_login: Option<bool>,
    pub shortcuts: Option<Shortcuts>,
}

/// A choice of device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeviceChoice {
    /// Whatever the system says.
    Default,
    /// This one.
    Device {
        /// Its id.
        id: String,
    },
}

/// Language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system says.
    #[default]
    System,
    /// English.
    En,
    /// Italian.
    It,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The devices of this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DevicesView {
    /// Cameras.
    pub cameras: Vec<DeviceView>,
    /// Microphones.
    pub microphones: Vec<DeviceView>,
    /// Speakers.
    pub speakers: Vec<DeviceView>,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DeviceView {
    /// Stable id.
    pub id: String,
    /// Name for people.
    pub label: String,
}

/// The server that runs inside the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum BuiltInServerView {
    /// Starting.
    Starting,
    /// Serving at `url`.
    Running {
        /// Its URL.
        url: String,
    },
    /// It did not start; links of other servers still work.
    Failed {
        /// For the diagnostics.
        detail: String,
    },
}

/// Sound levels, up to 15 times a second, apart from the view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, Type)]
pub struct Levels {
    /// My microphone, 0 to 1.
    pub microphone: f32,
    /// What comes out of the speaker, 0 to 1.
    pub speaker: f32,
}

/// Where the page finds the frames (see [`crate::frames`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FramesEndpoint {
    /// `ws://127.0.0.1:PORT/frames`.
    pub url: String,
    /// First message to send.
    pub secret: String,
    /// The machine has no GPU: convert pixels in WebAssembly instead of `drawImage`.
    pub software: bool,
}

/// The size at which the page shows a stream, in device pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShownSize {
    /// The stream.
    pub stream_id: u32,
    /// The tile's size; zero by zero when it is not visible.
    pub size: PixelSize,
}
