//! How a call goes, second by second, for the report after it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use visita_call::LocalMedia;
use visita_protocol::{
    desktop::{MicrophoneVerdict, QualityReport},
    view::{CallView, ConnectionView, StreamSource},
};

/// Between two looks.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// Two looks further apart were not both of the call: one waited at the door in between, or the computer slept.
const MOST: Duration = Duration::from_secs(5);
/// Steps that are kept; a longer call has longer ones.
const STEPS: usize = 240;
/// So much missing of a second is heard.
const HEARD_GAP_MS: u64 = 60;
/// A voice below this is hard to hear, above the other distorted (0 to 1 of full scale).
const QUIET: f32 = 0.08;
const LOUD: f32 = 0.97;
/// Levels below this are no voice at all.
const SILENT: f32 = 0.01;

/// Gathers.
pub(super) struct Meter {
    started: SystemTime,
    looked: Instant,
    quality: Vec<u8>,
    /// Looks that one step stands for.
    looks_each: u32,
    looks: u32,
    worst: u8,
    missed_ms: u64,
    sound_gaps_s: u32,
    picture_reduced_s: u32,
    largest: u32,
    lost_times: u32,
    lost: Duration,
    lost_since: Option<Instant>,
    loudest: f32,
    too_loud: u32,
    was_in: Duration,
    with_others: Duration,
}

impl Meter {
    pub(super) fn start(now: Instant) -> Self {
        Self {
            started: SystemTime::now(),
            looked: now,
            quality: Vec::new(),
            looks_each: 1,
            looks: 0,
            worst: 5,
            missed_ms: 0,
            sound_gaps_s: 0,
            picture_reduced_s: 0,
            largest: 0,
            lost_times: 0,
            lost: Duration::ZERO,
            lost_since: None,
            loudest: 0.0,
            too_loud: 0,
            was_in: Duration::ZERO,
            with_others: Duration::ZERO,
        }
    }

    /// Looks at the levels, as often as they are shown.
    pub(super) fn level(&mut self, microphone: f32) {
        self.loudest = self.loudest.max(microphone);
        self.too_loud += u32::from(microphone > LOUD);
    }

    /// Looks, once a second.
    pub(super) fn look(&mut self, view: &CallView, media: &LocalMedia, now: Instant) {
        let since = now.saturating_duration_since(self.looked);
        if since < EVERY {
            return;
        }
        self.looked = now;
        if view.connection == ConnectionView::Connected {
            self.was_in += since.min(MOST);
            if !view.people.is_empty() {
                self.with_others += since.min(MOST);
            }
        }
        let lost = matches!(view.connection, ConnectionView::Reconnecting { .. });
        match (lost, self.lost_since) {
            (true, None) => {
                self.lost_times += 1;
                self.lost_since = Some(now);
            }
            (false, Some(since)) => {
                self.lost += now.saturating_duration_since(since);
                self.lost_since = None;
            }
            _ => {}
        }
        self.step(if lost { 0 } else { view.me.quality });
        let missed = media.missed_ms();
        let more = missed.saturating_sub(std::mem::replace(&mut self.missed_ms, missed));
        self.sound_gaps_s += u32::from(more > HEARD_GAP_MS);
        let camera = view.sending.iter().filter(|layer| layer.source == StreamSource::Camera && layer.fps > 0);
        let width = camera.map(|layer| layer.size.width).max().unwrap_or(0);
        self.picture_reduced_s += u32::from(width > 0 && width < self.largest);
        self.largest = self.largest.max(width);
    }

    /// Of what a step stands for the worst counts; when there are too many steps, each stands for twice as much.
    fn step(&mut self, quality: u8) {
        self.worst = self.worst.min(quality);
        self.looks += 1;
        if self.looks < self.looks_each {
            return;
        }
        self.quality.push(self.worst);
        (self.worst, self.looks) = (5, 0);
        if self.quality.len() >= STEPS {
            self.quality = self.quality.chunks(2).map(|pair| pair.iter().copied().min().unwrap_or(0)).collect();
            self.looks_each *= 2;
        }
    }

    /// For how long one was in with others; alone, where nobody came.
    pub(super) fn time(&self) -> Duration {
        if self.with_others.is_zero() { self.was_in } else { self.with_others }
    }

    /// What there is to say.
    pub(super) fn report(mut self, now: Instant) -> QualityReport {
        if let Some(since) = self.lost_since {
            self.lost += now.saturating_duration_since(since);
        }
        if self.looks > 0 {
            self.quality.push(self.worst);
        }
        let microphone = match self.loudest {
            level if level < SILENT => MicrophoneVerdict::None,
            level if level < QUIET => MicrophoneVerdict::Quiet,
            _ if self.too_loud > 15 => MicrophoneVerdict::Loud,
            _ => MicrophoneVerdict::Good,
        };
        QualityReport {
            started_at: unix(self.started),
            ended_at: unix(SystemTime::now()),
            quality: self.quality,
            sound_gaps_s: self.sound_gaps_s.into(),
            picture_reduced_s: self.picture_reduced_s.into(),
            lost_times: self.lost_times,
            lost_s: self.lost.as_secs_f64(),
            microphone,
            saved_to: None,
            not_saved: false,
        }
    }
}

fn unix(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).map(|since| since.as_secs_f64()).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_call_has_longer_steps_and_hides_nothing() {
        let mut meter = Meter::start(Instant::now());
        for second in 0..3600 {
            meter.step(if second == 1800 { 1 } else { 5 });
        }
        let report = meter.report(Instant::now());
        assert!(report.quality.len() <= STEPS);
        assert_eq!(report.quality.iter().filter(|step| **step == 1).count(), 1);
        assert_eq!(report.microphone, MicrophoneVerdict::None);
    }
}
