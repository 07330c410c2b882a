//! Who is speaking, from the audio level that publishers put on every packet (RFC 6464).

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How often it is decided. LiveKit takes 500 ms; a shorter time shows a speaker sooner and is still calm.
pub(crate) const INTERVAL: Duration = Duration::from_millis(300);

/// A packet is loud when it is no quieter than this, in dB below full scale.
const LOUD_DBOV: u8 = 35;

/// Share of loud time in an interval that makes a speaker, in percent.
const ACTIVE_PERCENT: u32 = 40;

/// How fast the level follows: the share of the new value, in steps that keep the meter from flickering.
const SMOOTHING: f32 = 0.5;

/// Steps of the level told to clients.
const STEPS: f32 = 8.0;

/// What clients are told of a participant when it changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SpeakerChange<K> {
    pub(crate) key: K,
    /// 0 (silent) to 1 (loud).
    pub(crate) level: f32,
    pub(crate) active: bool,
}

/// The speakers of one room.
#[derive(Debug)]
pub(crate) struct Speakers<K> {
    voices: BTreeMap<K, Voice>,
    next: Option<Instant>,
}

#[derive(Debug, Default)]
struct Voice {
    /// Milliseconds heard and loud in this interval.
    heard_ms: u32,
    loud_ms: u32,
    /// Quietest is 127.
    loudest: Option<u8>,
    smoothed: f32,
    told: f32,
}

impl<K: Ord + Copy> Default for Speakers<K> {
    fn default() -> Self {
        Self { voices: BTreeMap::new(), next: None }
    }
}

impl<K: Ord + Copy> Speakers<K> {
    /// A packet of `ms` milliseconds with its level in dB below full scale (0 loudest, 127 silence).
    pub(crate) fn observe(&mut self, key: K, dbov: u8, ms: u32, now: Instant) {
        let voice = self.voices.entry(key).or_default();
        voice.heard_ms += ms;
        if dbov <= LOUD_DBOV {
            voice.loud_ms += ms;
            voice.loudest = Some(voice.loudest.map_or(dbov, |loudest| loudest.min(dbov)));
        }
        self.next.get_or_insert(now + INTERVAL);
    }

    /// Somebody has no voice any more. Returns what [`decide`](Self::decide) would, if that one was active.
    pub(crate) fn remove(&mut self, key: K) -> Vec<SpeakerChange<K>> {
        if self.voices.remove(&key).is_none_or(|voice| voice.told == 0.0) {
            return Vec::new();
        }
        let others = self.voices.iter().filter(|(_, voice)| voice.told > 0.0);
        let others = others.map(|(&key, voice)| SpeakerChange { key, level: voice.told, active: true });
        others.chain([SpeakerChange { key, level: 0.0, active: false }]).collect()
    }

    /// Whether somebody speaks, as told last.
    pub(crate) fn speaks(&self, key: K) -> bool {
        self.voices.get(&key).is_some_and(|voice| voice.told > 0.0)
    }

    /// When to call [`decide`](Self::decide).
    pub(crate) fn poll_timeout(&self) -> Option<Instant> {
        self.next
    }

    /// Closes the interval. When anybody changed, returns everybody who speaks and those who fell silent: some clients take
    /// the message for changes, others for the whole list, and this serves both.
    pub(crate) fn decide(&mut self, now: Instant) -> Vec<SpeakerChange<K>> {
        if self.next.is_none_or(|next| now < next) {
            return Vec::new();
        }
        let mut speakers = Vec::new();
        let mut changed = false;
        let mut busy = false;
        for (&key, voice) in &mut self.voices {
            let loud_enough = voice.loud_ms * 100 >= INTERVAL.as_millis() as u32 * ACTIVE_PERCENT;
            let level = match voice.loudest {
                Some(dbov) if loud_enough => 10f32.powf(-f32::from(dbov) / 20.0).min(1.0),
                _ => 0.0,
            };
            voice.smoothed += (level - voice.smoothed) * SMOOTHING;
            let was_active = voice.told > 0.0;
            // One that speaks is at least at the first step: zero means silent to clients.
            let told = if loud_enough || (was_active && voice.smoothed * STEPS >= 1.0) {
                ((voice.smoothed * STEPS).ceil() / STEPS).clamp(1.0 / STEPS, 1.0)
            } else {
                voice.smoothed = 0.0;
                0.0
            };
            if told > 0.0 || was_active {
                speakers.push(SpeakerChange { key, level: told, active: told > 0.0 });
            }
            changed |= told != voice.told;
            voice.told = told;
            busy |= voice.heard_ms > 0 || voice.told > 0.0;
            voice.heard_ms = 0;
            voice.loud_ms = 0;
            voice.loudest = None;
        }
        self.next = busy.then(|| now + INTERVAL);
        if changed { speakers } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(speakers: &mut Speakers<u8>, key: u8, dbov: u8, from: Instant) {
        for packet in 0..15 {
            speakers.observe(key, dbov, 20, from + Duration::from_millis(packet * 20));
        }
    }

    #[test]
    fn speaking_and_falling_silent_are_told_once() {
        let start = Instant::now();
        let mut speakers = Speakers::default();
        talk(&mut speakers, 1, 10, start);
        talk(&mut speakers, 2, 60, start);
        let first = speakers.decide(start + INTERVAL);
        assert_eq!(first.len(), 1);
        assert!(first[0].key == 1 && first[0].active && first[0].level > 0.0);

        let mut now = start + INTERVAL;
        for _ in 0..20 {
            now += INTERVAL;
            talk(&mut speakers, 1, 10, now - INTERVAL);
            speakers.decide(now);
        }
        talk(&mut speakers, 1, 10, now);
        assert!(speakers.decide(now + INTERVAL).is_empty(), "a steady voice is no news");

        let mut silent = Vec::new();
        now += INTERVAL;
        while speakers.poll_timeout().is_some() && silent.is_empty() {
            now += INTERVAL;
            silent = speakers.decide(now);
            silent.retain(|change| !change.active);
        }
        assert_eq!(silent, [SpeakerChange { key: 1, level: 0.0, active: false }]);
    }

    #[test]
    fn a_second_voice_does_not_silence_the_first() {
        let start = Instant::now();
        let mut speakers = Speakers::default();
        talk(&mut speakers, 1, 0, start);
        assert_eq!(speakers.decide(start + INTERVAL).len(), 1);
        talk(&mut speakers, 1, 0, start + INTERVAL);
        talk(&mut speakers, 2, 0, start + INTERVAL);
        let both = speakers.decide(start + INTERVAL * 2);
        assert_eq!(both.iter().map(|one| (one.key, one.active)).collect::<Vec<_>>(), [(1, true), (2, true)]);
    }

    #[test]
    fn a_click_is_no_speech() {
        let start = Instant::now();
        let mut speakers = Speakers::default();
        speakers.observe(1, 0, 20, start);
        assert!(speakers.decide(start + INTERVAL).is_empty());
    }

    #[test]
    fn nothing_to_do_when_nobody_is_heard() {
        let start = Instant::now();
        let mut speakers = Speakers::default();
        assert_eq!(speakers.poll_timeout(), None);
        speakers.observe(1, 100, 20, start);
        assert!(speakers.decide(start + INTERVAL).is_empty());
        assert!(speakers.decide(start + INTERVAL * 2).is_empty());
        assert_eq!(speakers.poll_timeout(), None);
    }

    #[test]
    fn levels_are_eighths() {
        let start = Instant::now();
        let mut speakers = Speakers::default();
        talk(&mut speakers, 1, 3, start);
        let level = speakers.decide(start + INTERVAL)[0].level;
        assert_eq!((level * STEPS).fract(), 0.0);
    }
}
