//! Signing in: access tokens made by a back end, one-time sign-in links, and renewal.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode};
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, Secret,
    rest::{ActorKind, CreateCredentials, CreateSignInLink, Credentials, RenewCredentials, SignInLink, SignedIn},
};

use super::{
    caller::{Backend, Caller, Operator},
    users,
};
use crate::{
    access,
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path},
    keys,
    store::{NewSignInLink, Redeemed},
};

/// How long a sign-in link may be good, in seconds.
const LINK_SECONDS: std::ops::RangeInclusive<u32> = 60..=604_800;
/// When nothing is said.
const DEFAULT_LINK_SECONDS: u32 = 86_400;

/// Makes an access token for a user, with which a client signs in.
#[utoipa::path(post, path = "/sdk/credentials", tag = "Signing in", security(("apikey" = [])),
    request_body(content = CreateCredentials, example = json!({ "user_id": "user_xxx", "expires_in": 3600 })),
    responses(
    (status = 200, description = "The access token", body = Credentials, example = json!({
        "access_token": "eyJj…", "expires_at": "2022-01-10T11:41:19.000Z", "user_id": "user_xxx" })),
    (status = 400, description = "A field is not valid: `expires_in` is 360 to 86400", body = ErrorBody),
    (status = 401, description = "No key, or a wrong one", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Backend(company): Backend,
    body: Body,
) -> Result<Json<Credentials>, ApiError> {
    let CreateCredentials { user_id, expires_in } = body.json()?;
    let credentials = access::issue(&app.keys, &company.id, &user_id, expires_in, app.clock.now())?;
    if app.store.user(&company.id, &user_id).await?.is_none() {
        let problem = Problem::new(ErrorCode::NotFound, "no such user");
        return Err(Problem { field: Some("user_id".into()), ..problem }.into());
    }
    Ok(Json(credentials))
}

/// Makes a new access token for who shows a good one.
#[utoipa::path(post, path = "/sdk/credentials/renew", tag = "Signing in", security(("bearer" = [])),
    request_body(content = RenewCredentials, description = "No body at all is fine too",
        example = json!({ "expires_in": 3600 })),
    responses(
    (status = 200, description = "The access token", body = Credentials),
    (status = 400, description = "A field is not valid: `expires_in` is 360 to 86400", body = ErrorBody),
    (status = 401, description = "No access token, none of this server's, or one whose time is over", body = ErrorBody)))]
pub(super) async fn renew(State(app): State<App>, caller: Caller, body: Body) -> Result<Json<Credentials>, ApiError> {
    let Caller::User(user) = caller else {
        return Err(Problem::new(ErrorCode::Unauthorized, "renewing asks for an access token").into());
    };
    let RenewCredentials { expires_in } = body.json_or_default()?;
    Ok(Json(access::issue(&app.keys, &user.company.id, &user.user_id, expires_in, app.clock.now())?))
}

/// Makes a link that signs a user in once, for servers without a back end of their own.
#[utoipa::path(post, path = "/v2/users/{user_id}/sign-in-link", tag = "Signing in", security(("apikey" = []), ("bearer" = [])),
    params(("user_id" = String, Path, description = "The user")),
    request_body(content = CreateSignInLink, description = "No body at all is fine too",
        example = json!({ "expires_in": 86400 })),
    responses(
    (status = 201, description = "The link", body = SignInLink),
    (status = 400, description = "A field is not valid: `expires_in` is 60 to 604800", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such user", body = ErrorBody)))]
pub(super) async fn create_sign_in_link(
    State(app): State<App>,
    Operator(caller): Operator,
    path: Path<String>,
    body: Body,
) -> Result<(StatusCode, Json<SignInLink>), ApiError> {
    let CreateSignInLink { expires_in } = body.json_or_default()?;
    let seconds = expires_in.unwrap_or(DEFAULT_LINK_SECONDS);
    if !LINK_SECONDS.contains(&seconds) {
        return Err(Problem::invalid("expires_in", "a sign-in link is good for 60 to 604800 seconds").into());
    }
    let user_id = users::find(&app, caller.company(), path).await?.user_id;
    let code = keys::new_code()?;
    let expires_at = app.clock.now() + Duration::from_secs(seconds.into());
    let link = NewSignInLink {
        hash: app.keys.hash_sign_in_code(code.expose()),
        company_id: caller.company().id.clone(),
        user_id: user_id.clone(),
        expires_at,
    };
    app.store.create_sign_in_link(&link).await?;
    app.audit.write(Entry::by(&caller, "sign_in_link_made").subject(user_id.as_str())).await?;
    let base = app.link_base().as_str().trim_end_matches('/').to_owned();
    let url = Secret::new(format!("{base}/sign-in/{}", code.expose()));
    Ok((StatusCode::CREATED, Json(SignInLink { url, expires_at: to_rfc3339(expires_at), user_id })))
}

/// Uses a sign-in link up: an access token for its user, good for a day.
#[utoipa::path(post, path = "/sign-in/{code}", tag = "Signing in",
    params(("code" = String, Path, description = "The last part of the link")), responses(
    (status = 200, description = "Signed in", body = SignedIn),
    (status = 403, description = "Used before (`link_revoked`), or its time is over (`link_expired`)", body = ErrorBody),
    (status = 404, description = "Never made here (`link_unknown`)", body = ErrorBody)))]
pub(super) async fn sign_in(State(app): State<App>, Path(code): Path<String>) -> Result<Json<SignedIn>, ApiError> {
    let refused = |code, words| Err(Problem::new(code, words).into());
    let now = app.clock.now();
    let (company, user) = match app.store.redeem_sign_in_link(app.keys.hash_sign_in_code(&code), now).await? {
        Redeemed::User { company, user } => (company, user),
        Redeemed::Used => return refused(ErrorCode::LinkRevoked, "this sign-in link was used already"),
        Redeemed::Expired => return refused(ErrorCode::LinkExpired, "this sign-in link's time is over"),
        Redeemed::Unknown => return refused(ErrorCode::LinkUnknown, "there is no such sign-in link on this server"),
    };
    let credentials = access::issue(&app.keys, &company, &user, Some(*access::TOKEN_SECONDS.end()), now)?;
    let signed_in = access::verify(app.store.as_ref(), &app.keys, &credentials.access_token, now).await?;
    app.audit.write(Entry::of(&company, ActorKind::User, Some(user), "signed_in")).await?;
    Ok(Json(SignedIn {
        credentials,
        role: signed_in.role,
        is_operator: signed_in.is_operator,
        company: signed_in.company.name,
    }))
}
