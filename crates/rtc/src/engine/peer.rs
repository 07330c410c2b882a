//! One peer connection, set up as LiveKit wants it and with our links in its chain.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use rtc::{
    ice::mdns::MulticastDnsMode,
    media_stream::MediaStreamTrack,
    peer_connection::{
        configuration::RTCIceTransportPolicy,
        transport::{RTCDtlsRole, RTCIceCandidateType, RTCIceProtocol},
    },
    rtp_transceiver::{
        RTCRtpTransceiverDirection, RTCRtpTransceiverInit,
        rtp_sender::{
            RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpCodingParameters, RTCRtpEncodingParameters,
            RTCRtpHeaderExtensionCapability, RTCRtpRtxParameters, RtpCodecKind,
        },
    },
    sdp::extmap::{
        AUDIO_LEVEL_URI, SDES_MID_URI, SDES_REPAIR_RTP_STREAM_ID_URI, SDES_RTP_STREAM_ID_URI, TRANSPORT_CC_URI,
    },
};
use visita_protocol::Bitrate;
use webrtc::{
    data_channel::{DataChannel, RTCDataChannelInit},
    media_stream::{track_local::static_rtp::TrackLocalStaticRTP, track_remote::TrackRemote},
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder,
        RTCIceCandidateInit, RTCIceServer, RTCPeerConnectionIceEvent, RTCPeerConnectionState, RTCSessionDescription,
        SettingEngineBuilder,
    },
    rtp_transceiver::{RtpSender, RtpTransceiver},
};

use super::{
    Channel, EngineError, Gate,
    channel::read,
    interceptors::{congestion::SendControl, publisher_chain, subscriber_chain, tap::Meters},
    outlet::Binding,
};
use crate::{AddressKind, MediaKind, Path, Protocol};

/// How often ICE checks a pair that has not answered.
const ICE_CHECK_EVERY: Duration = Duration::from_millis(20);
/// How often a pair is checked before it counts as dead.
const ICE_CHECKS: u16 = 500;
/// How long UDP is tried alone.
const UDP_FIRST: Duration = Duration::from_millis(300);
/// Without an answer for so long the connection counts as disconnected, and then as failed; how often it is asked.
const ICE_DISCONNECTED: Duration = Duration::from_millis(2500);
const ICE_FAILED: Duration = Duration::from_secs(20);
const ICE_KEEPALIVE: Duration = Duration::from_millis(800);
const OPUS: u8 = 111;
const VP8: u8 = 96;
const RTX: u8 = 97;

/// Which of the two connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Side {
    /// We send on it, and offer.
    Publisher,
    /// We receive on it; the server offers.
    Subscriber,
}

/// State of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PeerState {
    /// Not connected yet.
    Connecting,
    /// Works.
    Connected,
    /// Checks go unanswered; may come back by itself.
    Disconnected,
    /// Will not come back by itself.
    Failed,
}

/// What a connection tells.
pub(crate) enum PeerEvent {
    /// An own candidate, as JSON for the other side.
    Candidate(String),
    /// The state changed.
    State(PeerState),
    /// Media of a track begin.
    Track(RemoteMediaTrack),
    /// A data message.
    Data { reliable: bool, bytes: Bytes },
    /// The other side needs a key frame of this stream.
    KeyFrameRequest { ssrc: u32 },
    /// A new target of the estimator.
    Target(Bitrate),
}

/// A track that the other side sends.
pub(crate) struct RemoteMediaTrack {
    /// Stream id of the SDP: `PA_x|TR_x` in LiveKit.
    pub(crate) stream_id: String,
    /// Track id of the SDP.
    pub(crate) track_id: String,
    /// Video or audio.
    pub(crate) kind: MediaKind,
    pub(super) handle: Arc<dyn TrackRemote>,
    /// Told when the track opens again.
    pub(super) on_event: OnEvent,
}

/// A STUN or TURN server.
#[derive(Clone)]
pub(crate) struct IceServer {
    /// `stun:` or `turn:` URLs.
    pub(crate) urls: Vec<String>,
    /// For TURN.
    pub(crate) username: String,
    /// For TURN.
    pub(crate) credential: String,
}

/// Takes the events of one connection; called on the library's own task, so it must not wait.
pub(crate) type OnEvent = Arc<dyn Fn(PeerEvent) + Send + Sync>;

/// One peer connection.
pub(crate) struct Peer {
    connection: Arc<dyn PeerConnection>,
    on_event: OnEvent,
    meters: Meters,
    control: Arc<SendControl>,
    /// Candidates that came before the description they belong to.
    early_candidates: Vec<RTCIceCandidateInit>,
    /// TCP candidates, held back until UDP had its chance: the first pair that works is taken.
    late_candidates: Vec<RTCIceCandidateInit>,
    late_since: Option<Instant>,
    has_remote: bool,
    starts_dtls: bool,
}

/// How a connection is made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Manner {
    /// Over TURN only.
    pub(crate) relay_only: bool,
    /// We start the DTLS handshake. The server is some 200 ms faster at it; but the library, when it is the one that waits,
    /// never gets over the loss of certain packets of the handshake.
    pub(crate) starts_dtls: bool,
}

/// A track of ours on a connection.
pub(crate) struct SendTrack {
    track: Arc<TrackLocalStaticRTP>,
    transceiver: Arc<dyn RtpTransceiver>,
    sender: Arc<dyn RtpSender>,
    kind: MediaKind,
    ssrcs: Vec<u32>,
    rids: Vec<String>,
    control: Arc<SendControl>,
}

impl Peer {
    /// Opens sockets; nothing is sent before the first description.
    pub(crate) async fn open(
        side: Side,
        servers: &[IceServer],
        manner: Manner,
        control: Arc<SendControl>,
        on_event: OnEvent,
    ) -> Result<Self, EngineError> {
        let meters = Meters::default();
        let mut media = MediaEngine::default();
        register_codecs(&mut media)?;
        register_extensions(&mut media)?;
        let registry = match side {
            Side::Publisher => {
                let (on_key_frame_request, on_target) = (on_event.clone(), on_event.clone());
                publisher_chain(
                    &meters,
                    &control,
                    Arc::new(move |ssrc| on_key_frame_request(PeerEvent::KeyFrameRequest { ssrc })),
                    Arc::new(move |target| on_target(PeerEvent::Target(target))),
                )
            }
            Side::Subscriber => subscriber_chain(&meters),
        };
        let servers = servers
            .iter()
            .map(|server| RTCIceServer {
                urls: server.urls.clone(),
                username: server.username.clone(),
                credential: server.credential.clone(),
            })
            .collect();
        // No wait for better candidates: the first pair that works is nominated, which saves up to a second.
        let at_once = Some(Duration::ZERO);
        let settings = SettingEngineBuilder::new()
            .with_host_acceptance_min_wait(at_once)
            .with_srflx_acceptance_min_wait(at_once)
            .with_prflx_acceptance_min_wait(at_once)
            .with_answering_dtls_role(match manner.starts_dtls {
                true => RTCDtlsRole::Client,
                false => RTCDtlsRole::Server,
            })
            // A check that came too early for the other side's candidates is repeated at once, not after 200 ms; the
            // number of tries still covers ten seconds.
            .with_ice_connection_attempts(Some(ICE_CHECK_EVERY), Some(ICE_CHECKS))
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_ice_timeouts(Some(ICE_DISCONNECTED), Some(ICE_FAILED), Some(ICE_KEEPALIVE))
            // After a change of network the old sockets lead nowhere.
            .with_discard_local_candidates_during_ice_restart(true)
            .build();
        let connection = PeerConnectionBuilder::new()
            .with_configuration(
                RTCConfigurationBuilder::default()
                    .with_ice_servers(servers)
                    .with_ice_transport_policy(match manner.relay_only {
                        true => RTCIceTransportPolicy::Relay,
                        false => RTCIceTransportPolicy::All,
                    })
                    .build(),
            )
            .with_media_engine(media)
            .with_setting_engine(settings)
            .with_interceptor_registry(registry)
            .with_handler(Arc::new(Handler { on_event: on_event.clone() }))
            .with_udp_addrs(own_sockets())
            // For connections of ours only; nobody is told of the listening ones.
            .with_tcp_addrs(own_sockets())
            .build()
            .await?;
        Ok(Self {
            connection: Arc::new(connection),
            on_event,
            meters,
            control,
            early_candidates: Vec::new(),
            late_candidates: Vec::new(),
            late_since: None,
            has_remote: false,
            starts_dtls: manner.starts_dtls,
        })
    }

    /// Its counters.
    pub(crate) fn meters(&self) -> &Meters {
        &self.meters
    }

    /// What is known of the way out.
    pub(crate) fn control(&self) -> &Arc<SendControl> {
        &self.control
    }

    /// Makes an offer and takes it as our description.
    pub(crate) async fn offer(&self) -> Result<String, EngineError> {
        let offer = self.connection.create_offer(None).await?;
        // RFC 5763 section 5 lets the offerer choose.
        let setup = if self.starts_dtls { "a=setup:active" } else { "a=setup:passive" };
        let sdp = offer.sdp.replace("a=setup:actpass", setup);
        self.connection.set_local_description(offer).await?;
        Ok(sdp)
    }

    /// Takes the answer to our offer.
    pub(crate) async fn accept_answer(&mut self, sdp: String) -> Result<(), EngineError> {
        let sdp = self.without_late_candidates(&sdp);
        self.connection.set_remote_description(RTCSessionDescription::answer(sdp)?).await?;
        self.add_early_candidates().await;
        Ok(())
    }

    /// Takes the other side's offer and answers it.
    pub(crate) async fn answer(&mut self, offer: String) -> Result<String, EngineError> {
        let offer = with_newest_names(&self.without_late_candidates(&offer));
        self.connection.set_remote_description(RTCSessionDescription::offer(offer)?).await?;
        self.add_early_candidates().await;
        let answer = self.connection.create_answer(None).await?;
        let sdp = answer.sdp.clone();
        self.connection.set_local_description(answer).await?;
        Ok(sdp)
    }

    /// Takes a candidate of the other side, as JSON.
    pub(crate) async fn add_candidate(&mut self, json: &str) {
        let candidate = match serde_json::from_str::<RTCIceCandidateInit>(json) {
            Ok(candidate) if !candidate.candidate.is_empty() => candidate,
            Ok(_) => return,
            Err(error) => {
                tracing::debug!(%error, "a candidate was not understood");
                return;
            }
        };
        if is_tcp(&candidate.candidate) {
            self.hold_back(candidate);
        } else if self.has_remote {
            self.add(candidate).await;
        } else if self.early_candidates.len() < 256 {
            self.early_candidates.push(candidate);
        }
    }

    fn hold_back(&mut self, candidate: RTCIceCandidateInit) {
        self.late_since.get_or_insert_with(Instant::now);
        if self.late_candidates.len() < 16 {
            self.late_candidates.push(candidate);
        }
    }

    /// A description without its TCP candidates, which are held back.
    fn without_late_candidates(&mut self, sdp: &str) -> String {
        let (tcp, rest): (Vec<&str>, Vec<&str>) = sdp
            .split_inclusive('\n')
            .partition(|line| line.strip_prefix("a=candidate:").is_some_and(|rest| is_tcp(rest.trim_end())));
        for line in tcp {
            let candidate = line.trim_end().trim_start_matches("a=").to_owned();
            if self.late_candidates.iter().all(|held| held.candidate != candidate) {
                self.hold_back(RTCIceCandidateInit { candidate, sdp_mline_index: Some(0), ..Default::default() });
            }
        }
        rest.concat()
    }

    /// Tries TCP as well, when UDP did not work for a while.
    pub(crate) async fn add_late_candidates(&mut self, now: Instant) {
        let is_time = self.late_since.is_some_and(|since| now.saturating_duration_since(since) >= UDP_FIRST);
        if is_time && self.has_remote {
            self.late_since = None;
            for candidate in std::mem::take(&mut self.late_candidates) {
                self.add(candidate).await;
            }
        }
    }

    async fn add_early_candidates(&mut self) {
        self.has_remote = true;
        for candidate in std::mem::take(&mut self.early_candidates) {
            self.add(candidate).await;
        }
    }

    async fn add(&self, candidate: RTCIceCandidateInit) {
        if let Err(error) = self.connection.add_ice_candidate(candidate).await {
            tracing::debug!(%error, "a candidate was refused");
        }
    }

    /// The next offer restarts ICE.
    pub(crate) async fn restart_ice(&self) -> Result<(), EngineError> {
        Ok(self.connection.restart_ice().await?)
    }

    /// The candidates in use; none where there are none, or there are no data channels, through which the library shows them.
    pub(crate) async fn path(&self) -> Option<Path> {
        let sctp = self.connection.sctp().await?;
        let ice = sctp.transport().ice_transport();
        let pair = ice.get_selected_candidate_pair().await.ok()??;
        let (local, remote) = (pair.local(), pair.remote());
        let is_tcp = [local, remote].iter().any(|end| end.protocol == RTCIceProtocol::Tcp);
        Some(Path {
            protocol: if is_tcp { Protocol::Tcp } else { Protocol::Udp },
            local: address_kind(local.typ),
            remote: address_kind(remote.typ),
            is_ipv6: remote.address.contains(':'),
        })
    }

    /// Our description and the other side's, for a resume.
    pub(crate) async fn descriptions(&self) -> (Option<String>, Option<String>) {
        let local = self.connection.local_description().await.map(|description| description.sdp);
        let remote = self.connection.remote_description().await.map(|description| description.sdp);
        (local, remote)
    }

    /// Adds a VP8 track; it needs a new offer.
    pub(crate) async fn add_video(&self, id: &str, rids: Vec<String>) -> Result<SendTrack, EngineError> {
        self.add_track(id, MediaKind::Video, rids).await
    }

    /// Adds an Opus track; it needs a new offer.
    pub(crate) async fn add_audio(&self, id: &str) -> Result<SendTrack, EngineError> {
        self.add_track(id, MediaKind::Audio, vec![String::new()]).await
    }

    async fn add_track(&self, id: &str, kind: MediaKind, rids: Vec<String>) -> Result<SendTrack, EngineError> {
        let ssrcs: Vec<u32> = rids.iter().map(|_| random_ssrc()).collect();
        let encodings = rids
            .iter()
            .zip(&ssrcs)
            .map(|(rid, &ssrc)| RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters {
                    rid: rid.clone(),
                    ssrc: Some(ssrc),
                    rtx: (kind == MediaKind::Video).then(|| RTCRtpRtxParameters { ssrc: random_ssrc() }),
                    ..RTCRtpCodingParameters::default()
                },
                active: true,
                codec: match kind {
                    MediaKind::Video => vp8(),
                    MediaKind::Audio => opus(),
                },
                ..RTCRtpEncodingParameters::default()
            })
            .collect();
        let codec_kind = match kind {
            MediaKind::Video => RtpCodecKind::Video,
            MediaKind::Audio => RtpCodecKind::Audio,
        };
        let media = MediaStreamTrack::new(format!("s{id}"), id.to_owned(), id.to_owned(), codec_kind, encodings);
        let track = Arc::new(TrackLocalStaticRTP::new(media));
        let transceiver = self
            .connection
            .add_transceiver_from_track(
                track.clone(),
                Some(RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Sendonly,
                    streams: Vec::new(),
                    send_encodings: Vec::new(),
                }),
            )
            .await?;
        let sender = transceiver.sender().await?.ok_or_else(|| EngineError("a track without sender".to_owned()))?;
        let control = self.control.clone();
        Ok(SendTrack { track, transceiver, sender, kind, ssrcs, rids, control })
    }

    /// Ends a track; it needs a new offer.
    pub(crate) async fn remove(&self, track: &SendTrack) -> Result<(), EngineError> {
        Ok(self.connection.remove_track(&track.sender).await?)
    }

    /// Makes a data channel; it needs a new offer when it is the first.
    pub(crate) async fn open_channel(&self, label: &str, reliable: bool) -> Result<Channel, EngineError> {
        let init = RTCDataChannelInit {
            ordered: reliable,
            max_retransmits: (!reliable).then_some(0),
            ..RTCDataChannelInit::default()
        };
        let channel = self.connection.create_data_channel(label, Some(init)).await?;
        let on_event = self.on_event.clone();
        Ok(Channel::start(label.to_owned(), channel, move |bytes| on_event(PeerEvent::Data { reliable, bytes })))
    }

    /// Ends the connection.
    pub(crate) async fn close(&self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "closing");
        }
    }
}

impl SendTrack {
    /// Opens `gate` to this track if the negotiation is through.
    pub(crate) async fn bind(&self, gate: &Gate) -> Result<(), EngineError> {
        let Some(mid) = self.transceiver.mid().await?.filter(|mid| !mid.is_empty()) else { return Ok(()) };
        let parameters = self.sender.get_parameters().await?.rtp_parameters;
        let mime = match self.kind {
            MediaKind::Video => "video/vp8",
            MediaKind::Audio => "audio/opus",
        };
        let Some(codec) = parameters.codecs.iter().find(|c| c.rtp_codec.mime_type.eq_ignore_ascii_case(mime)) else {
            return Err(EngineError(format!("the server takes no {mime}")));
        };
        let extension = |uri: &str| {
            parameters.header_extensions.iter().find(|e| e.uri == uri).and_then(|e| u8::try_from(e.id).ok())
        };
        gate.bind(Binding {
            track: self.track.clone(),
            payload_type: codec.payload_type,
            ssrcs: self.ssrcs.clone(),
            mid: extension(SDES_MID_URI).map(|id| (id, Bytes::from(mid))),
            rid_id: extension(SDES_RTP_STREAM_ID_URI),
            rids: self.rids.iter().map(|rid| Bytes::from(rid.clone())).collect(),
            level_id: extension(AUDIO_LEVEL_URI),
            control: self.control.clone(),
        });
        Ok(())
    }

    /// SSRC of each layer.
    pub(crate) fn ssrcs(&self) -> &[u32] {
        &self.ssrcs
    }
}

fn address_kind(kind: RTCIceCandidateType) -> AddressKind {
    match kind {
        RTCIceCandidateType::Srflx | RTCIceCandidateType::Prflx => AddressKind::Reflexive,
        RTCIceCandidateType::Relay => AddressKind::Relayed,
        _ => AddressKind::Host,
    }
}

/// The wildcard stands for every interface but loopback, which a server on this machine needs.
fn own_sockets() -> Vec<&'static str> {
    let mut sockets = vec!["0.0.0.0:0", "127.0.0.1:0"];
    // Where the system is without IPv6 the library would complain about every connection.
    if std::net::UdpSocket::bind("[::1]:0").is_ok() {
        sockets.extend(["[::]:0", "[::1]:0"]);
    }
    sockets
}

/// Whether a candidate (RFC 8839 section 5.1) is of TCP.
fn is_tcp(candidate: &str) -> bool {
    candidate.split(' ').nth(2).is_some_and(|transport| transport.eq_ignore_ascii_case("tcp"))
}

/// An offer whose sources have the stream and track of their m-line: the library believes the sources' lines (RFC 5576) rather
/// than `a=msid` (RFC 8830), and servers that give an m-line to another track may rewrite that one only.
fn with_newest_names(offer: &str) -> String {
    let mut out = String::with_capacity(offer.len());
    let mut rest = offer;
    while !rest.is_empty() {
        let end = rest.get(1..).and_then(|tail| tail.find("\nm=")).map_or(rest.len(), |at| at + 2);
        let (section, tail) = rest.split_at(end);
        let newest = section.lines().find_map(|line| line.strip_prefix("a=msid:"));
        for line in section.split_inclusive('\n') {
            let source = line.strip_prefix("a=ssrc:").and_then(|line| line.split_once(" msid:"));
            match (newest, source) {
                (Some(newest), Some((ssrc, _))) => out.extend(["a=ssrc:", ssrc, " msid:", newest, "\r\n"]),
                _ => out.push_str(line),
            }
        }
        rest = tail;
    }
    out
}

/// Zero means "none" in RTCP.
fn random_ssrc() -> u32 {
    rand::random_range(1..=u32::MAX)
}

fn feedback(typ: &str, parameter: &str) -> RTCPFeedback {
    RTCPFeedback { typ: typ.to_owned(), parameter: parameter.to_owned() }
}

fn vp8() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "video/VP8".to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: vec![
            feedback("ccm", "fir"),
            feedback("nack", ""),
            feedback("nack", "pli"),
            feedback("transport-cc", ""),
        ],
    }
}

fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        rtcp_feedback: vec![feedback("transport-cc", "")],
    }
}

/// Exactly the codecs we send, first: LiveKit binds a media section to its first codec and drops the rest.
fn register_codecs(media: &mut MediaEngine) -> Result<(), EngineError> {
    let rtx = RTCRtpCodec {
        mime_type: "video/rtx".to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: format!("apt={VP8}"),
        rtcp_feedback: Vec::new(),
    };
    for (rtp_codec, payload_type, kind) in
        [(opus(), OPUS, RtpCodecKind::Audio), (vp8(), VP8, RtpCodecKind::Video), (rtx, RTX, RtpCodecKind::Video)]
    {
        media.register_codec(RTCRtpCodecParameters { rtp_codec, payload_type }, kind)?;
    }
    Ok(())
}

fn register_extensions(media: &mut MediaEngine) -> Result<(), EngineError> {
    for (uri, kind) in [
        (AUDIO_LEVEL_URI, RtpCodecKind::Audio),
        (SDES_MID_URI, RtpCodecKind::Audio),
        (TRANSPORT_CC_URI, RtpCodecKind::Audio),
        (SDES_MID_URI, RtpCodecKind::Video),
        (SDES_RTP_STREAM_ID_URI, RtpCodecKind::Video),
        (SDES_REPAIR_RTP_STREAM_ID_URI, RtpCodecKind::Video),
        (TRANSPORT_CC_URI, RtpCodecKind::Video),
    ] {
        media.register_header_extension(RTCRtpHeaderExtensionCapability { uri: uri.to_owned() }, kind, None)?;
    }
    Ok(())
}

/// Passes the library's calls on as events.
struct Handler {
    on_event: OnEvent,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let json = event.candidate.to_json().ok().filter(|init| !is_tcp(&init.candidate)).and_then(|init| {
            // The official Rust clients panic on a candidate without these two.
            let init = RTCIceCandidateInit {
                sdp_mid: Some(init.sdp_mid.unwrap_or_default()),
                sdp_mline_index: Some(init.sdp_mline_index.unwrap_or_default()),
                ..init
            };
            serde_json::to_string(&init).ok()
        });
        if let Some(json) = json {
            (self.on_event)(PeerEvent::Candidate(json));
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let state = match state {
            RTCPeerConnectionState::Connected => PeerState::Connected,
            RTCPeerConnectionState::Disconnected => PeerState::Disconnected,
            RTCPeerConnectionState::Failed => PeerState::Failed,
            RTCPeerConnectionState::New | RTCPeerConnectionState::Connecting => PeerState::Connecting,
            _ => return,
        };
        (self.on_event)(PeerEvent::State(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let on_event = self.on_event.clone();
        // Asking for the label waits for the task this runs on.
        tokio::spawn(async move {
            let reliable = match channel.label().await.as_deref() {
                Ok("_reliable") => true,
                Ok("_lossy") => false,
                _ => return,
            };
            read(channel, move |bytes| on_event(PeerEvent::Data { reliable, bytes }));
        });
    }

    async fn on_track(&self, handle: Arc<dyn TrackRemote>) {
        let kind = match handle.kind().await {
            RtpCodecKind::Video => MediaKind::Video,
            RtpCodecKind::Audio => MediaKind::Audio,
            _ => return,
        };
        let (stream_id, track_id) = (handle.stream_id().await, handle.track_id().await);
        let on_event = self.on_event.clone();
        (self.on_event)(PeerEvent::Track(RemoteMediaTrack { stream_id, track_id, kind, handle, on_event }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn peer() -> Peer {
        crate::use_aws_lc();
        Peer::open(Side::Publisher, &[], Manner::default(), SendControl::new(None), Arc::new(|_| {}))
            .await
            .expect("opened")
    }

    #[tokio::test]
    async fn what_is_sent_is_offered_first_and_by_layers() {
        let peer = peer().await;
        let rids = ["q", "h", "f"].map(str::to_owned).to_vec();
        peer.add_video("camera", rids).await.expect("added");
        peer.add_audio("microphone").await.expect("added");
        let offer = peer.offer().await.expect("offered");
        let section = |kind: &str| {
            let at = offer.find(&format!("m={kind}")).expect("a section");
            let rest = &offer[at..];
            rest[..rest[2..].find("m=").map_or(rest.len(), |end| end + 2)].to_owned()
        };
        let video = section("video");
        assert!(video.starts_with("m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n"), "{video}");
        for line in [
            "a=rtpmap:96 VP8/90000",
            "a=fmtp:97 apt=96",
            "a=rid:q send",
            "a=rid:h send",
            "a=rid:f send",
            "a=simulcast:send q;h;f",
            "a=rtcp-fb:96 nack",
            "a=rtcp-fb:96 transport-cc",
            "a=setup:passive",
        ] {
            assert!(video.lines().any(|found| found.trim_end() == line), "no {line} in {video}");
        }
        for uri in [SDES_MID_URI, SDES_RTP_STREAM_ID_URI, SDES_REPAIR_RTP_STREAM_ID_URI, TRANSPORT_CC_URI] {
            assert!(video.contains(uri), "{uri}");
        }
        let audio = section("audio");
        assert!(audio.starts_with("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n") && audio.contains(AUDIO_LEVEL_URI), "{audio}");
        peer.close().await;
    }

    #[test]
    fn a_line_names_its_track_once() {
        let offer = "v=0\r\nm=video 9 X 96\r\na=mid:1\r\na=msid:p new\r\na=ssrc:1 cname:c\r\na=ssrc:1 msid:p old\r\n\
                     m=video 9 X 96\r\na=mid:2\r\na=ssrc:2 cname:c\r\na=ssrc:2 msid:p only\r\n";
        assert_eq!(with_newest_names(offer), offer.replace("p old", "p new"));
        assert_eq!(with_newest_names(""), "");
    }

    #[tokio::test]
    async fn tcp_waits_for_udp() {
        let mut peer = peer().await;
        let sdp = "v=0\r\na=candidate:1 1 udp 1 127.0.0.1 7 typ host\r\n\
                   a=candidate:2 1 tcp 1 127.0.0.1 7 typ host tcptype passive\r\na=mid:0\r\n";
        assert_eq!(peer.without_late_candidates(sdp).lines().count(), 3);
        peer.add_candidate(r#"{"candidate":"candidate:3 1 tcp 1 127.0.0.1 8 typ host tcptype passive"}"#).await;
        assert_eq!(peer.late_candidates.len(), 2);
        peer.close().await;
    }
}
