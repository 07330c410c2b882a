//! Settings of `visita-server`: flags, then environment, then file; the first that says something counts.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, ValueEnum};
use serde::Deserialize;
use url::Url;
use visita_protocol::Secret;
use visita_server::{
    Acme, Bootstrap, IceServers, IceUrl, LETS_ENCRYPT, Limits, LiveKit, MiaConfig, ServerConfig, Tls, Turn,
    TurnCredentials,
};

/// LiveKit's port, so that its examples run unchanged.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 7880);

/// How long a client's password at the TURN servers is good: longer than any visit, since it ends one.
const TURN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// What an operator wants to know.
const DEFAULT_LOG: &str = "info,sqlx=warn";

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
    /// PostgreSQL database in place of one in the folder, such as postgres://user:password@host/name. Others on this computer
    /// see what is in the command line: better in the environment or the settings file.
    #[arg(long, env = "VISITA_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<Secret>,
    /// What links start with, such as https://visits.example.org.
    #[arg(long, env = "VISITA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,
    /// Certificate chain (PEM) for https; read again when it changes.
    #[arg(long, env = "VISITA_TLS_CERTIFICATE", value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// Private key (PEM) of that certificate.
    #[arg(long, env = "VISITA_TLS_KEY", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Name of this server, for which it gets certificates itself by ACME; it has to be reached at port 443. May be given
    /// several times.
    #[arg(long, env = "VISITA_ACME_DOMAIN", value_name = "NAME", value_delimiter = ',')]
    acme_domain: Vec<String>,
    /// E-mail address that the certificate authority may write to; may be given several times.
    #[arg(long, env = "VISITA_ACME_CONTACT", value_name = "ADDRESS", value_delimiter = ',')]
    acme_contact: Vec<String>,
    /// Directory of the certificate authority [default: Let's Encrypt].
    #[arg(long, env = "VISITA_ACME_DIRECTORY", value_name = "URL")]
    acme_directory: Option<Url>,
    /// Root (PEM) of the certificate authority's own certificate, where browsers do not know it.
    #[arg(long, env = "VISITA_ACME_CA", value_name = "FILE")]
    acme_ca: Option<PathBuf>,
    /// UDP port of the media server; a free one when left out.
    #[arg(long, env = "VISITA_RTC_UDP", value_name = "PORT")]
    rtc_udp: Option<u16>,
    /// TCP port of the media server, for networks that let no UDP through; a free one when left out.
    #[arg(long, env = "VISITA_RTC_TCP", value_name = "PORT")]
    rtc_tcp: Option<u16>,
    /// Address that the media server tells clients; may be given several times.
    #[arg(long, env = "VISITA_ANNOUNCE", value_name = "IP", value_delimiter = ',')]
    announce: Vec<IpAddr>,
    /// STUN or TURN server that clients are told of, such as turn:HOST:PORT?transport=udp; may be given several times.
    #[arg(long, env = "VISITA_ICE_SERVER", value_name = "URL", value_delimiter = ',')]
    ice_server: Vec<IceUrl>,
    /// What is shared with the TURN servers (coturn: static-auth-secret): each client gets a password for a day.
    #[arg(long, env = "VISITA_TURN_SECRET", value_name = "SECRET", hide_env_values = true)]
    turn_secret: Option<Secret>,
    /// User name at the TURN servers, the same for all clients; instead of a shared secret.
    #[arg(long, env = "VISITA_TURN_USERNAME", value_name = "NAME")]
    turn_username: Option<String>,
    /// Password of that user.
    #[arg(long, env = "VISITA_TURN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    turn_password: Option<Secret>,
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
    /// Connections at once, WebSockets included [default: 20000].
    #[arg(long, env = "VISITA_MAX_CONNECTIONS", value_name = "NUMBER")]
    max_connections: Option<usize>,
    /// Connections at once from one address [default: 2000].
    #[arg(long, env = "VISITA_MAX_CONNECTIONS_EACH", value_name = "NUMBER")]
    max_connections_each: Option<usize>,
    /// Proxy in front of the server, whose x-forwarded-for is believed; may be given several times.
    #[arg(long, env = "VISITA_TRUSTED_PROXY", value_name = "IP", value_delimiter = ',')]
    trusted_proxy: Vec<IpAddr>,
    /// The program that records [default: visita-recorder beside this program].
    #[arg(long, env = "VISITA_RECORDER", value_name = "FILE")]
    recorder: Option<PathBuf>,
    /// Recordings at once [default: one for each processor]; 0 means that nothing is recorded.
    #[arg(long, env = "VISITA_RECORDINGS", value_name = "NUMBER")]
    recordings: Option<usize>,
    /// How the log is written [default: text].
    #[arg(long, env = "VISITA_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormat>,
    /// What is logged, as `tracing` filters are written [default: info,sqlx=warn].
    #[arg(long, env = "VISITA_LOG", value_name = "FILTER")]
    log: Option<String>,
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
    database: Option<Secret>,
    public_url: Option<Url>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    acme_domain: Vec<String>,
    acme_contact: Vec<String>,
    acme_directory: Option<Url>,
    acme_ca: Option<PathBuf>,
    rtc_udp: Option<u16>,
    rtc_tcp: Option<u16>,
    announce: Vec<IpAddr>,
    ice_server: Vec<IceUrl>,
    turn_secret: Option<Secret>,
    turn_username: Option<String>,
    turn_password: Option<Secret>,
    livekit_url: Option<Url>,
    livekit_key: Option<String>,
    livekit_secret: Option<Secret>,
    company: Option<String>,
    api_key: Option<Secret>,
    max_connections: Option<usize>,
    max_connections_each: Option<usize>,
    trusted_proxy: Vec<IpAddr>,
    recorder: Option<PathBuf>,
    recordings: Option<usize>,
    log_format: Option<LogFormat>,
    log: Option<String>,
    /// Only here: it has parts.
    mia: MiaConfig,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON object each line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) filter: String,
}

/// Why there is nothing to start.
pub(crate) enum Stop {
    /// Help, version, or a flag that is not one: said already.
    Told(ExitCode),
    /// Something to be said.
    Wrong(String),
}

/// Reads flags, environment and file.
pub(crate) fn read() -> Result<(ServerConfig, Log), Stop> {
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
    let told = |error: &toml::de::Error, setting: Option<String>| {
        let line = error.span().map_or(1, |span| {
            text.as_bytes()[..span.start.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
        });
        let setting = setting.map(|setting| format!("{setting}: ")).unwrap_or_default();
        format!("line {line}: {setting}{}", error.message())
    };
    let file = toml::Deserializer::parse(text).map_err(|error| told(&error, None))?;
    serde_path_to_error::deserialize(file).map_err(|error| {
        let setting = error.path().to_string();
        told(error.inner(), Some(setting).filter(|setting| !matches!(setting.as_str(), "." | "?")))
    })
}

fn merge(flags: Flags, file: Settings) -> Result<(ServerConfig, Log), String> {
    let log = Log {
        format: flags.log_format.or(file.log_format).unwrap_or_default(),
        filter: flags.log.or(file.log).unwrap_or_else(|| DEFAULT_LOG.into()),
    };
    let most = Limits::default();
    let limits = Limits {
        connections: flags.max_connections.or(file.max_connections).unwrap_or(most.connections),
        connections_each: flags.max_connections_each.or(file.max_connections_each).unwrap_or(most.connections_each),
        trusted_proxies: if flags.trusted_proxy.is_empty() { file.trusted_proxy } else { flags.trusted_proxy },
        ..most
    };
    if limits.connections == 0 || limits.connections_each == 0 {
        return Err("max-connections and max-connections-each are at least 1".into());
    }
    let url = flags.livekit_url.or(file.livekit_url);
    let key = flags.livekit_key.or(file.livekit_key);
    let secret = flags.livekit_secret.or(file.livekit_secret);
    let livekit = match (url, key, secret) {
        (Some(url), Some(key), Some(secret)) => Some(LiveKit { url, key, secret }),
        (None, None, None) => None,
        _ => return Err("livekit-url, livekit-key and livekit-secret go together".into()),
    };
    let urls = if flags.ice_server.is_empty() { file.ice_server } else { flags.ice_server };
    let ice_servers = ice_servers(
        urls,
        flags.turn_secret.or(file.turn_secret),
        (flags.turn_username.or(file.turn_username), flags.turn_password.or(file.turn_password)),
    )?;
    if livekit.is_some() && !(ice_servers.stun.is_empty() && ice_servers.turn.is_none()) {
        return Err("ice-server is for the built-in media server; a LiveKit server is told of its own".into());
    }
    let bootstrap = match (flags.company.or(file.company), flags.api_key.or(file.api_key)) {
        (company_name, Some(api_key)) => {
            Some(Bootstrap { company_name: company_name.unwrap_or_else(|| "Visita".into()), api_key })
        }
        (Some(_), None) => return Err("a company needs an API key".into()),
        (None, None) => None,
    };
    let files = (flags.tls_certificate.or(file.tls_certificate), flags.tls_key.or(file.tls_key));
    let acme = Acme {
        domains: if flags.acme_domain.is_empty() { file.acme_domain } else { flags.acme_domain },
        contact: if flags.acme_contact.is_empty() { file.acme_contact } else { flags.acme_contact },
        directory: match flags.acme_directory.or(file.acme_directory) {
            Some(directory) => directory,
            None => Url::parse(LETS_ENCRYPT).map_err(|error| error.to_string())?,
        },
        ca: flags.acme_ca.or(file.acme_ca),
    };
    let tls = match (files, acme) {
        ((None, None), acme) if acme.domains.is_empty() => None,
        ((None, None), acme) => Some(Tls::Acme(acme)),
        ((Some(certificate), Some(key)), acme) if acme.domains.is_empty() => Some(Tls::Files { certificate, key }),
        ((Some(_), Some(_)), _) => return Err("either tls-certificate or acme-domain".into()),
        _ => return Err("tls-certificate and tls-key go together".into()),
    };
    let announce = if flags.announce.is_empty() { file.announce } else { flags.announce };
    let config = ServerConfig {
        listen: flags.listen.or(file.listen).unwrap_or(DEFAULT_LISTEN),
        data: flags.data.or(file.data),
        database: flags.database.or(file.database),
        public_url: flags.public_url.or(file.public_url),
        tls,
        rtc_udp: flags.rtc_udp.or(file.rtc_udp),
        rtc_tcp: flags.rtc_tcp.or(file.rtc_tcp),
        announce,
        ice_servers,
        dev: flags.dev || file.dev,
        livekit,
        bootstrap,
        limits,
        recorder: flags.recorder.or(file.recorder),
        recordings: flags.recordings.or(file.recordings),
        mia: file.mia,
        ..ServerConfig::default()
    };
    Ok((config, log))
}

fn ice_servers(
    urls: Vec<IceUrl>,
    secret: Option<Secret>,
    fixed: (Option<String>, Option<Secret>),
) -> Result<IceServers, String> {
    let (turn, stun): (Vec<_>, Vec<_>) = urls.into_iter().partition(IceUrl::is_turn);
    let credentials = match (secret, fixed) {
        (None, (None, None)) => None,
        (Some(secret), (None, None)) => Some(TurnCredentials::Timed { secret, lifetime: TURN_LIFETIME }),
        (None, (Some(username), Some(password))) => Some(TurnCredentials::Fixed { username, password }),
        _ => return Err("turn-username and turn-password go together, without turn-secret".into()),
    };
    let turn = match (turn, credentials) {
        (urls, None) if urls.is_empty() => None,
        (urls, Some(credentials)) if !urls.is_empty() => Some(Turn { urls, credentials }),
        (_, None) => return Err("a TURN server needs turn-secret, or turn-username and turn-password".into()),
        (_, Some(_)) => return Err("turn-secret, turn-username and turn-password need an ice-server of turn:".into()),
    };
    Ok(IceServers { stun, turn })
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
        let (config, log) = merge(flags(&["--listen", "127.0.0.1:0"]), file).expect("settings");
        assert_eq!(config.listen.to_string(), "127.0.0.1:0");
        assert_eq!(config.rtc_udp, Some(7881));
        assert_eq!(log, Log { format: LogFormat::Text, filter: DEFAULT_LOG.into() });
        let file =
            parse("log_format = \"json\"\ntrusted_proxy = [\"10.0.0.1\"]\nmax_connections = 9\n").expect("a file");
        let (config, log) = merge(flags(&["--max-connections-each", "3"]), file).expect("settings");
        assert_eq!((config.limits.connections, config.limits.connections_each), (9, 3));
        assert_eq!(config.limits.trusted_proxies, ["10.0.0.1".parse::<IpAddr>().expect("an address")]);
        assert_eq!(log.format, LogFormat::Json);
    }

    #[test]
    fn stun_and_turn_are_told_apart() {
        let file =
            parse("ice_server = [\"stun:example.org\", \"turn:example.org:3478?transport=udp\"]\n").expect("a file");
        let (config, _) = merge(flags(&["--turn-secret", "hunter2"]), file).expect("settings");
        assert_eq!(config.ice_servers.stun.len(), 1);
        let turn = config.ice_servers.turn.as_ref().expect("a TURN server");
        assert_eq!(turn.urls[0].to_string(), "turn:example.org:3478?transport=udp");
        assert!(matches!(turn.credentials, TurnCredentials::Timed { .. }));
        assert!(!format!("{config:?}").contains("hunter2"));
        let (config, _) = merge(
            flags(&["--ice-server", "turn:a,turn:b", "--turn-username", "u", "--turn-password", "p"]),
            Settings::default(),
        )
        .expect("settings");
        let turn = config.ice_servers.turn.expect("a TURN server");
        assert_eq!(turn.urls.len(), 2);
        assert!(matches!(turn.credentials, TurnCredentials::Fixed { username, .. } if username == "u"));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let wrong = |args: &[&str]| merge(flags(args), Settings::default()).expect_err("refused");
        assert!(wrong(&["--livekit-url", "ws://x"]).contains("livekit-secret"));
        assert!(wrong(&["--company", "Clinic"]).contains("API key"));
        assert!(wrong(&["--ice-server", "turn:example.org"]).contains("turn-secret"));
        assert!(wrong(&["--ice-server", "stun:example.org", "--turn-secret", "s"]).contains("turn:"));
        assert!(wrong(&["--turn-username", "u"]).contains("turn-password"));
        assert!(wrong(&["--tls-key", "k.pem"]).contains("tls-certificate"));
        let both = ["--tls-key", "k.pem", "--tls-certificate", "c.pem", "--acme-domain", "example.org"];
        assert!(wrong(&both).contains("either"));
        let elsewhere = ["--livekit-url", "ws://x", "--livekit-key", "k", "--livekit-secret", "s"];
        assert!(wrong(&[&elsewhere[..], &["--ice-server", "stun:example.org"]].concat()).contains("built-in"));
        assert!(wrong(&["--max-connections", "0"]).contains("max-connections"));
        for (text, setting) in [
            ("listen = \"nowhere\"", "listen"),
            ("rtc_udp = 70000", "rtc_udp"),
            ("dev = 1", "dev"),
            ("log_format = \"xml\"", "log_format"),
            ("ice_server = [\"example.org\"]", "ice_server[0]"),
            ("announce = [\"10.0.0.1\", \"x\"]", "announce[1]"),
        ] {
            let told = parse(&format!("\n{text}\n")).expect_err("refused");
            assert!(told.starts_with(&format!("line 2: {setting}: ")), "{told}");
        }
        let unknown = parse("\n\nlissten = 1\n").expect_err("refused");
        assert!(unknown.starts_with("line 3") && unknown.contains("lissten"), "{unknown}");
        let secret = parse("api_key = \"hunter2\" x").expect_err("refused");
        assert!(!secret.contains("hunter2"), "{secret}");
    }
}
