//! Made-up media: packets of the sizes and rates that encoders make, with the time of sending inside. Nobody decodes them;
//! media servers look at the VP8 payload descriptor and at whether a key frame begins, and these say so truly.

use std::time::{SystemTime, UNIX_EPOCH};

/// Payload of a full packet.
const PACKET: usize = 1100;

/// Marks our time of sending.
const MARK: &[u8; 4] = b"VSFU";

/// The VP8 payload descriptor.
const DESCRIPTOR: usize = 6;

/// A picture's data before the mark: enough for the header of a VP8 key frame (RFC 6386 9.1).
const HEADER: usize = 10;

/// How much larger a key frame is.
const KEY_FRAME_FACTOR: usize = 3;

/// One simulcast layer.
#[derive(Debug)]
pub(super) struct Layer {
    /// Its rid, empty without simulcast.
    pub(super) rid: &'static str,
    /// Width and height in pixels.
    pub(super) size: (u32, u32),
    /// Kilobits per second.
    pub(super) kbps: u32,
    /// The next picture is a key frame.
    pub(super) key_frame_wanted: bool,
    sequence: u64,
    timestamp: u32,
    picture: u16,
}

/// A packet to be written.
pub(super) struct Packet {
    /// Extended sequence number.
    pub(super) sequence: u64,
    /// On the clock of the medium.
    pub(super) timestamp: u32,
    /// Ends a picture.
    pub(super) marker: bool,
    /// The payload.
    pub(super) payload: Vec<u8>,
}

impl Layer {
    /// A layer that has sent nothing.
    pub(super) fn new(rid: &'static str, size: (u32, u32), kbps: u32) -> Self {
        Self { rid, size, kbps, key_frame_wanted: true, sequence: 1000, timestamp: 90_000, picture: 100 }
    }

    /// The packets of the next picture.
    pub(super) fn picture(&mut self, fps: u32) -> Vec<Packet> {
        let key = std::mem::take(&mut self.key_frame_wanted);
        let average = (self.kbps * 125 / fps) as usize;
        let mut left = if key { average * KEY_FRAME_FACTOR } else { average }.max(64);
        let mut packets = Vec::new();
        self.timestamp = self.timestamp.wrapping_add(90_000 / fps);
        self.picture = (self.picture + 1) & 0x7fff;
        let mut first = true;
        while left > 0 {
            let len = left.min(PACKET);
            left -= len;
            // RFC 7741 4.2: X, S at the start; I, L and T, which L asks for; picture id of 15 bits; TL0PICIDX; TID 0.
            let [high, low] = (self.picture | 0x8000).to_be_bytes();
            let mut payload = vec![if first { 0x90 } else { 0x80 }, 0xe0, high, low, self.picture as u8, 0];
            payload.extend([if key { 0x10 } else { 0x11 }, 0x02, 0x00, 0x9d, 0x01, 0x2a]);
            payload.extend((self.size.0 as u16).to_le_bytes());
            payload.extend((self.size.1 as u16).to_le_bytes());
            payload.resize(DESCRIPTOR + HEADER, 0);
            stamp(&mut payload);
            payload.resize(payload.len().max(len), 0x55);
            self.sequence += 1;
            packets.push(Packet { sequence: self.sequence, timestamp: self.timestamp, marker: left == 0, payload });
            first = false;
        }
        packets
    }
}

/// A microphone: 20 ms packets of 80 bytes.
#[derive(Debug, Default)]
pub(super) struct Voice {
    sequence: u64,
    timestamp: u32,
}

impl Voice {
    /// The next packet.
    pub(super) fn packet(&mut self) -> Packet {
        self.sequence += 1;
        self.timestamp = self.timestamp.wrapping_add(960);
        let mut payload = vec![0x78];
        stamp(&mut payload);
        payload.resize(80, 0x55);
        Packet { sequence: 1000 + self.sequence, timestamp: self.timestamp, marker: false, payload }
    }
}

fn stamp(payload: &mut Vec<u8>) {
    payload.extend(MARK);
    payload.extend(now_ns().to_be_bytes());
}

/// Unix time in nanoseconds, the clock of the system's receive timestamps.
pub(super) fn now_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// When a packet was sent, if it is one of ours.
pub(super) fn sent_ns(payload: &[u8]) -> Option<u64> {
    let head = payload.get(..payload.len().min(40))?;
    let at = head.windows(MARK.len()).position(|window| window == MARK)?;
    let stamp = payload.get(at + MARK.len()..at + MARK.len() + 8)?;
    Some(u64::from_be_bytes(stamp.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_have_the_rate_asked_for_and_tell_when_they_were_sent() {
        let mut layer = Layer::new("f", (1280, 720), 1500);
        let key = layer.picture(30);
        assert_eq!(key.iter().map(|packet| packet.payload.len()).sum::<usize>(), 3 * 6250);
        let delta = layer.picture(30);
        assert_eq!(delta.len(), 6);
        assert!(delta.last().is_some_and(|packet| packet.marker));
        let sent = sent_ns(&delta[0].payload).expect("ours");
        assert!(now_ns().abs_diff(sent) < 1_000_000_000);
        assert_eq!(sent_ns(&[0; 100]), None);
        assert!(sent_ns(&Voice::default().packet().payload).is_some());
    }
}
