//! The helpers by which a browser finds a room and gets its media token. With the key they work for every room of the
//! company; without it the room's own setting decides.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use visita_protocol::{ErrorCode, ParticipantId, Problem, RoomId, Secret, Tools};
use visita_room::{Admission, Inviter, Refusal};

use super::{
    asker::Asker,
    bodies::{Find, Found, StageRole, Token, WantedToken},
    control,
    refusal::Refused,
};
use crate::{
    api::{Caller, new_link},
    app::App,
    audit::Entry,
    error::{ApiError, Body, internal},
    join,
    names::check_name,
    rooms::{Invitation, RoomError, check_lets_in},
    store::{Kind, NewSeat, StoredLink, StoredRoom},
    tokens::{EgressToken, TOKEN_LIFE},
};

/// Finds the media room of a room that lets people in.
#[utoipa::path(post, path = "/api/conferences-public/findLKRoomNameById", tag = "Joining",
    security(("x-access-token" = []), ()),
    request_body(content = Find, example = json!({ "id": "69f013c1aa11bb22cc33dd44" })),
    responses(
    (status = 200, description = "Its name, and what the room is", body = Found),
    (status = 400, description = "A field is not valid", body = Refused),
    (status = 401, description = "A wrong key; or none, and the room is not open to everybody, or there is none",
        body = Refused),
    (status = 403, description = "The room is switched off or over", body = Refused),
    (status = 404, description = "With a key: no such room", body = Refused)))]
pub(super) async fn find_lk_room_name_by_id(
    State(app): State<App>,
    asker: Asker,
    body: Body,
) -> Result<Json<Found>, ApiError> {
    let Find { id, link } = body.json()?;
    let (room, _) = find(&app, &asker, &id, link).await?;
    check_lets_in(&room, app.clock.now())?;
    Ok(Json(Found::of(&room)))
}

/// Makes a media token for one participant of one room.
#[utoipa::path(post, path = "/api/conferences-public/createToken", tag = "Joining",
    security(("x-access-token" = []), ()),
    request_body(content = WantedToken, example = json!({
        "room_id": "69f013c1aa11bb22cc33dd44", "LKRoomName": "69f013c1aa11bb22cc33dd44",
        "participant_name": "Jane Speaker", "participant_id": "participant-123", "hidden": false })),
    responses(
    (status = 200, description = "The token", body = Token),
    (status = 400, description = "A field is not valid, or `LKRoomName` is not this room's", body = Refused),
    (status = 401, description = "A wrong key; or none, and the room is not open to everybody, or there is none",
        body = Refused),
    (status = 403, description = "The room is switched off, over or not begun, or this needs the key or an egress token",
        body = Refused),
    (status = 404, description = "With a key: no such room", body = Refused),
    (status = 409, description = "The room is full, or somebody else has this `participant_id`", body = Refused)))]
pub(super) async fn create_token(State(app): State<App>, asker: Asker, body: Body) -> Result<Response, ApiError> {
    let wanted: WantedToken = body.json()?;
    let refused = |refusal: Refusal| ApiError::from(RoomError::from(refusal));
    let is_keyed = asker.0.is_some();
    // Before anything is said of the room.
    if !is_keyed && (wanted.hidden || wanted.recording_consent || wanted.role == Some(StageRole::Speaker)) {
        return Err(refused(Refusal::KeyNeeded));
    }
    let name = wanted.participant_name.as_deref().filter(|name| !name.trim().is_empty());
    let name = name.map(|name| check_name(name, "participant_name")).transpose()?;
    let (room, link) = find(&app, &asker, &wanted.room_id, wanted.link).await?;
    if wanted.lk_room_name != room.room_id.as_str() {
        return Err(Problem::invalid("LKRoomName", "not the name of this room").into());
    }
    if let Some(link) = link {
        return by_link(&app, &room, &link, name).await;
    }
    let missing = || Problem::invalid("participant_id", "missing field `participant_id`");
    let participant_id = wanted.participant_id.ok_or_else(missing)?;
    let egress = match wanted.egress_mode_token.filter(|_| wanted.hidden) {
        Some(token) if !EgressToken::is_good(&token, &room.room_id, &app.keys, app.clock.now()) => {
            return Err(refused(Refusal::EgressTokenNeeded));
        }
        token => token.is_some(),
    };
    let seat = NewSeat {
        participant_id: participant_id.clone(),
        user_id: participant_id.as_str().parse().map_err(internal)?,
        display_name: name.clone(),
        is_admin: false,
        is_speaker: is_keyed && wanted.role != Some(StageRole::Guest),
        tools: Tools::ALL,
        role: None,
        language: None,
        recording_consent: wanted.recording_consent.then(|| app.clock.now()),
        admission: match (wanted.hidden, is_keyed) {
            (true, _) => Admission::Hidden,
            (false, true) => Admission::Token,
            (false, false) => Admission::Public,
        },
        link: new_link(&app)?,
    };
    let by = match is_keyed {
        true => Inviter::Key { egress },
        false => Inviter::Anybody { named: name.is_some() },
    };
    let invitation = Invitation { seat, by, token_life: TOKEN_LIFE };
    let (is_hidden, shown) = (invitation.is_hidden(), name.unwrap_or_else(|| participant_id.to_string()));
    let rights = app.rooms.invite(&room.room_id, invitation).await?;
    let token = match is_hidden {
        true => {
            log_hidden(&app, asker.0.as_ref(), &room, &participant_id).await?;
            app.signer.sign_hidden(&room.room_id, &participant_id, &shown)
        }
        false => app.signer.sign(&room.room_id, &participant_id, &shown, &rights),
    };
    tracing::info!(room = %room.room_id, seat = %participant_id, hidden = is_hidden, "token made");
    Ok(answer(room.room_id, token.map_err(internal)?))
}

/// The token of a seat whose link was shown, as the link itself would give it.
async fn by_link(app: &App, room: &StoredRoom, link: &StoredLink, name: Option<String>) -> Result<Response, ApiError> {
    let seat = room.seats.iter().find(|seat| seat.participant_id == link.participant_id);
    let seat = seat.ok_or(RoomError::Refused(Refusal::NoSuchSeat))?;
    let entered = app.rooms.enter(&room.room_id, link.participant_id.clone(), link.serial, false).await?;
    let rights = entered.rights.ok_or(RoomError::Refused(Refusal::StillWaiting))?;
    let shown = name.or_else(|| seat.display_name.clone()).unwrap_or_else(|| seat.user_id.to_string());
    let token = app.signer.sign(&room.room_id, &seat.participant_id, &shown, &rights).map_err(internal)?;
    tracing::info!(room = %room.room_id, seat = %seat.participant_id, "token made by link");
    Ok(answer(room.room_id.clone(), token))
}

/// The room that is asked for, with the link that was shown. Without a key an unknown room and one that is not open to
/// everybody are the same.
async fn find(
    app: &App,
    asker: &Asker,
    id: &str,
    link: Option<Secret>,
) -> Result<(StoredRoom, Option<StoredLink>), ApiError> {
    if let Some(caller) = &asker.0 {
        return Ok((control::find(app, caller.company(), id).await?, None));
    }
    let refused = || ApiError::from(RoomError::from(Refusal::LinkNeeded));
    let Some(link) = link.filter(|link| !link.expose().is_empty()) else {
        let room_id: RoomId = id.parse().map_err(|_| refused())?;
        let room = app.store.room(&room_id).await?;
        let open = |room: &StoredRoom| {
            room.options.kind != Kind::Seated && room.options.entrance != visita_protocol::Entrance::Link
        };
        return Ok((room.filter(open).ok_or_else(refused)?, None));
    };
    // The link, or only its code.
    let code = link.expose().rsplit('/').next().unwrap_or_default();
    let unknown = || ApiError::from(Problem::new(ErrorCode::Unauthorized, "there is no such link on this server"));
    let (link, room) = match join::find(app, code).await {
        Ok(found) => found,
        Err(error) if error.problem.code == ErrorCode::LinkUnknown => return Err(unknown()),
        Err(error) => return Err(error),
    };
    if room.room_id.as_str() != id || room.options.kind == Kind::Seated {
        return Err(unknown());
    }
    Ok((room, Some(link)))
}

async fn log_hidden(
    app: &App,
    caller: Option<&Caller>,
    room: &StoredRoom,
    participant: &ParticipantId,
) -> Result<(), ApiError> {
    // Nobody comes hidden without the key.
    let Some(caller) = caller else { return Ok(()) };
    let entry = Entry::by(caller, "hidden_participant_admitted").room(&room.room_id).participant(participant);
    Ok(app.audit.write(entry).await?)
}

fn answer(lk_room_name: RoomId, participant_token: Secret) -> Response {
    let mut response = Json(Token { participant_token, lk_room_name, success: true }).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
