//! Coming back after a lost line.

use visita_protocol::channel::{ClientMessage, ServerMessage};
use visita_room::{ConnectionId, EntryId, Input, LinkSerial, Output, Seen};

use crate::{
    BOTH_ON, OFF,
    common::{Scene, id, sent},
    visit,
};

fn come_back(scene: &mut Scene, seat: &str, entry: EntryId, connection: u64, seen: Option<Seen>) -> Vec<Output> {
    scene
        .handle(Input::Connect {
            participant_id: id(seat),
            link: LinkSerial(1),
            entry,
            connection: ConnectionId(connection),
            display_name: format!("Name of {seat}"),
            expired: false,
            seen,
            session_id: id("new"),
            chat_after: 0,
        })
        .expect("comes back")
}

#[test]
fn who_comes_back_hears_exactly_what_was_missed() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    let entry = scene.come("guest", 2);
    let session_id = scene.room.session_id().expect("running").clone();
    scene.handle(Input::Disconnect { connection: ConnectionId(2) }).expect("was in");
    let mut missed = Vec::new();
    for media in [BOTH_ON, OFF] {
        missed.extend(sent(&scene.say(1, ClientMessage::SetMedia { media }).expect("may"), 1));
    }
    scene.come("other", 3);
    let seen = |seq| Some(Seen { session_id: session_id.clone(), seq });
    let outputs = come_back(&mut scene, "guest", entry, 4, seen(2));
    let told = sent(&outputs, 4);
    assert_eq!(told[0], ServerMessage::Resumed { seq: 5 });
    assert_eq!(told[1..3], missed);
    assert_eq!(told[3].seq(), Some(5));
    assert_eq!(told.len(), 4);
    assert_eq!(sent(&outputs, 1), [], "the others hear nothing");

    // Nothing missed, too much said, another session: each its own way.
    scene.handle(Input::Disconnect { connection: ConnectionId(4) }).expect("was in");
    let outputs = come_back(&mut scene, "guest", entry, 5, seen(5));
    assert_eq!(sent(&outputs, 5), [ServerMessage::Resumed { seq: 5 }]);
    for (connection, seen) in [(6, seen(6)), (7, Some(Seen { session_id: id("older"), seq: 5 })), (8, None)] {
        let outputs = come_back(&mut scene, "guest", entry, connection, seen);
        assert!(matches!(sent(&outputs, connection)[..], [ServerMessage::Welcome { .. }]));
    }
}

#[test]
fn who_missed_too_much_gets_the_whole_state() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    let entry = scene.come("guest", 2);
    let session_id = scene.room.session_id().expect("running").clone();
    scene.handle(Input::Disconnect { connection: ConnectionId(2) }).expect("was in");
    for n in 0..visita_room::LOG {
        let media = if n % 2 == 0 { BOTH_ON } else { OFF };
        scene.say(1, ClientMessage::SetMedia { media }).expect("may");
    }
    let seen = |seq| Some(Seen { session_id: session_id.clone(), seq });
    let outputs = come_back(&mut scene, "guest", entry, 3, seen(2));
    assert_eq!(sent(&outputs, 3).len(), visita_room::LOG + 1, "all of it is still known");
    let outputs = come_back(&mut scene, "guest", entry, 4, seen(1));
    assert!(matches!(sent(&outputs, 4)[..], [ServerMessage::Welcome { .. }]), "one more is not");
}
