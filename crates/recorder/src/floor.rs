//! Who speaks, calmly enough to be shown: nobody gets the main place by a cough.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use visita_protocol::ParticipantId;

use crate::sound::Heard;

/// From this loudness on somebody speaks: -42 dBov.
const LOUD: f32 = 0.3;
/// The mark of who speaks stays this long, so that it does not flicker between words.
const MARK_STAYS: Duration = Duration::from_millis(400);
/// Somebody has to speak this long, and louder than the others, to get the main place ...
const TO_GET: Duration = Duration::from_millis(800);
/// ... which nobody loses before this.
const KEPT: Duration = Duration::from_millis(2_000);

/// Follows who speaks.
#[derive(Default)]
pub(crate) struct Floor {
    heard_last: HashMap<ParticipantId, Instant>,
    holder: Option<(ParticipantId, Instant)>,
    /// Who would get the main place, and since when.
    next: Option<(ParticipantId, Instant)>,
}

impl Floor {
    /// Learns how everybody is heard; `people` are those there are, in their order.
    pub(crate) fn hear(&mut self, people: &[ParticipantId], heard: &HashMap<ParticipantId, Heard>, now: Instant) {
        self.heard_last.retain(|id, _| people.contains(id));
        let loudness = |id: &ParticipantId| heard.get(id).map_or(0.0, |heard| heard.loudness);
        for id in people.iter().filter(|id| loudness(id) >= LOUD) {
            self.heard_last.insert(id.clone(), now);
        }
        if self.holder.as_ref().is_none_or(|(id, _)| !people.contains(id)) {
            self.holder = people.first().map(|id| (id.clone(), now - KEPT));
        }
        let loudest =
            people.iter().filter(|id| loudness(id) >= LOUD).max_by(|a, b| loudness(a).total_cmp(&loudness(b)));
        let Some((holder, since)) = &self.holder else { return };
        let challenger = loudest.filter(|id| *id != holder);
        let Some(challenger) = challenger else {
            // Between two words nobody is loudest; that takes nothing back.
            if loudest.is_some() {
                self.next = None;
            }
            return;
        };
        let begun = match &self.next {
            Some((id, begun)) if id == challenger => *begun,
            _ => now,
        };
        self.next = Some((challenger.clone(), begun));
        if now.saturating_duration_since(begun) >= TO_GET && now.saturating_duration_since(*since) >= KEPT {
            self.holder = Some((challenger.clone(), now));
            self.next = None;
        }
    }

    /// Who has the main place.
    pub(crate) fn holder(&self) -> Option<&ParticipantId> {
        self.holder.as_ref().map(|(id, _)| id)
    }

    /// Who is marked as speaking, in a fixed order.
    pub(crate) fn speaking(&self, now: Instant) -> Vec<ParticipantId> {
        let recent = self.heard_last.iter().filter(|(_, at)| now.saturating_duration_since(**at) < MARK_STAYS);
        let mut speaking: Vec<_> = recent.map(|(id, _)| id.clone()).collect();
        speaking.sort();
        speaking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Story {
        floor: Floor,
        now: Instant,
        people: Vec<ParticipantId>,
    }

    impl Story {
        fn new() -> Self {
            let people = ["ada", "bob", "cleo"].map(|id| id.parse().unwrap()).to_vec();
            Self { floor: Floor::default(), now: Instant::now(), people }
        }

        /// So many milliseconds in which each is so loud; who has the main place then.
        fn pass(&mut self, ms: u64, loudness: [f32; 3]) -> &str {
            let heard: HashMap<_, _> =
                self.people.iter().cloned().zip(loudness.map(|loudness| Heard { loudness, delay: None })).collect();
            for _ in 0..ms / 10 {
                self.now += Duration::from_millis(10);
                self.floor.hear(&self.people, &heard, self.now);
            }
            self.floor.holder().map_or("nobody", ParticipantId::as_str)
        }
    }

    #[test]
    fn a_cough_gets_nothing_and_a_sentence_the_main_place() {
        let mut story = Story::new();
        assert_eq!(story.pass(1_000, [0.0; 3]), "ada");
        assert_eq!(story.pass(300, [0.0, 0.7, 0.0]), "ada");
        assert_eq!(story.pass(2_000, [0.6, 0.0, 0.0]), "ada");
        assert_eq!(story.pass(1_000, [0.0, 0.6, 0.0]), "bob");
        // Two who talk at once do not chase each other away.
        for _ in 0..9 {
            assert_eq!(story.pass(200, [0.7, 0.6, 0.0]), "bob");
            story.pass(100, [0.5, 0.6, 0.0]);
        }
        assert_eq!(story.pass(3_000, [0.0, 0.0, 0.6]), "cleo");
    }

    #[test]
    fn who_leaves_has_no_place_and_no_mark() {
        let mut story = Story::new();
        assert_eq!(story.pass(3_000, [0.0, 0.6, 0.0]), "bob");
        assert_eq!(story.floor.speaking(story.now), [story.people[1].clone()]);
        story.people.remove(1);
        assert_eq!(story.pass(10, [0.0; 3]), "ada");
        assert!(story.floor.speaking(story.now).is_empty());
        story.people.clear();
        assert_eq!(story.pass(10, [0.0; 3]), "nobody");
    }
}
