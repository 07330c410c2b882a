//! Refusals as this dialect tells them: `{"success": false, "error": {"code", "message", "field"}}`.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use visita_protocol::Problem;

/// Answer of every call that is refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct Refused {
    /// Always `false`.
    success: bool,
    /// What is wrong; `field` is the body's.
    error: Problem,
}

/// A problem as a body of this dialect.
pub(crate) fn shape(status: StatusCode, problem: Problem) -> (StatusCode, Value) {
    let field = problem.field.map(|field| named(&field).to_owned());
    let refused = Refused { success: false, error: Problem { field, ..problem } };
    (status, serde_json::to_value(&refused).unwrap_or_default())
}

/// What this dialect calls a field of a room.
fn named(field: &str) -> &str {
    match field {
        "capacity" => "max_participants",
        "description" => "name",
        "display_name" => "participant_name",
        other => other,
    }
}
