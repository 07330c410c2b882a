//! `visita-server` as a process: how it starts, how it ends, what it keeps and what it never says.

mod common;

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use common::{Api, SOON, connect, files_in, postgres_server, sqlite_in, until};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::Row;

/// A running `visita-server`. Its stdout and stderr are kept from the ready line on.
struct Process {
    child: Child,
    api: Api,
    stdout: BufReader<std::process::ChildStdout>,
    stderr: Option<std::thread::JoinHandle<String>>,
}

impl Process {
    fn start(args: &[&str]) -> Self {
        let mut child = command(args).spawn().expect("a process");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout"));
        let mut stderr = child.stderr.take().expect("stderr");
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("text");
            text
        });
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let base = line.trim_end().strip_prefix("ready ").expect("the ready line").to_owned();
        Self { child, api: Api::new(&base), stdout, stderr: Some(stderr) }
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill");
        assert!(status.success());
    }

    /// How it ended, what more it said on stdout, and all it said on stderr.
    fn end(mut self) -> (ExitStatus, String, String) {
        let status = wait(&mut self.child);
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).expect("text");
        let stderr = self.stderr.take().expect("read once").join().expect("text");
        (status, stdout, stderr)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_visita-server"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).env("VISITA_LOG", "trace");
    command
}

fn wait(child: &mut Child) -> ExitStatus {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a status") {
            return status;
        }
        assert!(started.elapsed() < SOON * 2, "it does not end");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Starts one that cannot serve; answers its exit status and its words.
fn fails(args: &[&str]) -> (i32, String) {
    let mut child = command(args).spawn().expect("a process");
    let status = wait(&mut child);
    let output = child.wait_with_output().expect("output");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "nothing is ready");
    (status.code().expect("a status"), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn code_of(link: &str) -> &str {
    link.rsplit('/').next().expect("a code")
}

#[tokio::test]
async fn sigterm_ends_it_gracefully_with_status_0() {
    for signal in ["-TERM", "-INT"] {
        let server = Process::start(&["--dev", "--listen", "127.0.0.1:0"]);
        assert_eq!(server.api.get("/health").await.0, StatusCode::OK);
        server.api.users().await;
        let room = server.api.room(json!({})).await;
        let mut guest = server.api.come(&room.guest, "Ada").await;
        server.signal(signal);
        assert_eq!(guest.next().await, json!({ "type": "closed", "reason": "server_stopping" }));
        let (status, stdout, _) = server.end();
        assert_eq!(status.code(), Some(0), "{signal}");
        assert_eq!(stdout, "", "the ready line is the only one");
    }
}

#[tokio::test]
async fn everything_is_there_after_kill_9() {
    let data = tempfile::tempdir().expect("a folder");
    let args = ["--dev", "--listen", "127.0.0.1:0", "--data", text(data.path())];
    is_all_there_after_kill_9(&args, &sqlite_in(data.path())).await;
}

#[tokio::test]
async fn everything_is_there_after_kill_9_with_postgres() {
    let Some(database) = postgres_server::database("kill_9").await else { return };
    let data = tempfile::tempdir().expect("a folder");
    let args = ["--dev", "--listen", "127.0.0.1:0", "--data", text(data.path()), "--database", database.as_str()];
    is_all_there_after_kill_9(&args, database.as_str()).await;
    assert!(!data.path().join("visita.db").exists(), "there is one database");
}

async fn is_all_there_after_kill_9(args: &[&str], database: &str) {
    let server = Process::start(args);
    server.api.users().await;
    let room = server.api.room(json!({ "description": "Follow-up", "duration": 3600 })).await;
    let disabled = server.api.room(json!({})).await;
    server.api.post(&format!("{}/disable", disabled.path()), &json!({})).await;
    let deleted = server.api.room(json!({})).await;
    server.api.delete(&deleted.path()).await;
    let renewed = server.api.room(json!({})).await;
    let path = format!("{}/participants/{}/link", renewed.path(), renewed.seat(1));
    let (_, new_seat) = server.api.post(&path, &json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let session = host.welcome["room"]["session_id"].as_str().expect("a session").to_owned();
    server.signal("-KILL");
    host.expect_closed().await;
    assert_eq!(server.end().0.code(), None, "killed");

    let server = Process::start(args);
    assert_eq!(server.api.get("/v2/users/dr").await.1["role"], "plus");
    let here = |link: &str| format!("{}/join/{}", server.api.base, code_of(link));
    let mut told = room.body.clone();
    for seat in told["user_urls"].as_array_mut().expect("seats") {
        // Another free port than before; the code is what has to be the same.
        seat["url"] = here(seat["url"].as_str().expect("a link")).into();
    }
    assert_eq!(server.api.get(&room.path()).await, (StatusCode::OK, told));
    assert_eq!(server.api.get(&disabled.path()).await.1["status"], "disabled");
    assert_eq!(server.api.get(&deleted.path()).await.0, StatusCode::NOT_FOUND);
    for (link, expected) in [
        (room.guest.as_str(), ""),
        (&disabled.guest, "room_disabled"),
        (&deleted.guest, "room_ended"),
        (&renewed.guest, "link_revoked"),
        (new_seat["url"].as_str().expect("a link"), ""),
    ] {
        assert_eq!(common::code(&server.api.look(&here(link)).await), expected);
    }

    // Who was in comes back with the token they have, without asking for anything.
    let mut back = common::Person::open(&json!({
        "channel_url": format!("{}/channel", server.api.base.replace("http", "ws")),
    }))
    .await;
    back.send(json!({ "type": "hello", "token": host.token, "last_seen": 1 })).await;
    let welcome = back.next().await;
    assert_eq!(welcome["type"], "welcome", "{welcome}");
    assert_eq!(welcome["room"]["participants"][0]["display_name"], "Dr. Conti");
    assert_ne!(welcome["room"]["session_id"], json!(session), "the session ended with the server");
    let sessions = sessions(database).await;
    assert!(sessions.contains(&(session, true)) && sessions.len() == 2, "{sessions:?}");

    server.signal("-TERM");
    assert_eq!(server.end().0.code(), Some(0));
    let sessions = self::sessions(database).await;
    assert!(sessions.iter().all(|(_, ended)| *ended), "{sessions:?}");
}

#[tokio::test]
async fn a_recording_is_there_after_kill_9_of_the_server() {
    let Some(recorder) = common::recorder("a_recording_is_there_after_kill_9_of_the_server") else { return };
    let data = tempfile::tempdir().expect("a folder");
    let args = ["--dev", "--listen", "127.0.0.1:0", "--data", text(data.path()), "--recorder", text(&recorder)];
    let server = Process::start(&args);
    server.api.users().await;
    let room = server.api.room(json!({ "recording": "automatic" })).await;
    let _host = server.api.come(&room.host, "Dr. Conti").await;
    let written = || {
        files_in(&data.path().join("recordings"))
            .iter()
            .filter_map(|file| file.metadata().ok())
            .any(|file| file.len() > 4_000)
    };
    until("something is recorded", async || data.path().join("recordings").is_dir() && written()).await;
    server.signal("-KILL");
    server.end();

    let server = Process::start(&args);
    let list = format!("{}/recordings", room.path());
    let started = Instant::now();
    let recording = loop {
        let (_, answer) = server.api.get(&list).await;
        let one = answer["recordings"][0].clone();
        if one["state"] == "available" {
            break one;
        }
        assert!(started.elapsed() < SOON * 3, "{answer}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert_eq!(recording["reason"], "server_stopped");
    assert!(recording["bytes"].as_u64().is_some_and(|bytes| bytes > 1_000), "{recording}");
    assert!(recording["ended_at"].is_string(), "{recording}");
}

/// Sessions, and whether they have an end.
async fn sessions(database: &str) -> Vec<(String, bool)> {
    let mut database = connect(database).await;
    let rows = sqlx::query(
        "SELECT session_id, CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END FROM sessions ORDER BY started_at",
    )
    .fetch_all(&mut database)
    .await
    .expect("rows");
    rows.iter().map(|row| (row.get(0), row.get::<i64, _>(1) == 1)).collect()
}

#[tokio::test]
async fn no_log_and_no_file_has_a_code_a_token_or_a_key() {
    for format in ["text", "json"] {
        keeps_its_secrets(format).await;
    }
}

async fn keeps_its_secrets(format: &str) {
    let data = tempfile::tempdir().expect("a folder");
    let key = "very-secret-api-key";
    let server = Process::start(&[
        "--listen",
        "127.0.0.1:0",
        "--data",
        text(data.path()),
        "--company",
        "Clinic",
        "--api-key",
        key,
        "--log-format",
        format,
    ]);
    let call = async |method, path: &str, body: Value| {
        let (status, body) = server.api.call(method, path, Some(&body.to_string()), Some(key)).await;
        assert!(status.is_success(), "{body}");
        body
    };
    for user in ["dr", "pat"] {
        call(Method::POST, "/v2/users", json!({ "user_id": user, "role": "plus" })).await;
    }
    let body = json!({ "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }] });
    let room = common::Room::of(call(Method::POST, "/v2/rooms", body).await);
    let path = format!("{}/participants/{}/link", room.path(), room.seat(1));
    let renewed = call(Method::POST, &path, json!({})).await;
    server.api.call(Method::GET, &room.path(), None, Some("wrong-secret-api-key")).await;
    server.api.look(&room.guest).await;
    server.api.look(&room.host).await;
    let mut host = server.api.come(&room.host, "Unforgettable").await;
    let (_, entry) = server.api.enter(&room.host, json!({ "displace": true })).await;
    host.next().await;
    let mut second = common::Person::open(&entry).await;
    second.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
    second.next().await;
    second.send(json!({ "type": "hello", "token": entry["channel_token"] })).await;
    second.next().await;
    second
        .send_raw(tokio_tungstenite::tungstenite::Message::text(format!("{{\"token\":{}", entry["channel_token"])))
        .await;
    second.next().await;
    let livekit_token = entry["livekit_token"].as_str().expect("a token").to_owned();

    // Signing in, webhooks and whatever else has a secret; wrong ones too.
    let sign_in = call(Method::POST, "/v2/users/dr/sign-in-link", json!({})).await;
    let sign_in = sign_in["url"].as_str().expect("a link").to_owned();
    let (_, signed_in) = server.api.call(Method::POST, &sign_in, None, None).await;
    let access_token = signed_in["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(server.api.as_user(Method::GET, "/v2/rooms", Value::Null, &access_token).await.0, StatusCode::OK);
    server.api.as_user(Method::GET, "/v2/rooms", Value::Null, "mistaken-signature.mistaken-token").await;
    server.api.call(Method::POST, "/sign-in/wrong-secret-code", None, None).await;
    let hook = json!({ "url": "http://127.0.0.1:9/wrong-secret-path?key=secret-in-the-query" });
    let hook = call(Method::POST, "/v2/webhooks", hook).await;
    let mut users = common::Person::open(&json!({
        "channel_url": format!("{}/user-channel", server.api.base.replace("http", "ws")),
    }))
    .await;
    users.send(json!({ "type": "hello", "token": access_token })).await;
    assert_eq!(users.next().await["type"], "welcome");
    let third = server.api.come(renewed["url"].as_str().expect("a link"), "Unforgettable").await;
    third.vanish();
    let rtc = format!("{}/rtc?access_token={livekit_token}&protocol=15", server.api.base.replace("http", "ws"));
    let _socket = tokio_tungstenite::connect_async(rtc).await.expect("the media server");
    until("the log", || async { server.api.get("/health").await.0 == StatusCode::OK }).await;
    server.signal("-TERM");
    let (_, _, log) = server.end();
    assert!(log.contains("entered") && log.contains(&room.id), "the log says what happens: {log}");

    let renewed = renewed["url"].as_str().expect("a link");
    if format == "json" {
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
            assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
        }
    }
    assert!(log.contains("a webhook did not take an event"), "the webhook was tried: {log}");
    let id = log.split("request{id=").nth(1).or_else(|| log.split("\"id\":\"").nth(1)).expect("request ids");
    assert!(id.trim_start_matches('"').chars().take(32).all(|c| c.is_ascii_hexdigit()), "{id}");

    let secrets = [
        code_of(&sign_in),
        access_token.as_str(),
        "wrong-secret-path",
        "secret-in-the-query",
        "wrong-secret-code",
        "mistaken-signature.mistaken-token",
        hook["secret"].as_str().expect("a secret"),
        key,
        "wrong-secret-api-key",
        code_of(&room.host),
        code_of(&room.guest),
        code_of(renewed),
        host.token.as_str().expect("a token"),
        entry["channel_token"].as_str().expect("a token"),
        livekit_token.as_str(),
        "Unforgettable",
    ];
    for secret in secrets {
        // The signature alone would do for a token.
        for part in secret.split('.').filter(|part| part.len() > 8) {
            let line = log.lines().find(|line| line.contains(part));
            assert!(line.is_none(), "{secret} is in the log: {line:?}");
            // A webhook's address is kept as it was given.
            let is_address = ["wrong-secret-path", "secret-in-the-query"].contains(&secret);
            for path in files_in(data.path()).into_iter().filter(|_| !is_address) {
                let bytes = std::fs::read(&path).expect("its bytes");
                let found = bytes.windows(part.len()).any(|window| window == part.as_bytes());
                assert!(!found, "{secret} is in {}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn who_cannot_serve_says_why_and_with_which_status() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let (status, words) = fails(&["--dev", "--listen", &address]);
    assert_eq!(status, 3, "{words}");
    assert!(words.contains(&address) && words.contains("cannot listen"), "{words}");

    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").expect("a file");
    let (status, words) = fails(&["--dev", "--listen", "127.0.0.1:0", "--data", text(&file)]);
    assert_eq!(status, 4, "{words}");
    assert!(words.contains(text(&file)), "{words}");

    let damaged = folder.path().join("damaged");
    std::fs::create_dir(&damaged).expect("a folder");
    std::fs::write(damaged.join("visita.db"), "x".repeat(8192)).expect("a file");
    let (status, words) = fails(&["--dev", "--listen", "127.0.0.1:0", "--data", text(&damaged)]);
    assert_eq!(status, 4, "a database without its key: {words}");
    std::fs::write(damaged.join("server.key"), [7; 32]).expect("a file");
    let (status, words) = fails(&["--dev", "--listen", "127.0.0.1:0", "--data", text(&damaged)]);
    assert_eq!(status, 4, "{words}");

    let used = folder.path().join("used");
    let first = Process::start(&["--dev", "--listen", "127.0.0.1:0", "--data", text(&used)]);
    let (status, words) = fails(&["--dev", "--listen", "127.0.0.1:0", "--data", text(&used)]);
    assert_eq!(status, 4, "{words}");
    assert!(words.contains("another server"), "{words}");
    drop(first);

    let kept = folder.path().join("kept");
    let nobody = "postgres://visita:hunter2@127.0.0.1:1/visita";
    let (status, words) = fails(&["--dev", "--listen", "127.0.0.1:0", "--data", text(&kept), "--database", nobody]);
    assert_eq!(status, 4, "{words}");
    assert!(words.contains("cannot use the database") && !words.contains("hunter2"), "{words}");

    for (args, word) in [
        (&["--dev", "--listen", "0.0.0.0:0"][..], "loopback"),
        (&["--listen", "nowhere"], "--listen"),
        (&["--listen", "127.0.0.1:0", "--public-url", "ftp://example.org"], "public URL"),
        (&["--listen", "127.0.0.1:0", "--livekit-url", "ws://example.org"], "livekit-secret"),
        (&["--listen", "127.0.0.1:0", "--company", "Clinic"], "API key"),
        (&["--listen", "127.0.0.1:0", "--colour", "red"], "--colour"),
        (&["--config", "/nowhere/at/all.toml"], "/nowhere/at/all.toml"),
        (&["--dev", "--listen", "127.0.0.1:0", "--log", "visita=loudly"], "log:"),
        (&["--log-format", "xml"], "--log-format"),
        (
            &["--dev", "--listen", "127.0.0.1:0", "--data", text(&kept), "--database", "mysql://a:hunter2@b/c"],
            "postgres://",
        ),
        (&["--dev", "--listen", "127.0.0.1:0", "--database", nobody], "--data"),
    ] {
        let (status, words) = fails(args);
        assert_eq!(status, 2, "{args:?}: {words}");
        assert!(words.contains(word) && !words.contains("hunter2"), "{args:?}: {words}");
    }
}

/// Killed in the middle of writing: whatever was answered is there, whole, and nothing else is half there.
#[tokio::test]
async fn what_was_answered_is_there_after_a_kill_in_the_middle_of_writing() {
    let data = tempfile::tempdir().expect("a folder");
    let args = ["--dev", "--listen", "127.0.0.1:0", "--data", text(data.path())];
    let server = Process::start(&args);
    server.api.users().await;
    let made = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut writers = Vec::new();
    for _ in 0..4 {
        let (api, made) = (server.api.clone(), made.clone());
        writers.push(tokio::spawn(async move {
            let body = json!({ "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat" }] });
            loop {
                let request = api.client.post(format!("{}/v2/rooms", api.base)).header("apikey", "devkey");
                let Ok(answer) = request.body(body.to_string()).send().await else { return };
                let Ok(room) = answer.json::<Value>().await else { return };
                made.lock().expect("rooms").push(room);
            }
        }));
    }
    until("some rooms", || async { made.lock().expect("rooms").len() >= 100 }).await;
    server.signal("-KILL");
    for writer in writers {
        writer.await.expect("it ends with the server");
    }
    assert_eq!(server.end().0.code(), None, "killed");

    let server = Process::start(&args);
    let made = std::mem::take(&mut *made.lock().expect("rooms"));
    for room in &made {
        let path = format!("/v2/rooms/{}", room["room_id"].as_str().expect("an id"));
        let (status, told) = server.api.get(&path).await;
        assert_eq!((status, told["user_urls"].as_array().map(Vec::len)), (StatusCode::OK, Some(2)), "{path}");
        assert_eq!(
            code_of(told["user_urls"][1]["url"].as_str().expect("a link")),
            code_of(room["user_urls"][1]["url"].as_str().expect("a link"))
        );
    }
    let total = server.api.get("/v2/rooms?limit=1").await.1["total"].as_u64().expect("a number");
    // Those that were written and not answered any more: at most one of each writer.
    assert!((made.len() as u64..=made.len() as u64 + 4).contains(&total), "{total} of {}", made.len());
    let mut database = connect(&sqlite_in(data.path())).await;
    let check: String = sqlx::query("PRAGMA integrity_check").fetch_one(&mut database).await.expect("a row").get(0);
    assert_eq!(check, "ok");
    let halves: i64 = sqlx::query("SELECT count(*) FROM rooms WHERE (SELECT count(*) FROM seats s JOIN links l USING (room_id, participant_id) WHERE s.room_id = rooms.room_id) <> 2")
        .fetch_one(&mut database)
        .await
        .expect("a row")
        .get(0);
    assert_eq!(halves, 0, "a room has both seats and links, or is none");
}

#[tokio::test]
async fn settings_come_from_flags_environment_and_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("server.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\ncompany = \"Clinic\"\napi_key = \"file-key\"\n").expect("a file");
    let mut child = command(&["--config", text(&file)])
        .env("VISITA_LISTEN", "127.0.0.1:0")
        .env("VISITA_PUBLIC_URL", "https://visits.example.org")
        .spawn()
        .expect("a process");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout")).read_line(&mut line).expect("a line");
    let api = Api::new(line.trim_end().strip_prefix("ready ").expect("the ready line"));
    let answer = api.call(Method::POST, "/v2/users", Some("{}"), Some("file-key")).await;
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert_eq!(answer.0, StatusCode::CREATED);
}
