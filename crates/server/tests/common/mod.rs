//! A server on a free port, its API, and people on its channel.

#![allow(dead_code, reason = "each test file uses its part")]

pub(crate) mod carriers;
pub(crate) mod media;
pub(crate) mod postgres_server;

use std::{path::Path, time::Duration};

use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};
use visita_protocol::Secret;
use visita_server::{Limits, Rate, RunningServer, ServerConfig};

/// How long anything may take that should happen at once.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// A server of the test's own.
pub(crate) struct Server {
    pub(crate) running: RunningServer,
    pub(crate) api: Api,
    _data: Option<TempDir>,
}

impl Server {
    pub(crate) fn of(running: RunningServer, data: Option<TempDir>) -> Self {
        let api = Api::new(running.url().as_str().trim_end_matches('/'));
        Self { running, api, _data: data }
    }
}

/// A server in development mode.
pub(crate) async fn server() -> Server {
    server_with(ServerConfig::default()).await
}

pub(crate) async fn server_with(mut config: ServerConfig) -> Server {
    let data = on_postgres(&mut config).await;
    let running = visita_server::start(ServerConfig { dev: true, ..config }).await.expect("a server");
    Server::of(running, data)
}

/// Limits that nobody reaches who asks for much from one address.
pub(crate) fn patient() -> Limits {
    let often = Rate { burst: 1_000_000, per_second: 100_000 };
    Limits { per_link: often, per_address: often, failures_per_address: often, ..Limits::default() }
}

/// With `VISITA_TEST_STORE=postgres` everything is kept in PostgreSQL: a database for each folder.
async fn on_postgres(config: &mut ServerConfig) -> Option<TempDir> {
    if !uses_postgres() {
        return None;
    }
    let temporary = config.data.is_none().then(|| tempfile::tempdir().expect("a folder"));
    let data = config.data.get_or_insert_with(|| temporary.as_ref().expect("made").path().to_owned());
    config.database = Some(Secret::new(postgres_of(data).await));
    temporary
}

fn uses_postgres() -> bool {
    std::env::var("VISITA_TEST_STORE").is_ok_and(|store| store == "postgres")
}

async fn postgres_of(data: &Path) -> String {
    let name: String = data.to_string_lossy().to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    postgres_server::database(&name).await.expect("PostgreSQL").into()
}

/// The database of a server with this folder, for looking behind it.
pub(crate) async fn database_of(data: &Path) -> AnyConnection {
    let address = if uses_postgres() { postgres_of(data).await } else { sqlite_in(data) };
    connect(&address).await
}

/// The address of the database in a folder.
pub(crate) fn sqlite_in(data: &Path) -> String {
    format!("sqlite://{}", data.join("visita.db").display())
}

pub(crate) async fn connect(database: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(database).await.expect("the database")
}

/// The API with the key of the development mode.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) base: String,
    pub(crate) client: reqwest::Client,
}

/// Status and body.
pub(crate) type Answer = (StatusCode, Value);

impl Api {
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned(), client: reqwest::Client::new() }
    }

    /// Bytes with the key of the development mode, all of them or a range.
    pub(crate) async fn fetch(&self, path: &str, range: Option<&str>) -> reqwest::Response {
        let mut request = self.client.get(self.at(path)).timeout(SOON).header("apikey", "devkey");
        if let Some(range) = range {
            request = request.header(header::RANGE, range);
        }
        request.send().await.expect("an answer")
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&str>, key: Option<&str>) -> Answer {
        let mut request = self.client.request(method, self.at(path)).timeout(SOON);
        if let Some(key) = key {
            request = request.header("apikey", key);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        answer_of(request).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(&body.to_string()), Some("devkey")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, Some("devkey")).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None, Some("devkey")).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PATCH, path, Some(&body.to_string()), Some("devkey")).await
    }

    /// A call of a signed-in user.
    pub(crate) async fn as_user(&self, method: Method, path: &str, body: Value, token: &str) -> Answer {
        let mut request = self.client.request(method, self.at(path)).timeout(SOON).bearer_auth(token);
        if !body.is_null() {
            request = request.body(body.to_string());
        }
        answer_of(request).await
    }

    /// An access token for a user.
    pub(crate) async fn sign_in(&self, user: &str) -> String {
        let (status, body) = self.post("/sdk/credentials", &json!({ "user_id": user })).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body["access_token"].as_str().expect("a token").to_owned()
    }

    /// A plus user `dr` and a basic user `pat`.
    pub(crate) async fn users(&self) {
        for (user, role) in [("dr", "plus"), ("pat", "basic")] {
            let (status, _) = self.post("/v2/users", &json!({ "user_id": user, "role": role })).await;
            assert_eq!(status, StatusCode::CREATED);
        }
    }

    /// A room of an admin `dr` and a guest `pat`, with these fields besides.
    pub(crate) async fn room(&self, fields: Value) -> Room {
        let mut body = json!({ "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }] });
        if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
            body.extend(fields);
        }
        let (status, room) = self.post("/v2/rooms", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{room}");
        Room::of(room)
    }

    /// Looks through a link.
    pub(crate) async fn look(&self, link: &str) -> Answer {
        self.call(Method::GET, link, None, None).await
    }

    /// Uses a link.
    pub(crate) async fn enter(&self, link: &str, body: Value) -> Answer {
        self.call(Method::POST, link, Some(&body.to_string()), None).await
    }

    /// Uses a link and says hello.
    pub(crate) async fn come(&self, link: &str, name: &str) -> Person {
        let (status, entry) = self.enter(link, json!({ "display_name": name })).await;
        assert_eq!(status, StatusCode::OK, "{entry}");
        let mut person = Person::open(&entry).await;
        person.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
        person.welcome = person.next().await;
        assert_eq!(person.welcome["type"], "welcome", "{}", person.welcome);
        person
    }

    fn at(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }
}

async fn answer_of(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let status = response.status();
    let text = response.text().await.expect("a body");
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect(&text) };
    (status, body)
}

/// A room as made.
pub(crate) struct Room {
    pub(crate) id: String,
    /// `dr`'s link.
    pub(crate) host: String,
    /// `pat`'s link.
    pub(crate) guest: String,
    pub(crate) body: Value,
}

impl Room {
    pub(crate) fn of(body: Value) -> Self {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        Self {
            id: text(&body["room_id"]),
            host: text(&body["user_urls"][0]["url"]),
            guest: text(&body["user_urls"][1]["url"]),
            body,
        }
    }

    pub(crate) fn path(&self) -> String {
        format!("/v2/rooms/{}", self.id)
    }

    pub(crate) fn seat(&self, index: usize) -> &str {
        self.body["user_urls"][index]["participant_id"].as_str().expect("a seat")
    }
}

/// Somebody on the channel.
pub(crate) struct Person {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) welcome: Value,
    pub(crate) token: Value,
}

impl Person {
    /// Opens the channel of an entry and says nothing yet.
    pub(crate) async fn open(entry: &Value) -> Self {
        let url = entry["channel_url"].as_str().expect("a URL");
        let (socket, _) = tokio_tungstenite::connect_async(url).await.expect("a channel");
        Self { socket, welcome: Value::Null, token: entry["channel_token"].clone() }
    }

    pub(crate) async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        self.socket.send(message).await.expect("sent");
    }

    /// The next message; fails when none comes.
    pub(crate) async fn next(&mut self) -> Value {
        self.read().await.expect("a message, but the channel was closed")
    }

    /// The next message of that type; those in between are not looked at.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next().await;
            assert_ne!(message["type"], "refused", "{message} instead of {kind}");
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// Whether it went out: a server that has had enough closes the line.
    pub(crate) async fn try_send(&mut self, message: Message) -> bool {
        self.socket.send(message).await.is_ok()
    }

    /// The next message, if the channel is still open.
    pub(crate) async fn try_next(&mut self) -> Option<Value> {
        self.read().await
    }

    /// The channel says why it closes, and is closed.
    pub(crate) async fn expect_closed_after(&mut self, reason: &str) {
        assert_eq!(self.next().await, json!({ "type": "closed", "reason": reason }));
        self.expect_closed().await;
    }

    /// The channel is closed, without a further message.
    pub(crate) async fn expect_closed(&mut self) {
        assert_eq!(self.read().await, None);
    }

    /// The line breaks without a word.
    pub(crate) fn vanish(self) {
        drop(self.socket);
    }

    async fn read(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(SOON * 2, self.socket.next()).await.expect("nothing came");
            match message {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(other)) => panic!("not a message: {other:?}"),
            }
        }
    }
}

/// A LiveKit client's signalling, as far as its socket.
pub(crate) async fn media(entry: &Value) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let url = entry["livekit_url"].as_str().expect("a URL");
    let token = entry["livekit_token"].as_str().expect("a token");
    let url = format!("{url}/rtc?access_token={token}&protocol=15&sdk=test");
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.expect("the media server");
    let first = tokio::time::timeout(SOON, socket.next()).await.expect("nothing came");
    assert!(matches!(first, Some(Ok(Message::Binary(_)))), "the join response: {first:?}");
    socket
}

/// Asks again and again until it is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut is_so: impl FnMut() -> F) {
    let asking = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(SOON, asking).await.unwrap_or_else(|_| panic!("not seen in time: {what}"));
}

/// The code of an error answer.
pub(crate) fn code(answer: &Answer) -> &str {
    answer.1["error"]["code"].as_str().unwrap_or_default()
}

/// The program that records, when it was built.
pub(crate) fn recorder(test: &str) -> Option<std::path::PathBuf> {
    let built = std::path::Path::new(env!("CARGO_BIN_EXE_visita-server")).with_file_name("visita-recorder");
    let program = std::env::var_os("VISITA_RECORDER").map_or(built, Into::into);
    if program.is_file() {
        return Some(program);
    }
    skipped(test, &format!("no {}; build it, or set VISITA_RECORDER", program.display()));
    None
}

/// Says that a test could not be run here, past the capture of what tests print.
pub(crate) fn skipped(test: &str, why: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("SKIPPED: {test}: {why}\n").as_bytes());
}

/// All files below a folder.
pub(crate) fn files_in(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let there = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    there.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}
