use std::time::Duration;

use visita_protocol::{Bitrate, PixelSize, VideoCodec};

use super::*;
use crate::colour::i420_to_rgba;
use crate::scale::Scaler;
use crate::testing::Random;
use crate::video::Decoder;
use crate::vp8::{Content, Encoder, EncoderConfig};

const NOON: u64 = 1_795_262_400_123_456;

const SIZES: [PixelSize; 4] =
    [PixelSize::new(1280, 720), PixelSize::new(640, 360), PixelSize::new(320, 180), PixelSize::new(160, 90)];

#[test]
fn the_time_is_read_at_every_size_and_shape() {
    let sizes =
        [(1280, 720), (640, 360), (320, 180), (160, 90), (640, 480), (1920, 1080), (722, 406), (360, 640), (176, 144)];
    let mut random = Random::new(3);
    for (width, height) in sizes {
        let mut pattern = TestPattern::new(PixelSize::new(width, height));
        for _ in 0..20 {
            let time = (u64::from(random.next()) << 32 | u64::from(random.next())) >> 12;
            assert_eq!(read_timecode(&pattern.draw(time)), Some(time), "{width}x{height}");
        }
        for time in [0, 1, (1 << 52) - 1] {
            assert_eq!(read_timecode(&pattern.draw(time)), Some(time));
        }
    }
}

#[test]
fn the_time_survives_scaling_down_eight_times_and_in_between() {
    let frame = TestPattern::new(SIZES[0]).draw(NOON);
    let mut scaler = Scaler::new();
    for (width, height) in [(640, 360), (426, 240), (320, 180), (250, 140), (214, 120), (160, 90), (1920, 1080)] {
        let small = scaler.scale(&frame, PixelSize::new(width, height));
        assert_eq!(read_timecode(&small), Some(NOON), "{width}x{height}");
    }
}

#[test]
fn the_time_survives_vp8_at_low_rates() {
    for (size, kbps) in [(SIZES[0], 250), (SIZES[1], 100), (SIZES[2], 50), (SIZES[3], 30)] {
        let config =
            EncoderConfig { size, bitrate: Bitrate::from_kbps(kbps), fps: 30, content: Content::Camera, threads: 1 };
        let (mut encoder, mut decoder) = (Encoder::new(config).unwrap(), Decoder::new());
        let mut pattern = TestPattern::new(size);
        let (mut shown, mut read, mut bytes) = (0, 0, 0);
        for number in 0..90 {
            let at = Duration::from_micros(number * 33_333);
            let time = NOON + number * 33_333;
            let Some(encoded) = encoder.encode(&pattern.draw(time), at, false).unwrap() else { continue };
            bytes += encoded.data.len();
            let decoded = decoder.decode(VideoCodec::Vp8, &encoded.data).unwrap().unwrap();
            shown += 1;
            let found = read_timecode(&decoded);
            assert!(found.is_none() || found == Some(time), "a wrong time is worse than none");
            read += u32::from(found.is_some());
        }
        println!("{size:?} at {kbps} kbit/s: {read} of {shown} read, {} kbit/s", bytes * 8 / 3000);
        assert!(shown >= 30 && read * 20 >= shown * 19, "{size:?} at {kbps} kbit/s: {read} of {shown}");
    }
}

#[test]
fn the_time_survives_blur_and_grain() {
    let mut random = Random::new(5);
    for (size, blur) in [(SIZES[0], 9), (SIZES[1], 4), (SIZES[2], 2), (SIZES[3], 1)] {
        let mut frame = TestPattern::new(size).draw(NOON);
        box_blur(&mut frame, blur);
        for pixel in frame.planes_mut().0 {
            *pixel = pixel.saturating_add((random.next() % 16) as u8);
        }
        assert_eq!(read_timecode(&frame), Some(NOON), "{size:?}");
    }
}

#[test]
fn the_time_is_read_from_a_screenshot() {
    let mut scaler = Scaler::new();
    let frame = TestPattern::new(SIZES[0]).draw(NOON);
    for (width, height) in [(1280, 720), (642, 362), (300, 168)] {
        let shown = scaler.scale(&frame, PixelSize::new(width, height));
        assert_eq!(read_timecode_rgba(width, height, &i420_to_rgba(&shown)), Some(NOON), "{width}x{height}");
    }
}

#[test]
fn a_screenshot_cut_a_pixel_wrong_is_read_all_the_same() {
    let frame = TestPattern::new(SIZES[1]).draw(NOON);
    let rgba = i420_to_rgba(&frame);
    let cut: Vec<u8> = rgba.chunks(640 * 4).skip(1).flat_map(|row| row[8..640 * 4 - 4].to_vec()).collect();
    assert_eq!(read_timecode_rgba(637, 359, &cut), Some(NOON));
}

#[test]
fn other_pictures_have_no_time() {
    assert_eq!(read_timecode(&I420Frame::black(SIZES[1])), None);
    assert_eq!(read_timecode_rgba(640, 360, &[]), None);
    assert_eq!(read_timecode_rgba(u32::MAX, u32::MAX, &[0; 64]), None);
    assert_eq!(read_timecode_rgba(0, 0, &[]), None);
    let mut random = Random::new(11);
    let mut frame = I420Frame::black(PixelSize::new(160, 90));
    for _ in 0..2000 {
        for pixel in frame.planes_mut().0 {
            *pixel = random.next() as u8;
        }
        assert_eq!(read_timecode(&frame), None);
    }
}

#[test]
fn every_size_can_be_drawn() {
    for (width, height) in [(2, 2), (16, 2000), (2000, 16), (0, 0), (81, 47)] {
        TestPattern::new(PixelSize::new(width, height)).draw(NOON);
    }
}

#[test]
fn something_moves_from_picture_to_picture_but_not_much() {
    let mut pattern = TestPattern::new(SIZES[1]);
    let (one, two) = (pattern.draw(NOON), pattern.draw(NOON + 33_333));
    // Below the band, whose tiles change anyway.
    let changed = one.y().iter().zip(two.y()).skip(640 * 60).filter(|(a, b)| a != b).count();
    assert!((20..one.y().len() / 20).contains(&changed), "{changed} pixels");
}

fn box_blur(frame: &mut I420Frame, radius: isize) {
    let (width, height) = (frame.size().width as isize, frame.size().height as isize);
    for (step, length, lines, next) in [(1, width, height, width), (width, height, width, 1)] {
        let y = frame.planes_mut().0;
        let from = y.to_vec();
        for line in 0..lines {
            for at in 0..length {
                let (first, last) = ((at - radius).max(0), (at + radius).min(length - 1));
                let sum: u32 = (first..=last).map(|at| u32::from(from[(line * next + at * step) as usize])).sum();
                y[(line * next + at * step) as usize] = (sum / (last - first + 1) as u32) as u8;
            }
        }
    }
}
