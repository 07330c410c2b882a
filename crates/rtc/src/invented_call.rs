//! A call in invented time: our sending chain, a bad network, our receiving chain. Everything but the encoder and the server
//! between them is what a real call uses.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use rtc::{
    interceptor::{AttributedPacket, Interceptor, Packet, RTCPFeedback, RTPHeaderExtension, StreamInfo, TaggedPacket},
    rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication,
    rtp,
    sdp::extmap::TRANSPORT_CC_URI,
    shared::{TransportContext, marshal::MarshalSize},
};
use visita_protocol::{Bitrate, VideoCodec};

use crate::{
    engine::{
        interceptors::{congestion::SendControl, publisher_chain, subscriber_chain, tap::Meters},
        is_free_again, is_worth_sending,
    },
    testing::{Conditions, Fate, Link},
    video::{Assembler, Fragment, Packetizer, tests::frame},
};

const VIDEO: u32 = 1;
const AUDIO: u32 = 50;
const FRAME: Duration = Duration::from_micros(33_333);
const SOUND: Duration = Duration::from_millis(20);
const SOUND_BYTES: usize = 110;

fn video() -> StreamInfo {
    StreamInfo {
        ssrc: VIDEO,
        ssrc_rtx: Some(2),
        payload_type: 96,
        payload_type_rtx: Some(97),
        clock_rate: 90_000,
        mime_type: "video/VP8".to_owned(),
        rtp_header_extensions: vec![RTPHeaderExtension { uri: TRANSPORT_CC_URI.to_owned(), id: 3 }],
        rtcp_feedback: vec![RTCPFeedback { typ: "nack".to_owned(), parameter: String::new() }],
        ..StreamInfo::default()
    }
}

fn audio() -> StreamInfo {
    StreamInfo {
        ssrc: AUDIO,
        payload_type: 111,
        clock_rate: 48_000,
        mime_type: "audio/opus".to_owned(),
        ..StreamInfo::default()
    }
}

/// What one side has seen in a second.
#[derive(Clone, Copy, Debug, Default)]
struct Second {
    sent_bits: usize,
    target: u32,
    frames: usize,
    video_bits: usize,
    sounds: usize,
    longest_sound_ms: u64,
}

struct Call {
    start: Instant,
    now: Instant,
    sender: Box<dyn Interceptor<Rout = TaggedPacket, Wout = TaggedPacket>>,
    receiver: Box<dyn Interceptor<Rout = TaggedPacket, Wout = TaggedPacket>>,
    control: Arc<SendControl>,
    meters: Meters,
    key_wanted: Arc<Mutex<bool>>,
    up: Link,
    down: Link,
    flying: BTreeMap<(Instant, u64), (bool, TaggedPacket)>,
    number: u64,
    // The camera.
    most: f64,
    packetizer: Packetizer,
    sequence: u16,
    broken: bool,
    next_frame: Instant,
    // The microphone.
    sound_sequence: u16,
    next_sound: Instant,
    // The other side.
    assembler: Assembler,
    shown: Vec<Instant>,
    key_requests: usize,
    seconds: Vec<Second>,
}

impl Call {
    /// A camera that makes `most` bits per second at its best.
    fn new(most: f64, known: Option<Bitrate>, up: Conditions, down: Conditions) -> Self {
        let start = Instant::now();
        let (meters, control) = (Meters::default(), SendControl::new(known));
        let key_wanted = Arc::new(Mutex::new(true));
        let asked = key_wanted.clone();
        let mut sender =
            publisher_chain(&meters, &control, Arc::new(move |_| *asked.lock() = true), Arc::new(|_| {})).build();
        let mut receiver = subscriber_chain(&Meters::default()).build();
        sender.bind_local_stream(&video());
        sender.bind_local_stream(&audio());
        receiver.bind_remote_stream(&video());
        receiver.bind_remote_stream(&audio());
        Self {
            start,
            now: start,
            sender: Box::new(sender),
            receiver: Box::new(receiver),
            control,
            meters,
            key_wanted,
            up: Link::new(up, 11),
            down: Link::new(down, 12),
            flying: BTreeMap::new(),
            number: 0,
            most,
            packetizer: Packetizer::new(0, 0),
            sequence: 65_000,
            broken: true,
            next_frame: start,
            sound_sequence: 0,
            next_sound: start,
            assembler: Assembler::default(),
            shown: Vec::new(),
            key_requests: 0,
            seconds: Vec::new(),
        }
    }

    fn second(&mut self) -> &mut Second {
        let index = self.now.duration_since(self.start).as_secs() as usize;
        self.seconds.resize(self.seconds.len().max(index + 1), Second::default());
        &mut self.seconds[index]
    }

    fn run(&mut self, seconds: u64) {
        let end = self.now + Duration::from_secs(seconds);
        while self.now < end {
            let timeouts = [self.sender.poll_timeout(), self.receiver.poll_timeout(), self.assembler.poll_timeout()];
            let arrival = self.flying.first_key_value().map(|((at, _), _)| *at);
            let next = timeouts.into_iter().flatten().chain(arrival).min().unwrap_or(end);
            let next = next.min(self.next_frame).min(self.next_sound).max(self.now + Duration::from_micros(100));
            if next >= end {
                self.now = end;
                return;
            }
            self.now = next;
            let now = self.now;
            self.sender.handle_timeout(now).expect("taken");
            self.receiver.handle_timeout(now).expect("taken");
            self.assembler.handle_timeout(now);
            while let Some(entry) = self.flying.first_entry().filter(|entry| entry.key().0 <= now) {
                let (is_up, packet) = entry.remove();
                self.arrive(is_up, packet);
            }
            if now >= self.next_frame {
                self.next_frame += FRAME;
                self.capture();
            }
            if now >= self.next_sound {
                self.next_sound += SOUND;
                self.sound();
            }
            self.show();
            self.send();
            let target = self.control.controller.lock().target().kbps();
            self.second().target = target;
        }
    }

    fn capture(&mut self) {
        let waiting = self.control.queue().delay;
        if self.broken && is_free_again(waiting) {
            *self.key_wanted.lock() = true;
        }
        if !is_worth_sending(waiting, 0) {
            self.broken = true;
            return;
        }
        let key = *self.key_wanted.lock();
        if self.broken && !key {
            return;
        }
        *self.key_wanted.lock() = false;
        self.broken = false;
        let target = f64::from(self.control.controller.lock().target().bps());
        let bps = (target * 0.92 - 50_000.0).clamp(60_000.0, self.most);
        let bytes = (bps * FRAME.as_secs_f64() / 8.0 * if key { 4.0 } else { 1.0 }) as usize;
        let timestamp = (self.now.duration_since(self.start).as_micros() * 90 / 1000) as u32;
        for payload in self.packetizer.cut(&frame(key, bytes.max(20))) {
            let header = rtp::header::Header {
                version: 2,
                payload_type: 96,
                sequence_number: self.sequence,
                timestamp,
                ssrc: VIDEO,
                marker: payload.last,
                ..Default::default()
            };
            self.sequence = self.sequence.wrapping_add(1);
            self.write(rtp::Packet { header, payload: payload.bytes });
        }
    }

    fn sound(&mut self) {
        let millis = self.now.duration_since(self.start).as_millis();
        let header = rtp::header::Header {
            version: 2,
            payload_type: 111,
            sequence_number: self.sound_sequence,
            // The time it was made, so that its way can be measured.
            timestamp: millis as u32,
            ssrc: AUDIO,
            ..Default::default()
        };
        self.sound_sequence = self.sound_sequence.wrapping_add(1);
        self.write(rtp::Packet { header, payload: vec![0x55; SOUND_BYTES].into() });
    }

    fn write(&mut self, packet: rtp::Packet) {
        let packet = self.tagged(Packet::Rtp(packet));
        self.sender.handle_write(packet).expect("taken");
    }

    fn tagged(&self, packet: Packet) -> TaggedPacket {
        TaggedPacket { now: self.now, transport: TransportContext::default(), message: AttributedPacket::new(packet) }
    }

    fn send(&mut self) {
        while let Some(packet) = self.sender.poll_write() {
            self.fly(true, packet);
        }
        while let Some(packet) = self.receiver.poll_write() {
            self.fly(false, packet);
        }
    }

    fn fly(&mut self, is_up: bool, packet: TaggedPacket) {
        let bytes = match &packet.message.packet {
            Packet::Rtp(rtp) => rtp.marshal_size() + 16,
            _ => 80,
        };
        let now = self.now;
        if is_up {
            self.second().sent_bits += bytes * 8;
        }
        let link = if is_up { &mut self.up } else { &mut self.down };
        if let Fate::Arrives(at) = link.send(now, bytes) {
            self.number += 1;
            self.flying.insert((at, self.number), (is_up, packet));
        }
    }

    fn arrive(&mut self, is_up: bool, mut packet: TaggedPacket) {
        packet.now = self.now;
        packet.message.attributes.clear();
        if !is_up {
            self.sender.handle_read(packet).expect("taken");
            while self.sender.poll_read().is_some() {}
            return;
        }
        self.receiver.handle_read(packet).expect("taken");
        while let Some(packet) = self.receiver.poll_read() {
            let Packet::Rtp(rtp) = packet.message.packet else { continue };
            let now = self.now;
            if rtp.header.ssrc == AUDIO {
                let took =
                    (now.duration_since(self.start).as_millis() as u64).saturating_sub(u64::from(rtp.header.timestamp));
                let second = self.second();
                second.sounds += 1;
                second.longest_sound_ms = second.longest_sound_ms.max(took);
            } else if rtp.header.ssrc == VIDEO {
                self.assembler.push(
                    Fragment {
                        ssrc: VIDEO,
                        codec: VideoCodec::Vp8,
                        sequence: rtp.header.sequence_number,
                        timestamp: rtp.header.timestamp,
                        marker: rtp.header.marker,
                        payload: rtp.payload,
                        received_at: now,
                    },
                    now,
                );
            }
        }
    }

    fn show(&mut self) {
        while let Some(frame) = self.assembler.poll_frame() {
            self.shown.push(self.now);
            let second = self.second();
            second.frames += 1;
            second.video_bits += frame.data.len() * 8;
        }
        if self.assembler.take_key_frame_request(self.now) {
            self.key_requests += 1;
            let indication = PictureLossIndication { sender_ssrc: 0, media_ssrc: VIDEO };
            let packet = self.tagged(Packet::Rtcp(vec![Box::new(indication)]));
            self.receiver.handle_write(packet).expect("taken");
        }
    }

    /// Longest time without a new frame between two moments, ms.
    fn longest_freeze(&self, from: u64, to: u64) -> u64 {
        let (from, to) = (self.start + Duration::from_secs(from), self.start + Duration::from_secs(to));
        let shown = self.shown.iter().copied().filter(|at| (from..to).contains(at));
        let times: Vec<Instant> = [from].into_iter().chain(shown).chain([to]).collect();
        times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_millis() as u64).max().unwrap_or(0)
    }

    fn frames(&self, from: usize, to: usize) -> usize {
        self.seconds[from..to].iter().map(|second| second.frames).sum()
    }

    fn report(&self, title: &str) {
        println!("{title}: {} key frame requests, up {:?}", self.key_requests, self.up.counters());
        for (index, s) in self.seconds.iter().enumerate() {
            println!(
                "{index:3} s: sent {:5} kbit/s, target {:5}, shown {:2} fps {:5} kbit/s, sounds {:2} of 50, latest {:3} ms",
                s.sent_bits / 1000,
                s.target,
                s.frames,
                s.video_bits / 1000,
                s.sounds,
                s.longest_sound_ms
            );
        }
        let meters = self.meters.lock();
        let sent = &meters.sent[&VIDEO];
        println!("packets {} nacked {} repeated {}", sent.packets, sent.nacked, sent.retransmitted);
    }
}

fn way(kbps: u32, delay_ms: u64) -> Conditions {
    Conditions { rate: Some(Bitrate::from_kbps(kbps)), delay: Duration::from_millis(delay_ms), ..Conditions::default() }
}

const CLEAN: Conditions = Conditions {
    rate: None,
    bucket: 0,
    queue: Duration::from_millis(300),
    delay: Duration::from_millis(20),
    jitter: Duration::ZERO,
    loss: 0.0,
    burst: 1.0,
    blocked: false,
};

#[test]
fn five_megabits_are_used_at_once() {
    for jitter in [0, 10] {
        let up = Conditions { jitter: Duration::from_millis(jitter), ..way(5000, 20) };
        let mut call = Call::new(3_000_000.0, None, up, CLEAN);
        call.run(15);
        call.report("5 Mbit/s");
        assert!(call.seconds[2].sent_bits >= 2_000_000, "join to 2 Mbit/s");
        assert!(call.seconds[5..].iter().all(|second| second.video_bits > 2_500_000));
        assert!(call.longest_freeze(1, 15) < 150);
    }
}

#[test]
fn a_drop_to_a_sixth_and_back() {
    let mut call = Call::new(2_500_000.0, None, way(3000, 20), CLEAN);
    call.run(15);
    call.up.set(way(500, 20));
    call.run(8);
    call.up.set(way(3000, 20));
    call.run(12);
    call.report("3 M, 500 k for 8 s, 3 M");
    let back = call.seconds[23..].iter().position(|second| second.video_bits >= 2_000_000);
    assert!(back.is_some_and(|after| after <= 7), "back at 2 Mbit/s within 8 s");
    assert!(call.longest_freeze(1, 35) <= 1000, "{} ms", call.longest_freeze(1, 35));
    // Sound keeps up: it waits for the network's queue only.
    assert!(call.seconds[17..].iter().all(|second| second.longest_sound_ms < 330 && second.sounds >= 45));
}

#[test]
fn a_bucket_that_passes_bursts_is_not_taken_for_a_wide_way() {
    // As Linux' `tbf` and most routers shape.
    let shaped = |kbps| Conditions { bucket: 10_000, ..way(kbps, 20) };
    let mut call = Call::new(2_500_000.0, None, shaped(3000), CLEAN);
    call.control.controller.lock().set_wanted(Bitrate::from_kbps(2800));
    call.run(15);
    call.up.set(shaped(500));
    call.run(8);
    call.up.set(shaped(3000));
    call.run(12);
    call.report("3 M, 500 k for 8 s, 3 M, in buckets of 10 kB");
    let narrow = &call.seconds[17..23];
    assert!(narrow.iter().all(|second| second.sent_bits < 700_000 && second.longest_sound_ms < 250), "narrow");
    let back = call.seconds[23..].iter().position(|second| second.video_bits >= 2_000_000);
    assert!(back.is_some_and(|after| after <= 7), "back at 2 Mbit/s within 8 s");
    assert!(call.longest_freeze(1, 35) <= 1000, "{} ms", call.longest_freeze(1, 35));
}

#[test]
fn random_loss_costs_little() {
    for (loss, fps) in [(0.1, 25), (0.3, 12)] {
        let up = Conditions { loss, ..way(5000, 20) };
        let mut call = Call::new(2_000_000.0, None, up, Conditions { loss, ..CLEAN });
        call.run(20);
        call.report(&format!("{loss} lost each way"));
        assert!(call.frames(5, 20) >= 15 * fps, "{} fps", call.frames(5, 20) / 15);
        assert!(call.seconds[5..].iter().all(|second| second.longest_sound_ms < 120));
    }
}

#[test]
fn losses_in_bursts_are_repaired() {
    let up = Conditions { loss: 0.05, burst: 8.0, ..way(5000, 40) };
    let mut call = Call::new(1_500_000.0, None, up, CLEAN);
    call.run(20);
    call.report("5 % in bursts of 8");
    assert!(call.frames(3, 20) >= 17 * 28);
    assert!(call.longest_freeze(2, 20) < 400);
}

#[test]
fn on_a_narrow_way_sound_comes_first() {
    // A queue of a second and a half, as cheap routers have.
    let up = Conditions { queue: Duration::from_millis(1500), ..way(300, 30) };
    let mut call = Call::new(2_000_000.0, None, up, CLEAN);
    call.run(20);
    call.report("300 kbit/s with a deep queue");
    assert!(call.seconds[6..].iter().all(|second| second.longest_sound_ms < 250));
    assert!(call.seconds[6..].iter().map(|second| second.sounds).sum::<usize>() >= 14 * 49);
    assert!(call.frames(6, 20) >= 14 * 15);
}

#[test]
fn what_is_known_of_a_network_is_used() {
    let mut first = Call::new(2_000_000.0, None, way(5000, 20), CLEAN);
    first.run(8);
    let known = first.control.controller.lock().good();
    assert!(known.is_some_and(|known| known.kbps() > 2000), "{known:?}");
    let mut second = Call::new(2_000_000.0, known, way(5000, 20), CLEAN);
    assert!(second.control.controller.lock().target().kbps() > 1600);
    second.run(3);
    second.report("known");
    assert!(second.seconds[0].sent_bits > 1_600_000);
    assert!(second.longest_freeze(0, 3) < 150);
}
