//! A call between the window and a peer, and its figures: what `./dev run` shows without a display and `./dev bench` repeats.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::Value;
use visita_codec::pattern;

use crate::{
    display::{Display, Eye},
    process::{cpu_time, family_names, own_cpu_time, pss_mb},
    rooms::{Peer, Server, videos},
    sound::Sound,
    until,
    window::{Area, PATIENCE, Setting, Window},
};

/// The picture of somebody else.
pub const REMOTE_PICTURE: &str = "[data-testid=\"tile\"] canvas";
/// How long figures are taken.
const MEASURE: Duration = Duration::from_secs(8);

/// The figures of one call.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Click on Join until the first picture of the other side was painted, ms.
    pub join_to_first_painted_ms: f64,
    /// Pictures of the other side painted per second.
    pub painted_fps: f64,
    /// From drawing the test picture until it is on the display, ms: median.
    pub glass_to_glass_p50_ms: f64,
    /// 95th percentile.
    pub glass_to_glass_p95_ms: f64,
    /// Pictures per second of ours that the peer decoded.
    pub peer_fps: f64,
    /// Camera to decoded at the peer, ms, median.
    pub peer_latency_p50_ms: f64,
    /// Cores used by each process of the app, the server and the peer.
    pub cpu_cores: Vec<(String, f64)>,
    /// Cores used by app and web view together.
    pub app_cpu_cores: f64,
    /// Proportional memory of app and web view together, MB.
    pub app_pss_mb: f64,
}

/// Holds a call between the app and `visita-peer`, measures it, and saves a screenshot.
pub async fn measured(bin_dir: &Path, screenshot: Option<PathBuf>) -> Result<Figures> {
    let display = Display::start(1280, 800).await?;
    let sound = Sound::start().await?;
    let server = Server::start(bin_dir).await?;
    let room = server.room_with(2, serde_json::json!({"description": "Test call"})).await?;
    let peer = Peer::join(bin_dir, &[&room.links[1], "--name", "Anna Rossi"])?;
    let setting = Setting {
        display: display.name().to_owned(),
        pulse_server: Some(sound.server()),
        env: vec![("VISITA_CAMERA".into(), "pattern".into()), ("VISITA_MICROPHONE".into(), "tone".into())],
        arguments: vec![room.links[0].clone()],
    };
    let window = Window::open(bin_dir, &setting).await?;
    window.find("join").await?;
    // Devices settle in the lobby, as they do while a person reads it.
    until("own picture in the lobby", PATIENCE, || async {
        let own = window.picture("[data-testid=\"self-preview\"] canvas").await?;
        Ok(own.filter(|area| area.frames > 10.0))
    })
    .await?;
    window.click("join").await?;
    until("somebody else's picture", PATIENCE, || async {
        Ok(window.picture(REMOTE_PICTURE).await?.filter(|area| area.frames > 30.0))
    })
    .await?;

    let app = app_pid(window.pid())?;
    let pids = processes(app, server.running.pid(), peer.pid());
    let cpu_before: Vec<Duration> = pids.iter().map(|(pid, _)| own_cpu_time(*pid)).collect();
    let app_before = cpu_time(app);
    let frames_before = remote(&window).await?.frames;
    let started = Instant::now();
    let area = remote(&window).await?;
    let glass = tokio::task::spawn_blocking({
        let eye = display.eye()?;
        move || glass_to_glass(&eye, area, MEASURE)
    })
    .await??;
    let frames_after = remote(&window).await?.frames;
    let seconds = started.elapsed().as_secs_f64();
    let cores = |before: Duration, after: Duration| round((after.saturating_sub(before)).as_secs_f64() / seconds, 3);
    let cpu_cores = pids
        .iter()
        .zip(cpu_before)
        .map(|((pid, name), before)| (name.clone(), cores(before, own_cpu_time(*pid))))
        .collect();
    let app_cpu_cores = cores(app_before, cpu_time(app));
    let app_pss_mb = round(pss_mb(app), 1);
    let diagnostics = window.invoke("diagnostics").await?;
    if let Some(path) = screenshot {
        display.eye()?.look()?.save(&path)?;
    }
    window.leave().await?;
    window.close().await?;
    let report = peer.stop().await?;
    let seen = videos(&report).into_iter().next().context("the peer saw nobody")?;
    Ok(Figures {
        join_to_first_painted_ms: round(number(&diagnostics, "join_to_first_painted_ms")?, 1),
        painted_fps: round((frames_after - frames_before) / seconds, 1),
        glass_to_glass_p50_ms: percentile(&glass, 50),
        glass_to_glass_p95_ms: percentile(&glass, 95),
        peer_fps: seen["fps"].as_f64().unwrap_or(0.0),
        peer_latency_p50_ms: seen["latency_ms"]["p50"].as_f64().unwrap_or(0.0),
        cpu_cores,
        app_cpu_cores,
        app_pss_mb,
    })
}

/// Somebody else's picture, which must be there.
pub async fn remote(window: &Window) -> Result<Area> {
    window.picture(REMOTE_PICTURE).await?.context("no picture of somebody else")
}

/// The timecode of the picture that is on the display now.
pub fn timecode(eye: &Eye, area: &Area) -> Result<Option<u64>> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on a display")]
    let (x, y, w, h) =
        (area.x.round() as i16, area.y.round() as i16, area.width.round() as u16, area.height.round() as u16);
    let picture = eye.look_at(x.max(0), y.max(0), w, h)?;
    Ok(pattern::read_timecode_rgba(picture.width, picture.height, &picture.rgba))
}

/// Watches the display for a while; each change of the timecode is one sample of how old the new picture is, in ms.
fn glass_to_glass(eye: &Eye, area: Area, how_long: Duration) -> Result<Vec<f64>> {
    let started = Instant::now();
    let mut last = None;
    let mut ages = Vec::new();
    let mut looks = 0_u32;
    while started.elapsed() < how_long {
        let read = timecode(eye, &area)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1000.0;
        looks += 1;
        if let Some(code) = read
            && last != Some(code)
        {
            #[allow(clippy::cast_precision_loss, reason = "µs of Unix time are below 2^53 until the year 2255")]
            let age = now - code as f64 / 1000.0;
            if last.is_some() && (0.0..5_000.0).contains(&age) {
                ages.push(age);
            }
            last = Some(code);
        }
        // A look costs the X server about a millisecond; looking without pause would slow down what is measured.
        std::thread::sleep(Duration::from_millis(4));
    }
    if ages.is_empty() {
        bail!("no timecode was read from the display in {looks} looks");
    }
    ages.sort_by(f64::total_cmp);
    Ok(ages)
}

pub(crate) fn app_pid(driver: u32) -> Result<u32> {
    let app = family_names(driver).into_iter().find(|(_, name)| name == "visita");
    app.map(|(pid, _)| pid).context("the app does not run")
}

fn processes(app: u32, server: u32, peer: u32) -> Vec<(u32, String)> {
    let mut all = family_names(app);
    all.push((server, "visita-server".into()));
    all.push((peer, "visita-peer".into()));
    all
}

fn number(value: &Value, name: &str) -> Result<f64> {
    value[name].as_f64().with_context(|| format!("{name} was not measured: {value}"))
}

/// A percentile of sorted values.
pub fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let at = sorted.len().saturating_sub(1) * percent / 100;
    round(sorted.get(at).copied().unwrap_or(f64::NAN), 1)
}

pub(crate) fn round(value: f64, digits: i32) -> f64 {
    let factor = 10_f64.powi(digits);
    (value * factor).round() / factor
}
