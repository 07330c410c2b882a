//! Ringing.

use visita_protocol::channel::{ClientMessage, Ring, RingState, ServerMessage};
use visita_room::{Input, Output, RING, Refusal, Settings};

use crate::{
    common::{Scene, id, sent},
    visit, who,
};

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
    let told = ServerMessage::RingChanged {
        seq: 4,
        ring: Ring { participant_id: id("host"), display_name: None, state: RingState::Answered },
    };
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
