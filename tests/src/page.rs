//! A page of ours, in the app's window or in a browser, driven by WebDriver. What is on it is found by its `data-testid`.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use fantoccini::{Client, Locator, elements::Element};
use serde_json::Value;

use crate::until;

/// How long anything on the page may take to appear.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// A page.
pub struct Page {
    client: Client,
}

impl Page {
    /// The page that a driver shows.
    pub(crate) fn of(client: Client) -> Self {
        Self { client }
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
