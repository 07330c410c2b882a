//! Reading the audit log.

use std::collections::HashMap;

use axum::{Json, extract::State};
use visita_protocol::{
    ErrorBody, Problem, RoomId,
    rest::{AuditEntry, AuditLog},
};

use super::{
    caller::Caller,
    paging::{Paging, PagingQuery},
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Query},
    store::{AuditLine, Listed},
};

/// Tells who viewed, downloaded, deleted and administered what, newest first. Reading it is an entry of its own.
#[utoipa::path(get, path = "/v2/audit", tag = "Audit", security(("apikey" = []), ("bearer" = [])),
    params(PagingQuery, ("room_id" = Option<String>, Query, description = "Only what concerns this room")), responses(
    (status = 200, description = "A page of the log", body = AuditLog, example = json!({ "entries": [{
        "at": "2026-11-21T09:00:00.000Z", "actor_kind": "user", "actor": "dr.conti", "action": "room_deleted",
        "room_id": "01a1fc9d", "session_id": null, "participant_id": null, "subject": null }], "total": 1 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Paging(page): Paging,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<AuditLog>, ApiError> {
    caller.only_operators()?;
    let room: Option<RoomId> = query
        .get("room_id")
        .map(|text| text.parse().map_err(|_| Problem::invalid("room_id", "not an id")))
        .transpose()?;
    let Listed { items, total } = app.store.audit_log(&caller.company().id, room.as_ref(), page).await?;
    app.audit.write(Entry::by(&caller, "audit_viewed")).await?;
    Ok(Json(AuditLog { entries: items.into_iter().map(told).collect(), total }))
}

fn told(line: AuditLine) -> AuditEntry {
    AuditEntry {
        at: to_rfc3339(line.at),
        actor_kind: line.actor_kind,
        actor: line.actor,
        action: line.action,
        room_id: line.room,
        session_id: line.session,
        participant_id: line.participant,
        subject: line.subject,
    }
}
