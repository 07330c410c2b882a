//! What the API does to those who are in.

use visita_protocol::{
    ParticipantId,
    channel::{ClientMessage, MediaState},
};
use visita_room::{Deed, Input, Output, Refusal, Whom};

use crate::{
    BOTH_ON,
    common::{Scene, id},
    granted, visit, who,
};

fn moderate(scene: &mut Scene, deed: Deed, whom: Whom) -> Result<Vec<Output>, Refusal> {
    let session_id = scene.room.session_id().cloned().unwrap_or_else(|| id("none"));
    scene.handle(Input::Moderate { session_id, deed, whom })
}

fn these(names: &[&str]) -> Whom {
    Whom::These { participants: names.iter().map(|name| who(name)).collect(), but: Vec::new() }
}

fn all_but(names: &[&str]) -> Whom {
    Whom::All { but: names.iter().map(|name| who(name)).collect() }
}

fn muted(scene: &Scene) -> Vec<ParticipantId> {
    let occupants = scene.room.occupants();
    occupants.into_iter().filter(|one| one.muted.microphone).map(|one| one.participant_id).collect()
}

fn all_in() -> Scene {
    let mut scene = Scene::new(visit());
    for (name, connection) in [("host", 1), ("guest", 2), ("other", 3)] {
        scene.come(name, connection);
        scene.media_joined(name).expect("has a token");
        scene.say(connection, ClientMessage::SetMedia { media: BOTH_ON }).expect("may");
    }
    scene
}

#[test]
fn the_api_mutes_some_or_all_and_admins_too() {
    let mut scene = all_in();
    let outputs = moderate(&mut scene, Deed::Mute, these(&["guest"])).expect("muted");
    assert!(granted(&outputs, "guest").expect("told").muted.microphone);
    assert_eq!(muted(&scene), [who("guest")]);
    assert_eq!(
        scene.say(2, ClientMessage::SetMedia { media: BOTH_ON }),
        Err(Refusal::MutedByAdmin),
        "it is not their own mute"
    );
    scene.say(2, ClientMessage::SetMedia { media: MediaState { microphone: false, camera: true } }).expect("may");
    moderate(&mut scene, Deed::Mute, all_but(&["other"])).expect("muted");
    assert_eq!(muted(&scene), [who("host"), who("guest")]);
    moderate(&mut scene, Deed::Unmute, all_but(&["host"])).expect("released");
    assert_eq!(muted(&scene), [who("host")]);
}

#[test]
fn who_is_kicked_comes_back_in_another_session_only() {
    let mut scene = all_in();
    assert_eq!(moderate(&mut scene, Deed::Kick, these(&["guest", "nobody"])), Err(Refusal::NotThere));
    assert_eq!(scene.room.connected(), 3, "all or nothing");
    let outputs = moderate(&mut scene, Deed::Kick, these(&["guest", "guest"])).expect("kicked");
    let revoked = |output: &Output| matches!(output, Output::RemoveMedia { participant_id, revoke: true } if *participant_id == who("guest"));
    assert!(outputs.iter().any(revoked), "{outputs:?}");
    assert_eq!(scene.enter("guest", true).err(), Some(Refusal::Removed));
    assert_eq!(scene.media_joined("guest"), Err(Refusal::Removed));
    moderate(&mut scene, Deed::Kick, all_but(&["host"])).expect("kicked");
    assert_eq!(scene.room.connected(), 1);
    moderate(&mut scene, Deed::End, all_but(&[])).expect("ended");
    scene.enter("guest", false).expect("that session is over");
}

#[test]
fn when_everybody_is_kicked_the_session_is_over() {
    let mut scene = all_in();
    moderate(&mut scene, Deed::Kick, all_but(&[])).expect("kicked");
    assert!(scene.room.session_id().is_none());
    assert_eq!(scene.media_joined("guest"), Err(Refusal::TokenExpired), "by a token from before");
    scene.enter("guest", false).expect("another session");
}

#[test]
fn only_the_running_session_is_reached() {
    let mut scene = all_in();
    let whom = all_but(&[]);
    let input = Input::Moderate { session_id: id("another"), deed: Deed::End, whom: whom.clone() };
    assert_eq!(scene.handle(input), Err(Refusal::SessionOver));
    moderate(&mut scene, Deed::End, whom.clone()).expect("ended");
    assert_eq!(scene.room.connected(), 0);
    assert_eq!(moderate(&mut scene, Deed::End, whom), Err(Refusal::SessionOver));
}
