//! Headless Chromium with fake devices: running LiveKit's own client, or on a page of ours.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    ops::Deref,
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result};
use axum::{Router, http::header, response::IntoResponse, routing::get};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::{process::Command, time::timeout};

use crate::{
    netns::Network,
    page::Page,
    process::{Running, free_port, on_path, open_at},
};

const ARGUMENTS: [&str; 13] = [
    "--headless=new",
    "--window-size=1280,900",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
];

const PAGE: &str = include_str!("../peers/chromium.html");

/// A browser with a page that can join rooms.
pub struct Chromium {
    client: Client,
    driver: Running,
    _profile: tempfile::TempDir,
    page: tokio::task::JoinHandle<()>,
}

/// Why Chromium cannot be tried here; none when it can.
pub fn missing() -> Option<String> {
    if !on_path("chromedriver") {
        return Some("chromedriver is not installed".into());
    }
    (!livekit_client().exists()).then(|| "livekit-client is not installed (npm ci in ui)".into())
}

fn livekit_client() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/livekit-client/dist/livekit-client.umd.js")
}

/// What a browser has around it.
#[derive(Default)]
pub struct Setup<'a> {
    /// Runs in a network of its own.
    pub network: Option<&'a Network>,
    /// A PulseAudio server (`PULSE_SERVER`) with its microphone and its speaker, instead of a fake microphone and silence.
    pub pulse: Option<String>,
    /// Pictures of its fake camera (`.mjpeg`), instead of a drawn clock.
    pub video: Option<PathBuf>,
    /// Sound of its fake microphone (`.wav`), instead of beeps.
    pub audio: Option<PathBuf>,
}

impl Chromium {
    /// Starts the browser and opens the page.
    pub async fn start() -> Result<Self> {
        Self::start_with(&Setup::default()).await
    }

    /// Starts the browser in its surroundings and opens the page.
    pub async fn start_with(setup: &Setup<'_>) -> Result<Self> {
        let script = std::fs::read_to_string(livekit_client()).context("livekit-client")?;
        let app = Router::new().route("/", get(|| async { axum::response::Html(PAGE) })).route(
            "/livekit-client.js",
            get(|| async move { ([(header::CONTENT_TYPE, "text/javascript")], script).into_response() }),
        );
        let here: IpAddr = setup.network.map_or(Ipv4Addr::LOCALHOST.into(), Network::here);
        let there: IpAddr = setup.network.map_or(Ipv4Addr::LOCALHOST.into(), Network::there);
        let listener = tokio::net::TcpListener::bind((here, 0)).await?;
        let address = listener.local_addr()?;
        let page = tokio::spawn(async move {
            // Ends with the test.
            let _ = axum::serve(listener, app).await;
        });
        let (client, driver, profile) = browser(setup, Some(address), there).await?;
        client.goto(&format!("http://{address}/")).await?;
        Ok(Self { client, driver, _profile: profile, page })
    }

    /// Process id of its driver, whose only child is the browser.
    pub fn pid(&self) -> u32 {
        self.driver.pid()
    }

    /// Does one verb of [`crate::clients::Client`]; a refusal is an error.
    pub async fn command(&self, command: Value) -> Result<Value> {
        let code = "const done = arguments[arguments.length - 1]; window.command(arguments[0]).then(done);";
        let answer = self.client.execute_async(code, vec![command]).await?;
        crate::clients::answer(answer)
    }

    /// Ends the browser.
    pub async fn close(self) -> Result<()> {
        self.page.abort();
        Ok(self.client.close().await?)
    }
}

/// Somebody who follows a link in a browser that knows nothing of us yet: the page, and what it runs in.
pub struct Visitor {
    page: Page,
    _driver: Running,
    _profile: tempfile::TempDir,
}

impl Deref for Visitor {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Visitor {
    /// Starts the browser in its surroundings, with an empty page.
    pub async fn start(setup: &Setup<'_>) -> Result<Self> {
        let there = setup.network.map_or(Ipv4Addr::LOCALHOST.into(), Network::there);
        let (client, driver, profile) = browser(setup, None, there).await?;
        Ok(Self { page: Page::of(client), _driver: driver, _profile: profile })
    }

    /// Follows a link.
    pub async fn goto(&self, link: &str) -> Result<()> {
        Ok(self.client().goto(link).await?)
    }

    /// Ends the browser.
    pub async fn close(self) -> Result<()> {
        Ok(self.client().clone().close().await?)
    }
}

/// A browser and its driver. Now and then Chromium comes up deaf beside a busy window (seen once in some forty runs of
/// everything, "chrome not reachable" after the driver's own minute), before anything of ours is in it: another is
/// started then.
async fn browser(
    setup: &Setup<'_>,
    address: Option<SocketAddr>,
    there: IpAddr,
) -> Result<(Client, Running, tempfile::TempDir)> {
    const LIMIT: Duration = Duration::from_secs(20);
    for _ in 0..2 {
        match timeout(LIMIT, browser_once(setup, address, there)).await {
            Ok(Ok(started)) => return Ok(started),
            Ok(Err(error)) => eprintln!("Chromium did not start: {error:#}"),
            Err(_) => eprintln!("Chromium did not start within {LIMIT:?}"),
        }
    }
    browser_once(setup, address, there).await
}

async fn browser_once(
    setup: &Setup<'_>,
    address: Option<SocketAddr>,
    there: IpAddr,
) -> Result<(Client, Running, tempfile::TempDir)> {
    let port = free_port()?;
    let mut command = match setup.network {
        Some(network) => network.command("chromedriver".as_ref()),
        None => Command::new("chromedriver"),
    };
    command.arg(format!("--port={port}")).arg("--silent").stderr(Stdio::null());
    // No bus is asked: one that does not answer holds the browser up.
    command.env("DBUS_SESSION_BUS_ADDRESS", "/dev/null");
    if setup.network.is_some() {
        command.args(["--allowed-ips=", "--allowed-origins=*"]);
    }
    if let Some(pulse) = &setup.pulse {
        command.env("PULSE_SERVER", pulse);
    }
    let driver = Running::start(&mut command)?;
    open_at((there, port).into(), Duration::from_secs(10)).await.context("chromedriver")?;
    let profile = tempfile::tempdir()?;
    let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
    arguments.push(format!("--user-data-dir={}", profile.path().display()));
    // Without it a page of another address than loopback has no devices.
    if let Some(address) = address {
        arguments.push(format!("--unsafely-treat-insecure-origin-as-secure=http://{address}"));
    }
    if setup.pulse.is_none() {
        // The fake speaker: sound is decoded and measured, not played.
        arguments.push("--mute-audio".to_owned());
        arguments.push("--use-fake-device-for-media-stream=fps=30".to_owned());
    }
    if let Some(video) = &setup.video {
        arguments.push(format!("--use-file-for-fake-video-capture={}", video.display()));
    }
    if let Some(audio) = &setup.audio {
        arguments.push(format!("--use-file-for-fake-audio-capture={}", audio.display()));
    }
    let mut capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
    if address.is_none() {
        // Whoever looks at one of our pages waits for what is to be there, and may measure when it is.
        capabilities["pageLoadStrategy"] = json!("none");
    }
    let Value::Object(capabilities) = capabilities else { unreachable!("an object was written") };
    let client = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&format!("http://{there}:{port}"))
        .await
        .context("Chromium")?;
    Ok((client, driver, profile))
}
