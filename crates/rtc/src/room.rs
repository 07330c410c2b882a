//! The room: joining, commands, leaving.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};
use visita_protocol::{Bitrate, PixelSize, Secret};

use crate::{
    AudioPublication, JoinError, LocalAudio, LocalVideo, RtcError, RtcEvent, RtcStats, VideoPublication,
    session::{self, Command, Shared},
};

/// Where and as whom to join.
#[derive(Clone, Debug)]
pub struct JoinOptions {
    /// Base URL of the media server: `ws://`, `wss://`, `http://` or `https://`.
    pub url: String,
    /// LiveKit access token.
    pub token: Secret,
    /// Receive every track without asking. Otherwise those for which [`Room::set_wanted`] asks.
    pub auto_subscribe: bool,
    /// What this network carried last time ([`RtcStats::good_rate`] of then), so that the first picture is a good one.
    pub known_rate: Option<Bitrate>,
    /// Media only through the TURN servers the room names. A server may also ask for it by itself.
    pub relay_only: bool,
}

/// What is wanted of a track of somebody else's.
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
    /// The bytes, [`Data::MAX_PAYLOAD`] at most.
    pub payload: Bytes,
    /// Identities of the receivers; empty means everybody.
    pub to: Vec<String>,
}

impl Data {
    /// Most bytes of a message: what every LiveKit client accepts.
    pub const MAX_PAYLOAD: usize = 15_000;
}

/// A joined room. Cheap to clone; when the last clone is dropped the room is left.
#[derive(Clone)]
pub struct Room {
    inner: Arc<Inner>,
}

struct Inner {
    identity: String,
    sid: String,
    commands: mpsc::UnboundedSender<Command>,
    leaving: watch::Sender<bool>,
    shared: Arc<Shared>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.leaving.send_replace(true);
    }
}

/// Joins a room and gives its handle and its events. The first events are the participants already there.
///
/// It returns when media can flow. Must be called on a tokio runtime, which then carries the room's tasks.
///
/// # Errors
/// [`JoinError`], each with a code.
pub async fn join(options: JoinOptions) -> Result<(Room, mpsc::UnboundedReceiver<RtcEvent>), JoinError> {
    let (leaving, leave_requests) = watch::channel(false);
    // When the caller gives up on the join, the guard inside drops with this future and ends what was begun.
    let started = session::start(options, leave_requests).await?;
    let inner = Inner {
        identity: started.identity,
        sid: started.sid,
        commands: started.commands,
        leaving,
        shared: started.shared,
    };
    let room = Room { inner: Arc::new(inner) };
    started.connected.await.unwrap_or(Err(JoinError::Media("the session ended".to_owned())))?;
    Ok((room, started.events))
}

impl Room {
    /// One's own identity.
    pub fn identity(&self) -> &str {
        &self.inner.identity
    }

    /// One's own participant sid, as the server named it at the join.
    pub fn sid(&self) -> &str {
        &self.inner.sid
    }

    /// Publishes a VP8 video. It is there for the others, and frames may be written, when this returns.
    ///
    /// # Errors
    /// [`RtcError::NotAllowed`] when the token may not publish it, [`RtcError::Invalid`] for no layers or too many,
    /// [`RtcError::Timeout`] when the server does not answer.
    pub async fn publish_video(&self, publication: VideoPublication) -> Result<LocalVideo, RtcError> {
        let rids = publication.layers.iter().map(|layer| layer.rid.as_str());
        if !rids.clone().eq([""]) && !rids.clone().eq(["q", "h"]) && !rids.eq(["q", "h", "f"]) {
            return Err(RtcError::Invalid("layers are one with an empty rid, or q, h, or q, h, f".to_owned()));
        }
        self.ask(|reply| Command::PublishVideo { publication, reply }).await
    }

    /// Publishes an Opus sound.
    ///
    /// # Errors
    /// As [`Room::publish_video`].
    pub async fn publish_audio(&self, publication: AudioPublication) -> Result<LocalAudio, RtcError> {
        self.ask(|reply| Command::PublishAudio { publication, reply }).await
    }

    /// Mutes or unmutes a track of one's own.
    ///
    /// # Errors
    /// [`RtcError::UnknownTrack`].
    pub async fn set_muted(&self, sid: &str, muted: bool) -> Result<(), RtcError> {
        let sid = sid.to_owned();
        self.ask(|reply| Command::SetMuted { sid, muted, reply }).await
    }

    /// Ends a track of one's own.
    ///
    /// # Errors
    /// [`RtcError::UnknownTrack`].
    pub async fn unpublish(&self, sid: &str) -> Result<(), RtcError> {
        let sid = sid.to_owned();
        self.ask(|reply| Command::Unpublish { sid, reply }).await
    }

    /// Asks the sender of a subscribed video for a key frame.
    pub fn request_key_frame(&self, track_sid: &str) {
        let _ = self.inner.commands.send(Command::RequestKeyFrame { sid: track_sid.to_owned() });
    }

    /// Tells the server how a track of somebody else's is shown.
    pub fn set_wanted(&self, track_sid: &str, wanted: Wanted) {
        let _ = self.inner.commands.send(Command::SetWanted { sid: track_sid.to_owned(), wanted });
    }

    /// Sends a data message. It returns when the message is on its way, not when it arrived.
    ///
    /// # Errors
    /// [`RtcError::TooLarge`] for more than [`Data::MAX_PAYLOAD`] bytes, [`RtcError::NotAllowed`] when the token may not
    /// send data.
    pub async fn send_data(&self, data: Data) -> Result<(), RtcError> {
        if data.payload.len() > Data::MAX_PAYLOAD {
            return Err(RtcError::TooLarge { size: data.payload.len() });
        }
        self.ask(|reply| Command::SendData { data, reply }).await
    }

    /// The machine is on another network, or woke up: the way to the server is made anew, at once. A change of address and
    /// sleep are also noticed without it, within a second or so.
    pub fn network_changed(&self) {
        let _ = self.inner.commands.send(Command::NetworkChanged);
    }

    /// The figures of now.
    pub fn stats(&self) -> RtcStats {
        self.inner.shared.stats()
    }

    /// Says goodbye and ends everything. The last event is `Disconnected`.
    pub async fn leave(&self) {
        self.inner.leaving.send_replace(true);
        self.inner.commands.closed().await;
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, RtcError>>) -> Command,
    ) -> Result<T, RtcError> {
        let (reply, answer) = oneshot::channel();
        self.inner.commands.send(command(reply)).map_err(|_| RtcError::Closed)?;
        answer.await.unwrap_or(Err(RtcError::Closed))
    }
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("identity", &self.inner.identity).field("sid", &self.inner.sid).finish()
    }
}
