#![allow(unsafe_code, reason = "libvpx is a C library")]

use std::ffi::{c_int, c_uint, c_void};
use std::ptr;
use std::time::Instant;

use visita_protocol::{PixelSize, VideoCodec};
use vpx_sys as vpx;

use crate::vp8::{key_frame_size, reason};
use crate::{CodecError, I420Frame};

/// Bytes of the largest buffer libvpx gets for a picture in VP9: I420 with its borders, generously.
const LARGEST_BUFFER: usize = PixelSize::MOST_DECODED as usize * 3;

/// Decodes one stream of VP8 or VP9. After an error, and after a lost frame, it needs a key frame to be right again.
pub(super) struct Decoder {
    codec: VideoCodec,
    // Boxed: libvpx may keep pointers into it.
    context: Box<vpx::vpx_codec_ctx_t>,
    // Boxed for the same reason. Dropped after `drop` has destroyed the context, which gives its buffers back.
    _pool: Box<Pool>,
}

// SAFETY: a libvpx context is bound to no thread; it only must not be used by two at once, and every use here takes
// `&mut self`. The pool is reached through the context only.
unsafe impl Send for Decoder {}

impl Decoder {
    /// A decoder that waits for a key frame.
    pub(super) fn new(codec: VideoCodec) -> Result<Self, CodecError> {
        let start = |result| CodecError::Start { codec: codec.name(), reason: reason(result) };
        let mut context = Box::<vpx::vpx_codec_ctx_t>::default();
        let config = vpx::vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 };
        // SAFETY: both give a pointer to something static.
        let interface =
            unsafe { if codec == VideoCodec::Vp9 { vpx::vpx_codec_vp9_dx() } else { vpx::vpx_codec_vp8_dx() } };
        // SAFETY: context and config live until the call ends, libvpx copies the config; the version is the one these
        // bindings were made from.
        let result = unsafe {
            vpx::vpx_codec_dec_init_ver(&mut *context, interface, &config, 0, vpx::VPX_DECODER_ABI_VERSION as c_int)
        };
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(start(result));
        }
        let mut decoder = Self { codec, context, _pool: Box::default() };
        if codec == VideoCodec::Vp9 {
            let pool: *mut Pool = &mut *decoder._pool;
            // SAFETY: the context was set up above; the pool stays where it is until the context is destroyed.
            let result = unsafe {
                vpx::vpx_codec_set_frame_buffer_functions(
                    &mut *decoder.context,
                    Some(lend),
                    Some(take_back),
                    pool.cast(),
                )
            };
            if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
                return Err(start(result));
            }
        }
        Ok(decoder)
    }

    /// The picture of one complete frame; `None` for a frame that is not to be shown. Odd sides lose their last row or
    /// column. `captured_at` of the picture is the time of the call.
    pub(super) fn decode(&mut self, data: &[u8]) -> Result<Option<I420Frame>, CodecError> {
        if self.codec == VideoCodec::Vp8 {
            if data.len() < 3 {
                // libvpx would take nothing for a lost frame, and answer with the last picture.
                return Err(self.broken("too short"));
            }
            if let Some(size) = key_frame_size(data)
                && size.area() > PixelSize::MOST_DECODED
            {
                return Err(CodecError::Size(size));
            }
        } else if data.is_empty() {
            return Err(self.broken("too short"));
        }
        let length = c_uint::try_from(data.len()).map_err(|_| self.broken("too long"))?;
        // SAFETY: the context was set up by `new`; data and length belong together.
        let result = unsafe { vpx::vpx_codec_decode(&mut *self.context, data.as_ptr(), length, ptr::null_mut(), 0) };
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(self.broken(&reason(result)));
        }
        let mut iter = ptr::null();
        let mut picture = None;
        // Of several layers the last is the largest.
        //
        // SAFETY: the context was set up by `new`; the image stays valid until the next call that takes the context,
        // which comes after it was copied.
        while let Some(image) = unsafe { vpx::vpx_codec_get_frame(&mut *self.context, &mut iter).as_ref() } {
            picture = Some(copy(image)?);
        }
        Ok(picture)
    }

    fn broken(&self, reason: &str) -> CodecError {
        CodecError::Decode { codec: self.codec.name(), reason: reason.into() }
    }
}

/// Buffers for pictures in VP9, whose size any frame may change: none is larger than [`LARGEST_BUFFER`].
#[derive(Default)]
struct Pool {
    free: Vec<Vec<u8>>,
}

/// Lends a buffer of at least `least` bytes; refuses (-1) what is too large.
///
/// # Safety
/// `pool` is a [`Pool`] that nobody else uses meanwhile, `buffer` a place for what is lent.
unsafe extern "C" fn lend(pool: *mut c_void, least: vpx::size_t, buffer: *mut vpx::vpx_codec_frame_buffer_t) -> c_int {
    // SAFETY: as the caller promises.
    let (Some(pool), Some(buffer)) = (unsafe { pool.cast::<Pool>().as_mut() }, unsafe { buffer.as_mut() }) else {
        return -1;
    };
    let Some(least) = usize::try_from(least).ok().filter(|least| *least <= LARGEST_BUFFER) else { return -1 };
    let fitting = pool.free.iter().position(|free| free.len() >= least && free.len() / 2 <= least);
    // libvpx wants new memory to be zero.
    let mut lent = Box::new(match fitting {
        Some(at) => pool.free.swap_remove(at),
        None => {
            pool.free.clear();
            vec![0u8; least]
        }
    });
    (buffer.data, buffer.size) = (lent.as_mut_ptr(), lent.len() as vpx::size_t);
    buffer.priv_ = Box::into_raw(lent).cast();
    0
}

/// Takes a buffer back.
///
/// # Safety
/// As for [`lend`], which has filled `buffer`.
unsafe extern "C" fn take_back(pool: *mut c_void, buffer: *mut vpx::vpx_codec_frame_buffer_t) -> c_int {
    // SAFETY: as the caller promises.
    let (Some(pool), Some(buffer)) = (unsafe { pool.cast::<Pool>().as_mut() }, unsafe { buffer.as_mut() }) else {
        return -1;
    };
    let lent = std::mem::replace(&mut buffer.priv_, ptr::null_mut());
    if !lent.is_null() {
        // SAFETY: `lend` made it of a box, and it is taken out of the buffer, so that nobody does so twice.
        pool.free.push(*unsafe { Box::from_raw(lent.cast::<Vec<u8>>()) });
    }
    0
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
