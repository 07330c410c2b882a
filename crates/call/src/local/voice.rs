//! A voice on its way out: how it is encoded, and when it was said.

use std::time::Duration;

use visita_codec::{
    CodecError,
    opus::{Encoder, EncoderConfig},
};
use visita_protocol::Bitrate;

/// How a voice is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Voice {
    bitrate: Bitrate,
    /// Packets in a hundred that are thought to get lost: so much goes into copies of the packet before.
    loss: u8,
}

/// Never less: what gets lost on the way down to the others is not known here.
const LEAST_LOSS: f64 = 0.05;
/// More copies than for this make the sound itself too bad.
const MOST_LOSS: f64 = 0.3;

impl Voice {
    /// For a way that carries `target`, video included, and loses this share of the packets. By PESQ of speech with copies
    /// for 5 %: 4.1 at 48 kbit/s, 3.7 at 32; 24 where a picture needs the rest.
    pub(crate) fn for_way(target: Bitrate, loss: f64) -> Self {
        let kbps = match target.kbps() {
            500.. => 48,
            200.. => 32,
            _ => 24,
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "5 to 30")]
        let loss = (loss.clamp(LEAST_LOSS, MOST_LOSS) * 100.0).round() as u8;
        Self { bitrate: Bitrate::from_kbps(kbps), loss }
    }

    pub(super) fn encoder(self) -> Result<Encoder, CodecError> {
        let mut encoder = Encoder::new(EncoderConfig { bitrate: self.bitrate, fec: true, dtx: true })?;
        encoder.set_expected_loss(self.loss)?;
        Ok(encoder)
    }

    pub(super) fn set(self, encoder: &mut Encoder) -> Result<(), CodecError> {
        encoder.set_expected_loss(self.loss)?;
        encoder.set_bitrate(self.bitrate)
    }
}

/// Length of a packet.
pub(super) const PACKET: Duration = Duration::from_millis(20);

/// When packets were taken: counted in samples, because blocks come early and late, and a receiver cannot tell a time that
/// wavers from sound that is missing. Only a pause sets it anew.
#[derive(Debug, Default)]
pub(super) struct SampleClock {
    next: Option<Duration>,
    /// How far the computer's clock is ahead of the count, in seconds, smoothed: the two drift apart.
    ahead: f64,
}

impl SampleClock {
    /// Blocks are held up by less than this.
    const PAUSE: f64 = 0.15;

    /// The time of a packet that seems to be of `at`.
    pub(super) fn next(&mut self, at: Duration) -> Duration {
        let counted = self.next.filter(|next| {
            let ahead = at.as_secs_f64() - next.as_secs_f64();
            let off = ahead - self.ahead;
            self.ahead += off / 64.0;
            off.abs() < Self::PAUSE
        });
        if counted.is_none() {
            self.ahead = 0.0;
        }
        let time = counted.unwrap_or(at.max(self.next.unwrap_or_default()));
        self.next = Some(time + PACKET);
        time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: f64) -> Duration {
        Duration::from_secs_f64(ms / 1000.0)
    }

    #[test]
    fn packets_follow_each_other_however_they_come() {
        let mut clock = SampleClock::default();
        // In bursts of two, and the device's clock 500 ppm slow.
        let times: Vec<Duration> =
            (0..100_000).map(|n| clock.next(ms(f64::from(n / 2) * 40.0 * 1.0005 + f64::from(n % 7) * 3.0))).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] == PACKET));
    }

    #[test]
    fn a_pause_is_one_and_time_never_goes_back() {
        let mut clock = SampleClock::default();
        assert_eq!(clock.next(ms(1_000.0)), ms(1_000.0));
        assert_eq!(clock.next(ms(1_100.0)), ms(1_020.0));
        assert_eq!(clock.next(ms(5_000.0)), ms(5_000.0), "it was muted");
        assert_eq!(clock.next(ms(4_000.0)), ms(5_020.0));
        assert_eq!(clock.next(ms(5_041.0)), ms(5_040.0));
    }

    #[test]
    fn a_better_way_gets_better_sound() {
        let voice = |kbps, loss| Voice::for_way(Bitrate::from_kbps(kbps), loss);
        assert_eq!(voice(2_000, 0.0), Voice { bitrate: Bitrate::from_kbps(48), loss: 5 });
        assert_eq!(voice(300, 0.12), Voice { bitrate: Bitrate::from_kbps(32), loss: 12 });
        assert_eq!(voice(100, 0.9), Voice { bitrate: Bitrate::from_kbps(24), loss: 30 });
    }
}
