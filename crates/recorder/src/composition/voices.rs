//! The sound of a composition: tracks decoded to where their times say, mixed, encoded in packets of 20 ms.

use std::{
    collections::{HashMap, VecDeque},
    fs::File,
    time::Duration,
};

use bytes::Bytes;
use visita_codec::{
    BLOCK, CodecError, level,
    mix::Mixer,
    opus::{Decoder, Encoder, EncoderConfig, FRAME, LONGEST},
};
use visita_protocol::{ParticipantId, composition::CompositionTrack};

use super::{Heard, pictures::OpenError};
use crate::{
    sound::{BITRATE, FALL},
    webm::{Block, Codec, OPUS_PRE_SKIP, Reader},
};

/// Samples in a millisecond.
const MS: u64 = 48;
/// Times are whole milliseconds and senders inexact: a gap or an overlap of less than 10 ms is neither.
const INEXACT: u64 = 10 * MS;
/// Milliseconds of a packet.
const PACKET_MS: u64 = 20;

/// All voices.
pub(super) struct Voices {
    voices: Vec<Voice>,
    mixer: Mixer,
    encoder: Encoder,
    /// Packets so far.
    packets: u64,
    heard: Heard,
    last_heard: HashMap<ParticipantId, u64>,
}

struct Voice {
    person: ParticipantId,
    /// When its first sample that counts is due.
    offset: u64,
    reader: Reader<File>,
    decoder: Decoder,
    next: Option<Block>,
    /// Decoded, and not yet mixed.
    pcm: VecDeque<f32>,
    /// Where the end of `pcm` is, in samples after the composition's start.
    end: u64,
    /// Samples that the decoder gives out before the first that counts.
    skip: usize,
    loudness: f32,
}

impl Voices {
    pub(super) fn new() -> Result<Self, CodecError> {
        let encoder = Encoder::new(EncoderConfig { bitrate: BITRATE, fec: false, dtx: false })?;
        let (heard, last_heard) = (HashMap::new(), HashMap::new());
        Ok(Self { voices: Vec::new(), mixer: Mixer::new(), encoder, packets: 0, heard, last_heard })
    }

    /// Adds a track; answers when it is over, in milliseconds after the composition's start.
    pub(super) fn open(&mut self, track: &CompositionTrack) -> Result<u64, OpenError> {
        let mut reader = Reader::open(File::open(&track.file)?)?;
        if reader.tracks().first().is_none_or(|one| one.codec != Codec::Opus) {
            return Err(OpenError::Strange);
        }
        let next = reader.next_block()?;
        let end_ms = track.offset_ms + reader.duration_ms().unwrap_or(0);
        self.voices.push(Voice {
            person: track.participant_id.clone(),
            offset: track.offset_ms * MS,
            reader,
            decoder: Decoder::new()?,
            next,
            pcm: VecDeque::new(),
            end: 0,
            skip: OPUS_PRE_SKIP.into(),
            loudness: 0.0,
        });
        Ok(end_ms)
    }

    /// How loud everybody is.
    pub(super) fn heard(&self) -> &Heard {
        &self.heard
    }

    /// When something came of somebody's microphone last, in milliseconds after the composition's start.
    pub(super) fn last_heard(&self, person: &ParticipantId) -> Option<u64> {
        self.last_heard.get(person).copied()
    }

    /// The next packet, with its time, if it begins no later than this and before the end.
    pub(super) fn next_before(&mut self, at_ms: u64, end_ms: u64) -> Result<Option<(Duration, Bytes)>, CodecError> {
        let begins_ms = self.packets * PACKET_MS;
        if begins_ms > at_ms || begins_ms >= end_ms {
            return Ok(None);
        }
        self.packets += 1;
        let mut pcm = [0.0; FRAME];
        for (number, out) in pcm.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let from = begins_ms * MS + (number * BLOCK) as u64;
            self.mixer.begin();
            self.heard.clear();
            for voice in &mut self.voices {
                let mut block = [0.0; BLOCK];
                if voice.take(from, &mut block) {
                    self.mixer.add(&block);
                    let last = self.last_heard.entry(voice.person.clone()).or_default();
                    *last = (*last).max(from / MS);
                }
                voice.loudness = (voice.loudness * FALL).max(level::meter(&block));
                let heard = self.heard.entry(voice.person.clone()).or_default();
                heard.loudness = heard.loudness.max(voice.loudness);
            }
            self.mixer.finish(out);
        }
        Ok(Some((Duration::from_millis(begins_ms), self.encoder.encode(&pcm)?)))
    }
}

impl Voice {
    /// The sound of 10 ms from a sample on; whether there is any.
    fn take(&mut self, from: u64, out: &mut [f32; BLOCK]) -> bool {
        self.decode_until(from + BLOCK as u64);
        let begins = self.end - self.pcm.len() as u64;
        // What is before is over.
        let over = usize::try_from(from.saturating_sub(begins)).unwrap_or(usize::MAX).min(self.pcm.len());
        self.pcm.drain(..over);
        let begins = self.end - self.pcm.len() as u64;
        let Some(at) = usize::try_from(begins.saturating_sub(from)).ok().filter(|at| *at < BLOCK) else { return false };
        let count = self.pcm.len().min(BLOCK - at);
        for (out, sample) in out[at..].iter_mut().zip(self.pcm.drain(..count)) {
            *out = sample;
        }
        count > 0
    }

    /// The next packet, if sound of before this is in it: by its own time, or as it follows what there is.
    fn next_before(&mut self, until: u64) -> Option<Block> {
        let begins = self.begins(self.next.as_ref()?);
        let follows = self.end < until && begins <= self.end + INEXACT;
        if begins < until || follows { self.next.take() } else { None }
    }

    /// When a packet's first sample is due: what the decoder holds back is earlier than the packet.
    fn begins(&self, block: &Block) -> u64 {
        (self.offset + block.at_ms * MS).saturating_sub(OPUS_PRE_SKIP.into())
    }

    fn decode_until(&mut self, until: u64) {
        while let Some(block) = self.next_before(until) {
            self.next = self.reader.next_block().unwrap_or_else(|error| {
                tracing::warn!(%error, "a track cannot be read on");
                None
            });
            let mut pcm = [0.0; LONGEST];
            let samples = match self.decoder.decode(&block.data, &mut pcm) {
                Ok(samples) => samples,
                Err(error) => {
                    tracing::debug!(%error, "a packet is broken");
                    continue;
                }
            };
            let sound = &pcm[..samples];
            let skipped = self.skip.min(sound.len());
            self.skip -= skipped;
            let sound = &sound[skipped..];
            // The first samples count for nothing, and all later ones come so much earlier.
            let begins = self.begins(&block) + skipped as u64;
            if self.pcm.is_empty() && begins.abs_diff(self.end) >= INEXACT {
                self.end = begins.max(self.end);
            } else if begins > self.end + INEXACT {
                let gap = usize::try_from(begins - self.end).unwrap_or(0);
                self.pcm.resize(self.pcm.len() + gap, 0.0);
                self.end = begins;
            }
            let late = self.end.saturating_sub(begins);
            let cut = if late > INEXACT { usize::try_from(late).unwrap_or(usize::MAX).min(sound.len()) } else { 0 };
            self.pcm.extend(&sound[cut..]);
            self.end += (sound.len() - cut) as u64;
        }
    }
}
