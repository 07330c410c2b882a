//! The room: joining, commands, leaving.

use bytes::Bytes;
use tokio::sync::mpsc;
use visita_protocol::{PixelSize, Secret};

use crate::{AudioPublication, JoinError, LocalAudio, LocalVideo, RtcError, RtcEvent, RtcStats, VideoPublication};

/// Where and as whom to join.
#[derive(Clone, Debug)]
pub struct JoinOptions {
    /// Base URL of the media server: `ws://`, `wss://`, `http://` or `https://`.
    pub url: String,
    /// LiveKit access token.
    pub token: Secret,
    /// Receive every track without asking.
    pub auto_subscribe: bool,
}

/// What is wanted of a video of somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whether it is wanted at all.
    pub enabled: bool,
    /// Size it is shown at; the server chooses the layer by it.
    pub size: Option<PixelSize>,
    /// Frames per second at most.
    pub fps: Option<u32>,
}

/// A data message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Data {
    /// Repeated until it arrives, in order; otherwise sent once.
    pub reliable: bool,
    /// For the receiver to tell messages apart.
    pub topic: Option<String>,
    /// The bytes, 15,000 at most.
    pub payload: Bytes,
    /// Identities of the receivers; empty means everybody.
    pub to: Vec<String>,
}

/// A joined room. Cheap to clone; when the last clone is dropped the room is left.
#[derive(Clone, Debug)]
pub struct Room {}

/// Joins a room and gives its handle and its events. The first events are the participants already there.
///
/// # Errors
/// [`JoinError`], each with a code.
pub async fn join(_options: JoinOptions) -> Result<(Room, mpsc::UnboundedReceiver<RtcEvent>), JoinError> {
    Err(JoinError::Unreachable(String::new()))
}

impl Room {
    /// One's own identity.
    pub fn identity(&self) -> &str {
        ""
    }

    /// One's own participant sid, as the server named it at the join.
    pub fn sid(&self) -> &str {
        ""
    }

    /// Publishes a VP8 video.
    ///
    /// # Errors
    /// [`RtcError::NotAllowed`] when the token may not publish it, [`RtcError::Invalid`] for no layers or too many.
    pub async fn publish_video(&self, _publication: VideoPublication) -> Result<LocalVideo, RtcError> {
        Err(RtcError::Closed)
    }

    /// Publishes an Opus sound.
    ///
    /// # Errors
    /// As [`Room::publish_video`].
    pub async fn publish_audio(&self, _publication: AudioPublication) -> Result<LocalAudio, RtcError> {
        Err(RtcError::Closed)
    }

    /// Mutes or unmutes a track of one's own.
    ///
    /// # Errors
    /// [`RtcError::UnknownTrack`].
    pub async fn set_muted(&self, _sid: &str, _muted: bool) -> Result<(), RtcError> {
        Err(RtcError::Closed)
    }

    /// Ends a track of one's own.
    ///
    /// # Errors
    /// [`RtcError::UnknownTrack`].
    pub async fn unpublish(&self, _sid: &str) -> Result<(), RtcError> {
        Err(RtcError::Closed)
    }

    /// Asks the sender of a subscribed video for a key frame.
    pub fn request_key_frame(&self, _track_sid: &str) {}

    /// Tells the server how a video of somebody else's is shown.
    pub fn set_wanted(&self, _track_sid: &str, _wanted: Wanted) {}

    /// Sends a data message.
    ///
    /// # Errors
    /// [`RtcError::TooLarge`] for more than 15,000 bytes.
    pub async fn send_data(&self, _data: Data) -> Result<(), RtcError> {
        Err(RtcError::Closed)
    }

    /// The figures of now.
    pub fn stats(&self) -> RtcStats {
        RtcStats::default()
    }

    /// Says goodbye and ends everything. The last event is `Disconnected`.
    pub async fn leave(&self) {}
}
