//! Before going in.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ConsentAnswer, DeviceState};
use crate::{Problem, entry::JoinPreview};

/// The lobby.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct LobbyView {
    /// The server, as `host` or `host:port`.
    pub host: String,
    /// Room, seat, people.
    pub preview: JoinPreview,
    /// Name to join with.
    pub display_name: String,
    /// Whether the round trip to the server was quick.
    pub network: NetworkCheck,
    /// Microphone.
    pub microphone: DeviceState,
    /// Camera.
    pub camera: DeviceState,
    /// Speaker.
    pub speaker: DeviceState,
    /// Why the last try to join failed.
    pub problem: Option<Problem>,
    /// My answer to being recorded, where the room asks before going in.
    pub consent: ConsentAnswer,
    /// This is a test call of one's own.
    pub is_test_call: bool,
}

/// What the lobby found out about the way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NetworkCheck {
    /// Not known yet.
    Checking,
    /// Picture and sound will be clear.
    Good,
    /// Start with audio.
    Weak,
    /// The server does not answer.
    Unreachable,
}
