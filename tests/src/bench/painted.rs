//! From somebody's stroke until it can be seen in the window of another: on the way through the server and the page, and
//! painted.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::json;
use tokio::time::Instant;
use visita_call::testing::{Person, by_link, room_board};
use visita_protocol::{
    ItemId,
    board::{Colour, Point, Shape},
    view::BoardAction,
};

use crate::{
    call::percentile,
    display::Display,
    rooms::Server,
    sound::Sound,
    until,
    window::{PATIENCE, Setting, Window},
};

/// How many are drawn, and how far apart.
const STROKES: i32 = 40;
const APART: Duration = Duration::from_millis(250);

/// Notes the time of every picture in which there is other ink than in the one before, small as a stamp so that looking
/// costs nothing. WebKit's clock goes in milliseconds.
const LOOK: &str = "
    const small = Object.assign(document.createElement('canvas'), { width: 160, height: 100 });
    const pen = small.getContext('2d', { willReadFrequently: true });
    pen.imageSmoothingEnabled = false;
    window.__inked = [];
    let last;
    const frame = new MessageChannel();
    frame.port1.onmessage = () => {
      pen.clearRect(0, 0, 160, 100);
      for (const canvas of document.querySelectorAll('[data-testid=board-paper] canvas')) pen.drawImage(canvas, 0, 0, 160, 100);
      let ink = 0;
      for (const value of pen.getImageData(0, 0, 160, 100).data) ink += value;
      if (last !== undefined && ink !== last) window.__inked.push(performance.timeOrigin + performance.now());
      last = ink;
      next();
    };
    // After all that the frame draws.
    const next = () => requestAnimationFrame(() => frame.port2.postMessage(null));
    next();";

/// Milliseconds from a stroke until it was painted in the other's window: the middle, the 95th of a hundred and the longest.
///
/// # Errors
/// When the window does not open, or a stroke is never seen.
pub(super) async fn strokes(bins: &Path) -> Result<[f64; 3]> {
    let display = Display::start(1280, 800).await?;
    let sound = Sound::start().await?;
    let server = Server::start(bins).await?;
    let room = server.room_with(2, json!({})).await?;
    let setting = Setting {
        display: display.name().to_owned(),
        pulse_server: Some(sound.server()),
        env: vec![("VISITA_CAMERA".into(), "pattern".into()), ("VISITA_MICROPHONE".into(), "tone".into())],
        arguments: vec![room.links[0].clone()],
    };
    let window = Window::open(bins, &setting).await?;
    window.click("join").await?;
    window.click("board-slot").await?;
    window.find("board-paper").await?;
    let person = Person::quiet(by_link(&room.links[1], "Ada"), "Ada");
    person.is_in().await;
    person.call.use_board(BoardAction::Open { board: room_board(), aside: false });
    // Across the page, so that it can be seen at any size.
    let draw = |n: i32| -> Result<f64> {
        let id: ItemId = format!("s{n}").parse().map_err(|_| anyhow::anyhow!("an id"))?;
        let points = (0..12).map(|x| Point { x: 100 + x * 80, y: 40 + n * 15 }).collect();
        let shape = Shape::Pen { points, colour: Colour::Plum, width: 30 };
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
        person.call.use_board(BoardAction::Put { board: room_board(), id, page: 0, shape, with: None });
        Ok(now.as_secs_f64() * 1000.0)
    };
    draw(0)?;
    until("the first stroke", PATIENCE, || async {
        let items = window.script("return document.querySelector('[data-testid=board-items]')?.textContent").await?;
        Ok(items.as_str().is_some_and(|words| words.starts_with('1')).then_some(()))
    })
    .await?;
    window.script(LOOK).await?;
    let mut beat = tokio::time::interval_at(Instant::now() + APART, APART);
    let mut drawn = Vec::new();
    for n in 1..=STROKES {
        beat.tick().await;
        drawn.push(draw(n)?);
    }
    beat.tick().await;
    let inked: Vec<f64> = serde_json::from_value(window.script("return window.__inked").await?)?;
    window.close().await?;
    let apart = APART.as_secs_f64() * 1000.0;
    let seen = |at: &f64| inked.iter().map(|seen| seen - at).find(|after| (-1.0..apart).contains(after));
    let mut ms = drawn.iter().map(|at| seen(at).context("a stroke was not seen")).collect::<Result<Vec<f64>>>()?;
    ms.sort_by(f64::total_cmp);
    Ok([50, 95, 100].map(|share| percentile(&ms, share)))
}
