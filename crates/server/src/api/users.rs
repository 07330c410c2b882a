//! Users.

use axum::{Json, extract::State, http::StatusCode};
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, UserId,
    rest::{CreateUser, User, UserList},
};

use super::{
    caller::{Backend, Caller},
    id,
    paging::{Paging, PagingQuery},
    rooms,
};
use crate::{
    app::App,
    audit::Entry,
    error::{ApiError, Body, Path},
    ids,
    rooms::RoomError,
    store::{Company, Listed, StoreError},
};

/// Makes a user.
#[utoipa::path(post, path = "/v2/users", tag = "Users", security(("apikey" = [])),
    request_body(content = CreateUser, example = json!({ "user_id": "dr.conti", "role": "plus" })),
    responses(
    (status = 201, description = "The user", body = User, example = json!({ "user_id": "dr.conti", "role": "plus" })),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    (status = 409, description = "The id is taken; that user stays as it was", body = ErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Backend(company): Backend,
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

/// Lists users in the order of their making.
#[utoipa::path(get, path = "/v2/users", tag = "Users", security(("apikey" = [])), params(PagingQuery), responses(
    (status = 200, description = "A page of users", body = UserList,
        example = json!({ "users": [{ "user_id": "dr.conti", "role": "plus" }], "total": 1 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key, or a wrong one", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    Backend(company): Backend,
    Paging(page): Paging,
) -> Result<Json<UserList>, ApiError> {
    let Listed { items, total } = app.store.users(&company.id, page).await?;
    Ok(Json(UserList { users: items, total }))
}

/// Tells a user.
#[utoipa::path(get, path = "/v2/users/{user_id}", tag = "Users", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user")), responses(
    (status = 200, description = "The user", body = User),
    (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    Backend(company): Backend,
    path: Path<String>,
) -> Result<Json<User>, ApiError> {
    Ok(Json(find(&app, &company, path).await?))
}

/// Deletes a user. Their access tokens and sign-in links are good no more, their links into rooms are taken back, and who
/// came by them is put out. The id may be given to a new user.
#[utoipa::path(delete, path = "/v2/users/{user_id}", tag = "Users", security(("apikey" = [])),
    params(("user_id" = String, Path, description = "The user")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    Backend(company): Backend,
    path: Path<String>,
) -> Result<StatusCode, ApiError> {
    let user = find(&app, &company, path).await?;
    if !app.store.delete_user(&company.id, &user.user_id, app.clock.now()).await? {
        return Err(missing().into());
    }
    for (room, seat) in app.store.seats_of_user(&company.id, &user.user_id).await? {
        match app.rooms.renew_link(&room, seat, rooms::new_link(&app)?).await {
            // Deleted in the meantime: its links open nothing anyway.
            Ok(()) | Err(RoomError::NoSuchRoom) => {}
            Err(error) => return Err(error.into()),
        }
    }
    tracing::info!(user = %user.user_id, "user deleted");
    app.audit.write(Entry::by(&Caller::Backend(company), "user_deleted").subject(user.user_id.as_str())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The company's user of this path.
pub(super) async fn find(app: &App, company: &Company, path: Path<String>) -> Result<User, ApiError> {
    let user_id: UserId = id(path, missing())?;
    Ok(app.store.user(&company.id, &user_id).await?.ok_or_else(missing)?)
}

fn missing() -> Problem {
    Problem::new(ErrorCode::NotFound, "no such user")
}
