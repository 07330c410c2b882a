//! Client tokens: LiveKit tokens by which somebody comes into a room, and refresh tokens by which they get the next.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visita_protocol::{ErrorCode, Problem, Secret, Tools};
use visita_room::{Admission, Inviter, Refusal};

use super::{bodies::Data, key::Keyed, refusal::Refused, rooms};
use crate::{
    api::new_link,
    app::App,
    clock::to_rfc3339,
    error::{ApiError, Body, Path, internal},
    rooms::{Invitation, RoomError},
    store::{NewSeat, StoredRoom},
    tokens::RefreshToken,
};

/// How long a client token may be good, in seconds, and how long when nothing is said.
const TOKEN_SECONDS: std::ops::RangeInclusive<u32> = 60..=3600;
const DEFAULT_TOKEN_SECONDS: u32 = 600;
/// The same of a refresh token.
const REFRESH_SECONDS: std::ops::RangeInclusive<u32> = 60..=86_400;
const DEFAULT_REFRESH_SECONDS: u32 = 3600;

/// Body of `generate_join_client_token`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WantedToken {
    /// 60 to 3600; 600 when absent.
    token_ttl_secs: Option<u32>,
    /// 60 to 86400; 3600 when absent.
    refresh_token_ttl_secs: Option<u32>,
    /// The person has agreed elsewhere to being recorded; off when absent.
    #[serde(default)]
    recording_consent: bool,
}

/// Body of `refresh_client_token`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WantedRefresh {
    refresh_token: Secret,
    /// 60 to 3600; 600 when absent.
    token_ttl_secs: Option<u32>,
}

/// Answer of `generate_join_client_token`.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    /// A LiveKit token.
    token: Secret,
    token_expires_at: String,
    /// Good for further tokens of this room for the same participant, without the key.
    refresh_token: Secret,
    refresh_token_expires_at: String,
}

/// Answer of `refresh_client_token`.
#[derive(Serialize, ToSchema)]
pub(super) struct Refreshed {
    /// A LiveKit token.
    token: Secret,
    token_expires_at: String,
}

/// Makes a client token for one more participant.
#[utoipa::path(post, path = "/video-rooms/v2/rooms/{room_id}/actions/generate_join_client_token", tag = "Client tokens",
    security(("bearer" = [])), params(("room_id" = String, Path, description = "The room")),
    request_body(content = WantedToken, description = "No body at all is fine too",
        example = json!({ "token_ttl_secs": 600, "refresh_token_ttl_secs": 3600 })),
    responses(
    (status = 201, description = "The tokens", body = Data<Tokens>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 403, description = "The room is switched off, over or not begun", body = Refused),
    (status = 404, description = "No such room", body = Refused),
    (status = 422, description = "A field breaks a rule, or the room is full", body = Refused)))]
pub(super) async fn generate(
    State(app): State<App>,
    key: Keyed,
    Path(room_id): Path<String>,
    body: Body,
) -> Result<Response, ApiError> {
    let wanted: WantedToken = body.json_or_default()?;
    let life = seconds(wanted.token_ttl_secs, "token_ttl_secs", TOKEN_SECONDS, DEFAULT_TOKEN_SECONDS)?;
    let field = "refresh_token_ttl_secs";
    let refresh_life = seconds(wanted.refresh_token_ttl_secs, field, REFRESH_SECONDS, DEFAULT_REFRESH_SECONDS)?;
    let room = rooms::find(&app, key.company(), &room_id).await?;
    let id = uuid::Uuid::now_v7().to_string();
    let now = app.clock.now();
    let seat = NewSeat {
        participant_id: id.parse().map_err(internal)?,
        user_id: id.parse().map_err(internal)?,
        display_name: None,
        is_admin: false,
        is_speaker: true,
        tools: Tools::ALL,
        role: None,
        language: None,
        recording_consent: wanted.recording_consent.then_some(now),
        admission: Admission::Token,
        link: new_link(&app)?,
    };
    let refresh_until = now + refresh_life;
    let refresh_token = RefreshToken {
        room: room.room_id.clone(),
        participant: seat.participant_id.clone(),
        until: refresh_until.unix_ms(),
    };
    let token = sign(&app, &room, seat, Inviter::Key { egress: false }, life).await?;
    Ok(answer(Tokens {
        token,
        token_expires_at: to_rfc3339(now + life),
        refresh_token: refresh_token.sign(&app.keys).map_err(internal)?,
        refresh_token_expires_at: to_rfc3339(refresh_until),
    }))
}

/// Makes another client token for the participant of a refresh token, which is all that is needed.
#[utoipa::path(post, path = "/video-rooms/v2/rooms/{room_id}/actions/refresh_client_token", tag = "Client tokens",
    security(()), params(("room_id" = String, Path, description = "The room")),
    request_body(content = WantedRefresh, example = json!({ "refresh_token": "REFRESH_TOKEN", "token_ttl_secs": 600 })),
    responses(
    (status = 201, description = "The token", body = Data<Refreshed>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "The refresh token is none of this room's, or its time is over", body = Refused),
    (status = 403, description = "The room is switched off or over, or the participant was kicked", body = Refused),
    (status = 422, description = "A field breaks a rule, or the room is full", body = Refused),
    (status = 429, description = "Too many from this address", body = Refused)))]
pub(super) async fn refresh(
    State(app): State<App>,
    Path(room_id): Path<String>,
    body: Body,
) -> Result<Response, ApiError> {
    let wanted: WantedRefresh = body.json()?;
    let life = seconds(wanted.token_ttl_secs, "token_ttl_secs", TOKEN_SECONDS, DEFAULT_TOKEN_SECONDS)?;
    let refused = || Problem::new(ErrorCode::Unauthorized, "no refresh token of this room, or its time is over");
    let now = app.clock.now();
    let token = RefreshToken::read(&wanted.refresh_token, &app.keys, now).ok_or_else(refused)?;
    if token.room.as_str() != room_id {
        return Err(refused().into());
    }
    // A room that is deleted has no tokens.
    let room = app.store.room(&token.room).await?.ok_or_else(refused)?;
    let seat = room.seats.iter().find(|seat| seat.participant_id == token.participant).ok_or_else(refused)?;
    let seat = NewSeat {
        participant_id: seat.participant_id.clone(),
        user_id: seat.user_id.clone(),
        display_name: seat.display_name.clone(),
        is_admin: seat.is_admin,
        is_speaker: seat.is_speaker,
        tools: seat.tools,
        role: None,
        language: None,
        recording_consent: seat.recording_consent,
        admission: seat.admission,
        link: new_link(&app)?,
    };
    let token = sign(&app, &room, seat, Inviter::Holder, life).await?;
    Ok(answer(Refreshed { token, token_expires_at: to_rfc3339(now + life) }))
}

async fn sign(
    app: &App,
    room: &StoredRoom,
    seat: NewSeat,
    by: Inviter,
    token_life: Duration,
) -> Result<Secret, ApiError> {
    let id = seat.participant_id.clone();
    let rights = app.rooms.invite(&room.room_id, Invitation { seat, by, token_life }).await;
    let rights = rights.map_err(|error| match error {
        // Whoever waits to be let in comes by a link.
        RoomError::Refused(Refusal::StillWaiting) => RoomError::Refused(Refusal::LinkNeeded),
        error => error,
    })?;
    tracing::info!(room = %room.room_id, seat = %id, "token made");
    app.signer.sign_for(&room.room_id, &id, "", &rights, token_life).map_err(internal)
}

fn seconds(
    asked: Option<u32>,
    field: &str,
    allowed: std::ops::RangeInclusive<u32>,
    default: u32,
) -> Result<Duration, Problem> {
    let seconds = asked.unwrap_or(default);
    if !allowed.contains(&seconds) {
        return Err(Problem::invalid(field, format!("{} to {} seconds", allowed.start(), allowed.end())));
    }
    Ok(Duration::from_secs(seconds.into()))
}

fn answer<T: Serialize>(data: T) -> Response {
    let mut response = (StatusCode::CREATED, Json(Data { data })).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
