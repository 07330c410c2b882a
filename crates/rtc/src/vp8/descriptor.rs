//! The VP8 payload descriptor (RFC 7741 section 4.2).

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

/// A picture id with its width, which says where it wraps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PictureId {
    /// The id.
    pub(crate) value: u16,
    /// 15 bits wide rather than 7.
    pub(crate) long: bool,
}

impl PictureId {
    /// Whether this is the very next picture after `earlier`.
    pub(crate) fn follows(self, earlier: Self) -> bool {
        let mask = if self.long { 0x7fff } else { 0x7f };
        self.value == earlier.value.wrapping_add(1) & mask
    }
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
mod tests {
    use super::*;

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
    fn picture_ids_wrap_by_their_width() {
        let long = |value| PictureId { value, long: true };
        let short = |value| PictureId { value, long: false };
        assert!(long(0).follows(long(0x7fff)));
        assert!(short(0).follows(short(0x7f)));
        assert!(!long(0x80).follows(long(0x7e)));
    }
}
