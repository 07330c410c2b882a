//! From packets that come when they please to sound that never stops: reordering, waiting just as long as the link
//! asks for, repair of losses, and following the sender's clock.
//!
//! Time is the caller's: every call brings its `now`. A sample is due when the clock of the caller has come as far
//! after the sample's timestamp as [`arrival`] says. While sound flows, a delay that is off is corrected by leaving
//! out or repeating single periods ([`stretch`]); wherever it does not flow (a loss, a pause of the sender, nothing
//! there), the next packet simply starts when it is due, which corrects the delay without anything being cut.

mod arrival;
mod stretch;

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use bytes::Bytes;

use crate::opus::{Decoder, LONGEST, packet_has_fec, packet_samples};
use crate::{BLOCK, CodecError, SAMPLE_RATE, level};
use arrival::Arrivals;

/// Packets kept waiting at most: more than the longest wait asks for, even of 10 ms each.
const PACKETS_MOST: usize = 100;
/// Sound is made up at full level this long (20 ms, one packet) ...
const CONCEAL_FULL: usize = 960;
/// ... or, where the last packet was quiet, 420 ms: then it is the background of a speaker whose encoder leaves pauses
/// out and refreshes them every 400 ms (DTX). Breaking it off would be heard.
const CONCEAL_QUIET: usize = 20_160;
/// Level of such a background at most: -50 dBFS.
const QUIET: f32 = 0.003;
/// Then it fades out in 100 ms.
const CONCEAL_FADE: usize = 4_800;
/// Over this many samples sound comes back after a fade.
const COME_BACK: usize = 240;
/// Delay above the wanted one from which periods are left out: 10 ms.
const TOO_LONG: i64 = 480;
/// Delay below the wanted one from which periods are repeated.
const TOO_SHORT: i64 = 480;
/// From this much too long, any place is good enough for a cut, and cuts follow each other faster.
const FAR_TOO_LONG: i64 = 4_800;
/// From this much too long, packets are thrown away instead.
const HOPELESS: i64 = 7_200;
/// Likeness of one period with the next from which a cut is not heard, and one that everything has.
const ALIKE: f32 = 0.8;
const ANYWHERE: f32 = -2.0;
/// A gap between two packets that follow each other, or what they share, of less than this is the sender's inexactness,
/// not a pause: 10 ms.
const INEXACT: i64 = 480;
/// Sound that has to be there to look for periods of any length, and to have a block left: 40 ms.
const REACH: usize = 1_920;
/// Blocks from one stretch to the next: at most one period in 100 ms.
const STRETCH_EVERY: u32 = 10;
const STRETCH_EVERY_FAST: u32 = 4;
/// Coming this much (in seconds) earlier or later than what was seen means another clock: a new source, or a sender that started again.
const STRANGE_EARLY: f64 = 0.25;
const STRANGE_LATE: f64 = 1.0;
/// Sequence numbers this far from the last do too.
const STRANGE_SEQUENCE: i64 = 3_000;
/// Such packets in a row before they are believed.
const STRANGE_ENOUGH: usize = 3;
/// A jump of the caller's clock, in seconds, that is taken for what it is instead of being followed slowly.
const CLOCK_JUMP: f64 = 0.1;
/// What the followed clock may run faster.
const CLOCK_CREEP: f64 = 0.01;

/// One Opus packet off the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, in samples at 48 kHz (RFC 7587 section 4.1).
    pub timestamp: u32,
    /// The Opus packet.
    pub payload: Bytes,
}

/// What a block is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Popped {
    /// Sound that was sent (or recovered from the next packet).
    Audio,
    /// Some of it is made up for packets that did not come in time.
    Concealed,
    /// There is nothing to play; the block is zero.
    Silence,
}

/// Counters since the start, and the delay now.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct JitterStats {
    /// Packets that came, in time or not.
    pub received: u64,
    /// Packets that were not there when it was their turn.
    pub lost: u64,
    /// Lost packets whose sound came out of the packet after them.
    pub recovered: u64,
    /// Samples made up.
    pub concealed: u64,
    /// Samples that were sent and were not heard when it was their turn. What a sender leaves out of its pauses (DTX) is made
    /// up too, and is nobody's loss.
    pub missed: u64,
    /// Packets that came when their turn had passed.
    pub late: u64,
    /// How long the sound played now has waited, in milliseconds, compared with a packet played on arrival over the
    /// fastest way seen; 0 while nothing is played.
    pub delay_ms: f32,
    /// How long it should wait, in milliseconds.
    pub target_ms: f32,
}

/// The buffer of one voice.
pub struct JitterBuffer {
    decoder: Decoder,
    arrivals: Arrivals,
    /// By timestamp, unwrapped.
    packets: BTreeMap<i64, Waiting>,
    /// Packets that do not fit what came before, with their arrival.
    strange: Vec<(AudioPacket, Instant)>,
    /// Sequence number and timestamp of the newest packet, unwrapped.
    newest: Option<(i64, i64)>,
    /// Sequence number of the packet decoded last, and the timestamp of the sample after it.
    decoded: Option<(i64, i64)>,
    /// Decoded and not yet given out.
    pcm: VecDeque<f32>,
    /// Whether `pcm` ends where the packet decoded last ended.
    flowing: bool,
    /// Samples made up since the packet decoded last, and how many of them stay at full level.
    made_up: usize,
    full: usize,
    /// Factor that `pcm` ends with.
    gain: f32,
    clock: Clock,
    since_stretch: u32,
    stats: JitterStats,
}

struct Waiting {
    sequence: i64,
    samples: i64,
    payload: Bytes,
}

impl JitterBuffer {
    /// An empty buffer.
    pub fn new() -> Result<Self, CodecError> {
        Ok(Self {
            decoder: Decoder::new()?,
            arrivals: Arrivals::new(),
            packets: BTreeMap::new(),
            strange: Vec::new(),
            newest: None,
            decoded: None,
            pcm: VecDeque::new(),
            flowing: false,
            made_up: CONCEAL_FULL + CONCEAL_FADE,
            full: CONCEAL_FULL,
            gain: 0.0,
            clock: Clock::default(),
            since_stretch: 0,
            stats: JitterStats::default(),
        })
    }

    /// Takes a packet that came at `now`. What is no Opus packet is ignored.
    pub fn push(&mut self, packet: AudioPacket, now: Instant) {
        self.stats.received += 1;
        self.place(packet, now);
    }

    /// Gives the 10 ms to be played next.
    pub fn pop(&mut self, out: &mut [f32; BLOCK], now: Instant) -> Popped {
        self.clock.tick(self.arrivals.clock(now));
        self.skip_hopeless();
        self.stretch();
        let mut popped = Popped::Audio;
        while self.pcm.len() < BLOCK {
            match self.next_step() {
                Step::Packet => self.decode(),
                Step::Recover(samples) => self.recover(samples),
                Step::Wait if self.made_up < self.full + CONCEAL_FADE => {
                    self.conceal(BLOCK);
                    popped = Popped::Concealed;
                }
                Step::Wait => {
                    self.flowing = false;
                    if self.pcm.is_empty() {
                        out.fill(0.0);
                        return Popped::Silence;
                    }
                    // Faded out already: the rest of the block stays silent.
                    self.pcm.resize(BLOCK, 0.0);
                }
            }
        }
        for (out, sample) in out.iter_mut().zip(self.pcm.drain(..BLOCK)) {
            *out = sample;
        }
        popped
    }

    /// Counters and delays.
    pub fn stats(&self) -> JitterStats {
        let ms = |samples: i64| samples.max(0) as f32 * 1000.0 / SAMPLE_RATE as f32;
        // The clock stands at the block given out last, `pcm` begins with the one after it.
        let delay_ms = self.delay().map_or(0.0, |delay| ms(delay + BLOCK as i64));
        JitterStats { delay_ms, target_ms: ms(self.target()), ..self.stats }
    }

    /// Puts a packet where it belongs, or aside.
    fn place(&mut self, packet: AudioPacket, now: Instant) {
        let Some(samples) = packet_samples(&packet.payload) else { return };
        let (sequence, timestamp) = match self.newest {
            Some((sequence, timestamp)) => (
                sequence + i64::from(packet.sequence.wrapping_sub(sequence as u16) as i16),
                timestamp + i64::from(packet.timestamp.wrapping_sub(timestamp as u32) as i32),
            ),
            None => (packet.sequence.into(), packet.timestamp.into()),
        };
        let arrival = self.arrivals.clock(now);
        if self.is_strange(sequence, timestamp, arrival) {
            return self.put_aside(packet, now);
        }
        self.strange.clear();
        if self.packets.contains_key(&timestamp) {
            return;
        }
        let again = self.newest.is_some_and(|(newest, _)| sequence < newest);
        self.arrivals.arrived(arrival, timestamp, again);
        if self.newest.is_none_or(|(newest, _)| sequence > newest) {
            self.newest = Some((sequence, timestamp));
        }
        if self.decoded.is_some_and(|(last, next)| timestamp + INEXACT < next || sequence <= last) {
            self.stats.late += 1;
            return;
        }
        self.packets.insert(timestamp, Waiting { sequence, samples: samples as i64, payload: packet.payload });
        if self.packets.len() > PACKETS_MOST {
            self.drop_first();
        }
    }

    fn is_strange(&self, sequence: i64, timestamp: i64, arrival: f64) -> bool {
        let (Some((newest, newest_timestamp)), Some(off)) = (self.newest, self.arrivals.distance(arrival, timestamp))
        else {
            return false;
        };
        // Time that does not run the way of the numbers is strange too.
        let backwards = (sequence - newest).signum() * (timestamp - newest_timestamp).signum() < 0;
        backwards || !(-STRANGE_EARLY..=STRANGE_LATE).contains(&off) || (sequence - newest).abs() > STRANGE_SEQUENCE
    }

    /// Keeps a packet that does not fit; several that fit each other start the buffer anew.
    fn put_aside(&mut self, packet: AudioPacket, now: Instant) {
        if let Some((last, _)) = self.strange.last() {
            let (ahead, later) =
                (packet.sequence.wrapping_sub(last.sequence), packet.timestamp.wrapping_sub(last.timestamp));
            if !(1..100).contains(&ahead) || !(1..480_000).contains(&later) {
                self.strange.clear();
            }
        }
        self.strange.push((packet, now));
        if self.strange.len() < STRANGE_ENOUGH {
            return;
        }
        tracing::debug!("sound starts anew");
        self.arrivals.forget();
        self.packets.clear();
        self.newest = None;
        self.decoded = None;
        self.flowing = false;
        for (packet, now) in std::mem::take(&mut self.strange) {
            self.place(packet, now);
        }
    }

    /// What to do for more sound.
    fn next_step(&self) -> Step {
        let Some((&timestamp, head)) = self.packets.first_key_value() else { return Step::Wait };
        let Some((last, next)) = self.decoded else { return self.when_due(timestamp, Step::Packet) };
        if self.is_next() {
            return Step::Packet;
        }
        if head.sequence == last + 1 {
            return self.when_due(timestamp, Step::Packet);
        }
        // Packets are missing: the last of them may be found in this one.
        if timestamp - next >= head.samples && packet_has_fec(&head.payload) {
            return self.when_due(timestamp - head.samples, Step::Recover(head.samples as usize));
        }
        // Going on without a transition would click.
        if self.made_up == 0 { Step::Wait } else { self.when_due(timestamp, Step::Packet) }
    }

    fn when_due(&self, timestamp: i64, step: Step) -> Step {
        if self.delay_of(timestamp) + self.pcm.len() as i64 >= self.target() { step } else { Step::Wait }
    }

    fn decode(&mut self) {
        let Some((timestamp, packet)) = self.packets.pop_first() else { return };
        let missing = self.decoded.map_or(0, |(last, _)| (packet.sequence - last - 1).clamp(0, STRANGE_SEQUENCE));
        self.stats.lost += missing as u64;
        self.arrivals.played(missing as u64);
        let paused = missing == 0 && self.decoded.is_some_and(|(_, next)| timestamp - next > INEXACT);
        if !paused {
            self.missed(missing * packet.samples);
        }
        let mut sound = [0.0; LONGEST];
        match self.decoder.decode(&packet.payload, &mut sound) {
            Ok(samples) => self.append(&sound[..samples]),
            Err(error) => {
                tracing::debug!(%error, "a packet of sound is broken");
                self.conceal(packet.samples as usize);
            }
        }
        self.decoded = Some((packet.sequence, timestamp + packet.samples));
        self.flowing = true;
        self.made_up = 0;
    }

    /// Plays the packet before the first one waiting.
    fn recover(&mut self, samples: usize) {
        let Some((&timestamp, head)) = self.packets.first_key_value() else { return };
        let missing = self.decoded.map_or(1, |(last, _)| (head.sequence - last - 1).clamp(1, STRANGE_SEQUENCE));
        let before = head.sequence - 1;
        let mut sound = [0.0; LONGEST];
        match self.decoder.decode_fec(&head.payload, &mut sound[..samples]) {
            Ok(_) => {
                self.append(&sound[..samples]);
                self.stats.recovered += 1;
            }
            Err(_) => self.conceal(samples),
        }
        self.stats.lost += missing as u64;
        self.arrivals.played(missing as u64);
        self.missed((missing - 1) * samples as i64);
        self.decoded = Some((before, timestamp));
        self.flowing = true;
        self.made_up = 0;
    }

    /// Before what is played now, so many samples never came, and some were made up.
    fn missed(&mut self, samples: i64) {
        if self.decoded.is_some() {
            self.stats.missed += samples.max(self.made_up as i64) as u64;
        }
    }

    /// Makes up sound.
    fn conceal(&mut self, samples: usize) {
        let mut sound = [0.0; LONGEST];
        let sound = &mut sound[..samples.min(LONGEST)];
        if let Err(error) = self.decoder.conceal(sound) {
            tracing::debug!(%error, "no sound could be made up");
            sound.fill(0.0);
        }
        for sample in sound.iter_mut() {
            let faded = self.made_up.saturating_sub(self.full) as f32 / CONCEAL_FADE as f32;
            // Never louder again than it has become.
            self.gain = self.gain.min((1.0 - faded).max(0.0));
            *sample *= self.gain;
            self.made_up += 1;
        }
        self.pcm.extend(sound.iter());
        self.flowing = false;
        self.stats.concealed += sound.len() as u64;
    }

    /// Adds what was sent, coming back from a fade.
    fn append(&mut self, sound: &[f32]) {
        self.full = if level::rms(sound) < QUIET { CONCEAL_QUIET } else { CONCEAL_FULL };
        for sample in sound {
            self.gain = (self.gain + 1.0 / COME_BACK as f32).min(1.0);
            self.pcm.push_back(sample * self.gain);
        }
    }

    /// Delay of the next sample to be given out.
    fn delay(&self) -> Option<i64> {
        let (_, next) = self.decoded.filter(|_| self.flowing)?;
        Some(self.delay_of(next - self.pcm.len() as i64))
    }

    /// How much later than it could have come a sample would be played now, in samples.
    fn delay_of(&self, timestamp: i64) -> i64 {
        samples(self.arrivals.distance(self.clock.now, timestamp).unwrap_or(0.0))
    }

    /// The delay there should be, in samples.
    fn target(&self) -> i64 {
        samples(self.arrivals.target())
    }

    /// Throws away packets that would be played far too late.
    fn skip_hopeless(&mut self) {
        let latest = self.target() + HOPELESS;
        while let Some(&second) = self.packets.keys().nth(1)
            && self.delay_of(second) + self.pcm.len() as i64 > latest
        {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((timestamp, packet)) = self.packets.pop_first() {
            self.stats.late += 1;
            self.stats.missed += packet.samples as u64;
            self.decoded = Some((packet.sequence, timestamp + packet.samples));
            self.flowing = false;
            // What follows has nothing to do with what was: in from silence.
            self.gain = 0.0;
        }
    }

    /// Corrects the delay by one period, where it is off.
    fn stretch(&mut self) {
        self.since_stretch = self.since_stretch.saturating_add(1);
        let Some(delay) = self.delay() else { return };
        let off = delay - self.target();
        let far = off > FAR_TOO_LONG;
        if self.since_stretch < if far { STRETCH_EVERY_FAST } else { STRETCH_EVERY } {
            return;
        }
        if (-TOO_SHORT..=TOO_LONG).contains(&off) {
            return;
        }
        while self.pcm.len() < REACH && matches!(self.next_step(), Step::Packet) && self.is_next() {
            self.decode();
        }
        let alike = if far { ANYWHERE } else { ALIKE };
        let mut sound: Vec<f32> = self.pcm.drain(..).collect();
        let by = if off > 0 { stretch::shorten(&mut sound, alike) } else { stretch::lengthen(&mut sound, alike) };
        self.pcm.extend(sound);
        if by > 0 {
            self.since_stretch = 0;
        }
    }

    /// Whether the first packet waiting goes on where the last one ended.
    fn is_next(&self) -> bool {
        let (Some((last, next)), Some((&timestamp, head))) = (self.decoded, self.packets.first_key_value()) else {
            return false;
        };
        self.flowing && (timestamp <= next || (head.sequence == last + 1 && timestamp - next < INEXACT))
    }
}

/// Where more sound may come from.
enum Step {
    /// The first packet waiting.
    Packet,
    /// So many samples of the packet before that one.
    Recover(usize),
    /// Nowhere yet.
    Wait,
}

/// The caller's clock, in seconds, as smooth as blocks are played: callers may ask for several blocks at once, and it
/// is the last of those that must not come too early.
#[derive(Default)]
struct Clock {
    now: f64,
}

impl Clock {
    fn tick(&mut self, real: f64) {
        let smooth = self.now + BLOCK as f64 / f64::from(SAMPLE_RATE) * (1.0 + CLOCK_CREEP);
        self.now = if real - smooth > CLOCK_JUMP { real } else { smooth.min(real) };
    }
}

fn samples(seconds: f64) -> i64 {
    (seconds * f64::from(SAMPLE_RATE)) as i64
}

#[cfg(test)]
mod tests;
