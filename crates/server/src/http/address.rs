//! Whose request it is.

use std::net::{IpAddr, Ipv6Addr};

use axum::{extract::ConnectInfo, http::Extensions};

use super::serve::Peer;

/// The address that limits count by. Of an IPv6 address the network of one subscriber (64 bits) counts: who has one address
/// of it has them all.
pub(super) fn of(extensions: &Extensions) -> IpAddr {
    let ConnectInfo(Peer(address)) =
        extensions.get().copied().unwrap_or(ConnectInfo(Peer(IpAddr::V6(Ipv6Addr::UNSPECIFIED))));
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

/// The client that the proxies we trust speak for: the last address of `x-forwarded-for` that is none of theirs.
pub(super) fn behind(peer: IpAddr, forwarded: Option<&str>, trusted: &[IpAddr]) -> IpAddr {
    if !trusted.contains(&peer.to_canonical()) {
        return peer;
    }
    let hops = forwarded.unwrap_or_default().rsplit(',').map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    hops.map(|hop| hop.to_canonical()).find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_we_trust_speak_for_others() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        let client = |peer, forwarded| behind(ip(peer), forwarded, &trusted);
        assert_eq!(client("192.0.2.7", Some("198.51.100.1")), ip("192.0.2.7"), "whoever says so");
        assert_eq!(client("10.0.0.1", Some("198.51.100.1")), ip("198.51.100.1"));
        assert_eq!(client("10.0.0.1", Some("203.0.113.9, 198.51.100.1, 10.0.0.2")), ip("198.51.100.1"));
        assert_eq!(client("10.0.0.1", Some("203.0.113.9, nonsense")), ip("10.0.0.1"), "what cannot be read ends it");
        assert_eq!(client("10.0.0.1", None), ip("10.0.0.1"));
        assert_eq!(client("::ffff:10.0.0.1", Some("198.51.100.1")), ip("198.51.100.1"));
    }
}
