//! A virtual X display, and looking at it.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, anyhow};
use tokio::process::Command;
use x11rb::{
    connection::Connection,
    protocol::xproto::{ConnectionExt, ImageFormat},
    rust_connection::RustConnection,
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

/// Looks at a display.
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
