use std::time::Duration;

use visita_protocol::{Bitrate, PixelSize, VideoCodec};

use super::*;
use crate::pattern::TestPattern;
use crate::testing::{Random, psnr};
use crate::video::Decoder;
use crate::{CodecError, I420Frame};

fn config(size: PixelSize, kbps: u32) -> EncoderConfig {
    EncoderConfig { size, bitrate: Bitrate::from_kbps(kbps), fps: 30, content: Content::Camera, threads: 2 }
}

/// Second number `second` of the pattern at 30 pictures a second, encoded.
fn second_of(encoder: &mut Encoder, pattern: &mut TestPattern, second: u64) -> Vec<EncodedVideo> {
    let frames = (0..30).filter_map(|number| {
        let at = Duration::from_micros(second * 1_000_000 + number * 33_333);
        let frame = pattern.draw(1_800_000_000_000_000 + at.as_micros() as u64);
        encoder.encode(&frame, at, false).unwrap()
    });
    frames.collect()
}

#[test]
fn pictures_come_back_nearly_as_they_were() {
    for (size, kbps) in
        [(PixelSize::new(1280, 720), 1500), (PixelSize::new(640, 360), 500), (PixelSize::new(322, 182), 200)]
    {
        let (mut encoder, mut decoder) = (Encoder::new(config(size, kbps)).unwrap(), Decoder::new());
        let mut pattern = TestPattern::new(size);
        let mut worst = f64::MAX;
        for number in 0..30u64 {
            let at = Duration::from_micros(number * 33_333);
            let frame = pattern.draw(1_800_000_000_000_000 + number * 33_333);
            let Some(encoded) = encoder.encode(&frame, at, false).unwrap() else { continue };
            assert_eq!(encoded.key, number == 0, "key frames come only when asked for");
            let decoded = decoder.decode(VideoCodec::Vp8, &encoded.data).unwrap().unwrap();
            assert_eq!(decoded.size(), size);
            worst = worst.min(psnr(&frame, &decoded));
        }
        assert!(worst > 30.0, "{size:?}: {worst} dB");
    }
}

#[test]
fn a_key_frame_comes_when_asked_for_and_tells_its_size() {
    let size = PixelSize::new(320, 180);
    let mut encoder = Encoder::new(config(size, 150)).unwrap();
    let frame = I420Frame::black(size);
    for number in 0..20 {
        let wanted = number % 5 == 0;
        let encoded = encoder.encode(&frame, Duration::from_millis(number * 33), wanted).unwrap();
        if let Some(encoded) = &encoded {
            assert_eq!(encoded.key, wanted);
            assert_eq!(key_frame_size(&encoded.data), wanted.then_some(size));
        }
        assert!(encoded.is_some() || !wanted);
    }
}

#[test]
fn the_rate_follows_its_target_at_once_and_without_a_key_frame() {
    let size = PixelSize::new(640, 360);
    let mut encoder = Encoder::new(config(size, 1000)).unwrap();
    let mut noise = Random::new(7);
    let mut seconds = Vec::new();
    for second in 0..8u64 {
        if second == 4 {
            encoder.set_bitrate(Bitrate::from_kbps(250)).unwrap();
            assert_eq!(encoder.config().bitrate, Bitrate::from_kbps(250));
        }
        let mut bits = 0;
        for number in 0..30u64 {
            // Moving grain: more than either target can carry, so that the target is what decides.
            let mut frame = I420Frame::black(size);
            for pixel in frame.planes_mut().0 {
                *pixel = 100 + (noise.next() % 40) as u8;
            }
            let at = Duration::from_micros((second * 30 + number) * 33_333);
            if let Some(encoded) = encoder.encode(&frame, at, false).unwrap() {
                assert!(!encoded.key || (second, number) == (0, 0));
                bits += encoded.data.len() * 8;
            }
        }
        seconds.push(bits as f64 / 1000.0);
    }
    let (before, after) = (seconds[2..4].iter().sum::<f64>() / 2.0, seconds[5..8].iter().sum::<f64>() / 3.0);
    assert!((600.0..1300.0).contains(&before), "{seconds:?}");
    assert!((150.0..330.0).contains(&after), "{seconds:?}");
}

#[test]
fn a_screen_loses_no_picture() {
    let size = PixelSize::new(640, 360);
    let mut encoder = Encoder::new(EncoderConfig { content: Content::Screen, ..config(size, 100) }).unwrap();
    let mut pattern = TestPattern::new(size);
    assert_eq!(second_of(&mut encoder, &mut pattern, 0).len(), 30);
}

#[test]
fn a_lost_frame_does_not_stop_the_decoder() {
    let size = PixelSize::new(320, 180);
    let (mut encoder, mut decoder) = (Encoder::new(config(size, 300)).unwrap(), Decoder::new());
    let frames = second_of(&mut encoder, &mut TestPattern::new(size), 0);
    let shown = frames.iter().enumerate().filter(|(at, _)| at % 7 != 3);
    for (_, encoded) in shown {
        assert!(decoder.decode(VideoCodec::Vp8, &encoded.data).unwrap().is_some());
    }
}

#[test]
fn times_that_stand_still_or_go_back_do_no_harm() {
    let size = PixelSize::new(160, 90);
    let mut encoder = Encoder::new(config(size, 100)).unwrap();
    let frame = I420Frame::black(size);
    for millis in [0, 0, 100, 50, 50, 1_000_000, 0] {
        encoder.encode(&frame, Duration::from_millis(millis), false).unwrap();
    }
    encoder.encode(&frame, Duration::MAX, true).unwrap();
}

#[test]
fn wrong_sizes_are_refused() {
    for (width, height) in [(0, 0), (3, 2), (20_000, 2), (u32::MAX, u32::MAX)] {
        let size = PixelSize::new(width, height);
        assert_eq!(Encoder::new(config(size, 100)).err(), Some(CodecError::Size(size)));
    }
    let mut encoder = Encoder::new(config(PixelSize::new(64, 64), 100)).unwrap();
    let other = I420Frame::black(PixelSize::new(64, 32));
    assert_eq!(encoder.encode(&other, Duration::ZERO, true), Err(CodecError::Size(PixelSize::new(64, 32))));
}

#[test]
fn a_delta_frame_first_is_an_error() {
    let size = PixelSize::new(64, 64);
    let mut encoder = Encoder::new(config(size, 100)).unwrap();
    let frames = second_of(&mut encoder, &mut TestPattern::new(size), 0);
    assert!(Decoder::new().decode(VideoCodec::Vp8, &frames[1].data).is_err());
}

#[test]
fn a_key_frame_that_claims_to_be_huge_is_refused() {
    let header = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0];
    assert_eq!(key_frame_size(&header), Some(PixelSize::new(16383, 16383)));
    assert!(matches!(Decoder::new().decode(VideoCodec::Vp8, &header), Err(CodecError::Size(_))));
    assert_eq!(key_frame_size(&[0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0, 0, 1, 0]), None);
}

#[test]
fn garbage_is_an_error_and_never_a_panic() {
    let size = PixelSize::new(64, 48);
    let mut encoder = Encoder::new(config(size, 200)).unwrap();
    let good = second_of(&mut encoder, &mut TestPattern::new(size), 0);
    let mut random = Random::new(1);
    let mut decoder = Decoder::new();
    for round in 0..3000 {
        let bytes = if round % 3 == 0 {
            (0..random.next() % 200).map(|_| random.next() as u8).collect()
        } else {
            // Nearly right is the harder case.
            let mut bytes = good[random.next() as usize % good.len()].data.to_vec();
            for _ in 0..=random.next() % 4 {
                let at = random.next() as usize % bytes.len();
                // The size stays: four gigapixel pictures would only test patience.
                if !(6..10).contains(&at) {
                    bytes[at] = random.next() as u8;
                }
            }
            bytes.truncate(1 + random.next() as usize % bytes.len());
            bytes
        };
        key_frame_size(&bytes);
        let _ = decoder.decode(VideoCodec::Vp8, &bytes);
    }
    assert!(decoder.decode(VideoCodec::Vp8, &good[0].data).unwrap().is_some(), "a key frame makes it right again");
}
