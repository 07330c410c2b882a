//! A virtual X display, and looking at it.

mod drag;

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, anyhow};
use tokio::process::Command;
use visita_codec::{colour::i420_to_rgba, pattern::TestPattern};
use visita_protocol::PixelSize;
use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{
            AtomEnum, ClientMessageEvent, ConnectionExt, CreateGCAux, CreateWindowAux, EventMask, GrabMode,
            ImageFormat, MapState, ModMask, PropMode, Window, WindowClass,
        },
        xtest::ConnectionExt as _,
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

use crate::process::Running;

/// An Xvfb; dropping it ends it.
pub struct Display {
    _xvfb: Running,
    name: String,
}

/// What is on a display.
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Red, green, blue, 255.
    pub rgba: Vec<u8>,
}

impl Display {
    /// Starts a display of this size with a number that is free.
    pub async fn start(width: u32, height: u32) -> Result<Self> {
        let mut xvfb = Running::start(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", &format!("{width}x{height}x24"), "-nolisten", "tcp"])
                .stderr(std::process::Stdio::null()),
        )?;
        let number = xvfb.line(Duration::from_secs(10)).await.context("Xvfb")?;
        Ok(Self { _xvfb: xvfb, name: format!(":{}", number.trim()) })
    }

    /// `:N`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection for looking.
    pub fn eye(&self) -> Result<Eye> {
        let (connection, screen) = x11rb::connect(Some(&self.name))?;
        let screen = connection.setup().roots.get(screen).ok_or_else(|| anyhow!("no screen"))?;
        let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
        Ok(Eye { connection, root, width, height })
    }
}

/// Looks at a display, and works with it as hands do.
pub struct Eye {
    connection: RustConnection,
    root: u32,
    width: u16,
    height: u16,
}

impl Eye {
    /// The whole display.
    pub fn look(&self) -> Result<Picture> {
        self.look_at(0, 0, self.width, self.height)
    }

    /// A part of it.
    pub fn look_at(&self, x: i16, y: i16, width: u16, height: u16) -> Result<Picture> {
        let image = self.connection.get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0)?.reply()?.data;
        let rgba = image.chunks_exact(4).flat_map(|bgrx| [bgrx[2], bgrx[1], bgrx[0], 255]).collect();
        Ok(Picture { width: width.into(), height: height.into(), rgba })
    }

    /// Presses a key, or lets it go; by its keysym.
    pub fn key(&self, keysym: u32, down: bool) -> Result<()> {
        // Of X's events.
        const PRESS: u8 = 2;
        const RELEASE: u8 = 3;
        let code = self.keycode(keysym)?;
        let kind = if down { PRESS } else { RELEASE };
        self.connection.xtest_fake_input(kind, code, 0, self.root, 0, 0, 0)?.check()?;
        Ok(())
    }

    /// Takes a key from all other programs, for as long as this is looked through.
    pub fn take_key(&self, keysym: u32) -> Result<()> {
        let (code, any) = (self.keycode(keysym)?, ModMask::ANY);
        self.connection.grab_key(false, self.root, any, code, GrabMode::ASYNC, GrabMode::ASYNC)?.check()?;
        Ok(())
    }

    fn keycode(&self, keysym: u32) -> Result<u8> {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let keys = self.connection.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let per_key = usize::from(keys.keysyms_per_keycode);
        let at = keys.keysyms.chunks(per_key).position(|syms| syms.contains(&keysym)).context("no such key")?;
        Ok(first + u8::try_from(at)?)
    }

    /// The largest window of this name that is shown.
    pub fn window(&self, name: &str) -> Result<Option<Window>> {
        let shown = self.windows(name)?;
        Ok(shown.into_iter().max_by_key(|(_, width, height)| u32::from(*width) * u32::from(*height)).map(|(id, ..)| id))
    }

    /// A window of this name and size that is shown.
    pub fn window_of(&self, name: &str, width: u16, height: u16) -> Result<Option<Window>> {
        Ok(self.windows(name)?.into_iter().find(|(_, w, h)| (*w, *h) == (width, height)).map(|(id, ..)| id))
    }

    /// Without a window manager they are the display's own children. Windows may go while one looks.
    fn windows(&self, name: &str) -> Result<Vec<(Window, u16, u16)>> {
        let mut found = Vec::new();
        for id in self.connection.query_tree(self.root)?.reply()?.children {
            let asked = self.connection.get_property(false, id, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 64)?;
            let attributes = self.connection.get_window_attributes(id)?;
            let geometry = self.connection.get_geometry(id)?;
            let (Ok(told), Ok(attributes), Ok(geometry)) = (asked.reply(), attributes.reply(), geometry.reply()) else {
                continue;
            };
            if told.value == name.as_bytes() && attributes.map_state == MapState::VIEWABLE {
                found.push((id, geometry.width, geometry.height));
            }
        }
        Ok(found)
    }

    /// Closes a window as its frame does.
    pub fn close(&self, window: Window) -> Result<()> {
        let atom =
            |name: &str| -> Result<u32> { Ok(self.connection.intern_atom(false, name.as_bytes())?.reply()?.atom) };
        let asked = [atom("WM_DELETE_WINDOW")?, x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS")?, asked);
        self.connection.send_event(false, window, EventMask::NO_EVENT, message)?.check()?;
        Ok(())
    }
}

/// A window of another program: it shows the test picture, with the time in it. Dropping it closes it.
pub struct Shown {
    stop: Arc<AtomicBool>,
    painter: Option<JoinHandle<Result<()>>>,
}

impl Shown {
    /// Opens it.
    pub fn open(display: &Display, title: &str) -> Result<Self> {
        const SIZE: PixelSize = PixelSize::new(640, 360);
        let (connection, screen) = x11rb::connect(Some(&display.name))?;
        let screen = connection.setup().roots.get(screen).ok_or_else(|| anyhow!("no screen"))?;
        let (root, depth, visual) = (screen.root, screen.root_depth, screen.root_visual);
        let (window, pen) = (connection.generate_id()?, connection.generate_id()?);
        let (width, height) = (u16::try_from(SIZE.width)?, u16::try_from(SIZE.height)?);
        let nothing = CreateWindowAux::new();
        connection
            .create_window(depth, window, root, 0, 0, width, height, 0, WindowClass::INPUT_OUTPUT, visual, &nothing)?
            .check()?;
        let (name, kind) = (AtomEnum::WM_NAME, AtomEnum::STRING);
        connection.change_property8(PropMode::REPLACE, window, name, kind, title.as_bytes())?.check()?;
        connection.create_gc(pen, window, &CreateGCAux::new())?.check()?;
        connection.map_window(window)?.check()?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let painter = std::thread::spawn(move || {
            let mut pattern = TestPattern::new(SIZE);
            while !stopped.load(Ordering::Relaxed) {
                let now = u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?;
                let mut pixels = i420_to_rgba(&pattern.draw(now));
                for pixel in pixels.chunks_exact_mut(4) {
                    pixel.swap(0, 2);
                }
                connection
                    .put_image(ImageFormat::Z_PIXMAP, window, pen, width, height, 0, 0, 0, depth, &pixels)?
                    .check()?;
                std::thread::sleep(Duration::from_millis(100));
            }
            Ok(())
        });
        Ok(Self { stop, painter: Some(painter) })
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(Ok(Err(error))) = self.painter.take().map(JoinHandle::join) {
            eprintln!("the window was not painted to the end: {error:#}");
        }
    }
}

impl Picture {
    /// Writes a PNG.
    pub fn save(&self, path: &Path) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
        let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&self.rgba)?;
        Ok(())
    }
}
