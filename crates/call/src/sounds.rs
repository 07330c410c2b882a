//! Short sounds that tell of something, and the ringing of a call. Made of decaying notes, nothing is read from files.

use visita_media::speaker::Speaker;

use crate::SpeakerChoice;

const BLOCK: usize = visita_codec::BLOCK;
const RATE: f32 = 48_000.0;

/// A sound that is played once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    /// To try the speaker: two soft notes.
    Test,
    /// Somebody came in.
    Joined,
    /// Somebody left.
    Left,
    /// Somebody waits at the door.
    Doorbell,
    /// Something wants to be looked at.
    Attention,
}

/// One note: pitch in Hz, when it begins and how long it sounds, in seconds.
type Note = (f32, f32, f32);

impl Sound {
    const fn notes(self) -> &'static [Note] {
        match self {
            Self::Test => &[(523.25, 0.0, 0.35), (659.25, 0.35, 0.35)],
            Self::Joined => &[(587.33, 0.0, 0.12), (880.0, 0.1, 0.25)],
            Self::Left => &[(880.0, 0.0, 0.12), (587.33, 0.1, 0.25)],
            Self::Doorbell => &[(659.25, 0.0, 0.5), (523.25, 0.4, 0.7)],
            Self::Attention => &[(783.99, 0.0, 0.2)],
        }
    }
}

/// Two bursts, then a rest, over and over.
const RING: &[Note] = &[(440.0, 0.0, 0.4), (554.37, 0.0, 0.4), (440.0, 0.5, 0.4), (554.37, 0.5, 0.4)];
const RING_PERIOD: usize = 3 * 48_000;

/// A sound being played.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Playing {
    sound: Sound,
    at: usize,
}

impl Playing {
    pub(crate) fn new(sound: Sound) -> Self {
        Self { sound, at: 0 }
    }

    /// Fills the next 10 ms; false when it is over.
    pub(crate) fn fill(&mut self, block: &mut [f32; BLOCK]) -> bool {
        fill(self.sound.notes(), self.at, block);
        self.at += BLOCK;
        self.at < length(self.sound.notes())
    }
}

/// Rings on a device of its own until it is dropped.
pub struct Ringer {
    _speaker: Speaker,
}

impl Ringer {
    /// Begins to ring. Where the device does not open, the default one rings, or none.
    pub fn start(device: &SpeakerChoice) -> Self {
        let render = || {
            let mut at = 0;
            Box::new(move |block: &mut [f32; BLOCK]| {
                fill(RING, at, block);
                at = (at + BLOCK) % RING_PERIOD;
            })
        };
        let speaker = match device {
            SpeakerChoice::Null => Speaker::null(render()),
            SpeakerChoice::Default => Speaker::open(None, render()).unwrap_or_else(|_| Speaker::null(render())),
            SpeakerChoice::Device(id) => Speaker::open(Some(id), render())
                .or_else(|_| Speaker::open(None, render()))
                .unwrap_or_else(|_| Speaker::null(render())),
        };
        Self { _speaker: speaker }
    }
}

/// Writes 10 ms of notes, from sample `at` on.
fn fill(notes: &[Note], at: usize, block: &mut [f32; BLOCK]) {
    block.fill(0.0);
    for (n, sample) in block.iter_mut().enumerate() {
        #[allow(clippy::cast_precision_loss, reason = "a sound is far shorter than 2^24 samples")]
        let now = (at + n) as f32 / RATE;
        for (hz, begin, long) in notes {
            let into = now - begin;
            if (0.0..*long).contains(&into) {
                let attack = (into / 0.01).min(1.0);
                // Ends in silence, so that nothing clicks.
                let release = ((long - into) / 0.02).min(1.0);
                *sample += 0.2 * attack * release * (-5.0 * into).exp() * (std::f32::consts::TAU * hz * into).sin();
            }
        }
    }
}

fn length(notes: &[Note]) -> usize {
    let end = notes.iter().map(|(_, begin, long)| begin + long).fold(0.0, f32::max);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of a short sound")]
    let samples = (end * RATE) as usize;
    samples
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sound_is_heard_ends_and_does_not_click() {
        for sound in [Sound::Test, Sound::Joined, Sound::Left, Sound::Doorbell, Sound::Attention] {
            let (mut playing, mut all, mut block) = (Playing::new(sound), Vec::new(), [0.0; BLOCK]);
            while playing.fill(&mut block) {
                all.extend_from_slice(&block);
                assert!(all.len() < 3 * 48_000, "{sound:?} does not end");
            }
            all.extend_from_slice(&block);
            let peak = all.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
            assert!((0.05..0.5).contains(&peak), "{sound:?}: {peak}");
            assert!(all[0].abs() < 1e-3 && all[all.len() - 1].abs() < 1e-2, "{sound:?}");
        }
    }

    #[test]
    fn it_rings_and_rests() {
        let loud = |at: usize| {
            let mut block = [0.0; BLOCK];
            fill(RING, at, &mut block);
            block.iter().any(|s| s.abs() > 0.05)
        };
        assert!(loud(4_800) && loud(28_800));
        assert!(!loud(72_000));
    }
}
