//! The clock of effective call time.

use std::time::Duration;

use crate::{Timestamp, WARNINGS};

/// Counts while it runs, up to a limit where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    limit: Option<Duration>,
    used: Duration,
    running_since: Option<Timestamp>,
    /// Only warnings of less than this are still to be given.
    warn_below: Duration,
}

impl Clock {
    pub(crate) fn new(limit: Option<Duration>, used: Duration) -> Self {
        let warn_below = limit.unwrap_or_default().saturating_sub(used);
        Self { limit, used, running_since: None, warn_below }
    }

    /// Starts or stops it; what it already does it goes on doing. Whether that changed anything.
    pub(crate) fn run(&mut self, run: bool, now: Timestamp) -> bool {
        match (run, self.running_since) {
            (true, None) => self.running_since = Some(now),
            (false, Some(_)) => {
                self.used = self.used(now);
                self.running_since = None;
            }
            (true, Some(_)) | (false, None) => return false,
        }
        true
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running_since.is_some()
    }

    /// Effective call time so far, never more than the limit.
    pub(crate) fn used(&self, now: Timestamp) -> Duration {
        let used = self.used + self.running_since.map_or(Duration::ZERO, |since| now.since(since));
        self.limit.map_or(used, |limit| used.min(limit))
    }

    pub(crate) fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// What is left; `None` is unlimited.
    pub(crate) fn left(&self, now: Timestamp) -> Option<Duration> {
        self.limit.map(|limit| limit.saturating_sub(self.used(now)))
    }

    /// When it runs out, if it goes on running.
    pub(crate) fn runs_out_at(&self) -> Option<Timestamp> {
        self.reaches(Duration::ZERO)
    }

    /// The next warning and its time, if it goes on running.
    pub(crate) fn next_warning(&self) -> Option<(Duration, Timestamp)> {
        let left = WARNINGS.into_iter().find(|left| *left < self.warn_below)?;
        Some((left, self.reaches(left)?))
    }

    /// That warning was given.
    pub(crate) fn warned(&mut self, left: Duration) {
        self.warn_below = left;
    }

    /// Adds to the limit; nothing where there is none. Warnings come again.
    pub(crate) fn extend(&mut self, by: Duration, now: Timestamp) {
        self.limit = self.limit.map(|limit| limit + by);
        self.warn_below = self.left(now).unwrap_or_default();
    }

    fn reaches(&self, left: Duration) -> Option<Timestamp> {
        let since = self.running_since?;
        Some(since + self.limit?.saturating_sub(self.used).saturating_sub(left))
    }
}
