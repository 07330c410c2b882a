//! What a host of the media server holds: its configuration, a handle to steer rooms, and the events that come out.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use visita_protocol::Secret;

use crate::ice_servers::IceServers;

/// How the media server listens and whom it believes.
#[derive(Clone, Debug)]
pub struct SfuConfig {
    /// UDP address for the media of all participants; port 0 picks a free one.
    pub rtc_udp: SocketAddr,
    /// Addresses told to clients as ICE candidates. Empty: the bound address, or every address of the machine's default
    /// route when bound to the wildcard.
    pub announce: Vec<IpAddr>,
    /// TCP address for the media of those whose network lets no UDP through (ICE-TCP, RFC 6544); port 0 picks a free one.
    /// None: no media over TCP.
    pub rtc_tcp: Option<SocketAddr>,
    /// STUN and TURN servers that clients are told of.
    pub ice_servers: IceServers,
    /// LiveKit API keys with their secrets. A token's `iss` chooses the key.
    pub keys: HashMap<String, Secret>,
    /// How long somebody whose signalling or media is lost keeps the place, and may come back without anybody noticing.
    pub departure_timeout: Duration,
    /// What one client, and one room, may take up.
    pub limits: SfuLimits,
    /// LiveKit's clients on its Rust SDK (Python, Node and others) may have one peer connection, too. Their version of August
    /// 2026 at times shows no picture then, on any server; without, they take two by themselves.
    pub one_connection_for_native_clients: bool,
}

impl Default for SfuConfig {
    /// Any address and a free port, no media over TCP, no STUN and TURN servers, no keys.
    fn default() -> Self {
        Self {
            rtc_udp: (Ipv4Addr::UNSPECIFIED, 0).into(),
            announce: Vec::new(),
            rtc_tcp: None,
            ice_servers: IceServers::default(),
            keys: HashMap::new(),
            // Clients try for some 16 s before they slow down; a shorter time makes them join anew, a longer one leaves the
            // picture of somebody who crashed standing.
            departure_timeout: Duration::from_secs(20),
            limits: SfuLimits::default(),
            one_connection_for_native_clients: false,
        }
    }
}

/// What one client, and one room, may take up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SfuLimits {
    /// Participants in a room. A room made over the RoomService may have a lower limit of its own.
    pub room_participants: usize,
    /// Tracks one participant may have published.
    pub participant_tracks: usize,
    /// Signalling messages of one client per second, on average; four seconds' worth may come at once. A client beyond it
    /// waits, and so slows itself down.
    pub messages_per_second: u32,
    /// A participant whose media never connects is removed after this.
    pub join_timeout: Duration,
}

impl Default for SfuLimits {
    fn default() -> Self {
        Self {
            room_participants: 1000,
            participant_tracks: 20,
            messages_per_second: 100,
            join_timeout: Duration::from_secs(60),
        }
    }
}

/// Why the media server could not start, or a command failed.
#[derive(Debug, thiserror::Error)]
pub enum SfuError {
    /// The UDP port cannot be had.
    #[error("cannot bind UDP {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// No address to announce to clients.
    #[error("no address to announce for media: {0}")]
    NoAddress(String),
    /// The operating system refused a thread or a runtime.
    #[error("cannot start the media thread: {0}")]
    Thread(#[source] std::io::Error),
    /// The DTLS certificate could not be made.
    #[error("cannot make a DTLS certificate: {0}")]
    Certificate(String),
    /// The media server has stopped.
    #[error("the media server has stopped")]
    Stopped,
    /// No such room.
    #[error("no such room")]
    NoRoom,
    /// No such participant in the room.
    #[error("no such participant")]
    NoParticipant,
    /// No such track of the participant.
    #[error("no such track")]
    NoTrack,
    /// The TCP port cannot be had.
    #[error("cannot bind TCP {address}: {source}")]
    BindTcp {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What happens in the rooms, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SfuEvent {
    /// The first participant of a room is joining.
    RoomStarted {
        /// LiveKit room name.
        room: String,
        /// Session id, `RM_…`.
        sid: String,
    },
    /// The last participant of a room has gone.
    RoomFinished {
        /// LiveKit room name.
        room: String,
        /// Session id, `RM_…`.
        sid: String,
    },
    /// Somebody is connected: media can flow.
    ParticipantJoined {
        /// LiveKit room name.
        room: String,
        /// LiveKit identity.
        identity: String,
        /// Participant id, `PA_…`.
        sid: String,
    },
    /// Somebody is gone. Comes for everybody who began to join, so also without a `ParticipantJoined` before.
    ParticipantLeft {
        /// LiveKit room name.
        room: String,
        /// LiveKit identity.
        identity: String,
        /// Participant id, `PA_…`.
        sid: String,
        /// Why.
        reason: LeftReason,
        /// Whether a `ParticipantJoined` came before.
        was_connected: bool,
    },
    /// A track's media has begun.
    TrackPublished {
        /// LiveKit room name.
        room: String,
        /// Whose.
        identity: String,
        /// The track.
        track: TrackDescription,
    },
    /// A track is over.
    TrackUnpublished {
        /// LiveKit room name.
        room: String,
        /// Whose.
        identity: String,
        /// The track.
        track: TrackDescription,
    },
    /// A track was muted or unmuted.
    TrackMuted {
        /// LiveKit room name.
        room: String,
        /// Whose.
        identity: String,
        /// The track, with its new state.
        track: TrackDescription,
    },
}

/// Why a participant left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LeftReason {
    /// Said goodbye.
    Left,
    /// The connection was lost, or never came about.
    ConnectionLost,
    /// The same identity joined again.
    DuplicateIdentity,
    /// Removed through [`SfuControl::remove_participant`](crate::SfuControl::remove_participant).
    Removed,
    /// The room was ended through [`SfuControl::end_room`](crate::SfuControl::end_room).
    RoomEnded,
    /// The media server stops.
    Stopping,
    /// An error inside the participant's media engine; nobody else is touched.
    Failed,
}

/// Kind of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// What a track shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrackSource {
    /// Not said.
    Unknown,
    /// A camera.
    Camera,
    /// A microphone.
    Microphone,
    /// A screen or window.
    ScreenShare,
    /// The sound of a screen or window.
    ScreenShareAudio,
}

impl TrackSource {
    /// The word a token's `canPublishSources` uses.
    pub fn grant_name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Camera => "camera",
            Self::Microphone => "microphone",
            Self::ScreenShare => "screen_share",
            Self::ScreenShareAudio => "screen_share_audio",
        }
    }
}

/// A published track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackDescription {
    /// Track id, `TR_…`.
    pub sid: String,
    /// Its name.
    pub name: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// What it shows.
    pub source: TrackSource,
    /// Whether it is muted.
    pub muted: bool,
    /// Muted by the host: stays so until released.
    pub held: bool,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq)]
pub struct ParticipantDescription {
    /// Participant id, `PA_…`.
    pub sid: String,
    /// LiveKit identity.
    pub identity: String,
    /// Display name.
    pub name: String,
    /// The media connection is up.
    pub connected: bool,
    /// Not shown to the others.
    pub hidden: bool,
    /// Whether the signalling is there; without it somebody is on the way back, or about to be given up.
    pub signalling: bool,
    /// What is allowed now.
    pub permissions: Permissions,
    /// How good the connection is, of 5; 0 is lost.
    pub quality: u8,
    /// There and back, where it is measured yet.
    pub round_trip: Option<Duration>,
    /// Share of the packets that is lost on the worse of the two ways, 0 to 1, where it is measured yet.
    pub loss: Option<f32>,
    /// Unix time of the join, in milliseconds.
    pub joined_ms: i64,
    /// Metadata from the token and later updates.
    pub metadata: String,
    /// Attributes from the token and later updates.
    pub attributes: BTreeMap<String, String>,
    /// Published tracks.
    pub tracks: Vec<TrackDescription>,
}

/// What somebody may do in the room; the `video` grant of a token, after defaults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// May publish tracks.
    pub publish: bool,
    /// May receive tracks.
    pub subscribe: bool,
    /// May send data.
    pub publish_data: bool,
    /// When not empty: only these sources may be published.
    pub publish_sources: Vec<TrackSource>,
    /// May change own name, metadata and attributes.
    pub update_own_metadata: bool,
    /// Nobody is told of this participant.
    pub hidden: bool,
    /// Marked as a recorder.
    pub recorder: bool,
}

/// A room that is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomDescription {
    /// LiveKit room name.
    pub name: String,
    /// Session id, `RM_…`.
    pub sid: String,
    /// Metadata of the room.
    pub metadata: String,
    /// Unix time of its making, in milliseconds.
    pub created_ms: i64,
    /// Participants, without hidden ones.
    pub participants: usize,
    /// Participants who publish.
    pub publishers: usize,
}

/// A change of somebody; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantPatch {
    /// Display name.
    pub name: Option<String>,
    /// Metadata.
    pub metadata: Option<String>,
    /// Attributes to set; an empty value deletes.
    pub attributes: BTreeMap<String, String>,
    /// What is allowed.
    pub permissions: Option<Permissions>,
}

/// Data from the server to participants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerData {
    /// The bytes.
    pub payload: Vec<u8>,
    /// Topic, by which clients tell data apart.
    pub topic: Option<String>,
    /// Identities it is for; empty means everybody.
    pub to: Vec<String>,
    /// Reliable and in order, or fire and forget.
    pub reliable: bool,
}

/// Counters since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SfuStats {
    /// Rooms now.
    pub rooms: usize,
    /// Participants now.
    pub participants: usize,
    /// Tracks published now.
    pub tracks: usize,
    /// Tracks being forwarded now: one per track and subscriber.
    pub subscriptions: usize,
    /// Media packets that came in.
    pub packets_in: u64,
    /// Media packets handed on, one per subscriber.
    pub packets_forwarded: u64,
    /// UDP datagrams received.
    pub datagrams_in: u64,
    /// UDP datagrams sent.
    pub datagrams_out: u64,
    /// Bytes of the UDP datagrams received.
    pub bytes_in: u64,
    /// Bytes of the UDP datagrams sent.
    pub bytes_out: u64,
    /// Datagrams that belonged to nobody.
    pub datagrams_unknown: u64,
    /// Datagrams the socket did not take.
    pub datagrams_dropped: u64,
}
