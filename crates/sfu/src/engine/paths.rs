//! The ways to one peer: the addresses its checks come from. A client that changes networks, or whose translator gives it
//! another port, goes on checking from its new address; a lite agent never checks by itself and would send to the old one
//! until that has been silent for 15 s.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use str0m::{Candidate, CandidateKind, Input, net::Protocol};

use super::{Engine, peer::PeerKey};
use crate::stun::nominates;

/// Addresses kept per peer. A client that moves between networks has a few; one that changes them endlessly loses the oldest.
const MAX_PATHS: usize = 16;

/// A way that is not checked for so long while another is has been left. Clients check the way they use every 2.5 s.
const LEFT_AFTER: Duration = Duration::from_secs(4);

/// An address a peer sends from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path {
    pub(crate) address: SocketAddr,
    pub(crate) protocol: Protocol,
    last_check: Instant,
    /// Not sent to any more.
    left: bool,
}

impl Engine {
    /// A check came in for a peer. False: it has no business here.
    pub(super) fn note_check(&mut self, key: PeerKey, bytes: &[u8], input: &Input<'_>, now: Instant) -> bool {
        let Input::Receive(_, receive) = input else { return false };
        let (source, protocol) = (receive.source, receive.proto);
        let leads_here = protocol != Protocol::Udp || self.peer_by_address.get(&source) == Some(&key);
        let Some(peer) = self.peers.get_mut(key) else { return false };
        let nominated = nominates(bytes);
        let known = peer.paths.iter().position(|path| path.address == source && path.protocol == protocol);
        let outdated = |path: &Path| {
            (path.address != source || path.protocol != protocol)
                && !path.left
                && (nominated || now.saturating_duration_since(path.last_check) > LEFT_AFTER)
        };
        let returns = known.is_some_and(|at| peer.paths[at].left);
        let moves = peer.ice_lite && (returns || peer.paths.iter().any(outdated));
        // Only one who knows the password may change anything; for a way in use that is left to the ICE agent.
        let news = known.is_none() || !leads_here;
        if (news || moves) && !peer.accepts(input) {
            return !news;
        }
        let path = Path { address: source, protocol, last_check: now, left: false };
        match known {
            Some(at) => peer.paths[at] = path,
            None => peer.paths.push(path),
        }
        if moves {
            let mut leave = Vec::new();
            for path in peer.paths.iter_mut().filter(|path| outdated(path)) {
                path.left = true;
                leave.push((path.address, path.protocol));
            }
            self.on_peer(key, |rtc| {
                for (address, protocol) in leave {
                    // One that was left before has come back as a host candidate.
                    for kind in [CandidateKind::PeerReflexive, CandidateKind::Host] {
                        rtc.direct_api().invalidate_candidate(&learnt(address, protocol, kind));
                    }
                }
                if returns && let Ok(candidate) = Candidate::host(source, protocol) {
                    rtc.add_remote_candidate(candidate);
                }
                Ok(())
            });
        }
        if news {
            self.add_path(key, source, protocol);
        }
        true
    }

    /// An address leads nowhere any more.
    pub(super) fn lose_path(&mut self, key: PeerKey, source: SocketAddr, protocol: Protocol) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        peer.paths.retain(|path| path.address != source || path.protocol != protocol);
        self.on_peer(key, |rtc| {
            for kind in [CandidateKind::PeerReflexive, CandidateKind::Host] {
                rtc.direct_api().invalidate_candidate(&learnt(source, protocol, kind));
            }
            Ok(())
        });
    }

    /// Datagrams from an address are a peer's from here on.
    fn add_path(&mut self, key: PeerKey, source: SocketAddr, protocol: Protocol) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        let oldest = (peer.paths.len() > MAX_PATHS).then(|| peer.paths.remove(0).address);
        if protocol != Protocol::Udp {
            return;
        }
        if let Some(oldest) = oldest
            && self.peer_by_address.get(&oldest) == Some(&key)
        {
            self.peer_by_address.remove(&oldest);
        }
        self.peer_by_address.insert(source, key);
    }
}

/// A candidate by which the ICE agent knows an address of the client.
fn learnt(address: SocketAddr, protocol: Protocol, kind: CandidateKind) -> Candidate {
    Candidate::from_parts("0".to_owned(), 1, protocol, 0, address, kind, None, None, None)
}
