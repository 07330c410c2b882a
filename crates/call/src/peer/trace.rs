//! Figures as the call goes on, one JSON object a line: what a report of the end cannot tell.

use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use serde::Serialize;
use visita_rtc::RtcStats;

use super::report::millis;

/// How often a line is written.
pub(super) const EVERY: Duration = Duration::from_millis(100);

/// A file that grows line by line.
pub(super) struct Trace {
    file: File,
    started: Instant,
}

#[derive(Serialize)]
struct Line {
    /// Since the start of the peer, ms.
    ms: f64,
    /// Sent as video in the last second, without retransmissions and probes, kbit/s.
    sent_kbps: u32,
    /// All of it so far, bytes.
    sent_bytes: u64,
    /// What the estimator aims at, kbit/s.
    target_kbps: Option<u32>,
    /// All that was received so far, bytes.
    received_bytes: u64,
    /// Received in the last second, kbit/s.
    received_kbps: u32,
    /// Of the largest picture among the newest of each stream, pixels.
    width: u32,
    /// Pitches of whom one hears, as in the report, Hz.
    tones_hz: Vec<f32>,
    rtt_ms: Option<f64>,
}

impl Trace {
    pub(super) fn start(file: &Path, started: Instant) -> Option<Self> {
        match File::create(file) {
            Ok(file) => Some(Self { file, started }),
            Err(error) => {
                tracing::error!(%error, "no trace will be written");
                None
            }
        }
    }

    pub(super) fn write(&mut self, stats: Option<RtcStats>, width: u32, tones_hz: Vec<f32>) {
        let Some(stats) = stats else { return };
        let line = Line {
            ms: millis(self.started.elapsed()),
            sent_kbps: stats.sent.iter().flat_map(|track| &track.layers).map(|layer| layer.kbps).sum(),
            sent_bytes: stats.sent.iter().flat_map(|track| &track.layers).map(|layer| layer.bytes).sum(),
            target_kbps: stats.estimate.map(visita_protocol::Bitrate::kbps),
            received_bytes: stats.received.iter().map(|track| track.bytes).sum(),
            received_kbps: stats.received.iter().map(|track| track.kbps).sum(),
            width,
            tones_hz,
            rtt_ms: stats.rtt_ms,
        };
        // A full disk must not end a call.
        let _ = serde_json::to_string(&line).map(|line| writeln!(self.file, "{line}"));
    }
}
