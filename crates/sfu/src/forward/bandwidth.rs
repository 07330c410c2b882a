//! How one subscriber's bandwidth is shared among the videos it receives: audio first, then a picture of everybody, then
//! better pictures in the order of importance. Down at once unless a little is missing for a moment, up only with room to
//! spare and not soon after it went wrong.

use std::time::{Duration, Instant};

use super::{LAYERS, Layer};

/// What must be to spare, in percent, before a stream is raised: estimates and encoders both waver by about so much.
const SPARE_PERCENT: u64 = 15;

/// What may be missing for a moment, in percent of the budget, and for how long: estimates and encoders waver, and a
/// picture that is cut is gone for seconds. On a link that does carry no more, sound is delayed by a quarter of a second.
const BEARABLE_PERCENT: u64 = 25;
const BEARABLE_FOR: Duration = Duration::from_secs(1);

/// How long after a cut nothing is raised. Doubles each time a raise is cut again at once, up to the longest: a link that
/// does not carry the next layer is not to be hurt by trying every few seconds.
const FIRST_HOLD: Duration = Duration::from_secs(2);
const LONGEST_HOLD: Duration = Duration::from_secs(32);

/// A cut this soon after a raise blames the raise.
const TRIAL: Duration = Duration::from_secs(8);

/// What a layer is taken to need until it has been measured: LiveKit's usual rates for 720p.
const USUAL_RATES: [u64; LAYERS] = [150_000, 500_000, 1_700_000];

/// Who is served first. The order of the fields is the order of what counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Importance {
    /// Text on a shared screen is of no use when it is blurred.
    pub(crate) screen: bool,
    /// What the subscriber said; higher is more important.
    pub(crate) priority: u32,
    /// Its owner speaks.
    pub(crate) speaks: bool,
    /// How large it is shown, in layers: the largest tile is what is looked at.
    pub(crate) size: usize,
}

/// One video somebody wants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand<K> {
    pub(crate) key: K,
    pub(crate) importance: Importance,
    /// The best layer wanted.
    pub(crate) ceiling: Layer,
    /// Which layers come in.
    pub(crate) alive: [bool; LAYERS],
    /// Bits per second of each layer as measured; 0: not known yet.
    pub(crate) rates: [u64; LAYERS],
}

impl<K> Demand<K> {
    fn rate(&self, layer: Layer) -> u64 {
        match self.rates[layer.index()] {
            0 => USUAL_RATES[layer.index()],
            rate => rate,
        }
    }

    /// The layers it may have, from low to high. When all that come in are above the ceiling, the least of them stands in.
    fn ladder(&self) -> impl Iterator<Item = Layer> {
        let alive = || (0..LAYERS).filter(|&index| self.alive[index]).filter_map(Layer::from_index);
        let least = alive().next();
        alive().filter(move |&layer| layer <= self.ceiling || Some(layer) == least)
    }

    /// Bits per second it takes when nothing is spared.
    fn full_rate(&self) -> u64 {
        self.ladder().last().map_or(0, |layer| self.rate(layer))
    }
}

/// What a subscriber would take if it could, in bits per second.
pub(crate) fn desired<K>(audio: u64, demands: &[Demand<K>]) -> u64 {
    audio + demands.iter().map(Demand::full_rate).sum::<u64>()
}

/// Shares a budget, in bits per second. None: paused.
fn share<K>(budget: u64, demands: &[Demand<K>], caps: impl Fn(usize) -> Option<Layer>) -> Vec<Option<Layer>> {
    let mut order: Vec<usize> = (0..demands.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(demands[index].importance));
    let mut given = vec![None; demands.len()];
    let mut left = budget;
    for &index in &order {
        let demand = &demands[index];
        let Some(layer) = demand.ladder().next().filter(|_| caps(index).is_some()) else { continue };
        if demand.rate(layer) <= left {
            left -= demand.rate(layer);
            given[index] = Some(layer);
        }
    }
    for &index in &order {
        let demand = &demands[index];
        let (Some(base), Some(cap)) = (given[index], caps(index)) else { continue };
        let better = demand.ladder().filter(|&layer| layer > base && layer <= cap);
        let base_rate = demand.rate(base);
        let best = better.filter(|&layer| demand.rate(layer).saturating_sub(base_rate) <= left).last();
        if let Some(layer) = best {
            left -= demand.rate(layer).saturating_sub(base_rate).min(left);
            given[index] = Some(layer);
        }
    }
    given
}

/// The shares of one subscriber over time.
#[derive(Debug)]
pub(crate) struct Allocator<K> {
    given: Vec<(K, Option<Layer>)>,
    /// A little has been missing since.
    short_since: Option<Instant>,
    /// Nothing is raised before.
    raise_from: Option<Instant>,
    hold: Duration,
    raised_at: Option<Instant>,
}

impl<K> Default for Allocator<K> {
    fn default() -> Self {
        Self { given: Vec::new(), short_since: None, raise_from: None, hold: FIRST_HOLD, raised_at: None }
    }
}

impl<K: Copy + PartialEq> Allocator<K> {
    /// Shares the budget, in bits per second, that is left after audio; none: there is no limit. Returns the best layer each
    /// may have, in the order asked for; none: paused.
    pub(crate) fn allocate(&mut self, budget: Option<u64>, demands: &[Demand<K>], now: Instant) -> Vec<Option<Layer>> {
        let fresh = match budget {
            None => vec![Some(Layer::HIGH); demands.len()],
            Some(budget) => self.limited(budget, demands, now),
        };
        self.given = demands.iter().map(|demand| demand.key).zip(fresh.iter().copied()).collect();
        fresh
    }

    fn limited(&mut self, budget: u64, demands: &[Demand<K>], now: Instant) -> Vec<Option<Layer>> {
        // A stream that is new may begin with whatever fits.
        let before: Vec<Option<Layer>> =
            demands.iter().map(|demand| self.given(demand.key).unwrap_or(Some(Layer::HIGH))).collect();
        let kept = share(budget, demands, |index| before[index]);
        let had: Vec<Option<Layer>> = demands
            .iter()
            .zip(&before)
            .map(|(demand, before)| before.and_then(|before| demand.ladder().filter(|&layer| layer <= before).last()))
            .collect();
        let is_new = |demand: &Demand<K>| self.given(demand.key).is_none();
        let cut = kept.iter().zip(&had).zip(demands).any(|((kept, had), demand)| !is_new(demand) && kept < had);
        if !cut {
            self.short_since = None;
        } else if !demands.iter().any(is_new) {
            let need: u64 = demands.iter().zip(&had).filter_map(|(demand, had)| Some(demand.rate((*had)?))).sum();
            let since = *self.short_since.get_or_insert(now);
            if need * 100 < budget * (100 + BEARABLE_PERCENT) && now.saturating_duration_since(since) < BEARABLE_FOR {
                return had;
            }
        }
        if cut {
            self.short_since = None;
            let blamed = self.raised_at.take().is_some_and(|at| now.saturating_duration_since(at) < TRIAL);
            self.hold = if blamed { (self.hold * 2).min(LONGEST_HOLD) } else { FIRST_HOLD };
            self.raise_from = Some(now + self.hold);
            return kept;
        }
        if self.raise_from.is_some_and(|from| now < from) {
            return kept;
        }
        let raised = share(budget * 100 / (100 + SPARE_PERCENT), demands, |_| Some(Layer::HIGH));
        let better = raised.iter().zip(&kept).all(|(raised, kept)| raised >= kept);
        if better && raised != kept {
            self.raised_at = Some(now);
            // One step has to prove itself before the next.
            self.raise_from = Some(now + FIRST_HOLD / 2);
            return raised;
        }
        kept
    }

    fn given(&self, key: K) -> Option<Option<Layer>> {
        self.given.iter().find(|(one, _)| *one == key).map(|(_, layer)| *layer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: Option<Layer> = Some(Layer::LOW);
    const HIGH: Option<Layer> = Some(Layer::HIGH);

    fn camera(key: u32) -> Demand<u32> {
        Demand {
            key,
            importance: Importance::default(),
            ceiling: Layer::HIGH,
            alive: [true; LAYERS],
            rates: [150_000, 500_000, 1_500_000],
        }
    }

    fn screen(key: u32) -> Demand<u32> {
        Demand { importance: Importance { screen: true, ..Default::default() }, ..camera(key) }
    }

    #[test]
    fn everybody_has_a_picture_before_anybody_has_a_good_one() {
        let (mut one, medium) = (Allocator::default(), Layer::from_index(1));
        let now = Instant::now();
        let given = one.allocate(Some(1_000_000), &[camera(1), camera(2), screen(3)], now);
        assert_eq!(given, [LOW, LOW, medium]);
    }

    #[test]
    fn what_matters_is_the_last_to_go() {
        let mut one = Allocator::default();
        let speaker = Demand { importance: Importance { speaks: true, ..Default::default() }, ..camera(2) };
        let given = one.allocate(Some(320_000), &[camera(1), speaker, screen(3)], Instant::now());
        assert_eq!(given, [None, LOW, LOW]);
    }

    #[test]
    fn squeezed_and_back_without_flapping() {
        let start = Instant::now();
        let demands = [camera(1)];
        let mut one = Allocator::default();
        let at = |ms| start + Duration::from_millis(ms);
        assert_eq!(one.allocate(Some(3_000_000), &demands, at(0)), [HIGH]);
        assert_eq!(one.allocate(Some(300_000), &demands, at(100)), [LOW], "down at once");
        assert_eq!(one.allocate(Some(100_000), &demands, at(200)), [None], "paused before audio suffers");
        assert_eq!(one.allocate(Some(160_000), &demands, at(2_300)), [None], "no room to spare");
        assert_eq!(one.allocate(Some(300_000), &demands, at(2_400)), [LOW]);
        assert_eq!(one.allocate(Some(2_000_000), &demands, at(4_500)), [HIGH]);
    }

    #[test]
    fn a_little_may_be_missing_for_a_moment() {
        let start = Instant::now();
        let (demands, medium) = ([camera(1)], Layer::from_index(1));
        let mut one = Allocator::default();
        let mut at = |budget, ms| one.allocate(Some(budget), &demands, start + Duration::from_millis(ms))[0];
        assert_eq!(at(3_000_000, 0), HIGH);
        assert_eq!(at(1_300_000, 100), HIGH);
        assert_eq!(at(1_600_000, 600), HIGH, "it was a moment");
        assert_eq!(at(1_300_000, 1_700), HIGH, "and so is the next");
        assert_eq!(at(1_400_000, 2_600), HIGH);
        assert_eq!(at(1_400_000, 2_700), medium, "it is not");
        assert_eq!(at(3_000_000, 7_000), HIGH);
        assert_eq!(at(1_100_000, 7_100), medium, "too much is missing");
    }

    #[test]
    fn a_link_that_wavers_between_two_layers_settles() {
        let start = Instant::now();
        let demands = [camera(1)];
        let mut one = Allocator::default();
        one.allocate(Some(3_000_000), &demands, start);
        let mut changes = 0;
        let mut last = one.allocate(Some(400_000), &demands, start);
        for second in 1..=120 {
            let budget = if second % 4 < 2 { 400_000 } else { 700_000 };
            let given = one.allocate(Some(budget), &demands, start + Duration::from_secs(second));
            changes += usize::from(given != last);
            last = given;
        }
        assert!(changes <= 12, "{changes} changes in two minutes");
    }

    #[test]
    fn no_limit_gives_everything_and_a_newcomer_does_not_wait() {
        let start = Instant::now();
        let (mut one, medium) = (Allocator::default(), Layer::from_index(1));
        assert_eq!(one.allocate(None, &[camera(1)], start), [HIGH]);
        assert_eq!(one.allocate(Some(700_000), &[camera(1)], start), [medium]);
        let given = one.allocate(Some(700_000), &[camera(1), camera(2)], start + Duration::from_millis(100));
        assert_eq!(given, [medium, LOW]);
    }

    #[test]
    fn the_ceiling_and_what_comes_in_are_respected() {
        let mut one = Allocator::default();
        let small = Demand { ceiling: Layer::LOW, ..camera(1) };
        let only_high = Demand { ceiling: Layer::LOW, alive: [false, false, true], ..camera(2) };
        let nothing = Demand { alive: [false; LAYERS], ..camera(3) };
        let demands = [small, only_high, nothing];
        assert_eq!(one.allocate(Some(9_000_000), &demands, Instant::now()), [LOW, HIGH, None]);
        assert_eq!(desired(100_000, &demands), 1_750_000);
    }
}
