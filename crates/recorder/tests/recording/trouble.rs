//! Bad days: the media server restarts, the disk is full, streams are broken or silent, people come and go all the time.

use std::{path::Path, process::Command, time::Duration};

use visita_codec::vp8::key_frame_size;
use visita_protocol::recorder::{RecordedPerson, RecorderEnd, RecorderReport, RecorderTrouble};

use crate::common::{Film, Person, Recorder, Sends, Server, both, grid, job, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_media_server_that_starts_again_leaves_no_hole() {
    let server = Server::start().await;
    let address = server.url.trim_start_matches("ws://").parse().expect("an address");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let _ada = Person::join(&server.url, "p1", 1, both(1)).await;
    let recorder = Recorder::start(&job(&server.url, &path, vec![person(1, true)]));
    recorder.started().await;
    recorder.recorded(2_500).await;
    server.stop().await;
    recorder.record_more(4_000).await;
    let server = Server::start_at(address).await;
    let back = RecorderReport::Trouble { trouble: RecorderTrouble::ConnectionBack };
    crate::common::until("word of the line being back", || recorder.reports().contains(&back)).await;
    recorder.record_more(5_000).await;
    recorder.stop().await;

    let film = Film::read(&path, &grid(1));
    let (pictures, sounds) = film.longest_gaps();
    println!("longest gaps {pictures} and {sounds} ms");
    assert_eq!(sounds, 20);
    assert!(pictures <= 400, "{pictures} ms without a picture");
    let seen: Vec<u64> = film.seen.iter().filter(|(_, seen)| seen[0].is_some()).map(|(at, _)| *at).collect();
    let hole = seen.windows(2).max_by_key(|pair| pair[1] - pair[0]).expect("pictures");
    println!("the pattern is away from {} to {} of {:?}", hole[0], hole[1], film.duration_ms);
    assert!(hole[1] - hole[0] > 1_000, "the initials were never seen");
    assert!(seen.last().is_some_and(|last| *last > hole[1] + 500), "the picture came back");
    server.stop().await;
}

/// A small disk in memory; unmounted when dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path, bytes: u32) -> Option<Self> {
        let size = format!("size={bytes}");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).output();
        mounted.is_ok_and(|out| out.status.success()).then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_it_with_a_good_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = SmallDisk::mount(folder.path(), 400_000) else {
        eprintln!("SKIPPED a_full_disk_ends_it_with_a_good_file: nobody but root may mount");
        return;
    };
    let server = Server::start().await;
    let path = disk.0.join("visit.webm");
    let _ada = Person::join(&server.url, "p1", 1, both(1)).await;
    let mut recorder = Recorder::start(&job(&server.url, &path, vec![person(1, true)]));
    recorder.started().await;
    let ((reason, recorded_ms, bytes), status) = recorder.ended().await;
    println!("{reason:?}: {recorded_ms} ms in {bytes} bytes");
    assert_eq!((reason, status.code()), (RecorderEnd::DiskFull, Some(0)));
    assert_eq!(bytes, path.metadata().expect("a file").len());
    let film = Film::read(&path, &grid(1));
    assert_eq!(film.duration_ms, Some(recorded_ms));
    assert!(recorded_ms > 1_000 && film.pictures.len() > 30);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fills_is_told_of_while_it_still_records() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(disk) = SmallDisk::mount(folder.path(), 8_000_000) else {
        eprintln!("SKIPPED a_disk_that_fills_is_told_of_while_it_still_records: nobody but root may mount");
        return;
    };
    let server = Server::start().await;
    let path = disk.0.join("visit.webm");
    let _ada = Person::join(&server.url, "p1", 1, both(1)).await;
    let recorder = Recorder::start(&job(&server.url, &path, vec![person(1, true)]));
    recorder.started().await;
    let full = RecorderReport::Trouble { trouble: RecorderTrouble::DiskAlmostFull };
    crate::common::until("word of the disk", || recorder.reports().contains(&full)).await;
    recorder.record_more(1_000).await;
    assert_eq!(recorder.reports().iter().filter(|report| **report == full).count(), 1, "it is told once");
    assert_eq!(recorder.stop().await.0, RecorderEnd::Stopped);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_too_slow_is_told_of_and_costs_pictures_not_sound() {
    /// Longer than the pictures that are told of take (half a second), shorter than sound waits.
    const STANDS: Duration = Duration::from_millis(1_200);
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let _ada = Person::join(&server.url, "p1", 1, both(1)).await;
    let recorder = Recorder::start(&job(&server.url, &path, vec![person(1, true)]));
    recorder.started().await;
    recorder.recorded(2_000).await;
    let slow = RecorderReport::Trouble { trouble: RecorderTrouble::TooSlow };
    assert!(!recorder.reports().contains(&slow), "it is told of without cause");
    // Nothing is left to it of the machine for a while, twice.
    for _ in 0..2 {
        recorder.signal("STOP");
        tokio::time::sleep(STANDS).await;
        recorder.signal("CONT");
        recorder.record_more(3_000).await;
    }
    assert_eq!(recorder.reports().iter().filter(|report| **report == slow).count(), 1, "it is told once a minute");
    recorder.stop().await;

    let film = Film::read(&path, &grid(1));
    let (pictures, sounds) = film.longest_gaps();
    println!("longest gaps {pictures} and {sounds} ms");
    assert_eq!(sounds, 20);
    assert!((500..1_500).contains(&pictures), "{pictures} ms without a picture");
    assert!(film.seen.last().is_some_and(|(_, seen)| seen[0].is_some()), "the picture came back");
    server.stop().await;
}

const NAMES: [&str; 8] =
    ["محمد علي", "שרה כהן", "山田 太郎", "Ελένη Παπαδοπούλου", "Мария", "नमस्ते", "😀👩‍⚕️", "\u{202e}evil\u{0}\n\nname"];

#[tokio::test(flavor = "multi_thread")]
async fn people_of_every_name_come_and_go_and_send_nonsense() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let people = |count: u64| -> Vec<RecordedPerson> {
        (1..=count)
            .map(|number| {
                let name = NAMES[number as usize % NAMES.len()];
                RecordedPerson {
                    display_name: name.repeat(1 + number as usize % 3),
                    muted: number % 2 == 0,
                    ..person(number, true)
                }
            })
            .collect()
    };
    let _good = Person::join(&server.url, "p1", 1, both(1)).await;
    let none = Sends { camera: None, voice: None, screen: None };
    let (silent, broken) =
        (Person::join(&server.url, "p2", 2, none).await, Person::join(&server.url, "p3", 3, none).await);
    let silent_video = silent.publish(crate::common::CAMERA).await;
    let broken_video = broken.publish(crate::common::CAMERA).await;
    let mut recorder = Recorder::start(&job(&server.url, &path, people(3)));
    recorder.started().await;
    // Frames that begin well and are nonsense.
    let sending = tokio::spawn(async move {
        let mut clock = tokio::time::interval(Duration::from_millis(33));
        for number in 0u32.. {
            clock.tick().await;
            let mut frame = vec![0x10, 2, 0, 0x9d, 0x01, 0x2a, 64, 1, 240, 0];
            frame.extend((0..400u32).map(|at| (at.wrapping_mul(2_654_435_761).wrapping_add(number) >> 7) as u8));
            assert!(key_frame_size(&frame).is_some());
            broken_video.write(0, &frame, true, Duration::from_millis(u64::from(number) * 33));
        }
    });
    for count in [3, 25, 1, 9, 0, 2, 16, 3, 25, 3] {
        recorder.people(&people(count));
        recorder.record_more(500).await;
    }
    recorder.record_more(1_500).await;
    sending.abort();
    let (reason, ..) = recorder.stop().await;
    assert_eq!(reason, RecorderEnd::Stopped);
    let film = Film::read(&path, &grid(3));
    let (pictures, sounds) = film.longest_gaps();
    println!("longest gaps {pictures} and {sounds} ms");
    assert_eq!(sounds, 20);
    let last: Vec<_> = film.seen.iter().rev().take(20).filter_map(|(_, seen)| seen[0]).collect();
    assert!(!last.is_empty() && last.iter().all(|seen| seen.person == 1), "the good one is seen to the end");
    drop(silent_video);
    server.stop().await;
}
