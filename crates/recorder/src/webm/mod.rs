//! WebM files (RFC 9559, Matroska, with the elements that WebM admits) that are good at every moment of their making.
//!
//! [`Writer`] puts each block into the file at once, in clusters of unknown size (RFC 9559 section 5.1.3, RFC 8794 section
//! 6.2); a cluster that is over has its size put in. Room for index and duration is reserved at the head, so that
//! [`Writer::finish`] needs no second file. [`repair`] does the same for a file whose writer died.
//!
//! ```text
//! EBML header | Segment | Void (later SeekHead) | Info with a Void (later Duration) | Tracks | Cluster ... | Cues
//! ```

mod ebml;
mod index;
mod reader;
mod repair;
mod writer;

use std::{fs::File, io};

pub use reader::{Block, Reader};
pub use repair::{Repaired, repair};
pub use writer::{Finished, Writer};

/// Where a file lies: it is written, read, and cut.
pub trait Storage: io::Write + io::Seek {
    /// Cuts what lies behind.
    ///
    /// # Errors
    /// As the system says.
    fn set_len(&mut self, len: u64) -> io::Result<()>;

    /// Has the system keep what was written, even when the computer goes off.
    ///
    /// # Errors
    /// As the system says.
    fn sync(&mut self) -> io::Result<()>;
}

impl Storage for File {
    fn set_len(&mut self, len: u64) -> io::Result<()> {
        Self::set_len(self, len)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Why a file cannot be read or mended.
#[derive(Debug, thiserror::Error)]
pub enum WebmError {
    /// The system refused.
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// It does not begin as files of this recorder do: another kind, or cut before its first picture.
    #[error("no recording: {0}")]
    NotOurs(&'static str),
}

impl WebmError {
    /// Whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Io(error) if is_disk_full(error))
    }
}

/// No room, or no room for this user.
pub(crate) fn is_disk_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// How a track is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    /// Picture (RFC 6386).
    Vp8,
    /// Picture.
    Vp9,
    /// Picture, with an `avcC` record and lengths before each unit (ISO/IEC 14496-15); Matroska, not WebM.
    H264,
    /// Sound (RFC 6716).
    Opus,
}

impl Codec {
    /// Matroska's name (RFC 9559 section 21, "Matroska Codec IDs").
    pub fn id(self) -> &'static str {
        match self {
            Self::Vp8 => "V_VP8",
            Self::Vp9 => "V_VP9",
            Self::H264 => "V_MPEG4/ISO/AVC",
            Self::Opus => "A_OPUS",
        }
    }

    /// By Matroska's name.
    pub fn by_id(id: &str) -> Option<Self> {
        [Self::Vp8, Self::Vp9, Self::H264, Self::Opus].into_iter().find(|codec| codec.id() == id)
    }
}

/// One track of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// How it is coded.
    pub codec: Codec,
    /// What lies in it.
    pub content: Content,
    /// How long a block lasts, in nanoseconds.
    pub block_ns: u64,
    /// What a decoder has to know beforehand.
    pub private: Vec<u8>,
    /// How much the decoder gives out before the first sample that counts, in nanoseconds (Opus: its pre-skip).
    pub delay_ns: u64,
}

/// Picture or sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Pictures of a size in pixels.
    Video {
        /// Width.
        width: u16,
        /// Height.
        height: u16,
    },
    /// Sound at 48 kHz.
    Audio {
        /// Channels.
        channels: u8,
    },
}

/// Samples of an Opus decoder's start that count for nothing: the look-ahead of libopus for voice at 48 kHz.
pub const OPUS_PRE_SKIP: u16 = 312;

impl Track {
    /// Pictures in VP8 at so many a second.
    pub fn vp8(width: u16, height: u16, fps: u8) -> Self {
        let block_ns = 1_000_000_000 / u64::from(fps.max(1));
        Self {
            codec: Codec::Vp8,
            content: Content::Video { width, height },
            block_ns,
            private: Vec::new(),
            delay_ns: 0,
        }
    }

    /// Sound in Opus, in packets of 20 ms.
    pub fn opus(channels: u8) -> Self {
        // RFC 7845 section 5.1; Matroska wants the same (RFC 9559 section 21, "A_OPUS").
        let mut private = b"OpusHead\x01".to_vec();
        private.push(channels);
        private.extend(OPUS_PRE_SKIP.to_le_bytes());
        private.extend(48_000u32.to_le_bytes());
        private.extend([0, 0, 0]);
        Self {
            codec: Codec::Opus,
            content: Content::Audio { channels },
            block_ns: 20_000_000,
            private,
            delay_ns: u64::from(OPUS_PRE_SKIP) * 1_000_000_000 / 48_000,
        }
    }

    /// Whether it holds pictures.
    pub fn is_video(&self) -> bool {
        matches!(self.content, Content::Video { .. })
    }
}

#[cfg(test)]
mod tests;
