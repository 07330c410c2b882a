//! Saving recordings, files and whole sessions into the folder where people look for what they saved.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::StreamExt;
use tokio::{fs, io::AsyncWriteExt, sync::mpsc};
use visita_protocol::{
    ErrorCode, FileId, Problem, RecordingId, RoomId, SessionId,
    rest::Mp4State,
    view::{RecordingFormat, SavingView},
};

use super::{App, Internal, PastNews};
use crate::server::Api;

/// How often it is asked how much of an MP4 is made.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// Bytes after which it is told how much has come.
const TELL_EVERY: u64 = 512 * 1024;

/// Something that is being saved.
#[derive(Clone)]
pub(in crate::app) enum Saved {
    Recording { recording: RecordingId, format: RecordingFormat },
    File { file_id: FileId },
    Everything,
}

impl App {
    /// Saves something; pressed twice it comes once.
    pub(super) fn save(&mut self, what: Saved) {
        let Some((api, room, session)) = self.opened() else { return };
        let Some((name, size)) = self.name_and_size(&what) else { return };
        let first = match &what {
            Saved::Recording { format: RecordingFormat::Mp4, .. } => SavingView::Making { done: 0.0 },
            _ => SavingView::Fetching { done: 0.0 },
        };
        self.show_saving(&what, first);
        let teller = Teller { turn: self.past.open_turn, what, internal: self.internal.clone() };
        let folder = self.downloads();
        tokio::spawn(async move {
            let state = match save(&api, &room, &session, &teller, &folder, &name, size).await {
                Ok(path) => SavingView::Saved { path: path.to_string_lossy().into_owned() },
                Err(problem) => SavingView::Failed { problem },
            };
            teller.tell(state);
        });
    }

    /// As what it is saved, and about how many bytes it has; `None` when it is not there, or on its way already.
    fn name_and_size(&self, what: &Saved) -> Option<(String, f64)> {
        let kept = self.past.view.opened.as_ref()?;
        let under_way =
            |state: &Option<SavingView>| matches!(state, Some(SavingView::Making { .. } | SavingView::Fetching { .. }));
        let recorded = || kept.recordings.iter().map(|one| one.bytes).sum::<f64>();
        #[allow(clippy::cast_precision_loss, reason = "a file has at most 150 MB")]
        match what {
            Saved::Recording { recording, format } => {
                let one = kept.recordings.iter().find(|one| one.recording_id == *recording)?;
                let (state, ending) = match format {
                    RecordingFormat::Webm => (&one.webm, "webm"),
                    RecordingFormat::Mp4 => (&one.mp4, "mp4"),
                };
                (!under_way(state)).then(|| (format!("{}.{ending}", stem("recording", one.started_at_ms)), one.bytes))
            }
            Saved::File { file_id } => {
                let snapshots = kept.snapshots.iter().map(|one| &one.file);
                let file = kept.files.iter().chain(snapshots).find(|one| one.info.file_id == *file_id)?;
                Some((file.info.name.clone(), file.info.size as f64))
            }
            Saved::Everything => {
                let files = kept.files.iter().chain(kept.snapshots.iter().map(|one| &one.file));
                let bytes = recorded() + files.map(|one| one.info.size as f64).sum::<f64>();
                let name = format!("{}.zip", stem("session", kept.session.started_at_ms));
                (!under_way(&kept.export)).then_some((name, bytes))
            }
        }
    }
}

/// By its time, which says nothing of who was there.
fn stem(kind: &str, at_ms: f64) -> String {
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds of a time that a server told")]
    let at = time::OffsetDateTime::from_unix_timestamp((at_ms / 1000.0) as i64).ok();
    let format = time::macros::format_description!("[year]-[month]-[day]-[hour]-[minute]");
    let local = at.map(|at| time::UtcOffset::current_local_offset().map_or(at, |offset| at.to_offset(offset)));
    let at = local.and_then(|at| at.format(format).ok()).unwrap_or_default();
    format!("{kind}-{at}")
}

struct Teller {
    turn: u32,
    what: Saved,
    internal: mpsc::UnboundedSender<Internal>,
}

impl Teller {
    fn tell(&self, state: SavingView) {
        let (turn, what) = (self.turn, self.what.clone());
        let _ = self.internal.send(Internal::Past(PastNews::Saving { turn, what, state }));
    }
}

async fn save(
    api: &Api,
    room: &RoomId,
    session: &SessionId,
    teller: &Teller,
    folder: &Path,
    name: &str,
    mut size: f64,
) -> Result<PathBuf, Problem> {
    let path = match &teller.what {
        Saved::Recording { recording, format: RecordingFormat::Webm } => {
            format!("v2/rooms/{room}/recordings/{recording}/content")
        }
        Saved::Recording { recording, format: RecordingFormat::Mp4 } => {
            size = made(api, room, recording, teller).await?;
            format!("v2/rooms/{room}/recordings/{recording}/content?format=mp4")
        }
        Saved::File { file_id } => format!("v2/rooms/{room}/uploads/{file_id}/content"),
        Saved::Everything => format!("v2/rooms/{room}/sessions/{session}/export"),
    };
    fetch(api, &path, teller, folder, name, size).await
}

/// Waits until there is an MP4; answers its size in bytes.
async fn made(api: &Api, room: &RoomId, recording: &RecordingId, teller: &Teller) -> Result<f64, Problem> {
    let mut mp4 = api.make_mp4(room, recording).await?.mp4;
    loop {
        match mp4.state {
            #[allow(clippy::cast_precision_loss, reason = "no file has as many bytes as a double counts exactly")]
            Mp4State::Available => return Ok(mp4.bytes.unwrap_or(0) as f64),
            Mp4State::None | Mp4State::Making => teller.tell(SavingView::Making { done: mp4.progress }),
            Mp4State::Failed => return Err(Problem::new(ErrorCode::Internal, "the server could not make it")),
        }
        tokio::time::sleep(ASK_EVERY).await;
        mp4 = api.recording(room, recording).await?.mp4;
    }
}

async fn fetch(
    api: &Api,
    path: &str,
    teller: &Teller,
    folder: &Path,
    name: &str,
    size: f64,
) -> Result<PathBuf, Problem> {
    let response = api.fetch(path, None).await?;
    #[allow(clippy::cast_precision_loss, reason = "no file has as many bytes as a double counts exactly")]
    let size = response.content_length().map_or(size, |length| length as f64);
    // Half a file has a name of its own, that nobody takes for the whole.
    let part = folder.join(format!(".visita-{:016x}.part", rand::random::<u64>()));
    let written = write(response, &part, |bytes| {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a part of one")]
        let done = if size > 0.0 { (bytes as f64 / size).min(1.0) as f32 } else { 0.0 };
        teller.tell(SavingView::Fetching { done });
    });
    let saved = match written.await {
        Ok(()) => {
            let (folder, name, part) = (folder.to_owned(), name.to_owned(), part.clone());
            let kept = tokio::task::spawn_blocking(move || {
                let path = visita_call::save_beside(&folder, &name, b"")?;
                std::fs::rename(&part, &path)?;
                Ok(path)
            });
            kept.await
                .map_err(|_| unwritable(&"nobody there to do it"))?
                .map_err(|error: std::io::Error| unwritable(&error))
        }
        Err(problem) => Err(problem),
    };
    if saved.is_err() {
        let _ = fs::remove_file(&part).await;
    }
    saved
}

async fn write(response: reqwest::Response, part: &Path, tell: impl Fn(u64)) -> Result<(), Problem> {
    if let Some(folder) = part.parent() {
        fs::create_dir_all(folder).await.map_err(|error| unwritable(&error))?;
    }
    let expected = response.content_length();
    let mut file = fs::File::create(part).await.map_err(|error| unwritable(&error))?;
    let mut pieces = response.bytes_stream();
    let (mut received, mut told) = (0_u64, 0_u64);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| broken_off())?;
        received += piece.len() as u64;
        file.write_all(&piece).await.map_err(|error| unwritable(&error))?;
        if received - told >= TELL_EVERY {
            told = received;
            tell(received);
        }
    }
    file.flush().await.map_err(|error| unwritable(&error))?;
    if expected.is_some_and(|expected| expected != received) { Err(broken_off()) } else { Ok(()) }
}

fn broken_off() -> Problem {
    Problem::new(ErrorCode::ServerUnreachable, "the file broke off")
}

fn unwritable(error: &impl std::fmt::Display) -> Problem {
    tracing::info!(%error, "a file cannot be written");
    Problem::new(ErrorCode::Internal, "the file cannot be written")
}
