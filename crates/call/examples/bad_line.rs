//! Our sender on bad lines, in real time: how soon it sends 2 Mbit/s over an uplink of 5, how it gets through a dip from 3
//! Mbit/s to 500 kbit/s and back, and what arrives at 10 and 30 % of loss. A server, a sender behind a slow relay and a
//! receiver in one process; one line of JSON for each row.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use livekit_token::{AccessToken, VideoGrants};
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use visita_call::{
    Call, CallState, CameraChoice, FrameHub, JoinTarget, LocalMedia, MicrophoneChoice, SpeakerChoice,
    peer::{self, PeerOptions, Report, StreamReport},
};
use visita_protocol::{Bitrate, Secret, view::ConnectionView};
use visita_rtc::testing::{Conditions, Relay};
use visita_server::ServerConfig;

/// What counts as back at full quality.
const GOAL: u32 = 2_000;
const LOOK_EVERY: Duration = Duration::from_millis(100);

fn token(room: &str, identity: &str) -> anyhow::Result<Secret> {
    let grants = VideoGrants { room_join: true, room: room.to_owned(), ..VideoGrants::default() };
    let token = AccessToken::with_api_key("devkey", "secret").with_identity(identity).with_name(identity);
    Ok(token.with_grants(grants).to_jwt()?.into())
}

/// A sender behind a relay and a receiver without one.
struct Line {
    relay: Relay,
    call: Call,
    stop: watch::Sender<bool>,
    receiver: tokio::task::JoinHandle<Result<Report, peer::NotIn>>,
    _key_frames: mpsc::UnboundedSender<u32>,
    joined: Instant,
}

impl Line {
    async fn start(url: &str, room: &str, up: Conditions) -> anyhow::Result<Self> {
        let relay = Relay::start(url).await?;
        relay.set_up(up);
        let (stop, stopped) = watch::channel(false);
        let receiver = PeerOptions {
            target: JoinTarget::LiveKit { url: url.to_owned(), token: token(room, "receiver")? },
            camera: CameraChoice::None,
            microphone: MicrophoneChoice::None,
            speaker: SpeakerChoice::Null,
            share: None,
            stay: None,
            measure: true,
        };
        let receiver = tokio::spawn(peer::run(receiver, stopped));
        let (hub, _) = FrameHub::new();
        let tone = MicrophoneChoice::Tone(440.0);
        let media = Arc::new(LocalMedia::start(CameraChoice::Pattern, tone, SpeakerChoice::Null, hub.clone()));
        media.set_preview(None);
        let (key_frames, wanted) = mpsc::unbounded_channel();
        let target = JoinTarget::LiveKit { url: relay.url().to_owned(), token: token(room, "sender")? };
        let call = Call::join(target, media, hub, wanted);
        let mut state = call.watch();
        let inside = |state: &CallState| matches!(state, CallState::Running(view) if view.connection == ConnectionView::Connected);
        state.wait_for(inside).await?;
        Ok(Self { relay, call, stop, receiver, _key_frames: key_frames, joined: Instant::now() })
    }

    fn sent_kbps(&self) -> u32 {
        let stats = self.call.stats().unwrap_or_default();
        stats.sent.iter().flat_map(|track| &track.layers).map(|layer| layer.kbps).sum()
    }

    /// Seconds from `from` until the goal is sent, if within `limit`; and the most that was sent.
    async fn until_goal(&self, from: Instant, limit: Duration) -> (Option<f64>, u32) {
        let mut most = 0;
        while from.elapsed() < limit {
            most = most.max(self.sent_kbps());
            if most >= GOAL {
                return (Some((from.elapsed().as_secs_f64() * 10.0).round() / 10.0), most);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        (None, most)
    }

    async fn end(self) -> anyhow::Result<Value> {
        self.stop.send_replace(true);
        let report = self.receiver.await??;
        let video = report.streams.iter().find_map(|s| if let StreamReport::Video(v) = s { Some(v) } else { None });
        let sound = report.streams.iter().find_map(|s| if let StreamReport::Audio(a) = s { Some(a) } else { None });
        self.call.leave();
        Ok(json!({ "video": video, "sound": sound }))
    }
}

fn rate(kbps: u32) -> Conditions {
    Conditions { rate: Some(Bitrate::from_kbps(kbps)), delay: Duration::from_millis(20), ..Conditions::default() }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = visita_server::start(ServerConfig { dev: true, ..ServerConfig::default() }).await?;
    let url = server.url().as_str().replacen("http", "ws", 1);

    let line = Line::start(&url, "uplink", rate(5_000)).await?;
    let (to_goal, most) = line.until_goal(line.joined, Duration::from_secs(20)).await;
    let seen = line.end().await?;
    println!("{}", json!({ "row": "uplink of 5 Mbit/s", "to_2_mbit_s": to_goal, "most_kbps": most, "seen": seen }));

    let line = Line::start(&url, "dip", rate(3_000)).await?;
    let (before, _) = line.until_goal(line.joined, Duration::from_secs(20)).await;
    line.relay.set_up(rate(500));
    tokio::time::sleep(Duration::from_secs(8)).await;
    let during = line.sent_kbps();
    line.relay.set_up(rate(3_000));
    let (back, most) = line.until_goal(Instant::now(), Duration::from_secs(40)).await;
    let seen = line.end().await?;
    let row = "3 Mbit/s, 500 kbit/s for 8 s, 3 Mbit/s";
    println!(
        "{}",
        json!({ "row": row, "before_s": before, "during_kbps": during, "back_s": back, "most_kbps": most, "seen": seen })
    );

    for loss in [0.1, 0.3] {
        let conditions = Conditions { loss, delay: Duration::from_millis(20), ..Conditions::default() };
        let line = Line::start(&url, &format!("loss-{loss}"), conditions).await?;
        tokio::time::sleep(Duration::from_secs(15)).await;
        let sent = line.sent_kbps();
        let seen = line.end().await?;
        println!("{}", json!({ "row": "random loss", "loss": loss, "sent_kbps": sent, "seen": seen }));
    }
    server.stop().await;
    Ok(())
}
