//! Records a room: a hidden participant that only receives, composes the picture, mixes the sound and writes a file.
//!
//! ```text
//! rtc ─► session ─► studio ─┬─ pictures: decode what is shown, compose ─► encode ─┬─► file (WebM)
//!        (who may be seen)  └─ sound: jitter buffers, mix, encode ────────────────┘
//! ```
//!
//! Whom it may record is told by the server ([`visita_protocol::recorder`]); nothing else is subscribed to. One process
//! makes one recording.

mod avc;
mod clock;
pub mod compose;
pub mod composition;
mod file;
mod floor;
pub mod mp4;
mod pictures;
mod production;
mod report;
mod session;
mod sound;
mod stop;
mod studio;
mod taker;
pub mod tracks;
pub mod webm;

use std::{sync::Arc, time::Instant};

use compose::Composer;
use tokio::sync::mpsc::UnboundedReceiver;
use visita_protocol::PixelSize;
use visita_protocol::recorder::{RecordedTrack, RecorderEnd, RecorderJob, RecorderOrder, RecorderReport};

pub use report::Reports;

use file::{FileEnd, Written};
use production::Production;
use session::{Door, Session};
use taker::Taker;
use tracks::Tracks;

/// Does a job to its end; reports go to `reports`, the last of them [`RecorderReport::Ended`]. When `orders` ends, so does
/// the recording.
pub async fn record(job: RecorderJob, mut orders: UnboundedReceiver<RecorderOrder>, reports: Reports) -> RecorderEnd {
    let door = Door { url: job.url.clone(), token: job.token.clone() };
    // Looking through the system's fonts takes a while: before the recording's time begins, and beside the join.
    let composer = (!job.tracks).then(|| {
        let (size, layout) = (PixelSize::new(job.width.into(), job.height.into()), job.layout);
        let (title, language) = (job.title.clone(), job.language.clone());
        tokio::task::spawn_blocking(move || Composer::new(size, &title, &language, layout))
    });
    let Some((joined, early)) = enter(&door, &mut orders, &reports).await else { return RecorderEnd::Failed };
    let composer = match composer {
        Some(composing) => composing.await.map(Some),
        None => Ok(None),
    };
    let Ok(composer) = composer else {
        ended(&reports, RecorderEnd::Failed);
        return RecorderEnd::Failed;
    };
    let work = match Work::begin(&job, composer, Instant::now(), &reports) {
        Ok(work) => work,
        Err(reason) => {
            ended(&reports, reason);
            return reason;
        }
    };
    reports.send(RecorderReport::Started { at_ms: unix_ms() });
    // The newest word about people holds, all else as it came.
    let people = early.iter().rev().find_map(|order| match order {
        RecorderOrder::People { people } => Some(people.clone()),
        _ => None,
    });
    let people = people.unwrap_or(job.people);
    let mut session = Session::new(door, work.taker(), reports.clone(), work.written(), people);
    for order in early.into_iter().filter(|order| !matches!(order, RecorderOrder::People { .. })) {
        session.on_order(Some(order));
    }
    let told = session.run(joined, &mut orders, work.over()).await;
    let (end, tracks) = work.end().await;
    let reason = end.reason.unwrap_or(told);
    let (recorded_ms, bytes) = (end.file.duration_ms, end.file.bytes);
    reports.send(RecorderReport::Ended { reason, recorded_ms, bytes, tracks });
    reason
}

/// What is made of the room.
enum Work {
    /// One picture with one sound.
    Production(Production),
    /// Each track by itself.
    Tracks(Tracks),
}

impl Work {
    /// With a composer one picture is made, without one each track is written.
    fn begin(
        job: &RecorderJob,
        composer: Option<Composer>,
        begin: Instant,
        reports: &Reports,
    ) -> Result<Self, RecorderEnd> {
        match composer {
            Some(composer) => Production::begin(job, composer, begin, reports).map(Self::Production),
            None => Tracks::begin(job, begin, reports).map(Self::Tracks),
        }
    }

    fn taker(&self) -> Arc<dyn Taker> {
        match self {
            Self::Production(production) => production.taker(),
            Self::Tracks(tracks) => tracks.taker(),
        }
    }

    fn written(&self) -> Written {
        match self {
            Self::Production(production) => production.written(),
            Self::Tracks(tracks) => tracks.written(),
        }
    }

    async fn over(&self) {
        match self {
            Self::Production(production) => production.over().await,
            Self::Tracks(tracks) => tracks.over().await,
        }
    }

    async fn end(self) -> (FileEnd, Vec<RecordedTrack>) {
        match self {
            Self::Production(production) => (production.end().await, Vec::new()),
            Self::Tracks(tracks) => tracks.end().await,
        }
    }
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
