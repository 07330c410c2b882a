//! A seat: who it is for, its link, and whoever sits on it.

use visita_protocol::{ParticipantId, Tools, UserId, channel::MediaState};

use crate::{ConnectionId, EntryId, Refusal, Timestamp};

/// Counts the links a seat has had; only the latest opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkSerial(pub u32);

/// What is fixed about a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatSettings {
    /// The seat.
    pub participant_id: ParticipantId,
    /// Whose it is.
    pub user_id: UserId,
    /// Admin of the room.
    pub is_admin: bool,
    /// The user has the role plus.
    pub is_plus: bool,
    /// What may be used from it.
    pub tools: Tools,
    /// Serial of the link that opens it.
    pub link: LinkSerial,
}

/// A seat of a running room.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) settings: SeatSettings,
    pub(crate) presence: Presence,
    /// Entries up to this one open nothing any more, for this reason.
    void: Option<(EntryId, Refusal)>,
    /// Media may come in without an entry: nobody was put out since the room was loaded, so the token is one from
    /// before a restart.
    pub(crate) media_may_return: bool,
}

/// Whether somebody sits there.
#[derive(Clone, Debug)]
pub(crate) enum Presence {
    Out,
    In(Stay),
}

/// Somebody who is in.
#[derive(Clone, Debug)]
pub(crate) struct Stay {
    /// The entry of their device; a media-only client that outlived a restart has none.
    pub(crate) entry: Option<EntryId>,
    /// Their place in the order of coming.
    pub(crate) arrival: u64,
    pub(crate) display_name: String,
    pub(crate) media: MediaState,
    pub(crate) line: Line,
}

/// How somebody who is in is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// By at least one of the two.
    Up { channel: Option<ConnectionId>, media: bool },
    /// Neither; the seat is theirs until then.
    Lost { since: Timestamp, until: Timestamp },
}

impl Seat {
    pub(crate) fn new(settings: SeatSettings) -> Self {
        Self { settings, presence: Presence::Out, void: None, media_may_return: true }
    }

    pub(crate) fn stay(&self) -> Option<&Stay> {
        match &self.presence {
            Presence::In(stay) => Some(stay),
            Presence::Out => None,
        }
    }

    pub(crate) fn stay_mut(&mut self) -> Option<&mut Stay> {
        match &mut self.presence {
            Presence::In(stay) => Some(stay),
            Presence::Out => None,
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.stay().is_some_and(|stay| matches!(stay.line, Line::Up { .. }))
    }

    pub(crate) fn channel(&self) -> Option<ConnectionId> {
        match self.stay()?.line {
            Line::Up { channel, .. } => channel,
            Line::Lost { .. } => None,
        }
    }

    /// From now on entries up to and with `entry` are refused.
    pub(crate) fn void_up_to(&mut self, entry: EntryId, refusal: Refusal) {
        if self.void.is_none_or(|(until, _)| until <= entry) {
            self.void = Some((entry, refusal));
        }
    }

    /// Why this entry opens nothing any more, if so.
    pub(crate) fn voided(&self, entry: EntryId) -> Option<Refusal> {
        self.void.filter(|(until, _)| entry <= *until).map(|(_, refusal)| refusal)
    }
}

impl Line {
    /// Lost now, until the grace time is over.
    pub(crate) fn lost(now: Timestamp, grace: std::time::Duration) -> Self {
        Self::Lost { since: now, until: now + grace }
    }
}
