//! Ringing those who are not in.

use visita_protocol::{
    ParticipantId,
    channel::{Ring, RingState, ServerMessage},
};

use super::Room;
use crate::{
    Output, RING, Refusal, Timestamp,
    seat::{Presence, Ringing, Seat},
};

impl Room {
    /// In a live room whoever comes rings those who are not there, each once until the room is empty again.
    pub(super) fn ring_for_arrival(&mut self, caller: &ParticipantId, now: Timestamp) {
        if !self.settings.live || self.not_past_end(now).is_err() {
            return;
        }
        let absent: Vec<_> =
            self.absent().filter(|(id, seat)| *id != caller && !seat.was_rung).map(|(id, _)| id.clone()).collect();
        for id in absent {
            self.start_ring(&id, Some(caller), now);
        }
    }

    /// Rings one seat, or all that are not in.
    pub(super) fn ring(
        &mut self,
        only: Option<&ParticipantId>,
        caller: Option<&ParticipantId>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        // Whoever answered would not be let in.
        self.not_past_end(now)?;
        let absent: Vec<_> =
            self.absent().map(|(id, _)| id.clone()).filter(|id| only.is_none_or(|only| only == id)).collect();
        if let (Some(only), true) = (only, absent.is_empty()) {
            let exists = self.seats.contains_key(only);
            return Err(if exists { Refusal::Invalid { field: "participant_id" } } else { Refusal::NotThere });
        }
        for id in absent {
            self.start_ring(&id, caller, now);
        }
        Ok(())
    }

    /// Who could be rung: neither there, nor put out, nor rung already.
    fn absent(&self) -> impl Iterator<Item = (&ParticipantId, &Seat)> {
        self.seats
            .iter()
            .filter(|(_, seat)| matches!(seat.presence, Presence::Out) && seat.removed.is_none() && seat.ring.is_none())
    }

    fn start_ring(&mut self, id: &ParticipantId, caller: Option<&ParticipantId>, now: Timestamp) {
        let caller_name = caller.and_then(|caller| self.seats.get(caller)?.shown_name()).map(str::to_owned);
        let Some(seat) = self.seats.get_mut(id) else { return };
        let until = now + RING;
        seat.ring = Some(Ringing { until, from_room: caller.is_some() });
        seat.was_rung = true;
        self.outputs.push_back(Output::RingStarted {
            participant_id: id.clone(),
            user_id: seat.settings.user_id.clone(),
            caller: caller.cloned(),
            caller_name,
            until,
        });
        self.tell_ring(id, RingState::Ringing);
    }

    pub(super) fn answer_ring(&mut self, id: &ParticipantId) -> Result<(), Refusal> {
        self.ringing(id)?;
        self.ring_over(id, RingState::Answered);
        Ok(())
    }

    pub(super) fn decline_ring(&mut self, id: &ParticipantId, busy: bool) -> Result<(), Refusal> {
        self.ringing(id)?;
        self.ring_over(id, if busy { RingState::Busy } else { RingState::Declined });
        Ok(())
    }

    fn ringing(&self, id: &ParticipantId) -> Result<(), Refusal> {
        self.seats.get(id).and_then(|seat| seat.ring).map(|_| ()).ok_or(Refusal::NotRinging)
    }

    /// It does not ring any more, if it did.
    pub(super) fn ring_over(&mut self, id: &ParticipantId, state: RingState) {
        let Some(seat) = self.seats.get_mut(id) else { return };
        if seat.ring.take().is_none() {
            return;
        }
        let user_id = seat.settings.user_id.clone();
        self.outputs.push_back(Output::RingOver { participant_id: id.clone(), user_id, state });
        // Whoever came in hears of it by their welcome.
        self.tell_ring(id, state);
    }

    /// Those of whoever was in the room, or all.
    pub(super) fn cancel_rings(&mut self, only_from_room: bool) {
        let cancelled = |seat: &Seat| seat.ring.is_some_and(|ring| ring.from_room || !only_from_room);
        let ids: Vec<_> = self.seats.iter().filter(|(_, seat)| cancelled(seat)).map(|(id, _)| id.clone()).collect();
        for id in ids {
            self.ring_over(&id, RingState::Cancelled);
        }
    }

    /// The callers are gone: nobody would be found by answering.
    pub(super) fn forget_rings_if_empty(&mut self) {
        if self.seats.values().any(|seat| !matches!(seat.presence, Presence::Out)) {
            return;
        }
        self.cancel_rings(true);
        for seat in self.seats.values_mut() {
            seat.was_rung = false;
        }
    }

    fn tell_ring(&mut self, id: &ParticipantId, state: RingState) {
        let display_name = self.seats.get(id).and_then(|seat| seat.settings.display_name.clone());
        let ring = Ring { participant_id: id.clone(), display_name, state };
        self.tell(Some(id), |seq| ServerMessage::RingChanged { seq, ring });
    }

    pub(super) fn rings(&self) -> Vec<Ring> {
        let ringing = self.seats.iter().filter(|(_, seat)| seat.ring.is_some());
        let ring = |(id, seat): (&ParticipantId, &Seat)| Ring {
            participant_id: id.clone(),
            display_name: seat.settings.display_name.clone(),
            state: RingState::Ringing,
        };
        ringing.map(ring).collect()
    }
}
