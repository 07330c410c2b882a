//! What people say, share and draw outlives the server's death, their own absence and the session.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::json;
use visita_call::{
    CallState,
    testing::{Page, Person, by_link, room_board as board},
};
use visita_protocol::{
    board::{Colour, Point, Shape},
    view::{BoardAction, ConnectionView, FileState, ToolAction},
};
use visita_tests::{
    bin_dir,
    rooms::{Room, Server},
};

/// Longer than one piece of an upload takes on any machine.
const LARGE: usize = 48 * 1024 * 1024;

async fn come(room: &Room, seat: usize, name: &str) -> (Person, Page) {
    let mut person = Person::quiet(by_link(&room.links[seat], name), name);
    let page = Page::of(&mut person);
    person.is_in().await;
    (person, page)
}

async fn opens_board(person: &Person, page: &mut Page) {
    person.call.use_board(BoardAction::Open { board: board(), aside: false });
    page.until("the board is there", |drawn| (drawn.boards.contains_key(&board()) && drawn.rights.pen).then_some(()))
        .await;
}

async fn lost(person: &Person) {
    person
        .until("the line is lost", |state| match state {
            CallState::Running(view) => (view.connection != ConnectionView::Connected).then_some(()),
            _ => None,
        })
        .await;
}

fn stroke(person: &Person, item: &str, points: usize) {
    let at = |n: usize| Point { x: i32::try_from(n).unwrap_or(0), y: 7 };
    let shape = Shape::Pen { points: vec![at(0)], colour: Colour::Ink, width: 3 };
    let id = || item.parse().expect("an id");
    person.call.use_board(BoardAction::Put { board: board(), id: id(), page: 0, shape, with: None });
    for n in 1..points {
        person.call.use_board(BoardAction::Extend { board: board(), id: id(), points: vec![at(n)] });
    }
}

fn write_large(folder: &Path) -> Result<(std::path::PathBuf, Vec<u8>)> {
    let bytes: Vec<u8> = (0..LARGE).map(|n| (n % 251) as u8).collect();
    let path = folder.join("Imaging series.bin");
    std::fs::write(&path, &bytes)?;
    Ok((path, bytes))
}

/// How much of the only file on its way is there.
fn sent(page: &visita_call::testing::Drawn) -> Option<f64> {
    match page.chat.messages.first()?.file.as_ref()?.state {
        FileState::Uploading { sent } => Some(sent),
        _ => None,
    }
}

#[tokio::test]
async fn a_server_killed_in_mid_upload_and_mid_stroke_loses_nothing() -> Result<()> {
    let bins = bin_dir()?;
    let mut server = Server::start_lasting(&bins).await?;
    let room = server.room_with(3, json!({})).await?;
    let (host, mut at_host) = come(&room, 0, "Dr. Conti").await;
    let (guest, mut at_guest) = come(&room, 1, "Ada").await;
    opens_board(&host, &mut at_host).await;
    opens_board(&guest, &mut at_guest).await;

    let folder = tempfile::tempdir()?;
    let (path, bytes) = write_large(folder.path())?;
    guest.call.use_tool(ToolAction::SendFiles { paths: vec![path.display().to_string()] });
    at_guest.until("some of the file is there", |drawn| sent(drawn).filter(|sent| *sent > 0.0)).await;
    stroke(&guest, "guests", 40);
    at_host.until("the stroke has begun", |drawn| drawn.points("guests")).await;
    server.kill().await?;
    // Drawn on while nobody hears it.
    guest.call.use_board(BoardAction::Extend {
        board: board(),
        id: "guests".parse().expect("an id"),
        points: vec![Point { x: 99, y: 9 }; 5],
    });
    stroke(&host, "hosts", 10);
    lost(&host).await;
    assert!(at_host.drawn.chat.messages.is_empty(), "half a file is none");
    server.start_again(&bins).await?;

    for page in [&mut at_host, &mut at_guest] {
        page.until("both strokes, whole", |drawn| {
            (drawn.points("guests") == Some(45) && drawn.points("hosts") == Some(10)).then_some(())
        })
        .await;
        page.until("the file, once", |drawn| {
            let [message] = drawn.chat.messages.as_slice() else { return None };
            (message.file.as_ref()?.state == FileState::Ready).then_some(())
        })
        .await;
    }
    let info = at_host.drawn.chat.messages[0].file.as_ref().context("a file")?.info.clone();
    let downloads = folder.path().join("downloads");
    host.call.download(info.file_id, downloads.clone());
    at_host
        .until("it is fetched", |drawn| {
            matches!(drawn.chat.messages.first()?.file.as_ref()?.state, FileState::Saved { .. }).then_some(())
        })
        .await;
    assert!(std::fs::read(downloads.join(&info.name))? == bytes, "as it was");

    // Who comes late sees all of it.
    let (late, mut at_late) = come(&room, 2, "Luca").await;
    opens_board(&late, &mut at_late).await;
    at_late
        .until("the strokes", |drawn| {
            (drawn.points("guests") == Some(45) && drawn.points("hosts") == Some(10)).then_some(())
        })
        .await;
    at_late.until("the file", |drawn| drawn.chat.messages.first()?.file.as_ref().map(|_| ())).await;

    // And so does who comes to the next session.
    for person in [&late, &host, &guest] {
        person.call.leave();
        person.until("it ended", |state| matches!(state, CallState::Over(..)).then_some(())).await;
    }
    let sessions = format!("/v2/rooms/{}/sessions", room.id);
    visita_tests::until("the session ended", Duration::from_secs(40), || async {
        let (_, body) = server.get(&sessions).await?;
        let sessions = body["sessions"].as_array().context("sessions")?;
        Ok(sessions.iter().all(|session| !session["ended_at"].is_null()).then_some(()))
    })
    .await?;
    let (again, mut at_again) = come(&room, 1, "Ada").await;
    opens_board(&again, &mut at_again).await;
    at_again
        .until("the strokes again", |drawn| {
            (drawn.points("guests") == Some(45) && drawn.points("hosts") == Some(10)).then_some(())
        })
        .await;
    Ok(())
}

#[tokio::test]
async fn two_who_draw_while_they_are_cut_off_end_with_the_same_board() -> Result<()> {
    let bins = bin_dir()?;
    let mut server = Server::start_lasting(&bins).await?;
    let room = server.room_with(2, json!({})).await?;
    let (host, mut at_host) = come(&room, 0, "Dr. Conti").await;
    let (guest, mut at_guest) = come(&room, 1, "Ada").await;
    opens_board(&host, &mut at_host).await;
    opens_board(&guest, &mut at_guest).await;
    stroke(&host, "shared", 3);
    at_guest.until("a stroke for both", |drawn| (drawn.points("shared") == Some(3)).then_some(())).await;
    server.kill().await?;
    lost(&host).await;
    lost(&guest).await;
    // For five seconds both draw, change the same stroke, and take things away.
    for round in 0..25 {
        stroke(&host, &format!("h{round}"), 4);
        stroke(&guest, &format!("g{round}"), 4);
        for (person, y) in [(&host, 1), (&guest, 2)] {
            let moved = Shape::Pen { points: vec![Point { x: round, y }; 3], colour: Colour::Teal, width: 3 };
            let shapes = vec![("shared".parse().expect("an id"), moved)];
            person.call.use_board(BoardAction::Change { board: board(), shapes });
        }
        if round % 5 == 0 {
            let of_host = format!("h{round}").parse().expect("an id");
            host.call.use_board(BoardAction::Remove { board: board(), ids: vec![of_host] });
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    server.start_again(&bins).await?;
    for page in [&mut at_host, &mut at_guest] {
        // 25 of each and the shared one, less the five taken away.
        page.until("all that both drew", |drawn| (drawn.item_count() == 46).then_some(())).await;
    }
    let at_last = |drawn: &visita_call::testing::Drawn| drawn.boards.get(&board()).cloned();
    let of_host = at_host.until("the host's board", at_last).await;
    at_guest.until("the same board", |drawn| (at_last(drawn)? == of_host).then_some(())).await;
    Ok(())
}
