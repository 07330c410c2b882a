//! Speakers and audience of a webinar.

use visita_protocol::channel::{ClientMessage, ServerMessage, StageRole};
use visita_room::{Refusal, Settings};

use crate::{
    BOTH_ON, OFF,
    common::{Scene, id, sent},
    granted, visit, who,
};

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
