//! What people do for themselves.

use visita_protocol::{
    ParticipantId,
    channel::{Consent, MediaState, Reaction, ServerMessage},
};

use super::Room;
use crate::{ConnectionId, Output, Refusal, Timestamp, rights, seat::Seat};

impl Room {
    pub(super) fn set_media(&mut self, id: &ParticipantId, media: MediaState) -> Result<(), Refusal> {
        let seat = self.seats.get_mut(id).ok_or(Refusal::NotIn)?;
        rights::check_media(media, seat, &self.settings)?;
        let stay = seat.stay_mut().ok_or(Refusal::NotIn)?;
        if stay.media != media {
            stay.media = media;
            self.tell_media(id, None);
        }
        Ok(())
    }

    pub(super) fn raise_hand(&mut self, id: &ParticipantId, raised: bool) -> Result<(), Refusal> {
        let next = self.hands + 1;
        let stay = self.seats.get_mut(id).and_then(Seat::stay_mut).ok_or(Refusal::NotIn)?;
        if stay.hand.is_some() == raised {
            return Ok(());
        }
        stay.hand = raised.then_some(next);
        if raised {
            self.hands = next;
        }
        self.tell_hand(id, None);
        Ok(())
    }

    /// Everybody sees it now; who comes later does not hear of it.
    pub(super) fn react(&mut self, id: &ParticipantId, reaction: Reaction) -> Result<(), Refusal> {
        self.seats.get(id).and_then(Seat::stay).ok_or(Refusal::NotIn)?;
        self.tell_without_seq(&ServerMessage::Reacted { participant_id: id.clone(), reaction });
        Ok(())
    }

    pub(super) fn consent(
        &mut self,
        id: &ParticipantId,
        to: ConnectionId,
        answer: bool,
        text_version: String,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let well_formed = (1..=64).contains(&text_version.len())
            && text_version.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if !well_formed {
            return Err(Refusal::Invalid { field: "text_version" });
        }
        let consent = Consent { participant_id: id.clone(), answer, text_version, at_ms: now.unix_ms() };
        let session_id = self.session_id().cloned();
        let seat = self.seats.get_mut(id).ok_or(Refusal::NotIn)?;
        let session_id = session_id.filter(|_| seat.stay().is_some());
        seat.consent = Some(consent.clone());
        if !answer {
            // Their own no outlives the session against what the API said.
            seat.settings.recording_consent = None;
        }
        self.outputs.push_back(Output::ConsentGiven { session_id, consent: consent.clone() });
        self.outputs.push_back(Output::Send { to, message: ServerMessage::ConsentKept { consent } });
        self.due_to_tell.admins = true;
        Ok(())
    }
}
