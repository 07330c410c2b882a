//! The page's way to the owner: commands in, the present view and what is asked for beside it out.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use serde::Serialize;
use specta::Type;
use tokio::sync::{mpsc, watch};
use visita_call::FileClient;
use visita_protocol::{
    FileId, RoomId,
    view::{AppView, FramesEndpoint},
};

use super::{command::Command, past};
use crate::{frames::FrameWire, server::Api};

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

/// When what happened in the last call.
#[derive(Default)]
pub(super) struct Timing {
    pub(super) joined_at: Option<Instant>,
    pub(super) connected_at: Option<Instant>,
    pub(super) rtt_ms: Option<f64>,
}

/// The page's way to the owner.
#[derive(Clone)]
pub(crate) struct AppHandle {
    pub(super) commands: mpsc::UnboundedSender<Command>,
    pub(super) view: watch::Receiver<AppView>,
    pub(super) wire: Arc<FrameWire>,
    pub(super) timing: Arc<Mutex<Timing>>,
    pub(super) files: Arc<Mutex<Option<FileClient>>>,
    pub(super) ways: past::Ways,
}

impl AppHandle {
    /// The files of the room one is in.
    pub(crate) fn files(&self) -> Option<FileClient> {
        self.files.lock().clone()
    }

    /// A file of a past session, for showing it: a picture, or `large` a document too.
    pub(crate) async fn kept_picture(&self, room: &RoomId, file: &FileId, large: bool) -> Option<(String, Vec<u8>)> {
        self.ways.to(room)?.picture(room, file, large).await
    }

    /// The way to the server whose console is open.
    pub(crate) fn console(&self) -> Option<Api> {
        self.ways.of_console()
    }

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

    /// Leaves everything in order; returns when that is done, or soon.
    pub(crate) fn quit(&self) {
        let (done, finished) = std::sync::mpsc::channel();
        self.send(Command::Quit(done));
        let _ = finished.recv_timeout(Duration::from_secs(3));
    }
}
