//! Files on their way up and down. An upload goes on where it broke off, on whatever line to the room there is by then; what
//! comes down is a file only when all of it is here.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt;
use parking_lot::Mutex;
use reqwest::{Method, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::{
    fs,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt, SeekFrom},
    sync::{mpsc, oneshot},
};
use url::Url;
use visita_protocol::{
    ErrorBody, ErrorCode, FileId, ParticipantId, Problem, Secret,
    channel::{FileInfo, FilePurpose},
    view::FileState,
};

use super::snapshot::Shot;
use crate::entry::{http_client, not_understood, unreachable};

/// One piece of an upload. Smaller ones lose less when the line breaks, larger ones cost fewer round trips.
const PIECE: usize = 512 * 1024;
/// A piece takes longer than this on a line that carries nothing any more.
const PIECE_TIME: Duration = Duration::from_secs(25);
/// How often an upload tries again before it asks the person to.
const TRIES: u32 = 8;
const RETRY_FIRST: Duration = Duration::from_millis(300);
const RETRY_MAX: Duration = Duration::from_secs(8);
/// Largest picture that is shown in the page.
const MOST_SHOWN: u64 = 40 * 1024 * 1024;

/// What becomes of files.
#[derive(Debug)]
pub(super) enum FileEvent {
    /// So many bytes of mine are there.
    Sent { key: String, sent: u64 },
    /// It did not get there.
    Failed { key: String, problem: Problem },
    /// Where a file stands that is fetched.
    Fetched { file_id: FileId, state: FileState },
    /// A snapshot was taken, and lies there.
    Snapped { file: PathBuf, shot: Shot },
    /// It could not be taken.
    NotSnapped { stream: u32 },
}

/// What is to be shared.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) path: PathBuf,
    pub(super) name: String,
    pub(super) size: u64,
    pub(super) purpose: FilePurpose,
    /// Whose stream a snapshot shows.
    pub(super) of: Option<ParticipantId>,
    /// It shows the screen they share.
    pub(super) of_screen: bool,
    pub(super) key: String,
    /// A copy that was made for sharing it, and goes when it is shared.
    pub(super) ours: bool,
}

/// Where files are, and as whom. Changes with each line to the room.
#[derive(Clone, Debug)]
struct At {
    base: Url,
    token: Secret,
}

/// The files of a room, as far as this seat may. Cheap to clone.
#[derive(Clone, Default)]
pub struct FileClient {
    at: Arc<Mutex<Option<At>>>,
}

#[derive(Deserialize)]
struct Begun {
    file_id: FileId,
    offset: u64,
}

impl FileClient {
    /// A new line to the room: where its channel is, and the token of it.
    pub(super) fn set(&self, channel_url: &str, token: &Secret) {
        let base = channel_url.strip_prefix("ws").and_then(|rest| Url::parse(&format!("http{rest}")).ok());
        let base = base.and_then(|url| url.join(".").ok());
        *self.at.lock() = base.map(|base| At { base, token: token.clone() });
    }

    /// A file that is a picture, or the small picture of any.
    ///
    /// # Errors
    /// [`Problem`] where there is none, or it may not be seen.
    pub async fn picture(&self, file_id: &FileId, large: bool) -> Result<(String, Vec<u8>), Problem> {
        let path = if large { format!("files/{file_id}") } else { format!("files/{file_id}/thumbnail") };
        let response = answered(self.call(Method::GET, &path, |request| request).await?).await?;
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let shown = kind.starts_with("image/") || kind == "application/pdf";
        if !shown || response.content_length().is_some_and(|length| length > MOST_SHOWN) {
            return Err(Problem::new(ErrorCode::NotFound, "nothing that is shown"));
        }
        Ok((kind, response.bytes().await.map_err(unreachable)?.to_vec()))
    }

    /// Shares a file under a name and waits until it is there.
    ///
    /// # Errors
    /// [`Problem`] where it cannot be read, is refused, or the line does not come back.
    pub async fn put(&self, path: PathBuf, name: String, purpose: FilePurpose) -> Result<FileInfo, Problem> {
        let known = fs::metadata(&path).await;
        let size = known.map_err(|_| Problem::new(ErrorCode::NotFound, "there is no such file"))?.len();
        let key = format!("{:032x}", rand::random::<u128>());
        let (events, _) = mpsc::unbounded_channel();
        self.persist(&Upload { path, name, size, purpose, of: None, of_screen: false, key, ours: false }, &events).await
    }

    /// An upload is not to be: neither here nor on the server is anything left of it.
    pub(super) async fn forget(self, upload: Upload) {
        if let Ok(begun) = self.begin(&upload).await {
            let _ = self.delete(&begun.file_id).await;
        }
        if upload.ours {
            let _ = fs::remove_file(&upload.path).await;
        }
    }

    /// Begins an upload, or finds it again.
    async fn begin(&self, upload: &Upload) -> Result<Begun, Problem> {
        let wanted = json!({ "name": upload.name, "size": upload.size, "purpose": upload.purpose, "of": upload.of,
            "of_screen": upload.of_screen, "key": upload.key });
        let begun = self.call(Method::POST, "files", |request| request.json(&wanted)).await?;
        answered(begun).await?.json().await.map_err(|_| not_understood())
    }

    /// Deletes a file for everybody.
    pub(super) async fn delete(&self, file_id: &FileId) -> Result<(), Problem> {
        answered(self.call(Method::DELETE, &format!("files/{file_id}"), |request| request).await?).await.map(drop)
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        with: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Result<Response, Problem> {
        let none = || Problem::new(ErrorCode::ServerUnreachable, "there is no line to the room");
        let at = self.at.lock().clone().ok_or_else(none)?;
        let url = at.base.join(path).map_err(|_| none())?;
        let request = client()?.request(method, url).bearer_auth(at.token.expose());
        with(request).send().await.map_err(unreachable)
    }

    /// Shares a file, until it is there or cannot be.
    pub(super) async fn upload(self, upload: Upload, events: mpsc::UnboundedSender<FileEvent>) {
        match self.persist(&upload, &events).await {
            Ok(_) if upload.ours => drop(fs::remove_file(&upload.path).await),
            Ok(_) => {}
            Err(problem) => drop(events.send(FileEvent::Failed { key: upload.key, problem })),
        }
    }

    /// Tries again what passes.
    async fn persist(&self, upload: &Upload, events: &mpsc::UnboundedSender<FileEvent>) -> Result<FileInfo, Problem> {
        let mut retry = RETRY_FIRST;
        let mut tries = 0;
        let mut reached = 0;
        loop {
            let problem = match self.try_upload(upload, events, &mut reached).await {
                Ok(info) => return Ok(info),
                Err(problem) => problem,
            };
            // Getting further is a reason to go on trying.
            tries = if std::mem::take(&mut reached) > 0 { 1 } else { tries + 1 };
            let passes = matches!(
                problem.code,
                ErrorCode::ServerUnreachable | ErrorCode::ServerNotUnderstood | ErrorCode::RateLimited
            )
                // While the line to the room is made again, nobody is in from there.
                || matches!(problem.code, ErrorCode::Forbidden | ErrorCode::Unauthorized) && tries < TRIES / 2;
            if !passes || tries >= TRIES {
                return Err(problem);
            }
            tokio::time::sleep(retry).await;
            retry = (retry * 2).min(RETRY_MAX);
        }
    }

    async fn try_upload(
        &self,
        upload: &Upload,
        events: &mpsc::UnboundedSender<FileEvent>,
        reached: &mut u64,
    ) -> Result<FileInfo, Problem> {
        let unreadable = |error: std::io::Error| {
            tracing::info!(%error, "a file cannot be read");
            Problem::new(ErrorCode::NotFound, "the file cannot be read")
        };
        let Begun { file_id, offset } = self.begin(upload).await?;
        let path = format!("files/{file_id}");
        let mut file = fs::File::open(&upload.path).await.map_err(unreadable)?;
        let mut at = offset;
        let mut piece = vec![0; PIECE];
        loop {
            let _ = events.send(FileEvent::Sent { key: upload.key.clone(), sent: at });
            file.seek(SeekFrom::Start(at)).await.map_err(unreadable)?;
            let mut length = 0;
            while length < piece.len() {
                let read = file.read(&mut piece[length..]).await.map_err(unreadable)?;
                if read == 0 {
                    break;
                }
                length += read;
            }
            let body = piece[..length].to_vec();
            let answer = self.call(Method::PATCH, &path, |request| {
                request.header("upload-offset", at).timeout(PIECE_TIME).body(body)
            });
            let answer = answer.await?;
            let there = answer.headers().get("upload-offset").and_then(|value| value.to_str().ok()?.parse().ok());
            match (answer.status(), there) {
                (StatusCode::OK, _) => return answer.json().await.map_err(|_| not_understood()),
                (StatusCode::NO_CONTENT | StatusCode::CONFLICT, Some(there)) => {
                    *reached += u64::from(there > at);
                    if there == at && length == 0 {
                        // Shorter than it was when it was chosen.
                        return Err(Problem::invalid("size", "the file has changed"));
                    }
                    at = there;
                }
                _ => return Err(answered(answer).await.err().unwrap_or_else(not_understood)),
            }
        }
    }

    /// Fetches a file into a folder, under a name that is free there.
    pub(super) async fn download(
        self,
        info: FileInfo,
        folder: PathBuf,
        cancelled: oneshot::Receiver<()>,
        events: mpsc::UnboundedSender<FileEvent>,
    ) {
        let file_id = info.file_id.clone();
        let tell = |state| drop(events.send(FileEvent::Fetched { file_id: file_id.clone(), state }));
        tell(FileState::Downloading { received: 0.0 });
        let fetched = tokio::select! {
            fetched = self.fetch(&info, &folder, &tell) => Some(fetched),
            _ = cancelled => None,
        };
        let state = match fetched {
            None => {
                let _ = fs::remove_file(part_of(&folder, &info)).await;
                FileState::Ready
            }
            Some(Ok(path)) => FileState::Saved { path: path.to_string_lossy().into_owned() },
            Some(Err(problem)) => {
                let _ = fs::remove_file(part_of(&folder, &info)).await;
                FileState::Failed { problem }
            }
        };
        tell(state);
    }

    async fn fetch(&self, info: &FileInfo, folder: &Path, tell: &impl Fn(FileState)) -> Result<PathBuf, Problem> {
        let unwritable = |error: std::io::Error| {
            tracing::info!(%error, "a file cannot be written");
            Problem::new(ErrorCode::Internal, "the file cannot be written")
        };
        fs::create_dir_all(folder).await.map_err(unwritable)?;
        let part = part_of(folder, info);
        let response =
            answered(self.call(Method::GET, &format!("files/{}", info.file_id), |request| request).await?).await?;
        let mut file = fs::File::create(&part).await.map_err(unwritable)?;
        let mut pieces = response.bytes_stream();
        let mut hash = Sha256::new();
        let (mut received, mut told) = (0_u64, 0_u64);
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(unreachable)?;
            received += piece.len() as u64;
            file.write_all(&piece).await.map_err(unwritable)?;
            hash.update(&piece);
            if received - told >= PIECE as u64 {
                told = received;
                #[allow(clippy::cast_precision_loss, reason = "a file has at most 150 MB")]
                tell(FileState::Downloading { received: received as f64 });
            }
        }
        file.flush().await.map_err(unwritable)?;
        if received != info.size {
            return Err(Problem::new(ErrorCode::ServerUnreachable, "the file broke off"));
        }
        if !info.sha256.eq_ignore_ascii_case(&format!("{:x}", hash.finalize())) {
            return Err(Problem::new(ErrorCode::ServerNotUnderstood, "other bytes came than were shared"));
        }
        let path = free_name(folder, &info.name);
        fs::rename(&part, &path).await.map_err(unwritable)?;
        Ok(path)
    }
}

/// Where a file lies until all of it is here.
fn part_of(folder: &Path, info: &FileInfo) -> PathBuf {
    folder.join(format!(".{}.part", info.file_id))
}

/// A client for files: no limit to how long one takes, but to how long nothing comes.
fn client() -> Result<&'static reqwest::Client, Problem> {
    static CLIENT: std::sync::OnceLock<Option<reqwest::Client>> = std::sync::OnceLock::new();
    let made = CLIENT.get_or_init(|| {
        http_client(|| {
            reqwest::Client::builder()
                .connect_timeout(Duration::from_secs(4))
                .read_timeout(Duration::from_secs(20))
                .redirect(reqwest::redirect::Policy::none())
        })
        .ok()
    });
    made.as_ref().ok_or_else(|| Problem::new(ErrorCode::Internal, "the HTTP client could not be made"))
}

async fn answered(response: Response) -> Result<Response, Problem> {
    if response.status().is_success() {
        return Ok(response);
    }
    let body = response.bytes().await.map_err(unreachable)?;
    Err(serde_json::from_slice::<ErrorBody>(&body).map_or_else(|_| not_understood(), |body| body.error))
}

/// Writes a file into a folder under a name that is free there; answers where.
///
/// # Errors
/// What the system says.
pub fn save_beside(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = free_name(folder, name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}

/// `name`, or with a number before its ending where that is taken. The server lets no folder through; nor does this.
fn free_name(folder: &Path, name: &str) -> PathBuf {
    let name = Path::new(name).file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => (stem.to_owned(), format!(".{ending}")),
        _ => (name.clone(), String::new()),
    };
    let numbered = (2..).map(|n| format!("{stem} ({n}){ending}"));
    let mut names = std::iter::once(name).chain(numbered).map(|name| folder.join(name));
    names.find(|path| !path.exists()).unwrap_or_else(|| folder.join(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        assert_eq!(free_name(folder.path(), "scan.tar.gz"), at("scan.tar.gz"));
        std::fs::write(at("scan.tar.gz"), "").expect("written");
        assert_eq!(free_name(folder.path(), "scan.tar.gz"), at("scan.tar (2).gz"));
        std::fs::write(at("scan.tar (2).gz"), "").expect("written");
        assert_eq!(free_name(folder.path(), "scan.tar.gz"), at("scan.tar (3).gz"));
        assert_eq!(free_name(folder.path(), "../../etc/passwd"), at("passwd"));
        assert_eq!(free_name(folder.path(), ".."), at("file"));
    }

    #[test]
    fn files_are_beside_the_channel() {
        let files = FileClient::default();
        for (channel, base) in [
            ("ws://127.0.0.1:7880/channel", "http://127.0.0.1:7880/"),
            ("wss://example.org/visits/channel", "https://example.org/visits/"),
        ] {
            files.set(channel, &Secret::new("t"));
            assert_eq!(files.at.lock().as_ref().map(|at| at.base.to_string()).as_deref(), Some(base));
        }
    }
}
