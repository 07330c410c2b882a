//! Tracks: asked for, matched with their m-lines, muted, ended.

use std::time::Instant;

use livekit_protocol::{
    AddTrackRequest, AudioTrackFeature, MuteTrackRequest, RequestResponse, SimulcastCodecInfo, TrackInfo,
    TrackPublishedResponse, TrackSource as WireSource, TrackType, TrackUnpublishedResponse, UpdateLocalAudioTrack,
    UpdateLocalVideoTrack, UpdateVideoLayers, VideoLayer, VideoQuality,
    request_response::{Reason, Request as Refused},
    signal_response::Message as Response,
};

use str0m::format::CodecSpec;
use visita_protocol::VideoCodec;

use super::{
    Engine,
    model::{ParticipantKey, PendingTrack, Track, TrackKey},
};
use crate::{
    api::{SfuEvent, TrackKind, TrackSource},
    forward::{Dynacast, Offered, Wanted, video_codec},
    sdp::OfferedLine,
    wire,
};

/// Audio features a track may name; there are fewer.
const MAX_FEATURES: usize = 16;

impl Engine {
    /// A client wants to publish.
    pub(super) fn on_add_track(&mut self, key: ParticipantKey, request: AddTrackRequest, now: Instant) {
        let kind = match TrackType::try_from(request.r#type) {
            Ok(TrackType::Audio) => TrackKind::Audio,
            Ok(TrackType::Video) => TrackKind::Video,
            _ => return self.refuse_track(key, request, Reason::UnsupportedType, "only audio and video tracks"),
        };
        let source = TrackSource::from(WireSource::try_from(request.source).unwrap_or(WireSource::Unknown));
        let Some(participant) = self.participants.get_mut(key) else { return };
        if !participant.permissions.may_publish(source) {
            return self.refuse_track(
                key,
                request,
                Reason::NotAllowed,
                "does not have permission to publish this source",
            );
        }
        if !request.sid.is_empty() {
            return self.refuse_track(key, request, Reason::UnsupportedType, "backup codecs are not supported");
        }
        let waiting = participant.pending.wanted().count();
        if participant.tracks.len() + waiting >= self.limits.participant_tracks {
            return self.refuse_track(key, request, Reason::LimitExceeded, "too many tracks are published");
        }
        let mut info = track_info(&request, kind, source);
        let held = participant.held.contains(&source);
        info.muted |= held;
        let codec = announced_codec(&request);
        let wants_dtx = !disables_dtx(&request);
        let pending = PendingTrack { info: info.clone(), muted_by_server: held, codec, wants_dtx };
        if !participant.pending.want(Wanted { cid: request.cid.clone(), kind, track: pending }) {
            return self.refuse_track(key, request, Reason::LimitExceeded, "too many tracks wait to be published");
        }
        self.tell(key, Response::TrackPublished(TrackPublishedResponse { cid: request.cid, track: Some(info) }));
        self.publish_matched(key, now);
    }

    fn refuse_track(&self, key: ParticipantKey, request: AddTrackRequest, reason: Reason, message: &str) {
        let response = RequestResponse {
            reason: reason.into(),
            message: message.to_owned(),
            request: Some(Refused::AddTrack(request)),
            ..Default::default()
        };
        self.tell(key, Response::RequestResponse(response));
    }

    /// An offer came in: tracks whose m-line sends no more, or sends another track, are over; new m-lines may be matched.
    pub(super) fn match_lines(&mut self, key: ParticipantKey, lines: Vec<OfferedLine>, now: Instant) {
        let Some(participant) = self.participants.get(key) else { return };
        let over: Vec<TrackKey> = participant
            .tracks
            .iter()
            .copied()
            .filter(|&track| {
                let Some(track) = self.tracks.get(track) else { return false };
                let line = lines.iter().find(|line| line.offered.mid == track.mid);
                line.is_some_and(|line| !line.sends || (line.offered.cid.is_some() && line.offered.cid != track.cid))
            })
            .collect();
        for track in over {
            self.unpublish(track, now);
        }
        let Some(participant) = self.participants.get_mut(key) else { return };
        let taken: Vec<&str> = participant
            .tracks
            .iter()
            .filter_map(|&track| self.tracks.get(track))
            .map(|track| track.mid.as_str())
            .collect();
        let free = lines.into_iter().filter(|line| line.sends && !taken.contains(&line.offered.mid.as_str()));
        participant.pending.offer(free.map(|line| line.offered).collect());
        self.publish_matched(key, now);
    }

    fn publish_matched(&mut self, key: ParticipantKey, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        for (wanted, offered) in participant.pending.pair() {
            self.publish(key, wanted, offered, now);
        }
    }

    fn publish(&mut self, key: ParticipantKey, wanted: Wanted<PendingTrack>, offered: Offered, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        let PendingTrack { mut info, muted_by_server, codec, wants_dtx } = wanted.track;
        info.mid.clone_from(&offered.mid);
        for codec in &mut info.codecs {
            codec.mid.clone_from(&offered.mid);
        }
        let description = wire::describe(&info);
        let (room_key, identity) = (participant.room, participant.identity.clone());
        let track_key = self.tracks.insert(Track {
            participant: key,
            room: room_key,
            info,
            kind: wanted.kind,
            cid: offered.cid,
            mid: offered.mid,
            muted_by_server,
            codec,
            spec: None,
            wants_dtx,
            layers: Default::default(),
            alive: Default::default(),
            dynacast: Dynacast::new(),
            subscriptions: Vec::new(),
            subscribed_told: false,
        });
        participant.tracks.push(track_key);
        self.forget_sources(key);
        // Not with the answer to its request: clients pass over what concerns a track they have not entered yet.
        if muted_by_server && let Some(track) = self.tracks.get(track_key) {
            self.tell(key, Response::Mute(MuteTrackRequest { sid: track.info.sid.clone(), muted: true }));
        }
        self.announce(key);
        if let Some(room) = self.rooms.get(room_key) {
            self.emit(SfuEvent::TrackPublished { room: room.name.clone(), identity, track: description });
        }
        for other in self.others(key) {
            if self.wants(other, track_key) {
                self.subscribe(other, track_key);
                self.negotiate(other);
            }
        }
        self.review_wanted_layers(track_key, now);
    }

    /// A packet shows what a track really is: clients may send another codec than they announced.
    pub(super) fn learn_codec(&mut self, track_key: TrackKey, spec: CodecSpec) {
        let Some(track) = self.tracks.get_mut(track_key).filter(|track| track.kind == TrackKind::Video) else { return };
        let Some(codec) = video_codec(spec.codec) else { return };
        if track.spec.replace(spec) == Some(spec) {
            return;
        }
        let changed = std::mem::replace(&mut track.codec, codec) != codec;
        track.layers.iter_mut().for_each(|layer| layer.recent.clear());
        if changed {
            track.info.mime_type = codec.mime().to_owned();
            for one in &mut track.info.codecs {
                one.mime_type = codec.mime().to_owned();
            }
        }
        let (owner, mut subscribers) = (track.participant, Vec::new());
        for &one in &track.subscriptions {
            if let Some(subscription) = self.subscriptions.get_mut(one) {
                subscription.out = None;
                subscribers.push(subscription.subscriber);
            }
        }
        if changed {
            self.announce(owner);
        }
        for subscriber in subscribers {
            self.take_streams(subscriber);
        }
    }

    /// Ends a track for everybody.
    pub(super) fn unpublish(&mut self, track_key: TrackKey, now: Instant) {
        let Some(track) = self.tracks.get(track_key) else { return };
        let (key, subscriptions) = (track.participant, track.subscriptions.clone());
        let mut subscribers = Vec::new();
        for subscription in subscriptions {
            subscribers.extend(self.subscriptions.get(subscription).map(|subscription| subscription.subscriber));
            self.drop_subscription(subscription, now);
        }
        let Some(track) = self.tracks.remove(track_key) else { return };
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.tracks.retain(|&one| one != track_key);
        let identity = participant.identity.clone();
        self.forget_sources(key);
        if track.kind == TrackKind::Audio {
            self.silence(key);
        }
        self.announce(key);
        for subscriber in subscribers {
            self.negotiate(subscriber);
        }
        if let Some(room) = self.rooms.get(track.room) {
            let track = wire::describe(&track.info);
            self.emit(SfuEvent::TrackUnpublished { room: room.name.clone(), identity, track });
        }
    }

    /// Ends a track by the server's decision and tells its owner's client.
    pub(super) fn revoke(&mut self, track_key: TrackKey, now: Instant) {
        let Some(track) = self.tracks.get(track_key) else { return };
        let told = TrackUnpublishedResponse { track_sid: track.info.sid.clone() };
        self.tell(track.participant, Response::TrackUnpublished(told));
        self.unpublish(track_key, now);
    }

    /// The client muted or unmuted its track. What the server has muted stays muted.
    pub(super) fn on_mute(&mut self, key: ParticipantKey, request: &MuteTrackRequest, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        if let Some(wanted) = participant.pending.wanted_mut().find(|wanted| wanted.track.info.sid == request.sid) {
            wanted.track.info.muted = request.muted || wanted.track.muted_by_server;
            return;
        }
        let Some(track_key) = self.find_track(key, &request.sid) else { return };
        if self.tracks.get(track_key).is_some_and(|track| track.muted_by_server) {
            if !request.muted {
                self.tell(key, Response::Mute(MuteTrackRequest { sid: request.sid.clone(), muted: true }));
            }
            return;
        }
        self.set_muted(track_key, request.muted, now);
    }

    pub(super) fn set_muted(&mut self, track_key: TrackKey, muted: bool, now: Instant) {
        let Some(track) = self.tracks.get_mut(track_key) else { return };
        if std::mem::replace(&mut track.info.muted, muted) == muted {
            return;
        }
        let (key, kind, room, description) = (track.participant, track.kind, track.room, wire::describe(&track.info));
        if muted && kind == TrackKind::Audio {
            self.silence(key);
        }
        self.review_pauses(track_key, now);
        self.announce(key);
        if let (Some(room), Some(participant)) = (self.rooms.get(room), self.participants.get(key)) {
            let (room, identity) = (room.name.clone(), participant.identity.clone());
            self.emit(SfuEvent::TrackMuted { room, identity, track: description });
        }
    }

    pub(super) fn on_update_audio_track(&mut self, key: ParticipantKey, update: UpdateLocalAudioTrack) {
        let Some(track) = self.find_track(key, &update.track_sid).and_then(|track| self.tracks.get_mut(track)) else {
            return;
        };
        if update.features.len() <= MAX_FEATURES && track.info.audio_features != update.features {
            track.info.audio_features = update.features;
            self.announce(key);
        }
    }

    pub(super) fn on_update_video_track(&mut self, key: ParticipantKey, update: UpdateLocalVideoTrack) {
        let Some(track) = self.find_track(key, &update.track_sid).and_then(|track| self.tracks.get_mut(track)) else {
            return;
        };
        if (track.info.width, track.info.height) != (update.width, update.height) {
            (track.info.width, track.info.height) = (update.width, update.height);
            self.announce(key);
        }
    }

    /// The publisher encodes other sizes: which layer fits whose tile may have changed.
    #[expect(deprecated, reason = "clients read layers there")]
    pub(super) fn on_update_layers(&mut self, key: ParticipantKey, update: UpdateVideoLayers, now: Instant) {
        let Some(track_key) = self.find_track(key, &update.track_sid) else { return };
        let Some(track) = self.tracks.get_mut(track_key).filter(|track| track.kind == TrackKind::Video) else { return };
        let mut layers = update.layers;
        layers.truncate(crate::forward::LAYERS);
        if layers.is_empty() || track.info.layers == layers {
            return;
        }
        track.info.layers.clone_from(&layers);
        for codec in &mut track.info.codecs {
            codec.layers.clone_from(&layers);
        }
        self.announce(key);
        self.review_ceilings(track_key, now);
    }

    pub(super) fn find_track(&self, key: ParticipantKey, sid: &str) -> Option<TrackKey> {
        let tracks = &self.participants.get(key)?.tracks;
        tracks.iter().copied().find(|&track| self.tracks.get(track).is_some_and(|track| track.info.sid == sid))
    }

    /// Which stream is which track has to be found out anew.
    fn forget_sources(&mut self, key: ParticipantKey) {
        let Some(participant) = self.participants.get(key) else { return };
        if let Some(peer) = self.peers.get_mut(participant.publisher) {
            peer.sources.clear();
        }
    }
}

/// The codec a client says it will send; VP8 when it says none that is known here.
fn announced_codec(request: &AddTrackRequest) -> VideoCodec {
    let first = request.simulcast_codecs.first();
    first.and_then(|codec| VideoCodec::by_name(&codec.codec)).unwrap_or_default()
}

#[expect(deprecated, reason = "older clients say it there")]
fn disables_dtx(request: &AddTrackRequest) -> bool {
    request.disable_dtx || request.audio_features.contains(&i32::from(AudioTrackFeature::TfNoDtx))
}

#[expect(deprecated, reason = "clients read layers and simulcast there")]
fn track_info(request: &AddTrackRequest, kind: TrackKind, source: TrackSource) -> TrackInfo {
    let codec_layers = request.simulcast_codecs.first().map(|codec| codec.layers.clone()).unwrap_or_default();
    let mut layers = if codec_layers.is_empty() { request.layers.clone() } else { codec_layers };
    layers.truncate(crate::forward::LAYERS);
    if kind == TrackKind::Video && layers.is_empty() {
        let (width, height) = (request.width, request.height);
        layers.push(VideoLayer { quality: VideoQuality::High.into(), width, height, ..Default::default() });
    }
    let mime_type = match kind {
        TrackKind::Audio => wire::MIME_OPUS,
        TrackKind::Video => announced_codec(request).mime(),
    };
    let codec = SimulcastCodecInfo {
        mime_type: mime_type.to_owned(),
        cid: request.cid.clone(),
        layers: layers.clone(),
        ..Default::default()
    };
    TrackInfo {
        sid: wire::new_track_id(kind, source),
        r#type: request.r#type,
        name: request.name.clone(),
        muted: request.muted,
        width: request.width,
        height: request.height,
        simulcast: layers.len() > 1,
        source: request.source,
        layers,
        mime_type: mime_type.to_owned(),
        codecs: vec![codec],
        disable_red: true,
        encryption: request.encryption,
        stream: request.stream.clone(),
        audio_features: request.audio_features.clone(),
        ..Default::default()
    }
}

impl Track {
    /// Looks which layers come in. A layer is alive as long as it keeps up with the others: a source that shows a still
    /// picture slows all of them. Returns whether that changed.
    pub(super) fn review_alive(&mut self) -> bool {
        let newest = self.layers.iter().filter_map(|layer| layer.last_packet).max();
        let keeps_up = |index: usize| {
            let (layer, newest) = (self.layers.get(index)?, newest?);
            let last = layer.last_packet?;
            let left = self.layers[..index].iter().any(|smaller| smaller.last_key_frame > Some(last));
            let patience = if left { layer.pace.patience_when_left() } else { layer.pace.patience() };
            Some(newest.duration_since(last) < patience)
        };
        let alive = std::array::from_fn(|index| keeps_up(index).unwrap_or(false));
        let changed = std::mem::replace(&mut self.alive, alive) != alive;
        if changed {
            tracing::trace!(track = self.info.sid, ?alive, "layers");
        }
        changed
    }
}
