//! The microphone thread: capture, level, Opus.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use visita_codec::{
    level,
    opus::{Encoder, EncoderConfig},
};
use visita_media::{
    DeviceError,
    microphone::{self, AudioSource, ToneSource, WavSource},
};
use visita_protocol::{Bitrate, view::DeviceState};

use super::{MicrophoneChoice, RETRY, Shared, device_state};
use crate::playout::EchoSource;

const BITRATE: Bitrate = Bitrate::from_kbps(32);
/// Level in dBov (RFC 6464: 0 is loudest) below which there is speech rather than room noise.
const SPEECH_DBOV: u8 = 45;
/// Blocks of 10 ms: this much speech out of the last two seconds counts as talking.
const TALKING_BLOCKS: u32 = 60;
const STALLED: Duration = Duration::from_secs(3);
/// A test tone is loud enough to measure and soft enough to bear.
const TONE_DBFS: f32 = -20.0;

pub(super) fn run(shared: &Shared) {
    let mut source: Option<(Box<dyn AudioSource>, u32)> = None;
    let mut encoder: Option<Encoder> = None;
    let mut packet = [0.0_f32; 960];
    let mut filled = 0;
    let mut last_sound = Instant::now();
    let mut talking = Talking::default();
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
                    last_sound = Instant::now();
                    filled = 0;
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
        let state = if on { DeviceState::On { label: current.label().to_owned() } } else { DeviceState::Off };
        shared.set_state(|s| s.microphone = state);

        let mut block = [0.0_f32; 480];
        match current.read(&mut block, Duration::from_millis(100)) {
            Ok(true) => last_sound = Instant::now(),
            Ok(false) if last_sound.elapsed() < STALLED => continue,
            Ok(false) => {
                fail(shared, &DeviceError::Failed("the microphone gives no sound".into()));
                source = None;
                continue;
            }
            Err(error) => {
                fail(shared, &error);
                source = None;
                continue;
            }
        }
        let dbov = level::dbov(&block);
        let muted_talk = talking.hear(dbov < SPEECH_DBOV) && !on && publication.is_some();
        shared.set_state(|s| s.talking_while_muted = muted_talk);
        let shown = if on { level::meter(&block) } else { 0.0 };
        shared.microphone_level.store(shown.to_bits(), Ordering::Relaxed);

        let Some(publication) = publication.filter(|_| on) else {
            filled = 0;
            continue;
        };
        packet[filled..filled + 480].copy_from_slice(&block);
        filled += 480;
        if filled < packet.len() {
            continue;
        }
        filled = 0;
        // The packet's first sample was taken 20 ms ago.
        let at = shared.epoch.elapsed().saturating_sub(Duration::from_millis(20));
        let encoder = match &mut encoder {
            Some(encoder) => encoder,
            None => match Encoder::new(EncoderConfig { bitrate: BITRATE, fec: true, dtx: false }) {
                Ok(new) => encoder.insert(new),
                Err(error) => {
                    tracing::error!(%error, "no Opus encoder");
                    continue;
                }
            },
        };
        let loss = u8::try_from(shared.expected_loss.load(Ordering::Relaxed)).unwrap_or(100);
        if let Err(error) = encoder.set_expected_loss(loss) {
            tracing::debug!(%error, "the encoder keeps its loss");
        }
        match encoder.encode(&packet) {
            Ok(data) => {
                let dbov = level::dbov(&packet);
                publication.write(data, at, dbov, dbov < SPEECH_DBOV);
            }
            Err(error) => tracing::warn!(%error, "a packet of sound was not encoded"),
        }
    }
}

fn open(shared: &Shared, choice: &MicrophoneChoice) -> Result<Box<dyn AudioSource>, DeviceError> {
    match choice {
        MicrophoneChoice::Default => microphone::open(None),
        MicrophoneChoice::Device(id) => microphone::open(Some(id)),
        MicrophoneChoice::Tone(hz) => Ok(Box::new(ToneSource::new(*hz, TONE_DBFS))),
        MicrophoneChoice::Wav(path) => Ok(Box::new(WavSource::open(path)?)),
        MicrophoneChoice::Echo => Ok(Box::new(EchoSource::new(&shared.playout))),
        MicrophoneChoice::None => Err(DeviceError::Missing),
    }
}

fn fail(shared: &Shared, error: &DeviceError) {
    tracing::info!(%error, "the microphone stopped");
    shared.microphone_level.store(0, Ordering::Relaxed);
    shared.set_state(|s| s.microphone = device_state(error, ""));
    shared.wait(RETRY);
}

/// Whether somebody talks: enough speech in the last two seconds.
#[derive(Default)]
struct Talking {
    /// One bit per block, newest lowest; 128 of the 200 blocks are memory enough.
    heard: u128,
}

impl Talking {
    fn hear(&mut self, speech: bool) -> bool {
        self.heard = (self.heard << 1) | u128::from(speech);
        self.heard.count_ones() >= TALKING_BLOCKS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cough_is_not_talking() {
        let mut talking = Talking::default();
        assert!(!(0..30).any(|_| talking.hear(true)));
        assert!((0..60).any(|_| talking.hear(true)));
        let still = (0..128).fold(true, |_, _| talking.hear(false));
        assert!(!still);
    }
}
