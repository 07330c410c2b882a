//! Media tokens without a link, people whom nobody sees, and rooms that change.

use visita_protocol::{
    CallType, Entrance, RecordingMode, Tools,
    channel::{ClientMessage, ServerMessage, StageRole},
};
use visita_room::{
    Admission, Allowed, Input, Inviter, LinkSerial, Output, Policy, Refusal, SeatSettings, Settings, Standing,
};

use crate::{
    BOTH_ON, OFF,
    common::{Scene, id, secs, sent, settings},
    granted, visit, who,
};

const KEY: Inviter = Inviter::Key { egress: false };
const NAMED: Inviter = Inviter::Anybody { named: true };

fn seat(name: &str, admission: Admission) -> SeatSettings {
    SeatSettings {
        participant_id: id(name),
        user_id: id(name),
        display_name: Some(format!("Name of {name}")),
        is_admin: false,
        is_plus: false,
        is_speaker: true,
        tools: Tools::ALL,
        link: LinkSerial(1),
        recording_consent: None,
        admission,
    }
}

fn invite(scene: &mut Scene, seat: SeatSettings, by: Inviter) -> Result<Vec<Output>, Refusal> {
    scene.handle(Input::Invite { seat: Box::new(seat), by })
}

fn open(entrance: Entrance) -> Scene {
    Scene::new(Settings { capacity: Some(2), entrance, ..settings(&["host"]) })
}

fn policy(settings: &Settings) -> Policy {
    Policy {
        title: settings.title.clone(),
        call_type: settings.call_type,
        recording: settings.recording,
        recording_layout: settings.recording_layout,
        capacity: settings.capacity,
        webinar: settings.webinar,
        allowed: settings.allowed,
        entrance: settings.entrance,
    }
}

#[test]
fn the_entrance_says_who_gets_a_token_without_a_key() {
    let nameless = Inviter::Anybody { named: false };
    for (entrance, by, refused) in [
        (Entrance::Link, NAMED, Some(Refusal::LinkNeeded)),
        (Entrance::Name, nameless, Some(Refusal::NameNeeded)),
        (Entrance::Name, NAMED, None),
        (Entrance::Open, nameless, None),
        (Entrance::Link, KEY, None),
    ] {
        let mut scene = open(entrance);
        let admission = if by == KEY { Admission::Token } else { Admission::Public };
        assert_eq!(invite(&mut scene, seat("a", admission), by).err(), refused, "{entrance:?} {by:?}");
        assert_eq!(scene.room.token_rights(&who("a")).is_some(), refused.is_none());
        assert_eq!(scene.media_joined("a").is_ok(), refused.is_none());
    }
}

#[test]
fn who_knows_an_id_is_not_who_it_belongs_to() {
    let mut scene = open(Entrance::Open);
    invite(&mut scene, seat("speaker", Admission::Token), KEY).expect("the key may");
    for taken in ["speaker", "host"] {
        let refused = invite(&mut scene, seat(taken, Admission::Public), NAMED);
        assert_eq!(refused, Err(Refusal::IdTaken), "{taken}");
    }
    invite(&mut scene, seat("guest", Admission::Public), NAMED).expect("open");
    invite(&mut scene, seat("guest", Admission::Public), NAMED).expect("who is not in may ask again");
    scene.media_joined("guest").expect("has a token");
    assert_eq!(invite(&mut scene, seat("guest", Admission::Public), NAMED), Err(Refusal::SeatInUse));
    invite(&mut scene, seat("guest", Admission::Public), KEY).expect("the key may");
}

#[test]
fn a_token_is_made_only_where_there_is_a_place() {
    let mut scene = open(Entrance::Open);
    for name in ["a", "b", "c"] {
        invite(&mut scene, seat(name, Admission::Token), KEY).expect("a place");
    }
    scene.media_joined("a").expect("in");
    scene.media_joined("b").expect("in");
    assert_eq!(invite(&mut scene, seat("d", Admission::Token), KEY), Err(Refusal::RoomFull));
    invite(&mut scene, seat("b", Admission::Token), KEY).expect("who is in has one");
    assert_eq!(scene.media_joined("c"), Err(Refusal::RoomFull), "by a token from before");

    let mut scene = Scene::new(Settings { waiting_room: true, capacity: Some(2), ..settings(&["host"]) });
    assert_eq!(invite(&mut scene, seat("a", Admission::Token), KEY), Err(Refusal::StillWaiting));
}

#[test]
fn whom_nobody_sees_counts_for_nothing() {
    let mut scene = open(Entrance::Open);
    let hidden = || seat("ear", Admission::Hidden);
    assert_eq!(invite(&mut scene, hidden(), NAMED), Err(Refusal::KeyNeeded));
    invite(&mut scene, hidden(), KEY).expect("the key may");
    scene.come("host", 1);
    let outputs = scene.media_joined("ear").expect("let in");
    assert!(sent(&outputs, 1).is_empty(), "nobody is told: {outputs:?}");
    assert_eq!(scene.room.connected(), 1);
    assert!(scene.room.occupants().iter().all(|one| one.participant_id != who("ear")));
    scene.say(1, ClientMessage::Leave).expect("may leave");
    assert!(scene.room.session_id().is_none(), "a session needs somebody who is seen");
    assert!(!scene.room.is_empty(), "but the room does not sleep");
    assert_eq!(invite(&mut scene, seat("ear", Admission::Token), KEY), Err(Refusal::IdTaken));
    assert_eq!(scene.handle(Input::AddSeat { seat: seat("ear", Admission::Link) }), Err(Refusal::SeatExists));
    scene.handle(Input::MediaLeft { participant_id: id("ear"), goodbye: false }).expect("gone");
    assert!(scene.room.is_empty());

    // What was switched off lets them in no more, also when it is switched on again.
    scene.handle(Input::Disable).expect("off");
    assert_eq!(scene.media_joined("ear"), Err(Refusal::RoomDisabled));
    scene.handle(Input::Enable).expect("on");
    assert_eq!(scene.media_joined("ear"), Err(Refusal::TokenExpired));
    invite(&mut scene, hidden(), KEY).expect("a new one");
    scene.media_joined("ear").expect("let in");
}

#[test]
fn to_a_webinar_somebody_unseen_comes_with_an_egress_token_only() {
    let mut scene = Scene::new(Settings { webinar: true, capacity: Some(200), ..settings(&["host"]) });
    assert_eq!(invite(&mut scene, seat("ear", Admission::Hidden), KEY), Err(Refusal::EgressTokenNeeded));
    invite(&mut scene, seat("ear", Admission::Hidden), Inviter::Key { egress: true }).expect("let in");
}

#[test]
fn an_observer_is_known_after_a_restart() {
    let mut made = settings(&["host"]);
    made.seats.push(seat("ear", Admission::Hidden));
    let mut scene = Scene::new(made);
    scene.come("host", 1);
    scene.media_joined("ear").expect("its token may still be good");
    assert_eq!(scene.room.connected(), 1);
}

#[test]
fn a_guest_who_is_made_a_speaker_may_speak_at_once() {
    let mut scene = Scene::new(Settings { webinar: true, capacity: Some(200), ..settings(&["host"]) });
    let guest = || SeatSettings { is_speaker: false, ..seat("guest", Admission::Token) };
    invite(&mut scene, guest(), KEY).expect("a guest");
    scene.media_joined("guest").expect("in");
    assert!(!scene.room.token_rights(&who("guest")).expect("in").microphone);
    let outputs = invite(&mut scene, seat("guest", Admission::Token), KEY).expect("a speaker");
    assert!(granted(&outputs, "guest").expect("told").microphone);
}

#[test]
fn a_room_that_is_switched_on_again_forgets_old_tokens() {
    let mut scene = Scene::new(visit());
    scene.media_joined("guest").expect("a token from before");
    scene.handle(Input::Disable).expect("off");
    assert_eq!(scene.media_joined("guest"), Err(Refusal::RoomDisabled));
    scene.handle(Input::Enable).expect("on");
    assert_eq!(scene.room.standing(), Standing::Active);
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired));
    scene.handle(Input::Enable).expect("on already");
    scene.handle(Input::Delete).expect("deleted");
    assert_eq!(scene.handle(Input::Enable), Err(Refusal::RoomEnded));
}

#[test]
fn what_changes_of_a_room_holds_at_once_for_those_who_are_in() {
    let made = Settings { capacity: Some(3), ..visit() };
    let mut scene = Scene::new(made.clone());
    scene.come("host", 1);
    scene.come("guest", 2);
    scene.media_joined("guest").expect("has a token");
    scene.say(2, ClientMessage::SetMedia { media: BOTH_ON }).expect("may");
    let change = |scene: &mut Scene, policy| scene.handle(Input::Change { policy: Box::new(policy) });

    let audio = Policy { call_type: CallType::AudioOnly, title: Some("Briefing".into()), ..policy(&made) };
    let outputs = change(&mut scene, audio.clone()).expect("changed");
    let Some(ServerMessage::Welcome { room, .. }) = sent(&outputs, 2).first().cloned() else { panic!("{outputs:?}") };
    assert_eq!((room.title.as_deref(), room.call_type), (Some("Briefing"), CallType::AudioOnly));
    assert!(room.participants.iter().all(|one| !one.media.camera), "cameras are off");
    assert!(!granted(&outputs, "guest").expect("told").camera);
    assert_eq!(scene.say(2, ClientMessage::SetMedia { media: BOTH_ON }), Err(Refusal::NoCamera));

    let silent = Policy { call_type: CallType::VideoOnly, ..policy(&made) };
    let outputs = change(&mut scene, silent).expect("changed");
    let rights = granted(&outputs, "guest").expect("told");
    assert!(rights.camera && !rights.microphone);
    assert_eq!(scene.say(2, ClientMessage::SetMedia { media: BOTH_ON }), Err(Refusal::NoMicrophone));
    scene.say(2, ClientMessage::SetMedia { media: OFF }).expect("may");

    let bare = Policy { allowed: Allowed { chat: false, screen_sharing: false }, ..policy(&made) };
    let outputs = change(&mut scene, bare).expect("changed");
    let rights = granted(&outputs, "guest").expect("told");
    assert!(!rights.screen && !rights.data && rights.microphone);
    let chat = ClientMessage::Chat { key: "k".into(), text: "Hello".into(), reply_to: None };
    assert_eq!(scene.say(2, chat), Err(Refusal::ToolMissing));

    let webinar = Policy { webinar: true, ..policy(&made) };
    let outputs = change(&mut scene, webinar).expect("changed");
    let Some(ServerMessage::Welcome { room, .. }) = sent(&outputs, 1).first().cloned() else { panic!("{outputs:?}") };
    assert!(room.webinar && room.participants.iter().all(|one| one.role == StageRole::Speaker));

    let one = Policy { capacity: Some(1), ..policy(&made) };
    change(&mut scene, one).expect("changed");
    assert_eq!(scene.room.connected(), 2, "nobody is put out for it");
    assert_eq!(scene.enter("other", false).err(), Some(Refusal::RoomFull));
}

#[test]
fn recording_begins_and_ends_with_the_change() {
    let made = visit();
    let mut scene = Scene::new(made.clone());
    scene.room.set_recorder_available(true);
    scene.come("host", 1);
    let change = |scene: &mut Scene, recording| {
        let policy = Policy { recording, ..policy(&made) };
        scene.handle(Input::Change { policy: Box::new(policy) }).expect("changed")
    };
    let starts = |outputs: &[Output]| outputs.iter().any(|one| matches!(one, Output::StartRecorder { .. }));
    let stops = |outputs: &[Output]| outputs.iter().any(|one| matches!(one, Output::StopRecorder { .. }));
    assert!(starts(&change(&mut scene, RecordingMode::Automatic)));
    let again = change(&mut scene, RecordingMode::Automatic);
    assert!(!starts(&again) && !stops(&again), "it goes on");
    assert!(stops(&change(&mut scene, RecordingMode::None)));
    assert!(starts(&change(&mut scene, RecordingMode::Automatic)), "a second one");
}

#[test]
fn shortly_before_its_start_nothing_of_a_room_changes() {
    let made = Settings { starts_at: Some(crate::common::START + secs(60)), freeze: secs(120), ..visit() };
    let mut scene = Scene::new(made.clone());
    let refused = scene.handle(Input::Change { policy: Box::new(policy(&made)) });
    assert_eq!(refused, Err(Refusal::Frozen));
}
