//! The company of the key: name, limits, rules for everybody in it.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A company as told back by `GET /v2/company`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Company {
    /// Shown to guests.
    pub name: String,
    /// BCP 47, such as `en` or `it-IT`.
    pub default_language: String,
    /// Names the company to its own pages, no other's.
    pub web_app_id: Option<String>,
    /// Whose pages may show a call of the company in a frame, such as `https://clinic.example.org`.
    #[serde(default)]
    pub embed_origins: Vec<String>,
    /// For mobile SDKs.
    pub mobile_app_id: Option<String>,
    /// Where browsers go after a call, `http` or `https`.
    pub end_of_call_redirect_url: Option<String>,
    /// Where names and avatars of users are asked for, `http` or `https`.
    pub user_details_provider_url: Option<String>,
    /// How many days after its end a recording is deleted; never when absent.
    pub recording_retention_days: Option<u32>,
}

/// Body of `PATCH /v2/company`: what is absent stays; `null` clears what may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCompany {
    /// 1 to 120 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// BCP 47, such as `en` or `it-IT`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub default_language: Option<String>,
    /// 1 to 128 letters, digits and `. _ ~ -`, not another company's.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub web_app_id: Option<Option<String>>,
    /// Up to 50 origins (RFC 6454) of `http` or `https` whose pages may show a call of the company in a frame; none when
    /// empty.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub embed_origins: Option<Vec<String>>,
    /// Up to 128 characters.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub mobile_app_id: Option<Option<String>>,
    /// `http` or `https`.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub end_of_call_redirect_url: Option<Option<String>>,
    /// `http` or `https`.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub user_details_provider_url: Option<Option<String>>,
    /// How many days after its end a recording is deleted, 1 to 36500. It holds for those there are, too.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub recording_retention_days: Option<Option<u32>>,
}

/// Refuses `null` where only absence means that nothing is said.
fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Tells `null`, which clears, from a field that is absent.
fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}
