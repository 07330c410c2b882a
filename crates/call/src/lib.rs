//! The client side of a call. One owner of the call's state ([`Call`]) takes commands and publishes whole
//! [`CallView`](visita_protocol::view::CallView) snapshots; it drives the media connection (`rtc`), the person's own devices
//! ([`LocalMedia`]) and the room channel. Encoded pictures leave through [`FrameHub`]. It knows nothing of windows.
//!
//! [`peer`] is a participant without a window, for demonstration, load and tests; `visita-peer` is its program.

mod call;
mod callaba;
mod channel;
pub mod entry;
pub mod frames;
pub mod line;
pub mod local;
mod log;
mod network;
pub mod peer;
mod people;
mod playout;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trial;

pub use call::{Call, CallState, FileClient, JoinTarget, Reception, Told, save_beside};
pub use frames::FrameHub;
pub use local::{CameraChoice, LocalMedia, LocalState, MicrophoneChoice, ShareChoice, ShareState, SpeakerChoice};
pub use log::start_log;
pub use visita_media::{
    processing::{ProcessingStats, Settings as SoundSettings},
    // A ring sounds on a device of its own: `visita_media::speaker::play`.
    speaker::Sound,
};

/// Makes ready what the first call of a process would wait for, some 30 ms. Blocks for as long.
pub fn prepare() {
    std::thread::scope(|scope| {
        scope.spawn(visita_rtc::prepare);
        drop(entry::client());
    });
}
