//! A LiveKit-compatible media server: signalling sessions and selective forwarding on `str0m`.
//!
//! One thread owns every room, every peer connection and the one UDP socket; signalling WebSockets run as tasks and talk to
//! it by channels. The rules of forwarding are pure: they take the time as an argument and know no socket.
//!
//! What a room means beyond media is the host's business: this crate obeys token grants and the commands of [`SfuControl`].

mod api;
mod control;
mod engine;
mod forward;
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod ice_servers;
mod join_request;
mod rate;
mod revocation;
mod sdp;
mod session;
mod sfu;
mod stun;
mod token;
mod twirp;
mod udp;
mod wire;

pub use api::{
    LeftReason, ParticipantDescription, ParticipantPatch, Permissions, RoomDescription, ServerData, SfuConfig,
    SfuError, SfuEvent, SfuLimits, SfuStats, TrackDescription, TrackKind, TrackSource,
};
pub use control::SfuControl;
pub use ice_servers::{IceServers, IceUrl, NotAnIceUrl, Turn, TurnCredentials};
pub use sfu::Sfu;
