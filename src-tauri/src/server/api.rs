//! The calls of a room server that the app makes: as its back end (the server in the app) or as somebody signed in.

use reqwest::{Method, header};
use serde::{Serialize, de::DeserializeOwned};
use url::Url;
use visita_protocol::{
    ErrorBody, ErrorCode, FileId, ParticipantId, Problem, RecordingId, RoomId, Secret, SessionId, UserId,
    rest::{
        AddParticipant, Chat, CreateCredentials, CreateRoom, CreateUser, Credentials, KeptBoards, ParticipantList,
        PastSessionList, Recording, RecordingList, RenewCredentials, Role, Room, RoomList, SessionDetails, SignedIn,
        UpdateUser, UploadList, User, UserUrl,
    },
};

/// How long a new access token is good, in seconds: the longest there is.
const TOKEN_FOR: u32 = 86_400;
/// How long a server may take to answer.
const ANSWER_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);
/// How long nothing may come of a file.
const SILENT_FOR: std::time::Duration = std::time::Duration::from_secs(30);
/// Largest file that is shown, in bytes.
const MOST_SHOWN: u64 = 32 * 1024 * 1024;

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
    /// For what may take long.
    long: reqwest::Client,
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
        let made = || {
            reqwest::Client::builder()
                .connect_timeout(ANSWER_WITHIN)
                .read_timeout(SILENT_FOR)
                .redirect(reqwest::redirect::Policy::none())
        };
        let long = visita_call::entry::http_client(made)
            .map_err(|error| Problem::new(ErrorCode::Internal, error.to_string()))?;
        Ok(Self { server, auth, http, long })
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

    /// Takes the link of a seat back, and who came by it out.
    pub(crate) async fn renew_link(&self, room: &RoomId, seat: &ParticipantId) -> Result<UserUrl, Problem> {
        self.post(&format!("v2/rooms/{room}/participants/{seat}/link"), &serde_json::json!({})).await
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

    /// Lets a user open the console (with the key).
    pub(crate) async fn make_operator(&self, user: &UserId) -> Result<(), Problem> {
        let body = UpdateUser { is_operator: Some(true), ..UpdateUser::default() };
        self.ask::<User>(Method::PATCH, &format!("v2/users/{user}"), Some(&body)).await.map(drop)
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

    pub(crate) async fn past_sessions(&self, limit: u32, offset: u64) -> Result<PastSessionList, Problem> {
        self.get(&format!("v2/sessions?limit={limit}&offset={offset}")).await
    }

    pub(crate) async fn session(&self, room: &RoomId, session: &SessionId) -> Result<SessionDetails, Problem> {
        self.get(&format!("v2/rooms/{room}/sessions/{session}")).await
    }

    pub(crate) async fn chat(
        &self,
        room: &RoomId,
        session: &SessionId,
        search: &str,
        limit: u32,
        offset: u64,
    ) -> Result<Chat, Problem> {
        let search: String = url::form_urlencoded::byte_serialize(search.as_bytes()).collect();
        let query = format!("search={search}&limit={limit}&offset={offset}");
        self.get(&format!("v2/rooms/{room}/sessions/{session}/chat?{query}")).await
    }

    pub(crate) async fn uploads(
        &self,
        room: &RoomId,
        session: &SessionId,
        limit: u32,
        offset: u64,
    ) -> Result<UploadList, Problem> {
        self.get(&format!("v2/rooms/{room}/uploads?session_id={session}&limit={limit}&offset={offset}")).await
    }

    pub(crate) async fn boards(&self, room: &RoomId) -> Result<KeptBoards, Problem> {
        self.get(&format!("v2/rooms/{room}/boards")).await
    }

    /// Recordings of a session, the latest first.
    pub(crate) async fn recordings(&self, session: &SessionId) -> Result<RecordingList, Problem> {
        self.get(&format!("v2/recordings?session_id={session}&limit=100")).await
    }

    pub(crate) async fn recording(&self, room: &RoomId, recording: &RecordingId) -> Result<Recording, Problem> {
        self.get(&format!("v2/rooms/{room}/recordings/{recording}")).await
    }

    pub(crate) async fn make_mp4(&self, room: &RoomId, recording: &RecordingId) -> Result<Recording, Problem> {
        self.post(&format!("v2/rooms/{room}/recordings/{recording}/mp4"), &serde_json::json!({})).await
    }

    pub(crate) async fn delete_recording(&self, room: &RoomId, recording: &RecordingId) -> Result<(), Problem> {
        let path = format!("v2/rooms/{room}/recordings/{recording}");
        self.ask::<()>(Method::DELETE, &path, None::<&()>).await.map(drop)
    }

    pub(crate) async fn delete_upload(&self, room: &RoomId, file: &FileId) -> Result<(), Problem> {
        self.ask::<()>(Method::DELETE, &format!("v2/rooms/{room}/uploads/{file}"), None::<&()>).await.map(drop)
    }

    /// A file that is shown, with its type: the small picture, or all of it.
    pub(crate) async fn picture(&self, room: &RoomId, file: &FileId, large: bool) -> Option<(String, Vec<u8>)> {
        let what = if large { "content" } else { "thumbnail" };
        let response = self.fetch(&format!("v2/rooms/{room}/uploads/{file}/{what}"), None).await.ok()?;
        let kind = response.headers().get(header::CONTENT_TYPE)?.to_str().ok()?.to_owned();
        let is_shown = kind.starts_with("image/") || kind == "application/pdf";
        let fits = response.content_length().is_none_or(|length| length <= MOST_SHOWN);
        let bytes = if is_shown && fits { response.bytes().await.ok()? } else { return None };
        Some((kind, bytes.to_vec()))
    }

    /// Something that may be long, or a range of it, as it comes.
    pub(crate) async fn fetch(&self, path: &str, range: Option<&str>) -> Result<reqwest::Response, Problem> {
        let url = self.server.join(path).map_err(|_| unreachable())?;
        let mut request = self.authorized(self.long.get(url));
        if let Some(range) = range {
            request = request.header(header::RANGE, range);
        }
        let response = request.send().await.map_err(|_| unreachable())?;
        if response.status().is_success() {
            return Ok(response);
        }
        let body = response.bytes().await.map_err(|_| unreachable())?;
        Err(serde_json::from_slice::<ErrorBody>(&body).map_err(|_| not_understood())?.error)
    }

    fn authorized(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match &self.auth {
            Auth::Nobody => request,
            Auth::Key(key) => request.header("apikey", key.expose()),
            Auth::Token(token) => request.bearer_auth(token.expose()),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Problem> {
        self.ask(Method::GET, path, None::<&()>).await?.ok_or_else(not_understood)
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, Problem> {
        self.ask(Method::POST, path, Some(body)).await?.ok_or_else(not_understood)
    }

    /// One call of the console: status and body of the answer, whatever it is.
    pub(crate) async fn console(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
    ) -> Result<(u16, String), Problem> {
        let wrong = || Problem::new(ErrorCode::Invalid, "this is no call of the console");
        let method = [Method::GET, Method::POST, Method::PATCH, Method::DELETE].into_iter().find(|one| one == method);
        let url = console_url(&self.server, path);
        let (method, url) = method.zip(url).ok_or_else(wrong)?;
        let mut request = self.authorized(self.http.request(method, url));
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        }
        let mut response = request.send().await.map_err(|_| unreachable())?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(some) = response.chunk().await.map_err(|_| unreachable())? {
            if (body.len() + some.len()) as u64 > MOST_SHOWN {
                return Err(not_understood());
            }
            body.extend_from_slice(&some);
        }
        Ok((status, String::from_utf8(body).map_err(|_| not_understood())?))
    }

    /// Asks; nothing is the answer where the server has none.
    async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Option<T>, Problem> {
        let url = self.server.join(path).map_err(|_| unreachable())?;
        let mut request = self.authorized(self.http.request(method, url));
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

/// A path of the API of this server; with none of the ways in which a path leads elsewhere.
fn console_url(server: &Url, path: &str) -> Option<Url> {
    let rest = path.strip_prefix('/').filter(|rest| rest.starts_with("v2/"))?;
    let url = server.join(rest).ok()?;
    let root = server.join("v2/").ok()?;
    (url.origin() == server.origin() && url.path().starts_with(root.path()) && url.fragment().is_none()).then_some(url)
}

fn unreachable() -> Problem {
    Problem::new(ErrorCode::ServerUnreachable, "the server does not answer")
}

fn not_understood() -> Problem {
    Problem::new(ErrorCode::ServerNotUnderstood, "the server answers, but not like a Visita server")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_stays_in_the_api_of_its_server() {
        let server = Url::parse("https://visits.example.org/").expect("a URL");
        let url = |path| console_url(&server, path).map(String::from);
        let of_rooms = "https://visits.example.org/v2/rooms?search=a%20b&limit=9";
        assert_eq!(url("/v2/rooms?search=a b&limit=9").as_deref(), Some(of_rooms));
        for bad in [
            "",
            "/",
            "v2/rooms",
            "/sdk/credentials",
            "/v2/../sdk/credentials",
            "//elsewhere.example/v2/rooms",
            "/v2/%2e%2e/sdk/credentials",
            "https://elsewhere.example/v2/rooms",
            "/v2/rooms#more",
        ] {
            assert_eq!(url(bad), None, "{bad}");
        }
    }
}
