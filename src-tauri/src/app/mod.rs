//! The one owner of what the page shows. Commands come in through [`AppHandle`], whole [`AppView`]s go out as events.

mod account;
mod built_in;
mod calls;
mod command;
mod devices;
pub(crate) mod for_board;
mod handle;
mod meter;
mod past;
mod rooms;
mod screen;
mod share;
mod tools;
mod windows;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use parking_lot::Mutex;
use tauri_specta::Event;
use tokio::sync::{mpsc, watch};
use url::Url;
use visita_call::{CallState, FileClient, FrameHub, LocalMedia, LocalState};
use visita_protocol::{
    RoomId, Secret,
    desktop::{AboutView, DeviceCheckView, Keyring, NetworkSwitchView, NewRoomView, RoomsView},
    view::{AppView, BuiltInServerView, DevicesView, NoticeCode, NoticeView, SettingsPatch, ShownSize},
};

pub(crate) use command::{
    AccountAction, AdminAction, Command, Pressed, RoomsAction, SeatAction, ShareAction, Shortcut, WindowAction,
};

pub(crate) use handle::{AppHandle, Diagnostics};
pub(crate) use tools::downloads;

use crate::{
    commands::{AppViewChanged, LevelsChanged},
    desktop::Desktop,
    frames::FrameWire,
    policy::Policy,
    secrets::Secrets,
    server::{BuiltIn, Place},
    settings::Store,
};
use account::{Account, Lines, Ringing};
use command::Internal;
use handle::Timing;
use past::{Past, Player};
use rooms::Book;
use screen::Screen;

/// Levels go to the page this often.
const LEVELS_EVERY: Duration = Duration::from_millis(70);
/// What is looked at now and then: notices, rings, windows, the picker's pictures.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// One's own rooms are looked at this often while they are on the screen.
const ROOMS_EVERY: Duration = Duration::from_secs(5);
/// So often the lobby looks who is in.
const LOBBY_EVERY: Duration = Duration::from_secs(5);
/// A notice goes away by itself after this long.
const NOTICE_FOR: Duration = Duration::from_secs(6);
/// After a test call both ends have this long to say goodbye before the room goes.
const TEST_ROOM_STAYS: Duration = Duration::from_secs(2);

/// A server on which the person is somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Home {
    /// The one in the app.
    Computer,
    /// The one signed in to.
    Account,
}

/// The owner.
pub(crate) struct App {
    tauri: tauri::AppHandle,
    desktop: Desktop,
    /// Settings, rooms' names, the server's data.
    folder: PathBuf,
    store: Store,
    policy: Policy,
    secrets: Option<Arc<Secrets>>,
    hub: FrameHub,
    devices: DevicesView,
    /// Devices that are tried in the settings.
    check: Option<Arc<LocalMedia>>,
    server: BuiltInServerView,
    network: NetworkSwitchView,
    built_in: Option<Box<BuiltIn>>,
    key: Option<visita_protocol::Secret>,
    account: Account,
    lines: Lines,
    ringing: Ringing,
    /// A call that rang is being entered: with the camera or without.
    answering: Option<bool>,
    book: Book,
    past: Past,
    player: Player,
    rooms_view: RoomsView,
    rooms_asked: bool,
    rooms_looked: Instant,
    room_homes: HashMap<RoomId, Home>,
    new_room: Option<NewRoomView>,
    new_room_turn: u32,
    screen: Screen,
    /// What did not open, or waits for the end of a call.
    link: Option<Secret>,
    notice: Option<(NoticeView, Instant)>,
    shown: HashMap<String, Vec<ShownSize>>,
    turn: u32,
    internal: mpsc::UnboundedSender<Internal>,
    timing: Arc<Mutex<Timing>>,
    /// The files of the room one is in, for the page.
    files: Arc<Mutex<Option<FileClient>>>,
    /// A test call asked for while the server still starts.
    test_call_waits: bool,
    /// Muted by a key that is held: to be undone when it comes up.
    held: Option<bool>,
}

impl App {
    /// Starts the owner, the frame wire and the built-in server; must be called in a tokio runtime.
    pub(crate) fn start(tauri: tauri::AppHandle, folder: PathBuf, software: bool) -> std::io::Result<AppHandle> {
        let (hub, key_frames) = FrameHub::new();
        let wire = Arc::new(FrameWire::start(hub.clone(), software)?);
        let (commands, inbox) = mpsc::unbounded_channel();
        let (internal, answers) = mpsc::unbounded_channel();
        let timing = Arc::new(Mutex::new(Timing::default()));
        let files = Arc::new(Mutex::new(None));
        let past = Past::default();
        let ways = past.ways.clone();
        let player = Player::start(ways.clone())?;
        let place = Place::read(&folder);
        let app = Self {
            desktop: Desktop::new(tauri.clone(), commands.clone()),
            tauri,
            store: Store::open(&folder),
            policy: Policy::read(),
            secrets: None,
            hub,
            devices: DevicesView::default(),
            check: None,
            server: BuiltInServerView::Starting,
            network: NetworkSwitchView { on: place.network, ..NetworkSwitchView::default() },
            built_in: None,
            key: None,
            account: Account::default(),
            lines: Lines::default(),
            ringing: Ringing::default(),
            answering: None,
            book: Book::open(&folder),
            past,
            player,
            rooms_view: RoomsView::Loading,
            rooms_asked: false,
            rooms_looked: Instant::now(),
            room_homes: HashMap::new(),
            new_room: None,
            new_room_turn: 0,
            screen: Screen::Home { problem: None },
            link: None,
            notice: None,
            shown: HashMap::new(),
            turn: 0,
            internal: internal.clone(),
            timing: timing.clone(),
            files: files.clone(),
            test_call_waits: false,
            held: None,
            folder,
        };
        let (view_sender, view) = watch::channel(app.view());
        app.open_secrets();
        devices::look(internal);
        tokio::spawn(app.run(inbox, answers, key_frames, view_sender));
        Ok(AppHandle { commands, view, wire, timing, files, ways })
    }

    async fn run(
        mut self,
        mut inbox: mpsc::UnboundedReceiver<Command>,
        mut answers: mpsc::UnboundedReceiver<Internal>,
        mut key_frames: mpsc::UnboundedReceiver<u32>,
        view: watch::Sender<AppView>,
    ) {
        let mut levels = tokio::time::interval(LEVELS_EVERY);
        let mut look = tokio::time::interval(LOOK_EVERY);
        for interval in [&mut levels, &mut look] {
            interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        }
        loop {
            self.publish(&view);
            tokio::select! {
                command = inbox.recv() => match command {
                    Some(Command::Quit(done)) => return self.quit(&done).await,
                    Some(command) => self.command(command),
                    None => return,
                },
                Some(answer) = answers.recv() => self.answer(answer),
                Some(stream) = key_frames.recv() => self.key_frame(stream),
                change = self.screen.changed() => match change {
                    screen::Change::Call(state) => self.call_changed(state),
                    screen::Change::Notice(notice) => self.notice(notice),
                    screen::Change::Devices => {}
                },
                _ = levels.tick() => self.levels(),
                _ = look.tick() => self.look(),
            }
        }
    }

    fn publish(&mut self, view: &watch::Sender<AppView>) {
        self.know_ways();
        let now = self.view();
        let changed = view.send_if_modified(|old| {
            let changed = *old != now;
            if changed {
                old.clone_from(&now);
            }
            changed
        });
        if changed {
            self.desktop.follow(&now);
            if let Err(error) = AppViewChanged(now).emit(&self.tauri) {
                tracing::warn!(%error, "the page did not hear of a change");
            }
        }
    }

    fn view(&self) -> AppView {
        let check = self.check.as_ref().map(|media| media.state());
        let mut screen = self.screen.view();
        if let visita_protocol::view::ScreenView::Call(call) = &mut screen {
            call.me.talking_while_muted &= self.store.get().talking_while_muted;
        }
        AppView {
            screen,
            settings: self.store.get().clone(),
            devices: self.devices.clone(),
            server: self.server.clone(),
            notice: self.notice.as_ref().map(|(notice, _)| notice.clone()),
            rooms: self.rooms_view.clone(),
            account: self.account.view(),
            sign_in_asked: self.account.asked(),
            network: self.network.clone(),
            new_room: self.new_room.clone(),
            incoming: self.ringing.view(),
            link: self.link.as_ref().map(|link| link.expose().to_owned()),
            device_check: check.map(|state| DeviceCheckView {
                camera: state.camera,
                microphone: state.microphone,
                speaker: state.speaker,
            }),
            about: AboutView {
                version: env!("CARGO_PKG_VERSION").into(),
                data_folder: self.folder.display().to_string(),
                system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
                keyring: self.secrets.as_ref().map_or(Keyring::System, |secrets| secrets.kind()),
            },
        }
    }

    /// To be shown for a moment; also by the system, while the window is not in front.
    fn notice(&mut self, notice: NoticeView) {
        let settings = self.store.get();
        if notice.code == NoticeCode::TalkingWhileMuted && !settings.talking_while_muted {
            return;
        }
        if settings.notifications {
            self.desktop.notify(&notice);
        }
        self.notice = Some((notice, Instant::now()));
    }

    fn levels(&mut self) {
        let Some(media) = self.media() else { return };
        let levels = media.levels();
        if let Screen::Call(call) = &mut self.screen {
            call.meter.level(levels.microphone);
        }
        if let Err(error) = LevelsChanged(levels).emit(&self.tauri) {
            tracing::debug!(%error, "levels were not shown");
        }
    }

    fn look(&mut self) {
        if self.notice.as_ref().is_some_and(|(_, since)| since.elapsed() > NOTICE_FOR) {
            self.notice = None;
        }
        self.ringing.tick();
        self.look_again();
        self.look_at_past();
        if matches!(self.screen, Screen::Home { .. }) && self.rooms_looked.elapsed() >= ROOMS_EVERY {
            self.rooms_looked = Instant::now();
            self.refresh_rooms();
        }
        let Screen::Call(call) = &mut self.screen else { return };
        self.desktop.look();
        if !self.desktop.has_mini() {
            self.shown.remove(crate::desktop::MINI);
        }
        call.picker.tick(&self.internal);
        if let CallState::Running(view) = &*call.state.borrow() {
            call.meter.look(view, call.call.media(), Instant::now());
        }
        let mut timing = self.timing.lock();
        if timing.connected_at.is_some() {
            timing.rtt_ms = call.call.stats().and_then(|stats| stats.rtt_ms);
        }
    }

    /// The person's devices, while they are open.
    fn media(&self) -> Option<&Arc<LocalMedia>> {
        self.screen.media().or(self.check.as_ref())
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::OpenLink(text) => self.open_link(&text),
            Command::LinkCame(text) => self.link_came(&text),
            Command::StartTestCall => self.start_test_call(),
            Command::SetDisplayName(name) => {
                if let Screen::Lobby(lobby) = &mut self.screen {
                    lobby.display_name.clone_from(&name);
                }
                self.store.update(SettingsPatch { display_name: Some(name), ..SettingsPatch::default() });
            }
            Command::SetMicrophone(on) => self.screen.set_microphone(on),
            Command::SetCamera(on) => self.screen.set_camera(on),
            Command::ToggleMicrophone => self.screen.set_microphone(!self.microphone_on()),
            Command::PlayTestSound => {
                if let Some(media) = self.media() {
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
                // A link that came during the call is opened now; one that did not open is let go.
                let waits = matches!(self.screen, Screen::After { .. });
                self.screen = Screen::Home { problem: None };
                self.refresh_rooms();
                if let Some(link) = self.link.take().filter(|_| waits) {
                    self.link_came(link.expose());
                }
            }
            Command::Rejoin => self.rejoin(),
            Command::DismissNotice => self.notice = None,
            Command::NotOpened(path) => self.not_opened(&path),
            Command::KeysRefused(keys) => self.notice(NoticeView { code: NoticeCode::KeysRefused, name: Some(keys) }),
            Command::NoPicture(name) => self.notice(NoticeView { code: NoticeCode::NoPicture, name: Some(name) }),
            Command::UpdateSettings(patch) => {
                self.store.update(patch);
                if let Some(media) = self.media() {
                    devices::choose(media, self.store.get());
                }
            }
            Command::SetShownSizes(window, sizes) => self.shown(window, sizes),
            Command::RefreshDevices => devices::look(self.internal.clone()),
            Command::PreviewDevices(on) => self.preview_devices(on),
            Command::Seat(action) => self.seat(action),
            Command::Admin(action) => self.admin(action),
            Command::Share(action) => {
                if let Screen::Call(call) = &mut self.screen {
                    call.share(action, &self.internal);
                }
            }
            Command::Rooms(action) => self.rooms(action),
            Command::Account(action) => self.account(action),
            Command::Window(action) => self.window(action),
            Command::WindowClosed(label) => self.window_closed(&label),
            Command::Rate { stars, comment } => self.rate(stars, &comment),
            Command::SaveReport => self.save_report(),
            Command::Tool(action) => self.tool(action),
            Command::Past(action) => self.past(action),
            Command::Board(action) => self.in_call(|call| call.use_board(action)),
            Command::TellTools => self.in_call(visita_call::Call::tell_tools),
            Command::Shortcut(shortcut, pressed) => self.shortcut(shortcut, pressed),
            // Handled by the loop.
            Command::Quit(_) => {}
        }
    }

    fn in_call(&self, does: impl FnOnce(&visita_call::Call)) {
        if let Screen::Call(call) = &self.screen {
            does(&call.call);
        }
    }

    fn answer(&mut self, answer: Internal) {
        match answer {
            Internal::SecretsOpened(secrets, kept) => {
                self.secrets = Some(secrets);
                if let Some(kept) = kept {
                    self.account_kept(&kept);
                }
            }
            Internal::Key(key) => {
                self.key = Some(key);
                self.start_server(None);
            }
            Internal::Server(Ok(built_in)) => self.server_runs(built_in),
            Internal::Server(Err(problem)) if self.network.on => {
                // On no network, or not allowed to listen there: this computer's own rooms work all the same.
                self.network = NetworkSwitchView { on: false, url: None, problem: Some(problem) };
                Place { network: false, ..Place::read(&self.folder) }.write(&self.folder);
                self.start_server(None);
            }
            Internal::Server(Err(problem)) => {
                tracing::error!(reason = problem.message, "the built-in server did not start");
                self.server = BuiltInServerView::Failed { detail: problem.message.clone() };
                self.rooms_view = RoomsView::Failed { problem: problem.clone() };
                if std::mem::take(&mut self.test_call_waits) {
                    self.screen = Screen::Home { problem: Some(problem) };
                }
            }
            Internal::Preview { turn, link, answer } if turn == self.turn => self.previewed(link, answer),
            Internal::LobbyNews { turn, answer } if turn == self.turn => self.lobby_news(answer),
            Internal::Tried { turn, network } if turn == self.turn => self.tried(network),
            Internal::TestRoom { turn, answer } if turn == self.turn => match answer {
                Ok((room, mine, friends)) => self.enter_test_call(room, mine, friends),
                Err(problem) => self.screen = Screen::Home { problem: Some(problem) },
            },
            Internal::MyLink { turn, answer } if turn == self.turn => match answer {
                Ok(link) => self.look_up(link),
                Err(problem) => self.screen = Screen::Home { problem: Some(problem) },
            },
            Internal::Preview { .. }
            | Internal::LobbyNews { .. }
            | Internal::Tried { .. }
            | Internal::TestRoom { .. }
            | Internal::MyLink { .. } => {}
            Internal::Devices(devices) => self.devices = devices,
            Internal::ShareSources(sources) => {
                if let Screen::Call(call) = &mut self.screen {
                    call.picker.found(sources);
                }
            }
            Internal::Picked(paths) => self.send_files(paths),
            Internal::Pasted(picture) => self.send_picture(picture),
            Internal::Rooms(answer) => self.rooms_listed(answer),
            Internal::Made { turn, answer } => self.room_made(turn, answer),
            Internal::Links { turn, answer } => self.links_told(turn, answer),
            Internal::Past(news) => self.past_news(news),
            Internal::Removed(answer) => {
                if let Err(problem) = answer {
                    tracing::info!(code = problem.code.as_str(), "a room was not deleted");
                }
                self.refresh_rooms();
            }
            Internal::SignedIn { turn, answer } => self.signed_in(turn, answer),
            Internal::Renewed { home, answer } => self.renewed(home, answer),
            Internal::Channel { home, generation, event } => {
                if self.is_this_line(generation, home) {
                    self.told(home, event);
                }
            }
        }
    }

    async fn quit(&mut self, done: &std::sync::mpsc::Sender<()>) {
        self.leave();
        self.screen = Screen::Home { problem: None };
        if let Some(built_in) = self.built_in.take() {
            built_in.stop().await;
        }
        let _ = done.send(());
    }
}

/// A server as people know it.
fn host_of(server: &Url) -> String {
    let name = server.host_str().unwrap_or_default();
    server.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"))
}

/// Unix time in seconds.
fn unix_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or(0)
}
