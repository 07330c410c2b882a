//! Recordings.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use visita_protocol::{
    CompanyId, ErrorCode, ParticipantId, Problem, RoomId, Secret, SessionId,
    recorder::TrackKind,
    view::{RecordingFileState, RecordingFormat},
};

use super::{
    bodies::{Data, Listing},
    key::Keyed,
    params::{PagingQuery, Params},
    refusal::{PARAMETER, Refused},
};
use crate::{
    api::{media_link, recording_link},
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Path, internal},
    store::{FileKind, MediaLink, Page, RecordedFile, RecordingQuery, StoredRecording, StoredTrack},
};

/// How long a `download_url` is good.
const LINK_LIFE: Duration = Duration::from_secs(3600);
/// Recordings that are deleted in one go.
const AT_ONCE: Page = Page { limit: 100, offset: 0 };

/// A recording: a file of a session. What one participant sent of one kind, or all who agreed to it.
#[derive(Serialize, ToSchema)]
pub(super) struct Recording {
    id: String,
    room_id: RoomId,
    session_id: SessionId,
    /// Whose; none where everybody is in one file.
    participant_id: Option<ParticipantId>,
    /// `audio` or `video` of one participant, or `composite`. None while it is not known which files there will be, and where
    /// nothing came of them.
    #[serde(rename = "type")]
    kind: Option<&'static str>,
    /// `processing`, `completed` or `failed`.
    status: &'static str,
    /// `opus`, or of the picture: `vp8`, `vp9`, `h264`, `av1`. None where there is no type.
    codec: Option<String>,
    size_mb: f64,
    duration_secs: u64,
    /// Good for an hour; told by `GET` of one recording that is completed.
    download_url: Option<Secret>,
    started_at: String,
    ended_at: Option<String>,
    /// Always `room_recording`.
    record_type: &'static str,
}

/// How many recordings were deleted.
#[derive(Serialize, ToSchema)]
pub(super) struct Deleted {
    room_recordings: u64,
}

/// Lists recordings, the latest first.
#[utoipa::path(get, path = "/video-rooms/v2/room_recordings", tag = "Recordings", security(("bearer" = [])),
    params(PagingQuery,
        ("filter[room_id]" = Option<String>, Query, description = "Only of that room"),
        ("filter[session_id]" = Option<String>, Query, description = "Only of that session"),
        ("filter[participant_id]" = Option<String>, Query, description = "Only files of that participant alone"),
        ("filter[status]" = Option<String>, Query, description = "`processing`, `completed` or `failed`"),
        ("filter[type]" = Option<String>, Query, description = "`audio`, `video` or `composite`"),
        ("filter[duration_secs][gte]" = Option<u64>, Query, description = "Seconds; also `eq` and `lte`"),
        ("filter[date_started_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_ended_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`")),
    responses(
    (status = 200, description = "A page of recordings", body = Listing<Recording>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn list(
    State(app): State<App>,
    key: Keyed,
    mut params: Params,
) -> Result<Json<Listing<Recording>>, ApiError> {
    let paging = params.paging()?;
    let wanted = asked(params)?;
    let listed = app.store.recordings_that(&key.company().id, &wanted, paging.page()).await?;
    let recordings = listed.items.into_iter().map(|one| told(one, None)).collect();
    Ok(Listing::json(recordings, listed.total, paging))
}

/// Tells a recording. That a link to it was handed out is an entry in the audit log.
#[utoipa::path(get, path = "/video-rooms/v2/room_recordings/{recording_id}", tag = "Recordings",
    security(("bearer" = [])), params(("recording_id" = String, Path, description = "The recording")), responses(
    (status = 200, description = "The recording", body = Data<Recording>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such recording", body = Refused)))]
pub(super) async fn get(
    State(app): State<App>,
    key: Keyed,
    Path(recording_id): Path<String>,
) -> Result<Json<Data<Recording>>, ApiError> {
    let file = find(&app, &key.company().id, &recording_id).await?;
    let link = match (&file.track, file.recording.state) {
        (Some(track), RecordingFileState::Available) => {
            let entry = Entry::by(&key.0, "recording_link_made").room(&file.recording.room_id);
            let entry = entry.session(&file.recording.session_id).subject(track.track_id.as_str());
            app.audit.write(entry).await?;
            Some(media_link(&app, &MediaLink::Track(track.track_id.clone()), LINK_LIFE).await?.0)
        }
        (None, RecordingFileState::Available) => {
            Some(recording_link(&app, &key.0, &file.recording, RecordingFormat::Webm, LINK_LIFE).await?.0)
        }
        _ => None,
    };
    Ok(Data::json(told(file, link)))
}

/// Deletes a recording for good.
#[utoipa::path(delete, path = "/video-rooms/v2/room_recordings/{recording_id}", tag = "Recordings",
    security(("bearer" = [])), params(("recording_id" = String, Path, description = "The recording")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such recording", body = Refused),
    (status = 422, description = "It is still being recorded or finished", body = Refused)))]
pub(super) async fn delete(
    State(app): State<App>,
    key: Keyed,
    Path(recording_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let file = find(&app, &key.company().id, &recording_id).await?;
    if !is_over(&file.recording) {
        return Err(Problem::new(ErrorCode::Conflict, "it is still being recorded; end the session first").into());
    }
    delete_one(&app, &key, &file).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes all recordings that the filters name, of which there has to be one. Those that are still being recorded or
/// finished stay.
#[utoipa::path(delete, path = "/video-rooms/v2/room_recordings", tag = "Recordings", security(("bearer" = [])),
    params(("filter[room_id]" = Option<String>, Query, description = "As for the list, as the other filters are")),
    responses(
    (status = 200, description = "How many", body = Data<Deleted>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 422, description = "There is no filter, or one breaks a rule; nothing is deleted", body = Refused)))]
pub(super) async fn delete_many(
    State(app): State<App>,
    key: Keyed,
    params: Params,
) -> Result<Json<Data<Deleted>>, ApiError> {
    if !params.has_filter() {
        let words = "without any filter all recordings would be deleted";
        return Err(Problem::invalid(format!("{PARAMETER}filter"), words).into());
    }
    let mut room_recordings = 0;
    let mut wanted = asked(params)?;
    let over = [RecordingFileState::Available, RecordingFileState::Failed];
    if wanted.states.is_empty() {
        wanted.states = over.to_vec();
    }
    wanted.states.retain(|state| over.contains(state));
    // What is deleted is not found again.
    while !wanted.states.is_empty() {
        let found = app.store.recordings_that(&key.company().id, &wanted, AT_ONCE).await?.items;
        if found.is_empty() {
            break;
        }
        for file in found {
            delete_one(&app, &key, &file).await?;
            room_recordings += 1;
        }
    }
    Ok(Data::json(Deleted { room_recordings }))
}

async fn delete_one(app: &App, key: &Keyed, file: &RecordedFile) -> Result<(), ApiError> {
    let RecordedFile { recording, track } = file;
    // Before the deed: what was done is never missing from the log.
    let entry = Entry::by(&key.0, "recording_deleted").room(&recording.room_id).session(&recording.session_id);
    let entry = entry.subject(track.as_ref().map_or(recording.recording_id.as_str(), |track| track.track_id.as_str()));
    app.audit.write(entry).await?;
    match track {
        Some(track) => app.recordings.delete_track(recording, &track.track_id).await.map_err(internal),
        None => app.recordings.delete(recording).await.map(drop).map_err(internal),
    }
}

/// A company's recording; every other is as unknown as none.
async fn find(app: &App, company: &CompanyId, id: &str) -> Result<RecordedFile, ApiError> {
    let wanted = RecordingQuery { file: Some(id.to_owned()), ..RecordingQuery::default() };
    let found = app.store.recordings_that(company, &wanted, Page { limit: 1, offset: 0 }).await?.items.pop();
    Ok(found.ok_or_else(|| Problem::new(ErrorCode::NotFound, "no such recording"))?)
}

fn asked(mut params: Params) -> Result<RecordingQuery, Problem> {
    let states = match params.filter("status").as_deref() {
        None => Vec::new(),
        Some("processing") => vec![RecordingFileState::Recording, RecordingFileState::Processing],
        Some("completed") => vec![RecordingFileState::Available],
        Some("failed") => vec![RecordingFileState::Failed],
        Some(_) => {
            let words = "processing, completed or failed";
            return Err(Problem::invalid(format!("{PARAMETER}filter[status]"), words));
        }
    };
    let kind = match params.filter("type").as_deref() {
        None => None,
        Some("composite") => Some(FileKind::Composite),
        Some("audio") => Some(FileKind::Audio),
        Some("video") => Some(FileKind::Video),
        Some(_) => {
            return Err(Problem::invalid(format!("{PARAMETER}filter[type]"), "composite, audio or video"));
        }
    };
    let wanted = RecordingQuery {
        file: None,
        room: params.parsed("room_id", "an id")?,
        session: params.parsed("session_id", "an id")?,
        participant: params.parsed("participant_id", "an id")?,
        kind,
        states,
        started: params.between("date_started_at")?,
        ended: params.between("date_ended_at")?,
        length: params.range("duration_secs")?,
    };
    params.end()?;
    Ok(wanted)
}

fn is_over(recording: &StoredRecording) -> bool {
    matches!(recording.state, RecordingFileState::Available | RecordingFileState::Failed)
}

fn told(file: RecordedFile, download_url: Option<Secret>) -> Recording {
    let RecordedFile { recording, track } = file;
    let (bytes, length) = track.as_ref().map_or((recording.bytes, recording.length), |one| (one.bytes, one.length));
    #[expect(clippy::cast_precision_loss, reason = "two digits behind the point are told")]
    let size_mb = (bytes as f64 / 10_000.0).round() / 100.0;
    let (started_at, ended_at) = match &track {
        Some(track) => (track.begun_at, Some(track.begun_at + track.length)),
        None => (recording.started_at, recording.ended_at),
    };
    let kind = match &track {
        Some(StoredTrack { kind: TrackKind::Audio, .. }) => Some("audio"),
        Some(StoredTrack { kind: TrackKind::Video | TrackKind::Screen, .. }) => Some("video"),
        None => (!recording.tracks).then_some("composite"),
    };
    let whole = (!recording.tracks).then(|| "vp8".to_owned());
    let codec = track.as_ref().map(|track| track.codec.to_ascii_lowercase()).or(whole);
    let (id, participant_id) = match track {
        Some(track) => (track.track_id.to_string(), Some(track.participant_id)),
        None => (recording.recording_id.to_string(), None),
    };
    Recording {
        id,
        room_id: recording.room_id,
        session_id: recording.session_id,
        participant_id,
        kind,
        status: match recording.state {
            RecordingFileState::Recording | RecordingFileState::Processing => "processing",
            RecordingFileState::Available => "completed",
            RecordingFileState::Failed => "failed",
        },
        codec,
        size_mb,
        duration_secs: length.as_secs(),
        download_url,
        started_at: to_rfc3339(started_at),
        ended_at: ended_at.map(to_rfc3339),
        record_type: "room_recording",
    }
}
