//! One room as a pure state machine.

use std::time::Duration;

/// How long a lost connection keeps its seat before the others are told that it is gone.
/// Longer rides out a change of network; shorter shows an empty chair sooner.
pub const GRACE: Duration = Duration::from_secs(20);
