//! Recordings, their links, and the list of past sessions.

use std::time::Duration;

use visita_protocol::{
    ParticipantId, RecordingLayout, UserId,
    channel::{ChatMessage, Consent},
    rest::{ConnectionKind, RecordingReason},
    view::{RecordingFileState, RecordingFormat},
};
use visita_room::{Standing, Timestamp};

use super::{ALL, NOW, hash, made_room, secs};
use crate::store::{NewRoom, Page, RecordingProgress, RecordingsOf, Store, StoredRecording};

/// A recording of a session of that room that has just begun.
pub(super) async fn begun(store: &dyn Store, room: &NewRoom, consents: &[Consent], at: Timestamp) -> StoredRecording {
    let session = crate::ids::new();
    store.session_started(&room.room_id, &session, at).await.expect("stored");
    let recording = StoredRecording {
        recording_id: crate::ids::new(),
        company_id: room.company_id.clone(),
        room_id: room.room_id.clone(),
        session_id: session,
        state: RecordingFileState::Recording,
        layout: RecordingLayout::GridAndChat,
        tracks: false,
        started_at: at,
        ended_at: None,
        length: Duration::ZERO,
        bytes: 0,
        reason: None,
        mp4_bytes: None,
        kept_until: None,
    };
    store.recording_begun(&recording, consents).await.expect("stored");
    recording
}

pub(super) fn available(seconds: u64) -> RecordingProgress {
    RecordingProgress {
        state: RecordingFileState::Available,
        ended_at: Some(NOW + secs(seconds)),
        length: secs(seconds),
        bytes: 1_000,
        reason: None,
    }
}

pub(super) async fn a_recording_is_told_as_it_goes_on_and_ends(store: &dyn Store) {
    let room = made_room(store).await;
    let consent = |seat: usize, answer, after| Consent {
        participant_id: room.seats[seat].participant_id.clone(),
        answer,
        text_version: "en-1".into(),
        at_ms: (NOW + secs(after)).unix_ms(),
    };
    let first = begun(store, &room, &[consent(0, true, 0)], NOW).await;
    let second = begun(store, &room, &[], NOW + secs(5)).await;
    for _ in 0..2 {
        store.recording_consent(&first.recording_id, &consent(1, true, 3)).await.expect("stored");
    }
    store.recording_consent(&first.recording_id, &consent(1, false, 4)).await.expect("stored");
    store.recording_consent(&crate::ids::new(), &consent(1, true, 4)).await.expect("nothing to keep it with");
    let kept = store.recording_consents(&first.recording_id).await.expect("read");
    assert_eq!(kept, [consent(0, true, 0), consent(1, true, 3), consent(1, false, 4)], "once each");

    assert_eq!(store.recording(&first.recording_id).await.expect("read"), Some(first.clone()));
    let unfinished = store.unfinished_recordings().await.expect("read");
    assert_eq!(unfinished, [first.clone(), second.clone()]);
    let failed = RecordingProgress {
        state: RecordingFileState::Failed,
        reason: Some(RecordingReason::DiskFull),
        ..available(9)
    };
    assert!(store.recording_changed(&first.recording_id, &available(7)).await.expect("stored"));
    assert!(store.recording_changed(&second.recording_id, &failed).await.expect("stored"));
    assert!(!store.recording_changed(&crate::ids::new(), &failed).await.expect("there is none"));
    assert!(store.unfinished_recordings().await.expect("read").is_empty());
    assert!(store.mp4_made(&first.recording_id, 2_000).await.expect("stored"));
    let told = store.recording(&first.recording_id).await.expect("read").expect("there");
    assert_eq!((told.state, told.length, told.bytes), (RecordingFileState::Available, secs(7), 1_000));
    assert_eq!((told.ended_at, told.reason, told.mp4_bytes), (Some(NOW + secs(7)), None, Some(2_000)));

    let list = async |which| {
        let listed = store.recordings(&room.company_id, which, ALL).await.expect("read");
        assert_eq!(listed.items.len() as u64, listed.total);
        listed.items.into_iter().map(|one| one.recording_id).collect::<Vec<_>>()
    };
    let (a, b) = (first.recording_id.clone(), second.recording_id.clone());
    assert_eq!(list(RecordingsOf::default()).await, [b.clone(), a.clone()], "the latest first");
    assert_eq!(list(RecordingsOf { room: Some(&room.room_id), ..Default::default() }).await, [b.clone(), a.clone()]);
    assert_eq!(
        list(RecordingsOf { session: Some(&first.session_id), ..Default::default() }).await,
        *std::slice::from_ref(&a)
    );
    let state = Some(RecordingFileState::Failed);
    assert_eq!(list(RecordingsOf { state, ..Default::default() }).await, [b]);
    let stranger: UserId = crate::ids::new();
    assert!(list(RecordingsOf { created_by: Some(&stranger), ..Default::default() }).await.is_empty());

    assert!(store.recording_deleted(&a).await.expect("deleted"));
    assert!(!store.recording_deleted(&a).await.expect("gone"));
    assert!(store.recording_consents(&a).await.expect("read").is_empty());
    store.set_standing(&room.room_id, Standing::Deleted, NOW).await.expect("deleted");
    assert!(list(RecordingsOf::default()).await.is_empty(), "gone with the room");
}

pub(super) async fn a_recording_is_kept_as_long_as_its_company_says(store: &dyn Store) {
    let room = made_room(store).await;
    let days = async |days| {
        let mut settings = store.company_settings(&room.company_id).await.expect("read").expect("there");
        settings.recording_retention_days = days;
        store.set_company_settings(&room.company_id, &settings).await.expect("stored");
    };
    let day = |days: u64| secs(86_400 * days);
    let recording = begun(store, &room, &[], NOW).await;
    let running = begun(store, &room, &[], NOW).await;
    let kept_until = async || store.recording(&recording.recording_id).await.expect("read").expect("there").kept_until;
    store.recording_changed(&recording.recording_id, &available(10)).await.expect("stored");
    assert_eq!(kept_until().await, None);
    days(Some(2)).await;
    assert_eq!(kept_until().await, Some(NOW + secs(10) + day(2)), "it holds for those there are");
    assert!(store.recordings_due(NOW + day(2)).await.expect("read").is_empty());
    let due = store.recordings_due(NOW + secs(10) + day(2)).await.expect("read");
    assert_eq!(due.iter().map(|one| &one.recording_id).collect::<Vec<_>>(), [&recording.recording_id]);
    days(None).await;
    assert_eq!(kept_until().await, None);
    days(Some(1)).await;
    store.recording_changed(&running.recording_id, &available(20)).await.expect("stored");
    let running = store.recording(&running.recording_id).await.expect("read").expect("there");
    assert_eq!(running.kept_until, Some(NOW + secs(20) + day(1)), "and for those that end later");
}

pub(super) async fn a_link_to_a_recording_is_good_for_its_time(store: &dyn Store) {
    let room = made_room(store).await;
    let recording = begun(store, &room, &[], NOW).await.recording_id;
    let link = async |n, format, until| {
        store.create_recording_link(hash(n), &recording, format, NOW + secs(until), NOW).await.expect("stored");
    };
    link(101, RecordingFormat::Webm, 30).await;
    link(102, RecordingFormat::Mp4, 60).await;
    let found = async |n, after| store.recording_link(hash(n), NOW + secs(after)).await.expect("read");
    assert_eq!(found(101, 29).await, Some((recording.clone(), RecordingFormat::Webm)));
    assert_eq!(found(101, 30).await, None);
    assert_eq!(found(102, 30).await, Some((recording.clone(), RecordingFormat::Mp4)));
    assert_eq!(found(103, 0).await, None);
    store.recording_deleted(&recording).await.expect("deleted");
    assert_eq!(found(102, 30).await, None);
}

pub(super) async fn past_sessions_are_listed_with_what_is_kept_of_them(store: &dyn Store) {
    let room = made_room(store).await;
    let (older, newer) = (begun(store, &room, &[], NOW).await, begun(store, &room, &[], NOW + secs(60)).await);
    for (seat, after) in [(1, 1), (0, 2), (1, 3)] {
        let seat = &room.seats[seat];
        let (id, user) = (&seat.participant_id, &seat.user_id);
        let kind = ConnectionKind::Channel;
        store.connected(&newer.session_id, id, user, kind, NOW + secs(60 + after)).await.expect("stored");
    }
    let (writer, silent): (ParticipantId, ParticipantId) = (crate::ids::new(), crate::ids::new());
    for (after, (seat, user)) in (4..).zip([(&writer, "writer"), (&silent, "silent")]) {
        let (kind, at) = (ConnectionKind::Channel, NOW + secs(60 + after));
        store.connected(&newer.session_id, seat, &user.parse().expect("an id"), kind, at).await.expect("stored");
    }
    let message = ChatMessage {
        id: 1,
        key: "a".into(),
        session_id: newer.session_id.clone(),
        from: writer.clone(),
        from_name: "Dr. Who".into(),
        at_ms: NOW.unix_ms(),
        text: "Good morning".into(),
        reply_to: None,
        file: None,
    };
    store.chat_added(&room.room_id, &message).await.expect("stored");
    let listed = store.past_sessions(&room.company_id, None, ALL).await.expect("read");
    let [first, second] = &listed.items[..] else { panic!("{listed:?}") };
    assert_eq!((&first.session.session_id, &second.session.session_id), (&newer.session_id, &older.session_id));
    let seat = |seat: usize| room.seats[seat].display_name.clone().expect("a name");
    assert_eq!(first.people, [seat(1), seat(0), "Dr. Who".into(), "silent".into()], "by seat, by chat, else by user");
    assert_eq!((first.recordings, first.messages, first.files, first.snapshots), (1, 1, 0, 0));
    assert_eq!((second.people.len(), second.messages), (0, 0));
    let stranger: UserId = crate::ids::new();
    assert_eq!(store.past_sessions(&room.company_id, Some(&stranger), ALL).await.expect("read").total, 0);
    let page = Page { limit: 1, offset: 1 };
    let listed = store.past_sessions(&room.company_id, None, page).await.expect("read");
    assert_eq!((listed.items.len(), listed.total), (1, 2));
    store.set_standing(&room.room_id, Standing::Deleted, NOW).await.expect("deleted");
    assert_eq!(store.past_sessions(&room.company_id, None, ALL).await.expect("read").total, 0);
}
