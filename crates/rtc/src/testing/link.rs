//! One direction of a network as a pure model: time is an argument, chances come from a seed.

use std::time::{Duration, Instant};

use visita_protocol::Bitrate;

/// Bytes of IPv4 and UDP headers that take part in the rate.
const HEADERS: usize = 28;

/// What a direction does to packets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conditions {
    /// What it carries at most, headers of IP and UDP included; none for no limit.
    pub rate: Option<Bitrate>,
    /// Bytes that a limited direction passes at once after a rest, as shapers with a bucket of tokens do.
    pub bucket: usize,
    /// How long a packet may wait for its turn on a limited direction; what would wait longer is dropped at the tail.
    pub queue: Duration,
    /// One-way delay.
    pub delay: Duration,
    /// Up to so much more delay, evenly spread. The order of packets is kept.
    pub jitter: Duration,
    /// Share of packets lost by chance, 0 to 1.
    pub loss: f64,
    /// Mean length of a run of losses, in packets: 1 for losses that know nothing of each other, more for bursts (Gilbert's
    /// model).
    pub burst: f64,
    /// Nothing passes.
    pub blocked: bool,
}

impl Default for Conditions {
    /// A perfect wire.
    fn default() -> Self {
        Self {
            rate: None,
            bucket: 0,
            queue: Duration::from_millis(300),
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: 0.0,
            burst: 1.0,
            blocked: false,
        }
    }
}

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It comes out at this time.
    Arrives(Instant),
    /// It never comes out.
    Lost,
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounters {
    /// Packets that came or will come out.
    pub packets: u64,
    /// Their bytes, without headers of IP and UDP.
    pub bytes: u64,
    /// Packets lost by chance, or while blocked.
    pub lost: u64,
    /// Packets dropped because the queue was full.
    pub overflowed: u64,
}

/// One direction of a network.
#[derive(Clone, Debug)]
pub struct Link {
    conditions: Conditions,
    counters: LinkCounters,
    seed: u64,
    /// In a run of losses.
    losing: bool,
    /// When the last packet has left the limited part.
    free_at: Option<Instant>,
    last_arrival: Option<Instant>,
}

impl Link {
    /// A direction; the same seed gives the same chances.
    pub fn new(conditions: Conditions, seed: u64) -> Self {
        Self {
            conditions,
            counters: LinkCounters::default(),
            seed: seed ^ 0x9e37_79b9_7f4a_7c15,
            losing: false,
            free_at: None,
            last_arrival: None,
        }
    }

    /// Changes what it does from the next packet on.
    pub fn set(&mut self, conditions: Conditions) {
        self.conditions = conditions;
    }

    /// What it does.
    pub fn conditions(&self) -> Conditions {
        self.conditions
    }

    /// What happened so far.
    pub fn counters(&self) -> LinkCounters {
        self.counters
    }

    /// Takes a packet of `bytes` bytes (UDP payload).
    pub fn send(&mut self, now: Instant, bytes: usize) -> Fate {
        let Conditions { rate, bucket, queue, delay, jitter, blocked, .. } = self.conditions;
        if blocked {
            self.counters.lost += 1;
            return Fate::Lost;
        }
        let mut out = now;
        if let Some(rate) = rate {
            let takes = |bytes: usize| Duration::from_secs_f64(bytes as f64 * 8.0 / f64::from(rate.bps().max(1)));
            // A full bucket is as if the last packet had left long ago.
            let full = now.checked_sub(takes(bucket)).unwrap_or(now);
            let begins = self.free_at.map_or(full, |free_at| free_at.max(full));
            if begins.saturating_duration_since(now) > queue {
                self.counters.overflowed += 1;
                return Fate::Lost;
            }
            let free_at = begins + takes(bytes + HEADERS);
            self.free_at = Some(free_at);
            out = free_at.max(now);
        }
        // Behind the queue: a packet that is lost on the air took its time on the sender's side all the same.
        if self.is_unlucky() {
            self.counters.lost += 1;
            return Fate::Lost;
        }
        let late = jitter.mul_f64(self.chance());
        let arrival = (out + delay + late).max(self.last_arrival.unwrap_or(now));
        self.last_arrival = Some(arrival);
        self.counters.packets += 1;
        self.counters.bytes += bytes as u64;
        Fate::Arrives(arrival)
    }

    fn is_unlucky(&mut self) -> bool {
        let Conditions { loss, burst, .. } = self.conditions;
        if loss <= 0.0 {
            self.losing = false;
            return false;
        }
        if burst <= 1.0 {
            return self.chance() < loss;
        }
        let end = 1.0 / burst;
        let begin = (loss * end / (1.0 - loss.min(0.99))).min(1.0);
        let turn = if self.losing { end } else { begin };
        if self.chance() < turn {
            self.losing = !self.losing;
        }
        self.losing
    }

    /// From 0 to 1 (splitmix64).
    fn chance(&mut self) -> f64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_holds_and_the_queue_is_bounded() {
        let conditions = Conditions { rate: Some(Bitrate::from_kbps(1000)), ..Conditions::default() };
        let mut link = Link::new(conditions, 1);
        let start = Instant::now();
        // Twice of what fits, for ten seconds.
        let mut last = start;
        for number in 0..2000u64 {
            if let Fate::Arrives(at) = link.send(start + Duration::from_millis(number * 5), 1222) {
                last = last.max(at);
            }
        }
        let counters = link.counters();
        let kbps = (counters.packets * 1250 * 8) as f64 / last.duration_since(start).as_secs_f64() / 1000.0;
        assert!((kbps - 1000.0).abs() < 5.0, "{kbps}");
        assert!(last <= start + Duration::from_millis(10_000 + 320));
        assert!(counters.overflowed > 900);
    }

    #[test]
    fn a_bucket_passes_what_it_holds_and_then_the_rate() {
        let conditions = Conditions { rate: Some(Bitrate::from_kbps(1000)), bucket: 5000, ..Conditions::default() };
        let mut link = Link::new(conditions, 1);
        let start = Instant::now() + Duration::from_secs(1);
        let at_once = |link: &mut Link, now| (0..8).filter(|_| link.send(now, 1222) == Fate::Arrives(now)).count();
        assert_eq!(at_once(&mut link, start), 4);
        // The other four took 40 ms; 20 ms later two more have room.
        assert_eq!(at_once(&mut link, start + Duration::from_millis(60)), 2);
    }

    #[test]
    fn losses_come_as_often_and_in_such_runs_as_asked() {
        for burst in [1.0, 4.0] {
            let mut link = Link::new(Conditions { loss: 0.1, burst, ..Conditions::default() }, 7);
            let now = Instant::now();
            let fates: Vec<bool> = (0..100_000).map(|_| link.send(now, 100) == Fate::Lost).collect();
            let lost = fates.iter().filter(|lost| **lost).count();
            let runs = fates.windows(2).filter(|pair| !pair[0] && pair[1]).count();
            assert!((9_000..11_000).contains(&lost), "{lost}");
            let mean = lost as f64 / runs as f64;
            assert!((mean - burst.max(1.1)).abs() < 0.3, "{mean}");
        }
    }

    #[test]
    fn jitter_keeps_the_order() {
        let conditions =
            Conditions { delay: Duration::from_millis(40), jitter: Duration::from_millis(30), ..Conditions::default() };
        let mut link = Link::new(conditions, 3);
        let start = Instant::now();
        let mut last = start;
        for number in 0..1000 {
            let sent = start + Duration::from_millis(number);
            let Fate::Arrives(at) = link.send(sent, 100) else { panic!("nothing is lost") };
            assert!(at >= last && at >= sent + Duration::from_millis(40));
            last = at;
        }
    }
}
