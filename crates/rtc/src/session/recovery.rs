//! Keeping the line: what to do when signalling or media break.
//!
//! First the session is resumed (same presence, same connections, ICE restarted); when the server does not know us any
//! more, or resuming failed twice, the room is joined anew and everything is published again.

use std::time::{Duration, Instant};

use livekit_protocol as proto;
use livekit_signaling::SignalError;
use proto::{leave_request::Action, signal_request};
use tokio::sync::oneshot;

use super::{Flow, GO_ON, Link, Session};
use crate::{
    ConnectionState, DisconnectReason, JoinError, RtcEvent,
    engine::{PeerState, Side},
};

/// Waits before each try; after the last the connection is given up. The first is at once: most breaks are of the socket
/// alone.
const DELAYS_MS: [u64; 10] = [0, 300, 1200, 2700, 4800, 7000, 7000, 7000, 7000, 7000];
/// Tries to resume before joining anew.
const RESUMES: u32 = 3;
/// How long the new socket of a resume may take: a try begun while the cable was out is not worth waiting for.
const SOCKET_TIMEOUT: Duration = Duration::from_secs(3);
/// How long a try may take from the new socket to media.
const TRY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the server may take to answer an offer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long media may be sent without any feedback; servers tell some ten times a second.
const UNANSWERED: Duration = Duration::from_secs(2);
/// ICE often comes back by itself; only then is more done.
const DISCONNECTED_GRACE: Duration = Duration::from_millis(500);

/// Where the session stands.
pub(crate) enum Phase {
    /// The join is not through.
    Joining { reply: oneshot::Sender<Result<(), JoinError>>, try_until: Instant, deadline: Instant },
    /// All is well.
    Connected,
    /// The next try is due at a time.
    Waiting { attempt: u32, how: How, until: Instant },
    /// Signalling is back; media are awaited.
    Trying { attempt: u32, how: How, deadline: Instant },
}

/// How to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    Resume(proto::ReconnectReason),
    Rejoin,
}

impl Session {
    pub(super) fn join_failed(&mut self, error: JoinError) -> Flow {
        tracing::info!(%error, "the join failed");
        if let Phase::Joining { reply, .. } = std::mem::replace(&mut self.phase, Phase::Connected) {
            let _ = reply.send(Err(error));
        }
        Flow::Break(DisconnectReason::ConnectionLost)
    }

    /// Something broke: tries to come back.
    pub(super) async fn lost(&mut self, how: How) -> Flow {
        let (attempt, before) = match self.phase {
            Phase::Joining { .. } => return self.join_failed(JoinError::Media("lost while joining".to_owned())),
            Phase::Connected => (1, how),
            // A try is due anyway.
            Phase::Waiting { .. } => return GO_ON,
            Phase::Trying { attempt, how, .. } => (attempt + 1, how),
        };
        let Some(&delay) = DELAYS_MS.get(attempt as usize - 1) else {
            return Flow::Break(DisconnectReason::ConnectionLost);
        };
        let how = if attempt > RESUMES || before == How::Rejoin { How::Rejoin } else { how };
        tracing::info!(attempt, ?how, "reconnecting");
        self.link.publisher.peer.control().forget_unanswered();
        self.emit(RtcEvent::Connection(ConnectionState::Reconnecting { attempt }));
        self.phase = Phase::Waiting { attempt, how, until: Instant::now() + Duration::from_millis(delay) };
        if delay == 0 { self.try_again().await } else { GO_ON }
    }

    /// As [`Session::lost`], but whatever try is under way or due is begun anew at once.
    pub(super) async fn hurry(&mut self, how: How) -> Flow {
        let attempt = match self.phase {
            Phase::Joining { .. } => return GO_ON,
            Phase::Connected => return self.lost(how).await,
            Phase::Waiting { attempt, .. } | Phase::Trying { attempt, .. } => attempt,
        };
        let how = match self.phase {
            Phase::Waiting { how: How::Rejoin, .. } | Phase::Trying { how: How::Rejoin, .. } => How::Rejoin,
            _ => how,
        };
        self.phase = Phase::Waiting { attempt, how, until: Instant::now() };
        self.try_again().await
    }

    async fn try_again(&mut self) -> Flow {
        let Phase::Waiting { attempt, how, .. } = self.phase else { return GO_ON };
        self.phase = Phase::Trying { attempt, how, deadline: Instant::now() + TRY_TIMEOUT };
        let mut leaving = self.leaving.clone();
        let tried = async {
            match how {
                How::Resume(reason) => self.resume(reason).await,
                How::Rejoin => self.rejoin().await,
            }
        };
        let next = tokio::select! {
            _ = leaving.wait_for(|leaving| *leaving) => return Flow::Break(DisconnectReason::Left),
            next = tried => next,
        };
        match next {
            Next::Wait => self.check_connected().await,
            Next::Over(reason) => Flow::Break(reason),
            Next::Again(how) => Box::pin(self.lost(how)).await,
            Next::RejoinNow => {
                self.phase = Phase::Waiting { attempt, how: How::Rejoin, until: Instant::now() };
                Box::pin(self.try_again()).await
            }
        }
    }

    async fn resume(&mut self, reason: proto::ReconnectReason) -> Next {
        let restarted = tokio::time::timeout(SOCKET_TIMEOUT, self.link.signal.restart(reason)).await;
        let response = match restarted {
            Ok(Ok(response)) => response,
            Ok(Err(SignalError::LeaveRequest { reason, action })) => {
                return match action {
                    Action::Disconnect => Next::Over(disconnect_reason(reason)),
                    Action::Resume | Action::Reconnect => Next::RejoinNow,
                };
            }
            Ok(Err(error)) => {
                tracing::info!(%error, "resuming failed");
                return match error {
                    SignalError::Client(..) | SignalError::Handshake { .. } => Next::Again(How::Rejoin),
                    _ => Next::Again(How::Resume(reason)),
                };
            }
            Err(_) => return Next::Again(How::Resume(reason)),
        };
        let tracks = self
            .publications
            .iter()
            .filter_map(|p| {
                p.info.clone().map(|track| proto::TrackPublishedResponse { cid: p.cid.clone(), track: Some(track) })
            })
            .collect();
        let state = self.link.sync_state(self.options.auto_subscribe, tracks, self.data.receive_states()).await;
        self.link.signal.send(signal_request::Message::SyncState(state)).await;
        self.unacknowledged = response.last_message_seq;
        match self.link.restart_publisher().await {
            Ok(()) => Next::Wait,
            Err(error) => {
                tracing::warn!(%error, "restarting ICE failed");
                Next::Again(How::Rejoin)
            }
        }
    }

    /// A join that gets no media connection, with another one.
    async fn join_anew(&mut self) -> Flow {
        tracing::info!("no media connection yet: another try");
        if let Phase::Joining { try_until, .. } = &mut self.phase {
            *try_until = Instant::now() + super::JOIN_TRY_TIMEOUT * 2;
        }
        match self.rejoin().await {
            Next::Wait => self.check_connected().await,
            Next::Over(_) => self.join_failed(JoinError::Media("the second try was refused".to_owned())),
            // The deadline of all tries goes on.
            Next::Again(_) | Next::RejoinNow => GO_ON,
        }
    }

    async fn rejoin(&mut self) -> Next {
        let token = self.link.signal.token();
        let generation = self.link.generation + 1;
        let opened = Link::open(&self.options, &token, generation, self.good_rate(), &self.link_events_in).await;
        let (link, signal_events) = match opened {
            Ok(opened) => opened,
            Err(error @ JoinError::Refused { .. }) => {
                tracing::info!(%error, "joining again was refused");
                return Next::Over(DisconnectReason::Refused);
            }
            Err(error) => {
                tracing::info!(%error, "joining again failed");
                return Next::Again(How::Rejoin);
            }
        };
        let old = std::mem::replace(&mut self.link, link);
        self.signal_events = signal_events;
        self.disconnected_since = None;
        tokio::spawn(async move { old.close(false).await });
        self.orphans.clear();
        self.data.reset();
        self.permission = self.link.participant.permission.clone();
        for sid in self.subscriptions.keys().cloned().collect::<Vec<_>>() {
            self.unsubscribed(&sid);
        }
        let others = std::mem::take(&mut self.link.join.other_participants);
        let changes = self.roster.replace(&others);
        self.apply(changes).await;
        for publication in &mut self.publications {
            publication.gate.set_connected(false);
            if let Err(error) = publication.attach(&self.link.publisher.peer).await {
                tracing::warn!(%error, "publishing again failed");
                return Next::Again(How::Rejoin);
            }
            self.link.signal.send(signal_request::Message::AddTrack(publication.request())).await;
        }
        match self.link.negotiate().await {
            Ok(()) => Next::Wait,
            Err(error) => {
                tracing::warn!(%error, "negotiating anew failed");
                Next::Again(How::Rejoin)
            }
        }
    }

    /// An answer that was not taken: offers again.
    pub(super) async fn renegotiate(&mut self) -> Flow {
        match self.link.negotiate().await {
            Ok(()) => GO_ON,
            Err(error) => {
                tracing::warn!(%error, "offering again failed");
                self.lost(How::Rejoin).await
            }
        }
    }

    pub(super) async fn on_signal_closed(&mut self, why: &str) -> Flow {
        // The end of the socket before a resume is told after it.
        if self.link.signal.is_connected().await {
            return GO_ON;
        }
        tracing::info!(why, "signalling closed");
        self.lost(How::Resume(proto::ReconnectReason::RrSignalDisconnected)).await
    }

    pub(super) async fn on_leave(&mut self, leave: &proto::LeaveRequest) -> Flow {
        tracing::info!(reason = leave.reason().as_str_name(), action = leave.action().as_str_name(), "told to leave");
        match leave.action() {
            Action::Disconnect => {
                let reason = disconnect_reason(leave.reason());
                if let Phase::Joining { .. } = self.phase {
                    return self.join_failed(JoinError::Refused {
                        status: 403,
                        message: leave.reason().as_str_name().to_owned(),
                    });
                }
                Flow::Break(reason)
            }
            Action::Resume => self.lost(How::Resume(proto::ReconnectReason::RrUnknown)).await,
            Action::Reconnect => self.lost(How::Rejoin).await,
        }
    }

    pub(super) async fn on_peer_state(&mut self, side: Side, state: PeerState) -> Flow {
        tracing::debug!(?side, ?state, "media connection");
        match side {
            Side::Publisher => {
                self.link.publisher.state = state;
                // While ICE only doubts, packets go on: where the way comes back, media are there at once.
                self.set_media_connected(matches!(state, PeerState::Connected | PeerState::Disconnected));
            }
            Side::Subscriber => self.link.subscriber_state = state,
        }
        let states = [self.link.publisher.state, self.link.subscriber_state];
        if states.contains(&PeerState::Failed) {
            let reason = match side {
                Side::Publisher => proto::ReconnectReason::RrPublisherFailed,
                Side::Subscriber => proto::ReconnectReason::RrSubscriberFailed,
            };
            return self.lost(How::Resume(reason)).await;
        }
        if states.contains(&PeerState::Disconnected) {
            self.disconnected_since.get_or_insert_with(Instant::now);
        } else {
            self.disconnected_since = None;
        }
        self.check_connected().await
    }

    /// Ends a phase of waiting when media can flow.
    pub(super) async fn check_connected(&mut self) -> Flow {
        if !self.link.is_connected() || self.link.publisher.in_flight.is_some() {
            return GO_ON;
        }
        match std::mem::replace(&mut self.phase, Phase::Connected) {
            Phase::Connected => return GO_ON,
            waiting @ Phase::Waiting { .. } => {
                self.phase = waiting;
                return GO_ON;
            }
            Phase::Joining { reply, .. } => {
                if reply.send(Ok(())).is_err() {
                    // Nobody waits for the join any more.
                    return Flow::Break(DisconnectReason::Left);
                }
            }
            Phase::Trying { how, .. } => {
                if let How::Resume(_) = how {
                    self.link.signal.set_reconnected().await;
                    for message in self.data.after(self.unacknowledged) {
                        self.link.reliable.send(message);
                    }
                    // Losses around the re-negotiation are not asked for by the engine.
                    for subscription in self.subscriptions.values() {
                        subscription.inlet.request_key_frame();
                    }
                }
                self.send_all_wanted().await;
                self.tell_best_rate();
            }
        }
        self.link.publisher.peer.control().forget_unanswered();
        self.emit(RtcEvent::Connection(ConnectionState::Connected));
        GO_ON
    }

    pub(super) async fn check_deadlines(&mut self, now: Instant) -> Flow {
        match &self.phase {
            Phase::Joining { deadline, .. } if *deadline <= now => {
                return self.join_failed(JoinError::Media("no media connection in time".to_owned()));
            }
            Phase::Joining { try_until, .. } if *try_until <= now => return self.join_anew().await,
            Phase::Waiting { until, .. } if *until <= now => return self.try_again().await,
            Phase::Trying { deadline, how, .. } if *deadline <= now => {
                let how = *how;
                return self.lost(how).await;
            }
            Phase::Connected => {
                if self.link.publisher.offered_at.is_some_and(|at| now.saturating_duration_since(at) > ANSWER_TIMEOUT) {
                    tracing::warn!("an offer was not answered");
                    return self.lost(How::Rejoin).await;
                }
                // The server sees us at another address, say: its answers go to the old one, ours still arrive.
                if self.link.publisher.peer.control().unanswered(now) > UNANSWERED {
                    tracing::info!("nothing is heard of what is sent");
                    return self.lost(How::Resume(proto::ReconnectReason::RrPublisherFailed)).await;
                }
                if self.disconnected_since.is_some_and(|at| now.saturating_duration_since(at) > DISCONNECTED_GRACE) {
                    self.disconnected_since = None;
                    return self.lost(How::Resume(proto::ReconnectReason::RrUnknown)).await;
                }
            }
            _ => {}
        }
        GO_ON
    }
}

/// What follows a try.
enum Next {
    /// Media come by themselves.
    Wait,
    /// Another try, after a while.
    Again(How),
    /// The server does not know us: a new join at once.
    RejoinNow,
    /// There is no way back.
    Over(DisconnectReason),
}

/// LiveKit's reasons in our words.
fn disconnect_reason(reason: proto::DisconnectReason) -> DisconnectReason {
    use proto::DisconnectReason as Theirs;
    match reason {
        Theirs::ClientInitiated => DisconnectReason::Left,
        Theirs::DuplicateIdentity => DisconnectReason::Displaced,
        Theirs::ServerShutdown => DisconnectReason::ServerShutdown,
        Theirs::ParticipantRemoved => DisconnectReason::Removed,
        Theirs::RoomDeleted | Theirs::RoomClosed => DisconnectReason::RoomEnded,
        _ => DisconnectReason::Other,
    }
}
