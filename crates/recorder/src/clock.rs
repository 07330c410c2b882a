//! Which moment of the recording is made when.
//!
//! A recording lags behind the room by [`DELAY`], so that what the network brought late is there in time. Each moment is
//! made from what was to be heard and seen then; how late the thread is that makes it changes nothing.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How far the recording lags: longer than a repetition takes on a bad line, short enough to lose little in a crash.
pub(crate) const DELAY: Duration = Duration::from_millis(400);

/// Seconds after which the fastest frame no longer sets the measure: the jitter buffer's window.
const WINDOW: f64 = 4.0;
/// Coming this much (in seconds) earlier or later than what was seen means that the clock was set anew.
const STRANGE_EARLY: f64 = 0.5;
const STRANGE_LATE: f64 = 2.0;

/// RTP's clock for video.
const TICKS: f64 = 90_000.0;

/// When the frames of a video could have arrived on the fastest way: the same measure that the jitter buffer has for
/// sound, so that picture and voice of one person, delayed alike, belong together.
pub(crate) struct Timeline {
    start: Instant,
    /// The newest timestamp, as it came and counted on.
    newest: Option<(u32, i64)>,
    /// Arrival and how far it was after the timestamp, in seconds; of frames that no later one undercut, oldest first.
    fastest: VecDeque<(f64, f64)>,
}

impl Timeline {
    pub(crate) fn new(start: Instant) -> Self {
        Self { start, newest: None, fastest: VecDeque::new() }
    }

    /// Learns from a frame; answers its timestamp, counted on.
    pub(crate) fn arrived(&mut self, rtp_time: u32, at: Instant) -> i64 {
        let ticks = match self.newest {
            Some((rtp, ticks)) => ticks + i64::from(rtp_time.wrapping_sub(rtp).cast_signed()),
            None => i64::from(rtp_time),
        };
        self.newest = Some((rtp_time, ticks));
        let now = at.saturating_duration_since(self.start).as_secs_f64();
        let offset = now - ticks as f64 / TICKS;
        let strange = |fastest: f64| !(-STRANGE_EARLY..=STRANGE_LATE).contains(&(offset - fastest));
        if self.fastest.front().is_some_and(|&(_, fastest)| strange(fastest)) {
            self.fastest.clear();
        }
        while self.fastest.back().is_some_and(|&(_, other)| other >= offset) {
            self.fastest.pop_back();
        }
        self.fastest.push_back((now, offset));
        while self.fastest.front().is_some_and(|&(at, _)| now - at > WINDOW) {
            self.fastest.pop_front();
        }
        ticks
    }

    /// When a frame of this timestamp is due that waits for `delay`.
    pub(crate) fn due(&self, ticks: i64, delay: Duration) -> Instant {
        let fastest = self.fastest.front().map_or(0.0, |&(_, fastest)| fastest);
        let since = (ticks as f64 / TICKS + fastest).max(0.0);
        self.start + Duration::try_from_secs_f64(since).unwrap_or_default() + delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_fastest_frame_sets_the_measure() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        // Each 40 ms, 30 to 49 ms on the way; the counter runs over.
        let first = u32::MAX - 9_000;
        let mut last = 0;
        for number in 0..100u32 {
            let at = start + MS * (1_000 + number * 40 + 30 + number * 7 % 20);
            last = timeline.arrived(first.wrapping_add(number * 3_600), at);
        }
        let due = timeline.due(last, 50 * MS);
        let wanted = start + MS * (1_000 + 99 * 40 + 30 + 50);
        assert!(due.max(wanted) - due.min(wanted) < MS, "{:?}", due - start);
    }

    #[test]
    fn another_clock_is_believed() {
        let start = Instant::now();
        let mut timeline = Timeline::new(start);
        timeline.arrived(0, start + 1_000 * MS);
        let ticks = timeline.arrived(90_000 * 60, start + 2_000 * MS);
        assert!((timeline.due(ticks, Duration::ZERO) - start).abs_diff(2_000 * MS) < MS);
    }
}
