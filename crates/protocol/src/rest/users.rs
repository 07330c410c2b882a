//! Users of a company: those who host.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::UserId;

/// A user's role in its company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May join.
    #[default]
    Basic,
    /// May join and create.
    Plus,
}

/// Body of `POST /v2/users`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// `basic` when absent.
    #[serde(default)]
    pub role: Role,
    /// May open the console; off when absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_operator: bool,
}

/// A user as told back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Id in the company.
    pub user_id: UserId,
    /// Role.
    pub role: Role,
    /// May open the console.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_operator: bool,
}

/// Body of `PATCH /v2/users/{user_id}`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateUser {
    /// Role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// May open the console.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_operator: Option<bool>,
}

/// A user in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListedUser {
    /// The user.
    #[serde(flatten)]
    pub user: User,
    /// Signed in somewhere now.
    #[serde(default)]
    pub online: bool,
    /// When they were made.
    pub created_at: String,
}

/// Answer of `GET /v2/users`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    /// This page of them, in the order of their making.
    pub users: Vec<ListedUser>,
    /// How many there are in all.
    pub total: u64,
}
