//! People who send the test pattern, with whose it is in its timecode, and a tone that changes every second.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedReceiver;
use visita_codec::{
    level,
    opus::{self, FRAME},
    pattern::TestPattern,
    tone::Tone,
    vp8::{Content, Encoder, EncoderConfig},
};
use visita_protocol::{Bitrate, PixelSize};
use visita_rtc::{
    AudioPublication, JoinOptions, LocalAudio, LocalVideo, Room, RtcEvent, Source, VideoLayer, VideoPublication, join,
};

use super::{token, unix_us};

/// So many microseconds of the timecode are one person's number.
pub(crate) const PERSON_US: u64 = 100_000_000_000;

/// What somebody sends.
#[derive(Clone, Copy)]
pub(crate) struct Sends {
    pub(crate) camera: Option<PixelSize>,
    pub(crate) voice: Option<Voice>,
    pub(crate) screen: Option<PixelSize>,
}

/// A tone of one pitch in even seconds (since 1970) and of another in odd ones.
#[derive(Clone, Copy)]
pub(crate) struct Voice {
    pub(crate) even_hz: f32,
    pub(crate) odd_hz: f32,
    pub(crate) dbfs: f32,
}

/// Somebody in the room.
pub(crate) struct Person {
    pub(crate) room: Room,
    events: Option<UnboundedReceiver<RtcEvent>>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Person {
    /// Joins as `identity` and sends; `number` is in the timecode of what it shows.
    pub(crate) async fn join(url: &str, identity: &str, number: u64, sends: Sends) -> Self {
        let options = JoinOptions {
            url: url.to_owned(),
            token: token(identity),
            auto_subscribe: false,
            known_rate: None,
            relay_only: false,
        };
        let (room, events) = join(options).await.expect("joined");
        let stop = Arc::new(AtomicBool::new(false));
        let mut person = Self { room, events: Some(events), stop, threads: Vec::new() };
        // One clock for all that somebody sends.
        let (start, start_us) = (Instant::now(), unix_us());
        if let Some(size) = sends.camera {
            person.show(Source::Camera, size, number, start, start_us).await;
        }
        if let Some(size) = sends.screen {
            person.show(Source::ScreenShare, size, number, start, start_us).await;
        }
        if let Some(voice) = sends.voice {
            let publication = AudioPublication {
                source: Source::Microphone,
                name: "microphone".to_owned(),
                dtx: false,
                muted: false,
            };
            let audio = person.room.publish_audio(publication).await.expect("published");
            let stop = person.stop.clone();
            person.threads.push(thread::spawn(move || speak(&audio, voice, start, start_us, &stop)));
        }
        person
    }

    /// Publishes a camera for somebody else to write to.
    pub(crate) async fn publish(&self, size: PixelSize) -> LocalVideo {
        self.publish_as(Source::Camera, size).await
    }

    async fn publish_as(&self, source: Source, size: PixelSize) -> LocalVideo {
        let layer = VideoLayer { rid: String::new(), size, bitrate: Bitrate::from_kbps(600), fps: 30 };
        let publication = VideoPublication { source, name: format!("{source:?}"), layers: vec![layer], muted: false };
        self.room.publish_video(publication).await.expect("published")
    }

    async fn show(&mut self, source: Source, size: PixelSize, number: u64, start: Instant, start_us: u64) {
        let video = self.publish_as(source, size).await;
        let (writing, stop) = (video.clone(), self.stop.clone());
        let key = Arc::new(AtomicBool::new(true));
        let wanted = key.clone();
        if let Some(mut events) = self.events.take() {
            tokio::spawn(async move {
                while let Some(event) = events.recv().await {
                    if matches!(event, RtcEvent::KeyFrameWanted { .. }) {
                        wanted.store(true, Ordering::Relaxed);
                    }
                }
            });
        }
        self.threads.push(thread::spawn(move || film(&writing, size, number, (start, start_us), &key, &stop)));
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Sends 30 pictures a second.
fn film(
    video: &LocalVideo,
    size: PixelSize,
    number: u64,
    (start, start_us): (Instant, u64),
    key: &AtomicBool,
    stop: &AtomicBool,
) {
    let config =
        EncoderConfig { size, bitrate: Bitrate::from_kbps(600), fps: 30, content: Content::Screen, threads: 1 };
    let (mut encoder, mut pattern) = (Encoder::new(config).expect("an encoder"), TestPattern::new(size));
    let mut last_key = 0;
    for picture in 0u32.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let at = Duration::from_micros(u64::from(picture) * 1_000_000 / 30);
        thread::sleep((start + at).saturating_duration_since(Instant::now()));
        // A computer that is too slow skips pictures, as a camera does.
        if start.elapsed() > at + Duration::from_millis(60) {
            continue;
        }
        let frame = pattern.draw(start_us + at.as_micros() as u64 + number * PERSON_US);
        // Once in two seconds in any case, so that no test depends on one request.
        let wanted = key.swap(false, Ordering::Relaxed) || picture - last_key >= 60;
        if wanted {
            last_key = picture;
        }
        if let Some(encoded) = encoder.encode(&frame, at, wanted).expect("encoded") {
            video.write(0, &encoded.data, encoded.key, at);
        }
    }
}

/// Sends a packet every 20 ms.
fn speak(audio: &LocalAudio, voice: Voice, start: Instant, start_us: u64, stop: &AtomicBool) {
    let config = opus::EncoderConfig { bitrate: Bitrate::from_kbps(48), fec: false, dtx: false };
    let mut encoder = opus::Encoder::new(config).expect("an encoder");
    let (mut even, mut odd) = (Tone::new(voice.even_hz, voice.dbfs), Tone::new(voice.odd_hz, voice.dbfs));
    for packet in 0u64.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let at = Duration::from_millis(packet * 20);
        // It is whole when its last sample is there.
        thread::sleep((start + at + Duration::from_millis(20)).saturating_duration_since(Instant::now()));
        let (mut pcm, mut other) = ([0.0; FRAME], [0.0; FRAME]);
        even.fill(&mut pcm);
        odd.fill(&mut other);
        for (number, (sample, other)) in pcm.iter_mut().zip(other).enumerate() {
            let us = start_us + at.as_micros() as u64 + number as u64 * 1_000_000 / 48_000;
            if us / 1_000_000 % 2 == 1 {
                *sample = other;
            }
        }
        let data = encoder.encode(&pcm).expect("encoded");
        audio.write(data, at, level::dbov(&pcm), true);
    }
}
