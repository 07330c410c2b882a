//! Who receives what.

use std::time::Instant;

use livekit_protocol::{
    StreamState, StreamStateInfo, StreamStateUpdate, SubscribedCodec, SubscribedQuality, SubscribedQualityUpdate,
    SubscriptionError, SubscriptionPermission, SubscriptionPermissionUpdate, SubscriptionResponse, TrackSubscribed,
    UpdateSubscription, UpdateTrackSettings, VideoQuality, signal_response::Message as Response,
};
use rand::Rng;
use str0m::media::{KeyframeRequestKind, Mid};

use super::{
    Engine,
    model::{Forward, ParticipantKey, Settings, Subscription, SubscriptionKey, TrackKey},
    peer::PeerKey,
};
use crate::{
    api::TrackKind,
    forward::{LAYERS, Layer, SequenceMap, VideoForwarder},
    wire,
};

/// First sequence number of a stream: random (RFC 3550 5.1) in the lower half, so that SRTP's rollover counter starts at zero
/// on both sides even when the first packets are lost or reordered.
const MAX_FIRST_SEQUENCE: u64 = 0x7fff;

/// What a client said of single tracks is kept for so many of them.
const MAX_WISHES: usize = 2000;

impl Engine {
    /// Whether somebody is to receive a track.
    pub(super) fn wants(&self, key: ParticipantKey, track_key: TrackKey) -> bool {
        let (Some(participant), Some(track)) = (self.participants.get(key), self.tracks.get(track_key)) else {
            return false;
        };
        let said = participant.wishes.get(&track.info.sid).and_then(|wish| wish.subscribed);
        track.participant != key
            && participant.permissions.subscribe
            && said.unwrap_or(participant.auto_subscribe)
            && self.is_in_audience(key, track_key)
    }

    /// Whether a track's owner lets somebody have it.
    fn is_in_audience(&self, key: ParticipantKey, track_key: TrackKey) -> bool {
        let (Some(participant), Some(track)) = (self.participants.get(key), self.tracks.get(track_key)) else {
            return false;
        };
        let Some(owner) = self.participants.get(track.participant) else { return false };
        let Some(audience) = &owner.audience else { return true };
        audience.iter().any(|one| {
            let meant = match one.participant_identity.as_str() {
                "" => one.participant_sid == participant.sid,
                identity => identity == participant.identity,
            };
            meant && (one.all_tracks || one.track_sids.contains(&track.info.sid))
        })
    }

    /// A publisher says who may have its tracks.
    pub(super) fn on_subscription_permission(
        &mut self,
        key: ParticipantKey,
        permission: SubscriptionPermission,
        now: Instant,
    ) {
        if permission.track_permissions.len() > MAX_WISHES {
            return;
        }
        let others = self.others(key);
        let Some(participant) = self.participants.get(key) else { return };
        let tracks = participant.tracks.clone();
        let pairs: Vec<(ParticipantKey, TrackKey, bool)> = tracks
            .into_iter()
            .flat_map(|track| others.iter().map(move |&other| (other, track)))
            .map(|(other, track)| (other, track, self.is_in_audience(other, track)))
            .collect();
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.audience = (!permission.all_participants).then_some(permission.track_permissions);
        for (other, track, before) in pairs {
            let allowed = self.is_in_audience(other, track);
            if allowed == before {
                continue;
            }
            self.tell_audience(other, track, allowed);
            if self.wants(other, track) {
                self.subscribe(other, track);
                self.review_wanted_layers(track, now);
            } else if let Some(subscription) = self.find_subscription(other, track) {
                self.drop_subscription(subscription, now);
            }
            self.negotiate(other);
        }
    }

    fn tell_audience(&self, key: ParticipantKey, track: TrackKey, allowed: bool) {
        let Some(track) = self.tracks.get(track) else { return };
        let Some(owner) = self.participants.get(track.participant) else { return };
        let update = SubscriptionPermissionUpdate {
            participant_sid: owner.sid.clone(),
            track_sid: track.info.sid.clone(),
            allowed,
        };
        self.tell(key, Response::SubscriptionPermissionUpdate(update));
    }

    /// A newcomer receives what is there.
    pub(super) fn subscribe_to_present(&mut self, key: ParticipantKey, now: Instant) {
        let others = self.others(key);
        let present: Vec<TrackKey> = others
            .iter()
            .filter_map(|&other| self.participants.get(other))
            .flat_map(|other| other.tracks.clone())
            .collect();
        for track in present {
            if self.wants(key, track) {
                self.subscribe(key, track);
                self.review_wanted_layers(track, now);
            }
        }
    }

    /// Puts a track on its way to somebody; the caller negotiates.
    pub(super) fn subscribe(&mut self, key: ParticipantKey, track_key: TrackKey) {
        let (Some(participant), Some(track)) = (self.participants.get_mut(key), self.tracks.get_mut(track_key)) else {
            return;
        };
        let exists = |&one: &SubscriptionKey| self.subscriptions.get(one).is_some_and(|one| one.track == track_key);
        if participant.subscriptions.iter().any(exists) {
            return;
        }
        let first = rand::rng().random_range(1..=MAX_FIRST_SEQUENCE);
        let settings = participant.wishes.get(&track.info.sid).and_then(|wish| wish.settings);
        let mut forward = match track.kind {
            TrackKind::Audio => Forward::Audio { sequence: SequenceMap::new(first), running: false },
            TrackKind::Video => Forward::Video(Box::new(VideoForwarder::new(first))),
        };
        let disabled = settings.is_some_and(|settings| settings.disabled);
        if let Forward::Video(video) = &mut forward {
            video.set_paused(disabled || track.info.muted);
            if let Some(Settings { quality, width, height, .. }) = settings {
                video.set_ceiling(wire::layer_for(&track.info, quality, width, height));
            }
            video.retarget(track.alive);
        }
        let peer = participant.subscriber;
        let subscription =
            Subscription { track: track_key, subscriber: key, peer, mid: None, out: None, disabled, forward };
        let subscription_key = self.subscriptions.insert(subscription);
        participant.subscriptions.push(subscription_key);
        track.subscriptions.push(subscription_key);
        if !std::mem::replace(&mut track.subscribed_told, true) {
            let (publisher, track_sid) = (track.participant, track.info.sid.clone());
            self.tell(publisher, Response::TrackSubscribed(TrackSubscribed { track_sid }));
        }
    }

    /// Takes a track off its way; the caller negotiates.
    pub(super) fn drop_subscription(&mut self, subscription_key: SubscriptionKey, now: Instant) {
        let Some(subscription) = self.subscriptions.remove(subscription_key) else { return };
        if let Some(participant) = self.participants.get_mut(subscription.subscriber) {
            participant.subscriptions.retain(|&one| one != subscription_key);
            match &mut participant.slots {
                Some(slots) => slots.ended.extend(subscription.mid),
                None => participant.negotiation.closing.extend(subscription.mid),
            }
        }
        if let Some(track) = self.tracks.get_mut(subscription.track) {
            track.subscriptions.retain(|&one| one != subscription_key);
        }
        self.review_wanted_layers(subscription.track, now);
    }

    pub(super) fn on_update_subscription(&mut self, key: ParticipantKey, update: UpdateSubscription, now: Instant) {
        let sids = update.participant_tracks.into_iter().flat_map(|tracks| tracks.track_sids).chain(update.track_sids);
        for sid in sids {
            let Some(participant) = self.participants.get_mut(key) else { return };
            if participant.wishes.len() < MAX_WISHES || participant.wishes.contains_key(&sid) {
                participant.wishes.entry(sid.clone()).or_default().subscribed = Some(update.subscribe);
            }
            let Some(track) = self.find_track_in_room(key, &sid) else {
                if update.subscribe {
                    self.tell_unsubscribable(key, sid, SubscriptionError::SeTrackNotfound);
                }
                continue;
            };
            if update.subscribe && !self.is_in_audience(key, track) {
                self.tell_audience(key, track, false);
            }
            if self.wants(key, track) {
                self.subscribe(key, track);
                self.review_wanted_layers(track, now);
            } else if let Some(subscription) = self.find_subscription(key, track) {
                self.drop_subscription(subscription, now);
            }
        }
        self.negotiate(key);
    }

    pub(super) fn on_track_settings(&mut self, key: ParticipantKey, update: UpdateTrackSettings, now: Instant) {
        // Frames per second are not obeyed: pictures are forwarded whole or not at all, and a smaller layer saves more.
        let UpdateTrackSettings { track_sids, disabled, quality, width, height, fps: _, priority } = update;
        for sid in track_sids {
            self.apply_settings(key, sid, Settings { disabled, quality, width, height, priority }, now);
        }
    }

    /// Remembers what somebody wants of a track, and gives it.
    pub(super) fn apply_settings(&mut self, key: ParticipantKey, sid: String, settings: Settings, now: Instant) {
        let Some(track_key) = self.find_track_in_room(key, &sid) else {
            return self.remember_settings(key, sid, settings);
        };
        self.remember_settings(key, sid, settings);
        let Some(subscription_key) = self.find_subscription(key, track_key) else { return };
        let (Some(track), Some(subscription)) =
            (self.tracks.get(track_key), self.subscriptions.get_mut(subscription_key))
        else {
            return;
        };
        subscription.disabled = settings.disabled;
        if let Forward::Video(video) = &mut subscription.forward {
            video.set_ceiling(wire::layer_for(&track.info, settings.quality, settings.width, settings.height));
            video.retarget(track.alive);
        }
        self.review_pauses(track_key, now);
    }

    fn remember_settings(&mut self, key: ParticipantKey, sid: String, settings: Settings) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        if participant.wishes.len() < MAX_WISHES || participant.wishes.contains_key(&sid) {
            participant.wishes.entry(sid).or_default().settings = Some(settings);
        }
    }

    /// The sizes of a track's layers have changed: which one fits is found anew.
    pub(super) fn review_ceilings(&mut self, track_key: TrackKey, now: Instant) {
        let Some(track) = self.tracks.get(track_key) else { return };
        for &subscription_key in &track.subscriptions {
            let Some(subscription) = self.subscriptions.get_mut(subscription_key) else { continue };
            let wishes = self.participants.get(subscription.subscriber).map(|subscriber| &subscriber.wishes);
            let settings = wishes.and_then(|wishes| wishes.get(&track.info.sid)).and_then(|wish| wish.settings);
            if let (Some(Settings { quality, width, height, .. }), Forward::Video(video)) =
                (settings, &mut subscription.forward)
            {
                video.set_ceiling(wire::layer_for(&track.info, quality, width, height));
                video.retarget(track.alive);
            }
        }
        self.ask_for_key_frames(track_key, now);
        self.review_wanted_layers(track_key, now);
    }

    /// Tells somebody why a track does not come.
    pub(super) fn tell_unsubscribable(&self, key: ParticipantKey, track_sid: String, error: SubscriptionError) {
        self.tell(key, Response::SubscriptionResponse(SubscriptionResponse { track_sid, err: error.into() }));
    }

    /// Tells a subscriber that a track's stream was paused for want of bandwidth, or goes on.
    pub(super) fn tell_stream_state(&self, subscription_key: SubscriptionKey, paused: bool) {
        let Some(subscription) = self.subscriptions.get(subscription_key) else { return };
        let Some(track) = self.tracks.get(subscription.track) else { return };
        let Some(owner) = self.participants.get(track.participant) else { return };
        let state = if paused { StreamState::Paused } else { StreamState::Active };
        let info = StreamStateInfo {
            participant_sid: owner.sid.clone(),
            track_sid: track.info.sid.clone(),
            state: state.into(),
        };
        self.tell(
            subscription.subscriber,
            Response::StreamStateUpdate(StreamStateUpdate { stream_states: vec![info] }),
        );
    }

    /// Applies muted and disabled to the streams of a track.
    pub(super) fn review_pauses(&mut self, track_key: TrackKey, now: Instant) {
        let Some(track) = self.tracks.get_mut(track_key) else { return };
        if track.info.muted {
            track.layers.iter_mut().for_each(|layer| layer.recent.clear());
        }
        for &subscription_key in &track.subscriptions {
            let Some(subscription) = self.subscriptions.get_mut(subscription_key) else { continue };
            let paused = track.info.muted || subscription.disabled;
            match &mut subscription.forward {
                Forward::Video(video) => {
                    video.set_paused(paused);
                    video.retarget(track.alive);
                }
                Forward::Audio { running, .. } => *running &= !paused,
            }
        }
        self.ask_for_key_frames(track_key, now);
        self.review_wanted_layers(track_key, now);
    }

    /// The subscriber's connection is up, or has new streams: what it waits for is asked for at once.
    pub(super) fn on_subscriber_ready(&mut self, key: ParticipantKey, now: Instant) {
        let Some(participant) = self.participants.get(key) else { return };
        if !self.peers.get(participant.subscriber).is_some_and(|peer| peer.connected) {
            return;
        }
        let tracks: Vec<TrackKey> = participant
            .subscriptions
            .iter()
            .filter_map(|&one| self.subscriptions.get(one))
            .filter(|one| one.out.is_some())
            .map(|one| one.track)
            .collect();
        for track in tracks {
            self.ask_for_key_frames(track, now);
        }
    }

    /// Asks the publisher for the key frames that subscribers of a track wait for, if none of late will do.
    pub(super) fn ask_for_key_frames(&mut self, track_key: TrackKey, now: Instant) {
        self.catch_up(track_key, now);
        let Some(track) = self.tracks.get_mut(track_key) else { return };
        let mut waiting = [false; LAYERS];
        for &one in &track.subscriptions {
            let Some(subscription) = self.subscriptions.get(one).filter(|one| one.out.is_some()) else { continue };
            let Forward::Video(video) = &subscription.forward else { continue };
            if let Some(layer) = video.waiting_for()
                && self.peers.get(subscription.peer).is_some_and(|peer| peer.connected)
            {
                waiting[layer.index()] = true;
            }
        }
        for (index, state) in track.layers.iter_mut().enumerate() {
            if !waiting[index] && !track.alive[index] {
                // Publishers take it for a wish for key frames of all their layers.
                state.gate.settle();
            }
            let send = if waiting[index] { state.gate.want(now) } else { state.gate.due(now) };
            if send {
                tracing::trace!(track = track.info.sid, layer = index, "a key frame is asked for");
            }
            if send && let (Some(ssrc), Some(publisher)) = (state.ssrc, self.participants.get(track.participant)) {
                let peer_key = publisher.publisher;
                let asked = self.peers.get_mut(peer_key).map(|peer| {
                    peer.with(|rtc| {
                        if let Some(stream) = rtc.direct_api().stream_rx(&ssrc) {
                            stream.request_keyframe(KeyframeRequestKind::Pli);
                        }
                        Ok(())
                    })
                });
                if let Some(Err(fault)) = asked {
                    self.faults.push((peer_key, fault));
                }
                super::touch(&mut self.peers, &mut self.touched, peer_key);
            }
        }
    }

    /// A subscriber's decoder needs a key frame.
    pub(super) fn on_key_frame_request(&mut self, peer_key: PeerKey, mid: Mid, now: Instant) {
        let Some(participant) = self.peers.get(peer_key).and_then(|peer| self.participants.get(peer.participant))
        else {
            return;
        };
        let subscriptions = participant.subscriptions.iter().filter_map(|&one| self.subscriptions.get(one));
        let Some(subscription) = subscriptions.into_iter().find(|one| one.mid == Some(mid)) else { return };
        let Forward::Video(video) = &subscription.forward else { return };
        let Some(layer) = video.current().or(video.waiting_for()) else { return };
        let track_key = subscription.track;
        self.want_key_frame(track_key, layer, now);
    }

    fn want_key_frame(&mut self, track_key: TrackKey, layer: Layer, now: Instant) {
        let Some(track) = self.tracks.get_mut(track_key) else { return };
        let Some(state) = track.layers.get_mut(layer.index()) else { return };
        let Some(ssrc) = state.ssrc else { return };
        if !state.gate.want(now) {
            return;
        }
        let Some(publisher) = self.participants.get(track.participant) else { return };
        self.on_peer(publisher.publisher, |rtc| {
            if let Some(stream) = rtc.direct_api().stream_rx(&ssrc) {
                stream.request_keyframe(KeyframeRequestKind::Pli);
            }
            Ok(())
        });
    }

    /// Tells a publisher which layers anybody wants.
    pub(super) fn review_wanted_layers(&mut self, track_key: TrackKey, now: Instant) {
        let Some(track) = self.tracks.get_mut(track_key).filter(|track| track.kind == TrackKind::Video) else { return };
        let wanted = track
            .subscriptions
            .iter()
            .filter_map(|&one| self.subscriptions.get(one))
            .filter(|one| !one.disabled)
            .filter_map(|one| match &one.forward {
                Forward::Video(video) => Some(video.ceiling()),
                Forward::Audio { .. } => None,
            })
            .max();
        if let Some(enabled) = track.dynacast.set_wanted(wanted, now) {
            self.tell_wanted_layers(track_key, enabled);
        }
    }

    #[expect(deprecated, reason = "older clients read the list without codecs")]
    pub(super) fn tell_wanted_layers(&self, track_key: TrackKey, enabled: [bool; LAYERS]) {
        let Some(track) = self.tracks.get(track_key) else { return };
        let qualities: Vec<SubscribedQuality> = [VideoQuality::Low, VideoQuality::Medium, VideoQuality::High]
            .into_iter()
            .zip(enabled)
            .map(|(quality, enabled)| SubscribedQuality { quality: quality.into(), enabled })
            .collect();
        let update = SubscribedQualityUpdate {
            track_sid: track.info.sid.clone(),
            subscribed_qualities: qualities.clone(),
            subscribed_codecs: vec![SubscribedCodec { codec: track.codec.name().to_owned(), qualities }],
        };
        self.tell(track.participant, Response::SubscribedQualityUpdate(update));
    }

    fn find_track_in_room(&self, key: ParticipantKey, sid: &str) -> Option<TrackKey> {
        self.others(key).into_iter().find_map(|other| self.find_track(other, sid))
    }

    fn find_subscription(&self, key: ParticipantKey, track: TrackKey) -> Option<SubscriptionKey> {
        let subscriptions = &self.participants.get(key)?.subscriptions;
        subscriptions.iter().copied().find(|&one| self.subscriptions.get(one).is_some_and(|one| one.track == track))
    }
}
