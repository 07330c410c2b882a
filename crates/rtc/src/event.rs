//! What a room tells its participant.

use std::collections::HashMap;

use bytes::Bytes;
use visita_protocol::{Bitrate, PixelSize};

use crate::{AudioReceiver, VideoReceiver};

/// Where a track comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A camera.
    Camera,
    /// A microphone.
    Microphone,
    /// A screen or a window.
    ScreenShare,
    /// The sound of a shared screen.
    ScreenShareAudio,
}

/// Video or audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
}

/// Somebody else in the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteParticipant {
    /// The server's id of this presence; a new one after each join.
    pub sid: String,
    /// Who it is: the identity of the token.
    pub identity: String,
    /// Name for people.
    pub name: String,
    /// Key and value pairs of the token, or set later.
    pub attributes: HashMap<String, String>,
}

/// A track somebody else publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteTrack {
    /// The server's id of the track.
    pub sid: String,
    /// Where it comes from.
    pub source: Source,
    /// Video or audio.
    pub kind: MediaKind,
    /// Muted by its publisher.
    pub muted: bool,
    /// Full size of a video as published.
    pub size: Option<PixelSize>,
    /// `video/VP8`, `audio/opus`, ...
    pub mime: String,
}

/// The media of a subscribed track.
#[derive(Debug)]
pub enum RemoteMedia {
    /// Whole encoded frames.
    Video(VideoReceiver),
    /// Packets of 20 ms or so.
    Audio(AudioReceiver),
}

/// How loud somebody is.
#[derive(Clone, Debug, PartialEq)]
pub struct Speaker {
    /// Who; one's own identity too.
    pub identity: String,
    /// 0 (silent) to 1 (loudest).
    pub level: f32,
    /// Whether the server counts it as speaking.
    pub active: bool,
}

/// The line to the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Signalling and media work.
    Connected,
    /// Lost; being made again by itself.
    Reconnecting {
        /// Which try, from 1.
        attempt: u32,
    },
    /// Over for good. The last event of a room.
    Disconnected {
        /// Why.
        reason: DisconnectReason,
    },
}

/// Why a connection is over for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectReason {
    /// [`crate::Room::leave`], or the last handle was dropped.
    Left,
    /// The same identity joined from somewhere else.
    Displaced,
    /// Removed by an admin.
    Removed,
    /// The room is over.
    RoomEnded,
    /// The server is going down.
    ServerShutdown,
    /// A new try was refused: the token is over, or the room full.
    Refused,
    /// The server could not be reached again.
    ConnectionLost,
    /// Another reason of the server.
    Other,
}

/// What happens in a room.
#[derive(Debug)]
pub enum RtcEvent {
    /// Somebody is there. Those already in the room come first, right after the join.
    ParticipantJoined(RemoteParticipant),
    /// Name or attributes changed.
    ParticipantUpdated(RemoteParticipant),
    /// Somebody left; all their tracks were unpublished before.
    ParticipantLeft {
        /// Who.
        identity: String,
    },
    /// Somebody publishes a track. With `auto_subscribe` its media follow as [`RtcEvent::Subscribed`].
    TrackPublished {
        /// Whose.
        identity: String,
        /// What.
        track: RemoteTrack,
    },
    /// Somebody muted or unmuted a track of theirs.
    TrackMuted {
        /// Whose.
        identity: String,
        /// Which track.
        sid: String,
        /// The new state.
        muted: bool,
    },
    /// A track is gone.
    TrackUnpublished {
        /// Whose.
        identity: String,
        /// Which track.
        sid: String,
    },
    /// Media of a track arrive. After a reconnect the same track may come again with a new receiver.
    Subscribed {
        /// Whose.
        identity: String,
        /// What.
        track: RemoteTrack,
        /// Where to take the media from.
        media: RemoteMedia,
    },
    /// The media of a track ended; its receiver gives `None`.
    Unsubscribed {
        /// Whose.
        identity: String,
        /// Which track.
        sid: String,
    },
    /// A receiver of our video needs a key frame.
    KeyFrameWanted {
        /// Our track.
        sid: String,
        /// Index into [`crate::VideoPublication::layers`].
        layer: usize,
    },
    /// Which layers of our video anybody looks at (dynacast). Stop writing the others; start again with a key frame.
    LayersWanted {
        /// Our track.
        sid: String,
        /// One flag for each of [`crate::VideoPublication::layers`].
        enabled: Vec<bool>,
    },
    /// What the way to the server carries, all our video together. Encoders stay below it.
    TargetBitrate(Bitrate),
    /// Changes of who speaks.
    Speakers(Vec<Speaker>),
    /// Somebody's line, one's own too.
    Quality {
        /// Whose.
        identity: String,
        /// 0 (lost) to 5 (excellent).
        quality: u8,
    },
    /// A data message.
    Data {
        /// Identity of the sender; none when the server itself sent it.
        from: Option<String>,
        /// Topic given by the sender.
        topic: Option<String>,
        /// The bytes.
        payload: Bytes,
        /// Sent reliably.
        reliable: bool,
    },
    /// The server muted a track of ours: stop capturing.
    MutedByServer {
        /// Our track.
        sid: String,
        /// The new state.
        muted: bool,
    },
    /// The line to the room.
    Connection(ConnectionState),
}
