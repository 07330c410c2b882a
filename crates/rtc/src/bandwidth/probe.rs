//! Short bursts faster than the target: how fast they come out says what is free.

use std::time::{Duration, Instant};

/// How long a probe is sent. Short enough that a way which is too narrow queues no more than it empties in the blink of an
/// eye, long enough that a server's reading several packets at once does not falsify it.
const DURATION: Duration = Duration::from_millis(25);
/// How long one is sent that is to tell a wide way from a shaper's bucket, which passes bursts. A narrow way's queue is
/// felt, so only what a short probe found is looked at so closely.
const LONG: Duration = Duration::from_millis(250);
/// Bytes of a probe at least: five packets or so, fewer cannot be told from chance.
const LEAST_BYTES: usize = 4500;
/// A probe of which nothing more is heard is over.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Out of this share of its packets something can be said.
const LEAST_SHARE: f64 = 0.7;

/// A probe that is to be sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Probe {
    /// Marks its packets.
    pub(crate) id: u32,
    /// How fast, bits per second.
    pub(crate) bps: f64,
    /// How many bytes in all.
    pub(crate) bytes: usize,
    /// Whether only its second half counts: the first fills buckets.
    long: bool,
}

impl Probe {
    pub(super) fn new(id: u32, bps: f64) -> Self {
        let bytes = (bps * DURATION.as_secs_f64() / 8.0) as usize;
        Self { id, bps, bytes: bytes.max(LEAST_BYTES), long: false }
    }

    pub(super) fn long(id: u32, bps: f64) -> Self {
        Self { id, bps, bytes: (bps * LONG.as_secs_f64() / 8.0) as usize, long: true }
    }
}

/// A probe under way.
#[derive(Debug)]
pub(super) struct Measuring {
    probe: Probe,
    until: Instant,
    bytes: usize,
    /// Of them those that do not count.
    skipped: usize,
    /// Departure, arrival and bytes of the first and the last packet, ms.
    first: Option<(f64, f64, usize)>,
    last: (f64, f64, usize),
}

impl Measuring {
    pub(super) fn new(probe: Probe, now: Instant) -> Self {
        Self { probe, until: now + PATIENCE, bytes: 0, skipped: 0, first: None, last: (0.0, 0.0, 0) }
    }

    pub(super) fn probe(&self) -> Probe {
        self.probe
    }

    /// Whether nothing more will come of it.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        now >= self.until
    }

    /// Takes one of its packets that arrived; gives the rate found, bits per second, once there is enough.
    pub(super) fn on_packet(&mut self, departure: f64, arrival: f64, bytes: usize) -> Option<f64> {
        self.bytes += bytes;
        if self.probe.long && self.bytes < self.probe.bytes / 2 {
            self.skipped = self.bytes;
            return None;
        }
        let first = *self.first.get_or_insert((departure, arrival, bytes));
        self.last = (departure, arrival.max(self.last.1), bytes);
        if (self.bytes as f64) < self.probe.bytes as f64 * LEAST_SHARE {
            return None;
        }
        let counted = self.bytes - self.skipped;
        let sent = (counted - self.last.2) as f64 * 8000.0 / (self.last.0 - first.0).max(1.0);
        let received = (counted - first.2) as f64 * 8000.0 / (self.last.1 - first.1).max(1.0);
        // A receiver that is much slower shows the way's own rate; staying a little below it lets the queue empty again.
        Some(if received < 0.9 * sent { received * 0.95 } else { received.min(sent) })
    }
}
