//! A made-up voice, so that what is made for speech can be tried where nobody speaks.

use crate::BLOCK;

/// A voice made of what voices are made of: pulses of the vocal cords through three resonances that wander, in
/// syllables of 200 ms with pauses.
pub struct Talker {
    seed: u32,
    phase: f32,
    at: usize,
    resonances: [[f32; 2]; 3],
    pitch_hz: f32,
}

impl Talker {
    /// About 100 Hz sounds like a man, 200 Hz like a woman.
    pub fn new(pitch_hz: f32) -> Self {
        Self { seed: pitch_hz as u32, phase: 0.0, at: 0, resonances: [[0.0; 2]; 3], pitch_hz }
    }

    /// The next 10 ms.
    pub fn block(&mut self) -> [f32; BLOCK] {
        std::array::from_fn(|_| self.sample())
    }

    fn sample(&mut self) -> f32 {
        const RATE: f32 = 48_000.0;
        let syllable = self.at / 9_600;
        let within = (self.at % 9_600) as f32 / 9_600.0;
        self.at += 1;
        // Every fifth syllable is a pause.
        let loud = if syllable % 5 == 4 { 0.0 } else { (within * std::f32::consts::PI).sin() };
        let wander = (syllable.wrapping_mul(2_654_435_761) % 7) as f32 / 7.0;
        self.phase += self.pitch_hz * (1.0 + 0.2 * wander + 0.05 * within) / RATE;
        let pulse = if self.phase >= 1.0 { 1.0 } else { 0.0 };
        self.phase -= self.phase.floor();
        self.seed = self.seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let breath = (self.seed >> 16) as f32 / 65_536.0 - 0.5;
        let source = pulse + breath * 0.02;
        let mut out = 0.0;
        for (resonance, hz) in self.resonances.iter_mut().zip([500.0, 1_400.0, 2_500.0]) {
            let (radius, turn) = (0.99, std::f32::consts::TAU * hz * (0.8 + 0.4 * wander) / RATE);
            let next = source + 2.0 * radius * turn.cos() * resonance[0] - radius * radius * resonance[1];
            *resonance = [next, resonance[0]];
            out += next;
        }
        out * loud * 0.02
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level;

    #[test]
    fn speaks_softly_enough_with_pauses() {
        let mut talker = Talker::new(120.0);
        let levels: Vec<u8> = (0..200).map(|_| level::dbov(&talker.block())).collect();
        assert!(levels.iter().any(|level| (10..35).contains(level)), "{levels:?}");
        assert!(levels.iter().any(|level| *level > 60), "{levels:?}");
    }
}
