/// A device as it is shown in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    /// Names the device for as long as it is plugged into the same place, also after a restart.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Whether the system would take it if nobody chose.
    pub is_default: bool,
}

/// Why a device gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// There is no such device.
    #[error("device not found")]
    Missing,
    /// Another program holds it.
    #[error("device is in use")]
    Busy,
    /// The system does not let us.
    #[error("access to the device was refused")]
    Denied,
    /// It was there, and went away.
    #[error("device went away")]
    Lost,
    /// Anything else, in the system's words.
    #[error("device failed: {0}")]
    Failed(String),
}

impl DeviceError {
    /// Writes into the log that a device did not open; at a lower level when it is what was written before: such a device is
    /// tried every other second.
    pub fn log(&self, device: &str, before: Option<&Self>) {
        if before == Some(self) {
            tracing::debug!(device, error = %self, "still does not open");
        } else {
            tracing::info!(device, error = %self, "does not open");
        }
    }
}
