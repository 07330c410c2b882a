//! Reliable data of late, kept for those who come back: what they missed is sent again. Clients number what they publish, so
//! what comes twice is dropped by its receiver.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use bytes::Bytes;

use super::Receivers;

/// How long it is kept: longer than anybody's place is held.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Most bytes kept for one room. Beyond it the oldest is forgotten.
const MAX_BYTES: usize = 2 * 1024 * 1024;

/// One message as its receivers got it.
#[derive(Debug)]
struct Entry {
    at: Instant,
    sender: String,
    sequence: u32,
    receivers: Receivers,
    bytes: Bytes,
}

/// The reliable messages of one room, oldest first.
#[derive(Debug, Default)]
pub(crate) struct ReliableLog {
    entries: VecDeque<Entry>,
    bytes: usize,
}

impl ReliableLog {
    /// Remembers a message. One without a number is not kept: its receivers could not tell that it comes twice.
    pub(crate) fn push(&mut self, sender: &str, sequence: u32, receivers: Receivers, bytes: Bytes, now: Instant) {
        if sequence == 0 || sender.is_empty() {
            return;
        }
        self.bytes += bytes.len();
        self.entries.push_back(Entry { at: now, sender: sender.to_owned(), sequence, receivers, bytes });
        while let Some(oldest) = self.entries.front() {
            if self.bytes <= MAX_BYTES && now.saturating_duration_since(oldest.at) < KEPT_FOR {
                break;
            }
            self.bytes -= oldest.bytes.len();
            self.entries.pop_front();
        }
    }

    /// What somebody here since `since` has not had, who says up to which number each sender's messages came.
    pub(crate) fn missed<'a>(
        &'a self,
        identity: &'a str,
        sid: &'a str,
        since: Instant,
        had: impl Fn(&str) -> u32 + 'a,
    ) -> impl Iterator<Item = Bytes> + 'a {
        self.entries
            .iter()
            .filter(move |entry| entry.at >= since && entry.sender != sid && entry.receivers.include(identity, sid))
            .filter(move |entry| entry.sequence > had(&entry.sender))
            .map(|entry| entry.bytes.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missed(log: &ReliableLog, identity: &str, since: Instant, had: u32) -> Vec<Bytes> {
        log.missed(identity, "PA_me", since, |_| had).collect()
    }

    #[test]
    fn what_was_missed_comes_in_order_and_only_to_whom_it_is_for() {
        let start = Instant::now();
        let mut log = ReliableLog::default();
        let to_bob = Receivers { identities: vec!["bob".into()], sids: Vec::new() };
        log.push("PA_a", 1, Receivers::default(), Bytes::from_static(b"1"), start);
        log.push("PA_a", 2, to_bob, Bytes::from_static(b"2"), start);
        log.push("PA_a", 3, Receivers::default(), Bytes::from_static(b"3"), start);
        log.push("PA_a", 0, Receivers::default(), Bytes::from_static(b"unnumbered"), start);
        assert_eq!(missed(&log, "bob", start, 1), ["2", "3"]);
        assert_eq!(missed(&log, "cleo", start, 0), ["1", "3"]);
        assert_eq!(missed(&log, "cleo", start + Duration::from_millis(1), 0), [""; 0], "from before they came");
        assert_eq!(log.missed("ada", "PA_a", start, |_| 0).count(), 0, "one's own");
    }

    #[test]
    fn it_is_bounded_in_size_and_time() {
        let start = Instant::now();
        let mut log = ReliableLog::default();
        let large = Bytes::from(vec![0; MAX_BYTES / 2]);
        for sequence in 1..=3 {
            log.push("PA_a", sequence, Receivers::default(), large.clone(), start);
        }
        assert_eq!(missed(&log, "bob", start, 0).len(), 2);
        log.push("PA_a", 4, Receivers::default(), Bytes::from_static(b"4"), start + KEPT_FOR);
        assert_eq!(missed(&log, "bob", start, 0), ["4"]);
    }
}
