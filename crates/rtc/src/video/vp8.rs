//! VP8 in RTP (RFC 7741): the payload descriptor of section 4.2, and what a frame's own header says (RFC 6386).

use bytes::Bytes;
use visita_protocol::PixelSize;

use super::part::{Order, Part, PictureId, Starts};

/// Reads a packet; none when it is too short to mean anything.
pub(super) fn read(payload: &Bytes) -> Option<Part> {
    let (descriptor, used) = Descriptor::read(payload)?;
    let data = payload.slice(used..);
    Some(Part {
        starts: if descriptor.starts_frame { Starts::Here } else { Starts::Before },
        key: descriptor.starts_frame && data.first().is_some_and(|byte| byte & 1 == 0),
        order: Order {
            picture_id: descriptor.picture_id,
            tl0_picture_index: descriptor.tl0_picture_index,
            temporal_layer: descriptor.temporal_layer,
        },
        data,
    })
}

/// Size of the pictures from a key frame's header (RFC 6386 section 9.1); none for delta frames and for nonsense.
pub(super) fn key_frame_size(frame: &[u8]) -> Option<PixelSize> {
    let header: [u8; 10] = frame.get(..10)?.try_into().ok()?;
    let is_key = header[0] & 1 == 0;
    if !is_key || header[3..6] != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let fourteen_bits = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    Some(PixelSize::new(fourteen_bits(header[6], header[7]), fourteen_bits(header[8], header[9])))
}

/// What a packet says about the frame it carries a part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Descriptor {
    /// S bit with partition index 0: the first packet of a frame.
    pub(crate) starts_frame: bool,
    /// Nothing refers to this frame.
    pub(crate) non_reference: bool,
    /// Picture id, 7 or 15 bits wide.
    pub(crate) picture_id: Option<PictureId>,
    /// Running index of temporal base layer frames.
    pub(crate) tl0_picture_index: Option<u8>,
    /// Temporal layer; 0 is the base.
    pub(crate) temporal_layer: u8,
}

/// Longest descriptor [`Descriptor::write`] makes.
pub(crate) const MAX_LEN: usize = 6;

impl Descriptor {
    /// Reads a descriptor; gives it and the number of bytes it takes, or none when the payload is too short.
    pub(crate) fn read(payload: &[u8]) -> Option<(Self, usize)> {
        let mut bytes = payload.iter().copied();
        let mut used = 0;
        let mut next = || {
            used += 1;
            bytes.next()
        };
        let first = next()?;
        let mut descriptor =
            Self { starts_frame: first & 0x17 == 0x10, non_reference: first & 0x20 != 0, ..Self::default() };
        if first & 0x80 != 0 {
            let extension = next()?;
            if extension & 0x80 != 0 {
                let id = next()?;
                descriptor.picture_id = Some(if id & 0x80 != 0 {
                    PictureId { value: u16::from_be_bytes([id & 0x7f, next()?]), long: true }
                } else {
                    PictureId { value: u16::from(id), long: false }
                });
            }
            if extension & 0x40 != 0 {
                descriptor.tl0_picture_index = Some(next()?);
            }
            if extension & 0x30 != 0 {
                let layer = next()?;
                if extension & 0x20 != 0 {
                    descriptor.temporal_layer = layer >> 6;
                }
            }
        }
        Some((descriptor, used))
    }

    /// Appends the descriptor with a 15-bit picture id, TL0PICIDX and TID.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let picture_id = self.picture_id.map_or(0, |id| id.value & 0x7fff).to_be_bytes();
        out.push(0x80 | if self.non_reference { 0x20 } else { 0 } | if self.starts_frame { 0x10 } else { 0 });
        out.push(0xe0);
        out.push(0x80 | picture_id[0]);
        out.push(picture_id[1]);
        out.push(self.tl0_picture_index.unwrap_or(0));
        out.push(self.temporal_layer << 6);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A frame with a true VP8 header and `len` bytes in all.
    pub(crate) fn frame(key: bool, len: usize) -> Vec<u8> {
        let mut data: Vec<u8> = (0..len).map(|i| (i % 251) as u8).collect();
        data[0] = if key { 0x10 } else { 0x11 };
        if key {
            data[3..10].copy_from_slice(&[0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01]);
        }
        data
    }

    #[test]
    fn what_is_written_is_read() {
        let written = Descriptor {
            starts_frame: true,
            non_reference: false,
            picture_id: Some(PictureId { value: 0x1234, long: true }),
            tl0_picture_index: Some(77),
            temporal_layer: 2,
        };
        let mut bytes = Vec::new();
        written.write(&mut bytes);
        assert_eq!(bytes.len(), MAX_LEN);
        bytes.push(0xaa);
        assert_eq!(Descriptor::read(&bytes), Some((written, MAX_LEN)));
    }

    #[test]
    fn short_forms_are_read() {
        // No extension.
        assert_eq!(
            Descriptor::read(&[0x10, 0xff]),
            Some((Descriptor { starts_frame: true, ..Descriptor::default() }, 1))
        );
        // Partition 1 starts: not the start of a frame.
        assert!(!Descriptor::read(&[0x11, 0xff]).expect("complete").0.starts_frame);
        // 7-bit picture id.
        let (descriptor, used) = Descriptor::read(&[0x90, 0x80, 0x7f, 0]).expect("complete");
        assert_eq!((descriptor.picture_id, used), (Some(PictureId { value: 0x7f, long: false }), 3));
        // KEYIDX alone still takes its byte, and says nothing of the layer.
        let (descriptor, used) = Descriptor::read(&[0x90, 0x10, 0xff, 0]).expect("complete");
        assert_eq!((descriptor.temporal_layer, used), (0, 3));
    }

    #[test]
    fn cut_descriptors_are_refused() {
        for cut in [&[][..], &[0x80], &[0x80, 0x80], &[0x80, 0x80, 0x80], &[0x80, 0x40], &[0x80, 0x20]] {
            assert_eq!(Descriptor::read(cut), None, "{cut:x?}");
        }
    }

    #[test]
    fn size_is_read_from_key_frames_only() {
        assert_eq!(key_frame_size(&frame(true, 64)), Some(PixelSize::new(640, 360)));
        assert_eq!(key_frame_size(&frame(false, 64)), None);
        assert_eq!(key_frame_size(&[0x10, 0, 0]), None);
        assert_eq!(key_frame_size(&[0; 16]), None);
    }
}
