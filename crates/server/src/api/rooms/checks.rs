//! The rules of a new room that need no look at the users.

use std::time::Duration;

use visita_protocol::{
    Entrance, Problem, RecordingMode,
    rest::{CreateRoom, RoomKind},
};
use visita_room::{Allowed, SeatsRefusal, Timestamp, check_seats};

use crate::{
    clock::from_rfc3339,
    names::check_name,
    rooms::{check_capacity, check_description, largest_capacity},
    store::{Kind, RoomOptions, Schedule},
};

/// Shortest duration, in seconds.
const MIN_DURATION: u32 = 60;
/// Longest early entry, in seconds: a day.
const MAX_EARLY_ENTRY: u32 = 86_400;
/// Longest freeze window, in seconds: 30 days.
const MAX_FREEZE: u32 = 30 * 86_400;

/// What is wanted, checked; without its creator.
pub(super) fn options(wanted: &CreateRoom, now: Timestamp) -> Result<RoomOptions, Problem> {
    let kind = check_people(wanted)?;
    if wanted.duration.is_some_and(|seconds| seconds < MIN_DURATION) {
        return Err(Problem::invalid("duration", "a duration is at least 60 seconds"));
    }
    let has_admin = kind != Kind::Seated || wanted.participants.iter().any(|seat| seat.is_admin);
    if wanted.recording == RecordingMode::Manual && !has_admin {
        return Err(Problem::invalid("recording", "manual recording needs an admin, or nobody could ever start it"));
    }
    if wanted.waiting_room && !has_admin {
        return Err(Problem::invalid(
            "waiting_room",
            "a waiting room needs an admin, or nobody could ever be admitted",
        ));
    }
    if wanted.webinar && kind == Kind::Seated {
        let speaks = wanted.participants.iter().any(|seat| seat.is_speaker.unwrap_or(seat.is_admin));
        if !speaks {
            return Err(Problem::invalid("webinar", "a webinar needs a speaker"));
        }
    }
    wanted.description.as_deref().map_or(Ok(()), check_description)?;
    Ok(RoomOptions {
        kind,
        call_type: wanted.call_type,
        recording: wanted.recording,
        recording_layout: wanted.recording_layout,
        recording_tracks: false,
        duration: wanted.duration.map(|seconds| Duration::from_secs(seconds.into())),
        live: wanted.live,
        description: wanted.description.clone(),
        schedule: schedule(wanted, now)?,
        webinar: wanted.webinar,
        waiting_room: wanted.waiting_room,
        expected_seats: None,
        created_by: None,
        allowed: Allowed::ALL,
        entrance: Entrance::Link,
        unique_name: None,
    })
}

/// Whether a seat may be silent, which only a webinar's may.
pub(in crate::api) fn check_speaker(is_speaker: Option<bool>, webinar: bool, field: &str) -> Result<(), Problem> {
    if is_speaker == Some(false) && !webinar {
        return Err(Problem::invalid(field, "only a webinar has seats that do not speak"));
    }
    Ok(())
}

fn check_people(wanted: &CreateRoom) -> Result<Kind, Problem> {
    for (index, participant) in wanted.participants.iter().enumerate() {
        check_speaker(participant.is_speaker, wanted.webinar, &format!("participants[{index}].is_speaker"))?;
        if let Some(name) = &participant.display_name {
            check_name(name, &format!("participants[{index}].display_name"))?;
        }
    }
    match wanted.kind {
        RoomKind::Open => {
            if !wanted.participants.is_empty() {
                return Err(Problem::invalid("participants", "the people of an open room are added one by one"));
            }
            let capacity = wanted.capacity.unwrap_or(largest_capacity(wanted.webinar));
            check_capacity(capacity, wanted.webinar)?;
            Ok(Kind::Open { capacity })
        }
        RoomKind::Seated => {
            if wanted.capacity.is_some() {
                return Err(Problem::invalid("capacity", "only an open room has a capacity; this one has seats"));
            }
            let users = wanted.participants.iter().map(|participant| &participant.user_id);
            match check_seats(users.len(), users) {
                Ok(()) => Ok(Kind::Seated),
                Err(SeatsRefusal::Twice(index)) => {
                    let field = format!("participants[{index}].user_id");
                    Err(Problem::invalid(field, "the same user has two seats"))
                }
                Err(SeatsRefusal::Number | SeatsRefusal::TooMany) => {
                    Err(Problem::invalid("participants", "a room has 2 to 25 participants"))
                }
            }
        }
    }
}

fn schedule(wanted: &CreateRoom, now: Timestamp) -> Result<Schedule, Problem> {
    let time = |text: &Option<String>, field| match text {
        Some(text) => {
            from_rfc3339(text).map(Some).ok_or_else(|| Problem::invalid(field, "not a time as RFC 3339 writes it"))
        }
        None => Ok(None),
    };
    let starts_at = time(&wanted.starts_at, "starts_at")?;
    let ends_at = time(&wanted.ends_at, "ends_at")?;
    if ends_at.is_some_and(|end| end <= now) {
        return Err(Problem::invalid("ends_at", "the end is past"));
    }
    if let (Some(start), Some(end)) = (starts_at, ends_at)
        && end <= start
    {
        return Err(Problem::invalid("ends_at", "the end is not after the start"));
    }
    let seconds = |value: Option<u32>, most: u32, field: &str| match value {
        Some(_) if starts_at.is_none() => Err(Problem::invalid(field, "means nothing without starts_at")),
        Some(value) if value > most => Err(Problem::invalid(field, format!("at most {most} seconds"))),
        value => Ok(Duration::from_secs(value.unwrap_or(0).into())),
    };
    Ok(Schedule {
        starts_at,
        ends_at,
        early_entry: seconds(wanted.early_entry, MAX_EARLY_ENTRY, "early_entry")?,
        freeze: seconds(wanted.freeze_window, MAX_FREEZE, "freeze_window")?,
    })
}
