//! Everything that names the WebRTC library: peer connections, tracks and data channels in our own words.

mod channel;
mod ice_servers;
mod inlet;
pub(crate) mod interceptors;
mod outlet;
mod peer;
mod rate;

pub(crate) use channel::Channel;
pub(crate) use ice_servers::resolved;
pub(crate) use inlet::Inlet;
pub(crate) use interceptors::{congestion::SendControl, tap::Meters};
pub(crate) use outlet::{AudioOutlet, Gate, LayerFigures, VideoOutlet};
#[cfg(test)]
pub(crate) use outlet::{is_free_again, is_worth_sending};
pub(crate) use peer::{IceServer, Manner, Peer, PeerEvent, PeerState, SendTrack, Side};

/// The library said no.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct EngineError(pub(crate) String);

impl From<webrtc::error::Error> for EngineError {
    fn from(error: webrtc::error::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<EngineError> for crate::RtcError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error.0)
    }
}
