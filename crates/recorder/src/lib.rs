//! Records a room: a hidden participant that only receives, composes the picture, mixes the sound and writes a file.
//!
//! ```text
//! rtc ─► session ─► studio ─┬─ pictures: decode what is shown, compose ─► encode ─┬─► file (WebM)
//!        (who may be seen)  └─ sound: jitter buffers, mix, encode ────────────────┘
//! ```
//!
//! Whom it may record is told by the server ([`visita_protocol::recorder`]); nothing else is subscribed to. One process
//! makes one recording.

mod clock;
pub mod compose;
mod file;
mod floor;
mod pictures;
mod report;
mod session;
mod sound;
mod stop;
mod studio;
mod taker;
pub mod webm;

mod production;

use std::{sync::Arc, time::Instant};

use tokio::sync::mpsc::UnboundedReceiver;
use visita_protocol::recorder::{RecorderEnd, RecorderJob, RecorderOrder, RecorderReport};

pub use report::Reports;

use production::Production;
use session::{Door, Session};

/// Does a job to its end; reports go to `reports`, the last of them [`RecorderReport::Ended`]. When `orders` ends, so does
/// the recording.
pub async fn record(job: RecorderJob, mut orders: UnboundedReceiver<RecorderOrder>, reports: Reports) -> RecorderEnd {
    let door = Door { url: job.url.clone(), token: job.token.clone() };
    let Some((joined, early)) = enter(&door, &mut orders, &reports).await else { return RecorderEnd::Failed };
    let begin = Instant::now();
    let production = match Production::begin(&job, begin, &reports) {
        Ok(production) => production,
        Err(reason) => {
            ended(&reports, reason);
            return reason;
        }
    };
    reports.send(RecorderReport::Started { at_ms: unix_ms() });
    let people = early.into_iter().rev().find_map(|order| match order {
        RecorderOrder::People { people } => Some(people),
        _ => None,
    });
    let taker = production.taker();
    let written = production.written();
    let session = Session::new(door, Arc::clone(&taker), reports.clone(), written, people.unwrap_or(job.people));
    let told = session.run(joined, &mut orders, production.over()).await;
    let end = production.end().await;
    let reason = end.reason.unwrap_or(told);
    reports.send(RecorderReport::Ended {
        reason,
        recorded_ms: end.file.duration_ms,
        bytes: end.file.bytes,
        tracks: Vec::new(),
    });
    reason
}

/// Joins, unless it is told to stop meanwhile; answers the other orders that came.
async fn enter(
    door: &Door,
    orders: &mut UnboundedReceiver<RecorderOrder>,
    reports: &Reports,
) -> Option<(session::Joined, Vec<RecorderOrder>)> {
    let mut early = Vec::new();
    let entering = door.enter_first();
    tokio::pin!(entering);
    loop {
        tokio::select! {
            entered = &mut entering => match entered {
                Ok(joined) => return Some((joined, early)),
                Err(error) => {
                    tracing::warn!(%error, "not in");
                    break;
                }
            },
            order = orders.recv() => match order {
                None | Some(RecorderOrder::Stop) => break,
                Some(order) => early.push(order),
            },
        }
    }
    ended(reports, RecorderEnd::Failed);
    None
}

fn ended(reports: &Reports, reason: RecorderEnd) {
    reports.send(RecorderReport::Ended { reason, recorded_ms: 0, bytes: 0, tracks: Vec::new() });
}

fn unix_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
