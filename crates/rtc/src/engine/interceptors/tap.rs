//! Sees every packet next to the wire: counts them, and takes the key frame requests, which the library keeps from the
//! application.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use rtc::{
    interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket},
    rtcp::{
        self,
        payload_feedbacks::{full_intra_request::FullIntraRequest, picture_loss_indication::PictureLossIndication},
        receiver_report::ReceiverReport,
        reception_report::ReceptionReport,
        sender_report::SenderReport,
        transport_feedbacks::transport_layer_nack::TransportLayerNack,
    },
};

use super::{Queues, chain_link};
use crate::engine::rate::Rate;

/// The one nearest to the wire.
pub(crate) const SLOT: usize = 500;

/// Told of a key frame request, with the SSRC it is for.
pub(crate) type OnKeyFrameRequest = Arc<dyn Fn(u32) + Send + Sync>;

/// Counters of a connection, shared with whoever makes statistics of them.
pub(crate) type Meters = Arc<Mutex<MeterState>>;

/// All counters of one connection, by SSRC.
#[derive(Debug, Default)]
pub(crate) struct MeterState {
    /// Streams sent.
    pub(crate) sent: HashMap<u32, SentMeter>,
    /// Streams received.
    pub(crate) received: HashMap<u32, ReceivedMeter>,
    /// Smoothed round trip time.
    pub(crate) round_trip: Option<Duration>,
    /// Which stream a retransmission belongs to, both ways.
    primary_of: HashMap<u32, u32>,
}

/// Counters of a stream sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct SentMeter {
    /// Packets, without retransmissions.
    pub(crate) packets: u64,
    /// Payload bytes, without retransmissions.
    pub(crate) bytes: u64,
    /// Sequence numbers the other side asked for.
    pub(crate) nacked: u64,
    /// Packets sent again.
    pub(crate) retransmitted: u64,
    /// Key frame requests.
    pub(crate) key_frame_requests: u64,
    /// Share lost by the last report, 0 to 1.
    pub(crate) loss: f32,
    rate: Rate,
    /// The last sender reports: middle bits of their NTP time, and when they left.
    reports: std::collections::VecDeque<(u32, Instant)>,
}

impl SentMeter {
    /// Payload rate over the last second, bits per second.
    pub(crate) fn bits_per_second(&self, now: Instant) -> f64 {
        self.rate.per_second(now) * 8.0
    }
}

/// Counters of a stream received.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReceivedMeter {
    /// Packets, repaired ones included.
    pub(crate) packets: u64,
    /// Payload bytes, repaired ones included.
    pub(crate) bytes: u64,
    /// Sequence numbers we asked for.
    pub(crate) nacked: u64,
    /// Retransmissions that came.
    pub(crate) recovered: u64,
    /// Interarrival jitter (RFC 3550 section 6.4.1), seconds.
    pub(crate) jitter: f64,
    rate: Rate,
    clock_rate: u32,
    first: Option<u64>,
    highest: u64,
    last_transit: Option<(Instant, u32)>,
}

impl ReceivedMeter {
    /// Packets that never came, so far.
    pub(crate) fn lost(&self) -> u64 {
        let expected = self.first.map_or(0, |first| self.highest - first + 1);
        expected.saturating_sub(self.packets)
    }

    /// Payload rate over the last second, bits per second.
    pub(crate) fn bits_per_second(&self, now: Instant) -> f64 {
        self.rate.per_second(now) * 8.0
    }

    fn on_packet(&mut self, now: Instant, sequence: u16, timestamp: u32, bytes: usize) {
        self.rate.add(now, bytes);
        self.packets += 1;
        self.bytes += bytes as u64;
        match self.first {
            None => {
                self.highest = (1 << 32) + u64::from(sequence);
                self.first = Some(self.highest);
            }
            Some(_) => {
                let ahead = sequence.wrapping_sub(self.highest as u16) as i16;
                self.highest = self.highest.max(self.highest.wrapping_add_signed(i64::from(ahead)));
            }
        }
        if self.clock_rate > 0 {
            if let Some((at, last)) = self.last_transit {
                let arrived = now.saturating_duration_since(at).as_secs_f64();
                let sent = f64::from(timestamp.wrapping_sub(last) as i32) / f64::from(self.clock_rate);
                self.jitter += ((arrived - sent).abs() - self.jitter) / 16.0;
            }
            self.last_transit = Some((now, timestamp));
        }
    }
}

/// The tap.
pub(crate) struct Tap {
    queues: Queues,
    meters: Meters,
    on_key_frame_request: OnKeyFrameRequest,
}

impl Tap {
    /// Counts into `meters`.
    pub(crate) fn new(meters: Meters, on_key_frame_request: OnKeyFrameRequest) -> Self {
        Self { queues: Queues::default(), meters, on_key_frame_request }
    }

    fn on_read(&mut self, packet: &mut TaggedPacket) -> bool {
        let now = packet.now;
        match &packet.message.packet {
            Packet::Rtp(rtp) => {
                let mut meters = self.meters.lock();
                let header = &rtp.header;
                if let Some(&primary) = meters.primary_of.get(&header.ssrc) {
                    if let [first, second, rest @ ..] = &rtp.payload[..] {
                        let sequence = u16::from_be_bytes([*first, *second]);
                        let meter = meters.received.entry(primary).or_default();
                        meter.recovered += 1;
                        // A repaired packet says nothing about the jitter of the way.
                        let transit = meter.last_transit;
                        let jitter = meter.jitter;
                        meter.on_packet(now, sequence, header.timestamp, rest.len());
                        (meter.last_transit, meter.jitter) = (transit, jitter);
                    }
                } else {
                    let meter = meters.received.entry(header.ssrc).or_default();
                    meter.on_packet(now, header.sequence_number, header.timestamp, rtp.payload.len());
                }
            }
            Packet::Rtcp(packets) => {
                for packet in packets {
                    self.on_feedback(now, packet.as_ref());
                }
            }
            _ => {}
        }
        true
    }

    fn on_feedback(&mut self, now: Instant, packet: &dyn rtcp::Packet) {
        let any = packet.as_any();
        if let Some(indication) = any.downcast_ref::<PictureLossIndication>() {
            self.on_key_frame(indication.media_ssrc);
        } else if let Some(request) = any.downcast_ref::<FullIntraRequest>() {
            for entry in &request.fir {
                self.on_key_frame(entry.ssrc);
            }
        } else if let Some(nack) = any.downcast_ref::<TransportLayerNack>() {
            if let Some(meter) = self.meters.lock().sent.get_mut(&nack.media_ssrc) {
                meter.nacked += asked_for(nack);
            }
        } else if let Some(report) = any.downcast_ref::<ReceiverReport>() {
            self.on_reports(now, &report.reports);
        } else if let Some(report) = any.downcast_ref::<SenderReport>() {
            self.on_reports(now, &report.reports);
        }
    }

    fn on_key_frame(&mut self, ssrc: u32) {
        if let Some(meter) = self.meters.lock().sent.get_mut(&ssrc) {
            meter.key_frame_requests += 1;
        }
        (self.on_key_frame_request)(ssrc);
    }

    fn on_reports(&mut self, now: Instant, reports: &[ReceptionReport]) {
        let mut meters = self.meters.lock();
        for report in reports {
            let Some(meter) = meters.sent.get_mut(&report.ssrc) else { continue };
            meter.loss = f32::from(report.fraction_lost) / 256.0;
            let sent_at = meter.reports.iter().find(|(ntp, _)| *ntp == report.last_sender_report).map(|(_, at)| *at);
            if let Some(sent_at) = sent_at {
                let held = Duration::from_secs_f64(f64::from(report.delay) / 65_536.0);
                let sample = now.saturating_duration_since(sent_at).saturating_sub(held);
                meters.round_trip = Some(match meters.round_trip {
                    None => sample,
                    Some(smoothed) => (smoothed * 7 + sample) / 8,
                });
            }
        }
    }

    fn on_write(&mut self, packet: &mut TaggedPacket) -> bool {
        let now = packet.now;
        let mut meters = self.meters.lock();
        match &packet.message.packet {
            Packet::Rtp(rtp) => {
                let ssrc = rtp.header.ssrc;
                if let Some(&primary) = meters.primary_of.get(&ssrc) {
                    meters.sent.entry(primary).or_default().retransmitted += 1;
                } else {
                    let meter = meters.sent.entry(ssrc).or_default();
                    meter.packets += 1;
                    meter.bytes += rtp.payload.len() as u64;
                    meter.rate.add(now, rtp.payload.len());
                }
            }
            Packet::Rtcp(packets) => {
                for packet in packets {
                    let any = packet.as_any();
                    if let Some(nack) = any.downcast_ref::<TransportLayerNack>() {
                        meters.received.entry(nack.media_ssrc).or_default().nacked += asked_for(nack);
                    } else if let Some(report) = any.downcast_ref::<SenderReport>()
                        && let Some(meter) = meters.sent.get_mut(&report.ssrc)
                    {
                        meter.reports.push_back(((report.ntp_time >> 16) as u32, now));
                        if meter.reports.len() > 8 {
                            meter.reports.pop_front();
                        }
                    }
                }
            }
            _ => {}
        }
        true
    }

    fn bind(&mut self, info: &StreamInfo) {
        if let Some(ssrc_rtx) = info.ssrc_rtx {
            self.meters.lock().primary_of.insert(ssrc_rtx, info.ssrc);
        }
    }
}

chain_link!(Tap);

impl Interceptor for Tap {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        self.bind(info);
        self.meters.lock().sent.entry(info.ssrc).or_default();
    }

    fn unbind_local_stream(&mut self, _: &StreamInfo) {}

    fn bind_remote_stream(&mut self, info: &StreamInfo) {
        self.bind(info);
        let mut meters = self.meters.lock();
        // The library also binds the repairing stream by itself; that one gets no counters of its own.
        if !meters.primary_of.contains_key(&info.ssrc) {
            meters.received.entry(info.ssrc).or_default().clock_rate = info.clock_rate;
        }
    }

    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

fn asked_for(nack: &TransportLayerNack) -> u64 {
    nack.nacks.iter().map(|pair| 1 + u64::from(pair.lost_packets.count_ones())).sum()
}

#[cfg(test)]
mod tests {
    use rtc::{
        rtcp::{payload_feedbacks::full_intra_request::FirEntry, transport_feedbacks::transport_layer_nack::NackPair},
        sansio::Protocol,
    };

    use super::*;
    use crate::engine::interceptors::tests::{rtp_packet, tagged, video_stream};

    fn tap() -> (Tap, Meters, Arc<Mutex<Vec<u32>>>) {
        let meters = Meters::default();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let sink = asked.clone();
        (Tap::new(meters.clone(), Arc::new(move |ssrc| sink.lock().push(ssrc))), meters, asked)
    }

    fn nack(ssrc: u32) -> Packet {
        Packet::Rtcp(vec![Box::new(TransportLayerNack {
            sender_ssrc: 0,
            media_ssrc: ssrc,
            nacks: vec![NackPair { packet_id: 4, lost_packets: 0b101 }],
        })])
    }

    #[test]
    fn key_frame_requests_of_both_kinds_are_told_and_pass() {
        let (mut tap, meters, asked) = tap();
        tap.bind_local_stream(&video_stream());
        let packets: Vec<Box<dyn rtcp::Packet>> = vec![
            Box::new(PictureLossIndication { sender_ssrc: 9, media_ssrc: 1 }),
            Box::new(FullIntraRequest {
                sender_ssrc: 9,
                media_ssrc: 0,
                fir: vec![FirEntry { ssrc: 1, sequence_number: 0 }],
            }),
        ];
        tap.handle_read(tagged(Packet::Rtcp(packets))).expect("taken");
        assert!(tap.poll_read().is_some());
        assert_eq!(*asked.lock(), [1, 1]);
        assert_eq!(meters.lock().sent[&1].key_frame_requests, 2);
    }

    #[test]
    fn what_is_sent_and_sent_again_is_counted_apart() {
        let (mut tap, meters, _) = tap();
        tap.bind_local_stream(&video_stream());
        for (ssrc, payload) in [(1, &[0; 100][..]), (1, &[0; 50]), (2, &[0; 102])] {
            tap.handle_write(tagged(Packet::Rtp(rtp_packet(ssrc, 96, 0, payload)))).expect("taken");
            assert!(tap.poll_write().is_some());
        }
        tap.handle_read(tagged(nack(1))).expect("taken");
        let meter = meters.lock().sent[&1].clone();
        assert_eq!((meter.packets, meter.bytes, meter.retransmitted, meter.nacked), (2, 150, 1, 3));
    }

    #[test]
    fn losses_and_repairs_are_counted() {
        let (mut tap, meters, _) = tap();
        tap.bind_remote_stream(&video_stream());
        tap.bind_remote_stream(&StreamInfo { ssrc: 2, ssrc_rtx: None, payload_type: 97, ..video_stream() });
        for sequence in [65_534, 65_535, 1, 3] {
            tap.handle_read(tagged(Packet::Rtp(rtp_packet(1, 96, sequence, &[0; 10])))).expect("taken");
        }
        tap.handle_write(tagged(nack(1))).expect("taken");
        assert_eq!(meters.lock().received[&1].lost(), 2);
        tap.handle_read(tagged(Packet::Rtp(rtp_packet(2, 97, 0, &[0, 0, 1, 2])))).expect("taken");
        let meters = meters.lock();
        let meter = &meters.received[&1];
        assert_eq!((meter.packets, meter.lost(), meter.recovered, meter.nacked), (5, 1, 1, 3));
        assert!(!meters.received.contains_key(&2));
    }

    #[test]
    fn the_round_trip_comes_from_our_reports() {
        let (mut tap, meters, _) = tap();
        tap.bind_local_stream(&video_stream());
        let start = Instant::now();
        let mut report = tagged(Packet::Rtcp(vec![Box::new(SenderReport {
            ssrc: 1,
            ntp_time: 0x1234_5678_9abc_def0,
            ..SenderReport::default()
        })]));
        report.now = start;
        tap.handle_write(report).expect("taken");
        let mut answer = tagged(Packet::Rtcp(vec![Box::new(ReceiverReport {
            ssrc: 9,
            reports: vec![ReceptionReport {
                ssrc: 1,
                fraction_lost: 64,
                last_sender_report: 0x5678_9abc,
                delay: 65_536,
                ..ReceptionReport::default()
            }],
            ..ReceiverReport::default()
        })]));
        answer.now = start + Duration::from_millis(1080);
        tap.handle_read(answer).expect("taken");
        let meters = meters.lock();
        assert_eq!(meters.round_trip, Some(Duration::from_millis(80)));
        assert!((meters.sent[&1].loss - 0.25).abs() < 1e-6);
    }
}
