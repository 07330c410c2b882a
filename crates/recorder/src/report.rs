//! What the server is told.

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use visita_protocol::recorder::{RecorderReport, RecorderTrouble};

/// Takes reports from every thread. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reports {
    sender: UnboundedSender<RecorderReport>,
}

impl Reports {
    /// A way for reports, and its end.
    pub fn new() -> (Self, UnboundedReceiver<RecorderReport>) {
        let (sender, receiver) = unbounded_channel();
        (Self { sender }, receiver)
    }

    pub(crate) fn send(&self, report: RecorderReport) {
        // Nobody listens any more: the recording goes on all the same.
        let _ = self.sender.send(report);
    }

    pub(crate) fn trouble(&self, trouble: RecorderTrouble) {
        tracing::info!(?trouble, "trouble");
        self.send(RecorderReport::Trouble { trouble });
    }
}
