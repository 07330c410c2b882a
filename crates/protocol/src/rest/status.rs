//! How the server is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Answer of `GET /v2/status`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServerStatus {
    /// The server's version.
    pub version: String,
    /// How many are in the company's rooms.
    pub people: u64,
    /// In how many of its rooms somebody is.
    pub live_rooms: u64,
    /// How much of the machine's processors is at work, in percent; absent when that is not known yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_percent: Option<f32>,
    /// How much of the disk that holds the data is taken, in percent; absent when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_percent: Option<f32>,
}
