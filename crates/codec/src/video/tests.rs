#![allow(unsafe_code, reason = "libvpx is a C library")]

use std::{
    ffi::c_int,
    mem::MaybeUninit,
    ptr,
    time::{Duration, Instant},
};

use openh264::formats::YUVSource;
use visita_protocol::{Bitrate, PixelSize};
use vpx_sys as vpx;

use super::*;
use crate::pattern::{TestPattern, read_timecode};
use crate::testing::Random;
use crate::vp8::{Content, EncoderConfig};

const SIZE: PixelSize = PixelSize::new(640, 360);

/// VP9 by libvpx; the rest of the project sends none.
struct Vp9(Box<vpx::vpx_codec_ctx_t>);

impl Vp9 {
    fn new(size: PixelSize) -> Self {
        let mut context = Box::<vpx::vpx_codec_ctx_t>::default();
        let mut settings = MaybeUninit::<vpx::vpx_codec_enc_cfg_t>::zeroed();
        // SAFETY: libvpx writes the whole struct when it answers OK; both live until the calls end.
        unsafe {
            let interface = vpx::vpx_codec_vp9_cx();
            let result = vpx::vpx_codec_enc_config_default(interface, settings.as_mut_ptr(), 0);
            assert_eq!(result, vpx::vpx_codec_err_t::VPX_CODEC_OK);
            let mut settings = settings.assume_init();
            (settings.g_w, settings.g_h, settings.g_lag_in_frames) = (size.width, size.height, 0);
            settings.rc_target_bitrate = 800;
            let version = vpx::VPX_ENCODER_ABI_VERSION as c_int;
            let result = vpx::vpx_codec_enc_init_ver(&mut *context, interface, &settings, 0, version);
            assert_eq!(result, vpx::vpx_codec_err_t::VPX_CODEC_OK);
        }
        Self(context)
    }

    fn encode(&mut self, frame: &I420Frame, number: i64) -> Vec<u8> {
        let mut image = vpx::vpx_image_t::default();
        let format = vpx::vpx_img_fmt::VPX_IMG_FMT_I420;
        let PixelSize { width, height } = frame.size();
        // SAFETY: the image points into `frame`, which has the bytes of an I420 picture without padding and outlives it; the
        // packet is read before the next call.
        unsafe {
            vpx::vpx_img_wrap(&mut image, format, width, height, 1, frame.data().as_ptr().cast_mut());
            let result = vpx::vpx_codec_encode(&mut *self.0, &image, number, 1, 0, vpx::VPX_DL_REALTIME.into());
            assert_eq!(result, vpx::vpx_codec_err_t::VPX_CODEC_OK);
            let mut iter = ptr::null();
            let packet = vpx::vpx_codec_get_cx_data(&mut *self.0, &mut iter).as_ref().expect("a packet");
            let data = &packet.data.frame;
            std::slice::from_raw_parts(data.buf.cast::<u8>(), data.sz as usize).to_vec()
        }
    }
}

impl Drop for Vp9 {
    fn drop(&mut self) {
        // SAFETY: it was set up by `new` and is not used again.
        unsafe { vpx::vpx_codec_destroy(&mut *self.0) };
    }
}

struct Source<'a>(&'a I420Frame);

impl YUVSource for Source<'_> {
    fn dimensions(&self) -> (usize, usize) {
        (self.0.size().width as usize, self.0.size().height as usize)
    }

    fn strides(&self) -> (usize, usize, usize) {
        let (width, _) = self.dimensions();
        (width, width / 2, width / 2)
    }

    fn y(&self) -> &[u8] {
        self.0.y()
    }

    fn u(&self) -> &[u8] {
        self.0.u()
    }

    fn v(&self) -> &[u8] {
        self.0.v()
    }
}

const START: u64 = 1_800_000_000_000_000;

/// Twelve pictures of the test pattern, whose timecodes count on from `START`; the first is a key frame.
fn encoded(codec: VideoCodec, size: PixelSize) -> Vec<Vec<u8>> {
    let mut pattern = TestPattern::new(size);
    let pictures = (0..12u64).map(|number| pattern.draw(START + number));
    match codec {
        VideoCodec::Vp8 => {
            let config =
                EncoderConfig { size, bitrate: Bitrate::from_kbps(800), fps: 30, content: Content::Screen, threads: 1 };
            let mut encoder = crate::vp8::Encoder::new(config).expect("an encoder");
            let mut number = 0;
            let encode = |picture: I420Frame| {
                number += 1;
                let encoded = encoder.encode(&picture, Duration::from_millis(number * 33), false);
                encoded.expect("encoded").expect("kept").data.to_vec()
            };
            pictures.map(encode).collect()
        }
        VideoCodec::Vp9 => {
            let mut encoder = Vp9::new(size);
            pictures.zip(0..).map(|(picture, number)| encoder.encode(&picture, number)).collect()
        }
        VideoCodec::H264 => {
            let mut encoder = openh264::encoder::Encoder::new().expect("an encoder");
            pictures.map(|picture| encoder.encode(&Source(&picture)).expect("encoded").to_vec()).collect()
        }
    }
}

fn timecode(decoder: &mut Decoder, codec: VideoCodec, frame: &[u8]) -> Option<(PixelSize, u64)> {
    let picture = decoder.decode(codec, frame).expect("decoded")?;
    Some((picture.size(), read_timecode(&picture).expect("a timecode") - START))
}

#[test]
fn each_picture_of_each_codec_comes_at_once() {
    for codec in VideoCodec::ALL {
        let mut decoder = Decoder::new();
        for (frame, number) in encoded(codec, SIZE).iter().zip(0..) {
            assert_eq!(timecode(&mut decoder, codec, frame), Some((SIZE, number)), "{codec:?}");
        }
    }
}

#[test]
fn size_and_codec_may_change() {
    let mut decoder = Decoder::new();
    for size in [SIZE, PixelSize::new(1280, 720), PixelSize::new(320, 180)] {
        for codec in VideoCodec::ALL {
            let frames = encoded(codec, size);
            for (number, frame) in (0..).zip(&frames[..3]) {
                assert_eq!(timecode(&mut decoder, codec, frame), Some((size, number)), "{codec:?}");
            }
        }
    }
}

#[test]
fn of_several_layers_the_last_is_shown() {
    let frames = encoded(VideoCodec::Vp9, SIZE);
    let both = [&frames[0][..], &frames[1]].concat();
    assert_eq!(timecode(&mut Decoder::new(), VideoCodec::Vp9, &both), Some((SIZE, 1)));
}

#[test]
fn what_cannot_be_right_is_an_error_and_a_key_frame_heals() {
    for codec in VideoCodec::ALL {
        let frames = encoded(codec, SIZE);
        let mut decoder = Decoder::new();
        assert!(!matches!(decoder.decode(codec, &frames[1]), Ok(Some(_))), "{codec:?}: nothing came before");
        assert!(!matches!(decoder.decode(codec, &[]), Ok(Some(_))), "{codec:?}");
        assert_eq!(timecode(&mut decoder, codec, &frames[0]), Some((SIZE, 0)), "{codec:?}");
    }
}

#[test]
fn garbage_is_survived() {
    let mut random = Random::new(5);
    for codec in VideoCodec::ALL {
        let good = encoded(codec, PixelSize::new(96, 64));
        let mut decoder = Decoder::new();
        for round in 0..1500 {
            let mut bytes = good[random.next() as usize % good.len()].clone();
            if round % 3 == 0 {
                bytes.iter_mut().for_each(|byte| *byte = random.next() as u8);
            }
            for _ in 0..=random.next() % 4 {
                let at = random.next() as usize % bytes.len();
                // The size stays: the largest that is decoded would only test patience.
                if !(4..12).contains(&at) {
                    bytes[at] = random.next() as u8;
                }
            }
            bytes.truncate(1 + random.next() as usize % bytes.len());
            if let Ok(Some(picture)) = decoder.decode(codec, &bytes) {
                assert!(picture.size().area() <= PixelSize::MOST_DECODED);
            }
        }
        assert_eq!(decoder.decode(codec, &good[0]).expect("healed").expect("shown").size(), PixelSize::new(96, 64));
    }
}

#[test]
fn a_picture_in_vp9_that_claims_to_be_huge_is_refused() {
    let mut frame = encoded(VideoCodec::Vp9, SIZE)[0].clone();
    // Its header says the sides, less one, from the 36th bit on.
    for byte in &mut frame[5..8] {
        *byte = 0xff;
    }
    let before = Instant::now();
    assert!(Decoder::new().decode(VideoCodec::Vp9, &frame).is_err());
    assert!(before.elapsed() < Duration::from_secs(5));
}
