//! Ways in for fuzzers, to what parses bytes from outside.

use std::{collections::HashMap, net::SocketAddr};

use livekit_protocol::{SignalRequest, signal_request::Message as Request};
use prost::Message as _;
use str0m::net::{Protocol, Receive};
use visita_protocol::Secret;

use crate::{sdp, session, stun, token::Keys};

const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9);

/// A datagram at the media port, before it is known whose it is.
pub fn datagram(bytes: &[u8]) {
    let _ = stun::receiver_ufrag(bytes);
    let _ = Receive::new(Protocol::Udp, NOBODY, NOBODY, bytes);
}

/// A signalling message, as protobuf or as JSON, and the session descriptions in it.
pub fn signal(bytes: &[u8]) {
    let read = SignalRequest::decode(bytes).ok().or_else(|| serde_json::from_slice(bytes).ok());
    let Some(request) = read.and_then(|request: SignalRequest| request.message) else { return };
    if let Request::Offer(description) | Request::Answer(description) = &request {
        let _ = sdp::offered_lines(&description.sdp);
        let _ = sdp::without_idle_tracks(&description.sdp);
        let _ = sdp::receiving_only(&description.sdp);
    }
    session::interpret(request);
}

/// An access token.
pub fn token(text: &str) {
    let keys = Keys::new(HashMap::from([("devkey".to_owned(), Secret::new("secret"))]));
    let _ = keys.verify_join(text);
    let _ = keys.verify_grants(text);
}
