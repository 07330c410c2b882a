//! The real window on a virtual display, driven by WebDriver, in a call with `visita-peer` through the real server.

mod console;
mod desk;
mod desktop;
mod guest;
mod hosting;
mod layouts;
mod outside;
mod recorded;
mod stage;
mod tools;

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use visita_tests::{
    clients::{Client, Kind},
    process::free_port,
    rooms::{Peer, Server, sounds, traced, videos},
    skip, until,
    window::{PATIENCE, Setting, Window},
};

use stage::{Stage, seen_by, skipped};

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_and_two_people_are_in_the_call() -> Result<()> {
    if skipped("a_link_opens_and_two_people_are_in_the_call") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = stage.window(&[]).await?;
    window.screen("home").await?;
    window.fill("link-input", &stage.room.links[0]).await?;
    window.click("open-link").await?;
    window.screen("lobby").await?;
    let own = "[data-testid=\"self-preview\"] canvas";
    until("own picture in the lobby", PATIENCE, || async {
        Ok(window.picture(own).await?.filter(|area| area.frames > 5.0).map(|_| ()))
    })
    .await?;
    let whistle = stage.whistle(900)?;

    let trace = stage.sound.folder().join("trace");
    let anna = ["--name", "Anna Rossi", "--tone-hz", "500", "--trace", &trace.display().to_string()];
    let peer = Peer::join(&stage.bins, &[&[stage.room.links[1].as_str()], &anna[..]].concat())?;
    window.click("join").await?;
    window.screen("call").await?;
    stage.picture_of_other(&window).await?;
    stage.timecode_moves(&window).await?;
    stage.hear(500.0).await?;
    until("the name on the tile", PATIENCE, || async {
        let words = window.text("tile").await?;
        ensure!(words.contains("Anna Rossi"), "it says {words:?}");
        Ok(Some(()))
    })
    .await?;
    ensure!(window.text("people-count").await?.contains('2'), "two people are not counted");
    let painted = window.invoke("diagnostics").await?;
    ensure!(painted["join_to_first_painted_ms"].is_number(), "the first painting was not noticed: {painted}");

    // The other way round: the peer counts our pictures and hears the microphone. The first pictures are small, until the
    // line is known to carry more; on a computer with much else to do they become smaller again.
    until("720p at the other end", PATIENCE, || async {
        Ok(traced(&trace).into_iter().find(|line| line["width"].as_u64() >= Some(1280)))
    })
    .await?;
    // A peer's ears hold the last seconds: those before the whistle must be over.
    until("the whistle at the other end", PATIENCE, || async {
        let tones = traced(&trace).pop().and_then(|line| line["tones_hz"][0].as_f64());
        Ok(tones.filter(|hz| (hz - 900.0).abs() < 10.0))
    })
    .await?;
    let report = peer.stop().await?;
    let video = videos(&report).into_iter().next().with_context(|| format!("the app was not seen: {report}"))?;
    ensure!(video["frames"].as_u64().unwrap_or(0) > 30, "too few pictures of the app: {report}");
    let sound = sounds(&report).into_iter().next().with_context(|| format!("the app was not heard: {report}"))?;
    let heard = sound["tone_hz"].as_f64().unwrap_or(0.0);
    ensure!((heard - 900.0).abs() < 10.0, "the microphone was not heard: {report}");
    stage.silence().await?;

    // Muted and with the camera off there is nothing to hear or see.
    window.click("toggle-microphone").await?;
    window.click("toggle-camera").await?;
    until("muted and camera off", PATIENCE, || async {
        let view = window.invoke("app_view").await?;
        let me = &view["screen"]["me"];
        Ok((me["microphone"]["state"] == "off" && me["camera"]["state"] == "off").then_some(()))
    })
    .await?;
    let report = seen_by(&stage, &stage.room.links[1], 3).await?;
    ensure!(videos(&report).is_empty(), "seen with the camera off: {report}");
    let loudest = sounds(&report).into_iter().filter_map(|s| s["level_db"].as_f64()).fold(f64::NEG_INFINITY, f64::max);
    ensure!(loudest < -60.0, "heard while muted: {report}");

    // And on again.
    window.click("toggle-microphone").await?;
    window.click("toggle-camera").await?;
    let report = seen_by(&stage, &stage.room.links[1], 5).await?;
    let video = videos(&report).into_iter().next().with_context(|| format!("not seen again: {report}"))?;
    ensure!(video["frames"].as_u64().unwrap_or(0) > 30, "too few pictures after switching on: {report}");
    let sound = sounds(&report).into_iter().next().with_context(|| format!("not heard again: {report}"))?;
    ensure!((sound["tone_hz"].as_f64().unwrap_or(0.0) - 900.0).abs() < 10.0, "not heard again: {report}");

    drop(whistle);
    window.leave().await?;
    // The link is still good.
    window.click("rejoin").await?;
    window.screen("lobby").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_chromium_and_python_in_one_room() -> Result<()> {
    const NAME: &str = "the_window_chromium_and_python_in_one_room";
    if skipped(NAME) {
        return Ok(());
    }
    if let Some(why) = Kind::Python.missing().or_else(|| Kind::Chromium.missing()) {
        skip(NAME, &why);
        return Ok(());
    }
    let stage = Stage::set(3).await?;
    let url = stage.server.livekit_url();
    let window = stage.window(&[&stage.room.links[0]]).await?;
    window.click("join").await?;
    window.screen("call").await?;
    let token = |who: &str| Server::livekit_token(&stage.room.id, who);
    let browser = Client::join_sending(Kind::Chromium, &url, &token("chromium")?).await?;
    let python = Client::join_sending(Kind::Python, &url, &token("python")?).await?;
    for who in ["chromium", "python"] {
        let canvas = format!("[data-testid=\"tile\"][data-participant-id=\"{who}\"] canvas");
        let what = format!("{who} in the window");
        let seen = until(&what, PATIENCE, || async {
            Ok(window.picture(&canvas).await?.filter(|area| area.frames > 30.0).map(|_| ()))
        });
        if let Err(error) = seen.await {
            // On which side it got lost.
            let there = window.picture(&canvas).await;
            let said = window.invoke("diagnostics").await;
            return Err(error.context(format!("the picture is {there:?}; the app says {said:?}")));
        }
    }
    let us = stage.room.seats[0].clone();
    for client in [&browser, &python] {
        client.sees_pictures(&us, "camera", 30).await?;
    }
    browser.end().await?;
    python.end().await?;
    until("everybody else has left", PATIENCE, || async { Ok((!window.has("tile").await?).then_some(())) }).await?;
    window.close().await
}

/// Whatever does not open says so in words, and the person can go on.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_does_not_open_leaves_a_way_on() -> Result<()> {
    if skipped("a_link_that_does_not_open_leaves_a_way_on") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let ended = stage.server.room(2).await?;
    stage.server.post(&format!("/v2/rooms/{}/disable", ended.id), &serde_json::json!({})).await?;
    let nowhere = format!("http://127.0.0.1:{}/join/abcdefghijklmnopqrstuv", free_port()?);
    let unknown = format!("{}/join/abcdefghijklmnopqrstuv", stage.server.url());
    let window = stage.window(&[]).await?;
    for bad in ["good morning", &nowhere, &unknown, &ended.links[0]] {
        window.screen("home").await?;
        window.fill("link-input", bad).await?;
        window.click("open-link").await?;
        let words = until("the reason in words", PATIENCE, || async {
            if window.has("screen-home").await? && window.has("problem").await? {
                return Ok(Some(window.text("problem").await?));
            }
            Ok(None)
        })
        .await?;
        ensure!(words.split_whitespace().count() >= 5, "{bad}: no sentence: {words}");
        ensure!(window.has("link-input").await?, "{bad}: no way on");
    }
    // After all that a good link still opens.
    window.fill("link-input", &format!("  <{}>. ", stage.room.links[0])).await?;
    window.click("open-link").await?;
    until("the lobby", PATIENCE, || async {
        let view = window.invoke("app_view").await?;
        ensure!(view["screen"]["kind"] == "lobby", "still {}", view["screen"]);
        Ok(Some(()))
    })
    .await?;
    window.close().await
}

/// No camera, no microphone, no speaker: the call is joined all the same.
#[tokio::test(flavor = "multi_thread")]
async fn no_devices_do_not_keep_anybody_out() -> Result<()> {
    if skipped("no_devices_do_not_keep_anybody_out") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let peer = Peer::join(&stage.bins, &[&stage.room.links[1]])?;
    let setting = Setting {
        display: stage.display.name().to_owned(),
        pulse_server: None,
        env: vec![],
        arguments: vec![stage.room.links[0].clone()],
    };
    let window = Window::open(&stage.bins, &setting).await?;
    window.screen("lobby").await?;
    window.click("join").await?;
    window.screen("call").await?;
    stage.picture_of_other(&window).await?;
    let view = window.invoke("app_view").await?;
    ensure!(view["screen"]["me"]["camera"]["state"] == "missing", "not told that there is no camera: {view}");
    window.close().await?;
    peer.stop().await?;
    Ok(())
}

/// The test call needs no second person: one's own built-in server, a friendly peer, one's own voice back.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_call_gives_a_picture_and_ones_own_voice() -> Result<()> {
    if skipped("a_test_call_gives_a_picture_and_ones_own_voice") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = stage.window(&[]).await?;
    window.click("test-call").await?;
    window.screen("call").await?;
    stage.picture_of_other(&window).await?;
    // It says what it is for, and who came; such a row crops the picture, and with it the timecode.
    window.find("notice-close").await?;
    until("nothing more is said", PATIENCE, || async {
        let close = window.client().find(Locator::Css("[data-testid=\"notice-close\"]")).await;
        let Ok(close) = close else { return Ok(Some(())) };
        // It may go by itself.
        let _ = close.click().await;
        Ok(None)
    })
    .await?;
    let moves = stage.timecode_moves(&window).await;
    stage::keep(&window, "test-call.png").await?;
    moves?;
    let whistle = stage.whistle(1000)?;
    stage.hear(1000.0).await?;
    drop(whistle);
    window.leave().await?;
    window.click("go-home").await?;
    window.screen("home").await?;
    window.close().await
}
