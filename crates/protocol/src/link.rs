//! A seat's link: `https://HOST/join/CODE`, or `visita://HOST/join/CODE` for the app's own scheme.

use thiserror::Error;
use url::Url;

use crate::Secret;

/// Shortest code accepted: 128 bits in base64url.
const MIN_CODE_LEN: usize = 22;
const MAX_CODE_LEN: usize = 128;

/// A link taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomLink {
    /// The server's URL, without path: `http://127.0.0.1:7880`.
    pub server: Url,
    /// The seat's code.
    pub code: Secret,
}

/// Why a text is no link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// Not a URL at all, or without a host.
    #[error("this is not a link")]
    NotALink,
    /// A link into a room of which something is missing, or too much.
    #[error("this link is not whole")]
    NotWhole,
    /// A link to something else.
    #[error("this link does not lead to a Visita room")]
    NotARoom,
}

impl RoomLink {
    /// Reads a link as people paste it: surrounding spaces, brackets, quotes and a trailing dot or comma are dropped.
    /// `visita://` becomes `https://`, or `http://` where the host is this computer or an address of a private network
    /// (there no certificate can be had).
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim().trim_matches(|c: char| "<>()[]{}\"'«»“”.,;".contains(c));
        let url = Url::parse(text).map_err(|_| LinkError::NotALink)?;
        let host = url.host_str().filter(|h| !h.is_empty()).ok_or(LinkError::NotALink)?.to_owned();
        let scheme = match url.scheme() {
            "http" | "https" => url.scheme().to_owned(),
            "visita" if is_local(&host) => "http".into(),
            "visita" => "https".into(),
            _ => return Err(LinkError::NotALink),
        };
        let mut path = url.path().trim_matches('/').split('/');
        let code = match (path.next(), path.next(), path.next()) {
            (Some("join"), Some(code), None) => code,
            _ => return Err(LinkError::NotARoom),
        };
        let well_formed = (MIN_CODE_LEN..=MAX_CODE_LEN).contains(&code.len())
            && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        if !well_formed {
            return Err(LinkError::NotWhole);
        }
        let port = url.port().map(|p| format!(":{p}")).unwrap_or_default();
        let server = Url::parse(&format!("{scheme}://{host}{port}/")).map_err(|_| LinkError::NotALink)?;
        Ok(Self { server, code: Secret::new(code) })
    }
}

fn is_local(host: &str) -> bool {
    if host == "localhost" || host.ends_with(".localhost") {
        return true;
    }
    match host.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(std::net::IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "abcdefghijklmnopqrstuv";

    #[test]
    fn reads_links_as_people_paste_them() {
        for text in [
            format!("http://127.0.0.1:7880/join/{CODE}"),
            format!("  <http://127.0.0.1:7880/join/{CODE}>. "),
            format!("visita://127.0.0.1:7880/join/{CODE}"),
            format!("http://127.0.0.1:7880/join/{CODE}/"),
        ] {
            let link = RoomLink::parse(&text).expect(&text);
            assert_eq!(link.server.as_str(), "http://127.0.0.1:7880/");
            assert_eq!(link.code.expose(), CODE);
        }
        let link = RoomLink::parse(&format!("visita://visits.example.org/join/{CODE}")).expect("a link");
        assert_eq!(link.server.as_str(), "https://visits.example.org/");
    }

    #[test]
    fn refuses_what_is_no_link() {
        assert_eq!(RoomLink::parse("hello"), Err(LinkError::NotALink));
        assert_eq!(RoomLink::parse(""), Err(LinkError::NotALink));
        assert_eq!(RoomLink::parse("mailto:a@example.org"), Err(LinkError::NotALink));
        assert_eq!(RoomLink::parse("https://example.org/"), Err(LinkError::NotARoom));
        assert_eq!(RoomLink::parse("https://example.org/join/short"), Err(LinkError::NotWhole));
        assert_eq!(RoomLink::parse(&format!("https://example.org/join/{CODE}/x")), Err(LinkError::NotARoom));
    }

    #[test]
    fn debug_hides_the_code() {
        let link = RoomLink::parse(&format!("http://127.0.0.1:7880/join/{CODE}")).expect("a link");
        assert!(!format!("{link:?}").contains(CODE));
    }
}
