//! What the desktop shows of a call beside its window, and what comes from the keyboard while another program has it.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};
use visita_tests::{
    process::Running,
    rooms::Peer,
    until,
    window::{PATIENCE, Window},
};

use super::{
    desk::{Desk, Heard, bus},
    stage::{Stage, skipped, skipped_without},
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

/// Keys that another program has do nothing here, and the person is told which. The others work.
#[tokio::test(flavor = "multi_thread")]
async fn keys_of_other_programs_are_named() -> Result<()> {
    if skipped("keys_of_other_programs_are_named") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let hands = stage.display.eye()?;
    hands.take_key(F7)?;
    let window = stage.window(&[&stage.room.links[0]]).await?;
    let keys = json!({"toggle_mute": "F7", "hold_to_talk": null, "hold_to_mute": "F9"});
    window.invoke_with("update_settings", json!({"patch": {"shortcuts": keys}})).await?;
    window.click("join").await?;
    let view = window.view("told", |view| view["notice"]["code"] == "keys_refused").await?;
    ensure!(view["notice"]["name"] == "F7", "{view}");
    window.view("in", |view| view["screen"]["connection"]["state"] == "connected").await?;
    hands.key(F9, true)?;
    microphone(&window, "muted while the cough key is held", "off").await?;
    hands.key(F9, false)?;
    microphone(&window, "heard again", "on").await?;
    window.leave().await?;
    window.close().await
}

/// Starting at login is an entry of the desktop's, there only while it is wished for.
#[tokio::test(flavor = "multi_thread")]
async fn it_starts_at_login_when_wished() -> Result<()> {
    if skipped("it_starts_at_login_when_wished") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    // The library writes where the specification has it by default, wherever XDG_CONFIG_HOME is.
    let home = tempfile::tempdir()?;
    let mut setting = stage.setting(&[]);
    setting.env.push(("HOME".into(), home.path().display().to_string()));
    let window = Window::open(&stage.bins, &setting).await?;
    window.screen("home").await?;
    let entries = || -> Vec<String> {
        let folder = std::fs::read_dir(home.path().join(".config/autostart"));
        let files = folder.into_iter().flatten().filter_map(Result::ok);
        files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect()
    };
    ensure!(entries().is_empty(), "nobody wished for it: {:?}", entries());
    window.invoke_with("update_settings", json!({"patch": {"start_at_login": true}})).await?;
    let entry = until("an entry", PATIENCE, || async { Ok(entries().pop()) }).await?;
    let runs = entry.lines().find_map(|line| line.strip_prefix("Exec=")).context("it starts nothing")?;
    let program = stage.bins.join("visita").display().to_string();
    ensure!(runs.starts_with(&program) && runs.contains("--background"), "{entry}");
    window.invoke_with("update_settings", json!({"patch": {"start_at_login": false}})).await?;
    until("no entry", PATIENCE, || async { Ok(entries().is_empty().then_some(())) }).await?;
    window.close().await
}

/// Where a keyring answers, secrets are in it and nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_in_the_keyring_where_one_answers() -> Result<()> {
    const NAME: &str = "secrets_are_in_the_keyring_where_one_answers";
    if skipped_without(NAME, &["dbus-daemon", "gnome-keyring-daemon"]) {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let (_daemon, address) = bus().await?;
    let ring = tempfile::tempdir()?;
    let mut keyring = Command::new("gnome-keyring-daemon");
    keyring
        .args(["--foreground", "--unlock", "--components=secrets"])
        .arg(format!("--control-directory={}", ring.path().display()));
    keyring.env("DBUS_SESSION_BUS_ADDRESS", &address).env("XDG_DATA_HOME", ring.path()).env("HOME", ring.path());
    let (_keyring, mut password) = Running::start_told(&mut keyring)?;
    password.write_all(b"a password").await?;
    drop(password);
    let mut setting = stage.setting(&[]);
    setting.env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address));
    setting.env.push(("VISITA_KEYRING".into(), "system".into()));
    let window = Window::open(&stage.bins, &setting).await?;
    window.view("a keyring", |view| view["about"]["keyring"] == "system").await?;
    window.view("rooms", |view| view["rooms"]["state"] == "ready").await?;
    let (status, link) = stage.server.post("/v2/users/user-0/sign-in-link", &json!({})).await?;
    ensure!(status < 300, "{status} {link}");
    window.click("open-settings").await?;
    window.click("settings-tab-account").await?;
    window.fill("sign-in-secret", link["url"].as_str().unwrap_or_default()).await?;
    window.click("sign-in").await?;
    window.view("signed in", |view| view["account"]["state"] == "signed_in").await?;
    // What is kept there is in no readable form, and no secret lies beside it.
    until("kept in the keyring", PATIENCE, || async {
        let size = |file: std::fs::DirEntry| file.metadata().map_or(0, |data| data.len());
        let files = std::fs::read_dir(ring.path().join("keyrings")).into_iter().flatten().filter_map(Result::ok);
        Ok(files.map(size).max().filter(|bytes| *bytes > 500).map(|_| ()))
    })
    .await?;
    ensure!(!window.data().join("secrets.json").exists(), "secrets are in a file beside the keyring");
    window.close().await
}
