//! The waiting room, as who waits sees it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ConnectionView, DeviceState};

/// In the waiting room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct WaitingView {
    /// Name of the company that hosts it; empty where it is not known.
    pub company: String,
    /// The room's title, when it has one.
    pub title: Option<String>,
    /// The host's name, while the host is in.
    pub host_name: Option<String>,
    /// My name.
    pub display_name: String,
    /// 1 is next; none before the room opens.
    pub place: Option<u32>,
    /// When the room opens, Unix seconds; none once it is open.
    pub starts_at: Option<f64>,
    /// Between me and the host, oldest first.
    pub notes: Vec<NoteView>,
    /// Until when another ring at the door has no effect, seconds.
    pub knock_again_s: Option<u32>,
    /// Microphone.
    pub microphone: DeviceState,
    /// Camera.
    pub camera: DeviceState,
    /// Speaker.
    pub speaker: DeviceState,
    /// The line to the room.
    pub connection: ConnectionView,
}

/// A note between a waiting guest and the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct NoteView {
    /// Rises with each note.
    pub id: u32,
    /// Who wrote it.
    pub from_name: String,
    /// I wrote it.
    pub mine: bool,
    /// What.
    pub text: String,
    /// When, Unix time in milliseconds.
    pub at_ms: f64,
}
