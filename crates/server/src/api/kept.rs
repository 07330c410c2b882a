//! What a session keeps: its chat, and the files shared in it. Looking, fetching and deleting are entries in the audit log.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use visita_board::What;
use visita_protocol::{
    ErrorBody, ErrorCode, FileId, Problem, RoomId, SessionId,
    channel::FileInfo,
    rest::{Chat, ChatLine, KeptBoard, KeptBoards, KeptUpload, KeptUploadList, Upload, UploadList},
};

use super::{
    caller::{Caller, Operator},
    id,
    paging::{Paging, PagingQuery, searched},
    rooms::find_managed,
    sessions,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Path, Query},
    files,
    store::{Listed, StoredFile},
};
use visita_room::Timestamp;

/// What is looked for in a chat.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Search {
    /// Only messages with this text in them, or in the name of their file; large and small letters are the same.
    search: Option<String>,
}

/// Which files.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfSession {
    /// Only those of this session.
    session_id: Option<String>,
}

/// Tells the chat of a session, oldest first. Looking is an entry in the audit log.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/sessions/{session_id}/chat", tag = "Sessions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("session_id" = String, Path, description = "The session"), Search, PagingQuery), responses(
    (status = 200, description = "A page of messages", body = Chat),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room or session", body = ErrorBody)))]
pub(super) async fn chat(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, session_id)): Path<(String, String)>,
    Query(Search { search }): Query<Search>,
    Paging(page): Paging,
) -> Result<Json<Chat>, ApiError> {
    let (session, _) = sessions::find(&app, &caller, room_id, session_id).await?;
    let search = search.as_deref().filter(|text| !text.is_empty());
    let Listed { items, total } = app.store.chat_of_session(&session.session_id, search, page).await?;
    let entry = Entry::by(&caller, "chat_viewed").room(&session.room_id).session(&session.session_id);
    app.audit.write(entry).await?;
    let line = |message: visita_protocol::channel::ChatMessage| ChatLine {
        at: to_rfc3339(Timestamp::from_unix_ms(message.at_ms)),
        message,
    };
    Ok(Json(Chat { messages: items.into_iter().map(line).collect(), total }))
}

/// Lists the files shared in a room, oldest first.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/uploads", tag = "Uploads",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"), OfSession, PagingQuery), responses(
    (status = 200, description = "A page of files", body = UploadList),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    Query(OfSession { session_id }): Query<OfSession>,
    Paging(page): Paging,
) -> Result<Json<UploadList>, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    let session_id = session_id.map(|text| text.parse::<SessionId>());
    let session_id = session_id.transpose().map_err(|_| Problem::invalid("session_id", "not an id"))?;
    let Listed { items, total } = app.store.files(&room.room_id, session_id.as_ref(), page).await?;
    let told = |file: StoredFile| file.info.clone().map(|info| told(&file, info));
    Ok(Json(UploadList { uploads: items.into_iter().filter_map(told).collect(), total }))
}

/// Which files.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those with this in their name, up to 100 characters.
    search: Option<String>,
    /// Only those of this room.
    #[param(value_type = Option<RoomId>)]
    room_id: Option<String>,
}

/// Lists the files of all rooms, the newest first.
#[utoipa::path(get, path = "/v2/uploads", tag = "Uploads", security(("apikey" = []), ("bearer" = [])),
    params(Which, PagingQuery), responses(
    (status = 200, description = "A page of files", body = KeptUploadList,
        example = json!({ "uploads": [], "total": 0 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn of_company(
    State(app): State<App>,
    Operator(caller): Operator,
    Query(Which { search, room_id }): Query<Which>,
    Paging(page): Paging,
) -> Result<Json<KeptUploadList>, ApiError> {
    let room = room_id.map(|text| text.parse::<RoomId>()).transpose();
    let room = room.map_err(|_| Problem::invalid("room_id", "not an id"))?;
    let search = searched(search)?;
    let company = &caller.company().id;
    let Listed { items, total } = app.store.files_of_company(company, room.as_ref(), search.as_deref(), page).await?;
    let told = |(file, room_title): (StoredFile, Option<String>)| {
        let info = file.info.clone()?;
        Some(KeptUpload { upload: told(&file, info), room_id: file.room_id, room_title })
    };
    Ok(Json(KeptUploadList { uploads: items.into_iter().filter_map(told).collect(), total }))
}

/// Tells what a file is.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/uploads/{file_id}", tag = "Uploads",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("file_id" = String, Path, description = "The file")), responses(
    (status = 200, description = "The file", body = Upload),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room or file", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, file_id)): Path<(String, String)>,
) -> Result<Json<Upload>, ApiError> {
    let (file, info) = find(&app, &caller, room_id, file_id).await?;
    Ok(Json(told(&file, info)))
}

/// Fetches a file, or with `Range` a part of it. An entry in the audit log.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/uploads/{file_id}/content", tag = "Uploads",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("file_id" = String, Path, description = "The file")), responses(
    (status = 200, description = "Its bytes", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "application/octet-stream"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room or file", body = ErrorBody)))]
pub(super) async fn content(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, file_id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (file, info) = find(&app, &caller, room_id, file_id).await?;
    let entry = Entry::by(&caller, "file_downloaded").room(&file.room_id).session(&file.session_id);
    app.audit.write(entry.subject(file.file_id.as_str())).await?;
    files::content(&app, &file, &info, &headers).await
}

/// Fetches the small picture of a file that has one. No entry in the audit log: it is part of the list.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/uploads/{file_id}/thumbnail", tag = "Uploads",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("file_id" = String, Path, description = "The file")), responses(
    (status = 200, description = "JPEG or PNG", body = Vec<u8>, content_type = "image/jpeg"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room or file, or it has none", body = ErrorBody)))]
pub(super) async fn thumbnail(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, file_id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (file, info) = find(&app, &caller, room_id, file_id).await?;
    files::small_picture(&app, &file, &info).await
}

/// Tells what lies on a room's boards, which it keeps from session to session. Looking is an entry in the audit log.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/boards", tag = "Sessions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 200, description = "The boards", body = KeptBoards),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn boards(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
) -> Result<Json<KeptBoards>, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    let boards = boards_of(&app, &room.room_id).await?;
    app.audit.write(Entry::by(&caller, "boards_viewed").room(&room.room_id)).await?;
    Ok(Json(KeptBoards { boards }))
}

/// A room's boards on which something is drawn.
pub(super) async fn boards_of(app: &App, room: &RoomId) -> Result<Vec<KeptBoard>, ApiError> {
    let mut boards = Vec::new();
    for (board_id, pages, items) in app.store.boards(room).await? {
        let there = items.into_iter().filter_map(|(_, what)| match what {
            What::There(item) => Some(item),
            What::Gone { .. } => None,
        });
        let mut items: Vec<_> = there.collect();
        items.sort_by(|a, b| (a.page, a.z, &a.id).cmp(&(b.page, b.z, &b.id)));
        if !items.is_empty() {
            boards.push(KeptBoard { board_id, pages, items });
        }
    }
    Ok(boards)
}

/// Deletes a file and its message; those who are in are told. An entry in the audit log.
#[utoipa::path(delete, path = "/v2/rooms/{room_id}/uploads/{file_id}", tag = "Uploads",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("file_id" = String, Path, description = "The file")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room or file", body = ErrorBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, file_id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let (file, _) = find(&app, &caller, room_id, file_id).await?;
    files::remove(&app, &file).await?;
    let entry = Entry::by(&caller, "file_deleted").room(&file.room_id).session(&file.session_id);
    app.audit.write(entry.subject(file.file_id.as_str())).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(
    app: &App,
    caller: &Caller,
    room_id: String,
    file_id: String,
) -> Result<(StoredFile, FileInfo), ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such file");
    let room = find_managed(app, caller, Path(room_id)).await?;
    let file_id: FileId = id(Path(file_id), missing())?;
    let file = app.store.file(&file_id).await?.filter(|file| file.room_id == room.room_id).ok_or_else(missing)?;
    let info = file.info.clone().ok_or_else(missing)?;
    Ok((file, info))
}

fn told(file: &StoredFile, info: FileInfo) -> Upload {
    Upload {
        info,
        session_id: file.session_id.clone(),
        participant_id: file.participant_id.clone(),
        created_at: to_rfc3339(file.created_at),
    }
}
