//! A connection to the X server, what it can do, and what there is to show.

use visita_protocol::PixelSize;
use x11rb::{
    atom_manager,
    connection::{Connection, RequestConnection},
    protocol::{
        composite::{self, ConnectionExt as _},
        damage::{self, ConnectionExt as _},
        randr::{self, ConnectionExt as _},
        shm::{self, ConnectionExt as _},
        xfixes::{self, ConnectionExt as _},
        xproto::{AtomEnum, ConnectionExt as _, ImageOrder, MapState, Screen, Window},
    },
    rust_connection::RustConnection,
};

use super::{Rect, X11Error};
use crate::{DeviceError, screen::ScreenKind};

/// Windows smaller than this are tool tips and the like.
const SMALLEST: u16 = 40;

atom_manager! {
    /// Names of the window manager's conventions (EWMH).
    pub(super) Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_WM_NAME,
        UTF8_STRING,
    }
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A monitor by name.
    Monitor(String),
    /// A window.
    Window(Window),
}

impl Target {
    pub(super) fn id(&self) -> String {
        match self {
            Self::Monitor(name) => format!("screen:{name}"),
            Self::Window(window) => format!("window:{window:x}"),
        }
    }

    pub(super) fn from_id(id: &str) -> Option<Self> {
        match id.split_once(':')? {
            ("screen", name) => Some(Self::Monitor(name.to_owned())),
            ("window", number) => u32::from_str_radix(number, 16).ok().map(Self::Window),
            _ => None,
        }
    }

    pub(super) fn kind(&self) -> ScreenKind {
        match self {
            Self::Monitor(_) => ScreenKind::Screen,
            Self::Window(_) => ScreenKind::Window,
        }
    }
}

/// Something that can be shown.
pub(super) struct Found {
    pub(super) target: Target,
    pub(super) label: String,
    pub(super) rect: Rect,
    /// Not minimised.
    pub(super) visible: bool,
}

/// Which extensions there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Has {
    pub(super) composite: bool,
    pub(super) damage: bool,
    pub(super) randr: bool,
    pub(super) shm: bool,
    pub(super) xfixes: bool,
}

pub(super) struct Display {
    pub(super) connection: RustConnection,
    pub(super) has: Has,
    screen: usize,
    atoms: Atoms,
}

impl Display {
    pub(super) fn connect() -> Result<Self, DeviceError> {
        if std::env::var_os("DISPLAY").is_none() {
            return Err(DeviceError::Missing);
        }
        let (connection, screen) = x11rb::connect(None).map_err(|error| {
            tracing::debug!(%error, "no X server");
            DeviceError::Missing
        })?;
        let set_up =
            || -> Result<(Has, Atoms), X11Error> { Ok((has(&connection)?, Atoms::new(&connection)?.reply()?)) };
        let (has, atoms) = set_up().map_err(|error| error.0)?;
        if connection.setup().image_byte_order != ImageOrder::LSB_FIRST {
            return Err(DeviceError::Failed("the display's pixels are in an unknown order".into()));
        }
        Ok(Self { connection, has, screen, atoms })
    }

    pub(super) fn screen(&self) -> &Screen {
        &self.connection.setup().roots[self.screen]
    }

    pub(super) fn root(&self) -> Window {
        self.screen().root
    }

    /// Screens, then windows.
    pub(super) fn all(&self) -> Result<Vec<Found>, X11Error> {
        let monitors = self.monitors()?;
        let windows = self.windows()?;
        Ok(monitors.into_iter().chain(windows).collect())
    }

    pub(super) fn monitors(&self) -> Result<Vec<Found>, X11Error> {
        let monitors = if self.has.randr {
            self.connection.randr_get_monitors(self.root(), true)?.reply()?.monitors
        } else {
            Vec::new()
        };
        let mut found = Vec::new();
        for monitor in monitors {
            let name = self.connection.get_atom_name(monitor.name)?.reply()?.name;
            let label = String::from_utf8_lossy(&name).into_owned();
            let rect = Rect { x: monitor.x, y: monitor.y, width: monitor.width, height: monitor.height };
            found.push(Found { target: Target::Monitor(label.clone()), label, rect, visible: true });
        }
        if found.is_empty() {
            let screen = self.screen();
            let rect = Rect { x: 0, y: 0, width: screen.width_in_pixels, height: screen.height_in_pixels };
            found.push(Found { target: Target::Monitor("all".into()), label: "Screen".into(), rect, visible: true });
        }
        Ok(found)
    }

    /// What the window manager calls windows, or, where none runs, what lies on the screen with a name.
    fn windows(&self) -> Result<Vec<Found>, X11Error> {
        let listed = self
            .connection
            .get_property(false, self.root(), self.atoms._NET_CLIENT_LIST, AtomEnum::WINDOW, 0, 4096)?
            .reply()?;
        let windows: Vec<Window> = match listed.value32() {
            Some(windows) => windows.collect(),
            None => self.connection.query_tree(self.root())?.reply()?.children,
        };
        // Topmost first, as people look for them.
        Ok(windows.into_iter().rev().filter_map(|window| self.window(window).ok().flatten()).collect())
    }

    /// A window, if it can be shown. Windows may go at any time: that is no error.
    fn window(&self, window: Window) -> Result<Option<Found>, X11Error> {
        let geometry = self.connection.get_geometry(window)?;
        let attributes = self.connection.get_window_attributes(window)?.reply()?;
        let geometry = geometry.reply()?;
        if attributes.map_state != MapState::VIEWABLE || geometry.width < SMALLEST || geometry.height < SMALLEST {
            return Ok(None);
        }
        let Some(label) = self.title(window)? else { return Ok(None) };
        let rect = Rect { x: 0, y: 0, width: geometry.width, height: geometry.height };
        Ok(Some(Found { target: Target::Window(window), label, rect, visible: true }))
    }

    /// A window's title, if it has one.
    pub(super) fn title(&self, window: Window) -> Result<Option<String>, X11Error> {
        let atoms = &self.atoms;
        for (name, kind) in [(atoms._NET_WM_NAME, atoms.UTF8_STRING), (AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())]
        {
            let value = self.connection.get_property(false, window, name, kind, 0, 256)?.reply()?.value;
            let title = String::from_utf8_lossy(&value).trim().to_owned();
            if !title.is_empty() {
                return Ok(Some(title));
            }
        }
        Ok(None)
    }

    /// Bits of a pixel of a depth.
    pub(super) fn bits(&self, depth: u8) -> u8 {
        let formats = &self.connection.setup().pixmap_formats;
        formats.iter().find(|format| format.depth == depth).map_or(0, |format| format.bits_per_pixel)
    }
}

/// The server answers to an extension only after its version was agreed upon.
fn has(connection: &RustConnection) -> Result<Has, X11Error> {
    let there = |name| connection.extension_information(name).map(|found| found.is_some());
    let has = Has {
        composite: there(composite::X11_EXTENSION_NAME)?,
        damage: there(damage::X11_EXTENSION_NAME)? && there(xfixes::X11_EXTENSION_NAME)?,
        randr: there(randr::X11_EXTENSION_NAME)?,
        shm: there(shm::X11_EXTENSION_NAME)?,
        xfixes: there(xfixes::X11_EXTENSION_NAME)?,
    };
    let mut has = has;
    if has.xfixes {
        connection.xfixes_query_version(5, 0)?.reply()?;
    }
    if has.composite {
        connection.composite_query_version(0, 4)?.reply()?;
    }
    if has.damage {
        connection.damage_query_version(1, 1)?.reply()?;
    }
    if has.randr {
        let version = connection.randr_query_version(1, 5)?.reply()?;
        has.randr = (version.major_version, version.minor_version) >= (1, 5);
    }
    if has.shm {
        // Memory by file descriptor came with 1.2; it does not work over a network.
        let version = connection.shm_query_version()?.reply()?;
        has.shm = (version.major_version, version.minor_version) >= (1, 2);
    }
    Ok(has)
}

impl Found {
    pub(super) fn size(&self) -> PixelSize {
        PixelSize::new(u32::from(self.rect.width), u32::from(self.rect.height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back() {
        for target in [Target::Monitor("HDMI-1".into()), Target::Monitor("a:b".into()), Target::Window(0x01c0_0012)] {
            assert_eq!(Target::from_id(&target.id()), Some(target));
        }
        for wrong in ["", "screen", "window:", "window:zz", "camera:1"] {
            assert_eq!(Target::from_id(wrong), None, "{wrong}");
        }
    }
}
