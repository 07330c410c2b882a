//! Events as webhooks of a room hear them.

use serde_json::{Map, Value, json};
use visita_protocol::rest::{Event, EventKind};

/// An event in this dialect's words; none for those it has none for.
pub(crate) fn body(event: &Event) -> Option<String> {
    let event_type = match event.event {
        EventKind::OnSessionStarted => "video.room.session.started",
        EventKind::OnSessionEnded => "video.room.session.ended",
        EventKind::OnParticipantJoined => "video.room.participant.joined",
        EventKind::OnParticipantLeft => "video.room.participant.left",
        EventKind::OnRecordingStarted => "video.room.recording.started",
        EventKind::OnRecordingAvailable => "video.room.recording.completed",
        _ => return None,
    };
    let mut payload = Map::from_iter([("room_id".to_owned(), json!(event.room_id))]);
    for (name, id) in [
        ("session_id", event.session_id.as_ref().map(|id| json!(id))),
        ("participant_id", event.participant_id.as_ref().map(|id| json!(id))),
        ("recording_id", event.recording_id.as_ref().map(|id| json!(id))),
    ] {
        if let Some(id) = id {
            payload.insert(name.to_owned(), id);
        }
    }
    let told = json!({ "data": {
        "record_type": "event",
        "id": event.event_id,
        "event_type": event_type,
        "occurred_at": event.created_at,
        "payload": Value::Object(payload),
    } });
    Some(told.to_string())
}
