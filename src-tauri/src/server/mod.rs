//! The server that runs inside the app, used through the same API as everybody else's.

mod api;
mod channel;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    path::{Path, PathBuf},
};

use rand::{Rng, distr::Alphanumeric};
use serde::{Deserialize, Serialize};
use url::Url;
use visita_protocol::{
    ErrorCode, Problem, RoomId, Secret, UserId,
    link::RoomLink,
    rest::{CreateParticipant, CreateRoom, Role, Room},
};
use visita_server::{Bootstrap, RunningServer, ServerConfig, StartError};

pub(crate) use api::{Api, Auth};
pub(crate) use channel::{ChannelEvent, UserChannel};

use crate::secrets::Secrets;

/// The user whose rooms those of this computer are.
const HOST: &str = "host";
/// The secret that is the company's key.
const KEY: &str = "api-key";

/// The server in the app, while it runs.
pub(crate) struct BuiltIn {
    server: RunningServer,
    /// What its links start with.
    url: Url,
    /// As its back end.
    pub(crate) backend: Api,
    /// As the host of its rooms.
    pub(crate) host: Api,
    pub(crate) host_id: UserId,
    pub(crate) token: Secret,
    /// Others on this network can reach it.
    pub(crate) open: bool,
}

/// Where the server listens; kept, so that links stay good over restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// The port of the last time.
    pub(crate) port: Option<u16>,
    /// People on this network may join.
    pub(crate) network: bool,
}

impl Place {
    pub(crate) fn read(folder: &Path) -> Self {
        let read = std::fs::read(file(folder)).ok();
        read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    pub(crate) fn write(self, folder: &Path) {
        let written = serde_json::to_vec(&self).map_err(std::io::Error::from).and_then(|bytes| {
            std::fs::create_dir_all(folder)?;
            std::fs::write(file(folder), bytes)
        });
        if let Err(error) = written {
            tracing::warn!(%error, "where the server listens is not kept");
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("place.json")
}

impl BuiltIn {
    /// Starts the server with its data in `folder`, its company, and the host, where they are not there yet.
    pub(crate) async fn start(folder: &Path, key: Secret, place: Place) -> Result<Self, Problem> {
        let failed = |reason: String| Problem::new(ErrorCode::Internal, reason);
        let outward = if place.network { Some(outward()?) } else { None };
        let server = match launch(folder, &key, outward, place.port).await {
            // Somebody else has the port: links of before wait until it is free again.
            Err(StartError::Listen { .. }) if place.port.is_some() => launch(folder, &key, outward, None).await,
            other => other,
        }
        .map_err(|error| failed(error.to_string()))?;
        let url = match outward {
            Some(ip) => Url::parse(&format!("http://{}/", SocketAddr::new(ip, server.address().port())))
                .map_err(|error| failed(error.to_string()))?,
            None => server.url().clone(),
        };
        Place { port: Some(server.address().port()), ..place }.write(folder);
        let backend = Api::new(url.clone(), Auth::Key(key))?;
        let host_id = backend.ensure_user(user(HOST)?, Role::Plus).await?;
        backend.make_operator(&host_id).await?;
        let token = backend.credentials(host_id.clone()).await?.access_token;
        let host = backend.with(Auth::Token(token.clone()));
        Ok(Self { server, url, backend, host, host_id, token, open: place.network })
    }

    /// Where it serves.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Writes everything down and stops.
    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }
}

/// The key of the company in the app's server, made at the first start. Blocks: see [`Secrets`].
pub(crate) fn key(secrets: &Secrets) -> Secret {
    secrets.get(KEY).unwrap_or_else(|| {
        let made: String = rand::rng().sample_iter(Alphanumeric).take(43).map(char::from).collect();
        let made = Secret::new(made);
        secrets.set(KEY, &made);
        made
    })
}

async fn launch(
    folder: &Path,
    key: &Secret,
    outward: Option<IpAddr>,
    port: Option<u16>,
) -> Result<RunningServer, StartError> {
    let ip = outward.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |_| IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let port = match (port, outward) {
        (Some(port), _) => port,
        (None, None) => 0,
        // The links have to name the port before the server says which it got.
        (None, Some(_)) => {
            free_port().map_err(|source| StartError::Listen { address: SocketAddr::new(ip, 0), source })?
        }
    };
    let config = ServerConfig {
        listen: SocketAddr::new(ip, port),
        data: Some(folder.join("server")),
        public_url: outward.and_then(|ip| Url::parse(&format!("http://{}/", SocketAddr::new(ip, port))).ok()),
        announce: outward.into_iter().collect(),
        bootstrap: Some(Bootstrap { company_name: "Visita".into(), api_key: key.clone() }),
        ..ServerConfig::default()
    };
    visita_server::start(config).await
}

fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0))?.local_addr()?.port())
}

/// This computer's address on its network. Only the routing table is asked: nothing is sent.
fn outward() -> Result<IpAddr, Problem> {
    let asked = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|socket| {
        socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        socket.local_addr()
    });
    match asked {
        Ok(address) if !address.ip().is_loopback() && !address.ip().is_unspecified() => Ok(address.ip()),
        _ => Err(Problem::new(ErrorCode::ServerUnreachable, "this computer is on no network")),
    }
}

/// A user id made here.
pub(crate) fn user(id: &str) -> Result<UserId, Problem> {
    id.parse().map_err(|_| Problem::invalid("user_id", "not an id"))
}

/// A room for a test call: a link for oneself and one for the friendly peer.
pub(crate) async fn test_room(backend: &Api) -> Result<(RoomId, RoomLink, RoomLink), Problem> {
    let me = backend.ensure_user(user("test-caller")?, Role::Plus).await?;
    let friend = backend.ensure_user(user("test-friend")?, Role::Basic).await?;
    let seat = |user_id, is_admin| CreateParticipant {
        user_id,
        display_name: None,
        is_admin,
        tools: None,
        is_speaker: None,
        recording_consent: false,
    };
    let room =
        CreateRoom { participants: vec![seat(me.clone(), true), seat(friend.clone(), false)], ..CreateRoom::default() };
    let room: Room = backend.create_room(&room).await?;
    let link = |user: &UserId| {
        let seat = room.user_urls.iter().find(|seat| seat.user_id == *user);
        seat.and_then(|seat| RoomLink::parse(&seat.url).ok())
            .ok_or_else(|| Problem::new(ErrorCode::Internal, "the new room has no link"))
    };
    Ok((room.room_id.clone(), link(&me)?, link(&friend)?))
}
