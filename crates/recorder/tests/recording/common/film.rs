//! What a recording shows and sounds like.

use std::{fs::File, path::Path, process::Command};

use visita_codec::{
    I420Frame,
    opus::{Decoder as OpusDecoder, LONGEST},
    pattern::read_timecode,
    video::Decoder,
};
use visita_protocol::{PixelSize, VideoCodec};
use visita_recorder::{
    compose::Rect,
    webm::{Codec, Reader},
};

use super::people::PERSON_US;

/// A recording, read.
pub(crate) struct Film {
    /// As the file says.
    pub(crate) duration_ms: Option<u64>,
    /// Times of all pictures, and which are key frames.
    pub(crate) pictures: Vec<(u64, bool)>,
    /// Times of all packets of sound.
    pub(crate) packets: Vec<u64>,
    /// From time 0 on, at 48 kHz.
    pub(crate) sound: Vec<f32>,
    /// What [`Film::read`] was asked to look at: for each picture its time and for each place what is there.
    pub(crate) seen: Vec<(u64, Vec<Option<Seen>>)>,
}

/// A test pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Whose.
    pub(crate) person: u64,
    /// When it was drawn, Unix time in microseconds.
    pub(crate) drawn_us: u64,
}

impl Film {
    /// Reads a file, and the timecodes at some places of each picture.
    pub(crate) fn read(path: &Path, places: &[Rect]) -> Self {
        let mut reader = Reader::open(File::open(path).expect("a file")).expect("a recording");
        let codecs: Vec<Codec> = reader.tracks().iter().map(|track| track.codec).collect();
        let delay_ns =
            reader.tracks().iter().find(|track| track.codec == Codec::Opus).map_or(0, |track| track.delay_ns);
        let mut film = Self {
            duration_ms: reader.duration_ms(),
            pictures: Vec::new(),
            packets: Vec::new(),
            sound: Vec::new(),
            seen: Vec::new(),
        };
        let (mut pictures, mut voice) = (Decoder::new(), OpusDecoder::new().expect("a decoder"));
        let mut before = 0;
        while let Some(block) = reader.next_block().expect("readable") {
            assert!(block.at_ms >= before, "blocks are in the order of their times");
            before = block.at_ms;
            if codecs[usize::from(block.track) - 1] == Codec::Opus {
                let mut pcm = [0.0; LONGEST];
                let samples = voice.decode(&block.data, &mut pcm).expect("sound");
                let begins = (block.at_ms * 48) as usize;
                film.sound.resize(begins, 0.0);
                film.sound.extend(&pcm[..samples]);
                film.packets.push(block.at_ms);
            } else {
                let picture = pictures.decode(VideoCodec::Vp8, &block.data).expect("a picture").expect("shown");
                film.pictures.push((block.at_ms, block.key));
                let seen = places.iter().map(|place| look(&crop(&picture, *place))).collect();
                film.seen.push((block.at_ms, seen));
            }
        }
        // The decoder's look-ahead was never sound (CodecDelay).
        film.sound.drain(..((delay_ns * 48 / 1_000_000) as usize).min(film.sound.len()));
        film
    }

    /// The pattern at a place of a picture.
    pub(crate) fn look(picture: &I420Frame, place: Rect) -> Option<Seen> {
        look(&crop(picture, place))
    }

    /// How many light pixels there are at a place, in each picture of a file.
    pub(crate) fn light(path: &Path, place: Rect) -> Vec<usize> {
        let mut reader = Reader::open(File::open(path).expect("a file")).expect("a recording");
        let mut decoder = Decoder::new();
        let mut light = Vec::new();
        while let Some(block) = reader.next_block().expect("readable") {
            if block.track == 1 {
                let picture = decoder.decode(VideoCodec::Vp8, &block.data).expect("a picture").expect("shown");
                light.push(crop(&picture, place).y().iter().filter(|y| **y > 120).count());
            }
        }
        light
    }

    /// How strong one pitch is in a stretch, in dB relative to full scale.
    pub(crate) fn strength(&self, hz: f32, from_ms: u64, to_ms: u64) -> f32 {
        let sound = &self.sound[(from_ms * 48) as usize..((to_ms * 48) as usize).min(self.sound.len())];
        let turn = std::f64::consts::TAU * f64::from(hz) / 48_000.0;
        let (mut re, mut im) = (0.0, 0.0);
        for (number, sample) in sound.iter().enumerate() {
            let window = 0.5 - 0.5 * (std::f64::consts::TAU * number as f64 / sound.len() as f64).cos();
            let (sin, cos) = (turn * number as f64).sin_cos();
            re += f64::from(*sample) * cos * window;
            im += f64::from(*sample) * sin * window;
        }
        (20.0 * (4.0 * re.hypot(im) / sound.len().max(1) as f64).max(1e-9).log10()) as f32
    }

    /// Places (in milliseconds) where the pitch goes from one to another, found to about a millisecond.
    pub(crate) fn changes(&self, from_hz: f32, to_hz: f32) -> Vec<f64> {
        // Strength of both pitches in short windows.
        let (window, step) = (480, 24);
        let power = |start: usize, hz: f32| {
            let turn = std::f64::consts::TAU * f64::from(hz) / 48_000.0;
            let (mut re, mut im) = (0.0, 0.0);
            for (number, sample) in self.sound[start..start + window].iter().enumerate() {
                let (sin, cos) = (turn * number as f64).sin_cos();
                re += f64::from(*sample) * cos;
                im += f64::from(*sample) * sin;
            }
            re.hypot(im)
        };
        let mut changes = Vec::new();
        let mut last: Option<bool> = None;
        for start in (0..self.sound.len().saturating_sub(window)).step_by(step) {
            let (from, to) = (power(start, from_hz), power(start, to_hz));
            if from.max(to) < 1.0 {
                last = None;
                continue;
            }
            let is_to = to > from;
            if last == Some(false) && is_to {
                changes.push((start + window / 2) as f64 / 48.0);
            }
            last = Some(is_to);
        }
        changes
    }

    /// The longest time between two pictures, and between two packets of sound.
    pub(crate) fn longest_gaps(&self) -> (u64, u64) {
        let gap = |times: &[u64]| times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or(0);
        let pictures: Vec<u64> = self.pictures.iter().map(|(at, _)| *at).collect();
        (gap(&pictures), gap(&self.packets))
    }
}

/// The pattern in a picture.
pub(crate) fn look(picture: &I420Frame) -> Option<Seen> {
    let time = read_timecode(picture)?;
    // Persons are so far apart that the time since 1970 of any of them tells which.
    let now = super::unix_us();
    let person = (time + PERSON_US / 2).checked_sub(now)? / PERSON_US;
    Some(Seen { person, drawn_us: time - person * PERSON_US })
}

/// A part of a picture.
pub(crate) fn crop(from: &I420Frame, place: Rect) -> I420Frame {
    let mut out = I420Frame::black(PixelSize::new(place.width, place.height));
    let width = from.size().width as usize;
    let (x, y, w, h) = (place.x as usize, place.y as usize, place.width as usize, place.height as usize);
    let planes = [(from.y(), width, 1), (from.u(), width / 2, 2), (from.v(), width / 2, 2)];
    let (out_y, out_u, out_v) = out.planes_mut();
    for ((source, width, half), target) in planes.into_iter().zip([out_y, out_u, out_v]) {
        for (row, target) in target.chunks_exact_mut(w / half).enumerate().take(h / half) {
            let start = (y / half + row) * width + x / half;
            target.copy_from_slice(&source[start..start + w / half]);
        }
    }
    out
}

/// Whether a program is there; says loudly that a part of a test is skipped if not.
pub(crate) fn has(program: &str, test: &str) -> bool {
    let there = Command::new(program).arg("-version").output().is_ok();
    if !there {
        eprintln!("SKIPPED a part of {test}: no {program} on the path");
    }
    there
}
