//! The camera thread: capture, one's own small picture for the page, and the published picture.

use std::{sync::atomic::Ordering, time::Duration};

use visita_codec::{
    I420Frame,
    adapt::LAYERS,
    scale::Scaler,
    vp8::{Content, Encoder, EncoderConfig},
};
use visita_media::{
    DeviceError,
    camera::{Following, PatternSource, VideoSource},
};
use visita_protocol::{Bitrate, VideoCodec, frames::LOCAL_PREVIEW, view::DeviceState};

use super::{CAPTURE_FPS, CAPTURE_SIZE, CameraChoice, RETRY, Shared, device_state, fit, video_out::VideoSender};

/// One's own picture is enough for a person at half the rate.
const PREVIEW_EVERY: u32 = 2;
const PREVIEW_BITRATE: Bitrate = Bitrate::from_kbps(500);

struct Opened {
    source: Box<dyn VideoSource>,
    generation: u32,
}

pub(super) fn run(shared: &Shared) {
    let mut opened: Option<Opened> = None;
    let mut preview = Picture::default();
    let mut sender = VideoSender::new(Content::Camera, LAYERS);
    let mut scaler = Scaler::new();
    let mut count = 0_u32;
    let mut failed = None;
    while !shared.stopping() {
        let (choice, on, publication, preview_size, generation) = {
            let wish = shared.camera.lock();
            (wish.choice.clone(), wish.on, wish.publication.clone(), wish.preview, wish.generation)
        };
        if !on || choice == CameraChoice::None {
            opened = None;
            let state = if choice == CameraChoice::None { DeviceState::Missing } else { DeviceState::Off };
            shared.set_state(|s| s.camera = state);
            shared.wait(Duration::from_secs(1));
            continue;
        }
        if opened.as_ref().is_some_and(|o| o.generation != generation) {
            opened = None;
        }
        let current = match &mut opened {
            Some(current) => current,
            None => match open(&choice) {
                Ok(source) => {
                    preview = Picture::default();
                    sender = VideoSender::new(Content::Camera, LAYERS);
                    opened.insert(Opened { source, generation })
                }
                Err(error) => {
                    error.log("camera", failed.as_ref());
                    shared.set_state(|s| s.camera = device_state(&error, ""));
                    failed = Some(error);
                    shared.wait(RETRY);
                    continue;
                }
            },
        };
        let frame = match current.source.next(Duration::from_millis(200)) {
            Ok(Some(frame)) => frame,
            Ok(None) => continue,
            Err(error) => {
                // Going on asking is how it comes back.
                shared.set_state(|s| s.camera = device_state(&error, ""));
                continue;
            }
        };
        let label = current.source.label().to_owned();
        shared.set_state(|s| s.camera = DeviceState::On { label });
        count = count.wrapping_add(1);
        if let Some(publication) = &publication {
            let at = frame.captured_at.saturating_duration_since(shared.epoch);
            sender.send(publication, &shared.camera_out, &frame, (frame.size(), CAPTURE_FPS), at);
        }
        if let Some(size) = preview_size.filter(|_| count.is_multiple_of(PREVIEW_EVERY)) {
            let size = fit(frame.size(), size);
            let small = if size == frame.size() { None } else { Some(scaler.scale(&frame, size)) };
            let key = shared.preview_key_wanted.swap(false, Ordering::Relaxed);
            let at = frame.captured_at.saturating_duration_since(shared.epoch);
            let fps = CAPTURE_FPS / PREVIEW_EVERY;
            let encoded = preview.encode(small.as_ref().unwrap_or(&frame), at, PREVIEW_BITRATE, fps, key);
            if let Some(encoded) = encoded {
                let size = encoded.key.then_some(encoded.size);
                shared.hub.push(LOCAL_PREVIEW, VideoCodec::Vp8, encoded.key, size, encoded.data);
            }
        }
    }
}

fn open(choice: &CameraChoice) -> Result<Box<dyn VideoSource>, DeviceError> {
    match choice {
        CameraChoice::Default => Ok(Box::new(Following::new(None, CAPTURE_SIZE, CAPTURE_FPS))),
        CameraChoice::Device(id) => Ok(Box::new(Following::new(Some(id.clone()), CAPTURE_SIZE, CAPTURE_FPS))),
        CameraChoice::Pattern => Ok(Box::new(PatternSource::new(CAPTURE_SIZE, CAPTURE_FPS))),
        CameraChoice::None => Err(DeviceError::Missing),
    }
}

/// An encoder that follows size and rate, made anew when the size changes.
#[derive(Default)]
struct Picture {
    encoder: Option<Encoder>,
    bitrate: Bitrate,
}

impl Picture {
    fn encode(
        &mut self,
        frame: &I420Frame,
        at: Duration,
        bitrate: Bitrate,
        fps: u32,
        key: bool,
    ) -> Option<visita_codec::vp8::EncodedVideo> {
        if self.encoder.as_ref().is_some_and(|e| e.config().size != frame.size()) {
            self.encoder = None;
        }
        if self.encoder.is_none() {
            // One thread encodes 720p in 4 ms; a second one waits for a core that the decoder of the page needs.
            let config = EncoderConfig { size: frame.size(), bitrate, fps, content: Content::Camera, threads: 1 };
            match Encoder::new(config) {
                Ok(encoder) => self.encoder = Some(encoder),
                Err(error) => {
                    tracing::warn!(%error, "no encoder for this picture");
                    return None;
                }
            }
            self.bitrate = bitrate;
        }
        let encoder = self.encoder.as_mut()?;
        if self.bitrate != bitrate {
            if let Err(error) = encoder.set_bitrate(bitrate) {
                tracing::warn!(%error, "the encoder keeps its rate");
            }
            self.bitrate = bitrate;
        }
        match encoder.encode(frame, at, key) {
            Ok(encoded) => encoded,
            Err(error) => {
                tracing::warn!(%error, "a picture was not encoded");
                self.encoder = None;
                None
            }
        }
    }
}
