//! Users.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use visita_protocol::{
    ErrorCode, Problem, UserId,
    rest::{CreateUser, User},
};

use super::{Caller, id};
use crate::{
    app::App,
    error::{ApiError, Body},
    ids,
    store::StoreError,
};

/// `POST /v2/users`
pub(super) async fn create(
    State(app): State<App>,
    Caller(company): Caller,
    body: Body,
) -> Result<(StatusCode, Json<User>), ApiError> {
    let CreateUser { user_id, role, is_operator } = body.json()?;
    let user = User { user_id: user_id.unwrap_or_else(ids::new), role, is_operator };
    match app.store.create_user(&company.id, &user, app.clock.now()).await {
        Ok(()) => Ok((StatusCode::CREATED, Json(user))),
        Err(StoreError::Exists) => {
            let problem = Problem::new(ErrorCode::Conflict, "a user with this id exists; it stays as it is");
            Err(Problem { field: Some("user_id".into()), ..problem }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /v2/users/{user_id}`
pub(super) async fn get(
    State(app): State<App>,
    Caller(company): Caller,
    path: Path<String>,
) -> Result<Json<User>, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such user");
    let user_id: UserId = id(path, missing())?;
    let user = app.store.user(&company.id, &user_id).await?;
    Ok(Json(user.ok_or_else(missing)?))
}
