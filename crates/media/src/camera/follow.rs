//! A camera that comes back after it was pulled out.

use std::time::{Duration, Instant};

use visita_codec::I420Frame;
use visita_protocol::PixelSize;

use super::VideoSource;
use crate::{
    DeviceError, DeviceInfo,
    watch::{DeviceWatch, Devices},
};

/// When a camera that did not open is tried again, should no device come or go before: another program may have let
/// go of it.
const AGAIN: Duration = Duration::from_secs(2);
/// A camera that gives nothing for this long is opened anew. Some take seconds for their first picture.
const STALLED: Duration = Duration::from_secs(5);
/// How long the first look at the devices is waited for.
const FIRST_LOOK: Duration = Duration::from_secs(3);

/// The chosen camera while it is there, otherwise the system's default, or nothing until one is plugged in. It comes
/// back to the chosen one by itself.
pub struct Following {
    chosen: Option<String>,
    want: PixelSize,
    fps: u32,
    watch: DeviceWatch,
    devices: Option<Devices>,
    current: Option<(DeviceInfo, Box<dyn VideoSource>)>,
    error: DeviceError,
    look: bool,
    try_at: Instant,
    seen_at: Instant,
}

impl Following {
    /// Follows a choice: an id that [`super::list`] gave, or whatever is the default, in the format nearest to a size
    /// and to pictures per second. Nothing is opened yet.
    pub fn new(chosen: Option<String>, want: PixelSize, fps: u32) -> Self {
        let now = Instant::now();
        Self {
            chosen,
            want,
            fps,
            watch: DeviceWatch::new(),
            devices: None,
            current: None,
            error: DeviceError::Missing,
            look: true,
            try_at: now,
            seen_at: now,
        }
    }

    /// Another choice, from the next picture on.
    pub fn choose(&mut self, chosen: Option<String>) {
        self.chosen = chosen;
        self.look = true;
    }

    /// Another size or rate, from the next picture on.
    pub fn set_format(&mut self, want: PixelSize, fps: u32) {
        if (self.want, self.fps) != (want, fps) {
            (self.want, self.fps) = (want, fps);
            self.current = None;
            self.look = true;
        }
    }

    /// What gives pictures, if anything does.
    pub fn device(&self) -> Option<&DeviceInfo> {
        self.current.as_ref().map(|(info, _)| info)
    }

    /// Whether another one than the chosen is used.
    pub fn is_substitute(&self) -> bool {
        self.chosen.is_some() && self.device().is_some_and(|device| Some(&device.id) != self.chosen.as_ref())
    }

    fn follow(&mut self) {
        let patience = if self.devices.is_none() { FIRST_LOOK } else { Duration::ZERO };
        let changed = self.watch.changed(patience);
        let retry = self.current.is_none() && Instant::now() >= self.try_at;
        if changed.is_none() && !self.look && !retry {
            return;
        }
        self.look = false;
        self.devices = changed.or(self.devices.take());
        let cameras = self.devices.as_ref().map(|devices| devices.cameras.as_slice()).unwrap_or_default();
        let chosen = self.chosen.as_ref().and_then(|id| cameras.iter().find(|camera| camera.id == *id));
        let Some(wanted) = chosen.or(cameras.iter().find(|camera| camera.is_default)).cloned() else {
            if self.current.is_none() {
                self.error = DeviceError::Missing;
                self.try_at = Instant::now() + AGAIN;
            }
            return;
        };
        if self.current.as_ref().is_some_and(|(info, _)| info.id == wanted.id) {
            return;
        }
        self.current = None;
        match super::open(Some(&wanted.id), self.want, self.fps) {
            Ok(camera) => {
                tracing::info!(camera = wanted.label, "camera opened");
                self.seen_at = Instant::now();
                self.current = Some((wanted, camera));
            }
            Err(error) => {
                error.log("camera", Some(&self.error));
                self.error = error;
                self.try_at = Instant::now() + AGAIN;
            }
        }
    }

    fn lose(&mut self, error: DeviceError) -> DeviceError {
        tracing::info!(%error, "the camera stopped");
        self.current = None;
        self.error = error.clone();
        self.try_at = Instant::now();
        error
    }
}

impl VideoSource for Following {
    /// An error tells why there is no camera now, after `timeout`: going on asking is how it comes back.
    fn next(&mut self, timeout: Duration) -> Result<Option<I420Frame>, DeviceError> {
        let until = Instant::now() + timeout;
        self.follow();
        let Some((_, camera)) = &mut self.current else {
            if let Some(devices) = self.watch.changed(until.saturating_duration_since(Instant::now())) {
                self.devices = Some(devices);
                self.look = true;
            }
            return Err(self.error.clone());
        };
        match camera.next(timeout) {
            Ok(Some(frame)) => {
                self.seen_at = Instant::now();
                Ok(Some(frame))
            }
            Ok(None) if self.seen_at.elapsed() < STALLED => Ok(None),
            Ok(None) => Err(self.lose(DeviceError::Failed("the camera gives no picture".into()))),
            Err(error) => Err(self.lose(error)),
        }
    }

    fn label(&self) -> &str {
        self.device().map_or("", |device| &device.label)
    }

    fn size(&self) -> PixelSize {
        self.current.as_ref().map_or(self.want, |(_, camera)| camera.size())
    }
}
