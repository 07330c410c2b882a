//! Sequence numbers towards one subscriber: gapless over switches of the source and over packets that are left out, so that
//! the receiver asks again only for what was really lost.

use std::collections::VecDeque;

/// How many left-out packets are remembered for stragglers from before them. Each costs one entry.
const MAX_RUNS: usize = 64;

/// Maps extended sequence numbers of the source to those of the outgoing stream.
#[derive(Debug)]
pub(crate) struct SequenceMap {
    /// What the next new packet is called.
    next_out: u64,
    /// Highest number seen from the present source.
    highest_in: Option<u64>,
    /// Runs of the present source with a constant distance, oldest first.
    runs: VecDeque<Run>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    first_in: u64,
    first_out: u64,
}

impl SequenceMap {
    /// The first packet will be called `first_out`.
    pub(crate) fn new(first_out: u64) -> Self {
        Self { next_out: first_out, highest_in: None, runs: VecDeque::new() }
    }

    /// From here on packets come from another source, beginning with `first_in`. What came before it is not passed on.
    pub(crate) fn switch(&mut self, first_in: u64) {
        self.runs.clear();
        self.runs.push_back(Run { first_in, first_out: self.next_out });
        self.highest_in = None;
    }

    /// The outgoing number of a packet, or none when it is from before the switch or was left out.
    pub(crate) fn map(&mut self, seq_in: u64) -> Option<u64> {
        let run = *self.runs.iter().rev().find(|run| run.first_in <= seq_in)?;
        let out = run.first_out + (seq_in - run.first_in);
        if self.highest_in.is_none_or(|highest| seq_in > highest) {
            self.highest_in = Some(seq_in);
            self.next_out = out + 1;
        }
        Some(out)
    }

    /// Leaves a packet out without a gap. One that is not the newest leaves its gap: its number may be known already.
    pub(crate) fn leave_out(&mut self, seq_in: u64) {
        if self.highest_in.is_some_and(|highest| seq_in <= highest) {
            return;
        }
        let Some(out) = self.map(seq_in) else { return };
        self.next_out = out;
        self.runs.push_back(Run { first_in: seq_in + 1, first_out: out });
        if self.runs.len() > MAX_RUNS {
            self.runs.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_over_a_switch() {
        let mut map = SequenceMap::new(100);
        map.switch(5000);
        assert_eq!(map.map(5000), Some(100));
        assert_eq!(map.map(5002), Some(102));
        assert_eq!(map.map(5001), Some(101), "a straggler keeps its place");
        map.switch(70);
        assert_eq!(map.map(70), Some(103));
        assert_eq!(map.map(69), None, "before the switch");
    }

    #[test]
    fn what_is_left_out_leaves_no_gap() {
        let mut map = SequenceMap::new(1);
        map.switch(10);
        assert_eq!(map.map(10), Some(1));
        map.leave_out(11);
        assert_eq!(map.map(12), Some(2));
        assert_eq!(map.map(10), Some(1), "a repeated packet keeps its number");
        map.leave_out(12);
        assert_eq!(map.map(13), Some(3), "one that was passed on is not taken back");
    }

    #[test]
    fn leaving_out_the_first_packet_of_a_source() {
        let mut map = SequenceMap::new(7);
        map.switch(10);
        map.leave_out(10);
        assert_eq!(map.map(11), Some(7));
    }

    #[test]
    fn nothing_before_a_source_is_chosen() {
        assert_eq!(SequenceMap::new(1).map(3), None);
    }
}
