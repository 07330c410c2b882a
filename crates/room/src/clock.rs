//! The clock of effective call time.

use std::time::Duration;

use crate::Timestamp;

/// Counts while it runs, up to a limit where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    limit: Option<Duration>,
    used: Duration,
    running_since: Option<Timestamp>,
}

impl Clock {
    pub(crate) fn new(limit: Option<Duration>, used: Duration) -> Self {
        Self { limit, used, running_since: None }
    }

    /// Starts or stops it; what it already does it goes on doing.
    pub(crate) fn run(&mut self, run: bool, now: Timestamp) {
        match (run, self.running_since) {
            (true, None) => self.running_since = Some(now),
            (false, Some(_)) => {
                self.used = self.used(now);
                self.running_since = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// Effective call time so far, never more than the limit.
    pub(crate) fn used(&self, now: Timestamp) -> Duration {
        let used = self.used + self.running_since.map_or(Duration::ZERO, |since| now.since(since));
        self.limit.map_or(used, |limit| used.min(limit))
    }

    /// What is left; `None` is unlimited.
    pub(crate) fn left(&self, now: Timestamp) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.used(now)))
    }

    /// When it runs out, if it goes on running.
    pub(crate) fn runs_out_at(&self) -> Option<Timestamp> {
        let since = self.running_since?;
        Some(since + self.limit?.saturating_sub(self.used))
    }
}
