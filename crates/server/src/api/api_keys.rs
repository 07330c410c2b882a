//! Keys to the API.

use axum::{Json, extract::State, http::StatusCode};
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, RoomId,
    rest::{ApiKey, ApiKeyList, CreateApiKey, NewApiKey},
};

use super::caller::Operator;
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path},
    ids, keys,
    names::check_name,
    store::StoredApiKey,
};

/// How many keys a company has beside the first: one for each of its systems, and some that are being replaced.
const MOST: usize = 50;

/// Lists the company's keys. A key itself is told only when it is made.
#[utoipa::path(get, path = "/v2/api-keys", tag = "API keys", security(("apikey" = []), ("bearer" = [])), responses(
    (status = 200, description = "All keys, the one that the server's settings give first", body = ApiKeyList,
        example = json!({ "keys": [{ "key_id": "settings", "created_at": "2026-11-21T09:00:00.000Z" }] })),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn list(State(app): State<App>, Operator(caller): Operator) -> Result<Json<ApiKeyList>, ApiError> {
    let keys = app.store.api_keys(&caller.company().id).await?;
    Ok(Json(ApiKeyList { keys: keys.into_iter().map(told).collect() }))
}

/// Makes a key. It is told in this answer and never again.
#[utoipa::path(post, path = "/v2/api-keys", tag = "API keys", security(("apikey" = []), ("bearer" = [])),
    request_body(content = CreateApiKey, example = json!({ "name": "Hospital information system" })),
    responses(
    (status = 201, description = "The key", body = NewApiKey),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 409, description = "There are 50 already", body = ErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Operator(caller): Operator,
    body: Body,
) -> Result<(StatusCode, Json<NewApiKey>), ApiError> {
    let CreateApiKey { name } = body.json()?;
    let name = check_name(&name, "name")?;
    let company = &caller.company().id;
    if app.store.api_keys(company).await?.len() > MOST {
        return Err(Problem::new(ErrorCode::Conflict, "there are as many keys as there may be").into());
    }
    let key = keys::new_code()?;
    let stored = StoredApiKey {
        key_id: String::from(ids::new::<RoomId>()),
        name: Some(name),
        created_at: app.clock.now(),
        last_used_at: None,
    };
    app.store.create_api_key(company, &stored, app.keys.hash_api_key(key.expose())).await?;
    app.audit.write(Entry::by(&caller, "api_key_made").subject(&stored.key_id)).await?;
    Ok((StatusCode::CREATED, Json(NewApiKey { about: told(stored), key })))
}

/// Takes a key back: nothing is answered to who brings it. The one that the server's settings give is changed there.
#[utoipa::path(delete, path = "/v2/api-keys/{key_id}", tag = "API keys", security(("apikey" = []), ("bearer" = [])),
    params(("key_id" = String, Path, description = "The key")), responses(
    (status = 204, description = "Taken back"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such key", body = ErrorBody),
    (status = 409, description = "It is the one of the server's settings", body = ErrorBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    Operator(caller): Operator,
    Path(key_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if key_id == "settings" {
        return Err(Problem::new(ErrorCode::Conflict, "this key is changed in the server's settings").into());
    }
    if !app.store.delete_api_key(&caller.company().id, &key_id).await? {
        return Err(Problem::new(ErrorCode::NotFound, "no such key").into());
    }
    app.audit.write(Entry::by(&caller, "api_key_deleted").subject(&key_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn told(key: StoredApiKey) -> ApiKey {
    ApiKey {
        key_id: key.key_id,
        name: key.name,
        created_at: to_rfc3339(key.created_at),
        last_used_at: key.last_used_at.map(to_rfc3339),
    }
}
