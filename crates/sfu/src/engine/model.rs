//! What the engine knows of rooms, participants, tracks and subscriptions.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use livekit_protocol::{
    ClientInfo, ParticipantInfo, Room as RoomInfo, TrackInfo, TrackPermission,
    client_info::Sdk,
    participant_info::{Kind, State},
    signal_response::Message as Response,
};
use str0m::{
    change::SdpPendingOffer,
    channel::ChannelId,
    format::CodecSpec,
    media::Mid,
    media::Pt,
    rtp::{ExtensionValues, Ssrc, Vp8Descriptor},
};
use tokio::sync::mpsc;
use visita_protocol::VideoCodec;

use super::{
    peer::{ChannelKind, PeerKey},
    quality::{Measured, Quality},
};
use crate::{
    api::{Permissions, TrackKind, TrackSource},
    forward::{
        Dynacast, KeyFrameGate, LAYERS, Pace, PendingTracks, Rate, Recent, ReliableLog, SequenceMap, Speakers,
        VideoForwarder, VideoPacket,
    },
    token::Grant,
    wire,
};

slotmap::new_key_type! {
    /// A room.
    pub(crate) struct RoomKey;
    /// Somebody in a room.
    pub(crate) struct ParticipantKey;
    /// A published track.
    pub(crate) struct TrackKey;
    /// A track on its way to one subscriber.
    pub(crate) struct SubscriptionKey;
}

pub(crate) struct Room {
    pub(crate) name: String,
    pub(crate) sid: String,
    pub(crate) created_ms: i64,
    /// In the order of their coming.
    pub(crate) participants: Vec<ParticipantKey>,
    pub(crate) metadata: String,
    /// Made before anybody joined, and how long it stays empty.
    pub(crate) reserved: Option<Reserved>,
    /// Since nobody is in it.
    pub(crate) empty_since: Option<Instant>,
    /// Something of it changed that everybody is to know; told with the next tick.
    pub(crate) news: bool,
    /// Reliable data of late, for those who resume.
    pub(crate) log: ReliableLog,
    pub(crate) speakers: Speakers<ParticipantKey>,
}

/// What the maker of a room asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reserved {
    pub(crate) empty_timeout: Duration,
    pub(crate) departure_timeout: Duration,
    /// 0: as many as the server allows.
    pub(crate) max_participants: u32,
    /// Somebody was in it.
    pub(crate) used: bool,
}

impl Room {
    pub(crate) fn info(&self) -> RoomInfo {
        RoomInfo {
            sid: self.sid.clone(),
            name: self.name.clone(),
            metadata: self.metadata.clone(),
            empty_timeout: self.reserved.map_or(0, |one| one.empty_timeout.as_secs() as u32),
            departure_timeout: self.reserved.map_or(0, |one| one.departure_timeout.as_secs() as u32),
            max_participants: self.reserved.map_or(0, |one| one.max_participants),
            creation_time: self.created_ms / 1000,
            creation_time_ms: self.created_ms,
            enabled_codecs: wire::publish_codecs(),
            ..Default::default()
        }
    }
}

pub(crate) struct Participant {
    pub(crate) room: RoomKey,
    pub(crate) sid: String,
    pub(crate) identity: String,
    pub(crate) name: String,
    pub(crate) metadata: String,
    pub(crate) attributes: HashMap<String, String>,
    pub(crate) kind: Kind,
    pub(crate) grant: Grant,
    pub(crate) permissions: Permissions,
    pub(crate) client: ClientInfo,
    pub(crate) state: State,
    pub(crate) version: u32,
    pub(crate) joined_at: Instant,
    pub(crate) joined_ms: i64,
    pub(crate) token_refreshed_at: Instant,
    /// As told.
    pub(crate) quality: Quality,
    /// As last measured.
    pub(crate) measured: Measured,

    /// Counts signalling sessions: what an earlier one says is not heard any more.
    pub(crate) session: u32,
    /// To the signalling session; none when it is gone.
    pub(crate) outbox: Option<mpsc::Sender<Response>>,
    pub(crate) signal_lost_at: Option<Instant>,
    pub(crate) transport_lost_at: Option<Instant>,
    /// A connection of theirs is beyond use.
    pub(crate) failed_at: Option<Instant>,

    pub(crate) publisher: PeerKey,
    pub(crate) subscriber: PeerKey,

    pub(crate) pending: PendingTracks<PendingTrack>,
    pub(crate) tracks: Vec<TrackKey>,

    pub(crate) auto_subscribe: bool,
    /// What was said of single tracks, by track id.
    pub(crate) wishes: BTreeMap<String, Wish>,
    pub(crate) subscriptions: Vec<SubscriptionKey>,
    pub(crate) negotiation: Negotiation,
    /// Of a client with one connection for both ways: its `publisher` and its `subscriber` are the same.
    pub(crate) slots: Option<Slots>,
    pub(crate) data: DataOut,
    /// Newest reliable message of theirs: one with a number up to it comes a second time.
    pub(crate) last_reliable: u32,
    /// Who may subscribe to their tracks, when not everybody.
    pub(crate) audience: Option<Vec<TrackPermission>>,
    /// Sources muted by the host, for tracks to come as well.
    pub(crate) held: Vec<TrackSource>,
    pub(crate) simulated: Simulated,
}

/// What a client asked to be put through.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Simulated {
    /// Bits per second the subscriber connection is taken to carry, at most.
    pub(crate) bandwidth: Option<u64>,
    /// Speaks until then, whatever is heard.
    pub(crate) voice_until: Option<Instant>,
    /// The next resumed session ends at once; with or without a word before.
    pub(crate) cut_on_resume: Option<CutOnResume>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CutOnResume {
    Silently,
    AfterGreeting,
}

impl Participant {
    pub(crate) fn info(&self, tracks: Vec<TrackInfo>) -> ParticipantInfo {
        ParticipantInfo {
            sid: self.sid.clone(),
            identity: self.identity.clone(),
            state: self.state.into(),
            is_publisher: !tracks.is_empty(),
            tracks,
            metadata: self.metadata.clone(),
            joined_at: self.joined_ms / 1000,
            joined_at_ms: self.joined_ms,
            name: self.name.clone(),
            version: self.version,
            permission: Some(wire::permission(&self.permissions, self.kind)),
            kind: self.kind.into(),
            attributes: self.attributes.clone(),
            client_protocol: self.client.client_protocol,
            ..Default::default()
        }
    }

    /// Whether ICE must be complete: Firefox does not get along with a lite agent.
    pub(crate) fn needs_full_ice(client: &ClientInfo) -> bool {
        client.sdk == i32::from(Sdk::Js) && client.browser.eq_ignore_ascii_case("firefox")
    }
}

/// A track that is asked for and waits for its m-line.
#[derive(Clone, Debug)]
pub(crate) struct PendingTrack {
    pub(crate) info: TrackInfo,
    pub(crate) muted_by_server: bool,
    pub(crate) codec: VideoCodec,
    /// The client's encoder is to send nothing while nobody speaks.
    pub(crate) wants_dtx: bool,
}

/// What a subscriber said of one track.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish {
    /// Subscribed or not, when said.
    pub(crate) subscribed: Option<bool>,
    pub(crate) settings: Option<Settings>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) disabled: bool,
    pub(crate) quality: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Who gets less when the bandwidth is short; higher is more important.
    pub(crate) priority: u32,
}

/// The server's offers on the subscriber connection.
#[derive(Default)]
pub(crate) struct Negotiation {
    pub(crate) pending: Option<SdpPendingOffer>,
    pub(crate) id: u32,
    /// Something changed while an answer is awaited.
    pub(crate) again: bool,
    pub(crate) channels_made: bool,
    /// The next offer restarts ICE.
    pub(crate) restart: bool,
    /// Whether the offer that waits for its answer arrived at all is to be learnt from the client, who has come back just then.
    pub(crate) unsure_since: Option<Instant>,
    /// m-lines to switch off.
    pub(crate) closing: Vec<Mid>,
    /// m-lines that are new in the offer that waits for its answer.
    pub(crate) offered: Vec<String>,
    /// m-lines that offer switches off, and those it puts to use again.
    pub(crate) retiring: Vec<Mid>,
    pub(crate) reused: Vec<(Mid, TrackKind)>,
    /// m-lines both sides have switched off: free for other tracks.
    pub(crate) idle: Vec<(Mid, TrackKind)>,
    /// Which tracks, by id, m-lines ever carried towards a client that announces a track only the first time an m-line carries it.
    pub(crate) announced: HashSet<(Mid, String)>,
    /// That offer brings the data channels.
    pub(crate) offered_channels: bool,
}

impl Negotiation {
    /// m-lines, new or put to use again, that the client has not answered for yet.
    pub(crate) fn offered_mids(&self) -> Vec<String> {
        self.offered.iter().cloned().chain(self.reused.iter().map(|(mid, _)| mid.to_string())).collect()
    }

    /// Forgets the offer that waits for its answer: it never arrived.
    pub(crate) fn take_back(&mut self) {
        self.pending = None;
        self.again = false;
        self.offered.clear();
        // The client may know nothing of it: what was to be off is switched off by the next offer.
        self.closing.append(&mut self.retiring);
        self.idle.append(&mut self.reused);
        self.channels_made &= !std::mem::take(&mut self.offered_channels);
    }
}

/// The m-lines a client with one connection offers to receive on, and what it is to offer. Only the client makes offers there:
/// whatever is to change waits for the next one, which it is asked for.
#[derive(Default)]
pub(crate) struct Slots {
    /// As in its last offer.
    pub(crate) lines: Vec<(Mid, TrackKind)>,
    /// Their subscription is over. The client has to be told that they are inactive before they carry another: browsers announce
    /// a track only when its line comes to life.
    pub(crate) ended: Vec<Mid>,
    /// m-lines asked for that no offer had yet.
    pub(crate) awaited: Vec<TrackKind>,
    /// An offer was asked for and has not come.
    pub(crate) asked: bool,
}

/// Data towards one participant.
#[derive(Default)]
pub(crate) struct DataOut {
    pub(crate) reliable: Option<ChannelId>,
    pub(crate) lossy: Option<ChannelId>,
    /// Reliable packets that wait for the channel to open or to drain.
    pub(crate) waiting: VecDeque<Bytes>,
    pub(crate) waiting_bytes: usize,
}

impl DataOut {
    pub(crate) fn channel(&self, kind: ChannelKind) -> Option<ChannelId> {
        match kind {
            ChannelKind::Reliable => self.reliable,
            ChannelKind::Lossy => self.lossy,
        }
    }
}

pub(crate) struct Track {
    pub(crate) participant: ParticipantKey,
    pub(crate) room: RoomKey,
    pub(crate) info: TrackInfo,
    pub(crate) kind: TrackKind,
    /// The client's id of it.
    pub(crate) cid: Option<String>,
    pub(crate) mid: String,
    pub(crate) muted_by_server: bool,
    /// Of a video track: as announced, until its first packet shows.
    pub(crate) codec: VideoCodec,
    /// The format in detail, once a packet has shown it.
    pub(crate) spec: Option<CodecSpec>,
    pub(crate) wants_dtx: bool,
    pub(crate) layers: [LayerState; LAYERS],
    pub(crate) alive: [bool; LAYERS],
    pub(crate) dynacast: Dynacast,
    pub(crate) subscriptions: Vec<SubscriptionKey>,
    pub(crate) subscribed_told: bool,
}

/// One simulcast layer as it comes in.
#[derive(Default)]
pub(crate) struct LayerState {
    pub(crate) ssrc: Option<Ssrc>,
    pub(crate) last_packet: Option<Instant>,
    pub(crate) last_key_frame: Option<Instant>,
    pub(crate) pace: Pace,
    pub(crate) gate: KeyFrameGate,
    pub(crate) rate: Rate,
    pub(crate) recent: Recent<VideoPassing>,
}

/// A video packet on its way through.
#[derive(Clone, Debug)]
pub(crate) struct VideoPassing {
    pub(crate) summary: VideoPacket,
    /// Of VP8 only.
    pub(crate) descriptor: Option<Vp8Descriptor>,
    pub(crate) marker: bool,
    pub(crate) extensions: ExtensionValues,
    pub(crate) payload: Arc<[u8]>,
}

pub(crate) struct Subscription {
    pub(crate) track: TrackKey,
    pub(crate) subscriber: ParticipantKey,
    pub(crate) peer: PeerKey,
    /// Once offered.
    pub(crate) mid: Option<Mid>,
    /// Once answered.
    pub(crate) out: Option<Outgoing>,
    pub(crate) disabled: bool,
    pub(crate) forward: Forward,
}

/// The stream towards the subscriber.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outgoing {
    pub(crate) ssrc: Ssrc,
    pub(crate) payload_type: Pt,
}

pub(crate) enum Forward {
    Audio { sequence: SequenceMap, running: bool },
    Video(Box<VideoForwarder>),
}
