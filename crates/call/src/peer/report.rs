//! What a peer tells at its end, as one JSON object.

use std::time::{Duration, Instant};

use serde::Serialize;
use visita_protocol::{PixelSize, channel::LeaveReason, view::StreamSource};
use visita_rtc::{RtcStats, Source};

use super::{ToolsReport, Views, watcher::Watcher};
use crate::playout::VoiceReport;

/// The whole report.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// From the start until it was in, ms.
    pub joined_ms: Option<f64>,
    /// From the start until the first decoded picture, ms.
    pub first_frame_ms: Option<f64>,
    /// From the start until the first sound of somebody was rendered, ms.
    pub first_sound_ms: Option<f64>,
    /// What it sent as video.
    pub sent: Option<SentReport>,
    /// What arrived.
    pub streams: Vec<StreamReport>,
    /// Why it is out again.
    pub ended: LeaveReason,
    /// Processor time over wall time of the whole process, in cores.
    pub cpu_cores: f64,
    /// Resident memory at the end, MB.
    pub rss_mb: f64,
    /// Chat, whiteboard and gallery.
    pub tools: ToolsReport,
    /// Being recorded.
    pub recording: RecordingReport,
}

/// What a peer saw of being recorded.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct RecordingReport {
    /// It was told that a recording runs.
    pub seen: bool,
    /// It was asked whether it may be recorded.
    pub asked: bool,
    /// What it answered.
    pub answered: Option<bool>,
}

/// What was sent as video.
#[derive(Clone, Debug, Serialize)]
pub struct SentReport {
    /// Pixels across, of the largest layer.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Frames per second over the call.
    pub fps: f64,
    /// Kilobits per second in the last second.
    pub kbps: u32,
    /// Number of layers that went out at some time.
    pub layers: usize,
}

/// One stream that arrived.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum StreamReport {
    /// Pictures.
    Video(VideoReport),
    /// Sound.
    Audio(AudioReport),
}

/// A video that arrived.
#[derive(Clone, Debug, Serialize)]
pub struct VideoReport {
    /// Whose.
    pub participant: String,
    /// `camera` or `screen`.
    pub source: StreamSource,
    /// `vp8`, `vp9` or `h264`.
    pub codec: &'static str,
    /// Pixels across, of the last picture.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Pixels across, of the largest picture there was.
    pub largest_width: u32,
    /// Pixels down.
    pub largest_height: u32,
    /// Decoded pictures.
    pub frames: u32,
    /// Pictures per second between the first and the last.
    pub fps: f64,
    /// Frames that could not be decoded.
    pub decode_errors: u32,
    /// Gaps a person notices.
    pub freezes: u32,
    /// The longest gap, ms.
    pub longest_freeze_ms: f64,
    /// By the timecode, when there is one.
    pub latency_ms: Option<Latency>,
}

/// Percentiles, ms.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Latency {
    /// Median.
    pub p50: f64,
    /// 95th percentile.
    pub p95: f64,
}

/// A sound that arrived.
#[derive(Clone, Debug, Serialize)]
pub struct AudioReport {
    /// Whose.
    pub participant: String,
    /// `microphone`.
    pub source: &'static str,
    /// `opus`.
    pub codec: &'static str,
    /// Level of the last seconds, dBFS.
    pub level_db: f32,
    /// Strongest pitch of the last seconds, Hz.
    pub tone_hz: f32,
    /// Without real sound since the first, ms.
    pub gaps_ms: u32,
    /// Since the first sound, ms.
    pub heard_ms: u32,
    /// Held in the jitter buffer, ms.
    pub buffer_ms: f32,
}

/// Milliseconds to a tenth.
pub(super) fn millis(duration: Duration) -> f64 {
    tenth(duration.as_secs_f64() * 1000.0)
}

pub(super) fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

pub(super) fn sent(stats: Option<&RtcStats>, size: PixelSize, in_room: Duration) -> Option<SentReport> {
    let track = stats?.sent.iter().find(|t| t.source == Source::Camera)?;
    // The largest that anybody looked at.
    let top = track.layers.iter().rev().find(|layer| layer.frames > 0).or(track.layers.last())?;
    #[allow(clippy::cast_precision_loss, reason = "a call has far fewer than 2^52 frames")]
    let frames = top.frames as f64;
    Some(SentReport {
        width: size.width,
        height: size.height,
        fps: tenth(frames / in_room.as_secs_f64().max(0.001)),
        kbps: track.layers.iter().map(|l| l.kbps).sum(),
        layers: track.layers.iter().filter(|layer| layer.frames > 0).count(),
    })
}

pub(super) fn streams(views: &Views, sounds: &[(String, VoiceReport)], watcher: Option<&Watcher>) -> Vec<StreamReport> {
    let mut streams = Vec::new();
    for video in &views.videos {
        let Some(seen) = watcher.and_then(|w| w.seen(video.stream)) else { continue };
        streams.push(StreamReport::Video(VideoReport {
            participant: video.participant.clone(),
            source: video.source,
            codec: seen.codec.name(),
            width: seen.size.width,
            height: seen.size.height,
            largest_width: seen.largest.width,
            largest_height: seen.largest.height,
            frames: seen.frames,
            fps: tenth(seen.fps()),
            decode_errors: seen.decode_errors,
            freezes: seen.freezes,
            longest_freeze_ms: millis(seen.longest_gap),
            latency_ms: latency(seen.latencies_us),
        }));
    }
    for (participant, sound) in sounds {
        let tone = sound.tone();
        streams.push(StreamReport::Audio(AudioReport {
            participant: participant.clone(),
            source: "microphone",
            codec: "opus",
            level_db: tone.level_dbfs,
            tone_hz: tone.hz,
            gaps_ms: sound.gaps_ms,
            heard_ms: sound.heard_ms,
            buffer_ms: sound.delay_ms,
        }));
    }
    streams
}

pub(super) fn latency(mut samples: Vec<u64>) -> Option<Latency> {
    samples.sort_unstable();
    let at = |percent: usize| samples.get(samples.len().saturating_sub(1) * percent / 100).copied();
    #[allow(clippy::cast_precision_loss, reason = "microseconds of a latency are far below 2^52")]
    let ms = |us: u64| tenth(us as f64 / 1000.0);
    Some(Latency { p50: ms(at(50)?), p95: ms(at(95)?) })
}

/// Processor time since a start.
pub(super) struct Usage {
    at: Instant,
    cpu: Duration,
}

impl Usage {
    pub(super) fn start() -> Self {
        Self { at: Instant::now(), cpu: cpu_time() }
    }

    pub(super) fn cores(&self) -> f64 {
        let cores = (cpu_time() - self.cpu).as_secs_f64() / self.at.elapsed().as_secs_f64().max(0.001);
        (cores * 1000.0).round() / 1000.0
    }
}

/// User and system time of this process (`/proc/self/stat` fields 14 and 15, in clock ticks of 10 ms on Linux).
/// Zero where there is no such file.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is the name in brackets and may hold spaces.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Resident memory in MB; zero where it is not told.
pub(super) fn rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kb = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok())
        .unwrap_or(0.0);
    tenth(kb / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_few_samples() {
        assert!(latency(vec![]).is_none());
        let l = latency(vec![30_000, 10_000, 20_000]).expect("samples");
        assert!((l.p50 - 20.0).abs() < f64::EPSILON);
    }
}
