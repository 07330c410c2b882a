//! The threads that make a composed recording, from their beginning to their end.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::sync_channel,
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use tokio::sync::Notify;
use visita_codec::{
    CodecError,
    vp8::{Content, Encoder, EncoderConfig},
};
use visita_protocol::{
    Bitrate, PixelSize,
    recorder::{RecorderEnd, RecorderJob},
};

use crate::{
    compose::Composer,
    file::{self, FileEnd, Written},
    pictures::{self, Pictures},
    report::Reports,
    sound,
    stop::Stop,
    studio::Studio,
    taker::Taker,
    webm::{Finished, Track, Writer},
};

/// Encoded pieces that may wait for the disk: about ten seconds.
const PIECES: usize = 1_000;

/// A recording in the making.
pub(crate) struct Production {
    studio: Arc<Studio>,
    stop: Stop,
    written: Written,
    workers: Vec<JoinHandle<()>>,
    file: JoinHandle<FileEnd>,
    alarm: Arc<Alarm>,
}

/// Something failed that ends the recording.
#[derive(Default)]
struct Alarm {
    failed: AtomicBool,
    over: Notify,
}

impl Production {
    /// Makes the file and starts.
    pub(crate) fn begin(
        job: &RecorderJob,
        composer: Composer,
        begin: Instant,
        reports: &Reports,
    ) -> Result<Self, RecorderEnd> {
        let path = Path::new(&job.output);
        let fps = job.fps.clamp(1, 60);
        let size = composer.frame().size();
        let encoder = encoder(size, fps.into()).map_err(|error| {
            tracing::error!(%error, "no encoder");
            RecorderEnd::Failed
        })?;
        let storage = file::create(path).map_err(|error| file::reason(&error.into()))?;
        let tracks = vec![Track::vp8(job.width, job.height, fps), Track::opus(1)];
        let writer = Writer::new(storage, tracks, crate::unix_ms()).map_err(|error| file::reason(&error))?;
        let (studio, stop, written) = (Arc::new(Studio::new(job.layout, begin)), Stop::default(), Written::default());
        let alarm = Arc::new(Alarm::default());
        let (pieces, to_write) = sync_channel(PIECES);
        let (composed, to_encode) = sync_channel(pictures::WAITING);
        let (used, to_fill) = sync_channel(pictures::WAITING + 1);
        let mut workers = Vec::new();
        let started: Result<JoinHandle<FileEnd>, std::io::Error> = (|| {
            let (voices, ending, sounds) = (studio.voices.clone(), stop.clone(), pieces.clone());
            workers.push(worker("sound", &alarm, &stop, move || sound::run(&voices, begin, &ending, &sounds))?);
            workers
                .push(worker("encoder", &alarm, &stop, move || pictures::encode(encoder, &to_encode, &used, &pieces))?);
            let (studio, reports, ending) = (studio.clone(), reports.clone(), stop.clone());
            let room = file::Room::new(path.parent().unwrap_or(Path::new(".")).to_owned(), reports.clone());
            workers.push(worker("pictures", &alarm, &stop, move || {
                let pictures = Pictures { studio, composer, fps: fps.into(), begin, reports };
                pictures.run(&ending, &composed, &to_fill);
                Ok(())
            })?);
            let (written, alarm, stop) = (written.clone(), alarm.clone(), stop.clone());
            thread::Builder::new().name("file".to_owned()).spawn(move || {
                let end = file::run(writer, &to_write, &written, room);
                if end.reason.is_some() {
                    stop.at(Instant::now());
                    alarm.over.notify_one();
                }
                end
            })
        })();
        match started {
            Ok(file) => Ok(Self { studio, stop, written, workers, file, alarm }),
            Err(error) => {
                tracing::error!(%error, "no thread");
                stop.at(Instant::now());
                Err(RecorderEnd::Failed)
            }
        }
    }

    pub(crate) fn taker(&self) -> Arc<dyn Taker> {
        self.studio.clone()
    }

    pub(crate) fn written(&self) -> Written {
        self.written.clone()
    }

    /// Until something has failed that ends the recording.
    pub(crate) async fn over(&self) {
        self.alarm.over.notified().await;
    }

    /// Ends the recording now: what was until now is still made, then the file is ended.
    pub(crate) async fn end(self) -> FileEnd {
        self.stop.at(Instant::now());
        let failed = RecorderEnd::Failed;
        let ending = tokio::task::spawn_blocking(move || {
            let panicked = self.workers.into_iter().filter_map(|worker| worker.join().err()).count() > 0;
            let mut end = self
                .file
                .join()
                .unwrap_or(FileEnd { file: Finished { duration_ms: 0, bytes: 0 }, reason: Some(failed) });
            if panicked || self.alarm.failed.load(Ordering::Relaxed) {
                end.reason = end.reason.or(Some(failed));
            }
            end
        });
        ending.await.unwrap_or(FileEnd { file: Finished { duration_ms: 0, bytes: 0 }, reason: Some(failed) })
    }
}

/// Starts a named thread whose failure ends the recording.
fn worker(
    name: &'static str,
    alarm: &Arc<Alarm>,
    stop: &Stop,
    work: impl FnOnce() -> Result<(), CodecError> + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    let (alarm, stop) = (alarm.clone(), stop.clone());
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        // Also when it panics.
        let mut guard = Guard { alarm, stop, well: false };
        match work() {
            Ok(()) => guard.well = true,
            Err(error) => tracing::error!(%error, name, "the recording cannot go on"),
        }
    })
}

struct Guard {
    alarm: Arc<Alarm>,
    stop: Stop,
    well: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.well {
            self.alarm.failed.store(true, Ordering::Relaxed);
            self.stop.at(Instant::now());
            self.alarm.over.notify_one();
        }
    }
}

/// An encoder for pictures of a size: 0.07 bits a pixel, which is 1.9 Mbit/s at 720p30.
pub(crate) fn encoder(size: PixelSize, fps: u32) -> Result<Encoder, CodecError> {
    let bits = u64::from(size.area()) * u64::from(fps) * 7 / 100;
    let bitrate = Bitrate::from_kbps(u32::try_from(bits / 1_000).unwrap_or(u32::MAX).clamp(100, 12_000));
    let threads = if size.area() > 1_000_000 { 2 } else { 1 };
    Encoder::for_file(EncoderConfig { size, bitrate, fps, content: Content::Camera, threads })
}
