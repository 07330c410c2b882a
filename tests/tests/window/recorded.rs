//! A visit is recorded: asked, agreed, shown, stopped, found again and played.

use super::{hosting::room_of_ones_own, stage::keep, *};
use visita_tests::display::Display;

/// Seconds that are recorded.
const RECORDED_S: u64 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn the_host_records_the_guest_agrees_and_the_host_plays_it() -> Result<()> {
    if skipped("the_host_records_the_guest_agrees_and_the_host_plays_it") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let host = stage.window(&[]).await?;
    let link = room_of_ones_own(&host, "manual").await?;
    let second = Display::start(1280, 800).await?;
    let setting = Setting { display: second.name().to_owned(), ..stage.setting(&[&link]) };
    let guest = Window::open(&stage.bins, &setting).await?;
    guest.click("join").await?;
    host.view("somebody waits", |view| view["screen"]["waiting"][0]["connected"] == true).await?;
    host.click("people-count").await?;
    host.click("admit").await?;
    guest.screen("call").await?;
    stage.picture_of_other(&guest).await?;

    // Both are asked. Nobody records before that; who has agreed is in it.
    ensure!(guest.attribute("recording-slot", "data-state").await? != Some("on".into()), "recorded from the start");
    host.click("start-recording").await?;
    for (window, name) in [(&guest, "consent-guest.png"), (&host, "consent-host.png")] {
        window.find("consent").await?;
        keep(window, name).await?;
        window.click("consent-yes").await?;
    }
    host.view("two who agreed", |view| {
        let answers = view["screen"]["consents"].as_array().cloned().unwrap_or_default();
        answers.len() == 2 && answers.iter().all(|one| one["answer"] == true)
    })
    .await?;
    for window in [&host, &guest] {
        window
            .view("some seconds of recording", |view| {
                let state = &view["screen"]["recording_state"];
                state["state"] == "on" && state["elapsed_s"].as_u64() >= Some(RECORDED_S)
            })
            .await?;
        ensure!(window.attribute("recording-slot", "data-state").await?.as_deref() == Some("on"), "no sign of it");
    }
    keep(&host, "recorded-host.png").await?;
    keep(&guest, "recorded-guest.png").await?;
    host.click("stop-recording").await?;
    guest.view("no recording", |view| view["screen"]["recording_state"]["state"] == "off").await?;
    guest.leave().await?;
    guest.close().await?;
    host.leave().await?;

    // Afterwards it is among the past visits, and plays.
    host.click("go-home").await?;
    host.click("open-past").await?;
    host.click("past-session").await?;
    until("the recording is ready to be played", PATIENCE, || async {
        if host.has("player").await? {
            return Ok(Some(()));
        }
        // It is finished while one looks; the list is read again as a person would.
        Ok(None)
    })
    .await?;
    host.click("player-play").await?;
    let playing = "const v = document.querySelector('[data-testid=player] video');
        return v && v.currentTime > 2 ? { width: v.videoWidth, height: v.videoHeight, length: v.duration } : null;";
    let seen = until("the recording plays", PATIENCE, || async {
        let seen = host.script(playing).await?;
        Ok((!seen.is_null()).then_some(seen))
    })
    .await;
    keep(&host, "played.png").await?;
    let seen = seen?;
    ensure!(seen["width"] == 1280 && seen["height"] == 720, "{seen}");
    ensure!(seen["length"].as_f64() >= Some(RECORDED_S as f64 - 1.0), "{seen}");
    // The test pictures of both are on the display, and move.
    let eye = stage.display.eye()?;
    let rectangle = "const r = document.querySelector('[data-testid=player] video').getBoundingClientRect();
        return [r.x, r.y, r.width, r.height].map(Math.floor);";
    let [x, y, width, height]: [u16; 4] = serde_json::from_value(host.script(rectangle).await?)?;
    let look =
        |from: u16| Ok::<_, anyhow::Error>(eye.look_at((x + from).try_into()?, y.try_into()?, width / 2, height)?.rgba);
    for half in [0, width / 2] {
        let first = look(half)?;
        let (least, most) = (first.iter().step_by(4).min(), first.iter().step_by(4).max());
        ensure!(most > least.map(|least| least.saturating_add(60)).as_ref(), "nobody is in the picture");
        until("the picture moves", PATIENCE, || async { Ok((look(half)? != first).then_some(())) }).await?;
    }
    host.close().await
}
