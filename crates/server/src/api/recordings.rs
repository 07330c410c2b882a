//! Recordings: looking at them, fetching and playing them, and deleting them. Whoever does not manage a recording's room
//! finds none. Looking, fetching, handing out a link and deleting are entries in the audit log.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, RecordingId, RecordingTrackId, Secret, VideoCodec,
    recorder::TrackKind,
    rest::{CreateMediaLink, CreateRecordingLink, Mp4State, Recording, RecordingLink, RecordingList, RecordingTrack},
    view::{RecordingFileState, RecordingFormat},
};

use visita_room::Timestamp;

use super::{
    caller::Caller,
    compositions, id,
    paging::{Paging, PagingQuery},
    rooms::find_managed,
    sessions::told_consent,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path, Query, internal},
    files, keys,
    recordings::{self, DeleteError},
    store::{Listed, MediaLink, RecordingsOf, StoredRecording, StoredTrack},
};

/// How long a link may be good, in seconds.
const LINK_SECONDS: std::ops::RangeInclusive<u32> = 30..=3600;
/// When nothing is said.
const DEFAULT_LINK_SECONDS: u32 = 600;

/// Which recordings.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those of this room.
    room_id: Option<String>,
    /// Only those of this session.
    session_id: Option<String>,
    /// Only those that stand so: `recording`, `processing`, `available` or `failed`.
    #[param(value_type = Option<RecordingFileState>)]
    state: Option<String>,
}

/// As which file.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AsFile {
    /// `webm` or `mp4`; `webm` when absent.
    #[param(value_type = Option<RecordingFormat>)]
    format: Option<String>,
}

/// Lists recordings of all rooms that the caller manages, the latest first.
#[utoipa::path(get, path = "/v2/recordings", tag = "Recording", security(("apikey" = []), ("bearer" = [])),
    params(Which, PagingQuery), responses(
    (status = 200, description = "A page of recordings", body = RecordingList,
        example = json!({ "recordings": [], "total": 0 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(which): Query<Which>,
    Paging(page): Paging,
) -> Result<Json<RecordingList>, ApiError> {
    let room = which.room_id.map(|text| text.parse()).transpose();
    let room = room.map_err(|_| Problem::invalid("room_id", "not an id"))?;
    let session = which.session_id.map(|text| text.parse()).transpose();
    let session = session.map_err(|_| Problem::invalid("session_id", "not an id"))?;
    let of = RecordingsOf {
        created_by: caller.user().filter(|_| !caller.sees_all()).map(|user| &user.user_id),
        room: room.as_ref(),
        session: session.as_ref(),
        state: which.state.map(|text| word(&text, "state")).transpose()?,
    };
    let Listed { items, total } = app.store.recordings(&caller.company().id, of, page).await?;
    Ok(Json(RecordingList { recordings: items.into_iter().map(|one| told(&app, one)).collect(), total }))
}

/// Lists the recordings of a room, the latest first.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/recordings", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"), PagingQuery), responses(
    (status = 200, description = "A page of recordings", body = RecordingList),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room, or not the caller's", body = ErrorBody)))]
pub(super) async fn of_room(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    Paging(page): Paging,
) -> Result<Json<RecordingList>, ApiError> {
    let room = mine(find_managed(&app, &caller, path).await)?;
    let of = RecordingsOf { room: Some(&room.room_id), ..RecordingsOf::default() };
    let Listed { items, total } = app.store.recordings(&room.company.id, of, page).await?;
    Ok(Json(RecordingList { recordings: items.into_iter().map(|one| told(&app, one)).collect(), total }))
}

/// Tells a recording, with the answers to being recorded that are kept with it.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/recordings/{recording_id}", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("recording_id" = String, Path, description = "The recording")), responses(
    (status = 200, description = "The recording", body = Recording),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or recording, or not the caller's", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, recording_id)): Path<(String, String)>,
) -> Result<Json<Recording>, ApiError> {
    let recording = find(&app, &caller, room_id, recording_id).await?;
    let consents = app.store.recording_consents(&recording.recording_id).await?;
    write(&app, &caller, "recording_viewed", &recording).await?;
    let consents = Some(consents.into_iter().map(told_consent).collect());
    let tracks = match recording.tracks {
        true => Some(app.store.tracks_of_recording(&recording.recording_id).await?),
        false => None,
    };
    let tracks = tracks.map(|tracks| tracks.into_iter().map(told_track).collect());
    Ok(Json(Recording { consents, tracks, ..told(&app, recording) }))
}

/// Deletes a recording for good, with its MP4 and the links to it.
#[utoipa::path(delete, path = "/v2/rooms/{room_id}/recordings/{recording_id}", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("recording_id" = String, Path, description = "The recording")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or recording, or not the caller's", body = ErrorBody),
    (status = 409, description = "It is still being recorded or finished", body = ErrorBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, recording_id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let recording = find(&app, &caller, room_id, recording_id).await?;
    if matches!(recording.state, RecordingFileState::Recording | RecordingFileState::Processing) {
        return Err(Problem::new(ErrorCode::Conflict, "it is still being recorded; stop it first").into());
    }
    // Before the deed: what was done is never missing from the log.
    write(&app, &caller, "recording_deleted", &recording).await?;
    match app.recordings.delete(&recording).await {
        Ok(_) => Ok(StatusCode::NO_CONTENT),
        Err(DeleteError::Store(error)) => Err(error.into()),
        Err(error) => Err(internal(error)),
    }
}

/// Fetches a recording, or with `Range` a part of it.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/recordings/{recording_id}/content", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("recording_id" = String, Path, description = "The recording"), AsFile), responses(
    (status = 200, description = "Its bytes", body = Vec<u8>, content_type = "video/webm"),
    (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "video/webm"),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or recording, not the caller's, or no MP4 of it", body = ErrorBody),
    (status = 409, description = "It cannot be fetched yet, or there is no file", body = ErrorBody)))]
pub(super) async fn content(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, recording_id)): Path<(String, String)>,
    Query(AsFile { format }): Query<AsFile>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let format = format.map(|text| word(&text, "format")).transpose()?.unwrap_or_default();
    let recording = find(&app, &caller, room_id, recording_id).await?;
    check_file(&recording, format)?;
    // A player asks for many parts; the first of them says that it is played.
    if !asks_for_more(&headers) {
        write(&app, &caller, "recording_downloaded", &recording).await?;
    }
    bytes(&app, &recording, format, &headers).await
}

/// Makes a link by which whoever has it plays or fetches the recording, for a while and without a key.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/recordings/{recording_id}/link", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("recording_id" = String, Path, description = "The recording")),
    request_body(content = CreateRecordingLink, description = "No body at all is fine too",
        example = json!({ "expires_in": 300, "format": "webm" })),
    responses(
    (status = 201, description = "The link", body = RecordingLink),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or recording, not the caller's, or no MP4 of it", body = ErrorBody),
    (status = 409, description = "It cannot be fetched yet, or there is no file", body = ErrorBody)))]
pub(super) async fn create_link(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, recording_id)): Path<(String, String)>,
    body: Body,
) -> Result<(StatusCode, Json<RecordingLink>), ApiError> {
    let CreateRecordingLink { expires_in, format } = body.json_or_default()?;
    let format = format.unwrap_or_default();
    let life = link_life(expires_in)?;
    let recording = find(&app, &caller, room_id, recording_id).await?;
    check_file(&recording, format)?;
    let (url, expires_at) = recording_link(&app, &caller, &recording, format, life).await?;
    Ok((StatusCode::CREATED, Json(RecordingLink { url, expires_at: to_rfc3339(expires_at) })))
}

/// How long a link is to be good.
pub(super) fn link_life(seconds: Option<u32>) -> Result<Duration, Problem> {
    let seconds = seconds.unwrap_or(DEFAULT_LINK_SECONDS);
    if !LINK_SECONDS.contains(&seconds) {
        return Err(Problem::invalid("expires_in", "a link is good for 30 to 3600 seconds"));
    }
    Ok(Duration::from_secs(seconds.into()))
}

/// A link to a file of a recording, good for so long; an entry in the audit log.
pub(crate) async fn recording_link(
    app: &App,
    caller: &Caller,
    recording: &StoredRecording,
    format: RecordingFormat,
    life: Duration,
) -> Result<(Secret, Timestamp), ApiError> {
    let code = keys::new_code()?;
    let now = app.clock.now();
    let expires_at = now + life;
    let hash = app.keys.hash_recording_code(code.expose());
    app.store.create_recording_link(hash, &recording.recording_id, format, expires_at, now).await?;
    write(app, caller, "recording_link_made", recording).await?;
    let base = app.link_base().as_str().trim_end_matches('/');
    Ok((Secret::new(format!("{base}/recordings/{}", code.expose())), expires_at))
}

/// Plays or fetches a recording, one of its tracks or a composition by a link, or with `Range` a part of it. The code is all that is needed.
#[utoipa::path(get, path = "/recordings/{code}", tag = "Recording",
    params(("code" = String, Path, description = "The link's code")), responses(
    (status = 200, description = "Its bytes", body = Vec<u8>, content_type = "video/webm"),
    (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "video/webm"),
    (status = 404, description = "No such link, or its time is over (`link_unknown`)", body = ErrorBody),
    (status = 429, description = "Too many from this address", body = ErrorBody)))]
pub(super) async fn by_link(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let missing = || Problem::new(ErrorCode::LinkUnknown, "no such link, or its time is over");
    let hash = app.keys.hash_recording_code(&code);
    let now = app.clock.now();
    if let Some((recording_id, format)) = app.store.recording_link(hash, now).await? {
        let recording = app.store.recording(&recording_id).await?.ok_or_else(missing)?;
        return bytes(&app, &recording, format, &headers).await;
    }
    match app.store.media_link(hash, now).await?.ok_or_else(missing)? {
        MediaLink::Track(track_id) => {
            let track = app.store.track(&track_id).await?.ok_or_else(missing)?;
            let recording = app.store.recording(&track.recording_id).await?.ok_or_else(missing)?;
            track_bytes(&app, &recording, &track, &headers).await
        }
        MediaLink::Composition(composition_id) => {
            let composition = app.store.composition(&composition_id).await?.ok_or_else(missing)?;
            compositions::bytes(&app, &composition, &headers).await
        }
    }
}

/// Has an MP4 made of a recording, once. How far it is `GET` tells.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/recordings/{recording_id}/mp4", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("recording_id" = String, Path, description = "The recording")), responses(
    (status = 200, description = "It is there", body = Recording),
    (status = 202, description = "It is being made", body = Recording),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or recording, or not the caller's", body = ErrorBody),
    (status = 409, description = "It cannot be fetched yet, or there is no file", body = ErrorBody),
    (status = 503, description = "This server does not record (`recording_unavailable`)", body = ErrorBody)))]
pub(super) async fn make_mp4(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, recording_id)): Path<(String, String)>,
) -> Result<(StatusCode, Json<Recording>), ApiError> {
    let recording = find(&app, &caller, room_id, recording_id).await?;
    check_file(&recording, RecordingFormat::Webm)?;
    if !app.recordings.make_mp4(&recording) {
        return Err(visita_room::Refusal::RecordingUnavailable.problem().into());
    }
    let told = told(&app, recording);
    let status = if told.mp4.state == Mp4State::Available { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(told)))
}

/// A recording of a room that the caller manages; every other is as unknown as none.
pub(super) async fn find(
    app: &App,
    caller: &Caller,
    room_id: String,
    recording_id: String,
) -> Result<StoredRecording, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such recording");
    let room = mine(find_managed(app, caller, Path(room_id)).await)?;
    let recording_id: RecordingId = id(Path(recording_id), missing())?;
    let recording = app.store.recording(&recording_id).await?.filter(|one| one.room_id == room.room_id);
    Ok(recording.ok_or_else(missing)?)
}

/// That there is a room is not told to those who may not see its recordings.
pub(super) fn mine<T>(found: Result<T, ApiError>) -> Result<T, ApiError> {
    found.map_err(|error| match error.problem.code {
        ErrorCode::Forbidden => Problem::new(ErrorCode::RoomNotFound, "no such room").into(),
        _ => error,
    })
}

fn check_file(recording: &StoredRecording, format: RecordingFormat) -> Result<(), Problem> {
    let words = match recording.state {
        RecordingFileState::Available if recording.tracks => {
            "it is in separate tracks; fetch those, or have a composition made"
        }
        RecordingFileState::Available if format == RecordingFormat::Mp4 && recording.mp4_bytes.is_none() => {
            return Err(Problem::new(ErrorCode::NotFound, "no MP4 was made of it yet"));
        }
        RecordingFileState::Available => return Ok(()),
        RecordingFileState::Recording => "it is still being recorded",
        RecordingFileState::Processing => "its file is being finished",
        RecordingFileState::Failed => "there is no file that could be played",
    };
    Err(Problem::new(ErrorCode::Conflict, words))
}

async fn bytes(
    app: &App,
    recording: &StoredRecording,
    format: RecordingFormat,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let size = match format {
        RecordingFormat::Webm => recording.bytes,
        RecordingFormat::Mp4 => recording.mp4_bytes.unwrap_or(0),
    };
    served(app, &recordings::key(recording, format), size, &file_name(recording, format), headers).await
}

/// Ending of a file that is Matroska without being WebM.
const MATROSKA: &str = "mkv";

/// Bytes of a film that is kept, or the part of them that is asked for.
pub(super) async fn served(
    app: &App,
    key: &object_store::path::Path,
    size: u64,
    name: &str,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let range = files::asked_range(headers, size);
    let stream = app.files.read_key(key, range.clone()).await.map_err(internal)?;
    let mut response = files::part_of(stream, range, size);
    let headers = response.headers_mut();
    let media_type = match name.rsplit_once('.') {
        Some((_, "mp4")) => "video/mp4",
        Some((_, MATROSKA)) => "video/matroska",
        _ => "video/webm",
    };
    files::set(headers, header::CONTENT_TYPE, media_type);
    files::set(headers, header::CONTENT_DISPOSITION, &files::disposition("inline", name));
    files::set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    files::set(headers, header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Fetches one file of a recording in separate tracks, or with `Range` a part of it.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/recordings/{recording_id}/tracks/{track_id}/content", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("recording_id" = String, Path, description = "The recording"),
           ("track_id" = String, Path, description = "The track")), responses(
    (status = 200, description = "Its bytes", body = Vec<u8>, content_type = "video/webm"),
    (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "video/webm"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room, recording or track, or not the caller's", body = ErrorBody)))]
pub(super) async fn track(
    State(app): State<App>,
    caller: Caller,
    path: Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (recording, track) = find_track(&app, &caller, path).await?;
    if !asks_for_more(&headers) {
        write(&app, &caller, "recording_downloaded", &recording).await?;
    }
    track_bytes(&app, &recording, &track, &headers).await
}

/// Makes a link by which whoever has it plays or fetches the track, for a while and without a key.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/recordings/{recording_id}/tracks/{track_id}/link", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("recording_id" = String, Path, description = "The recording"),
           ("track_id" = String, Path, description = "The track")),
    request_body(content = CreateMediaLink, description = "No body at all is fine too",
        example = json!({ "expires_in": 300 })),
    responses(
    (status = 201, description = "The link", body = RecordingLink),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room, recording or track, or not the caller's", body = ErrorBody)))]
pub(super) async fn create_track_link(
    State(app): State<App>,
    caller: Caller,
    path: Path<(String, String, String)>,
    body: Body,
) -> Result<(StatusCode, Json<RecordingLink>), ApiError> {
    let CreateMediaLink { expires_in } = body.json_or_default()?;
    let life = link_life(expires_in)?;
    let (recording, track) = find_track(&app, &caller, path).await?;
    write(&app, &caller, "recording_link_made", &recording).await?;
    let (url, expires_at) = compositions::media_link(&app, &MediaLink::Track(track.track_id), life).await?;
    Ok((StatusCode::CREATED, Json(RecordingLink { url, expires_at: to_rfc3339(expires_at) })))
}

/// A track of a room that the caller manages; every other is as unknown as none.
async fn find_track(
    app: &App,
    caller: &Caller,
    Path((room_id, recording_id, track_id)): Path<(String, String, String)>,
) -> Result<(StoredRecording, StoredTrack), ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such track");
    let recording = find(app, caller, room_id, recording_id).await?;
    let track_id: RecordingTrackId = id(Path(track_id), missing())?;
    let track = app.store.track(&track_id).await?.filter(|one| one.recording_id == recording.recording_id);
    Ok((recording, track.ok_or_else(missing)?))
}

async fn track_bytes(
    app: &App,
    recording: &StoredRecording,
    track: &StoredTrack,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let key = recordings::track_key(recording, &track.track_id);
    served(app, &key, track.bytes, &track_file_name(track), headers).await
}

/// What a track is saved as: by its time and by whose it is.
pub(super) fn track_file_name(track: &StoredTrack) -> String {
    let at = to_rfc3339(track.begun_at);
    let at = at.get(..19).unwrap_or(&at).replace([':', 'T'], "-");
    let kind = match track.kind {
        TrackKind::Audio => "audio",
        TrackKind::Video => "video",
        TrackKind::Screen => "screen",
    };
    // WebM admits VP8 and VP9 only, which is why Matroska with something else has another name (RFC 9559).
    let ending = if VideoCodec::by_name(&track.codec) == Some(VideoCodec::H264) { MATROSKA } else { "webm" };
    format!("{}-{kind}-{at}.{ending}", track.participant_id)
}

fn told_track(track: StoredTrack) -> RecordingTrack {
    RecordingTrack {
        track_id: track.track_id,
        participant_id: track.participant_id,
        display_name: track.display_name,
        kind: track.kind,
        codec: track.codec,
        started_at: to_rfc3339(track.begun_at),
        duration_ms: u64::try_from(track.length.as_millis()).unwrap_or(u64::MAX),
        bytes: track.bytes,
    }
}

/// What a recording is saved as: by its time, which tells nothing of who is in it.
pub(super) fn file_name(recording: &StoredRecording, format: RecordingFormat) -> String {
    let at = to_rfc3339(recording.started_at);
    let at = at.get(..16).unwrap_or(&at).replace([':', 'T'], "-");
    format!("recording-{at}.{}", recordings::extension(format))
}

/// The middle of a file: not the first that is asked for.
pub(super) fn asks_for_more(headers: &HeaderMap) -> bool {
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    range.is_some_and(|range| !range.starts_with("bytes=0-"))
}

pub(super) fn word<T: serde::de::DeserializeOwned>(text: &str, field: &str) -> Result<T, Problem> {
    let word = serde_json::Value::String(text.to_owned());
    serde_json::from_value(word).map_err(|_| Problem::invalid(field, "no such word"))
}

async fn write(app: &App, caller: &Caller, action: &'static str, recording: &StoredRecording) -> Result<(), ApiError> {
    let entry = Entry::by(caller, action).room(&recording.room_id).session(&recording.session_id);
    Ok(app.audit.write(entry.subject(recording.recording_id.as_str())).await?)
}

/// A recording as it is told, without its answers.
pub(super) fn told(app: &App, recording: StoredRecording) -> Recording {
    let mp4 = app.recordings.mp4(&recording);
    Recording {
        recording_id: recording.recording_id,
        room_id: recording.room_id,
        session_id: recording.session_id,
        state: recording.state,
        layout: recording.layout,
        separate_tracks: recording.tracks,
        started_at: to_rfc3339(recording.started_at),
        ended_at: recording.ended_at.map(to_rfc3339),
        duration_ms: u64::try_from(recording.length.as_millis()).unwrap_or(u64::MAX),
        bytes: recording.bytes,
        reason: recording.reason,
        kept_until: recording.kept_until.map(to_rfc3339),
        mp4,
        consents: None,
        tracks: None,
    }
}
