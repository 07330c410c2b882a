//! What the page, the command line, the tray and the keyboard ask for; and what the owner's own tasks report back.

use std::path::PathBuf;

use serde::Deserialize;
use specta::Type;
use visita_protocol::{
    ParticipantId, Problem, RecordingLayout, RoomId, Tools,
    channel::{MediaSource, Reaction, StageRole},
    desktop::{RoomDraft, ShareSourceView},
    entry::JoinPreview,
    link::RoomLink,
    rest::{Credentials, SignedIn},
    view::{BoardAction, DevicesView, NetworkCheck, PastAction, SettingsPatch, ShownSize, ToolAction},
};

use super::{
    Home,
    rooms::{Card, Made},
};
use crate::server::{BuiltIn, ChannelEvent};

/// A wish.
#[derive(Debug)]
pub(crate) enum Command {
    OpenLink(String),
    /// A link came from outside: a second start, or the system.
    LinkCame(String),
    StartTestCall,
    SetDisplayName(String),
    SetMicrophone(bool),
    SetCamera(bool),
    PlayTestSound,
    Join {
        displace: bool,
    },
    Leave,
    EndForEveryone,
    GoHome,
    Rejoin,
    DismissNotice,
    /// No program of this computer opens what is there.
    NotOpened(PathBuf),
    /// Other programs have these keys.
    KeysRefused(String),
    /// A picture of this name could not be put on the board.
    NoPicture(String),
    UpdateSettings(SettingsPatch),
    /// From the window of this label.
    SetShownSizes(String, Vec<ShownSize>),
    RefreshDevices,
    PreviewDevices(bool),
    Seat(SeatAction),
    Admin(AdminAction),
    Share(ShareAction),
    Rooms(RoomsAction),
    Account(AccountAction),
    Window(WindowAction),
    Rate {
        stars: u8,
        comment: String,
    },
    SaveReport,
    Tool(ToolAction),
    Board(BoardAction),
    Past(PastAction),
    /// The page is new, and is to hear of the tools.
    TellTools,
    Shortcut(Shortcut, Pressed),
    ToggleMicrophone,
    /// A window was closed by its frame.
    WindowClosed(String),
    /// Leave everything in order; answered when that is done.
    Quit(std::sync::mpsc::Sender<()>),
}

/// What everybody may ask for in a room, or before it.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum SeatAction {
    RaiseHand {
        raised: bool,
    },
    React {
        reaction: Reaction,
    },
    /// `text_version` names the wording that was shown.
    AnswerConsent {
        answer: bool,
        text_version: String,
    },
    DeclineUnmute,
    /// Without `to` from a waiting guest to the host.
    SendNote {
        to: Option<ParticipantId>,
        text: String,
    },
    Knock,
}

/// What admins of a room may ask for.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum AdminAction {
    Admit {
        whom: ParticipantId,
    },
    AdmitAll,
    Refuse {
        whom: ParticipantId,
    },
    SendBack {
        whom: ParticipantId,
    },
    Mute {
        whom: ParticipantId,
        source: MediaSource,
    },
    /// The microphone of everybody else but admins.
    MuteAll,
    Release {
        whom: ParticipantId,
        source: MediaSource,
    },
    AskToUnmute {
        whom: ParticipantId,
        source: MediaSource,
    },
    Remove {
        whom: ParticipantId,
    },
    Readmit {
        whom: ParticipantId,
    },
    SetRole {
        whom: ParticipantId,
        role: StageRole,
    },
    SetTools {
        whom: ParticipantId,
        tools: Tools,
    },
    LowerHand {
        whom: ParticipantId,
    },
    /// Opens the whiteboard for everybody at a page, from 0, or closes it.
    ShowWhiteboard {
        shown: bool,
        page: u32,
    },
    /// Lets somebody draw, or only look.
    GrantDrawing {
        whom: ParticipantId,
        granted: bool,
    },
    StartRecording {
        /// As the room says, without.
        layout: Option<RecordingLayout>,
    },
    StopRecording,
    Extend {
        seconds: u32,
    },
    /// Everybody who is not in, without `whom`.
    Ring {
        whom: Option<ParticipantId>,
    },
}

/// Showing a screen or a window.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum ShareAction {
    OpenPicker,
    ClosePicker,
    /// Without `source_id` what the system's own picker gives.
    Start {
        source_id: Option<String>,
    },
    Pause {
        paused: bool,
    },
    Stop,
}

/// One's own rooms.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum RoomsAction {
    Refresh,
    Create { draft: RoomDraft },
    ShowLinks { room: RoomId },
    RenewLink { room: RoomId, participant: ParticipantId },
    CloseNewRoom,
    Enter { room: RoomId },
    Remove { room: RoomId },
}

/// Who one is to the servers.
#[derive(Clone, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum AccountAction {
    /// A sign-in link, or an access token with its server.
    SignIn {
        secret: String,
        server: Option<String>,
    },
    /// Whether the sign-in link that came is to be used.
    AnswerSignIn {
        yes: bool,
    },
    SignOut,
    AllowNetwork {
        on: bool,
    },
}

impl std::fmt::Debug for AccountAction {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::SignIn { .. } => "SignIn",
            Self::AnswerSignIn { .. } => "AnswerSignIn",
            Self::SignOut => "SignOut",
            Self::AllowNetwork { .. } => "AllowNetwork",
        })
    }
}

/// Windows beside the main one, and what belongs to the desktop.
#[derive(Clone, Debug, Deserialize, Type)]
#[serde(tag = "do", rename_all = "snake_case")]
pub(crate) enum WindowAction {
    AnswerCall {
        call_id: u32,
        with_camera: bool,
    },
    DeclineCall {
        call_id: u32,
    },
    ShowMain,
    SetFullscreen {
        on: bool,
    },
    CopyText {
        text: String,
    },
    OpenFolder,
    /// An address of the web, in the system's browser.
    OpenUrl {
        url: String,
    },
    /// Begins a mail in the system's program.
    Mail {
        subject: String,
        body: String,
    },
}

/// A key that works while another program has the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortcut {
    ToggleMute,
    HoldToTalk,
    HoldToMute,
}

/// Down or up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pressed {
    Down,
    Up,
}

/// What the owner's own tasks report back. `turn` tells an answer to an older question.
pub(super) enum Internal {
    /// The key of the company in the app's server.
    Key(visita_protocol::Secret),
    Server(Result<Box<BuiltIn>, Problem>),
    Preview {
        turn: u32,
        link: RoomLink,
        answer: Result<JoinPreview, Problem>,
    },
    /// The lobby looked again.
    LobbyNews {
        turn: u32,
        answer: Result<JoinPreview, Problem>,
    },
    /// The way to the lobby's server was tried.
    Tried {
        turn: u32,
        network: NetworkCheck,
    },
    TestRoom {
        turn: u32,
        answer: Result<(RoomId, RoomLink, RoomLink), Problem>,
    },
    Devices(DevicesView),
    ShareSources(Vec<ShareSourceView>),
    /// Files that were chosen to be shared.
    Picked(Vec<std::path::PathBuf>),
    /// A picture from the clipboard.
    Pasted(std::path::PathBuf),
    Rooms(Result<Vec<Card>, Problem>),
    Made {
        turn: u32,
        answer: Result<Made, Problem>,
    },
    Links {
        turn: u32,
        answer: Result<(visita_protocol::rest::Room, visita_protocol::UserId), Problem>,
    },
    MyLink {
        turn: u32,
        answer: Result<RoomLink, Problem>,
    },
    Removed(Result<(), Problem>),
    /// Of past sessions.
    Past(super::past::PastNews),
    /// With the account that is kept there.
    SecretsOpened(std::sync::Arc<crate::secrets::Secrets>, Option<visita_protocol::Secret>),
    SignedIn {
        turn: u32,
        answer: Result<Box<(url::Url, SignedIn)>, Problem>,
    },
    Renewed {
        home: Home,
        answer: Result<Credentials, Problem>,
    },
    Channel {
        home: Home,
        generation: u32,
        event: ChannelEvent,
    },
}
