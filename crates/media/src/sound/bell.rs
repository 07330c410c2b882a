//! Wakes the thread that serves a stream from the sound system's callback, which may neither lock nor allocate.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{Thread, ThreadId, park_timeout},
    time::{Duration, Instant},
};

use rtrb::{Consumer, Producer, PushError, RingBuffer};

/// Nobody sleeps longer: failures and endings are told without the bell.
const LONGEST: Duration = Duration::from_millis(50);

/// The callback's end.
pub(crate) struct Bell {
    rung: Arc<AtomicBool>,
    listener: Option<Thread>,
    new: Consumer<Thread>,
    /// Handles go back to be freed.
    old: Producer<Thread>,
}

/// The serving thread's end. Any thread may listen, one at a time.
pub(crate) struct Listener {
    rung: Arc<AtomicBool>,
    known: Option<ThreadId>,
    new: Producer<Thread>,
    old: Consumer<Thread>,
}

pub(crate) fn bell() -> (Bell, Listener) {
    let rung = Arc::new(AtomicBool::new(false));
    let (to_bell, new) = RingBuffer::new(8);
    let (old, from_bell) = RingBuffer::new(8);
    let bell = Bell { rung: rung.clone(), listener: None, new, old };
    (bell, Listener { rung, known: None, new: to_bell, old: from_bell })
}

impl Bell {
    /// Says that sound moved. Wait-free.
    pub(crate) fn ring(&mut self) {
        while let Ok(thread) = self.new.pop() {
            if let Some(before) = self.listener.replace(thread)
                && let Err(PushError::Full(before)) = self.old.push(before)
            {
                // Freeing is not for here, and the listener empties its end.
                std::mem::forget(before);
            }
        }
        self.rung.store(true, Ordering::Release);
        if let Some(listener) = &self.listener {
            listener.unpark();
        }
    }
}

impl Listener {
    /// Whether the bell rang since the last time; waits for it until `until`, or for [`LONGEST`].
    pub(crate) fn wait(&mut self, until: Instant) -> bool {
        while self.old.pop().is_ok() {}
        let until = until.min(Instant::now() + LONGEST);
        let me = std::thread::current();
        if self.known != Some(me.id()) {
            self.known = Some(me.id());
            // Full while the callback does not run: then there is nothing to be woken for.
            let _ = self.new.push(me);
        }
        loop {
            if self.rung.swap(false, Ordering::Acquire) {
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            park_timeout(left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_listens_is_woken() {
        let (mut bell, mut listener) = bell();
        assert!(!listener.wait(Instant::now()));
        bell.ring();
        bell.ring();
        assert!(listener.wait(Instant::now()));
        assert!(!listener.wait(Instant::now()));
        for _ in 0..20 {
            // Another thread each time.
            listener = std::thread::spawn(move || {
                listener.wait(Instant::now());
                listener
            })
            .join()
            .unwrap();
            bell.ring();
            assert!(listener.wait(Instant::now()));
        }
        let waiting = std::thread::spawn(move || (0..1_000).any(|_| listener.wait(Instant::now() + LONGEST)));
        bell.ring();
        assert!(waiting.join().unwrap());
    }
}
