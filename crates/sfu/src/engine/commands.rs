//! What the host asks for.

use std::time::Instant;

use livekit_protocol::{
    DataPacket, MuteTrackRequest, ParticipantInfo, UpdateSubscription, UserPacket, data_packet::Value,
    participant_info::State, signal_response::Message as Response,
};
use prost::Message as _;

use super::{Engine, ParticipantKey, peer::ChannelKind};
use crate::{
    api::{
        LeftReason, ParticipantDescription, ParticipantPatch, Permissions, ServerData, SfuError, SfuStats,
        TrackDescription, TrackSource,
    },
    control::Command,
    forward::Receivers,
    wire,
};

impl Engine {
    pub(super) fn on_command(&mut self, command: Command, now: Instant) {
        // An asker that went away does not matter.
        match command {
            Command::RemoveParticipant { room, identity, revoke, done } => {
                if revoke {
                    let until = wire::unix_ms().unsigned_abs() / 1000;
                    self.keys.revocations.revoke(&room, &identity, until, now);
                }
                let result = self.found(&room, &identity).map(|key| self.remove(key, LeftReason::Removed, now));
                let _ = done.send(result);
            }
            Command::Readmit { room, identity, done } => {
                self.keys.revocations.lift(&room, &identity);
                let _ = done.send(Ok(()));
            }
            Command::EndRoom { room, done } => {
                let _ = done.send(self.end_room(&room, now));
            }
            Command::MuteTrack { room, identity, sid, muted, done } => {
                let result = self.found(&room, &identity).and_then(|key| self.mute_by_server(key, &sid, muted, now));
                let _ = done.send(result);
            }
            Command::MuteSource { room, identity, source, muted, done } => {
                let result = self.found(&room, &identity).map(|key| self.hold_source(key, source, muted, now));
                let _ = done.send(result);
            }
            Command::UpdateParticipant { room, identity, patch, done } => {
                let result = self.found(&room, &identity).map(|key| self.patch_participant(key, patch, now));
                let _ = done.send(result);
            }
            Command::UpdateSubscriptions { room, identity, sids: track_sids, subscribe, done } => {
                let update = UpdateSubscription { track_sids, subscribe, ..Default::default() };
                let result = self.found(&room, &identity).map(|key| self.on_update_subscription(key, update, now));
                let _ = done.send(result);
            }
            Command::CreateRoom { wanted, done } => {
                let _ = done.send(self.reserve_room(wanted, now));
            }
            Command::UpdateRoomMetadata { room, metadata, done } => {
                let _ = done.send(self.set_room_metadata(&room, metadata));
            }
            Command::SendData { room, data, done } => {
                let _ = done.send(self.send_from_server(&room, data));
            }
            Command::Rooms { done } => {
                let _ = done.send(Ok(self.describe_rooms()));
            }
            Command::RoomInfos { names, done } => {
                let wanted = |name: &String| names.is_empty() || names.contains(name);
                let rooms = self.rooms.values().filter(|room| wanted(&room.name));
                let _ = done.send(Ok(rooms.map(|room| self.room_info(room)).collect()));
            }
            Command::ParticipantInfos { room, done } => {
                let _ = done.send(self.participant_infos(&room));
            }
            Command::Participants { room, done } => {
                let _ = done.send(self.describe_room(&room));
            }
            Command::Stats { done } => {
                let _ = done.send(Ok(self.stats_now()));
            }
            Command::Stop { done } => {
                let everybody: Vec<ParticipantKey> = self.participants.keys().collect();
                for key in everybody {
                    self.remove(key, LeftReason::Stopping, now);
                }
                self.stopping = true;
                let _ = done.send(Ok(()));
            }
        }
    }

    fn found(&self, room: &str, identity: &str) -> Result<ParticipantKey, SfuError> {
        if !self.room_by_name.contains_key(room) {
            return Err(SfuError::NoRoom);
        }
        self.find_participant(room, identity).ok_or(SfuError::NoParticipant)
    }

    /// Mutes a track and whatever else comes of its source, or lifts that.
    fn mute_by_server(&mut self, key: ParticipantKey, sid: &str, muted: bool, now: Instant) -> Result<(), SfuError> {
        let participant = self.participants.get_mut(key).ok_or(SfuError::NoParticipant)?;
        let pending = participant.pending.wanted().find(|wanted| wanted.track.info.sid == sid);
        let source = match pending {
            Some(wanted) => wire::describe(&wanted.track.info).source,
            None => {
                let track = self.find_track(key, sid).and_then(|track| self.tracks.get(track));
                wire::describe(&track.ok_or(SfuError::NoTrack)?.info).source
            }
        };
        self.hold_source(key, source, muted, now);
        Ok(())
    }

    /// Mutes all of a source, now and later, or lifts that.
    fn hold_source(&mut self, key: ParticipantKey, source: TrackSource, muted: bool, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.held.retain(|&held| held != source);
        if muted {
            participant.held.push(source);
        }
        let mut told = Vec::new();
        for wanted in participant.pending.wanted_mut() {
            if wire::describe(&wanted.track.info).source == source {
                wanted.track.muted_by_server = muted;
                wanted.track.info.muted |= muted;
                told.push(wanted.track.info.sid.clone());
            }
        }
        for track_key in participant.tracks.clone() {
            let Some(track) = self.tracks.get_mut(track_key) else { continue };
            if wire::describe(&track.info).source != source {
                continue;
            }
            track.muted_by_server = muted;
            told.push(track.info.sid.clone());
            // Lifting the mute only lifts it: whether to speak again is the owner's decision.
            if muted {
                self.set_muted(track_key, true, now);
            }
        }
        if muted {
            for sid in told {
                self.tell(key, Response::Mute(MuteTrackRequest { sid, muted }));
            }
        }
    }

    fn patch_participant(&mut self, key: ParticipantKey, patch: ParticipantPatch, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        if let Some(name) = patch.name {
            participant.name = name;
        }
        if let Some(metadata) = patch.metadata {
            participant.metadata = metadata;
        }
        wire::merge_attributes(&mut participant.attributes, patch.attributes.into_iter().collect());
        match patch.permissions {
            Some(permissions) => self.set_permissions(key, permissions, now),
            None => self.announce_to_all(key),
        }
    }

    fn set_permissions(&mut self, key: ParticipantKey, permissions: Permissions, now: Instant) {
        let was_visible = self.is_visible(key);
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.grant.set_permissions(&permissions);
        participant.permissions = permissions.clone();
        participant.pending.take(|wanted| !permissions.may_publish(wire::describe(&wanted.track.info).source));
        let source_of = |info| -> TrackSource { wire::describe(info).source };
        let revoked: Vec<_> = participant
            .tracks
            .iter()
            .copied()
            .filter(|&track| {
                self.tracks.get(track).is_some_and(|track| !permissions.may_publish(source_of(&track.info)))
            })
            .collect();
        let subscriptions = participant.subscriptions.clone();
        for track in revoked {
            self.revoke(track, now);
        }
        if permissions.subscribe {
            self.subscribe_to_present(key, now);
        } else {
            for subscription in subscriptions {
                self.drop_subscription(subscription, now);
            }
        }
        self.negotiate(key);
        if was_visible && permissions.hidden {
            self.announce_gone(key);
        }
        self.announce_to_all(key);
        self.refresh_token(key);
    }

    /// Data that comes from nobody in the room.
    fn send_from_server(&mut self, room: &str, data: ServerData) -> Result<(), SfuError> {
        let key = *self.room_by_name.get(room).ok_or(SfuError::NoRoom)?;
        let everybody = self.rooms.get(key).map(|room| room.participants.clone()).unwrap_or_default();
        let user = UserPacket { payload: data.payload, topic: data.topic, ..Default::default() };
        let packet = DataPacket {
            destination_identities: data.to.clone(),
            value: Some(Value::User(user)),
            ..wire::data_packet(data.reliable)
        };
        let kind = if data.reliable { ChannelKind::Reliable } else { ChannelKind::Lossy };
        let receivers = Receivers { identities: data.to, sids: Vec::new() };
        let bytes = bytes::Bytes::from(packet.encode_to_vec());
        for key in everybody {
            if self.participants.get(key).is_some_and(|one| receivers.include(&one.identity, &one.sid)) {
                self.send_data(key, kind, bytes.clone());
            }
        }
        Ok(())
    }

    fn participant_infos(&self, room: &str) -> Result<Vec<ParticipantInfo>, SfuError> {
        let key = *self.room_by_name.get(room).ok_or(SfuError::NoRoom)?;
        let room = self.rooms.get(key).ok_or(SfuError::NoRoom)?;
        Ok(room.participants.iter().filter_map(|&key| self.participant_info(key)).collect())
    }

    fn describe_room(&self, room: &str) -> Result<Vec<ParticipantDescription>, SfuError> {
        let key = *self.room_by_name.get(room).ok_or(SfuError::NoRoom)?;
        let room = self.rooms.get(key).ok_or(SfuError::NoRoom)?;
        let participants = room.participants.iter().filter_map(|&key| self.participants.get(key));
        Ok(participants
            .map(|participant| ParticipantDescription {
                sid: participant.sid.clone(),
                identity: participant.identity.clone(),
                name: participant.name.clone(),
                connected: participant.state == State::Active,
                hidden: participant.permissions.hidden,
                signalling: participant.outbox.is_some(),
                permissions: participant.permissions.clone(),
                quality: participant.quality.0,
                round_trip: participant.measured.round_trip,
                loss: participant.measured.loss(),
                joined_ms: participant.joined_ms,
                metadata: participant.metadata.clone(),
                attributes: participant.attributes.clone().into_iter().collect(),
                tracks: participant
                    .tracks
                    .iter()
                    .filter_map(|&track| self.tracks.get(track))
                    .map(|track| TrackDescription { held: track.muted_by_server, ..wire::describe(&track.info) })
                    .collect(),
            })
            .collect())
    }

    fn stats_now(&self) -> SfuStats {
        SfuStats {
            rooms: self.rooms.len(),
            participants: self.participants.len(),
            tracks: self.tracks.len(),
            subscriptions: self.subscriptions.len(),
            ..self.stats
        }
    }
}
