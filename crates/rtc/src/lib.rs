//! One participant in a LiveKit room: encoded frames in and out, over `livekit-signaling` and `webrtc`.
//!
//! [`join`] gives a [`Room`] to command and a stream of [`RtcEvent`]s. Published media go through [`LocalVideo`] and
//! [`LocalAudio`], which take encoded VP8 frames and Opus packets and never block; received media come out of
//! [`VideoReceiver`] and [`AudioReceiver`]. Nothing here knows devices, codecs or rooms, and no type of the WebRTC library
//! shows in this surface, so that another engine can sit behind it.

mod bandwidth;
mod engine;
mod error;
mod event;
#[doc(hidden)]
pub mod fuzzing;
#[cfg(test)]
mod invented_call;
mod publish;
mod receive;
mod room;
mod session;
mod stats;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod video;

pub use error::{JoinError, RtcError};
pub use event::{
    ConnectionState, DisconnectReason, MediaKind, RemoteMedia, RemoteParticipant, RemoteTrack, RtcEvent, Source,
    Speaker,
};
pub use publish::{AudioPublication, LocalAudio, LocalVideo, VideoLayer, VideoPublication};
pub use receive::{AudioPacket, AudioReceiver, EncodedFrame, VideoReceiver};
pub use room::{Data, JoinOptions, Room, Wanted, join};
pub use stats::{AddressKind, Path, Protocol, ReceivedTrackStats, RtcStats, SentLayerStats, SentTrackStats};

/// Chooses the cryptography of every TLS connection of this process. Two providers are in the tree, so rustls asks for a
/// choice; whoever opens a `wss://` connection before [`join`] calls this first. Calling it again does nothing.
pub fn use_aws_lc() {
    // An error says that it was chosen already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// Makes ready what the first [`join`] of a process would wait for: the certificates of this computer, some 30 ms. Blocks for
/// as long.
pub fn prepare() {
    use_aws_lc();
    drop(livekit_net::ws_client());
}
