//! What is heard: a jitter buffer for each voice, mixed in blocks of 10 ms, encoded in packets of 20 ms.

use std::{
    collections::HashMap,
    sync::{Arc, mpsc::SyncSender},
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use visita_codec::{
    BLOCK, CodecError,
    jitter::{AudioPacket, JitterBuffer, Popped},
    level,
    mix::Mixer,
    opus::{Encoder, EncoderConfig, FRAME},
};
use visita_protocol::{Bitrate, ParticipantId};

use crate::{
    clock::DELAY,
    file::{Piece, SOUND},
    stop::Stop,
};

const BLOCK_TIME: Duration = Duration::from_millis(10);
/// Many voices and shared sound in one; speech alone needs half of it.
pub(crate) const BITRATE: Bitrate = Bitrate::from_kbps(64);
/// The delay of a picture whose person is not heard, in milliseconds: about what sound waits on a good line.
const DELAY_UNHEARD_MS: f32 = 40.0;
/// A packet of sound comes when its last sample is there, 20 ms after the moment its timestamp tells; a picture is on its
/// way at once, but takes longer to encode and send. What remains, pictures wait in addition.
const PICTURES_AHEAD: Duration = Duration::from_millis(15);
/// Weight of the newest measurement of a voice's delay.
const WEIGHT: f32 = 0.05;
/// How much of a voice's loudness is left after a block: it falls to a third in a quarter of a second.
pub(crate) const FALL: f32 = 0.96;

/// All voices that are recorded.
#[derive(Default)]
pub(crate) struct Voices {
    /// By track.
    voices: HashMap<String, Voice>,
    mixer: Mixer,
}

struct Voice {
    person: ParticipantId,
    buffer: JitterBuffer,
    /// How long its sound waits, smoothed, in milliseconds; none before the first.
    delay_ms: Option<f32>,
    loudness: f32,
}

/// How somebody is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Heard {
    /// 0 to 1, falling slowly.
    pub(crate) loudness: f32,
    /// How long the sound waits.
    pub(crate) delay: Option<Duration>,
}

impl Voices {
    /// A voice that may be recorded.
    pub(crate) fn add(&mut self, track: &str, person: &ParticipantId) -> Result<(), CodecError> {
        if !self.voices.contains_key(track) {
            let voice = Voice { person: person.clone(), buffer: JitterBuffer::new()?, delay_ms: None, loudness: 0.0 };
            self.voices.insert(track.to_owned(), voice);
        }
        Ok(())
    }

    /// Forgets a voice with all that waits of it.
    pub(crate) fn remove(&mut self, track: &str) {
        self.voices.remove(track);
    }

    /// Takes a packet, when its voice may be recorded.
    pub(crate) fn push(&mut self, track: &str, packet: AudioPacket, at: Instant) {
        if let Some(voice) = self.voices.get_mut(track) {
            voice.buffer.push(packet, at);
        }
    }

    /// The tracks there are.
    pub(crate) fn tracks(&self) -> impl Iterator<Item = &str> {
        self.voices.keys().map(String::as_str)
    }

    /// How everybody is heard.
    pub(crate) fn heard(&self) -> HashMap<ParticipantId, Heard> {
        let mut all: HashMap<ParticipantId, Heard> = HashMap::new();
        for voice in self.voices.values() {
            let heard = all.entry(voice.person.clone()).or_default();
            heard.loudness = heard.loudness.max(voice.loudness);
            let delay = voice.delay_ms.map(|ms| Duration::from_secs_f32(ms.max(0.0) / 1000.0));
            heard.delay = heard.delay.or(delay);
        }
        all
    }

    /// The sound of 10 ms, as it was at a moment.
    fn block(&mut self, at: Instant, out: &mut [f32; BLOCK]) {
        self.mixer.begin();
        for voice in self.voices.values_mut() {
            let mut block = [0.0; BLOCK];
            let popped = voice.buffer.pop(&mut block, at);
            voice.loudness = (voice.loudness * FALL).max(level::meter(&block));
            if popped == Popped::Silence {
                continue;
            }
            if popped == Popped::Audio {
                let delay_ms = voice.buffer.stats().delay_ms;
                let before = voice.delay_ms.unwrap_or(delay_ms);
                voice.delay_ms = Some(before + (delay_ms - before) * WEIGHT);
            }
            self.mixer.add(&block);
        }
        self.mixer.finish(out);
    }
}

impl Heard {
    /// How long the picture waits to belong to the sound.
    pub(crate) fn picture_delay(self) -> Duration {
        self.delay.unwrap_or(Duration::from_secs_f32(DELAY_UNHEARD_MS / 1000.0)) + PICTURES_AHEAD
    }
}

/// Makes sound from the beginning until the end, in its time; nothing is left out however late the thread is.
pub(crate) fn run(
    voices: &Arc<Mutex<Voices>>,
    begin: Instant,
    stop: &Stop,
    pieces: &SyncSender<Piece>,
) -> Result<(), CodecError> {
    let mut encoder = Encoder::new(EncoderConfig { bitrate: BITRATE, fec: false, dtx: false })?;
    for packet in 0u32.. {
        let at = BLOCK_TIME * 2 * packet;
        if stop.is_over(begin + at, begin + at + BLOCK_TIME * 2 + DELAY) {
            break;
        }
        let mut pcm = [0.0; FRAME];
        for (number, half) in pcm.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let moment = begin + at + BLOCK_TIME * number as u32;
            voices.lock().block(moment, half);
        }
        let data = encoder.encode(&pcm)?;
        if pieces.send(Piece { track: SOUND, at, key: true, data }).is_err() {
            break;
        }
    }
    Ok(())
}
