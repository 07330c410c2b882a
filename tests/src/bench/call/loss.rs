//! Datagrams that are lost on their way up: how well speech is understood, and how many pictures arrive.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use super::{
    Bench, Row, Who,
    company::{enter, leave},
    sound::{Recording, judged, speech},
};
use crate::{
    chromium::{Chromium, Setup},
    netns::Network,
    rooms::{Peer, Server, videos},
    sound::Sound,
};

const LOSSES: [u32; 4] = [0, 10, 20, 30];
/// The speech, and what it takes to come in and settle.
const LONG: Duration = Duration::from_secs(60);

/// All rates of loss.
pub(super) async fn all(bench: &Bench, who: Who) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for percent in LOSSES {
        rows.extend(at(bench, who, percent).await?);
    }
    Ok(rows)
}

async fn at(bench: &Bench, who: Who, percent: u32) -> Result<Vec<Row>> {
    let network = Network::new()?;
    network.lose_up(f64::from(percent) / 100.0)?;
    let sound = Sound::start().await?;
    let speech = speech(sound.folder()).await?;
    let server = Server::start_at(&bench.bins, network.here()).await?;
    let room = server.room(2).await?;
    let figure = |what: &str| format!("{what} at {percent} % loss");
    let wav = speech.display().to_string();
    let heard = sound.folder().join("heard.wav");
    let (heard, fps) = match who {
        Who::Ours => {
            let hearing = [&*room.links[1], "--camera", "none", "--mic", "none", "--speaker", "default"];
            let receiver = Peer::join_with(&bench.bins, None, &hearing, &[("PULSE_SERVER", sound.server())])?;
            let sender = Peer::join_with(&bench.bins, Some(&network), &[&room.links[0], "--mic", &wav], &[])?;
            let recording = Recording::start(&sound, "speaker", heard)?;
            tokio::time::sleep(LONG).await;
            let heard = recording.stop().await?;
            let report = receiver.stop().await?;
            sender.stop().await?;
            (heard, videos(&report).first().context("nothing was seen")?["fps"].as_f64())
        }
        Who::Chromium => {
            let setup = Setup { pulse: Some(sound.server()), ..Setup::default() };
            let receiver = Chromium::start_with(&setup).await?;
            enter(&receiver, &server, &room, 1, json!({})).await?;
            let setup = Setup { network: Some(&network), audio: Some(speech.clone()), ..Setup::default() };
            let sender = Chromium::start_with(&setup).await?;
            enter(&sender, &server, &room, 0, json!({})).await?;
            let recording = Recording::start(&sound, "speaker", heard)?;
            sender.command(json!({ "do": "publish", "source": "microphone", "raw": true })).await?;
            sender.command(json!({ "do": "publish", "source": "camera" })).await?;
            tokio::time::sleep(LONG).await;
            let heard = recording.stop().await?;
            let report = receiver.command(json!({ "do": "report" })).await?;
            leave(receiver).await?;
            leave(sender).await?;
            let frames = report["people"][&room.seats[0]]["camera"]["frames"].as_f64();
            (heard, frames.map(|frames| frames / LONG.as_secs_f64()))
        }
    };
    let scores = judged("pesq", &speech, &heard).await?;
    Ok(vec![
        Row::new(figure("PESQ"), who, mean(&scores).into_iter().collect(), ""),
        Row::new(figure("pictures"), who, fps.into_iter().collect(), "frames/s"),
    ])
}

#[allow(clippy::cast_precision_loss, reason = "a handful of scores")]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
