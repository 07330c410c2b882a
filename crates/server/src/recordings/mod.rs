//! Recordings: starts a recorder for a room that wants one and hears it to its end, finishes what it leaves, keeps the
//! files, and deletes them when their time is over. The rules are the room's, the pictures the recorder's.

mod compositions;
mod finishing;
mod mp4;
mod process;
mod tracks;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use object_store::path::Path as Key;
use parking_lot::Mutex;
use tokio::{
    sync::{Semaphore, mpsc, watch},
    task::JoinSet,
};
use tracing::Instrument;
use visita_protocol::{
    CompanyId, RecordingId, RecordingLayout, RecordingTrackId, RoomId, SessionId,
    channel::Consent,
    recorder::{RecordedPerson, RecorderEnd, RecorderOrder, RecorderReport},
    rest::{ActorKind, RecordingReason},
    view::{RecordingFileState, RecordingFormat},
};
use visita_room::{RecorderRun, Timestamp};

use crate::{
    audit::{Audit, Entry},
    clock::Clock,
    files::{Files, KeepError},
    ids,
    rooms::Listener,
    store::{Store, StoreError, StoredRecording},
    tokens::LiveKitSigner,
};

pub(crate) use compositions::{Compositions, WantedComposition, composition_key};
pub(crate) use mp4::Mp4s;
pub(crate) use tracks::track_key;

/// How long recordings under way may take to end once the server stops. What is cut off is finished after the next start.
const STOP_TIME: Duration = Duration::from_secs(30);

/// How often it is looked for recordings whose time is over.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// Name of the program that records, beside the server's own.
const PROGRAM: &str = if cfg!(windows) { "visita-recorder.exe" } else { "visita-recorder" };

/// What recorders say, on its way to their room.
pub(crate) type Reports = mpsc::Sender<(RecorderRun, RecorderReport)>;

/// All recordings; cheap to clone.
#[derive(Clone)]
pub(crate) struct Recordings {
    shared: Arc<Shared>,
}

/// What recordings need.
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) files: Files,
    pub(crate) audit: Audit,
    pub(crate) listener: Arc<dyn Listener>,
    pub(crate) clock: Clock,
    pub(crate) signer: LiveKitSigner,
    /// Where the media are, as this computer reaches them.
    pub(crate) livekit_url: String,
    /// Where files lie while they are being written.
    pub(crate) folder: PathBuf,
    /// The program that records, where there is one.
    pub(crate) program: Option<PathBuf>,
    /// Recordings at once.
    pub(crate) most: usize,
}

struct Shared {
    parts: Parts,
    /// Those that began before are of the server's last run.
    since: Timestamp,
    free: Arc<Semaphore>,
    /// Recordings that are being made or finished.
    under_way: watch::Sender<usize>,
    tasks: Mutex<JoinSet<()>>,
    mp4s: Mp4s,
    compositions: Compositions,
}

impl std::ops::Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

/// What a room wants to be recorded.
pub(crate) struct Wanted {
    pub(crate) run: RecorderRun,
    pub(crate) company: CompanyId,
    pub(crate) room: RoomId,
    pub(crate) session: SessionId,
    pub(crate) title: String,
    pub(crate) layout: RecordingLayout,
    /// One file for each participant and kind, instead of one of all.
    pub(crate) tracks: bool,
    pub(crate) people: Vec<RecordedPerson>,
    pub(crate) consents: Vec<Consent>,
}

/// A recorder at work. Dropped, it ends its file.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) recording: RecordingId,
    orders: mpsc::UnboundedSender<RecorderOrder>,
}

impl Recorder {
    /// Tells it something. One that is gone has said so, or is about to.
    pub(crate) fn order(&self, order: RecorderOrder) {
        let _ = self.orders.send(order);
    }
}

impl Recordings {
    pub(crate) fn new(parts: Parts) -> Self {
        match &parts.program {
            Some(program) => tracing::info!(program = %program.display(), most = parts.most, "recordings can be made"),
            None => tracing::warn!("there is no program {PROGRAM}, so nothing is recorded"),
        }
        let free = Arc::new(Semaphore::new(parts.most.min(Semaphore::MAX_PERMITS)));
        let (since, under_way) = (parts.clock.now(), watch::Sender::new(0));
        let shared = Shared {
            parts,
            since,
            free,
            under_way,
            tasks: Mutex::default(),
            mp4s: Mp4s::default(),
            compositions: Compositions::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Whether there is a recorder at all.
    pub(crate) fn can_record(&self) -> bool {
        self.shared.program.is_some() && self.shared.most > 0
    }

    /// Whether a recorder could be started now.
    pub(crate) fn available(&self) -> bool {
        self.shared.program.is_some() && self.shared.free.available_permits() > 0
    }

    /// Starts a recorder. What it says, and that it could not be started, arrives at `reports`; its end is the last.
    pub(crate) async fn start(&self, wanted: Wanted, reports: Reports) -> Recorder {
        let (orders, taken) = mpsc::unbounded_channel();
        let recording = StoredRecording {
            recording_id: ids::new(),
            company_id: wanted.company.clone(),
            room_id: wanted.room.clone(),
            session_id: wanted.session.clone(),
            state: RecordingFileState::Recording,
            layout: wanted.layout,
            tracks: wanted.tracks,
            started_at: self.shared.clock.now(),
            ended_at: None,
            length: Duration::ZERO,
            bytes: 0,
            reason: None,
            mp4_bytes: None,
            kept_until: None,
        };
        let recorder = Recorder { recording: recording.recording_id.clone(), orders };
        // Before the answer: answers to being recorded are kept with it from now on.
        let begun = self.shared.store.recording_begun(&recording, &wanted.consents).await;
        if let Err(error) = &begun {
            tracing::error!(%error, "a recording could not be written down");
        }
        let permit = self.shared.free.clone().try_acquire_owned();
        self.shared.under_way.send_modify(|count| *count += 1);
        let shared = self.shared.clone();
        let span = tracing::info_span!("recording", id = %recording.recording_id, room = %recording.room_id);
        self.spawn(
            async move {
                let run = wanted.run;
                let ended = match (begun, permit) {
                    (Ok(()), Ok(permit)) => {
                        let ended = process::record(&shared, &recording, wanted, taken, &reports).await;
                        // The room may want another one as soon as it hears of the end.
                        drop(permit);
                        ended
                    }
                    _ => process::Ended::not_started(),
                };
                let _ = reports.send((run, ended.report())).await;
                if let Err(error) = shared.finish(&recording, &ended).await {
                    tracing::error!(%error, "a recording could not be finished; it is tried again at the next start");
                }
                shared.under_way.send_modify(|count| *count -= 1);
            }
            .instrument(span),
        );
        recorder
    }

    /// Finishes what the last run of the server left, and from then on deletes what is due.
    pub(crate) fn look_after(&self) {
        forget_empty_folders(&self.shared.folder);
        let shared = self.shared.clone();
        self.spawn(async move { shared.make_compositions().await });
        let shared = self.shared.clone();
        self.spawn(async move {
            shared.finish_all().await;
            loop {
                if let Err(error) = shared.delete_due().await {
                    tracing::error!(%error, "recordings could not be deleted whose time is over");
                }
                if let Err(error) = shared.delete_due_compositions().await {
                    tracing::error!(%error, "compositions could not be deleted whose time is over");
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
    }

    /// Waits until recorders have ended, which the rooms have told them to.
    pub(crate) async fn stop(&self) {
        let mut under_way = self.shared.under_way.subscribe();
        if tokio::time::timeout(STOP_TIME, under_way.wait_for(|count| *count == 0)).await.is_err() {
            tracing::warn!("recordings were cut off; they are finished after the next start");
        }
        // Looking after things and making MP4s does not end by itself.
        let mut tasks = std::mem::take(&mut *self.shared.tasks.lock());
        tasks.shutdown().await;
    }

    /// Deletes a recording with its files. Whether there was one.
    pub(crate) async fn delete(&self, recording: &StoredRecording) -> Result<bool, DeleteError> {
        self.shared.delete(recording).await
    }

    /// Deletes one file of a recording in separate tracks, and with the last of them the recording.
    pub(crate) async fn delete_track(
        &self,
        recording: &StoredRecording,
        track: &RecordingTrackId,
    ) -> Result<(), DeleteError> {
        self.shared.files.delete_key(&track_key(recording, track)).await?;
        self.shared.store.track_deleted(track).await?;
        if self.shared.store.tracks_of_recording(&recording.recording_id).await?.is_empty() {
            self.shared.delete(recording).await?;
        }
        Ok(())
    }

    /// Deletes the files of all recordings of a room.
    pub(crate) async fn delete_room(&self, room: &RoomId) -> Result<(), KeepError> {
        self.shared.files.delete_below(&Key::from_iter(["recordings", room.as_str()])).await
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.shared.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }
}

/// Why a recording could not be deleted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeleteError {
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Shared {
    async fn delete(&self, recording: &StoredRecording) -> Result<bool, DeleteError> {
        for format in [RecordingFormat::Webm, RecordingFormat::Mp4] {
            self.files.delete_key(&key(recording, format)).await?;
        }
        for track in self.store.tracks_of_recording(&recording.recording_id).await? {
            self.files.delete_key(&track_key(recording, &track.track_id)).await?;
        }
        remove_file(&self.file(recording)).await;
        Ok(self.store.recording_deleted(&recording.recording_id).await?)
    }

    async fn delete_due(&self) -> Result<(), DeleteError> {
        for recording in self.store.recordings_due(self.clock.now()).await? {
            if self.delete(&recording).await? {
                let entry = Entry::of(&recording.company_id, ActorKind::Server, None, "recording_deleted")
                    .room(&recording.room_id)
                    .session(&recording.session_id);
                self.audit.write(entry.subject(recording.recording_id.as_str())).await?;
                tracing::info!(recording = %recording.recording_id, "its time is over, and it is deleted");
            }
        }
        Ok(())
    }

    /// Where a recording lies while it is being written.
    fn file(&self, recording: &StoredRecording) -> PathBuf {
        let folder = self.folder.join(recording.room_id.as_str()).join(recording.session_id.as_str());
        folder.join(format!("{}.webm", recording.recording_id))
    }
}

/// What a recording's file is kept by.
pub(crate) fn key(recording: &StoredRecording, format: RecordingFormat) -> Key {
    let name = format!("{}.{}", recording.recording_id, extension(format));
    Key::from_iter(["recordings", recording.room_id.as_str(), recording.session_id.as_str(), &name])
}

/// The end of a file's name.
pub(crate) const fn extension(format: RecordingFormat) -> &'static str {
    match format {
        RecordingFormat::Webm => "webm",
        RecordingFormat::Mp4 => "mp4",
    }
}

/// The program that records: the one that is named, else the one beside this program.
pub(crate) fn find_program(named: Option<&Path>) -> Option<PathBuf> {
    let named = named.map(Path::to_owned).or_else(|| std::env::var_os("VISITA_RECORDER").map(PathBuf::from));
    let program = named.or_else(|| Some(std::env::current_exe().ok()?.parent()?.join(PROGRAM)))?;
    program.is_file().then_some(program)
}

/// Removes folders of rooms and sessions in which nothing is left. Only before anything is recorded: a recorder begins with
/// a folder in which nothing is.
fn forget_empty_folders(folder: &Path) {
    let below = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()).collect::<Vec<_>>()
    };
    for room in below(folder) {
        for session in below(&room) {
            // Those in which something is are not removed.
            let _ = std::fs::remove_dir(session);
        }
        let _ = std::fs::remove_dir(room);
    }
}

async fn remove_file(path: &Path) {
    if let Err(error) = tokio::fs::remove_file(path).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "a file of a recording could not be removed");
    }
}
