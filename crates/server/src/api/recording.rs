//! Starting and stopping a manual recording.

use axum::extract::State;
use visita_protocol::{ErrorBody, ErrorCode, Problem, RecordingMode};
use visita_room::{Refusal, Standing};

use super::{caller::Caller, rooms::find_managed};
use crate::{
    app::App,
    error::{ApiError, Path},
};

/// Starts the recording of a room whose recording is `manual`. Until this server records, the answer is
/// `recording_unavailable`, after everything else was found right.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/recording/start", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "The room is over or switched off, or the caller did not make it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody),
    (status = 409, description = "Nobody is in the room (`room_empty`), or its recording is not manual", body = ErrorBody),
    (status = 503, description = "This server does not record", body = ErrorBody)))]
pub(super) async fn start(State(app): State<App>, caller: Caller, path: Path<String>) -> Result<(), ApiError> {
    check(&app, &caller, path).await
}

/// Stops the recording of a room whose recording is `manual`.
#[utoipa::path(post, path = "/v2/rooms/{room_id}/recording/stop", tag = "Recording",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "The room is over or switched off, or the caller did not make it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody),
    (status = 409, description = "Nobody is in the room (`room_empty`), or its recording is not manual", body = ErrorBody),
    (status = 503, description = "This server does not record", body = ErrorBody)))]
pub(super) async fn stop(State(app): State<App>, caller: Caller, path: Path<String>) -> Result<(), ApiError> {
    check(&app, &caller, path).await
}

async fn check(app: &App, caller: &Caller, path: Path<String>) -> Result<(), ApiError> {
    let room = find_managed(app, caller, path).await?;
    match room.standing {
        Standing::Active => {}
        Standing::Disabled => return Err(Refusal::RoomDisabled.problem().into()),
        Standing::UsedUp | Standing::Deleted => return Err(Refusal::RoomEnded.problem().into()),
    }
    if room.options.recording != RecordingMode::Manual {
        return Err(Problem::new(ErrorCode::Conflict, "the recording of this room is not manual").into());
    }
    let occupants = app.rooms.occupants(&room.room_id).await?;
    if !occupants.iter().any(|occupant| occupant.connected) {
        return Err(Problem::new(ErrorCode::RoomEmpty, "nobody is in the room").into());
    }
    Err(Refusal::RecordingUnavailable.problem().into())
}
