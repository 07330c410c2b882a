//! Cameras, and the test pattern that takes their place.

mod capture;
mod decode;
mod devices;
mod follow;
mod format;
mod pattern;

pub use follow::Following;
pub use pattern::PatternSource;

use std::time::Duration;

use visita_codec::I420Frame;
use visita_protocol::PixelSize;

use crate::{DeviceError, DeviceInfo};

/// Something that gives pictures.
pub trait VideoSource: Send {
    /// Waits for the next picture; `None` if none came within `timeout`. Of pictures nobody took in time only the
    /// newest is given. After an error it gives nothing any more.
    fn next(&mut self, timeout: Duration) -> Result<Option<I420Frame>, DeviceError>;

    /// What people call it.
    fn label(&self) -> &str;

    /// Size of its pictures. It may change while it runs: each picture tells its own.
    fn size(&self) -> PixelSize;

    /// Stops giving pictures without letting go of the device, or goes on with a picture of that moment. A camera is
    /// closed instead: its light must go out.
    fn set_paused(&mut self, _paused: bool) {}
}

/// The cameras there are.
pub fn list() -> Vec<DeviceInfo> {
    devices::all().into_iter().map(|camera| camera.info).collect()
}

/// What changes when a camera comes or goes; `None` where only [`list`] tells.
pub(crate) fn nodes() -> Option<Vec<String>> {
    devices::nodes()
}

/// Opens a camera by the id that [`list`] gave, or the default one, in the format nearest to a size and to pictures per
/// second. `Busy` if another program uses it, `Denied` if the system does not let us.
pub fn open(id: Option<&str>, want: PixelSize, fps: u32) -> Result<Box<dyn VideoSource>, DeviceError> {
    Ok(Box::new(capture::Camera::open(devices::find(id)?, want, fps)?))
}
