//! The whole of what the page draws of a call, put together from those who know.

use std::time::Instant;

use visita_protocol::view::{CallView, ConnectionView, DeviceState, MeView, ShareView, WaitingView};

use super::owner::Owner;

/// At this quality and below people notice: 0 (lost) to 5 (excellent).
const WEAK: u8 = 2;

impl Owner {
    /// Everything, as it is now.
    pub(super) fn view(&self) -> CallView {
        let now = Instant::now();
        let (local, room) = (self.media.state(), &self.room);
        let granted = room.granted();
        let taken = room.muted_by_admin;
        CallView {
            title: room.title.clone(),
            call_type: room.call_type,
            recording: room.recording,
            recording_state: room.recording_state(now),
            webinar: room.webinar,
            connection: self.connection_view(),
            me: MeView {
                participant_id: room.me.clone(),
                display_name: room.display_name.clone(),
                is_admin: room.is_admin,
                tools: room.tools,
                microphone: own_device(local.microphone, granted.microphone, taken.microphone),
                camera: own_device(local.camera, granted.camera, taken.camera),
                speaker: local.speaker,
                speaking: self.speaking,
                quality: self.own_quality(),
                talking_while_muted: local.talking_while_muted,
                muted_by_admin: room.muted_by_admin,
                role: room.role,
                hand: room.hand,
                consent: room.consent(),
            },
            people: self.people.view(),
            seconds_left: room.seconds_left(now),
            clock_runs: room.clock_runs(),
            time_warning: room.time_warning,
            whiteboard: room.whiteboard.clone(),
            waiting: room.waiting_people(now),
            removed: room.removed(),
            consents: room.consents(&self.people),
            asked_to_unmute: room.asked_to_unmute(&self.people),
            share: local.share.map(|share| ShareView {
                kind: share.kind,
                label: share.label,
                paused: share.paused,
                stream_id: None,
            }),
            rings: room.rings(&self.people),
            sending: self.media.sending(),
            waiting_room: room.waiting_room(),
            share_sources: None,
            reactions: room.reactions(now),
            presenter: room.presenter.clone(),
            unread_chat: self.tools.unread(&room.me),
            is_test_call: false,
        }
    }

    /// What a waiting guest sees.
    pub(super) fn waiting_view(&self) -> WaitingView {
        let local = self.media.state();
        let mut view = WaitingView {
            company: String::new(),
            title: None,
            host_name: None,
            display_name: String::new(),
            place: None,
            starts_at: None,
            notes: Vec::new(),
            knock_again_s: None,
            microphone: if self.room.call_type.has_microphone() { local.microphone } else { DeviceState::NotAllowed },
            camera: if self.room.call_type.has_camera() { local.camera } else { DeviceState::NotAllowed },
            speaker: local.speaker,
            connection: self.connection,
        };
        self.room.waiting_view(&mut view);
        view.knock_again_s = self.knock_again(Instant::now());
        view
    }

    /// As the server measures it, or worse where we do: what is lost for one second only is not told.
    fn own_quality(&self) -> u8 {
        let [before, now] = self.line;
        self.quality.min(before.max(now))
    }

    fn connection_view(&self) -> ConnectionView {
        match self.connection {
            ConnectionView::Connected if self.channel_lost || self.own_quality() <= WEAK => ConnectionView::Unstable,
            other => other,
        }
    }
}

/// A device of one's own as the others have it: what an admin took for now is off, whatever it does here.
fn own_device(here: DeviceState, granted: bool, taken: bool) -> DeviceState {
    match here {
        _ if !granted => DeviceState::NotAllowed,
        DeviceState::On { .. } | DeviceState::Starting if taken => DeviceState::Off,
        here => here,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_admin_took_is_off_and_what_was_never_granted_is_not_there() {
        let on = || DeviceState::On { label: "Studio".into() };
        assert_eq!(own_device(on(), true, false), on());
        assert_eq!(own_device(on(), true, true), DeviceState::Off);
        assert_eq!(own_device(DeviceState::Missing, true, true), DeviceState::Missing);
        assert_eq!(own_device(on(), false, false), DeviceState::NotAllowed);
        assert_eq!(own_device(DeviceState::Off, false, true), DeviceState::NotAllowed);
    }
}
