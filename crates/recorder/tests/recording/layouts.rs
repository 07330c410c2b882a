//! Who speaks is large, a screen has the main place.

use visita_protocol::{PixelSize, RecordingLayout, recorder::RecorderOrder};

use crate::common::{Film, Person, Recorder, Sends, Server, both, job, person, places};

#[tokio::test(flavor = "multi_thread")]
async fn who_speaks_is_large_and_a_shared_screen_larger() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("visit.webm");
    let _quiet = Person::join(&server.url, "p1", 1, Sends { voice: None, ..both(1) }).await;
    // In the shape of the main place, so that nothing of the timecode is cut off there.
    let main = places(RecordingLayout::Speaker, 3, 0, Some(1)).people[1].expect("a place");
    let speaks = Sends { camera: Some(PixelSize::new(main.width, main.height)), ..both(2) };
    let _speaks = Person::join(&server.url, "p2", 2, speaks).await;
    let people = vec![person(1, true), person(2, true), person(3, true)];
    let mut recorder = Recorder::start(&job(&server.url, &path, people));
    recorder.started().await;
    recorder.recorded(2_000).await;
    recorder.order(&RecorderOrder::Layout { layout: RecordingLayout::Speaker });
    recorder.record_more(4_000).await;
    let shares = Sends { camera: None, voice: None, screen: Some(PixelSize::new(640, 360)) };
    let sharing = Person::join(&server.url, "p3", 7, shares).await;
    recorder.record_more(4_000).await;
    sharing.room.leave().await;
    recorder.record_more(3_000).await;
    recorder.stop().await;

    let grid = places(RecordingLayout::Grid, 3, 0, None);
    let screen = places(RecordingLayout::Speaker, 3, 1, Some(1));
    let shared = screen.screens[0].expect("a place");
    // A screen is shown whole.
    let shared = shared.middle(PixelSize::new(shared.width, shared.width * 9 / 16));
    let film = Film::read(&path, &[grid.people[0].expect("a place"), main, shared]);
    let story: Vec<Vec<u64>> = film
        .seen
        .iter()
        .map(|(_, seen)| seen.iter().map(|seen| seen.map_or(0, |seen| seen.person)).collect())
        .collect();
    let first = |place: usize, person: u64| story.iter().position(|now| now[place] == person);
    let (in_grid, speaks, shared) = (first(0, 1), first(1, 2), first(2, 7));
    println!("in the grid from picture {in_grid:?}, large from {speaks:?}, screen from {shared:?}");
    assert!(in_grid < speaks && speaks < shared && in_grid.is_some(), "{in_grid:?} {speaks:?} {shared:?}");
    let after = story.iter().rposition(|now| now[2] == 7).expect("shared");
    let large = story[after..].iter().filter(|now| now[1] == 2).count();
    assert!(large > 30, "who speaks is large again when nothing is shared: {large}");
    server.stop().await;
}
