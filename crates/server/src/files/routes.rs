//! `/files`: uploading in pieces and fetching, for who is in the room, by the channel's token.

use axum::{
    Json, Router,
    body::Body as HttpBody,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use visita_protocol::{
    ErrorCode, FileId, ParticipantId, Problem, Secret, SessionId,
    channel::{FileInfo, FilePurpose, MAX_CHAT_KEY_LEN},
};
use visita_room::{Input, Refusal};

use super::{
    MAX_FILE,
    keeping::KeepError,
    looking::{self, Found},
};
use crate::{
    app::App,
    error::{ApiError, Body, Path, internal},
    ids,
    names::check_file_name,
    rooms::{Asks, RoomError},
    store::StoredFile,
    tokens::ChannelToken,
};

/// Uploads of one seat that are under way, and bytes of all files of a room.
const MOST_UNFINISHED: u64 = 20;
const MOST_IN_ROOM: u64 = 10 * 1024 * 1024 * 1024;

/// How far an upload is, as the tus protocol names it.
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");

/// Body of `POST /files`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    pub(crate) name: String,
    pub(crate) size: u64,
    #[serde(default)]
    pub(crate) purpose: FilePurpose,
    /// Whose stream a snapshot shows.
    #[serde(default)]
    pub(crate) of: Option<ParticipantId>,
    /// It shows the screen they share.
    #[serde(default)]
    pub(crate) of_screen: bool,
    /// As the client calls the message that will bring it.
    pub(crate) key: String,
    /// In hexadecimal; checked when it is given.
    #[serde(default)]
    pub(crate) sha256: Option<String>,
}

#[derive(Serialize)]
struct Begun {
    file_id: FileId,
    offset: u64,
}

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/files", post(begin))
        .route("/files/{file_id}", get(fetch).head(offset).patch(append).delete(delete))
        .route("/files/{file_id}/thumbnail", get(thumbnail))
}

/// Who asks: somebody with the token of a room's channel.
struct Asker(ChannelToken);

impl FromRequestParts<App> for Asker {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let token = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer ")).map(Secret::new);
        let token = token.and_then(|token| ChannelToken::read(&token, &app.keys));
        token.map(Self).ok_or_else(|| Problem::new(ErrorCode::Unauthorized, "a channel token is needed").into())
    }
}

/// `POST /files`: begins an upload, or finds it again by its key.
async fn begin(State(app): State<App>, Asker(token): Asker, body: Body) -> Result<Response, ApiError> {
    let mut wanted: Wanted = body.json()?;
    wanted.name = check_file_name(&wanted.name, "name")?;
    if wanted.size > MAX_FILE {
        let words = "a file has at most 150 MB";
        return Err(Problem { field: Some("size".into()), ..Problem::new(ErrorCode::TooLarge, words) }.into());
    }
    // Chosen by mistake, as a rule: a scan that failed, a download that did not end.
    if wanted.size == 0 {
        return Err(Problem::invalid("size", "the file is empty").into());
    }
    if !(1..=MAX_CHAT_KEY_LEN).contains(&wanted.key.len()) {
        return Err(Problem::invalid("key", "1 to 64 bytes").into());
    }
    if looking::name_runs(&wanted.name) {
        return Err(refused_type("name").into());
    }
    let session_id = may(&app, &token, Asks::Share(wanted.purpose)).await?;
    if let Some(known) = app.store.file_by_key(&token.room, &token.seat, &wanted.key).await? {
        let offset = match known.info {
            Some(info) => info.size,
            None => app.files.there(&known.file_id).await.map_err(internal)?,
        };
        return Ok((StatusCode::OK, Json(Begun { file_id: known.file_id, offset })).into_response());
    }
    let (unfinished, bytes) = app.store.files_weight(&token.room, &token.seat).await?;
    if unfinished >= MOST_UNFINISHED {
        return Err(Problem::new(ErrorCode::RateLimited, "too many uploads are under way from this seat").into());
    }
    if bytes.saturating_add(wanted.size) > MOST_IN_ROOM {
        return Err(Problem::new(ErrorCode::TooLarge, "this room has as many files as it may have").into());
    }
    let file = StoredFile {
        file_id: ids::new(),
        room_id: token.room.clone(),
        session_id,
        participant_id: token.seat.clone(),
        wanted,
        info: None,
        created_at: app.clock.now(),
    };
    app.store.file_begun(&file).await?;
    Ok((StatusCode::CREATED, Json(Begun { file_id: file.file_id, offset: 0 })).into_response())
}

/// `HEAD /files/<id>`: how much of an upload is there.
async fn offset(State(app): State<App>, Asker(token): Asker, path: Path<String>) -> Result<Response, ApiError> {
    let file = mine(&app, &token, path).await?;
    let there = match file.info {
        Some(info) => info.size,
        None => app.files.there(&file.file_id).await.map_err(internal)?,
    };
    Ok(at(StatusCode::OK, there))
}

/// `PATCH /files/<id>` with `Upload-Offset`: the next piece. The last one answers with the file.
async fn append(
    State(app): State<App>,
    Asker(token): Asker,
    path: Path<String>,
    headers: HeaderMap,
    body: HttpBody,
) -> Result<Response, ApiError> {
    let file = mine(&app, &token, path).await?;
    may(&app, &token, Asks::Share(file.wanted.purpose)).await?;
    let _alone = app.files.writer(&file.file_id).await;
    // Another piece may have been the last, or the file deleted, while this one waited.
    let file = app.store.file(&file.file_id).await?.ok_or_else(missing)?;
    let from = headers.get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let from = from.ok_or_else(|| Problem::invalid("Upload-Offset", "says where the piece belongs"))?;
    if let Some(info) = file.info.clone() {
        // The answer to the last piece was lost: what it said is said again.
        share(&app, &token, &file, info.clone()).await?;
        return Ok(Json(info).into_response());
    }
    let there = app.files.there(&file.file_id).await.map_err(internal)?;
    if from != there {
        return Ok(at(StatusCode::CONFLICT, there));
    }
    let there = match app.files.append(&file.file_id, from, file.wanted.size, body).await {
        Ok(there) => there,
        Err(KeepError::TooMuch) => return Err(Problem::new(ErrorCode::TooLarge, "more than was announced").into()),
        Err(KeepError::BrokenOff) => return Err(Problem::new(ErrorCode::Invalid, "the piece broke off").into()),
        Err(error) => return Err(internal(error)),
    };
    if there < file.wanted.size {
        return Ok(at(StatusCode::NO_CONTENT, there));
    }
    let info = finish(&app, &file).await?;
    share(&app, &token, &file, info.clone()).await?;
    tracing::info!(room = %file.room_id, file = %file.file_id, bytes = info.size, "a file was shared");
    Ok(Json(info).into_response())
}

/// Everything of a file is there: what it is, and keeping it.
async fn finish(app: &App, file: &StoredFile) -> Result<FileInfo, ApiError> {
    /// Looking into a picture takes memory.
    static AT_ONCE: Semaphore = Semaphore::const_new(2);
    let _turn = AT_ONCE.acquire().await.map_err(internal)?;
    let (path, name) = (app.files.part(&file.file_id), file.wanted.name.clone());
    let found = tokio::task::spawn_blocking(move || looking::look(&path, &name));
    let Found { media_type, sha256, size_px, thumbnail, runs } = found.await.map_err(internal)?.map_err(internal)?;
    let differs = file.wanted.sha256.as_ref().is_some_and(|wanted| !wanted.eq_ignore_ascii_case(&sha256));
    let refusal = if runs {
        Some(refused_type("name"))
    } else if differs {
        Some(Problem::invalid("sha256", "other bytes came than were announced"))
    } else {
        None
    };
    if let Some(refusal) = refusal {
        app.files.forget_part(&file.file_id).await;
        app.store.file_deleted(&file.room_id, &file.file_id).await?;
        return Err(refusal.into());
    }
    let info = FileInfo {
        file_id: file.file_id.clone(),
        name: file.wanted.name.clone(),
        media_type,
        size: file.wanted.size,
        sha256,
        purpose: file.wanted.purpose,
        of: file.wanted.of.clone(),
        of_name: None,
        of_screen: file.wanted.of_screen,
        size_px,
        has_thumbnail: thumbnail.is_some(),
    };
    app.files.keep(&file.room_id, &file.file_id, thumbnail).await.map_err(internal)?;
    app.store.file_done(&file.file_id, &info).await?;
    Ok(info)
}

/// The room hears of it; where it does not want it any more, the file is gone.
async fn share(app: &App, token: &ChannelToken, file: &StoredFile, info: FileInfo) -> Result<(), ApiError> {
    let input = Input::FileShared { participant_id: token.seat.clone(), key: file.wanted.key.clone(), file: info };
    match app.rooms.handle(&file.room_id, input).await {
        Ok(()) => Ok(()),
        Err(error @ RoomError::Refused(_)) => {
            forget(app, file).await?;
            Err(error.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /files/<id>`
async fn fetch(
    State(app): State<App>,
    Asker(token): Asker,
    path: Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (file, info) = seen(&app, &token, path).await?;
    content(&app, &file, &info, &headers).await
}

/// The bytes of a file, or those that are asked for, to be saved rather than shown.
pub(crate) async fn content(
    app: &App,
    file: &StoredFile,
    info: &FileInfo,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let range = asked_range(headers, info.size);
    let stream = app.files.read(&file.room_id, &file.file_id, range.clone()).await.map_err(internal)?;
    let mut response = part_of(stream, range, info.size);
    let headers = response.headers_mut();
    set(headers, header::CONTENT_TYPE, &info.media_type);
    // Whatever it is, a browser shows it as nothing of ours.
    set(headers, header::CONTENT_DISPOSITION, &disposition("attachment", &info.name));
    set(headers, header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Which of so many bytes are asked for; none is all of them.
pub(crate) fn asked_range(headers: &HeaderMap, size: u64) -> Option<std::ops::Range<u64>> {
    headers.get(header::RANGE).and_then(|value| value.to_str().ok()).and_then(|text| range(text, size))
}

/// An answer with those bytes out of so many.
pub(crate) fn part_of<S, E>(stream: S, range: Option<std::ops::Range<u64>>, size: u64) -> Response
where
    S: futures_util::Stream<Item = Result<bytes::Bytes, E>> + Send + 'static,
    E: Into<axum::BoxError> + 'static,
{
    let mut response = HttpBody::from_stream(stream).into_response();
    if let Some(range) = &range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let text = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        set(response.headers_mut(), header::CONTENT_RANGE, &text);
    }
    let length = range.map_or(size, |range| range.end - range.start);
    set(response.headers_mut(), header::CONTENT_LENGTH, &length.to_string());
    set(response.headers_mut(), header::ACCEPT_RANGES, "bytes");
    response
}

/// What a browser does with a file, and under which name (RFC 6266).
pub(crate) fn disposition(kind: &str, name: &str) -> String {
    format!("{kind}; filename*=UTF-8''{}", percent(name))
}

/// `GET /files/<id>/thumbnail`
async fn thumbnail(State(app): State<App>, Asker(token): Asker, path: Path<String>) -> Result<Response, ApiError> {
    let (file, info) = seen(&app, &token, path).await?;
    small_picture(&app, &file, &info).await
}

/// The small picture of a file.
pub(crate) async fn small_picture(app: &App, file: &StoredFile, info: &FileInfo) -> Result<Response, ApiError> {
    if !info.has_thumbnail {
        return Err(missing().into());
    }
    let bytes = app.files.thumbnail(&file.room_id, &file.file_id).await.map_err(internal)?;
    let kind = if bytes.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    let mut response = bytes.into_response();
    set(response.headers_mut(), header::CONTENT_TYPE, kind);
    set(response.headers_mut(), header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(response.headers_mut(), header::CACHE_CONTROL, "private, max-age=3600");
    Ok(response)
}

/// `DELETE /files/<id>`: by its owner, on its way or there; or by an admin of the room.
async fn delete(
    State(app): State<App>,
    Asker(token): Asker,
    Path(file_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let file = find(&app, &token, Path(file_id)).await?;
    match may(&app, &token, Asks::Administer).await {
        Ok(_) => {}
        Err(RoomError::Refused(Refusal::NotAdmin)) if file.participant_id == token.seat => {}
        Err(RoomError::Refused(Refusal::NotAdmin)) => return Err(missing().into()),
        Err(error) => return Err(error.into()),
    }
    remove(&app, &file).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a file everywhere, and tells those who are in.
pub(crate) async fn remove(app: &App, file: &StoredFile) -> Result<(), ApiError> {
    let _alone = app.files.writer(&file.file_id).await;
    forget(app, file).await
}

async fn forget(app: &App, file: &StoredFile) -> Result<(), ApiError> {
    app.store.file_deleted(&file.room_id, &file.file_id).await?;
    app.files.delete(&file.room_id, &file.file_id).await.map_err(internal)?;
    app.rooms.tell(&file.room_id, Input::FileDeleted { file_id: file.file_id.clone() }).await;
    Ok(())
}

async fn may(app: &App, token: &ChannelToken, what: Asks) -> Result<SessionId, RoomError> {
    app.rooms.may(&token.room, token.seat.clone(), token.entry(), what).await
}

async fn find(app: &App, token: &ChannelToken, Path(file_id): Path<String>) -> Result<StoredFile, ApiError> {
    let file_id: FileId = file_id.parse().map_err(|_| missing())?;
    let file = app.store.file(&file_id).await?.filter(|file| file.room_id == token.room);
    Ok(file.ok_or_else(missing)?)
}

async fn mine(app: &App, token: &ChannelToken, path: Path<String>) -> Result<StoredFile, ApiError> {
    let file = find(app, token, path).await?;
    if file.participant_id == token.seat { Ok(file) } else { Err(missing().into()) }
}

/// A file that is there in full, and may be fetched.
async fn seen(app: &App, token: &ChannelToken, path: Path<String>) -> Result<(StoredFile, FileInfo), ApiError> {
    let file = find(app, token, path).await?;
    let info = file.info.clone().ok_or_else(missing)?;
    may(app, token, Asks::Fetch(info.purpose)).await?;
    Ok((file, info))
}

fn missing() -> Problem {
    Problem::new(ErrorCode::NotFound, "no such file")
}

fn refused_type(field: &str) -> Problem {
    let problem =
        Problem::new(ErrorCode::FileTypeRefused, "a file that would be run by whoever opens it is not shared");
    Problem { field: Some(field.to_owned()), ..problem }
}

fn at(status: StatusCode, offset: u64) -> Response {
    let mut response = status.into_response();
    set(response.headers_mut(), UPLOAD_OFFSET, &offset.to_string());
    set(response.headers_mut(), header::CACHE_CONTROL, "no-store");
    response
}

/// Sets a header, unless the value is none that a header may have.
pub(crate) fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// One range of a `Range` header (RFC 9110, 14.2) that lies in the file; everything else is answered with all of it.
fn range(text: &str, size: u64) -> Option<std::ops::Range<u64>> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (from.parse::<u64>().ok(), to) {
        (Some(from), "") => from..size,
        (Some(from), to) => from..to.parse::<u64>().ok()?.saturating_add(1).min(size),
        (None, to) => size.saturating_sub(to.parse::<u64>().ok()?)..size,
    };
    (range.start < range.end).then_some(range)
}

/// RFC 8187, as `filename*` has it.
fn percent(name: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    name.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_lie_in_the_file_or_are_none() {
        for (text, wanted) in [
            ("bytes=0-", Some(0..10)),
            ("bytes=2-3", Some(2..4)),
            ("bytes=2-99", Some(2..10)),
            ("bytes=-4", Some(6..10)),
            ("bytes=10-", None),
            ("bytes=5-4", None),
            ("bytes=x-", None),
            ("items=0-1", None),
            ("bytes=0-1,3-4", None),
        ] {
            assert_eq!(range(text, 10), wanted, "{text}");
        }
    }

    #[test]
    fn names_go_into_a_header() {
        assert_eq!(percent("è \"x\".pdf"), "%C3%A8%20%22x%22.pdf");
    }
}
