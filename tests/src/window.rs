//! The real window, driven by WebDriver.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{
    process::{Running, free_port, port_open},
    rooms::log_file,
    until,
};

/// How long anything in the window may take to appear.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The app's window.
pub struct Window {
    client: Client,
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
        Ok(Self { client, driver, data })
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
            for handle in self.client.windows().await? {
                // One that closes meanwhile is none to go into.
                if self.client.switch_to_window(handle).await.is_err() {
                    continue;
                }
                let Ok(url) = self.client.current_url().await else { continue };
                let asked = url.query_pairs().find(|(name, _)| name == "window");
                if asked.map_or("main".into(), |(_, asked)| asked) == part {
                    return Ok(Some(()));
                }
            }
            Ok(None)
        })
        .await
    }

    /// The element with this `data-testid`, as soon as it is there.
    pub async fn find(&self, id: &str) -> Result<Element> {
        let css = format!("[data-testid=\"{id}\"]");
        until(&format!("{id} on the page"), PATIENCE, || async { Ok(self.client.find(Locator::Css(&css)).await.ok()) })
            .await
    }

    /// Whether there is such an element now.
    pub async fn has(&self, id: &str) -> Result<bool> {
        let css = format!("[data-testid=\"{id}\"]");
        Ok(!self.client.find_all(Locator::Css(&css)).await?.is_empty())
    }

    /// Clicks.
    pub async fn click(&self, id: &str) -> Result<()> {
        let started = Instant::now();
        // A panel that is still sliding can make a first click miss.
        loop {
            match self.find(id).await?.click().await {
                Ok(()) => return Ok(()),
                Err(error) if started.elapsed() > PATIENCE => return Err(error).context(id.to_owned()),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    /// Types into a field, in place of what was there.
    pub async fn fill(&self, id: &str, text: &str) -> Result<()> {
        // Select all and type over it, as a person does: clearing by WebDriver passes React by.
        const CONTROL_A: &str = "\u{e009}a\u{e000}";
        let field = self.find(id).await?;
        field.send_keys(CONTROL_A).await?;
        field.send_keys(text).await?;
        Ok(())
    }

    /// The words in an element.
    pub async fn text(&self, id: &str) -> Result<String> {
        // WebKit's driver gives no text of what is positioned over a canvas.
        Ok(self.find(id).await?.prop("textContent").await?.unwrap_or_default())
    }

    /// An attribute of an element.
    pub async fn attribute(&self, id: &str, name: &str) -> Result<Option<String>> {
        Ok(self.find(id).await?.attr(name).await?)
    }

    /// Waits until the page shows this screen.
    pub async fn screen(&self, name: &str) -> Result<()> {
        self.find(&format!("screen-{name}")).await.map(|_| ())
    }

    /// Runs JavaScript.
    pub async fn script(&self, code: &str) -> Result<Value> {
        Ok(self.client.execute(code, vec![]).await?)
    }

    /// Calls a command of the app and waits for its answer.
    pub async fn invoke(&self, command: &str) -> Result<Value> {
        let code = "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke(arguments[0]).then(done, (e) => done({ error: String(e) }));";
        Ok(self.client.execute_async(code, vec![json!(command)]).await?)
    }

    /// Calls a command of the app with arguments.
    pub async fn invoke_with(&self, command: &str, arguments: Value) -> Result<Value> {
        let code = "const done = arguments[arguments.length - 1];
             window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(done, (e) => done({ error: String(e) }));";
        let answer = self.client.execute_async(code, vec![json!(command), arguments]).await?;
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

    /// Where the picture of somebody else is on the window: x, y, width, height in pixels, of the drawn picture itself.
    pub async fn picture(&self, selector: &str) -> Result<Option<Area>> {
        let code = format!(
            "const c = document.querySelector('{selector}');
             if (!c || !c.width) return null;
             const r = c.getBoundingClientRect();
             const fit = getComputedStyle(c).objectFit;
             const scale = fit === 'cover' ? Math.max(r.width / c.width, r.height / c.height)
                         : fit === 'contain' ? Math.min(r.width / c.width, r.height / c.height) : null;
             const w = scale === null ? r.width : c.width * scale, h = scale === null ? r.height : c.height * scale;
             return {{ x: r.x + (r.width - w) / 2, y: r.y + (r.height - h) / 2, width: w, height: h,
                      frames: Number(c.dataset.frames || 0), stream: Number(c.dataset.streamId || 0),
                      left: r.x, top: r.y, right: r.right, bottom: r.bottom }};"
        );
        let value = self.script(&code).await?;
        if value.is_null() {
            return Ok(None);
        }
        Ok(Some(serde_json::from_value(value)?))
    }

    /// A picture of the page as WebKit draws it.
    pub async fn screenshot(&self) -> Result<Vec<u8>> {
        Ok(self.client.screenshot().await?)
    }

    /// The driver's client, for what is not wrapped here.
    pub fn client(&self) -> &Client {
        &self.client
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
        self.client.clone().close().await.map_err(|e| anyhow!(e))
    }
}

/// A drawn picture on the window.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
pub struct Area {
    /// Left edge of the picture.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Frames painted so far.
    pub frames: f64,
    /// Stream id.
    pub stream: f64,
    /// Visible part: left edge.
    pub left: f64,
    /// Visible part: top edge.
    pub top: f64,
    /// Visible part: right edge.
    pub right: f64,
    /// Visible part: bottom edge.
    pub bottom: f64,
}
