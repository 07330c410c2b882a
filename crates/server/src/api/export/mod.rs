//! All that is kept of a session in one zip file, written as it is sent: recordings, files, snapshots, chat, boards and the
//! answers to being recorded.

use std::{
    collections::{HashMap, HashSet},
    pin::Pin,
    task::{Context, Poll, ready},
};

use async_zip::{
    Compression, ZipDateTime, ZipDateTimeBuilder, ZipEntryBuilder, base::write::ZipFileWriter, error::ZipError,
};
use axum::{
    body::Body as HttpBody,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_lite::io::{AsyncWrite, AsyncWriteExt};
use futures_util::{Stream, StreamExt};
use serde::Serialize;
use time::OffsetDateTime;
use tokio::sync::mpsc;
use tokio_util::sync::PollSender;
use visita_protocol::{
    ErrorBody,
    board::{Item, ROOM_BOARD, Shape},
    channel::{ChatMessage, FileInfo, FilePurpose},
    composition::CompositionState,
    rest::{KeptBoard, RecordingConsent},
    view::{RecordingFileState, RecordingFormat},
};
use visita_room::Timestamp;

mod drawn;

use super::{
    caller::Caller,
    compositions::composition_file_name,
    kept,
    recordings::{file_name, track_file_name},
    sessions,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Path},
    files::{self, KeepError},
    recordings,
    store::{
        CompositionsOf, Page, RecordingsOf, StoredComposition, StoredFile, StoredRecording, StoredSession, StoredTrack,
    },
};

/// Pieces that wait for a slow client.
const AHEAD: usize = 8;
/// Largest piece, in bytes.
const PIECE: usize = 256 * 1024;
/// Largest picture that is put into the picture of a board, in bytes.
const LARGEST_INSIDE: u64 = 16 * 1024 * 1024;
/// All pictures that are put into the drawings of one export, in bytes: each is in `files/` or `snapshots/` too.
const MOST_INSIDE: u64 = 256 * 1024 * 1024;
/// The whole list: what is kept of one session.
const EVERYTHING: Page = Page { limit: u32::MAX, offset: 0 };

/// Fetches all that is kept of a session in one zip file. An entry in the audit log.
///
/// `recordings/`, `recordings/tracks/`, `compositions/`, `files/` and `snapshots/` have the files, `boards/` a picture of each page and of each snapshot that was
/// drawn on (SVG), `chat.txt` and `chat.json` the chat, `boards.json` what lies on the room's boards, `consents.json` the
/// answers to being recorded.
#[utoipa::path(get, path = "/v2/rooms/{room_id}/sessions/{session_id}/export", tag = "Sessions",
    security(("apikey" = []), ("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("session_id" = String, Path, description = "The session")), responses(
    (status = 200, description = "The zip file, whose length is not known before", body = Vec<u8>, content_type = "application/zip"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, and not the one who made the room", body = ErrorBody),
    (status = 404, description = "No such room or session", body = ErrorBody)))]
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Path((room_id, session_id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let (session, _) = sessions::find(&app, &caller, room_id, session_id).await?;
    let all = All::of(&app, &caller, &session).await?;
    let entry = Entry::by(&caller, "session_exported").room(&session.room_id).session(&session.session_id);
    app.audit.write(entry).await?;
    let name = format!("session-{}.zip", to_rfc3339(session.started_at).get(..10).unwrap_or_default());
    let (sender, mut pieces) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        // Half a zip file has to look like one: the answer is cut off rather than ended.
        if let Err(error) = all.write(&app, Pipe(PollSender::new(sender.clone()))).await {
            tracing::info!(%error, "an export broke off");
            let _ = sender.send(Err(std::io::Error::other("broken off"))).await;
        }
    });
    let stream = futures_util::stream::poll_fn(move |context| pieces.poll_recv(context));
    let mut response = HttpBody::from_stream(stream).into_response();
    let headers = response.headers_mut();
    files::set(headers, header::CONTENT_TYPE, "application/zip");
    files::set(headers, header::CONTENT_DISPOSITION, &files::disposition("attachment", &name));
    files::set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    files::set(headers, header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// Why an export came to no end.
#[derive(Debug, thiserror::Error)]
enum ExportError {
    #[error("{0}")]
    Zip(#[from] ZipError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error("object store: {0}")]
    Read(#[from] object_store::Error),
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

/// All that is kept of a session, short of the bytes of files.
struct All {
    session: StoredSession,
    recordings: Vec<StoredRecording>,
    tracks: Vec<StoredTrack>,
    compositions: Vec<StoredComposition>,
    files: Vec<StoredFile>,
    chat: Vec<ChatMessage>,
    boards: Vec<KeptBoard>,
    consents: Vec<RecordingConsent>,
}

impl All {
    async fn of(app: &App, caller: &Caller, session: &StoredSession) -> Result<Self, ApiError> {
        let of = RecordingsOf { session: Some(&session.session_id), ..RecordingsOf::default() };
        let compositions = CompositionsOf { session: Some(session.session_id.clone()), ..CompositionsOf::default() };
        let store = &app.store;
        let company = &caller.company().id;
        Ok(Self {
            session: session.clone(),
            recordings: store.recordings(company, of, EVERYTHING).await?.items,
            tracks: store.tracks_of_session(&session.session_id).await?,
            compositions: store.compositions(company, &compositions, EVERYTHING).await?.items,
            files: store.files(&session.room_id, Some(&session.session_id), EVERYTHING).await?.items,
            chat: store.chat_of_session(&session.session_id, None, EVERYTHING).await?.items,
            boards: kept::boards_of(app, &session.room_id).await?,
            consents: sessions::consents_of(app, session).await?,
        })
    }

    async fn write(&self, app: &App, to: Pipe) -> Result<(), ExportError> {
        let mut zip = ZipFileWriter::new(to);
        let mut names = HashSet::new();
        let available = |one: &&StoredRecording| one.state == RecordingFileState::Available && !one.tracks;
        for recording in self.recordings.iter().filter(available) {
            let name = free(&mut names, "recordings", &file_name(recording, RecordingFormat::Webm));
            let bytes = app.files.read_key(&recordings::key(recording, RecordingFormat::Webm), None).await?;
            stream(&mut zip, &name, recording.started_at, bytes).await?;
        }
        for track in &self.tracks {
            let Some(recording) = self.recordings.iter().find(|one| one.recording_id == track.recording_id) else {
                continue;
            };
            let name = free(&mut names, "recordings/tracks", &track_file_name(track));
            let bytes = app.files.read_key(&recordings::track_key(recording, &track.track_id), None).await?;
            stream(&mut zip, &name, track.begun_at, bytes).await?;
        }
        for composition in self.compositions.iter().filter(|one| one.state == CompositionState::Completed) {
            let name = free(&mut names, "compositions", &composition_file_name(composition));
            let bytes = app.files.read_key(&recordings::composition_key(composition), None).await?;
            stream(&mut zip, &name, composition.created_at, bytes).await?;
        }
        for file in &self.files {
            let Some(info) = &file.info else { continue };
            let folder = if info.purpose == FilePurpose::Snapshot { "snapshots" } else { "files" };
            let name = free(&mut names, folder, &info.name);
            let bytes = app.files.read(&file.room_id, &file.file_id, None).await?;
            stream(&mut zip, &name, file.created_at, bytes).await?;
        }
        let at = self.session.ended_at.unwrap_or(self.session.started_at);
        let mut left = MOST_INSIDE;
        for (name, items, under) in self.boards.iter().flat_map(|board| self.drawings(board)) {
            let name = free(&mut names, "boards", &name);
            let drawing = self.drawing(app, &items, under, &mut left).await;
            whole(&mut zip, &name, at, drawing.into_bytes()).await?;
        }
        whole(&mut zip, "chat.txt", at, self.chat_as_text().into_bytes()).await?;
        json(&mut zip, "chat.json", at, &self.chat).await?;
        json(&mut zip, "boards.json", at, &self.boards).await?;
        json(&mut zip, "consents.json", at, &self.consents).await?;
        let mut to = zip.close().await?;
        to.close().await?;
        Ok(())
    }

    /// What is drawn of a board, with names: a page each, or what was drawn on a picture of this session.
    fn drawings<'a>(&'a self, board: &'a KeptBoard) -> Vec<(String, Vec<&'a Item>, Option<&'a FileInfo>)> {
        if board.board_id.as_str() == ROOM_BOARD {
            let page = |n: u32| board.items.iter().filter(|item| item.page == n).collect::<Vec<_>>();
            let pages = (0..board.pages).map(|n| (format!("whiteboard-{}.svg", n + 1), page(n), None));
            return pages.filter(|(_, items, _)| !items.is_empty()).collect();
        }
        let mut infos = self.files.iter().filter_map(|file| file.info.as_ref());
        let Some(info) = infos.find(|info| info.file_id.as_str() == board.board_id.as_str()) else { return Vec::new() };
        let stem = info.name.rsplit_once('.').map_or(info.name.as_str(), |(stem, _)| stem);
        vec![(format!("{stem}-drawn.svg"), board.items.iter().collect(), Some(info))]
    }

    /// One drawing, with the pictures in it for as long as `left` bytes of them last.
    async fn drawing(&self, app: &App, items: &[&Item], under: Option<&FileInfo>, left: &mut u64) -> String {
        let under = match under {
            Some(info) => {
                let size = info.size_px.unwrap_or_default();
                Some(drawn::Under { picture: self.as_url(app, info, left).await, size })
            }
            None => None,
        };
        let mut pictures = HashMap::new();
        for item in items {
            let Shape::Picture { file_id, .. } = &item.shape else { continue };
            if pictures.contains_key(file_id) {
                continue;
            }
            let file = app.store.file(file_id).await.ok().flatten();
            let info = file.filter(|file| file.room_id == self.session.room_id).and_then(|file| file.info);
            let url = match &info {
                Some(info) => self.as_url(app, info, left).await,
                None => None,
            };
            pictures.insert(file_id.clone(), url);
        }
        drawn::page(items, under.as_ref(), &pictures)
    }

    /// A picture as it is put into another; `None` when it is none, too large, or not there any more.
    async fn as_url(&self, app: &App, info: &FileInfo, left: &mut u64) -> Option<String> {
        if info.size > LARGEST_INSIDE || info.size_px.is_none() {
            return None;
        }
        *left = left.checked_sub(info.size)?;
        let mut stream = std::pin::pin!(app.files.read(&self.session.room_id, &info.file_id, None).await.ok()?);
        let mut bytes = Vec::new();
        while let Some(piece) = stream.next().await {
            bytes.extend_from_slice(&piece.ok()?);
        }
        Some(format!("data:{};base64,{}", info.media_type, STANDARD.encode(bytes)))
    }

    fn chat_as_text(&self) -> String {
        let line = |message: &ChatMessage| {
            let at = to_rfc3339(Timestamp::from_unix_ms(message.at_ms));
            let written = message.file.as_ref().map_or(message.text.as_str(), |file| file.name.as_str());
            format!("{at}  {}: {written}\n", message.from_name)
        };
        self.chat.iter().map(line).collect()
    }
}

/// A name that no other file in the zip has.
fn free(names: &mut HashSet<String>, folder: &str, name: &str) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let numbered = (2..).map(|n| format!("{folder}/{stem} ({n}){ending}"));
    let mut candidates = std::iter::once(format!("{folder}/{name}")).chain(numbered);
    // Large and small letters are the same on some computers.
    let free = candidates.find(|name| names.insert(name.to_lowercase()));
    free.unwrap_or_else(|| format!("{folder}/{name}"))
}

async fn stream<S>(zip: &mut ZipFileWriter<Pipe>, name: &str, at: Timestamp, bytes: S) -> Result<(), ExportError>
where
    S: Stream<Item = Result<Bytes, object_store::Error>>,
{
    let mut writer = zip.write_entry_stream(entry(name, at)).await?;
    let mut bytes = std::pin::pin!(bytes);
    while let Some(piece) = bytes.next().await {
        writer.write_all(&piece?).await?;
    }
    Ok(writer.close().await?)
}

async fn json(
    zip: &mut ZipFileWriter<Pipe>,
    name: &str,
    at: Timestamp,
    value: &impl Serialize,
) -> Result<(), ExportError> {
    whole(zip, name, at, serde_json::to_vec_pretty(value)?).await
}

async fn whole(zip: &mut ZipFileWriter<Pipe>, name: &str, at: Timestamp, bytes: Vec<u8>) -> Result<(), ExportError> {
    Ok(zip.write_entry_whole(entry(name, at), &bytes).await?)
}

/// With its time, which a zip file has in no zone: UTC.
fn entry(name: &str, at: Timestamp) -> ZipEntryBuilder {
    let seconds = i64::try_from(at.unix_ms() / 1000).unwrap_or_default();
    let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let date: ZipDateTime = ZipDateTimeBuilder::new()
        .year(at.year())
        .month(u8::from(at.month()).into())
        .day(at.day().into())
        .hour(at.hour().into())
        .minute(at.minute().into())
        .second(at.second().into())
        .build();
    ZipEntryBuilder::new(name.into(), Compression::Stored).last_modification_date(date)
}

/// The way of what is written into the answer, no faster than it is read.
struct Pipe(PollSender<std::io::Result<Bytes>>);

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        let gone = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        ready!(self.0.poll_reserve(context)).map_err(|_| gone())?;
        let piece = bytes.get(..PIECE).unwrap_or(bytes);
        self.0.send_item(Ok(Bytes::copy_from_slice(piece))).map_err(|_| gone())?;
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        self.0.close();
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_files_have_one_name() {
        let mut names = HashSet::new();
        let mut free = |name| free(&mut names, "files", name);
        assert_eq!(free("scan.pdf"), "files/scan.pdf");
        assert_eq!(free("Scan.pdf"), "files/Scan (2).pdf");
        assert_eq!(free("scan.pdf"), "files/scan (3).pdf");
        assert_eq!((free("note"), free("note")), ("files/note".into(), "files/note (2)".into()));
    }
}
