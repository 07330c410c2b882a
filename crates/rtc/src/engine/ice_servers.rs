//! Names of STUN and TURN servers, looked up before the engine sees them.
//!
//! The library looks names up on the task that drives the whole connection: without a working DNS (a hospital's inner
//! network, say) nothing moves for the five seconds the system waits for an answer.

use std::{net::SocketAddr, time::Duration};

use futures_util::future::join_all;

use super::IceServer;

/// How long names of STUN servers may take. They only add a candidate that a media server with an address of its own
/// finds out by itself.
const STUN_PATIENCE: Duration = Duration::from_millis(100);
/// How long names of TURN servers may take: where they are needed nothing else works.
const TURN_PATIENCE: Duration = Duration::from_secs(2);

/// The servers with addresses for names; without those that have none.
pub(crate) async fn resolved(servers: Vec<IceServer>) -> Vec<IceServer> {
    join_all(servers.into_iter().map(|server| async move {
        let urls = join_all(server.urls.iter().map(|url| resolve(url))).await.into_iter().flatten().collect();
        IceServer { urls, ..server }
    }))
    .await
    .into_iter()
    .filter(|server| !server.urls.is_empty())
    .collect()
}

async fn resolve(url: &str) -> Option<String> {
    let parsed = Parsed::read(url)?;
    // Its certificate is checked against the name.
    if parsed.scheme.ends_with('s') {
        return Some(url.to_owned());
    }
    let patience = if parsed.scheme == "turn" { TURN_PATIENCE } else { STUN_PATIENCE };
    let lookup = tokio::net::lookup_host((parsed.host, parsed.port));
    let addresses = match tokio::time::timeout(patience, lookup).await {
        Ok(Ok(addresses)) => addresses,
        Ok(Err(error)) => {
            tracing::debug!(%error, url, "a server for ICE has no address");
            return None;
        }
        Err(_) => {
            tracing::debug!(url, "the address of a server for ICE takes too long");
            return None;
        }
    };
    let addresses: Vec<SocketAddr> = addresses.collect();
    // One is enough; nearly every network has IPv4.
    let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first())?;
    Some(format!("{}:{address}{}", parsed.scheme, parsed.query))
}

/// A URL of RFC 7064 or RFC 7065.
struct Parsed<'a> {
    scheme: &'a str,
    host: &'a str,
    port: u16,
    /// With its question mark.
    query: &'a str,
}

impl<'a> Parsed<'a> {
    fn read(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        if !matches!(scheme, "stun" | "stuns" | "turn" | "turns") {
            return None;
        }
        let (authority, query) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
        let default_port = if scheme.ends_with('s') { 5349 } else { 3478 };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (authority, default_port),
        };
        Some(Self { scheme, host: host.trim_start_matches('[').trim_end_matches(']'), port, query })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn urls(url: &str) -> Vec<String> {
        let server = IceServer { urls: vec![url.to_owned()], username: String::new(), credential: String::new() };
        resolved(vec![server]).await.into_iter().flat_map(|server| server.urls).collect()
    }

    #[tokio::test]
    async fn addresses_stand_for_names() {
        assert_eq!(urls("stun:localhost:19302").await, ["stun:127.0.0.1:19302"]);
        assert_eq!(urls("turn:localhost?transport=udp").await, ["turn:127.0.0.1:3478?transport=udp"]);
        assert_eq!(urls("turn:192.0.2.1:443?transport=tcp").await, ["turn:192.0.2.1:443?transport=tcp"]);
        assert_eq!(urls("stun:[::1]:5").await, ["stun:[::1]:5"]);
        assert_eq!(urls("turns:turn.example:443").await, ["turns:turn.example:443"]);
    }

    #[tokio::test]
    async fn what_has_no_address_is_left_out() {
        for url in ["stun:name.invalid:1", "http://localhost", "stun", "stun:localhost:port"] {
            assert!(urls(url).await.is_empty(), "{url}");
        }
    }
}
