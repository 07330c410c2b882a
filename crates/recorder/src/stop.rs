//! The end of a recording, as its threads learn of it.

use std::{sync::Arc, time::Instant};

use parking_lot::{Condvar, Mutex};

/// Tells threads when to end. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Stop {
    state: Arc<(Mutex<Option<Instant>>, Condvar)>,
}

impl Stop {
    /// Nothing after this moment is recorded.
    pub(crate) fn at(&self, moment: Instant) {
        self.state.0.lock().get_or_insert(moment);
        self.state.1.notify_all();
    }

    /// Waits until `when`, and says whether the recording is over before `moment`.
    pub(crate) fn is_over(&self, moment: Instant, when: Instant) -> bool {
        let mut state = self.state.0.lock();
        loop {
            if state.is_some_and(|end| end <= moment) {
                return true;
            }
            if Instant::now() >= when {
                return false;
            }
            self.state.1.wait_until(&mut state, when);
        }
    }
}
