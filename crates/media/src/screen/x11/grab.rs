//! Pixels from the X server.

use std::time::Instant;

use visita_codec::{
    I420Frame,
    colour::{self, Packed},
};
use visita_protocol::PixelSize;
use x11rb::connection::Connection;
use x11rb::protocol::{
    shm::{ConnectionExt as _, Seg},
    xproto::{ConnectionExt as _, Drawable, ImageFormat},
};

use super::{Rect, X11Error, cursor::Cursor, display::Display, shm::SharedMemory};
use crate::DeviceError;

/// Takes pictures, through shared memory where it can; keeps it from one picture to the next.
#[derive(Default)]
pub(super) struct Grabber {
    shared: Option<(Seg, SharedMemory, usize)>,
    refused: bool,
    plain: Vec<u8>,
}

/// Where a picture's first pixel lies on the root window, and the pointer to draw.
pub(super) struct Pointer<'c> {
    pub(super) cursor: &'c Cursor,
    pub(super) left: i32,
    pub(super) top: i32,
}

impl Grabber {
    /// `rect` of a window, screen or pixmap.
    pub(super) fn grab(
        &mut self,
        display: &Display,
        drawable: Drawable,
        rect: Rect,
        pointer: Option<Pointer<'_>>,
        at: Instant,
    ) -> Result<I420Frame, X11Error> {
        let stride = usize::from(rect.width) * 4;
        let bytes = stride * usize::from(rect.height);
        let size = PixelSize::new(u32::from(rect.width & !1), u32::from(rect.height & !1));
        let pixels = self.pixels(display, drawable, rect, bytes)?;
        if let Some(pointer) = pointer {
            pointer.cursor.draw(pixels, stride, (pointer.left, pointer.top), (size.width, size.height));
        }
        colour::packed_to_i420(Packed::Bgra, size, stride, pixels, at)
            .map_err(|error| X11Error(DeviceError::Failed(error.to_string())))
    }

    fn pixels(
        &mut self,
        display: &Display,
        drawable: Drawable,
        rect: Rect,
        bytes: usize,
    ) -> Result<&mut [u8], X11Error> {
        if display.has.shm && !self.refused && self.reserve(display, bytes).is_err() {
            // A server on another machine, or in another container.
            tracing::debug!("no memory shared with the X server");
            self.refused = true;
        }
        let format: u8 = ImageFormat::Z_PIXMAP.into();
        let Rect { x, y, width, height } = rect;
        let connection = &display.connection;
        let (depth, pixels) = match &mut self.shared {
            Some((segment, memory, _)) => {
                let reply =
                    connection.shm_get_image(drawable, x, y, width, height, !0, format, *segment, 0)?.reply()?;
                (reply.depth, memory.bytes_mut())
            }
            None => {
                let reply = connection.get_image(ImageFormat::Z_PIXMAP, drawable, x, y, width, height, !0)?.reply()?;
                self.plain = reply.data;
                (reply.depth, &mut self.plain[..])
            }
        };
        match (display.bits(depth), pixels.len() >= bytes) {
            (32, true) => Ok(&mut pixels[..bytes]),
            (bits, _) => Err(X11Error(DeviceError::Failed(format!("a display of {bits} bits a pixel")))),
        }
    }

    /// Makes the shared memory large enough.
    fn reserve(&mut self, display: &Display, bytes: usize) -> Result<(), X11Error> {
        if self.shared.as_ref().is_some_and(|(_, _, have)| *have >= bytes) {
            return Ok(());
        }
        self.release(display);
        let (memory, file) = SharedMemory::new(bytes.max(4096))?;
        let segment = display.connection.generate_id()?;
        display.connection.shm_attach_fd(segment, file, false)?.check()?;
        self.shared = Some((segment, memory, bytes));
        Ok(())
    }

    fn release(&mut self, display: &Display) {
        if let Some((segment, _, _)) = self.shared.take()
            && let Ok(cookie) = display.connection.shm_detach(segment)
        {
            cookie.ignore_error();
        }
    }
}
