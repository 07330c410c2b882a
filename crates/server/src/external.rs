//! Users by what other systems call them, whose ids need not be ids here.

use visita_protocol::{
    CompanyId, Problem, UserId,
    rest::{Role, User},
};

use crate::{app::App, error::ApiError, ids};

/// Longest id of another system, in characters.
const MAX_ID: usize = 256;

/// # Errors
/// `invalid`, naming the field, for what is no id.
pub(crate) fn check(id: &str, field: &str) -> Result<(), Problem> {
    if !(1..=MAX_ID).contains(&id.chars().count()) || id.chars().any(char::is_control) || id.trim() != id {
        return Err(Problem::invalid(
            field,
            "an id has 1 to 256 characters, without control characters or spaces around",
        ));
    }
    Ok(())
}

/// The user whom another system calls so: by what is remembered, else a user with that very id whom no system calls otherwise.
pub(crate) async fn find(app: &App, company: &CompanyId, external_id: &str) -> Result<Option<User>, ApiError> {
    if let Some(user) = app.store.external_user(company, external_id).await? {
        return Ok(Some(user));
    }
    let Ok(user_id) = external_id.parse::<UserId>() else { return Ok(None) };
    let Some(user) = app.store.user(company, &user_id).await? else { return Ok(None) };
    Ok(app.store.external_id(company, &user_id).await?.is_none().then_some(user))
}

/// The user whom another system calls so, made when there is none, then with this role.
pub(crate) async fn ensure(app: &App, company: &CompanyId, external_id: &str, role: Role) -> Result<User, ApiError> {
    let other: UserId = ids::new();
    let wanted = external_id.parse().unwrap_or_else(|_| other.clone());
    Ok(app.store.ensure_external_user(company, external_id, [wanted, other], role, app.clock.now()).await?)
}
