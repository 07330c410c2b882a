//! One file a track, and MP4.

use std::{fs::File, process::Command};

use visita_codec::{pattern::read_timecode, video::Decoder};
use visita_protocol::{
    VideoCodec,
    recorder::{RecorderEnd, RecorderReport, TrackKind},
};
use visita_recorder::webm::Reader;

use crate::common::{Film, Person, Recorder, Server, both, grid, has, job, person, program, voice};

#[tokio::test(flavor = "multi_thread")]
async fn each_track_is_written_as_it_came() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut work = job(&server.url, &folder.path().join("visit.webm"), vec![person(1, true), person(2, false)]);
    work.tracks = true;
    let _ada = Person::join(&server.url, "p1", 1, both(1)).await;
    let _no = Person::join(&server.url, "p2", 2, both(2)).await;
    let mut recorder = Recorder::start(&work);
    let started_ms = recorder.started().await;
    recorder.recorded(5_000).await;
    recorder.order(&visita_protocol::recorder::RecorderOrder::Stop);
    let ((reason, ..), _) = recorder.ended().await;
    assert_eq!(reason, RecorderEnd::Stopped);
    let Some(RecorderReport::Ended { tracks, .. }) = recorder.reports().pop() else { panic!("not ended") };
    println!("{tracks:#?}");
    let mut kinds: Vec<_> = tracks.iter().map(|track| track.kind).collect();
    kinds.sort();
    assert_eq!(kinds, [TrackKind::Audio, TrackKind::Video]);
    let list =
        std::fs::read_to_string(folder.path().join("visit.tracks")).expect("a list for whoever has to mend them");
    assert_eq!(list.lines().count(), 2, "{list}");
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        3,
        "the list, one file a track and no other"
    );
    for track in tracks {
        assert_eq!(track.participant_id.as_str(), "p1");
        let path = folder.path().join(&track.file);
        assert_eq!(track.bytes, path.metadata().expect("a file").len());
        let mut reader = Reader::open(File::open(&path).expect("a file")).expect("a recording");
        assert_eq!(reader.duration_ms(), Some(track.recorded_ms));
        assert!(track.recorded_ms > 3_000 && track.offset_ms < 2_000);
        let mut count = 0;
        let mut decoder = Decoder::new();
        while let Some(block) = reader.next_block().expect("readable") {
            count += 1;
            if track.kind == TrackKind::Video {
                let picture = decoder.decode(VideoCodec::Vp8, &block.data).expect("whole").expect("shown");
                let drawn_ms = (read_timecode(&picture).expect("a time") - 100_000_000_000) / 1000;
                let age = (started_ms + track.offset_ms + block.at_ms) as i64 - drawn_ms as i64;
                assert!((-20..400).contains(&age), "{age} ms");
            }
        }
        let a_second = count * 1000 / track.recorded_ms;
        println!("{:?}: {a_second} blocks a second", track.kind);
        assert!(if track.kind == TrackKind::Audio { (48..=51).contains(&a_second) } else { a_second > 20 });
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_becomes_mp4() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let (path, to) = (folder.path().join("visit.webm"), folder.path().join("visit.mp4"));
    let _ada = Person::join(&server.url, "p1", 1, both(1)).await;
    let recorder = Recorder::start(&job(&server.url, &path, vec![person(1, true)]));
    recorder.started().await;
    recorder.recorded(4_000).await;
    let (_, recorded_ms, _) = recorder.stop().await;
    server.stop().await;
    let out = Command::new(program()).arg("mp4").args([&path, &to]).output().expect("run");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let lines = String::from_utf8(out.stdout).expect("text");
    let progress: Vec<f64> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON")["progress"].as_f64().expect("a number")
        })
        .collect();
    assert!(progress.len() > 10 && progress.is_sorted() && progress.last() == Some(&1.0), "{progress:?}");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing else is left");

    let (bad, nothing) = (folder.path().join("bad.webm"), folder.path().join("bad.mp4"));
    std::fs::write(&bad, b"no recording").expect("written");
    let out = Command::new(program()).arg("mp4").args([&bad, &nothing]).output().expect("run");
    assert!(!out.status.success() && !nothing.exists(), "what cannot be converted leaves nothing");

    if !has("ffmpeg", "a_recording_becomes_mp4") {
        return;
    }
    let entries = "stream=codec_name,nb_read_frames:format=duration";
    let out = Command::new("ffprobe")
        .args(["-v", "error", "-count_frames", "-show_entries", entries, "-of", "default=nw=1"])
        .arg(&to)
        .output()
        .expect("ffprobe");
    let told = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    println!("{told}");
    let film = Film::read(&path, &grid(1));
    assert!(told.contains("codec_name=h264") && told.contains("codec_name=opus"));
    assert!(told.contains(&format!("nb_read_frames={}", film.pictures.len())));
    let seconds: f64 =
        told.lines().find_map(|line| line.strip_prefix("duration=")).expect("told").parse().expect("a number");
    assert!((seconds - recorded_ms as f64 / 1000.0).abs() < 0.1, "{seconds} s");
    // Back as a recording, the same is seen and heard at the same time.
    let back = folder.path().join("back.raw");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(&to)
        .args(["-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p"])
        .arg(&back)
        .status();
    assert!(status.expect("ffmpeg").success());
    let raw = std::fs::read(&back).expect("pictures");
    let size = crate::common::SIZE;
    let bytes = size.area() as usize * 3 / 2;
    assert_eq!(raw.len(), bytes * film.pictures.len());
    let mut read = 0;
    for (frame, (_, seen)) in raw.chunks_exact(bytes).zip(&film.seen) {
        let frame =
            visita_codec::I420Frame::from_planes(size, frame.to_vec(), std::time::Instant::now()).expect("whole");
        let again = Film::look(&frame, grid(1)[0]);
        assert!(again.is_none() || *seen == [again], "another picture");
        read += usize::from(again.is_some());
    }
    assert!(read * 10 > film.pictures.len() * 6, "{read} of {} are read", film.pictures.len());
    assert!(film.strength(voice(1).even_hz, 1_000, 4_000) > -30.0);
}
