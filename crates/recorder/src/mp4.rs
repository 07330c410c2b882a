//! A composed recording as MP4: pictures in H.264, by Cisco's openh264 built from its source; sound stays Opus, which MP4
//! holds too ("Encapsulation of Opus in ISO Base Media File Format"). There is no AAC: no encoder of it is both kept up and
//! free to ship.

use std::{
    fs::File,
    io::{BufWriter, Seek, SeekFrom, Write},
    num::{NonZeroU16, NonZeroU32},
    path::Path,
};

use openh264::{
    OpenH264API,
    encoder::{
        BitRate, Complexity, Encoder, EncoderConfig, FrameRate, FrameType, IntraFramePeriod, QpRange, RateControlMode,
        UsageType, VuiConfig,
    },
    formats::YUVSource,
};
use shiguredo_mp4::{
    FixedPointNumber, TrackKind, Uint,
    boxes::{AudioSampleEntryFields, Avc1Box, AvccBox, DopsBox, OpusBox, SampleEntry, VisualSampleEntryFields},
    mux::{Mp4FileMuxer, Mp4FileMuxerOptions, MuxError, Sample, estimate_maximum_moov_box_size},
};
use visita_codec::{CodecError, I420Frame, opus::packet_samples, video::Decoder};
use visita_protocol::{PixelSize, VideoCodec};

use crate::webm::{Codec, Content, OPUS_PRE_SKIP, Reader, WebmError};

/// Ticks a second of the pictures' times: those of the recording.
const MS: NonZeroU32 = NonZeroU32::MIN.saturating_add(1_000 - 1);
/// And of sound: samples.
const SAMPLES: NonZeroU32 = NonZeroU32::MIN.saturating_add(48_000 - 1);
/// Between two steps of progress.
const STEP: f32 = 0.01;
/// H.264's profiles whose `avcC` tells of colour depth (ISO/IEC 14496-15 section 5.3.3.1.2).
const HIGH_PROFILES: [u8; 4] = [100, 110, 122, 144];
/// Types of H.264's units (ITU-T H.264 table 7-1).
const SPS: u8 = 7;
const PPS: u8 = 8;

/// Why a recording was not converted.
#[derive(Debug, thiserror::Error)]
pub enum Mp4Error {
    /// The recording cannot be read.
    #[error(transparent)]
    Read(#[from] WebmError),
    /// A part of it cannot be decoded.
    #[error(transparent)]
    Decode(#[from] CodecError),
    /// A picture was not encoded.
    #[error("no H.264: {0}")]
    Encode(#[from] openh264::Error),
    /// The file cannot be put together.
    #[error("no MP4: {0}")]
    Mux(#[from] MuxError),
    /// The file cannot be written.
    #[error("the MP4 file cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// It has not one VP8 and one Opus track, or nothing in them.
    #[error("no composed recording")]
    NotComposed,
}

/// Converts; `progress` hears how much is done, from 0 to 1. Half a file is never left under the name.
///
/// # Errors
/// [`Mp4Error`].
pub fn convert(from: &Path, to: &Path, mut progress: impl FnMut(f32)) -> Result<(), Mp4Error> {
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = Path::new(&part);
    let done = Conversion::new(from, part).and_then(|conversion| conversion.run(&mut progress));
    match done {
        Ok(()) => Ok(std::fs::rename(part, to)?),
        Err(error) => {
            // It may never have been made.
            let _ = std::fs::remove_file(part);
            Err(error)
        }
    }
}

struct Conversion {
    reader: Reader<File>,
    video_track: u8,
    duration_ms: u64,
    decoder: Decoder,
    file: Mp4File,
}

impl Conversion {
    fn new(from: &Path, to: &Path) -> Result<Self, Mp4Error> {
        let reader = Reader::open(File::open(from).map_err(WebmError::from)?)?;
        let position = |codec| reader.tracks().iter().position(|track| track.codec == codec);
        let (Some(video), Some(_), 2) = (position(Codec::Vp8), position(Codec::Opus), reader.tracks().len()) else {
            return Err(Mp4Error::NotComposed);
        };
        let track = &reader.tracks()[video];
        let Content::Video { width, height } = track.content else { return Err(Mp4Error::NotComposed) };
        #[allow(clippy::cast_precision_loss, reason = "pictures a second")]
        let fps = 1e9 / track.block_ns.max(1) as f32;
        let duration_ms = reader.duration_ms().unwrap_or(0);
        let file = Mp4File::create(to, PixelSize::new(width.into(), height.into()), fps, duration_ms)?;
        let video_track = u8::try_from(video + 1).unwrap_or(1);
        Ok(Self { reader, video_track, duration_ms, decoder: Decoder::new(), file })
    }

    fn run(mut self, progress: &mut impl FnMut(f32)) -> Result<(), Mp4Error> {
        let mut told = 0.0;
        progress(0.0);
        while let Some(block) = self.reader.next_block()? {
            if block.track == self.video_track {
                if let Some(picture) = self.decoder.decode(VideoCodec::Vp8, &block.data)? {
                    self.file.picture(&picture, block.at_ms, block.key)?;
                }
            } else {
                self.file.sound(&block.data, block.at_ms)?;
            }
            #[allow(clippy::cast_precision_loss, reason = "a share")]
            let done = (block.at_ms as f32 / self.duration_ms.max(1) as f32).min(0.99);
            if done - told >= STEP {
                told = done;
                progress(done);
            }
        }
        self.file.finish(self.duration_ms)?;
        progress(1.0);
        Ok(())
    }
}

/// An MP4 file as it grows: pictures are encoded, packets of Opus put in as they are, both in the order of their times.
pub(crate) struct Mp4File {
    encoder: Encoder,
    file: BufWriter<File>,
    muxer: Mp4FileMuxer,
    at: u64,
    video: Option<SampleEntry>,
    audio: Option<SampleEntry>,
    /// A picture that waits for the time of the next.
    waiting: Option<Waiting>,
    audio_end: u64,
}

struct Waiting {
    at_ms: u64,
    key: bool,
    data: Vec<u8>,
    entry: Option<SampleEntry>,
}

impl Mp4File {
    /// Begins a file of about this length.
    pub(crate) fn create(to: &Path, size: PixelSize, fps: f32, duration_ms: u64) -> Result<Self, Mp4Error> {
        // 0.09 bits a pixel: a little more than the recording has, so that it looks the same.
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "bits a second"
        )]
        let bits = (size.area() as f32 * fps * 0.09) as u32;
        let config = EncoderConfig::new()
            .bitrate(BitRate::from_bps(bits))
            .max_frame_rate(FrameRate::from_hz(fps))
            .rate_control_mode(RateControlMode::Quality)
            .usage_type(UsageType::CameraVideoRealTime)
            .complexity(Complexity::Medium)
            .skip_frames(false)
            .qp(QpRange::new(14, 38))
            .intra_frame_period(IntraFramePeriod::from_num_frames((fps * 2.0) as u32))
            .vui(VuiConfig::bt601());
        let encoder = Encoder::with_api_config(OpenH264API::from_source(), config)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of samples")]
        let samples = [(duration_ms as f32 / 1000.0 * fps) as usize + 60, duration_ms as usize / 20 + 60];
        // In front, so that playing begins before all of it is loaded.
        let reserved_moov_box_size = estimate_maximum_moov_box_size(&samples);
        let muxer = Mp4FileMuxer::with_options(Mp4FileMuxerOptions { reserved_moov_box_size, ..Default::default() })?;
        let mut file = BufWriter::new(File::create(to)?);
        file.write_all(muxer.initial_boxes_bytes())?;
        let at = muxer.initial_boxes_bytes().len() as u64;
        let audio = Some(opus_entry());
        Ok(Self { encoder, file, muxer, at, video: None, audio, waiting: None, audio_end: 0 })
    }

    /// Ends the file, whose last picture lasts until `duration_ms`; answers its size in bytes.
    pub(crate) fn finish(mut self, duration_ms: u64) -> Result<u64, Mp4Error> {
        if self.video.is_none() {
            return Err(Mp4Error::NotComposed);
        }
        let end = duration_ms.max(self.waiting.as_ref().map_or(0, |waiting| waiting.at_ms + 1));
        self.write_waiting(end)?;
        self.muxer.finalize()?;
        if let Some(boxes) = self.muxer.finalized_boxes() {
            for (offset, bytes) in boxes.offset_and_bytes_pairs() {
                self.file.seek(SeekFrom::Start(offset))?;
                self.file.write_all(bytes)?;
            }
        }
        let file = self.file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }

    /// Adds a picture; with `key` one that can be jumped to.
    pub(crate) fn picture(&mut self, picture: &I420Frame, at_ms: u64, key: bool) -> Result<(), Mp4Error> {
        if key {
            self.encoder.force_intra_frame();
        }
        let stream = self.encoder.encode(&Source(picture))?;
        let key = matches!(stream.frame_type(), FrameType::IDR | FrameType::I);
        let (mut sample, mut sps, mut pps) = (Vec::new(), Vec::new(), Vec::new());
        for layer in (0..stream.num_layers()).filter_map(|number| stream.layer(number)) {
            for unit in (0..layer.nal_count()).filter_map(|number| layer.nal_unit(number)) {
                // With a start code of three or four bytes (H.264 annex B).
                let zeros = unit.iter().take_while(|byte| **byte == 0).count();
                let Some(unit) = unit.get(zeros + 1..).filter(|unit| !unit.is_empty()) else { continue };
                match unit[0] & 0x1f {
                    SPS => sps = unit.to_vec(),
                    PPS => pps = unit.to_vec(),
                    _ => {
                        sample.extend(u32::try_from(unit.len()).unwrap_or(0).to_be_bytes());
                        sample.extend(unit);
                    }
                }
            }
        }
        if sample.is_empty() {
            return Ok(());
        }
        let mut entry = None;
        if self.video.is_none() {
            entry = avc_entry(picture, sps, pps);
            if entry.is_none() {
                return Ok(());
            }
            self.video.clone_from(&entry);
        }
        self.write_waiting(at_ms)?;
        // MP4 has no gap at its start: the first picture stands from there.
        let at_ms = if entry.is_some() { 0 } else { at_ms };
        self.waiting = Some(Waiting { at_ms, key, data: sample, entry });
        Ok(())
    }

    /// Tells of the picture that waits, which lasts until `end_ms`.
    fn write_waiting(&mut self, end_ms: u64) -> Result<(), Mp4Error> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let data_offset = self.put(&waiting.data)?;
        self.muxer.append_sample(&Sample {
            track_kind: TrackKind::Video,
            sample_entry: waiting.entry,
            keyframe: waiting.key,
            timescale: MS,
            duration: u32::try_from(end_ms.saturating_sub(waiting.at_ms)).unwrap_or(u32::MAX),
            composition_time_offset: None,
            data_offset,
            data_size: waiting.data.len(),
        })?;
        Ok(())
    }

    /// Adds a packet of Opus.
    pub(crate) fn sound(&mut self, packet: &[u8], at_ms: u64) -> Result<(), Mp4Error> {
        let Some(samples) = packet_samples(packet) else { return Ok(()) };
        let offset = self.put(packet)?;
        // A gap is laid on the packet before; composed recordings have none.
        let begins = at_ms * u64::from(SAMPLES.get()) / 1_000;
        let late = begins.saturating_sub(self.audio_end);
        let late = if late > u64::from(SAMPLES.get()) / 50 { late } else { 0 };
        let duration = samples as u64 + late;
        self.audio_end += duration;
        self.muxer.append_sample(&Sample {
            track_kind: TrackKind::Audio,
            sample_entry: self.audio.take(),
            keyframe: true,
            timescale: SAMPLES,
            duration: u32::try_from(duration).unwrap_or(u32::MAX),
            composition_time_offset: None,
            data_offset: offset,
            data_size: packet.len(),
        })?;
        Ok(())
    }

    /// Writes bytes; answers where they are.
    fn put(&mut self, bytes: &[u8]) -> Result<u64, Mp4Error> {
        self.file.write_all(bytes)?;
        let offset = self.at;
        self.at += bytes.len() as u64;
        Ok(offset)
    }
}

fn avc_entry(picture: &I420Frame, sps: Vec<u8>, pps: Vec<u8>) -> Option<SampleEntry> {
    let &[_, profile, compatibility, level, ..] = &sps[..] else { return None };
    let high = HIGH_PROFILES.contains(&profile);
    let side = |side: u32| u16::try_from(side).ok();
    Some(SampleEntry::Avc1(Avc1Box {
        visual: VisualSampleEntryFields {
            data_reference_index: NonZeroU16::MIN,
            width: side(picture.size().width)?,
            height: side(picture.size().height)?,
            horizresolution: VisualSampleEntryFields::DEFAULT_HORIZRESOLUTION,
            vertresolution: VisualSampleEntryFields::DEFAULT_VERTRESOLUTION,
            frame_count: VisualSampleEntryFields::DEFAULT_FRAME_COUNT,
            compressorname: VisualSampleEntryFields::NULL_COMPRESSORNAME,
            depth: VisualSampleEntryFields::DEFAULT_DEPTH,
        },
        avcc_box: AvccBox {
            avc_profile_indication: profile,
            profile_compatibility: compatibility,
            avc_level_indication: level,
            length_size_minus_one: Uint::new(3),
            sps_list: vec![sps],
            pps_list: vec![pps],
            // 4:2:0 in eight bits.
            chroma_format: high.then(|| Uint::new(1)),
            bit_depth_luma_minus8: high.then(|| Uint::new(0)),
            bit_depth_chroma_minus8: high.then(|| Uint::new(0)),
            sps_ext_list: Vec::new(),
        },
        unknown_boxes: Vec::new(),
    }))
}

fn opus_entry() -> SampleEntry {
    SampleEntry::Opus(OpusBox {
        audio: AudioSampleEntryFields {
            data_reference_index: NonZeroU16::MIN,
            channelcount: 1,
            samplesize: AudioSampleEntryFields::DEFAULT_SAMPLESIZE,
            samplerate: FixedPointNumber::new(48_000, 0),
        },
        dops_box: DopsBox {
            output_channel_count: 1,
            pre_skip: OPUS_PRE_SKIP,
            input_sample_rate: 48_000,
            output_gain: 0,
        },
        unknown_boxes: Vec::new(),
    })
}

/// A picture as openh264 takes it.
struct Source<'a>(&'a I420Frame);

impl YUVSource for Source<'_> {
    fn dimensions(&self) -> (usize, usize) {
        (self.0.size().width as usize, self.0.size().height as usize)
    }

    fn strides(&self) -> (usize, usize, usize) {
        let width = self.0.size().width as usize;
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
