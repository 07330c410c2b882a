//! The calls of a room server that the app makes: as its back end (the server in the app) or as somebody signed in.

use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};
use url::Url;
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, RoomId, Secret, UserId,
    rest::{
        AddParticipant, CreateCredentials, CreateRoom, CreateUser, Credentials, ParticipantList, RenewCredentials,
        Role, Room, RoomList, SignedIn, User, UserUrl,
    },
};

/// How long a new access token is good, in seconds: the longest there is.
const TOKEN_FOR: u32 = 86_400;
/// How long a server may take to answer.
const ANSWER_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Auth {
    /// Nobody in particular.
    Nobody,
    /// A back end, by the company's key.
    Key(Secret),
    /// Somebody signed in, by an access token.
    Token(Secret),
}

/// A way to a server that tasks can take along.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    server: Url,
    auth: Auth,
    http: reqwest::Client,
}

impl Api {
    pub(crate) fn new(server: Url, auth: Auth) -> Result<Self, Problem> {
        let made = || {
            reqwest::Client::builder()
                .timeout(ANSWER_WITHIN)
                // Keys and tokens go to the server that was named, and nowhere else.
                .redirect(reqwest::redirect::Policy::none())
        };
        let http = visita_call::entry::http_client(made)
            .map_err(|error| Problem::new(ErrorCode::Internal, error.to_string()))?;
        Ok(Self { server, auth, http })
    }

    /// The same server, asked by somebody else.
    pub(crate) fn with(&self, auth: Auth) -> Self {
        Self { auth, ..self.clone() }
    }

    /// The server's URL.
    pub(crate) fn server(&self) -> &Url {
        &self.server
    }

    pub(crate) async fn rooms(&self) -> Result<RoomList, Problem> {
        self.get("v2/rooms?limit=50").await
    }

    pub(crate) async fn room(&self, room: &RoomId) -> Result<Room, Problem> {
        self.get(&format!("v2/rooms/{room}")).await
    }

    pub(crate) async fn participants(&self, room: &RoomId) -> Result<ParticipantList, Problem> {
        self.get(&format!("v2/rooms/{room}/participants?limit=100")).await
    }

    pub(crate) async fn create_room(&self, room: &CreateRoom) -> Result<Room, Problem> {
        self.post("v2/rooms", room).await
    }

    pub(crate) async fn add_participant(&self, room: &RoomId, seat: &AddParticipant) -> Result<UserUrl, Problem> {
        self.post(&format!("v2/rooms/{room}/participants"), seat).await
    }

    pub(crate) async fn delete_room(&self, room: &RoomId) -> Result<(), Problem> {
        self.ask::<()>(Method::DELETE, &format!("v2/rooms/{room}"), None::<&()>).await.map(drop)
    }

    pub(crate) async fn delete_user(&self, user: &UserId) -> Result<(), Problem> {
        self.ask::<()>(Method::DELETE, &format!("v2/users/{user}"), None::<&()>).await.map(drop)
    }

    /// Makes a user; one that is there already is as good.
    pub(crate) async fn ensure_user(&self, user_id: UserId, role: Role) -> Result<UserId, Problem> {
        let body = CreateUser { user_id: Some(user_id.clone()), role, ..CreateUser::default() };
        match self.post::<User>("v2/users", &body).await {
            Ok(user) => Ok(user.user_id),
            Err(problem) if problem.code == ErrorCode::Conflict => Ok(user_id),
            Err(problem) => Err(problem),
        }
    }

    /// An access token for a user (with the key).
    pub(crate) async fn credentials(&self, user_id: UserId) -> Result<Credentials, Problem> {
        self.post("sdk/credentials", &CreateCredentials { user_id, expires_in: Some(TOKEN_FOR) }).await
    }

    /// A newer access token (with one).
    pub(crate) async fn renew(&self) -> Result<Credentials, Problem> {
        self.post("sdk/credentials/renew", &RenewCredentials { expires_in: Some(TOKEN_FOR) }).await
    }

    /// Uses a sign-in link up.
    pub(crate) async fn sign_in(&self, code: &Secret) -> Result<SignedIn, Problem> {
        self.post(&format!("sign-in/{}", code.expose()), &serde_json::json!({})).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Problem> {
        self.ask(Method::GET, path, None::<&()>).await?.ok_or_else(not_understood)
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Problem> {
        self.ask(Method::POST, path, Some(body)).await?.ok_or_else(not_understood)
    }

    /// Asks; nothing is the answer where the server has none.
    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Option<T>, Problem> {
        let unreachable = || Problem::new(ErrorCode::ServerUnreachable, "the server does not answer");
        let url = self.server.join(path).map_err(|_| unreachable())?;
        let mut request = self.http.request(method, url);
        request = match &self.auth {
            Auth::Nobody => request,
            Auth::Key(key) => request.header("apikey", key.expose()),
            Auth::Token(token) => request.bearer_auth(token.expose()),
        };
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(|_| unreachable())?;
        let ok = response.status().is_success();
        let body = response.bytes().await.map_err(|_| unreachable())?;
        if !ok {
            return Err(serde_json::from_slice::<ErrorBody>(&body).map_err(|_| not_understood())?.error);
        }
        if body.is_empty() {
            return Ok(None);
        }
        serde_json::from_slice(&body).map(Some).map_err(|_| not_understood())
    }
}

fn not_understood() -> Problem {
    Problem::new(ErrorCode::ServerNotUnderstood, "the server answers, but not like a Visita server")
}
