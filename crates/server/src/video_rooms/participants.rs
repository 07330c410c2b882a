//! Who is and was in sessions.

use std::collections::HashMap;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use visita_protocol::{CompanyId, ErrorCode, ParticipantId, Problem, RoomId, SessionId};
use visita_room::Occupant;

use super::{
    bodies::{Data, Listing},
    key::Keyed,
    params::{PagingQuery, Params},
    refusal::Refused,
    sessions,
};
use crate::{
    app::App,
    clock::to_rfc3339,
    error::{ApiError, Path},
    media::MediaLine,
    store::{Attendance, AttendanceQuery, Page},
};

/// Participants that are told with their session.
const WITH_SESSION: Page = Page { limit: 1000, offset: 0 };

/// Somebody's time in a session.
#[derive(Serialize, ToSchema)]
pub(super) struct Participant {
    /// The same in all sessions that somebody comes to by the same token or its refresh token.
    id: ParticipantId,
    session_id: SessionId,
    /// What clients say of themselves is not known here.
    context: Option<String>,
    joined_at: String,
    updated_at: String,
    /// None while they are in.
    left_at: Option<String>,
    /// Muted by moderation; their own switch is another thing.
    is_audio_censored: bool,
    /// The same of the camera.
    is_video_censored: bool,
    /// How good their connection is: 5 excellent to 1 bad, 0 lost. None who is not in, and where media is another
    /// server's.
    connection_quality: Option<u8>,
    /// Always `room_participant`.
    record_type: &'static str,
}

/// Lists participants, who came last first.
#[utoipa::path(get, path = "/video-rooms/v2/room_participants", tag = "Participants", security(("bearer" = [])),
    params(PagingQuery,
        ("filter[session_id]" = Option<String>, Query, description = "Only of that session"),
        ("filter[date_joined_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_updated_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_left_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`")),
    responses(
    (status = 200, description = "A page of participants", body = Listing<Participant>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn list(
    State(app): State<App>,
    key: Keyed,
    mut params: Params,
) -> Result<Json<Listing<Participant>>, ApiError> {
    let session = params.parsed("session_id", "an id")?;
    listed(&app, &key.company().id, params, session).await
}

/// Lists participants of a session, who came last first.
#[utoipa::path(get, path = "/video-rooms/v2/room_sessions/{session_id}/participants", tag = "Participants",
    security(("bearer" = [])),
    params(("session_id" = String, Path, description = "The session"), PagingQuery,
        ("filter[date_joined_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_updated_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_left_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`")),
    responses(
    (status = 200, description = "A page of participants", body = Listing<Participant>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such session", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn of_session(
    State(app): State<App>,
    key: Keyed,
    Path(session_id): Path<String>,
    params: Params,
) -> Result<Json<Listing<Participant>>, ApiError> {
    let company = &key.company().id;
    let seen = sessions::find(&app, company, &session_id).await?;
    listed(&app, company, params, Some(seen.session.session_id)).await
}

/// Tells a participant, as they were in the session they came to last.
#[utoipa::path(get, path = "/video-rooms/v2/room_participants/{participant_id}", tag = "Participants",
    security(("bearer" = [])), params(("participant_id" = String, Path, description = "The participant")), responses(
    (status = 200, description = "The participant", body = Data<Participant>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such participant, or they never came", body = Refused)))]
pub(super) async fn get(
    State(app): State<App>,
    key: Keyed,
    Path(participant_id): Path<String>,
) -> Result<Json<Data<Participant>>, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such participant");
    let participant: ParticipantId = participant_id.parse().map_err(|_| missing())?;
    let wanted = AttendanceQuery { participant: Some(participant), ..AttendanceQuery::default() };
    let found = app.store.attendance(&key.company().id, &wanted, Page { limit: 1, offset: 0 }).await?.items;
    Ok(Data::json(told(&app, found).await?.pop().ok_or_else(missing)?))
}

/// Who is and was in a session.
pub(super) async fn all_of(app: &App, company: &CompanyId, session: &SessionId) -> Result<Vec<Participant>, ApiError> {
    let wanted = AttendanceQuery { session: Some(session.clone()), ..AttendanceQuery::default() };
    let found = app.store.attendance(company, &wanted, WITH_SESSION).await?.items;
    told(app, found).await
}

async fn listed(
    app: &App,
    company: &CompanyId,
    mut params: Params,
    session: Option<SessionId>,
) -> Result<Json<Listing<Participant>>, ApiError> {
    let paging = params.paging()?;
    let wanted = AttendanceQuery {
        session,
        participant: None,
        joined: params.between("date_joined_at")?,
        updated: params.between("date_updated_at")?,
        left: params.between("date_left_at")?,
    };
    params.end()?;
    let listed = app.store.attendance(company, &wanted, paging.page()).await?;
    Ok(Listing::json(told(app, listed.items).await?, listed.total, paging))
}

async fn told(app: &App, found: Vec<Attendance>) -> Result<Vec<Participant>, ApiError> {
    // What holds of those who are in, room by room.
    let mut rooms: HashMap<RoomId, (Vec<Occupant>, HashMap<String, MediaLine>)> = HashMap::new();
    for one in found.iter().filter(|one| one.left_at.is_none()) {
        if !rooms.contains_key(&one.room_id) {
            let (there, lines) = (app.rooms.occupants(&one.room_id).await?, app.media.lines(&one.room_id).await);
            rooms.insert(one.room_id.clone(), (there, lines));
        }
    }
    let participant = |one: Attendance| {
        let room = rooms.get(&one.room_id).filter(|_| one.left_at.is_none());
        let here = room.and_then(|(there, _)| there.iter().find(|there| there.participant_id == one.participant_id));
        let muted = here.map(|here| here.muted).unwrap_or_default();
        let line = room.and_then(|(_, lines)| lines.get(one.participant_id.as_str()));
        Participant {
            id: one.participant_id,
            session_id: one.session_id,
            context: None,
            joined_at: to_rfc3339(one.joined_at),
            updated_at: to_rfc3339(one.updated_at),
            left_at: one.left_at.map(to_rfc3339),
            is_audio_censored: muted.microphone,
            is_video_censored: muted.camera,
            connection_quality: line.map(|line| line.quality),
            record_type: "room_participant",
        }
    };
    Ok(found.into_iter().map(participant).collect())
}
