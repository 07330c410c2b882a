//! Chat, pointing, presenting, and who may come to a board.

use visita_protocol::{
    Tools, Whiteboard,
    board::ROOM_BOARD,
    channel::{
        ChatMark, ChatMessage, ClientMessage, FileInfo, FilePurpose, MAX_CHAT_LEN, PointTarget, ServerMessage, Spot,
    },
};
use visita_room::{ConnectionId, Input, Output, Refusal, Restored, SeatSettings, Settings, Standing};

use crate::{
    common::{Scene, id, sent},
    visit,
};

/// A room whose guest has these tools.
fn room_with(tools: Tools) -> Scene {
    let settings = visit();
    let of =
        |seat: SeatSettings| if seat.participant_id == id("guest") { SeatSettings { tools, ..seat } } else { seat };
    let seats = settings.seats.into_iter().map(of).collect();
    Scene::new(Settings { seats, ..settings })
}

fn chat(key: &str, text: &str) -> ClientMessage {
    ClientMessage::Chat { key: key.into(), text: text.into(), reply_to: None }
}

fn written(outputs: &[Output], to: u64) -> Vec<(u32, String)> {
    let messages = sent(outputs, to).into_iter().filter_map(|message| match message {
        ServerMessage::Chat { message } => Some((message.id, message.text)),
        _ => None,
    });
    messages.collect()
}

fn history(outputs: &[Output], to: u64) -> Vec<u32> {
    let messages = sent(outputs, to).into_iter().filter_map(|message| match message {
        ServerMessage::ChatHistory { messages, .. } => Some(messages),
        _ => None,
    });
    messages.flatten().map(|message| message.id).collect()
}

#[test]
fn a_message_is_kept_and_comes_to_everybody_with_the_chat() {
    let mut scene = room_with(Tools { chat: false, ..Tools::ALL });
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.come("other", 3);
    let outputs = scene.say(1, chat("k", "Good morning")).expect("may");
    assert!(matches!(&outputs[0], Output::ChatAdded { message } if message.from_name == "Name of host"), "kept first");
    assert_eq!(written(&outputs, 1), [(1, "Good morning".into())], "the sender too");
    assert_eq!(written(&outputs, 3), [(1, "Good morning".into())]);
    assert_eq!(sent(&outputs, 2), [], "who has no chat hears nothing of it");
    assert_eq!(scene.say(2, chat("k", "Hello?")), Err(Refusal::ToolMissing));
    assert_eq!(scene.say(2, ClientMessage::Typing { typing: true }), Err(Refusal::ToolMissing));

    let again = scene.say(1, chat("k", "Good morning")).expect("said again");
    assert_eq!((written(&again, 1).len(), again.len()), (1, 1), "one message, told to its sender only");

    // Granted, what was written before is there.
    let granted = ClientMessage::SetTools { participant_id: id("guest"), tools: Tools::ALL };
    assert_eq!(history(&scene.say(1, granted).expect("admin"), 2), [1]);
    assert_eq!(written(&scene.say(2, chat("k2", "Now I can")).expect("may"), 1), [(2, "Now I can".into())]);
}

#[test]
fn what_is_no_message_is_refused() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    for (message, field) in [
        (chat("k", ""), "text"),
        (chat("k", " \n "), "text"),
        (chat("k", &"x".repeat(MAX_CHAT_LEN + 1)), "text"),
        (chat("k", "\u{202e}txt"), "text"),
        (chat("", "x"), "key"),
        (chat(&"k".repeat(65), "x"), "key"),
        (ClientMessage::Chat { key: "k".into(), text: "x".into(), reply_to: Some(1) }, "reply_to"),
    ] {
        assert_eq!(scene.say(1, message.clone()), Err(Refusal::Invalid { field }), "{message:?}");
    }
    scene.say(1, chat("k", &"è".repeat(MAX_CHAT_LEN))).expect("as long as may be");
    scene.say(1, ClientMessage::Chat { key: "l".into(), text: "yes".into(), reply_to: Some(1) }).expect("answers it");
}

#[test]
fn who_comes_later_or_back_gets_what_they_have_not() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    for n in 1..=3 {
        scene.say(1, chat(&format!("k{n}"), "x")).expect("may");
    }
    let (entry, _) = scene.enter("guest", false).expect("let in");
    assert_eq!(history(&scene.hello("guest", entry, 2).expect("in"), 2), [1, 2, 3]);
    let back = Input::Connect {
        participant_id: id("guest"),
        link: visita_room::LinkSerial(1),
        entry,
        connection: ConnectionId(3),
        display_name: "Guest".into(),
        expired: false,
        seen: None,
        session_id: id("new"),
        chat_after: 2,
    };
    assert_eq!(history(&scene.handle(back).expect("in"), 3), [3]);
}

#[test]
fn the_chat_outlives_session_and_server() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    let outputs = scene.say(1, chat("k", "Before")).expect("may");
    let Some(Output::ChatAdded { message }) = outputs.into_iter().next() else { panic!("kept") };
    let restored =
        Restored { standing: Standing::Active, used: Default::default(), chat: vec![message], deleted: Vec::new() };
    let mut scene = Scene::restored(visit(), restored);
    let (entry, _) = scene.enter("guest", false).expect("let in");
    assert_eq!(history(&scene.hello("guest", entry, 2).expect("in"), 2), [1]);
    let outputs = scene.say(2, chat("k", "After")).expect("may");
    assert_eq!(written(&outputs, 2), [(2, "After".into())], "numbers go on; another's key is another message");
}

#[test]
fn who_was_away_hears_what_was_deleted_and_no_number_is_used_again() {
    let gone = || id::<visita_protocol::FileId>("gone");
    let restored =
        Restored { standing: Standing::Active, used: Default::default(), chat: Vec::new(), deleted: vec![(4, gone())] };
    let mut scene = Scene::restored(visit(), restored);
    scene.come("host", 1);
    let outputs = scene.say(1, chat("k", "After")).expect("may");
    assert_eq!(written(&outputs, 1), [(5, "After".into())]);
    for (seen, heard) in [(3, 0), (4, 1)] {
        let (entry, _) = scene.enter("guest", true).expect("let in");
        let back = Input::Connect {
            participant_id: id("guest"),
            link: visita_room::LinkSerial(1),
            entry,
            connection: ConnectionId(u64::from(seen)),
            display_name: "Guest".into(),
            expired: false,
            seen: None,
            session_id: id("new"),
            chat_after: seen,
        };
        let told = scene.handle(back).expect("in");
        let deleted = |output: &&Output| matches!(output, Output::Send { message: ServerMessage::FileDeleted { file_id }, .. } if *file_id == gone());
        assert_eq!(told.iter().filter(deleted).count(), heard, "{seen}");
    }
}

#[test]
fn marks_go_forth_only_and_no_further_than_there_are_messages() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.say(1, chat("k", "x")).expect("may");
    let mark = |received, seen| ClientMessage::ChatMark { received, seen };
    let told = |received, seen| {
        let mark = ChatMark { participant_id: id("guest"), received, seen };
        vec![ServerMessage::ChatMarked { mark }]
    };
    assert_eq!(sent(&scene.say(2, mark(9, 0)).expect("may"), 1), told(1, 0));
    assert_eq!(sent(&scene.say(2, mark(1, 1)).expect("may"), 1), told(1, 1));
    assert_eq!(scene.say(2, mark(0, 0)).expect("may"), []);
    let (entry, _) = scene.enter("other", false).expect("let in");
    let outputs = scene.hello("other", entry, 3).expect("in");
    let marks = sent(&outputs, 3).into_iter().find_map(|message| match message {
        ServerMessage::ChatHistory { marks, .. } => Some(marks),
        _ => None,
    });
    assert_eq!(marks.expect("a history").len(), 1, "who comes later hears how far it has come");
}

fn file(purpose: FilePurpose) -> FileInfo {
    FileInfo {
        file_id: id("file"),
        name: "Scan.png".into(),
        media_type: "image/png".into(),
        size: 5,
        sha256: "00".into(),
        purpose,
        of: Some(id("host")),
        of_name: None,
        of_screen: false,
        size_px: Some((1280, 720)),
        has_thumbnail: true,
    }
}

#[test]
fn files_and_snapshots_need_their_tool_and_reach_those_who_have_it() {
    let share = |purpose| Input::FileShared { participant_id: id("guest"), key: "f".into(), file: file(purpose) };
    let only = |tools: Tools| {
        let mut scene = room_with(tools);
        scene.come("host", 1);
        scene.come("guest", 2);
        scene
    };
    let mut scene = only(Tools { snapshot: true, ..Tools::default() });
    assert_eq!(scene.handle(share(FilePurpose::Chat)), Err(Refusal::ToolMissing));
    let outputs = scene.handle(share(FilePurpose::Snapshot)).expect("may");
    assert_eq!((written(&outputs, 1).len(), written(&outputs, 2).len()), (1, 1));
    assert_eq!(scene.handle(Input::FileDeleted { file_id: id("file") }).expect("deleted").len(), 2, "both hear of it");
    let mut scene = only(Tools { file_upload: true, ..Tools::default() });
    assert_eq!(scene.handle(share(FilePurpose::Snapshot)), Err(Refusal::ToolMissing));
    assert_eq!(written(&scene.handle(share(FilePurpose::Chat)).expect("may"), 2).len(), 1);
}

#[test]
fn pointing_needs_the_right_to_send_and_a_target_that_is_there() {
    let mut scene = room_with(Tools { live_pointer: false, ..Tools::ALL });
    scene.come("host", 1);
    scene.come("guest", 2);
    let at = |seat: &str| Some(Spot { target: PointTarget::Camera { participant_id: id(seat) }, x: 1, y: 65_535 });
    let outputs = scene.say(1, ClientMessage::Point { spot: at("guest") }).expect("may");
    let told = ServerMessage::Pointed { participant_id: id("host"), spot: at("guest") };
    assert_eq!(
        (sent(&outputs, 2), sent(&outputs, 1)),
        (vec![told], vec![]),
        "everybody can see, without the right too"
    );
    assert_eq!(scene.say(2, ClientMessage::Point { spot: at("host") }), Err(Refusal::ToolMissing));
    assert_eq!(scene.say(1, ClientMessage::Point { spot: at("other") }), Err(Refusal::NotThere));
    scene.say(2, ClientMessage::Point { spot: None }).expect("nothing is always allowed");
}

#[test]
fn one_presents_until_they_stop_leave_or_may_no_more() {
    let mut scene = room_with(Tools { present_to_everyone: false, ..Tools::ALL });
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.come("other", 3);
    let present = |presenting| ClientMessage::Present { presenting };
    let presenter = |outputs: &[Output], to| {
        sent(outputs, to).into_iter().find_map(|message| match message {
            ServerMessage::PresenterChanged { presenter, .. } => Some(presenter),
            _ => None,
        })
    };
    assert_eq!(scene.say(2, present(true)), Err(Refusal::ToolMissing));
    let outputs = scene.say(3, present(true)).expect("may");
    assert_eq!(presenter(&outputs, 2), Some(Some(id("other"))));
    assert_eq!(scene.say(2, present(false)), Err(Refusal::NotAdmin), "another's");
    assert_eq!(presenter(&scene.say(1, present(false)).expect("an admin"), 2), Some(None));
    scene.say(3, present(true)).expect("may");
    let outputs = scene.say(3, ClientMessage::Leave).expect("leaves");
    assert_eq!(presenter(&outputs, 2), Some(None));
    scene.say(1, present(true)).expect("may");
    let tools = Tools { present_to_everyone: false, ..Tools::ALL };
    let outputs = scene.say(1, ClientMessage::SetTools { participant_id: id("host"), tools }).expect("admin");
    assert_eq!(presenter(&outputs, 2), Some(None));
}

#[test]
fn a_board_is_for_those_who_have_it_and_for_all_while_it_is_shown() {
    let mut scene = room_with(Tools { whiteboard: Whiteboard::Whole(false), ..Tools::ALL });
    scene.come("host", 1);
    scene.come("guest", 2);
    let open = || ClientMessage::OpenBoard { board: id(ROOM_BOARD), since: 0, aside: false };
    let outputs = scene.say(1, open()).expect("may");
    assert!(matches!(&outputs[..], [Output::ToBoard { connection: ConnectionId(1), .. }]), "{outputs:?}");
    assert_eq!(scene.say(2, open()), Err(Refusal::ToolMissing));
    scene.say(1, ClientMessage::ShowWhiteboard { shown: true, page: 0 }).expect("admin");
    scene.say(2, open()).expect("it is shown");
    assert!(!scene.room.board_access(&id("guest"), &id(ROOM_BOARD)).rights.wb_pen, "to look only");
    let cursor = ClientMessage::BoardCursor {
        board: id(ROOM_BOARD),
        page: 0,
        at: Some(visita_protocol::board::Point { x: 1, y: 1 }),
        laser: false,
    };
    assert_eq!(scene.say(2, cursor), Err(Refusal::ToolMissing));
}

#[test]
fn only_the_newest_messages_are_kept_in_memory() {
    let old = |n| ChatMessage {
        id: n,
        key: n.to_string(),
        session_id: id("session"),
        from: id("host"),
        from_name: "Host".into(),
        at_ms: 0,
        text: "x".into(),
        reply_to: None,
        file: None,
    };
    let restored = Restored {
        standing: Standing::Active,
        used: Default::default(),
        chat: (1..=visita_room::CHAT + 5).map(old).collect(),
        deleted: Vec::new(),
    };
    let mut scene = Scene::restored(visit(), restored);
    let (entry, _) = scene.enter("guest", false).expect("let in");
    let told = history(&scene.hello("guest", entry, 2).expect("in"), 2);
    assert_eq!((told.len(), told[0]), (visita_room::CHAT as usize, 6));
}
