//! What really arrives, by the receiver's clock.

use std::collections::VecDeque;

/// Over so much time. Milliseconds.
const WINDOW_MS: f64 = 500.0;
/// With less than this nothing is said.
const LEAST_MS: f64 = 150.0;

/// Rate of the acknowledged bytes (draft-ietf-rmcat-gcc-02 section 5.5).
#[derive(Debug, Default)]
pub(super) struct AcknowledgedRate {
    packets: VecDeque<(f64, usize)>,
    bytes: usize,
}

impl AcknowledgedRate {
    /// Takes a packet that arrived at `arrival` ms.
    pub(super) fn on_packet(&mut self, arrival: f64, bytes: usize) {
        self.packets.push_back((arrival, bytes));
        self.bytes += bytes;
        while self.packets.front().is_some_and(|(at, _)| arrival - at > WINDOW_MS) {
            if let Some((_, bytes)) = self.packets.pop_front() {
                self.bytes -= bytes;
            }
        }
    }

    /// Bits per second; none with too little to go by.
    pub(super) fn bps(&self) -> Option<f64> {
        let span = self.packets.back()?.0 - self.packets.front()?.0;
        // The first packet's bytes took their time before the window begins.
        let bytes = self.bytes - self.packets.front()?.1;
        (span >= LEAST_MS).then(|| bytes as f64 * 8000.0 / span)
    }

    /// Bits per second of the last moment only.
    pub(super) fn latest_bps(&self) -> Option<f64> {
        let last = self.packets.back()?.0;
        let latest = self.packets.iter().rev().take_while(|(at, _)| last - at <= LEAST_MS);
        let (first, bytes) = latest.fold((last, 0), |(_, sum), (at, bytes)| (*at, sum + bytes));
        (last - first >= LEAST_MS / 2.0).then(|| bytes as f64 * 8000.0 / (last - first))
    }

    /// Forgets everything: the way is another.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
