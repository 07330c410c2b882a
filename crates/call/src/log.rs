//! The log of a program on the client's side.

use std::io::IsTerminal;

use tracing::{Level, Metadata};
use tracing_subscriber::{EnvFilter, Layer, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt};

/// What programs log when `VISITA_LOG` says nothing else. The WebRTC stack warns of much that mends itself.
const LOG_FILTER: &str =
    "warn,visita=info,rtc=error,rtc_ice=error,rtc_dtls=error,livekit_signaling=error,pulseaudio=off";

/// Starts the log on stderr, by `VISITA_LOG` or what is said above. Once in a process.
pub fn start_log() {
    let filter = EnvFilter::try_from_env("VISITA_LOG").unwrap_or_else(|_| LOG_FILTER.into());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_filter(filter);
    tracing_subscriber::registry().with(lines.with_filter(filter_fn(is_harmless))).init();
}

/// Nobody can ask for these: what goes over the wire, tokens and all, at `trace`; and whole packets, which the WebRTC
/// library's driver writes down when it has nowhere to put them.
fn is_harmless(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    let talkative = ["tungstenite", "tokio_tungstenite", "hyper", "hyper_util", "h2", "reqwest"];
    let of_talkative = talkative.contains(&target.split("::").next().unwrap_or_default());
    !(target == "webrtc::peer_connection::driver" || of_talkative && *metadata.level() == Level::TRACE)
}
