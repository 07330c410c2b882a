//! The way into the file: a thread that takes picture and sound, puts them in order and writes.

use std::{
    collections::VecDeque,
    fs::File,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::Receiver,
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use visita_protocol::recorder::{RecorderEnd, RecorderTrouble};

use crate::{
    report::Reports,
    webm::{Finished, Storage, WebmError, Writer},
};

/// Track numbers of a composed recording.
pub(crate) const PICTURE: u8 = 1;
pub(crate) const SOUND: u8 = 2;

/// One waits for the other this long at most; then it is written without.
const WAIT_MOST: Duration = Duration::from_secs(2);
/// Time between two looks at the room that is left on the disk.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Room for less than this is told of.
const ALMOST_FULL: Duration = Duration::from_secs(300);

/// Something encoded.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) track: u8,
    /// Since the recording's start.
    pub(crate) at: Duration,
    pub(crate) key: bool,
    pub(crate) data: Bytes,
}

/// What is in the file, for reports.
#[derive(Clone, Default)]
pub(crate) struct Written {
    figures: Arc<[AtomicU64; 2]>,
}

impl Written {
    /// Milliseconds and bytes.
    pub(crate) fn now(&self) -> (u64, u64) {
        (self.figures[0].load(Ordering::Relaxed), self.figures[1].load(Ordering::Relaxed))
    }

    pub(crate) fn set(&self, recorded_ms: u64, bytes: u64) {
        self.figures[0].store(recorded_ms, Ordering::Relaxed);
        self.figures[1].store(bytes, Ordering::Relaxed);
    }
}

/// How a file ended.
pub(crate) struct FileEnd {
    pub(crate) file: Finished,
    /// Other than by having been told to.
    pub(crate) reason: Option<RecorderEnd>,
}

/// Writes until nobody sends any more, or writing fails; then ends the file. Sound is there for the whole time, pictures
/// may be missing.
pub(crate) fn run<S: Storage>(
    mut writer: Writer<S>,
    pieces: &Receiver<Piece>,
    written: &Written,
    mut room: Room,
) -> FileEnd {
    let mut order = Order::default();
    let mut failed = None;
    while let Ok(piece) = pieces.recv() {
        order.push(piece);
        if let Err(error) = order.write(&mut writer, false) {
            failed = Some(error);
            break;
        }
        written.set(writer.duration_ms(), writer.bytes());
        room.look(&writer);
    }
    if failed.is_none() {
        failed = order.write(&mut writer, true).err();
    }
    let reason = failed.map(|error| reason(&error));
    let so_far = Finished { duration_ms: writer.duration_ms(), bytes: writer.bytes() };
    match writer.finish() {
        Ok(file) => {
            written.set(file.duration_ms, file.bytes);
            FileEnd { file, reason }
        }
        Err(error) => FileEnd { file: so_far, reason: Some(reason.unwrap_or(self::reason(&error))) },
    }
}

/// Why writing ended a recording.
pub(crate) fn reason(error: &WebmError) -> RecorderEnd {
    tracing::warn!(%error, "the file ends");
    if error.is_disk_full() { RecorderEnd::DiskFull } else { RecorderEnd::Failed }
}

/// Picture and sound, each in its own order, on their way to one.
#[derive(Default)]
struct Order {
    pictures: VecDeque<Piece>,
    sounds: VecDeque<Piece>,
}

impl Order {
    fn push(&mut self, piece: Piece) {
        let queue = if piece.track == PICTURE { &mut self.pictures } else { &mut self.sounds };
        queue.push_back(piece);
    }

    /// Writes what nothing earlier can follow; all of it at the end.
    fn write<S: Storage>(&mut self, writer: &mut Writer<S>, all: bool) -> Result<(), WebmError> {
        while let Some(piece) = self.next(all) {
            let at_ms = u64::try_from(piece.at.as_millis()).unwrap_or(u64::MAX);
            writer.write(piece.track, at_ms, piece.key, &piece.data)?;
        }
        Ok(())
    }

    fn next(&mut self, all: bool) -> Option<Piece> {
        let waited = |queue: &VecDeque<Piece>| {
            queue.front().zip(queue.back()).is_some_and(|(first, last)| last.at - first.at > WAIT_MOST)
        };
        match (self.pictures.front(), self.sounds.front()) {
            (Some(picture), Some(sound)) if picture.at <= sound.at => self.pictures.pop_front(),
            (Some(_), Some(_)) => self.sounds.pop_front(),
            (Some(_), None) if all || waited(&self.pictures) => self.pictures.pop_front(),
            (None, Some(_)) if all || waited(&self.sounds) => self.sounds.pop_front(),
            _ => None,
        }
    }
}

/// The room that is left on a disk.
pub(crate) struct Room {
    folder: PathBuf,
    reports: Reports,
    begin: Instant,
    looked: Instant,
    told: bool,
}

impl Room {
    pub(crate) fn new(folder: PathBuf, reports: Reports) -> Self {
        let now = Instant::now();
        Self { folder, reports, begin: now, looked: now, told: false }
    }

    fn look<S: Storage>(&mut self, writer: &Writer<S>) {
        self.look_at(writer.bytes());
    }

    /// Tells when what was written so far says that the room will not last.
    pub(crate) fn look_at(&mut self, bytes: u64) {
        if self.told || self.looked.elapsed() < LOOK_EVERY {
            return;
        }
        self.looked = Instant::now();
        let Ok(disk) = rustix::fs::statvfs(&self.folder) else { return };
        let left = disk.f_bavail.saturating_mul(disk.f_frsize);
        let a_second = bytes / self.begin.elapsed().as_secs().max(1);
        if left < a_second.saturating_mul(ALMOST_FULL.as_secs()) {
            self.told = true;
            self.reports.trouble(RecorderTrouble::DiskAlmostFull);
        }
    }
}

/// Makes the file to write; one that is there already is not overwritten.
pub(crate) fn create(path: &std::path::Path) -> std::io::Result<File> {
    File::options().write(true).read(true).create_new(true).open(path)
}
