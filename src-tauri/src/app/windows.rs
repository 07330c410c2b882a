//! What windows and keys ask for, and what is painted in them.

use std::sync::Arc;

use visita_protocol::{frames::LOCAL_PREVIEW, view::ShownSize};

use super::{App, Pressed, Shortcut, WindowAction, devices, screen::Screen};

impl App {
    pub(super) fn window(&mut self, action: WindowAction) {
        match action {
            WindowAction::AnswerCall { call_id, with_camera } => self.answer_call(call_id, with_camera),
            WindowAction::DeclineCall { call_id } => self.decline_call(call_id),
            WindowAction::ShowMain => self.desktop.show_main(),
            WindowAction::SetFullscreen { on } => self.desktop.set_fullscreen(on),
            WindowAction::CopyText { text } => self.desktop.copy(text),
            WindowAction::OpenFolder => self.desktop.open_path(&self.folder),
            WindowAction::OpenUrl { url } => self.desktop.open_url(&url),
            WindowAction::Mail { subject, body } => self.desktop.mail(&subject, &body),
        }
    }

    pub(super) fn window_closed(&mut self, label: &str) {
        match label {
            crate::desktop::MAIN => {
                let in_call = matches!(self.screen, Screen::Call(_));
                self.desktop.main_closed(in_call, self.store.get().start_at_login);
            }
            crate::desktop::INCOMING => {
                if let Some(call) = self.ringing.view() {
                    self.decline_call(call.call_id);
                }
            }
            _ => self.desktop.show_main(),
        }
    }

    pub(super) fn microphone_on(&self) -> bool {
        self.screen.media().is_some_and(|media| media.microphone_on())
    }

    pub(super) fn shortcut(&mut self, shortcut: Shortcut, pressed: Pressed) {
        match (shortcut, pressed) {
            (Shortcut::ToggleMute, Pressed::Down) => self.screen.set_microphone(!self.microphone_on()),
            (Shortcut::ToggleMute, Pressed::Up) => {}
            (Shortcut::HoldToTalk | Shortcut::HoldToMute, Pressed::Down) => {
                // A key that is held repeats itself.
                if self.held.is_none() {
                    self.held = Some(self.microphone_on());
                    self.screen.set_microphone(shortcut == Shortcut::HoldToTalk);
                }
            }
            (Shortcut::HoldToTalk | Shortcut::HoldToMute, Pressed::Up) => {
                if let Some(before) = self.held.take() {
                    self.screen.set_microphone(before);
                }
            }
        }
    }

    pub(super) fn preview_devices(&mut self, on: bool) {
        let at_home = matches!(self.screen, Screen::Home { .. });
        self.check = (on && at_home)
            .then(|| self.check.take().unwrap_or_else(|| Arc::new(devices::start(self.store.get(), self.hub.clone()))));
    }

    /// Two windows may show the same stream: it is asked for at the larger size.
    pub(super) fn shown(&mut self, window: String, sizes: Vec<ShownSize>) {
        self.shown.insert(window, sizes.clone());
        let largest = |asked: &ShownSize| {
            let everywhere = self.shown.values().flatten().filter(|other| other.stream_id == asked.stream_id);
            everywhere.max_by_key(|other| other.size.area()).copied().unwrap_or(*asked)
        };
        let sizes: Vec<ShownSize> = sizes.iter().map(largest).collect();
        if let Some(check) = self.check.as_ref().filter(|_| matches!(self.screen, Screen::Home { .. })) {
            for shown in sizes.iter().filter(|shown| shown.stream_id == LOCAL_PREVIEW) {
                check.set_preview((shown.size.area() > 0).then_some(shown.size));
            }
        }
        self.screen.set_shown(sizes);
    }

    pub(super) fn key_frame(&mut self, stream: u32) {
        match &self.screen {
            Screen::Call(call) => call.want_key_frame(stream),
            Screen::Lobby(lobby) if stream == LOCAL_PREVIEW => lobby.media.want_preview_key_frame(),
            Screen::Home { .. } if stream == LOCAL_PREVIEW => {
                if let Some(check) = &self.check {
                    check.want_preview_key_frame();
                }
            }
            _ => {}
        }
    }
}
