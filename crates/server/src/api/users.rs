//! Users.

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::IntoParams;
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, UserId,
    rest::{CreateUser, ListedUser, UpdateUser, User, UserList},
};
use visita_room::Timestamp;

use super::{
    caller::{Caller, Operator},
    id,
    paging::{Paging, PagingQuery, searched},
    rooms,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path, Query},
    ids,
    rooms::RoomError,
    store::{Company, Listed, StoreError},
};

/// Makes a user.
#[utoipa::path(post, path = "/v2/users", tag = "Users", security(("apikey" = []), ("bearer" = [])),
    request_body(content = CreateUser, example = json!({ "user_id": "dr.conti", "role": "plus" })),
    responses(
    (status = 201, description = "The user", body = User, example = json!({ "user_id": "dr.conti", "role": "plus" })),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 409, description = "The id is taken; that user stays as it was", body = ErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Operator(caller): Operator,
    body: Body,
) -> Result<(StatusCode, Json<User>), ApiError> {
    let CreateUser { user_id, role, is_operator } = body.json()?;
    let user = User { user_id: user_id.unwrap_or_else(ids::new), role, is_operator };
    match app.store.create_user(&caller.company().id, &user, app.clock.now()).await {
        Ok(()) => {
            app.audit.write(Entry::by(&caller, "user_made").subject(user.user_id.as_str())).await?;
            Ok((StatusCode::CREATED, Json(user)))
        }
        Err(StoreError::Exists) => {
            let problem = Problem::new(ErrorCode::Conflict, "a user with this id exists; it stays as it is");
            Err(Problem { field: Some("user_id".into()), ..problem }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Which users.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those with this in their id, up to 100 characters.
    search: Option<String>,
}

/// Lists users in the order of their making.
#[utoipa::path(get, path = "/v2/users", tag = "Users", security(("apikey" = []), ("bearer" = [])),
    params(Which, PagingQuery), responses(
    (status = 200, description = "A page of users", body = UserList,
        example = json!({ "users": [{ "user_id": "dr.conti", "role": "plus", "online": true,
            "created_at": "2026-11-21T09:00:00.000Z" }], "total": 1 })),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    Operator(caller): Operator,
    Query(Which { search }): Query<Which>,
    Paging(page): Paging,
) -> Result<Json<UserList>, ApiError> {
    let company = &caller.company().id;
    let search = searched(search)?;
    let Listed { items, total } = app.store.users(company, search.as_deref(), page).await?;
    let told = |(user, created_at): (User, Timestamp)| ListedUser {
        online: app.users.is_online(company, &user.user_id),
        created_at: to_rfc3339(created_at),
        user,
    };
    Ok(Json(UserList { users: items.into_iter().map(told).collect(), total }))
}

/// Tells a user.
#[utoipa::path(get, path = "/v2/users/{user_id}", tag = "Users", security(("apikey" = []), ("bearer" = [])),
    params(("user_id" = String, Path, description = "The user")), responses(
    (status = 200, description = "The user", body = User),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    Operator(caller): Operator,
    path: Path<String>,
) -> Result<Json<User>, ApiError> {
    Ok(Json(find(&app, caller.company(), path).await?))
}

/// Changes what a user may do: what is absent stays. It holds from their next call on.
#[utoipa::path(patch, path = "/v2/users/{user_id}", tag = "Users", security(("apikey" = []), ("bearer" = [])),
    params(("user_id" = String, Path, description = "The user")),
    request_body(content = UpdateUser, example = json!({ "role": "plus", "is_operator": false })),
    responses(
    (status = 200, description = "The user as they are now", body = User),
    (status = 400, description = "A field is not valid; nothing changed", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody),
    (status = 409, description = "Operators do not take their own right away", body = ErrorBody)))]
pub(super) async fn update(
    State(app): State<App>,
    Operator(caller): Operator,
    path: Path<String>,
    body: Body,
) -> Result<Json<User>, ApiError> {
    let UpdateUser { role, is_operator } = body.json()?;
    let old = find(&app, caller.company(), path).await?;
    if is_operator == Some(false) {
        not_oneself(&caller, &old)?;
    }
    let user = User {
        role: role.unwrap_or(old.role),
        is_operator: is_operator.unwrap_or(old.is_operator),
        user_id: old.user_id,
    };
    if !app.store.update_user(&caller.company().id, &user).await? {
        return Err(missing().into());
    }
    app.audit.write(Entry::by(&caller, "user_changed").subject(user.user_id.as_str())).await?;
    Ok(Json(user))
}

/// Deletes a user. Their access tokens and sign-in links are good no more, their links into rooms are taken back, and who
/// came by them is put out. The id may be given to a new user.
#[utoipa::path(delete, path = "/v2/users/{user_id}", tag = "Users", security(("apikey" = []), ("bearer" = [])),
    params(("user_id" = String, Path, description = "The user")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody),
    (status = 409, description = "Operators do not delete themselves", body = ErrorBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    Operator(caller): Operator,
    path: Path<String>,
) -> Result<StatusCode, ApiError> {
    let user = find(&app, caller.company(), path).await?;
    not_oneself(&caller, &user)?;
    if !app.store.delete_user(&caller.company().id, &user.user_id, app.clock.now()).await? {
        return Err(missing().into());
    }
    for (room, seat) in app.store.seats_of_user(&caller.company().id, &user.user_id).await? {
        match app.rooms.renew_link(&room, seat, rooms::new_link(&app)?).await {
            // Deleted in the meantime: its links open nothing anyway.
            Ok(()) | Err(RoomError::NoSuchRoom) => {}
            Err(error) => return Err(error.into()),
        }
    }
    tracing::info!(user = %user.user_id, "user deleted");
    app.audit.write(Entry::by(&caller, "user_deleted").subject(user.user_id.as_str())).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The company's user of this path.
pub(super) async fn find(app: &App, company: &Company, path: Path<String>) -> Result<User, ApiError> {
    let user_id: UserId = id(path, missing())?;
    Ok(app.store.user(&company.id, &user_id).await?.ok_or_else(missing)?)
}

/// An operator who is none any more could not even undo it.
fn not_oneself(caller: &Caller, user: &User) -> Result<(), Problem> {
    if caller.user().is_some_and(|me| me.user_id == user.user_id) {
        return Err(Problem::new(ErrorCode::Conflict, "another operator has to do this to you"));
    }
    Ok(())
}

fn missing() -> Problem {
    Problem::new(ErrorCode::NotFound, "no such user")
}
