//! Ways in for fuzzers, to what parses bytes from outside.

use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

use livekit_protocol::{SignalRequest, signal_request::Message as Request};
use prost::Message as _;
use str0m::{
    net::{Protocol, Receive},
    rtp::Vp8Descriptor,
};
use visita_protocol::Secret;

use crate::{
    forward::{Allocator, Demand, Importance, LAYERS, Layer, VideoForwarder, VideoPacket},
    join_request, sdp, session, stun,
    token::Keys,
};

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
        let _ = sdp::sending_only(&description.sdp, &HashMap::from([("0".to_owned(), "PA|TR TR".to_owned())]));
    }
    session::interpret(request);
}

/// What a client says in its URL when it comes with one connection, before and after unpacking.
pub fn join_request(bytes: &[u8]) {
    let _ = join_request::unwrap(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = join_request::read(text);
    }
}

/// An access token.
pub fn token(text: &str) {
    let keys = Keys::new(HashMap::from([("devkey".to_owned(), Secret::new("secret"))]));
    let _ = keys.verify_join(text);
    let _ = keys.verify_grants(text);
}

/// Video packets on their way to one subscriber, read from `bytes` one after the other: what is passed on keeps its order,
/// and the same packet never goes out under two numbers.
///
/// # Panics
/// When it does not.
pub fn video(bytes: &[u8]) {
    let start = Instant::now();
    let mut forwarder = VideoForwarder::new(1);
    forwarder.retarget([true; LAYERS]);
    let mut highest = [0u64; LAYERS];
    let mut newest_out = 0;
    let mut rest = bytes;
    let mut at = start;
    while let [control, step, len, more @ ..] = rest {
        let (payload, after) = more.split_at(usize::from(*len).min(more.len()));
        rest = after;
        at += Duration::from_millis(u64::from(step & 0x0f));
        match control >> 4 {
            0 => forwarder.set_paused(control & 1 == 0),
            1 => forwarder.set_share(Layer::from_index(usize::from(control & 3))),
            2 => forwarder.set_ceiling(Layer::from_index(usize::from(control & 3)).unwrap_or(Layer::HIGH)),
            3 => forwarder.retarget(std::array::from_fn(|index| control & (1 << index) != 0)),
            _ => {
                let Some(layer) = Layer::from_index(usize::from(control & 3)) else { continue };
                let known = &mut highest[layer.index()];
                let sequence = (1000 + *known + u64::from(step >> 4)).saturating_sub(4);
                let fresh = sequence > 1000 + *known;
                *known = (*known).max(sequence.saturating_sub(1000));
                let descriptor = Vp8Descriptor::parse(payload).ok();
                let numbers = forwarder.push(&VideoPacket {
                    layer,
                    sequence,
                    timestamp: u32::from(*step) * 3000,
                    arrival: at,
                    captured: None,
                    key_frame: descriptor.is_some_and(|descriptor| descriptor.starts_keyframe(payload)),
                    empty: descriptor.is_none(),
                    picture_id: descriptor.and_then(|descriptor| descriptor.picture_id()),
                    tl0: descriptor.and_then(|descriptor| descriptor.tl0_pic_idx()),
                });
                if let Some(numbers) = numbers
                    && fresh
                {
                    assert!(numbers.sequence > newest_out, "a new packet goes out under an old number");
                    newest_out = numbers.sequence;
                }
            }
        }
    }
}

/// Shares of a bandwidth, with everything about the videos read from `bytes`: never more is given than there is, but for a
/// second and a quarter of it.
///
/// # Panics
/// When more is given.
pub fn bandwidth(bytes: &[u8]) {
    let start = Instant::now();
    let mut allocator = Allocator::default();
    let mut was_short = false;
    for (turn, chunk) in bytes.chunks(32).enumerate() {
        let [high, low, rest @ ..] = chunk else { return };
        let budget = u64::from(u16::from_be_bytes([*high, *low])) * 100;
        let demands: Vec<Demand<usize>> = rest
            .chunks_exact(5)
            .enumerate()
            .map(|(key, one)| Demand {
                key,
                importance: Importance {
                    screen: one[0] & 1 != 0,
                    priority: u32::from(one[0] >> 4),
                    speaks: one[0] & 2 != 0,
                    size: 0,
                },
                ceiling: Layer::from_index(usize::from(one[1] & 3)).unwrap_or(Layer::HIGH),
                alive: std::array::from_fn(|index| one[1] & (4 << index) != 0),
                rates: std::array::from_fn(|index| 1 + u64::from(one[2 + index]) * 10_000),
            })
            .collect();
        let given = allocator.allocate(Some(budget), &demands, start + Duration::from_secs(turn as u64));
        let total: u64 = given.iter().zip(&demands).filter_map(|(given, one)| Some(one.rates[(*given)?.index()])).sum();
        let short = total > budget;
        assert!(!short || (!was_short && total * 4 <= budget * 5), "{total} of {budget}");
        was_short = short;
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngCore, SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn what_always_holds_holds_for_anything() {
        let mut random = StdRng::seed_from_u64(4);
        let mut bytes = vec![0; 4096];
        for _ in 0..300 {
            random.fill_bytes(&mut bytes);
            datagram(&bytes);
            bandwidth(&bytes);
            // Payloads short enough for many packets, most of them key frames or their continuation.
            bytes.chunks_exact_mut(11).for_each(|chunk| {
                chunk[2] = 8;
                chunk[3] &= 0x90;
                chunk[7] &= 0x0f;
            });
            video(&bytes);
        }
    }
}
