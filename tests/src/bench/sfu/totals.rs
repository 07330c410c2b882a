//! What all clients of a run count together.

use super::histogram::Histogram;

/// Counted in the window of the run.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// The window is open.
    pub(super) counting: bool,
    /// Media packets that arrived at subscribers.
    pub(super) received: u64,
    /// Their payloads, in bytes.
    pub(super) bytes: u64,
    /// From just before a publisher's packet was written to its arrival at a subscriber's socket.
    pub(super) delay: Histogram,
    /// From before the WebSocket to the first video packet, per participant, in milliseconds.
    pub(super) first_video_ms: Vec<f64>,
    /// Participants whose connection ended, and why.
    pub(super) failed: Vec<String>,
}
