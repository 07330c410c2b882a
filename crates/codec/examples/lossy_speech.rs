//! Speech over a bad line in invented time: a WAV file of 48 kHz mono through Opus, a network that loses and delays, and
//! the jitter buffer, into another WAV file. Prints what happened as JSON. `measure/pesq.py` makes scores of it.
//!
//! `lossy_speech IN.wav OUT.wav LOSS_PERCENT JITTER_MS SEED [KBPS]`

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use visita_codec::{
    BLOCK,
    jitter::{AudioPacket, JitterBuffer},
    opus::{Encoder, EncoderConfig, FRAME},
};
use visita_protocol::Bitrate;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, from, to, loss, jitter, seed, rest @ ..] = &arguments[..] else {
        return Err("IN.wav OUT.wav LOSS_PERCENT JITTER_MS SEED [KBPS]".into());
    };
    let (loss, jitter): (f64, f64) = (loss.parse()?, jitter.parse()?);
    let kbps: u32 = rest.first().map_or(Ok(32), |kbps| kbps.parse())?;
    let mut seed: u64 = seed.parse::<u64>()?.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 40) as f64 / f64::from(1 << 24)
    };

    let mut reader = hound::WavReader::open(from)?;
    let spec = reader.spec();
    if (spec.channels, spec.sample_rate, spec.bits_per_sample) != (1, 48_000, 16) {
        return Err("a WAV file of 48 kHz, mono, 16 bits, please".into());
    }
    let speech: Vec<f32> =
        reader.samples::<i16>().map(|sample| sample.map(|s| f32::from(s) / 32_768.0)).collect::<Result<_, _>>()?;

    let mut encoder = Encoder::new(EncoderConfig { bitrate: Bitrate::from_kbps(kbps), fec: true, dtx: false })?;
    encoder.set_expected_loss(loss as u8)?;
    let start = Instant::now();
    let mut arrivals: BTreeMap<Duration, AudioPacket> = BTreeMap::new();
    let (mut bytes, mut sent, mut lost) = (0, 0, 0);
    for (number, frame) in speech.chunks_exact(FRAME).enumerate() {
        let payload = encoder.encode(frame.try_into()?)?;
        bytes += payload.len();
        sent += 1;
        // The first second arrives: calls do not begin with a loss that nothing can be made of.
        if number > 50 && random() * 100.0 < loss {
            lost += 1;
            continue;
        }
        let sequence = number as u16;
        let timestamp = (number * FRAME) as u32;
        let at = Duration::from_millis(20) * (number as u32 + 1) + Duration::from_secs_f64(random() * jitter / 1e3);
        arrivals.insert(at + Duration::from_nanos(number as u64), AudioPacket { sequence, timestamp, payload });
    }

    let mut buffer = JitterBuffer::new()?;
    let mut heard: Vec<f32> = Vec::with_capacity(speech.len());
    let (mut delays, mut block) = (Vec::new(), [0.0; BLOCK]);
    for number in 0..speech.len() / BLOCK + 50 {
        let now = Duration::from_millis(10) * number as u32;
        while let Some(first) = arrivals.first_entry().filter(|first| *first.key() <= now) {
            let at = *first.key();
            buffer.push(first.remove(), start + at);
        }
        buffer.pop(&mut block, start + now);
        heard.extend_from_slice(&block);
        let stats = buffer.stats();
        if stats.delay_ms > 0.0 {
            delays.push(stats.delay_ms);
        }
    }
    delays.sort_by(f32::total_cmp);
    let stats = buffer.stats();
    let mut writer = hound::WavWriter::create(to, spec)?;
    for sample in &heard {
        writer.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0) as i16)?;
    }
    writer.finalize()?;
    let kbps = bytes as f64 * 8.0 / (sent as f64 * 20.0);
    let delay = delays.get(delays.len() / 2).copied().unwrap_or(0.0);
    println!(
        "{{\"kbps\": {kbps:.1}, \"sent\": {sent}, \"lost\": {lost}, \"recovered\": {}, \"concealed_ms\": {}, \"late\": {}, \
         \"delay_ms_p50\": {delay:.1}, \"target_ms\": {:.1}}}",
        stats.recovered,
        stats.concealed / 48,
        stats.late,
        stats.target_ms
    );
    Ok(())
}
