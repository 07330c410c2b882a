//! A speaker nobody hears.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
};

use visita_codec::BLOCK;

use super::Render;
use crate::{
    pace::Pacer,
    sound::{BLOCK_TIME, PATIENCE, join},
};

pub(super) struct Null {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Null {
    pub(super) fn start(mut render: Render) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = stop.clone();
        let spawned = std::thread::Builder::new().name("speaker-null".into()).spawn(move || {
            let mut pacer = Pacer::new(BLOCK_TIME, PATIENCE);
            let mut block = [0.0; BLOCK];
            while !stopping.load(Ordering::Relaxed) {
                if pacer.wait(BLOCK_TIME) && !stopping.load(Ordering::Relaxed) {
                    render(&mut block);
                }
            }
        });
        if let Err(error) = &spawned {
            tracing::error!(%error, "no thread for a speaker: nothing will be mixed");
        }
        Self { stop, thread: spawned.ok() }
    }
}

impl Drop for Null {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        join(&mut self.thread);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::mpsc,
        time::{Duration, Instant},
    };

    use crate::speaker::Speaker;

    #[test]
    fn renders_in_real_time_until_dropped() {
        let (blocks, rendered) = mpsc::channel();
        let started = Instant::now();
        let speaker = Speaker::null(Box::new(move |out| {
            out.fill(0.0);
            let _ = blocks.send(());
        }));
        for _ in 0..20 {
            rendered.recv_timeout(Duration::from_secs(5)).unwrap();
        }
        assert!(started.elapsed() >= Duration::from_millis(190));
        assert_eq!(speaker.failed(), None);
        drop(speaker);
        // The render function is gone with the speaker, and so is its end of the channel.
        while rendered.try_recv().is_ok() {}
        assert_eq!(rendered.try_recv(), Err(mpsc::TryRecvError::Disconnected));
    }
}
