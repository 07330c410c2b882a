//! Who is where, and when.

use visita_protocol::{PixelSize, recorder::RecorderEnd};

use crate::common::{Film, Person, Recorder, Sends, Server, Voice, both, grid, job, person, unix_us, voice};

/// How far the sound is behind the picture of a person at one place, in milliseconds: the middle of all changes of pitch.
fn skew_ms(film: &Film, place: usize, voice: Voice, begin_us: u64) -> f64 {
    // When a second of the sender's clock began, by the pictures: between two of them by their timecodes.
    let seen: Vec<(f64, f64)> = film
        .seen
        .iter()
        .filter_map(|(at, seen)| Some((*at as f64, (seen[place]?.drawn_us - begin_us) as f64 / 1000.0)))
        .collect();
    // The file's time minus the sender's, by pictures.
    let mut offsets: Vec<f64> = seen.iter().map(|(at, drawn)| at - drawn).collect();
    offsets.sort_by(f64::total_cmp);
    let picture = offsets[offsets.len() / 2];
    let begin_ms = begin_us as f64 / 1000.0;
    let mut skews = Vec::new();
    for (from, to, odd) in [(voice.even_hz, voice.odd_hz, 1.0), (voice.odd_hz, voice.even_hz, 0.0)] {
        for at in film.changes(from, to) {
            // The nearest beginning of an odd (or even) second on the sender's clock.
            let sender = at - picture + begin_ms;
            let second = ((sender / 1000.0 - odd) / 2.0).round() * 2.0 + odd;
            skews.push(sender - second * 1000.0);
        }
    }
    skews.sort_by(f64::total_cmp);
    println!("{} changes of pitch, skews {skews:.1?}", skews.len());
    assert!(skews.len() >= 3, "too few changes of pitch are heard");
    skews[skews.len() / 2]
}

/// A camera of the shape of a tile in a grid of two, so that nothing of its timecode is cut off.
fn tall(number: u64) -> Sends {
    Sends { camera: Some(PixelSize::new(320, 240)), ..both(number) }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_are_seen_and_heard_in_step() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let begin_us = unix_us() / 1_000_000 * 1_000_000;
    let _ada = Person::join(&server.url, "p1", 1, tall(1)).await;
    let _bob = Person::join(&server.url, "p2", 2, tall(2)).await;
    let recorder = Recorder::start(&job(&server.url, &path, vec![person(1, true), person(2, true)]));
    let started_ms = recorder.started().await;
    recorder.recorded(8_000).await;
    let (reason, recorded_ms, bytes) = recorder.stop().await;
    assert_eq!(reason, RecorderEnd::Stopped);
    assert_eq!(bytes, path.metadata().expect("a file").len());

    let film = Film::read(&path, &grid(2));
    assert_eq!(film.duration_ms, Some(recorded_ms));
    assert!(film.pictures.iter().filter(|(_, key)| *key).count() >= 4);
    let (picture_gap, sound_gap) = film.longest_gaps();
    assert_eq!(sound_gap, 20, "sound has no gap");
    println!("longest gap between pictures {picture_gap} ms, {} pictures in {recorded_ms} ms", film.pictures.len());
    // Each at their own place, and nobody else ever.
    for (place, number) in [(0, 1), (1, 2)] {
        let there: Vec<_> = film.seen.iter().filter_map(|(at, seen)| Some((*at, seen[place]?))).collect();
        assert!(there.iter().all(|(_, seen)| seen.person == number));
        assert!(there.len() * 10 > film.seen.len() * 7, "{} of {} pictures are read", there.len(), film.seen.len());
        let skew = skew_ms(&film, place, voice(number), begin_us);
        println!("person {number}: sound is {skew:.1} ms behind the picture");
        assert!(skew.abs() <= 40.0, "{skew} ms");
        // The file's time is the room's: what is seen is as old as its way to the recorder took.
        let (at, seen) = there[there.len() / 2];
        let age_ms = (started_ms + at) as f64 - seen.drawn_us as f64 / 1000.0;
        println!("age {age_ms:.0} ms");
        assert!((-20.0..400.0).contains(&age_ms), "{age_ms} ms");
    }
    server.stop().await;
}
