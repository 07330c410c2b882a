//! One peer connection: str0m's `Rtc` behind a fence. A panic or an error inside it ends this peer and nobody else's.

use std::{
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig, RtcError,
    bwe::Bitrate,
    channel::ChannelId,
    config::{CryptoProvider, DtlsCert},
    format::Codec,
    net::{Protocol, Receive, TcpType, Transmit},
    rtp::{Ssrc, StreamTx},
};

use super::{
    bandwidth::Link,
    model::{ParticipantKey, TrackKey},
    paths::Path,
};
use crate::{
    api::{SfuError, TrackKind},
    forward::Layer,
};

slotmap::new_key_type! {
    /// A peer connection.
    pub(crate) struct PeerKey;
}

/// How often loss and round trip are looked at.
const STATS_INTERVAL: Duration = Duration::from_secs(2);

/// Sent packets kept for retransmission, per stream: a second and more of 2.5 Mbit/s video, two seconds of sound. They are
/// most of what a subscriber takes of memory.
const RESEND_VIDEO: usize = 300;
const RESEND_AUDIO: usize = 100;

/// How old a packet may be to be sent again: later than that no decoder waits for it.
const RESEND_AGE: Duration = Duration::from_secs(2);

/// What of a stream may be retransmissions. Less than this gives up on links that lose a tenth in bursts; more lets a client
/// that asks for everything again multiply its stream.
const RESEND_SHARE: f32 = 0.4;

/// Outputs taken from one peer in one go. More than any honest peer has to say; stops one that never ends.
const MAX_OUTPUTS: usize = 10_000;

/// A wake-up this near is now.
const NO_TIME: Duration = Duration::from_micros(200);

/// What a subscriber's link is taken to carry until it has been measured: a call of two at full quality. Optimistic, so that
/// nobody on a good link begins with a poor picture; a link that has less shows it within the first second.
pub(super) const INITIAL_BANDWIDTH: Bitrate = Bitrate::kbps(3000);

/// H.264 as browsers have it: payload type and that of its retransmissions, packetization mode, profile and level. High profile
/// is left out: not every receiver decodes it, and who offers it offers these as well.
const H264: [(u8, u8, bool, u32); 5] = [
    (108, 109, true, 0x42e01f),
    (124, 120, false, 0x42e01f),
    (127, 121, true, 0x42001f),
    (125, 107, false, 0x42001f),
    (123, 119, true, 0x4d001f),
];

/// Which of a participant's peer connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The client offers and sends.
    Publisher,
    /// The server offers and sends.
    Subscriber,
    /// The only one: the client offers, both send.
    Both,
}

impl Role {
    /// The client sends on it.
    pub(crate) fn receives(self) -> bool {
        self != Self::Subscriber
    }

    /// The server sends on it.
    pub(crate) fn sends(self) -> bool {
        self != Self::Publisher
    }
}

/// Why a peer is beyond use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeerFault {
    #[error("{0}")]
    Rtc(#[from] RtcError),
    #[error("panic in the media engine")]
    Panic,
    #[error("endless output")]
    Endless,
    #[error("closed by the client")]
    Closed,
}

/// A data channel the peer opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelKind {
    Reliable,
    Lossy,
}

impl ChannelKind {
    pub(crate) const RELIABLE_LABEL: &str = "_reliable";
    pub(crate) const LOSSY_LABEL: &str = "_lossy";

    pub(crate) fn by_label(label: &str) -> Option<Self> {
        match label {
            Self::RELIABLE_LABEL => Some(Self::Reliable),
            Self::LOSSY_LABEL => Some(Self::Lossy),
            _ => None,
        }
    }
}

/// An incoming stream and what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) ssrc: Ssrc,
    pub(crate) track: TrackKey,
    pub(crate) layer: Layer,
}

pub(crate) struct Peer {
    rtc: Rtc,
    pub(crate) participant: ParticipantKey,
    pub(crate) role: Role,
    pub(crate) ice_lite: bool,
    pub(crate) ufrag: String,
    /// Addresses it sends from.
    pub(crate) paths: Vec<Path>,
    pub(crate) connected: bool,
    /// A description of the other side is in: candidates can be taken.
    pub(crate) described: bool,
    /// Candidates from before.
    pub(crate) early_candidates: Vec<Candidate>,
    /// Checks from before, and where they came from: clients send the first one together with their description, and may take
    /// seconds to repeat it.
    pub(crate) early_checks: Vec<(SocketAddr, Vec<u8>)>,
    pub(crate) channels: Vec<(ChannelId, ChannelKind)>,
    pub(crate) sources: Vec<Source>,
    /// Of one the server sends on.
    pub(crate) link: Link,
    /// To be drained in this turn.
    pub(crate) touched: bool,
    /// It knows the time already: a datagram told it, and nothing was done to it since.
    pub(crate) up_to_date: bool,
    /// Earliest wake-up in the timers.
    pub(crate) scheduled: Option<Instant>,
}

impl Peer {
    /// Runs something on the peer connection, fenced. The peer must be drained afterwards.
    pub(crate) fn with<T>(&mut self, run: impl FnOnce(&mut Rtc) -> Result<T, RtcError>) -> Result<T, PeerFault> {
        let rtc = &mut self.rtc;
        match catch_unwind(AssertUnwindSafe(|| run(rtc))) {
            Ok(result) => Ok(result?),
            Err(_) => Err(PeerFault::Panic),
        }
    }

    /// Prepares a stream towards the client for packets that are passed on.
    pub(crate) fn tune(stream: &mut StreamTx, kind: TrackKind) {
        let kept = match kind {
            TrackKind::Audio => RESEND_AUDIO,
            TrackKind::Video => RESEND_VIDEO,
        };
        stream.set_rtx_cache(kept, RESEND_AGE, Some(RESEND_SHARE));
        // The publisher has spread them out already, and what has room on the link is decided by layers, not by a queue.
        stream.set_unpaced(true);
    }

    /// Whether a datagram is for this peer: same address, or a STUN message with its integrity.
    pub(crate) fn accepts(&mut self, input: &Input<'_>) -> bool {
        self.with(|rtc| Ok(rtc.accepts(input))).unwrap_or(false)
    }

    pub(crate) fn handle(&mut self, input: Input<'_>) -> Result<(), PeerFault> {
        self.with(|rtc| rtc.handle_input(input))
    }

    /// Takes everything the peer has to say and returns when it wants to be woken.
    pub(crate) fn drain(
        &mut self,
        now: Instant,
        events: &mut Vec<Event>,
        transmits: &mut Vec<Transmit>,
    ) -> Result<Instant, PeerFault> {
        let up_to_date = std::mem::take(&mut self.up_to_date);
        self.with(|rtc| {
            if !up_to_date {
                rtc.handle_input(Input::Timeout(now))?;
            }
            for _ in 0..MAX_OUTPUTS {
                match rtc.poll_output()? {
                    Output::Timeout(_) if !rtc.is_alive() => return Ok(Err(PeerFault::Closed)),
                    // With a bandwidth estimate every packet waits for a moment of its own; none is worth a turn of the loop.
                    Output::Timeout(at) if at <= now + NO_TIME => rtc.handle_input(Input::Timeout(at.max(now)))?,
                    Output::Timeout(at) => return Ok(Ok(at)),
                    Output::Transmit(transmit) => transmits.push(transmit),
                    Output::Event(event) => events.push(event),
                }
            }
            Ok(Err(PeerFault::Endless))
        })?
    }

    /// Ends it; whatever its engine does when it is dropped stays inside.
    pub(crate) fn end(self) {
        let rtc = self.rtc;
        let _ = catch_unwind(AssertUnwindSafe(move || drop(rtc)));
    }
}

/// Makes peers. One certificate serves all: making one takes longer than all the rest of a join.
#[derive(Clone)]
pub(crate) struct PeerFactory {
    provider: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

impl PeerFactory {
    pub(crate) fn new() -> Result<Self, SfuError> {
        let provider = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = provider
            .dtls_provider
            .generate_certificate()
            .ok_or_else(|| SfuError::Certificate("the crypto library made none".to_owned()))?;
        Ok(Self { provider, certificate })
    }

    pub(crate) fn make(
        &self,
        participant: ParticipantKey,
        role: Role,
        ice_lite: bool,
        local: &[(Protocol, SocketAddr)],
        now: Instant,
    ) -> Result<Peer, PeerFault> {
        let mut config = RtcConfig::new()
            .set_crypto_provider(self.provider.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_ice_lite(ice_lite)
            .set_rtp_mode(true)
            .enable_bwe(role.sends().then_some(INITIAL_BANDWIDTH))
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .set_send_buffer_audio(RESEND_AUDIO)
            .set_send_buffer_video(RESEND_VIDEO)
            .enable_vp9(true)
            .set_stats_interval(Some(STATS_INTERVAL));
        for (payload_type, resend, packetization_mode, profile) in H264 {
            config.codec_config().add_h264(payload_type.into(), Some(resend.into()), packetization_mode, profile);
        }
        if role.receives() {
            // Sound is repeated as it was, without RTX, which browsers do not speak for it: asked for, never given.
            let opus = config.codec_config().iter_mut().filter(|params| params.spec().codec == Codec::Opus);
            opus.for_each(|params| params.set_fb_nack(true));
        }
        let made = catch_unwind(AssertUnwindSafe(|| {
            let mut rtc = config.build(now);
            for &(protocol, address) in local {
                let candidate = match protocol {
                    // Clients connect to us.
                    Protocol::Tcp => Candidate::builder().tcp().host(address).tcptype(TcpType::Passive).build(),
                    _ => Candidate::builder().udp().host(address).build(),
                };
                if let Ok(candidate) = candidate {
                    rtc.add_local_candidate(candidate);
                }
            }
            let ufrag = rtc.direct_api().local_ice_credentials().ufrag;
            (rtc, ufrag)
        }));
        let (rtc, ufrag) = made.map_err(|_| PeerFault::Panic)?;
        Ok(Peer {
            rtc,
            participant,
            role,
            ice_lite,
            ufrag,
            paths: Vec::new(),
            connected: false,
            described: false,
            early_candidates: Vec::new(),
            early_checks: Vec::new(),
            channels: Vec::new(),
            sources: Vec::new(),
            link: Link::default(),
            touched: false,
            up_to_date: false,
            scheduled: None,
        })
    }
}

/// Reads a datagram as one of the protocols that share the port (RFC 7983); none when it is no such thing.
pub(crate) fn read_datagram(bytes: &[u8], source: SocketAddr, destination: SocketAddr) -> Option<Receive<'_>> {
    let contents = catch_unwind(AssertUnwindSafe(|| bytes.try_into().ok())).ok()??;
    Some(Receive { proto: Protocol::Udp, source, destination, contents })
}
