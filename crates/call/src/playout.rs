//! What comes out of the speaker: a jitter buffer per voice, mixed in blocks of 10 ms, and the test sound.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use visita_codec::{
    jitter::{AudioPacket, JitterBuffer, Popped},
    level,
    mix::Mixer,
    tone::{self, ToneReading},
};
use visita_media::{
    DeviceError,
    microphone::AudioSource,
    processing::Render,
    speaker::{Sound, Sounds},
};

const BLOCK: usize = 480;
/// How much of each voice is kept for measuring: five seconds.
const PROBE_LEN: usize = 5 * 48_000;
/// How long after it was heard the echo gives a sound back.
const ECHO_DELAY: Duration = Duration::from_millis(1500);

/// All voices that are heard.
pub(crate) struct Playout {
    voices: HashMap<String, Voice>,
    mixer: Mixer,
    sounds: Sounds,
    /// Where echo cancellation hears what is played.
    render: Option<Render>,
    level: f32,
    echo: Option<VecDeque<[f32; BLOCK]>>,
    probing: bool,
    /// What voices sounded like that are over, while they are measured.
    gone: HashMap<String, VoiceReport>,
}

struct Voice {
    buffer: JitterBuffer,
    /// When its first real sound was rendered.
    first: Option<Instant>,
    probe: VecDeque<f32>,
    gap_blocks: u32,
    since_first: u32,
}

/// What a voice sounded like.
#[derive(Clone, Debug)]
pub(crate) struct VoiceReport {
    /// The last seconds. What they sound like is measured when somebody asks: that takes longer than a block lasts.
    samples: Vec<f32>,
    /// When the first was rendered.
    pub(crate) first: Instant,
    /// Milliseconds without real sound since the first.
    pub(crate) gaps_ms: u32,
    /// Milliseconds since the first sound.
    pub(crate) heard_ms: u32,
    /// What the jitter buffer holds, in milliseconds.
    pub(crate) delay_ms: f32,
}

impl VoiceReport {
    /// Pitch and level of the last seconds.
    pub(crate) fn tone(&self) -> ToneReading {
        tone::measure_long(&self.samples)
    }
}

impl Playout {
    pub(crate) fn new(render: Option<Render>) -> Self {
        Self {
            voices: HashMap::new(),
            mixer: Mixer::new(),
            sounds: Sounds::default(),
            render,
            level: 0.0,
            echo: None,
            probing: false,
            gone: HashMap::new(),
        }
    }

    /// A packet of a voice has come.
    pub(crate) fn push(&mut self, voice: &str, packet: AudioPacket, now: Instant) {
        if !self.voices.contains_key(voice) {
            match JitterBuffer::new() {
                Ok(buffer) => {
                    let new = Voice { buffer, first: None, probe: VecDeque::new(), gap_blocks: 0, since_first: 0 };
                    self.voices.insert(voice.to_owned(), new);
                }
                Err(error) => {
                    tracing::error!(%error, "no decoder for a voice");
                    return;
                }
            }
        }
        if let Some(voice) = self.voices.get_mut(voice) {
            voice.buffer.push(packet, now);
        }
    }

    /// The voice is over.
    pub(crate) fn remove(&mut self, voice: &str) {
        if self.probing
            && let Some(report) = self.report(voice)
        {
            self.gone.insert(voice.to_owned(), report);
        }
        self.voices.remove(voice);
    }

    /// How much of all voices was sent and not heard, in milliseconds.
    pub(crate) fn missed_ms(&self) -> u64 {
        self.voices.values().map(|voice| voice.buffer.stats().missed / 48).sum()
    }

    /// Level of the last block, 0 to 1.
    pub(crate) fn level(&self) -> f32 {
        self.level
    }

    /// Plays a sound from its start, among the voices.
    pub(crate) fn play(&mut self, sound: Sound) {
        self.sounds.play(sound);
    }

    /// Keeps the last seconds of every voice for [`Playout::report`].
    pub(crate) fn probe(&mut self) {
        self.probing = true;
    }

    /// What a voice sounds like, or did until it was over: a copy of seconds, for the end of a call.
    pub(crate) fn report(&self, voice: &str) -> Option<VoiceReport> {
        let Some(voice) = self.voices.get(voice) else { return self.gone.get(voice).cloned() };
        let first = voice.first?;
        Some(VoiceReport {
            samples: voice.probe.iter().copied().collect(),
            first,
            gaps_ms: voice.gap_blocks * 10,
            heard_ms: voice.since_first * 10,
            delay_ms: voice.buffer.stats().delay_ms,
        })
    }

    /// Renders the next 10 ms; called from the speaker's thread.
    pub(crate) fn render(playout: &Mutex<Self>, out: &mut [f32; BLOCK]) {
        let now = Instant::now();
        let mut this = playout.lock();
        let this = &mut *this;
        this.mixer.begin();
        for voice in this.voices.values_mut() {
            let mut block = [0.0; BLOCK];
            let popped = voice.buffer.pop(&mut block, now);
            let real = matches!(popped, Popped::Audio);
            if real {
                voice.first.get_or_insert(now);
            }
            if voice.first.is_some() {
                voice.since_first += 1;
                voice.gap_blocks += u32::from(!real);
            }
            if this.probing {
                voice.probe.extend(block);
                let over = voice.probe.len().saturating_sub(PROBE_LEN);
                voice.probe.drain(..over);
            }
            if !matches!(popped, Popped::Silence) {
                this.mixer.add(&block);
            }
        }
        if !this.sounds.is_silent() {
            let mut block = [0.0; BLOCK];
            this.sounds.fill(&mut block);
            this.mixer.add(&block);
        }
        this.mixer.finish(out);
        if let Some(render) = &mut this.render {
            render.render(out);
        }
        this.level = level::meter(out);
        if let Some(echo) = &mut this.echo {
            echo.push_back(*out);
            let most = usize::try_from(ECHO_DELAY.as_millis() / 10).unwrap_or(0) + 20;
            let over = echo.len().saturating_sub(most);
            echo.drain(..over);
        }
    }
}

/// A microphone that gives back what the speaker played [`ECHO_DELAY`] ago.
pub(crate) struct EchoSource {
    playout: Arc<Mutex<Playout>>,
    next: Instant,
    started: bool,
}

impl EchoSource {
    pub(crate) fn new(playout: &Arc<Mutex<Playout>>) -> Self {
        playout.lock().echo = Some(VecDeque::new());
        Self { playout: playout.clone(), next: Instant::now(), started: false }
    }
}

impl AudioSource for EchoSource {
    fn read(&mut self, out: &mut [f32; BLOCK], timeout: Duration) -> Result<bool, DeviceError> {
        let wait = self.next.saturating_duration_since(Instant::now());
        if wait > timeout {
            std::thread::sleep(timeout);
            return Ok(false);
        }
        std::thread::sleep(wait);
        self.next += Duration::from_millis(10);
        let mut playout = self.playout.lock();
        let Some(echo) = &mut playout.echo else {
            out.fill(0.0);
            return Ok(true);
        };
        let full = usize::try_from(ECHO_DELAY.as_millis() / 10).unwrap_or(0);
        self.started |= echo.len() >= full;
        let block = if self.started { echo.pop_front() } else { None };
        self.started = block.is_some();
        *out = block.unwrap_or([0.0; BLOCK]);
        Ok(true)
    }

    fn label(&self) -> &str {
        "Echo"
    }
}

impl Drop for EchoSource {
    fn drop(&mut self) {
        self.playout.lock().echo = None;
    }
}
