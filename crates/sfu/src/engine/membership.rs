//! Coming, going, and who is told.

use std::time::{Instant, SystemTime};

use livekit_protocol::{
    ConnectionQualityInfo, ConnectionQualityUpdate, JoinResponse, ParticipantInfo, ParticipantUpdate, SpeakerInfo,
    SpeakersChanged, TrackInfo,
    participant_info::{Kind, State},
    signal_response::Message as Response,
};
use str0m::net::Protocol;
use tokio::sync::{mpsc, oneshot};

use super::{
    Engine, Join, Refusal, Seat, SignalEvent,
    model::{DataOut, Negotiation, Participant, ParticipantKey, RoomKey, Simulated, Slots},
    peer::{Peer, PeerKey, Role},
    quality::{Measured, Quality},
};
use crate::{
    api::{LeftReason, SfuEvent},
    forward::PendingTracks,
    wire,
};

impl Engine {
    pub(super) fn on_signal(&mut self, event: SignalEvent, now: Instant) {
        match event {
            SignalEvent::Knock { room, identity, resume, answer } => {
                let _ = answer.send(self.may_enter(&room, &identity, resume));
            }
            SignalEvent::Join { join, outbox, accepted } => self.join(*join, outbox, accepted, now),
            SignalEvent::Input { seat, input } => {
                if self.holds(seat) {
                    self.on_input(seat.key, input, now);
                }
            }
            SignalEvent::Closed { seat } => {
                if !self.holds(seat) {
                    return;
                }
                self.lose_signalling(seat.key, now);
                // One that never got media has nothing to come back to.
                if self.participants.get(seat.key).is_some_and(|participant| participant.state != State::Active) {
                    self.remove(seat.key, LeftReason::ConnectionLost, now);
                }
            }
        }
    }

    /// Whether a signalling session is its participant's present one.
    fn holds(&self, seat: Seat) -> bool {
        self.participants.get(seat.key).is_some_and(|participant| participant.session == seat.session)
    }

    /// Whether there is room for somebody; who is in already, or comes back, takes up no more.
    fn may_enter(&self, room: &str, identity: &str, resume: bool) -> Result<(), Refusal> {
        if self.stopping {
            return Err(Refusal::Stopping);
        }
        let Some(&key) = self.room_by_name.get(room) else { return Ok(()) };
        let Some(inside) = self.rooms.get(key) else { return Ok(()) };
        let own_limit = inside.reserved.map_or(0, |one| one.max_participants as usize);
        let limit = if own_limit == 0 { usize::MAX } else { own_limit }.min(self.limits.room_participants);
        let counts = |key: &&ParticipantKey| self.is_visible(**key);
        if resume || inside.participants.iter().filter(counts).count() < limit {
            return Ok(());
        }
        self.find_participant(room, identity).map(drop).ok_or(Refusal::Full)
    }

    fn join(&mut self, join: Join, outbox: mpsc::Sender<Response>, accepted: oneshot::Sender<Seat>, now: Instant) {
        // It may have become so since the door.
        let revoked = self.keys.is_revoked(&join.grant);
        let room_name = join.grant.room().to_owned();
        let identity = join.grant.identity().to_owned();
        if revoked || self.may_enter(&room_name, &identity, join.resume.is_some()).is_err() {
            let _ = outbox.try_send(Response::Leave(wire::leave(LeftReason::Removed)));
            return;
        }
        let present = self.find_participant(&room_name, &identity);
        if let Some(sid) = join.resume {
            match present.filter(|&old| self.participants.get(old).is_some_and(|old| sid.is_empty() || old.sid == sid))
            {
                Some(key) => self.resume(key, outbox, accepted, now),
                // Gone meanwhile, or this server knows nothing of it: clients join anew by themselves.
                None => _ = outbox.try_send(Response::Leave(wire::leave(LeftReason::ConnectionLost))),
            }
            return;
        }
        if let Some(old) = present {
            self.remove(old, LeftReason::DuplicateIdentity, now);
        }

        let full_ice = Participant::needs_full_ice(&join.client);
        let room = self.room_by_name.get(&room_name).copied().unwrap_or_else(|| self.start_room(&room_name));
        let permissions = join.grant.permissions();
        let mut attributes = join.grant.attributes().clone();
        if permissions.update_own_metadata {
            wire::merge_attributes(&mut attributes, join.attributes);
        }
        let own_metadata = join.metadata.filter(|_| permissions.update_own_metadata);
        let metadata = own_metadata.unwrap_or_else(|| join.grant.metadata().to_owned());
        let kind = if permissions.recorder { Kind::Egress } else { wire::kind_by_name(join.grant.kind()) };
        let (factory, mut local) = (self.factory.clone(), self.local_candidates());
        if self.forced.to_tcp(&room_name, &identity) && !self.local_tcp.is_empty() {
            local.retain(|(protocol, _)| *protocol == Protocol::Tcp);
        }
        let peers = &mut self.peers;
        let key = self.participants.insert_with_key(|key| {
            // A null key leads nowhere; such a participant is removed right below.
            let mut peer = |role| {
                factory.make(key, role, !full_ice, &local, now).map(|peer| peers.insert(peer)).unwrap_or_default()
            };
            let (publisher, subscriber) = if join.one_connection {
                let both = peer(Role::Both);
                (both, both)
            } else {
                (peer(Role::Publisher), peer(Role::Subscriber))
            };
            Participant {
                room,
                sid: wire::new_id("PA_"),
                identity,
                name: join.grant.name().to_owned(),
                metadata,
                attributes,
                kind,
                permissions,
                grant: join.grant,
                client: join.client,
                state: State::Joined,
                version: 1,
                joined_at: now,
                joined_ms: wire::unix_ms(),
                token_refreshed_at: now,
                quality: Quality::BEST,
                measured: Measured::default(),
                session: 0,
                outbox: Some(outbox),
                signal_lost_at: None,
                transport_lost_at: None,
                failed_at: None,
                publisher,
                subscriber,
                pending: PendingTracks::default(),
                tracks: Vec::new(),
                auto_subscribe: join.auto_subscribe,
                wishes: Default::default(),
                subscriptions: Vec::new(),
                negotiation: Negotiation::default(),
                slots: join.one_connection.then(Slots::default),
                data: DataOut::default(),
                last_reliable: 0,
                audience: None,
                held: Vec::new(),
                simulated: Simulated::default(),
            }
        });
        if accepted.send(Seat { key, session: 0 }).is_err() {
            self.remove(key, LeftReason::ConnectionLost, now);
            return;
        }
        let Some(participant) = self.participants.get(key) else { return };
        let peer_keys = [participant.publisher, participant.subscriber];
        if let Some(room) = self.rooms.get_mut(room) {
            room.participants.push(key);
            room.empty_since = None;
            room.news = true;
            if let Some(reserved) = &mut room.reserved {
                reserved.used = true;
            }
        }
        for peer_key in peer_keys {
            match self.peers.get(peer_key) {
                Some(peer) => _ = self.peer_by_ufrag.insert(peer.ufrag.clone(), peer_key),
                None => return self.remove(key, LeftReason::Failed, now),
            }
            self.touch(peer_key);
        }
        self.welcome(key);
        self.announce(key);
        self.subscribe_to_present(key, now);
        self.negotiate(key);
    }

    /// The first messages to a newcomer.
    fn welcome(&self, key: ParticipantKey) {
        let Some(participant) = self.participants.get(key) else { return };
        let Some(room) = self.rooms.get(participant.room) else { return };
        let others = room.participants.iter().filter(|&&other| other != key);
        let other_participants =
            others.filter(|&&other| self.is_visible(other)).filter_map(|&other| self.participant_info(other)).collect();
        let response = JoinResponse {
            room: Some(self.room_info(room)),
            participant: self.participant_info(key),
            other_participants,
            server_version: wire::SERVER_VERSION.to_owned(),
            subscriber_primary: participant.slots.is_none(),
            ice_servers: self.ice_servers.told_to(&participant.sid, SystemTime::now()),
            ping_timeout: wire::PING_TIMEOUT.as_secs() as i32,
            ping_interval: wire::PING_INTERVAL.as_secs() as i32,
            server_info: Some(wire::server_info()),
            enabled_publish_codecs: wire::publish_codecs(),
            fast_publish: participant.permissions.publish,
            ..Default::default()
        };
        self.tell(key, Response::Join(response));
        self.refresh_token(key);
    }

    pub(super) fn refresh_token(&self, key: ParticipantKey) {
        let Some(participant) = self.participants.get(key) else { return };
        if let Some(token) = self.keys.refresh(&participant.grant) {
            self.tell(key, Response::RefreshToken(token.expose().to_owned()));
        }
    }

    /// Ends somebody's presence: goodbye, streams, news to the others, and the room when it was the last.
    pub(super) fn remove(&mut self, key: ParticipantKey, reason: LeftReason, now: Instant) {
        if reason != LeftReason::Left {
            self.tell(key, Response::Leave(wire::leave(reason)));
        }
        self.take_out(key, reason, now);
    }

    /// Ends somebody's presence without a goodbye.
    pub(super) fn take_out(&mut self, key: ParticipantKey, reason: LeftReason, now: Instant) {
        let Some(participant) = self.participants.get(key) else { return };
        let (tracks, subscriptions) = (participant.tracks.clone(), participant.subscriptions.clone());
        let (room_key, was_connected) = (participant.room, participant.state == State::Active);
        for subscription in subscriptions {
            self.drop_subscription(subscription, now);
        }
        for track in tracks {
            self.unpublish(track, now);
        }
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.state = State::Disconnected;
        let mut others = Vec::new();
        if let Some(room) = self.rooms.get_mut(room_key) {
            room.participants.retain(|&other| other != key);
            others.clone_from(&room.participants);
            room.speakers.remove(key);
            room.news = true;
            room.empty_since = others.is_empty().then_some(now);
        }
        self.announce_with(key, reason);
        let Some(participant) = self.participants.remove(key) else { return };
        for peer in [participant.publisher, participant.subscriber] {
            self.end_peer(peer);
        }
        tracing::debug!(participant = %participant.sid, ?reason, "left");
        if let Some(room) = self.rooms.get(room_key) {
            let reserved = room.reserved.is_some();
            self.emit(SfuEvent::ParticipantLeft {
                room: room.name.clone(),
                identity: participant.identity,
                sid: participant.sid,
                reason,
                was_connected,
            });
            // A room somebody asked for stays a while.
            if others.is_empty() && !reserved {
                self.finish_room(room_key);
            }
        }
    }

    pub(super) fn end_peer(&mut self, key: PeerKey) {
        let Some(mut peer) = self.peers.remove(key) else { return };
        self.peer_by_ufrag.remove(&peer.ufrag);
        say_goodbye(&mut peer, &mut self.transmits);
        if peer.paths.iter().any(|path| path.protocol == Protocol::Tcp) {
            // Before its connection is closed.
            self.transmit();
        }
        for path in &peer.paths {
            if path.protocol == Protocol::Tcp {
                self.tcp.end(path.address, key);
            } else if self.peer_by_address.get(&path.address) == Some(&key) {
                self.peer_by_address.remove(&path.address);
            }
        }
        peer.end();
    }

    /// The client closed a connection. Without signalling it is gone for good.
    pub(super) fn on_transport_closed(&mut self, key: ParticipantKey, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.transport_lost_at.get_or_insert(now);
        // Without signalling either, a goodbye of the connection is one of its client.
        if participant.outbox.is_none() {
            self.remove(key, LeftReason::ConnectionLost, now);
        }
    }

    pub(super) fn find_participant(&self, room: &str, identity: &str) -> Option<ParticipantKey> {
        let room = self.rooms.get(*self.room_by_name.get(room)?)?;
        let is_it = |&&key: &&ParticipantKey| self.participants.get(key).is_some_and(|one| one.identity == identity);
        room.participants.iter().find(is_it).copied()
    }

    /// Whether the others are told of somebody.
    pub(super) fn is_visible(&self, key: ParticipantKey) -> bool {
        self.participants.get(key).is_some_and(|participant| !participant.permissions.hidden)
    }

    pub(super) fn participant_info(&self, key: ParticipantKey) -> Option<ParticipantInfo> {
        let participant = self.participants.get(key)?;
        let tracks: Vec<TrackInfo> = participant
            .tracks
            .iter()
            .filter_map(|&track| self.tracks.get(track))
            .map(|track| track.info.clone())
            .collect();
        Some(participant.info(tracks))
    }

    /// Tells the others of a change of somebody, at once.
    pub(super) fn announce(&mut self, key: ParticipantKey) {
        if let Some(update) = self.next_update(key) {
            self.tell_others(key, &update);
        }
    }

    /// Tells the others and the participant.
    pub(super) fn announce_to_all(&mut self, key: ParticipantKey) {
        let Some(update) = self.next_update(key) else { return };
        self.tell(key, update.clone());
        self.tell_others(key, &update);
    }

    /// Tells the others that somebody is gone who only became hidden.
    pub(super) fn announce_gone(&mut self, key: ParticipantKey) {
        let Some(mut update) = self.next_update(key) else { return };
        if let Response::Update(update) = &mut update
            && let Some(info) = update.participants.first_mut()
        {
            info.state = State::Disconnected.into();
        }
        for other in self.others(key) {
            self.tell(other, update.clone());
        }
    }

    fn announce_with(&mut self, key: ParticipantKey, reason: LeftReason) {
        let Some(mut update) = self.next_update(key) else { return };
        if let Response::Update(update) = &mut update
            && let Some(info) = update.participants.first_mut()
        {
            info.disconnect_reason = wire::disconnect_reason(reason).into();
        }
        self.tell_others(key, &update);
    }

    fn next_update(&mut self, key: ParticipantKey) -> Option<Response> {
        let participant = self.participants.get_mut(key)?;
        participant.version += 1;
        let info = self.participant_info(key)?;
        Some(Response::Update(ParticipantUpdate { participants: vec![info] }))
    }

    /// Sends to everybody else in the room, unless nobody may know of this one.
    fn tell_others(&self, key: ParticipantKey, response: &Response) {
        if !self.is_visible(key) {
            return;
        }
        for other in self.others(key) {
            self.tell(other, response.clone());
        }
    }

    /// Everybody else in the same room.
    pub(super) fn others(&self, key: ParticipantKey) -> Vec<ParticipantKey> {
        let room = self.participants.get(key).and_then(|participant| self.rooms.get(participant.room));
        room.map(|room| room.participants.iter().copied().filter(|&other| other != key).collect()).unwrap_or_default()
    }

    /// Sends to one client. One that does not take its messages is as good as gone: the ticks remove it.
    pub(super) fn tell(&self, key: ParticipantKey, response: Response) {
        let Some(outbox) = self.participants.get(key).and_then(|participant| participant.outbox.as_ref()) else {
            return;
        };
        if let Err(mpsc::error::TrySendError::Full(_)) = outbox.try_send(response) {
            tracing::warn!("a client does not take its signalling messages");
        }
    }

    pub(super) fn tell_speakers(&self, room: RoomKey, speakers: Vec<SpeakerInfo>) {
        let Some(room) = self.rooms.get(room) else { return };
        let response = Response::SpeakersChanged(SpeakersChanged { speakers });
        for &key in &room.participants {
            self.tell(key, response.clone());
        }
    }

    /// Takes over what was measured; each way overrides only its own finding.
    pub(super) fn set_measured(&mut self, key: ParticipantKey, measured: Measured) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        let (before, lost) = (participant.measured, measured.loss_in.is_some() || measured.loss_out.is_some());
        participant.measured = Measured {
            loss_in: measured.loss_in.or(before.loss_in),
            loss_out: measured.loss_out.or(before.loss_out),
            round_trip: measured.round_trip.or(before.round_trip),
        };
        let quality = participant.measured.quality();
        if lost {
            self.set_quality(key, quality);
        }
    }

    pub(super) fn set_quality(&mut self, key: ParticipantKey, quality: Quality) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        if std::mem::replace(&mut participant.quality, quality) == quality {
            return;
        }
        let update = Response::ConnectionQuality(ConnectionQualityUpdate { updates: vec![quality_info(participant)] });
        self.tell(key, update.clone());
        self.tell_others(key, &update);
    }

    /// Everybody's quality, to a newcomer.
    pub(super) fn tell_qualities(&self, key: ParticipantKey) {
        let updates = self
            .others(key)
            .into_iter()
            .chain([key])
            .filter(|&one| one == key || self.is_visible(one))
            .filter_map(|one| self.participants.get(one).map(quality_info))
            .collect();
        self.tell(key, Response::ConnectionQuality(ConnectionQualityUpdate { updates }));
    }
}

fn quality_info(participant: &Participant) -> ConnectionQualityInfo {
    let Quality(score) = participant.quality;
    ConnectionQualityInfo {
        participant_sid: participant.sid.clone(),
        quality: participant.quality.category().into(),
        score: score.into(),
    }
}

/// Lets a peer send its DTLS and RTCP goodbyes.
fn say_goodbye(peer: &mut Peer, transmits: &mut Vec<str0m::net::Transmit>) {
    if peer.with(str0m::Rtc::close).is_ok() {
        let _ = peer.drain(Instant::now(), &mut Vec::new(), transmits);
    }
}
