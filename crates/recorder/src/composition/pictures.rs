//! A track of pictures, decoded as its time comes.

use std::{borrow::Cow, fs::File};

use visita_codec::{CodecError, I420Frame, video::Decoder};
use visita_protocol::{ParticipantId, VideoCodec, composition::CompositionTrack, recorder::TrackKind};

use crate::{
    avc,
    compose::TileId,
    webm::{Block, Codec, Reader, WebmError},
};

/// A camera's last picture stays this long when no other comes; then the initials are shown, as in recordings.
const CAMERA_STAYS_MS: u64 = 2_000;

/// Why a track is left out.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenError {
    #[error(transparent)]
    Webm(#[from] WebmError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Codec(#[from] CodecError),
    #[error("its codec is none of separate tracks")]
    Strange,
}

/// Pictures of one camera or screen.
pub(super) struct Film {
    person: ParticipantId,
    screen: bool,
    offset_ms: u64,
    end_ms: u64,
    reader: Reader<File>,
    codec: VideoCodec,
    decoder: Decoder,
    next: Option<Block>,
    needs_key: bool,
    last_ms: Option<u64>,
}

impl Film {
    pub(super) fn open(track: &CompositionTrack) -> Result<Self, OpenError> {
        let mut reader = Reader::open(File::open(&track.file)?)?;
        let codec = match reader.tracks().first().map(|track| track.codec) {
            Some(Codec::Vp8) => VideoCodec::Vp8,
            Some(Codec::Vp9) => VideoCodec::Vp9,
            Some(Codec::H264) => VideoCodec::H264,
            Some(Codec::Opus) | None => return Err(OpenError::Strange),
        };
        let offset_ms = track.offset_ms;
        let next = reader.next_block()?;
        Ok(Self {
            person: track.participant_id.clone(),
            screen: track.kind == TrackKind::Screen,
            offset_ms,
            end_ms: offset_ms + reader.duration_ms().unwrap_or(0),
            reader,
            codec,
            decoder: Decoder::new(),
            next,
            needs_key: true,
            last_ms: None,
        })
    }

    /// When it is over, in milliseconds after the composition's start.
    pub(super) fn end_ms(&self) -> u64 {
        self.end_ms
    }

    /// Where it is shown.
    pub(super) fn tile(&self) -> TileId {
        let person = self.person.clone();
        if self.screen { TileId::Screen(person) } else { TileId::Person(person) }
    }

    pub(super) fn is_screen_of(&self, person: &ParticipantId) -> bool {
        self.screen && self.person == *person
    }

    pub(super) fn has_begun(&self, at_ms: u64) -> bool {
        self.offset_ms <= at_ms
    }

    /// Whether there is something of it to be seen.
    pub(super) fn is_on(&self, at_ms: u64) -> bool {
        let stays = |last: u64| self.screen || at_ms.saturating_sub(last) < CAMERA_STAYS_MS;
        self.has_begun(at_ms) && at_ms < self.end_ms && self.last_ms.is_some_and(stays)
    }

    /// Decodes what is due; answers the newest picture, when there is a new one.
    pub(super) fn play(&mut self, at_ms: u64) -> Option<I420Frame> {
        let mut picture = None;
        while let Some(block) = self.next.take_if(|block| block.at_ms + self.offset_ms <= at_ms) {
            self.next = self.reader.next_block().unwrap_or_else(|error| {
                tracing::warn!(%error, "a track cannot be read on");
                None
            });
            if self.needs_key && !block.key {
                continue;
            }
            let data = match self.codec {
                VideoCodec::H264 => Cow::Owned(avc::with_start_codes(&block.data)),
                VideoCodec::Vp8 | VideoCodec::Vp9 => Cow::Borrowed(&block.data[..]),
            };
            match self.decoder.decode(self.codec, &data) {
                Ok(decoded) => {
                    self.needs_key = false;
                    self.last_ms = Some(block.at_ms + self.offset_ms);
                    picture = decoded.or(picture);
                }
                Err(error) => {
                    tracing::debug!(%error, "a frame is broken");
                    self.needs_key = true;
                }
            }
        }
        picture
    }
}
