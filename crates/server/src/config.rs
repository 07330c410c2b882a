//! What a server is started with, and why it may not start.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use thiserror::Error;
use url::Url;
use visita_protocol::Secret;
use visita_sfu::IceServers;

use crate::mia::MiaConfig;

/// LiveKit key and secret of `--dev`, the ones LiveKit's own examples use.
pub const DEV_LIVEKIT_KEY: (&str, &str) = ("devkey", "secret");

/// API key of `--dev`.
pub const DEV_API_KEY: &str = "devkey";

/// What a server is started with.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Where HTTP listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Folder of the database and the server key; `None` is a temporary folder that goes with the server.
    pub data: Option<PathBuf>,
    /// Address of a PostgreSQL database (`postgres://user:password@host/name`) in place of one in the folder. The key, files
    /// and recordings stay in the folder.
    pub database: Option<Secret>,
    /// What links start with; `None` is the address listened on.
    pub public_url: Option<Url>,
    /// How HTTP is encrypted; `None` is not at all, as behind a proxy that does it.
    pub tls: Option<Tls>,
    /// UDP port of the built-in media server; `None` picks a free one.
    pub rtc_udp: Option<u16>,
    /// TCP port of the built-in media server, for those whose network lets no UDP through; `None` picks a free one.
    pub rtc_tcp: Option<u16>,
    /// Addresses that the built-in media server tells clients; empty is what it is bound to.
    pub announce: Vec<std::net::IpAddr>,
    /// STUN and TURN servers that clients of the built-in media server are told of.
    pub ice_servers: IceServers,
    /// Loopback only, with well-known keys. Anything but a loopback `listen` is refused.
    pub dev: bool,
    /// Further LiveKit keys (key to secret) that the built-in media server accepts.
    pub livekit_keys: HashMap<String, Secret>,
    /// Media on this LiveKit instead of the built-in media server.
    pub livekit: Option<LiveKit>,
    /// A company that has to be there, made when it is not.
    pub bootstrap: Option<Bootstrap>,
    /// How long a lost channel connection keeps its seat.
    pub grace: std::time::Duration,
    /// How long before its end a user channel's access token is asked to be replaced.
    pub token_warning: std::time::Duration,
    /// How much of HTTP one may use.
    pub limits: Limits,
    /// The program that records; `None` is what `VISITA_RECORDER` names, else `visita-recorder` beside this program. Where
    /// there is none nothing is recorded.
    pub recorder: Option<PathBuf>,
    /// Recordings at once; `None` is one for each processor of the computer.
    pub recordings: Option<usize>,
    /// What teleconsultations go by, the calls of the Mia dialect.
    pub mia: MiaConfig,
}

/// How HTTP is encrypted. Browsers give a page a camera only where it is, or on the same computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// A certificate chain and its key, PEM files, which are read again when they change.
    Files {
        /// The server's certificate first.
        certificate: PathBuf,
        /// Its private key, PKCS #8, SEC 1 or PKCS #1.
        key: PathBuf,
    },
    /// Certificates are got and renewed by the server itself.
    Acme(Acme),
}

/// Certificates by ACME (RFC 8555), each domain proven by TLS-ALPN-01 (RFC 8737): the authority has to reach the server at
/// port 443 of the domain. What it gives is kept in the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// Names of the server, at least one.
    pub domains: Vec<String>,
    /// E-mail addresses that the authority writes to.
    pub contact: Vec<String>,
    /// The authority's directory.
    pub directory: Url,
    /// PEM file of the root that the directory's own certificate comes from; `None` is what browsers trust.
    pub ca: Option<PathBuf>,
}

/// Directory of Let's Encrypt.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// How much of HTTP one may use. The defaults let a hospital behind one address work and stop who floods.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at once, WebSockets included.
    pub connections: usize,
    /// Connections at once from one address.
    pub connections_each: usize,
    /// Looks through one link, and uses of it.
    pub per_link: Rate,
    /// Calls without a key (joining, signing in, opening a channel) from one address.
    pub per_address: Rate,
    /// Wrong keys, tokens and link codes from one address.
    pub failures_per_address: Rate,
    /// How long a client may take for the headers of a request.
    pub header_time: std::time::Duration,
    /// How long a request may take, its body included.
    pub request_time: std::time::Duration,
    /// Proxies in front of the server, whose `x-forwarded-for` says whose request it is.
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

/// So many at once, and so many a second from then on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once, at least one.
    pub burst: u32,
    /// A second, at least one.
    pub per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 20_000,
            connections_each: 2_000,
            per_link: Rate { burst: 60, per_second: 10 },
            per_address: Rate { burst: 2_000, per_second: 200 },
            failures_per_address: Rate { burst: 200, per_second: 5 },
            header_time: std::time::Duration::from_secs(20),
            request_time: std::time::Duration::from_secs(30),
            trusted_proxies: Vec::new(),
        }
    }
}

impl Default for ServerConfig {
    /// A server on a free loopback port with a temporary folder, no company and the built-in media server.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data: None,
            database: None,
            public_url: None,
            tls: None,
            rtc_udp: None,
            rtc_tcp: None,
            announce: Vec::new(),
            ice_servers: IceServers::default(),
            dev: false,
            livekit_keys: HashMap::new(),
            livekit: None,
            bootstrap: None,
            grace: visita_room::GRACE,
            token_warning: std::time::Duration::from_secs(120),
            limits: Limits::default(),
            recorder: None,
            recordings: None,
            mia: MiaConfig::default(),
        }
    }
}

/// A LiveKit server or cluster that carries the media.
#[derive(Clone, Debug)]
pub struct LiveKit {
    /// `ws://…` or `wss://…`, given to clients.
    pub url: Url,
    /// API key.
    pub key: String,
    /// API secret.
    pub secret: Secret,
}

/// A company that has to be there when the server serves.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// Its name, shown to guests.
    pub company_name: String,
    /// Its API key, at least one character. Stored hashed.
    pub api_key: Secret,
}

/// Why a server does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: {reason}", folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The database cannot be used.
    #[error("cannot use the database: {0}")]
    Database(String),
    /// Settings that contradict one another or are not valid.
    #[error("{0}")]
    Config(String),
    /// The media server does not start.
    #[error("the media server does not start: {0}")]
    Media(String),
}

impl StartError {
    /// Exit status of `visita-server`: 2 for settings, 3 for the address, 4 for the data folder or the database, 5 for the
    /// media server.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) => 2,
            Self::Listen { .. } => 3,
            Self::Data { .. } | Self::Database(_) => 4,
            Self::Media(_) => 5,
        }
    }
}
