//! The microphone thread: capture, level, Opus.

use std::{sync::atomic::Ordering, time::Duration};

use visita_codec::{level, opus::Encoder};
use visita_media::{
    DeviceError,
    microphone::{AudioSource, Following, ToneSource, WavSource},
    processing::{Capture, Settings},
};
use visita_protocol::view::DeviceState;

use super::{
    MicrophoneChoice, RETRY, Shared, device_state,
    voice::{PACKET, SampleClock, Voice},
};
use crate::playout::EchoSource;

/// A synthetic sound is no speech; as loud as this (dBov, RFC 6464: 0 is loudest) it counts as a voice all the same, so
/// that whoever sends it is told as speaking.
const LOUD_DBOV: u8 = 45;
/// A packet of so many bytes says only that nothing is to be heard.
const SILENCE: usize = 2;
/// A test tone is loud enough to measure and soft enough to bear.
const TONE_DBFS: f32 = -20.0;

pub(super) fn run(shared: &Shared, mut capture: Capture) {
    let mut source: Option<(Box<dyn AudioSource>, u32)> = None;
    let mut encoder: Option<(Encoder, Voice)> = None;
    let mut packet = [0.0_f32; 960];
    let mut filled = 0;
    let mut voice = false;
    let mut clock = SampleClock::default();
    let mut failed = None;
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
                    error.log("microphone", failed.as_ref());
                    shared.microphone_level.store(0, Ordering::Relaxed);
                    shared.set_state(|s| s.microphone = device_state(&error, ""));
                    failed = Some(error);
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
            // Silence, which nobody needs to be sent (DTX, RFC 7587 section 3.1.3).
            Ok(data) if data.len() <= SILENCE => voice = false,
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
