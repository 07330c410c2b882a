//! The devices of this computer.

use serde::{Deserialize, Serialize};
use specta::Type;

/// The state of one of the person's own devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeviceState {
    /// Being opened.
    Starting,
    /// Works and is on.
    On {
        /// The device's name.
        label: String,
    },
    /// Switched off by the person.
    Off,
    /// None is connected.
    Missing,
    /// Another program has it.
    Busy {
        /// The device's name.
        label: String,
    },
    /// The system does not let us use it.
    Denied,
    /// It failed; it is tried again by itself.
    Failed {
        /// For the diagnostics.
        detail: String,
    },
    /// The room or the seat does not allow it.
    NotAllowed,
}

impl DeviceState {
    /// Whether it is working now.
    pub fn is_on(&self) -> bool {
        matches!(self, Self::On { .. })
    }
}

/// The devices of this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DevicesView {
    /// Cameras.
    pub cameras: Vec<DeviceView>,
    /// Microphones.
    pub microphones: Vec<DeviceView>,
    /// Speakers.
    pub speakers: Vec<DeviceView>,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct DeviceView {
    /// Stable id.
    pub id: String,
    /// Name for people.
    pub label: String,
}
