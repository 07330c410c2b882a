//! A seat: who it is for, its link, and whoever sits on it.

use std::time::Duration;

use visita_protocol::{
    ParticipantId, Tools, UserId,
    channel::{Consent, MediaState, MutedSources, StageRole, WaitingNote},
};

use crate::{ConnectionId, EntryId, MediaRights, Refusal, Timestamp};

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
    /// What who gives no name is called, and how they are known before they come.
    pub display_name: Option<String>,
    /// Admin of the room.
    pub is_admin: bool,
    /// The user has the role plus.
    pub is_plus: bool,
    /// In a webinar: publishes.
    pub is_speaker: bool,
    /// What may be used from it.
    pub tools: Tools,
    /// Serial of the link that opens it.
    pub link: LinkSerial,
    /// When the API said that its person has agreed elsewhere to being recorded, if it did.
    pub recording_consent: Option<Timestamp>,
    /// How whoever sits there gets in.
    pub admission: Admission,
}

/// How whoever sits on a seat gets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Admission {
    /// By its link.
    #[default]
    Link,
    /// By a media token that was made with the company's key.
    Token,
    /// By a media token that whoever asks gets, as far as the room's entrance lets them.
    Public,
    /// By a media token of somebody whom nobody sees: they watch and listen, and count for nothing.
    Hidden,
}

impl SeatSettings {
    /// What its person is called who says nothing else.
    pub(crate) fn own_name(&self) -> String {
        self.display_name.clone().unwrap_or_else(|| self.user_id.to_string())
    }
}

/// A seat of a running room.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) settings: SeatSettings,
    pub(crate) presence: Presence,
    /// Entries up to this one open nothing any more, for this reason.
    void: Option<(EntryId, Refusal)>,
    /// The newest entry there was.
    pub(crate) newest: Option<EntryId>,
    /// Media may come in without an entry: nobody was put out since the room was loaded, so the token is one from
    /// before a restart.
    pub(crate) media_may_return: bool,
    /// What the media server was last told that may be done from here; none when it goes by the token.
    pub(crate) granted: Option<MediaRights>,
    /// An admin changed what may be done from here, so that a token may say another thing.
    pub(crate) touched: bool,
    /// Which lines were last told of: channel and media.
    pub(crate) told_lines: (bool, bool),
    /// It rings for whoever this is for.
    pub(crate) ring: Option<Ringing>,
    /// It rang already since the room was empty.
    pub(crate) was_rung: bool,

    // What holds until the session ends.
    /// An admin let them in.
    pub(crate) admitted: bool,
    /// An admin put them out; the name they had.
    pub(crate) removed: Option<String>,
    pub(crate) muted: MutedSources,
    /// Changed at run time.
    pub(crate) tools: Option<Tools>,
    /// Changed at run time.
    pub(crate) role: Option<StageRole>,
    pub(crate) consent: Option<Consent>,
}

/// Whether somebody sits there.
#[derive(Clone, Debug)]
pub(crate) enum Presence {
    Out,
    Waiting(Wait),
    In(Stay),
}

/// Somebody who waits to be let in.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    pub(crate) entry: EntryId,
    /// Their place in the order of coming.
    pub(crate) arrival: u64,
    pub(crate) since: Timestamp,
    pub(crate) display_name: String,
    pub(crate) line: WaitLine,
    /// The place they were last told.
    pub(crate) told_place: u32,
    pub(crate) last_knock: Timestamp,
    pub(crate) notes: Vec<WaitingNote>,
}

/// How somebody who waits is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitLine {
    Up(ConnectionId),
    /// The place is theirs until then.
    Lost {
        until: Timestamp,
    },
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
    /// Their raised hand, by the order of raising.
    pub(crate) hand: Option<u32>,
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

/// It rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ringing {
    pub(crate) until: Timestamp,
    /// Somebody in the room calls, rather than the API.
    pub(crate) from_room: bool,
}

impl Seat {
    /// What who is in or waits is called.
    pub(crate) fn shown_name(&self) -> Option<&str> {
        match &self.presence {
            Presence::In(stay) => Some(&stay.display_name),
            Presence::Waiting(wait) => Some(&wait.display_name),
            Presence::Out => None,
        }
    }

    pub(crate) fn new(settings: SeatSettings) -> Self {
        Self {
            settings,
            presence: Presence::Out,
            void: None,
            newest: None,
            media_may_return: true,
            granted: None,
            touched: false,
            told_lines: (false, false),
            ring: None,
            was_rung: false,
            admitted: false,
            removed: None,
            muted: MutedSources::default(),
            tools: None,
            role: None,
            consent: None,
        }
    }

    /// The session is over, and with it what was decided in it.
    pub(crate) fn forget_session(&mut self) {
        self.admitted = false;
        self.removed = None;
        self.muted = MutedSources::default();
        self.tools = None;
        self.role = None;
        self.consent = None;
        self.granted = None;
        self.touched = false;
    }

    pub(crate) fn stay(&self) -> Option<&Stay> {
        match &self.presence {
            Presence::In(stay) => Some(stay),
            Presence::Out | Presence::Waiting(_) => None,
        }
    }

    pub(crate) fn stay_mut(&mut self) -> Option<&mut Stay> {
        match &mut self.presence {
            Presence::In(stay) => Some(stay),
            Presence::Out | Presence::Waiting(_) => None,
        }
    }

    pub(crate) fn wait(&self) -> Option<&Wait> {
        match &self.presence {
            Presence::Waiting(wait) => Some(wait),
            Presence::Out | Presence::In(_) => None,
        }
    }

    pub(crate) fn wait_mut(&mut self) -> Option<&mut Wait> {
        match &mut self.presence {
            Presence::Waiting(wait) => Some(wait),
            Presence::Out | Presence::In(_) => None,
        }
    }

    /// Whoever is in is so no more.
    pub(crate) fn take_stay(&mut self) -> Option<Stay> {
        match std::mem::replace(&mut self.presence, Presence::Out) {
            Presence::In(stay) => Some(stay),
            other => {
                self.presence = other;
                None
            }
        }
    }

    /// Whoever waits does so no more.
    pub(crate) fn take_wait(&mut self) -> Option<Wait> {
        match std::mem::replace(&mut self.presence, Presence::Out) {
            Presence::Waiting(wait) => Some(wait),
            other => {
                self.presence = other;
                None
            }
        }
    }

    /// In the room, by channel or media.
    pub(crate) fn is_connected(&self) -> bool {
        self.stay().is_some_and(|stay| matches!(stay.line, Line::Up { .. }))
    }

    /// The channel of somebody who is in.
    pub(crate) fn channel(&self) -> Option<ConnectionId> {
        match self.stay()?.line {
            Line::Up { channel, .. } => channel,
            Line::Lost { .. } => None,
        }
    }

    /// The channel of somebody who waits.
    pub(crate) fn waiting_channel(&self) -> Option<ConnectionId> {
        match self.wait()?.line {
            WaitLine::Up(connection) => Some(connection),
            WaitLine::Lost { .. } => None,
        }
    }

    pub(crate) fn has_media(&self) -> bool {
        self.stay().is_some_and(|stay| matches!(stay.line, Line::Up { media: true, .. }))
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
    pub(crate) fn lost(now: Timestamp, grace: Duration) -> Self {
        Self::Lost { since: now, until: now + grace }
    }
}
