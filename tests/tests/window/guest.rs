//! A guest with nothing but a browser, and the host in the app.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::process::Command;
use visita_tests::{
    chromium::{self, Setup, Visitor},
    display::Shown,
    skip, until,
    window::PATIENCE,
};

use super::{
    stage::{Stage, keep, skipped},
    tools::stroke,
};

/// What the guest's microphone hears, and what the host's does.
const GUEST_HZ: u32 = 700;
const HOST_HZ: u32 = 900;

/// The pitch of what the page plays of the others, in hertz; 0 while it plays nothing.
const PITCH: &str = "
    const done = arguments[arguments.length - 1];
    const element = document.querySelector('body > audio');
    if (!element || element.paused || element.muted) return done(0);
    const context = new AudioContext({ sampleRate: 48000 });
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(element.srcObject).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    const end = performance.now() + 3000;
    const look = () => {
      analyser.getFloatFrequencyData(bins);
      const loudest = bins.indexOf(Math.max(...bins));
      const heard = bins[loudest] > -60;
      if (!heard && performance.now() < end) return setTimeout(look, 50);
      context.close();
      done(heard ? (loudest * 48000) / 8192 : 0);
    };
    context.resume().then(look);";

/// Frames painted so far of the others, of each picture.
const FRAMES: &str =
    "return [...document.querySelectorAll('[data-testid=tile] video')].map((v) => Number(v.dataset.frames || 0))";

/// A file is let go over the page.
const DROP: &str = "
    const bag = new DataTransfer();
    bag.items.add(new File(['one in the morning'], 'doses.txt', { type: 'text/plain' }));
    for (const kind of ['dragenter', 'dragover', 'drop']) {
      const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: bag });
      document.body.dispatchEvent(event);
    }";

struct Guest(Visitor);

impl Guest {
    /// In the call, by a link.
    async fn join(stage: &Stage) -> Result<Self> {
        let sound = stage.sound.folder().join("guest.wav");
        let tone = format!("sine=frequency={GUEST_HZ}:sample_rate=48000:duration=20");
        let made =
            Command::new("ffmpeg").args(["-v", "error", "-f", "lavfi", "-i", &tone]).arg(&sound).status().await?;
        ensure!(made.success(), "no tone");
        let guest = Visitor::start(&Setup { audio: Some(sound), ..Setup::default() }).await?;
        guest.goto(&stage.room.links[1]).await?;
        guest.click("join-in-browser").await?;
        guest.screen("lobby").await?;
        guest.fill("name-input", "Anna Rossi").await?;
        guest.click("join").await?;
        guest.screen("call").await?;
        Ok(Self(guest))
    }

    /// Waits until the other's picture moves.
    async fn sees(&self) -> Result<()> {
        let frames = || async { anyhow::Ok(serde_json::from_value::<Vec<f64>>(self.0.script(FRAMES).await?)?) };
        until("a moving picture in the browser", PATIENCE, || async {
            let before = frames().await?;
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            let after = frames().await?;
            let moving =
                after.iter().enumerate().filter(|&(n, count)| *count > before.get(n).copied().unwrap_or(0.0) + 2.0);
            ensure!(moving.count() > 0, "{before:?}, then {after:?}");
            Ok(Some(()))
        })
        .await
    }

    async fn hears(&self, hz: u32) -> Result<()> {
        until(&format!("{hz} Hz in the browser"), PATIENCE, || async {
            let heard = self.0.client().execute_async(PITCH, vec![]).await?;
            ensure!((heard.as_f64().unwrap_or(0.0) - f64::from(hz)).abs() < 15.0, "{heard} Hz");
            Ok(Some(()))
        })
        .await
    }

    /// Opens what lies behind *More*.
    async fn more(&self, item: &str) -> Result<()> {
        self.0.click("more").await?;
        self.0.click(item).await
    }

    async fn reads(&self, id: &str, words: &str) -> Result<()> {
        until(&format!("{words} in the browser"), PATIENCE, || async {
            let there = self.0.text(id).await?;
            ensure!(there.contains(words), "there is {there}");
            Ok(Some(()))
        })
        .await
    }
}

/// Both see and hear each other, and each tool of the call once, until the host shows the guest out.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_in_a_browser_and_the_host_in_the_app() -> Result<()> {
    const NAME: &str = "a_guest_in_a_browser_and_the_host_in_the_app";
    if skipped(NAME) {
        return Ok(());
    }
    if let Some(why) = chromium::missing() {
        skip(NAME, &why);
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let host = stage.in_call().await?;
    let whistle = stage.whistle(HOST_HZ)?;
    let guest = Guest::join(&stage).await?;
    stage.picture_of_other(&host).await?;
    guest.sees().await?;
    #[allow(clippy::cast_precision_loss, reason = "hundreds")]
    stage.hear(GUEST_HZ as f32).await?;
    guest.hears(HOST_HZ).await?;
    drop(whistle);
    let us = &stage.room.seats[1];
    host.view("the guest by name", |view| view["screen"]["people"][0]["display_name"] == "Anna Rossi").await?;

    // Chat, both ways.
    guest.more("more-chat").await?;
    guest.0.fill("chat-field", "Good morning, doctor").await?;
    guest.0.click("chat-send").await?;
    host.click("chat").await?;
    until("the guest's words", PATIENCE, || async {
        Ok(host.text("chat-panel").await?.contains("Good morning, doctor").then_some(()))
    })
    .await?;
    host.fill("chat-field", "Good morning, Mrs Rossi").await?;
    host.click("chat-send").await?;
    guest.reads("chat-panel", "Good morning, Mrs Rossi").await?;

    // A file of the guest.
    guest.0.script(DROP).await?;
    until("the guest's file", PATIENCE, || async {
        Ok(host.text("chat-panel").await?.contains("doses.txt").then_some(()))
    })
    .await?;
    host.click("chat").await?;

    // A hand and a reaction.
    guest.more("more-all").await?;
    guest.0.click("react").await?;
    guest.0.click("react-heart").await?;
    host.view("the reaction", |view| view["screen"]["reactions"][0]["reaction"] == "heart").await?;
    guest.0.click("react").await?;
    guest.0.click("raise-hand").await?;
    host.view("the hand", |view| view["screen"]["people"][0]["hand"].is_number()).await?;

    // A pointer over the guest's picture, and presenting.
    host.click("more").await?;
    host.click("more-pointer").await?;
    until("the host's pointer in the browser", PATIENCE, || async {
        stroke(&host, "stage", 60, false).await?;
        Ok(guest.0.has("pointer").await?.then_some(()))
    })
    .await?;
    host.click("more").await?;
    host.click("more-pointer").await?;
    host.click("more").await?;
    host.click("more-present").await?;
    guest.reads("tile", "is presenting").await?;
    host.click("more").await?;
    host.click("more-present").await?;

    // A snapshot of the guest, which both have.
    host.click("gallery").await?;
    host.click("take-snapshot").await?;
    until("the snapshot", PATIENCE, || async { Ok(host.has("snapshot").await?.then_some(())) }).await?;
    guest.0.click("gallery").await?;
    until("the snapshot in the browser", PATIENCE, || async { Ok(guest.0.has("snapshot").await?.then_some(())) })
        .await?;

    // Drawing on it: the host's stroke comes to the guest, who looks on.
    host.click("snapshot-draw").await?;
    host.find("board-paper").await?;
    host.client().active_element().await?.send_keys("p").await?;
    stroke(&host, "board-paper", 120, true).await?;
    guest.0.click("snapshot-draw").await?;
    let items = "return document.querySelector('[data-testid=board-items]')?.textContent ?? ''";
    let drawn = |words: &Value| words.as_str().is_some_and(|words| words.starts_with('1') || words.starts_with("One"));
    until("the stroke on the snapshot in the browser", PATIENCE, || async {
        Ok(drawn(&guest.0.script(items).await?).then_some(()))
    })
    .await?;
    guest.0.click("board-close").await?;
    host.click("board-close").await?;
    guest.0.click("gallery").await?;
    host.click("gallery").await?;

    // The board, shown to everybody: a stroke of the host.
    host.click("board-slot").await?;
    host.find("board-paper").await?;
    host.click("board-for-all").await?;
    host.client().active_element().await?.send_keys("p").await?;
    stroke(&host, "board-paper", 120, true).await?;
    guest.0.find("board-opened-by").await?;
    until("the stroke in the browser", PATIENCE, || async { Ok(drawn(&guest.0.script(items).await?).then_some(())) })
        .await?;
    keep(&host, "guest-board.png").await?;
    host.click("board-for-all").await?;

    // A window of another program, shared.
    let diary = Shown::open(&stage.display, "Diary")?;
    host.click("share").await?;
    until("the other window to choose", PATIENCE, || async {
        let sources = host.client().find_all(fantoccini::Locator::Css("[data-testid=\"share-source\"]")).await?;
        for source in sources {
            if source.prop("textContent").await?.is_some_and(|words| words.contains("Diary")) {
                return Ok(Some(source.click().await?));
            }
        }
        Ok(None)
    })
    .await?;
    host.click("share-start").await?;
    let frames = "return Number(document.querySelector('[data-testid=shared-screen] video')?.dataset.frames ?? 0)";
    until("the diary in the browser", PATIENCE, || async {
        Ok(guest.0.script(frames).await?.as_f64().filter(|&frames| frames >= 3.0).map(|_| ()))
    })
    .await?;
    host.click("stop-share").await?;
    drop(diary);

    // Shown out.
    host.click("people-count").await?;
    host.click("person-more").await?;
    host.click("person-remove").await?;
    host.click("remove-yes").await?;
    guest.0.screen("after").await?;
    host.view("alone", |view| view["screen"]["people"] == json!([])).await?;
    let view: Value = host.invoke("app_view").await?;
    ensure!(view["screen"]["kind"] == "call", "the host is out too: {us}");
    guest.0.close().await.context("the browser")?;
    host.leave().await?;
    host.close().await
}
