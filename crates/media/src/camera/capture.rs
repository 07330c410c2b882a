//! A camera of the system. The library waits for pictures without a time limit, so a thread of its own does the
//! waiting, and decodes; only the newest picture is kept.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use nokhwa::{
    Buffer,
    utils::{CameraFormat, CameraIndex, RequestedFormat, RequestedFormatType, Resolution},
};
use parking_lot::{Condvar, Mutex};
use visita_codec::I420Frame;
use visita_protocol::PixelSize;

use super::{
    VideoSource,
    decode::decode,
    devices::{Found, on_open, while_running},
    format::{KNOWN, nearest_first},
};
use crate::DeviceError;

/// Some cameras take seconds to wake.
const OPENING: Duration = Duration::from_secs(10);

/// How long closing waits, so that the camera is free when it is opened again. A picture comes within this, unless the
/// camera hangs.
const CLOSING: Duration = Duration::from_secs(1);

/// Broken pictures in a row after which a camera is given up. The first few of a USB camera often are.
const BROKEN: u32 = 60;

pub(super) struct Camera {
    label: String,
    size: PixelSize,
    shared: Arc<Shared>,
    ended: Receiver<()>,
}

#[derive(Default)]
struct Shared {
    newest: Mutex<Newest>,
    came: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
struct Newest {
    frame: Option<I420Frame>,
    failure: Option<DeviceError>,
}

impl Camera {
    pub(super) fn open(camera: Found, want: PixelSize, fps: u32) -> Result<Self, DeviceError> {
        let shared = Arc::new(Shared::default());
        let (opened, opening) = sync_channel(1);
        let (ends, ended) = sync_channel(1);
        let on_thread = shared.clone();
        std::thread::Builder::new()
            .name("camera-capture".into())
            .spawn(move || {
                // Dropped at the end of the thread, also if it panics.
                let _ends: SyncSender<()> = ends;
                run(&camera.index, want, fps, &opened, &on_thread);
            })
            .map_err(|error| DeviceError::Failed(error.to_string()))?;
        let size = match opening.recv_timeout(OPENING) {
            Ok(opened) => opened?,
            Err(_) => {
                shared.stop.store(true, Ordering::Relaxed);
                return Err(DeviceError::Failed("the camera does not answer".into()));
            }
        };
        Ok(Self { label: camera.info.label, size, shared, ended })
    }
}

impl VideoSource for Camera {
    fn next(&mut self, timeout: Duration) -> Result<Option<I420Frame>, DeviceError> {
        let until = Instant::now() + timeout;
        let mut newest = self.shared.newest.lock();
        loop {
            if let Some(frame) = newest.frame.take() {
                self.size = frame.size();
                return Ok(Some(frame));
            }
            if let Some(error) = &newest.failure {
                return Err(error.clone());
            }
            if self.shared.came.wait_until(&mut newest, until).timed_out() {
                return Ok(None);
            }
        }
    }

    fn label(&self) -> &str {
        &self.label
    }

    fn size(&self) -> PixelSize {
        self.size
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if self.ended.recv_timeout(CLOSING) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            tracing::warn!(camera = self.label, "the camera hangs and is not closed yet");
        }
    }
}

fn run(
    index: &CameraIndex,
    want: PixelSize,
    fps: u32,
    opened: &SyncSender<Result<PixelSize, DeviceError>>,
    shared: &Shared,
) {
    let (mut camera, format) = match start(index, want, fps) {
        Ok(started) => started,
        Err(error) => {
            let _ = opened.send(Err(error));
            return;
        }
    };
    let size = PixelSize::new(format.width(), format.height());
    tracing::debug!(%format, "camera opened");
    let _ = opened.send(Ok(PixelSize::new(size.width & !1, size.height & !1)));
    let mut broken = 0;
    while !shared.stop.load(Ordering::Relaxed) {
        let failure = match camera.frame() {
            Ok(picture) => match decode(format.format(), size, picture.buffer(), captured_at(&picture)) {
                Ok(frame) => {
                    broken = 0;
                    shared.newest.lock().frame = Some(frame);
                    shared.came.notify_one();
                    continue;
                }
                Err(error) => {
                    broken += 1;
                    tracing::debug!(error, "a picture of the camera is broken");
                    if broken < BROKEN {
                        continue;
                    }
                    DeviceError::Failed(format!("the camera's pictures are broken: {error}"))
                }
            },
            Err(error) => while_running(&error),
        };
        shared.newest.lock().failure = Some(failure);
        shared.came.notify_one();
        return;
    }
}

fn start(index: &CameraIndex, want: PixelSize, fps: u32) -> Result<(nokhwa::Camera, CameraFormat), DeviceError> {
    let mut camera = connect(index, want, fps)?;
    // A driver that lists nothing keeps the format it opened with.
    let mut formats = camera.compatible_camera_formats().unwrap_or_default();
    formats.extend(of_broadcast(&mut camera, &formats));
    for format in nearest_first(formats, want, fps) {
        if camera.camera_format() == format {
            break;
        }
        match set(&mut camera, format) {
            Ok(()) => break,
            Err(error) => match on_open(&error) {
                // Some drivers list rates that they do not keep.
                DeviceError::Failed(_) => tracing::debug!(%error, "the camera refused a format"),
                error => return Err(error),
            },
        }
    }
    let format = camera.camera_format();
    if !KNOWN.contains(&format.format()) {
        return Err(DeviceError::Failed(format!("the camera sends only {}", format.format())));
    }
    camera.open_stream().map_err(|error| on_open(&error))?;
    Ok((camera, format))
}

/// Formats of 29.97 or 59.94 pictures a second (30000/1001, 60000/1001), which the library leaves out of its list; asked by
/// size it tells their numerators. Drivers take the nearest whole rate for them.
fn of_broadcast(camera: &mut nokhwa::Camera, listed: &[CameraFormat]) -> Vec<CameraFormat> {
    let mut found = Vec::new();
    for known in KNOWN {
        let sizes = camera.compatible_list_by_resolution(known).unwrap_or_default();
        for (size, rates) in sizes {
            let whole = rates.into_iter().filter(|rate| *rate > 1001).map(|rate| rate.div_ceil(1001));
            found.extend(whole.map(|fps| CameraFormat::new(size, known, fps)));
        }
    }
    found.retain(|format| !listed.contains(format));
    found
}

fn set(camera: &mut nokhwa::Camera, format: CameraFormat) -> Result<(), nokhwa::NokhwaError> {
    let request = RequestedFormat::with_formats(RequestedFormatType::Exact(format), &KNOWN);
    camera.set_camera_requset(request).map(|_| ())
}

/// The library wants a format before it tells which there are: the first in its list, or else what was asked for.
fn connect(index: &CameraIndex, want: PixelSize, fps: u32) -> Result<nokhwa::Camera, DeviceError> {
    let wanted = |format| CameraFormat::new(Resolution::new(want.width, want.height), format, fps);
    let requests = std::iter::once(RequestedFormatType::None)
        .chain(KNOWN.map(|format| RequestedFormatType::Exact(wanted(format))));
    let mut first = None;
    for request in requests {
        match nokhwa::Camera::new(index.clone(), RequestedFormat::with_formats(request, &KNOWN)) {
            Ok(camera) => return Ok(camera),
            Err(error) => match on_open(&error) {
                error @ DeviceError::Failed(_) => {
                    first.get_or_insert(error);
                }
                error => return Err(error),
            },
        }
    }
    Err(first.unwrap_or(DeviceError::Missing))
}

/// The driver's time of capture, where it gives one that can be.
fn captured_at(picture: &Buffer) -> Instant {
    let now = Instant::now();
    let age = picture
        .capture_timestamp()
        .and_then(|at| SystemTime::now().duration_since(UNIX_EPOCH).ok()?.checked_sub(at))
        .filter(|age| *age < Duration::from_secs(1));
    age.and_then(|age| now.checked_sub(age)).unwrap_or(now)
}
