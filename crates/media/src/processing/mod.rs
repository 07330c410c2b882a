//! What is done to the microphone's sound before it is sent: echo cancellation, noise suppression, gain; and whether
//! somebody speaks.
//!
//! Three halves of one thing. [`Render`] belongs to the thread that renders the speaker's sound and only copies it into
//! a ring; [`Capture`] belongs to the microphone's thread and does the work, 10 ms at a time; [`Control`] switches and
//! reads figures from anywhere. None ever waits for another.
//!
//! The processing is WebRTC's (`sonora`). Echo is found wherever it is within half a second behind the render side:
//! the delay is estimated, nobody has to tell it. Should the processing fail or panic, sound passes as it came, and it
//! is set up anew after a while.

mod chain;
mod voice;

#[cfg(test)]
mod tests;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI32, AtomicU8, AtomicU32, AtomicU64, Ordering},
    },
    time::Instant,
};

use rtrb::{Consumer, Producer, RingBuffer};
use visita_codec::{BLOCK, level};

use chain::{Chain, Sonora};
use voice::Voice;

/// Rendered blocks kept for the microphone's thread: half a second.
const KEPT: usize = 50;
/// Rendered blocks taken at once; older ones are left out. After a pause of the microphone they would only be work.
const AT_ONCE: usize = 25;
/// Blocks after which processing that failed is tried again: five seconds.
const AGAIN_AFTER: u32 = 500;
/// Failures after which it stays off until the settings change.
const FAILURES: u32 = 3;
/// Good blocks after which failures are forgotten: a minute.
const FORGIVEN: u32 = 6_000;

/// What is done to the microphone's sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Settings {
    /// Takes out what the speaker plays.
    pub echo_cancellation: bool,
    /// Takes out what stays the same: fans, hum, hiss.
    pub noise_suppression: bool,
    /// Makes quiet voices louder and loud ones bearable.
    pub gain_control: bool,
}

impl Settings {
    /// Sound as it comes.
    pub const OFF: Self = Self { echo_cancellation: false, noise_suppression: false, gain_control: false };

    fn bits(self) -> u8 {
        u8::from(self.echo_cancellation) | u8::from(self.noise_suppression) << 1 | u8::from(self.gain_control) << 2
    }

    fn from_bits(bits: u8) -> Self {
        Self { echo_cancellation: bits & 1 != 0, noise_suppression: bits & 2 != 0, gain_control: bits & 4 != 0 }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self { echo_cancellation: true, noise_suppression: true, gain_control: true }
    }
}

/// What a block of the microphone holds, after processing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CaptureInfo {
    /// Level for a bar in the window, 0 (silence) to 1 (full scale).
    pub level: f32,
    /// Level in minus dBov (RFC 6464): 0 the loudest, 127 silence.
    pub dbov: u8,
    /// Whether this block is speech. True a little beyond the end of a word.
    pub voice: bool,
    /// Whether somebody talks: enough speech within the last second that it was no cough. Heard while muted, it is
    /// what a person wants to be told.
    pub talking: bool,
}

/// Figures of the processing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ProcessingStats {
    /// Blocks of 10 ms since the start.
    pub blocks: u64,
    /// Work on a block in microseconds, smoothed over about a second. 100 are 1 % of a core.
    pub cost_us: f32,
    /// Echo taken out, in dB, as the canceller itself estimates it; none before it knows.
    pub erle_db: Option<f32>,
    /// Delay from render to echo in milliseconds, as estimated; none before it is known.
    pub delay_ms: Option<u32>,
    /// How often the processing failed.
    pub failures: u32,
    /// Whether sound passes as it came because of a failure.
    pub bypassed: bool,
}

/// Sets up the processing with nothing heard yet.
pub fn processing(settings: Settings) -> (Render, Capture, Control) {
    build(settings, Box::new(|settings| Box::new(Sonora::new(settings))))
}

type Factory = Box<dyn Fn(Settings) -> Box<dyn Chain> + Send>;

fn build(settings: Settings, factory: Factory) -> (Render, Capture, Control) {
    let (to, from) = RingBuffer::new(KEPT);
    let shared = Arc::new(Shared { settings: AtomicU8::new(settings.bits()), ..Shared::default() });
    let render = Render { to, shared: shared.clone() };
    let capture = Capture {
        from,
        factory,
        chain: State::Absent,
        settings,
        voice: Voice::new(),
        failures: 0,
        good: 0,
        cost_us: 0.0,
        shared: shared.clone(),
    };
    (render, capture, Control(shared))
}

#[derive(Default)]
struct Shared {
    settings: AtomicU8,
    blocks: AtomicU64,
    cost_us: AtomicU32,
    erle_db: AtomicU32,
    delay_ms: AtomicI32,
    known: AtomicU8,
    failures: AtomicU32,
    bypassed: AtomicBool,
}

/// The side of the speaker.
pub struct Render {
    to: Producer<[f32; BLOCK]>,
    shared: Arc<Shared>,
}

impl Render {
    /// Takes note of what will be played. Neither waits nor allocates.
    pub fn render(&mut self, block: &[f32; BLOCK]) {
        if self.shared.settings.load(Ordering::Relaxed) & 1 != 0 {
            // Full where no microphone is open: then nothing needs it.
            let _ = self.to.push(*block);
        }
    }
}

/// The side of the microphone.
pub struct Capture {
    from: Consumer<[f32; BLOCK]>,
    factory: Factory,
    chain: State,
    settings: Settings,
    voice: Voice,
    failures: u32,
    good: u32,
    cost_us: f32,
    shared: Arc<Shared>,
}

enum State {
    /// Nothing to do, or not yet.
    Absent,
    Working(Box<dyn Chain>),
    /// Out of order; blocks until it is tried again.
    Broken(u32),
}

impl Capture {
    /// Works on the next block in place. Call it while muted too, so that the canceller keeps knowing the room and
    /// [`CaptureInfo::talking`] is known.
    pub fn capture(&mut self, block: &mut [f32; BLOCK]) -> CaptureInfo {
        let started = Instant::now();
        for sample in block.iter_mut() {
            *sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
        }
        self.follow_settings();
        self.process(block);
        let voice = fenced(|| self.voice.hear(block)).unwrap_or_else(|| {
            self.voice = Voice::new();
            Default::default()
        });
        self.account(started);
        CaptureInfo {
            level: level::meter(block),
            dbov: level::dbov(block),
            voice: voice.speech,
            talking: voice.talking,
        }
    }

    fn follow_settings(&mut self) {
        let wanted = Settings::from_bits(self.shared.settings.load(Ordering::Relaxed));
        if wanted == self.settings {
            return;
        }
        self.settings = wanted;
        self.failures = 0;
        self.shared.bypassed.store(false, Ordering::Relaxed);
        let kept = match std::mem::replace(&mut self.chain, State::Absent) {
            State::Working(mut chain) if wanted != Settings::OFF => {
                fenced(|| chain.apply(wanted)).map(|()| State::Working(chain))
            }
            _ => None,
        };
        self.chain = kept.unwrap_or(State::Absent);
    }

    fn process(&mut self, block: &mut [f32; BLOCK]) {
        if self.settings == Settings::OFF {
            self.drop_rendered(0);
            return;
        }
        match &mut self.chain {
            State::Absent => match fenced(|| (self.factory)(self.settings)) {
                Some(chain) => {
                    self.chain = State::Working(chain);
                    self.drop_rendered(1);
                }
                None => return self.broke(),
            },
            State::Broken(0) if self.failures < FAILURES => {
                self.chain = State::Absent;
                self.shared.bypassed.store(false, Ordering::Relaxed);
                return self.process(block);
            }
            State::Broken(left) => {
                *left = left.saturating_sub(1);
                self.drop_rendered(0);
                return;
            }
            State::Working(_) => {}
        }
        self.drop_rendered(AT_ONCE);
        let State::Working(chain) = &mut self.chain else { return };
        let from = &mut self.from;
        // Kept, because a panic may leave half a block.
        let before = *block;
        let worked = fenced(|| {
            while let Ok(rendered) = from.pop() {
                chain.render(&rendered)?;
            }
            chain.capture(block)?;
            if block.iter().all(|sample| sample.is_finite()) { Ok(()) } else { Err("not a number".to_owned()) }
        });
        match worked {
            Some(Ok(())) => {
                self.good += 1;
                if self.good >= FORGIVEN {
                    (self.failures, self.good) = (0, 0);
                }
            }
            Some(Err(error)) => {
                tracing::warn!(error, "audio processing failed");
                *block = before;
                self.broke();
            }
            None => {
                *block = before;
                self.broke();
            }
        }
    }

    fn broke(&mut self) {
        self.failures += 1;
        self.good = 0;
        self.chain = State::Broken(AGAIN_AFTER);
        self.shared.failures.fetch_add(1, Ordering::Relaxed);
        self.shared.bypassed.store(true, Ordering::Relaxed);
    }

    /// Leaves out rendered blocks but the newest.
    fn drop_rendered(&mut self, keep: usize) {
        let over = self.from.slots().saturating_sub(keep);
        if let Ok(old) = self.from.read_chunk(over) {
            old.commit_all();
        }
    }

    fn account(&mut self, started: Instant) {
        let cost = started.elapsed().as_secs_f32() * 1e6;
        let shared = &self.shared;
        let blocks = shared.blocks.fetch_add(1, Ordering::Relaxed);
        self.cost_us += (cost - self.cost_us) * if blocks == 0 { 1.0 } else { 0.01 };
        shared.cost_us.store(self.cost_us.to_bits(), Ordering::Relaxed);
        // Four times a second: people read it.
        if blocks.is_multiple_of(25)
            && let State::Working(chain) = &self.chain
        {
            let echo = fenced(|| chain.echo()).unwrap_or_default();
            shared.erle_db.store(echo.erle_db.unwrap_or(0.0).to_bits(), Ordering::Relaxed);
            shared.delay_ms.store(echo.delay_ms.unwrap_or(0), Ordering::Relaxed);
            let known = u8::from(echo.erle_db.is_some()) | u8::from(echo.delay_ms.is_some()) << 1;
            shared.known.store(known, Ordering::Relaxed);
        }
    }
}

/// Switches and figures.
#[derive(Clone)]
pub struct Control(Arc<Shared>);

impl Control {
    /// Takes effect with the next block. After failures it is also another try.
    pub fn set(&self, settings: Settings) {
        self.0.settings.store(settings.bits(), Ordering::Relaxed);
    }

    /// What is wanted now.
    pub fn settings(&self) -> Settings {
        Settings::from_bits(self.0.settings.load(Ordering::Relaxed))
    }

    /// Figures of this moment.
    pub fn stats(&self) -> ProcessingStats {
        let shared = &self.0;
        let known = shared.known.load(Ordering::Relaxed);
        let delay = shared.delay_ms.load(Ordering::Relaxed);
        ProcessingStats {
            blocks: shared.blocks.load(Ordering::Relaxed),
            cost_us: f32::from_bits(shared.cost_us.load(Ordering::Relaxed)),
            erle_db: (known & 1 != 0).then(|| f32::from_bits(shared.erle_db.load(Ordering::Relaxed))),
            delay_ms: (known & 2 != 0).then(|| u32::try_from(delay).unwrap_or(0)),
            failures: shared.failures.load(Ordering::Relaxed),
            bypassed: shared.bypassed.load(Ordering::Relaxed),
        }
    }
}

/// `None` after a panic, which the panic hook has reported.
fn fenced<T>(work: impl FnOnce() -> T) -> Option<T> {
    // What a panic leaves half done is thrown away by every caller.
    catch_unwind(AssertUnwindSafe(work)).ok()
}
