//! VP9 in RTP (RFC 9628), and the little of a frame's own header that is needed ("VP9 Bitstream & Decoding Process
//! Specification" 0.6, section 6.2).

use bytes::Bytes;
use visita_protocol::PixelSize;

use super::part::{Order, Part, PictureId, Starts};

/// Reads a packet; none when it is too short to mean anything. The layers of one picture come one behind the other, as
/// decoders take them.
pub(super) fn read(payload: &Bytes) -> Option<Part> {
    let mut bytes = Reader { data: payload, used: 0 };
    let first = bytes.next()?;
    let has = |bit: u8| first & bit != 0;
    let (has_id, predicted, has_layers, flexible, begins, has_structure) =
        (has(0x80), has(0x40), has(0x20), has(0x10), has(0x08), has(0x02));
    let mut order = Order::default();
    if has_id {
        let id = bytes.next()?;
        order.picture_id = Some(match id & 0x80 {
            0 => PictureId { value: u16::from(id), long: false },
            _ => PictureId { value: u16::from_be_bytes([id & 0x7f, bytes.next()?]), long: true },
        });
    }
    let mut spatial = 0;
    if has_layers {
        let layers = bytes.next()?;
        order.temporal_layer = layers >> 5;
        spatial = (layers >> 1) & 7;
        if !flexible {
            order.tl0_picture_index = Some(bytes.next()?);
        }
    }
    if flexible {
        if predicted {
            // Up to three references, each with a bit that says whether another comes.
            for _ in 0..3 {
                if bytes.next()? & 1 == 0 {
                    break;
                }
            }
        }
        // It says itself which pictures it needs; a server may leave out others in between.
        order.picture_id = None;
    }
    if has_structure {
        let structure = bytes.next()?;
        if structure & 0x10 != 0 {
            bytes.skip((usize::from(structure >> 5) + 1) * 4)?;
        }
        if structure & 0x08 != 0 {
            for _ in 0..bytes.next()? {
                let references = (bytes.next()? >> 2) & 3;
                bytes.skip(usize::from(references))?;
            }
        }
    }
    Some(Part {
        starts: match (begins, spatial) {
            (true, 0) => Starts::Here,
            // Where only key frames predict from layer to layer, servers leave the lower layers of the others out.
            (true, _) => Starts::Unsaid,
            (false, _) => Starts::Before,
        },
        key: begins && spatial == 0 && !predicted,
        order,
        data: payload.slice(bytes.used..),
    })
}

struct Reader<'a> {
    data: &'a [u8],
    used: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.used)?;
        self.used += 1;
        Some(byte)
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.used += bytes;
        (self.used <= self.data.len()).then_some(())
    }
}

/// Size of the pictures from a key frame's header, of profile 0, the only one in calls; of several layers the lowest.
pub(super) fn key_frame_size(frame: &[u8]) -> Option<PixelSize> {
    let header: [u8; 10] = frame.get(..10)?.try_into().ok()?;
    // Frame marker 2, profile 0, not a frame shown again, key frame; whether it is shown and resilient does not matter.
    if header[0] & 0xfc != 0x80 || header[1..4] != [0x49, 0x83, 0x42] {
        return None;
    }
    let bits = u64::from_be_bytes([0, 0, header[4], header[5], header[6], header[7], header[8], header[9]]);
    // Three bits of colour space; what is not sRGB, which profile 0 has not, has one bit of range.
    let color_space = bits >> 45;
    if color_space == 7 {
        return None;
    }
    let side = |shift: u32| (bits >> shift & 0xffff) as u32 + 1;
    Some(PixelSize::new(side(28), side(12)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(payload: &[u8]) -> Part {
        read(&Bytes::copy_from_slice(payload)).expect("long enough")
    }

    #[test]
    fn the_first_packet_of_a_picture_is_told_from_the_others() {
        // Without layers: begins, goes on, is predicted.
        let begins = part(&[0x8c, 0x81, 0x05, 0xaa]);
        assert_eq!((begins.starts, begins.key, &begins.data[..]), (Starts::Here, true, &[0xaa][..]));
        assert_eq!(begins.order.picture_id, Some(PictureId { value: 0x105, long: true }));
        let goes_on = part(&[0x84, 0x05, 0xaa]);
        assert_eq!((goes_on.starts, goes_on.key), (Starts::Before, false));
        assert!(!part(&[0xc8, 0x05, 0xaa]).key);
        // Layers, not flexible: temporal layer 1 of spatial layer 0 with TL0PICIDX; the second spatial layer.
        let layered = part(&[0xa8, 0x05, 0x20, 0x09, 0xaa]);
        assert_eq!((layered.order.temporal_layer, layered.order.tl0_picture_index), (1, Some(9)));
        let second = part(&[0xa8, 0x05, 0x02, 0x09, 0xaa]);
        assert_eq!((second.starts, second.key), (Starts::Unsaid, false));
    }

    #[test]
    fn references_and_structures_are_passed_over() {
        // Flexible, two references.
        let flexible = part(&[0xf8, 0x05, 0x00, 0x03, 0x04, 0xaa]);
        assert_eq!((flexible.order.picture_id, &flexible.data[..]), (None, &[0xaa][..]));
        // Two spatial layers with their sizes, two pictures in the group with one and no reference.
        let structured = [0x0a, 0x38, 1, 64, 0, 180, 2, 128, 1, 104, 2, 0x04, 0x01, 0x00, 0xaa];
        assert_eq!(part(&structured).data[..], [0xaa]);
        for len in 0..structured.len() - 1 {
            let cut = Bytes::copy_from_slice(&structured[..len]);
            assert!(read(&cut).is_none(), "{len}");
        }
    }

    #[test]
    fn size_is_read_from_key_frames_only() {
        // 640 by 360, colour space 2 (BT.709).
        let mut header = vec![0x82, 0x49, 0x83, 0x42];
        let bits: u64 = 2 << 45 | 639 << 28 | 359 << 12;
        header.extend_from_slice(&bits.to_be_bytes()[2..]);
        assert_eq!(key_frame_size(&header), Some(PixelSize::new(640, 360)));
        // A predicted frame; another profile.
        assert_eq!(key_frame_size(&[&[0x86][..], &header[1..]].concat()), None);
        assert_eq!(key_frame_size(&[&[0xa2][..], &header[1..]].concat()), None);
    }
}
