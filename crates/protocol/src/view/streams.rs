//! Video: what arrives, what is sent, and where the page finds it.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::PixelSize;

/// What I show to the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShareView {
    /// A screen or a window.
    pub kind: ShareKind,
    /// What it is called.
    pub label: String,
    /// The others see it standing still.
    pub paused: bool,
    /// It as a stream of my own, where that can be shown.
    pub stream_id: Option<u32>,
}

/// What is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ShareKind {
    /// All of a screen.
    Screen,
    /// One window.
    Window,
}

/// One encoding of a video of mine that goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SendingView {
    /// Camera or screen.
    pub source: StreamSource,
    /// `q`, `h`, `f` from small to large; empty for the only one.
    pub layer: String,
    /// Size of its pictures.
    pub size: PixelSize,
    /// Pictures in the last second.
    pub fps: u32,
    /// Rate of the last second, kbit/s.
    pub kbps: u32,
}

/// A video stream that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct StreamView {
    /// Its id on the frame wire.
    pub stream_id: u32,
    /// Camera or screen.
    pub source: StreamSource,
    /// Its size as published.
    pub size: PixelSize,
}

/// Where a stream comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StreamSource {
    /// A camera.
    Camera,
    /// A screen or a window.
    Screen,
}

/// Where the page finds the frames (see [`crate::frames`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct FramesEndpoint {
    /// `ws://127.0.0.1:PORT/frames`.
    pub url: String,
    /// First message to send.
    pub secret: String,
    /// The machine has no GPU: convert pixels in WebAssembly instead of `drawImage`.
    pub software: bool,
}

/// The size at which the page shows a stream, in device pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ShownSize {
    /// The stream.
    pub stream_id: u32,
    /// The tile's size; zero by zero when it is not visible.
    pub size: PixelSize,
}
