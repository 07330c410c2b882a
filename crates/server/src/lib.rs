//! The room server: API, links, room channel, storage; embeds the media server.
//!
//! [`start`] is the whole interface: the binary `visita-server` calls it with its flags, the desktop app with a company of
//! its own.

mod access;
mod api;
mod app;
mod audit;
mod callaba;
mod channel;
mod clock;
mod config;
mod docs;
mod error;
mod external;
mod files;
mod http;
mod ids;
mod join;
mod keys;
mod machine;
mod media;
mod mia;
mod names;
mod oidc;
mod pictures;
mod recordings;
mod rooms;
mod server;
mod store;
mod tokens;
mod users;
mod video_rooms;
mod webhooks;

pub use config::{
    Acme, Bootstrap, DEV_API_KEY, DEV_LIVEKIT_KEY, LETS_ENCRYPT, Limits, LiveKit, Rate, ServerConfig, StartError, Tls,
};
pub use mia::{MiaConfig, Privilege, Privileges};
pub use oidc::Issuer;
pub use server::{RunningServer, start};
pub use visita_sfu::{IceServers, IceUrl, Turn, TurnCredentials};
