//! What happens in a room, told as stories with invented time.

mod common;

use std::time::Duration;

use common::{START, Scene, id, secs, sent, settings};
use visita_protocol::{
    CallType, ErrorCode, SessionId,
    channel::{ClientMessage, LeaveReason, MediaState, MutedSources, ServerMessage},
};
use visita_room::{CHECKPOINT, ConnectionId, EntryId, GRACE, Input, LinkSerial, Output, Refusal, Restored, Standing};

fn names(message: &ServerMessage) -> Vec<String> {
    match message {
        ServerMessage::Welcome { room, .. } => {
            room.participants.iter().map(|person| person.participant_id.to_string()).collect()
        }
        other => panic!("no welcome: {other:?}"),
    }
}

fn closed(reason: LeaveReason) -> ServerMessage {
    ServerMessage::Closed { reason }
}

fn left(seq: u64, seat: &str, reason: LeaveReason) -> ServerMessage {
    ServerMessage::Left { seq, participant_id: id(seat), reason }
}

#[test]
fn two_people_come_and_each_is_told_of_the_other() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    let (entry, outputs) = scene.enter("host", false).expect("let in");
    assert_eq!(outputs, []);
    assert!(scene.room.is_empty(), "using a link is not being in");
    let outputs = scene.hello("host", entry, 1).expect("connected");
    assert!(matches!(&outputs[0], Output::SessionStarted { at, .. } if *at == START));
    assert_eq!(names(&sent(&outputs, 1)[0]), ["host"]);

    let entry = scene.enter("guest", false).expect("let in").0;
    let outputs = scene.hello("guest", entry, 2).expect("connected");
    assert_eq!(names(&sent(&outputs, 2)[0]), ["host", "guest"]);
    let [ServerMessage::Joined { seq: 2, participant }] = &sent(&outputs, 1)[..] else { panic!("{outputs:?}") };
    assert_eq!((participant.display_name.as_str(), participant.is_admin), ("Name of guest", false));
    assert_eq!(scene.room.session_id(), Some(&id::<SessionId>("session-1")), "the session goes on");
}

#[test]
fn media_changes_are_told_to_all_and_told_once() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    scene.come("guest", 2);
    let media = MediaState { microphone: true, camera: false };
    let input = Input::Message { connection: ConnectionId(2), message: ClientMessage::SetMedia { media } };
    let outputs = scene.handle(input.clone()).expect("allowed");
    let told = ServerMessage::MediaChanged {
        seq: 3,
        participant_id: id("guest"),
        media,
        muted_by_admin: MutedSources::default(),
    };
    assert_eq!(sent(&outputs, 1), std::slice::from_ref(&told));
    assert_eq!(sent(&outputs, 2), [told]);
    assert_eq!(scene.handle(input).expect("allowed"), []);
}

#[test]
fn an_audio_room_has_no_camera() {
    let mut scene =
        Scene::new(visita_room::Settings { call_type: CallType::AudioOnly, ..settings(&["host", "guest"]) });
    scene.come("host", 1);
    let media = MediaState { microphone: true, camera: true };
    assert_eq!(
        scene.handle(Input::Message { connection: ConnectionId(1), message: ClientMessage::SetMedia { media } }),
        Err(Refusal::NoCamera)
    );
    let media = MediaState { microphone: true, camera: false };
    assert!(
        scene
            .handle(Input::Message { connection: ConnectionId(1), message: ClientMessage::SetMedia { media } })
            .is_ok()
    );
}

#[test]
fn who_loses_the_line_keeps_the_seat_for_the_grace_time() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    let entry = scene.come("guest", 2);
    let media = MediaState { microphone: true, camera: true };
    scene
        .handle(Input::Message { connection: ConnectionId(2), message: ClientMessage::SetMedia { media } })
        .expect("allowed");
    assert_eq!(scene.handle(Input::Disconnect { connection: ConnectionId(2) }), Ok(vec![]), "nobody is told yet");

    let outputs = scene.after(GRACE - Duration::from_millis(1));
    assert_eq!(sent(&outputs, 1), []);
    // The token is old by now; for coming back it is good.
    let outputs = scene.hello_with("guest", entry, 3, true).expect("back");
    assert_eq!(sent(&outputs, 1), [], "the others never noticed");
    let [ServerMessage::Welcome { seq: 3, room, .. }] = &sent(&outputs, 3)[..] else { panic!("{outputs:?}") };
    assert_eq!(room.participants[1].media, media, "microphone and camera are as they were");

    scene.handle(Input::Disconnect { connection: ConnectionId(3) }).expect("was in");
    let outputs = scene.after(GRACE);
    assert_eq!(sent(&outputs, 1), [left(4, "guest", LeaveReason::ConnectionLost)]);
    assert_eq!(scene.hello_with("guest", entry, 4, true), Err(Refusal::TokenExpired));
    assert!(scene.hello("guest", entry, 5).is_ok(), "a fresh token still lets them in");
}

#[test]
fn a_second_device_asks_and_then_displaces_the_first() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    let first = scene.come("guest", 2);
    assert_eq!(scene.enter("guest", false).map(|_| ()), Err(Refusal::SeatInUse));

    let (second, outputs) = scene.enter("guest", true).expect("let in");
    assert_eq!(
        outputs,
        [
            Output::Send { to: ConnectionId(2), message: closed(LeaveReason::Displaced) },
            Output::Close { connection: ConnectionId(2) },
            Output::RemoveMedia { participant_id: id("guest"), revoke: false },
        ]
    );
    assert_eq!(scene.hello("guest", first, 3), Err(Refusal::Displaced), "the first does not come back");
    let outputs = scene.hello("guest", second, 4).expect("connected");
    assert_eq!(sent(&outputs, 1), [], "to the others the same person is still in");
    assert_eq!(names(&sent(&outputs, 4)[0]), ["host", "guest"], "on the same place");
}

#[test]
fn a_displacer_who_never_connects_leaves_the_seat_empty() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.enter("guest", true).expect("let in");
    let outputs = scene.after(GRACE);
    assert_eq!(sent(&outputs, 1), [left(3, "guest", LeaveReason::ConnectionLost)]);
}

#[test]
fn who_leaves_is_told_goodbye_and_needs_the_link_to_come_again() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    let entry = scene.come("guest", 2);
    let outputs =
        scene.handle(Input::Message { connection: ConnectionId(2), message: ClientMessage::Leave }).expect("was in");
    assert_eq!(sent(&outputs, 2), [closed(LeaveReason::Left)]);
    assert_eq!(sent(&outputs, 1), [left(3, "guest", LeaveReason::Left)]);
    assert!(outputs.contains(&Output::RemoveMedia { participant_id: id("guest"), revoke: false }));
    assert_eq!(scene.hello("guest", entry, 3), Err(Refusal::TokenExpired));
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired));
    assert_eq!(
        scene.outputs(),
        [Output::RemoveMedia { participant_id: id("guest"), revoke: false }],
        "nor is the media token good"
    );
    scene.come("guest", 4);
}

#[test]
fn an_admin_ends_the_session_and_nobody_else_does() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    scene.come("guest", 2);
    assert_eq!(
        scene.handle(Input::Message { connection: ConnectionId(2), message: ClientMessage::EndSession }),
        Err(Refusal::NotAdmin)
    );
    assert_eq!(scene.outputs(), []);
    assert_eq!(Refusal::NotAdmin.code(), ErrorCode::Forbidden);

    scene.now = START + secs(5);
    let outputs = scene
        .handle(Input::Message { connection: ConnectionId(1), message: ClientMessage::EndSession })
        .expect("allowed");
    assert_eq!(sent(&outputs, 1), [closed(LeaveReason::SessionEnded)]);
    assert_eq!(sent(&outputs, 2), [closed(LeaveReason::SessionEnded)]);
    assert!(outputs.contains(&Output::EndMedia));
    let ended = Output::SessionEnded { session_id: id("session-1"), used: secs(5), at: scene.now };
    assert_eq!(outputs.last(), Some(&ended));

    // The room is still good: the next session is another one.
    scene.come("guest", 3);
    assert_eq!(scene.room.session_id(), Some(&id::<SessionId>("session-3")));
}

#[test]
fn a_session_ends_when_the_last_one_was_connected() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    scene.after(secs(30));
    scene.handle(Input::Disconnect { connection: ConnectionId(1) }).expect("was in");
    assert!(!scene.room.is_empty(), "the seat is held");
    let outputs = scene.after(secs(3600));
    let ended = Output::SessionEnded { session_id: id("session-1"), used: Duration::ZERO, at: START + secs(30) };
    assert!(outputs.contains(&ended), "{outputs:?}");
}

#[test]
fn the_duration_is_used_only_by_two_and_then_the_room_is_over() {
    let mut scene = Scene::new(visita_room::Settings { duration: Some(secs(60)), ..settings(&["host", "guest"]) });
    scene.come("host", 1);
    scene.after(secs(1000));
    let entry = scene.enter("guest", false).expect("let in").0;
    let outputs = scene.hello("guest", entry, 2).expect("connected");
    let [ServerMessage::Welcome { room, .. }, ..] = &sent(&outputs, 2)[..] else { panic!("{outputs:?}") };
    assert_eq!(room.seconds_left, Some(60), "waiting alone costs nothing");

    scene.after(secs(40));
    scene.handle(Input::Disconnect { connection: ConnectionId(2) }).expect("was in");
    scene.after(secs(10));
    let outputs = scene.hello("guest", entry, 3).expect("back");
    let [ServerMessage::Welcome { room, .. }, ..] = &sent(&outputs, 3)[..] else { panic!("{outputs:?}") };
    assert_eq!(room.seconds_left, Some(20), "nor does a lost line");

    let outputs = scene.after(secs(20));
    assert_eq!(sent(&outputs, 1), [closed(LeaveReason::RoomClosed)]);
    assert_eq!(sent(&outputs, 3), [closed(LeaveReason::RoomClosed)]);
    assert_eq!(outputs.last(), Some(&Output::UsedUp));
    assert_eq!(scene.room.standing(), Standing::UsedUp);
    assert_eq!(scene.room.used(scene.now), secs(60));
    assert_eq!(scene.enter("guest", false).map(|_| ()), Err(Refusal::RoomEnded));
}

#[test]
fn what_was_used_before_counts() {
    let restored = Restored { standing: Standing::Active, used: secs(50), chat: Vec::new(), deleted: Vec::new() };
    let settings = visita_room::Settings { duration: Some(secs(60)), ..settings(&["host", "guest"]) };
    let mut scene = Scene::restored(settings, restored);
    scene.come("host", 1);
    scene.come("guest", 2);
    assert_eq!(scene.room.poll_timeout(), Some(START + secs(10)));
    scene.after(secs(10));
    assert_eq!(scene.room.standing(), Standing::UsedUp);
}

#[test]
fn a_running_session_is_written_down_now_and_then() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    scene.come("guest", 2);
    let at = START + CHECKPOINT;
    let checkpoint = Output::Checkpoint { session_id: id("session-1"), used: CHECKPOINT, at };
    assert_eq!(scene.after(CHECKPOINT), [checkpoint]);
    assert!(scene.after(secs(100_000)).len() <= 2, "after a long sleep not one for each that was missed");
}

#[test]
fn a_disabled_or_deleted_room_puts_all_out_and_lets_nobody_in() {
    for (input, refusal) in [(Input::Disable, Refusal::RoomDisabled), (Input::Delete, Refusal::RoomEnded)] {
        let mut scene = Scene::new(settings(&["host", "guest"]));
        let entry = scene.come("host", 1);
        let outputs = scene.handle(input).expect("allowed");
        assert_eq!(sent(&outputs, 1), [closed(LeaveReason::RoomClosed)]);
        assert!(outputs.contains(&Output::EndMedia));
        assert!(scene.room.is_empty());
        assert_eq!(scene.enter("host", true).map(|_| ()), Err(refusal));
        assert_eq!(scene.hello("host", entry, 2), Err(refusal));
        assert_eq!(scene.media_joined("guest"), Err(refusal));
        assert_eq!(scene.outputs(), [Output::RemoveMedia { participant_id: id("guest"), revoke: false }]);
        let look = scene.room.look(&id("host"), LinkSerial(1), scene.now);
        assert_eq!(look, Err(refusal));
    }
}

#[test]
fn a_new_link_takes_the_old_one_back_and_whoever_came_by_it() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    let entry = scene.come("guest", 2);
    let renew = Input::RenewLink { participant_id: id("guest"), link: LinkSerial(2) };
    let outputs = scene.handle(renew).expect("allowed");
    assert_eq!(sent(&outputs, 2), [closed(LeaveReason::Removed)]);
    assert_eq!(sent(&outputs, 1), [left(3, "guest", LeaveReason::Removed)]);
    assert_eq!(scene.enter("guest", false).map(|_| ()), Err(Refusal::LinkRevoked));
    assert_eq!(scene.hello("guest", entry, 3), Err(Refusal::LinkRevoked));
    let input = Input::Enter { participant_id: id("guest"), link: LinkSerial(2), entry: EntryId(9), displace: false };
    assert!(scene.handle(input).is_ok());
}

#[test]
fn after_its_end_a_link_lets_nobody_in_but_who_is_in_stays() {
    let end = START + secs(100);
    let mut scene = Scene::new(visita_room::Settings { ends_at: Some(end), ..settings(&["host", "guest"]) });
    let entry = scene.come("host", 1);
    scene.enter("guest", false).expect("in time");
    scene.now = end;
    assert_eq!(scene.media_joined("guest"), Err(Refusal::LinkExpired), "a token from before the end");
    scene.outputs();
    assert_eq!(scene.enter("guest", false).map(|_| ()), Err(Refusal::LinkExpired));
    assert_eq!(scene.room.look(&id("guest"), LinkSerial(1), scene.now), Err(Refusal::LinkExpired));
    scene.handle(Input::Disconnect { connection: ConnectionId(1) }).expect("was in");
    assert!(scene.hello("host", entry, 2).is_ok());
}

#[test]
fn a_plain_livekit_client_counts_like_everybody_else() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    scene.enter("guest", false).expect("let in");
    let outputs = scene.media_joined("guest").expect("let in");
    assert!(matches!(&sent(&outputs, 1)[..], [ServerMessage::Joined { .. }]));
    assert!(scene.room.clock_runs());
    assert_eq!(scene.enter("guest", false).map(|_| ()), Err(Refusal::SeatInUse));
    let gone = Input::MediaLeft { participant_id: id("guest"), goodbye: true };
    let outputs = scene.handle(gone).expect("was in");
    assert_eq!(sent(&outputs, 1), [left(3, "guest", LeaveReason::Left)]);
    assert!(!scene.room.clock_runs());
}

#[test]
fn who_says_goodbye_to_the_media_may_come_back_with_the_same_token() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    scene.enter("guest", false).expect("let in");
    scene.media_joined("guest").expect("has a token");
    for seq in [3, 5] {
        // A LiveKit client that rejoins by itself says goodbye, and is at the door again with what it has.
        let outputs = scene.handle(Input::MediaLeft { participant_id: id("guest"), goodbye: true }).expect("was in");
        assert_eq!(sent(&outputs, 1), [left(seq, "guest", LeaveReason::Left)], "the seat is free");
        let taken_out = |output: &Output| matches!(output, Output::RemoveMedia { .. });
        assert!(!outputs.iter().any(taken_out), "or it would hit the one who comes: {outputs:?}");
        let outputs = scene.media_joined("guest").expect("the token is good");
        assert!(matches!(&sent(&outputs, 1)[..], [ServerMessage::Joined { .. }]), "{outputs:?}");
    }
    // Also when the session ended with the goodbye.
    scene.say(1, ClientMessage::Leave).expect("may leave");
    let outputs = scene.handle(Input::MediaLeft { participant_id: id("guest"), goodbye: true }).expect("was in");
    assert!(outputs.iter().any(|output| matches!(output, Output::SessionEnded { .. })), "{outputs:?}");
    scene.media_joined("guest").expect("the token is good");

    // Put out by an admin or by a new link, nobody comes back with it.
    scene.come("host", 2);
    let outputs = scene.say(2, ClientMessage::Remove { participant_id: id("guest") }).expect("an admin may");
    assert!(outputs.contains(&Output::RemoveMedia { participant_id: id("guest"), revoke: true }));
    assert_eq!(scene.media_joined("guest"), Err(Refusal::Removed));
    assert_eq!(scene.outputs(), [Output::RemoveMedia { participant_id: id("guest"), revoke: false }]);
    scene.say(2, ClientMessage::Readmit { participant_id: id("guest") }).expect("an admin may");
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired), "only by the link");
    scene.enter("guest", false).expect("the link is good");
    scene.media_joined("guest").expect("with what came by the link");
    scene.handle(Input::RenewLink { participant_id: id("guest"), link: LinkSerial(2) }).expect("allowed");
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired));
}

#[test]
fn a_goodbye_to_the_media_is_no_way_past_the_waiting_room() {
    let mut scene = Scene::new(visita_room::Settings { waiting_room: true, ..settings(&["host", "guest"]) });
    let let_in = |scene: &mut Scene, host, guest| {
        scene.come("host", host);
        let entry = scene.come("guest", guest);
        scene.say(host, ClientMessage::Admit { participant_id: id("guest") }).expect("an admin may");
        scene.media_joined("guest").expect("has a token");
        entry
    };
    let goodbye = Input::MediaLeft { participant_id: id("guest"), goodbye: true };
    let_in(&mut scene, 1, 2);
    scene.handle(Input::Disconnect { connection: ConnectionId(2) }).expect("was in");
    scene.handle(goodbye.clone()).expect("was in");
    scene.media_joined("guest").expect("let in for this session");

    // With the session ends who was let in: the last one's goodbye, like their lost line, is the end of it.
    scene.say(1, ClientMessage::Leave).expect("may leave");
    scene.handle(goodbye).expect("was in");
    assert!(scene.room.is_empty());
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired));
    scene.outputs();
    scene.enter("guest", false).expect("the link is good");
    assert_eq!(scene.room.media_rights(&id("guest")), None, "and asks an admin again");

    let_in(&mut scene, 3, 4);
    scene.say(3, ClientMessage::Leave).expect("may leave");
    scene.handle(Input::Disconnect { connection: ConnectionId(4) }).expect("was in");
    scene.handle(Input::MediaLeft { participant_id: id("guest"), goodbye: false }).expect("was in");
    scene.after(GRACE);
    assert!(scene.room.is_empty());
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired));
}

#[test]
fn media_alone_or_channel_alone_keeps_somebody_in() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    let entry = scene.come("host", 1);
    scene.media_joined("host").expect("in");
    scene.handle(Input::Disconnect { connection: ConnectionId(1) }).expect("was in");
    assert_eq!(scene.room.connected(), 1);
    scene.after(GRACE * 2);
    assert_eq!(scene.room.connected(), 1);
    scene.hello("host", entry, 2).expect("back");
    scene.handle(Input::MediaLeft { participant_id: id("host"), goodbye: true }).expect("was in");
    assert_eq!(scene.room.connected(), 1);
}

#[test]
fn a_look_tells_who_is_in_and_who_invites() {
    let mut scene = Scene::new(settings(&["host", "guest", "third"]));
    let look = |scene: &Scene, seat: &str| scene.room.look(&id(seat), LinkSerial(1), scene.now).expect("good");
    assert_eq!(look(&scene, "guest").host_name, None, "the host's name is not known while the host is not in");
    scene.come("third", 3);
    scene.come("host", 1);
    let facts = look(&scene, "guest");
    assert_eq!(facts.host_name.as_deref(), Some("Name of host"));
    assert_eq!(facts.people_in, ["Name of third", "Name of host"]);
    assert!(!facts.in_use);
    let facts = look(&scene, "host");
    assert_eq!((facts.host_name, facts.in_use), (None, true), "nobody is invited by themselves");
    assert_eq!(facts.people_in, ["Name of third"], "nor are they somebody else");
    assert_eq!(facts.display_name.as_deref(), Some("Name of host"));
    assert_eq!(scene.outputs(), [], "a look changes nothing");
}

#[test]
fn a_server_that_stops_says_so_and_forgets_nobody() {
    let mut scene = Scene::new(settings(&["host", "guest"]));
    scene.come("host", 1);
    let outputs = scene.handle(Input::Stop).expect("allowed");
    assert_eq!(sent(&outputs, 1), [closed(LeaveReason::ServerStopping)]);
    assert!(matches!(outputs.last(), Some(Output::SessionEnded { .. })));
    assert_eq!(scene.room.standing(), Standing::Active);
}
