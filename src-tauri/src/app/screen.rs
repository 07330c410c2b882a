//! What is on the screen, with all that belongs to it.

use std::{sync::Arc, time::Instant};

use tokio::{
    sync::{mpsc, watch},
    task::AbortHandle,
};
use visita_call::{Call, CallState, LocalMedia};
use visita_protocol::{
    ErrorCode, Problem, RoomId,
    entry::JoinPreview,
    frames::LOCAL_PREVIEW,
    link::RoomLink,
    view::{AfterView, ConsentAnswer, DeviceState, LobbyView, NetworkCheck, NoticeView, ScreenView, ShownSize},
};

use super::{LocalState, meter::Meter, share::Picker};

pub(super) enum Screen {
    Home { problem: Option<Problem> },
    Opening { host: String },
    Lobby(Box<Lobby>),
    Call(Box<InCall>),
    After { view: Box<AfterView>, link: Option<RoomLink> },
}

pub(super) struct Lobby {
    pub(super) host: String,
    pub(super) link: RoomLink,
    pub(super) preview: JoinPreview,
    pub(super) display_name: String,
    pub(super) network: NetworkCheck,
    /// What looks at the network.
    pub(super) trial: Option<AbortHandle>,
    pub(super) media: Arc<LocalMedia>,
    pub(super) changes: watch::Receiver<LocalState>,
    pub(super) problem: Option<Problem>,
    /// My answer to being recorded, and which wording I was shown.
    pub(super) consent: Option<(bool, String)>,
    /// When the room was looked at last.
    pub(super) looked: Instant,
}

pub(super) struct InCall {
    pub(super) call: Call,
    pub(super) state: watch::Receiver<CallState>,
    pub(super) notices: Option<mpsc::UnboundedReceiver<NoticeView>>,
    pub(super) key_frames: mpsc::UnboundedSender<u32>,
    /// Where to go back to when the call is not joined; a test call has none.
    pub(super) lobby: Option<Box<Lobby>>,
    /// Of a test call.
    pub(super) test: Option<Test>,
    /// What was answered in the lobby, until the room can hear it.
    pub(super) consent: Option<(bool, String)>,
    pub(super) meter: Meter,
    pub(super) picker: Picker,
    /// Everybody who was seen, for the words afterwards.
    pub(super) met: Vec<String>,
    pub(super) was_admin: bool,
    /// I was let in at least once.
    pub(super) was_in: bool,
    /// In the waiting room until now.
    pub(super) waits: bool,
}

/// The other end of a test call.
pub(super) struct Test {
    /// Sends the friendly peer home.
    pub(super) stop: watch::Sender<bool>,
    /// The room, which goes with the call.
    pub(super) room: RoomId,
}

/// What happened to the screen by itself.
pub(super) enum Change {
    Call(CallState),
    Notice(NoticeView),
    Devices,
}

impl Default for Screen {
    fn default() -> Self {
        Self::Home { problem: None }
    }
}

impl InCall {
    pub(super) fn want_key_frame(&self, stream: u32) {
        // The call may have ended a moment ago.
        let _ = self.key_frames.send(stream);
    }
}

impl Screen {
    pub(super) fn view(&self) -> ScreenView {
        match self {
            Self::Home { problem } => ScreenView::Home { problem: problem.clone() },
            Self::Opening { host } => ScreenView::Opening { host: host.clone() },
            Self::Lobby(lobby) => ScreenView::Lobby(Box::new(lobby.view())),
            Self::Call(call) => call.view(),
            Self::After { view, .. } => ScreenView::After((**view).clone()),
        }
    }

    /// The person's devices, while they are open.
    pub(super) fn media(&self) -> Option<&Arc<LocalMedia>> {
        match self {
            Self::Lobby(lobby) => Some(&lobby.media),
            Self::Call(call) => Some(call.call.media()),
            Self::Home { .. } | Self::Opening { .. } | Self::After { .. } => None,
        }
    }

    pub(super) fn set_microphone(&self, on: bool) {
        match self {
            Self::Lobby(lobby) => lobby.media.set_microphone_on(on),
            Self::Call(call) => call.call.set_microphone(on),
            Self::Home { .. } | Self::Opening { .. } | Self::After { .. } => {}
        }
    }

    pub(super) fn set_camera(&self, on: bool) {
        match self {
            Self::Lobby(lobby) => lobby.media.set_camera_on(on),
            Self::Call(call) => call.call.set_camera(on),
            Self::Home { .. } | Self::Opening { .. } | Self::After { .. } => {}
        }
    }

    pub(super) fn set_shown(&self, sizes: Vec<ShownSize>) {
        match self {
            Self::Call(call) => call.call.set_shown(sizes),
            Self::Lobby(lobby) => {
                for shown in sizes.into_iter().filter(|s| s.stream_id == LOCAL_PREVIEW) {
                    lobby.media.set_preview((shown.size.area() > 0).then_some(shown.size));
                }
            }
            Self::Home { .. } | Self::Opening { .. } | Self::After { .. } => {}
        }
    }

    /// Waits for the next change that nobody commanded; never, where nothing moves by itself.
    pub(super) async fn changed(&mut self) -> Change {
        match self {
            Self::Lobby(lobby) => {
                if lobby.changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
                Change::Devices
            }
            Self::Call(call) => {
                tokio::select! {
                    changed = call.state.changed() => match changed {
                        Ok(()) => Change::Call(call.state.borrow_and_update().clone()),
                        Err(_) => std::future::pending().await,
                    },
                    notice = next(&mut call.notices) => Change::Notice(notice),
                }
            }
            Self::Home { .. } | Self::Opening { .. } | Self::After { .. } => std::future::pending().await,
        }
    }
}

async fn next(notices: &mut Option<mpsc::UnboundedReceiver<NoticeView>>) -> NoticeView {
    if let Some(receiver) = notices
        && let Some(notice) = receiver.recv().await
    {
        return notice;
    }
    std::future::pending().await
}

impl Lobby {
    fn view(&self) -> LobbyView {
        let local = self.media.state();
        let or_not_allowed = |has, state| if has { state } else { DeviceState::NotAllowed };
        LobbyView {
            host: self.host.clone(),
            preview: self.preview.clone(),
            display_name: self.display_name.clone(),
            network: match &self.problem {
                Some(problem) if problem.code == ErrorCode::ServerUnreachable => NetworkCheck::Unreachable,
                _ => self.network,
            },
            microphone: or_not_allowed(self.preview.call_type.has_microphone(), local.microphone),
            camera: or_not_allowed(self.preview.call_type.has_camera(), local.camera),
            speaker: local.speaker,
            problem: self.problem.clone(),
            consent: self.consent_view(),
            is_test_call: false,
        }
    }

    fn consent_view(&self) -> ConsentAnswer {
        match (&self.consent, self.preview.asks_consent) {
            (_, false) => ConsentAnswer::NotAsked,
            (None, true) => ConsentAnswer::Asked,
            (Some((true, _)), true) => ConsentAnswer::Yes,
            (Some((false, _)), true) => ConsentAnswer::No,
        }
    }
}

impl InCall {
    fn view(&self) -> ScreenView {
        match &*self.state.borrow() {
            CallState::Running(view) => {
                let mut view = view.clone();
                view.is_test_call = self.test.is_some();
                view.share_sources.clone_from(&self.picker.view);
                ScreenView::Call(view)
            }
            CallState::Waiting(view) => {
                let mut view = view.clone();
                if let Some(lobby) = &self.lobby {
                    view.company.clone_from(&lobby.preview.company);
                    view.host_name = view.host_name.or_else(|| lobby.preview.host_name.clone());
                    view.starts_at = view.starts_at.or(lobby.preview.opens_at);
                }
                ScreenView::Waiting(view)
            }
            // On the way to another screen within the same turn of the loop.
            CallState::Failed(_) | CallState::Over(_) => ScreenView::Opening { host: String::new() },
        }
    }
}
