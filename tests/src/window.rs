//! The real window, driven by WebDriver.

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Command;

pub use crate::page::{Area, PATIENCE};
use crate::{
    page::Page,
    process::{Running, free_port, port_open},
    rooms::log_file,
    until,
};

/// The app's window, with the page in it.
pub struct Window {
    page: Page,
    driver: Running,
    data: tempfile::TempDir,
}

/// Where and with which devices the app runs.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    /// `DISPLAY`.
    pub display: String,
    /// `PULSE_SERVER`; none means no sound at all.
    pub pulse_server: Option<String>,
    /// More environment: `VISITA_CAMERA` and the like.
    pub env: Vec<(String, String)>,
    /// Arguments of the app.
    pub arguments: Vec<String>,
}

impl Deref for Window {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}

impl Window {
    /// Starts the app.
    pub async fn open(bin_dir: &Path, setting: &Setting) -> Result<Self> {
        let data = tempfile::tempdir()?;
        // What is saved lies beside the rest, and not in the folder of whoever runs the tests.
        let config = data.path().join("config");
        std::fs::create_dir_all(&config)?;
        let downloads = data.path().join("Downloads");
        std::fs::create_dir_all(&downloads)?;
        std::fs::write(
            config.join("user-dirs.dirs"),
            format!("XDG_DOWNLOAD_DIR={:?}\n", downloads.display().to_string()),
        )?;
        let port = free_port()?;
        let mut command = Command::new("WebKitWebDriver");
        command
            .arg(format!("--port={port}"))
            .env("DISPLAY", &setting.display)
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11")
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("VISITA_APP_DATA", data.path())
            // A keyring might ask somebody; the scenario that is about it says otherwise.
            .env("VISITA_KEYRING", "file")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env("XDG_CONFIG_HOME", config)
            .env("XDG_CACHE_HOME", data.path().join("cache"))
            .env("XDG_DATA_HOME", data.path().join("data"))
            .env("LANG", "en_US.UTF-8")
            .env("NO_AT_BRIDGE", "1")
            .env("PULSE_SERVER", setting.pulse_server.as_deref().unwrap_or("unix:/nonexistent"))
            .envs(setting.env.iter().map(|(k, v)| (k, v)))
            .stderr(log_file("app").map_or_else(Stdio::inherit, Stdio::from));
        let driver = Running::start(&mut command)?;
        port_open(port, Duration::from_secs(10)).await.context("WebKitWebDriver")?;
        let capabilities = json!({
            "webkitgtk:browserOptions": {
                "binary": bin_dir.join("visita"),
                "args": setting.arguments,
            }
        });
        let Value::Object(capabilities) = capabilities else { unreachable!("an object was written") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("the app did not start under WebDriver")?;
        Ok(Self { page: Page::of(client), driver, data })
    }

    /// Where it keeps its settings and rooms.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Where it saves what people ask for.
    pub fn downloads(&self) -> PathBuf {
        self.data.path().join("Downloads")
    }

    /// Process id of the driver, whose child the app is.
    pub fn pid(&self) -> u32 {
        self.driver.pid()
    }

    /// Goes on in the window of the app whose page is asked for with this: `main`, `incoming` or `mini`.
    pub async fn go_into(&self, part: &str) -> Result<()> {
        until(&format!("the window {part}"), PATIENCE, || async {
            for handle in self.client().windows().await? {
                // One that closes meanwhile is none to go into.
                if self.client().switch_to_window(handle).await.is_err() {
                    continue;
                }
                let Ok(url) = self.client().current_url().await else { continue };
                let asked = url.query_pairs().find(|(name, _)| name == "window");
                if asked.map_or("main".into(), |(_, asked)| asked) == part {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await
    }

    /// Calls a command of the app and waits for its answer.
    pub async fn invoke(&self, command: &str) -> Result<Value> {
        let code = "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke(arguments[0]).then(done, (e) => done({ error: String(e) }));";
        Ok(self.client().execute_async(code, vec![json!(command)]).await?)
    }

    /// Calls a command of the app with arguments.
    pub async fn invoke_with(&self, command: &str, arguments: Value) -> Result<Value> {
        let code = "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(done, (e) => done({ error: String(e) }));";
        let answer = self.client().execute_async(code, vec![json!(command), arguments]).await?;
        match answer.get("error") {
            Some(error) if answer.as_object().is_some_and(|answer| answer.len() == 1) => {
                Err(anyhow!("{command}: {error}"))
            }
            _ => Ok(answer),
        }
    }

    /// Waits until the app's view is as asked.
    pub async fn view(&self, what: &str, is: impl Fn(&Value) -> bool) -> Result<Value> {
        let last = std::cell::RefCell::new(Value::Null);
        until(what, PATIENCE, || async {
            let view = self.invoke("app_view").await?;
            last.replace(view.clone());
            Ok(is(&view).then_some(view))
        })
        .await
        .with_context(|| format!("the last view was {}", last.borrow()))
    }

    /// Leaves the call and lets the others stay, whatever the seat's rights.
    pub async fn leave(&self) -> Result<()> {
        self.click("leave").await?;
        until("out of the call", PATIENCE, || async {
            if self.has("leave-others-stay").await? {
                self.click("leave-others-stay").await?;
            }
            Ok(self.has("screen-after").await?.then_some(()))
        })
        .await
    }

    /// Closes the app.
    pub async fn close(self) -> Result<()> {
        self.client().clone().close().await.map_err(|e| anyhow!(e))
    }
}
