//! Separate tracks, compositions, and the links to them.

use std::time::Duration;

use visita_protocol::{
    CompositionId, RecordingId, RecordingLayout, RecordingTrackId,
    composition::{Arrangement, CompositionReason, CompositionState},
    recorder::TrackKind,
    view::RecordingFormat,
};
use visita_room::Standing;

use super::{
    ALL, NOW, hash, made_room,
    recordings::{available, begun},
    secs,
};
use crate::store::{
    CompositionProgress, CompositionsOf, FileKind, Kind, MediaLink, NewRoom, Page, RecordingQuery, RoomWebhook, Store,
    StoredComposition, StoredRecording, StoredTrack,
};

/// An open room, in which alone files are found by what they are.
async fn open_room(store: &dyn Store) -> NewRoom {
    let mut room = made_room(store).await;
    room.room_id = crate::ids::new();
    room.options.kind = Kind::Open { capacity: 4 };
    room.options.unique_name = None;
    room.seats.clear();
    store.create_room(&room).await.expect("stored");
    room
}

fn track(recording: &RecordingId, person: &str, kind: TrackKind, after: u64) -> StoredTrack {
    StoredTrack {
        track_id: crate::ids::new(),
        recording_id: recording.clone(),
        participant_id: person.parse().expect("an id"),
        display_name: "Ada è qui".into(),
        kind,
        codec: if kind == TrackKind::Audio { "opus" } else { "VP8" }.into(),
        begun_at: NOW + secs(after),
        length: secs(5),
        bytes: 1_234,
    }
}

/// A recording in separate tracks.
async fn in_tracks(store: &dyn Store, room: &NewRoom, after: u64) -> StoredRecording {
    let mut recording = begun(store, room, &[], NOW + secs(after)).await;
    store.recording_deleted(&recording.recording_id).await.expect("deleted");
    recording.tracks = true;
    store.recording_begun(&recording, &[]).await.expect("stored");
    recording
}

fn wanted(room: &NewRoom, recording: &StoredRecording) -> StoredComposition {
    StoredComposition {
        composition_id: crate::ids::new(),
        company_id: room.company_id.clone(),
        room_id: room.room_id.clone(),
        session_id: recording.session_id.clone(),
        state: CompositionState::Enqueued,
        format: RecordingFormat::Mp4,
        width: 640,
        height: 360,
        arrangement: Arrangement::Layout(RecordingLayout::Speaker),
        created_at: NOW,
        updated_at: NOW,
        ended_at: None,
        length: Duration::ZERO,
        bytes: 0,
        reason: None,
        kept_until: None,
        webhook: None,
    }
}

pub(super) async fn tracks_are_found_as_files_of_recordings(store: &dyn Store) {
    let room = open_room(store).await;
    let whole = begun(store, &room, &[], NOW).await;
    let parts = in_tracks(store, &room, 60).await;
    let told = store.recording(&parts.recording_id).await.expect("read").expect("there");
    assert!(told.tracks && !store.recording(&whole.recording_id).await.expect("read").expect("there").tracks);
    let found = async |wanted: RecordingQuery| {
        let listed = store.recordings_that(&room.company_id, &wanted, ALL).await.expect("read");
        assert_eq!(listed.items.len() as u64, listed.total);
        listed.items
    };
    let all = found(RecordingQuery::default()).await;
    assert_eq!(all.iter().filter(|file| file.track.is_none()).count(), 2, "no tracks are known yet");

    let (sound, film, screen) = (
        track(&parts.recording_id, "ada", TrackKind::Audio, 61),
        track(&parts.recording_id, "ada", TrackKind::Video, 62),
        track(&parts.recording_id, "luca", TrackKind::Screen, 90),
    );
    let three = [sound.clone(), film.clone(), screen.clone()];
    assert!(store.tracks_recorded(&parts.recording_id, &three).await.expect("stored"));
    assert!(store.tracks_recorded(&parts.recording_id, &three).await.expect("stored"), "once more is the same");
    assert!(!store.tracks_recorded(&crate::ids::new(), &three[..0]).await.expect("there is none"));
    assert_eq!(store.tracks_of_recording(&parts.recording_id).await.expect("read"), three);
    assert!(store.tracks_of_session(&parts.session_id).await.expect("read").is_empty(), "not while it is recorded");
    store.recording_changed(&parts.recording_id, &available(100)).await.expect("stored");
    assert_eq!(store.tracks_of_session(&parts.session_id).await.expect("read"), three);
    assert_eq!(store.track(&film.track_id).await.expect("read"), Some(film.clone()));

    let ids = async |wanted| {
        let files = found(wanted).await.into_iter();
        files.map(|file| file.track.map(|track| track.track_id)).collect::<Vec<_>>()
    };
    let some = |track: &StoredTrack| Some(track.track_id.clone());
    assert_eq!(
        ids(RecordingQuery::default()).await,
        [some(&screen), some(&film), some(&sound), None],
        "the latest first, and the one that is one file"
    );
    let by = |kind| RecordingQuery { kind: Some(kind), ..RecordingQuery::default() };
    assert_eq!(ids(by(FileKind::Composite)).await, [None]);
    assert_eq!(ids(by(FileKind::Audio)).await, [some(&sound)]);
    assert_eq!(ids(by(FileKind::Video)).await, [some(&screen), some(&film)]);
    let participant = Some(sound.participant_id.clone());
    assert_eq!(ids(RecordingQuery { participant, ..RecordingQuery::default() }).await, [some(&film), some(&sound)]);
    let file = Some(film.track_id.to_string());
    assert_eq!(ids(RecordingQuery { file, ..RecordingQuery::default() }).await, [some(&film)]);
    let length = (Some(6), None);
    assert_eq!(ids(RecordingQuery { length, ..RecordingQuery::default() }).await, [], "each has 5 s, the other none");
    let started = crate::store::Between { from: Some(NOW + secs(62)), until: None };
    assert_eq!(ids(RecordingQuery { started, ..RecordingQuery::default() }).await, [some(&screen), some(&film)]);

    assert!(store.track_deleted(&sound.track_id).await.expect("deleted"));
    assert!(!store.track_deleted(&sound.track_id).await.expect("gone"));
    store.recording_deleted(&parts.recording_id).await.expect("deleted");
    assert_eq!(store.track(&film.track_id).await.expect("read"), None, "gone with the recording");
}

pub(super) async fn a_composition_is_queued_made_and_kept(store: &dyn Store) {
    let room = open_room(store).await;
    let recording = in_tracks(store, &room, 0).await;
    let webhook = RoomWebhook {
        url: "https://example.com/made".into(),
        failover_url: None,
        timeout_s: Some(7),
        secret: vec![1, 2, 3],
    };
    let first = wanted(&room, &recording);
    let second =
        StoredComposition { webhook: Some(webhook.clone()), created_at: NOW + secs(1), ..wanted(&room, &recording) };
    let second = StoredComposition { updated_at: second.created_at, ..second };
    for one in [&first, &second] {
        store.create_composition(one).await.expect("stored");
    }
    assert_eq!(store.composition(&second.composition_id).await.expect("read"), Some(second.clone()));
    assert_eq!(store.compositions_to_make().await.expect("read"), [first.clone(), second.clone()], "oldest first");
    assert!(store.room_webhooks(&[&room.room_id]).await.expect("read").is_empty(), "it is not the room's");
    assert_eq!(store.webhooks(&room.company_id, ALL).await.expect("read").total, 0, "nor the company's");
    let name = crate::webhooks::composition_webhook(&second.composition_id);
    assert!(store.enqueue_to(&name, "{}", NOW).await.expect("stored"));
    assert_eq!(store.enqueue_for_room(&room.room_id, "{}", NOW).await.expect("nobody"), 0);

    let made = CompositionProgress {
        state: CompositionState::Completed,
        at: NOW + secs(9),
        ended_at: Some(NOW + secs(9)),
        length: secs(60),
        bytes: 5_000,
        reason: None,
    };
    let failed =
        CompositionProgress { state: CompositionState::Failed, reason: Some(CompositionReason::DiskFull), ..made };
    assert!(store.composition_changed(&first.composition_id, &made).await.expect("stored"));
    assert!(store.composition_changed(&second.composition_id, &failed).await.expect("stored"));
    assert!(!store.composition_changed(&crate::ids::new(), &failed).await.expect("there is none"));
    assert!(store.compositions_to_make().await.expect("read").is_empty());
    let told = store.composition(&first.composition_id).await.expect("read").expect("there");
    assert_eq!((told.state, told.length, told.bytes), (CompositionState::Completed, secs(60), 5_000));
    assert_eq!((told.updated_at, told.ended_at, told.reason), (NOW + secs(9), Some(NOW + secs(9)), None));

    let list = async |which: CompositionsOf| {
        let listed = store.compositions(&room.company_id, &which, ALL).await.expect("read");
        assert_eq!(listed.items.len() as u64, listed.total);
        listed.items.into_iter().map(|one| one.composition_id).collect::<Vec<CompositionId>>()
    };
    let (a, b) = (first.composition_id.clone(), second.composition_id.clone());
    assert_eq!(list(CompositionsOf { open: true, ..Default::default() }).await, [b.clone(), a.clone()]);
    let state = Some(CompositionState::Failed);
    assert_eq!(list(CompositionsOf { state, ..Default::default() }).await, *std::slice::from_ref(&b));
    let session = Some(recording.session_id.clone());
    assert_eq!(list(CompositionsOf { session, ..Default::default() }).await.len(), 2);
    assert!(list(CompositionsOf { created_by: Some(crate::ids::new()), ..Default::default() }).await.is_empty());
    let page = Page { limit: 1, offset: 1 };
    let listed = store.compositions(&room.company_id, &CompositionsOf::default(), page).await.expect("read");
    assert_eq!((listed.items.len(), listed.total), (1, 2));

    let mut settings = store.company_settings(&room.company_id).await.expect("read").expect("there");
    settings.recording_retention_days = Some(1);
    store.set_company_settings(&room.company_id, &settings).await.expect("stored");
    let end = NOW + secs(9 + 86_400);
    assert_eq!(store.compositions_due(end).await.expect("read").len(), 2);
    assert!(store.compositions_due(NOW + secs(86_400)).await.expect("read").is_empty());

    assert!(store.composition_deleted(&b).await.expect("deleted"));
    assert!(!store.composition_deleted(&b).await.expect("gone"));
    assert!(!store.enqueue_to(&name, "{}", NOW).await.expect("gone with it"));
    store.set_standing(&room.room_id, Standing::Deleted, NOW).await.expect("deleted");
    assert!(list(CompositionsOf::default()).await.is_empty(), "gone with the room");
}

pub(super) async fn links_to_tracks_and_compositions_end(store: &dyn Store) {
    let room = open_room(store).await;
    let recording = in_tracks(store, &room, 0).await;
    let film = track(&recording.recording_id, "ada", TrackKind::Video, 1);
    store.tracks_recorded(&recording.recording_id, std::slice::from_ref(&film)).await.expect("stored");
    let composition = wanted(&room, &recording);
    store.create_composition(&composition).await.expect("stored");
    let to_track = MediaLink::Track(film.track_id.clone());
    let to_composition = MediaLink::Composition(composition.composition_id.clone());
    for (n, to) in [(1, &to_track), (2, &to_composition)] {
        store.create_media_link(hash(n), to, NOW + secs(30), NOW).await.expect("stored");
    }
    let at = async |n, after| store.media_link(hash(n), NOW + secs(after)).await.expect("read");
    assert_eq!((at(1, 29).await, at(2, 29).await), (Some(to_track.clone()), Some(to_composition)));
    assert_eq!((at(1, 30).await, at(3, 0).await), (None, None));
    store.track_deleted(&film.track_id).await.expect("deleted");
    assert_eq!(at(1, 0).await, None, "gone with what it leads to");
    store.composition_deleted(&composition.composition_id).await.expect("deleted");
    assert_eq!(at(2, 0).await, None);
    let nothing: RecordingTrackId = crate::ids::new();
    assert!(store.create_media_link(hash(4), &MediaLink::Track(nothing), NOW + secs(30), NOW).await.is_err());
}
