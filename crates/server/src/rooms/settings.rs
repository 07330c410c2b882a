//! A stored room as its state machine knows it.

use std::time::Duration;

use visita_protocol::{FileId, channel::ChatMessage, rest::Role};
use visita_room::{GRACE, LinkSerial, Plan, Policy, Restored, Room, SeatSettings, Settings, Timestamp};

use crate::store::{Kind, NewPlan, NewSeat, PlannedSeat, RoomOptions, StoredRoom, StoredSeat};

pub(super) fn settings_of(stored: &StoredRoom, grace: Duration) -> Settings {
    let options = &stored.options;
    Settings {
        room_id: stored.room_id.clone(),
        title: options.description.clone(),
        call_type: options.call_type,
        recording: options.recording,
        recording_layout: options.recording_layout,
        duration: options.duration,
        expected: options.expected_seats.map(usize::from),
        capacity: capacity_of(options),
        webinar: options.webinar,
        waiting_room: options.waiting_room,
        live: options.live,
        starts_at: options.schedule.starts_at,
        early_entry: options.schedule.early_entry,
        freeze: options.schedule.freeze,
        ends_at: options.schedule.ends_at,
        allowed: options.allowed,
        entrance: options.entrance,
        seats: stored.seats.iter().map(seat_of).collect(),
        grace,
    }
}

/// A stored room as it is while nobody is in, for asking whether something may be done to it. What is done goes to its owner.
pub(crate) fn asleep(stored: &StoredRoom) -> Room {
    Room::new(settings_of(stored, GRACE), restored(stored, Vec::new(), Vec::new()))
}

/// Whether people are told their links into the room yet.
pub(crate) fn gives_links(stored: &StoredRoom, now: Timestamp) -> bool {
    settings_of(stored, GRACE).gives_links(now)
}

/// A plan as the state machine knows it. Whoever has no role for the seat is asked of their own.
pub(crate) fn plan_of(plan: &NewPlan, is_plus: impl Fn(&NewSeat) -> bool) -> Plan {
    let seat = |seat: &PlannedSeat| match seat {
        PlannedSeat::New(seat) => new_seat(seat, is_plus(seat)),
        PlannedSeat::Kept(seat) => seat_of(seat),
    };
    Plan {
        expected: plan.expected_seats.into(),
        seats: plan.seats.iter().map(seat).collect(),
        starts_at: plan.starts_at,
        duration: plan.duration,
    }
}

fn capacity_of(options: &RoomOptions) -> Option<usize> {
    match options.kind {
        Kind::Seated => None,
        Kind::Open { capacity } => Some(capacity.into()),
    }
}

/// What of a room may be changed.
pub(super) fn policy_of(options: &RoomOptions) -> Policy {
    Policy {
        title: options.description.clone(),
        call_type: options.call_type,
        recording: options.recording,
        recording_layout: options.recording_layout,
        capacity: capacity_of(options),
        webinar: options.webinar,
        allowed: options.allowed,
        entrance: options.entrance,
    }
}

pub(super) fn restored(stored: &StoredRoom, chat: Vec<ChatMessage>, deleted: Vec<(u32, FileId)>) -> Restored {
    Restored { standing: stored.standing, used: stored.used, chat, deleted }
}

fn seat_of(seat: &StoredSeat) -> SeatSettings {
    SeatSettings {
        participant_id: seat.participant_id.clone(),
        user_id: seat.user_id.clone(),
        display_name: seat.display_name.clone(),
        is_admin: seat.is_admin,
        is_plus: seat.role == Role::Plus,
        is_speaker: seat.is_speaker,
        tools: seat.tools,
        link: seat.link,
        recording_consent: seat.recording_consent,
        admission: seat.admission,
    }
}

/// A seat that is being made.
pub(super) fn new_seat(seat: &NewSeat, is_plus: bool) -> SeatSettings {
    SeatSettings {
        participant_id: seat.participant_id.clone(),
        user_id: seat.user_id.clone(),
        display_name: seat.display_name.clone(),
        is_admin: seat.is_admin,
        is_plus,
        is_speaker: seat.is_speaker,
        tools: seat.tools,
        link: LinkSerial(1),
        recording_consent: seat.recording_consent,
        admission: seat.admission,
    }
}
