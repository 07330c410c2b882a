//! What a recording costs. Alone on a machine, in release:
//! `cargo test --release -p visita-recorder --test recording -- --ignored --nocapture bench`

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use visita_codec::{
    pattern::TestPattern,
    vp8::{Content, EncodedVideo, Encoder, EncoderConfig},
};
use visita_protocol::{Bitrate, PixelSize};
use visita_rtc::{LocalVideo, Source, VideoLayer, VideoPublication};

use crate::common::{Film, Person, Recorder, Sends, Server, both, job, person};

/// What clients send of a camera, without the largest, which no grid of two and more wants.
const LAYERS: [(&str, PixelSize, u32); 2] =
    [("q", PixelSize::new(320, 180), 150), ("h", PixelSize::new(640, 360), 500)];

/// Four seconds of each layer, to be sent again and again: a bench of encoders is another one.
fn films() -> Vec<Vec<EncodedVideo>> {
    LAYERS
        .iter()
        .map(|&(_, size, kbps)| {
            let bitrate = Bitrate::from_kbps(kbps);
            let config = EncoderConfig { size, bitrate, fps: 30, content: Content::Screen, threads: 1 };
            let (mut encoder, mut pattern) = (Encoder::new(config).expect("an encoder"), TestPattern::new(size));
            let encode = |number: u64| {
                let at = Duration::from_micros(number * 33_333);
                encoder.encode(&pattern.draw(at.as_micros() as u64), at, number == 0).expect("encoded").expect("kept")
            };
            (0..120).map(encode).collect()
        })
        .collect()
}

fn send(video: &LocalVideo, films: &[Vec<EncodedVideo>], stop: &AtomicBool) {
    let start = Instant::now();
    for number in 0u32.. {
        let at = Duration::from_micros(u64::from(number) * 33_333);
        thread::sleep((start + at).saturating_duration_since(Instant::now()));
        if stop.load(Ordering::Relaxed) {
            return;
        }
        for (layer, film) in films.iter().enumerate() {
            let frame = &film[number as usize % film.len()];
            video.write(layer, &frame.data, frame.key, at);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement of this machine, to be alone on it"]
async fn bench_of_grids() {
    let films = Arc::new(films());
    for people in [2, 4, 9] {
        let server = Server::start().await;
        // Where it can be looked at afterwards.
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("grid-of-{people}.webm"));
        let _ = std::fs::remove_file(&path);
        let stop = Arc::new(AtomicBool::new(false));
        let mut room = Vec::new();
        for number in 1..=people {
            let sends = Sends { camera: None, ..both(number) };
            let somebody = Person::join(&server.url, &format!("p{number}"), number, sends).await;
            let layers = LAYERS.map(|(rid, size, kbps)| VideoLayer {
                rid: rid.to_owned(),
                size,
                bitrate: Bitrate::from_kbps(kbps),
                fps: 30,
            });
            let publication = VideoPublication {
                source: Source::Camera,
                name: "camera".to_owned(),
                layers: layers.to_vec(),
                muted: false,
            };
            let video = somebody.room.publish_video(publication).await.expect("published");
            let (films, stop) = (films.clone(), stop.clone());
            room.push((somebody, thread::spawn(move || send(&video, &films, &stop))));
        }
        let mut work = job(&server.url, &path, (1..=people).map(|number| person(number, true)).collect());
        (work.width, work.height) = (1280, 720);
        let recorder = Recorder::start(&work);
        recorder.started().await;
        recorder.recorded(6_000).await;
        let (from, cpu) = (Instant::now(), recorder.cpu_seconds());
        recorder.record_more(10_000).await;
        let cores = (recorder.cpu_seconds() - cpu) / from.elapsed().as_secs_f64();
        let (_, recorded_ms, bytes) = recorder.stop().await;
        let (gap, _) = Film::read(&path, &[]).longest_gaps();
        println!(
            "grid of {people} at 720p30: {cores:.2} cores, {} kbit/s, longest gap {gap} ms",
            bytes * 8 / recorded_ms.max(1)
        );
        stop.store(true, Ordering::Relaxed);
        for (somebody, sending) in room {
            sending.join().expect("sent");
            drop(somebody);
        }
        server.stop().await;
    }
}
