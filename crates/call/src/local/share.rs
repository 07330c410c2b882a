//! The share thread: pictures of a screen or window for as long as it is shown to others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::sync::oneshot;
use visita_codec::{I420Frame, vp8::Content};
use visita_media::{
    DeviceError,
    camera::{PatternSource, VideoSource},
    screen::{self, ScreenSettings},
};
use visita_protocol::{PixelSize, view::ShareKind};

use super::{Shared, fit, video_out::VideoSender};

/// Pictures per second of a screen at most.
pub(crate) const SHARE_FPS: u32 = 15;
/// Larger screens are sent smaller: letters stay readable, and one core encodes it.
const SHARE_MOST: PixelSize = PixelSize::new(1920, 1080);
/// How soon a wish for a key frame is heard while nothing moves on the screen.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// A still picture is sent again this often, so that it becomes sharp.
const STILL_EVERY: Duration = Duration::from_millis(500);
/// After so many times it is as sharp as it gets.
const STILL_TIMES: u32 = 4;

/// What is shown to the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareChoice {
    /// A screen or window by the id that [`visita_media::screen::list`] gave.
    Source {
        /// The id.
        id: String,
        /// What people call it.
        label: String,
        /// Screen or window.
        kind: ShareKind,
    },
    /// The moving test picture with its timecode.
    Pattern,
}

/// What is being shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareState {
    /// Screen or window.
    pub kind: ShareKind,
    /// What it is called.
    pub label: String,
    /// Size of its pictures; zero until the first.
    pub size: PixelSize,
    /// The others see it standing still.
    pub paused: bool,
}

/// One share, for its thread and for those who command it.
pub(crate) struct ShareHandle {
    pub(crate) stop: AtomicBool,
    pub(crate) paused: AtomicBool,
    /// Who wants the picture that is shown.
    pub(crate) asked: Mutex<Vec<oneshot::Sender<I420Frame>>>,
}

/// The size at which pictures of this size are sent.
pub(crate) fn share_size(size: PixelSize) -> PixelSize {
    fit(size, SHARE_MOST)
}

/// Starts the thread.
pub(super) fn start(shared: Arc<Shared>, choice: ShareChoice) -> Arc<ShareHandle> {
    let handle =
        Arc::new(ShareHandle { stop: AtomicBool::new(false), paused: AtomicBool::new(false), asked: Mutex::default() });
    let mine = handle.clone();
    let spawned = std::thread::Builder::new().name("screen".into()).spawn({
        let shared = shared.clone();
        move || {
            if let Err(error) = run(&shared, &mine, &choice) {
                tracing::info!(%error, "what was shared is gone");
                shared.set_state(|state| {
                    if !mine.stop.load(Ordering::Relaxed) {
                        state.share = None;
                        state.share_broke += 1;
                    }
                });
            }
        }
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "the share thread did not start");
        shared.set_state(|state| {
            state.share = None;
            state.share_broke += 1;
        });
    }
    handle
}

fn run(shared: &Shared, mine: &ShareHandle, choice: &ShareChoice) -> Result<(), DeviceError> {
    let mut source: Box<dyn VideoSource> = match choice {
        ShareChoice::Source { id, .. } => screen::open(id, ScreenSettings { fps: SHARE_FPS, cursor: true })?,
        ShareChoice::Pattern => Box::new(PatternSource::new(PixelSize::new(1280, 720), SHARE_FPS)),
    };
    let mut sender = VideoSender::new(Content::Screen, 1);
    let mut last: Option<(I420Frame, Instant, u32)> = None;
    let mut paused = false;
    while !shared.stopping() && !mine.stop.load(Ordering::Relaxed) {
        let want_paused = mine.paused.load(Ordering::Relaxed);
        if want_paused != paused {
            paused = want_paused;
            source.set_paused(paused);
        }
        let fresh = source.next(LOOK_EVERY)?.filter(|_| !paused);
        if let Some((frame, ..)) = &last {
            for asker in mine.asked.lock().drain(..) {
                let _ = asker.send(frame.clone());
            }
        }
        if let Some(frame) = fresh {
            let size = frame.size();
            shared.set_state(|state| {
                if let Some(share) = state.share.as_mut().filter(|_| !mine.stop.load(Ordering::Relaxed)) {
                    share.size = size;
                }
            });
            last = Some((frame, Instant::now(), 0));
        } else {
            // Nothing moves: whoever comes in needs a key frame all the same, and the picture may still get sharper.
            let Some((_, at, times)) = &mut last else { continue };
            let sharper = *times < STILL_TIMES && at.elapsed() >= STILL_EVERY;
            if !sharper && !shared.share_out.key_is_wanted() {
                continue;
            }
            (*at, *times) = (Instant::now(), *times + 1);
        }
        let Some(publication) = shared.share_publication.lock().clone() else { continue };
        let Some((frame, sent, _)) = &last else { continue };
        let at = sent.saturating_duration_since(shared.epoch);
        sender.send(&publication, &shared.share_out, frame, (share_size(frame.size()), SHARE_FPS), at);
    }
    Ok(())
}
