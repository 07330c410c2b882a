//! Who may do what, told as stories with invented time: waiting room, admins, webinar, schedule, ringing, resume.

mod common;

use common::{START, Scene, id, secs, sent, settings};
use visita_protocol::{
    ErrorCode, ParticipantId, Tools, Whiteboard,
    channel::{
        AdminState, ClientMessage, ClockState, LeaveReason, MediaSource, MediaState, MutedSources, Ring, RingState,
        ServerMessage, StageRole,
    },
};
use visita_room::{
    ConnectionId, DOORBELL, EntryId, GRACE, Input, KNOCK, LineKind, LinkSerial, MediaRights, Output, RING, Refusal,
    SeatSettings, Seen, Settings,
};

const BOTH_ON: MediaState = MediaState { microphone: true, camera: true };
const OFF: MediaState = MediaState { microphone: false, camera: false };

fn visit() -> Settings {
    settings(&["host", "guest", "other"])
}

fn with_waiting_room() -> Settings {
    Settings { waiting_room: true, ..visit() }
}

fn who(seat: &str) -> ParticipantId {
    id(seat)
}

fn admit(seat: &str) -> ClientMessage {
    ClientMessage::Admit { participant_id: id(seat) }
}

fn note(to: Option<&str>, text: &str) -> ClientMessage {
    ClientMessage::Note { to: to.map(id), text: text.into() }
}

/// The latest that admins were told.
fn admin_state(outputs: &[Output], connection: u64) -> AdminState {
    let states = sent(outputs, connection).into_iter().filter_map(|message| match message {
        ServerMessage::Admin { state } => Some(state),
        _ => None,
    });
    states.last().expect("told to the admin")
}

fn queue(state: &AdminState) -> Vec<String> {
    state.waiting.iter().map(|person| person.participant_id.to_string()).collect()
}

fn token_for(outputs: &[Output], seat: &str) -> Option<MediaRights> {
    outputs.iter().find_map(|output| match output {
        Output::SendMediaToken { participant_id, rights, .. } if *participant_id == who(seat) => Some(*rights),
        _ => None,
    })
}

fn granted(outputs: &[Output], seat: &str) -> Option<MediaRights> {
    outputs.iter().rev().find_map(|output| match output {
        Output::SetMediaRights { participant_id, rights } if *participant_id == who(seat) => Some(*rights),
        _ => None,
    })
}

// The waiting room

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

// Admins

#[test]
fn muted_by_an_admin_is_muted_until_released_and_looks_different() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.media_joined("guest").expect("has a token");
    scene.say(2, ClientMessage::SetMedia { media: BOTH_ON }).expect("may");
    let mute = ClientMessage::Mute { participant_id: id("guest"), source: MediaSource::Microphone };
    assert_eq!(scene.say(2, mute.clone()), Err(Refusal::NotAdmin));

    let outputs = scene.say(1, mute).expect("an admin may");
    let muted_by_admin = MutedSources { microphone: true, ..MutedSources::default() };
    let media = MediaState { microphone: false, camera: true };
    let told = ServerMessage::MediaChanged { seq: 4, participant_id: id("guest"), media, muted_by_admin };
    assert_eq!((sent(&outputs, 1), sent(&outputs, 2)), (vec![told.clone()], vec![told]));
    let rights = granted(&outputs, "guest").expect("the media server is told");
    assert!(!rights.may_send(MediaSource::Microphone) && rights.may_send(MediaSource::Camera));
    assert_eq!(scene.say(2, ClientMessage::SetMedia { media: BOTH_ON }), Err(Refusal::MutedByAdmin));
    assert_eq!(Refusal::MutedByAdmin.code(), ErrorCode::MutedByAdmin);

    // Leaving and coming again is no way around it.
    scene.say(2, ClientMessage::Leave).expect("may leave");
    scene.come("guest", 3);
    assert_eq!(scene.say(3, ClientMessage::SetMedia { media: BOTH_ON }), Err(Refusal::MutedByAdmin));
    let outputs = scene.media_joined("guest").expect("has a token");
    assert!(granted(&outputs, "guest").expect("told again").muted.microphone);

    let release = ClientMessage::Release { participant_id: id("guest"), source: MediaSource::Microphone };
    let outputs = scene.say(1, release).expect("an admin may");
    assert!(granted(&outputs, "guest").expect("told").may_send(MediaSource::Microphone));
    scene.say(3, ClientMessage::SetMedia { media: BOTH_ON }).expect("again");
}

#[test]
fn a_removed_participant_is_out_for_the_session() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    let entry = scene.come("guest", 2);
    scene.come("other", 3);
    scene.media_joined("guest").expect("has a token");
    let remove = |seat: &str| ClientMessage::Remove { participant_id: id(seat) };
    assert_eq!(scene.say(2, remove("other")), Err(Refusal::NotAdmin));
    assert_eq!(scene.say(1, remove("host")), Err(Refusal::Oneself));
    let outputs = scene.say(1, remove("guest")).expect("an admin may");
    assert_eq!(sent(&outputs, 2), [ServerMessage::Closed { reason: LeaveReason::Removed }]);
    assert!(outputs.contains(&Output::RemoveMedia { participant_id: id("guest"), revoke: true }));
    assert_eq!(admin_state(&outputs, 1).removed[0].display_name, "Name of guest");
    assert_eq!(scene.hello("guest", entry, 4), Err(Refusal::Removed));
    assert_eq!(scene.enter("guest", true).err(), Some(Refusal::Removed));
    assert_eq!(scene.media_joined("guest"), Err(Refusal::Removed));

    // The next session knows nothing of it, but the old entry is good no more.
    scene.say(1, ClientMessage::EndSession).expect("an admin may");
    assert_eq!(scene.hello("guest", entry, 5), Err(Refusal::Removed));
    scene.come("guest", 6);
}

#[test]
fn rights_change_at_run_time_and_end_with_the_session() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.media_joined("guest").expect("has a token");
    let tools = Tools { chat: true, ..Tools::default() };
    let outputs = scene.say(1, ClientMessage::SetTools { participant_id: id("guest"), tools }).expect("an admin may");
    let told = ServerMessage::RightsChanged { seq: 3, participant_id: id("guest"), tools, role: StageRole::Speaker };
    assert_eq!(sent(&outputs, 2), [told]);
    assert!(!granted(&outputs, "guest").expect("told").screen);

    let outputs =
        scene.say(1, ClientMessage::GrantDrawing { participant_id: id("guest"), granted: true }).expect("an admin may");
    let [ServerMessage::RightsChanged { tools, .. }] = &sent(&outputs, 2)[..] else { panic!("{outputs:?}") };
    assert_eq!((tools.whiteboard, tools.chat), (Whiteboard::Whole(true), true));
    assert_eq!(
        scene.say(1, ClientMessage::SetTools { participant_id: id("other"), tools: *tools }),
        Err(Refusal::NotThere)
    );

    let outputs = scene.say(1, ClientMessage::ShowWhiteboard { shown: true }).expect("an admin may");
    let [ServerMessage::WhiteboardChanged { whiteboard, .. }] = &sent(&outputs, 2)[..] else { panic!("{outputs:?}") };
    assert_eq!((whiteboard.shown, whiteboard.by.clone()), (true, Some(who("host"))));

    scene.say(1, ClientMessage::EndSession).expect("an admin may");
    let (entry, _) = scene.enter("guest", false).expect("the link is good");
    let outputs = scene.hello("guest", entry, 3).expect("connected");
    let [ServerMessage::Welcome { room, .. }] = &sent(&outputs, 3)[..] else { panic!("{outputs:?}") };
    assert_eq!((room.tools, room.whiteboard.shown), (Tools::ALL, false));
}

#[test]
fn hands_are_in_the_order_of_raising() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.come("other", 3);
    let raise = |raised| ClientMessage::RaiseHand { raised };
    scene.say(3, raise(true)).expect("may");
    scene.say(2, raise(true)).expect("may");
    assert_eq!(scene.say(2, raise(true)), Ok(vec![]), "it is up already");
    let (entry, _) = scene.enter("host", true).expect("let in");
    let outputs = scene.hello("host", entry, 4).expect("connected");
    let [ServerMessage::Welcome { room, .. }] = &sent(&outputs, 4)[..] else { panic!("{outputs:?}") };
    let hands: Vec<_> = room.participants.iter().map(|person| (person.participant_id.as_str(), person.hand)).collect();
    assert_eq!(hands, [("host", None), ("guest", Some(2)), ("other", Some(1))]);
    let lower = ClientMessage::LowerHand { participant_id: id("other") };
    assert_eq!(scene.say(2, lower.clone()), Err(Refusal::NotAdmin));
    let outputs = scene.say(4, lower).expect("an admin may");
    let told = ServerMessage::HandChanged { seq: 6, participant_id: id("other"), hand: None };
    assert_eq!(sent(&outputs, 3), [told]);
}

#[test]
fn asking_to_unmute_reaches_who_is_asked() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    let ask = |seat: &str| ClientMessage::AskToUnmute { participant_id: id(seat), source: MediaSource::Camera };
    let outputs = scene.say(1, ask("guest")).expect("an admin may");
    let asked = ServerMessage::AskedToUnmute { by: who("host"), source: MediaSource::Camera };
    assert_eq!((sent(&outputs, 2), sent(&outputs, 1)), (vec![asked], vec![]));
    assert_eq!(scene.say(1, ask("other")), Err(Refusal::NotThere));
    assert_eq!(scene.say(2, ask("host")), Err(Refusal::NotAdmin));
}

#[test]
fn answers_to_being_recorded_are_kept_with_time_and_wording_and_may_change() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    let answer = |answer, version: &str| ClientMessage::Consent { answer, text_version: version.into() };
    let outputs = scene.say(2, answer(true, "en-1")).expect("may");
    assert!(outputs.iter().any(|output| matches!(
        output,
        Output::ConsentGiven { session_id: Some(_), consent } if consent.answer && consent.at_ms == START.unix_ms()
    )));
    assert!(matches!(&sent(&outputs, 2)[..], [ServerMessage::ConsentKept { .. }]));
    assert!(admin_state(&outputs, 1).consents[0].answer);
    scene.after(secs(5));
    let outputs = scene.say(2, answer(false, "en-1")).expect("may change");
    let consents = admin_state(&outputs, 1).consents;
    assert_eq!((consents.len(), consents[0].answer, consents[0].at_ms), (1, false, START.unix_ms() + 5000));
    for bad in ["", "a b", &"x".repeat(65)] {
        assert_eq!(scene.say(2, answer(true, bad)), Err(Refusal::Invalid { field: "text_version" }));
    }
    assert_eq!(scene.say(1, ClientMessage::StartRecording), Err(Refusal::RecordingUnavailable));
    assert_eq!(scene.say(2, ClientMessage::StartRecording), Err(Refusal::NotAdmin));
}

// Webinar, capacity, schedule

fn webinar() -> Settings {
    let mut settings = Settings { webinar: true, capacity: Some(200), ..visit() };
    for seat in &mut settings.seats[1..] {
        seat.is_speaker = false;
    }
    settings
}

#[test]
fn the_audience_watches_until_it_is_promoted() {
    let mut scene = Scene::new(webinar());
    scene.come("host", 1);
    scene.enter("guest", false).expect("let in");
    let rights = scene.room.media_rights(&who("guest")).expect("may watch");
    assert!(!rights.microphone && !rights.camera && !rights.screen && rights.data, "may chat and nothing else");
    scene.say(1, ClientMessage::EndSession).expect("an admin may");
    scene.come("host", 2);
    scene.come("guest", 3);
    scene.media_joined("guest").expect("has a token");
    assert_eq!(scene.say(3, ClientMessage::SetMedia { media: BOTH_ON }), Err(Refusal::Audience));
    scene.say(3, ClientMessage::RaiseHand { raised: true }).expect("may");

    let promote = |role| ClientMessage::SetRole { participant_id: id("guest"), role };
    assert_eq!(scene.say(3, promote(StageRole::Speaker)), Err(Refusal::NotAdmin));
    let outputs = scene.say(2, promote(StageRole::Speaker)).expect("an admin may");
    let [ServerMessage::RightsChanged { role, .. }, ServerMessage::HandChanged { hand: None, .. }] =
        &sent(&outputs, 3)[..]
    else {
        panic!("{outputs:?}")
    };
    assert_eq!(*role, StageRole::Speaker);
    assert!(granted(&outputs, "guest").expect("told").microphone);
    scene.say(3, ClientMessage::SetMedia { media: BOTH_ON }).expect("on stage");

    let outputs = scene.say(2, promote(StageRole::Audience)).expect("an admin may");
    assert!(!granted(&outputs, "guest").expect("told").microphone);
    let [ServerMessage::RightsChanged { .. }, ServerMessage::MediaChanged { media, .. }] = &sent(&outputs, 3)[..]
    else {
        panic!("{outputs:?}")
    };
    assert_eq!(*media, OFF);

    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    assert_eq!(scene.say(1, promote(StageRole::Audience)), Err(Refusal::NoWebinar));
}

#[test]
fn an_open_room_takes_as_many_as_its_capacity() {
    let mut scene = Scene::new(Settings { capacity: Some(2), ..settings(&["host"]) });
    let seat = |name: &str| SeatSettings {
        participant_id: id(name),
        user_id: id(name),
        is_admin: false,
        is_plus: false,
        is_speaker: true,
        tools: Tools::ALL,
        link: LinkSerial(1),
    };
    for name in ["a", "b"] {
        scene.handle(Input::AddSeat { seat: seat(name) }).expect("one more seat");
    }
    assert_eq!(scene.handle(Input::AddSeat { seat: seat("a") }), Err(Refusal::SeatExists));
    scene.come("host", 1);
    let (early, _) = scene.enter("b", false).expect("there is place");
    scene.come("a", 2);
    assert_eq!(scene.enter("b", false).err(), Some(Refusal::RoomFull));
    assert_eq!(scene.hello("b", early, 3), Err(Refusal::RoomFull), "nor by an entry from before");
    assert_eq!(scene.media_joined("b"), Err(Refusal::RoomFull), "nor by media");
    scene.enter("a", true).expect("who is in may change the device");
    scene.say(1, ClientMessage::Leave).expect("may leave");
    scene.hello("b", early, 4).expect("there is place");
}

#[test]
fn before_its_time_a_room_lets_nobody_in_and_says_when() {
    let starts_at = START + secs(3600);
    let mut scene = Scene::new(Settings { starts_at: Some(starts_at), early_entry: secs(600), ..visit() });
    let refused = scene.enter("host", false).err().expect("too early, admins too");
    assert_eq!(refused, Refusal::NotStarted { starts_at });
    assert_eq!(
        (refused.code(), refused.problem().starts_at),
        (ErrorCode::RoomNotStarted, Some(starts_at.unix_ms() / 1000))
    );
    let facts = scene.room.look(&who("guest"), LinkSerial(1), scene.now).expect("a look is always fine");
    assert_eq!((facts.starts_at, facts.opens_at), (Some(starts_at), Some(START + secs(3000))));
    assert_eq!(scene.media_joined("guest"), Err(Refusal::NotStarted { starts_at }));
    scene.after(secs(3000));
    scene.come("host", 1);
    let facts = scene.room.look(&who("guest"), LinkSerial(1), scene.now).expect("a look is always fine");
    assert_eq!(facts.opens_at, None);
}

#[test]
fn shortly_before_its_start_a_room_is_not_changed() {
    let starts_at = START + secs(3600);
    let scene = Scene::new(Settings { starts_at: Some(starts_at), freeze: secs(900), ..visit() });
    let may = |seconds| scene.room.may_change(START + secs(seconds));
    assert_eq!((may(0), may(2699)), (Ok(()), Ok(())));
    assert_eq!((may(2700), may(3599)), (Err(Refusal::Frozen), Err(Refusal::Frozen)));
    assert_eq!(may(3600), Ok(()), "what runs may be changed");
}

#[test]
fn after_its_end_nothing_rings_and_no_seat_is_added() {
    let end = START + secs(100);
    let mut scene = Scene::new(Settings { ends_at: Some(end), live: true, ..visit() });
    let (entry, _) = scene.enter("host", false).expect("let in");
    scene.now = end - secs(1);
    scene.hello("host", entry, 1).expect("let in");
    scene.after(secs(1));
    assert_eq!(scene.say(1, ClientMessage::Ring { participant_id: None }), Err(Refusal::LinkExpired));
    assert_eq!(scene.handle(Input::Ring { participant_id: None }), Err(Refusal::LinkExpired));
    assert_eq!(scene.room.may_add_seat(scene.now), Err(Refusal::LinkExpired));
    let seat = SeatSettings {
        participant_id: id("late"),
        user_id: id("late"),
        is_admin: false,
        is_plus: false,
        is_speaker: true,
        tools: Tools::ALL,
        link: LinkSerial(1),
    };
    assert_eq!(scene.handle(Input::AddSeat { seat }), Err(Refusal::LinkExpired));
}

// The clock

#[test]
fn everybody_is_told_what_is_left_and_warned_in_time() {
    let mut scene = Scene::new(Settings { duration: Some(secs(600)), ..visit() });
    scene.come("host", 1);
    let (entry, _) = scene.enter("guest", false).expect("let in");
    let outputs = scene.hello("guest", entry, 2).expect("connected");
    let clock = |seconds_left, runs| ServerMessage::Clock { clock: ClockState { seconds_left, runs } };
    assert!(sent(&outputs, 1).contains(&clock(600, true)));
    assert_eq!(sent(&scene.after(secs(299)), 2), []);
    let outputs: Vec<_> = (0..31).flat_map(|_| scene.after(secs(10))).collect();
    let warnings: Vec<_> = sent(&outputs, 2)
        .into_iter()
        .filter_map(|message| match message {
            ServerMessage::TimeWarning { seconds_left } => Some(seconds_left),
            _ => None,
        })
        .collect();
    assert_eq!(warnings, [300, 30]);
    assert_eq!(sent(&outputs, 2).last(), Some(&ServerMessage::Closed { reason: LeaveReason::RoomClosed }));
}

#[test]
fn an_admin_extends_the_time_and_is_warned_again() {
    let mut scene = Scene::new(Settings { duration: Some(secs(60)), ..visit() });
    scene.come("host", 1);
    scene.come("guest", 2);
    let outputs = scene.after(secs(40));
    assert!(sent(&outputs, 1).contains(&ServerMessage::TimeWarning { seconds_left: 30 }));
    let extend = |seconds| ClientMessage::Extend { seconds };
    assert_eq!(scene.say(2, extend(60)), Err(Refusal::NotAdmin));
    for bad in [0, 59, 86_401] {
        assert_eq!(scene.say(1, extend(bad)), Err(Refusal::Invalid { field: "seconds" }));
    }
    let outputs = scene.say(1, extend(60)).expect("an admin may");
    assert!(outputs.contains(&Output::DurationChanged { duration: secs(120) }));
    let told = ServerMessage::Clock { clock: ClockState { seconds_left: 80, runs: true } };
    assert_eq!(sent(&outputs, 2), [told]);
    let outputs = scene.after(secs(50));
    assert!(sent(&outputs, 2).contains(&ServerMessage::TimeWarning { seconds_left: 30 }));
    let outputs = scene.after(secs(30));
    assert!(outputs.contains(&Output::UsedUp));

    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    assert_eq!(scene.say(1, extend(60)), Err(Refusal::Unlimited));
}

// Ringing

fn rung(outputs: &[Output]) -> Vec<String> {
    let started = outputs.iter().filter_map(|output| match output {
        Output::RingStarted { participant_id, .. } => Some(participant_id.to_string()),
        _ => None,
    });
    started.collect()
}

fn over(outputs: &[Output], seat: &str) -> Option<RingState> {
    outputs.iter().find_map(|output| match output {
        Output::RingOver { participant_id, state, .. } if *participant_id == who(seat) => Some(*state),
        _ => None,
    })
}

#[test]
fn a_live_room_rings_the_others_once() {
    let mut scene = Scene::new(Settings { live: true, ..visit() });
    let (entry, outputs) = scene.enter("guest", false).expect("let in");
    assert_eq!(rung(&outputs), [""; 0], "a link alone is no call");
    let outputs = scene.hello("guest", entry, 2).expect("connected");
    assert_eq!(rung(&outputs), ["host", "other"]);

    let outputs = scene.handle(Input::AnswerRing { participant_id: id("host") }).expect("it rings");
    assert_eq!(over(&outputs, "host"), Some(RingState::Answered));
    let told =
        ServerMessage::RingChanged { seq: 4, ring: Ring { participant_id: id("host"), state: RingState::Answered } };
    assert_eq!(sent(&outputs, 2), [told]);
    assert_eq!(scene.handle(Input::AnswerRing { participant_id: id("host") }), Err(Refusal::NotRinging));

    let outputs = scene.handle(Input::DeclineRing { participant_id: id("other"), busy: true }).expect("it rings");
    assert_eq!(over(&outputs, "other"), Some(RingState::Busy));
    let (entry, _) = scene.enter("host", false).expect("let in");
    let outputs = scene.hello("host", entry, 1).expect("connected");
    assert_eq!(rung(&outputs), [""; 0], "nobody is rung twice by coming");
}

#[test]
fn a_ring_ends_when_nobody_takes_it_when_they_come_or_when_the_caller_goes() {
    let mut scene = Scene::new(Settings { live: true, ..visit() });
    scene.come("host", 1);
    assert_eq!(over(&scene.after(RING), "guest"), Some(RingState::NoAnswer));

    scene.say(1, ClientMessage::Ring { participant_id: Some(id("guest")) }).expect("an admin may");
    let (entry, _) = scene.enter("guest", false).expect("let in");
    let outputs = scene.hello("guest", entry, 2).expect("connected");
    assert_eq!(over(&outputs, "guest"), Some(RingState::Answered), "on whatever device");
    assert_eq!(scene.say(2, ClientMessage::Ring { participant_id: None }), Err(Refusal::NotAdmin));
    let outputs = scene.say(1, ClientMessage::Ring { participant_id: None }).expect("an admin may");
    assert_eq!(rung(&outputs), ["other"]);
    scene.say(2, ClientMessage::Leave).expect("may leave");
    let outputs = scene.say(1, ClientMessage::Leave).expect("may leave");
    assert_eq!(over(&outputs, "other"), Some(RingState::Cancelled));
    assert!(scene.room.is_empty());
}

#[test]
fn the_api_rings_a_room_in_which_nobody_is() {
    let mut scene = Scene::new(visit());
    let outputs = scene.handle(Input::Ring { participant_id: None }).expect("the API may");
    assert_eq!(rung(&outputs), ["guest", "host", "other"]);
    assert!(!scene.room.is_empty(), "it waits for an answer");
    let outputs = scene.after(RING);
    assert_eq!(over(&outputs, "host"), Some(RingState::NoAnswer));
    assert!(scene.room.is_empty());
    let outputs = scene.handle(Input::Ring { participant_id: Some(id("host")) }).expect("the API may");
    assert_eq!(rung(&outputs), ["host"]);
    assert_eq!(scene.handle(Input::Ring { participant_id: Some(id("nobody")) }), Err(Refusal::NotThere));
    let outputs = scene.handle(Input::Disable).expect("the API may");
    assert_eq!(over(&outputs, "host"), Some(RingState::Cancelled));
}

// Coming back

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

// The books

#[test]
fn comings_and_goings_are_written_down() {
    let mut scene = Scene::new(visit());
    let books = |scene: &mut Scene| -> Vec<String> {
        std::iter::from_fn(|| scene.room.poll_output())
            .filter_map(|output| match output {
                Output::ParticipantJoined { participant_id, .. } => Some(format!("{participant_id} joined")),
                Output::ParticipantLeft { participant_id, reason, .. } => {
                    Some(format!("{participant_id} left {reason:?}"))
                }
                Output::LineChanged { participant_id, kind, up, .. } => {
                    let kind = if kind == LineKind::Media { "media" } else { "channel" };
                    Some(format!("{participant_id} {kind} {}", if up { "up" } else { "down" }))
                }
                Output::SessionEnded { .. } => Some("session over".into()),
                _ => None,
            })
            .collect()
    };
    let now = scene.now;
    let enter = Input::Enter { participant_id: id("guest"), link: LinkSerial(1), entry: EntryId(1), displace: false };
    scene.room.handle(enter, now).expect("let in");
    let hello = Input::Connect {
        participant_id: id("guest"),
        link: LinkSerial(1),
        entry: EntryId(1),
        connection: ConnectionId(1),
        display_name: "Ada".into(),
        expired: false,
        seen: None,
        session_id: id("s"),
    };
    scene.room.handle(hello, now).expect("connected");
    assert_eq!(books(&mut scene), ["guest channel up", "guest joined"]);
    let media = Input::MediaJoined { participant_id: id("guest"), display_name: None, session_id: id("s2") };
    scene.room.handle(media, now).expect("joined");
    scene.room.handle(Input::Disconnect { connection: ConnectionId(1) }, now).expect("was in");
    assert_eq!(books(&mut scene), ["guest media up", "guest channel down"]);
    scene.room.handle(Input::MediaLeft { participant_id: id("guest"), goodbye: true }, now).expect("was in");
    assert_eq!(books(&mut scene), ["guest media down", "guest left Left", "session over"]);
}

#[test]
fn who_floods_is_dropped_and_nobody_else() {
    let mut scene = Scene::new(visit());
    scene.come("host", 1);
    scene.come("guest", 2);
    let outputs = scene.handle(Input::Flooded { connection: ConnectionId(2) }).expect("was in");
    let told = ServerMessage::Left { seq: 3, participant_id: id("guest"), reason: LeaveReason::Flooding };
    assert_eq!(sent(&outputs, 1), [told]);
    assert_eq!(scene.room.connected(), 1);
}
