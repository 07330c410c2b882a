//! The microphone thread: capture, level, Opus.

use std::{sync::atomic::Ordering, time::Duration};

use visita_codec::{
    CodecError, level,
    opus::{Encoder, EncoderConfig},
};
use visita_media::{
    DeviceError,
    microphone::{AudioSource, Following, ToneSource, WavSource},
    processing::{Capture, Settings},
};
use visita_protocol::{Bitrate, view::DeviceState};

use super::{MicrophoneChoice, RETRY, Shared, device_state};
use crate::playout::EchoSource;

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

    fn encoder(self) -> Result<Encoder, CodecError> {
        let mut encoder = Encoder::new(EncoderConfig { bitrate: self.bitrate, fec: true, dtx: false })?;
        encoder.set_expected_loss(self.loss)?;
        Ok(encoder)
    }

    fn set(self, encoder: &mut Encoder) -> Result<(), CodecError> {
        encoder.set_expected_loss(self.loss)?;
        encoder.set_bitrate(self.bitrate)
    }
}
/// A synthetic sound is no speech; as loud as this (dBov, RFC 6464: 0 is loudest) it counts as a voice all the same, so
/// that whoever sends it is told as speaking.
const LOUD_DBOV: u8 = 45;
/// A test tone is loud enough to measure and soft enough to bear.
/// Length of a packet.
const PACKET: Duration = Duration::from_millis(20);

/// When packets were taken: counted in samples, because blocks come early and late, and a receiver cannot tell a time that
/// wavers from sound that is missing. Only a pause sets it anew.
#[derive(Debug, Default)]
struct SampleClock {
    next: Option<Duration>,
    /// How far the computer's clock is ahead of the count, in seconds, smoothed: the two drift apart.
    ahead: f64,
}

impl SampleClock {
    /// Blocks are held up by less than this.
    const PAUSE: f64 = 0.15;

    /// The time of a packet that seems to be of `at`.
    fn next(&mut self, at: Duration) -> Duration {
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

const TONE_DBFS: f32 = -20.0;

pub(super) fn run(shared: &Shared, mut capture: Capture) {
    let mut source: Option<(Box<dyn AudioSource>, u32)> = None;
    let mut encoder: Option<(Encoder, Voice)> = None;
    let mut packet = [0.0_f32; 960];
    let mut filled = 0;
    let mut voice = false;
    let mut clock = SampleClock::default();
    while !shared.stopping() {
        let (choice, on, publication, generation) = {
            let wish = shared.microphone.lock();
            (wish.choice.clone(), wish.on, wish.publication.clone(), wish.generation)
        };
        if choice == MicrophoneChoice::None {
            source = None;
            shared.set_state(|s| s.microphone = DeviceState::Missing);
            shared.wait(Duration::from_secs(1));
            continue;
        }
        if source.as_ref().is_some_and(|(_, g)| *g != generation) {
            source = None;
        }
        let current = match &mut source {
            Some((current, _)) => current,
            None => match open(shared, &choice) {
                Ok(opened) => {
                    filled = 0;
                    // What is made for tests arrives as it was made.
                    let real = matches!(choice, MicrophoneChoice::Default | MicrophoneChoice::Device(_));
                    let settings = if real { *shared.sound_settings.lock() } else { Settings::OFF };
                    shared.processing.set(settings);
                    &mut source.insert((opened, generation)).0
                }
                Err(error) => {
                    tracing::info!(%error, "the microphone did not open");
                    shared.microphone_level.store(0, Ordering::Relaxed);
                    shared.set_state(|s| s.microphone = device_state(&error, ""));
                    shared.wait(RETRY);
                    continue;
                }
            },
        };
        let mut block = [0.0_f32; 480];
        match current.read(&mut block, Duration::from_millis(100)) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                // Going on asking is how it comes back.
                shared.microphone_level.store(0, Ordering::Relaxed);
                shared.set_state(|s| s.microphone = device_state(&error, ""));
                continue;
            }
        }
        let state = if on { DeviceState::On { label: current.label().to_owned() } } else { DeviceState::Off };
        shared.set_state(|s| s.microphone = state);
        let heard = capture.capture(&mut block);
        let muted_talk = heard.talking && !on && publication.is_some();
        shared.set_state(|s| s.talking_while_muted = muted_talk);
        let shown = if on { heard.level } else { 0.0 };
        shared.microphone_level.store(shown.to_bits(), Ordering::Relaxed);

        let Some(publication) = publication.filter(|_| on) else {
            (filled, voice) = (0, false);
            continue;
        };
        voice |= heard.voice;
        packet[filled..filled + 480].copy_from_slice(&block);
        filled += 480;
        if filled < packet.len() {
            continue;
        }
        filled = 0;
        // The packet's first sample was taken 20 ms ago.
        let at = clock.next(shared.epoch.elapsed().saturating_sub(PACKET));
        let wanted = *shared.voice.lock();
        let (encoder, set) = match &mut encoder {
            Some(encoder) => encoder,
            None => match wanted.encoder() {
                Ok(new) => encoder.insert((new, wanted)),
                Err(error) => {
                    tracing::error!(%error, "no Opus encoder");
                    continue;
                }
            },
        };
        if std::mem::replace(set, wanted) != wanted
            && let Err(error) = wanted.set(encoder)
        {
            tracing::debug!(%error, "the encoder stays as it is");
        }
        match encoder.encode(&packet) {
            Ok(data) => {
                let dbov = level::dbov(&packet);
                let synthetic = shared.processing.settings() == Settings::OFF;
                publication.write(data, at, dbov, voice || (synthetic && dbov < LOUD_DBOV));
                voice = false;
            }
            Err(error) => tracing::warn!(%error, "a packet of sound was not encoded"),
        }
    }
}

fn open(shared: &Shared, choice: &MicrophoneChoice) -> Result<Box<dyn AudioSource>, DeviceError> {
    match choice {
        MicrophoneChoice::Default => Ok(Box::new(Following::new(None))),
        MicrophoneChoice::Device(id) => Ok(Box::new(Following::new(Some(id.clone())))),
        MicrophoneChoice::Tone(hz) => Ok(Box::new(ToneSource::new(*hz, TONE_DBFS))),
        MicrophoneChoice::Wav(path) => Ok(Box::new(WavSource::open(path)?)),
        MicrophoneChoice::Echo => Ok(Box::new(EchoSource::new(&shared.playout))),
        MicrophoneChoice::None => Err(DeviceError::Missing),
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
