//! Events as webhooks of a room hear them.

use serde_json::{Map, Value, json};
use visita_protocol::rest::{Event, EventKind};

use crate::store::StoredTrack;

/// An event in this dialect's words; none for those it has none for, and one for each file of a recording that is completed.
pub(crate) fn bodies(event: &Event, tracks: &[StoredTrack]) -> Vec<String> {
    if tracks.is_empty() {
        return body(event, None).into_iter().collect();
    }
    tracks.iter().filter_map(|track| body(event, Some(track))).collect()
}

fn body(event: &Event, track: Option<&StoredTrack>) -> Option<String> {
    let event_type = match event.event {
        EventKind::OnSessionStarted => "video.room.session.started",
        EventKind::OnSessionEnded => "video.room.session.ended",
        EventKind::OnParticipantJoined => "video.room.participant.joined",
        EventKind::OnParticipantLeft => "video.room.participant.left",
        EventKind::OnRecordingStarted => "video.room.recording.started",
        EventKind::OnRecordingAvailable => "video.room.recording.completed",
        EventKind::OnCompositionCompleted => "video.room.composition.completed",
        EventKind::OnCompositionFailed => "video.room.composition.failed",
        _ => return None,
    };
    let mut payload = Map::from_iter([("room_id".to_owned(), json!(event.room_id))]);
    for (name, id) in [
        ("session_id", event.session_id.as_ref().map(|id| json!(id))),
        (
            "participant_id",
            track.map(|track| &track.participant_id).or(event.participant_id.as_ref()).map(|id| json!(id)),
        ),
        ("recording_id", track.map(|track| json!(track.track_id)).or(event.recording_id.as_ref().map(|id| json!(id)))),
        ("composition_id", event.composition_id.as_ref().map(|id| json!(id))),
    ] {
        if let Some(id) = id {
            payload.insert(name.to_owned(), id);
        }
    }
    let told = json!({ "data": {
        "record_type": "event",
        "id": track.map_or_else(|| event.event_id.clone(), |track| format!("{}-{}", event.event_id, track.track_id)),
        "event_type": event_type,
        "occurred_at": event.created_at,
        "payload": Value::Object(payload),
    } });
    Some(told.to_string())
}
