#![allow(unsafe_code, reason = "libvpx is a C library")]

use std::ffi::{CStr, c_int, c_uint, c_ulong};
use std::mem::MaybeUninit;
use std::ptr;
use std::time::Duration;

use bytes::Bytes;
use visita_protocol::{Bitrate, PixelSize};
use vpx_sys as vpx;

use crate::frame::check_size;
use crate::{CodecError, I420Frame};

/// Ticks per second of the times given to libvpx: RTP's clock for video.
const TICKS: u32 = 90_000;

/// What the pictures show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A camera: motion matters more than edges; pictures may be left out to keep the rate.
    Camera,
    /// A screen or window: sharp edges, mostly still; no picture is left out.
    Screen,
}

/// How to encode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Size of the pictures that will be given.
    pub size: PixelSize,
    /// Target over about a second.
    pub bitrate: Bitrate,
    /// How many pictures a second to expect.
    pub fps: u32,
    /// What they show.
    pub content: Content,
    /// Threads to work on one picture; libvpx uses more than one only from 640 pixels of width on.
    pub threads: u32,
}

/// One encoded picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedVideo {
    /// A complete VP8 frame.
    pub data: Bytes,
    /// Whether it can be decoded without any frame before it.
    pub key: bool,
    /// Size of the picture.
    pub size: PixelSize,
}

/// Encodes pictures of one size.
pub struct Encoder {
    // Boxed: libvpx may keep pointers into it.
    context: Box<vpx::vpx_codec_ctx_t>,
    settings: vpx::vpx_codec_enc_cfg_t,
    config: EncoderConfig,
    last: Option<i64>,
}

// SAFETY: a libvpx context is bound to no thread; it only must not be used by two at once, and every use here takes
// `&mut self`.
unsafe impl Send for Encoder {}

impl Encoder {
    /// An encoder; its first frame is a key frame.
    pub fn new(config: EncoderConfig) -> Result<Self, CodecError> {
        let settings = settings(&config)?;
        Self::with_settings(config, settings)
    }

    /// An encoder for a file instead of a line: no picture is left out, the rate may rise for some seconds, and frames
    /// need not be readable without those before them.
    pub fn for_file(config: EncoderConfig) -> Result<Self, CodecError> {
        let mut settings = settings(&config)?;
        settings.g_error_resilient = 0;
        settings.rc_dropframe_thresh = 0;
        settings.rc_min_quantizer = 4;
        settings.rc_overshoot_pct = 100;
        settings.rc_buf_sz = 6_000;
        settings.rc_buf_initial_sz = 4_000;
        settings.rc_buf_optimal_sz = 5_000;
        Self::with_settings(config, settings)
    }

    fn with_settings(config: EncoderConfig, settings: vpx::vpx_codec_enc_cfg_t) -> Result<Self, CodecError> {
        check_size(config.size)?;
        let mut context = Box::<vpx::vpx_codec_ctx_t>::default();
        // SAFETY: context and settings live until the call ends, libvpx copies the settings; the version is the one
        // these bindings were made from.
        let result = unsafe {
            vpx::vpx_codec_enc_init_ver(
                &mut *context,
                vpx::vpx_codec_vp8_cx(),
                &settings,
                0,
                vpx::VPX_ENCODER_ABI_VERSION as c_int,
            )
        };
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(CodecError::Start { codec: "vp8", reason: reason(result) });
        }
        let mut encoder = Self { context, settings, config, last: None };
        encoder.tune()?;
        Ok(encoder)
    }

    /// Encodes one picture. `at` is its time since any fixed start and should grow from picture to picture. `None` if
    /// the encoder left the picture out to keep its rate; never for a key frame asked for by `force_key`.
    pub fn encode(
        &mut self,
        frame: &I420Frame,
        at: Duration,
        force_key: bool,
    ) -> Result<Option<EncodedVideo>, CodecError> {
        let size = self.config.size;
        if frame.size() != size {
            return Err(CodecError::Size(frame.size()));
        }
        let mut pts = i64::try_from(at.as_micros() * u128::from(TICKS) / 1_000_000).unwrap_or(i64::MAX - 1);
        // libvpx divides by the distance of two pictures.
        if let Some(last) = self.last {
            pts = pts.max(last.saturating_add(1));
        }
        self.last = Some(pts);

        let mut image = vpx::vpx_image_t::default();
        // SAFETY: the image points into `frame`, which outlives it and has exactly the bytes an I420 picture of this
        // size without padding has (an invariant of I420Frame); libvpx only reads from it although it asks for a
        // mutable pointer. A stride alignment of 1 allocates nothing.
        let wrapped = unsafe {
            vpx::vpx_img_wrap(
                &mut image,
                vpx::vpx_img_fmt::VPX_IMG_FMT_I420,
                size.width,
                size.height,
                1,
                frame.data().as_ptr().cast_mut(),
            )
        };
        if wrapped.is_null() {
            return Err(CodecError::Size(size));
        }
        let flags = if force_key { vpx::VPX_EFLAG_FORCE_KF.into() } else { 0 };
        // SAFETY: the context was set up by `new`; the image is valid for the call.
        let result = unsafe {
            vpx::vpx_codec_encode(
                &mut *self.context,
                &image,
                pts,
                c_ulong::from(TICKS / self.config.fps.max(1)).max(1),
                flags,
                vpx::VPX_DL_REALTIME.into(),
            )
        };
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(CodecError::Encode { codec: "vp8", reason: reason(result) });
        }
        Ok(self.take())
    }

    /// A new target, from the next picture on and without a key frame.
    pub fn set_bitrate(&mut self, bitrate: Bitrate) -> Result<(), CodecError> {
        if bitrate == self.config.bitrate {
            return Ok(());
        }
        let mut settings = self.settings;
        settings.rc_target_bitrate = kilobits(bitrate);
        // SAFETY: the context was set up by `new`; libvpx copies the settings.
        let result = unsafe { vpx::vpx_codec_enc_config_set(&mut *self.context, &settings) };
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(CodecError::Encode { codec: "vp8", reason: reason(result) });
        }
        self.settings = settings;
        self.config.bitrate = bitrate;
        Ok(())
    }

    /// Searches less: so many steps beyond the usual speed for the size. 0 is the usual one.
    pub fn set_faster(&mut self, steps: i32) -> Result<(), CodecError> {
        use vpx::vp8e_enc_control_id::VP8E_SET_CPUUSED;
        // -16 is the end; beyond -12 nothing gets faster any more.
        self.control(VP8E_SET_CPUUSED, (speed(self.config.size) - steps.max(0)).max(-12))
    }

    /// The settings as they are now.
    pub fn config(&self) -> &EncoderConfig {
        &self.config
    }

    /// What the settings struct does not hold.
    fn tune(&mut self) -> Result<(), CodecError> {
        use vpx::vp8e_enc_control_id as control;
        let screen = self.config.content == Content::Screen;
        // Negative: a fixed speed for real-time use, from -1 (slow) to -16.
        self.control(control::VP8E_SET_CPUUSED, speed(self.config.size))?;
        // Blocks that differ by less than this are taken as unchanged; on screens most of them are.
        self.control(control::VP8E_SET_STATIC_THRESHOLD, if screen { 100 } else { 1 })?;
        self.control(control::VP8E_SET_SCREEN_CONTENT_MODE, c_int::from(screen))?;
        self.control(control::VP8E_SET_NOISE_SENSITIVITY, 0)?;
        // As a power of two: one partition for each thread, which also lets decoders work in parallel.
        self.control(control::VP8E_SET_TOKEN_PARTITIONS, self.config.threads.clamp(1, 8).ilog2() as c_int)?;
        // A key frame may be as large as half the optimal buffer, 300 ms, in per cent of an average frame.
        let largest = (300 * self.config.fps.max(1) / 1000 * 100).max(300);
        self.control(control::VP8E_SET_MAX_INTRA_BITRATE_PCT, largest as c_int)
    }

    fn control(&mut self, what: vpx::vp8e_enc_control_id, value: c_int) -> Result<(), CodecError> {
        // SAFETY: the context was set up by `new`, and each control used here takes one int.
        let result = unsafe { vpx::vpx_codec_control_(&mut *self.context, what as c_int, value) };
        if result == vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Ok(());
        }
        Err(CodecError::Start { codec: "vp8", reason: format!("{what:?}: {}", reason(result)) })
    }

    /// The frame libvpx has ready, if any: without look-ahead there is at most one.
    fn take(&mut self) -> Option<EncodedVideo> {
        let mut iter = ptr::null();
        loop {
            // SAFETY: the context was set up by `new`; the packet is valid until the next call that takes the context.
            let packet = unsafe { vpx::vpx_codec_get_cx_data(&mut *self.context, &mut iter).as_ref() }?;
            if packet.kind != vpx::vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                continue;
            }
            // SAFETY: a packet of this kind holds a frame, whose buffer has `sz` bytes.
            let (data, flags) = unsafe {
                let frame = &packet.data.frame;
                (std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz as usize), frame.flags)
            };
            if data.is_empty() {
                continue;
            }
            return Some(EncodedVideo {
                data: Bytes::copy_from_slice(data),
                key: flags & vpx::VPX_FRAME_IS_KEY != 0,
                size: self.config.size,
            });
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the context was set up by `new` and is not used again.
        unsafe { vpx::vpx_codec_destroy(&mut *self.context) };
    }
}

fn settings(config: &EncoderConfig) -> Result<vpx::vpx_codec_enc_cfg_t, CodecError> {
    let mut settings = MaybeUninit::<vpx::vpx_codec_enc_cfg_t>::zeroed();
    // SAFETY: libvpx writes the whole struct when it answers OK, and only then is it read.
    let mut settings = unsafe {
        let result = vpx::vpx_codec_enc_config_default(vpx::vpx_codec_vp8_cx(), settings.as_mut_ptr(), 0);
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(CodecError::Start { codec: "vp8", reason: reason(result) });
        }
        settings.assume_init()
    };
    settings.g_w = config.size.width;
    settings.g_h = config.size.height;
    settings.g_threads = config.threads.clamp(1, 8);
    settings.g_timebase = vpx::vpx_rational { num: 1, den: TICKS as c_int };
    // A lost frame must not make every later one unreadable by way of its probabilities.
    settings.g_error_resilient = vpx::VPX_ERROR_RESILIENT_DEFAULT;
    settings.g_pass = vpx::vpx_enc_pass::VPX_RC_ONE_PASS;
    settings.g_lag_in_frames = 0;
    settings.rc_end_usage = vpx::vpx_rc_mode::VPX_CBR;
    settings.rc_target_bitrate = kilobits(config.bitrate);
    settings.rc_resize_allowed = 0;
    // Leave pictures out rather than fall behind; of a screen every picture may be the last one for a while.
    settings.rc_dropframe_thresh = if config.content == Content::Camera { 30 } else { 0 };
    settings.rc_min_quantizer = if config.content == Content::Camera { 2 } else { 12 };
    settings.rc_max_quantizer = 56;
    settings.rc_undershoot_pct = 100;
    settings.rc_overshoot_pct = 15;
    // Milliseconds of the target rate: how far the rate may wander.
    settings.rc_buf_sz = 1000;
    settings.rc_buf_initial_sz = 500;
    settings.rc_buf_optimal_sz = 600;
    settings.kf_mode = vpx::vpx_kf_mode::VPX_KF_DISABLED;
    Ok(settings)
}

/// Small pictures can afford better search; at 720p this keeps one picture to a few milliseconds.
fn speed(size: PixelSize) -> c_int {
    match size.area() {
        0..=60_000 => -5,
        60_001..=240_000 => -6,
        _ => -8,
    }
}

/// libvpx counts in kilobits, and treats 0 as no limit.
fn kilobits(bitrate: Bitrate) -> c_uint {
    bitrate.kbps().max(1)
}

pub(crate) fn reason(result: vpx::vpx_codec_err_t) -> String {
    // SAFETY: the answer is a static string for every code.
    unsafe { CStr::from_ptr(vpx::vpx_codec_err_to_string(result)) }.to_string_lossy().into_owned()
}
