//! One peer connection, set up as LiveKit wants it and with our links in its chain.

mod codecs;
mod handler;
mod sdp;
mod track;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use rtc::{
    ice::mdns::MulticastDnsMode,
    peer_connection::{
        configuration::RTCIceTransportPolicy,
        transport::{RTCDtlsRole, RTCIceCandidateType, RTCIceProtocol},
    },
};
use visita_protocol::Bitrate;
use webrtc::{
    data_channel::RTCDataChannelInit,
    peer_connection::{
        MediaEngine, PeerConnection, PeerConnectionBuilder, RTCConfigurationBuilder, RTCIceCandidateInit, RTCIceServer,
        RTCSessionDescription, SettingEngineBuilder,
    },
};

use super::{
    Channel, EngineError, Gate,
    channel::read,
    interceptors::{congestion::SendControl, publisher_chain, subscriber_chain, tap::Meters},
    outlet::Binding,
};
use crate::{AddressKind, Path, Protocol};
pub(in crate::engine) use codecs::PayloadTypes;
use codecs::{register_codecs, register_extensions};
use handler::Handler;
pub(crate) use track::{RemoteMediaTrack, SendTrack};

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
    payload_types: Arc<PayloadTypes>,
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
        let payload_types = Arc::<PayloadTypes>::default();
        let mut media = MediaEngine::default();
        register_codecs(&mut media, side)?;
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
            // A relay costs its operator, and time: direct ways have the same head start as over TCP, not the library's two
            // seconds. Where nothing but the relay is allowed nothing is waited for.
            .with_relay_acceptance_min_wait(if manner.relay_only { at_once } else { Some(UDP_FIRST) })
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
            .with_handler(Arc::new(Handler { on_event: on_event.clone(), payload_types: payload_types.clone() }))
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
            payload_types,
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
        let sdp = sdp::with_setup(&offer.sdp, self.starts_dtls);
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
        let offer = sdp::with_newest_names(&self.without_late_candidates(&offer));
        self.payload_types.learn(&offer);
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
        if sdp::is_tcp(&candidate.candidate) {
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
        let (rest, tcp) = sdp::without_tcp(sdp);
        for candidate in tcp {
            if self.late_candidates.iter().all(|held| held.candidate != candidate) {
                self.hold_back(RTCIceCandidateInit { candidate, sdp_mline_index: Some(0), ..Default::default() });
            }
        }
        rest
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

#[cfg(test)]
mod tests {
    use rtc::sdp::extmap::{
        AUDIO_LEVEL_URI, SDES_MID_URI, SDES_REPAIR_RTP_STREAM_ID_URI, SDES_RTP_STREAM_ID_URI, TRANSPORT_CC_URI,
    };

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
