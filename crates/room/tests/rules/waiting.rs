//! The waiting room.

use visita_protocol::channel::{ClientMessage, LeaveReason, ServerMessage};
use visita_room::{ConnectionId, DOORBELL, GRACE, Input, KNOCK, Output, Refusal, Settings};

use crate::{
    admin_state, admit,
    common::{Scene, id, sent},
    note, queue, token_for, who, with_waiting_room,
};

#[test]
fn a_guest_waits_until_an_admin_lets_them_in_and_only_then_gets_media() {
    let mut scene = Scene::new(with_waiting_room());
    scene.come("host", 1);
    let (entry, _) = scene.enter("guest", false).expect("the link is good");
    assert_eq!(scene.room.media_rights(&who("guest")), None);
    let outputs = scene.hello("guest", entry, 2).expect("may wait");
    let [ServerMessage::Waiting { room, .. }] = &sent(&outputs, 2)[..] else { panic!("{outputs:?}") };
    assert_eq!((room.place, room.host_name.as_deref()), (1, Some("Name of host")));
    assert_eq!(token_for(&outputs, "guest"), None);
    let doorbell = ServerMessage::Doorbell { participant_id: who("guest") };
    assert!(sent(&outputs, 1).contains(&doorbell));
    assert_eq!(queue(&admin_state(&outputs, 1)), ["guest"]);
    assert_eq!(scene.room.connected(), 1, "who waits does not count");

    assert_eq!(scene.say(2, admit("guest")), Err(Refusal::StillWaiting));
    let outputs = scene.say(1, admit("guest")).expect("an admin may");
    assert!(token_for(&outputs, "guest").expect("a token").microphone);
    let order: Vec<_> = outputs
        .iter()
        .filter_map(|output| match output {
            Output::SendMediaToken { .. } => Some("token"),
            Output::Send { to: ConnectionId(2), message: ServerMessage::Welcome { .. } } => Some("welcome"),
            _ => None,
        })
        .collect();
    assert_eq!(order, ["token", "welcome"]);
    assert!(matches!(sent(&outputs, 1)[0], ServerMessage::Joined { .. }));
    assert_eq!(queue(&admin_state(&outputs, 1)), [""; 0]);
    assert_eq!(scene.room.connected(), 2);
}

#[test]
fn everybody_who_waits_is_told_their_place_and_it_outlives_a_lost_line() {
    let mut scene = Scene::new(with_waiting_room());
    scene.come("host", 1);
    let entry = scene.come("guest", 2);
    let (other, _) = scene.enter("other", false).expect("the link is good");
    let outputs = scene.hello("other", other, 3).expect("may wait");
    let [ServerMessage::Waiting { room, .. }] = &sent(&outputs, 3)[..] else { panic!("{outputs:?}") };
    assert_eq!(room.place, 2);

    scene.handle(Input::Disconnect { connection: ConnectionId(2) }).expect("was there");
    scene.after(GRACE / 2);
    let outputs = scene.hello("guest", entry, 4).expect("comes back");
    let [ServerMessage::Waiting { room, .. }] = &sent(&outputs, 4)[..] else { panic!("{outputs:?}") };
    assert_eq!(room.place, 1, "the place was kept");

    scene.handle(Input::Disconnect { connection: ConnectionId(4) }).expect("was there");
    let outputs = scene.after(GRACE);
    assert_eq!(sent(&outputs, 3), [ServerMessage::WaitingPlace { place: 1 }]);
    assert_eq!(queue(&admin_state(&outputs, 1)), ["other"]);
}

#[test]
fn notes_go_between_one_guest_and_the_admins_and_to_nobody_else() {
    let mut scene = Scene::new(with_waiting_room());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.come("other", 3);
    let outputs = scene.say(2, note(None, "I am early")).expect("a guest may write");
    for connection in [1, 2] {
        let [ServerMessage::Note { note }] = &sent(&outputs, connection)[..] else { panic!("{outputs:?}") };
        assert_eq!(
            (note.text.as_str(), note.from_name.as_str(), &note.guest),
            ("I am early", "Name of guest", &who("guest"))
        );
    }
    assert_eq!(sent(&outputs, 3), []);

    let outputs = scene.say(1, note(Some("guest"), "Five minutes")).expect("an admin may write");
    assert_eq!((sent(&outputs, 1).len(), sent(&outputs, 2).len(), sent(&outputs, 3).len()), (1, 1, 0));

    for (connection, message, refusal) in [
        (2, note(Some("other"), "hello"), Refusal::StillWaiting),
        (2, note(Some("host"), "hello"), Refusal::StillWaiting),
        (1, note(None, "to nobody"), Refusal::NotWaiting),
        (1, note(Some("host"), "to nobody"), Refusal::NotThere),
        (2, note(None, "  "), Refusal::Invalid { field: "text" }),
        (2, note(None, &"x".repeat(2001)), Refusal::Invalid { field: "text" }),
        (2, note(None, "not \u{202e}gnorw"), Refusal::Invalid { field: "text" }),
        (2, note(None, "bell\u{7}"), Refusal::Invalid { field: "text" }),
    ] {
        assert_eq!(scene.say(connection, message), Err(refusal));
    }

    // An admin who comes later, and a guest who comes back, see what was written.
    scene.handle(Input::Disconnect { connection: ConnectionId(1) }).expect("was in");
    let (entry, _) = scene.enter("host", true).expect("let in");
    let outputs = scene.hello("host", entry, 4).expect("connected");
    let notes = sent(&outputs, 4).into_iter().filter(|message| matches!(message, ServerMessage::Note { .. }));
    assert_eq!(notes.count(), 2);
}

#[test]
fn the_doorbell_rings_now_and_then_however_many_knock() {
    let mut scene = Scene::new(with_waiting_room());
    scene.come("host", 1);
    let rings = |outputs: &[Output]| {
        sent(outputs, 1).iter().filter(|message| matches!(message, ServerMessage::Doorbell { .. })).count()
    };
    scene.come("guest", 2);
    let (entry, _) = scene.enter("other", false).expect("the link is good");
    let outputs = scene.hello("other", entry, 3).expect("may wait");
    assert_eq!(rings(&outputs), 0, "it rang just now");
    assert_eq!(scene.say(2, ClientMessage::Knock), Err(Refusal::TooOften));
    scene.after(KNOCK);
    let outputs = scene.say(2, ClientMessage::Knock).expect("some time later");
    assert_eq!(rings(&outputs), 1);
    let outputs = scene.say(3, ClientMessage::Knock).expect("the first of theirs");
    assert_eq!(rings(&outputs), 0);
    assert!(DOORBELL < KNOCK);
}

#[test]
fn all_may_be_let_in_at_once_as_far_as_there_is_place() {
    let mut scene = Scene::new(Settings { capacity: Some(2), ..with_waiting_room() });
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.come("other", 3);
    scene.say(1, ClientMessage::AdmitAll).expect("one place is free");
    assert_eq!(scene.room.connected(), 2);
    assert_eq!(scene.say(1, ClientMessage::AdmitAll), Err(Refusal::RoomFull));
    scene.say(2, ClientMessage::Leave).expect("may leave");
    scene.say(1, ClientMessage::AdmitAll).expect("one place is free");
    assert_eq!(scene.room.connected(), 2);
}

#[test]
fn who_is_not_let_in_is_out_until_an_admin_lets_them_come_again() {
    let mut scene = Scene::new(with_waiting_room());
    scene.come("host", 1);
    let old = scene.come("guest", 2);
    let refuse = ClientMessage::Refuse { participant_id: id("guest") };
    let outputs = scene.say(1, refuse).expect("an admin may");
    assert_eq!(sent(&outputs, 2), [ServerMessage::Closed { reason: LeaveReason::Removed }]);
    assert_eq!(scene.enter("guest", false).err(), Some(Refusal::Removed));
    assert_eq!(scene.hello("guest", old, 3), Err(Refusal::Removed));

    scene.say(1, ClientMessage::Readmit { participant_id: id("guest") }).expect("an admin may");
    assert_eq!(scene.hello("guest", old, 4), Err(Refusal::Removed), "the old entry is good no more");
    let (entry, _) = scene.enter("guest", false).expect("the link is");
    scene.hello("guest", entry, 5).expect("may wait again");
}

#[test]
fn who_leaves_waits_again_and_who_lost_the_line_does_not() {
    let mut scene = Scene::new(with_waiting_room());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.say(1, admit("guest")).expect("an admin may");
    scene.handle(Input::Disconnect { connection: ConnectionId(2) }).expect("was in");
    scene.after(GRACE * 2);
    let (entry, _) = scene.enter("guest", false).expect("the link is good");
    assert!(scene.room.media_rights(&who("guest")).is_some(), "let in before");
    let outputs = scene.hello("guest", entry, 3).expect("back");
    assert!(token_for(&outputs, "guest").is_some());

    scene.say(3, ClientMessage::Leave).expect("may leave");
    scene.enter("guest", false).expect("the link is good");
    assert_eq!(scene.room.media_rights(&who("guest")), None);
}

#[test]
fn who_is_sent_back_waits_on_the_same_line_and_loses_media() {
    let mut scene = Scene::new(with_waiting_room());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.say(1, admit("guest")).expect("an admin may");
    scene.media_joined("guest").expect("has a token");
    let outputs = scene.say(1, ClientMessage::SendBack { participant_id: id("guest") }).expect("an admin may");
    assert!(outputs.contains(&Output::RemoveMedia { participant_id: id("guest"), revoke: true }));
    assert!(matches!(sent(&outputs, 2)[..], [ServerMessage::Waiting { .. }]));
    assert!(
        sent(&outputs, 1)
            .iter()
            .any(|message| { matches!(message, ServerMessage::Left { reason: LeaveReason::SentBack, .. }) })
    );
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired), "nor does the old token help");
    let outputs = scene.say(1, admit("guest")).expect("an admin may");
    assert!(token_for(&outputs, "guest").is_some());
}
