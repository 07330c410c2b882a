//! Cuts VP8 frames into RTP payloads.

use bytes::Bytes;

use super::{
    part::PictureId,
    vp8::{Descriptor, MAX_LEN},
};

/// Bytes of VP8 in a packet. With descriptor (6), RTP header (12), header extensions (24), SRTP tag (16), UDP and IPv6
/// (48) it stays below 1280, the smallest MTU IPv6 allows.
const MAX_FRAGMENT: usize = 1130;

/// One payload, ready for an RTP header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Payload {
    /// Descriptor and VP8 bytes.
    pub(crate) bytes: Bytes,
    /// The last of its frame: the RTP marker bit.
    pub(crate) last: bool,
}

/// Numbers the pictures of one layer and cuts them.
#[derive(Clone, Debug)]
pub(crate) struct Packetizer {
    picture_id: u16,
    tl0_picture_index: u8,
}

impl Packetizer {
    /// Starts at given numbers; layers of one video start at the same.
    pub(crate) fn new(picture_id: u16, tl0_picture_index: u8) -> Self {
        Self { picture_id: picture_id & 0x7fff, tl0_picture_index }
    }

    /// Cuts one frame into fragments of even size, so that none is a runt that costs a header.
    pub(crate) fn cut(&mut self, frame: &[u8]) -> Vec<Payload> {
        if frame.is_empty() {
            return Vec::new();
        }
        let count = frame.len().div_ceil(MAX_FRAGMENT);
        let size = frame.len().div_ceil(count);
        let mut descriptor = Descriptor {
            starts_frame: true,
            non_reference: false,
            picture_id: Some(PictureId { value: self.picture_id, long: true }),
            tl0_picture_index: Some(self.tl0_picture_index),
            temporal_layer: 0,
        };
        let mut payloads = Vec::with_capacity(count);
        let mut fragments = frame.chunks(size).peekable();
        while let Some(fragment) = fragments.next() {
            let mut bytes = Vec::with_capacity(MAX_LEN + fragment.len());
            descriptor.write(&mut bytes);
            bytes.extend_from_slice(fragment);
            descriptor.starts_frame = false;
            payloads.push(Payload { bytes: bytes.into(), last: fragments.peek().is_none() });
        }
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        self.tl0_picture_index = self.tl0_picture_index.wrapping_add(1);
        payloads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::tests::frame;

    #[test]
    fn fragments_are_even_and_whole() {
        let whole = frame(true, 3 * MAX_FRAGMENT + 1);
        let payloads = Packetizer::new(5, 9).cut(&whole);
        assert_eq!(payloads.len(), 4);
        let joined: Vec<u8> = payloads.iter().flat_map(|p| p.bytes[MAX_LEN..].to_vec()).collect();
        assert_eq!(joined, whole);
        assert!(payloads.iter().all(|p| p.bytes.len() > MAX_FRAGMENT / 2));
        assert_eq!(payloads.iter().map(|p| p.last).collect::<Vec<_>>(), [false, false, false, true]);
        let starts: Vec<bool> =
            payloads.iter().map(|p| Descriptor::read(&p.bytes).expect("complete").0.starts_frame).collect();
        assert_eq!(starts, [true, false, false, false]);
    }

    #[test]
    fn pictures_are_numbered_and_wrap() {
        let mut packetizer = Packetizer::new(0x7fff, 0xff);
        let ids: Vec<_> = (0..2)
            .map(|_| {
                let payload = packetizer.cut(&[1, 2, 3]).remove(0);
                let (descriptor, _) = Descriptor::read(&payload.bytes).expect("complete");
                (descriptor.picture_id.expect("present").value, descriptor.tl0_picture_index.expect("present"))
            })
            .collect();
        assert_eq!(ids, [(0x7fff, 0xff), (0, 0)]);
    }

    #[test]
    fn an_empty_frame_is_no_packet() {
        assert!(Packetizer::new(0, 0).cut(&[]).is_empty());
    }
}
