//! Access tokens: what a signed-in user shows. A token says whose it is and until when, and is signed with a key that only
//! this server has; role and flags are looked up at each use, so that they hold at once, and a deleted user's tokens are
//! worth nothing.

use std::time::Duration;

use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use visita_protocol::{
    CompanyId, ErrorCode, Problem, Secret, UserId,
    rest::{Credentials, Role},
};
use visita_room::Timestamp;

use crate::{
    clock::to_rfc3339,
    error::{ApiError, internal},
    keys::Keys,
    store::{Company, Store},
    tokens,
};

/// How long an access token may be good, in seconds.
pub(crate) const TOKEN_SECONDS: std::ops::RangeInclusive<u32> = 360..=86_400;
/// When nothing is said.
const DEFAULT_SECONDS: u32 = 3600;

/// A user who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) company: Company,
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) is_operator: bool,
    /// From when on the token is good no more.
    pub(crate) until: Timestamp,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    company: CompanyId,
    user: UserId,
    /// Unix time in milliseconds.
    issued: u64,
    /// Unix time in milliseconds.
    until: u64,
}

/// A new token for a user of a company; the caller knows that there is such a user.
///
/// # Errors
/// [`ErrorCode::Invalid`] naming `expires_in` when that is out of range.
pub(crate) fn issue(
    keys: &Keys,
    company: &CompanyId,
    user: &UserId,
    expires_in: Option<u32>,
    now: Timestamp,
) -> Result<Credentials, ApiError> {
    let seconds = expires_in.unwrap_or(DEFAULT_SECONDS);
    if !TOKEN_SECONDS.contains(&seconds) {
        return Err(Problem::invalid("expires_in", "a token is good for 360 to 86400 seconds").into());
    }
    let until = now + Duration::from_secs(seconds.into());
    let claims = Claims { company: company.clone(), user: user.clone(), issued: now.unix_ms(), until: until.unix_ms() };
    let access_token = tokens::seal(&claims, |body| keys.sign_access_token(body)).map_err(internal)?;
    Ok(Credentials { access_token, expires_at: to_rfc3339(until), user_id: user.clone() })
}

/// Who shows this token.
///
/// # Errors
/// [`ErrorCode::TokenExpired`] when its time is over, [`ErrorCode::Unauthorized`] when it is none of ours or its user is
/// gone.
pub(crate) async fn verify(
    store: &dyn Store,
    keys: &Keys,
    token: &Secret,
    now: Timestamp,
) -> Result<SignedIn, ApiError> {
    let refused = || Problem::new(ErrorCode::Unauthorized, "the access token is none of this server's");
    let claims: Claims = tokens::open(token, |body| keys.sign_access_token(body)).ok_or_else(refused)?;
    if claims.until <= now.unix_ms() {
        return Err(Problem::new(ErrorCode::TokenExpired, "the access token's time is over").into());
    }
    let state = store.sign_in_state(&claims.company, &claims.user).await?.ok_or_else(refused)?;
    if claims.issued < state.tokens_from.unix_ms() {
        return Err(refused().into());
    }
    Ok(SignedIn {
        company: state.company,
        user_id: claims.user,
        role: state.role,
        is_operator: state.is_operator,
        until: Timestamp::from_unix_ms(claims.until),
    })
}

/// The token of `authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim()))
}

#[cfg(test)]
mod tests {
    use visita_protocol::rest::User;

    use super::*;
    use crate::store::{Database, Sql};

    const NOW: Timestamp = Timestamp::from_unix_ms(1_700_000_000_000);

    fn after(seconds: u64) -> Timestamp {
        NOW + Duration::from_secs(seconds)
    }

    fn code(result: Result<SignedIn, ApiError>) -> ErrorCode {
        result.expect_err("refused").problem.code
    }

    #[tokio::test]
    async fn a_token_is_good_for_its_user_and_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(&folder.path().join("a"), true).expect("keys");
        let others = Keys::open(&folder.path().join("b"), true).expect("keys");
        let store = Sql::open(&Database::File(folder.path().join("db"))).await.expect("a store");
        let store: &dyn Store = &store;
        let company = store.ensure_company("Clinic", [1; 32], crate::ids::new(), NOW).await.expect("stored");
        let user = User { user_id: "dr".parse().expect("an id"), role: Role::Plus, is_operator: true };
        store.create_user(&company.id, &user, NOW).await.expect("stored");

        let made = issue(&keys, &company.id, &user.user_id, Some(360), NOW).expect("issued");
        let token = &made.access_token;
        let signed_in = verify(store, &keys, token, after(359)).await.expect("good");
        assert_eq!((signed_in.company, signed_in.user_id), (company.clone(), user.user_id.clone()));
        assert_eq!((signed_in.role, signed_in.is_operator, signed_in.until), (Role::Plus, true, after(360)));
        assert_eq!(code(verify(store, &keys, token, after(360)).await), ErrorCode::TokenExpired);
        assert_eq!(code(verify(store, &others, token, NOW).await), ErrorCode::Unauthorized);
        let cut = Secret::new(&token.expose()[..token.expose().len() - 1]);
        assert_eq!(code(verify(store, &keys, &cut, NOW).await), ErrorCode::Unauthorized);
        let body_only = Secret::new(token.expose().split('.').next().expect("a body"));
        assert_eq!(code(verify(store, &keys, &body_only, NOW).await), ErrorCode::Unauthorized);

        store.delete_user(&company.id, &user.user_id, after(1)).await.expect("deleted");
        assert_eq!(code(verify(store, &keys, token, after(2)).await), ErrorCode::Unauthorized);
        store.create_user(&company.id, &user, after(3)).await.expect("made anew");
        assert_eq!(code(verify(store, &keys, token, after(4)).await), ErrorCode::Unauthorized, "that was another");
    }

    #[test]
    fn a_wrong_time_is_refused_rather_than_bent() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(&folder.path().join("a"), true).expect("keys");
        let (company, user) = (crate::ids::new(), crate::ids::new());
        for seconds in [0, 359, 86_401, u32::MAX] {
            let refused = issue(&keys, &company, &user, Some(seconds), NOW).expect_err("refused");
            assert_eq!(refused.problem.field.as_deref(), Some("expires_in"), "{seconds}");
        }
        let default = issue(&keys, &company, &user, None, NOW).expect("issued");
        assert_eq!(default.expires_at, to_rfc3339(after(3600)));
    }
}
