//! Screens and windows as pictures.
//!
//! Pictures come only when something changed, at most at the rate asked for, with the pointer drawn in. They have the
//! size the screen or window has at that moment, less an odd last row or column. Under X11 there is a list to choose
//! from; where the system asks the person itself (Wayland's portal) the list has one entry for that.

#[cfg(target_os = "linux")]
mod portal;
mod thumbnail;
#[cfg(target_os = "linux")]
mod x11;

pub use thumbnail::Thumbnail;

use visita_protocol::PixelSize;

use crate::{DeviceError, camera::VideoSource};

/// What a [`ScreenSource`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenKind {
    /// All of a screen.
    Screen,
    /// One window, also where others cover it.
    Window,
    /// The system's own dialog, which [`open`] shows.
    Portal,
}

/// Something that can be shown to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScreenSource {
    /// Names it for [`open`]. A screen keeps its id, a window as long as it is open.
    pub id: String,
    /// What people call it: the connector of a screen, the title of a window.
    pub label: String,
    /// What it is.
    pub kind: ScreenKind,
    /// Its size now; nothing for [`ScreenKind::Portal`].
    pub size: PixelSize,
    /// A small picture of it, if it could be taken.
    pub thumbnail: Option<Thumbnail>,
}

/// How to take pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenSettings {
    /// Pictures per second at most.
    pub fps: u32,
    /// Whether the pointer is in the picture.
    pub cursor: bool,
}

impl Default for ScreenSettings {
    fn default() -> Self {
        Self { fps: 15, cursor: true }
    }
}

/// What can be shown now, screens first. Takes a picture of everything for the thumbnails: some milliseconds each.
/// Empty where there is no display.
pub fn list() -> Vec<ScreenSource> {
    #[cfg(target_os = "linux")]
    {
        if portal::is_needed() {
            return vec![portal::source()];
        }
        x11::list().unwrap_or_else(|error| {
            tracing::info!(%error, "no list of screens");
            Vec::new()
        })
    }
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

/// Starts to show what [`list`] named. Afterwards `next` fails with [`DeviceError::Lost`] when the window is closed or
/// the screen unplugged; while a window is minimised no pictures come. The system's own dialog is shown without waiting
/// for the person: no pictures come before the choice, and `next` fails with [`DeviceError::Denied`] when it was refused.
///
/// [`DeviceError::Missing`] if there is no such thing, [`DeviceError::Denied`] if the system refused.
pub fn open(id: &str, settings: ScreenSettings) -> Result<Box<dyn VideoSource>, DeviceError> {
    #[cfg(target_os = "linux")]
    {
        if id == portal::ID {
            return Ok(Box::new(portal::Capture::open(settings)?));
        }
        Ok(Box::new(x11::Capture::open(id, settings)?))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = (id, settings);
        Err(DeviceError::Missing)
    }
}
