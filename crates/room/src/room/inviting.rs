//! Media tokens without a link: who gets one, whom nobody sees, and what may be changed of a room.

use visita_protocol::{
    Entrance, ParticipantId, RecordingMode,
    channel::{RecordingState, ServerMessage},
};

use super::Room;
use crate::{
    Admission, Inviter, MediaRights, Output, Policy, Refusal, SeatSettings, Standing, Timestamp, rights, seat::Seat,
};

/// Somebody whom nobody sees.
#[derive(Clone, Debug)]
pub(super) struct Observer {
    /// A media token of theirs is good.
    may_come: bool,
    pub(super) is_in: bool,
}

impl Observer {
    /// One from before a restart, whose token may still be good.
    pub(super) const fn new() -> Self {
        Self { may_come: true, is_in: false }
    }
}

impl Room {
    /// Whether a media token may be made for a seat.
    ///
    /// # Errors
    /// A [`Refusal`] when the room lets nobody in, or not them, or not on this word.
    pub fn may_invite(&self, seat: &SeatSettings, by: Inviter, now: Timestamp) -> Result<(), Refusal> {
        let is_hidden = seat.admission == Admission::Hidden;
        self.not_closed()?;
        if let Inviter::Anybody { named } = by {
            if is_hidden {
                return Err(Refusal::KeyNeeded);
            }
            match self.settings.entrance {
                Entrance::Link => return Err(Refusal::LinkNeeded),
                Entrance::Name if !named => return Err(Refusal::NameNeeded),
                Entrance::Name | Entrance::Open => {}
            }
        }
        self.not_past_end(now)?;
        self.let_in(now)?;
        let id = &seat.participant_id;
        if is_hidden {
            if self.seats.contains_key(id) {
                return Err(Refusal::IdTaken);
            }
            if self.settings.webinar && by != (Inviter::Key { egress: true }) {
                return Err(Refusal::EgressTokenNeeded);
            }
            return Ok(());
        }
        if self.observers.contains_key(id) {
            return Err(Refusal::IdTaken);
        }
        if let Some(there) = self.seats.get(id) {
            // Who knows an id is not who it belongs to.
            if matches!(by, Inviter::Anybody { .. }) {
                if there.settings.admission != Admission::Public {
                    return Err(Refusal::IdTaken);
                }
                if there.stay().is_some() {
                    return Err(Refusal::SeatInUse);
                }
            }
            if there.removed.is_some() {
                return Err(Refusal::Removed);
            }
        } else if by == Inviter::Holder {
            return Err(Refusal::NoSuchSeat);
        }
        let waits = match self.seats.get(id) {
            Some(there) => self.waits(there),
            None => self.settings.waiting_room && !seat.is_admin,
        };
        if waits {
            return Err(Refusal::StillWaiting);
        }
        self.has_place_for(id)
    }

    pub(super) fn invite(&mut self, settings: SeatSettings, by: Inviter, now: Timestamp) -> Result<(), Refusal> {
        self.may_invite(&settings, by, now)?;
        let id = settings.participant_id.clone();
        if settings.admission == Admission::Hidden {
            let observer = self.observers.entry(id).or_insert_with(Observer::new);
            observer.may_come = true;
            return Ok(());
        }
        match self.seats.get_mut(&id) {
            Some(seat) if by == Inviter::Holder => seat.media_may_return = true,
            Some(seat) => {
                let before = rights::role(seat, &self.settings);
                seat.settings.display_name = settings.display_name;
                seat.settings.is_speaker = settings.is_speaker;
                seat.settings.recording_consent = settings.recording_consent;
                seat.media_may_return = true;
                // Who is in has a token that says another thing.
                if rights::role(seat, &self.settings) != before && seat.stay().is_some() {
                    seat.touched = true;
                    self.tell_rights(&id);
                }
            }
            None => self.place(settings),
        }
        Ok(())
    }

    /// One more seat.
    pub(super) fn place(&mut self, settings: SeatSettings) {
        let (id, seat) = (settings.participant_id.clone(), Seat::new(settings));
        self.order.push(id.clone());
        if let (Some(_), Some(consent)) = (self.recorder_run(), seat.consent()) {
            self.outputs.push_back(Output::ConsentGiven { session_id: self.session_id().cloned(), consent });
        }
        self.seats.insert(id, seat);
    }

    /// What a media token for somebody grants now, whom the others see or not; none when an admin has to let them in first.
    pub fn token_rights(&self, id: &ParticipantId) -> Option<MediaRights> {
        if self.observers.contains_key(id) {
            return Some(MediaRights::default());
        }
        self.media_rights(id)
    }

    /// An observer is in by media. None when it is no observer's id.
    pub(super) fn observer_joined(&mut self, id: &ParticipantId, now: Timestamp) -> Option<Result<(), Refusal>> {
        let may_come = self.observers.get(id)?.may_come;
        let allowed = self.not_closed().and_then(|()| match may_come {
            true => self.let_in(now),
            false => Err(Refusal::TokenExpired),
        });
        match (&allowed, self.observers.get_mut(id)) {
            (Ok(()), Some(observer)) => observer.is_in = true,
            _ => self.outputs.push_back(Output::RemoveMedia { participant_id: id.clone(), revoke: false }),
        }
        Some(allowed)
    }

    /// An observer is gone. Whether it was one.
    pub(super) fn observer_left(&mut self, id: &ParticipantId) -> bool {
        let observer = self.observers.get_mut(id);
        observer.map(|observer| observer.is_in = false).is_some()
    }

    /// Nobody watches unseen any more; with the media room they are put out.
    pub(super) fn put_observers_out(&mut self) {
        for observer in self.observers.values_mut() {
            observer.may_come = false;
            observer.is_in = false;
        }
    }

    pub(super) fn change(&mut self, policy: Policy, now: Timestamp) -> Result<(), Refusal> {
        if self.standing == Standing::Deleted {
            return Err(Refusal::RoomEnded);
        }
        self.may_change(now)?;
        let Policy { title, call_type, recording, recording_layout, capacity, webinar, allowed, entrance } = policy;
        let was = self.settings.recording;
        let settings = &mut self.settings;
        settings.title = title;
        settings.call_type = call_type;
        settings.recording = recording;
        settings.recording_layout = recording_layout;
        settings.capacity = capacity;
        settings.webinar = webinar;
        settings.allowed = allowed;
        settings.entrance = entrance;
        for seat in self.seats.values_mut() {
            seat.touched = true;
            let rights = rights::media(seat, &self.settings);
            if let Some(stay) = seat.stay_mut() {
                stay.media.microphone &= rights.microphone;
                stay.media.camera &= rights.camera;
            }
        }
        if was != recording {
            self.change_recording(recording);
        }
        self.check_presenter();
        // The whole state, to those who come back as well: a change reaches everywhere in it.
        self.log.clear();
        self.seq += 1;
        let channels: Vec<_> = self.channels().map(|(to, id)| (to, id.clone())).collect();
        for (to, id) in channels {
            self.welcome(&id, to, now);
            self.tell_chat(&id, to, 0);
        }
        Ok(())
    }

    /// It is recorded in another way, or not any more. What begins by itself does at the end of this step.
    fn change_recording(&mut self, now: RecordingMode) {
        if now != RecordingMode::None && self.recorder_run().is_some() {
            return;
        }
        if self.end_recorder() {
            self.tell(None, |seq| ServerMessage::RecordingChanged { seq, recording: RecordingState::Off });
        }
        self.recording_begins_anew();
    }

    pub(super) fn enable(&mut self) -> Result<(), Refusal> {
        match self.standing {
            Standing::Active => {}
            Standing::Disabled => self.standing = Standing::Active,
            Standing::UsedUp | Standing::Deleted => return Err(Refusal::RoomEnded),
        }
        Ok(())
    }
}
