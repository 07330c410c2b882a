//! What the host asks for.

use std::time::Instant;

use livekit_protocol::{MuteTrackRequest, participant_info::State, signal_response::Message as Response};

use super::{Engine, ParticipantKey};
use crate::{
    api::{LeftReason, ParticipantDescription, Permissions, SfuError, SfuStats, TrackSource},
    control::Command,
    wire,
};

impl Engine {
    pub(super) fn on_command(&mut self, command: Command, now: Instant) {
        // An asker that went away does not matter.
        match command {
            Command::RemoveParticipant { room, identity, done } => {
                let result = self.found(&room, &identity).map(|key| self.remove(key, LeftReason::Removed, now));
                let _ = done.send(result);
            }
            Command::EndRoom { room, done } => {
                let _ = done.send(self.end_room(&room, now));
            }
            Command::MuteTrack { room, identity, sid, muted, done } => {
                let result = self.found(&room, &identity).and_then(|key| self.mute_by_server(key, &sid, muted, now));
                let _ = done.send(result);
            }
            Command::UpdatePermissions { room, identity, permissions, done } => {
                let result = self.found(&room, &identity).map(|key| self.set_permissions(key, permissions, now));
                let _ = done.send(result);
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

    fn end_room(&mut self, room: &str, now: Instant) -> Result<(), SfuError> {
        let key = *self.room_by_name.get(room).ok_or(SfuError::NoRoom)?;
        let everybody = self.rooms.get(key).map(|room| room.participants.clone()).unwrap_or_default();
        for participant in everybody {
            self.remove(participant, LeftReason::RoomEnded, now);
        }
        Ok(())
    }

    fn mute_by_server(&mut self, key: ParticipantKey, sid: &str, muted: bool, now: Instant) -> Result<(), SfuError> {
        let participant = self.participants.get_mut(key).ok_or(SfuError::NoParticipant)?;
        if let Some(wanted) = participant.pending.wanted_mut().find(|wanted| wanted.track.info.sid == sid) {
            wanted.track.muted_by_server = muted;
            wanted.track.info.muted |= muted;
        } else {
            let track_key = self.find_track(key, sid).ok_or(SfuError::NoTrack)?;
            if let Some(track) = self.tracks.get_mut(track_key) {
                track.muted_by_server = muted;
            }
            // Lifting the mute only lifts it: whether to speak again is the owner's decision.
            if muted {
                self.set_muted(track_key, true, now);
            }
        }
        if muted {
            self.tell(key, Response::Mute(MuteTrackRequest { sid: sid.to_owned(), muted }));
        }
        Ok(())
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
                attributes: participant.attributes.clone().into_iter().collect(),
                tracks: participant
                    .tracks
                    .iter()
                    .filter_map(|&track| self.tracks.get(track))
                    .map(|track| wire::describe(&track.info))
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
