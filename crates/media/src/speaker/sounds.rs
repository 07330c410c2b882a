//! Small sounds of our own, made when they are played: bells of a few partials that die away.

use visita_codec::{BLOCK, SAMPLE_RATE, level, mix::Mixer};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    /// Somebody came in: two notes up.
    Join,
    /// Somebody left: two notes down.
    Leave,
    /// A call: the same figure every three seconds until it is stopped.
    Ring,
    /// Somebody waits at the door.
    Knock,
    /// A message came.
    Message,
    /// To try a speaker.
    Test,
}

/// A note: when it begins in seconds, its pitch in hertz, its strength, how fast it dies away per second.
type Note = (f32, f32, f32, f32);

/// Levels are such that all sounds are about as loud as somebody who talks softly.
const JOIN: &[Note] = &[(0.0, 587.33, 0.16, 7.0), (0.12, 880.0, 0.16, 6.0)];
const LEAVE: &[Note] = &[(0.0, 880.0, 0.14, 7.0), (0.12, 587.33, 0.14, 6.0)];
const RING: &[Note] = &[
    (0.0, 659.25, 0.2, 4.0),
    (0.18, 830.61, 0.2, 4.0),
    (0.36, 987.77, 0.2, 3.0),
    (0.72, 830.61, 0.18, 4.0),
    (0.9, 987.77, 0.2, 2.5),
];
const KNOCK: &[Note] = &[(0.0, 196.0, 0.4, 28.0), (0.16, 185.0, 0.4, 28.0), (0.32, 196.0, 0.34, 28.0)];
const MESSAGE: &[Note] = &[(0.0, 1046.5, 0.1, 9.0), (0.07, 1318.5, 0.08, 9.0)];
const TEST: &[Note] = &[(0.0, 523.25, 0.2, 4.0), (0.35, 659.25, 0.2, 4.0), (0.7, 783.99, 0.2, 3.0)];

/// The ring begins again after this many seconds.
const RING_EVERY: f32 = 3.0;

impl Sound {
    fn notes(self) -> &'static [Note] {
        match self {
            Self::Join => JOIN,
            Self::Leave => LEAVE,
            Self::Ring => RING,
            Self::Knock => KNOCK,
            Self::Message => MESSAGE,
            Self::Test => TEST,
        }
    }

    /// Seconds until it has died away; a ring's until it begins again.
    pub fn seconds(self) -> f32 {
        if self == Self::Ring {
            return RING_EVERY;
        }
        // At 60 dB below its start.
        self.notes().iter().map(|(begin, _, _, fade)| begin + 6.9 / fade).fold(0.0, f32::max)
    }
}

/// A sound that is being played, 10 ms at a time.
#[derive(Clone, Copy, Debug)]
pub struct Playing {
    sound: Sound,
    at: u64,
}

impl Playing {
    /// From its beginning.
    pub fn new(sound: Sound) -> Self {
        Self { sound, at: 0 }
    }

    /// The next block; `false` when it is over, and `out` silent.
    pub fn fill(&mut self, out: &mut [f32; BLOCK]) -> bool {
        let length = (self.sound.seconds() * SAMPLE_RATE as f32) as u64;
        if self.sound == Sound::Ring {
            self.at %= length;
        } else if self.at >= length {
            out.fill(0.0);
            return false;
        }
        let notes = self.sound.notes();
        for (sample, at) in out.iter_mut().zip(self.at..) {
            let now = at as f32 / SAMPLE_RATE as f32;
            *sample = notes.iter().map(|note| sound_of(note, now)).sum();
        }
        self.at += BLOCK as u64;
        true
    }
}

fn sound_of(&(begin, hz, strength, fade): &Note, now: f32) -> f32 {
    let since = now - begin;
    if since < 0.0 {
        return 0.0;
    }
    // In five milliseconds, so that it does not click; higher partials die away sooner, as a bell's do.
    let attack = (since / 0.005).min(1.0);
    let partial = |times: f32, part: f32, faster: f32| {
        part * (-fade * faster * since).exp() * (std::f32::consts::TAU * hz * times * since).sin()
    };
    strength * attack * (partial(1.0, 1.0, 1.0) + partial(2.0, 0.3, 1.8) + partial(3.01, 0.12, 3.0))
}

/// Several sounds at once, for whoever renders a speaker.
#[derive(Default)]
pub struct Sounds {
    playing: Vec<Playing>,
    mixer: Mixer,
}

impl Sounds {
    /// Begins a sound; the same one again begins anew.
    pub fn play(&mut self, sound: Sound) {
        self.stop(sound);
        self.playing.push(Playing::new(sound));
    }

    /// Ends a sound.
    pub fn stop(&mut self, sound: Sound) {
        self.playing.retain(|playing| playing.sound != sound);
    }

    /// Whether anything sounds.
    pub fn is_silent(&self) -> bool {
        self.playing.is_empty()
    }

    /// The next block of all of them; says how loud it is, 0 to 1.
    pub fn fill(&mut self, out: &mut [f32; BLOCK]) -> f32 {
        self.mixer.begin();
        let mixer = &mut self.mixer;
        self.playing.retain_mut(|playing| {
            let mut block = [0.0; BLOCK];
            let goes_on = playing.fill(&mut block);
            mixer.add(&block);
            goes_on
        });
        self.mixer.finish(out);
        level::meter(out)
    }
}

#[cfg(test)]
mod tests {
    use visita_codec::tone::measure;

    use super::*;

    const ALL: [Sound; 6] = [Sound::Join, Sound::Leave, Sound::Ring, Sound::Knock, Sound::Message, Sound::Test];

    fn all_of(sound: Sound, seconds: f32) -> Vec<f32> {
        let mut playing = Playing::new(sound);
        let mut heard = Vec::new();
        for _ in 0..(seconds * 100.0) as usize {
            let mut block = [9.0; BLOCK];
            playing.fill(&mut block);
            heard.extend_from_slice(&block);
        }
        heard
    }

    #[test]
    fn sounds_are_heard_and_no_louder_than_a_voice() {
        for sound in ALL {
            let heard = all_of(sound, sound.seconds());
            let peak = heard.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
            assert!((0.05..0.6).contains(&peak), "{sound:?}: {peak}");
            let step = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(step < 0.1, "{sound:?} clicks: {step}");
            let end = &heard[heard.len() - BLOCK..];
            assert!(level::dbov(end) > 50, "{sound:?} breaks off");
        }
    }

    #[test]
    fn all_but_the_ring_end() {
        for sound in ALL {
            let mut playing = Playing::new(sound);
            let blocks = (0..1_000).take_while(|_| playing.fill(&mut [0.0; BLOCK])).count();
            assert_eq!(blocks == 1_000, sound == Sound::Ring, "{sound:?}");
        }
        let ring = all_of(Sound::Ring, 2.0 * RING_EVERY);
        let (first, second) = ring.split_at(ring.len() / 2);
        assert_eq!(first, second);
    }

    #[test]
    fn joining_goes_up_and_leaving_down() {
        let pitch = |heard: &[f32], from: usize| measure(&heard[from * 480..(from + 9) * 480]).hz;
        let join = all_of(Sound::Join, 0.5);
        let leave = all_of(Sound::Leave, 0.5);
        assert!((pitch(&join, 1) - 587.0).abs() < 8.0 && (pitch(&leave, 1) - 880.0).abs() < 8.0);
        assert!(pitch(&join, 20) > pitch(&leave, 20));
    }

    #[test]
    fn several_at_once_and_stopped() {
        let mut sounds = Sounds::default();
        sounds.play(Sound::Ring);
        sounds.play(Sound::Knock);
        let mut block = [0.0; BLOCK];
        for _ in 0..300 {
            sounds.fill(&mut block);
            assert!(block.iter().all(|s| s.abs() <= 1.0));
        }
        assert!(!sounds.is_silent());
        sounds.stop(Sound::Ring);
        sounds.fill(&mut block);
        assert!(sounds.is_silent());
    }
}
