//! Sessions, and what is done to those who are in.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visita_protocol::{CompanyId, ErrorCode, ParticipantId, Problem, RoomId, SessionId};
use visita_room::{Deed, Refusal, Whom};

use super::{
    bodies::{Data, Done, Listing},
    key::Keyed,
    params::{PagingQuery, Params},
    participants::{self, Participant},
    refusal::Refused,
    rooms,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path},
    rooms::RoomError,
    store::{Page, SeenSession, SessionQuery},
};

/// Sessions that are told with their room.
const WITH_ROOM: Page = Page { limit: 250, offset: 0 };

/// A session.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    id: SessionId,
    room_id: RoomId,
    /// It runs.
    active: bool,
    /// With `include_participants`.
    #[serde(skip_serializing_if = "Option::is_none")]
    participants: Option<Vec<Participant>>,
    created_at: String,
    updated_at: String,
    ended_at: Option<String>,
    /// Always `room_session`.
    record_type: &'static str,
}

/// Body of `kick`, `mute` and `unmute`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Moderation {
    participants: Meant,
    /// But these.
    #[serde(default)]
    exclude: Vec<ParticipantId>,
}

/// `"all"`, or ids of participants who are in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Meant {
    All(All),
    These(Vec<ParticipantId>),
}

/// Everybody who is in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum All {
    All,
}

/// Lists sessions, the latest first.
#[utoipa::path(get, path = "/video-rooms/v2/room_sessions", tag = "Sessions", security(("bearer" = [])),
    params(PagingQuery,
        ("include_participants" = Option<bool>, Query, description = "With who was in"),
        ("filter[room_id]" = Option<String>, Query, description = "Only of that room"),
        ("filter[active]" = Option<bool>, Query, description = "Only those that run, or do not"),
        ("filter[date_created_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_updated_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_ended_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`")),
    responses(
    (status = 200, description = "A page of sessions", body = Listing<Session>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn list(
    State(app): State<App>,
    key: Keyed,
    mut params: Params,
) -> Result<Json<Listing<Session>>, ApiError> {
    let room = params.parsed("room_id", "an id")?;
    listed(&app, &key, params, room).await
}

/// Lists sessions of a room, the latest first.
#[utoipa::path(get, path = "/video-rooms/v2/rooms/{room_id}/sessions", tag = "Sessions", security(("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"), PagingQuery,
        ("include_participants" = Option<bool>, Query, description = "With who was in"),
        ("filter[active]" = Option<bool>, Query, description = "Only those that run, or do not")),
    responses(
    (status = 200, description = "A page of sessions", body = Listing<Session>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn of_room(
    State(app): State<App>,
    key: Keyed,
    Path(room_id): Path<String>,
    params: Params,
) -> Result<Json<Listing<Session>>, ApiError> {
    let room = rooms::find(&app, key.company(), &room_id).await?;
    listed(&app, &key, params, Some(room.room_id)).await
}

/// Tells a session.
#[utoipa::path(get, path = "/video-rooms/v2/room_sessions/{session_id}", tag = "Sessions", security(("bearer" = [])),
    params(("session_id" = String, Path, description = "The session"),
           ("include_participants" = Option<bool>, Query, description = "With who was in")),
    responses(
    (status = 200, description = "The session", body = Data<Session>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such session", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn get(
    State(app): State<App>,
    key: Keyed,
    Path(session_id): Path<String>,
    mut params: Params,
) -> Result<Json<Data<Session>>, ApiError> {
    let with_participants = params.flag("include_participants")?;
    params.end()?;
    let seen = find(&app, &key.company().id, &session_id).await?;
    Ok(Data::json(told(&app, &key.company().id, seen, with_participants).await?))
}

/// Ends a session for everybody. Tokens from before open the room no more.
#[utoipa::path(post, path = "/video-rooms/v2/room_sessions/{session_id}/actions/end", tag = "Sessions",
    security(("bearer" = [])), params(("session_id" = String, Path, description = "The session")), responses(
    (status = 200, description = "It is over", body = Data<Done>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such session", body = Refused),
    (status = 422, description = "It was over already", body = Refused)))]
pub(super) async fn end(
    State(app): State<App>,
    key: Keyed,
    Path(session_id): Path<String>,
) -> Result<Json<Data<Done>>, ApiError> {
    moderate(&app, &key, &session_id, Deed::End, Whom::All { but: Vec::new() }).await
}

/// Puts participants out; their tokens and refresh tokens are good for nothing until the session ends.
#[utoipa::path(post, path = "/video-rooms/v2/room_sessions/{session_id}/actions/kick", tag = "Sessions",
    security(("bearer" = [])), params(("session_id" = String, Path, description = "The session")),
    request_body(content = Moderation, example = json!({ "participants": "all", "exclude": [] })), responses(
    (status = 200, description = "They are out", body = Data<Done>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such session", body = Refused),
    (status = 422, description = "A field breaks a rule, or the session is over; nothing happened", body = Refused)))]
pub(super) async fn kick(
    State(app): State<App>,
    key: Keyed,
    Path(session_id): Path<String>,
    body: Body,
) -> Result<Json<Data<Done>>, ApiError> {
    moderate(&app, &key, &session_id, Deed::Kick, whom(&body)?).await
}

/// Censors the sound of participants: nothing of it is heard until they are unmuted, whatever their own switch says.
#[utoipa::path(post, path = "/video-rooms/v2/room_sessions/{session_id}/actions/mute", tag = "Sessions",
    security(("bearer" = [])), params(("session_id" = String, Path, description = "The session")),
    request_body(content = Moderation, example = json!({ "participants": "all", "exclude": [] })), responses(
    (status = 200, description = "They are muted", body = Data<Done>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such session", body = Refused),
    (status = 422, description = "A field breaks a rule, or the session is over; nothing happened", body = Refused)))]
pub(super) async fn mute(
    State(app): State<App>,
    key: Keyed,
    Path(session_id): Path<String>,
    body: Body,
) -> Result<Json<Data<Done>>, ApiError> {
    moderate(&app, &key, &session_id, Deed::Mute, whom(&body)?).await
}

/// Gives participants their sound back; their own switch stays as it is.
#[utoipa::path(post, path = "/video-rooms/v2/room_sessions/{session_id}/actions/unmute", tag = "Sessions",
    security(("bearer" = [])), params(("session_id" = String, Path, description = "The session")),
    request_body(content = Moderation, example = json!({ "participants": "all", "exclude": [] })), responses(
    (status = 200, description = "They may be heard", body = Data<Done>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such session", body = Refused),
    (status = 422, description = "A field breaks a rule, or the session is over; nothing happened", body = Refused)))]
pub(super) async fn unmute(
    State(app): State<App>,
    key: Keyed,
    Path(session_id): Path<String>,
    body: Body,
) -> Result<Json<Data<Done>>, ApiError> {
    moderate(&app, &key, &session_id, Deed::Unmute, whom(&body)?).await
}

/// A company's session; every other is as unknown as none.
pub(super) async fn find(app: &App, company: &CompanyId, id: &str) -> Result<SeenSession, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such session");
    let session: SessionId = id.parse().map_err(|_| missing())?;
    let wanted = SessionQuery { session: Some(session), ..SessionQuery::default() };
    let found = app.store.sessions_that(company, &wanted, Page { limit: 1, offset: 0 }).await?.items.pop();
    Ok(found.ok_or_else(missing)?)
}

/// The latest sessions of a room.
pub(super) async fn all_of(app: &App, company: &CompanyId, room: &RoomId) -> Result<Vec<Session>, ApiError> {
    let wanted = SessionQuery { rooms: vec![room.clone()], ..SessionQuery::default() };
    let mut all = Vec::new();
    for seen in app.store.sessions_that(company, &wanted, WITH_ROOM).await?.items {
        all.push(told(app, company, seen, false).await?);
    }
    Ok(all)
}

fn whom(body: &Body) -> Result<Whom, Problem> {
    let Moderation { participants, exclude: but } = body.json()?;
    Ok(match participants {
        Meant::All(All::All) => Whom::All { but },
        Meant::These(participants) => Whom::These { participants, but },
    })
}

async fn moderate(
    app: &App,
    key: &Keyed,
    session_id: &str,
    deed: Deed,
    whom: Whom,
) -> Result<Json<Data<Done>>, ApiError> {
    let session = find(app, &key.company().id, session_id).await?.session;
    match app.rooms.moderate(&session.room_id, session.session_id.clone(), deed, whom).await {
        Err(RoomError::Refused(Refusal::NotThere)) => {
            return Err(Problem::invalid("participants", "not all of these are in the session").into());
        }
        done => done?,
    }
    let action = match deed {
        Deed::End => "session_ended",
        Deed::Kick => "participants_removed",
        Deed::Mute => "participants_muted",
        Deed::Unmute => "participants_unmuted",
    };
    let entry = Entry::by(&key.0, action).room(&session.room_id).session(&session.session_id);
    app.audit.write(entry).await?;
    Ok(Done::json())
}

async fn listed(
    app: &App,
    key: &Keyed,
    mut params: Params,
    room: Option<RoomId>,
) -> Result<Json<Listing<Session>>, ApiError> {
    let paging = params.paging()?;
    let with_participants = params.flag("include_participants")?;
    let wanted = SessionQuery {
        session: None,
        rooms: room.into_iter().collect(),
        active: params.parsed("active", "true or false")?,
        started: params.between("date_created_at")?,
        updated: params.between("date_updated_at")?,
        ended: params.between("date_ended_at")?,
    };
    params.end()?;
    let company = &key.company().id;
    let listed = app.store.sessions_that(company, &wanted, paging.page()).await?;
    let mut sessions = Vec::with_capacity(listed.items.len());
    for seen in listed.items {
        sessions.push(told(app, company, seen, with_participants).await?);
    }
    Ok(Listing::json(sessions, listed.total, paging))
}

async fn told(app: &App, company: &CompanyId, seen: SeenSession, with_participants: bool) -> Result<Session, ApiError> {
    let SeenSession { session, updated_at } = seen;
    let participants = match with_participants {
        true => Some(participants::all_of(app, company, &session.session_id).await?),
        false => None,
    };
    Ok(Session {
        id: session.session_id,
        room_id: session.room_id,
        active: session.ended_at.is_none(),
        participants,
        created_at: to_rfc3339(session.started_at),
        updated_at: to_rfc3339(updated_at),
        ended_at: session.ended_at.map(to_rfc3339),
        record_type: "room_session",
    })
}
