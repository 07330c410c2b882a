//! The little of WebSocket framing (RFC 6455 section 5) that a proxy needs to look into messages.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Larger than any message of LiveKit's signalling.
const MAX_FRAME: u64 = 16 << 20;

/// One frame, unmasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// FIN, reserved bits and opcode.
    pub(super) first: u8,
    /// Whether it was masked, as a client must.
    pub(super) masked: bool,
    /// What it carries.
    pub(super) payload: Vec<u8>,
}

impl Frame {
    /// Reads the next frame; none at the end of the stream.
    pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut head = [0; 2];
        if from.read(&mut head[..1]).await? == 0 {
            return Ok(None);
        }
        from.read_exact(&mut head[1..]).await?;
        let length = match head[1] & 0x7f {
            126 => u64::from(from.read_u16().await?),
            127 => from.read_u64().await?,
            short => u64::from(short),
        };
        if length > MAX_FRAME {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame too large"));
        }
        let masked = head[1] & 0x80 != 0;
        let mut mask = [0; 4];
        if masked {
            from.read_exact(&mut mask).await?;
        }
        let mut payload = vec![0; length as usize];
        from.read_exact(&mut payload).await?;
        payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        Ok(Some(Self { first: head[0], masked, payload }))
    }

    /// A whole binary message.
    pub(super) fn is_binary_message(&self) -> bool {
        self.first == 0x82
    }

    /// The frame on the wire. The mask is all zeros: it protects proxies on the open network, of which there is none here.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mask_bit = if self.masked { 0x80 } else { 0 };
        let mut bytes = vec![self.first];
        match self.payload.len() {
            length @ 0..126 => bytes.push(mask_bit | length as u8),
            length @ 126..=0xffff => {
                bytes.push(mask_bit | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            length => {
                bytes.push(mask_bit | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        if self.masked {
            bytes.extend([0; 4]);
        }
        bytes.extend(&self.payload);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_of_every_length_come_through() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 100_000] {
            for masked in [false, true] {
                let frame = Frame { first: 0x82, masked, payload: vec![7; length] };
                let bytes = frame.to_bytes();
                assert_eq!(Frame::read(&mut &bytes[..]).await.expect("whole"), Some(frame));
            }
        }
    }

    #[tokio::test]
    async fn a_mask_is_taken_off() {
        // RFC 6455 section 5.7: a masked "Hello".
        let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
        let frame = Frame::read(&mut &bytes[..]).await.expect("whole").expect("one");
        assert_eq!((frame.payload, frame.masked), (b"Hello".to_vec(), true));
        assert_eq!(Frame::read(&mut &b""[..]).await.expect("the end"), None);
    }
}
