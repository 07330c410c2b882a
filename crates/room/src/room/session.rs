//! Session and clock.

use std::time::Duration;

use visita_protocol::{SessionId, channel::ServerMessage};

use super::Room;
use crate::{
    CHECKPOINT, Output, Standing, Timestamp,
    seat::{Line, Presence, Seat},
};

/// A running session.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) started: Timestamp,
    pub(super) next_checkpoint: Timestamp,
    /// When somebody was last seen connected.
    pub(super) last_connected: Timestamp,
}

impl Room {
    pub(super) fn begin_session(&mut self, id: SessionId, now: Timestamp) {
        if self.session.is_none() {
            self.outputs.push_back(Output::SessionStarted { session_id: id.clone(), at: now });
            self.session = Some(Session { id, started: now, next_checkpoint: now + CHECKPOINT, last_connected: now });
        }
    }

    pub(super) fn finish_session_if_empty(&mut self, now: Timestamp) {
        if self.seats.values().any(|seat| seat.stay().is_some()) {
            return;
        }
        let Some(session) = self.session.take() else { return };
        self.forget_recording();
        self.outputs.push_back(Output::SessionEnded {
            session_id: session.id,
            used: self.clock.used(now),
            at: session.last_connected,
        });
        self.seats.values_mut().for_each(Seat::forget_session);
        if self.settings.waiting_room {
            // A media token of this session would be a way past those who let people into the next.
            let guests = self.seats.values_mut().filter(|seat| !seat.settings.is_admin);
            guests.for_each(|seat| seat.media_may_return = false);
        }
        self.whiteboard = Default::default();
        self.presenter = None;
        self.chat.forget_marks();
        self.hands = 0;
        self.log.clear();
        self.forget_rings_if_empty();
    }

    pub(super) fn checkpoint(&mut self, at: Timestamp, now: Timestamp) {
        let used = self.clock.used(at);
        if let Some(session) = &mut self.session {
            // After a long sleep one is enough.
            session.next_checkpoint = (at + CHECKPOINT).max(now);
            self.outputs.push_back(Output::Checkpoint { session_id: session.id.clone(), used, at });
        }
    }

    /// To be called after every change of who is connected.
    pub(super) fn update_clock(&mut self, now: Timestamp) {
        let connected = self.connected();
        self.due_to_tell.clock |= self.clock.run(connected >= 2 && self.standing == Standing::Active, now);
        if let (true, Some(session)) = (connected > 0, &mut self.session) {
            session.last_connected = now;
        }
        // Whoever went last was connected up to the moment the line was lost.
        if connected == 0 {
            let lost = self.seats.values().filter_map(|seat| match &seat.presence {
                Presence::In(stay) => match stay.line {
                    Line::Lost { since, .. } => Some(since),
                    Line::Up { .. } => None,
                },
                Presence::Out | Presence::Waiting(_) => None,
            });
            if let (Some(since), Some(session)) = (lost.max(), &mut self.session) {
                session.last_connected = session.last_connected.max(since);
            }
        }
    }

    pub(super) fn warn(&mut self, left: Duration) {
        self.clock.warned(left);
        let seconds_left = u32::try_from(left.as_secs()).unwrap_or(u32::MAX);
        self.tell_without_seq(&ServerMessage::TimeWarning { seconds_left });
    }
}
