//! Rooms, their seats and links.

mod checks;

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use visita_protocol::{
    ErrorCode, ParticipantId, Problem, RoomId, UserId,
    rest::{CreateRoom, Role, Room, RoomKind, RoomStatus, UserUrl},
};
use visita_room::Standing;

use super::{Caller, id};
use crate::{
    app::App,
    clock::to_rfc3339,
    error::{ApiError, Body},
    ids, keys,
    rooms::RoomError,
    store::{Company, Kind, NewLink, NewRoom, NewSeat, StoredRoom, StoredSeat},
};

/// `POST /v2/rooms`
pub(super) async fn create(
    State(app): State<App>,
    Caller(company): Caller,
    body: Body,
) -> Result<(StatusCode, Json<Room>), ApiError> {
    let wanted: CreateRoom = body.json()?;
    check_objects(&body.json()?)?;
    let now = app.clock.now();
    let options = checks::options(&wanted, now)?;
    let roles = roles_of(&app, &company, &wanted).await?;
    let webinar = options.webinar;
    let seats = wanted.participants.into_iter().map(|participant| {
        Ok(NewSeat {
            participant_id: ids::new(),
            user_id: participant.user_id,
            is_admin: participant.is_admin,
            is_speaker: participant.is_speaker.unwrap_or(!webinar || participant.is_admin),
            tools: participant.tools.unwrap_or(visita_protocol::Tools::ALL),
            link: new_link(&app)?,
        })
    });
    let room = NewRoom {
        room_id: ids::new(),
        company_id: company.id.clone(),
        options,
        created_at: now,
        seats: seats.collect::<Result<_, ApiError>>()?,
    };
    app.store.create_room(&room).await?;
    tracing::info!(room = %room.room_id, seats = room.seats.len(), "room made");
    Ok((StatusCode::CREATED, Json(told(&app, &room.into_stored(company, &roles))?)))
}

/// `GET /v2/rooms/{room_id}`
pub(super) async fn get(
    State(app): State<App>,
    Caller(company): Caller,
    path: Path<String>,
) -> Result<Json<Room>, ApiError> {
    let room = find(&app, &company, path).await?;
    Ok(Json(told(&app, &room)?))
}

/// `DELETE /v2/rooms/{room_id}`
pub(super) async fn delete(
    State(app): State<App>,
    Caller(company): Caller,
    path: Path<String>,
) -> Result<StatusCode, ApiError> {
    let room = find(&app, &company, path).await?;
    app.rooms.close(&room.room_id, Standing::Deleted).await?;
    tracing::info!(room = %room.room_id, "room deleted");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /v2/rooms/{room_id}/disable`
pub(super) async fn disable(
    State(app): State<App>,
    Caller(company): Caller,
    path: Path<String>,
) -> Result<Json<Room>, ApiError> {
    let room = find(&app, &company, path).await?;
    app.rooms.close(&room.room_id, Standing::Disabled).await?;
    tracing::info!(room = %room.room_id, "room disabled");
    let room = app.store.room(&room.room_id).await?.ok_or(RoomError::NoSuchRoom)?;
    Ok(Json(told(&app, &room)?))
}

/// `POST /v2/rooms/{room_id}/participants/{participant_id}/link`
pub(super) async fn renew_link(
    State(app): State<App>,
    Caller(company): Caller,
    Path((room_id, participant_id)): Path<(String, String)>,
) -> Result<Json<UserUrl>, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such participant");
    let room = find(&app, &company, Path(room_id)).await?;
    let participant_id: ParticipantId = id(Path(participant_id), missing())?;
    if !room.seats.iter().any(|seat| seat.participant_id == participant_id) {
        return Err(missing().into());
    }
    app.rooms.renew_link(&room.room_id, participant_id.clone(), new_link(&app)?).await?;
    tracing::info!(room = %room.room_id, seat = %participant_id, "link renewed");
    let room = app.store.room(&room.room_id).await?.ok_or(RoomError::NoSuchRoom)?;
    let seat = room.seats.iter().find(|seat| seat.participant_id == participant_id).ok_or_else(missing)?;
    Ok(Json(told_seat(&app, &room, seat)?))
}

/// The company's room; another company's is as unknown as none.
async fn find(app: &App, company: &Company, path: Path<String>) -> Result<StoredRoom, ApiError> {
    let missing = || Problem::new(ErrorCode::RoomNotFound, "no such room");
    let room_id: RoomId = id(path, missing())?;
    let room = app.store.room(&room_id).await?.filter(|room| room.company.id == company.id);
    Ok(room.ok_or_else(missing)?)
}

/// Seats and tools are objects: serde would also read their fields from arrays, by their order.
fn check_objects(body: &serde_json::Value) -> Result<(), Problem> {
    let not_an_object = |field: String| Err(Problem::invalid(field, "not an object"));
    for (index, seat) in body["participants"].as_array().into_iter().flatten().enumerate() {
        if !seat.is_object() {
            return not_an_object(format!("participants[{index}]"));
        }
        let tools = &seat["tools"];
        if tools.is_array() {
            return not_an_object(format!("participants[{index}].tools"));
        }
        if tools["whiteboard"].is_array() {
            return not_an_object(format!("participants[{index}].tools.whiteboard"));
        }
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
    if !roles.contains(&Role::Plus) {
        return Err(Problem::invalid("participants", "at least one participant must have the role plus").into());
    }
    Ok(roles)
}

fn new_link(app: &App) -> Result<NewLink, ApiError> {
    let code = keys::new_code()?;
    Ok(NewLink { hash: app.keys.hash_code(code.expose()), sealed: app.keys.seal_code(&code)? })
}

fn told(app: &App, room: &StoredRoom) -> Result<Room, ApiError> {
    let options = &room.options;
    let schedule = &options.schedule;
    let (kind, capacity) = match options.kind {
        Kind::Seated => (RoomKind::Seated, None),
        Kind::Open { capacity } => (RoomKind::Open, Some(capacity)),
    };
    Ok(Room {
        room_id: room.room_id.clone(),
        user_urls: room.seats.iter().map(|seat| told_seat(app, room, seat)).collect::<Result<_, _>>()?,
        call_type: options.call_type,
        recording: options.recording,
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
            Standing::Active => RoomStatus::Active,
            Standing::Disabled => RoomStatus::Disabled,
            Standing::UsedUp | Standing::Deleted => RoomStatus::Ended,
        },
        duration_used: seconds(room.used),
        created_by: options.created_by.clone(),
        created_at: to_rfc3339(room.created_at),
    })
}

fn told_seat(app: &App, room: &StoredRoom, seat: &StoredSeat) -> Result<UserUrl, ApiError> {
    let code = app.keys.open_code(&seat.sealed)?;
    Ok(UserUrl {
        user_id: seat.user_id.clone(),
        participant_id: seat.participant_id.clone(),
        url: format!("{}/join/{}", app.link_base().as_str().trim_end_matches('/'), code.expose()),
        is_admin: seat.is_admin,
        tools: seat.tools,
        is_speaker: room.options.webinar.then_some(seat.is_speaker),
    })
}

fn seconds(duration: Duration) -> u32 {
    u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)
}
