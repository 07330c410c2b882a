//! What the desktop shows of a call beside its window, and what comes from the keyboard while another program has it.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use visita_tests::{
    rooms::Peer,
    until,
    window::{PATIENCE, Window},
};

use super::{
    desk::{Desk, Heard},
    stage::{Stage, skipped_without},
};

// X keysyms.
const F7: u32 = 0xffc4;
const F8: u32 = 0xffc5;
const F9: u32 = 0xffc6;

async fn microphone(window: &Window, what: &str, state: &str) -> Result<Value> {
    window.view(what, |view| view["screen"]["me"]["microphone"]["state"] == state).await
}

/// The display stays on, the tray says how it is, keys work everywhere, a notice says who waits, and a call whose window
/// was closed goes on in the small one.
#[tokio::test(flavor = "multi_thread")]
async fn the_desktop_follows_the_call() -> Result<()> {
    const NAME: &str = "the_desktop_follows_the_call";
    if skipped_without(NAME, &["dbus-daemon"]) {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let room = stage.server.room_with(2, json!({"waiting_room": true})).await?;
    let desk = Desk::open().await?;
    let mut setting = stage.setting(&[&room.links[0]]);
    setting.env.push(("DBUS_SESSION_BUS_ADDRESS".into(), desk.address().to_owned()));
    let window = Window::open(&stage.bins, &setting).await?;
    let keys = json!({"toggle_mute": "F7", "hold_to_talk": "F8", "hold_to_mute": "F9"});
    window.invoke_with("update_settings", json!({"patch": {"shortcuts": keys}})).await?;
    window.click("join").await?;
    window.view("in", |view| view["screen"]["connection"]["state"] == "connected").await?;
    desk.hears("the display is kept awake", |heard| *heard == Heard::Held).await?;

    let hands = stage.display.eye()?;
    microphone(&window, "heard", "on").await?;
    hands.key(F9, true)?;
    microphone(&window, "muted while the cough key is held", "off").await?;
    hands.key(F9, false)?;
    microphone(&window, "heard again", "on").await?;
    hands.key(F7, true)?;
    hands.key(F7, false)?;
    microphone(&window, "muted by a key", "off").await?;
    until("the tray says so", PATIENCE, || async { Ok(desk.menu().await?.contains("Muted").then_some(())) }).await?;
    hands.key(F8, true)?;
    microphone(&window, "heard while the talk key is held", "on").await?;
    hands.key(F8, false)?;
    microphone(&window, "muted again", "off").await?;

    let main = hands.window("Visita")?;
    ensure!(main.is_some(), "no window");
    if let Some(main) = main {
        hands.close(main)?;
    }
    until("the small window", PATIENCE, || async { Ok(hands.window_of("Visita", 320, 200)?.map(|_| ())) }).await?;
    let guest = Peer::join(&stage.bins, &[&room.links[1], "--name", "Anna Rossi"])?;
    desk.hears(
        "a notice that says who waits",
        |heard| matches!(heard, Heard::Notice(title, text) if title == "Anna Rossi" && text.starts_with("Anna Rossi ")),
    )
    .await?;
    window.invoke_with("window", json!({"action": {"do": "show_main"}})).await?;
    until("the small window is gone", PATIENCE, || async {
        Ok(hands.window_of("Visita", 320, 200)?.is_none().then_some(()))
    })
    .await?;
    window.view("still in", |view| view["screen"]["connection"]["state"] == "connected").await?;

    window.leave().await?;
    desk.hears("the display may go off again", |heard| *heard == Heard::LetGo).await?;
    guest.stop().await?;
    window.close().await
}
