//! The one owner of what the page shows. Commands come in through [`AppHandle`], whole [`AppView`]s go out as events.

mod devices;
mod screen;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde::Serialize;
use specta::Type;
use tauri_specta::Event;
use tokio::sync::{mpsc, watch};
use visita_call::{
    Call, CallState, FrameHub, JoinTarget, LocalMedia, LocalState, entry,
    peer::{self, PeerOptions},
};
use visita_protocol::{
    CallType, ErrorCode, Problem,
    channel::LeaveReason,
    entry::JoinPreview,
    frames::LOCAL_PREVIEW,
    link::RoomLink,
    view::{AfterView, AppView, BuiltInServerView, DevicesView, FramesEndpoint, NoticeView, SettingsPatch, ShownSize},
};

use crate::{
    commands::{AppViewChanged, LevelsChanged},
    frames::FrameWire,
    rooms::Rooms,
    settings::Store,
};
use screen::{InCall, Lobby, Screen};

/// Levels go to the page this often.
const LEVELS_EVERY: Duration = Duration::from_millis(70);
/// A notice goes away by itself after this long.
const NOTICE_FOR: Duration = Duration::from_secs(6);
/// A server that answers a look within this is near enough for picture and sound.
const QUICK_ANSWER: Duration = Duration::from_millis(600);

/// What the page, or the command line, asks for.
#[derive(Debug)]
pub(crate) enum Command {
    OpenLink(String),
    StartTestCall,
    SetDisplayName(String),
    SetMicrophone(bool),
    SetCamera(bool),
    PlayTestSound,
    Join { displace: bool },
    Leave,
    EndForEveryone,
    GoHome,
    Rejoin,
    DismissNotice,
    UpdateSettings(SettingsPatch),
    SetShownSizes(Vec<ShownSize>),
    RefreshDevices,
}

/// What the owner's own tasks report back. `turn` tells an answer to an older question.
enum Internal {
    Server(Result<Box<Rooms>, Problem>),
    Preview { turn: u32, link: RoomLink, answer: Result<(JoinPreview, Duration), Problem> },
    TestRoom { turn: u32, answer: Result<(RoomLink, RoomLink), Problem> },
    Devices(DevicesView),
}

/// Figures of the last call, for diagnostics and measurements.
#[derive(Clone, Debug, Default, Serialize, Type)]
pub(crate) struct Diagnostics {
    /// From Join until the first picture of somebody else was painted, ms.
    join_to_first_painted_ms: Option<f64>,
    /// From Join until in the room, ms.
    join_to_connected_ms: Option<f64>,
    /// Round trip to the media server, ms.
    rtt_ms: Option<f64>,
}

#[derive(Default)]
struct Timing {
    joined_at: Option<Instant>,
    connected_at: Option<Instant>,
    rtt_ms: Option<f64>,
}

/// The page's way to the owner.
pub(crate) struct AppHandle {
    commands: mpsc::UnboundedSender<Command>,
    view: watch::Receiver<AppView>,
    wire: Arc<FrameWire>,
    timing: Arc<Mutex<Timing>>,
}

impl AppHandle {
    /// Asks for something; the answer is a changed view.
    pub(crate) fn send(&self, command: Command) {
        // The owner lives as long as the process.
        let _ = self.commands.send(command);
    }

    /// The present view.
    pub(crate) fn view(&self) -> AppView {
        self.view.borrow().clone()
    }

    /// Where the page finds the frames.
    pub(crate) fn frames_endpoint(&self) -> FramesEndpoint {
        self.wire.endpoint()
    }

    /// Figures of the last call.
    pub(crate) fn diagnostics(&self) -> Diagnostics {
        let timing = self.timing.lock();
        let since_join = |at: Instant| {
            let joined = timing.joined_at?;
            Some(at.saturating_duration_since(joined).as_secs_f64() * 1000.0)
        };
        let painted = timing.joined_at.and_then(|joined| self.wire.painted().first_remote(joined));
        Diagnostics {
            join_to_first_painted_ms: painted.and_then(since_join),
            join_to_connected_ms: timing.connected_at.and_then(since_join),
            rtt_ms: timing.rtt_ms,
        }
    }
}

/// The owner.
pub(crate) struct App {
    tauri: tauri::AppHandle,
    store: Store,
    hub: FrameHub,
    devices: DevicesView,
    server: BuiltInServerView,
    rooms: Option<Box<Rooms>>,
    screen: Screen,
    notice: Option<(NoticeView, Instant)>,
    turn: u32,
    internal: mpsc::UnboundedSender<Internal>,
    timing: Arc<Mutex<Timing>>,
    /// A test call asked for while the server still starts.
    test_call_waits: bool,
}

impl App {
    /// Starts the owner, the frame wire and the built-in server; must be called in a tokio runtime.
    pub(crate) fn start(tauri: tauri::AppHandle, data: PathBuf, software: bool) -> std::io::Result<AppHandle> {
        let (hub, key_frames) = FrameHub::new();
        let wire = Arc::new(FrameWire::start(hub.clone(), software)?);
        let (commands, inbox) = mpsc::unbounded_channel();
        let (internal, answers) = mpsc::unbounded_channel();
        let timing = Arc::new(Mutex::new(Timing::default()));
        let app = Self {
            tauri,
            store: Store::open(&data),
            hub,
            devices: DevicesView::default(),
            server: BuiltInServerView::Starting,
            rooms: None,
            screen: Screen::Home { problem: None },
            notice: None,
            turn: 0,
            internal: internal.clone(),
            timing: timing.clone(),
            test_call_waits: false,
        };
        let (view_sender, view) = watch::channel(app.view());
        start_server(data, internal.clone());
        devices::look(internal);
        tokio::spawn(app.run(inbox, answers, key_frames, view_sender));
        Ok(AppHandle { commands, view, wire, timing })
    }

    async fn run(
        mut self,
        mut inbox: mpsc::UnboundedReceiver<Command>,
        mut answers: mpsc::UnboundedReceiver<Internal>,
        mut key_frames: mpsc::UnboundedReceiver<u32>,
        view: watch::Sender<AppView>,
    ) {
        let mut levels = tokio::time::interval(LEVELS_EVERY);
        levels.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            self.publish(&view);
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(command) => self.command(command),
                    None => return,
                },
                Some(answer) = answers.recv() => self.answer(answer),
                Some(stream) = key_frames.recv() => self.key_frame(stream),
                change = self.screen.changed() => match change {
                    screen::Change::Call(state) => self.call_changed(state),
                    screen::Change::Notice(notice) => self.notice = Some((notice, Instant::now())),
                    screen::Change::Devices => {}
                },
                _ = levels.tick() => self.tick(),
            }
        }
    }

    fn publish(&self, view: &watch::Sender<AppView>) {
        let now = self.view();
        let changed = view.send_if_modified(|old| {
            let changed = *old != now;
            if changed {
                old.clone_from(&now);
            }
            changed
        });
        if changed && let Err(error) = AppViewChanged(now).emit(&self.tauri) {
            tracing::warn!(%error, "the page did not hear of a change");
        }
    }

    fn view(&self) -> AppView {
        AppView {
            screen: self.screen.view(),
            settings: self.store.get().clone(),
            devices: self.devices.clone(),
            server: self.server.clone(),
            notice: self.notice.as_ref().map(|(notice, _)| notice.clone()),
        }
    }

    fn tick(&mut self) {
        if self.notice.as_ref().is_some_and(|(_, since)| since.elapsed() > NOTICE_FOR) {
            self.notice = None;
        }
        if let Some(media) = self.screen.media() {
            if let Err(error) = LevelsChanged(media.levels()).emit(&self.tauri) {
                tracing::debug!(%error, "levels were not shown");
            }
        }
        if let Screen::Call(call) = &self.screen {
            let mut timing = self.timing.lock();
            if timing.connected_at.is_some() {
                timing.rtt_ms = call.call.stats().and_then(|stats| stats.rtt_ms);
            }
        }
    }

    fn command(&mut self, command: Command) {
        if matches!(command, Command::Join { .. }) {
            tracing::debug!("joining");
        }
        match command {
            Command::OpenLink(text) => self.open_link(&text),
            Command::StartTestCall => self.start_test_call(),
            Command::SetDisplayName(name) => {
                if let Screen::Lobby(lobby) = &mut self.screen {
                    lobby.display_name.clone_from(&name);
                }
                self.store.update(SettingsPatch { display_name: Some(name), ..SettingsPatch::default() });
            }
            Command::SetMicrophone(on) => self.screen.set_microphone(on),
            Command::SetCamera(on) => self.screen.set_camera(on),
            Command::PlayTestSound => {
                if let Some(media) = self.screen.media() {
                    media.play_test_sound();
                }
            }
            Command::Join { displace } => self.join(displace),
            Command::Leave => self.leave(),
            Command::EndForEveryone => {
                if let Screen::Call(call) = &self.screen {
                    call.call.end_for_everyone();
                }
            }
            Command::GoHome => {
                self.turn += 1;
                self.test_call_waits = false;
                self.leave();
                self.screen = Screen::Home { problem: None };
            }
            Command::Rejoin => self.rejoin(),
            Command::DismissNotice => self.notice = None,
            Command::UpdateSettings(patch) => {
                self.store.update(patch);
                if let Some(media) = self.screen.media() {
                    devices::choose(media, self.store.get());
                }
            }
            Command::SetShownSizes(sizes) => self.screen.set_shown(sizes),
            Command::RefreshDevices => devices::look(self.internal.clone()),
        }
    }

    fn answer(&mut self, answer: Internal) {
        match answer {
            Internal::Server(Ok(rooms)) => {
                self.server = BuiltInServerView::Running { url: rooms.url().to_string() };
                self.rooms = Some(rooms);
                if std::mem::take(&mut self.test_call_waits) {
                    self.start_test_call();
                }
            }
            Internal::Server(Err(problem)) => {
                tracing::error!(reason = problem.message, "the built-in server did not start");
                self.server = BuiltInServerView::Failed { detail: problem.message.clone() };
                if std::mem::take(&mut self.test_call_waits) {
                    self.screen = Screen::Home { problem: Some(problem) };
                }
            }
            Internal::Preview { turn, link, answer } if turn == self.turn => self.previewed(link, answer),
            Internal::TestRoom { turn, answer } if turn == self.turn => match answer {
                Ok((mine, friends)) => self.enter_test_call(mine, friends),
                Err(problem) => self.screen = Screen::Home { problem: Some(problem) },
            },
            Internal::Preview { .. } | Internal::TestRoom { .. } => {}
            Internal::Devices(devices) => self.devices = devices,
        }
    }

    fn key_frame(&mut self, stream: u32) {
        match &self.screen {
            Screen::Call(call) => call.want_key_frame(stream),
            Screen::Lobby(lobby) if stream == LOCAL_PREVIEW => lobby.media.want_preview_key_frame(),
            _ => {}
        }
    }

    // --- from a link to the lobby ---

    fn open_link(&mut self, text: &str) {
        if matches!(self.screen, Screen::Call(_)) {
            // A call is not left by pasting; the page offers no link field there.
            return;
        }
        match entry::parse_link(text) {
            Ok(link) => self.look_up(link),
            Err(problem) => self.screen = Screen::Home { problem: Some(problem) },
        }
    }

    fn look_up(&mut self, link: RoomLink) {
        self.turn += 1;
        self.screen = Screen::Opening { host: host(&link) };
        let (turn, internal) = (self.turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = entry::preview(&link).await;
            let _ = internal.send(Internal::Preview { turn, link, answer });
        });
    }

    fn previewed(&mut self, link: RoomLink, answer: Result<(JoinPreview, Duration), Problem>) {
        match answer {
            Ok((preview, took)) => {
                let settings = self.store.get();
                let display_name = preview.display_name.clone().unwrap_or_else(|| settings.display_name.clone());
                let media = Arc::new(devices::start(settings, self.hub.clone()));
                // Such a call starts with sound; the camera may be switched on.
                if preview.call_type == CallType::AudioUpgradable {
                    media.set_camera_on(false);
                }
                self.screen = Screen::Lobby(Box::new(Lobby {
                    host: host(&link),
                    link,
                    preview,
                    display_name,
                    good_network: took < QUICK_ANSWER,
                    changes: media.watch(),
                    media,
                    problem: None,
                }));
                devices::look(self.internal.clone());
            }
            Err(problem) => self.screen = Screen::Home { problem: Some(problem) },
        }
    }

    // --- the call ---

    fn join(&mut self, displace: bool) {
        let Screen::Lobby(lobby) = std::mem::take(&mut self.screen) else { return };
        let name = lobby.display_name.trim();
        let target = JoinTarget::Link {
            link: lobby.link.clone(),
            display_name: (!name.is_empty()).then(|| name.to_owned()),
            displace,
        };
        self.screen = self.enter(target, lobby.media.clone(), Some(lobby), None);
    }

    fn enter(
        &mut self,
        target: JoinTarget,
        media: Arc<LocalMedia>,
        lobby: Option<Box<Lobby>>,
        friend: Option<watch::Sender<bool>>,
    ) -> Screen {
        *self.timing.lock() = Timing { joined_at: Some(Instant::now()), ..Timing::default() };
        self.notice = None;
        let (key_frames, wanted) = mpsc::unbounded_channel();
        let mut call = Call::join(target, media, self.hub.clone(), wanted);
        let notices = call.take_notices();
        Screen::Call(Box::new(InCall {
            state: call.watch(),
            call,
            notices,
            key_frames,
            lobby,
            friend,
            entered: Instant::now(),
        }))
    }

    fn call_changed(&mut self, state: CallState) {
        match state {
            CallState::Running(view) => {
                let connected = view.connection == visita_protocol::view::ConnectionView::Connected;
                let mut timing = self.timing.lock();
                if connected && timing.connected_at.is_none() {
                    timing.connected_at = Some(Instant::now());
                }
            }
            CallState::Waiting(_) => {}
            CallState::Failed(problem) => {
                let Screen::Call(call) = std::mem::take(&mut self.screen) else { return };
                self.screen = match call.lobby {
                    Some(mut lobby) => {
                        lobby.preview.in_use |= problem.code == ErrorCode::SeatInUse;
                        lobby.problem = Some(problem);
                        Screen::Lobby(lobby)
                    }
                    None => Screen::Home { problem: Some(problem) },
                };
            }
            CallState::Over(reason) => self.after(reason),
        }
    }

    /// Leaves at once: the page does not wait for the farewell.
    fn leave(&mut self) {
        match &self.screen {
            Screen::Call(call) => {
                call.call.leave();
                self.after(LeaveReason::Left);
            }
            Screen::Lobby(_) | Screen::Opening { .. } => {
                self.turn += 1;
                self.screen = Screen::Home { problem: None };
            }
            Screen::Home { .. } | Screen::After { .. } => {}
        }
    }

    fn after(&mut self, reason: LeaveReason) {
        let Screen::Call(call) = std::mem::take(&mut self.screen) else { return };
        self.notice = None;
        if let Some(friend) = &call.friend {
            friend.send_replace(true);
        }
        let again = matches!(reason, LeaveReason::Left | LeaveReason::ConnectionLost | LeaveReason::Displaced);
        self.screen = Screen::After {
            view: AfterView {
                reason,
                seconds: u32::try_from(call.entered.elapsed().as_secs()).unwrap_or(u32::MAX),
                can_rejoin: again,
                is_test_call: call.friend.is_some(),
            },
            link: call.lobby.map(|lobby| lobby.link),
        };
    }

    fn rejoin(&mut self) {
        let Screen::After { view, link } = &self.screen else { return };
        match link {
            Some(link) => {
                let link = link.clone();
                self.look_up(link);
            }
            None if view.is_test_call => self.start_test_call(),
            None => {}
        }
    }

    // --- the test call ---

    fn start_test_call(&mut self) {
        if matches!(self.screen, Screen::Call(_)) {
            return;
        }
        self.turn += 1;
        self.screen = Screen::Opening { host: String::new() };
        let Some(rooms) = &self.rooms else {
            match &self.server {
                BuiltInServerView::Failed { detail } => {
                    let problem = Problem::new(ErrorCode::ServerUnreachable, detail.clone());
                    self.screen = Screen::Home { problem: Some(problem) };
                }
                _ => self.test_call_waits = true,
            }
            return;
        };
        let api = rooms.api();
        let (turn, internal) = (self.turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = api.test_room().await;
            let _ = internal.send(Internal::TestRoom { turn, answer });
        });
    }

    fn enter_test_call(&mut self, mine: RoomLink, friends: RoomLink) {
        let media = Arc::new(devices::start(self.store.get(), self.hub.clone()));
        let (stop, stopped) = watch::channel(false);
        let friend = PeerOptions {
            target: JoinTarget::Link { link: friends, display_name: Some("Visita".into()), displace: false },
            camera: visita_call::CameraChoice::Pattern,
            microphone: visita_call::MicrophoneChoice::Echo,
            speaker: visita_call::SpeakerChoice::Null,
            share: None,
            stay: None,
            measure: false,
        };
        tokio::spawn(async move {
            if let Err(error) = peer::run(friend, stopped).await {
                tracing::warn!(%error, "the test call has nobody at its other end");
            }
        });
        let name = self.store.get().display_name.clone();
        let target = JoinTarget::Link { link: mine, display_name: (!name.is_empty()).then_some(name), displace: false };
        self.screen = self.enter(target, media, None, Some(stop));
        devices::look(self.internal.clone());
    }
}

fn start_server(data: PathBuf, internal: mpsc::UnboundedSender<Internal>) {
    tokio::spawn(async move {
        let started = Rooms::start(Path::new(&data)).await;
        let _ = internal.send(Internal::Server(started.map(Box::new)));
    });
}

/// The server as people know it.
fn host(link: &RoomLink) -> String {
    let name = link.server.host_str().unwrap_or_default();
    link.server.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}
