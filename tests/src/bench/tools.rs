//! The tools: ten people drawing at once, joining a board with ten thousand strokes, a large file up and down, and what all
//! that costs the server.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};
use tokio_tungstenite::{connect_async, tungstenite::Message};
use visita_board::Board;
use visita_call::{
    JoinTarget, Told,
    testing::{Page, Person, by_link, room_board},
};
use visita_protocol::{
    ItemId, ParticipantId,
    board::{BoardOp, Colour, Item, Point, Shape, Stamp},
    channel::ClientMessage,
    view::{BoardAction, BoardNews, FileState, ToolAction},
};

use crate::{
    call::{percentile, round},
    process::{cpu_time, pss_mb},
    rooms::{Room, Server},
};

/// People who draw at once.
const DRAWING: usize = 10;
/// Strokes on the large board, and points of each.
const STROKES: usize = 10_000;
const POINTS: i32 = 20;
/// Points of a stroke before the next is begun.
const STROKE: usize = 120;
/// Strokes in one message: what fits into one.
const AT_ONCE: usize = 60;
/// Size of the file, in bytes.
const FILE: usize = 100_000_000;
/// How long one part may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// For how many seconds people draw.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Operations of each, a second.
    #[arg(long, default_value_t = 60)]
    rate: u32,
}

/// What was measured.
#[derive(Debug, Default, Serialize)]
struct Figures {
    operations_per_second: f64,
    seen_per_second: f64,
    seen_p50_ms: f64,
    seen_p95_ms: f64,
    seen_p99_ms: f64,
    seen_longest_ms: f64,
    lost: usize,
    drawing_server_cores: f64,
    applied_per_second: f64,
    large_board_ms: f64,
    large_board_memory_mb: f64,
    upload_mb_per_second: f64,
    download_mb_per_second: f64,
    memory_idle_mb: f64,
    memory_most_mb: f64,
}

/// Measures, and prints a table and JSON.
///
/// # Errors
/// When the server does not start or something never comes.
pub async fn run(arguments: Arguments) -> Result<()> {
    let data = tempfile::tempdir()?;
    let folder = data.path().display().to_string();
    let server = Server::start_with(&arguments.bin_dir, &["--data", &folder]).await?;
    let mut figures =
        Figures { applied_per_second: applied(), memory_idle_mb: pss_mb(server.running.pid()), ..Figures::default() };
    draw(&server, &arguments, &mut figures).await?;
    large_board(&server, &mut figures).await?;
    large_file(&server, data.path(), &mut figures).await?;
    for (name, value, unit) in [
        ("drawn by ten people", figures.operations_per_second, "operations/s"),
        ("seen by the nine others", figures.seen_per_second, "points/s"),
        ("from drawing to the other's page, p50", figures.seen_p50_ms, "ms"),
        ("p95", figures.seen_p95_ms, "ms"),
        ("p99", figures.seen_p99_ms, "ms"),
        ("longest", figures.seen_longest_ms, "ms"),
        ("points that never came", figures.lost as f64, ""),
        ("server meanwhile, media included", figures.drawing_server_cores, "cores"),
        ("applied to a board in memory", figures.applied_per_second, "operations/s"),
        ("opening a board with 10,000 strokes", figures.large_board_ms, "ms"),
        ("it takes in the server", figures.large_board_memory_mb, "MB"),
        ("file of 100 MB up", figures.upload_mb_per_second, "MB/s"),
        ("down", figures.download_mb_per_second, "MB/s"),
        ("server with nobody in", figures.memory_idle_mb, "MB"),
        ("server at its most", figures.memory_most_mb, "MB"),
    ] {
        println!("{name:<38}{value:>12.2}  {unit}");
    }
    println!("{}", serde_json::to_string(&figures)?);
    Ok(())
}

/// When each point of each stroke was drawn.
type Drawn = Arc<parking_lot::Mutex<HashMap<String, Vec<Instant>>>>;

async fn draw(server: &Server, arguments: &Arguments, figures: &mut Figures) -> Result<()> {
    let room = server.room_with(DRAWING, json!({})).await?;
    let mut people = Vec::new();
    for seat in 0..DRAWING {
        let name = format!("Person {seat}");
        let mut person = Person::quiet(by_link(&room.links[seat], &name), &name);
        let mut told = person.call.take_told().context("told")?;
        person.is_in().await;
        person.call.use_board(BoardAction::Open { board: room_board(), aside: false });
        let open = async {
            while let Some(news) = told.recv().await {
                if matches!(news, Told::Board(BoardNews::Rights { rights, .. }) if rights.pen) {
                    return Ok(());
                }
            }
            bail!("the call ended")
        };
        timeout(PATIENCE, open).await.context("the board did not open")??;
        people.push((person, told));
    }
    let drawn = Drawn::default();
    let (seen, mut delays) = mpsc::unbounded_channel();
    let mut watching = Vec::new();
    let mut calls = Vec::new();
    for (person, told) in people {
        watching.push(tokio::spawn(watch(told, drawn.clone(), seen.clone())));
        calls.push(person);
    }
    drop(seen);
    let cpu = cpu_time(server.running.pid());
    let started = Instant::now();
    let mut drawing = Vec::new();
    for (who, person) in calls.into_iter().enumerate() {
        let (drawn, seconds, rate) = (drawn.clone(), arguments.seconds, arguments.rate);
        drawing.push(tokio::spawn(async move {
            let mut beat = tokio::time::interval(Duration::from_secs(1) / rate);
            let all = usize::try_from(seconds * u64::from(rate)).unwrap_or(0);
            for n in 0..all {
                beat.tick().await;
                let name = format!("p{who}s{}", n / STROKE);
                let id: ItemId = name.parse().map_err(|_| anyhow::anyhow!("an id"))?;
                let at = Point { x: i32::try_from(n).unwrap_or(0), y: 100 };
                drawn.lock().entry(name).or_default().push(Instant::now());
                let action = if n % STROKE == 0 {
                    let shape = Shape::Pen { points: vec![at], colour: Colour::Ink, width: 3 };
                    BoardAction::Put { board: room_board(), id, page: 0, shape, with: None }
                } else {
                    BoardAction::Extend { board: room_board(), id, points: vec![at] }
                };
                person.call.use_board(action);
            }
            anyhow::Ok((person, all))
        }));
    }
    let mut operations = 0;
    let mut calls = Vec::new();
    for task in drawing {
        let (person, all) = task.await??;
        operations += all;
        calls.push(person);
    }
    let elapsed = started.elapsed().as_secs_f64();
    figures.drawing_server_cores = round((cpu_time(server.running.pid()) - cpu).as_secs_f64() / elapsed, 3);
    figures.operations_per_second = operations as f64 / elapsed;
    let awaited = operations * (DRAWING - 1);
    let mut ms = Vec::with_capacity(awaited);
    while ms.len() < awaited {
        match timeout(Duration::from_secs(10), delays.recv()).await {
            Ok(Some(delay)) => ms.push(delay),
            Ok(None) | Err(_) => break,
        }
    }
    figures.lost = awaited - ms.len();
    figures.seen_per_second = ms.len() as f64 / elapsed;
    ms.sort_by(f64::total_cmp);
    figures.seen_p50_ms = percentile(&ms, 50);
    figures.seen_p95_ms = percentile(&ms, 95);
    figures.seen_p99_ms = percentile(&ms, 99);
    figures.seen_longest_ms = percentile(&ms, 100);
    figures.memory_most_mb = pss_mb(server.running.pid());
    watching.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// Tells how long each point of the others took until it was told to the page.
async fn watch(mut told: mpsc::UnboundedReceiver<Told>, drawn: Drawn, seen: mpsc::UnboundedSender<f64>) {
    let mut mine = HashMap::new();
    while let Some(news) = told.recv().await {
        let now = Instant::now();
        let Told::Board(BoardNews::Changed { put, extended, .. }) = news else { continue };
        for item in put {
            mine.insert(item.id.clone(), item.mine);
            let points = if let Shape::Pen { points, .. } = &item.shape { points.len() } else { 0 };
            if !item.mine {
                tell(&drawn, item.id.as_str(), 0..points, now, &seen);
            }
        }
        for more in extended {
            if mine.get(&more.id) == Some(&false) {
                let from = more.from as usize;
                tell(&drawn, more.id.as_str(), from..from + more.points.len(), now, &seen);
            }
        }
    }
}

fn tell(drawn: &Drawn, item: &str, points: std::ops::Range<usize>, now: Instant, seen: &mpsc::UnboundedSender<f64>) {
    let drawn = drawn.lock();
    for at in drawn.get(item).and_then(|all| all.get(points)).unwrap_or_default() {
        let _ = seen.send(now.duration_since(*at).as_secs_f64() * 1000.0);
    }
}

fn stroke(n: usize, by: &ParticipantId) -> Result<BoardOp> {
    let start = i32::try_from(n)?;
    let points = (0..POINTS).map(|at| Point { x: start % 1600 + at, y: start / 16 + at % 7 }).collect();
    let item = Item {
        id: format!("s{n}").parse().map_err(|_| anyhow::anyhow!("an id"))?,
        author: by.clone(),
        page: 0,
        z: u32::try_from(n)?,
        shape: Shape::Pen { points, colour: Colour::Teal, width: 3 },
        stamp: Stamp { clock: n as u64 + 1, by: by.clone() },
    };
    Ok(BoardOp::Put { item })
}

/// Operations on a board in memory, a second.
fn applied() -> f64 {
    let Ok(by) = "someone".parse::<ParticipantId>() else { return f64::NAN };
    let ops: Vec<BoardOp> = (0..STROKES).filter_map(|n| stroke(n, &by).ok()).collect();
    let started = Instant::now();
    let mut board = Board::default();
    let applied = ops.iter().filter(|op| board.apply(op)).count();
    applied as f64 / started.elapsed().as_secs_f64()
}

async fn large_board(server: &Server, figures: &mut Figures) -> Result<()> {
    let room = server.room_with(2, json!({})).await?;
    let before = pss_mb(server.running.pid());
    fill(&room).await?;
    let (mut person, mut page) = come(&room, 1).await;
    let mut took = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        person.call.use_board(BoardAction::Open { board: room_board(), aside: false });
        page.until("all strokes", |drawn| (drawn.item_count() == STROKES).then_some(())).await;
        took.push(started.elapsed().as_secs_f64() * 1000.0);
        person.call.leave();
        page.drawn.boards.clear();
        (person, page) = come(&room, 1).await;
    }
    took.sort_by(f64::total_cmp);
    figures.large_board_ms = percentile(&took, 50);
    let after = pss_mb(server.running.pid());
    figures.large_board_memory_mb = after - before;
    figures.memory_most_mb = figures.memory_most_mb.max(after);
    Ok(())
}

async fn come(room: &Room, seat: usize) -> (Person, Page) {
    let mut target = by_link(&room.links[seat], "Somebody");
    // Who was in from there before may still be on the way out.
    if let JoinTarget::Link { displace, .. } = &mut target {
        *displace = true;
    }
    let mut person = Person::quiet(target, "Somebody");
    let page = Page::of(&mut person);
    person.is_in().await;
    (person, page)
}

/// Draws all strokes as a client of the room channel that sends as many in a message as fit.
async fn fill(room: &Room) -> Result<()> {
    let http = reqwest::Client::new();
    let entry: Value = http.post(&room.links[0]).json(&json!({ "display_name": "Host" })).send().await?.json().await?;
    let url = entry["channel_url"].as_str().context("a channel")?;
    let (mut channel, _) = connect_async(url).await?;
    let hello = json!({ "type": "hello", "token": entry["channel_token"] });
    channel.send(Message::text(hello.to_string())).await?;
    let by: ParticipantId = room.seats[0].parse().map_err(|_| anyhow::anyhow!("a seat"))?;
    let open = ClientMessage::OpenBoard { board: room_board(), since: 0, aside: false };
    channel.send(Message::text(serde_json::to_string(&open)?)).await?;
    for first in (0..STROKES).step_by(AT_ONCE) {
        let ops = (first..(first + AT_ONCE).min(STROKES)).map(|n| stroke(n, &by)).collect::<Result<Vec<_>>>()?;
        let drawn = ClientMessage::Board { board: room_board(), ops };
        channel.send(Message::text(serde_json::to_string(&drawn)?)).await?;
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    // What is answered now comes after all that was said before.
    channel.send(Message::text(serde_json::to_string(&ClientMessage::Ping)?)).await?;
    let answered = async {
        while let Some(message) = channel.next().await {
            let Message::Text(text) = message? else { continue };
            let message: Value = serde_json::from_str(&text)?;
            match message["type"].as_str() {
                Some("pong") => return Ok(()),
                Some("refused" | "board_refused" | "closed") => bail!("{message}"),
                _ => {}
            }
        }
        bail!("the channel ended")
    };
    timeout(PATIENCE, answered).await.context("no answer")??;
    Ok(())
}

async fn large_file(server: &Server, folder: &Path, figures: &mut Figures) -> Result<()> {
    let room = server.room_with(2, json!({})).await?;
    let (host, mut at_host) = come(&room, 0).await;
    let (guest, mut at_guest) = come(&room, 1).await;
    let path = folder.join("Imaging series.bin");
    std::fs::write(&path, (0..FILE).map(|n| (n % 251) as u8).collect::<Vec<u8>>())?;
    let (told, most) = tokio::sync::watch::channel(0.0_f64);
    let pid = server.running.pid();
    let watching = tokio::spawn(async move {
        loop {
            told.send_modify(|most| *most = most.max(pss_mb(pid)));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    let started = Instant::now();
    guest.call.use_tool(ToolAction::SendFiles { paths: vec![path.display().to_string()] });
    let info = at_host
        .until("the file", |drawn| {
            let file = drawn.chat.messages.first()?.file.as_ref()?;
            (file.state == FileState::Ready).then(|| file.info.clone())
        })
        .await;
    let megabytes = FILE as f64 / 1e6;
    figures.upload_mb_per_second = round(megabytes / started.elapsed().as_secs_f64(), 1);
    let started = Instant::now();
    host.call.download(info.file_id, folder.join("downloads"));
    at_host
        .until("it is fetched", |drawn| {
            matches!(drawn.chat.messages.first()?.file.as_ref()?.state, FileState::Saved { .. }).then_some(())
        })
        .await;
    figures.download_mb_per_second = round(megabytes / started.elapsed().as_secs_f64(), 1);
    watching.abort();
    figures.memory_most_mb = figures.memory_most_mb.max(*most.borrow());
    at_guest.until("it is shared", |drawn| drawn.chat.messages.first()?.id.map(|_| ())).await;
    Ok(())
}
