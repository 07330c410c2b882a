//! Chat, files, snapshot and whiteboard between the window and a peer.

use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use tokio::process::Command;
use visita_tests::process::Running;

use super::{
    stage::{keep, skipped_without},
    *,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_tools_work_between_the_window_and_a_peer() -> Result<()> {
    if skipped_without("the_tools_work_between_the_window_and_a_peer", &["xclip", "xdotool"]) {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = stage.in_call().await?;
    let file = stage.sound.folder().join("Referto.txt");
    std::fs::write(&file, "Tutto bene")?;
    let file = file.display().to_string();
    let asked = ["--name", "Anna Rossi", "--say", "Buongiorno dottoressa", "--draw", "--file", &file];
    let peer = Peer::join(&stage.bins, &[&[stage.room.links[1].as_str()], &asked[..]].concat())?;
    stage.picture_of_other(&window).await?;

    // What the peer wrote and shared is in the chat; what is written here comes to the peer.
    until("the count of what was not read", PATIENCE, || async {
        let view = window.invoke("app_view").await?;
        Ok((view["screen"]["unread_chat"] == 2).then_some(()))
    })
    .await?;
    window.click("chat").await?;
    until("message and file in the chat", PATIENCE, || async {
        let words = window.text("chat-panel").await?;
        Ok((words.contains("Buongiorno dottoressa") && words.contains("Referto.txt")).then_some(()))
    })
    .await?;
    window.fill("chat-field", "Buongiorno, signora Rossi").await?;
    window.click("chat-send").await?;
    until("the tick that says it was read", PATIENCE, || async {
        Ok(window.text("chat-panel").await?.contains("Read").then_some(()))
    })
    .await?;
    keep(&window, "chat.png").await?;

    // A picture in the clipboard, of which WebKit tells the page nothing, is shared by the keys that paste.
    let picture = stage.sound.folder().join("copied.png");
    std::fs::write(&picture, window.screenshot().await?)?;
    let clipboard = copied(&stage, &picture)?;
    const CONTROL_V: &str = "\u{e009}v\u{e000}";
    until("the pasted picture in the chat", PATIENCE, || async {
        window.find("chat-field").await?.send_keys(CONTROL_V).await?;
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        Ok(window.text("chat-panel").await?.contains("picture.png").then_some(()))
    })
    .await?;
    drop(clipboard);

    // A file of another program, dragged over the picture of the peer.
    let dragged = stage.sound.folder().join("Trascinato.txt");
    std::fs::write(&dragged, "Lasciato cadere")?;
    drag(&stage, &window, "stage", &dragged).await?;
    until("the dropped file in the chat", PATIENCE, || async {
        Ok(window.text("chat-panel").await?.contains("Trascinato.txt").then_some(()))
    })
    .await?;

    // A picture of the peer, as large as it is sent.
    window.click("gallery").await?;
    window.click("take-snapshot").await?;
    keep(&window, "taking.png").await?;
    until("the snapshot in the gallery", PATIENCE, || async { Ok(window.has("snapshot").await?.then_some(())) })
        .await?;
    keep(&window, "gallery.png").await?;

    // The peer's stroke lies on the board.
    window.click("board-slot").await?;
    until("the stroke on the board", PATIENCE, || async {
        if !window.has("board-items").await? {
            return Ok(None);
        }
        let words = window.script("return document.querySelector('[data-testid=board-items]').textContent").await?;
        Ok(words.as_str().is_some_and(|words| words.starts_with('1')).then_some(()))
    })
    .await?;
    let painted = "const c = [...document.querySelectorAll('[data-testid=board-paper] canvas')]; \
        return c.some((c) => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v > 0))";
    until("the stroke is painted", PATIENCE, || async { Ok((window.script(painted).await? == true).then_some(())) })
        .await?;
    keep(&window, "board.png").await?;

    // A picture from this computer, chosen in the system's dialog, on a page of its own.
    window.click("page-add").await?;
    let picture = stage.sound.folder().join("Lastra.png");
    std::fs::write(&picture, a_picture()?)?;
    window.click("tool-picture").await?;
    choose_in_dialog(stage.display.name(), &picture).await?;
    until("the picture on the board", PATIENCE, || async {
        let words = window.script("return document.querySelector('[data-testid=board-items]')?.textContent").await?;
        Ok(words.as_str().is_some_and(|words| words.starts_with('1')).then_some(()))
    })
    .await?;
    keep(&window, "board-picture.png").await?;

    // Two more: one from the clipboard, and one dragged from another program.
    let items = async |count: char| {
        until("one more on the board", PATIENCE, || async {
            let words =
                window.script("return document.querySelector('[data-testid=board-items]')?.textContent").await?;
            Ok(words.as_str().is_some_and(|words| words.starts_with(count)).then_some(()))
        })
        .await
    };
    let clipboard = copied(&stage, &picture)?;
    window.find("board-paper").await?.send_keys(CONTROL_V).await?;
    items('2').await?;
    drop(clipboard);
    drag(&stage, &window, "board-paper", &picture).await?;
    items('3').await?;
    keep(&window, "board-dropped.png").await?;

    // Saved, in the folder of downloads: this page as a picture, all pages as a document.
    for (item, end) in [("save-png", ".png"), ("save-pdf", ".pdf")] {
        window.click("board-save").await?;
        window.click(item).await?;
        until("the board is saved", PATIENCE, || async { Ok(saved(&window, end)?.map(drop)) }).await?;
    }
    let png = image::load_from_memory(&saved(&window, ".png")?.context("the page")?)?;
    ensure!(png.width() > 200 && png.height() > 100, "{} x {}", png.width(), png.height());
    let pdf = saved(&window, ".pdf")?.context("the document")?;
    let pages = pdf.windows(11).filter(|bytes| bytes == b"/Type /Page").count();
    // The list of them is of the type /Pages.
    ensure!(pdf.starts_with(b"%PDF-") && pages == 3, "{} bytes, {pages} pages and their list", pdf.len());

    let report = peer.stop().await?;
    let tools = &report["tools"];
    let chat: Vec<_> =
        tools["chat"].as_array().into_iter().flatten().filter_map(|line| line["text"].as_str()).collect();
    ensure!(chat.contains(&"Buongiorno, signora Rossi"), "the peer did not read it: {tools}");
    ensure!(tools["snapshots"] == 1 && tools["board_items"] == 4, "{tools}");
    window.leave().await?;
    window.close().await
}

/// A picture in the clipboard, for as long as this is kept.
fn copied(stage: &Stage, picture: &std::path::Path) -> Result<Running> {
    Running::start(
        Command::new("xclip")
            .args(["-selection", "clipboard", "-t", "image/png", "-quiet", "-i"])
            .arg(picture)
            .env("DISPLAY", stage.display.name())
            .stderr(std::process::Stdio::null()),
    )
}

/// Drags a file of another program into the middle of what is drawn there.
async fn drag(stage: &Stage, window: &Window, id: &str, file: &std::path::Path) -> Result<()> {
    let area = window.find(id).await?.rectangle().await?;
    #[allow(clippy::cast_possible_truncation, reason = "pixels of a window")]
    let at = ((area.0 + area.2 / 2.0) as i16, (area.1 + area.3 / 2.0) as i16);
    let (eye, file) = (stage.display.eye()?, file.to_owned());
    tokio::task::spawn_blocking(move || {
        let app = eye.window("Visita")?.context("no window")?;
        eye.drop_files(app, at, &[&file])
    })
    .await?
}

/// A picture that looks like something.
fn a_picture() -> Result<Vec<u8>> {
    let picture = image::RgbImage::from_fn(320, 200, |x, y| image::Rgb([x.to_le_bytes()[0], y.to_le_bytes()[0], 120]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// The bytes of what lies in the folder of downloads and ends so, when it lies there.
fn saved(window: &Window, end: &str) -> Result<Option<Vec<u8>>> {
    for entry in std::fs::read_dir(window.downloads())? {
        let path = entry?.path();
        if path.display().to_string().ends_with(end) {
            return Ok(Some(std::fs::read(path)?));
        }
    }
    Ok(None)
}

/// Chooses a file in the dialog of the system, by the keyboard: a slash there begins a path.
async fn choose_in_dialog(display: &str, path: &std::path::Path) -> Result<()> {
    let xdotool = |arguments: Vec<String>| async move {
        let done = Command::new("xdotool").args(arguments).env("DISPLAY", display).output().await?;
        anyhow::Ok(done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned()))
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let dialog = until("the dialog of the system", PATIENCE, || async {
        let found = xdotool(words("search --onlyvisible --name ^Open")).await?;
        Ok(found.and_then(|ids| ids.lines().last().map(str::to_owned)))
    })
    .await?;
    xdotool(words(&format!("windowfocus --sync {dialog}"))).await?.context("the dialog takes no keys")?;
    // Pasted: what is typed fights with what the dialog completes.
    let words_of = tempfile::NamedTempFile::new()?;
    std::fs::write(words_of.path(), path.display().to_string())?;
    let _clipboard = Running::start(
        Command::new("xclip")
            .args(["-selection", "clipboard", "-quiet", "-i"])
            .arg(words_of.path())
            .env("DISPLAY", display)
            .stderr(std::process::Stdio::null()),
    )?;
    xdotool(words("key --delay 200 slash ctrl+a ctrl+v Return")).await?.context("no keys")?;
    until("the dialog is gone", PATIENCE, || async {
        Ok(xdotool(words("search --onlyvisible --name ^Open")).await?.is_none().then_some(()))
    })
    .await
}

/// Moves the mouse over an element, from its middle by so many pixels to the right, with the button held or not.
pub(super) async fn stroke(window: &Window, id: &str, to_right: i64, held: bool) -> Result<()> {
    let element = window.find(id).await?;
    let short = std::time::Duration::from_millis(30);
    let mut mouse = MouseActions::new("mouse".into()).then(PointerAction::MoveToElement {
        element,
        duration: Some(short),
        x: 0.0,
        y: 0.0,
    });
    if held {
        mouse = mouse.then(PointerAction::Down { button: MOUSE_BUTTON_LEFT });
    }
    for _ in 0..5 {
        #[allow(clippy::cast_precision_loss, reason = "pixels of a window")]
        let x = to_right as f64 / 5.0;
        mouse = mouse.then(PointerAction::MoveBy { duration: Some(short), x, y: 3.0 });
    }
    if held {
        mouse = mouse.then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    }
    window.client().perform_actions(mouse).await.context("the mouse")
}

#[tokio::test(flavor = "multi_thread")]
async fn pointing_presenting_and_live_edit_between_the_window_and_a_peer() -> Result<()> {
    if skipped_without("pointing_presenting_and_live_edit_between_the_window_and_a_peer", &[]) {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = stage.in_call().await?;
    let peer = Peer::join(&stage.bins, &[&stage.room.links[1], "--name", "Anna Rossi", "--point", "--present"])?;
    until("the peer's pointer", PATIENCE, || async { Ok(window.has("pointer").await?.then_some(())) }).await?;
    let [me, anna] = [&stage.room.seats[0], &stage.room.seats[1]];
    window.view("Anna presents", |view| view["screen"]["presenter"] == anna.as_str()).await?;
    keep(&window, "presented.png").await?;

    // Mine: over the picture of the peer, and presenting in turn.
    stage.picture_of_other(&window).await?;
    window.click("more").await?;
    window.click("more-pointer").await?;
    for _ in 0..3 {
        stroke(&window, "stage", 60, false).await?;
    }
    keep(&window, "pointing.png").await?;
    window.click("more").await?;
    window.click("more-pointer").await?;
    window.click("more").await?;
    window.click("more-present").await?;
    window.view("I present", |view| view["screen"]["presenter"] == me.as_str()).await?;

    // A stroke on a snapshot comes to the peer.
    window.click("gallery").await?;
    window.click("take-snapshot").await?;
    until("the snapshot", PATIENCE, || async { Ok(window.has("snapshot-draw").await?.then_some(())) }).await?;
    window.click("snapshot-draw").await?;
    until("the snapshot to draw on", PATIENCE, || async { Ok(window.has("board-paper").await?.then_some(())) }).await?;
    window.client().active_element().await?.send_keys("p").await?;
    stroke(&window, "board-paper", 120, true).await?;
    until("the stroke on the snapshot", PATIENCE, || async {
        let words = window.script("return document.querySelector('[data-testid=board-items]')?.textContent").await?;
        Ok(words.as_str().is_some_and(|words| words.starts_with('1')).then_some(()))
    })
    .await?;
    keep(&window, "live-edit.png").await?;
    let report = peer.stop().await?;
    let tools = &report["tools"];
    ensure!(tools["snapshots"] == 1 && tools["drawn_on_snapshots"] == 1, "{tools}");
    ensure!(tools["pointed"].as_u64() > Some(0), "the peer saw no pointer: {tools}");
    window.leave().await?;
    window.close().await
}
