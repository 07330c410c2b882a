//! How many a room takes, and when.

use visita_protocol::{ErrorCode, Tools, channel::ClientMessage};
use visita_room::{Admission, Input, LinkSerial, Plan, Refusal, SeatSettings, Settings};

use crate::{
    common::{START, Scene, id, secs, settings},
    visit, who,
};

#[test]
fn an_open_room_takes_as_many_as_its_capacity() {
    let mut scene = Scene::new(Settings { capacity: Some(2), ..settings(&["host"]) });
    let seat = |name: &str| SeatSettings {
        participant_id: id(name),
        user_id: id(name),
        display_name: None,
        is_admin: false,
        is_plus: false,
        is_speaker: true,
        tools: Tools::ALL,
        link: LinkSerial(1),
        recording_consent: None,
        admission: Admission::Link,
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
    let refused = scene.enter("host", false).expect_err("too early, admins too");
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
    assert_eq!(scene.room.may_add_seat(false, scene.now), Err(Refusal::LinkExpired));
    let seat = SeatSettings {
        participant_id: id("late"),
        user_id: id("late"),
        display_name: None,
        is_admin: false,
        is_plus: false,
        is_speaker: true,
        tools: Tools::ALL,
        link: LinkSerial(1),
        recording_consent: None,
        admission: Admission::Link,
    };
    assert_eq!(scene.handle(Input::AddSeat { seat }), Err(Refusal::LinkExpired));
}

/// A visit of three, of whom two are known, in an hour.
fn planned() -> Settings {
    Settings {
        expected: Some(3),
        starts_at: Some(START + secs(3600)),
        early_entry: secs(900),
        freeze: secs(900),
        ..settings(&["host", "a"])
    }
}

fn guest(name: &str) -> SeatSettings {
    SeatSettings {
        participant_id: id(name),
        user_id: id(name),
        is_admin: false,
        is_plus: false,
        ..visit().seats[0].clone()
    }
}

#[test]
fn a_visit_comes_to_life_when_everybody_is_known() {
    let mut scene = Scene::new(planned());
    scene.after(secs(4000));
    assert_eq!(scene.enter("host", false).err(), Some(Refusal::NotComplete), "past its start, with a seat open");
    assert_eq!(Refusal::NotComplete.code(), ErrorCode::RoomNotStarted);
    assert!(scene.room.look(&who("host"), LinkSerial(1), scene.now).is_ok(), "a look is always fine");
    assert_eq!(scene.media_joined("host"), Err(Refusal::NotComplete), "nor by media");
    assert_eq!(scene.room.may_change(scene.now), Ok(()), "with a seat open it is changed after its start, too");
    scene.handle(Input::AddSeat { seat: guest("b") }).expect("the last seat");
    scene.come("host", 1);
    assert_eq!(scene.room.may_change(scene.now), Err(Refusal::Frozen), "not changed any more from then on");
    assert_eq!(scene.handle(Input::AddSeat { seat: guest("c") }), Err(Refusal::SeatsTaken));
    assert_eq!(scene.handle(Input::Replan { plan: Box::new(plan(&["host", "a"], 2)) }), Err(Refusal::Frozen));
}

#[test]
fn the_last_seat_is_refused_when_nobody_has_the_role_plus() {
    let mut settings = planned();
    settings.seats[0].is_plus = false;
    let mut scene = Scene::new(settings);
    assert_eq!(scene.handle(Input::AddSeat { seat: guest("b") }), Err(Refusal::NoPlus));
    let seat = SeatSettings { is_plus: true, ..guest("b") };
    scene.handle(Input::AddSeat { seat }).expect("the last seat");
}

#[test]
fn links_of_a_visit_are_told_from_its_freeze_window_on_when_everybody_is_known() {
    let open = planned();
    let at = |settings: &Settings, seconds| settings.gives_links(START + secs(seconds));
    assert!(!at(&open, 0) && !at(&open, 3000) && !at(&open, 9000), "a seat is open");
    let full = Settings { expected: Some(2), ..open };
    assert_eq!([2699, 2700, 3600, 9000].map(|seconds| at(&full, seconds)), [false, true, true, true]);
    assert!(at(&Settings { expected: None, ..full }, 0), "where everybody was known from the beginning");
}

fn plan(seats: &[&str], expected: usize) -> Plan {
    Plan { expected, seats: settings(seats).seats, starts_at: Some(START + secs(60)), duration: Some(secs(300)) }
}

#[test]
fn a_visit_is_planned_anew_while_it_may_be_changed() {
    let mut scene = Scene::new(Settings { expected: Some(2), ..planned() });
    assert_eq!(scene.enter("a", false).err(), Some(Refusal::NotStarted { starts_at: START + secs(3600) }));
    scene.handle(Input::Replan { plan: Box::new(plan(&["host", "b"], 2)) }).expect("planned anew");
    assert_eq!(scene.enter("a", false).err(), Some(Refusal::NoSuchSeat), "takes part no more");
    scene.come("host", 1);
    scene.come("b", 2);
    scene.after(secs(300));
    assert_eq!(scene.enter("host", false).err(), Some(Refusal::RoomEnded), "after its new duration");

    let mut scene = Scene::new(Settings { expected: Some(2), ..planned() });
    let mut nobody = plan(&["host", "b"], 2);
    nobody.seats[0].is_plus = false;
    assert_eq!(scene.handle(Input::Replan { plan: Box::new(nobody) }), Err(Refusal::NoPlus));
    scene.handle(Input::Disable).expect("switched off");
    assert_eq!(scene.handle(Input::Replan { plan: Box::new(plan(&["host", "b"], 2)) }), Err(Refusal::RoomDisabled));
}
