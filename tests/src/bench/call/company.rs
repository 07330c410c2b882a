//! In company, on a machine's own network: how soon one is in, how old pictures are, what it costs.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{Bench, Row, Who};
use crate::{
    chromium::Chromium,
    process::{cpu_time, pss_mb},
    rooms::{Peer, Room, Server, videos},
    until,
};

const PATIENCE: Duration = Duration::from_secs(30);
/// From the join until what is counted: estimators and encoders have settled.
const SETTLE: Duration = Duration::from_secs(10);
/// A tile of a grid of nine on a display of 1280 by 720 or so.
const TILE: (u32, u32) = (426, 240);

/// Until the first picture and the first sound of somebody who is there already.
pub(super) async fn join(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let server = Server::start(&bench.bins).await?;
    let room = server.room(2).await?;
    let host = Peer::join(&bench.bins, &[&room.links[0]])?;
    sends(bench, &room).await?;
    let (mut frames, mut sounds) = (Vec::new(), Vec::new());
    for _ in 0..bench.runs * 2 {
        let figures = match who {
            Who::Ours => {
                let visitor = Peer::join(&bench.bins, &[&room.links[1], "--displace", "--for", "2s"])?;
                visitor.finish().await?.1
            }
            Who::Chromium => {
                let visitor = Chromium::start().await?;
                enter(&visitor, &server, &room, 1, json!({ "measure": true })).await?;
                let figures = until("a picture and a sound", PATIENCE, || async {
                    let figures = visitor.command(json!({ "do": "figures" })).await?;
                    let all = figures["first_frame_ms"].is_number() && figures["first_sound_ms"].is_number();
                    Ok(all.then_some(figures))
                })
                .await?;
                leave(visitor).await?;
                figures
            }
        };
        frames.extend(figures["first_frame_ms"].as_f64());
        sounds.extend(figures["first_sound_ms"].as_f64());
    }
    host.stop().await?;
    Ok(vec![Row::new("join to first picture", who, frames, "ms"), Row::new("join to first sound", who, sounds, "ms")])
}

/// Somebody's pictures can be seen.
async fn sends(bench: &Bench, room: &Room) -> Result<()> {
    until("the host's picture", PATIENCE, || async {
        let visitor = Peer::join(&bench.bins, &[&room.links[1], "--displace", "--for", "1s"])?;
        let (_, report) = visitor.finish().await?;
        Ok((!videos(&report).is_empty()).then_some(()))
    })
    .await
}

/// From drawing a picture of 720p30 until it is decoded at the other end.
pub(super) async fn latency(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let server = Server::start(&bench.bins).await?;
    let room = server.room(2).await?;
    let stay = Duration::from_secs(bench.seconds) + SETTLE;
    let ages = match who {
        Who::Ours => {
            let sender = Peer::join(&bench.bins, &[&room.links[0]])?;
            let receiver = Peer::join(&bench.bins, &[&room.links[1], "--camera", "none", "--mic", "none"])?;
            tokio::time::sleep(stay).await;
            let report = receiver.stop().await?;
            sender.stop().await?;
            let video = videos(&report).into_iter().next().context("nobody was seen")?;
            let at = |name: &str| {
                let age = video["latency_ms"][name].as_f64();
                Row::new(format!("glass to glass {name}"), who, age.into_iter().collect(), "ms")
            };
            return Ok(vec![at("p50"), at("p95")]);
        }
        Who::Chromium => {
            let (sender, receiver) = (Chromium::start().await?, Chromium::start().await?);
            enter(&sender, &server, &room, 0, json!({})).await?;
            sender.command(json!({ "do": "publish", "source": "camera", "timed": true })).await?;
            enter(&receiver, &server, &room, 1, json!({ "measure": true })).await?;
            tokio::time::sleep(stay).await;
            let figures = receiver.command(json!({ "do": "figures" })).await?;
            leave(sender).await?;
            leave(receiver).await?;
            let ages = figures["latencies"][&room.seats[0]].as_array().cloned().unwrap_or_default();
            // The first seconds are those of a picture that is still being found.
            let mut ages: Vec<f64> = ages.iter().skip(ages.len() / 3).filter_map(Value::as_f64).collect();
            ages.sort_by(f64::total_cmp);
            ages
        }
    };
    let at = |name: &str, percent: usize| {
        Row::new(format!("glass to glass {name}"), who, vec![crate::call::percentile(&ages, percent)], "ms")
    };
    Ok(vec![at("p50", 50), at("p95", 95)])
}

/// Processor and memory of one who sends and sees `others`, who send too.
pub(super) async fn usage(bench: &Bench, who: Who, others: usize) -> Result<Vec<Row>> {
    let server = Server::start(&bench.bins).await?;
    let room = server.room(others + 1).await?;
    let count = others.to_string();
    let mut arguments: Vec<&str> = vec!["--count", &count, "--receiving", "1"];
    arguments.extend(room.links[1..].iter().map(String::as_str));
    let company = Peer::join(&bench.bins, &arguments)?;
    let tile = format!("{}x{}", TILE.0, TILE.1);
    let figure = |what: &str| format!("{what}, call of {}", others + 1);
    let window = Duration::from_secs(bench.seconds);
    let mut rows = match who {
        Who::Ours => {
            let mut arguments = vec![room.links[0].as_str()];
            if others > 1 {
                arguments.extend(["--tile", &tile]);
            }
            let one = Peer::join(&bench.bins, &arguments)?;
            let rows = count_usage(who, one.pid(), window, &figure).await;
            let report = one.stop().await?;
            let fps = videos(&report).iter().filter_map(|video| video["fps"].as_f64()).collect();
            with(rows, Row::new(figure("pictures of each"), who, fps, "frames/s"))
        }
        Who::Chromium => {
            let one = Chromium::start().await?;
            let more = match others {
                1 => json!({ "dynacast": true }),
                _ => json!({ "adaptive_stream": true, "dynacast": true, "tile": [TILE.0, TILE.1] }),
            };
            enter(&one, &server, &room, 0, more).await?;
            one.command(json!({ "do": "publish", "source": "camera" })).await?;
            one.command(json!({ "do": "publish", "source": "microphone" })).await?;
            tokio::time::sleep(SETTLE).await;
            let before = one.command(json!({ "do": "report" })).await?;
            let started = Instant::now();
            let rows = count_usage_now(who, one.pid(), window, &figure).await;
            let after = one.command(json!({ "do": "report" })).await?;
            let seconds = started.elapsed().as_secs_f64();
            let frames = |report: &Value, seat: &String| report["people"][seat]["camera"]["frames"].as_f64();
            let fps = room.seats[1..]
                .iter()
                .filter_map(|seat| Some((frames(&after, seat)? - frames(&before, seat)?) / seconds));
            let fps = Row::new(figure("pictures of each"), who, fps.collect(), "frames/s");
            leave(one).await?;
            with(rows, fps)
        }
    };
    company.stop().await?;
    rows.sort_by(|a, b| a.figure.cmp(&b.figure));
    Ok(rows)
}

fn with(mut rows: Vec<Row>, row: Row) -> Vec<Row> {
    rows.push(row);
    rows
}

async fn count_usage(who: Who, pid: u32, window: Duration, figure: &dyn Fn(&str) -> String) -> Vec<Row> {
    tokio::time::sleep(SETTLE).await;
    count_usage_now(who, pid, window, figure).await
}

async fn count_usage_now(who: Who, pid: u32, window: Duration, figure: &dyn Fn(&str) -> String) -> Vec<Row> {
    let (started, before) = (Instant::now(), cpu_time(pid));
    tokio::time::sleep(window).await;
    let cores = cpu_time(pid).saturating_sub(before).as_secs_f64() / started.elapsed().as_secs_f64();
    vec![
        Row::new(figure("processor"), who, vec![cores], "cores"),
        Row::new(figure("memory (PSS)"), who, vec![pss_mb(pid)], "MB"),
    ]
}

/// Brings a browser into a seat.
pub(super) async fn enter(browser: &Chromium, server: &Server, room: &Room, seat: usize, more: Value) -> Result<Value> {
    let (url, token) = server.enter(&room.links[seat], "Chromium").await?;
    let mut command = json!({ "do": "join", "url": url, "token": token });
    if let (Some(command), Value::Object(more)) = (command.as_object_mut(), more) {
        command.extend(more);
    }
    browser.command(command).await
}

/// Ends a browser.
pub(super) async fn leave(browser: Chromium) -> Result<()> {
    browser.command(json!({ "do": "leave" })).await?;
    browser.close().await
}
