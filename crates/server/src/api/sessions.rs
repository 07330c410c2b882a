//! Sessions of a room and who was connected to them.

use axum::{Json, extract::State};
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, SessionId,
    channel::Consent,
    rest::{Connection, PastSession, PastSessionList, RecordingConsent, Session, SessionDetails, SessionList},
};
use visita_room::Timestamp;

use super::{
    caller::Caller,
    id,
    paging::{Paging, PagingQuery},
    rooms::find_managed,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Path},
    store::{Listed, StoredConnection, StoredPastSession, StoredSession},
};

/// Lists the sessions of a room, oldest first.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/sessions", tag = "Sessions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"), PagingQuery), responses(
    (status = 200, description = "A page of sessions", body = SessionList, example = json!({ "sessions": [{
        "session_id": "01a1fca0", "room_id": "01a1fc9d", "started_at": "2026-11-21T09:00:00.000Z",
        "ended_at": null }], "total": 1 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    path: Path<String>,
    Paging(page): Paging,
) -> Result<Json<SessionList>, ApiError> {
    let room = find_managed(&app, &caller, path).await?;
    let Listed { items, total } = app.store.sessions(&room.room_id, page).await?;
    Ok(Json(SessionList { sessions: items.into_iter().map(told).collect(), total }))
}

/// Tells a session: who was connected, by room channel or media, from when to when. Looking is an entry in the audit log.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/sessions/{session_id}", tag = "Sessions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("session_id" = String, Path, description = "The session")), responses(
    (status = 200, description = "The session", body = SessionDetails),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made it", body = ErrorBody),
    (status = 404, description = "No such room or session", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, session_id)): Path<(String, String)>,
) -> Result<Json<SessionDetails>, ApiError> {
    let (session, connections) = find(&app, &caller, room_id, session_id).await?;
    app.audit.write(Entry::by(&caller, "session_viewed").room(&session.room_id).session(&session.session_id)).await?;
    let consents = consents_of(&app, &session).await?;
    Ok(Json(SessionDetails {
        session: told(session),
        connections: connections.into_iter().map(told_connection).collect(),
        consents,
    }))
}

/// Lists the sessions of all rooms that the caller manages, the latest first.
#[utoipa::path(get, path = "/v2/sessions", tag = "Sessions", security(("apikey" = []), ("bearer" = [])),
    params(PagingQuery), responses(
    (status = 200, description = "A page of sessions", body = PastSessionList, example = json!({ "sessions": [{
        "session_id": "01a1fca0", "room_id": "01a1fc9d", "started_at": "2026-11-21T09:00:00.000Z",
        "ended_at": "2026-11-21T09:20:00.000Z", "title": "Follow-up", "people": ["Dr. Conti", "Pat Rossi"],
        "recordings": 1, "files": 2, "snapshots": 0, "messages": 12 }], "total": 1 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody)))]
pub(super) async fn past(
    State(app): State<App>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<PastSessionList>, ApiError> {
    let only = caller.user().filter(|_| !caller.sees_all()).map(|user| &user.user_id);
    let Listed { items, total } = app.store.past_sessions(&caller.company().id, only, page).await?;
    let told = |one: StoredPastSession| PastSession {
        session: told(one.session),
        title: one.title,
        people: one.people,
        recordings: one.recordings,
        files: one.files,
        snapshots: one.snapshots,
        messages: one.messages,
    };
    Ok(Json(PastSessionList { sessions: items.into_iter().map(told).collect(), total }))
}

/// The answers to being recorded that were given in a session.
pub(super) async fn consents_of(app: &App, session: &StoredSession) -> Result<Vec<RecordingConsent>, ApiError> {
    let answers = app.store.consents(&session.room_id).await?.into_iter();
    let of_session = answers.filter(|(of, _)| of.as_ref() == Some(&session.session_id));
    Ok(of_session.map(|(_, consent)| told_consent(consent)).collect())
}

pub(super) fn told_consent(consent: Consent) -> RecordingConsent {
    RecordingConsent {
        participant_id: consent.participant_id,
        answer: consent.answer,
        text_version: consent.text_version,
        at: to_rfc3339(Timestamp::from_unix_ms(consent.at_ms)),
    }
}

/// A session of a room that the caller manages, with its connections; every other is as unknown as none.
pub(super) async fn find(
    app: &App,
    caller: &Caller,
    room_id: String,
    session_id: String,
) -> Result<(StoredSession, Vec<StoredConnection>), ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such session");
    let room = find_managed(app, caller, Path(room_id)).await?;
    let session_id: SessionId = id(Path(session_id), missing())?;
    Ok(app.store.session(&room.room_id, &session_id).await?.ok_or_else(missing)?)
}

fn told(session: StoredSession) -> Session {
    Session {
        session_id: session.session_id,
        room_id: session.room_id,
        started_at: to_rfc3339(session.started_at),
        ended_at: session.ended_at.map(to_rfc3339),
    }
}

fn told_connection(connection: StoredConnection) -> Connection {
    Connection {
        participant_id: connection.participant_id,
        user_id: connection.user_id,
        kind: connection.kind,
        connected_at: to_rfc3339(connection.connected_at),
        disconnected_at: connection.disconnected_at.map(to_rfc3339),
    }
}
