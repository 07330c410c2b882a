//! The pacer in the chain, with the probes: what leaves between two pictures to find out how much the way carries.
//!
//! Probes are repetitions of packets sent a moment ago (RFC 4588), so every receiver knows what to do with them, and where
//! one was lost they repair it.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{BufMut, BytesMut};
use rtc::{
    interceptor::{Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket},
    rtp,
    shared::{TransportContext, error::Error, marshal::MarshalSize},
};

use super::congestion::{OfProbe, Queue, SRTP_TAG, SendControl};
use crate::bandwidth::{Class, Pacer};

/// Wire-ward of the NACK responder (4000), so that repetitions wait too; inward of the stamper (3500), so that probes are
/// marked.
pub(crate) const SLOT: usize = 3600;

/// Packets kept to fill probes with.
const RECENT: usize = 24;

/// With more repetitions than this waiting, further ones are dropped: who misses them asks again. On a way that is full
/// pictures count too: what overflowed is not worth the delay of what is newer.
const REPETITIONS_WAIT: Duration = Duration::from_millis(150);

/// With pictures that wait for longer than this, after the pace has fallen, those of the stream that fills the queue are
/// dropped: a smaller layer, which goes on, must not wait for what nobody can be shown any more.
const STALE: Duration = Duration::from_millis(300);

#[derive(Clone, Copy)]
struct Repair {
    ssrc: u32,
    payload_type: u8,
}

/// The link.
pub(crate) struct Pacing {
    read: VecDeque<TaggedPacket>,
    pacer: Pacer<TaggedPacket>,
    control: Arc<SendControl>,
    now: Option<Instant>,
    /// Video streams, with what repairs them.
    videos: HashMap<u32, Option<Repair>>,
    /// Next sequence number of each repairing stream: the library's responder and our probes share them.
    repairs: HashMap<u32, u16>,
    recent: VecDeque<(Repair, rtp::Packet)>,
    next_recent: usize,
    probe: Option<u32>,
}

impl Pacing {
    /// Paces by `control`'s target.
    pub(crate) fn new(control: Arc<SendControl>) -> Self {
        let pace = f64::from(control.controller.lock().target().bps());
        Self {
            read: VecDeque::new(),
            pacer: Pacer::new(pace),
            control,
            now: None,
            videos: HashMap::new(),
            repairs: HashMap::new(),
            recent: VecDeque::new(),
            next_recent: 0,
            probe: None,
        }
    }

    fn advance(&mut self, now: Instant) -> Instant {
        let now = self.now.map_or(now, |before| before.max(now));
        self.now = Some(now);
        self.pacer.set_pace(self.control.controller.lock().pace(now));
        self.pacer.advance(now);
        while self.pacer.delay() > STALE && self.drop_largest() {}
        now
    }

    /// Drops what waits of the stream of which most waits, unless it is the only one.
    fn drop_largest(&mut self) -> bool {
        let mut waiting: HashMap<u32, usize> = HashMap::new();
        for (bytes, packet) in self.pacer.pictures() {
            if let Packet::Rtp(rtp) = &packet.message.packet {
                *waiting.entry(rtp.header.ssrc).or_default() += bytes;
            }
        }
        let largest = waiting.iter().max_by_key(|(_, bytes)| **bytes).map(|(ssrc, _)| *ssrc);
        let Some(largest) = largest.filter(|_| waiting.len() > 1) else { return false };
        self.pacer
            .drop_pictures(|packet| matches!(&packet.message.packet, Packet::Rtp(rtp) if rtp.header.ssrc == largest));
        true
    }

    fn class(&self, packet: &TaggedPacket) -> Class {
        match &packet.message.packet {
            Packet::Rtp(rtp) if self.repairs.contains_key(&rtp.header.ssrc) => Class::Repetition,
            Packet::Rtp(rtp) if self.videos.contains_key(&rtp.header.ssrc) => Class::Picture,
            _ => Class::AtOnce,
        }
    }

    fn take(&mut self, packet: TaggedPacket) {
        let now = self.advance(packet.now);
        let class = self.class(&packet);
        if class == Class::Picture && self.probe.is_none() {
            let probe = self.control.controller.lock().poll_probe(now);
            if let Some(probe) = probe {
                self.probe = Some(probe.id);
                self.pacer.hurry(probe.bytes, probe.bps);
            }
        }
        if class == Class::Repetition {
            let is_full = self.control.controller.lock().is_full();
            let waiting = if is_full { self.pacer.delay() } else { self.pacer.repetition_delay() };
            if waiting > REPETITIONS_WAIT {
                return;
            }
        }
        let bytes = match &packet.message.packet {
            Packet::Rtp(rtp) => rtp.marshal_size() + SRTP_TAG,
            _ => 100,
        };
        self.pacer.push(class, bytes, packet);
    }

    fn release(&mut self) -> Option<TaggedPacket> {
        let now = self.now?;
        let mut packet = match self.pacer.pop() {
            Some(packet) => packet,
            None if self.pacer.is_hurrying() && self.pacer.has_budget() => {
                let Some(filler) = self.filler() else {
                    self.pacer.calm();
                    return None;
                };
                self.pacer.spend(filler.marshal_size() + SRTP_TAG);
                TaggedPacket {
                    now,
                    transport: TransportContext::default(),
                    message: AttributedPacket::new(Packet::Rtp(filler)).with(Attribute::Retransmission),
                }
            }
            None => return None,
        };
        packet.now = now;
        if let Some(id) = self.probe {
            packet.message.add(Attribute::Custom(Arc::new(OfProbe(id))));
            if !self.pacer.is_hurrying() {
                self.probe = None;
            }
        }
        if let Packet::Rtp(rtp) = &mut packet.message.packet {
            let header = &mut rtp.header;
            if let Some(next) = self.repairs.get_mut(&header.ssrc) {
                header.sequence_number = *next;
                *next = next.wrapping_add(1);
            } else if let Some(Some(repair)) = self.videos.get(&header.ssrc) {
                self.recent.push_back((*repair, rtp.clone()));
                if self.recent.len() > RECENT {
                    self.recent.pop_front();
                }
            }
        }
        Some(packet)
    }

    /// A repetition of a packet sent lately, one after the other.
    fn filler(&mut self) -> Option<rtp::Packet> {
        if self.recent.is_empty() {
            return None;
        }
        self.next_recent = (self.next_recent + 1) % self.recent.len();
        let (repair, original) = &self.recent[self.next_recent];
        let mut payload = BytesMut::with_capacity(2 + original.payload.len());
        payload.put_u16(original.header.sequence_number);
        payload.extend_from_slice(&original.payload);
        Some(rtp::Packet {
            header: rtp::header::Header {
                version: 2,
                ssrc: repair.ssrc,
                payload_type: repair.payload_type,
                timestamp: original.header.timestamp,
                marker: original.header.marker,
                ..rtp::header::Header::default()
            },
            payload: payload.freeze(),
        })
    }

    fn tell_queue(&self) {
        self.control.set_queue(Queue { delay: self.pacer.delay() });
    }
}

impl rtc::sansio::Protocol<TaggedPacket, TaggedPacket, ()> for Pacing {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.read.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.read.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.take(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        let packet = self.release();
        if packet.is_none() {
            self.tell_queue();
        }
        packet
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), Error> {
        self.advance(now);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.pacer.poll_timeout()
    }
}

impl Interceptor for Pacing {
    fn bind_local_stream(&mut self, info: &StreamInfo) {
        if !info.mime_type.to_ascii_lowercase().starts_with("video/") {
            return;
        }
        let repair = info.ssrc_rtx.zip(info.payload_type_rtx).map(|(ssrc, payload_type)| Repair { ssrc, payload_type });
        self.videos.insert(info.ssrc, repair);
        if let Some(repair) = repair {
            self.repairs.entry(repair.ssrc).or_insert_with(rand::random);
        }
    }

    fn unbind_local_stream(&mut self, info: &StreamInfo) {
        if let Some(Some(repair)) = self.videos.remove(&info.ssrc) {
            self.repairs.remove(&repair.ssrc);
            self.recent.retain(|(recent, _)| recent.ssrc != repair.ssrc);
        }
    }

    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use rtc::sansio::Protocol;
    use visita_protocol::Bitrate;

    use super::*;
    use crate::engine::interceptors::tests::{rtp_packet, tagged, video_stream};

    fn link() -> (Pacing, Instant) {
        let mut link = Pacing::new(SendControl::new(None));
        link.bind_local_stream(&video_stream());
        (link, Instant::now())
    }

    fn write(link: &mut Pacing, at: Instant, ssrc: u32, sequence: u16, len: usize) {
        let mut packet = tagged(Packet::Rtp(rtp_packet(ssrc, 96, sequence, &vec![0; len])));
        packet.now = at;
        link.handle_write(packet).expect("taken");
    }

    /// What leaves in `ms` milliseconds.
    fn left(link: &mut Pacing, from: Instant, ms: u64) -> Vec<rtp::Packet> {
        let mut packets = Vec::new();
        for ms in 0..ms {
            link.handle_timeout(from + Duration::from_millis(ms)).expect("taken");
            packets.extend(std::iter::from_fn(|| link.poll_write()).map(|packet| match packet.message.packet {
                Packet::Rtp(rtp) => rtp,
                other => panic!("not RTP: {other:?}"),
            }));
        }
        packets
    }

    #[test]
    fn a_small_first_frame_is_filled_up_to_a_probe() {
        let (mut link, start) = link();
        for sequence in 0..3 {
            write(&mut link, start, 1, sequence, 1100);
        }
        let packets = left(&mut link, start, 100);
        let (media, filler): (Vec<_>, Vec<_>) = packets.into_iter().partition(|packet| packet.header.ssrc == 1);
        assert_eq!(media.len(), 3);
        assert!(filler.len() >= 5, "{}", filler.len());
        for (before, after) in filler.iter().zip(&filler[1..]) {
            assert_eq!(after.header.sequence_number, before.header.sequence_number.wrapping_add(1));
            assert!((2, 97) == (after.header.ssrc, after.header.payload_type) && after.payload.len() == 1102);
        }
        // Then there is silence until there is word of it.
        write(&mut link, start + Duration::from_millis(200), 1, 3, 100);
        assert_eq!(left(&mut link, start + Duration::from_millis(200), 100).len(), 1);
    }

    #[test]
    fn sound_does_not_wait_for_pictures() {
        let (mut link, start) = link();
        for sequence in 0..100 {
            write(&mut link, start, 1, sequence, 1100);
        }
        left(&mut link, start, 1);
        write(&mut link, start + Duration::from_millis(1), 50, 0, 80);
        assert_eq!(
            link.poll_write().map(|packet| matches!(&packet.message.packet, Packet::Rtp(rtp) if rtp.header.ssrc == 50)),
            Some(true)
        );
        assert!(link.control.queue().delay > Duration::from_millis(100));
    }

    #[test]
    fn where_the_pace_falls_what_fills_the_queue_is_dropped() {
        let control = SendControl::new(Some(Bitrate::from_kbps(100)));
        let (mut link, start) = (Pacing::new(control), Instant::now());
        link.bind_local_stream(&video_stream());
        link.bind_local_stream(&StreamInfo { ssrc: 11, ssrc_rtx: Some(12), ..video_stream() });
        write(&mut link, start, 11, 0, 1100);
        for sequence in 0..30 {
            write(&mut link, start, 1, sequence, 1100);
        }
        write(&mut link, start, 11, 1, 1100);
        let of_small = left(&mut link, start, 300).iter().filter(|packet| packet.header.ssrc == 11).count();
        assert_eq!(of_small, 2, "the small layer's picture is through");
        assert!(link.control.queue().delay < STALE);
    }

    #[test]
    fn answers_of_the_responder_share_the_numbers() {
        let (mut link, start) = link();
        write(&mut link, start, 1, 0, 1100);
        let probes = left(&mut link, start, 100);
        let last = probes.last().expect("filled").header.sequence_number;
        write(&mut link, start + Duration::from_millis(150), 2, 9999, 500);
        let next = left(&mut link, start + Duration::from_millis(150), 10);
        assert_eq!(next[0].header.sequence_number, last.wrapping_add(1));
    }
}
