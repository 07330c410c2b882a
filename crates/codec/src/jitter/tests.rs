//! Calls in invented time: a sender, a network given by a function, and somebody who pops every 10 ms.

use std::time::Duration;

use super::*;
use crate::opus::{Encoder, EncoderConfig, FRAME};
use crate::testing::Random;
use crate::tone::{Tone, ToneReading, measure};

/// What was heard.
struct Heard {
    blocks: Vec<(Popped, [f32; BLOCK])>,
    delays: Vec<f32>,
    stats: JitterStats,
}

impl Heard {
    fn reading(&self, from_s: f64, to_s: f64) -> ToneReading {
        let range = (from_s * 100.0) as usize..(to_s * 100.0) as usize;
        measure(&self.blocks[range].concat_samples())
    }

    fn count(&self, what: Popped) -> usize {
        self.blocks.iter().filter(|(popped, _)| *popped == what).count()
    }

    /// The delay that was kept half of the time, in milliseconds, from a second on.
    fn median_delay(&self, from_s: usize) -> f32 {
        let mut delays = self.delays[from_s * 100..].to_vec();
        delays.sort_by(f32::total_cmp);
        delays[delays.len() / 2]
    }

    fn most_delay(&self, from_s: usize) -> f32 {
        self.delays[from_s * 100..].iter().fold(0.0, |most, delay| most.max(*delay))
    }
}

trait Samples {
    fn concat_samples(&self) -> Vec<f32>;
}

impl Samples for [(Popped, [f32; BLOCK])] {
    fn concat_samples(&self) -> Vec<f32> {
        self.iter().flat_map(|(_, block)| *block).collect()
    }
}

/// A steady tone.
fn voice(seconds: usize, loss: u8) -> Vec<AudioPacket> {
    let mut tone = Tone::new(440.0, -20.0);
    encoded(seconds, loss, |pcm| tone.fill(pcm))
}

/// Something like four syllables a second: to libopus a steady tone is noise, which gets no copies in later packets.
fn speech(seconds: usize, loss: u8) -> Vec<AudioPacket> {
    let mut tones = [150.0, 300.0, 450.0, 600.0, 1050.0].map(|hz| Tone::new(hz, -22.0));
    let mut at = 0;
    encoded(seconds, loss, |pcm| {
        for tone in &mut tones {
            let mut part = [0.0; FRAME];
            tone.fill(&mut part);
            pcm.iter_mut().zip(part).for_each(|(sample, part)| *sample += part);
        }
        for sample in pcm {
            *sample *= (std::f32::consts::PI * at as f32 / 12_000.0).sin().powi(2);
            at += 1;
        }
    })
}

fn encoded(seconds: usize, loss: u8, mut fill: impl FnMut(&mut [f32; FRAME])) -> Vec<AudioPacket> {
    let mut encoder = Encoder::new(EncoderConfig::default()).unwrap();
    encoder.set_expected_loss(loss).unwrap();
    let packets = (0..seconds * 50).map(|number| {
        let mut pcm = [0.0; FRAME];
        fill(&mut pcm);
        AudioPacket {
            // Both wrap around soon.
            sequence: (number as u16).wrapping_add(65_500),
            timestamp: (number as u32 * FRAME as u32).wrapping_add(u32::MAX - 40_000),
            payload: encoder.encode(&pcm).unwrap(),
        }
    });
    packets.collect()
}

/// Plays `packets`, number n sent at n * 20 ms. `network` says how many milliseconds after that it arrives, if it does.
fn play(packets: Vec<AudioPacket>, network: impl FnMut(usize) -> Option<f64>) -> Heard {
    play_by(packets, network, 10.0)
}

/// The same with a listener whose 10 ms take `block_ms`.
fn play_by(packets: Vec<AudioPacket>, mut network: impl FnMut(usize) -> Option<f64>, block_ms: f64) -> Heard {
    let end_ms = packets.len() as f64 * 20.0;
    let mut arrivals: Vec<(f64, AudioPacket)> = packets
        .into_iter()
        .enumerate()
        .filter_map(|(number, packet)| Some((number as f64 * 20.0 + network(number)?, packet)))
        .collect();
    arrivals.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut arrivals, start) = (arrivals.into_iter().peekable(), Instant::now());
    let mut buffer = JitterBuffer::new().unwrap();
    let mut heard = Heard { blocks: Vec::new(), delays: Vec::new(), stats: JitterStats::default() };
    let mut now_ms = 3.0;
    while now_ms < end_ms {
        let at = |ms: f64| start + Duration::from_micros((ms * 1000.0) as u64);
        while let Some((ms, packet)) = arrivals.next_if(|(ms, _)| *ms <= now_ms) {
            buffer.push(packet, at(ms));
        }
        let mut block = [0.0; BLOCK];
        let popped = buffer.pop(&mut block, at(now_ms));
        assert!(block.iter().all(|sample| sample.is_finite()));
        heard.blocks.push((popped, block));
        heard.delays.push(buffer.stats().delay_ms);
        now_ms += block_ms;
    }
    heard.stats = buffer.stats();
    heard
}

fn assert_tone(reading: ToneReading) {
    assert!((reading.hz - 440.0).abs() < 2.0 && (reading.level_dbfs + 20.0).abs() < 1.0, "{reading:?}");
}

#[test]
fn on_a_clean_link_everything_is_heard_after_a_short_wait() {
    let heard = play(voice(5, 0), |_| Some(30.0));
    let delay = heard.median_delay(1);
    println!("median delay {delay} ms, {:?}", heard.stats);
    assert!((15.0..=40.0).contains(&delay), "{delay}");
    assert_eq!((heard.stats.lost, heard.stats.concealed, heard.stats.late), (0, 0, 0));
    assert_eq!(heard.stats.received, 249, "the last one comes after the end");
    assert!(heard.count(Popped::Silence) < 12, "only before the first packet");
    assert_tone(heard.reading(1.0, 5.0));
}

#[test]
fn with_jitter_the_wait_grows_and_hardly_anything_is_made_up() {
    let mut random = Random::new(1);
    let heard = play(voice(20, 0), |_| Some(20.0 + random.unit() * 60.0));
    let (delay, made_up) = (heard.median_delay(5), heard.stats.concealed as f64 / 48_000.0 / 20.0);
    println!("median delay {delay} ms, made up {made_up}, {:?}", heard.stats);
    assert!((50.0..100.0).contains(&delay), "{delay}");
    assert!(made_up < 0.03, "{made_up}");
    assert_tone(heard.reading(5.0, 20.0));
}

#[test]
fn when_jitter_ends_the_wait_shrinks_again() {
    let mut random = Random::new(2);
    let heard = play(voice(30, 0), |number| Some(if number < 500 { random.unit() * 80.0 } else { 5.0 }));
    println!("after 10 s {} ms, after 25 s {} ms", heard.delays[999], heard.delays[2500]);
    assert!(heard.delays[999] > 50.0);
    assert!(heard.median_delay(25) < 40.0);
    assert_tone(heard.reading(25.0, 30.0));
}

#[test]
fn lost_packets_are_recovered_or_made_up() {
    for (share, least_recovered) in [(0.1, 0.6), (0.3, 0.4)] {
        let mut random = Random::new(3);
        let mut lost = 0;
        let heard = play(speech(20, (share * 100.0) as u8), |_| {
            let keep = random.unit() >= share;
            lost += u64::from(!keep);
            keep.then_some(20.0)
        });
        let made_up = heard.stats.concealed as f64 / 48_000.0 / 20.0;
        println!("{share} lost: made up {made_up}, delay {} ms, {:?}", heard.median_delay(5), heard.stats);
        assert!(heard.stats.lost.abs_diff(lost) <= 3, "{:?} of {lost}", heard.stats);
        assert!(heard.stats.recovered as f64 > lost as f64 * least_recovered, "{:?}", heard.stats);
        assert!(made_up < share + 0.02);
        assert!(heard.median_delay(5) <= 60.0);
    }
}

#[test]
fn a_tone_stays_a_tone_with_a_tenth_of_it_lost() {
    let mut random = Random::new(4);
    let heard = play(voice(20, 10), |_| (random.unit() >= 0.1).then_some(20.0));
    println!("{:?}", heard.stats);
    assert!(heard.stats.lost > 50);
    assert_tone(heard.reading(5.0, 20.0));
}

#[test]
fn packets_in_the_wrong_order_are_put_right() {
    let heard = play(voice(10, 0), |number| Some(if number % 5 == 2 { 50.0 } else { 20.0 }));
    println!("delay {} ms, {:?}", heard.median_delay(3), heard.stats);
    assert_eq!(heard.stats.received, 499, "the last one comes after the end");
    let later: Vec<_> = heard.blocks[300..].iter().filter(|(popped, _)| *popped != Popped::Audio).collect();
    assert!(later.len() <= 2, "{}", later.len());
    assert_tone(heard.reading(3.0, 10.0));
}

#[test]
fn the_wait_for_repeated_packets_is_steady() {
    // Each round of asking takes 45 ms, and what is sent again gets lost as well. How far the delay moved in 30 s.
    for (share, most) in [(0.05, 250.0), (0.1, 400.0), (0.15, 500.0), (0.2, 600.0), (0.3, 1_200.0)] {
        let mut moved = 0.0;
        for seed in 0..4 {
            let mut random = Random::new(20 + seed);
            let heard = play(speech(40, 10), |_| {
                let rounds = (0..4).position(|_| random.unit() >= share)?;
                Some(20.0 + random.unit() * 3.0 + rounds as f64 * 45.0)
            });
            moved += heard.delays[1000..].windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum::<f32>() / 4.0;
            let missed = heard.stats.missed as f64 / 48_000.0 / 40.0;
            assert!(missed < 0.01, "{share}: {missed}");
        }
        println!("{share}: {moved} ms");
        assert!(moved < most, "{share}: {moved} ms");
    }
}

#[test]
fn a_stalled_link_is_caught_up_with_quickly() {
    // Everything sent between 4 s and 5 s comes at once at 5 s.
    let heard = play(voice(15, 0), |number| {
        let sent = number as f64 * 20.0;
        Some(if (4000.0..5000.0).contains(&sent) { 5020.0 - sent } else { 20.0 })
    });
    println!("most delay {} ms, 3 s later {} ms, {:?}", heard.most_delay(1), heard.delays[800], heard.stats);
    assert!(heard.stats.late > 20, "most of the old sound is thrown away: {:?}", heard.stats);
    assert!(heard.delays[560] < 450.0 && heard.median_delay(10) < 60.0);
    assert_tone(heard.reading(8.0, 15.0));
}

#[test]
fn bursts_of_losses_are_survived() {
    let mut random = Random::new(5);
    let mut bad = 0;
    let heard = play(voice(20, 10), |_| {
        if bad == 0 && random.unit() < 0.03 {
            bad = 1 + random.next() as usize % 6;
        }
        let keep = bad == 0;
        bad = bad.saturating_sub(1);
        keep.then_some(20.0 + random.unit() * 10.0)
    });
    let made_up = heard.stats.concealed as f64 / 48_000.0 / 20.0;
    println!("made up {made_up}, delay {} ms, {:?}", heard.median_delay(5), heard.stats);
    assert!(made_up < heard.stats.lost as f64 / 1000.0 + 0.02);
    assert!(heard.median_delay(5) < 80.0);
}

#[test]
fn clocks_that_drift_are_followed_without_gaps() {
    // 400 ppm, ten times what sound cards are off by: 24 ms a minute.
    for block_ms in [10.004, 9.996] {
        let heard = play_by(voice(60, 0), |_| Some(20.0), block_ms);
        println!("10 ms take {block_ms}: delay {} ms at the end, {:?}", heard.delays.last().unwrap(), heard.stats);
        assert!(heard.stats.concealed <= 480 * 3, "{:?}", heard.stats);
        assert!((8.0..50.0).contains(heard.delays.last().unwrap()));
        assert_tone(heard.reading(50.0, 59.5));
    }
}

#[test]
fn a_listener_in_pairs_of_blocks_is_served_too() {
    let packets = voice(5, 0);
    let (start, mut buffer) = (Instant::now(), JitterBuffer::new().unwrap());
    for (number, packet) in packets.into_iter().enumerate() {
        let now = start + Duration::from_millis(number as u64 * 20);
        buffer.push(packet, now);
        for _ in 0..2 {
            buffer.pop(&mut [0.0; BLOCK], now + Duration::from_millis(4));
        }
    }
    assert_eq!(buffer.stats().concealed, 0, "{:?}", buffer.stats());
}

#[test]
fn a_pause_is_silence_and_not_loss() {
    // Between 2 s and 4 s nothing is sent: sequence numbers go on, timestamps jump.
    let mut packets = voice(6, 0);
    for (number, packet) in packets.iter_mut().enumerate() {
        let back = if number >= 200 { 100 } else { 0 };
        packet.sequence = packet.sequence.wrapping_sub(back);
    }
    let heard = play(packets, |number| (!(100..200).contains(&number)).then_some(20.0));
    println!("{:?}", heard.stats);
    assert_eq!(heard.stats.lost, 0);
    assert!(heard.stats.concealed <= (CONCEAL_FULL + CONCEAL_FADE) as u64);
    assert!(heard.blocks[240..390].iter().all(|(popped, block)| *popped == Popped::Silence && *block == [0.0; BLOCK]));
    assert_tone(heard.reading(4.5, 6.0));
    assert!(heard.median_delay(5) < 40.0);
}

#[test]
fn packets_left_out_by_dtx_are_not_lost() {
    let mut encoder = Encoder::new(EncoderConfig { dtx: true, ..EncoderConfig::default() }).unwrap();
    let mut random = Random::new(8);
    let (start, mut buffer) = (Instant::now(), JitterBuffer::new().unwrap());
    let (mut sequence, mut unsent, mut later) = (0, 0, Vec::new());
    for number in 0..250u32 {
        let loud = if (100..200).contains(&number) { 0.0 } else { 0.2 };
        let pcm = std::array::from_fn(|_| (random.unit() as f32 - 0.5) * loud);
        let payload = encoder.encode(&pcm).unwrap();
        let now = start + Duration::from_millis(u64::from(number) * 20);
        // Packets that say nothing but "pause" are not sent, and not numbered.
        if payload.len() > 2 {
            buffer.push(AudioPacket { sequence, timestamp: number * 960, payload }, now);
            sequence += 1;
        } else {
            unsent += 1;
        }
        for half in 0..2 {
            let popped = buffer.pop(&mut [0.0; BLOCK], now + Duration::from_millis(4 + half * 10));
            if number >= 210 {
                later.push(popped);
            }
        }
    }
    println!("{unsent} not sent, {:?}", buffer.stats());
    assert!(unsent > 60);
    assert_eq!((buffer.stats().lost, buffer.stats().missed), (0, 0));
    assert!(later.iter().all(|popped| *popped == Popped::Audio), "{later:?}");
}

#[test]
fn what_never_came_and_what_came_late_was_missed() {
    // A second without packets, of numbers that were sent.
    let heard = play(speech(6, 0), |number| (!(150..200).contains(&number)).then_some(20.0));
    println!("{:?}", heard.stats);
    assert!((960 * 45..=960 * 55).contains(&heard.stats.missed), "{:?}", heard.stats);
    // Half a second in which they wait somewhere, to come all at once.
    let heard = play(speech(6, 0), |number| {
        Some(if (150..175).contains(&number) { 20.0 + (175 - number) as f64 * 20.0 } else { 20.0 })
    });
    println!("{:?}", heard.stats);
    assert_eq!(heard.stats.lost, 0);
    assert!((960 * 2..=960 * 30).contains(&heard.stats.missed), "{:?}", heard.stats);
}

#[test]
fn repeated_packets_change_nothing() {
    let packets: Vec<_> = voice(3, 0).into_iter().flat_map(|packet| [packet.clone(), packet]).collect();
    let (start, mut buffer) = (Instant::now(), JitterBuffer::new().unwrap());
    for (number, packet) in packets.into_iter().enumerate() {
        let now = start + Duration::from_millis(number as u64 * 10);
        buffer.push(packet, now);
        buffer.pop(&mut [0.0; BLOCK], now);
    }
    assert_eq!(buffer.stats().concealed, 0, "{:?}", buffer.stats());
}

#[test]
fn another_stream_is_taken_up_at_once() {
    let mut packets = voice(6, 0);
    for packet in &mut packets[150..] {
        packet.timestamp = packet.timestamp.wrapping_add(1_000_000_000);
        packet.sequence = packet.sequence.wrapping_add(30_000);
    }
    let heard = play(packets, |_| Some(20.0));
    println!("{:?}", heard.stats);
    assert!(heard.blocks[320..].iter().all(|(popped, _)| *popped == Popped::Audio));
    assert_tone(heard.reading(3.5, 6.0));
}

#[test]
fn a_stray_packet_does_not_start_anew() {
    let mut packets = voice(4, 0);
    for number in [60, 61, 100] {
        packets[number].timestamp = packets[number].timestamp.wrapping_add(1_000_000_000 * (number as u32 % 3 + 1));
    }
    let heard = play(packets, |_| Some(20.0));
    assert_eq!(heard.stats.lost, 3);
    assert!(heard.blocks[240..].iter().all(|(popped, _)| *popped == Popped::Audio));
    assert!(heard.count(Popped::Concealed) <= 9, "{}", heard.count(Popped::Concealed));
}

#[test]
fn a_way_that_becomes_longer_or_shorter_is_followed() {
    let heard = play(voice(20, 0), |number| {
        Some(match number {
            0..300 => 20.0,
            300..600 => 140.0,
            _ => 40.0,
        })
    });
    println!("{} {} {} ms, {:?}", heard.delays[590], heard.delays[1190], heard.delays[1990], heard.stats);
    assert_eq!(heard.stats.lost, 0);
    assert!(heard.stats.concealed <= 48 * 250, "{:?}", heard.stats);
    assert!(heard.delays[1190] < 60.0 && heard.delays[1990] < 60.0, "the longer way is no delay of the buffer's");
    assert_tone(heard.reading(15.0, 20.0));
}

#[test]
fn a_speaker_that_stops_for_a_while_does_not_stay_behind() {
    let (start, mut buffer) = (Instant::now(), JitterBuffer::new().unwrap());
    let mut delays = Vec::new();
    for (number, packet) in voice(12, 0).into_iter().enumerate() {
        let now = start + Duration::from_millis(number as u64 * 20);
        buffer.push(packet, now);
        if !(200..350).contains(&number) {
            for half in 0..2 {
                buffer.pop(&mut [0.0; BLOCK], now + Duration::from_millis(4 + half * 10));
            }
            delays.push(buffer.stats().delay_ms);
        }
    }
    println!("{} then {} ms, {:?}", delays[199], delays[449], buffer.stats());
    assert!(delays[449] < 40.0 && delays[200..].iter().all(|delay| *delay < 300.0));
    assert!(buffer.stats().late > 100);
}

#[test]
fn anything_at_any_time_does_no_harm() {
    let mut random = Random::new(10);
    let good = voice(1, 0);
    let (start, mut buffer) = (Instant::now(), JitterBuffer::new().unwrap());
    let mut ms = 0;
    for round in 0..30_000u32 {
        ms += u64::from(random.next() % 12);
        // Time may even go back.
        let now = start + Duration::from_millis(ms.saturating_sub(u64::from(random.next() % 20)));
        let payload = if random.next().is_multiple_of(2) {
            good[random.next() as usize % good.len()].payload.clone()
        } else {
            (0..random.next() % 40).map(|_| random.next() as u8).collect()
        };
        let wild = random.next().is_multiple_of(4);
        let packet = AudioPacket {
            sequence: if wild { random.next() as u16 } else { round as u16 },
            timestamp: if wild { random.next() } else { (ms as u32 * 48).wrapping_add(random.next() % 5000) },
            payload,
        };
        buffer.push(packet, now);
        let mut block = [0.0; BLOCK];
        buffer.pop(&mut block, now);
        assert!(block.iter().all(|sample| sample.is_finite()));
        assert!(buffer.pcm.len() < LONGEST * 3 && buffer.packets.len() <= PACKETS_MOST);
        assert!(buffer.stats().target_ms <= 250.0);
    }
}

#[test]
fn timestamps_that_waver_are_not_heard() {
    let mut packets = voice(10, 0);
    for (number, packet) in packets.iter_mut().enumerate() {
        packet.timestamp = packet.timestamp.wrapping_add(number as u32 * 37 % 300);
    }
    let heard = play(packets, |_| Some(5.0));
    assert_eq!((heard.stats.late, heard.stats.lost), (0, 0));
    assert_eq!(heard.blocks[20..990].iter().filter(|(popped, _)| *popped != Popped::Audio).count(), 0);
}
