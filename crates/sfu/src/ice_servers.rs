//! STUN and TURN servers that clients are told of: for those whose network lets nothing through to the media server itself.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use livekit_protocol::IceServer;
use serde::Deserialize;
use sha1::Sha1;
use visita_protocol::Secret;

/// What clients are told of STUN (RFC 8489) and TURN (RFC 8656) servers. The default is none: the media server has addresses
/// of its own that most networks let through.
#[derive(Clone, Debug, Default)]
pub struct IceServers {
    /// Servers that tell a client its address as seen from outside.
    pub stun: Vec<IceUrl>,
    /// Servers that pass a client's media on.
    pub turn: Option<Turn>,
}

/// TURN servers with one way of signing in.
#[derive(Clone, Debug)]
pub struct Turn {
    /// `turn:` and `turns:` URLs.
    pub urls: Vec<IceUrl>,
    /// How a client signs in.
    pub credentials: TurnCredentials,
}

/// How a client signs in at a TURN server.
#[derive(Clone, Debug)]
pub enum TurnCredentials {
    /// The same for everybody.
    Fixed {
        /// User name.
        username: String,
        /// Its password.
        password: Secret,
    },
    /// A user name and password for each participant, good until `lifetime` is over (draft-uberti-behave-turn-rest-00; coturn
    /// calls the secret `static-auth-secret`). A call that goes on for longer loses its relay.
    Timed {
        /// What media server and TURN server share.
        secret: Secret,
        /// From the join on.
        lifetime: Duration,
    },
}

/// URL of a STUN server (RFC 7064) or a TURN server (RFC 7065), such as `turn:turn.example.org:3478?transport=udp`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct IceUrl(String);

impl IceUrl {
    /// Whether it is of a TURN server.
    pub fn is_turn(&self) -> bool {
        self.0.starts_with("turn")
    }
}

impl fmt::Display for IceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is no URL of a STUN or TURN server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("such as stun:HOST:PORT or turn:HOST:PORT?transport=udp")]
pub struct NotAnIceUrl;

impl FromStr for IceUrl {
    type Err = NotAnIceUrl;

    fn from_str(text: &str) -> Result<Self, NotAnIceUrl> {
        let (scheme, rest) = text.split_once(':').ok_or(NotAnIceUrl)?;
        let (authority, query) =
            rest.split_once('?').map_or((rest, None), |(authority, query)| (authority, Some(query)));
        // An address of IPv6 stands in brackets.
        let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or(NotAnIceUrl)?)),
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let known = match scheme {
            "stun" | "stuns" => query.is_none(),
            "turn" | "turns" => matches!(query, None | Some("transport=udp" | "transport=tcp")),
            _ => false,
        };
        let host_is_one = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:_".contains(c));
        let port_is_one = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        if known && host_is_one && port_is_one { Ok(Self(text.to_owned())) } else { Err(NotAnIceUrl) }
    }
}

impl TryFrom<String> for IceUrl {
    type Error = NotAnIceUrl;

    fn try_from(text: String) -> Result<Self, NotAnIceUrl> {
        text.parse()
    }
}

impl IceServers {
    /// As the protocol tells them to `participant`.
    pub(crate) fn told_to(&self, participant: &str, now: SystemTime) -> Vec<IceServer> {
        let texts = |urls: &[IceUrl]| urls.iter().map(IceUrl::to_string).collect();
        let stun = (!self.stun.is_empty()).then(|| IceServer { urls: texts(&self.stun), ..Default::default() });
        let turn = self.turn.as_ref().map(|turn| {
            let (username, credential) = match &turn.credentials {
                TurnCredentials::Fixed { username, password } => (username.clone(), password.expose().to_owned()),
                TurnCredentials::Timed { secret, lifetime } => {
                    timed(secret, participant, now.checked_add(*lifetime).unwrap_or(now))
                }
            };
            IceServer { urls: texts(&turn.urls), username, credential }
        });
        stun.into_iter().chain(turn).collect()
    }
}

/// User name and password that a TURN server with the same secret takes until `end`.
fn timed(secret: &Secret, participant: &str, end: SystemTime) -> (String, String) {
    let seconds = end.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let username = format!("{seconds}:{participant}");
    // HMAC takes keys of every length, so there always is one.
    let password = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes())
        .map(|mac| STANDARD.encode(mac.chain_update(&username).finalize().into_bytes()))
        .unwrap_or_default();
    (username, password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_checked() {
        for url in [
            "stun:192.0.2.1",
            "stuns:example.org:5349",
            "turn:example.org:3478?transport=udp",
            "turns:example.org:443?transport=tcp",
            "turn:[2001:db8::1]:3478",
        ] {
            assert_eq!(url.parse::<IceUrl>().map(|parsed| parsed.to_string()), Ok(url.to_owned()));
        }
        for url in [
            "",
            "stun:",
            "turn:example.org:0",
            "turn:example.org:port",
            "turn:user:password@example.org",
            "stun:example.org?transport=udp",
            "turn:example.org?transport=sctp",
            "turn:[2001:db8::1",
            "http://example.org",
        ] {
            assert_eq!(url.parse::<IceUrl>(), Err(NotAnIceUrl), "{url}");
        }
    }

    #[test]
    fn everybody_has_a_password_for_a_while() {
        let turn = Turn {
            urls: vec!["turn:example.org".parse().expect("a URL")],
            credentials: TurnCredentials::Timed { secret: Secret::new("north"), lifetime: Duration::from_secs(3600) },
        };
        let servers = IceServers { stun: vec!["stun:example.org".parse().expect("a URL")], turn: Some(turn) };
        let told = servers.told_to("PA_ada", UNIX_EPOCH + Duration::from_secs(1_400_000_000));
        assert_eq!(told[0].urls, ["stun:example.org"]);
        assert_eq!(told[1].username, "1400003600:PA_ada");
        // printf 1400003600:PA_ada | openssl dgst -sha1 -hmac north -binary | base64
        assert_eq!(told[1].credential, "1cIblyyz7kpiizZOD3V6VDFH3BY=");
        assert!(!format!("{servers:?}").contains("north"));
    }
}
