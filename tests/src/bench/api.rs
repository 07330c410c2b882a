//! Rooms made over REST: how many a second, and how long one takes, on SQLite in a real folder and on PostgreSQL.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use serde::Serialize;
use serde_json::json;

use crate::{postgres_server, rooms::Server};

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// For how many seconds.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Clients that each wait for an answer before they ask again.
    #[arg(long, default_value_t = 8)]
    clients: usize,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Figures {
    store: &'static str,
    rooms: usize,
    rooms_per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    longest_ms: f64,
}

/// Measures, and prints a table and JSON.
///
/// # Errors
/// When the server does not start or does not make a room.
pub async fn run(arguments: Arguments) -> Result<()> {
    let mut all = vec![measure(&arguments, "SQLite", None).await?];
    // Where it is not installed, it says so.
    if let Some(database) = postgres_server::database("rooms").await {
        all.push(measure(&arguments, "PostgreSQL", Some(database.as_str())).await?);
    }
    println!("{}", serde_json::to_string(&all)?);
    Ok(())
}

async fn measure(arguments: &Arguments, store: &'static str, database: Option<&str>) -> Result<Figures> {
    let data = tempfile::tempdir()?;
    let folder = data.path().display().to_string();
    let mut flags = vec!["--data", &folder];
    flags.extend(database.map(|database| ["--database", database]).into_iter().flatten());
    let server = Server::start_with(&arguments.bin_dir, &flags).await?;
    for (user, role) in [("doctor", "plus"), ("patient", "basic")] {
        let (status, body) = server.post("/v2/users", &json!({ "user_id": user, "role": role })).await?;
        ensure!(status == 201, "{body}");
    }
    let body = json!({
        "participants": [{ "user_id": "doctor", "is_admin": true }, { "user_id": "patient" }],
        "duration": 1800, "description": "Follow-up",
    });
    let body = bytes_of(&body)?;
    let url = format!("{}/v2/rooms", server.url());
    let over = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..arguments.clients {
        let (url, body, over) = (url.clone(), body.clone(), over.clone());
        clients.push(tokio::spawn(async move { make_rooms(&url, &body, &over).await }));
    }
    tokio::time::sleep(Duration::from_secs(arguments.seconds)).await;
    over.store(true, Ordering::Relaxed);
    let mut took = Vec::new();
    for client in clients {
        took.extend(client.await??);
    }
    let elapsed = started.elapsed().as_secs_f64();
    took.sort();
    let at = |share: f64| {
        let index = ((took.len() as f64 - 1.0) * share).round() as usize;
        took.get(index).map_or(f64::NAN, |took| took.as_secs_f64() * 1000.0)
    };
    let figures = Figures {
        store,
        rooms: took.len(),
        rooms_per_second: took.len() as f64 / elapsed,
        p50_ms: at(0.5),
        p99_ms: at(0.99),
        longest_ms: at(1.0),
    };
    println!("{store}");
    for (name, value, unit) in [
        ("rooms made with their links", figures.rooms_per_second, "/s"),
        ("one room, p50", figures.p50_ms, "ms"),
        ("one room, p99", figures.p99_ms, "ms"),
        ("one room, longest", figures.longest_ms, "ms"),
    ] {
        println!("  {name:<36}{value:>10.2}  {unit}");
    }
    Ok(figures)
}

fn bytes_of(body: &serde_json::Value) -> Result<Vec<u8>> {
    Ok(serde_json::to_vec(body)?)
}

async fn make_rooms(url: &str, body: &[u8], over: &AtomicBool) -> Result<Vec<Duration>> {
    let client = reqwest::Client::new();
    let mut took = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let started = Instant::now();
        let answer = client.post(url).header("apikey", "devkey").body(body.to_vec()).send().await?;
        let status = answer.status();
        let text = answer.bytes().await?;
        took.push(started.elapsed());
        ensure!(status.as_u16() == 201, "{status}: {}", String::from_utf8_lossy(&text));
    }
    Ok(took)
}
