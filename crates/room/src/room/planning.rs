//! Who takes part in a visit and when, while that may still be changed.

use visita_protocol::{ParticipantId, channel::LeaveReason};

use super::Room;
use crate::{Plan, Refusal, SeatSettings, Timestamp, check_plus, clock::Clock, seat::Seat};

impl Room {
    /// Whether the room's fixed things may be changed. A visit whose seats are filled one after the other is not changed
    /// any more from its freeze window on, once everybody is known; another room may be, when it has started.
    ///
    /// # Errors
    /// [`Refusal::Frozen`] shortly before the start.
    pub fn may_change(&self, now: Timestamp) -> Result<(), Refusal> {
        self.settings.may_change(self.seats.len(), now)
    }

    /// Whether a seat may be added, for somebody of role plus or not.
    ///
    /// # Errors
    /// A [`Refusal`] when the room is over, switched off, or shortly before its start; when all its seats are taken; when it
    /// would be the last of a visit without anybody of role plus.
    pub fn may_add_seat(&self, is_plus: bool, now: Timestamp) -> Result<(), Refusal> {
        self.not_closed()?;
        self.not_past_end(now)?;
        if let Some(expected) = self.settings.expected {
            if self.seats.len() >= expected {
                return Err(Refusal::SeatsTaken);
            }
            check_plus(expected, self.seats.values().map(|seat| seat.settings.is_plus).chain([is_plus]))?;
        }
        self.may_change(now)
    }

    /// Whether the visit may be planned anew.
    ///
    /// # Errors
    /// A [`Refusal`] when it is over, switched off or not changed any more; or when everybody is known and nobody has the
    /// role plus.
    pub fn may_replan(&self, plan: &Plan, now: Timestamp) -> Result<(), Refusal> {
        self.not_closed()?;
        self.not_past_end(now)?;
        self.may_change(now)?;
        check_plus(plan.expected, plan.seats.iter().map(|seat| seat.is_plus))
    }

    pub(super) fn add_seat(&mut self, seat: SeatSettings, now: Timestamp) -> Result<(), Refusal> {
        self.may_add_seat(seat.is_plus, now)?;
        if self.seats.contains_key(&seat.participant_id) || self.observers.contains_key(&seat.participant_id) {
            return Err(Refusal::SeatExists);
        }
        self.place(seat);
        Ok(())
    }

    pub(super) fn replan(&mut self, plan: Plan, now: Timestamp) -> Result<(), Refusal> {
        self.may_replan(&plan, now)?;
        let Plan { expected, seats, starts_at, duration } = plan;
        let stays = |id: &ParticipantId| seats.iter().any(|seat| seat.participant_id == *id);
        let gone: Vec<_> = self.seats.keys().filter(|id| !stays(id)).cloned().collect();
        for id in gone {
            self.put_out_or_away(&id, LeaveReason::Removed, now);
            self.seats.remove(&id);
        }
        self.order = seats.iter().map(|seat| seat.participant_id.clone()).collect();
        for settings in seats {
            match self.seats.get_mut(&settings.participant_id) {
                Some(seat) => seat.settings = settings,
                None => {
                    self.seats.insert(settings.participant_id.clone(), Seat::new(settings));
                }
            }
        }
        self.settings.expected = Some(expected);
        self.settings.starts_at = starts_at;
        self.settings.duration = duration;
        self.clock = Clock::new(duration, self.clock.used(now));
        self.update_clock(now);
        Ok(())
    }
}
