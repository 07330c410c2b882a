//! What is written down, and who floods.

use visita_protocol::channel::{LeaveReason, ServerMessage};
use visita_room::{ConnectionId, EntryId, Input, LineKind, LinkSerial, Output};

use crate::{
    common::{Scene, id, sent},
    visit,
};

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
        chat_after: 0,
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
