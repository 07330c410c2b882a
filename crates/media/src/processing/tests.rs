use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use visita_codec::{BLOCK, talker::Talker, tone::Tone};

use super::chain::{Chain, Echo};
use super::*;

const ECHO_ONLY: Settings = Settings { echo_cancellation: true, noise_suppression: false, gain_control: false };

/// From the speaker to the microphone: a delay, then reflections that die away.
struct Room {
    past: Vec<f32>,
    taps: Vec<(usize, f32)>,
}

impl Room {
    fn new(delay_ms: usize) -> Self {
        let reflection = |n: usize| (delay_ms * 48 + n * 331 + n * n * 7, 0.5 * 0.75f32.powi(n as i32));
        let sign = |(n, tap): (usize, (usize, f32))| (tap.0, if n % 2 == 0 { tap.1 } else { -tap.1 });
        Self { past: vec![0.0; 48_000], taps: (0..12).map(reflection).enumerate().map(sign).collect() }
    }

    fn echo(&mut self, played: &[f32; BLOCK]) -> [f32; BLOCK] {
        self.past.drain(..BLOCK);
        self.past.extend(played);
        let first = self.past.len() - BLOCK;
        std::array::from_fn(|at| self.taps.iter().map(|(back, gain)| self.past[first + at - back] * gain).sum())
    }
}

fn energy(block: &[f32]) -> f64 {
    block.iter().map(|s| f64::from(*s) * f64::from(*s)).sum::<f64>() + 1e-12
}

fn db(ratio: f64) -> f64 {
    10.0 * ratio.log10()
}

#[test]
fn the_echo_of_a_far_voice_goes_wherever_it_is() {
    for delay_ms in [5, 60, 220] {
        let (mut render, mut capture, control) = processing(ECHO_ONLY);
        let (mut far, mut room) = (Talker::new(120.0), Room::new(delay_ms));
        let (mut before, mut after) = (0.0, 0.0);
        for block in 0..1_000 {
            let played = far.block();
            render.render(&played);
            let mut heard = room.echo(&played);
            let echo = energy(&heard);
            capture.capture(&mut heard);
            if block >= 500 {
                before += echo;
                after += energy(&heard);
            }
        }
        let erle = db(before / after);
        let stats = control.stats();
        eprintln!("echo {delay_ms} ms late: {erle:.1} dB taken out; {stats:?}");
        assert!(erle >= 20.0, "{delay_ms} ms: {erle} dB");
        assert_eq!((stats.failures, stats.bypassed, stats.blocks), (0, false, 1_000));
    }
}

#[test]
fn who_speaks_into_the_echo_is_still_heard() {
    let (mut render, mut capture, _) = processing(ECHO_ONLY);
    let (mut far, mut near, mut room) = (Talker::new(120.0), Talker::new(210.0), Room::new(40));
    let (mut spoken, mut sent) = (0.0, 0.0);
    for block in 0..1_200 {
        let played = far.block();
        render.render(&played);
        let mut heard = room.echo(&played);
        if block >= 600 {
            let said = near.block();
            spoken += energy(&said);
            heard.iter_mut().zip(said).for_each(|(h, s)| *h += s);
        }
        capture.capture(&mut heard);
        if block >= 600 {
            sent += energy(&heard);
        }
    }
    let change = db(sent / spoken);
    eprintln!("double talk: near voice {change:+.1} dB");
    assert!((-6.0..3.0).contains(&change), "{change} dB");
}

#[test]
fn steady_noise_is_taken_out_and_speech_is_not() {
    let settings = Settings { noise_suppression: true, ..Settings::OFF };
    let (_, mut capture, _) = processing(settings);
    let (mut talker, mut seed) = (Talker::new(150.0), 7u32);
    let mut noise = |amount: f32| -> [f32; BLOCK] {
        std::array::from_fn(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((seed >> 8) as f32 / 8_388_608.0 - 1.0) * amount
        })
    };
    let (mut hiss, mut left, mut said, mut kept) = (0.0, 0.0, 0.0, 0.0);
    for block in 0..800 {
        let mut heard = noise(0.01);
        let speaks = block >= 400;
        if speaks {
            let voice = talker.block();
            said += energy(&voice);
            heard.iter_mut().zip(voice).for_each(|(h, v)| *h += v);
        } else if block >= 200 {
            hiss += energy(&heard);
        }
        capture.capture(&mut heard);
        if speaks {
            kept += energy(&heard);
        } else if block >= 200 {
            left += energy(&heard);
        }
    }
    assert!(db(hiss / left) > 10.0, "only {} dB of noise taken out", db(hiss / left));
    assert!((-4.0..2.0).contains(&db(kept / said)), "speech changed by {} dB", db(kept / said));
}

#[test]
fn a_soft_voice_becomes_louder() {
    let (_, mut capture, _) = processing(Settings { gain_control: true, ..Settings::OFF });
    let mut talker = Talker::new(150.0);
    let (mut said, mut sent) = (0.0, 0.0);
    for block in 0..2_000 {
        let mut heard = talker.block().map(|s| s * 0.1);
        let before = energy(&heard);
        capture.capture(&mut heard);
        assert!(heard.iter().all(|s| s.abs() <= 1.0));
        if block >= 1_500 {
            said += before;
            sent += energy(&heard);
        }
    }
    assert!(db(sent / said) > 6.0, "{} dB", db(sent / said));
}

#[test]
fn talking_is_told_from_silence_noise_and_a_tone() {
    let talks = |mut sound: Box<dyn FnMut() -> [f32; BLOCK]>| {
        let (_, mut capture, _) = processing(Settings::OFF);
        (0..300).filter(|_| capture.capture(&mut sound()).talking).count()
    };
    let mut talker = Talker::new(130.0);
    assert!(talks(Box::new(move || talker.block())) > 150);
    assert_eq!(talks(Box::new(|| [0.0; BLOCK])), 0);
    let mut seed = 3u32;
    let noise = move || {
        std::array::from_fn(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((seed >> 8) as f32 / 8_388_608.0 - 1.0) * 0.05
        })
    };
    assert_eq!(talks(Box::new(noise)), 0);
    let mut hum = Tone::new(50.0, -30.0);
    let humming = move || {
        let mut block = [0.0; BLOCK];
        hum.fill(&mut block);
        block
    };
    assert_eq!(talks(Box::new(humming)), 0);
}

#[test]
fn switched_off_nothing_changes() {
    let (mut render, mut capture, control) = processing(Settings::default());
    let mut talker = Talker::new(150.0);
    capture.capture(&mut talker.block());
    control.set(Settings::OFF);
    for _ in 0..10 {
        let block = talker.block();
        render.render(&block);
        let mut same = block;
        capture.capture(&mut same);
        assert_eq!(same, block);
    }
    control.set(Settings::default());
    assert_eq!(control.settings(), Settings::default());
    let block = talker.block();
    let changed = (0..10).any(|_| {
        let mut other = block;
        capture.capture(&mut other);
        other != block
    });
    assert!(changed);
}

#[test]
fn no_numbers_and_too_large_ones_do_no_harm() {
    let (mut render, mut capture, control) = processing(Settings::default());
    for value in [f32::NAN, f32::INFINITY, -1e30, 1e30, 0.0] {
        for _ in 0..50 {
            render.render(&[value; BLOCK]);
            let mut block = [value; BLOCK];
            let info = capture.capture(&mut block);
            assert!(block.iter().all(|s| s.is_finite() && s.abs() <= 1.0));
            assert!((0.0..=1.0).contains(&info.level));
        }
    }
    assert_eq!(control.stats().failures, 0);
}

/// Fails in one way or another as often as it is told.
struct Breaking {
    left: Arc<AtomicUsize>,
    panics: bool,
}

impl Chain for Breaking {
    fn apply(&mut self, _: Settings) {}

    fn render(&mut self, _: &[f32; BLOCK]) -> Result<(), String> {
        Ok(())
    }

    fn capture(&mut self, block: &mut [f32; BLOCK]) -> Result<(), String> {
        block[..100].fill(0.9);
        if self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
            assert!(!self.panics, "as the test wants it");
            return Err("as the test wants it".into());
        }
        block.fill(0.5);
        Ok(())
    }

    fn echo(&self) -> Echo {
        Echo::default()
    }
}

#[test]
fn processing_that_breaks_is_passed_by_and_tried_again() {
    for panics in [false, true] {
        let left = Arc::new(AtomicUsize::new(1));
        let failures = left.clone();
        let (mut render, mut capture, control) =
            build(Settings::default(), Box::new(move |_| Box::new(Breaking { left: failures.clone(), panics })));
        let mut pass = |capture: &mut Capture| {
            let mut block = [0.1; BLOCK];
            render.render(&block);
            capture.capture(&mut block);
            block
        };
        assert_eq!(pass(&mut capture), [0.1; BLOCK], "as it came, not half done");
        assert!(control.stats().bypassed);
        let tries = (0..AGAIN_AFTER * 2).take_while(|_| pass(&mut capture) == [0.1; BLOCK]).count();
        assert!(tries as u32 >= AGAIN_AFTER - 1 && (tries as u32) < AGAIN_AFTER * 2 - 1);
        assert_eq!((control.stats().bypassed, control.stats().failures), (false, 1));

        // Given up after some failures, until somebody switches.
        left.store(FAILURES as usize - 1, Ordering::Relaxed);
        for _ in 0..AGAIN_AFTER * (FAILURES + 3) {
            assert_eq!(pass(&mut capture) == [0.5; BLOCK], !control.stats().bypassed);
        }
        assert!(control.stats().bypassed);
        control.set(ECHO_ONLY);
        assert_eq!(pass(&mut capture), [0.5; BLOCK]);
        assert!(!control.stats().bypassed);
    }
}
