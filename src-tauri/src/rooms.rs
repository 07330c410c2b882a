//! The server that runs inside the app, used through the same API as everybody else's.

use std::path::Path;

use rand::{Rng, distr::Alphanumeric};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, Secret, UserId,
    link::RoomLink,
    rest::{CreateParticipant, CreateRoom, CreateUser, Role, Room, User},
};
use visita_server::{Bootstrap, RunningServer, ServerConfig};

/// The built-in server and the key to it. The key lives as long as the run: nothing needs it on disk.
pub(crate) struct Rooms {
    _server: RunningServer,
    api: RoomsApi,
}

/// A way to the built-in server that a task of its own can take along.
#[derive(Clone)]
pub(crate) struct RoomsApi {
    url: Url,
    api_key: Secret,
    http: reqwest::Client,
}

impl Rooms {
    /// Starts the server on loopback with its data in `folder`.
    pub(crate) async fn start(folder: &Path) -> Result<Self, Problem> {
        let key: String = rand::rng().sample_iter(Alphanumeric).take(43).map(char::from).collect();
        let api_key = Secret::new(key);
        let config = ServerConfig {
            data: Some(folder.join("server")),
            bootstrap: Some(Bootstrap { company_name: "Visita".into(), api_key: api_key.clone() }),
            ..ServerConfig::default()
        };
        let failed = |reason: String| Problem::new(ErrorCode::Internal, reason);
        let server = visita_server::start(config).await.map_err(|e| failed(e.to_string()))?;
        let http = reqwest::Client::builder().build().map_err(|e| failed(e.to_string()))?;
        let url = server.url().clone();
        Ok(Self { _server: server, api: RoomsApi { url, api_key, http } })
    }

    /// Where it serves.
    pub(crate) fn url(&self) -> &Url {
        &self.api.url
    }

    /// The API, to be used from a task.
    pub(crate) fn api(&self) -> RoomsApi {
        self.api.clone()
    }
}

impl RoomsApi {
    /// A room for a test call: a link for oneself and one for the friendly peer.
    pub(crate) async fn test_room(&self) -> Result<(RoomLink, RoomLink), Problem> {
        let me = self.user("test-caller", Role::Plus).await?;
        let friend = self.user("test-friend", Role::Basic).await?;
        let seat = |user_id, is_admin| CreateParticipant { user_id, is_admin, tools: None, is_speaker: None };
        let room = CreateRoom {
            participants: vec![seat(me.clone(), true), seat(friend.clone(), false)],
            ..CreateRoom::default()
        };
        let room: Room = self.post("v2/rooms", &room).await?;
        let link = |user: &UserId| {
            let seat = room.user_urls.iter().find(|seat| seat.user_id == *user);
            seat.and_then(|seat| RoomLink::parse(&seat.url).ok())
                .ok_or_else(|| Problem::new(ErrorCode::Internal, "the new room has no link"))
        };
        Ok((link(&me)?, link(&friend)?))
    }

    async fn user(&self, id: &str, role: Role) -> Result<UserId, Problem> {
        let user_id: UserId = id.parse().map_err(|_| Problem::invalid("user_id", "not an id"))?;
        let body = CreateUser { user_id: Some(user_id.clone()), role, ..CreateUser::default() };
        match self.post::<User>("v2/users", &body).await {
            Ok(user) => Ok(user.user_id),
            Err(problem) if problem.code == ErrorCode::Conflict => Ok(user_id),
            Err(problem) => Err(problem),
        }
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Problem> {
        let unreachable = || Problem::new(ErrorCode::ServerUnreachable, "the built-in server does not answer");
        let url = self.url.join(path).map_err(|_| unreachable())?;
        let request = self.http.post(url).header("apikey", self.api_key.expose()).json(body);
        let response = request.send().await.map_err(|_| unreachable())?;
        let ok = response.status().is_success();
        let body = response.bytes().await.map_err(|_| unreachable())?;
        let not_understood = || Problem::new(ErrorCode::ServerNotUnderstood, "the built-in server's answer is odd");
        if ok {
            return serde_json::from_slice(&body).map_err(|_| not_understood());
        }
        Err(serde_json::from_slice::<ErrorBody>(&body).map_err(|_| not_understood())?.error)
    }
}
