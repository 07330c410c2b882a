//! Compositions: films made of what was recorded in separate tracks. Whoever does not manage a composition's room finds none.
//! Making, fetching, handing out a link and deleting are entries in the audit log.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use visita_protocol::{
    CompositionId, ErrorBody, ErrorCode, Problem, RecordingLayout, Secret,
    composition::{Arrangement, CompositionState},
    rest::{Composition, CompositionList, CreateComposition, CreateMediaLink, RecordingLink},
    view::RecordingFormat,
};
use visita_room::Timestamp;

use super::{
    caller::Caller,
    id,
    paging::{Paging, PagingQuery},
    recordings::{asks_for_more, link_life, mine, served, word},
    rooms::find_managed,
    sessions,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path, Query, internal},
    keys,
    recordings::{self, DeleteError, WantedComposition},
    store::{CompositionsOf, Listed, MediaLink, StoredComposition},
};

/// Of the picture, when nothing is said.
const SIZE: (u16, u16) = (1280, 720);

/// Which compositions.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those of this room.
    room_id: Option<String>,
    /// Only those of this session.
    session_id: Option<String>,
    /// Only those that stand so: `enqueued`, `processing`, `completed` or `failed`.
    #[param(value_type = Option<CompositionState>)]
    state: Option<String>,
}

/// Lists compositions of all rooms that the caller manages, the latest first.
#[utoipa::path(get, path = "/v2/compositions", tag = "Compositions", security(("apikey" = []), ("bearer" = [])),
    params(Which, PagingQuery), responses(
    (status = 200, description = "A page of compositions", body = CompositionList,
        example = json!({ "compositions": [], "total": 0 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(which): Query<Which>,
    Paging(page): Paging,
) -> Result<Json<CompositionList>, ApiError> {
    let room = which.room_id.map(|text| text.parse()).transpose();
    let session = which.session_id.map(|text| text.parse()).transpose();
    let of = CompositionsOf {
        created_by: caller.user().filter(|_| !caller.sees_all()).map(|user| user.user_id.clone()),
        room: room.map_err(|_| Problem::invalid("room_id", "not an id"))?,
        session: session.map_err(|_| Problem::invalid("session_id", "not an id"))?,
        open: false,
        state: which.state.map(|text| word(&text, "state")).transpose()?,
    };
    let Listed { items, total } = app.store.compositions(&caller.company().id, &of, page).await?;
    Ok(Json(CompositionList { compositions: items.into_iter().map(|one| told(&app, one)).collect(), total }))
}

/// Has a film made of all that was recorded of a session in separate tracks. How far it is `GET` tells, and webhooks hear of its
/// end.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/sessions/{session_id}/compositions", tag = "Compositions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("session_id" = String, Path, description = "The session")),
    request_body(content = CreateComposition, description = "No body at all is fine too",
        example = json!({ "format": "mp4", "layout": "speaker" })),
    responses(
    (status = 201, description = "The composition, which waits for its turn", body = Composition),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room or session", body = ErrorBody),
    (status = 409, description = "Nothing was recorded of it in separate tracks", body = ErrorBody),
    (status = 503, description = "This server does not record (`recording_unavailable`)", body = ErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, session_id)): Path<(String, String)>,
    body: Body,
) -> Result<(StatusCode, Json<Composition>), ApiError> {
    let CreateComposition { format, width, height, layout, regions } = body.json_or_default()?;
    let (session, _) = sessions::find(&app, &caller, room_id, session_id).await?;
    let arrangement = match (layout, regions) {
        (Some(_), Some(_)) => return Err(Problem::invalid("regions", "either a layout or regions").into()),
        (Some(RecordingLayout::GridAndChat), None) => {
            return Err(Problem::invalid("layout", "grid or speaker: there is no chat in tracks").into());
        }
        (layout, None) => Arrangement::Layout(layout.unwrap_or_default()),
        (None, Some(regions)) => Arrangement::Regions(regions),
    };
    let wanted = WantedComposition {
        company: caller.company().id.clone(),
        room: session.room_id,
        session: session.session_id,
        format: format.unwrap_or(RecordingFormat::Mp4),
        width: width.unwrap_or(SIZE.0),
        height: height.unwrap_or(SIZE.1),
        arrangement,
        webhook: None,
    };
    let composition = app.recordings.compose(wanted).await?;
    write_composition(&app, &caller, "composition_made", &composition).await?;
    Ok((StatusCode::CREATED, Json(told(&app, composition))))
}

/// Tells a composition.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/compositions/{composition_id}", tag = "Compositions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("composition_id" = String, Path, description = "The composition")), responses(
    (status = 200, description = "The composition", body = Composition),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or composition, or not the caller's", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<Json<Composition>, ApiError> {
    let composition = find(&app, &caller, path).await?;
    Ok(Json(told(&app, composition)))
}

/// Deletes a composition for good, with the links to it; one that is being made is not made any further.
#[utoipa::path(delete, path = "/v2/rooms/{room_id}/compositions/{composition_id}", tag = "Compositions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("composition_id" = String, Path, description = "The composition")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or composition, or not the caller's", body = ErrorBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    caller: Caller,
    path: Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let composition = find(&app, &caller, path).await?;
    delete_composition(&app, &caller, &composition).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a composition, which is an entry in the audit log.
pub(crate) async fn delete_composition(
    app: &App,
    caller: &Caller,
    composition: &StoredComposition,
) -> Result<(), ApiError> {
    // Before the deed: what was done is never missing from the log.
    write_composition(app, caller, "composition_deleted", composition).await?;
    match app.recordings.delete_composition(composition).await {
        Ok(_) => Ok(()),
        Err(DeleteError::Store(error)) => Err(error.into()),
        Err(error) => Err(internal(error)),
    }
}

/// Fetches a composition, or with `Range` a part of it.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/compositions/{composition_id}/content", tag = "Compositions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("composition_id" = String, Path, description = "The composition")), responses(
    (status = 200, description = "Its bytes", body = Vec<u8>, content_type = "video/mp4"),
    (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "video/mp4"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or composition, or not the caller's", body = ErrorBody),
    (status = 409, description = "It is not made yet, or there is no file", body = ErrorBody)))]
pub(super) async fn content(
    State(app): State<App>,
    caller: Caller,
    path: Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let composition = find(&app, &caller, path).await?;
    check_made(&composition)?;
    if !asks_for_more(&headers) {
        write_composition(&app, &caller, "composition_downloaded", &composition).await?;
    }
    bytes(&app, &composition, &headers).await
}

/// Makes a link by which whoever has it plays or fetches the composition, for a while and without a key.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/compositions/{composition_id}/link", tag = "Compositions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("composition_id" = String, Path, description = "The composition")),
    request_body(content = CreateMediaLink, description = "No body at all is fine too",
        example = json!({ "expires_in": 300 })),
    responses(
    (status = 201, description = "The link", body = RecordingLink),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or composition, or not the caller's", body = ErrorBody),
    (status = 409, description = "It is not made yet, or there is no file", body = ErrorBody)))]
pub(super) async fn create_link(
    State(app): State<App>,
    caller: Caller,
    path: Path<(String, String)>,
    body: Body,
) -> Result<(StatusCode, Json<RecordingLink>), ApiError> {
    let CreateMediaLink { expires_in } = body.json_or_default()?;
    let life = link_life(expires_in)?;
    let composition = find(&app, &caller, path).await?;
    check_made(&composition)?;
    write_composition(&app, &caller, "composition_link_made", &composition).await?;
    let (url, expires_at) = media_link(&app, &MediaLink::Composition(composition.composition_id), life).await?;
    Ok((StatusCode::CREATED, Json(RecordingLink { url, expires_at: to_rfc3339(expires_at) })))
}

/// A link to a track or a composition, good for so long.
pub(crate) async fn media_link(app: &App, to: &MediaLink, life: Duration) -> Result<(Secret, Timestamp), ApiError> {
    let code = keys::new_code()?;
    let now = app.clock.now();
    let expires_at = now + life;
    app.store.create_media_link(app.keys.hash_recording_code(code.expose()), to, expires_at, now).await?;
    let base = app.link_base().as_str().trim_end_matches('/');
    Ok((Secret::new(format!("{base}/recordings/{}", code.expose())), expires_at))
}

/// A composition of a room that the caller manages; every other is as unknown as none.
async fn find(
    app: &App,
    caller: &Caller,
    Path((room_id, composition_id)): Path<(String, String)>,
) -> Result<StoredComposition, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such composition");
    let room = mine(find_managed(app, caller, Path(room_id)).await)?;
    let composition_id: CompositionId = id(Path(composition_id), missing())?;
    let composition = app.store.composition(&composition_id).await?.filter(|one| one.room_id == room.room_id);
    Ok(composition.ok_or_else(missing)?)
}

fn check_made(composition: &StoredComposition) -> Result<(), Problem> {
    let words = match composition.state {
        CompositionState::Completed => return Ok(()),
        CompositionState::Enqueued => "it waits for its turn to be made",
        CompositionState::Processing => "it is being made",
        CompositionState::Failed => "it could not be made",
    };
    Err(Problem::new(ErrorCode::Conflict, words))
}

/// The bytes of a composition, or the part of them that is asked for.
pub(super) async fn bytes(
    app: &App,
    composition: &StoredComposition,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let name = composition_file_name(composition);
    let key = recordings::composition_key(composition);
    served(app, &key, composition.bytes, &name, headers).await
}

/// What a composition is saved as: by its time.
pub(super) fn composition_file_name(composition: &StoredComposition) -> String {
    let at = to_rfc3339(composition.created_at);
    let at = at.get(..16).unwrap_or(&at).replace([':', 'T'], "-");
    format!("composition-{at}.{}", recordings::extension(composition.format))
}

/// What somebody did to a composition, for the audit log.
pub(crate) async fn write_composition(
    app: &App,
    caller: &Caller,
    action: &'static str,
    composition: &StoredComposition,
) -> Result<(), ApiError> {
    let entry = Entry::by(caller, action).room(&composition.room_id).session(&composition.session_id);
    Ok(app.audit.write(entry.subject(composition.composition_id.as_str())).await?)
}

/// A composition as it is told.
fn told(app: &App, composition: StoredComposition) -> Composition {
    let progress = app.recordings.composed(&composition);
    let (layout, regions) = match composition.arrangement {
        Arrangement::Layout(layout) => (Some(layout), None),
        Arrangement::Regions(regions) => (None, Some(regions)),
    };
    Composition {
        composition_id: composition.composition_id,
        room_id: composition.room_id,
        session_id: composition.session_id,
        state: composition.state,
        progress,
        format: composition.format,
        width: composition.width,
        height: composition.height,
        layout,
        regions,
        created_at: to_rfc3339(composition.created_at),
        ended_at: composition.ended_at.map(to_rfc3339),
        duration_ms: u64::try_from(composition.length.as_millis()).unwrap_or(u64::MAX),
        bytes: composition.bytes,
        reason: composition.reason,
        kept_until: composition.kept_until.map(to_rfc3339),
    }
}
