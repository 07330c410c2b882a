//! The time that rooms are told: the wall clock's at the start, and from there on one that never runs backwards.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};
use visita_room::Timestamp;

/// A clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Timestamp,
    started: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { start: Timestamp::default() + since_epoch, started: Instant::now() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.start + self.started.elapsed()
    }

    /// The instant at which this clock shows `at`.
    pub(crate) fn instant(&self, at: Timestamp) -> Instant {
        self.started + at.since(self.start)
    }
}

/// UTC with milliseconds, RFC 3339: `2026-11-21T05:00:00.000Z`.
pub(crate) fn to_rfc3339(at: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    let nanos = i128::from(at.unix_ms()) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok().and_then(|time| time.format(format).ok()).unwrap_or_default()
}

/// Reads RFC 3339 with any offset; `None` when it is not that, or before 1970.
pub(crate) fn from_rfc3339(text: &str) -> Option<Timestamp> {
    let nanos = OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp_nanos();
    let ms = u64::try_from(nanos / 1_000_000).ok()?;
    Some(Timestamp::default() + Duration::from_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_rfc_3339() {
        let at = Timestamp::from_unix_ms(1_641_814_879_007);
        assert_eq!(to_rfc3339(at), "2022-01-10T11:41:19.007Z");
        assert_eq!(from_rfc3339("2022-01-10T11:41:19.007Z"), Some(at));
        assert_eq!(from_rfc3339("2022-01-10T12:41:19.007+01:00"), Some(at));
        assert_eq!(from_rfc3339("2022-01-10"), None);
        assert_eq!(from_rfc3339("1922-01-10T11:41:19Z"), None);
    }
}
