//! Keys to the API.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Secret;

/// Body of `POST /v2/api-keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKey {
    /// What it is for, 1 to 120 characters.
    pub name: String,
}

/// A key to the API, which itself is told only when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Which.
    pub key_id: String,
    /// What it is for; absent of the one that the server's settings give the company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// When it was used last, to the hour; absent when it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

/// A key that was made just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewApiKey {
    /// What is told of it later.
    #[serde(flatten)]
    pub about: ApiKey,
    /// The key, told this once.
    pub key: Secret,
}

/// Answer of `GET /v2/api-keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyList {
    /// All of them, in the order of their making.
    pub keys: Vec<ApiKey>,
}
