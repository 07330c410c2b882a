//! Coming back: the signalling was cut, or the network changed, and nobody is to notice. The participant, its tracks and its
//! subscriptions stayed; the client says what it knows, both connections restart ICE, and what was missed is told again.

use std::{
    collections::HashMap,
    time::{Duration, Instant, SystemTime},
};

use livekit_protocol::{
    MuteTrackRequest, ParticipantInfo, ParticipantUpdate, ReconnectResponse, RoomUpdate, SyncState,
    TrackUnpublishedResponse, signal_response::Message as Response,
};
use str0m::change::SdpAnswer;
use tokio::sync::{mpsc, oneshot};

use super::{
    Engine, ParticipantKey, Seat,
    model::{CutOnResume, Settings},
};
use crate::{api::TrackKind, wire};

/// How long a client that is back may take to say what it knows. Nothing but the next offer waits for it.
const SYNC_PATIENCE: Duration = Duration::from_secs(2);

/// From this signalling protocol on clients drop reliable messages that come twice.
const NUMBERED_DATA_FROM_PROTOCOL: i32 = 16;

impl Engine {
    /// Puts a new signalling session in the place of the one that was lost.
    pub(super) fn resume(
        &mut self,
        key: ParticipantKey,
        outbox: mpsc::Sender<Response>,
        accepted: oneshot::Sender<Seat>,
        now: Instant,
    ) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.session = participant.session.wrapping_add(1);
        participant.outbox = Some(outbox);
        participant.signal_lost_at = None;
        let session = participant.session;
        let cut = participant.simulated.cut_on_resume.take();
        if accepted.send(Seat { key, session }).is_err() || cut == Some(CutOnResume::Silently) {
            return self.lose_signalling(key, now);
        }
        tracing::debug!(participant = %participant.sid, "back");
        let last_message_seq = participant.last_reliable;
        let negotiation = &mut participant.negotiation;
        negotiation.restart = true;
        negotiation.unsure_since = negotiation.pending.is_some().then_some(now);
        let unsure = negotiation.unsure_since.is_some();
        let greeting = ReconnectResponse {
            ice_servers: self.ice_servers.told_to(&participant.sid, SystemTime::now()),
            server_info: Some(wire::server_info()),
            last_message_seq,
            ..Default::default()
        };
        self.tell(key, Response::Reconnect(greeting));
        self.tell_everything(key);
        if cut == Some(CutOnResume::AfterGreeting) {
            return self.lose_signalling(key, now);
        }
        // With one connection it is the client who restarts ICE.
        if !unsure && !self.forget_answers(key) {
            self.negotiate(key);
        }
    }

    /// What may have been missed while the signalling was away.
    fn tell_everything(&self, key: ParticipantKey) {
        let Some(participant) = self.participants.get(key) else { return };
        let Some(room) = self.rooms.get(participant.room) else { return };
        let seen = room.participants.iter().filter(|&&other| other == key || self.is_visible(other));
        let participants: Vec<ParticipantInfo> = seen.filter_map(|&other| self.participant_info(other)).collect();
        self.tell(key, Response::Update(ParticipantUpdate { participants }));
        self.tell(key, Response::RoomUpdate(RoomUpdate { room: Some(self.room_info(room)) }));
        self.tell_qualities(key);
        self.refresh_token(key);
        for &track_key in &participant.tracks {
            let Some(track) = self.tracks.get(track_key) else { continue };
            if track.muted_by_server {
                self.tell(key, Response::Mute(MuteTrackRequest { sid: track.info.sid.clone(), muted: true }));
            }
            if track.kind == TrackKind::Video {
                self.tell_wanted_layers(track_key, track.dynacast.told());
            }
        }
    }

    /// What a client that is back knows.
    pub(super) fn on_sync_state(
        &mut self,
        key: ParticipantKey,
        state: SyncState,
        answer: Option<SdpAnswer>,
        now: Instant,
    ) {
        self.settle_offer(key, answer, now);
        if let Some(subscription) = state.subscription {
            self.on_update_subscription(key, subscription, now);
        }
        for sid in state.track_sids_disabled {
            self.set_disabled(key, sid, now);
        }
        self.refute_tracks(key, state.publish_tracks.into_iter().filter_map(|one| one.track).map(|track| track.sid));
        if self.participants.get(key).is_some_and(|one| one.client.protocol >= NUMBERED_DATA_FROM_PROTOCOL) {
            let states = state.datachannel_receive_states.into_iter();
            let had: HashMap<String, u32> = states.map(|state| (state.publisher_sid, state.last_seq)).collect();
            self.resend_data(key, &had);
        }
        self.on_subscriber_ready(key, now);
    }

    /// An offer was on its way when the signalling was cut. When the client's last answer is to it, it is accepted; else it
    /// never arrived, and a new one takes its place.
    fn settle_offer(&mut self, key: ParticipantKey, answer: Option<SdpAnswer>, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        let negotiation = &mut participant.negotiation;
        if negotiation.unsure_since.take().is_none() {
            return;
        }
        let id = negotiation.id;
        let answered = answer.filter(|answer| {
            let offered = negotiation.offered.iter();
            !negotiation.offered.is_empty() && offered.into_iter().all(|mid| names_mid(answer, mid))
        });
        match answered {
            Some(answer) => {
                negotiation.again = true;
                self.on_answer(key, answer, id, now);
            }
            None => self.offer_anew(key),
        }
    }

    /// Takes the offer back whose answer does not come.
    fn offer_anew(&mut self, key: ParticipantKey) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        participant.negotiation.take_back();
        for subscription in participant.subscriptions.clone() {
            if let Some(subscription) = self.subscriptions.get_mut(subscription)
                && subscription.out.is_none()
            {
                subscription.mid = None;
            }
        }
        self.negotiate(key);
    }

    /// A client that is back but does not say what it knows gets its offer all the same.
    pub(super) fn tick_resumed(&mut self, now: Instant) {
        let silent: Vec<ParticipantKey> = self
            .participants
            .iter()
            .filter(|(_, participant)| {
                let since = participant.negotiation.unsure_since;
                since.is_some_and(|since| now.saturating_duration_since(since) > SYNC_PATIENCE)
            })
            .map(|(key, _)| key)
            .collect();
        for key in silent {
            if let Some(participant) = self.participants.get_mut(key) {
                participant.negotiation.unsure_since = None;
            }
            self.offer_anew(key);
        }
    }

    /// A track the client had switched off.
    fn set_disabled(&mut self, key: ParticipantKey, sid: String, now: Instant) {
        let Some(participant) = self.participants.get(key) else { return };
        let settings = participant.wishes.get(&sid).and_then(|wish| wish.settings);
        let settings = Settings { disabled: true, ..settings.unwrap_or_default() };
        self.apply_settings(key, sid, settings, now);
    }

    /// Tracks a client believes to publish that are over here, as when the permission went meanwhile.
    fn refute_tracks(&self, key: ParticipantKey, believed: impl Iterator<Item = String>) {
        let Some(participant) = self.participants.get(key) else { return };
        for track_sid in believed {
            let published = self.find_track(key, &track_sid).is_some();
            let pending = participant.pending.wanted().any(|wanted| wanted.track.info.sid == track_sid);
            if !published && !pending {
                self.tell(key, Response::TrackUnpublished(TrackUnpublishedResponse { track_sid }));
            }
        }
    }

    /// The signalling session is gone; its participant is held for a while.
    pub(super) fn lose_signalling(&mut self, key: ParticipantKey, now: Instant) {
        if let Some(participant) = self.participants.get_mut(key) {
            participant.outbox = None;
            participant.signal_lost_at.get_or_insert(now);
        }
    }
}

/// Whether an answer has an m-line of this id.
fn names_mid(answer: &SdpAnswer, mid: &str) -> bool {
    answer.to_sdp_string().lines().any(|line| line.strip_prefix("a=mid:").is_some_and(|one| one.trim() == mid))
}
