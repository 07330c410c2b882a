//! The room server: API, links, room channel, storage; embeds the media server.

mod config;

pub use config::{Bootstrap, DEV_API_KEY, DEV_LIVEKIT_KEY, LiveKit, ServerConfig, StartError};

use url::Url;

/// A server that serves. [`RunningServer::stop`] ends it gracefully; dropping it ends it at once.
#[derive(Debug)]
pub struct RunningServer {
    url: Url,
}

impl RunningServer {
    /// Where it serves, as a client on this computer reaches it: `http://127.0.0.1:PORT/`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Tells everybody that it stops, and stops.
    pub async fn stop(self) {}
}

/// Starts a server and returns when it serves.
///
/// # Errors
/// [`StartError`] when the address, the data folder, the settings or the media server cannot be used.
pub async fn start(config: ServerConfig) -> Result<RunningServer, StartError> {
    let _ = config;
    Err(StartError::Config("not built yet".into()))
}
