//! What the API does to those who are in.

use visita_protocol::{
    ParticipantId, SessionId,
    channel::{LeaveReason, MediaSource},
};

use super::Room;
use crate::{Deed, Refusal, Timestamp, Whom, seat::Seat};

impl Room {
    /// As an admin removes somebody, or does not let them in.
    pub(super) fn api_removes(&mut self, id: &ParticipantId, now: Timestamp) -> Result<(), Refusal> {
        let name = self.seats.get(id).and_then(Seat::shown_name).ok_or(Refusal::NotThere)?.to_owned();
        self.shut_out(id, name, now);
        Ok(())
    }

    /// Of the running session only, and all of it or nothing.
    pub(super) fn moderate(
        &mut self,
        session: &SessionId,
        deed: Deed,
        whom: &Whom,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.session_id() != Some(session) {
            return Err(Refusal::SessionOver);
        }
        if deed == Deed::End {
            self.put_all_out(LeaveReason::SessionEnded, now);
            return Ok(());
        }
        let is_in = |id: &ParticipantId| self.seats.get(id).is_some_and(|seat| seat.stay().is_some());
        let mut meant: Vec<ParticipantId> = match whom {
            Whom::All { .. } => self.people().map(|(seat, _)| seat.settings.participant_id.clone()).collect(),
            Whom::These { participants, .. } => match participants.iter().all(is_in) {
                true => participants.clone(),
                false => return Err(Refusal::NotThere),
            },
        };
        meant.retain(|id| !whom.but().contains(id));
        for id in &meant {
            match deed {
                Deed::End => {}
                Deed::Mute => self.mute(id, MediaSource::Microphone, true)?,
                Deed::Unmute => self.mute(id, MediaSource::Microphone, false)?,
                // Somebody may be named twice.
                Deed::Kick => {
                    if let Some(name) = self.seats.get(id).and_then(Seat::stay).map(|stay| stay.display_name.clone()) {
                        self.shut_out(id, name, now);
                    }
                }
            }
        }
        Ok(())
    }
}
