//! Who calls, and what they may see and do.

use axum::{extract::FromRequestParts, http::request::Parts};
use visita_protocol::{ErrorCode, Problem, rest::ActorKind};

use crate::{
    access::{self, SignedIn},
    app::App,
    error::ApiError,
    keys,
    store::{Company, StoredRoom},
};

/// A back end with the company's key; without a good one there is no answer but 401.
pub(crate) struct Backend(pub(crate) Company);

/// A back end, or an operator who is signed in; for others there is no answer but 401 or 403.
pub(crate) struct Operator(pub(crate) Caller);

/// A back end, or a user who is signed in.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// With the company's key: may do everything.
    Backend(Company),
    /// With an access token: what concerns them, and as an operator everything that concerns rooms.
    User(SignedIn),
}

impl Caller {
    pub(crate) fn company(&self) -> &Company {
        match self {
            Self::Backend(company) => company,
            Self::User(user) => &user.company,
        }
    }

    pub(crate) fn user(&self) -> Option<&SignedIn> {
        match self {
            Self::Backend(_) => None,
            Self::User(user) => Some(user),
        }
    }

    pub(crate) fn kind(&self) -> ActorKind {
        match self {
            Self::Backend(_) => ActorKind::ApiKey,
            Self::User(_) => ActorKind::User,
        }
    }

    /// Sees everything of the company.
    pub(crate) fn sees_all(&self) -> bool {
        self.user().is_none_or(|user| user.is_operator)
    }

    /// May change the room and see every link of it.
    pub(crate) fn manages(&self, room: &StoredRoom) -> bool {
        self.sees_all() || self.user().map(|user| &user.user_id) == room.options.created_by.as_ref()
    }

    /// May see the room and their own link into it.
    pub(crate) fn sees(&self, room: &StoredRoom) -> bool {
        let has_seat = |user: &SignedIn| room.seats.iter().any(|seat| seat.user_id == user.user_id);
        self.company().id == room.company.id && (self.manages(room) || self.user().is_some_and(has_seat))
    }

    /// Refuses who is neither back end nor operator.
    pub(crate) fn only_operators(&self) -> Result<(), Problem> {
        if self.sees_all() { Ok(()) } else { Err(Problem::new(ErrorCode::Forbidden, "only operators may do this")) }
    }
}

/// The company with this API key.
pub(crate) async fn company_by_key(app: &App, key: &str) -> Result<Option<Company>, ApiError> {
    let hash = app.keys.hash_api_key(key);
    let found = app.store.company_by_key(hash).await?;
    let company = found.filter(|(_, stored)| keys::same(&hash, stored)).map(|(company, _)| company);
    if company.is_some() {
        app.store.api_key_used(hash, app.clock.now()).await?;
    }
    Ok(company)
}

impl FromRequestParts<App> for Backend {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let refused = || Problem::new(ErrorCode::Unauthorized, "the header apikey is missing or wrong");
        let key = parts.headers.get("apikey").and_then(|key| key.to_str().ok()).ok_or_else(refused)?;
        let company = company_by_key(app, key).await?.ok_or_else(refused)?;
        Ok(Self(company))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        match access::bearer(&parts.headers) {
            Some(token) if !parts.headers.contains_key("apikey") => {
                let user = access::verify(app.store.as_ref(), &app.keys, &token, app.clock.now()).await?;
                Ok(Self::User(user))
            }
            _ => Backend::from_request_parts(parts, app).await.map(|Backend(company)| Self::Backend(company)),
        }
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        caller.only_operators()?;
        Ok(Self(caller))
    }
}
