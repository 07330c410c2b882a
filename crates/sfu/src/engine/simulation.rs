//! `SimulateScenario`: what clients ask to be put through, to test themselves.

use std::time::{Duration, Instant};

use livekit_protocol::{
    CandidateProtocol, DisconnectReason, LeaveRequest, SimulateScenario, SpeakerInfo, SpeakersChanged,
    leave_request::Action, signal_response::Message as Response, simulate_scenario::Scenario,
};

use super::{Engine, ParticipantKey, model::CutOnResume};
use crate::api::LeftReason;

/// Longest simulated speech.
const MAX_VOICE: Duration = Duration::from_secs(60);

impl Engine {
    pub(super) fn on_simulate(&mut self, key: ParticipantKey, simulate: SimulateScenario, now: Instant) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        match simulate.scenario {
            Some(Scenario::SpeakerUpdate(seconds)) => {
                let length = Duration::from_secs(seconds.max(0).unsigned_abs().into()).min(MAX_VOICE);
                participant.simulated.voice_until = Some(now + length);
                self.tell_simulated_voice(key, true);
            }
            // The nearest to a node that dies: without a word, and unknown when the client comes back.
            Some(Scenario::NodeFailure(true)) => self.take_out(key, LeftReason::Failed, now),
            // The nearest to another node taking over: the client has to come back, and finds everything.
            Some(Scenario::Migration(true)) => {
                self.tell(key, leave(DisconnectReason::Migration, Action::Resume));
                self.lose_signalling(key, now);
            }
            Some(Scenario::ServerLeave(true)) => {
                self.tell(key, leave(DisconnectReason::ServerShutdown, Action::Disconnect));
                self.take_out(key, LeftReason::Left, now);
            }
            Some(Scenario::LeaveRequestFullReconnect(true)) => {
                self.tell(key, leave(DisconnectReason::UnknownReason, Action::Reconnect));
                self.take_out(key, LeftReason::ConnectionLost, now);
            }
            Some(Scenario::SwitchCandidateProtocol(protocol)) => {
                // Holds for the connections the client makes next. There is no TURN here: TCP stands in for TLS.
                let only_tcp = CandidateProtocol::try_from(protocol) != Ok(CandidateProtocol::Udp);
                let Some(room) = self.rooms.get(participant.room) else { return };
                self.forced.set(&room.name, &participant.identity, only_tcp);
            }
            Some(Scenario::SubscriberBandwidth(bits)) => {
                participant.simulated.bandwidth = u64::try_from(bits).ok().filter(|&bits| bits > 0);
            }
            Some(Scenario::DisconnectSignalOnResume(on)) => {
                participant.simulated.cut_on_resume = on.then_some(CutOnResume::AfterGreeting);
            }
            Some(Scenario::DisconnectSignalOnResumeNoMessages(on)) => {
                participant.simulated.cut_on_resume = on.then_some(CutOnResume::Silently);
            }
            Some(
                Scenario::NodeFailure(false)
                | Scenario::Migration(false)
                | Scenario::ServerLeave(false)
                | Scenario::LeaveRequestFullReconnect(false),
            )
            | None => {}
        }
    }

    pub(super) fn tick_simulations(&mut self, now: Instant) {
        let mut silent = Vec::new();
        for (key, participant) in &mut self.participants {
            if participant.simulated.voice_until.is_some_and(|until| now >= until) {
                participant.simulated.voice_until = None;
                silent.push(key);
            }
        }
        for key in silent {
            self.tell_simulated_voice(key, false);
        }
    }

    fn tell_simulated_voice(&self, key: ParticipantKey, active: bool) {
        let Some(participant) = self.participants.get(key) else { return };
        let level = if active { 1.0 } else { 0.0 };
        let speaker = SpeakerInfo { sid: participant.sid.clone(), level, active };
        let response = Response::SpeakersChanged(SpeakersChanged { speakers: vec![speaker] });
        self.tell(key, response.clone());
        for other in self.others(key) {
            if self.is_visible(key) {
                self.tell(other, response.clone());
            }
        }
    }
}

fn leave(reason: DisconnectReason, action: Action) -> Response {
    Response::Leave(LeaveRequest {
        can_reconnect: action != Action::Disconnect,
        reason: reason.into(),
        action: action.into(),
        ..Default::default()
    })
}

/// Who is to have connections over TCP only, from the next join on.
#[derive(Debug, Default)]
pub(super) struct Forced(Vec<(String, String)>);

/// Most entries kept; only tests make any.
const MAX_FORCED: usize = 256;

impl Forced {
    fn set(&mut self, room: &str, identity: &str, only_tcp: bool) {
        self.0.retain(|(of, who)| of != room || who != identity);
        if only_tcp {
            self.0.push((room.to_owned(), identity.to_owned()));
            if self.0.len() > MAX_FORCED {
                self.0.remove(0);
            }
        }
    }

    pub(super) fn to_tcp(&self, room: &str, identity: &str) -> bool {
        self.0.iter().any(|(of, who)| of == room && who == identity)
    }
}
