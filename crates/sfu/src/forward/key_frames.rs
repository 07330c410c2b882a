//! How often a publisher is asked for a key frame: at once the first time, then no more often than every
//! [`INTERVAL`], and again when the one asked for does not come.

use std::time::{Duration, Instant};

/// Shortest time between two requests for one layer. A key frame is some ten times a delta frame: more often would cost
/// every subscriber quality, less often would leave a newcomer or a broken decoder waiting.
pub(super) const INTERVAL: Duration = Duration::from_millis(400);

/// The requests for one layer of one track.
#[derive(Debug, Default)]
pub(crate) struct KeyFrameGate {
    last_sent: Option<Instant>,
    wanted: bool,
}

impl KeyFrameGate {
    /// Somebody needs a key frame. True: ask the publisher now; otherwise it is remembered until [`due`](Self::due).
    pub(crate) fn want(&mut self, now: Instant) -> bool {
        self.wanted = true;
        self.due(now)
    }

    /// Whether a remembered request may be sent now; it then counts as sent.
    pub(crate) fn due(&mut self, now: Instant) -> bool {
        if !self.wanted || self.last_sent.is_some_and(|sent| now.saturating_duration_since(sent) < INTERVAL) {
            return false;
        }
        self.last_sent = Some(now);
        true
    }

    /// None is wanted any more: what was asked for is here, or the layer has stopped.
    pub(crate) fn settle(&mut self) {
        self.wanted = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_at_once_then_throttled_then_repeated() {
        let start = Instant::now();
        let mut gate = KeyFrameGate::default();
        assert!(!gate.due(start), "nobody asked");
        assert!(gate.want(start));
        assert!(!gate.want(start + INTERVAL / 2));
        assert!(gate.due(start + INTERVAL), "none came: ask again");
        gate.settle();
        assert!(!gate.due(start + INTERVAL * 3));
        assert!(gate.want(start + INTERVAL * 3));
    }

    #[test]
    fn one_that_came_quickly_still_throttles_the_next() {
        let start = Instant::now();
        let mut gate = KeyFrameGate::default();
        assert!(gate.want(start));
        gate.settle();
        assert!(!gate.want(start + INTERVAL / 4), "just had one");
        assert!(gate.due(start + INTERVAL));
    }
}
