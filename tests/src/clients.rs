//! LiveKit's own clients as participants that are told what to do: Python, Node and, in headless Chromium, JavaScript.
//!
//! All three know the same verbs. Each is a JSON object `{"do": VERB, …}`, answered when it is done:
//! `join {url, token}`, `publish {source, width?, height?, tone_hz?, codec?}` (a codec: Chromium), `unpublish {source}`,
//! `mute {source, muted}` (not Node), `quality {identity, source, quality}` (not Node), `subscribe {identity, source, subscribed}` (Chromium),
//! `send {text, reliable?, topic?, to?}`, `scenario {name}` (not Node), `report {}`, `leave {}`.
//! Sources are `camera`, `microphone`, `screen_share`.

use std::{
    fmt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Result, anyhow, bail, ensure};
use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    process::{ChildStdin, Command},
    sync::Mutex,
};

use crate::{
    chromium::{self, Chromium},
    netns::Network,
    process::{Running, on_path},
    rooms::log_file,
    until,
};

/// How long a client may take for one verb.
const VERB: Duration = Duration::from_secs(90);

/// Whose client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PyPI `livekit`.
    Python,
    /// npm `@livekit/rtc-node`.
    Node,
    /// npm `livekit-client` in headless Chromium.
    Chromium,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Python => "python",
            Self::Node => "node",
            Self::Chromium => "chromium",
        })
    }
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Python, Self::Node, Self::Chromium];

    /// Why it cannot be tried here; none when it can.
    pub fn missing(self) -> Option<String> {
        match self {
            Self::Python => python().is_none().then(|| "the Python client is not set up".into()),
            Self::Node => {
                let there = on_path("node") && peers().join("node_modules/@livekit/rtc-node").exists();
                (!there).then(|| "the Node client is not set up".into())
            }
            Self::Chromium => chromium::missing(),
        }
    }
}

/// The folder of the scripts.
pub fn peers() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The Python that has the client, when it is set up (`./dev setup`).
pub fn python() -> Option<PathBuf> {
    let python = PathBuf::from(std::env::var_os("VISITA_CACHE")?).join("venv/bin/python");
    let probe = std::process::Command::new(&python)
        .args(["-c", "import livekit.rtc, numpy"])
        .stderr(Stdio::null())
        .status()
        .ok()?;
    probe.success().then_some(python)
}

/// A participant with somebody else's client.
pub struct Client {
    kind: Kind,
    line: Line,
}

enum Line {
    Script(Box<Mutex<Script>>),
    Browser(Box<Chromium>),
}

struct Script {
    running: Running,
    stdin: ChildStdin,
    id: u64,
}

impl Script {
    fn start(command: &mut Command) -> Result<Self> {
        let stderr = log_file("client").map_or_else(Stdio::null, Stdio::from);
        let (running, stdin) = Running::start_told(command.stderr(stderr))?;
        Ok(Self { running, stdin, id: 0 })
    }

    async fn command(&mut self, mut command: Value) -> Result<Value> {
        self.id += 1;
        command["id"] = json!(self.id);
        self.stdin.write_all(format!("{command}\n").as_bytes()).await?;
        loop {
            let line = self.running.line(VERB).await?;
            // The libraries print things of their own.
            let Ok(said) = serde_json::from_str::<Value>(&line) else { continue };
            if said["id"] == self.id {
                return answer(said);
            }
        }
    }
}

fn python_script(command: &dyn Fn(&Path) -> Command) -> Result<Script> {
    let Some(python) = python() else { bail!("the Python client is not set up") };
    Script::start(command(&python).arg(peers().join("python.py")))
}

/// What `{"ok": …}` holds, or `{"error": …}` as an error.
pub(crate) fn answer(mut said: Value) -> Result<Value> {
    match said.get("error").and_then(Value::as_str) {
        Some(error) => Err(anyhow!("{error}")),
        None => Ok(said["ok"].take()),
    }
}

impl Client {
    /// Starts one; it is in no room yet.
    pub async fn start(kind: Kind) -> Result<Self> {
        let line = match kind {
            Kind::Python => Line::Script(Box::new(Mutex::new(python_script(&|program| Command::new(program))?))),
            Kind::Node => Line::Script(Box::new(Mutex::new(Script::start(
                Command::new("node").arg("node.mjs").current_dir(peers()),
            )?))),
            Kind::Chromium => Line::Browser(Box::new(Chromium::start().await?)),
        };
        Ok(Self { kind, line })
    }

    /// Starts a Python client in a network of its own; it is in no room yet.
    pub async fn start_in(network: &Network) -> Result<Self> {
        let script = python_script(&|program| network.command(program))?;
        Ok(Self { kind: Kind::Python, line: Line::Script(Box::new(Mutex::new(script))) })
    }

    /// Starts one and brings it into a room, sending nothing yet.
    pub async fn join(kind: Kind, url: &str, token: &str) -> Result<Self> {
        let client = Self::start(kind).await?;
        client.tell(json!({"do": "join", "url": url, "token": token})).await?;
        Ok(client)
    }

    /// Starts one, brings it into a room and has it send camera and microphone.
    pub async fn join_sending(kind: Kind, url: &str, token: &str) -> Result<Self> {
        let client = Self::join(kind, url, token).await?;
        client.publish("camera").await?;
        client.publish("microphone").await?;
        Ok(client)
    }

    /// Whose client it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Does one verb.
    pub async fn tell(&self, command: Value) -> Result<Value> {
        let what = command["do"].to_string();
        let answer = match &self.line {
            Line::Script(script) => script.lock().await.command(command).await,
            Line::Browser(browser) => browser.command(command).await,
        };
        answer.map_err(|error| error.context(format!("{} was told to {what}", self.kind)))
    }

    /// Sends a source; returns the track's id.
    pub async fn publish(&self, source: &str) -> Result<String> {
        let answer = self.tell(json!({"do": "publish", "source": source})).await?;
        Ok(answer["sid"].as_str().unwrap_or_default().to_owned())
    }

    /// What it sees and hears.
    pub async fn report(&self) -> Result<Value> {
        self.tell(json!({"do": "report"})).await
    }

    /// Waits until its report satisfies the question, and returns what the question found.
    pub async fn sees<T>(&self, what: &str, limit: Duration, ask: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let last = std::sync::Mutex::new(Value::Null);
        let found = until(&format!("{}: {what}", self.kind), limit, || async {
            let report = self.report().await?;
            let found = ask(&report);
            *last.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = report;
            Ok(found)
        })
        .await;
        found.map_err(|error| error.context(format!("last report: {}", last.lock().map_or(Value::Null, |v| v.clone()))))
    }

    /// Waits until so many more pictures of somebody are decoded.
    pub async fn sees_pictures(&self, of: &str, source: &str, more: u64) -> Result<Value> {
        let before = frames(&self.report().await?, of, source);
        let what = format!("{more} pictures of {of}'s {source}");
        self.sees(&what, VERB, |report| {
            (frames(report, of, source) >= before + more).then(|| report["people"][of][source].clone())
        })
        .await
    }

    /// Waits until a tone of somebody is heard.
    pub async fn hears(&self, of: &str, hz: f64) -> Result<()> {
        let what = format!("{hz} Hz from {of}");
        self.sees(&what, VERB, |report| {
            let tone = report["people"][of]["microphone"]["tone_hz"].as_f64()?;
            ((tone - hz).abs() < hz * 0.03).then_some(())
        })
        .await
    }

    /// Waits for an event by its words.
    pub async fn hears_of(&self, event: &str) -> Result<()> {
        self.sees(event, VERB, |report| {
            let events = report["events"].as_array()?;
            events.iter().any(|e| e.as_str().is_some_and(|e| e.starts_with(event))).then_some(())
        })
        .await
    }

    /// Leaves and ends.
    pub async fn end(self) -> Result<()> {
        // Whoever was put out has nothing to leave.
        let _ = self.tell(json!({"do": "leave"})).await;
        match self.line {
            Line::Script(script) => {
                let Script { running, stdin, .. } = script.into_inner();
                drop(stdin);
                let (code, _) = running.finish(VERB).await?;
                ensure!(code == Some(0), "{} ended with {code:?}", self.kind);
                Ok(())
            }
            Line::Browser(browser) => browser.close().await,
        }
    }
}

/// Pictures of somebody's stream that a report counts.
pub fn frames(report: &Value, of: &str, source: &str) -> u64 {
    report["people"][of][source]["frames"].as_u64().unwrap_or(0)
}
