//! Recordings.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use visita_protocol::{
    CompanyId, ErrorCode, ParticipantId, Problem, RecordingId, RoomId, Secret, SessionId,
    view::{RecordingFileState, RecordingFormat},
};

use super::{
    bodies::{Data, Listing},
    key::Keyed,
    params::{PagingQuery, Params},
    refusal::{PARAMETER, Refused},
};
use crate::{
    api::recording_link,
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Path, internal},
    store::{Page, RecordingQuery, StoredRecording},
};

/// How long a `download_url` is good.
const LINK_LIFE: Duration = Duration::from_secs(3600);
/// Recordings that are deleted in one go.
const AT_ONCE: Page = Page { limit: 100, offset: 0 };

/// A recording: one file of a session, of all who agreed to it.
#[derive(Serialize, ToSchema)]
pub(super) struct Recording {
    id: RecordingId,
    room_id: RoomId,
    session_id: SessionId,
    /// None: everybody is in one file.
    participant_id: Option<ParticipantId>,
    /// Always `composite`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `processing`, `completed` or `failed`.
    status: &'static str,
    /// Of the picture.
    codec: &'static str,
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

/// What is asked for by filters: none when no recording can be so.
type Asked = Option<RecordingQuery>;

/// Lists recordings, the latest first.
#[utoipa::path(get, path = "/video-rooms/v2/room_recordings", tag = "Recordings", security(("bearer" = [])),
    params(PagingQuery,
        ("filter[room_id]" = Option<String>, Query, description = "Only of that room"),
        ("filter[session_id]" = Option<String>, Query, description = "Only of that session"),
        ("filter[participant_id]" = Option<String>, Query, description = "Only of that participant alone, of which there are none"),
        ("filter[status]" = Option<String>, Query, description = "`processing`, `completed` or `failed`"),
        ("filter[type]" = Option<String>, Query, description = "`composite`; of `audio` and `video` there are none"),
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
    let Some(wanted) = asked(params)? else { return Ok(Listing::json(Vec::new(), 0, paging)) };
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
    let recording = find(&app, &key.company().id, &recording_id).await?;
    let link = match recording.state {
        RecordingFileState::Available => {
            let (url, _) = recording_link(&app, &key.0, &recording, RecordingFormat::Webm, LINK_LIFE).await?;
            Some(url)
        }
        _ => None,
    };
    Ok(Data::json(told(recording, link)))
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
    let recording = find(&app, &key.company().id, &recording_id).await?;
    if !is_over(&recording) {
        return Err(Problem::new(ErrorCode::Conflict, "it is still being recorded; end the session first").into());
    }
    delete_one(&app, &key, &recording).await?;
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
    if let Some(mut wanted) = asked(params)? {
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
            for recording in found {
                delete_one(&app, &key, &recording).await?;
                room_recordings += 1;
            }
        }
    }
    Ok(Data::json(Deleted { room_recordings }))
}

async fn delete_one(app: &App, key: &Keyed, recording: &StoredRecording) -> Result<(), ApiError> {
    // Before the deed: what was done is never missing from the log.
    let entry = Entry::by(&key.0, "recording_deleted").room(&recording.room_id).session(&recording.session_id);
    app.audit.write(entry.subject(recording.recording_id.as_str())).await?;
    app.recordings.delete(recording).await.map_err(internal)?;
    Ok(())
}

/// A company's recording; every other is as unknown as none.
async fn find(app: &App, company: &CompanyId, id: &str) -> Result<StoredRecording, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such recording");
    let recording: RecordingId = id.parse().map_err(|_| missing())?;
    let wanted = RecordingQuery { recording: Some(recording), ..RecordingQuery::default() };
    let found = app.store.recordings_that(company, &wanted, Page { limit: 1, offset: 0 }).await?.items.pop();
    Ok(found.ok_or_else(missing)?)
}

fn asked(mut params: Params) -> Result<Asked, Problem> {
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
    let is_composite = match params.filter("type").as_deref() {
        None | Some("composite") => true,
        Some("audio" | "video") => false,
        Some(_) => {
            return Err(Problem::invalid(format!("{PARAMETER}filter[type]"), "composite, audio or video"));
        }
    };
    let participant: Option<ParticipantId> = params.parsed("participant_id", "an id")?;
    let wanted = RecordingQuery {
        recording: None,
        room: params.parsed("room_id", "an id")?,
        session: params.parsed("session_id", "an id")?,
        states,
        started: params.between("date_started_at")?,
        ended: params.between("date_ended_at")?,
        length: params.range("duration_secs")?,
    };
    params.end()?;
    // Nobody has a file alone.
    Ok(Some(wanted).filter(|_| is_composite && participant.is_none()))
}

fn is_over(recording: &StoredRecording) -> bool {
    matches!(recording.state, RecordingFileState::Available | RecordingFileState::Failed)
}

fn told(recording: StoredRecording, download_url: Option<Secret>) -> Recording {
    #[expect(clippy::cast_precision_loss, reason = "two digits behind the point are told")]
    let size_mb = (recording.bytes as f64 / 10_000.0).round() / 100.0;
    Recording {
        id: recording.recording_id,
        room_id: recording.room_id,
        session_id: recording.session_id,
        participant_id: None,
        kind: "composite",
        status: match recording.state {
            RecordingFileState::Recording | RecordingFileState::Processing => "processing",
            RecordingFileState::Available => "completed",
            RecordingFileState::Failed => "failed",
        },
        codec: "vp8",
        size_mb,
        duration_secs: recording.length.as_secs(),
        download_url,
        started_at: to_rfc3339(recording.started_at),
        ended_at: recording.ended_at.map(to_rfc3339),
        record_type: "room_recording",
    }
}
