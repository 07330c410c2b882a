//! The time that is left.

use visita_protocol::channel::{ClientMessage, ClockState, LeaveReason, ServerMessage};
use visita_room::{Output, Refusal, Settings};

use crate::{
    common::{Scene, secs, sent},
    visit,
};

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
