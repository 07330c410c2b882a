//! From a link to the lobby, into the call, and out of it; the test call.

use std::{sync::Arc, time::Instant};

use tauri_specta::Event;
use tokio::sync::{mpsc, watch};
use visita_call::{Call, CallState, JoinTarget, LocalMedia, Told, entry, peer, peer::PeerOptions, trial};
use visita_protocol::{
    CallType, ErrorCode, Problem, RoomId,
    channel::{LeaveReason, MediaSource},
    desktop::RatingView,
    entry::JoinPreview,
    link::RoomLink,
    view::{AfterView, BuiltInServerView, ConnectionView, NetworkCheck, NoticeCode, NoticeView},
};

use super::{
    App, Internal, Timing, account,
    command::{AdminAction, SeatAction},
    devices, host_of,
    meter::Meter,
    screen::{InCall, Lobby, Screen, Test},
    share::Picker,
};
use crate::{
    commands::{BoardChanged, ToolsChanged},
    server,
};

impl App {
    // --- from a link to the lobby ---

    /// A link from outside: not while a call goes on, which it would end.
    pub(super) fn link_came(&mut self, text: &str) {
        self.desktop.show_main();
        if matches!(self.screen, Screen::Call(_)) {
            self.link = Some(text.into());
            self.notice(NoticeView { code: NoticeCode::LinkInCall, name: None });
        } else if account::sign_in_link(text).is_some() {
            self.screen = Screen::Home { problem: None };
            self.ask_to_sign_in(text);
        } else {
            self.open_link(text);
        }
    }

    pub(super) fn open_link(&mut self, text: &str) {
        if matches!(self.screen, Screen::Call(_)) {
            // A call is not left by pasting; the page offers no link field there.
            return;
        }
        if account::sign_in_link(text).is_some() {
            self.screen = Screen::Home { problem: None };
            if self.is_signed_in() {
                self.ask_to_sign_in(text);
            } else {
                self.sign_in(text, None);
            }
            return;
        }
        self.link = Some(text.into());
        match entry::parse_link(text) {
            Ok(link) => self.look_up(link),
            Err(problem) => self.screen = Screen::Home { problem: Some(problem) },
        }
    }

    pub(super) fn look_up(&mut self, link: RoomLink) {
        self.check = None;
        let own = self.built_in.as_ref().map(|built_in| built_in.url().clone());
        if let Err(problem) = self.policy.check(&link.server, own.as_ref()) {
            self.screen = Screen::Home { problem: Some(problem) };
            return;
        }
        self.turn += 1;
        self.new_room = None;
        self.screen = Screen::Opening { host: host_of(&link.server) };
        let (turn, internal) = (self.turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = entry::preview(&link).await;
            let _ = internal.send(Internal::Preview { turn, link, answer });
        });
    }

    /// A call that rang was taken: there is no lobby, unless something has to be asked there.
    pub(super) fn answered(&mut self, link: RoomLink, with_camera: bool) {
        self.desktop.show_main();
        self.leave();
        self.answering = Some(with_camera);
        self.look_up(link);
    }

    pub(super) fn previewed(&mut self, link: RoomLink, answer: Result<JoinPreview, Problem>) {
        let answering = self.answering.take();
        let preview = match answer {
            Ok(preview) => preview,
            Err(problem) => {
                self.screen = Screen::Home { problem: Some(problem) };
                return;
            }
        };
        self.link = None;
        let settings = self.store.get();
        let display_name = preview.display_name.clone().unwrap_or_else(|| settings.display_name.clone());
        let media = Arc::new(devices::start(settings, self.hub.clone()));
        // Such a call starts with sound; the camera may be switched on.
        if preview.call_type == CallType::AudioUpgradable || answering == Some(false) {
            media.set_camera_on(false);
        }
        let at_once = answering.is_some() && !preview.asks_consent && !preview.in_use;
        self.screen = Screen::Lobby(Box::new(Lobby {
            host: host_of(&link.server),
            link,
            preview,
            display_name,
            network: NetworkCheck::Checking,
            trial: None,
            changes: media.watch(),
            media,
            problem: None,
            consent: None,
            looked: Instant::now(),
        }));
        devices::look(self.internal.clone());
        if at_once {
            self.join(false);
        } else {
            self.try_way();
        }
    }

    /// What the way to the lobby's server is like.
    fn try_way(&mut self) {
        let Screen::Lobby(lobby) = &mut self.screen else { return };
        lobby.network = NetworkCheck::Checking;
        let (turn, internal, link) = (self.turn, self.internal.clone(), lobby.link.clone());
        let trial = tokio::spawn(async move {
            let network = trial::try_way(&link).await;
            let _ = internal.send(Internal::Tried { turn, network });
        });
        lobby.trial = Some(trial.abort_handle());
    }

    pub(super) fn tried(&mut self, network: NetworkCheck) {
        if let Screen::Lobby(lobby) = &mut self.screen {
            lobby.network = network;
        }
    }

    /// Who is in, and whether the room is open, changes while somebody looks at the lobby.
    pub(super) fn look_again(&mut self) {
        let Screen::Lobby(lobby) = &mut self.screen else { return };
        if lobby.looked.elapsed() < super::LOBBY_EVERY {
            return;
        }
        lobby.looked = Instant::now();
        let (turn, internal, link) = (self.turn, self.internal.clone(), lobby.link.clone());
        tokio::spawn(async move {
            let answer = entry::preview(&link).await;
            let _ = internal.send(Internal::LobbyNews { turn, answer });
        });
    }

    pub(super) fn lobby_news(&mut self, answer: Result<JoinPreview, Problem>) {
        let Screen::Lobby(lobby) = &mut self.screen else { return };
        match answer {
            Ok(preview) => {
                lobby.preview = preview;
                let unreachable = |problem: &mut Problem| problem.code == ErrorCode::ServerUnreachable;
                let is_back = lobby.problem.take_if(unreachable).is_some();
                if is_back || lobby.network == NetworkCheck::Unreachable {
                    self.try_way();
                }
            }
            Err(problem) => lobby.problem = Some(problem),
        }
    }

    // --- the call ---

    pub(super) fn join(&mut self, displace: bool) {
        let Screen::Lobby(mut lobby) = std::mem::take(&mut self.screen) else { return };
        // The way is the call's now.
        if let Some(trial) = lobby.trial.take() {
            trial.abort();
        }
        let name = match lobby.display_name.trim() {
            "" => self.desktop.guest(),
            name => name,
        };
        let target = JoinTarget::Link { link: lobby.link.clone(), display_name: Some(name.to_owned()), displace };
        self.screen = self.enter(target, lobby.media.clone(), Some(lobby), None);
    }

    fn enter(
        &mut self,
        target: JoinTarget,
        media: Arc<LocalMedia>,
        lobby: Option<Box<Lobby>>,
        test: Option<Test>,
    ) -> Screen {
        *self.timing.lock() = Timing { joined_at: Some(Instant::now()), ..Timing::default() };
        self.notice = None;
        // A key that was held when the last call ended came up unheard.
        self.held = None;
        let (key_frames, wanted) = mpsc::unbounded_channel();
        let mut call = Call::join(target, media, self.hub.clone(), wanted);
        let notices = call.take_notices();
        *self.files.lock() = Some(call.files());
        if let Some(told) = call.take_told() {
            tokio::spawn(tell_page(self.tauri.clone(), told));
        }
        Screen::Call(Box::new(InCall {
            state: call.watch(),
            call,
            notices,
            key_frames,
            consent: lobby.as_ref().and_then(|lobby| lobby.consent.clone()),
            lobby,
            test,
            meter: Meter::start(Instant::now()),
            picker: Picker::default(),
            met: Vec::new(),
            was_admin: false,
            was_in: false,
            waits: false,
        }))
    }

    pub(super) fn call_changed(&mut self, state: CallState) {
        match state {
            CallState::Running(view) => {
                let connected = view.connection == ConnectionView::Connected;
                let mut timing = self.timing.lock();
                if connected && timing.connected_at.is_none() {
                    timing.connected_at = Some(Instant::now());
                }
                drop(timing);
                let Screen::Call(call) = &mut self.screen else { return };
                if connected {
                    if std::mem::take(&mut call.waits) && self.store.get().notifications {
                        self.desktop.notify_let_in();
                    }
                    call.was_in = true;
                    call.was_admin = view.me.is_admin;
                    call.say_consent();
                }
                for person in &view.people {
                    if !call.met.contains(&person.display_name) {
                        call.met.push(person.display_name.clone());
                    }
                }
            }
            CallState::Waiting(_) => {
                if let Screen::Call(call) = &mut self.screen {
                    call.waits = true;
                    call.say_consent();
                }
            }
            CallState::Failed(problem) => {
                let Screen::Call(mut call) = std::mem::take(&mut self.screen) else { return };
                self.end_test(&mut call);
                self.screen = match call.lobby {
                    Some(mut lobby) => {
                        lobby.preview.in_use |= problem.code == ErrorCode::SeatInUse;
                        lobby.problem = Some(problem);
                        Screen::Lobby(lobby)
                    }
                    None => Screen::Home { problem: Some(problem) },
                };
                // It was left off for the call's sake.
                if matches!(&self.screen, Screen::Lobby(lobby) if lobby.network == NetworkCheck::Checking) {
                    self.try_way();
                }
            }
            CallState::Over(reason) => self.after(reason),
        }
    }

    /// Leaves at once: the page does not wait for the farewell.
    pub(super) fn leave(&mut self) {
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
        let Screen::Call(mut call) = std::mem::take(&mut self.screen) else { return };
        self.notice = None;
        self.end_test(&mut call);
        let again = matches!(reason, LeaveReason::Left | LeaveReason::ConnectionLost | LeaveReason::Displaced);
        let InCall { lobby, test, meter, met, was_admin, was_in, .. } = *call;
        let preview = lobby.as_ref().map(|lobby| &lobby.preview);
        self.screen = Screen::After {
            view: Box::new(AfterView {
                reason,
                seconds: u32::try_from(meter.time().as_secs()).unwrap_or(u32::MAX),
                can_rejoin: again,
                is_test_call: test.is_some(),
                company: preview.map(|preview| preview.company.clone()).unwrap_or_default(),
                with_names: met,
                good_until: preview.and_then(|preview| preview.good_until),
                was_admin,
                asks_rating: was_in && test.is_none(),
                rating: None,
                report: was_in.then(|| meter.report(Instant::now())),
            }),
            link: lobby.map(|lobby| lobby.link),
        };
        self.refresh_rooms();
    }

    pub(super) fn rejoin(&mut self) {
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

    // --- in the call ---

    pub(super) fn seat(&mut self, action: SeatAction) {
        match &mut self.screen {
            Screen::Lobby(lobby) => {
                if let SeatAction::AnswerConsent { answer, text_version } = action {
                    lobby.consent = Some((answer, text_version));
                }
            }
            Screen::Call(call) => {
                let call = &call.call;
                match action {
                    SeatAction::RaiseHand { raised } => call.raise_hand(raised),
                    SeatAction::React { reaction } => call.react(reaction),
                    SeatAction::AnswerConsent { answer, text_version } => call.answer_consent(answer, text_version),
                    SeatAction::DeclineUnmute => call.decline_unmute(),
                    SeatAction::SendNote { to, text } => call.send_note(to, text),
                    SeatAction::Knock => call.knock(),
                }
            }
            Screen::Home { .. } | Screen::Opening { .. } | Screen::After { .. } => {}
        }
    }

    pub(super) fn admin(&self, action: AdminAction) {
        let Screen::Call(in_call) = &self.screen else { return };
        let call = &in_call.call;
        match action {
            AdminAction::Admit { whom } => call.admit(whom),
            AdminAction::AdmitAll => call.admit_all(),
            AdminAction::Refuse { whom } => call.refuse(whom),
            AdminAction::SendBack { whom } => call.send_back(whom),
            AdminAction::Mute { whom, source } => call.mute(whom, source),
            AdminAction::MuteAll => {
                if let CallState::Running(view) = &*in_call.state.borrow() {
                    let loud =
                        view.people.iter().filter(|person| !person.is_admin && !person.muted_by_admin.microphone);
                    for person in loud {
                        call.mute(person.participant_id.clone(), MediaSource::Microphone);
                    }
                }
            }
            AdminAction::Release { whom, source } => call.release(whom, source),
            AdminAction::AskToUnmute { whom, source } => call.ask_to_unmute(whom, source),
            AdminAction::Remove { whom } => call.remove(whom),
            AdminAction::Readmit { whom } => call.readmit(whom),
            AdminAction::SetRole { whom, role } => call.set_role(whom, role),
            AdminAction::SetTools { whom, tools } => call.set_tools(whom, tools),
            AdminAction::LowerHand { whom } => call.lower_hand(whom),
            AdminAction::ShowWhiteboard { shown, page } => call.show_whiteboard(shown, page),
            AdminAction::GrantDrawing { whom, granted } => call.grant_drawing(whom, granted),
            AdminAction::StartRecording { layout } => call.start_recording(layout),
            AdminAction::StopRecording => call.stop_recording(),
            AdminAction::Extend { seconds } => call.extend(seconds),
            AdminAction::Ring { whom } => call.ring(whom),
        }
    }

    // --- after the call ---

    /// Kept beside the reports on this computer: no room asks for it yet.
    pub(super) fn rate(&mut self, stars: u8, comment: &str) {
        let Screen::After { view, .. } = &mut self.screen else { return };
        let line = serde_json::json!({
            "at": super::unix_now(),
            "company": view.company,
            "seconds": view.seconds,
            "stars": stars.clamp(1, 5),
            "comment": comment,
            "report": view.report,
        });
        view.rating = Some(match append(&self.folder.join("ratings.jsonl"), &line) {
            Ok(()) => RatingView::Sent,
            Err(error) => RatingView::Failed { problem: Problem::new(ErrorCode::Internal, error.to_string()) },
        });
    }

    /// Writes the report where people look for what they saved.
    pub(super) fn save_report(&mut self) {
        let folder = self.downloads();
        let Screen::After { view, .. } = &mut self.screen else { return };
        let Some(report) = &mut view.report else { return };
        #[allow(clippy::cast_possible_truncation, reason = "whole seconds of this century")]
        let file = folder.join(format!("visita-report-{}.json", report.started_at as i64));
        let written = serde_json::to_vec_pretty(&report)
            .map_err(std::io::Error::from)
            .and_then(|bytes| std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&file, bytes)));
        match written {
            Ok(()) => (report.saved_to, report.not_saved) = (Some(file.display().to_string()), false),
            Err(error) => {
                tracing::warn!(%error, "the report was not saved");
                (report.saved_to, report.not_saved) = (None, true);
            }
        }
    }

    // --- the test call ---

    pub(super) fn start_test_call(&mut self) {
        if matches!(self.screen, Screen::Call(_)) {
            return;
        }
        self.check = None;
        self.turn += 1;
        self.screen = Screen::Opening { host: String::new() };
        let Some(built_in) = &self.built_in else {
            match &self.server {
                BuiltInServerView::Failed { detail } => {
                    let problem = Problem::new(ErrorCode::ServerUnreachable, detail.clone());
                    self.screen = Screen::Home { problem: Some(problem) };
                }
                _ => self.test_call_waits = true,
            }
            return;
        };
        let backend = built_in.backend.clone();
        let (turn, internal) = (self.turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = server::test_room(&backend).await;
            let _ = internal.send(Internal::TestRoom { turn, answer });
        });
    }

    pub(super) fn enter_test_call(&mut self, room: RoomId, mine: RoomLink, friends: RoomLink) {
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
        self.screen = self.enter(target, media, None, Some(Test { stop, room }));
        devices::look(self.internal.clone());
    }

    fn end_test(&self, call: &mut InCall) {
        let Some(test) = &call.test else { return };
        test.stop.send_replace(true);
        if let Some(built_in) = &self.built_in {
            let (backend, room) = (built_in.backend.clone(), test.room.clone());
            tokio::spawn(async move {
                // Both say goodbye first.
                tokio::time::sleep(super::TEST_ROOM_STAYS).await;
                if let Err(problem) = backend.delete_room(&room).await {
                    tracing::debug!(code = problem.code.as_str(), "the room of a test call stays");
                }
            });
        }
    }
}

impl InCall {
    /// Says what was answered in the lobby, once.
    fn say_consent(&mut self) {
        if let Some((answer, text_version)) = self.consent.take() {
            self.call.answer_consent(answer, text_version);
        }
    }
}

fn append(file: &std::path::Path, line: &serde_json::Value) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::options().create(true).append(true).open(file)?;
    writeln!(file, "{line}")
}

/// What the call tells of its tools goes to the page, until it is over.
async fn tell_page(tauri: tauri::AppHandle, mut told: mpsc::UnboundedReceiver<Told>) {
    while let Some(told) = told.recv().await {
        let emitted = match told {
            Told::Tools(news) => ToolsChanged(news).emit(&tauri),
            Told::Board(news) => BoardChanged(news).emit(&tauri),
        };
        if let Err(error) = emitted {
            tracing::warn!(%error, "the page did not hear of a tool");
        }
    }
}
