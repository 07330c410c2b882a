//! A room's participants: its seats, and what goes on there.

use std::collections::HashMap;

use axum::{Json, extract::State, http::StatusCode};
use visita_protocol::{
    ErrorBody, ErrorCode, ParticipantId, Problem, Tools,
    rest::{AddParticipant, Participant, ParticipantList, Role, UserUrl},
};
use visita_room::{AdminAction, Admission, Input, Occupant, Refusal};

use super::{
    caller::Caller,
    id,
    paging::{Paging, PagingQuery},
    rooms::{self, check_objects, check_speaker, find, find_managed, new_link, told_seat},
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path},
    ids,
    media::MediaLine,
    names::check_name,
    rooms::{MAX_SEATS, RoomError},
    store::{Kind, NewSeat, StoreError, StoredRoom, StoredSeat},
};

/// Lists a room's participants and what goes on at their seats.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/participants", tag = "Participants",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"), PagingQuery), responses(
    (status = 200, description = "A page of participants", body = ParticipantList),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    Paging(page): Paging,
) -> Result<Json<ParticipantList>, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    let occupants = app.rooms.occupants(&room.room_id).await?;
    let offset = usize::try_from(page.offset).unwrap_or(usize::MAX);
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let seen: Vec<_> = room.seats.iter().filter(|seat| seat.admission != Admission::Hidden).collect();
    let seats = seen.iter().skip(offset).take(limit);
    let lines = app.media.lines(&room.room_id).await;
    let participants = seats.map(|seat| told(&app, &room, seat, &occupants, &lines)).collect::<Result<_, _>>()?;
    Ok(Json(ParticipantList { participants, total: seen.len() as u64 }))
}

/// Tells a participant and what goes on at their seat.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/participants/{participant_id}", tag = "Participants",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("participant_id" = String, Path, description = "The seat")), responses(
    (status = 200, description = "The participant", body = Participant),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such room or seat", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, participant_id)): Path<(String, String)>,
) -> Result<Json<Participant>, ApiError> {
    let room = find(&app, &caller, Path(room_id)).await?;
    let seat = find_seat(&room, Path(participant_id))?;
    if !caller.manages(&room) && caller.user().is_none_or(|user| user.user_id != seat.user_id) {
        return Err(missing().into());
    }
    let occupants = app.rooms.occupants(&room.room_id).await?;
    let lines = app.media.lines(&room.room_id).await;
    Ok(Json(told(&app, &room, seat, &occupants, &lines)?))
}

/// Adds a seat with its link to an open room.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/participants", tag = "Participants",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")),
    request_body(content = AddParticipant, description = "No body at all is fine too",
        example = json!({ "user_id": "visitor-7", "tools": { "chat": true } })),
    responses(
    (status = 201, description = "The seat with its link", body = UserUrl),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "The room is over or switched off, or the caller did not make it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody),
    (status = 409, description = "The room has seats for its users only, that user has a seat, or it is too shortly before the start (`room_frozen`)", body = ErrorBody)))]
pub(super) async fn add(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<UserUrl>), ApiError> {
    let AddParticipant { user_id, display_name, is_admin, tools, is_speaker, recording_consent } =
        body.json_or_default()?;
    check_objects(&body.json_or_default()?)?;
    let room = find_managed(&app, &caller, path).await?;
    let display_name = display_name.map(|name| check_name(&name, "display_name")).transpose()?;
    let webinar = room.options.webinar;
    check_speaker(is_speaker, webinar, "is_speaker")?;
    if room.options.kind == Kind::Seated {
        let words = "the seats of this room were given when it was made; only open rooms take more";
        return Err(Problem::new(ErrorCode::Conflict, words).into());
    }
    if room.seats.len() >= MAX_SEATS {
        return Err(Problem::new(ErrorCode::RoomFull, "the room has as many seats as there may be").into());
    }
    let user_id = user_id.unwrap_or_else(ids::new);
    let user = app.store.user(&room.company.id, &user_id).await?;
    let role = user.map_or(Role::Basic, |user| user.role);
    let seat = NewSeat {
        participant_id: ids::new(),
        user_id,
        display_name,
        is_admin,
        is_speaker: is_speaker.unwrap_or(!webinar || is_admin),
        tools: tools.unwrap_or(Tools::ALL),
        role: None,
        language: None,
        recording_consent: recording_consent.then(|| app.clock.now()),
        admission: Admission::Link,
        link: new_link(&app)?,
    };
    let stored = seat.clone().into_stored(role);
    match app.rooms.add_seat(&room.room_id, room.company.id.clone(), seat, role == Role::Plus).await {
        Ok(()) => {}
        Err(RoomError::Store(StoreError::Exists)) => {
            let problem = Problem::new(ErrorCode::Conflict, "this user has a seat already");
            return Err(Problem { field: Some("user_id".into()), ..problem }.into());
        }
        Err(error) => return Err(error.into()),
    }
    Ok((StatusCode::CREATED, Json(told_seat(&app, &room, &stored)?)))
}

/// Gives a seat a new link and takes the old one back; who came by the old one is put out.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/participants/{participant_id}/link", tag = "Participants",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("participant_id" = String, Path, description = "The seat")), responses(
    (status = 200, description = "The seat with its new link", body = UserUrl),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room or seat", body = ErrorBody)))]
pub(super) async fn renew_link(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, participant_id)): Path<(String, String)>,
) -> Result<Json<UserUrl>, ApiError> {
    let room = rooms::find_managed(&app, &caller, Path(room_id)).await?;
    let participant_id = find_seat(&room, Path(participant_id))?.participant_id.clone();
    app.rooms.renew_link(&room.room_id, participant_id.clone(), new_link(&app)?).await?;
    tracing::info!(room = %room.room_id, seat = %participant_id, "link renewed");
    app.audit.write(Entry::by(&caller, "link_renewed").room(&room.room_id).participant(&participant_id)).await?;
    let room = app.store.room(&room.room_id).await?.ok_or(RoomError::NoSuchRoom)?;
    let seat = room.seats.iter().find(|seat| seat.participant_id == participant_id).ok_or_else(missing)?;
    Ok(Json(told_seat(&app, &room, seat)?))
}

/// Puts somebody out, or sends away who waits; until the session ends they do not come in again unless they are let in.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/participants/{participant_id}/remove", tag = "Participants",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("participant_id" = String, Path, description = "The seat")), responses(
    (status = 204, description = "They are out"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room or seat, or nobody is in from there", body = ErrorBody)))]
pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, participant_id)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let room = rooms::find_managed(&app, &caller, Path(room_id)).await?;
    let participant_id = find_seat(&room, Path(participant_id))?.participant_id.clone();
    let gone = || Problem::new(ErrorCode::NotFound, "nobody is in from that seat");
    let running = app.rooms.running(&room.room_id).await;
    match app.rooms.handle(&room.room_id, Input::Remove { participant_id: participant_id.clone() }).await {
        Err(RoomError::Refused(Refusal::NotThere)) => return Err(gone().into()),
        done => done?,
    }
    let entry = Entry::by(&caller, AdminAction::Removed.name()).room(&room.room_id).participant(&participant_id);
    let entry = match &running {
        Some(running) => entry.session(&running.session_id),
        // Somebody waited, and nobody was in.
        None => entry,
    };
    app.audit.write(entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn find_seat(room: &StoredRoom, path: Path<String>) -> Result<&StoredSeat, Problem> {
    let participant_id: ParticipantId = id(path, missing())?;
    room.seats.iter().find(|seat| seat.participant_id == participant_id).ok_or_else(missing)
}

fn missing() -> Problem {
    Problem::new(ErrorCode::NotFound, "no such participant")
}

fn told(
    app: &App,
    room: &StoredRoom,
    seat: &StoredSeat,
    occupants: &[Occupant],
    lines: &HashMap<String, MediaLine>,
) -> Result<Participant, ApiError> {
    let line = lines.get(seat.participant_id.as_str());
    let occupant = occupants.iter().find(|occupant| occupant.participant_id == seat.participant_id);
    let mut seat = told_seat(app, room, seat)?;
    let shown_name = occupant.and_then(|occupant| occupant.display_name.clone());
    seat.display_name = shown_name.or(seat.display_name);
    Ok(Participant {
        seat,
        connected: occupant.is_some_and(|occupant| occupant.connected),
        waits: occupant.is_some_and(|occupant| occupant.waits),
        media: occupant.map(|occupant| occupant.media).unwrap_or_default(),
        quality: line.map(|line| line.quality),
        round_trip_ms: line.and_then(|line| u32::try_from(line.round_trip?.as_millis()).ok()),
        loss_percent: line.and_then(|line| Some((line.loss? * 1000.0).round() / 10.0)),
        since: line.map(|line| to_rfc3339(line.since)),
    })
}
