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
        if (!v || !v.videoWidth || v.currentTime < 2) return null;
        const c = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
        c.getContext('2d').drawImage(v, 0, 0, 64, 36);
        let data = null;
        try { data = c.getContext('2d').getImageData(0, 0, 64, 36).data; } catch (e) { return { error: String(e) }; }
        const grey = [...data].filter((_, i) => i % 4 === 1);
        return { width: v.videoWidth, height: v.videoHeight, length: v.duration,
                 spread: Math.max(...grey) - Math.min(...grey), heard: v.webkitAudioDecodedByteCount ?? null };";
    let seen = until("the recording plays", PATIENCE, || async {
        let seen = host.script(playing).await?;
        Ok((!seen.is_null()).then_some(seen))
    })
    .await;
    keep(&host, "played.png").await?;
    let seen = seen?;
    ensure!(seen["width"] == 1280 && seen["height"] == 720, "{seen}");
    ensure!(seen["length"].as_f64() >= Some(RECORDED_S as f64 - 1.0), "{seen}");
    ensure!(seen["spread"].as_u64() > Some(60), "nobody is in the picture: {seen}");
    host.close().await
}
