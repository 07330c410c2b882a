//! Refusals as this dialect tells them: `{"errors": [{"code", "title", "detail", "source"}]}`.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use visita_protocol::{ErrorCode, Problem};

/// Answer of every call that is refused.
#[derive(Serialize, ToSchema)]
pub(crate) struct Refused {
    errors: Vec<Fault>,
}

/// What is wrong.
#[derive(Serialize, ToSchema)]
struct Fault {
    code: ErrorCode,
    /// Of the status.
    title: String,
    detail: String,
    /// Where, when one part of the request is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
}

/// Which part of a request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Source {
    /// Of the body (RFC 6901).
    Pointer(String),
    /// Of the query.
    Parameter(String),
}

/// What begins the name of a field that is a parameter of the query.
pub(super) const PARAMETER: char = '?';

/// A problem as a body of this dialect. What breaks a rule is 422, only what cannot be read at all is 400.
pub(crate) fn shape(status: StatusCode, problem: Problem) -> (StatusCode, Value) {
    let status = match status {
        StatusCode::BAD_REQUEST if problem.field.is_some() => StatusCode::UNPROCESSABLE_ENTITY,
        StatusCode::CONFLICT => StatusCode::UNPROCESSABLE_ENTITY,
        other => other,
    };
    let source = problem.field.map(|field| match field.strip_prefix(PARAMETER) {
        Some(name) => Source::Parameter(name.to_owned()),
        None => Source::Pointer(pointer(&field)),
    });
    let title = status.canonical_reason().unwrap_or("Refused").to_owned();
    let fault = Fault { code: problem.code, title, detail: problem.message, source };
    (status, serde_json::to_value(Refused { errors: vec![fault] }).unwrap_or_default())
}

/// `participants[1]` as `/participants/1`, by this dialect's names.
fn pointer(field: &str) -> String {
    let field = match field {
        "capacity" => "max_participants",
        "description" => "unique_name",
        other => other,
    };
    format!("/{}", field.replace(['.', '['], "/").replace(']', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_point_at_the_part_of_the_request() {
        let told = |field| shape(StatusCode::BAD_REQUEST, Problem::invalid(field, "wrong"));
        for (field, source) in [
            ("participants[1]", serde_json::json!({ "pointer": "/participants/1" })),
            ("capacity", serde_json::json!({ "pointer": "/max_participants" })),
            ("?page[size]", serde_json::json!({ "parameter": "page[size]" })),
        ] {
            let (status, body) = told(field);
            assert_eq!((status, &body["errors"][0]["source"]), (StatusCode::UNPROCESSABLE_ENTITY, &source));
        }
        let (status, body) = shape(StatusCode::BAD_REQUEST, Problem::new(ErrorCode::Invalid, "not JSON"));
        assert_eq!((status, body["errors"][0].get("source")), (StatusCode::BAD_REQUEST, None));
    }
}
