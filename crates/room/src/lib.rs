//! One room as a pure state machine: seats and their links, who is in and who waits, rights and what admins do, the
//! session, the clock of effective call time, ringing, leaving, ending, closing.
//!
//! [`Room::handle`] takes an [`Input`] and the time, [`Room::poll_output`] says what has to happen outside,
//! [`Room::poll_timeout`] when to call [`Room::handle_timeout`]. Sockets, storage and the media server are the caller's:
//! a refused input changes nothing, and every consequence of an accepted one is an [`Output`].
//!
//! Two things make somebody *connected*: their room channel and their media. A plain LiveKit client has media only, and
//! counts for session and clock like everybody else.

mod clock;
mod input;
mod people;
mod refusal;
mod rights;
mod room;
mod seat;
mod settings;
mod time;

pub use input::{AdminAction, ConnectionId, Deed, EntryId, Input, Inviter, LineKind, Output, RecorderRun, Seen, Whom};
pub use people::{Plan, SEATS, SeatsRefusal, check_plus, check_seats};
pub use refusal::Refusal;
pub use rights::{BoardAccess, MediaRights};
pub use room::{Occupant, Room, Running};
pub use seat::{Admission, LinkSerial, SeatSettings};
pub use settings::{Allowed, Facts, Policy, Restored, Settings, Standing};
pub use time::Timestamp;

use std::time::Duration;

/// How long a lost connection keeps its seat before the others are told that it is gone.
/// Longer rides out a change of network; shorter shows an empty chair sooner.
pub const GRACE: Duration = Duration::from_secs(20);

/// How often a running session is written down. What a killed server forgets of the clock is at most this.
pub const CHECKPOINT: Duration = Duration::from_secs(10);

/// How long somebody is rung. About ten rings of a telephone.
pub const RING: Duration = Duration::from_secs(45);

/// Admins hear the doorbell at most once in this time, however many knock.
pub const DOORBELL: Duration = Duration::from_secs(10);

/// Somebody who waits may knock again after this.
pub const KNOCK: Duration = Duration::from_secs(30);

/// Everybody is warned when this much effective call time is left; the longest first.
pub const WARNINGS: [Duration; 2] = [Duration::from_secs(300), Duration::from_secs(30)];

/// How often people are told how far a recording is while nothing else about it changes; they count on by themselves.
/// Each time takes a place in what is kept for those who come back.
pub const PROGRESS_TOLD: Duration = Duration::from_secs(30);

/// How long a recorder's passing trouble is shown after it was last told.
pub const TROUBLE_SHOWN: Duration = Duration::from_secs(20);

/// The wording under which a consent is kept that was given elsewhere, as the API said.
pub const ELSEWHERE: &str = "elsewhere";

/// Changes kept for those who come back; whoever missed more gets the whole state.
pub const LOG: usize = 256;

/// Messages of the chat that newcomers get; older ones are in storage.
pub const CHAT: u32 = 300;

/// Notes kept of the conversation with one waiting guest.
pub const NOTES: usize = 50;

/// Longest and shortest extension of the duration.
pub const EXTENSION: std::ops::RangeInclusive<Duration> = Duration::from_secs(60)..=Duration::from_secs(86_400);
