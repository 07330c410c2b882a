use std::time::Duration;

use visita_protocol::{
    RecordingLayout,
    channel::{AdminState, MediaState, Ring, WaitingPerson},
};

use super::*;

fn id(text: &str) -> ParticipantId {
    text.parse().expect("an id")
}

fn seat(who: &str, name: &str) -> ParticipantState {
    ParticipantState {
        participant_id: id(who),
        display_name: name.into(),
        is_admin: false,
        media: MediaState::default(),
        muted_by_admin: MutedSources::default(),
        tools: Tools::ALL,
        role: StageRole::Speaker,
        hand: None,
    }
}

fn room() -> (RoomSide, People) {
    let mut people = People::default();
    people.set_me("me");
    (RoomSide::new(id("me"), "Me".into(), Tools::ALL), people)
}

fn notices(effects: &[Effect]) -> Vec<NoticeCode> {
    effects.iter().filter_map(|e| if let Effect::Notice(code, _) = e { Some(*code) } else { None }).collect()
}

#[test]
fn rights_that_are_taken_are_obeyed_until_given_back() {
    let (mut room, mut people) = room();
    let now = Instant::now();
    let taken = MutedSources { microphone: true, ..MutedSources::default() };
    let told = |muted_by_admin| ServerMessage::MediaChanged {
        seq: 1,
        participant_id: id("me"),
        media: MediaState::default(),
        muted_by_admin,
    };
    let effects = room.take(told(taken), &mut people, now);
    assert_eq!(notices(&effects), [NoticeCode::MutedByAdmin]);
    assert_eq!(room.allowed(), Allowed { microphone: false, camera: true, screen: true });
    assert!(room.granted().microphone, "taken for now is not the same as never granted");
    assert!(room.take(told(taken), &mut people, now).is_empty());
    let effects = room.take(told(MutedSources::default()), &mut people, now);
    assert_eq!(notices(&effects), [NoticeCode::ReleasedByAdmin]);
    assert!(room.allowed().microphone);
}

#[test]
fn the_audience_sends_nothing() {
    let (mut room, mut people) = room();
    let role = StageRole::Audience;
    let message = ServerMessage::RightsChanged { seq: 1, participant_id: id("me"), tools: Tools::ALL, role };
    let effects = room.take(message, &mut people, Instant::now());
    assert_eq!(notices(&effects), [NoticeCode::RightsChanged]);
    assert_eq!(room.allowed(), Allowed { microphone: false, camera: false, screen: false });
}

#[test]
fn comings_are_news_only_once_the_room_is_known() {
    let (mut room, mut people) = room();
    let joined = |who: &str| ServerMessage::Joined { seq: 1, participant: seat(who, who) };
    assert!(room.take(joined("a"), &mut people, Instant::now()).is_empty());
    room.settled = true;
    assert_eq!(notices(&room.take(joined("b"), &mut people, Instant::now())), [NoticeCode::PersonJoined]);
    assert!(room.take(joined("b"), &mut people, Instant::now()).is_empty());
}

#[test]
fn recording_is_news_and_asks_until_it_is_answered() {
    let (mut room, mut people) = room();
    let now = Instant::now();
    assert_eq!(room.consent(), ConsentAnswer::NotAsked);
    let starting = ServerMessage::RecordingChanged { seq: 1, recording: RecordingState::Starting };
    assert!(notices(&room.take(starting, &mut people, now)).is_empty(), "nothing is recorded yet");
    assert_eq!(room.consent(), ConsentAnswer::Asked, "so that nothing is missed of who agrees");
    let on = RecordingState::On { elapsed_s: 5, layout: RecordingLayout::Grid, megabytes: 1, trouble: None };
    let effects = room.take(ServerMessage::RecordingChanged { seq: 2, recording: on }, &mut people, now);
    assert_eq!(notices(&effects), [NoticeCode::RecordingStarted]);
    assert_eq!(room.consent(), ConsentAnswer::Asked);
    assert_eq!(
        room.recording_state(now + Duration::from_secs(7)),
        RecordingState::On {
            elapsed_s: 12,
            layout: visita_protocol::RecordingLayout::Grid,
            megabytes: 1,
            trouble: None
        }
    );
    let consent = visita_protocol::channel::Consent {
        participant_id: id("me"),
        answer: false,
        text_version: "1".into(),
        at_ms: 0,
    };
    room.take(ServerMessage::ConsentKept { consent }, &mut people, now);
    assert_eq!(room.consent(), ConsentAnswer::No);
}

#[test]
fn a_warning_goes_when_time_is_added() {
    let (mut room, mut people) = room();
    let now = Instant::now();
    let effects = room.take(ServerMessage::TimeWarning { seconds_left: 30 }, &mut people, now);
    assert_eq!((notices(&effects), room.time_warning), (vec![NoticeCode::HalfMinuteLeft], Some(30)));
    room.take(ServerMessage::Clock { clock: ClockState { seconds_left: 630, runs: true } }, &mut people, now);
    assert_eq!((room.time_warning, room.seconds_left(now)), (None, Some(630)));
}

#[test]
fn who_has_not_come_yet_has_no_name_here() {
    let (mut room, mut people) = room();
    let ring = Ring { participant_id: id("far"), display_name: None, state: RingState::Ringing };
    room.take(ServerMessage::RingChanged { seq: 1, ring }, &mut people, Instant::now());
    assert_eq!(room.rings(&people)[0].display_name, "");
}

#[test]
fn the_doorbell_says_who_stands_there() {
    let (mut room, mut people) = room();
    let now = Instant::now();
    let effects = room.take(ServerMessage::Doorbell { participant_id: id("far") }, &mut people, now);
    assert_eq!(notices(&effects), vec![], "nobody is known to wait yet");
    let waiting =
        WaitingPerson { participant_id: id("far"), display_name: "Anna".into(), waited_s: 0, connected: true };
    let state = AdminState { waiting: vec![waiting], ..AdminState::default() };
    let effects = room.take(ServerMessage::Admin { state: state.clone() }, &mut people, now);
    assert!(matches!(&effects[..], [Effect::Notice(NoticeCode::Doorbell, Some(name))] if name == "Anna"));
    let effects = room.take(ServerMessage::Admin { state }, &mut people, now);
    assert_eq!(notices(&effects), vec![], "it rang once");
}
