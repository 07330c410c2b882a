//! Screens and windows under X11: shared memory for the pictures (MIT-SHM), DAMAGE for what changed, XFIXES for the
//! pointer, Composite for windows that others cover. Each is done without where the server has it not.

mod capture;
mod cursor;
mod display;
mod grab;
mod shm;

pub(super) use capture::Capture;

use std::time::Instant;

use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};

use super::{ScreenSource, Thumbnail};
use crate::DeviceError;
use display::{Display, Target};
use grab::Grabber;

/// A part of a screen, or a window from its own corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Rect {
    x: i16,
    y: i16,
    width: u16,
    height: u16,
}

impl Rect {
    fn touches(self, other: Self) -> bool {
        let apart = |a: i16, a_long: u16, b: i16, b_long: u16| {
            i32::from(a) + i32::from(a_long) <= i32::from(b) || i32::from(b) + i32::from(b_long) <= i32::from(a)
        };
        !apart(self.x, self.width, other.x, other.width) && !apart(self.y, self.height, other.y, other.height)
    }
}

pub(super) fn list() -> Result<Vec<ScreenSource>, DeviceError> {
    let display = Display::connect()?;
    let found = display.all().map_err(|error| error.0)?;
    let mut grabber = Grabber::default();
    let mut thumbnail = |target: &Target, rect| {
        let drawable = match target {
            Target::Monitor(_) => display.root(),
            Target::Window(window) => *window,
        };
        let frame = grabber.grab(&display, drawable, rect, None, Instant::now()).ok()?;
        Some(Thumbnail::of(&frame))
    };
    let sources = found
        .into_iter()
        .map(|found| ScreenSource {
            id: found.target.id(),
            kind: found.target.kind(),
            size: found.size(),
            thumbnail: thumbnail(&found.target, found.rect),
            label: found.label,
        })
        .collect();
    Ok(sources)
}

/// What went wrong between us and the X server.
#[derive(Debug)]
struct X11Error(DeviceError);

impl From<ConnectionError> for X11Error {
    fn from(error: ConnectionError) -> Self {
        tracing::debug!(%error, "the X server is gone");
        Self(DeviceError::Lost)
    }
}

impl From<ReplyError> for X11Error {
    fn from(error: ReplyError) -> Self {
        match error {
            ReplyError::ConnectionError(error) => error.into(),
            ReplyError::X11Error(error) => Self(DeviceError::Failed(format!("X error {:?}", error.error_kind))),
        }
    }
}

impl From<ReplyOrIdError> for X11Error {
    fn from(error: ReplyOrIdError) -> Self {
        match error {
            ReplyOrIdError::ConnectionError(error) => error.into(),
            ReplyOrIdError::X11Error(error) => ReplyError::X11Error(error).into(),
            ReplyOrIdError::IdsExhausted => Self(DeviceError::Failed("the X server has no names left".into())),
        }
    }
}

impl From<std::io::Error> for X11Error {
    fn from(error: std::io::Error) -> Self {
        Self(DeviceError::Failed(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_touch_where_they_share_a_pixel() {
        let rect = |x, y, width, height| Rect { x, y, width, height };
        assert!(rect(0, 0, 10, 10).touches(rect(9, 9, 1, 1)));
        assert!(!rect(0, 0, 10, 10).touches(rect(10, 0, 5, 5)));
        assert!(rect(-5, -5, 6, 6).touches(rect(0, 0, 1, 1)));
        assert!(rect(i16::MAX, 0, u16::MAX, 1).touches(rect(i16::MAX, 0, 1, 1)));
    }
}
