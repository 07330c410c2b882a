//! The real server and rooms made on it.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{netns::Network, process::Running};

/// A running `visita-server --dev`.
pub struct Server {
    /// The process.
    pub running: Running,
    url: String,
    http: reqwest::Client,
    /// Kept over its death, where it is to come back.
    data: Option<tempfile::TempDir>,
}

/// A room and its links.
pub struct Room {
    /// The room's id, which is its LiveKit name too.
    pub id: String,
    /// One link per seat, in the order asked for.
    pub links: Vec<String>,
    /// The seats' ids, which are LiveKit identities.
    pub seats: Vec<String>,
}

impl Server {
    /// Starts it on a free port.
    pub async fn start(bin_dir: &Path) -> Result<Self> {
        Self::start_with(bin_dir, &[]).await
    }

    /// Starts it so that it can come back after it was killed.
    pub async fn start_lasting(bin_dir: &Path) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let mut server = Self::start_with(bin_dir, &["--data", &data.path().display().to_string()]).await?;
        server.data = Some(data);
        Ok(server)
    }

    /// Starts it with more arguments.
    pub async fn start_with(bin_dir: &Path, arguments: &[&str]) -> Result<Self> {
        let mut command = Command::new(bin_dir.join("visita-server"));
        command.arg("--dev");
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        command.args(arguments);
        Self::spawn(command).await
    }

    /// Starts it as an operator would, at an address that other machines reach.
    pub async fn start_at(bin_dir: &Path, address: std::net::IpAddr) -> Result<Self> {
        let mut command = Command::new(bin_dir.join("visita-server"));
        command.arg("--listen").arg(std::net::SocketAddr::new(address, 0).to_string());
        command.args(["--company", "Clinic", "--api-key", "devkey"]);
        Self::spawn(command).await
    }

    async fn spawn(mut command: Command) -> Result<Self> {
        if let Some(log) = log_file("server") {
            command.stderr(log);
        }
        let mut running = Running::start(&mut command)?;
        let line = running.line(Duration::from_secs(20)).await.context("visita-server")?;
        let Some(url) = line.strip_prefix("ready ") else { bail!("not a ready line: {line}") };
        Ok(Self { running, url: url.trim().trim_end_matches('/').to_owned(), http: reqwest::Client::new(), data: None })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// `ws://127.0.0.1:PORT`, for LiveKit clients.
    pub fn livekit_url(&self) -> String {
        self.url.replacen("http", "ws", 1)
    }

    /// Calls the API with the development key.
    pub async fn post(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        let response =
            self.http.post(format!("{}{path}", self.url)).header("apikey", "devkey").json(body).send().await?;
        let status = response.status().as_u16();
        Ok((status, response.json().await.unwrap_or(Value::Null)))
    }

    /// Changes something by the API with the development key.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<(u16, Value)> {
        let request = self.http.patch(format!("{}{path}", self.url)).header("apikey", "devkey").json(body);
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok((status, response.json().await.unwrap_or(Value::Null)))
    }

    /// Asks the API with the development key.
    pub async fn get(&self, path: &str) -> Result<(u16, Value)> {
        let response = self.http.get(format!("{}{path}", self.url)).header("apikey", "devkey").send().await?;
        let status = response.status().as_u16();
        Ok((status, response.json().await.unwrap_or(Value::Null)))
    }

    /// Calls the Video Rooms API with the development key; without a body, when it is none.
    pub async fn video_rooms(&self, method: reqwest::Method, path: &str, body: Option<&Value>) -> Result<(u16, Value)> {
        let request = self.http.request(method, format!("{}/video-rooms/v2{path}", self.url)).bearer_auth("devkey");
        let request = if let Some(body) = body { request.json(body) } else { request };
        let response = request.send().await?;
        let status = response.status().as_u16();
        Ok((status, response.json().await.unwrap_or(Value::Null)))
    }

    /// The folder of its data, where it outlives it ([`Server::start_lasting`]).
    pub fn data(&self) -> Option<&Path> {
        self.data.as_ref().map(tempfile::TempDir::path)
    }

    /// Kills it: no time to say or write anything.
    pub async fn kill(&mut self) -> Result<()> {
        self.running.child.kill().await?;
        Ok(())
    }

    /// Starts it once more at the same address, on the same data.
    pub async fn start_again(&mut self, bin_dir: &Path) -> Result<()> {
        let listen = self.url.trim_start_matches("http://").to_owned();
        let data = self.data.as_ref().context("its data went with it")?.path().display().to_string();
        let again = Self::start_with(bin_dir, &["--listen", &listen, "--data", &data]).await?;
        self.running = again.running;
        Ok(())
    }

    /// Uses a link as an app does: where to join by LiveKit's protocol, and with what.
    pub async fn enter(&self, link: &str, name: &str) -> Result<(String, String)> {
        let response = self.http.post(link).json(&json!({"display_name": name})).send().await?;
        let status = response.status();
        let entry: Value = response.json().await.unwrap_or(Value::Null);
        match (entry["livekit_url"].as_str(), entry["livekit_token"].as_str()) {
            (Some(url), Some(token)) => Ok((url.to_owned(), token.to_owned())),
            _ => bail!("the link did not let in: {status} {entry}"),
        }
    }

    /// A room with so many seats; the first is an admin of role plus.
    pub async fn room(&self, seats: usize) -> Result<Room> {
        self.room_with(seats, json!({})).await
    }

    /// A room with more fields.
    pub async fn room_with(&self, seats: usize, more: Value) -> Result<Room> {
        let mut participants = Vec::new();
        for n in 0..seats {
            let user = format!("user-{n}");
            let role = if n == 0 { "plus" } else { "basic" };
            let (status, answer) = self.post("/v2/users", &json!({"user_id": user, "role": role})).await?;
            if !(status == 201 || status == 200 || status == 409) {
                bail!("user not made: {status} {answer}");
            }
            participants.push(json!({"user_id": user, "is_admin": n == 0}));
        }
        let mut body = json!({"participants": participants});
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let (status, room) = self.post("/v2/rooms", &body).await?;
        if status != 201 && status != 200 {
            bail!("room not made: {status} {room}");
        }
        let field = |name: &str| -> Vec<String> {
            let urls = room["user_urls"].as_array().cloned().unwrap_or_default();
            urls.iter().filter_map(|u| u[name].as_str().map(str::to_owned)).collect()
        };
        Ok(Room {
            id: room["room_id"].as_str().context("room_id")?.to_owned(),
            links: field("url"),
            seats: field("participant_id"),
        })
    }

    /// A LiveKit token made with the development key, for a foreign client.
    pub fn livekit_token(room: &str, identity: &str) -> Result<String> {
        Ok(livekit_token::AccessToken::with_api_key("devkey", "secret")
            .with_identity(identity)
            .with_name(identity)
            .with_grants(livekit_token::VideoGrants {
                room_join: true,
                room: room.to_owned(),
                can_publish: Some(true),
                can_subscribe: Some(true),
                can_publish_data: Some(true),
                ..Default::default()
            })
            .to_jwt()?)
    }
}

/// Where a program's stderr goes: a file in `VISITA_LOG_DIR`, or one's own stderr.
pub fn log_file(name: &str) -> Option<std::fs::File> {
    let dir = PathBuf::from(std::env::var_os("VISITA_LOG_DIR")?);
    std::fs::create_dir_all(&dir).ok()?;
    for n in 0.. {
        let file = std::fs::File::options().write(true).create_new(true).open(dir.join(format!("{name}-{n}.log")));
        match file {
            Ok(file) => return Some(file),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(_) => return None,
        }
    }
    None
}

/// A `visita-peer`, joining.
pub struct Peer {
    running: Running,
}

impl Peer {
    /// Starts one with these arguments after `join`.
    pub fn join(bin_dir: &Path, arguments: &[&str]) -> Result<Self> {
        Self::spawn(Command::new(bin_dir.join("visita-peer")), arguments, &[])
    }

    /// Starts one in a network of its own, or with more in its environment.
    pub fn join_with(
        bin_dir: &Path,
        network: Option<&Network>,
        arguments: &[&str],
        env: &[(&str, String)],
    ) -> Result<Self> {
        let program = bin_dir.join("visita-peer");
        let command = network.map_or_else(|| Command::new(&program), |network| network.command(&program));
        Self::spawn(command, arguments, env)
    }

    fn spawn(mut command: Command, arguments: &[&str], env: &[(&str, String)]) -> Result<Self> {
        command.arg("join").arg("--json").args(arguments);
        command.envs(env.iter().map(|(name, value)| (name, value)));
        if let Some(log) = log_file("peer") {
            command.stderr(log);
        }
        Ok(Self { running: Running::start(&mut command)? })
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// Asks it to end and takes its report.
    pub async fn stop(self) -> Result<Value> {
        self.running.terminate().await?;
        let (code, report) = self.finish().await?;
        if code != Some(0) {
            bail!("visita-peer ended with {code:?}: {report}");
        }
        Ok(report)
    }

    /// Waits for its end: exit code and report.
    pub async fn finish(self) -> Result<(Option<i32>, Value)> {
        let (code, out) = self.running.finish(Duration::from_secs(120)).await?;
        Ok((code, serde_json::from_str(out.trim()).unwrap_or(Value::Null)))
    }
}

/// The whole lines of a peer's `--trace` so far.
pub fn traced(trace: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(trace).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The videos of a report.
pub fn videos(report: &Value) -> Vec<Value> {
    let streams = report["streams"].as_array().cloned().unwrap_or_default();
    streams.into_iter().filter(|s| s["frames"].is_number()).collect()
}

/// The sounds of a report.
pub fn sounds(report: &Value) -> Vec<Value> {
    let streams = report["streams"].as_array().cloned().unwrap_or_default();
    streams.into_iter().filter(|s| s["tone_hz"].is_number()).collect()
}
