//! Two participants, each with somebody else's client or our own peer, that must see and hear each other.

use std::{fmt, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    clients::{Client, Kind},
    rooms::{Peer, Room, Server, sounds, videos},
};

/// Tone of our own peer, Hz.
const OUR_TONE: f64 = 500.0;

/// Whose client sits on a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// `visita-peer`.
    Us,
    /// One of LiveKit's own.
    Them(Kind),
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Us => f.write_str("visita-peer"),
            Self::Them(kind) => kind.fmt(f),
        }
    }
}

impl Who {
    /// Everybody.
    pub const ALL: [Self; 4] = [Self::Us, Self::Them(Kind::Python), Self::Them(Kind::Node), Self::Them(Kind::Chromium)];

    /// Why it cannot be tried here; none when it can.
    pub fn missing(self) -> Option<String> {
        match self {
            Self::Us => None,
            Self::Them(kind) => kind.missing(),
        }
    }

    /// The tone it sends, Hz; none for a browser, whose fake microphone beeps.
    fn tone(self) -> Option<f64> {
        match self {
            Self::Us => Some(OUR_TONE),
            Self::Them(Kind::Python) => Some(880.0),
            Self::Them(Kind::Node) => Some(660.0),
            Self::Them(Kind::Chromium) => None,
        }
    }
}

enum Seated {
    Us(Box<Peer>),
    Them(Client),
}

/// Comes in by a seat's link and sends camera and microphone.
pub async fn enter(server: &Server, room: &Room, seat: usize, kind: Kind) -> Result<Client> {
    let (url, token) = server.enter(&room.links[seat], &kind.to_string()).await?;
    Client::join_sending(kind, &url, &token).await
}

/// Puts two on the seats of a new room and waits until each has decoded the other's pictures and heard its sound.
pub async fn pair(bins: &Path, server: &Server, pair: [Who; 2]) -> Result<()> {
    let room = server.room(2).await?;
    let mut seated = Vec::new();
    for (seat, who) in pair.into_iter().enumerate() {
        seated.push(match who {
            Who::Us => {
                let tone = OUR_TONE.to_string();
                Seated::Us(Box::new(Peer::join(
                    bins,
                    &[&room.links[seat], "--name", "visita-peer", "--tone-hz", &tone],
                )?))
            }
            Who::Them(kind) => Seated::Them(enter(server, &room, seat, kind).await?),
        });
    }
    for (me, other) in [(0, 1), (1, 0)] {
        if let Seated::Them(client) = &seated[me] {
            sees_and_hears(client, &room.seats[other], pair[other]).await?;
        }
    }
    for (me, seated) in seated.into_iter().enumerate() {
        match seated {
            Seated::Us(peer) => {
                let report = if pair == [Who::Us; 2] { patient(*peer).await? } else { peer.stop().await? };
                reported(&report, &room.seats[1 - me], pair[1 - me])?;
            }
            Seated::Them(client) => client.end().await?,
        }
    }
    Ok(())
}

/// Two of our own have nobody who waits for them.
async fn patient(peer: Peer) -> Result<Value> {
    tokio::time::sleep(Duration::from_secs(5)).await;
    peer.stop().await
}

async fn sees_and_hears(client: &Client, seat: &str, who: Who) -> Result<()> {
    // More than the other is asked for, which came in at the same time and reports when this is done.
    client.sees_pictures(seat, "camera", 75).await?;
    match who.tone() {
        Some(hz) => client.hears(seat, hz).await?,
        None => {
            client
                .sees("a sound", Duration::from_secs(20), |report| {
                    let level = report["people"][seat]["microphone"]["level_db"].as_f64()?;
                    (level > -60.0).then_some(())
                })
                .await?;
        }
    }
    let report = client.report().await?;
    ensure!(report["people"][seat]["name"] == who.to_string(), "the name did not arrive: {report}");
    Ok(())
}

/// What a report of our own peer must say of somebody.
pub fn reported(report: &Value, seat: &str, who: Who) -> Result<()> {
    let of = |streams: Vec<Value>| streams.into_iter().find(|stream| stream["participant"] == seat);
    let video = of(videos(report)).with_context(|| format!("no picture of {who}: {report}"))?;
    ensure!(video["frames"].as_u64().unwrap_or(0) > 30, "too few pictures of {who}: {report}");
    let sound = of(sounds(report)).with_context(|| format!("no sound of {who}: {report}"))?;
    if let Some(hz) = who.tone() {
        let heard = sound["tone_hz"].as_f64().unwrap_or(0.0);
        ensure!((heard - hz).abs() < hz * 0.03, "{who}'s tone was not heard: {report}");
    }
    Ok(())
}
