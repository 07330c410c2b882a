//! What back ends do with rooms.

use std::collections::HashMap;

use axum::{Json, extract::State};
use visita_protocol::{Problem, RoomId};
use visita_room::{Refusal, Standing};

use super::{
    asker::Keyed,
    bodies::{ById, Conference, Count, Counted, Done, Egress, ForEgress, List, Update, Wanted},
    query,
    refusal::Refused,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Query, internal},
    ids,
    rooms::{RoomError, check_open},
    store::{Company, Kind, NewRoom, Page, RoomQuery, StoredRoom},
    tokens::EgressToken,
};

/// Longest list.
const MAX_LIMIT: u32 = 10_000;

/// Makes a room.
#[utoipa::path(post, path = "/api/conferences/create", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = Wanted, examples(
        ("Standard team room" = (value = json!({
            "name": "Team standup room", "user_id": "USER_ID", "mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
            "max_participants": 20, "allow_webinar_mode": false, "allow_chat": true, "allow_share_screen": true,
            "record": false, "record_mode": "ROOM_COMPOSITE_GRID", "active": true }))),
        ("Guest webinar room" = (value = json!({
            "name": "Guest webinar room", "user_id": "USER_ID", "mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
            "max_participants": 200, "allow_webinar_mode": true, "allow_chat": true, "allow_share_screen": false,
            "record": false, "record_mode": "ROOM_COMPOSITE_GRID", "active": true }))))),
    responses(
    (status = 200, description = "The room", body = Conference),
    (status = 400, description = "A field is not valid; nothing is stored", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused)))]
pub(super) async fn create(State(app): State<App>, key: Keyed, body: Body) -> Result<Json<Conference>, ApiError> {
    let wanted: Wanted = body.json()?;
    wanted.check()?;
    if wanted.name.is_none() {
        return Err(Problem::invalid("name", "a room needs a name").into());
    }
    let options = wanted.options();
    check_open(&options)?;
    let is_active = wanted.active.unwrap_or(true);
    let room = NewRoom {
        room_id: ids::object_id()?,
        company_id: key.company().id.clone(),
        options,
        standing: if is_active { Standing::Active } else { Standing::Disabled },
        created_at: app.clock.now(),
        seats: Vec::new(),
    };
    app.store.create_room(&room).await?;
    tracing::info!(room = %room.room_id, "room made");
    if is_active {
        app.rooms.open(&room.room_id).await?;
    }
    told(&app, &room.into_stored(key.company().clone(), &[])).await
}

/// Counts the company's rooms.
#[utoipa::path(post, path = "/api/conferences/getCount", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = Count, description = "No body at all is fine too", example = json!({ "filter": { "active": true } })),
    responses(
    (status = 200, description = "How many", body = Counted, example = json!({ "count": 1 })),
    (status = 400, description = "A field is not valid", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused)))]
pub(super) async fn get_count(State(app): State<App>, key: Keyed, body: Body) -> Result<Json<Counted>, ApiError> {
    let Count { filter } = body.json_or_default()?;
    let only = query::only(filter, &key.company().id, app.clock.now())?;
    let wanted = RoomQuery { only, order: Vec::new() };
    let listed = app.store.rooms_that(&key.company().id, &wanted, Page { limit: 0, offset: 0 }).await?;
    Ok(Json(Counted { count: listed.total }))
}

/// Lists the company's rooms, as a bare array.
#[utoipa::path(post, path = "/api/conferences/getAll", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = List, description = "No body at all is fine too",
        example = json!({ "limit": 10, "skip": 0, "sort": { "created": 1 } })),
    responses(
    (status = 200, description = "The rooms", body = Vec<Conference>, example = json!([])),
    (status = 400, description = "A field is not valid", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused)))]
pub(super) async fn get_all(State(app): State<App>, key: Keyed, body: Body) -> Result<Json<Vec<Conference>>, ApiError> {
    let List { limit, skip, sort, filter } = body.json_or_default()?;
    let limit = match limit.unwrap_or_default() {
        0 => MAX_LIMIT,
        limit if limit <= MAX_LIMIT => limit,
        _ => return Err(Problem::invalid("limit", format!("at most {MAX_LIMIT}")).into()),
    };
    let now = app.clock.now();
    let wanted = RoomQuery { only: query::only(filter, &key.company().id, now)?, order: query::order(sort)? };
    let page = Page { limit, offset: skip.unwrap_or_default() };
    let rooms = app.store.rooms_that(&key.company().id, &wanted, page).await?.items;
    let ids: Vec<&RoomId> = rooms.iter().map(|room| &room.room_id).collect();
    let mut running = app.media.running(&ids).await;
    let told = rooms.iter().map(|room| Conference::of(room, running.remove(room.room_id.as_str()), now));
    Ok(Json(told.collect()))
}

/// Tells a room.
#[utoipa::path(post, path = "/api/conferences/getById", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = ById, example = json!({ "id": "69f013c1aa11bb22cc33dd44" })),
    responses(
    (status = 200, description = "The room", body = Conference),
    (status = 400, description = "A field is not valid", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused)))]
pub(super) async fn get_by_id(State(app): State<App>, key: Keyed, body: Body) -> Result<Json<Conference>, ApiError> {
    let room = named(&app, &key, &body).await?;
    told(&app, &room).await
}

/// Changes a room: what is absent stays. It holds at once for those who are in.
#[utoipa::path(post, path = "/api/conferences/update", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = Update,
        example = json!({ "id": "69f013c1aa11bb22cc33dd44", "allow_chat": false, "max_participants": 30 })),
    responses(
    (status = 200, description = "The room as it is now", body = Conference),
    (status = 400, description = "A field is not valid; nothing changed", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 403, description = "`active` is asked for, and the room is over", body = Refused),
    (status = 404, description = "No such room", body = Refused),
    (status = 409, description = "It is too shortly before the start (`room_frozen`)", body = Refused)))]
pub(super) async fn update(State(app): State<App>, key: Keyed, body: Body) -> Result<Json<Conference>, ApiError> {
    let ById { id } = body.json()?;
    let id = id.ok_or_else(no_id)?;
    let wanted: Wanted = body.json()?;
    wanted.check()?;
    let room = find(&app, key.company(), &id).await?;
    if wanted.active == Some(true) && room.standing == Standing::UsedUp {
        return Err(RoomError::from(Refusal::RoomEnded).into());
    }
    let active = wanted.active;
    app.rooms.change(&room.room_id, move |options| wanted.write(options)).await?;
    app.audit.write(Entry::by(&key.0, "room_changed").room(&room.room_id)).await?;
    match active {
        Some(true) if room.standing != Standing::Active => app.enable_room(&key.0, &room.room_id).await?,
        Some(false) if room.standing == Standing::Active => app.disable_room(&key.0, &room.room_id).await?,
        _ => {}
    }
    told(&app, &find(&app, key.company(), &id).await?).await
}

/// Switches a room on and makes its media room.
#[utoipa::path(post, path = "/api/conferences/start", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = ById, example = json!({ "id": "69f013c1aa11bb22cc33dd44" })),
    responses(
    (status = 200, description = "It lets people in", body = Done),
    (status = 400, description = "A field is not valid", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 403, description = "The room is over", body = Refused),
    (status = 404, description = "No such room", body = Refused)))]
pub(super) async fn start(State(app): State<App>, key: Keyed, body: Body) -> Result<Json<Done>, ApiError> {
    let room = named(&app, &key, &body).await?;
    app.enable_room(&key.0, &room.room_id).await?;
    Ok(Json(Done::DONE))
}

/// Switches a room off: who is in is put out, its recording ends, its tokens and links let nobody in.
#[utoipa::path(post, path = "/api/conferences/stop", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = ById, example = json!({ "id": "69f013c1aa11bb22cc33dd44" })),
    responses(
    (status = 200, description = "It lets nobody in", body = Done),
    (status = 400, description = "A field is not valid", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused)))]
pub(super) async fn stop(State(app): State<App>, key: Keyed, body: Body) -> Result<Json<Done>, ApiError> {
    let room = named(&app, &key, &body).await?;
    app.disable_room(&key.0, &room.room_id).await?;
    Ok(Json(Done::DONE))
}

/// Deletes a room with what is kept of it; who is in is put out.
#[utoipa::path(delete, path = "/api/conferences/remove", tag = "Rooms", security(("x-access-token" = [])),
    params(("id" = Option<String>, Query, description = "The room, unless the body names it")),
    request_body(content = ById, description = "Not needed when the query names the room",
        example = json!({ "id": "69f013c1aa11bb22cc33dd44" })),
    responses(
    (status = 200, description = "Deleted", body = Done),
    (status = 400, description = "No id, or two different ones", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused)))]
pub(super) async fn remove(
    State(app): State<App>,
    key: Keyed,
    Query(mut query): Query<HashMap<String, String>>,
    body: Body,
) -> Result<Json<Done>, ApiError> {
    let ById { id } = body.json_or_default()?;
    let id = match (query.remove("id"), id) {
        (Some(asked), Some(said)) if asked != said => {
            return Err(Problem::invalid("id", "the query and the body name different rooms").into());
        }
        (asked, said) => asked.or(said).ok_or_else(no_id)?,
    };
    let room = find(&app, key.company(), &id).await?;
    app.delete_room(&key.0, &room.room_id).await?;
    Ok(Json(Done::DONE))
}

/// Makes a token by which, within a minute, a hidden participant gets into a room in webinar mode.
#[utoipa::path(post, path = "/api/conferences/createEgressToken", tag = "Rooms", security(("x-access-token" = [])),
    request_body(content = ForEgress, example = json!({ "room_id": "69f013c1aa11bb22cc33dd44" })),
    responses(
    (status = 200, description = "The token", body = Egress),
    (status = 400, description = "A field is not valid", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused)))]
pub(super) async fn create_egress_token(
    State(app): State<App>,
    key: Keyed,
    body: Body,
) -> Result<Json<Egress>, ApiError> {
    let ForEgress { room_id } = body.json()?;
    let room = find(&app, key.company(), &room_id).await?;
    let until = app.clock.now() + EgressToken::LIFE;
    let token = EgressToken { room: room.room_id.clone(), until: until.unix_ms() };
    let egress_mode_token = token.sign(&app.keys).map_err(internal)?;
    app.audit.write(Entry::by(&key.0, "egress_token_made").room(&room.room_id)).await?;
    Ok(Json(Egress { egress_mode_token, expires_at: to_rfc3339(until), success: true }))
}

/// The room that the body names.
async fn named(app: &App, key: &Keyed, body: &Body) -> Result<StoredRoom, ApiError> {
    let ById { id } = body.json_or_default()?;
    find(app, key.company(), &id.ok_or_else(no_id)?).await
}

/// A company's open room; every other is as unknown as none.
pub(super) async fn find(app: &App, company: &Company, id: &str) -> Result<StoredRoom, ApiError> {
    let missing = || RoomError::NoSuchRoom;
    let room_id: RoomId = id.parse().map_err(|_| missing())?;
    let room = app.store.room(&room_id).await?;
    let theirs = room.filter(|room| room.company.id == company.id && room.options.kind != Kind::Seated);
    Ok(theirs.ok_or_else(missing)?)
}

fn no_id() -> Problem {
    Problem::invalid("id", "the id of a room is missing")
}

async fn told(app: &App, room: &StoredRoom) -> Result<Json<Conference>, ApiError> {
    let mut running = app.media.running(&[&room.room_id]).await;
    Ok(Json(Conference::of(room, running.remove(room.room_id.as_str()), app.clock.now())))
}
