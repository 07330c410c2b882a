//! Settings of `visita-server`: flags, then environment, then file; the first that says something counts.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use serde::Deserialize;
use url::Url;
use visita_protocol::Secret;
use visita_server::{Bootstrap, LiveKit, ServerConfig};

/// LiveKit's port, so that its examples run unchanged.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7880);

/// The Visita room server.
#[derive(Debug, Parser)]
#[command(name = "visita-server", version)]
struct Flags {
    /// Development mode: loopback only, LiveKit key "devkey" with secret "secret", API key "devkey", a company with it.
    #[arg(long, env = "VISITA_DEV", value_parser = clap::builder::FalseyValueParser::new())]
    dev: bool,
    /// Address to listen on; port 0 picks a free one [default: 127.0.0.1:7880].
    #[arg(long, env = "VISITA_LISTEN", value_name = "HOST:PORT")]
    listen: Option<SocketAddr>,
    /// Folder for database and key; without it a temporary one, which is gone afterwards.
    #[arg(long, env = "VISITA_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// What links start with, such as https://visits.example.org.
    #[arg(long, env = "VISITA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,
    /// UDP port of the media server; a free one when left out.
    #[arg(long, env = "VISITA_RTC_UDP", value_name = "PORT")]
    rtc_udp: Option<u16>,
    /// TCP port of the media server, for networks that let no UDP through; a free one when left out.
    #[arg(long, env = "VISITA_RTC_TCP", value_name = "PORT")]
    rtc_tcp: Option<u16>,
    /// Address that the media server tells clients; may be given several times.
    #[arg(long, env = "VISITA_ANNOUNCE", value_name = "IP", value_delimiter = ',')]
    announce: Vec<IpAddr>,
    /// LiveKit server that carries the media, instead of the built-in one.
    #[arg(long, env = "VISITA_LIVEKIT_URL", value_name = "URL")]
    livekit_url: Option<Url>,
    /// API key of that LiveKit server.
    #[arg(long, env = "VISITA_LIVEKIT_KEY", value_name = "KEY", hide_env_values = true)]
    livekit_key: Option<String>,
    /// API secret of that LiveKit server.
    #[arg(long, env = "VISITA_LIVEKIT_SECRET", value_name = "SECRET", hide_env_values = true)]
    livekit_secret: Option<Secret>,
    /// Company to have, made when it is not there; needs an API key.
    #[arg(long, env = "VISITA_COMPANY", value_name = "NAME")]
    company: Option<String>,
    /// API key of that company. Better given by the environment: flags can be seen by other users of the computer.
    #[arg(long, env = "VISITA_API_KEY", value_name = "KEY", hide_env_values = true)]
    api_key: Option<Secret>,
    /// TOML file with the same settings, such as listen = "0.0.0.0:7880".
    #[arg(long, env = "VISITA_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "snake_case")]
struct Settings {
    dev: bool,
    listen: Option<SocketAddr>,
    data: Option<PathBuf>,
    public_url: Option<Url>,
    rtc_udp: Option<u16>,
    rtc_tcp: Option<u16>,
    announce: Vec<IpAddr>,
    livekit_url: Option<Url>,
    livekit_key: Option<String>,
    livekit_secret: Option<Secret>,
    company: Option<String>,
    api_key: Option<Secret>,
}

/// Why there is nothing to start.
pub(crate) enum Stop {
    /// Help, version, or a flag that is not one: said already.
    Told(ExitCode),
    /// Something to be said.
    Wrong(String),
}

/// Reads flags, environment and file.
pub(crate) fn read() -> Result<ServerConfig, Stop> {
    let flags = Flags::try_parse().map_err(|error| {
        let _ = error.print();
        Stop::Told(ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2)))
    })?;
    let settings = match &flags.config {
        Some(file) => read_file(file).map_err(Stop::Wrong)?,
        None => Settings::default(),
    };
    merge(flags, settings).map_err(Stop::Wrong)
}

fn read_file(file: &Path) -> Result<Settings, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    parse(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// The message names the line and the setting, and shows nothing of the file, which may hold keys.
fn parse(text: &str) -> Result<Settings, String> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| {
            text.as_bytes()[..span.start.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
        });
        format!("line {line}: {}", error.message())
    })
}

fn merge(flags: Flags, file: Settings) -> Result<ServerConfig, String> {
    let url = flags.livekit_url.or(file.livekit_url);
    let key = flags.livekit_key.or(file.livekit_key);
    let secret = flags.livekit_secret.or(file.livekit_secret);
    let livekit = match (url, key, secret) {
        (Some(url), Some(key), Some(secret)) => Some(LiveKit { url, key, secret }),
        (None, None, None) => None,
        _ => return Err("livekit-url, livekit-key and livekit-secret go together".into()),
    };
    let bootstrap = match (flags.company.or(file.company), flags.api_key.or(file.api_key)) {
        (company_name, Some(api_key)) => {
            Some(Bootstrap { company_name: company_name.unwrap_or_else(|| "Visita".into()), api_key })
        }
        (Some(_), None) => return Err("a company needs an API key".into()),
        (None, None) => None,
    };
    let announce = if flags.announce.is_empty() { file.announce } else { flags.announce };
    Ok(ServerConfig {
        listen: flags.listen.or(file.listen).unwrap_or(DEFAULT_LISTEN),
        data: flags.data.or(file.data),
        public_url: flags.public_url.or(file.public_url),
        rtc_udp: flags.rtc_udp.or(file.rtc_udp),
        rtc_tcp: flags.rtc_tcp.or(file.rtc_tcp),
        announce,
        dev: flags.dev || file.dev,
        livekit,
        bootstrap,
        ..ServerConfig::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(args: &[&str]) -> Flags {
        Flags::try_parse_from([&["visita-server"], args].concat()).expect("flags")
    }

    #[test]
    fn flags_come_before_the_file() {
        let file = parse("listen = \"0.0.0.0:80\"\nrtc_udp = 7881\n").expect("a file");
        let config = merge(flags(&["--listen", "127.0.0.1:0"]), file).expect("settings");
        assert_eq!(config.listen.to_string(), "127.0.0.1:0");
        assert_eq!(config.rtc_udp, Some(7881));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let wrong = |args: &[&str]| merge(flags(args), Settings::default()).expect_err("refused");
        assert!(wrong(&["--livekit-url", "ws://x"]).contains("livekit-secret"));
        assert!(wrong(&["--company", "Clinic"]).contains("API key"));
        let unknown = parse("\n\nlissten = 1\n").expect_err("refused");
        assert!(unknown.starts_with("line 3") && unknown.contains("lissten"), "{unknown}");
        let secret = parse("api_key = \"hunter2\" x").expect_err("refused");
        assert!(!secret.contains("hunter2"), "{secret}");
    }
}
