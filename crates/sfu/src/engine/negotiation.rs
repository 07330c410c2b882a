//! Offers and answers on both connections.

use std::{collections::HashMap, time::Instant};

use livekit_protocol::{
    SessionDescription, SignalTarget, SubscriptionError, TrickleRequest, signal_response::Message as Response,
};
use str0m::{
    Candidate, RtcError,
    change::{SdpAnswer, SdpOffer},
    channel::{ChannelConfig, Reliability},
    format::{Codec, CodecSpec},
    media::{Direction, MediaKind, Mid},
};
use visita_protocol::VideoCodec;

use super::{
    Engine,
    model::{Outgoing, ParticipantKey, SubscriptionKey},
    peer::{ChannelKind, Peer, PeerKey},
};
use crate::{
    api::{LeftReason, TrackKind},
    forward::str0m_codec,
    sdp::{OfferedLine, preferring, sending_only, with_dtx, with_tracks_named, without_idle_tracks},
    wire,
};

/// Remote candidates kept while the description is awaited.
const MAX_EARLY_CANDIDATES: usize = 32;

/// LiveKit's Rust SDK with two connections (its `dispatched_streams`) says nothing of a track that comes back on the m-line it had
/// before, so it gets another; so many times, then descriptions grow no more.
const MAX_ANNOUNCED: usize = 200;

impl Engine {
    /// The client's offer on its publisher connection.
    pub(super) fn on_offer(
        &mut self,
        key: ParticipantKey,
        offer: SdpOffer,
        lines: Vec<OfferedLine>,
        id: u32,
        now: Instant,
    ) {
        let Some(participant) = self.participants.get(key) else { return };
        let peer_key = participant.publisher;
        let Some(answer) = self.on_peer(peer_key, |rtc| rtc.sdp_api().accept_offer(offer)) else { return };
        self.described(peer_key, now);
        self.learn_ufrag(peer_key);
        let one_connection = self.fill_slots(key, &lines);
        self.match_lines(key, lines, now);
        let mut mid_to_track_id = self.published_mids(key);
        let mut names = HashMap::new();
        if one_connection {
            mid_to_track_id.extend(self.subscribed_mids(key));
            names = self.subscribed_names(key);
        }
        let sdp = preferring(&sending_only(&answer.to_sdp_string(), &names), &self.published_codecs(key));
        let sdp = with_dtx(&sdp, &self.quiet_mids(key));
        self.tell(key, Response::Answer(SessionDescription { r#type: "answer".to_owned(), sdp, id, mid_to_track_id }));
        if one_connection {
            self.on_subscriber_ready(key, now);
            self.ask_for_offer(key);
        }
    }

    /// The client's answer to our offer on its subscriber connection.
    pub(super) fn on_answer(&mut self, key: ParticipantKey, answer: SdpAnswer, id: u32, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        // Clients from before ids send none. An answer to an older offer is of no use.
        if id != 0 && id != participant.negotiation.id {
            return;
        }
        let negotiation = &mut participant.negotiation;
        let Some(pending) = negotiation.pending.take() else { return };
        negotiation.offered.clear();
        negotiation.offered_channels = false;
        negotiation.reused.clear();
        let retired = std::mem::take(&mut negotiation.retiring);
        let peer_key = participant.subscriber;
        if self.on_peer(peer_key, |rtc| rtc.sdp_api().accept_answer(pending, answer)).is_none() {
            return;
        }
        self.described(peer_key, now);
        self.learn_ufrag(peer_key);
        self.take_streams(key);
        self.free_lines(key, retired);
        self.on_subscriber_ready(key, now);
        let Some(participant) = self.participants.get_mut(key) else { return };
        if std::mem::take(&mut participant.negotiation.again) {
            self.negotiate(key);
        }
    }

    /// Offers what has changed on the subscriber connection, at once; while an answer is awaited, right after it. A client with
    /// one connection is asked for its offer instead.
    pub(super) fn negotiate(&mut self, key: ParticipantKey) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        if participant.slots.is_some() {
            return self.ask_for_offer(key);
        }
        let negotiation = &mut participant.negotiation;
        if negotiation.pending.is_some() {
            negotiation.again = true;
            return;
        }
        let make_channels = !std::mem::replace(&mut negotiation.channels_made, true);
        let restart = std::mem::take(&mut negotiation.restart);
        let closing = std::mem::take(&mut negotiation.closing);
        let peer_key = participant.subscriber;
        let mut idle = std::mem::take(&mut negotiation.idle);
        let retiring = closing.clone();
        let fresh: Vec<NewLine> =
            participant.subscriptions.clone().into_iter().filter_map(|one| self.new_line(one)).collect();
        let Some(participant) = self.participants.get(key) else { return };
        let announced = &participant.negotiation.announced;
        // An m-line that is free takes up another track, so that descriptions do not grow with all that ever was.
        let (again, fresh): (Vec<_>, Vec<_>) = fresh
            .into_iter()
            .map(|line| {
                let fits = |(mid, kind): &(Mid, TrackKind)| {
                    *kind == line.track_kind() && !announced.contains(&(*mid, line.track_id.clone()))
                };
                let free = idle.iter().position(fits);
                (line, free.map(|at| idle.remove(at)))
            })
            .partition(|(_, free)| free.is_some());
        let reused: Vec<(Mid, TrackKind)> = again.iter().filter_map(|(_, free)| *free).collect();

        let offered = self.on_peer(peer_key, |rtc| {
            for &(mid, kind) in &reused {
                fresh_stream(rtc, mid, kind);
            }
            let mut api = rtc.sdp_api();
            if restart {
                api.ice_restart(true);
            }
            if make_channels {
                for (label, ordered, reliability) in [
                    (ChannelKind::RELIABLE_LABEL, true, Reliability::Reliable),
                    (ChannelKind::LOSSY_LABEL, false, Reliability::MaxRetransmits { retransmits: 0 }),
                ] {
                    let config = ChannelConfig { label: label.to_owned(), ordered, reliability, ..Default::default() };
                    api.add_channel_with_config(config);
                }
            }
            for mid in closing {
                api.set_direction(mid, Direction::Inactive);
            }
            let again = again.into_iter().filter_map(|(line, free)| Some((line.subscription, free?.0)));
            let again: Vec<(SubscriptionKey, Mid)> = again.collect();
            for &(_, mid) in &again {
                api.set_direction(mid, Direction::SendOnly);
            }
            let mids: Vec<(SubscriptionKey, Mid)> = fresh
                .into_iter()
                .map(|(NewLine { subscription, kind, stream_id, track_id }, _)| {
                    let mid = api.add_media(kind, Direction::SendOnly, Some(stream_id), Some(track_id), None);
                    (subscription, mid)
                })
                .collect();
            Ok((api.apply(), mids, again))
        });
        let Some((Some((offer, pending)), mids, again)) = offered else {
            if let Some(participant) = self.participants.get_mut(key) {
                participant.negotiation.idle = idle;
            }
            return;
        };
        let fresh_mids = mids.iter().map(|(_, mid)| mid.to_string()).collect();
        let mut carried = Vec::new();
        for (subscription, mid) in mids.into_iter().chain(again) {
            if let Some(subscription) = self.subscriptions.get_mut(subscription) {
                subscription.mid = Some(mid);
                carried.extend(self.tracks.get(subscription.track).map(|track| (mid, track.info.sid.clone())));
            }
        }
        let Some(participant) = self.participants.get_mut(key) else { return };
        let announces_once = wire::is_native(&participant.client);
        let negotiation = &mut participant.negotiation;
        if announces_once && negotiation.announced.len() < MAX_ANNOUNCED {
            negotiation.announced.extend(carried);
        }
        negotiation.pending = Some(pending);
        negotiation.offered = fresh_mids;
        negotiation.offered_channels = make_channels;
        negotiation.retiring = retiring;
        negotiation.reused = reused;
        negotiation.idle = idle;
        negotiation.id += 1;
        let id = negotiation.id;
        let mid_to_track_id = self.subscribed_mids(key);
        let names = self.subscribed_names(key);
        let sdp = with_tracks_named(&without_idle_tracks(&offer.to_sdp_string()), &names);
        self.tell(key, Response::Offer(SessionDescription { r#type: "offer".to_owned(), sdp, id, mid_to_track_id }));
    }

    fn new_line(&self, key: SubscriptionKey) -> Option<NewLine> {
        let subscription = self.subscriptions.get(key).filter(|subscription| subscription.mid.is_none())?;
        let track = self.tracks.get(subscription.track)?;
        let publisher = self.participants.get(track.participant)?;
        let kind = match track.kind {
            TrackKind::Audio => MediaKind::Audio,
            TrackKind::Video => MediaKind::Video,
        };
        // The client finds participant and track in these; Firefox makes up its own track id, so the stream id has both.
        let stream_id = stream_id(&publisher.sid, &track.info.sid);
        Some(NewLine { subscription: key, kind, stream_id, track_id: track.info.sid.clone() })
    }

    /// m-lines the client has switched off too are free from here on; one it refused for good is not.
    fn free_lines(&mut self, key: ParticipantKey, mids: Vec<Mid>) {
        let Some(participant) = self.participants.get(key) else { return };
        let free = self.on_peer(participant.subscriber, |rtc| {
            let lines = mids.into_iter().filter_map(|mid| rtc.media(mid));
            let usable = lines.filter(|media| !media.disabled() && media.direction() == Direction::Inactive);
            Ok(usable.map(|media| (media.mid(), kind_of(media.kind()))).collect::<Vec<_>>())
        });
        if let Some(participant) = self.participants.get_mut(key) {
            participant.negotiation.idle.extend(free.into_iter().flatten());
        }
    }

    /// What the client is to find in the m-lines: stream and track of each.
    fn subscribed_names(&self, key: ParticipantKey) -> HashMap<String, String> {
        let Some(participant) = self.participants.get(key) else { return HashMap::new() };
        let subscriptions = participant.subscriptions.iter().filter_map(|&one| self.subscriptions.get(one));
        subscriptions
            .filter_map(|subscription| {
                let track = self.tracks.get(subscription.track)?;
                let owner = self.participants.get(track.participant)?;
                let (stream, track) = (stream_id(&owner.sid, &track.info.sid), &track.info.sid);
                Some((subscription.mid?.to_string(), format!("{stream} {track}")))
            })
            .collect()
    }

    /// After an answer: which stream carries which subscription.
    pub(super) fn take_streams(&mut self, key: ParticipantKey) {
        let Some(participant) = self.participants.get(key) else { return };
        let (peer_key, offered) = (participant.subscriber, participant.negotiation.offered_mids());
        for subscription_key in participant.subscriptions.clone() {
            let Some(subscription) = self.subscriptions.get(subscription_key).filter(|one| one.out.is_none()) else {
                continue;
            };
            // One that is only offered so far has no stream yet.
            let Some(mid) = subscription.mid.filter(|mid| !offered.contains(&mid.to_string())) else { continue };
            let Some(track) = self.tracks.get(subscription.track) else { continue };
            let kind = track.kind;
            let codec = match kind {
                TrackKind::Audio => Codec::Opus,
                TrackKind::Video => str0m_codec(track.codec),
            };
            let (spec, sid) = (track.spec, track.info.sid.clone());
            let out = self.on_peer(peer_key, |rtc| Ok(outgoing(rtc, mid, codec, kind, spec)));
            let Some(out) = out else { return };
            if out.is_none() {
                self.tell_unsubscribable(key, sid, SubscriptionError::SeCodecUnsupported);
            }
            if let Some(subscription) = self.subscriptions.get_mut(subscription_key) {
                subscription.out = out;
            }
        }
    }

    /// A candidate of the client. With a lite agent the client's checks say where it is, so its candidates are not needed.
    pub(super) fn on_trickle(&mut self, key: ParticipantKey, trickle: &TrickleRequest) {
        let Some(participant) = self.participants.get(key) else { return };
        let peer_key = match SignalTarget::try_from(trickle.target) {
            Ok(SignalTarget::Publisher) => participant.publisher,
            Ok(SignalTarget::Subscriber) => participant.subscriber,
            Err(_) => return,
        };
        let Some(peer) = self.peers.get_mut(peer_key).filter(|peer| !peer.ice_lite) else { return };
        let Some(candidate) = read_candidate(&trickle.candidate_init) else { return };
        if peer.described {
            self.on_peer(peer_key, |rtc| {
                rtc.add_remote_candidate(candidate);
                Ok(())
            });
        } else if peer.early_candidates.len() < MAX_EARLY_CANDIDATES {
            peer.early_candidates.push(candidate);
        }
    }

    /// The other side's description is in: candidates that came before it are of use now.
    fn described(&mut self, peer_key: PeerKey, now: Instant) {
        let Some(peer) = self.peers.get_mut(peer_key) else { return };
        peer.described = true;
        let candidates = std::mem::take(&mut peer.early_candidates);
        let checks = std::mem::take(&mut peer.early_checks);
        if !candidates.is_empty() {
            self.on_peer(peer_key, |rtc| {
                candidates.into_iter().for_each(|candidate| rtc.add_remote_candidate(candidate));
                Ok(())
            });
        }
        for (source, bytes) in checks {
            self.on_datagram(&bytes, source, now);
        }
    }

    /// ICE may have restarted: datagrams come under a new name.
    fn learn_ufrag(&mut self, peer_key: PeerKey) {
        let Some(ufrag) = self.on_peer(peer_key, |rtc| Ok(rtc.direct_api().local_ice_credentials().ufrag)) else {
            return;
        };
        let Some(peer) = self.peers.get_mut(peer_key) else { return };
        if peer.ufrag != ufrag {
            self.peer_by_ufrag.remove(&peer.ufrag);
            self.peer_by_ufrag.insert(ufrag.clone(), peer_key);
            peer.ufrag = ufrag;
        }
    }

    /// m-lines whose sound is to pause while nobody speaks.
    fn quiet_mids(&self, key: ParticipantKey) -> Vec<String> {
        let tracks = self.participants.get(key).map(|participant| participant.tracks.as_slice()).unwrap_or_default();
        let tracks = tracks.iter().filter_map(|&track| self.tracks.get(track));
        tracks
            .filter(|track| track.kind == TrackKind::Audio && track.wants_dtx)
            .map(|track| track.mid.clone())
            .collect()
    }

    fn published_mids(&self, key: ParticipantKey) -> HashMap<String, String> {
        let tracks = self.participants.get(key).map(|participant| participant.tracks.as_slice()).unwrap_or_default();
        let tracks = tracks.iter().filter_map(|&track| self.tracks.get(track));
        tracks.map(|track| (track.mid.clone(), track.info.sid.clone())).collect()
    }

    /// In which codec each video is sent, or was said to be.
    fn published_codecs(&self, key: ParticipantKey) -> HashMap<String, VideoCodec> {
        let tracks = self.participants.get(key).map(|participant| participant.tracks.as_slice()).unwrap_or_default();
        let tracks = tracks.iter().filter_map(|&track| self.tracks.get(track));
        tracks.filter(|track| track.kind == TrackKind::Video).map(|track| (track.mid.clone(), track.codec)).collect()
    }

    fn subscribed_mids(&self, key: ParticipantKey) -> HashMap<String, String> {
        let subscriptions =
            self.participants.get(key).map(|participant| participant.subscriptions.as_slice()).unwrap_or_default();
        let subscriptions = subscriptions.iter().filter_map(|&subscription| self.subscriptions.get(subscription));
        subscriptions
            .filter_map(|subscription| {
                Some((subscription.mid?.to_string(), self.tracks.get(subscription.track)?.info.sid.clone()))
            })
            .collect()
    }

    /// Runs something on a peer connection and has it drained. A fault ends its participant when the turn is finished.
    pub(super) fn on_peer<T>(
        &mut self,
        key: PeerKey,
        run: impl FnOnce(&mut str0m::Rtc) -> Result<T, RtcError>,
    ) -> Option<T> {
        let result = self.peers.get_mut(key)?.with(run);
        self.touch(key);
        result.map_err(|fault| self.faults.push((key, fault))).ok()
    }

    /// A description that cannot be read leaves the connection in no known state.
    pub(super) fn on_malformed(&mut self, key: ParticipantKey, what: &str, error: &str, now: Instant) {
        tracing::warn!(what, error, "a client's description cannot be read");
        self.remove(key, LeftReason::Failed, now);
    }
}

/// Stream id of a track towards subscribers: the participant's id and the track's, by which clients find both.
fn stream_id(participant_sid: &str, track_sid: &str) -> String {
    format!("{participant_sid}|{track_sid}")
}

fn kind_of(kind: MediaKind) -> TrackKind {
    if kind.is_audio() { TrackKind::Audio } else { TrackKind::Video }
}

/// Gives an m-line that takes up another track a stream of its own: what is still on its way of the old one must not be taken
/// for the new one.
fn fresh_stream(rtc: &mut str0m::Rtc, mid: Mid, kind: TrackKind) {
    let mut api = rtc.direct_api();
    if let Some(old) = api.stream_tx_by_mid(mid, None).map(|stream| stream.ssrc()) {
        api.remove_stream_tx(old);
    }
    let (ssrc, repair) = (api.new_ssrc(), api.new_ssrc());
    api.declare_stream_tx(ssrc, (kind == TrackKind::Video).then_some(repair), mid, None);
}

struct NewLine {
    subscription: SubscriptionKey,
    kind: MediaKind,
    stream_id: String,
    track_id: String,
}

impl NewLine {
    fn track_kind(&self) -> TrackKind {
        kind_of(self.kind)
    }
}

/// The stream str0m made for an m-line, and the payload type agreed on for the codec; none when the client refused either. Of
/// several that differ in their profile, the one the track has.
fn outgoing(
    rtc: &mut str0m::Rtc,
    mid: Mid,
    codec: Codec,
    kind: TrackKind,
    spec: Option<CodecSpec>,
) -> Option<Outgoing> {
    let agreed = rtc.media(mid)?.remote_pts().to_vec();
    let params = rtc.codec_config().params().iter();
    let fitting: Vec<_> = params.filter(|one| one.spec().codec == codec && agreed.contains(&one.pt())).collect();
    let profile = |spec: &CodecSpec| {
        let format = &spec.format;
        (format.packetization_mode, format.profile_level_id, format.profile_id)
    };
    let same = spec.and_then(|spec| fitting.iter().find(|one| profile(&one.spec()) == profile(&spec)));
    let payload_type = same.or(fitting.first())?.pt();
    let mut api = rtc.direct_api();
    let stream = api.stream_tx_by_mid(mid, None)?;
    Peer::tune(stream, kind);
    Some(Outgoing { ssrc: stream.ssrc(), payload_type })
}

/// Reads the JSON of an `RTCIceCandidateInit`. Names under `.local` cannot be resolved here and are left out.
fn read_candidate(json: &str) -> Option<Candidate> {
    #[derive(serde::Deserialize)]
    struct Init {
        candidate: String,
    }
    let init: Init = serde_json::from_str(json).ok()?;
    std::panic::catch_unwind(|| Candidate::from_sdp_string(&init.candidate).ok()).ok()?
}
