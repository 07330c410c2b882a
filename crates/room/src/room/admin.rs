//! What admins do.

use std::time::Duration;

use visita_protocol::{
    ParticipantId, Tools,
    board::MAX_PAGES,
    channel::{LeaveReason, MediaSource, ServerMessage, StageRole, WhiteboardState},
};

use super::Room;
use crate::{
    AdminAction, EXTENSION, Output, Refusal, Timestamp, rights,
    seat::{Seat, Stay},
};

impl Room {
    /// Takes the right to send one kind of media, or gives it back.
    pub(super) fn mute(&mut self, id: &ParticipantId, source: MediaSource, muted: bool) -> Result<(), Refusal> {
        let seat = self.seats.get_mut(id).filter(|seat| seat.stay().is_some()).ok_or(Refusal::NotThere)?;
        if seat.muted.contains(source) == muted {
            return Ok(());
        }
        seat.muted.set(source, muted);
        seat.touched = true;
        if let (true, Some(stay)) = (muted, seat.stay_mut()) {
            switch_off(stay, source);
        }
        self.tell_media(id, None);
        Ok(())
    }

    pub(super) fn ask_to_unmute(
        &mut self,
        by: &ParticipantId,
        id: &ParticipantId,
        source: MediaSource,
    ) -> Result<(), Refusal> {
        let to = self.seats.get(id).and_then(Seat::channel).ok_or(Refusal::NotThere)?;
        let message = ServerMessage::AskedToUnmute { by: by.clone(), source };
        self.outputs.push_back(Output::Send { to, message });
        Ok(())
    }

    pub(super) fn remove(&mut self, by: &ParticipantId, id: &ParticipantId, now: Timestamp) -> Result<(), Refusal> {
        if by == id {
            return Err(Refusal::Oneself);
        }
        let stay = self.seats.get(id).and_then(Seat::stay).ok_or(Refusal::NotThere)?;
        let name = stay.display_name.clone();
        self.expel(by, id, name, now);
        Ok(())
    }

    pub(super) fn readmit(&mut self, by: &ParticipantId, id: &ParticipantId) -> Result<(), Refusal> {
        let seat = self.seats.get_mut(id).ok_or(Refusal::NotThere)?;
        seat.removed.take().ok_or(Refusal::NotThere)?;
        self.due_to_tell.admins = true;
        self.acted(by, AdminAction::Readmitted, Some(id));
        Ok(())
    }

    pub(super) fn set_tools(&mut self, id: &ParticipantId, tools: Tools) -> Result<(), Refusal> {
        let seat = self.seats.get_mut(id).filter(|seat| seat.stay().is_some()).ok_or(Refusal::NotThere)?;
        if seat.tools.unwrap_or(seat.settings.tools) != tools {
            seat.tools = Some(tools);
            seat.touched = true;
            self.tell_rights(id);
        }
        Ok(())
    }

    pub(super) fn grant_drawing(&mut self, id: &ParticipantId, granted: bool) -> Result<(), Refusal> {
        let seat = self.seats.get(id).ok_or(Refusal::NotThere)?;
        let tools = seat.tools.unwrap_or(seat.settings.tools);
        self.set_tools(id, Tools { whiteboard: rights::drawing(granted), ..tools })
    }

    pub(super) fn set_role(&mut self, id: &ParticipantId, role: StageRole) -> Result<(), Refusal> {
        if !self.settings.webinar {
            return Err(Refusal::NoWebinar);
        }
        let seat = self.seats.get_mut(id).filter(|seat| seat.stay().is_some()).ok_or(Refusal::NotThere)?;
        if rights::role(seat, &self.settings) == role {
            return Ok(());
        }
        seat.role = Some(role);
        seat.touched = true;
        let mut media_changed = false;
        let mut hand_changed = false;
        if let Some(stay) = seat.stay_mut() {
            match role {
                StageRole::Audience => {
                    media_changed = stay.media != Default::default();
                    stay.media = Default::default();
                }
                // Who was brought on stage has got what the hand was up for.
                StageRole::Speaker => hand_changed = stay.hand.take().is_some(),
            }
        }
        self.tell_rights(id);
        if media_changed {
            self.tell_media(id, None);
        }
        if hand_changed {
            self.tell_hand(id, None);
        }
        Ok(())
    }

    pub(super) fn lower_hand(&mut self, by: &ParticipantId, id: &ParticipantId) -> Result<(), Refusal> {
        let stay = self.seats.get_mut(id).and_then(Seat::stay_mut).ok_or(Refusal::NotThere)?;
        if stay.hand.take().is_some() {
            self.tell_hand(id, Some(by));
        }
        Ok(())
    }

    pub(super) fn show_whiteboard(&mut self, by: &ParticipantId, shown: bool, page: u32) -> Result<(), Refusal> {
        let page = if shown { page.min(MAX_PAGES - 1) } else { 0 };
        if (self.whiteboard.shown, self.whiteboard.page) != (shown, page) {
            self.whiteboard = WhiteboardState { shown, by: Some(by.clone()), page };
            let whiteboard = self.whiteboard.clone();
            self.tell(None, |seq| ServerMessage::WhiteboardChanged { seq, whiteboard });
        }
        Ok(())
    }

    pub(super) fn admin_extends(&mut self, by: &ParticipantId, time: Duration, now: Timestamp) -> Result<(), Refusal> {
        self.extend(time, now)?;
        self.acted(by, AdminAction::Extended, None);
        Ok(())
    }

    pub(super) fn extend(&mut self, time: Duration, now: Timestamp) -> Result<(), Refusal> {
        if self.clock.limit().is_none() {
            return Err(Refusal::Unlimited);
        }
        if !EXTENSION.contains(&time) {
            return Err(Refusal::Invalid { field: "seconds" });
        }
        self.clock.extend(time, now);
        self.due_to_tell.clock = true;
        if let Some(duration) = self.clock.limit() {
            self.outputs.push_back(Output::DurationChanged { duration });
        }
        Ok(())
    }

    pub(super) fn end_session(&mut self, by: &ParticipantId, now: Timestamp) -> Result<(), Refusal> {
        self.acted(by, AdminAction::EndedSession, None);
        self.put_all_out(LeaveReason::SessionEnded, now);
        Ok(())
    }

    pub(super) fn acted(&mut self, by: &ParticipantId, action: AdminAction, to: Option<&ParticipantId>) {
        self.outputs.push_back(Output::AdminActed { by: by.clone(), action, to: to.cloned() });
    }
}

fn switch_off(stay: &mut Stay, source: MediaSource) {
    match source {
        MediaSource::Microphone => stay.media.microphone = false,
        MediaSource::Camera => stay.media.camera = false,
        MediaSource::Screen => {}
    }
}
