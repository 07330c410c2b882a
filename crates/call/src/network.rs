//! What the way to a server carried last, so that the first picture of the next call is a good one.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use visita_protocol::Bitrate;

/// Networks change: what was known this long ago says nothing any more.
const GOOD_FOR: Duration = Duration::from_secs(15 * 60);

static KNOWN: Mutex<Option<HashMap<String, (Bitrate, Instant)>>> = Mutex::new(None);

/// The server's name and port, without path and without what is secret.
pub(crate) fn server_of(url: &str) -> String {
    let url = url::Url::parse(url).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
    let port = url.as_ref().and_then(url::Url::port_or_known_default).unwrap_or(0);
    format!("{host}:{port}")
}

/// What the way to a server is known to carry.
pub(crate) fn known_rate(server: &str) -> Option<Bitrate> {
    let known = KNOWN.lock();
    let (rate, at) = known.as_ref()?.get(server)?;
    (at.elapsed() < GOOD_FOR).then_some(*rate)
}

/// Keeps what the way to a server carries.
pub(crate) fn remember(server: &str, rate: Bitrate) {
    KNOWN.lock().get_or_insert_default().insert(server.to_owned(), (rate, Instant::now()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_server_has_its_own() {
        let server = server_of("ws://one.example:7880/rtc");
        assert_eq!(server, "one.example:7880");
        remember(&server, Bitrate::from_kbps(900));
        assert_eq!(known_rate(&server), Some(Bitrate::from_kbps(900)));
        assert_eq!(known_rate(&server_of("wss://one.example")), None);
    }
}
