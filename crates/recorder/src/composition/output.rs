//! The way into the file: a thread that encodes the picture and writes it with the sound, in the order of their times.

use std::{
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::Bytes;
use visita_codec::{I420Frame, vp8::Encoder};
use visita_protocol::{composition::CompositionJob, view::RecordingFormat};

use super::{CompositionError, size};
use crate::{
    file::{self, PICTURE, SOUND},
    mp4::Mp4File,
    pictures::KEY_EVERY,
    production,
    webm::{Finished, Track, Writer},
};

/// Pictures that wait for the encoder: what is decoded and what is encoded take turns in being slow.
const WAITING: usize = 8;

/// A film that is being written.
pub(super) struct Output {
    pieces: SyncSender<Piece>,
    /// Pictures that may be filled again.
    used: Receiver<I420Frame>,
    thread: JoinHandle<Result<Finished, CompositionError>>,
}

enum Piece {
    Picture(I420Frame, Duration),
    Sound(Bytes, Duration),
}

#[expect(clippy::large_enum_variant, reason = "there is one of them")]
enum File {
    Webm { writer: Writer<std::fs::File>, encoder: Encoder },
    Mp4(Mp4File),
}

impl Output {
    pub(super) fn begin(job: &CompositionJob, path: &Path, duration_ms: u64) -> Result<Self, CompositionError> {
        let (size, fps) = (size(job), job.fps.max(1));
        let mut file = match job.format {
            RecordingFormat::Webm => {
                let storage = file::create(path).map_err(crate::webm::WebmError::from)?;
                let tracks = vec![Track::vp8(job.width, job.height, fps), Track::opus(1)];
                let writer = Writer::new(storage, tracks, crate::unix_ms())?;
                File::Webm { writer, encoder: production::encoder(size, fps.into())? }
            }
            RecordingFormat::Mp4 => File::Mp4(Mp4File::create(path, size, fps.into(), duration_ms)?),
        };
        let (pieces, to_write) = sync_channel(WAITING);
        let (give_back, used) = sync_channel(WAITING + 2);
        let thread = thread::Builder::new().name("film".to_owned()).spawn(move || {
            let mut key_at: Option<Duration> = None;
            while let Ok(piece) = to_write.recv() {
                match piece {
                    Piece::Picture(frame, at) => {
                        let key = key_at.is_none_or(|last| at - last >= KEY_EVERY);
                        key_at = if key { Some(at) } else { key_at };
                        file.picture(&frame, at, key)?;
                        // Nobody has to take it back.
                        let _ = give_back.try_send(frame);
                    }
                    Piece::Sound(packet, at) => file.sound(&packet, at)?,
                }
            }
            file.finish(duration_ms)
        });
        let thread = thread.map_err(crate::webm::WebmError::from)?;
        Ok(Self { pieces, used, thread })
    }

    pub(super) fn picture(&mut self, frame: &I420Frame, at: Duration) -> Result<(), CompositionError> {
        let frame = match self.used.try_recv() {
            Ok(mut used) => {
                crate::pictures::copy(frame, &mut used);
                used
            }
            Err(_) => frame.clone(),
        };
        self.send(Piece::Picture(frame, at))
    }

    pub(super) fn sound(&mut self, packet: Bytes, at: Duration) -> Result<(), CompositionError> {
        self.send(Piece::Sound(packet, at))
    }

    /// Waits until all is written.
    pub(super) fn finish(self) -> Result<Finished, CompositionError> {
        drop(self.pieces);
        self.thread.join().unwrap_or(Err(CompositionError::Broken))
    }

    fn send(&mut self, piece: Piece) -> Result<(), CompositionError> {
        if self.pieces.send(piece).is_ok() {
            return Ok(());
        }
        // It is gone: what it failed of is why.
        let ended = std::mem::replace(&mut self.thread, thread::spawn(|| Err(CompositionError::Broken)));
        Err(ended.join().unwrap_or(Err(CompositionError::Broken)).err().unwrap_or(CompositionError::Broken))
    }
}

impl File {
    fn picture(&mut self, frame: &I420Frame, at: Duration, key: bool) -> Result<(), CompositionError> {
        match self {
            Self::Webm { writer, encoder } => {
                if let Some(encoded) = encoder.encode(frame, at, key)? {
                    writer.write(PICTURE, ms(at), encoded.key, &encoded.data)?;
                }
            }
            Self::Mp4(file) => file.picture(frame, ms(at), key)?,
        }
        Ok(())
    }

    fn sound(&mut self, packet: &[u8], at: Duration) -> Result<(), CompositionError> {
        match self {
            Self::Webm { writer, .. } => writer.write(SOUND, ms(at), true, packet)?,
            Self::Mp4(file) => file.sound(packet, ms(at))?,
        }
        Ok(())
    }

    fn finish(self, duration_ms: u64) -> Result<Finished, CompositionError> {
        Ok(match self {
            Self::Webm { writer, .. } => writer.finish()?,
            Self::Mp4(file) => Finished { duration_ms, bytes: file.finish(duration_ms)? },
        })
    }
}

fn ms(at: Duration) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(u64::MAX)
}
