//! Recordings: what a recorder takes of the processor for calls of different sizes, whether all pictures are in its file, and
//! how fast films are made of separate tracks.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{process::Command, time::Instant};

use crate::{
    call::round,
    process::{cpu_time, family_names, pss_mb},
    rooms::{Peer, Server},
    until,
};

/// People in the recorded calls.
const GRIDS: [usize; 3] = [2, 4, 9];
/// People whose tracks are made into one film.
const FILMED: usize = 4;
/// From the first picture until what is counted: encoders and layers have settled.
const SETTLING: Duration = Duration::from_secs(8);
/// How long one part may take.
const PATIENCE: Duration = Duration::from_secs(180);

/// What to measure.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folder of the built programs.
    #[arg(long)]
    bin_dir: PathBuf,
    /// Seconds counted in each recording.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// One recording.
#[derive(Debug, Serialize)]
struct Grid {
    people: usize,
    cores: f64,
    memory_mb: f64,
    pictures_per_second: f64,
}

/// One film.
#[derive(Debug, Serialize)]
struct Film {
    what: &'static str,
    length_s: f64,
    times_real_time: f64,
}

/// Measures, and prints a table and JSON.
///
/// # Errors
/// When the server does not start or something never comes.
pub async fn run(arguments: Arguments) -> Result<()> {
    let bins = &arguments.bin_dir;
    let data = tempfile::tempdir()?;
    let server = Server::start_with(bins, &["--data", &data.path().display().to_string()]).await?;
    let mut grids = Vec::new();
    for people in GRIDS {
        let grid = recorded(&server, bins, people, arguments.seconds, data.path()).await?;
        println!(
            "{:<38}{:>8.2}  cores{:>8.0}  MB{:>8.1}  pictures/s",
            format!("recorder, grid of {people} at 720p30"),
            grid.cores,
            grid.memory_mb,
            grid.pictures_per_second
        );
        grids.push(grid);
    }
    let films = films(&server, bins, arguments.seconds).await?;
    for film in &films {
        println!("{:<38}{:>8.2}  times real time ({:.0} s)", film.what, film.times_real_time, film.length_s);
    }
    println!("{}", json!({ "grids": grids, "films": films }));
    Ok(())
}

async fn recorded(server: &Server, bins: &Path, people: usize, seconds: u64, data: &Path) -> Result<Grid> {
    let participants = |n: usize| {
        let user = format!("recorded-{people}-{n}");
        json!({ "user_id": user, "is_admin": n == 0, "recording_consent": true })
    };
    let seats: Vec<Value> = (0..people).map(participants).collect();
    for (n, seat) in seats.iter().enumerate() {
        let role = if n == 0 { "plus" } else { "basic" };
        server.post("/v2/users", &json!({ "user_id": seat["user_id"], "role": role })).await?;
    }
    let (status, room) = server.post("/v2/rooms", &json!({ "participants": seats, "recording": "automatic" })).await?;
    ensure!(status == 201, "{status} {room}");
    let links = room["user_urls"].as_array().context("links")?.iter().filter_map(|seat| seat["url"].as_str());
    let mut arguments: Vec<&str> = links.collect();
    let count = people.to_string();
    arguments.extend(["--count", &count, "--receiving", "1"]);
    let company = Peer::join(bins, &arguments)?;
    let pid = until("a recorder", PATIENCE, || async {
        let family = family_names(server.running.pid());
        Ok(family.into_iter().find(|(_, name)| name.contains("recorder")).map(|(pid, _)| pid))
    })
    .await?;
    tokio::time::sleep(SETTLING).await;
    let (before, begun) = (cpu_time(pid), Instant::now());
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    let cores = (cpu_time(pid) - before).as_secs_f64() / begun.elapsed().as_secs_f64();
    let memory_mb = round(pss_mb(pid), 0);
    company.stop().await?;
    let id = room["room_id"].as_str().context("an id")?;
    let recording = until("the recording can be played", PATIENCE, || async {
        let (_, told) = server.get(&format!("/v2/rooms/{id}/recordings")).await?;
        let one = told["recordings"][0].clone();
        ensure!(one["state"] != "failed", "{one}");
        Ok((one["state"] == "available").then_some(one))
    })
    .await?;
    let pictures = pictures(data, &recording).await?;
    let length = recording["duration_ms"].as_f64().context("a length")? / 1000.0;
    Ok(Grid { people, cores: round(cores, 2), memory_mb, pictures_per_second: round(pictures / length, 1) })
}

/// Pictures in a recording's file.
async fn pictures(data: &Path, recording: &Value) -> Result<f64> {
    let id = |field: &str| recording[field].as_str().context("an id");
    let name = format!("{}.webm", id("recording_id")?);
    let file = data.join("files/recordings").join(id("room_id")?).join(id("session_id")?).join(name);
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-select_streams", "v", "-count_packets", "-show_entries", "stream=nb_read_packets"]);
    let output = command.args(["-of", "csv=p=0"]).arg(&file).output().await.context("ffprobe")?;
    let told = String::from_utf8_lossy(&output.stdout);
    told.trim().trim_end_matches(',').parse().with_context(|| format!("ffprobe of {}: {told}", file.display()))
}

async fn films(server: &Server, bins: &Path, seconds: u64) -> Result<Vec<Film>> {
    let post = reqwest::Method::POST;
    let (_, room) = server.video_rooms(post.clone(), "/rooms", Some(&json!({ "enable_recording": true }))).await?;
    let room = room["data"]["id"].as_str().context("a room")?.to_owned();
    let mut company = Vec::new();
    for n in 0..FILMED {
        let path = format!("/rooms/{room}/actions/generate_join_client_token");
        let (_, told) = server.video_rooms(post.clone(), &path, Some(&json!({ "recording_consent": true }))).await?;
        let token = told["data"]["token"].as_str().context("a token")?.to_owned();
        let hz = (300 + 200 * n).to_string();
        let url = server.livekit_url();
        company.push(Peer::join(bins, &["--url", &url, "--token", &token, "--tone-hz", &hz])?);
    }
    tokio::time::sleep(SETTLING + Duration::from_secs(seconds)).await;
    for peer in company {
        peer.stop().await?;
    }
    let recording = until("the tracks can be fetched", PATIENCE, || async {
        let (_, told) = server.get(&format!("/v2/rooms/{room}/recordings")).await?;
        let one = told["recordings"][0].clone();
        ensure!(one["state"] != "failed", "{one}");
        Ok((one["state"] == "available").then_some(one))
    })
    .await?;
    let session = recording["session_id"].as_str().context("a session")?;
    let mut films = Vec::new();
    for (what, body) in [
        ("film of 4 tracks, MP4 1280x720", json!({ "format": "mp4" })),
        ("film of 4 tracks, WebM 1280x720", json!({ "format": "webm" })),
        ("film of 4 tracks, MP4 640x360", json!({ "format": "mp4", "width": 640, "height": 360 })),
    ] {
        let begun = Instant::now();
        let (status, told) = server.post(&format!("/v2/rooms/{room}/sessions/{session}/compositions"), &body).await?;
        ensure!(status == 201, "{status} {told}");
        let path = format!("/v2/rooms/{room}/compositions/{}", told["composition_id"].as_str().context("an id")?);
        let made = until("the film is made", PATIENCE, || async {
            let (_, told) = server.get(&path).await?;
            ensure!(told["state"] != "failed", "{told}");
            Ok((told["state"] == "completed").then_some(told))
        })
        .await?;
        let length_s = made["duration_ms"].as_f64().context("a length")? / 1000.0;
        films.push(Film { what, length_s, times_real_time: round(length_s / begun.elapsed().as_secs_f64(), 1) });
    }
    Ok(films)
}
