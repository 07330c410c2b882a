//! Rooms, their seats and links.

use std::{collections::HashSet, time::Duration};

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use visita_protocol::{
    ErrorCode, ParticipantId, Problem, RecordingMode, RoomId,
    rest::{CreateRoom, Role, Room, RoomStatus, UserUrl},
};
use visita_room::{Standing, Timestamp};

use super::{Caller, id};
use crate::{
    app::App,
    clock::{from_rfc3339, to_rfc3339},
    error::{ApiError, Body},
    ids, keys,
    rooms::RoomError,
    store::{Company, NewLink, NewRoom, NewSeat, StoredRoom, StoredSeat},
};

/// Seats of a room.
const SEATS: std::ops::RangeInclusive<usize> = 2..=25;
/// Shortest duration, in seconds.
const MIN_DURATION: u32 = 60;
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 500;

/// `POST /v2/rooms`
pub(super) async fn create(
    State(app): State<App>,
    Caller(company): Caller,
    body: Body,
) -> Result<(StatusCode, Json<Room>), ApiError> {
    let wanted: CreateRoom = body.json()?;
    check_objects(&body.json()?)?;
    let now = app.clock.now();
    let ends_at = check(&wanted, now)?;
    check_users(&app, &company, &wanted).await?;
    let seats = wanted.participants.into_iter().map(|participant| {
        Ok(NewSeat {
            participant_id: ids::new(),
            user_id: participant.user_id,
            is_admin: participant.is_admin,
            tools: participant.tools.unwrap_or(visita_protocol::Tools::ALL),
            link: new_link(&app)?,
        })
    });
    let room = NewRoom {
        room_id: ids::new(),
        company_id: company.id,
        call_type: wanted.call_type,
        recording: wanted.recording,
        duration: wanted.duration.map(|seconds| Duration::from_secs(seconds.into())),
        live: wanted.live,
        description: wanted.description,
        ends_at,
        created_at: now,
        seats: seats.collect::<Result<_, ApiError>>()?,
    };
    app.store.create_room(&room).await?;
    tracing::info!(room = %room.room_id, seats = room.seats.len(), "room made");
    let stored = app.store.room(&room.room_id).await?.ok_or(RoomError::NoSuchRoom)?;
    Ok((StatusCode::CREATED, Json(told(&app, &stored)?)))
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
    Ok(Json(told_seat(&app, seat)?))
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

/// The rules that need no look at the users; answers the end.
fn check(wanted: &CreateRoom, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    if !SEATS.contains(&wanted.participants.len()) {
        return Err(Problem::invalid("participants", "a room has 2 to 25 participants"));
    }
    let mut users = HashSet::new();
    for (index, participant) in wanted.participants.iter().enumerate() {
        if !users.insert(&participant.user_id) {
            let field = format!("participants[{index}].user_id");
            return Err(Problem::invalid(field, "the same user has two seats"));
        }
    }
    if wanted.duration.is_some_and(|seconds| seconds < MIN_DURATION) {
        return Err(Problem::invalid("duration", "a duration is at least 60 seconds"));
    }
    if wanted.recording == RecordingMode::Manual && !wanted.participants.iter().any(|seat| seat.is_admin) {
        return Err(Problem::invalid("recording", "manual recording needs an admin, or nobody could ever start it"));
    }
    if wanted.description.as_ref().is_some_and(|text| text.chars().count() > MAX_DESCRIPTION) {
        return Err(Problem::invalid("description", "a description has at most 500 characters"));
    }
    let Some(end) = &wanted.ends_at else { return Ok(None) };
    let end = from_rfc3339(end).ok_or_else(|| Problem::invalid("ends_at", "not a time as RFC 3339 writes it"))?;
    if end <= now {
        return Err(Problem::invalid("ends_at", "the end is past"));
    }
    Ok(Some(end))
}

async fn check_users(app: &App, company: &Company, wanted: &CreateRoom) -> Result<(), ApiError> {
    let mut has_plus = false;
    for (index, participant) in wanted.participants.iter().enumerate() {
        let user = app.store.user(&company.id, &participant.user_id).await?;
        let Some(user) = user else {
            let field = format!("participants[{index}].user_id");
            return Err(Problem::invalid(field, "no such user").into());
        };
        has_plus |= user.role == Role::Plus;
    }
    if !has_plus {
        return Err(Problem::invalid("participants", "at least one participant must have the role plus").into());
    }
    Ok(())
}

fn new_link(app: &App) -> Result<NewLink, ApiError> {
    let code = keys::new_code()?;
    Ok(NewLink { hash: app.keys.hash_code(code.expose()), sealed: app.keys.seal_code(&code)? })
}

fn told(app: &App, room: &StoredRoom) -> Result<Room, ApiError> {
    Ok(Room {
        room_id: room.room_id.clone(),
        user_urls: room.seats.iter().map(|seat| told_seat(app, seat)).collect::<Result<_, _>>()?,
        call_type: room.call_type,
        recording: room.recording,
        duration: room.duration.map(|duration| u32::try_from(duration.as_secs()).unwrap_or(u32::MAX)),
        live: room.live,
        description: room.description.clone(),
        ends_at: room.ends_at.map(to_rfc3339),
        status: match room.standing {
            Standing::Active => RoomStatus::Active,
            Standing::Disabled => RoomStatus::Disabled,
            Standing::UsedUp | Standing::Deleted => RoomStatus::Ended,
        },
        created_at: to_rfc3339(room.created_at),
    })
}

fn told_seat(app: &App, seat: &StoredSeat) -> Result<UserUrl, ApiError> {
    let code = app.keys.open_code(&seat.sealed)?;
    Ok(UserUrl {
        user_id: seat.user_id.clone(),
        participant_id: seat.participant_id.clone(),
        url: format!("{}/join/{}", app.link_base().as_str().trim_end_matches('/'), code.expose()),
        is_admin: seat.is_admin,
        tools: seat.tools,
    })
}
