//! Making a room and running it.

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use serde_json::{Value, json};
use visita_tests::{
    call::REMOTE_PICTURE,
    display::{Display, Shown},
    rooms::{Peer, videos},
    until,
    window::{PATIENCE, Setting, Window},
};

use super::stage::{Stage, keep, skipped};

/// The peers of a call, as the app's view has them.
fn people(view: &Value) -> Vec<Value> {
    view["screen"]["people"].as_array().cloned().unwrap_or_default()
}

/// First start to rating: a room of one's own on this computer, a guest let in, muted, shown a screen and put out.
#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_makes_a_room_and_the_host_runs_it() -> Result<()> {
    if skipped("a_first_start_makes_a_room_and_the_host_runs_it") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = stage.window(&[]).await?;
    let peer = in_a_room_of_ones_own(&stage, &window).await?;
    stage.picture_of_other(&window).await?;

    // What everybody may do.
    window.click("react").await?;
    window.click("react-heart").await?;
    window.view("the reaction", |view| view["screen"]["reactions"][0]["reaction"] == "heart").await?;
    window.click("react").await?;
    window.click("raise-hand").await?;
    window.view("the hand", |view| view["screen"]["me"]["hand"].is_number()).await?;
    window.click("layout").await?;
    window.click("layout-grid").await?;
    until("the grid", PATIENCE, || async {
        Ok((window.attribute("stage", "data-layout").await?.as_deref() == Some("grid")).then_some(()))
    })
    .await?;

    // Sharing a window of another program.
    let diary = Shown::open(&stage.display, "Diary")?;
    window.click("share").await?;
    until("the other window to choose", PATIENCE, || async {
        for source in window.client().find_all(Locator::Css("[data-testid=\"share-source\"]")).await? {
            if source.prop("textContent").await?.is_some_and(|words| words.contains("Diary")) {
                return Ok(Some(source.click().await?));
            }
        }
        Ok(None)
    })
    .await?;
    let picker = window.invoke("app_view").await?;
    let first = &picker["screen"]["share_sources"]["sources"][0];
    ensure!(first["preview"].as_str().is_some_and(|url| url.starts_with("data:image/png")), "no preview: {first}");
    window.click("share-start").await?;
    window
        .view("the share goes out", |view| {
            let sending = view["screen"]["sending"].as_array().cloned().unwrap_or_default();
            sending.iter().any(|layer| layer["source"] == "screen" && layer["fps"].as_u64() > Some(0))
        })
        .await?;
    window.click("stop-share").await?;
    window.view("the share is over", |view| view["screen"]["share"].is_null()).await?;
    drop(diary);

    // What the host may do.
    window.click("people-count").await?;
    window.click("person-microphone").await?;
    window.view("muted by the host", |view| people(view)[0]["muted_by_admin"]["microphone"] == true).await?;
    stage.silence().await?;
    window.click("person-more").await?;
    window.click("person-remove").await?;
    window.click("remove-yes").await?;
    let (code, report) = peer.finish().await?;
    ensure!(code == Some(0) && report["ended"] == "removed", "the guest was not put out: {code:?} {report}");
    window.view("alone", |view| people(view).is_empty()).await?;
    let seen = videos(&report);
    let screen = seen.iter().find(|video| video["source"] == "screen");
    let shown = screen.with_context(|| format!("the guest did not see the screen: {report}"))?;
    ensure!(shown["latency_ms"].is_object(), "the guest did not read the time in the shared window: {report}");

    // Afterwards.
    window.leave().await?;
    window.click("rate-4").await?;
    window.fill("rating-comment", "All good").await?;
    window.click("send-rating").await?;
    window.find("rating-sent").await?;
    let kept = std::fs::read_to_string(window.data().join("ratings.jsonl"))?;
    ensure!(kept.contains("\"stars\":4") && kept.contains("All good"), "{kept}");
    window.click("save-report").await?;
    let after = window.view("saved", |view| view["screen"]["report"]["saved_to"].is_string()).await?;
    let file = after["screen"]["report"]["saved_to"].as_str().unwrap_or_default();
    ensure!(std::fs::read_to_string(file)?.contains("quality"), "an empty report");

    // At home the room is still there.
    window.click("go-home").await?;
    let home = window.view("the room in the list", |view| view["rooms"]["rooms"][0]["title"] == "Check-up").await?;
    ensure!(home["rooms"]["rooms"][0]["people"] == json!(["Anna Rossi"]), "{home}");
    window.close().await
}

/// A link that went astray is taken back with "New link": it says so to whoever opens it, and the new one opens.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_link_takes_the_place_of_one_gone_astray() -> Result<()> {
    if skipped("a_new_link_takes_the_place_of_one_gone_astray") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = stage.window(&[]).await?;
    let old = links_of_ones_own(&window, "none").await?;
    // What belongs to the guest's link is open from the start.
    window.click("renew-link").await?;
    keep(&window, "new-link.png").await?;
    window.click("renew-yes").await?;
    let view = window.view("another link", |view| guest_link(view).is_some_and(|url| url != old)).await?;
    let (code, report) = Peer::join(&stage.bins, &[&old, "--name", "Stranger"])?.finish().await?;
    ensure!(code == Some(2) && report["error"]["code"] == "link_revoked", "{code:?} {report}");
    window.click("enter-room").await?;
    window.click("join").await?;
    window.screen("call").await?;
    let new = guest_link(&view).context("no link")?;
    let peer = Peer::join(&stage.bins, &[&new, "--name", "Anna Rossi"])?;
    window.view("somebody waits", |view| view["screen"]["waiting"][0]["connected"] == true).await?;
    window.click("people-count").await?;
    window.click("admit").await?;
    window.view("the guest is in", |view| people(view).len() == 1).await?;
    peer.stop().await?;
    window.close().await
}

/// The link of the guest of the room just made.
fn guest_link(view: &Value) -> Option<String> {
    let links = view["new_room"]["links"].as_array()?;
    Some(links.iter().find(|link| link["me"] == false)?["url"].as_str()?.to_owned())
}

/// From home to a call in a new room of one's own; gives the link of its guest, who has to wait.
pub(super) async fn room_of_ones_own(window: &Window, recording: &str) -> Result<String> {
    let link = links_of_ones_own(window, recording).await?;
    window.click("enter-room").await?;
    window.click("join").await?;
    window.screen("call").await?;
    Ok(link)
}

/// From home to the links of a new room; gives that of its guest.
async fn links_of_ones_own(window: &Window, recording: &str) -> Result<String> {
    window.screen("home").await?;
    window.view("the server runs", |view| view["server"]["state"] == "running").await?;
    window.invoke_with("set_display_name", json!({"name": "Dr. Conti"})).await?;
    window.click("new-room-button").await?;
    window.fill("room-title", "Check-up").await?;
    let names = window.client().find_all(Locator::Css("[data-testid=\"seat-name\"]")).await?;
    names.last().context("no second seat")?.send_keys("Anna Rossi").await?;
    if recording != "none" {
        for css in
            ["[data-testid=\"room-recording\"] button".to_owned(), format!("[role=option][data-key={recording}]")]
        {
            let found = window.client().wait().for_element(Locator::Css(&css)).await;
            super::stage::keep(window, "choice.png").await?;
            found.context(css)?.click().await?;
        }
    }
    window.click("create-room").await?;
    window.find("room-links").await?;
    let view = window.invoke("app_view").await?;
    let links = view["new_room"]["links"].as_array().cloned().unwrap_or_default();
    ensure!(links.len() == 2, "not one link per seat: {view}");
    ensure!(view["new_room"]["reach"] == "computer", "{view}");
    ensure!(links.iter().any(|link| link["me"] == false && link["display_name"] == "Anna Rossi"), "{view}");
    guest_link(&view).context("no link for the guest")
}

/// From home to a call with a guest who had to wait.
async fn in_a_room_of_ones_own(stage: &Stage, window: &Window) -> Result<Peer> {
    let link = room_of_ones_own(window, "none").await?;
    let peer = Peer::join(&stage.bins, &[&link, "--name", "Anna Rossi", "--tone-hz", "500"])?;
    let view = window.view("somebody waits", |view| view["screen"]["waiting"][0]["connected"] == true).await?;
    ensure!(people(&view).is_empty(), "in without having been let in: {view}");
    window.click("people-count").await?;
    window.click("admit").await?;
    window.view("the guest is in", |view| people(view).len() == 1).await?;
    if window.has("close-panel").await? {
        window.click("close-panel").await?;
    }
    Ok(peer)
}

/// What a host takes is locked in the guest's window, and free again when the host gives it back.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_host_takes_is_locked_in_the_guests_window() -> Result<()> {
    if skipped("what_the_host_takes_is_locked_in_the_guests_window") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let host = stage.window(&[&stage.room.links[0]]).await?;
    host.click("join").await?;
    host.screen("call").await?;
    let second = Display::start(1280, 800).await?;
    let setting = Setting { display: second.name().to_owned(), ..stage.setting(&[&stage.room.links[1]]) };
    let guest = Window::open(&stage.bins, &setting).await?;
    guest.click("join").await?;
    guest.screen("call").await?;
    let microphone = |view: &Value| view["screen"]["me"]["microphone"]["state"].clone();
    guest.view("the microphone is on", |view| microphone(view) == "on").await?;

    host.click("people-count").await?;
    host.view("the guest is heard", |view| people(view)[0]["microphone"] == true).await?;
    host.click("person-microphone").await?;
    guest.view("taken", |view| view["screen"]["me"]["muted_by_admin"]["microphone"] == true).await?;
    let locked = || async {
        Ok((guest.text("toggle-microphone").await?.contains("host")
            && guest.attribute("toggle-microphone", "data-state").await?.as_deref() == Some("off"))
        .then_some(()))
    };
    until("the button is locked", PATIENCE, locked).await?;
    super::stage::keep(&guest, "locked.png").await?;
    // Neither the button nor a page that is loaded again gives it back.
    guest.click("toggle-microphone").await?;
    guest.invoke_with("set_microphone", json!({"on": true})).await?;
    guest.client().refresh().await?;
    guest.screen("call").await?;
    until("the button is still locked", PATIENCE, locked).await?;
    ensure!(people(&host.invoke("app_view").await?)[0]["microphone"] == false, "heard although it was taken");

    host.click("person-microphone").await?;
    guest.view("given back", |view| view["screen"]["me"]["muted_by_admin"]["microphone"] == false).await?;
    // It stays off until the person switches it on.
    ensure!(microphone(&guest.invoke("app_view").await?) == "off", "on without having been asked");
    guest.click("toggle-microphone").await?;
    host.view("heard again", |view| people(view)[0]["microphone"] == true).await?;
    guest.close().await?;
    host.close().await
}

/// A reload of the page, and a server that dies and comes back, end no call.
#[tokio::test(flavor = "multi_thread")]
async fn a_reload_and_a_dead_server_end_no_call() -> Result<()> {
    if skipped("a_reload_and_a_dead_server_end_no_call") {
        return Ok(());
    }
    let mut stage = Stage::set(2).await?;
    let window = stage.window(&[&stage.room.links[0]]).await?;
    window.click("join").await?;
    let peer = Peer::join(&stage.bins, &[&stage.room.links[1]])?;
    stage.picture_of_other(&window).await?;
    window.client().refresh().await?;
    window.screen("call").await?;
    stage.picture_of_other(&window).await?;

    stage.server.kill().await?;
    window.find("reconnecting").await?;
    stage.server.start_again(&stage.bins).await?;
    window
        .view("back, with the other", |view| {
            view["screen"]["connection"]["state"] == "connected" && people(view).len() == 1
        })
        .await?;
    // A line that was lost says so for a while, which takes some of the picture's place: new pictures are what counts.
    let painted = async || -> Result<(f64, f64)> {
        let area = window.picture(REMOTE_PICTURE).await?;
        Ok(area.map_or((0.0, 0.0), |area| (area.stream, area.frames)))
    };
    let before = painted().await?;
    until("the other's picture moves again", PATIENCE, || async {
        let now = painted().await?;
        let moved = if now.0 == before.0 { now.1 > before.1 + 15.0 } else { now.1 > 15.0 };
        Ok(moved.then_some(()))
    })
    .await?;
    peer.stop().await?;
    window.close().await
}
