//! What happens because time passes.

use std::time::{Duration, Instant};

use livekit_protocol::SpeakerInfo;
use tokio::sync::mpsc;

use super::{
    Engine, ParticipantKey,
    model::{Forward, RoomKey, TrackKey},
};
use crate::{api::LeftReason, forward::SpeakerChange};
use livekit_protocol::participant_info::State;

/// How often it is looked. Nothing that is due within less hangs on it.
const TICK: Duration = Duration::from_millis(100);

/// How often clients get a fresh token; each is good for twice that.
const TOKEN_INTERVAL: Duration = Duration::from_secs(300);

/// How long the goodbye of somebody whose connection broke is waited for.
const FAREWELL: Duration = Duration::from_millis(250);

impl Engine {
    pub(super) fn tick(&mut self, now: Instant) {
        self.next_tick = now + TICK;
        self.tick_tracks(now);
        self.tick_speakers(now);
        self.tick_bandwidth(now);
        self.tick_participants(now);
        self.tick_rooms(now);
        self.tick_resumed(now);
        self.tick_simulations(now);
    }

    fn tick_tracks(&mut self, now: Instant) {
        let tracks: Vec<TrackKey> = self.tracks.keys().collect();
        for key in tracks {
            let Some(track) = self.tracks.get_mut(key) else { continue };
            for layer in &mut track.layers {
                layer.rate.review(now);
                layer.recent.review(now);
            }
            if track.review_alive() {
                for &one in &track.subscriptions {
                    if let Some(Forward::Video(video)) = self.subscriptions.get_mut(one).map(|one| &mut one.forward) {
                        video.retarget(track.alive);
                    }
                }
            }
            if let Some(enabled) = track.dynacast.poll(now) {
                self.tell_wanted_layers(key, enabled);
            }
            self.ask_for_key_frames(key, now);
        }
    }

    fn tick_speakers(&mut self, now: Instant) {
        let mut changed = Vec::new();
        for (key, room) in &mut self.rooms {
            if room.speakers.poll_timeout().is_some_and(|at| now >= at) {
                let changes = room.speakers.decide(now);
                if !changes.is_empty() {
                    changed.push((key, changes));
                }
            }
        }
        for (room, changes) in changed {
            self.tell_voices(room, changes);
        }
    }

    /// Somebody has no microphone in the room any more.
    pub(super) fn silence(&mut self, key: ParticipantKey) {
        let Some(room_key) = self.participants.get(key).map(|participant| participant.room) else { return };
        if let Some(room) = self.rooms.get_mut(room_key) {
            let changes = room.speakers.remove(key);
            self.tell_voices(room_key, changes);
        }
    }

    fn tell_voices(&self, room: RoomKey, changes: Vec<SpeakerChange<ParticipantKey>>) {
        let speakers: Vec<SpeakerInfo> = changes
            .into_iter()
            .filter(|change| self.is_visible(change.key))
            .filter_map(|change| {
                let sid = self.participants.get(change.key)?.sid.clone();
                Some(SpeakerInfo { sid, level: change.level, active: change.active })
            })
            .collect();
        if !speakers.is_empty() {
            self.tell_speakers(room, speakers);
        }
    }

    fn tick_participants(&mut self, now: Instant) {
        let late =
            |since: Option<Instant>, limit| since.is_some_and(|since| now.saturating_duration_since(since) > limit);
        let (mut gone, mut failed) = (Vec::new(), Vec::new());
        let mut stale = Vec::new();
        for (key, participant) in &mut self.participants {
            // A session that ended without a word.
            if participant.outbox.as_ref().is_some_and(mpsc::Sender::is_closed) {
                participant.outbox = None;
                participant.signal_lost_at.get_or_insert(now);
            }
            let never_came =
                participant.state != State::Active && late(Some(participant.joined_at), self.limits.join_timeout);
            let deaf = participant.outbox.as_ref().is_some_and(|outbox| outbox.capacity() == 0);
            if late(participant.failed_at, FAREWELL) {
                failed.push(key);
            } else if never_came
                || deaf
                || late(participant.signal_lost_at, self.departure_timeout)
                || late(participant.transport_lost_at, self.departure_timeout)
            {
                gone.push(key);
            } else if late(Some(participant.token_refreshed_at), TOKEN_INTERVAL) {
                participant.token_refreshed_at = now;
                stale.push(key);
            }
        }
        for key in gone {
            self.remove(key, LeftReason::ConnectionLost, now);
        }
        for key in failed {
            self.remove(key, LeftReason::Failed, now);
        }
        for key in stale {
            self.refresh_token(key);
        }
    }
}
