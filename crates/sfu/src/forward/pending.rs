//! Bringing `AddTrackRequest`s and offered m-lines together. Clients send both in parallel, so either may come first.

use crate::api::TrackKind;

/// Most requests of one participant that wait for their m-line.
const MAX_WANTED: usize = 20;

/// A request to publish that waits for its m-line.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<T> {
    /// The client's id of the track: `msid` of its m-line, where the browser does not make up its own.
    pub(crate) cid: String,
    /// Sound or picture.
    pub(crate) kind: TrackKind,
    /// What the caller needs to know of it.
    pub(crate) track: T,
}

/// An offered m-line the client sends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offered {
    /// RFC 8843 media id.
    pub(crate) mid: String,
    /// Sound or picture.
    pub(crate) kind: TrackKind,
    /// Track id of its `msid`.
    pub(crate) cid: Option<String>,
}

/// What waits for its other half, for one participant.
#[derive(Debug)]
pub(crate) struct PendingTracks<T> {
    wanted: Vec<Wanted<T>>,
    offered: Vec<Offered>,
}

impl<T> Default for PendingTracks<T> {
    fn default() -> Self {
        Self { wanted: Vec::new(), offered: Vec::new() }
    }
}

impl<T> PendingTracks<T> {
    /// Adds a request; false when too many wait already.
    pub(crate) fn want(&mut self, wanted: Wanted<T>) -> bool {
        if self.wanted.len() >= MAX_WANTED {
            return false;
        }
        self.wanted.push(wanted);
        true
    }

    /// Sets the m-lines of the newest offer that have no track yet.
    pub(crate) fn offer(&mut self, offered: Vec<Offered>) {
        self.offered = offered;
    }

    /// Pairs what belongs together: by id first; then, for browsers that make up ids, an m-line whose id nobody asked for
    /// with the first request of its kind whose id no m-line has.
    pub(crate) fn pair(&mut self) -> Vec<(Wanted<T>, Offered)> {
        let mut pairs = Vec::new();
        self.pair_by(&mut pairs, |wanted, offered| offered.cid.as_ref() == Some(&wanted.cid));
        self.pair_by(&mut pairs, |wanted, offered| offered.kind == wanted.kind);
        pairs
    }

    /// Drops the requests for which `gone` holds and returns them.
    pub(crate) fn take(&mut self, mut gone: impl FnMut(&Wanted<T>) -> bool) -> Vec<Wanted<T>> {
        self.wanted.extract_if(.., |wanted| gone(wanted)).collect()
    }

    /// The requests that wait.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = &Wanted<T>> {
        self.wanted.iter()
    }

    /// The requests that wait, to be changed.
    pub(crate) fn wanted_mut(&mut self) -> impl Iterator<Item = &mut Wanted<T>> {
        self.wanted.iter_mut()
    }

    fn pair_by(&mut self, pairs: &mut Vec<(Wanted<T>, Offered)>, fits: impl Fn(&Wanted<T>, &Offered) -> bool) {
        let mut index = 0;
        while index < self.offered.len() {
            match self.wanted.iter().position(|wanted| fits(wanted, &self.offered[index])) {
                Some(found) => pairs.push((self.wanted.remove(found), self.offered.remove(index))),
                None => index += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(cid: &str, kind: TrackKind) -> Wanted<()> {
        Wanted { cid: cid.into(), kind, track: () }
    }

    fn offered(mid: &str, kind: TrackKind, cid: &str) -> Offered {
        Offered { mid: mid.into(), kind, cid: Some(cid.into()) }
    }

    fn names(pairs: &[(Wanted<()>, Offered)]) -> Vec<(&str, &str)> {
        pairs.iter().map(|(wanted, offered)| (wanted.cid.as_str(), offered.mid.as_str())).collect()
    }

    #[test]
    fn either_may_come_first() {
        let mut pending = PendingTracks::default();
        assert!(pending.want(wanted("cam", TrackKind::Video)));
        assert!(pending.pair().is_empty());
        pending.offer(vec![offered("1", TrackKind::Video, "cam"), offered("2", TrackKind::Audio, "mic")]);
        assert_eq!(names(&pending.pair()), [("cam", "1")]);
        assert!(pending.want(wanted("mic", TrackKind::Audio)));
        assert_eq!(names(&pending.pair()), [("mic", "2")]);
    }

    #[test]
    fn ids_beat_kinds() {
        let mut pending = PendingTracks::default();
        pending.want(wanted("cam", TrackKind::Video));
        pending.want(wanted("screen", TrackKind::Video));
        pending.offer(vec![offered("1", TrackKind::Video, "screen"), offered("2", TrackKind::Video, "{made-up}")]);
        assert_eq!(names(&pending.pair()), [("screen", "1"), ("cam", "2")]);
    }

    #[test]
    fn too_many_are_refused() {
        let mut pending = PendingTracks::default();
        for index in 0..MAX_WANTED {
            assert!(pending.want(wanted(&index.to_string(), TrackKind::Audio)));
        }
        assert!(!pending.want(wanted("one more", TrackKind::Audio)));
    }
}
