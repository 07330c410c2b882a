//! Who did not say yes is not there.

use visita_protocol::{RecordingLayout, recorder::RecorderOrder};
use visita_recorder::compose::Rect;

use crate::common::{Film, Person, Recorder, Server, both, grid, job, person, unix_us, voice};

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_is_neither_seen_nor_heard_and_an_answer_holds_at_once() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let _yes = Person::join(&server.url, "p1", 1, both(1)).await;
    let _no = Person::join(&server.url, "p2", 2, both(2)).await;
    let _wavers = Person::join(&server.url, "p3", 3, both(3)).await;
    // Two without camera make room for tiles in the cameras' shape.
    let people = |third| [person(1, true), person(2, false), person(3, third), person(4, true), person(5, true)];
    let mut recorder = Recorder::start(&job(&server.url, &path, people(true).to_vec()));
    let started_ms = recorder.started().await;
    let now = || unix_us() / 1000 - started_ms;
    recorder.recorded(3_500).await;
    recorder.people(&people(false));
    let refused = now();
    recorder.record_more(3_000).await;
    let allowed = now();
    recorder.people(&people(true));
    recorder.record_more(4_000).await;
    recorder.stop().await;

    let (three, four) = (grid(3), grid(4));
    assert_eq!(three[..2], four[..2], "the first row is the same");
    let film = Film::read(&path, &[four[0], four[1], three[2]]);
    let seen = |from: u64, to: u64, place: usize, who: u64| {
        let there = film.seen.iter().filter(|(at, _)| (from..to).contains(at));
        there.filter(|(_, seen)| seen[place].is_some_and(|seen| seen.person == who)).count()
    };
    let end = film.pictures.last().expect("pictures").0;
    assert!(seen(0, refused, 0, 1) > 30 && seen(0, refused, 1, 3) > 30);
    assert!(seen(refused, allowed, 0, 1) > 30, "the others go on");
    for place in 0..3 {
        assert_eq!(seen(refused, allowed, place, 3), 0, "a picture of who took the yes back");
    }
    assert!(seen(allowed, end, 1, 3) > 30, "who says yes again is there again");
    for place in 0..3 {
        assert_eq!(seen(0, end, place, 2), 0, "a picture of who refused");
    }
    let hz = |number| voice(number).even_hz;
    let loudest =
        |number: u64, from, to| film.strength(hz(number), from, to).max(film.strength(voice(number).odd_hz, from, to));
    println!(
        "dB: 1 {:.0}, 2 {:.0}, 3 {:.0}, then {:.0}, then {:.0}",
        loudest(1, 1_000, end),
        loudest(2, 0, end),
        loudest(3, 1_000, refused - 500),
        loudest(3, refused, allowed),
        loudest(3, allowed + 1_000, end)
    );
    assert!(loudest(1, 1_000, end) > -30.0 && loudest(3, 1_000, refused - 500) > -30.0);
    assert!(loudest(2, 0, end) < -65.0, "the voice of who refused");
    assert!(loudest(3, refused, allowed) < -65.0, "the voice of who took the yes back");
    assert!(loudest(3, allowed + 1_000, end) > -30.0);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_is_seen_of_those_who_said_yes() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let mut work = job(&server.url, &path, vec![person(1, true), person(2, false)]);
    work.layout = RecordingLayout::GridAndChat;
    let mut recorder = Recorder::start(&work);
    recorder.started().await;
    let chat = |number: u64, text: &str| RecorderOrder::Chat {
        participant_id: format!("p{number}").parse().expect("an id"),
        display_name: format!("Person {number}"),
        text: text.to_owned(),
    };
    recorder.recorded(1_000).await;
    recorder.order(&chat(2, "This is not to be seen"));
    recorder.record_more(1_500).await;
    recorder.order(&chat(1, "This is to be seen, in more than one line of the column"));
    recorder.record_more(1_500).await;
    // With the yes goes what was written.
    recorder.people(&[person(1, false), person(2, false)]);
    recorder.record_more(1_500).await;
    recorder.stop().await;
    server.stop().await;
    let column = crate::common::places(RecordingLayout::GridAndChat, 1, 0, None).chat.expect("a column");
    // Without its title.
    let column = Rect::new(column.x, column.y + 40, column.width, column.height - 40);
    let light = Film::light(&path, column);
    let most = |from: usize, to: usize| light[from..to].iter().copied().max().expect("pictures");
    let seconds = light.len() / 30;
    println!("light pixels: {:?}", (0..seconds).map(|s| most(s * 30, s * 30 + 30)).collect::<Vec<_>>());
    assert!(most(0, 75) < 20, "nobody who said yes wrote yet");
    assert!(*light.iter().max().expect("pictures") > 200, "what was written is seen");
    assert!(*light.last().expect("pictures") < 20, "what was written by who took the yes back is still seen");
}
