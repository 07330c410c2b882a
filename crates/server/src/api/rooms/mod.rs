//! Rooms.

mod checks;

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use visita_protocol::{
    ErrorBody, ErrorCode, ParticipantId, Problem, RecordingMode, RoomId, UserId,
    rest::{CreateRoom, ExtendRoom, Role, Room, RoomKind, RoomList, RoomNow, RoomStatus, UserUrl},
};
use visita_room::{AdminAction, Admission, Deed, Input, Refusal, Standing, Whom, check_plus};

use super::{
    caller::Caller,
    id,
    paging::{Paging, PagingQuery, searched},
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path, Query},
    ids, keys,
    rooms::RoomError,
    store::{Company, Kind, Listed, NewLink, NewRoom, NewSeat, RoomStands, RoomsOf, StoredRoom, StoredSeat},
};
pub(super) use checks::check_speaker;

/// Makes a room: with a link for each of its 2 to 25 users, or open for as many as its capacity.
///
/// Signed-in users make rooms by their own role: `plus` always, `basic` when at least one participant is `plus`.
#[utoipa::path(post, path = "/v2/rooms", tag = "Rooms", security(("apikey" = []), ("bearer" = [])),
    request_body(content = CreateRoom, examples(
        ("A visit" = (value = json!({
            "participants": [
                { "user_id": "dr.conti", "is_admin": true },
                { "user_id": "pat", "display_name": "Pat Rossi", "tools": { "chat": true, "whiteboard": { "wb_pen": true } } } ],
            "call_type": "audio_video", "recording": "manual", "duration": 1800, "description": "Follow-up",
            "waiting_room": true, "starts_at": "2099-12-01T09:30:00Z", "ends_at": "2099-12-01T10:30:00Z",
            "early_entry": 600, "freeze_window": 900 }))),
        ("A webinar for 200" = (value = json!({
            "kind": "open", "webinar": true, "capacity": 200, "description": "Living with asthma" }))))),
    responses(
    (status = 201, description = "The room with its links", body = Room),
    (status = 400, description = "A field is not valid; nothing is stored", body = ErrorBody,
        example = json!({ "error": { "code": "invalid", "message": "no such user", "field": "participants[1].user_id" } })),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not allowed by role", body = ErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> Result<(StatusCode, Json<Room>), ApiError> {
    let wanted: CreateRoom = body.json()?;
    check_objects(&body.json()?)?;
    let now = app.clock.now();
    let mut options = checks::options(&wanted, now)?;
    if let Some(user) = caller.user() {
        if options.kind != Kind::Seated && user.role != Role::Plus {
            return Err(Problem::new(ErrorCode::Forbidden, "making an open room needs the role plus").into());
        }
        options.created_by = Some(user.user_id.clone());
    }
    let company = caller.company().clone();
    let roles = roles_of(&app, &company, &wanted).await?;
    let webinar = options.webinar;
    let seats = wanted.participants.into_iter().map(|participant| {
        Ok(NewSeat {
            participant_id: ids::new(),
            user_id: participant.user_id,
            display_name: participant.display_name.map(|name| name.trim().to_owned()),
            is_admin: participant.is_admin,
            is_speaker: participant.is_speaker.unwrap_or(!webinar || participant.is_admin),
            tools: participant.tools.unwrap_or(visita_protocol::Tools::ALL),
            role: None,
            language: None,
            recording_consent: participant.recording_consent.then_some(now),
            admission: Admission::Link,
            link: new_link(&app)?,
        })
    });
    let room = NewRoom {
        room_id: ids::new(),
        company_id: company.id.clone(),
        options,
        standing: Standing::Active,
        created_at: now,
        seats: seats.collect::<Result<_, ApiError>>()?,
    };
    app.store.create_room(&room).await?;
    tracing::info!(room = %room.room_id, seats = room.seats.len(), "room made");
    Ok((StatusCode::CREATED, Json(told(&app, &room.into_stored(company, &roles), &caller)?)))
}

/// Which rooms.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those with this in the title, at the beginning of the room's id or as a seat's user, up to 100 characters.
    search: Option<String>,
    /// Only those that stand so: `live`, `scheduled`, `active`, `disabled` or `ended`.
    status: Option<String>,
    /// Only those that are recorded so: `none`, `manual` or `automatic`; or `running`, those that are just now.
    recording: Option<String>,
}

/// Lists rooms, newest first. Signed-in users see those they made or have a seat in, operators all.
#[utoipa::path(get, path = "/v2/rooms", tag = "Rooms", security(("apikey" = []), ("bearer" = [])),
    params(Which, PagingQuery), responses(
    (status = 200, description = "A page of rooms", body = RoomList, example = json!({ "rooms": [], "total": 0 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Query(Which { search, status, recording }): Query<Which>,
    Paging(page): Paging,
) -> Result<Json<RoomList>, ApiError> {
    let search = searched(search)?;
    let now = app.clock.now();
    let stands = status.as_deref().map(|word| match word {
        "live" => Ok(RoomStands::Live),
        "scheduled" => Ok(RoomStands::Scheduled(now)),
        "active" => Ok(RoomStands::Active(now)),
        "disabled" => Ok(RoomStands::Disabled),
        "ended" => Ok(RoomStands::Ended(now)),
        _ => Err(Problem::invalid("status", "not live, scheduled, active, disabled or ended")),
    });
    let recorded_now = recording.as_deref() == Some("running");
    let recording = recording.filter(|_| !recorded_now).map(|word| match word.as_str() {
        "none" => Ok(RecordingMode::None),
        "manual" => Ok(RecordingMode::Manual),
        "automatic" => Ok(RecordingMode::Automatic),
        _ => Err(Problem::invalid("recording", "not none, manual, automatic or running")),
    });
    let which = RoomsOf {
        user: caller.user().filter(|_| !caller.sees_all()).map(|user| &user.user_id),
        search: search.as_deref(),
        stands: stands.transpose()?,
        recording: recording.transpose()?,
        recorded_now,
    };
    let Listed { items, total } = app.store.rooms(&caller.company().id, which, page).await?;
    let mut rooms = Vec::with_capacity(items.len());
    for room in &items {
        rooms.push(told_now(&app, room, &caller).await?);
    }
    Ok(Json(RoomList { rooms, total }))
}

/// Tells a room. Signed-in users who did not make it see their own link only.
#[utoipa::path(get, path = "/v2/rooms/{room_id}", tag = "Rooms", security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 200, description = "The room", body = Room),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn get(State(app): State<App>, caller: Caller, path: Path<String>) -> Result<Json<Room>, ApiError> {
    let room = find(&app, &caller, path).await?;
    Ok(Json(told_now(&app, &room, &caller).await?))
}

/// Deletes a room: who is in is put out, its links open nothing any more, nothing tells of it.
#[utoipa::path(delete, path = "/v2/rooms/{room_id}", tag = "Rooms", security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn delete(State(app): State<App>, caller: Caller, path: Path<String>) -> Result<StatusCode, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    app.delete_room(&caller, &room.room_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Switches a room off: who is in is put out, its links let nobody in.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/disable", tag = "Rooms",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 200, description = "The room", body = Room),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn disable(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
) -> Result<Json<Room>, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    app.disable_room(&caller, &room.room_id).await?;
    again(&app, &room.room_id, &caller).await
}

/// Switches a room on again; its links work as before.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/enable", tag = "Rooms",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 200, description = "The room", body = Room),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Its time is used up, or the caller did not make it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn enable(State(app): State<App>, caller: Caller, path: Path<String>) -> Result<Json<Room>, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    app.enable_room(&caller, &room.room_id).await?;
    again(&app, &room.room_id, &caller).await
}

/// Ends the session that runs, for everybody; where none runs nothing happens. The room stays as it is.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/end", tag = "Rooms", security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 204, description = "Nobody is in"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn end(State(app): State<App>, caller: Caller, path: Path<String>) -> Result<StatusCode, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    let Some(running) = app.rooms.running(&room.room_id).await else { return Ok(StatusCode::NO_CONTENT) };
    let everybody = Whom::All { but: Vec::new() };
    match app.rooms.moderate(&room.room_id, running.session_id.clone(), Deed::End, everybody).await {
        // It ended in the meantime.
        Ok(()) | Err(RoomError::Refused(Refusal::SessionOver)) => {}
        Err(error) => return Err(error.into()),
    }
    let entry = Entry::by(&caller, AdminAction::EndedSession.name()).room(&room.room_id);
    app.audit.write(entry.session(&running.session_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a room more effective call time.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/extend", tag = "Rooms", security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")),
    request_body(content = ExtendRoom, example = json!({ "seconds": 600 })), responses(
    (status = 200, description = "The room", body = Room),
    (status = 400, description = "`seconds` is not 60 to 86400", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody),
    (status = 409, description = "The room's time is not limited", body = ErrorBody)))]
pub(super) async fn extend(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    body: Body,
) -> Result<Json<Room>, ApiError> {
    let ExtendRoom { seconds } = body.json()?;
    let room = find_managed(&app, &caller, path).await?;
    match app.rooms.handle(&room.room_id, Input::Extend { time: Duration::from_secs(seconds.into()) }).await {
        Err(RoomError::Refused(Refusal::Unlimited)) => {
            return Err(Problem::new(ErrorCode::Conflict, "the room's time is not limited").into());
        }
        done => done?,
    }
    app.audit.write(Entry::by(&caller, AdminAction::Extended.name()).room(&room.room_id)).await?;
    again(&app, &room.room_id, &caller).await
}

/// Body of `POST /v2/rooms/{room_id}/ring`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RingRoom {
    /// Only this seat; everybody who is not in when absent.
    #[serde(default)]
    participant_id: Option<ParticipantId>,
}

/// Makes a room ring for those who are not in.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/ring", tag = "Rooms", security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")),
    request_body(content = RingRoom, description = "No body at all is fine too", example = json!({})),
    responses(
    (status = 202, description = "It rings"),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "The room is over or switched off, or the caller did not make it", body = ErrorBody),
    (status = 404, description = "No such room or seat", body = ErrorBody)))]
pub(super) async fn ring(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let RingRoom { participant_id } = body.json_or_default()?;
    let room = find_managed(&app, &caller, path).await?;
    app.rooms.ring(&room.room_id, participant_id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The room of this path that the caller may see; every other is as unknown as none.
pub(super) async fn find(app: &App, caller: &Caller, path: Path<String>) -> Result<StoredRoom, ApiError> {
    let missing = || Problem::new(ErrorCode::RoomNotFound, "no such room");
    let room_id: RoomId = id(path, missing())?;
    let room = app.store.room(&room_id).await?.filter(|room| caller.sees(room));
    Ok(room.ok_or_else(missing)?)
}

/// The room of this path, which the caller may change.
pub(super) async fn find_managed(app: &App, caller: &Caller, path: Path<String>) -> Result<StoredRoom, ApiError> {
    let room = find(app, caller, path).await?;
    if !caller.manages(&room) {
        return Err(Problem::new(ErrorCode::Forbidden, "only who made the room may do this").into());
    }
    Ok(room)
}

/// Seats and tools are objects: serde would also read their fields from arrays, by their order.
pub(super) fn check_objects(body: &serde_json::Value) -> Result<(), Problem> {
    let not_an_object = |field: String| Err(Problem::invalid(field, "not an object"));
    for (index, seat) in body["participants"].as_array().into_iter().flatten().enumerate() {
        if !seat.is_object() {
            return not_an_object(format!("participants[{index}]"));
        }
        if seat["tools"].is_array() {
            return not_an_object(format!("participants[{index}].tools"));
        }
    }
    if body["tools"].is_array() {
        return not_an_object("tools".into());
    }
    Ok(())
}

/// Roles of a room's users, in the order of its seats.
async fn roles_of(app: &App, company: &Company, wanted: &CreateRoom) -> Result<Vec<Role>, ApiError> {
    let ids: Vec<_> = wanted.participants.iter().map(|participant| &participant.user_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let users = app.store.users_among(&company.id, &ids).await?;
    let role = |(index, id): (usize, &&UserId)| {
        users.iter().find(|user| user.user_id == **id).map(|user| user.role).ok_or_else(|| {
            let field = format!("participants[{index}].user_id");
            ApiError::from(Problem::invalid(field, "no such user"))
        })
    };
    let roles = ids.iter().enumerate().map(role).collect::<Result<Vec<_>, _>>()?;
    if check_plus(roles.len(), roles.iter().map(|role| *role == Role::Plus)).is_err() {
        return Err(Problem::invalid("participants", "at least one participant must have the role plus").into());
    }
    Ok(roles)
}

pub(crate) fn new_link(app: &App) -> Result<NewLink, ApiError> {
    let code = keys::new_code()?;
    Ok(NewLink { hash: app.keys.hash_code(code.expose()), sealed: app.keys.seal_code(&code)? })
}

fn told(app: &App, room: &StoredRoom, caller: &Caller) -> Result<Room, ApiError> {
    let manages = caller.manages(room);
    let is_shown = |seat: &&StoredSeat| {
        let theirs = manages || caller.user().is_some_and(|user| user.user_id == seat.user_id);
        theirs && seat.admission != Admission::Hidden
    };
    let options = &room.options;
    let schedule = &options.schedule;
    let (kind, capacity) = match options.kind {
        Kind::Seated => (RoomKind::Seated, None),
        Kind::Open { capacity } => (RoomKind::Open, Some(capacity)),
    };
    Ok(Room {
        room_id: room.room_id.clone(),
        user_urls: room
            .seats
            .iter()
            .filter(is_shown)
            .map(|seat| told_seat(app, room, seat))
            .collect::<Result<_, _>>()?,
        call_type: options.call_type,
        recording: options.recording,
        recording_layout: options.recording_layout,
        duration: options.duration.map(seconds),
        live: options.live,
        description: options.description.clone(),
        kind,
        capacity,
        webinar: options.webinar,
        waiting_room: options.waiting_room,
        starts_at: schedule.starts_at.map(to_rfc3339),
        ends_at: schedule.ends_at.map(to_rfc3339),
        early_entry: schedule.starts_at.map(|_| seconds(schedule.early_entry)),
        freeze_window: schedule.starts_at.map(|_| seconds(schedule.freeze)),
        status: match room.standing {
            Standing::Active if schedule.ends_at.is_some_and(|end| end <= app.clock.now()) => RoomStatus::Ended,
            Standing::Active => RoomStatus::Active,
            Standing::Disabled => RoomStatus::Disabled,
            Standing::UsedUp | Standing::Deleted => RoomStatus::Ended,
        },
        duration_used: seconds(room.used),
        now: None,
        created_by: options.created_by.clone(),
        created_at: to_rfc3339(room.created_at),
    })
}

/// A room with what goes on in it, for who may change it.
async fn told_now(app: &App, room: &StoredRoom, caller: &Caller) -> Result<Room, ApiError> {
    let now = if caller.manages(room) { app.rooms.running(&room.room_id).await } else { None };
    let count = |of: usize| u32::try_from(of).unwrap_or(u32::MAX);
    let now = now.map(|running| RoomNow {
        session_id: running.session_id,
        started_at: to_rfc3339(running.since),
        connected: count(running.connected),
        waiting: count(running.waiting),
        recording: running.is_recorded,
    });
    Ok(Room { now, ..told(app, room, caller)? })
}

/// A room after something was done to it.
async fn again(app: &App, room: &RoomId, caller: &Caller) -> Result<Json<Room>, ApiError> {
    let room = app.store.room(room).await?.ok_or(RoomError::NoSuchRoom)?;
    Ok(Json(told_now(app, &room, caller).await?))
}

pub(super) fn told_seat(app: &App, room: &StoredRoom, seat: &StoredSeat) -> Result<UserUrl, ApiError> {
    Ok(UserUrl {
        user_id: seat.user_id.clone(),
        display_name: seat.display_name.clone(),
        participant_id: seat.participant_id.clone(),
        url: link_url(app, seat)?,
        is_admin: seat.is_admin,
        tools: seat.tools,
        is_speaker: room.options.webinar.then_some(seat.is_speaker),
        recording_consent: seat.recording_consent.is_some(),
    })
}

/// A seat's link.
pub(crate) fn link_url(app: &App, seat: &StoredSeat) -> Result<String, ApiError> {
    let code = app.keys.open_code(&seat.sealed)?;
    Ok(format!("{}/join/{}", app.link_base().as_str().trim_end_matches('/'), code.expose()))
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}
