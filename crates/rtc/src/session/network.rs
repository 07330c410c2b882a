//! Notices that the machine is on another network, or was asleep.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant, SystemTime},
};

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(1);
/// A wall clock that went so much further than the monotonic one, which stands still in sleep.
const SLEEP: Duration = Duration::from_secs(4);

/// What happened to the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Packets to the server leave from another address.
    Address,
    /// The machine was asleep.
    Woke,
}

/// Watches over one way to a server.
#[derive(Debug)]
pub(super) struct NetworkWatch {
    server: Option<SocketAddr>,
    last: Option<Look>,
    /// The last address there was; while there is none nothing can be done.
    address: Option<IpAddr>,
}

#[derive(Clone, Copy, Debug)]
struct Look {
    at: Instant,
    wall: SystemTime,
}

impl NetworkWatch {
    /// Watches the way to the host of a URL. Without an address of it only sleep is noticed.
    pub(super) async fn new(url: &str) -> Self {
        let parsed = url::Url::parse(url).ok();
        let server = match parsed.as_ref().and_then(|url| Some((url.host_str()?, url.port_or_known_default()?))) {
            Some((host, port)) => tokio::net::lookup_host((host.trim_matches(['[', ']']), port))
                .await
                .ok()
                .and_then(|mut addresses| addresses.next()),
            None => None,
        };
        Self { server, last: None, address: server.and_then(own_address) }
    }

    /// Looks, now and then; tells a change once.
    pub(super) fn poll(&mut self, now: Instant) -> Option<Change> {
        if self.last.is_some_and(|last| now.saturating_duration_since(last.at) < EVERY) {
            return None;
        }
        self.look(now, SystemTime::now(), self.server.and_then(own_address))
    }

    fn look(&mut self, now: Instant, wall: SystemTime, address: Option<IpAddr>) -> Option<Change> {
        let last = self.last.replace(Look { at: now, wall });
        let moved = address.is_some() && self.address.is_some() && address != self.address;
        self.address = address.or(self.address);
        let slept = last.is_some_and(|last| {
            let wall = wall.duration_since(last.wall).unwrap_or_default();
            wall > now.saturating_duration_since(last.at) + SLEEP
        });
        if moved {
            Some(Change::Address)
        } else if slept {
            Some(Change::Woke)
        } else {
            None
        }
    }
}

/// Where packets to `server` would leave from. Connecting a UDP socket asks the routing table and sends nothing.
fn own_address(server: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect(server).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_address_is_told_once_and_none_is_no_address() {
        let mut watch = NetworkWatch::new("ws://127.0.0.1:7880").await;
        assert_eq!(watch.address, Some(Ipv4Addr::LOCALHOST.into()));
        let (start, wall) = (Instant::now(), SystemTime::now());
        let mut look = |seconds: u64, address: Option<[u8; 4]>| {
            let later = Duration::from_secs(seconds);
            watch.look(start + later, wall + later, address.map(IpAddr::from))
        };
        assert_eq!(look(1, Some([127, 0, 0, 1])), None);
        assert_eq!(look(2, None), None);
        assert_eq!(look(3, Some([127, 0, 0, 1])), None, "the same network came back");
        assert_eq!(look(4, Some([10, 0, 0, 7])), Some(Change::Address));
        assert_eq!(look(5, Some([10, 0, 0, 7])), None);
    }

    #[tokio::test]
    async fn sleep_shows_in_the_wall_clock() {
        let mut watch = NetworkWatch::new("nonsense").await;
        let (start, wall) = (Instant::now(), SystemTime::now());
        assert_eq!(watch.look(start, wall, None), None);
        assert_eq!(watch.look(start + EVERY, wall + EVERY + Duration::from_secs(600), None), Some(Change::Woke));
        assert_eq!(watch.look(start + EVERY * 2, wall + EVERY * 2, None), None, "a clock that is set back");
    }
}
