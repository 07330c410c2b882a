//! `/credentials`: an access token for whoever calls, as apps need one to sign in.

use axum::{Json, extract::State, http::StatusCode};
use visita_protocol::{
    UserId,
    rest::{Credentials, Role},
};

use super::{
    bodies::{MiaCredentials, WantedCredentials},
    error::{MiaError, MiaErrorBody},
    identity::Who,
};
use crate::{
    access,
    app::App,
    error::{ApiError, Body},
    external,
};

/// Makes an access token for whoever calls, who becomes a user where they are none.
#[utoipa::path(post, path = "/credentials", tag = "Signing in", security(("apikey" = []), ("bearer" = [])),
    request_body(content = WantedCredentials, description = "No body at all is fine too",
        example = json!({ "expiresIn": 3600 })),
    responses(
    (status = 201, description = "The access token", body = MiaCredentials, example = json!({
        "accessToken": "eyJj…", "expiresAt": "2022-01-10T11:41:19.000Z", "bandyerUserId": "user_xxx" })),
    (status = 400, description = "A field is not valid: `expiresIn` is 360 to 86400", body = MiaErrorBody),
    (status = 401, description = "Nobody says who is calling", body = MiaErrorBody,
        example = json!({ "error": "Unauthorized user" })),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    who: Who,
    body: Body,
) -> Result<(StatusCode, Json<MiaCredentials>), MiaError> {
    let WantedCredentials { expires_in } = body.json_or_default()?;
    let person = who.person()?;
    let company = &who.company().id;
    let issue = |user: &UserId| {
        access::issue(&app.keys, company, user, expires_in, app.clock.now()).map_err(|mut error: ApiError| {
            error.problem.field = error.problem.field.map(|_| "expiresIn".to_owned());
            MiaError::from(error)
        })
    };
    let Credentials { access_token, expires_at, user_id } = match &person.user {
        Some(user) => issue(&user.user_id)?,
        None => {
            // Nobody becomes a user for a token that is refused.
            issue(&crate::ids::new())?;
            issue(&external::ensure(&app, company, &person.external_id, Role::Basic).await?.user_id)?
        }
    };
    Ok((StatusCode::CREATED, Json(MiaCredentials { access_token, expires_at, user_id })))
}
