//! What a room may be, whichever call makes or changes it.

use std::time::Duration;

use visita_protocol::Problem;
use visita_room::{Admission, Inviter, Refusal, SeatSettings, Standing, Timestamp};

use super::{RoomError, settings::new_seat};
use crate::store::{Kind, NewSeat, RoomOptions, StoredRoom};

/// Most people at once in an open room, and in one that is a webinar.
const CAPACITY: u16 = 50;
const WEBINAR_CAPACITY: u16 = 200;

/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 500;

/// Most seats that an open room may have, whoever is in: more are a mistake in a loop rather than a wish.
pub(crate) const MAX_SEATS: usize = 5_000;

/// Most people at once.
pub(crate) const fn largest_capacity(webinar: bool) -> u16 {
    if webinar { WEBINAR_CAPACITY } else { CAPACITY }
}

/// How many an open room holds.
///
/// # Errors
/// `invalid`, naming `capacity`.
pub(crate) fn check_capacity(capacity: u16, webinar: bool) -> Result<(), Problem> {
    let most = largest_capacity(webinar);
    if !(2..=most).contains(&capacity) {
        return Err(Problem::invalid("capacity", format!("such a room holds 2 to {most} people")));
    }
    Ok(())
}

/// A room's title.
///
/// # Errors
/// `invalid`, naming `description`.
pub(crate) fn check_description(text: &str) -> Result<(), Problem> {
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(Problem::invalid("description", "a description has at most 500 characters"));
    }
    if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        let words = "a description has no control characters but ends of lines and tabs";
        return Err(Problem::invalid("description", words));
    }
    Ok(())
}

/// What an open room is, made or changed.
///
/// # Errors
/// `invalid`, naming the field.
pub(crate) fn check_open(options: &RoomOptions) -> Result<(), Problem> {
    if let Kind::Open { capacity } = options.kind {
        check_capacity(capacity, options.webinar)?;
    }
    options.description.as_deref().map_or(Ok(()), check_description)
}

/// Another room has that name.
pub(crate) fn name_taken() -> Problem {
    Problem::invalid("unique_name", "another room has this name")
}

/// Whether a room lets people in at all, be it now or later.
///
/// # Errors
/// That it is switched off or over.
pub(crate) fn check_lets_in(room: &StoredRoom, now: Timestamp) -> Result<(), RoomError> {
    Err(RoomError::Refused(match room.standing {
        Standing::Active if room.options.schedule.ends_at.is_some_and(|end| end <= now) => Refusal::LinkExpired,
        Standing::Active => return Ok(()),
        Standing::Disabled => Refusal::RoomDisabled,
        Standing::UsedUp | Standing::Deleted => Refusal::RoomEnded,
    }))
}

/// Somebody for whom a media token is made, and who asks.
#[derive(Debug)]
pub(crate) struct Invitation {
    /// Their seat, as it is to be from now on; its link counts only where the seat is a new one.
    pub(crate) seat: NewSeat,
    pub(crate) by: Inviter,
    /// How long the token is good.
    pub(crate) token_life: Duration,
}

impl Invitation {
    pub(super) fn settings(&self, is_plus: bool) -> SeatSettings {
        new_seat(&self.seat, is_plus)
    }

    pub(crate) fn is_hidden(&self) -> bool {
        self.seat.admission == Admission::Hidden
    }
}
