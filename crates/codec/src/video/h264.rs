use std::time::Instant;

use openh264::{OpenH264API, decoder, formats::YUVSource};
use visita_protocol::{PixelSize, VideoCodec};

use crate::{CodecError, I420Frame};

const NAME: &str = "h264";

/// Decodes one stream of H.264 (annex B). After an error, and after a lost frame, it needs a key frame to be right again.
pub(super) struct Decoder {
    decoder: decoder::Decoder,
}

impl Decoder {
    /// A decoder that waits for a key frame.
    pub(super) fn new() -> Result<Self, CodecError> {
        // Calls have no pictures out of order, so each comes at once and there is nothing to flush.
        let config = decoder::DecoderConfig::new().flush_after_decode(decoder::Flush::NoFlush);
        let decoder = decoder::Decoder::with_api_config(OpenH264API::from_source(), config)
            .map_err(|error| CodecError::Start { codec: NAME, reason: error.to_string() })?;
        debug_assert_eq!(VideoCodec::H264.name(), NAME);
        Ok(Self { decoder })
    }

    /// The picture of one access unit; `None` where there is none to be shown. Odd sides lose their last row or column. The
    /// library takes no more than level 5.2 allows, which is [`PixelSize::MOST_DECODED`].
    pub(super) fn decode(&mut self, data: &[u8]) -> Result<Option<I420Frame>, CodecError> {
        let decoded = self.decoder.decode(data);
        let decoded = decoded.map_err(|error| CodecError::Decode { codec: NAME, reason: error.to_string() })?;
        decoded.map(|picture| copy(&picture)).transpose()
    }
}

fn copy(picture: &decoder::DecodedYUV<'_>) -> Result<I420Frame, CodecError> {
    let (width, height) = picture.dimensions();
    let side = |side: usize| u32::try_from(side).unwrap_or(u32::MAX) & !1;
    let size = PixelSize::new(side(width), side(height));
    let refused = || CodecError::Size(size);
    if size.width.checked_mul(size.height).is_none_or(|area| area == 0 || area > PixelSize::MOST_DECODED) {
        return Err(refused());
    }
    let (y_stride, u_stride, v_stride) = picture.strides();
    let mut data = Vec::with_capacity(size.area() as usize * 3 / 2);
    for (plane, stride, part) in [(picture.y(), y_stride, 1), (picture.u(), u_stride, 2), (picture.v(), v_stride, 2)] {
        let (width, height) = (size.width as usize / part, size.height as usize / part);
        for row in 0..height {
            data.extend_from_slice(plane.get(row * stride..row * stride + width).ok_or_else(refused)?);
        }
    }
    I420Frame::from_planes(size, data, Instant::now()).ok_or_else(refused)
}
