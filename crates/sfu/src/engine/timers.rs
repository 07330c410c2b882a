//! When which peer wants to be woken.

use std::{cmp::Reverse, collections::BinaryHeap, time::Instant};

/// A heap of wake-ups. An entry is only a hint: a peer that was woken early says again when it wants to be, so that moving a
/// wake-up further out, which every packet does, costs nothing.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    heap: BinaryHeap<Reverse<(Instant, K)>>,
}

impl<K: Ord + Copy> Default for Timers<K> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new() }
    }
}

impl<K: Ord + Copy> Timers<K> {
    pub(crate) fn push(&mut self, at: Instant, key: K) {
        self.heap.push(Reverse((at, key)));
    }

    pub(crate) fn next(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((at, _))| *at)
    }

    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<K> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse((_, key))| key)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn in_order_and_not_early() {
        let start = Instant::now();
        let mut timers = Timers::default();
        timers.push(start + Duration::from_millis(20), 2);
        timers.push(start + Duration::from_millis(10), 1);
        assert_eq!(timers.pop_due(start), None);
        assert_eq!(timers.next(), Some(start + Duration::from_millis(10)));
        let later = start + Duration::from_millis(20);
        assert_eq!([timers.pop_due(later), timers.pop_due(later), timers.pop_due(later)], [Some(1), Some(2), None]);
    }
}
