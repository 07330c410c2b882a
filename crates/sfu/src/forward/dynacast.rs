//! Which simulcast layers anybody wants: a publisher need not encode the others. Up at once, down after a while, so that a
//! short look away costs no key frame.

use std::time::{Duration, Instant};

use super::{LAYERS, Layer};

/// How long nobody must want a layer before its publisher is told so.
const DOWN_DELAY: Duration = Duration::from_secs(5);

/// What is wanted of one video track.
#[derive(Debug)]
pub(crate) struct Dynacast {
    told: Option<Layer>,
    lower_at: Option<Instant>,
    wanted: Option<Layer>,
}

impl Dynacast {
    /// A publisher begins by sending all layers.
    pub(crate) fn new() -> Self {
        Self { told: Some(Layer::HIGH), lower_at: None, wanted: Some(Layer::HIGH) }
    }

    /// The best layer wanted by anybody, none when nobody wants the track. Returns what to tell the publisher: for each
    /// layer whether it is wanted.
    pub(crate) fn set_wanted(&mut self, wanted: Option<Layer>, now: Instant) -> Option<[bool; LAYERS]> {
        self.wanted = wanted;
        if wanted >= self.told {
            self.lower_at = None;
            return self.tell();
        }
        self.lower_at.get_or_insert(now + DOWN_DELAY);
        None
    }

    /// Tells of what nobody wanted for a while.
    pub(crate) fn poll(&mut self, now: Instant) -> Option<[bool; LAYERS]> {
        if self.lower_at.is_none_or(|at| now < at) {
            return None;
        }
        self.lower_at = None;
        self.tell()
    }

    /// What the publisher was told last.
    pub(crate) fn told(&self) -> [bool; LAYERS] {
        std::array::from_fn(|index| self.told.is_some_and(|told| index <= told.index()))
    }

    fn tell(&mut self) -> Option<[bool; LAYERS]> {
        if self.told == self.wanted {
            return None;
        }
        self.told = self.wanted;
        Some(self.told())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_at_once_down_later() {
        let start = Instant::now();
        let mut dynacast = Dynacast::new();
        assert_eq!(dynacast.set_wanted(Some(Layer::HIGH), start), None, "all is sent already");
        assert_eq!(dynacast.set_wanted(Some(Layer::LOW), start), None);
        assert_eq!(dynacast.poll(start + DOWN_DELAY / 2), None);
        assert_eq!(dynacast.poll(start + DOWN_DELAY), Some([true, false, false]));
        assert_eq!(dynacast.set_wanted(Some(Layer::HIGH), start + DOWN_DELAY), Some([true; LAYERS]));
    }

    #[test]
    fn a_short_look_away_is_no_news() {
        let start = Instant::now();
        let mut dynacast = Dynacast::new();
        dynacast.set_wanted(None, start);
        assert_eq!(dynacast.set_wanted(Some(Layer::HIGH), start + DOWN_DELAY / 2), None);
        assert_eq!(dynacast.poll(start + DOWN_DELAY * 2), None);
    }

    #[test]
    fn nobody_left_means_nothing_is_wanted() {
        let start = Instant::now();
        let mut dynacast = Dynacast::new();
        dynacast.set_wanted(None, start);
        assert_eq!(dynacast.poll(start + DOWN_DELAY), Some([false; LAYERS]));
    }
}
