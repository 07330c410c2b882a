//! What waits for the page. A page that keeps up gets every frame at once; one that stalls gets nothing older than the
//! newest key frame when it comes back.

use std::collections::{BTreeMap, VecDeque};

/// Frames of one stream that the page may have without having acknowledged them: a quarter of a second at 30 per second.
const WINDOW: u32 = 8;
/// Frames of one stream that are held back for a stalled page: two seconds' worth of deltas are not worth decoding.
const HELD: usize = 60;

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pushed {
    /// It goes out now.
    Queued,
    /// It waits until the page acknowledges, or is dropped because a key frame is already on its way.
    Held,
    /// It was dropped and nothing can be decoded until a key frame comes.
    KeyFrameNeeded,
}

struct Stream<F> {
    outgoing: VecDeque<F>,
    held: VecDeque<F>,
    unacknowledged: u32,
    needs_key: bool,
    /// A key frame was asked for and has not come.
    asked: bool,
}

impl<F> Default for Stream<F> {
    fn default() -> Self {
        Self { outgoing: VecDeque::new(), held: VecDeque::new(), unacknowledged: 0, needs_key: true, asked: false }
    }
}

/// Frames by stream.
pub(super) struct Queue<F> {
    streams: BTreeMap<u32, Stream<F>>,
}

impl<F> Queue<F> {
    pub(super) fn new() -> Self {
        Self { streams: BTreeMap::new() }
    }

    /// Number of streams.
    pub(super) fn streams(&self) -> usize {
        self.streams.len()
    }

    /// A frame came.
    pub(super) fn push(&mut self, id: u32, key: bool, frame: F) -> Pushed {
        let stream = self.streams.entry(id).or_default();
        if key {
            stream.needs_key = false;
            stream.asked = false;
            stream.held.clear();
        } else if stream.needs_key {
            if stream.asked {
                return Pushed::Held;
            }
            stream.asked = true;
            return Pushed::KeyFrameNeeded;
        }
        if stream.held.is_empty() && stream.unacknowledged < WINDOW {
            stream.unacknowledged += 1;
            stream.outgoing.push_back(frame);
            return Pushed::Queued;
        }
        if stream.held.len() < HELD {
            stream.held.push_back(frame);
            return Pushed::Held;
        }
        stream.held.clear();
        stream.needs_key = true;
        // A page that takes nothing needs no key frame yet; it is asked for when it acknowledges again.
        stream.asked = true;
        Pushed::Held
    }

    /// The page took over one frame. True if more goes out now; the frames that wait all go at once, so that a page that
    /// stalled is caught up by its decoder's speed and not by ours.
    pub(super) fn acknowledge(&mut self, id: u32) -> bool {
        let Some(stream) = self.streams.get_mut(&id) else { return false };
        stream.unacknowledged = stream.unacknowledged.saturating_sub(1);
        if stream.needs_key {
            stream.asked = false;
        }
        while stream.unacknowledged < WINDOW {
            let Some(frame) = stream.held.pop_front() else { break };
            stream.unacknowledged += 1;
            stream.outgoing.push_back(frame);
        }
        !stream.outgoing.is_empty()
    }

    /// The page's decoder failed: nothing but a key frame helps.
    pub(super) fn restart(&mut self, id: u32) {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.outgoing.clear();
            stream.held.clear();
            stream.unacknowledged = 0;
            stream.needs_key = true;
            stream.asked = true;
        }
    }

    /// The stream is over.
    pub(super) fn end(&mut self, id: u32) {
        self.streams.remove(&id);
    }

    /// Takes out what goes now.
    pub(super) fn drain(&mut self, mut take: impl FnMut(F)) {
        for stream in self.streams.values_mut() {
            stream.outgoing.drain(..).for_each(&mut take);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(queue: &mut Queue<u32>) -> Vec<u32> {
        let mut out = Vec::new();
        queue.drain(|frame| out.push(frame));
        out
    }

    #[test]
    fn begins_with_a_key_frame() {
        let mut queue = Queue::new();
        assert_eq!(queue.push(1, false, 0), Pushed::KeyFrameNeeded);
        assert_eq!(queue.push(1, false, 1), Pushed::Held);
        assert_eq!(queue.push(1, true, 2), Pushed::Queued);
        assert_eq!(queue.push(1, false, 3), Pushed::Queued);
        assert_eq!(drained(&mut queue), [2, 3]);
    }

    #[test]
    fn a_stalled_page_gets_nothing_older_than_the_newest_key_frame() {
        let mut queue = Queue::new();
        queue.push(1, true, 0);
        for n in 1..WINDOW {
            assert_eq!(queue.push(1, false, n), Pushed::Queued);
        }
        drained(&mut queue);
        assert_eq!(queue.push(1, false, 100), Pushed::Held);
        assert_eq!(queue.push(1, true, 101), Pushed::Held);
        assert_eq!(queue.push(1, false, 102), Pushed::Held);
        assert!(drained(&mut queue).is_empty());
        assert!(queue.acknowledge(1));
        assert!(queue.acknowledge(1));
        assert_eq!(drained(&mut queue), [101, 102]);
    }

    #[test]
    fn a_page_that_never_answers_holds_little() {
        let mut queue = Queue::new();
        queue.push(1, true, 0);
        for n in 1..10_000 {
            queue.push(1, false, n);
        }
        assert!(queue.streams[&1].held.len() <= HELD);
        drained(&mut queue);
        // It comes back: the next frame asks for a key frame.
        assert!(!queue.acknowledge(1));
        assert_eq!(queue.push(1, false, 1), Pushed::KeyFrameNeeded);
        assert_eq!(queue.push(1, true, 2), Pushed::Queued);
    }

    #[test]
    fn a_failed_decoder_starts_over() {
        let mut queue = Queue::new();
        queue.push(1, true, 0);
        queue.push(1, false, 1);
        queue.restart(1);
        assert!(drained(&mut queue).is_empty());
        assert_eq!(queue.push(1, false, 2), Pushed::Held);
        assert_eq!(queue.push(1, true, 3), Pushed::Queued);
    }

    #[test]
    fn streams_do_not_wait_for_one_another() {
        let mut queue = Queue::new();
        queue.push(1, true, 0);
        for n in 0..100 {
            queue.push(1, false, n);
        }
        assert_eq!(queue.push(2, true, 7), Pushed::Queued);
        queue.end(1);
        assert_eq!(drained(&mut queue), [7]);
        assert!(!queue.acknowledge(1));
    }
}
