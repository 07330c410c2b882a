//! Tokens that are good by signature and time but whose bearer was put out.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a revocation is remembered: longer than any token should live. LiveKit's own default is six hours.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// Most revocations remembered. Beyond it the oldest are forgotten.
const MAX_REVOCATIONS: usize = 100_000;

/// Which identities' tokens are refused, by room. Shared between the doors and the media thread; never touched per packet.
#[derive(Debug, Default)]
pub(crate) struct Revocations(Mutex<HashMap<(String, String), Revoked>>);

#[derive(Clone, Copy, Debug)]
struct Revoked {
    /// Unix seconds: tokens issued up to and in this second are refused.
    until: u64,
    at: Instant,
}

impl Revocations {
    /// Refuses tokens of an identity issued up to a Unix second.
    pub(crate) fn revoke(&self, room: &str, identity: &str, until: u64, now: Instant) {
        let mut revoked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        revoked.retain(|_, one| now.saturating_duration_since(one.at) < REMEMBERED);
        if revoked.len() >= MAX_REVOCATIONS
            && let Some(oldest) = revoked.iter().min_by_key(|(_, one)| one.at).map(|(key, _)| key.clone())
        {
            revoked.remove(&oldest);
        }
        revoked.insert((room.to_owned(), identity.to_owned()), Revoked { until, at: now });
    }

    /// Forgets a revocation.
    pub(crate) fn lift(&self, room: &str, identity: &str) {
        let mut revoked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        revoked.remove(&(room.to_owned(), identity.to_owned()));
    }

    /// Whether a token issued at a Unix second is refused.
    pub(crate) fn refuses(&self, room: &str, identity: &str, issued: u64) -> bool {
        let revoked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        revoked.get(&(room.to_owned(), identity.to_owned())).is_some_and(|one| issued <= one.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_issued_before_is_refused_and_what_comes_after_is_not() {
        let (start, revocations) = (Instant::now(), Revocations::default());
        revocations.revoke("visit", "ada", 1000, start);
        assert!(revocations.refuses("visit", "ada", 999) && revocations.refuses("visit", "ada", 1000));
        assert!(!revocations.refuses("visit", "ada", 1001));
        assert!(!revocations.refuses("visit", "bob", 999) && !revocations.refuses("other", "ada", 999));
        revocations.lift("visit", "ada");
        assert!(!revocations.refuses("visit", "ada", 999));
    }

    #[test]
    fn it_is_remembered_for_as_long_as_tokens_live() {
        let (start, revocations) = (Instant::now(), Revocations::default());
        revocations.revoke("visit", "ada", 1000, start);
        revocations.revoke("visit", "bob", 1000, start + REMEMBERED / 2);
        assert!(revocations.refuses("visit", "ada", 999));
        revocations.revoke("visit", "cleo", 1000, start + REMEMBERED);
        assert!(!revocations.refuses("visit", "ada", 999));
        assert!(revocations.refuses("visit", "bob", 999));
    }
}
