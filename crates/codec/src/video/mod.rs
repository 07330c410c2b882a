//! Decoding of every codec that a room admits: VP8 and VP9 by libvpx, H.264 by openh264.

mod h264;
mod vpx;

use visita_protocol::VideoCodec;

use crate::{CodecError, I420Frame};

/// Decodes one stream, whose codec may change.
#[derive(Default)]
pub struct Decoder {
    library: Option<(VideoCodec, Library)>,
}

enum Library {
    Vpx(vpx::Decoder),
    H264(h264::Decoder),
}

impl Decoder {
    /// A decoder that waits for a key frame.
    pub fn new() -> Self {
        Self::default()
    }

    /// The picture of one complete frame, as it came out of RTP: in H.264 an access unit with start codes (annex B), in VP9 the
    /// layers of a picture one behind the other. `None` for a frame that is not to be shown. Odd sides lose their last row or
    /// column. `captured_at` of the picture is the time of the call.
    ///
    /// # Errors
    /// When the data is broken, or the picture larger than [`visita_protocol::PixelSize::MOST_DECODED`]; then, as after a lost
    /// frame, it needs a key frame to be right again.
    pub fn decode(&mut self, codec: VideoCodec, data: &[u8]) -> Result<Option<I420Frame>, CodecError> {
        let library = match &mut self.library {
            Some((known, library)) if *known == codec => library,
            other => {
                let library = match codec {
                    VideoCodec::Vp8 | VideoCodec::Vp9 => Library::Vpx(vpx::Decoder::new(codec)?),
                    VideoCodec::H264 => Library::H264(h264::Decoder::new()?),
                };
                &mut other.insert((codec, library)).1
            }
        };
        match library {
            Library::Vpx(decoder) => decoder.decode(data),
            Library::H264(decoder) => decoder.decode(data),
        }
    }
}

#[cfg(test)]
mod tests;
