//! Delays, counted in buckets a thirtieth wide: quantiles without keeping every value.

const STEPS: usize = 32;
const OCTAVES: usize = 26;

/// Microseconds, counted.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    buckets: Vec<u32>,
    count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: vec![0; STEPS * OCTAVES], count: 0 }
    }
}

impl Histogram {
    /// Counts a value in microseconds.
    pub(super) fn add(&mut self, micros: u64) {
        let octave = micros.checked_ilog2().map_or(0, |log| log.saturating_sub(5)) as usize;
        let index = if octave == 0 { micros as usize } else { octave * STEPS + (micros >> octave) as usize };
        let last = self.buckets.len() - 1;
        if let Some(bucket) = self.buckets.get_mut(index.min(last)) {
            *bucket += 1;
            self.count += 1;
        }
    }

    /// Milliseconds that this share of the values stays below, or not a number when there are none.
    pub(super) fn quantile_ms(&self, share: f64) -> f64 {
        let wanted = (share * self.count as f64) as u64;
        let mut seen = 0;
        for (index, &count) in self.buckets.iter().enumerate() {
            seen += u64::from(count);
            if count > 0 && seen > wanted {
                let octave = (index / STEPS).saturating_sub(1);
                let low = if octave == 0 { index as u64 } else { ((index - octave * STEPS) as u64) << octave };
                return (low as f64 + (1 << octave) as f64 / 2.0) / 1000.0;
            }
        }
        f64::NAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_near() {
        let mut histogram = Histogram::default();
        (1..=10_000).for_each(|micros| histogram.add(micros));
        for (share, ms) in [(0.001, 0.01), (0.5, 5.0), (0.99, 9.9)] {
            let found = histogram.quantile_ms(share);
            assert!((found - ms).abs() <= ms * 0.05 + 0.001, "{share}: {found}");
        }
        assert!(Histogram::default().quantile_ms(0.5).is_nan());
    }
}
