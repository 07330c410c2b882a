//! Who calls, and for whom.

use axum::{extract::FromRequestParts, http::request::Parts};
use visita_protocol::rest::{Role, User};

use super::error::MiaError;
use crate::{
    access::{self, SignedIn},
    api::Caller,
    app::App,
    external,
    oidc::Identity,
    store::Company,
};

/// A call: what it may do, and for whom it is made.
pub(super) struct Who {
    pub(super) caller: Caller,
    pub(super) person: Option<Person>,
}

/// For whom a call is made.
pub(super) struct Person {
    /// As the provider, or whoever has the key, calls them.
    pub(super) external_id: String,
    /// As the provider says they are called.
    pub(super) name: Option<String>,
    /// The user, where there is one already.
    pub(super) user: Option<User>,
}

impl Who {
    pub(super) fn company(&self) -> &Company {
        self.caller.company()
    }

    /// For whom it is.
    ///
    /// # Errors
    /// Nobody says so.
    pub(super) fn person(&self) -> Result<&Person, MiaError> {
        self.person.as_ref().ok_or_else(MiaError::unauthorized)
    }
}

impl FromRequestParts<App> for Who {
    type Rejection = MiaError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, MiaError> {
        let issuer = app.mia.issuer.as_ref();
        match (access::bearer(&parts.headers), issuer) {
            (Some(token), Some(issuer)) if !parts.headers.contains_key("apikey") => {
                let identity = issuer.oidc.verify(&token).await?;
                signed_in(app, &issuer.company, identity).await
            }
            _ => {
                let caller = Caller::from_request_parts(parts, app).await?;
                let person = match &caller {
                    Caller::User(user) => Some(of_ours(user)),
                    Caller::Backend(company) if issuer.is_none() => named(app, company, parts).await?,
                    // Where there is an issuer, its word alone says who somebody is.
                    Caller::Backend(_) => None,
                };
                Ok(Self { caller, person })
            }
        }
    }
}

/// Somebody whom the provider knows. Who is new becomes a user; what groups they are in is the provider's to say each time.
async fn signed_in(app: &App, company: &Company, identity: Identity) -> Result<Who, MiaError> {
    let Identity { subject, name, groups, until } = identity;
    external::check(&subject, "sub").map_err(|_| MiaError::unauthorized())?;
    let role = app.mia.config.privileges.highest(groups.iter().map(String::as_str));
    let mut user = match external::find(app, &company.id, &subject).await? {
        Some(user) => user,
        None => external::ensure(app, &company.id, &subject, role.unwrap_or(Role::Basic)).await?,
    };
    if let Some(role) = role.filter(|role| *role != user.role) {
        app.store.set_role(&company.id, &user.user_id, role).await?;
        user.role = role;
    }
    let caller = Caller::User(SignedIn {
        company: company.clone(),
        user_id: user.user_id.clone(),
        role: user.role,
        is_operator: user.is_operator,
        until,
    });
    let name = name.and_then(|name| crate::names::check_name(&name, "name").ok());
    Ok(Who { caller, person: Some(Person { external_id: subject, name, user: Some(user) }) })
}

/// Somebody who is signed in with an access token of this server.
fn of_ours(user: &SignedIn) -> Person {
    let SignedIn { user_id, role, is_operator, .. } = user;
    let known = User { user_id: user_id.clone(), role: *role, is_operator: *is_operator };
    Person { external_id: user_id.to_string(), name: None, user: Some(known) }
}

/// Whom the header names.
async fn named(app: &App, company: &Company, parts: &Parts) -> Result<Option<Person>, MiaError> {
    let header = parts.headers.get(app.mia.config.user_id_header.as_str());
    let Some(external_id) = header.and_then(|value| value.to_str().ok()).map(str::trim) else { return Ok(None) };
    if external::check(external_id, "").is_err() {
        return Ok(None);
    }
    let user = external::find(app, &company.id, external_id).await?;
    Ok(Some(Person { external_id: external_id.to_owned(), name: None, user }))
}
