//! One room as a pure state machine: seats and their links, who is in, the session, the clock of effective call time,
//! leaving, ending, closing.
//!
//! [`Room::handle`] takes an [`Input`] and the time, [`Room::poll_output`] says what has to happen outside,
//! [`Room::poll_timeout`] when to call [`Room::handle_timeout`]. Sockets, storage and the media server are the caller's:
//! a refused input changes nothing, and every consequence of an accepted one is an [`Output`].
//!
//! Two things make somebody *connected*: their room channel and their media. A plain LiveKit client has media only, and
//! counts for session and clock like everybody else.

mod clock;
mod input;
mod room;
mod seat;
mod time;

pub use input::{ConnectionId, EntryId, Input, Output, Refusal};
pub use room::{Facts, Restored, Room, Settings, Standing};
pub use seat::{LinkSerial, SeatSettings};
pub use time::Timestamp;

use std::time::Duration;

/// How long a lost connection keeps its seat before the others are told that it is gone.
/// Longer rides out a change of network; shorter shows an empty chair sooner.
pub const GRACE: Duration = Duration::from_secs(20);

/// How often a running session is written down. What a killed server forgets of the clock is at most this.
pub const CHECKPOINT: Duration = Duration::from_secs(10);
