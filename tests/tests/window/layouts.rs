//! How the stage lies, in the real window: where each picture is, and that it goes on moving there.

use anyhow::Result;
use visita_tests::{
    rooms::Peer,
    until,
    window::{Area, PATIENCE, Window},
};

use super::stage::{Stage, keep, skipped};

/// How much of the window a picture takes up, in pixels.
fn room(area: &Area) -> f64 {
    (area.right - area.left) * (area.bottom - area.top)
}

/// Both pictures, as soon as they lie as asked and move.
async fn both(window: &Window, what: &str, [one, other]: [&str; 2], lie: impl Fn(&Area, &Area) -> bool) -> Result<()> {
    let tile = |id: &str| format!("[data-testid=\"tile\"][data-participant-id=\"{id}\"] canvas");
    let look = || async { anyhow::Ok((window.picture(&tile(one)).await?, window.picture(&tile(other)).await?)) };
    let mut before: Option<(f64, f64)> = None;
    let before = std::cell::RefCell::new(&mut before);
    until(what, PATIENCE, || async {
        let (Some(a), Some(b)) = look().await? else { return Ok(None) };
        if !lie(&a, &b) {
            before.borrow_mut().take();
            return Ok(None);
        }
        let (first_a, first_b) = *before.borrow_mut().get_or_insert((a.frames, b.frames));
        // A canvas that was made anew counts from nothing.
        Ok(((a.frames - first_a).abs() > 5.0 && (b.frames - first_b).abs() > 5.0).then_some(()))
    })
    .await
}

async fn choose(window: &Window, layout: &str) -> Result<()> {
    window.click("layout").await?;
    window.click(&format!("layout-{layout}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_layout_puts_people_where_it_says() -> Result<()> {
    if skipped("each_layout_puts_people_where_it_says") {
        return Ok(());
    }
    let stage = Stage::set(3).await?;
    let window = stage.in_call().await?;
    // Only Anna is heard.
    let anna = Peer::join(&stage.bins, &[&stage.room.links[1], "--name", "Anna Rossi", "--tile", "640x360"])?;
    let marco = Peer::join(
        &stage.bins,
        &[&stage.room.links[2], "--name", "Marco Rossi", "--mic", "none", "--tile", "640x360"],
    )?;
    let people = [stage.room.seats[1].as_str(), stage.room.seats[2].as_str()];

    choose(&window, "grid").await?;
    both(&window, "side by side", people, |a, b| (room(a) / room(b) - 1.0).abs() < 0.05).await?;
    keep(&window, "layout-grid.png").await?;

    choose(&window, "speaker").await?;
    both(&window, "who speaks is large", people, |a, b| room(a) > 4.0 * room(b)).await?;
    keep(&window, "layout-speaker.png").await?;

    // Pinned, somebody who says nothing stays there.
    let pin = format!("[data-testid=\"tile\"][data-participant-id=\"{}\"] [data-testid=\"pin\"]", people[1]);
    window.script(&format!("document.querySelector('{pin}').click()")).await?;
    both(&window, "who is pinned is large", people, |a, b| room(b) > 4.0 * room(a)).await?;
    keep(&window, "layout-pinned.png").await?;
    choose(&window, "unpin").await?;
    both(&window, "who speaks is large again", people, |a, b| room(a) > 4.0 * room(b)).await?;

    // What is shared has the main place, until one wishes otherwise.
    choose(&window, "automatic").await?;
    anna.stop().await?;
    let anna = Peer::join(&stage.bins, &[&stage.room.links[1], "--name", "Anna Rossi", "--share", "pattern"])?;
    let shared = "[data-testid=\"shared-screen\"] canvas";
    let tile = format!("[data-testid=\"tile\"][data-participant-id=\"{}\"] canvas", people[1]);
    until("the screen is large", PATIENCE, || async {
        let (Some(screen), Some(face)) = (window.picture(shared).await?, window.picture(&tile).await?) else {
            return Ok(None);
        };
        Ok((screen.frames > 5.0 && room(&screen) > 4.0 * room(&face)).then_some(()))
    })
    .await?;
    keep(&window, "layout-presentation.png").await?;
    choose(&window, "grid").await?;
    until("people again", PATIENCE, || async { Ok(window.picture(shared).await?.is_none().then_some(())) }).await?;
    choose(&window, "presentation").await?;
    until("the screen again", PATIENCE, || async { Ok(window.picture(shared).await?.map(|_| ())) }).await?;

    anna.stop().await?;
    marco.stop().await?;
    window.leave().await?;
    window.close().await
}
