//! How loud a block of sound is.

/// The level of RFC 6464 section 3: minus dBov of the block's root mean square, 0 the loudest and 127 digital silence.
/// A full-scale square wave is 0, a full-scale sine 3.
pub fn dbov(block: &[f32]) -> u8 {
    let level = -20.0 * rms(block).max(1e-7).log10();
    level.round().clamp(0.0, 127.0) as u8
}

/// How far a bar in the window goes, from 0 (silence, -60 dBov) to 1 (full scale).
pub fn meter(block: &[f32]) -> f32 {
    (1.0 + 20.0 * rms(block).max(1e-7).log10() / 60.0).clamp(0.0, 1.0)
}

/// Root mean square. Samples that are no numbers count as silence.
pub fn rms(block: &[f32]) -> f32 {
    if block.is_empty() {
        return 0.0;
    }
    let sum: f32 = block.iter().map(|sample| if sample.is_finite() { sample * sample } else { 0.0 }).sum();
    (sum / block.len() as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_what_rfc_6464_calls_them() {
        assert_eq!(dbov(&[0.0; 480]), 127);
        assert_eq!(dbov(&[]), 127);
        assert_eq!(dbov(&[1.0; 480]), 0);
        assert_eq!(dbov(&[8.0; 480]), 0);
        assert_eq!(dbov(&[0.1; 480]), 20);
        assert_eq!(dbov(&[f32::NAN; 480]), 127);
    }

    #[test]
    fn the_bar_runs_from_silence_to_full_scale() {
        assert_eq!(meter(&[0.0; 480]), 0.0);
        assert_eq!(meter(&[1.0; 480]), 1.0);
        assert!((meter(&[0.0316; 480]) - 0.5).abs() < 0.01);
    }
}
