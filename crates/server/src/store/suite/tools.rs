//! Chat, files and boards.

use visita_board::What;
use visita_protocol::{
    BoardId, SessionId,
    board::{Colour, Item, Point, Shape, Stamp},
    channel::{ChatMessage, FileInfo, FilePurpose},
};
use visita_room::Standing;

use super::{ALL, NOW, in_session, parsed, secs};
use crate::{
    files::Wanted,
    store::{Store, StoreError, StoredFile},
};

fn message(id: u32, session: &SessionId, text: &str, file: Option<FileInfo>) -> ChatMessage {
    ChatMessage {
        id,
        key: id.to_string(),
        session_id: session.clone(),
        from: parsed("seat"),
        from_name: "Ada".into(),
        at_ms: 7,
        text: text.into(),
        reply_to: None,
        file,
    }
}

pub(super) fn file(name: &str) -> FileInfo {
    FileInfo {
        file_id: crate::ids::new(),
        name: name.into(),
        media_type: "image/png".into(),
        size: 3,
        sha256: "00".into(),
        purpose: FilePurpose::Snapshot,
        of: None,
        of_name: None,
        of_screen: false,
        size_px: Some((2, 1)),
        has_thumbnail: false,
    }
}

pub(super) async fn a_chat_is_kept_found_and_forgotten_with_its_room(store: &dyn Store) {
    let (room, session) = in_session(store).await;
    let scan = file("Scan.png");
    let messages = [message(1, &session, "Come va?", None), message(2, &session, "", Some(scan.clone()))];
    for message in &messages {
        store.chat_added(&room, message).await.expect("stored");
    }
    assert!(matches!(store.chat_added(&room, &messages[0]).await, Err(StoreError::Exists)));
    assert_eq!(store.chat(&room, 9).await.expect("read"), messages);
    assert_eq!(store.chat(&room, 1).await.expect("read"), messages[1..], "the newest");
    for (search, found) in [(None, 2), (Some("come"), 1), (Some("scan"), 1), (Some("%"), 0)] {
        assert_eq!(store.chat_of_session(&session, search, ALL).await.expect("read").total, found, "{search:?}");
    }
    assert_eq!(store.chat_of_file(&room, &scan.file_id).await.expect("read"), Some(messages[1].clone()));
    store.file_deleted(&room, &scan.file_id).await.expect("stored");
    assert_eq!(store.chat(&room, 9).await.expect("read").len(), 1);
    assert_eq!(store.deleted_files(&room, 9).await.expect("read"), [(2, scan.file_id)]);
    store.set_standing(&room, Standing::Deleted, NOW).await.expect("stored");
    assert_eq!(store.chat(&room, 9).await.expect("read"), []);
}

pub(super) async fn a_file_is_listed_when_it_is_there(store: &dyn Store) {
    let (room, session) = in_session(store).await;
    let info = file("Scan.png");
    let wanted = Wanted {
        name: "Scan.png".into(),
        size: 3,
        purpose: FilePurpose::Snapshot,
        of: None,
        of_screen: false,
        key: "k".into(),
        sha256: None,
    };
    let begun = StoredFile {
        file_id: info.file_id.clone(),
        room_id: room.clone(),
        session_id: session.clone(),
        participant_id: parsed("seat"),
        wanted,
        info: None,
        created_at: NOW,
    };
    store.file_begun(&begun).await.expect("stored");
    let again = StoredFile { file_id: crate::ids::new(), ..begun.clone() };
    assert!(matches!(store.file_begun(&again).await, Err(StoreError::Exists)), "one upload by that key");
    assert_eq!(store.file_by_key(&room, &parsed("seat"), "k").await.expect("read"), Some(begun.clone()));
    assert_eq!(store.files(&room, None, ALL).await.expect("read").total, 0);
    assert_eq!(store.unfinished_files(NOW + secs(1)).await.expect("read"), std::slice::from_ref(&begun));
    assert_eq!(store.unfinished_files(NOW).await.expect("read"), []);
    store.file_done(&info.file_id, &info).await.expect("stored");
    let done = StoredFile { info: Some(info.clone()), ..begun };
    assert_eq!(store.file(&info.file_id).await.expect("read"), Some(done.clone()));
    assert_eq!(store.files(&room, Some(&session), ALL).await.expect("read").items, [done]);
    assert_eq!(store.files(&room, Some(&crate::ids::new()), ALL).await.expect("read").total, 0);
    assert_eq!(store.unfinished_files(NOW + secs(1)).await.expect("read"), []);
}

pub(super) async fn a_board_is_as_it_was_drawn(store: &dyn Store) {
    let (room, _) = in_session(store).await;
    let board: BoardId = parsed("board");
    assert_eq!(store.board(&room, &board).await.expect("read"), (1, Vec::new()), "nobody drew yet");
    let stamp = |clock: u64| Stamp { clock, by: parsed("seat") };
    let item = |name: &str, clock: u64| Item {
        id: parsed(name),
        author: parsed("seat"),
        page: 0,
        z: 0,
        shape: Shape::Text {
            at: Point { x: 1, y: 2 },
            text: "Anca".into(),
            colour: Colour::Teal,
            size: 20,
            ground: None,
        },
        stamp: stamp(clock),
    };
    // More than go into one statement.
    let many: Vec<_> =
        (0..1_200_u64).map(|n| (parsed(&format!("i{n:04}")), What::There(item(&format!("i{n:04}"), n)))).collect();
    store.board_changed(&room, &board, 2, &many).await.expect("stored");
    assert_eq!(store.board(&room, &board).await.expect("read"), (2, many));
    let gone = What::Gone { stamp: stamp(9_999), author: Some(parsed("seat")) };
    store.board_changed(&room, &board, 3, &[(parsed("i0000"), gone.clone())]).await.expect("stored");
    let (pages, items) = store.board(&room, &board).await.expect("read");
    assert_eq!((pages, items.len(), &items[0].1), (3, 1_200, &gone));
    assert_eq!(store.board(&room, &parsed("other")).await.expect("read"), (1, Vec::new()));
}
