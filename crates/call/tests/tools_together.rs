//! Chat, files, snapshots, pointers and boards between people in calls, on a server of the test's own.

mod common;

use std::time::Duration;

use common::{Room, room, server};
use serde_json::json;
use visita_call::{
    CallState, CameraChoice, FrameHub, JoinTarget, LocalMedia, MicrophoneChoice, ShareChoice, SpeakerChoice,
    testing::{Drawn, PATIENCE, Page, Person, by_link, room_board as board},
};
use visita_protocol::{
    BoardId, FileId, ItemId,
    board::{Colour, Point, Shape},
    channel::{FilePurpose, PointTarget, Spot},
    frames::LOCAL_SHARE,
    view::{BoardAction, ChatTick, FileState, ToolAction},
};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn some<T>(is: bool, value: T) -> Option<T> {
    is.then_some(value)
}

/// Two people who are in, each with a page.
async fn two(room: &Room) -> [(Person, Page); 2] {
    let mut both = Vec::new();
    for (link, name) in room.links.iter().zip(["Dr. Conti", "Ada"]) {
        let mut person = Person::quiet(by_link(link, name), name);
        let page = Page::of(&mut person);
        both.push((person, page));
    }
    for (person, _) in &both {
        person
            .until("both are in", |state| match state {
                CallState::Running(view) => some(view.people.len() == 1 && !view.people[0].display_name.is_empty(), ()),
                _ => None,
            })
            .await;
    }
    let [host, guest] = both.try_into().map_err(|_| "two").expect("two");
    [host, guest]
}

fn say(person: &Person, text: &str) {
    person.call.use_tool(ToolAction::SendChat { text: text.into(), reply_to: None });
}

#[tokio::test]
async fn a_message_is_sent_delivered_and_seen() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let [(host, mut at_host), (guest, mut at_guest)] = two(&room).await;
    say(&host, "Buongiorno");
    at_guest
        .until("the message came", |drawn| some(drawn.texts() == ["Buongiorno"] && drawn.chat.unread == 1, ()))
        .await;
    let tick = |drawn: &Drawn| drawn.chat.messages.first().and_then(|message| message.tick);
    at_host.until("it is delivered", |drawn| some(tick(drawn) == Some(ChatTick::Delivered), ())).await;
    guest.call.use_tool(ToolAction::ShowChat { shown: true });
    at_host.until("it is seen", |drawn| some(tick(drawn) == Some(ChatTick::Seen), ())).await;
    at_guest.until("nothing is unread", |drawn| some(drawn.chat.unread == 0, ())).await;
    guest.call.use_tool(ToolAction::Typing { typing: true });
    at_host.until("Ada is writing", |drawn| some(drawn.chat.typing == ["Ada"], ())).await;
    let first = at_guest.drawn.chat.messages[0].id;
    guest.call.use_tool(ToolAction::SendChat { text: "A Lei".into(), reply_to: first });
    at_host
        .until("the answer came", |drawn| {
            let reply = drawn.chat.messages.get(1)?.reply.as_ref()?;
            some((reply.from_name.as_str(), reply.text.as_str()) == ("Dr. Conti", "Buongiorno"), ())
        })
        .await;
    at_host.until("nobody is writing", |drawn| some(drawn.chat.typing.is_empty(), ())).await;

    // What was seen is seen, also by the program started anew, or on another device.
    guest.call.use_tool(ToolAction::ShowChat { shown: false });
    say(&host, "Ancora una cosa");
    at_guest.until("one is unread", |drawn| some(drawn.chat.unread == 1, ())).await;
    let JoinTarget::Link { link, display_name, .. } = by_link(&room.links[1], "Ada") else { unreachable!("a link") };
    let mut again = Person::quiet(JoinTarget::Link { link, display_name, displace: true }, "Ada");
    let mut at_again = Page::of(&mut again);
    again.is_in().await;
    at_again
        .until("all have come, and one is unread", |drawn| {
            some(drawn.chat.messages.len() == 3 && drawn.chat.unread == 1, ())
        })
        .await;
}

#[tokio::test]
async fn what_is_written_while_the_server_is_away_comes_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = |listen| visita_server::ServerConfig {
        dev: true,
        data: Some(folder.path().to_owned()),
        listen,
        ..visita_server::ServerConfig::default()
    };
    common::log();
    let first = visita_server::start(config(([127, 0, 0, 1], 0).into())).await.expect("a server");
    let address = first.address();
    let room = room(&first, 2, json!({})).await;
    let [(host, mut at_host), (guest, mut at_guest)] = two(&room).await;
    say(&host, "Before");
    at_guest.until("the first message", |drawn| some(drawn.texts() == ["Before"], ())).await;
    for (person, board_of) in [(&host, &mut at_host), (&guest, &mut at_guest)] {
        person.call.use_board(BoardAction::Open { board: board(), aside: false });
        board_of
            .until("the board is there", |drawn| some(drawn.boards.contains_key(&board()) && drawn.rights.pen, ()))
            .await;
    }
    first.stop().await;
    host.until("the line is lost", |state| match state {
        CallState::Running(view) => some(view.connection != visita_protocol::view::ConnectionView::Connected, ()),
        _ => None,
    })
    .await;
    say(&host, "From the host");
    say(&guest, "From the guest");
    for (person, item) in [(&host, "hosts"), (&guest, "guests")] {
        let shape = Shape::Pen { points: vec![Point { x: 1, y: 1 }], colour: Colour::Ink, width: 3 };
        person.call.use_board(BoardAction::Put { board: board(), id: id(item), page: 0, shape, with: None });
        person.call.use_board(BoardAction::Extend {
            board: board(),
            id: id(item),
            points: vec![Point { x: 2, y: 2 }; 5],
        });
    }
    let again = visita_server::start(config(address)).await.expect("the server again");
    for page in [&mut at_host, &mut at_guest] {
        page.until("both messages, once", |drawn| {
            let mut texts = drawn.texts();
            texts.sort_unstable();
            some(texts == ["Before", "From the guest", "From the host"], ())
        })
        .await;
        page.until("both strokes, whole", |drawn| {
            some(drawn.points("hosts") == Some(6) && drawn.points("guests") == Some(6), ())
        })
        .await;
    }
    again.stop().await;
}

#[tokio::test]
async fn strokes_grow_are_taken_back_and_refused() {
    let server = server().await;
    let seats = json!([
        { "user_id": "user-0", "is_admin": true },
        { "user_id": "user-1", "tools": { "whiteboard": { "wb_pen": true, "wb_cursor": true } } }]);
    let room = room(&server, 2, json!({ "participants": seats })).await;
    let [(host, mut at_host), (guest, mut at_guest)] = two(&room).await;
    for (person, page) in [(&host, &mut at_host), (&guest, &mut at_guest)] {
        person.call.use_board(BoardAction::Open { board: board(), aside: false });
        page.until("the board is there", |drawn| some(drawn.rights.pen, ())).await;
    }
    assert!(at_host.drawn.rights.eraser && !at_guest.drawn.rights.eraser && !at_guest.drawn.rights.text);
    let stroke = |points| Shape::Pen { points: vec![Point { x: 0, y: 0 }; points], colour: Colour::Teal, width: 4 };
    guest.call.use_board(BoardAction::Put { board: board(), id: id("s"), page: 0, shape: stroke(1), with: None });
    for _ in 0..10 {
        guest.call.use_board(BoardAction::Extend {
            board: board(),
            id: id("s"),
            points: vec![Point { x: 3, y: 4 }; 2],
        });
    }
    at_host.until("the whole stroke", |drawn| some(drawn.points("s") == Some(21), ())).await;
    guest.call.use_board(BoardAction::Cursor { board: board(), page: 0, at: Some(Point { x: 7, y: 8 }), laser: true });
    at_host.until("the cursor", |drawn| some(drawn.cursors.first()?.display_name == "Ada", ())).await;

    // Taken back and done again by who did it.
    at_guest.until("it can be taken back", |drawn| some(drawn.can_undo, ())).await;
    guest.call.use_board(BoardAction::Undo { board: board() });
    at_host.until("it is gone", |drawn| some(drawn.item_count() == 0, ())).await;
    guest.call.use_board(BoardAction::Redo { board: board() });
    at_host.until("it is back, whole", |drawn| some(drawn.points("s") == Some(21), ())).await;

    // A kind without the right holds here for a moment, and is gone when the server has said no.
    let text = Shape::Text { at: Point { x: 0, y: 0 }, text: "No".into(), colour: Colour::Ink, size: 20, ground: None };
    guest.call.use_board(BoardAction::Put { board: board(), id: id("t"), page: 0, shape: text, with: None });
    at_guest.until("it shows at once", |drawn| some(drawn.item_count() == 2, ())).await;
    at_guest.until("it is refused", |drawn| some(drawn.item_count() == 1, ())).await;
    host.call.use_board(BoardAction::Put { board: board(), id: id("h"), page: 0, shape: stroke(3), with: None });
    at_guest.until("the host's stroke", |drawn| some(drawn.points("h") == Some(3), ())).await;
    guest.call.use_board(BoardAction::Remove { board: board(), ids: vec![id("h")] });
    at_guest.until("taken away here", |drawn| some(drawn.points("h").is_none(), ())).await;
    at_guest.until("and there again", |drawn| some(drawn.points("h") == Some(3), ())).await;
    assert_eq!(at_host.drawn.points("h").unwrap_or(3), 3);

    // Nor may it be moved: out of sight it would be as good as gone.
    let moved = |points| Shape::Pen { points: vec![Point { x: 50, y: 50 }; points], colour: Colour::Teal, width: 4 };
    let is = |name: &'static str, shape: Shape| {
        move |drawn: &Drawn| some(drawn.boards.get(&board())?.get(&id::<ItemId>(name)) == Some(&shape), ())
    };
    guest.call.use_board(BoardAction::Change { board: board(), shapes: vec![(id("h"), moved(3))] });
    at_guest.until("moved here", is("h", moved(3))).await;
    at_guest.until("and back where it was", is("h", stroke(3))).await;

    // Who takes something back does not take back what another did to it since.
    host.call.use_board(BoardAction::Change { board: board(), shapes: vec![(id("s"), moved(21))] });
    at_guest.until("it is moved", is("s", moved(21))).await;
    guest.call.use_board(BoardAction::Undo { board: board() });
    guest.call.use_board(BoardAction::Put { board: board(), id: id("later"), page: 0, shape: stroke(1), with: None });
    at_host.until("what came later", |drawn| some(drawn.points("later") == Some(1), ())).await;
    assert_eq!(at_host.drawn.points("s"), Some(21), "not taken away under the other's hands");
}

#[tokio::test]
async fn a_file_goes_up_and_comes_down_as_it_was() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let [(host, mut at_host), (guest, mut at_guest)] = two(&room).await;
    let folder = tempfile::Builder::new().prefix("visita-mine-").tempdir().expect("a folder");
    let bytes: Vec<u8> = (0..1_500_000_u32).map(|n| u8::try_from(n % 253).expect("small")).collect();
    let path = folder.path().join("Referto.bin");
    std::fs::write(&path, &bytes).expect("written");
    guest.call.use_tool(ToolAction::SendFiles { paths: vec![path.to_string_lossy().into_owned()] });
    at_guest
        .until("it is on its way", |drawn| {
            some(matches!(drawn.chat.messages.first()?.file.as_ref()?.state, FileState::Uploading { .. }), ())
        })
        .await;
    let ready = |drawn: &Drawn| {
        let file = drawn.chat.messages.first()?.file.as_ref()?;
        some(file.state == FileState::Ready, file.info.clone())
    };
    let info = at_host.until("it came", ready).await;
    assert_eq!((info.name.as_str(), info.size, info.purpose), ("Referto.bin", bytes.len() as u64, FilePurpose::Chat));
    assert!(path.exists(), "what is shared stays where it was");
    let file_id: FileId = info.file_id.clone();
    let downloads = folder.path().join("downloads");
    host.call.download(file_id.clone(), downloads.clone());
    at_host
        .until("it is here", |drawn| {
            some(matches!(drawn.chat.messages.first()?.file.as_ref()?.state, FileState::Saved { .. }), ())
        })
        .await;
    assert_eq!(std::fs::read(downloads.join("Referto.bin")).expect("there"), bytes);
    assert_eq!(host.call.saved(&file_id), Some(downloads.join("Referto.bin")));

    // A copy that was made for sharing goes when it is shared.
    let copy = folder.path().join("copy");
    std::fs::write(&copy, "pasted").expect("written");
    guest.call.send_copy(copy.clone(), "Pasted: one.txt".into());
    at_host
        .until("the copy came", |drawn| {
            let file = drawn.chat.messages.get(1)?.file.as_ref()?;
            some(file.info.name == "Pasted  one.txt" && file.state == FileState::Ready, ())
        })
        .await;
    tokio::time::timeout(PATIENCE, async {
        while copy.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .expect("the copy is gone");

    // One that is run by whoever opens it, and one that is not there: said so, and nothing is shared.
    let program = folder.path().join("setup.exe");
    std::fs::write(&program, "MZ").expect("written");
    let none = folder.path().join("none.txt");
    let paths = [&program, &none].map(|path| path.to_string_lossy().into_owned()).to_vec();
    guest.call.use_tool(ToolAction::SendFiles { paths });
    let codes = at_guest
        .until("both are refused", |drawn| {
            let failed = drawn.chat.messages.iter().filter_map(|message| match &message.file.as_ref()?.state {
                FileState::Failed { problem } => Some(problem.code.as_str()),
                _ => None,
            });
            let failed: Vec<_> = failed.collect();
            some(failed.len() == 2, failed)
        })
        .await;
    assert_eq!(codes, ["file_type_refused", "not_found"]);
    let keys: Vec<_> = at_guest.drawn.chat.messages.iter().filter(|m| m.id.is_none()).map(|m| m.key.clone()).collect();
    for key in keys {
        guest.call.use_tool(ToolAction::Discard { key });
    }
    at_guest.until("they are forgotten", |drawn| some(drawn.chat.messages.len() == 2, ())).await;

    host.call.use_tool(ToolAction::DeleteFile { file_id });
    at_guest.until("it is deleted", |drawn| some(drawn.chat.messages.len() == 1, ())).await;
}

/// More than the server takes of one at a time.
#[tokio::test]
async fn many_files_at_once_all_arrive() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let [(_host, mut at_host), (guest, _at_guest)] = two(&room).await;
    let folder = tempfile::tempdir().expect("a folder");
    let paths = (0..25).map(|n| {
        let path = folder.path().join(format!("scan {n}.txt"));
        std::fs::write(&path, format!("page {n}")).expect("written");
        path.to_string_lossy().into_owned()
    });
    guest.call.use_tool(ToolAction::SendFiles { paths: paths.collect() });
    let arrived = |drawn: &Drawn| {
        let files = drawn.chat.messages.iter().filter_map(|message| message.file.as_ref());
        let names: Vec<_> = files.map(|file| file.info.name.clone()).collect();
        some(names.len() == 25, names)
    };
    let arrived = at_host.until("all files", arrived).await;
    let chosen: Vec<_> = (0..25).map(|n| format!("scan {n}.txt")).collect();
    assert_eq!(arrived, chosen, "in the order they were chosen in");
}

#[tokio::test]
async fn a_snapshot_is_of_the_streams_own_size_and_the_one_shown_hears_of_it() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let mut guest = Person::sending(by_link(&room.links[1], "Ada"), "Ada");
    let mut at_guest = Page::of(&mut guest);
    let (hub, wanted) = FrameHub::new();
    let media = LocalMedia::start(CameraChoice::None, MicrophoneChoice::None, SpeakerChoice::Null, hub.clone());
    let mut host = Person::watching(by_link(&room.links[0], "Dr. Conti"), "Dr. Conti", media, (hub, wanted));
    let mut at_host = Page::of(&mut host);
    let stream = host
        .until("Ada's picture", |state| match state {
            CallState::Running(view) => view.people.first()?.streams.first().map(|stream| stream.stream_id),
            _ => None,
        })
        .await;
    // Shown as small as a tile in a grid.
    let size = visita_protocol::PixelSize { width: 160, height: 90 };
    host.call.set_shown(vec![visita_protocol::view::ShownSize { stream_id: stream, size }]);
    tokio::time::timeout(PATIENCE, async {
        while guest.call.media().sending().iter().all(|layer| layer.size.width < 1280 || layer.fps == 0) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("Ada sends 720p");
    host.call.use_tool(ToolAction::TakeSnapshot { stream_id: stream });
    let taken = at_host.until("the snapshot", |drawn| drawn.gallery.first().cloned()).await;
    assert_eq!(taken.file.info.size_px, Some((1280, 720)));
    assert_eq!((taken.by_name.as_str(), taken.of_name.as_str(), taken.of_screen), ("Dr. Conti", "Ada", false));
    let (kind, bytes) = host.call.files().picture(&taken.file.info.file_id, true).await.expect("a picture");
    assert_eq!(kind, "image/png");
    assert_eq!(bytes.len() as u64, taken.file.info.size);
    at_guest.until("it is in Ada's gallery too", |drawn| some(drawn.gallery.len() == 1, ())).await;
    guest.hears(visita_protocol::view::NoticeCode::SnapshotOfMe).await;

    // Drawn on together, on a board of its own. Who shows it beside other things is not told of.
    let over: BoardId = id(taken.file.info.file_id.as_str());
    for (person, page) in [(&host, &mut at_host), (&guest, &mut at_guest)] {
        person.call.use_board(BoardAction::Open { board: over.clone(), aside: true });
        page.until("the board over it", |drawn| some(drawn.boards.contains_key(&over) && drawn.rights.pen, ())).await;
    }
    let shape = Shape::Pen { points: vec![Point { x: 640, y: 360 }], colour: Colour::Plum, width: 6 };
    for (n, mark) in ["mark", "another"].into_iter().enumerate() {
        guest.call.use_board(BoardAction::Put {
            board: over.clone(),
            id: id(mark),
            page: 0,
            shape: shape.clone(),
            with: None,
        });
        at_host.until("the mark", |drawn| some(drawn.boards.get(&over)?.len() == n + 1, ())).await;
    }
    let drawing = |names: &'static [&str]| move |drawn: &Drawn| some(drawn.gallery.first()?.editing == *names, ());
    at_host.until("nobody is drawing on it", drawing(&[])).await;
    guest.call.use_board(BoardAction::Open { board: over.clone(), aside: false });
    at_host.until("Ada is", drawing(&["Ada"])).await;
    guest.call.use_board(BoardAction::Open { board: over.clone(), aside: true });
    at_host.until("Ada is not any more", drawing(&[])).await;

    // What one shows oneself, too.
    guest.call.share(ShareChoice::Pattern);
    guest.call.use_tool(ToolAction::TakeSnapshot { stream_id: LOCAL_SHARE });
    let own = at_host.until("the second", |drawn| some(drawn.gallery.len() == 2, drawn.gallery[0].clone())).await;
    assert_eq!((own.file.info.size_px, own.of_name.as_str(), own.of_screen), (Some((1280, 720)), "Ada", true));
    // Whom it shows is known when they are gone.
    guest.call.leave();
    let alone = |state: &CallState| match state {
        CallState::Running(view) => some(view.people.is_empty(), ()),
        _ => None,
    };
    host.until("Ada left", alone).await;
    at_host.until("still of Ada", |drawn| some(drawn.gallery.iter().all(|one| one.of_name == "Ada"), ())).await;
}

#[tokio::test]
async fn pointing_and_presenting_reach_everybody() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let [(host, mut at_host), (guest, _)] = two(&room).await;
    let spot = Spot { target: PointTarget::Camera { participant_id: id(&room.seats[0]) }, x: 100, y: 65_535 };
    guest.call.use_tool(ToolAction::Point { spot: Some(spot.clone()) });
    let seen = at_host.until("the pointer", |drawn| drawn.pointers.first().cloned()).await;
    assert_eq!((seen.display_name.as_str(), seen.spot), ("Ada", spot));
    guest.call.use_tool(ToolAction::Point { spot: None });
    at_host.until("no pointer", |drawn| some(drawn.pointers.is_empty(), ())).await;
    guest.call.use_tool(ToolAction::Present { presenting: true });
    let presents = |who: Option<&str>| {
        let who = who.map(id);
        move |state: &CallState| match state {
            CallState::Running(view) => some(view.presenter == who, ()),
            _ => None,
        }
    };
    host.until("Ada presents", presents(Some(&room.seats[1]))).await;
    host.call.use_tool(ToolAction::Present { presenting: false });
    guest.until("an admin ended it", presents(None)).await;
}
