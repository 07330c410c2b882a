//! What can be shown to the others, with small pictures, while somebody chooses.

use base64::{Engine, engine::general_purpose::STANDARD};
use tokio::sync::mpsc;
use visita_call::ShareChoice;
use visita_media::screen::{self, ScreenKind};
use visita_protocol::{
    desktop::{ShareSourceView, ShareSourcesView},
    view::ShareKind,
};

use super::{Internal, command::ShareAction, screen::InCall};

/// The picker of a call.
#[derive(Default)]
pub(super) struct Picker {
    pub(super) view: Option<ShareSourcesView>,
    looking: bool,
}

/// Looks at every screen and window, on a thread of its own: each takes some milliseconds.
fn look(internal: mpsc::UnboundedSender<Internal>) {
    tokio::task::spawn_blocking(move || {
        let sources = screen::list().into_iter().map(|source| {
            let png = source.thumbnail.map(|small| small.to_png()).filter(|png| !png.is_empty());
            ShareSourceView {
                id: source.id,
                kind: if source.kind == ScreenKind::Window { ShareKind::Window } else { ShareKind::Screen },
                label: if source.kind == ScreenKind::Portal { String::new() } else { source.label },
                preview: png.map(|png| format!("data:image/png;base64,{}", STANDARD.encode(png))),
            }
        });
        // The app is closing when nobody listens.
        let _ = internal.send(Internal::ShareSources(sources.collect()));
    });
}

impl Picker {
    /// Keeps the pictures fresh.
    pub(super) fn tick(&mut self, internal: &mpsc::UnboundedSender<Internal>) {
        if self.view.is_some() && !self.looking {
            self.looking = true;
            look(internal.clone());
        }
    }

    pub(super) fn found(&mut self, sources: Vec<ShareSourceView>) {
        self.looking = false;
        if self.view.is_some() {
            // The one entry without a name is the system's own dialog.
            let by_system = matches!(&*sources, [only] if only.label.is_empty());
            self.view = Some(if by_system { ShareSourcesView::BySystem } else { ShareSourcesView::Ready { sources } });
        }
    }
}

impl InCall {
    pub(super) fn share(&mut self, action: ShareAction, internal: &mpsc::UnboundedSender<Internal>) {
        match action {
            ShareAction::OpenPicker => {
                self.picker.view = Some(ShareSourcesView::Loading);
                self.picker.tick(internal);
            }
            ShareAction::ClosePicker => self.picker.view = None,
            ShareAction::Start { source_id } => {
                if let Some(choice) = self.chosen(source_id.as_deref()) {
                    self.call.share(choice);
                }
            }
            ShareAction::Pause { paused } => self.call.pause_share(paused),
            ShareAction::Stop => self.call.stop_share(),
        }
    }

    fn chosen(&self, id: Option<&str>) -> Option<ShareChoice> {
        match (&self.picker.view, id) {
            (Some(ShareSourcesView::Ready { sources }), Some(id)) => {
                let source = sources.iter().find(|source| source.id == id)?;
                Some(ShareChoice::Source { id: source.id.clone(), label: source.label.clone(), kind: source.kind })
            }
            (Some(ShareSourcesView::BySystem), None) => {
                let portal = screen::list().into_iter().find(|source| source.kind == ScreenKind::Portal)?;
                Some(ShareChoice::Source { id: portal.id, label: portal.label, kind: ShareKind::Screen })
            }
            _ => None,
        }
    }
}
