//! The recorder as a process: how it ends, and what is left when it is killed.

use std::{process::Command, time::Instant};

use visita_protocol::recorder::RecorderEnd;

use crate::common::{Film, Person, Recorder, Server, both, grid, has, job, person, program, unix_us};

#[tokio::test(flavor = "multi_thread")]
async fn killed_it_leaves_all_but_the_last_seconds() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let _ada = Person::join(&server.url, "p1", 1, both(1)).await;
    let mut recorder = Recorder::start(&job(&server.url, &path, vec![person(1, true)]));
    let started_ms = recorder.started().await;
    recorder.recorded(5_500).await;
    recorder.signal("KILL");
    let killed_ms = unix_us() / 1000 - started_ms;
    assert!(!recorder.exited().await.success());

    // As it is.
    let broken = Film::read(&path, &grid(1));
    let last = broken.pictures.last().expect("pictures").0;
    println!("killed at {killed_ms} ms, the file ends at {last} ms");
    assert_eq!(broken.duration_ms, None, "nobody ended it");
    assert!(killed_ms - last < 2_000, "{} ms are lost", killed_ms - last);
    if has("ffprobe", "killed_it_leaves_all_but_the_last_seconds") {
        assert!(ffprobe(&path).contains("codec_name=vp8"));
    }
    // And mended.
    let out = Command::new(program()).arg("repair").arg(&path).output().expect("run");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let whole = Film::read(&path, &grid(1));
    assert_eq!((whole.pictures, whole.packets), (broken.pictures, broken.packets));
    assert!(whole.duration_ms.is_some_and(|ms| ms >= last));
    assert!(whole.seen.iter().filter(|(_, seen)| seen[0].is_some_and(|seen| seen.person == 1)).count() > 60);
    if has("ffprobe", "killed_it_leaves_all_but_the_last_seconds") {
        let told = ffprobe(&path);
        assert!(told.contains("codec_name=vp8") && told.contains("codec_name=opus"), "{told}");
        // Two seconds before the end, found by the index.
        let out = Command::new("ffmpeg")
            .args(["-v", "error", "-ss", "3", "-i"])
            .arg(&path)
            .args(["-frames:v", "1", "-f", "null", "-"])
            .output()
            .expect("ffmpeg");
        assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    }
    server.stop().await;
}

fn ffprobe(path: &std::path::Path) -> String {
    let out = Command::new("ffprobe").args(["-v", "error", "-show_streams"]).arg(path).output().expect("ffprobe");
    assert!(out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_input_and_a_signal_are_orders_to_stop() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    for way in ["input", "TERM"] {
        let path = folder.path().join(format!("{way}.webm"));
        let mut recorder = Recorder::start(&job(&server.url, &path, Vec::new()));
        recorder.started().await;
        recorder.recorded(500).await;
        let told = Instant::now();
        if way == "input" {
            recorder.close_input()
        } else {
            recorder.signal(way)
        }
        let ((reason, recorded_ms, bytes), status) = recorder.ended().await;
        println!("{way}: ended after {:?}", told.elapsed());
        assert_eq!((reason, status.code()), (RecorderEnd::Stopped, Some(0)));
        assert_eq!(bytes, path.metadata().expect("a file").len());
        assert_eq!(Film::read(&path, &[]).duration_ms, Some(recorded_ms));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_malformed_and_a_room_that_is_not_there() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let good = job(&server.url, &path, Vec::new());
    let token = good.token.expose().to_owned();
    let line = serde_json::to_string(&good).expect("JSON");
    for bad in [
        "{}".to_owned(),
        "no JSON".to_owned(),
        line.replace("\"width\":640", "\"width\":641"),
        line.replace("\"fps\":30", "\"fps\":0"),
        line.replace("visit.webm", "nowhere/visit.webm"),
        line.replace("\"people\":[]", "\"people\":{}"),
    ] {
        let mut recorder = Recorder::start_with_line(&bad);
        assert_eq!(recorder.exited().await.code(), Some(2), "{bad}");
        assert!(recorder.reports().is_empty() && !path.exists());
        assert!(!recorder.log.lock().expect("no panic").contains(&token), "a token is in the log");
    }
    // Refused at the door.
    let mut work = good;
    work.token = "nonsense".into();
    let mut recorder = Recorder::start(&work);
    let ((reason, ..), status) = recorder.ended().await;
    assert_eq!((reason, status.code()), (RecorderEnd::Failed, Some(1)));
    server.stop().await;
}
