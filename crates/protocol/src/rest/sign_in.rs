//! Signing in: credentials, links that are good once, the app's own tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::Role;
use crate::{Secret, UserId};

/// Body of `POST /sdk/credentials`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCredentials {
    /// A user of the company.
    pub user_id: UserId,
    /// Seconds, 360 to 86400; 3600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// Body of `POST /sdk/credentials/renew`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewCredentials {
    /// Seconds, 360 to 86400; 3600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// What a user signs in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credentials {
    /// Of the user channel, and as `authorization: Bearer …` of the calls of signed-in users.
    pub access_token: Secret,
    /// From when on it is good no more.
    pub expires_at: String,
    /// Whose it is.
    pub user_id: UserId,
}

/// Body of `POST /v2/users/{user_id}/sign-in-link`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSignInLink {
    /// Seconds, 60 to 604800 (a week); 86400 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// A link that signs a user in, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// Who uses it is that user.
    pub url: Secret,
    /// From when on it is good no more.
    pub expires_at: String,
    /// Whom it signs in.
    pub user_id: UserId,
}

/// Answer of `POST /sign-in/{code}`: signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// The access token.
    #[serde(flatten)]
    pub credentials: Credentials,
    /// What the user may do.
    pub role: Role,
    /// May open the console.
    pub is_operator: bool,
    /// The company's name.
    pub company: String,
}
