//! A layer's newest key frame and what came after it, for a moment: whoever comes when a key frame was just there begins
//! with that one, rather than wait for a next, which would cost everybody quality.

use std::time::Instant;

use super::key_frames::INTERVAL;

/// Most packets kept: of a picture of 4K at 20 Mbit/s about 900 come in the time.
const MOST: usize = 1024;

/// The packets of one layer since its last key frame, as long as no other is asked for.
#[derive(Debug)]
pub(crate) struct Recent<P> {
    since: Option<Instant>,
    packets: Vec<P>,
}

impl<P> Default for Recent<P> {
    fn default() -> Self {
        Self { since: None, packets: Vec::new() }
    }
}

impl<P> Recent<P> {
    /// A packet came; `begins` a key frame.
    pub(crate) fn add(&mut self, packet: impl FnOnce() -> P, begins: bool, now: Instant) {
        if begins {
            self.packets.clear();
            self.since = Some(now);
        }
        let Some(since) = self.since else { return };
        if now.saturating_duration_since(since) < INTERVAL && self.packets.len() < MOST {
            self.packets.push(packet());
        } else {
            *self = Self::default();
        }
    }

    /// What a newcomer can begin with; nothing when it is too old.
    pub(crate) fn packets(&self, now: Instant) -> &[P] {
        let fresh = self.since.is_some_and(|since| now.saturating_duration_since(since) < INTERVAL);
        if fresh { &self.packets } else { &[] }
    }

    /// Lets go of what nobody can begin with any more; to be called now and then, for layers that have stopped.
    pub(crate) fn review(&mut self, now: Instant) {
        if self.packets(now).is_empty() {
            self.clear();
        }
    }

    /// What came no longer fits what comes.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn from_the_key_frame_on_and_not_for_long() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut recent = Recent::default();
        recent.add(|| 1, false, at(0));
        assert!(recent.packets(at(0)).is_empty(), "nobody can begin with that");
        recent.add(|| 2, true, at(10));
        recent.add(|| 3, false, at(20));
        assert_eq!(recent.packets(at(30)), [2, 3]);
        recent.add(|| 4, true, at(300));
        assert_eq!(recent.packets(at(699)), [4]);
        assert!(recent.packets(at(700)).is_empty(), "a gap as long as that is worse than a new one");
        recent.review(at(700));
        assert!(recent.since.is_none());
        recent.add(|| 5, false, at(710));
        recent.add(|| 6, false, at(720));
        assert!(recent.packets(at(720)).is_empty());
    }

    #[test]
    fn a_flood_is_not_kept() {
        let now = Instant::now();
        let mut recent = Recent::default();
        for number in 0..=MOST {
            recent.add(|| number, number == 0, now);
        }
        assert!(recent.packets(now).is_empty(), "what lacks its middle is of no use");
    }
}
