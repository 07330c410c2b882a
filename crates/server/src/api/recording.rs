//! Starting and stopping a manual recording.

use axum::{extract::State, http::StatusCode};
use visita_protocol::{ErrorBody, rest::StartRecording};
use visita_room::{Input, Refusal, Standing};

use super::{caller::Caller, rooms::find_managed};
use crate::{
    app::App,
    audit::Entry,
    error::{ApiError, Body, Path},
};

/// Starts the recording of a room whose recording is `manual`. One that runs goes on, in another layout if one is asked for.
/// That it began is told by the webhook `on_recording_started`.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/recording/start", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")),
    request_body(content = StartRecording, description = "No body at all is fine too",
        example = json!({ "layout": "grid_and_chat" })),
    responses(
    (status = 202, description = "It starts, or runs already"),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "The room is over or switched off, or the caller did not make it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody),
    (status = 409, description = "Nobody is in the room (`room_empty`), or its recording is not manual", body = ErrorBody),
    (status = 503, description = "This server does not record, or records as much as it can (`recording_unavailable`)", body = ErrorBody)))]
pub(super) async fn start(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let StartRecording { layout } = body.json_or_default()?;
    hand(&app, &caller, path, Input::StartRecording { layout }).await
}

/// Stops the recording of a room whose recording is `manual`. Where none runs nothing happens.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/recording/stop", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 202, description = "It stops; that it can be fetched is told by the webhook `on_recording_available`"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "The room is over or switched off, or the caller did not make it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody),
    (status = 409, description = "Nobody is in the room (`room_empty`), or its recording is not manual", body = ErrorBody)))]
pub(super) async fn stop(State(app): State<App>, caller: Caller, path: Path<String>) -> Result<StatusCode, ApiError> {
    hand(&app, &caller, path, Input::StopRecording).await
}

/// Hands it to the room; answers whether anything could be done, not whether something had to be.
async fn hand(app: &App, caller: &Caller, path: Path<String>, input: Input) -> Result<StatusCode, ApiError> {
    let room = find_managed(app, caller, path).await?;
    match room.standing {
        Standing::Active => {}
        Standing::Disabled => return Err(Refusal::RoomDisabled.problem().into()),
        Standing::UsedUp | Standing::Deleted => return Err(Refusal::RoomEnded.problem().into()),
    }
    let action = if matches!(input, Input::StopRecording) { "recording_stopped" } else { "recording_started" };
    app.rooms.handle(&room.room_id, input).await?;
    app.audit.write(Entry::by(caller, action).room(&room.room_id)).await?;
    Ok(StatusCode::ACCEPTED)
}
