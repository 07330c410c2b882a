#![allow(unsafe_code, reason = "libvpx is a C library")]

use std::ffi::{c_int, c_uint};
use std::ptr;
use std::time::Instant;

use visita_protocol::PixelSize;
use vpx_sys as vpx;

use super::encoder::reason;
use super::key_frame_size;
use crate::{CodecError, I420Frame};

/// Decodes one stream. After an error, and after a lost frame, it needs a key frame to be right again.
pub struct Decoder {
    // Boxed: libvpx may keep pointers into it.
    context: Box<vpx::vpx_codec_ctx_t>,
}

// SAFETY: a libvpx context is bound to no thread; it only must not be used by two at once, and every use here takes
// `&mut self`.
unsafe impl Send for Decoder {}

impl Decoder {
    /// A decoder that waits for a key frame.
    pub fn new() -> Result<Self, CodecError> {
        let mut context = Box::<vpx::vpx_codec_ctx_t>::default();
        let config = vpx::vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 };
        // SAFETY: context and config live until the call ends, libvpx copies the config; the version is the one these
        // bindings were made from.
        let result = unsafe {
            vpx::vpx_codec_dec_init_ver(
                &mut *context,
                vpx::vpx_codec_vp8_dx(),
                &config,
                0,
                vpx::VPX_DECODER_ABI_VERSION as c_int,
            )
        };
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(CodecError::Start { codec: "vp8", reason: reason(result) });
        }
        Ok(Self { context })
    }

    /// The picture of one complete frame; `None` for a frame that is not to be shown. Odd sides lose their last row or
    /// column. `captured_at` of the picture is the time of the call.
    pub fn decode(&mut self, data: &[u8]) -> Result<Option<I420Frame>, CodecError> {
        if data.len() < 3 {
            // libvpx would take nothing for a lost frame, and answer with the last picture.
            return Err(broken("too short"));
        }
        if let Some(size) = key_frame_size(data)
            && size.area() > PixelSize::MOST_DECODED
        {
            return Err(CodecError::Size(size));
        }
        let length = c_uint::try_from(data.len()).map_err(|_| broken("too long"))?;
        // SAFETY: the context was set up by `new`; data and length belong together.
        let result = unsafe { vpx::vpx_codec_decode(&mut *self.context, data.as_ptr(), length, ptr::null_mut(), 0) };
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(broken(&reason(result)));
        }
        let mut iter = ptr::null();
        // SAFETY: the context was set up by `new`; the image stays valid until the next call that takes the context,
        // which cannot happen while `self` is borrowed.
        match unsafe { vpx::vpx_codec_get_frame(&mut *self.context, &mut iter).as_ref() } {
            Some(image) => copy(image).map(Some),
            None => Ok(None),
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the context was set up by `new` and is not used again.
        unsafe { vpx::vpx_codec_destroy(&mut *self.context) };
    }
}

fn copy(image: &vpx::vpx_image_t) -> Result<I420Frame, CodecError> {
    let size = PixelSize::new(image.d_w & !1, image.d_h & !1);
    if size.area() == 0 || image.fmt != vpx::vpx_img_fmt::VPX_IMG_FMT_I420 {
        return Err(CodecError::Size(PixelSize::new(image.d_w, image.d_h)));
    }
    let mut data = Vec::with_capacity(size.area() as usize * 3 / 2);
    for (plane, half) in [(0, 1), (1, 2), (2, 2)] {
        let (width, height) = (size.width as usize / half, size.height as usize / half);
        for row in 0..height {
            // SAFETY: libvpx gives a plane at least `height` rows, `stride` bytes apart, of at least `width` bytes;
            // `row` and `width` stay below those.
            let line = unsafe {
                let start = image.planes[plane].offset(row as isize * image.stride[plane] as isize);
                std::slice::from_raw_parts(start, width)
            };
            data.extend_from_slice(line);
        }
    }
    I420Frame::from_planes(size, data, Instant::now()).ok_or(CodecError::Size(size))
}

fn broken(reason: &str) -> CodecError {
    CodecError::Decode { codec: "vp8", reason: reason.into() }
}
