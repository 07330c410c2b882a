//! The room's clock between two words of the server.

use std::time::Instant;

use visita_protocol::channel::ClockState;

/// Effective call time as last told, and since when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    state: ClockState,
    told: Instant,
}

impl Clock {
    pub(super) fn new(state: ClockState, now: Instant) -> Self {
        Self { state, told: now }
    }

    pub(super) fn runs(self) -> bool {
        self.state.runs
    }

    /// What is left now, in seconds.
    pub(super) fn left(self, now: Instant) -> u32 {
        let gone = if self.state.runs { now.saturating_duration_since(self.told).as_secs() } else { 0 };
        self.state.seconds_left.saturating_sub(u32::try_from(gone).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn counts_only_while_it_runs_and_never_below_zero() {
        let now = Instant::now();
        let clock = |runs| Clock::new(ClockState { seconds_left: 60, runs }, now);
        assert_eq!(clock(true).left(now + Duration::from_secs(20)), 40);
        assert_eq!(clock(true).left(now + Duration::from_secs(90)), 0);
        assert_eq!(clock(false).left(now + Duration::from_secs(90)), 60);
    }
}
