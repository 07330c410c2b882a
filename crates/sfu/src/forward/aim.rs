//! What rate a subscriber's bandwidth estimator is told to look for.
//!
//! The estimator sends probes when it is told to look for more than before, and seldom otherwise: after a receiver was
//! too busy to read for a moment, its estimate is a fraction of what the line carries, and from there it creeps up by
//! 8 % a second. Telling it less and then again the whole starts a probe for twice its estimate.

use std::time::{Duration, Instant};

/// Changes of what is wanted below this share are not told: each telling may start a probe.
const STEP_PERCENT: u64 = 10;

/// Most that is aimed at, in bits per second: beyond it probes would cost more than they find out.
const MOST: u64 = 20_000_000;

/// First time between two requests for a probe, and the longest: on a line that does carry no more, every probe delays
/// what is sent with it.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(16);

/// An estimate that rose by this much since the last request tells that probes find something.
const FOUND_PERCENT: u64 = 120;

/// What the estimator was told, and when to ask it for another probe.
#[derive(Debug, Default)]
pub(crate) struct Aim {
    told: u64,
    lack: Option<Lack>,
}

/// The line seems to carry less than is wanted.
#[derive(Debug)]
struct Lack {
    /// When the estimator is asked next.
    next: Instant,
    wait: Duration,
    /// The estimate at the last request.
    before: u64,
    /// It was told less, and is told the whole next.
    lowered: bool,
}

impl Aim {
    /// The rate to tell the estimator now, in bits per second, if it is to be told anything. `wanted` is the rate at which
    /// everything would be forwarded, `estimate` what the line is taken to carry; none where that is not known, or where it
    /// is known to be strained.
    pub(crate) fn next(&mut self, wanted: u64, estimate: Option<u64>, now: Instant) -> Option<u64> {
        let wanted = wanted.min(MOST);
        let lowered = wanted - wanted * 3 * STEP_PERCENT / 100;
        let aim = match estimate.filter(|&estimate| estimate < wanted) {
            None => {
                self.lack = None;
                wanted
            }
            Some(estimate) => {
                let lack = self.lack.get_or_insert(Lack {
                    next: now + FIRST_WAIT,
                    wait: FIRST_WAIT,
                    before: estimate,
                    lowered: false,
                });
                if now < lack.next {
                    wanted
                } else if !lack.lowered {
                    lack.lowered = true;
                    lowered
                } else {
                    lack.lowered = false;
                    let found = estimate * 100 >= lack.before * FOUND_PERCENT;
                    lack.wait = if found { FIRST_WAIT } else { (lack.wait * 2).min(LONGEST_WAIT) };
                    lack.before = estimate;
                    lack.next = now + lack.wait;
                    wanted
                }
            }
        };
        if aim.abs_diff(self.told) * 100 <= self.told * STEP_PERCENT {
            return None;
        }
        self.told = aim;
        Some(aim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: u64 = 1_000_000;

    /// The half seconds at which more was told than before, over two minutes looked at twice a second; each raises the
    /// estimate by `gain`.
    fn raises(mut estimate: u64, gain: u64) -> Vec<u64> {
        let (mut aim, start, mut told, mut raises) = (Aim::default(), Instant::now(), 0, Vec::new());
        for half in 0..240 {
            let Some(now) = aim.next(WANTED, Some(estimate), start + Duration::from_millis(half * 500)) else {
                continue;
            };
            if now > told {
                raises.push(half);
                estimate *= gain;
            }
            told = now;
        }
        raises
    }

    #[test]
    fn a_line_with_room_is_told_once() {
        assert_eq!(raises(2_000_000, 1), [0]);
    }

    #[test]
    fn while_probes_find_more_they_are_asked_for_often() {
        // Twice as much each time: 100, 200, 400, 800 kbit/s and enough.
        assert_eq!(raises(50_000, 2), [0, 3, 6, 9, 12]);
    }

    #[test]
    fn where_nothing_is_found_it_is_asked_ever_less() {
        let raises = raises(300_000, 1);
        let gaps: Vec<u64> = raises.windows(2).map(|two| two[1] - two[0]).collect();
        // 1, 2, 4, 8 and 16 seconds, and half of one to be told less.
        assert_eq!(gaps, [3, 5, 9, 17, 33, 33, 33, 33, 33, 33]);
    }

    #[test]
    fn what_is_wanted_is_told_when_it_changes_by_much() {
        let (mut aim, now) = (Aim::default(), Instant::now());
        assert_eq!(aim.next(1_000_000, None, now), Some(1_000_000));
        assert_eq!(aim.next(1_090_000, None, now), None);
        assert_eq!(aim.next(1_200_000, None, now), Some(1_200_000));
        assert_eq!(aim.next(90_000_000, None, now), Some(MOST));
        assert_eq!(aim.next(0, None, now), Some(0));
        assert_eq!(aim.next(0, None, now), None);
    }
}
