//! Headless Chromium with fake devices, running LiveKit's own client.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context, Result};
use axum::{Router, http::header, response::IntoResponse, routing::get};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::process::{Running, free_port, on_path, port_open};

const PAGE: &str = include_str!("../peers/chromium.html");

/// A browser with a page that can join rooms.
pub struct Chromium {
    client: Client,
    _driver: Running,
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

impl Chromium {
    /// Starts the browser and opens the page.
    pub async fn start() -> Result<Self> {
        let script = std::fs::read_to_string(livekit_client()).context("livekit-client")?;
        let app = Router::new().route("/", get(|| async { axum::response::Html(PAGE) })).route(
            "/livekit-client.js",
            get(|| async move { ([(header::CONTENT_TYPE, "text/javascript")], script).into_response() }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let page = tokio::spawn(async move {
            // Ends with the test.
            let _ = axum::serve(listener, app).await;
        });
        let port = free_port()?;
        let driver = Running::start(
            Command::new("chromedriver").arg(format!("--port={port}")).arg("--silent").stderr(Stdio::null()),
        )?;
        port_open(port, Duration::from_secs(10)).await.context("chromedriver")?;
        let profile = tempfile::tempdir()?;
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            "--autoplay-policy=no-user-gesture-required",
            "--disable-features=WebRtcHideLocalIpsWithMdns",
            // The fake speaker: sound is decoded and measured, not played.
            "--mute-audio",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({ "goog:chromeOptions": { "args": arguments } });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object was written") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("Chromium")?;
        client.goto(&format!("http://{address}/")).await?;
        Ok(Self { client, _driver: driver, _profile: profile, page })
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
