//! When packets come, compared with when they were sent, and how long sound has to wait for nearly all of them to be
//! there in time.

use std::collections::VecDeque;
use std::time::Instant;

use crate::SAMPLE_RATE;

/// Packets that may come too late: three in two hundred. Each of them is heard, ten milliseconds more are not.
const QUANTILE: f32 = 0.985;
/// A step of the statistics, in seconds.
const BUCKET: f64 = 0.005;
/// 250 ms in all. What is later than that teaches nothing: nobody would wait for it, and a link that stalls for a second
/// must not be answered with waiting for minutes.
const BUCKETS: usize = 50;
/// Weight of the past with each packet: 200 packets, four seconds.
const FORGET: f32 = 0.995;
/// Where packets are sent again, they come in rounds with nothing between them, and the share of a round may be just what is
/// given up: the wait would go to and fro with every lost packet more or less, and each change is heard. So a round that was
/// waited for is not given up while packets came in it in two of so many seconds. In one alone they do where the way changes.
const ROUNDS_WITHIN: f64 = 10.0;
/// Seconds after which the fastest packet no longer sets the measure, so that a slower path, or a slower clock, does.
const WINDOW: f64 = 4.0;
/// Bounds of the target, in seconds. The lower one covers blocks that are popped in pairs and threads that come late.
const LEAST: f64 = 0.02;
const MOST: f64 = 0.25;
/// Before much is known.
const START: f64 = 0.03;
/// Where packets get lost, the next one has to be there when its copy of the lost one is wanted.
const LEAST_WITH_LOSS: f64 = 0.04;

pub(super) struct Arrivals {
    start: Option<Instant>,
    /// Arrival minus timestamp, in seconds, of packets that no later one undercut; oldest first, so smallest first.
    fastest: VecDeque<(f64, f64)>,
    late: [f32; BUCKETS],
    /// Of packets that came after later ones, the latest bucket of each second, with the time it began.
    again: VecDeque<(f64, usize)>,
    /// The bucket that is waited for.
    waited_for: usize,
    count: u32,
    loss: f32,
}

impl Arrivals {
    pub(super) fn new() -> Self {
        Self {
            start: None,
            fastest: VecDeque::new(),
            late: [0.0; BUCKETS],
            again: VecDeque::new(),
            waited_for: 0,
            count: 0,
            loss: 0.0,
        }
    }

    /// Seconds since the first time asked.
    pub(super) fn clock(&mut self, now: Instant) -> f64 {
        now.saturating_duration_since(*self.start.get_or_insert(now)).as_secs_f64()
    }

    /// How far `now` is behind the moment a timestamp could have arrived on the fastest path, in seconds.
    pub(super) fn distance(&self, now: f64, timestamp: i64) -> Option<f64> {
        let &(_, fastest) = self.fastest.front()?;
        Some(now - seconds(timestamp) - fastest)
    }

    /// Learns from a packet; `again` says that later ones came before it, as what is sent again does.
    pub(super) fn arrived(&mut self, now: f64, timestamp: i64, again: bool) {
        let offset = now - seconds(timestamp);
        while self.fastest.back().is_some_and(|&(_, other)| other >= offset) {
            self.fastest.pop_back();
        }
        let before = self.fastest.front().map_or(offset, |&(_, fastest)| fastest);
        self.fastest.push_back((now, offset));
        while self.fastest.front().is_some_and(|&(at, _)| now - at > WINDOW) {
            self.fastest.pop_front();
        }
        self.rebase(self.fastest.front().map_or(0.0, |&(_, fastest)| fastest - before));
        let bucket = self.distance(now, timestamp).map_or(0, |late| (late / BUCKET) as usize);
        if bucket >= BUCKETS {
            return;
        }
        // The first packets count for more: an average until there is a past worth keeping.
        let keep = (1.0 - 1.0 / (self.count as f32 + 1.0)).min(FORGET);
        self.count = self.count.saturating_add(1);
        self.late.iter_mut().for_each(|weight| *weight *= keep);
        self.late[bucket] += 1.0 - keep;
        while self.again.front().is_some_and(|&(at, _)| now - at > ROUNDS_WITHIN) {
            self.again.pop_front();
        }
        if again {
            match self.again.back_mut() {
                Some((at, latest)) if now - *at < 1.0 => *latest = bucket.max(*latest),
                _ => self.again.push_back((now, bucket)),
            }
        }
        let mut sum = 0.0;
        let needed = self.late.iter().position(|weight| {
            sum += weight;
            sum >= QUANTILE
        });
        let needed = needed.unwrap_or(BUCKETS - 1);
        let (_, rounds) = self
            .again
            .iter()
            .fold((0, 0), |(first, second), &(_, bucket)| (first.max(bucket), second.max(bucket.min(first))));
        self.waited_for = needed.max(rounds.min(self.waited_for));
    }

    /// The fastest packet there is has become slower by so many seconds: nobody was as late as it seemed.
    fn rebase(&mut self, slower: f64) {
        // The rest of a bucket is left to forgetting: clocks drift by less than that in a window.
        let buckets = (slower / BUCKET) as usize;
        if (1..BUCKETS).contains(&buckets) {
            let earliest: f32 = self.late[..=buckets].iter().sum();
            self.late.copy_within(buckets.., 0);
            self.late[BUCKETS - buckets..].fill(0.0);
            self.late[0] = earliest;
            self.again.iter_mut().for_each(|(_, bucket)| *bucket = bucket.saturating_sub(buckets));
            self.waited_for = self.waited_for.saturating_sub(buckets);
        }
    }

    /// Learns that a packet was played, and how many before it were missing.
    pub(super) fn played(&mut self, missing: u64) {
        for _ in 0..missing.min(50) {
            self.loss += (1.0 - self.loss) * 0.01;
        }
        self.loss *= 0.99;
    }

    /// Seconds sound should wait.
    pub(super) fn target(&self) -> f64 {
        let least = if self.loss > 0.02 { LEAST_WITH_LOSS } else { LEAST };
        if self.count < 10 {
            return least.max(START);
        }
        // The upper edge of the bucket, and one block: sound is popped in whole ones.
        ((self.waited_for + 1) as f64 * BUCKET + 0.01).clamp(least, MOST)
    }

    /// Another stream begins.
    pub(super) fn forget(&mut self) {
        self.fastest.clear();
    }
}

/// Seconds of so many samples.
pub(super) fn seconds(samples: i64) -> f64 {
    samples as f64 / f64::from(SAMPLE_RATE)
}
