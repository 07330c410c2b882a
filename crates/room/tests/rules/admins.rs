//! What admins may do, and what comes of it.

use visita_protocol::{
    ErrorCode, Tools, Whiteboard,
    channel::{ClientMessage, LeaveReason, MediaSource, MediaState, MutedSources, ServerMessage, StageRole},
};
use visita_room::{Output, Refusal};

use crate::{
    BOTH_ON, admin_state,
    common::{START, Scene, id, secs, sent},
    granted, visit, who,
};

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

    let outputs = scene.say(1, ClientMessage::ShowWhiteboard { shown: true, page: 0 }).expect("an admin may");
    let [ServerMessage::WhiteboardChanged { whiteboard, .. }] = &sent(&outputs, 2)[..] else { panic!("{outputs:?}") };
    assert_eq!((whiteboard.shown, whiteboard.by.clone(), whiteboard.page), (true, Some(who("host")), 0));
    let outputs = scene.say(1, ClientMessage::ShowWhiteboard { shown: true, page: 2 }).expect("turns everybody over");
    let [ServerMessage::WhiteboardChanged { whiteboard, .. }] = &sent(&outputs, 2)[..] else { panic!("{outputs:?}") };
    assert_eq!((whiteboard.shown, whiteboard.page), (true, 2));
    let outputs = scene.say(1, ClientMessage::ShowWhiteboard { shown: true, page: 2 }).expect("no news");
    assert!(sent(&outputs, 2).is_empty(), "{outputs:?}");

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
    let told = ServerMessage::HandChanged { seq: 6, participant_id: id("other"), hand: None, by: Some(id("host")) };
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
}
