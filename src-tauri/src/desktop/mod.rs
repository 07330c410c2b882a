//! What the desktop shows of the app beside its main window: the window of an incoming call, the mini window, the tray,
//! keys that work everywhere, notices of the system, and a display that stays on. All of it follows the view.

mod awake;
mod open;
mod tray;
mod windows;
mod words;

use tauri::{AppHandle, Manager};
use tauri_plugin_autostart::ManagerExt;
use tauri_plugin_clipboard_manager::ClipboardExt;
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::mpsc;
use visita_protocol::{
    channel::RecordingState,
    view::{AppView, NoticeView, ScreenView, Shortcuts},
};

use crate::app::{Command, Pressed, Shortcut};
use awake::Awake;
use words::Words;

pub(crate) use windows::{INCOMING, MAIN, MINI};

/// The desktop's side of the app.
pub(crate) struct Desktop {
    tauri: AppHandle,
    commands: mpsc::UnboundedSender<Command>,
    awake: Awake,
    words: &'static Words,
    keys: Option<Shortcuts>,
    tray: tray::State,
    rings: Option<u32>,
    in_call: bool,
    starts_at_login: Option<bool>,
}

impl Desktop {
    pub(crate) fn new(tauri: AppHandle, commands: mpsc::UnboundedSender<Command>) -> Self {
        Self {
            tauri,
            commands,
            awake: Awake::start(),
            words: words::of(visita_protocol::view::Language::System),
            keys: None,
            tray: tray::State::default(),
            rings: None,
            in_call: false,
            starts_at_login: None,
        }
    }

    /// Makes the desktop show what the view says.
    pub(crate) fn follow(&mut self, view: &AppView) {
        self.words = words::of(view.settings.language);
        let call = match &view.screen {
            ScreenView::Call(call) => Some(call),
            _ => None,
        };
        self.in_call = call.is_some();
        self.awake.set(self.in_call || matches!(view.screen, ScreenView::Waiting(_)));
        self.shortcuts(call.is_some().then_some(&view.settings.shortcuts));
        self.tray(tray::State {
            in_call: self.in_call,
            muted: call.as_ref().is_some_and(|call| !call.me.microphone.is_on()),
            recorded: call.as_ref().is_some_and(|call| matches!(call.recording_state, RecordingState::On { .. })),
            language: view.settings.language,
        });
        self.incoming(view);
        if !self.in_call {
            windows::close(&self.tauri, MINI);
        }
        self.login(view.settings.start_at_login);
    }

    /// Looks at what tells nobody that it changed: whether the main window is put away during a call.
    pub(crate) fn look(&self) {
        if self.in_call {
            windows::mini(&self.tauri, windows::is_away(&self.tauri));
        }
    }

    /// Whether the mini window is there.
    pub(crate) fn has_mini(&self) -> bool {
        self.tauri.get_webview_window(MINI).is_some()
    }

    /// The main window comes to the front.
    pub(crate) fn show_main(&self) {
        windows::show_main(&self.tauri);
    }

    /// The main window was closed by its frame. A call goes on in the mini window, and whoever wants to be reached is.
    pub(crate) fn main_closed(&self, in_call: bool, stays: bool) {
        if in_call {
            windows::hide_main(&self.tauri);
            windows::mini(&self.tauri, true);
        } else if stays {
            windows::hide_main(&self.tauri);
        } else {
            self.tauri.exit(0);
        }
    }

    /// What the others read of whoever gives no name, rather than a number.
    pub(crate) fn guest(&self) -> &'static str {
        self.words.guest
    }

    pub(crate) fn set_fullscreen(&self, on: bool) {
        if let Some(main) = self.tauri.get_webview_window(MAIN)
            && let Err(error) = main.set_fullscreen(on)
        {
            tracing::info!(%error, "the window does not fill the screen");
        }
    }

    pub(crate) fn copy(&self, text: String) {
        if let Err(error) = self.tauri.clipboard().write_text(text) {
            tracing::warn!(%error, "nothing was copied");
        }
    }

    /// Opens a file or folder with the system's program for it; where there is none, [`Command::NotOpened`] says so.
    pub(crate) fn open_path(&self, path: &std::path::Path) {
        let (path, commands) = (path.to_owned(), self.commands.clone());
        tokio::spawn(async move {
            if !open::opens(&path).await {
                let _ = commands.send(Command::NotOpened(path));
            }
        });
    }

    /// Opens an address of the web in the system's browser, or begins a mail to one; nothing else that an address can do.
    pub(crate) fn open_url(&self, text: &str) {
        let Some(url) = opened(text) else {
            tracing::info!("an address was not opened");
            return;
        };
        if let Err(error) = tauri_plugin_opener::open_url(url.as_str(), None::<&str>) {
            tracing::warn!(%error, "no browser");
        }
    }

    /// Begins a mail in the system's program.
    pub(crate) fn mail(&self, subject: &str, body: &str) {
        // Spaces as %20: mail programs do not read a plus as one.
        let encoded =
            |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
        let mail = format!("mailto:?subject={}&body={}", encoded(subject), encoded(body));
        if let Err(error) = tauri_plugin_opener::open_url(mail, None::<&str>) {
            tracing::warn!(%error, "no mail program");
        }
    }

    /// Shows a notice by the system, while the main window is not in front.
    pub(crate) fn notify(&self, notice: &NoticeView) {
        if windows::is_in_front(&self.tauri) {
            return;
        }
        let Some((title, text)) = self.words.notice(notice) else { return };
        self.by_system(&title, &text);
    }

    /// Whoever waited is in, and may look elsewhere.
    pub(crate) fn notify_let_in(&self) {
        if !windows::is_in_front(&self.tauri) {
            let (title, text) = self.words.let_in();
            self.by_system(title, text);
        }
    }

    fn by_system(&self, title: &str, text: &str) {
        if let Err(error) = self.tauri.notification().builder().title(title).body(text).show() {
            tracing::info!(%error, "the system shows no notices");
        }
    }

    fn incoming(&mut self, view: &AppView) {
        let rings = view.incoming.as_ref().map(|call| call.call_id);
        if rings == self.rings {
            return;
        }
        self.rings = rings;
        match &view.incoming {
            Some(call) => {
                windows::incoming(&self.tauri);
                if view.settings.notifications {
                    let who = call.caller_name.as_deref().or(call.title.as_deref()).unwrap_or("Visita");
                    self.by_system(self.words.incoming, who);
                }
            }
            None => windows::close(&self.tauri, INCOMING),
        }
    }

    /// The keys are taken from other programs only while there is a call.
    fn shortcuts(&mut self, wanted: Option<&Shortcuts>) {
        if self.keys.as_ref() == wanted {
            return;
        }
        self.keys = wanted.cloned();
        let keys = self.tauri.global_shortcut();
        if let Err(error) = keys.unregister_all() {
            tracing::debug!(%error, "no keys were given back");
        }
        let Some(Shortcuts { toggle_mute, hold_to_talk, hold_to_mute }) = wanted else { return };
        let all = [
            (Shortcut::ToggleMute, toggle_mute),
            (Shortcut::HoldToTalk, hold_to_talk),
            (Shortcut::HoldToMute, hold_to_mute),
        ];
        let mut refused = Vec::new();
        for (shortcut, written) in all {
            let Some(written) = written else { continue };
            let written = written.as_str();
            let commands = self.commands.clone();
            let done = keys.on_shortcut(written, move |_, _, event| {
                let pressed = match event.state() {
                    ShortcutState::Pressed => Pressed::Down,
                    ShortcutState::Released => Pressed::Up,
                };
                // The owner is gone only when the app ends.
                let _ = commands.send(Command::Shortcut(shortcut, pressed));
            });
            if let Err(error) = done {
                tracing::info!(%error, keys = written, "another program has these keys, or the system gives none");
                refused.push(written);
            }
        }
        if !refused.is_empty() {
            let _ = self.commands.send(Command::KeysRefused(refused.join(", ")));
        }
    }

    fn tray(&mut self, now: tray::State) {
        if now != self.tray {
            tray::show(&self.tauri, &now, self.words);
            self.tray = now;
        }
    }

    /// The first look only learns how it is: nothing is written without a wish.
    fn login(&mut self, wanted: bool) {
        let Some(before) = self.starts_at_login.replace(wanted) else { return };
        if before == wanted {
            return;
        }
        let autostart = self.tauri.autolaunch();
        let done = if wanted { autostart.enable() } else { autostart.disable() };
        if let Err(error) = done {
            tracing::warn!(%error, "starting at login was not changed");
        }
    }
}

/// Opens the main window; hidden where the app was started to wait in the tray.
pub(crate) fn open_main(tauri: &AppHandle, hidden: bool) -> tauri::Result<()> {
    windows::main(tauri, hidden)
}

/// The tray, made on the main thread before anything follows.
pub(crate) fn prepare(tauri: &AppHandle) {
    tray::make(tauri);
}

/// An address that may be opened. A mail has nothing but whom it is to: what else such an address can bring, attachments
/// among it, is for the person to write.
fn opened(text: &str) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    let may = match url.scheme() {
        "http" | "https" => url.username().is_empty() && url.password().is_none(),
        "mailto" => url.query().is_none() && url.fragment().is_none() && url.path().contains('@'),
        _ => false,
    };
    may.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_and_plain_mails_are_opened() {
        for good in ["https://example.org/a?b", "http://10.0.0.1", "mailto:anna@example.org"] {
            assert!(opened(good).is_some(), "{good}");
        }
        for bad in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user:secret@example.org",
            "mailto:anna@example.org?attach=/etc/passwd",
            "mailto:nobody",
            "visita://example.org/join/abc",
            "example.org",
        ] {
            assert!(opened(bad).is_none(), "{bad}");
        }
    }
}
