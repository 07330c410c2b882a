//! How fast somebody may do something.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// A bucket that fills with time: a burst at once, then so many per second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bucket {
    /// When it is full again.
    full_at: Instant,
    per_one: Duration,
    burst: u32,
}

impl Bucket {
    /// A full one. `per_second` is at least 1.
    pub(crate) fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Self { full_at: now, per_one: Duration::from_secs(1) / per_second.max(1), burst: burst.max(1) }
    }

    /// Takes some out, into debt if need be: whoever may begin may finish.
    pub(crate) fn take(&mut self, count: u32, now: Instant) {
        self.full_at = self.full_at.max(now) + self.per_one * count;
    }

    /// When there is at least one in it.
    pub(crate) fn ready_at(&self) -> Instant {
        self.full_at.checked_sub(self.per_one * (self.burst - 1)).unwrap_or(self.full_at)
    }
}

/// Buckets of many, forgotten when they are full.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    buckets: HashMap<K, Bucket>,
    per_second: u32,
    burst: u32,
    clean_at: usize,
}

/// The fewest buckets at which full ones are looked for.
const CLEAN_FROM: usize = 1024;

impl<K: Eq + Hash> Buckets<K> {
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        Self { buckets: HashMap::new(), per_second, burst, clean_at: CLEAN_FROM }
    }

    /// Takes one out of somebody's; false when it is empty.
    pub(crate) fn take(&mut self, key: K, now: Instant) -> bool {
        if self.buckets.len() >= self.clean_at {
            self.buckets.retain(|_, bucket| bucket.full_at > now);
            self.clean_at = (2 * self.buckets.len()).max(CLEAN_FROM);
        }
        let (per_second, burst) = (self.per_second, self.burst);
        let bucket = self.buckets.entry(key).or_insert_with(|| Bucket::new(per_second, burst, now));
        let ready = bucket.ready_at() <= now;
        if ready {
            bucket.take(1, now);
        }
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_a_steady_flow() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10, 3, start + Duration::from_secs(1));
        let start = start + Duration::from_secs(1);
        for _ in 0..3 {
            assert!(bucket.ready_at() <= start);
            bucket.take(1, start);
        }
        assert_eq!(bucket.ready_at(), start + Duration::from_millis(100));
        let later = start + Duration::from_secs(10);
        bucket.take(5, later);
        assert_eq!(bucket.ready_at(), later + Duration::from_millis(300), "one large one has to be paid for");
    }

    #[test]
    fn each_has_their_own_and_full_ones_are_forgotten() {
        let start = Instant::now();
        let mut buckets = Buckets::new(1, 2);
        assert!(buckets.take(0, start) && buckets.take(0, start) && !buckets.take(0, start));
        assert!(buckets.take(1, start), "another");
        assert!(buckets.take(0, start + Duration::from_secs(1)));
        for key in 2..CLEAN_FROM {
            buckets.take(key, start);
        }
        buckets.take(CLEAN_FROM, start + Duration::from_secs(60));
        assert_eq!(buckets.buckets.len(), 1);
    }
}
