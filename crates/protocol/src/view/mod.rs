//! What the page draws: one whole [`AppView`] per change. The page sends commands and never holds state of its own
//! that the back end also has.

mod after;
mod board;
mod call;
mod devices;
mod lobby;
mod notice;
mod past;
mod people;
mod settings;
mod streams;
mod tools;
mod waiting;

pub use after::AfterView;
pub use board::{BoardAction, BoardNews, BoardRights, CursorView, Edge, ExtendedView, ItemView};
pub use call::{AskedToUnmuteView, CallView, ConnectionView, ConsentAnswer, ConsentView, ReactionView, RingView};
pub use devices::{DeviceState, DeviceView, DevicesView};
pub use lobby::{LobbyView, NetworkCheck};
pub use notice::{NoticeCode, NoticeView};
pub use past::{
    KeptBoardView, KeptView, PastAction, PastSessionView, PastView, RecordingFileState, RecordingFormat, RecordingView,
    SavingView,
};
pub use people::{MeView, PersonView, WaitingPersonView};
pub use settings::{DeviceChoice, Language, Settings, SettingsPatch, Shortcuts, Theme};
pub use streams::{FramesEndpoint, SendingView, ShareKind, ShareView, ShownSize, StreamSource, StreamView};
pub use tools::{
    ChatMessageView, ChatTick, ChatView, FileState, FileView, PointerView, ReplyView, SnapshotView, ToolAction,
    ToolsNews,
};
pub use waiting::{NoteView, WaitingView};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Problem,
    desktop::{
        AboutView, AccountView, DeviceCheckView, IncomingCallView, NetworkSwitchView, NewRoomView, RoomsView,
        SignInAskedView,
    },
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
    /// A sign-in link that came from outside, and waits for a word.
    pub sign_in_asked: Option<SignInAskedView>,
    /// Whether people on this network may join the rooms of this computer.
    pub network: NetworkSwitchView,
    /// A room that is being made, or was made just now.
    pub new_room: Option<NewRoomView>,
    /// A call that rings.
    pub incoming: Option<IncomingCallView>,
    /// A link that did not open and may be tried again, or one that came during a call and waits for its end.
    pub link: Option<String>,
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
