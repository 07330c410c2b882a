//! What to send for a rate and a machine: which layers, in which size, how many pictures a second.
//!
//! Pure: time and measurements come in, a [`Plan`] comes out. Cameras keep moving (15 pictures a second or more) and
//! give up size first; screens keep their size, because letters must stay readable, and give up pictures first.
//!
//! Getting worse happens at once where the rate asks for it; getting better takes a rate well beyond what is needed
//! for some seconds, and a machine that has air; only at first, before anything was taken back, it comes at once. Each
//! time better turns out to be too much the next try waits twice as long, up to a minute.

use std::time::{Duration, Instant};

use visita_protocol::{Bitrate, PixelSize};

use crate::vp8::Content;

/// Layers at most: quarter, half and full size.
pub const LAYERS: usize = 3;

/// Share of the time between two pictures that encoding may take, from which it is too much ...
const BUSY: f32 = 0.75;
/// ... and below which more may be tried. One step up costs at most twice the work.
const CALM: f32 = 0.35;
/// How long a machine has to be busy, or calm, to count.
const BUSY_FOR: Duration = Duration::from_secs(2);
const CALM_FOR: Duration = Duration::from_secs(8);
/// A better step needs this much more than its least rate ...
const MARGIN: f64 = 1.2;
/// ... for this long.
const BETTER_AFTER: Duration = Duration::from_secs(2);
const BETTER_AFTER_MOST: Duration = Duration::from_secs(60);
/// In the beginning, while the first probes find out what the way carries, for this long.
const BETTER_AFTER_START: Duration = Duration::from_millis(200);
/// What the very first guess of a rate takes away is no setback.
const FIRST_GUESS: Duration = Duration::from_secs(1);
/// A step up that is taken back within this was a mistake; later it was the way that changed.
const MISTAKE: Duration = Duration::from_secs(5);
/// Nothing is encoded for less.
const LEAST: Bitrate = Bitrate::from_kbps(30);

/// What is captured, and how it may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Size of the pictures.
    pub size: PixelSize,
    /// Pictures per second.
    pub fps: u32,
    /// What they show.
    pub content: Content,
    /// Layers that were announced: 1 to [`LAYERS`], each half the size of the next.
    pub layers: usize,
}

/// What the adaptation goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Rate for all layers together.
    pub target: Bitrate,
    /// Share of the time between two captured pictures that scaling and encoding took lately; 1 is all of it.
    pub load: f32,
    /// Layers that somebody looks at, smallest first. All of them unwanted stops everything.
    pub wanted: [bool; LAYERS],
}

/// One layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Whether it is sent at all.
    pub on: bool,
    /// Size of its pictures.
    pub size: PixelSize,
    /// Pictures per second at most.
    pub fps: u32,
    /// Rate to encode for.
    pub bitrate: Bitrate,
}

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// As many as [`Capture::layers`], smallest first.
    pub layers: Vec<Layer>,
    /// Whether the machine, and not the network, decides.
    pub limited_by_cpu: bool,
    /// Whether the network decides.
    pub limited_by_rate: bool,
}

/// A way to send the largest layer: its sides in eighths, and its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    eighths: u32,
    fps: u32,
}

/// Chooses the plan.
pub struct Adapter {
    capture: Capture,
    steps: Vec<Step>,
    /// Index of the step in use, and the best one the machine allows.
    step: usize,
    cpu: usize,
    /// Layers that the rate carries.
    carried: usize,
    better_since: Option<Instant>,
    better_after: Duration,
    last_better: Option<Instant>,
    busy_since: Option<Instant>,
    calm_since: Option<Instant>,
    calm_for: Duration,
    cpu_better: Option<Instant>,
    started: Option<Instant>,
    /// Nothing had to be taken back since the start.
    unhurt: bool,
}

impl Adapter {
    /// Starts with everything that was captured; the first [`Adapter::update`] may take it back at once.
    pub fn new(capture: Capture) -> Self {
        let capture = Capture { layers: capture.layers.clamp(1, LAYERS), fps: capture.fps.clamp(1, 60), ..capture };
        Self {
            steps: steps(&capture),
            capture,
            step: 0,
            cpu: 0,
            carried: LAYERS,
            better_since: None,
            better_after: BETTER_AFTER,
            last_better: None,
            busy_since: None,
            calm_since: None,
            calm_for: CALM_FOR,
            cpu_better: None,
            started: None,
            unhurt: true,
        }
    }

    /// What is captured.
    pub fn capture(&self) -> Capture {
        self.capture
    }

    /// Another size, rate or kind of picture; what was learnt about the machine stays.
    pub fn set_capture(&mut self, capture: Capture) {
        let (cpu, calm_for, unhurt) = (self.cpu, self.calm_for, self.unhurt);
        *self = Self { calm_for, unhurt, ..Self::new(capture) };
        self.cpu = cpu.min(self.steps.len() - 1);
    }

    /// The plan for what was measured.
    pub fn update(&mut self, now: Instant, measured: Measured) -> Plan {
        self.watch_machine(now, measured.load);
        let wanted: Vec<usize> = (0..self.capture.layers).filter(|at| measured.wanted[*at]).collect();
        let rate = f64::from(measured.target.bps());
        let wish = match wanted.last() {
            // Several layers: the small ones carry on when the rate is low, so the largest one is left out instead.
            Some(_) if wanted.len() > 1 => (self.cpu, self.layers_for(rate, &wanted)),
            Some(_) => (self.step_for(rate).max(self.cpu), 1),
            None => (self.cpu, 0),
        };
        self.follow(now, wish, rate, &wanted);
        self.plan(&wanted, rate)
    }

    /// How the machine does: one step worse when it is busy, one better when it is calm for long.
    fn watch_machine(&mut self, now: Instant, load: f32) {
        let since = |mark: &mut Option<Instant>, is: bool| {
            if is {
                now.saturating_duration_since(*mark.get_or_insert(now))
            } else {
                mark.take().map_or(Duration::ZERO, |_| Duration::ZERO)
            }
        };
        let busy = since(&mut self.busy_since, load > BUSY);
        let calm = since(&mut self.calm_since, load < CALM);
        if busy >= BUSY_FOR && self.cpu + 1 < self.steps.len() {
            self.cpu += 1;
            self.busy_since = None;
            if self.cpu_better.is_some_and(|at| now.saturating_duration_since(at) < MISTAKE) {
                self.calm_for = (self.calm_for * 2).min(BETTER_AFTER_MOST);
            }
        } else if calm >= self.calm_for && self.cpu > 0 {
            self.cpu -= 1;
            self.calm_since = None;
            self.cpu_better = Some(now);
        }
    }

    /// The best step that a rate carries for a single layer.
    fn step_for(&self, rate: f64) -> usize {
        let least = |step: &Step| least_rate(self.size_of(step.eighths), step.fps, self.capture.content);
        self.steps.iter().position(|step| least(step) <= rate).unwrap_or(self.steps.len() - 1)
    }

    /// How many of the wanted layers a rate carries, from the smallest.
    fn layers_for(&self, rate: f64, wanted: &[usize]) -> usize {
        let mut sum = 0.0;
        let carried = wanted.iter().take_while(|at| {
            let layer = self.layer(**at);
            let fits = sum + layer.least <= rate;
            sum += layer.good;
            fits
        });
        carried.count().max(1)
    }

    /// Worse at once, better after a while with a margin.
    fn follow(&mut self, now: Instant, (step, carried): (usize, usize), rate: f64, wanted: &[usize]) {
        let worse = step > self.step || carried < self.carried.min(wanted.len());
        let better = step < self.step || carried > self.carried;
        let started = *self.started.get_or_insert(now);
        if worse {
            self.unhurt &= now.saturating_duration_since(started) < FIRST_GUESS;
            if self.last_better.take().is_some_and(|at| now.saturating_duration_since(at) < MISTAKE) {
                self.better_after = (self.better_after * 2).min(BETTER_AFTER_MOST);
            }
            (self.step, self.carried) = (self.step.max(step), self.carried.min(carried));
            self.better_since = None;
            return;
        }
        if !better {
            self.better_since = None;
            if self.last_better.is_some_and(|at| now.saturating_duration_since(at) > BETTER_AFTER_MOST) {
                (self.last_better, self.better_after) = (None, BETTER_AFTER);
            }
            return;
        }
        let with_margin = if wanted.len() > 1 {
            self.layers_for(rate / MARGIN, wanted) > self.carried || step < self.step
        } else {
            self.step_for(rate / MARGIN).max(self.cpu) < self.step || carried > self.carried
        };
        if !with_margin {
            self.better_since = None;
            return;
        }
        let since = *self.better_since.get_or_insert(now);
        // A layer nobody wanted before, or a change of wants, is no matter of the rate.
        let patience = if self.unhurt { BETTER_AFTER_START } else { self.better_after };
        if now.saturating_duration_since(since) >= patience {
            self.better_since = None;
            self.last_better = Some(now);
            if carried > self.carried {
                // All at once: the rate was measured with probes, not with what is sent.
                let with_margin = self.layers_for(rate / MARGIN, wanted);
                self.carried = with_margin.max(self.carried + 1);
            }
            if step < self.step {
                self.step = if wanted.len() > 1 { step } else { self.step_for(rate / MARGIN).max(self.cpu) };
            }
        }
    }

    fn plan(&self, wanted: &[usize], rate: f64) -> Plan {
        let carried =
            &wanted[..self.carried.clamp(usize::from(!wanted.is_empty()), wanted.len().max(1)).min(wanted.len())];
        let mut layers: Vec<Layer> = (0..self.capture.layers)
            .map(|at| {
                let layer = self.layer(at);
                Layer { on: false, size: layer.size, fps: layer.fps, bitrate: LEAST }
            })
            .collect();
        // Everybody gets what it needs at least, then the small ones what looks good, then the largest the rest.
        let mut left = rate - carried.iter().map(|at| self.layer(*at).least).sum::<f64>();
        for (place, at) in carried.iter().enumerate() {
            let layer = self.layer(*at);
            let most = if place + 1 == carried.len() { layer.most } else { layer.good };
            let more = left.clamp(0.0, most - layer.least);
            left -= more;
            // Alone it also lives on less.
            let bps = if carried.len() == 1 { rate.min(layer.most) } else { layer.least + more };
            layers[*at].on = true;
            layers[*at].bitrate = Bitrate::from_bps((bps as u32).max(LEAST.bps()));
        }
        let best = Step { eighths: 8, fps: self.capture.fps };
        let reduced = self.steps[self.step] != best;
        Plan {
            layers,
            limited_by_cpu: self.cpu > 0 && self.cpu >= self.step,
            limited_by_rate: self.carried < wanted.len() || (reduced && self.step > self.cpu),
        }
    }

    /// Size, pictures and rates of a layer in the step in use.
    fn layer(&self, at: usize) -> Rates {
        let step = self.steps[self.step];
        let from_top = (self.capture.layers - 1 - at) as u32;
        // The step makes the largest layer smaller; those below stay what they are until they would be larger.
        let eighths = if from_top == 0 { step.eighths } else { (8 >> from_top).min(step.eighths) };
        let size = self.size_of(eighths);
        let least = least_rate(size, step.fps, self.capture.content);
        Rates { size, fps: step.fps, least, good: least * 1.4, most: least * MOST }
    }

    fn size_of(&self, eighths: u32) -> PixelSize {
        scaled(self.capture.size, eighths)
    }
}

/// More than this many times the least rate cannot be seen.
const MOST: f64 = 3.0;

struct Rates {
    size: PixelSize,
    fps: u32,
    least: f64,
    good: f64,
    most: f64,
}

/// A size in eighths, in even pixels.
fn scaled(size: PixelSize, eighths: u32) -> PixelSize {
    let side = |side: u32| (side * eighths / 8).max(2) & !1;
    PixelSize::new(side(size.width), side(size.height))
}

/// Bits per second below which a picture of this size had better be smaller or slower. Grows slower than the pixels:
/// large pictures have more that is alike. Cameras: 100 kbit/s for 320x180, 250 for 640x360 and 600 for 1280x720 at 30
/// pictures a second; found with VP8 and moving people as the rate at which PSNR falls below 32 dB.
fn least_rate(size: PixelSize, fps: u32, content: Content) -> f64 {
    let pixels = f64::from(size.area()) * f64::from(fps);
    match content {
        Content::Camera => 20.0 * pixels.powf(0.6),
        // Mostly still: what changes are parts, and a picture may take its time.
        Content::Screen => 8.0 * pixels.powf(0.6),
    }
}

/// From the best to the least.
fn steps(capture: &Capture) -> Vec<Step> {
    let part = |num: u32, den: u32, least: u32| (capture.fps * num / den).max(least).min(capture.fps);
    let fps = capture.fps;
    let mut steps = match capture.content {
        Content::Camera => vec![
            Step { eighths: 8, fps },
            Step { eighths: 6, fps },
            Step { eighths: 4, fps },
            Step { eighths: 4, fps: part(2, 3, 15) },
            Step { eighths: 3, fps: part(2, 3, 15) },
            Step { eighths: 2, fps: part(2, 3, 15) },
            Step { eighths: 2, fps: part(1, 2, 15) },
        ],
        Content::Screen => vec![
            Step { eighths: 8, fps },
            Step { eighths: 8, fps: part(2, 3, 5) },
            Step { eighths: 8, fps: part(1, 2, 5) },
            Step { eighths: 8, fps: part(1, 3, 5) },
            Step { eighths: 8, fps: part(1, 5, 3) },
            Step { eighths: 6, fps: part(1, 5, 3) },
            Step { eighths: 4, fps: part(1, 5, 3) },
        ],
    };
    steps.dedup();
    steps
}

#[cfg(test)]
mod tests;
