//! What has to be known of a STUN request before a peer connection has it: whom it is for, which is the part of its USERNAME
//! before the colon (RFC 8489 14.3, RFC 8445 7.2.2), and whether it chooses a way. Only hints: the peer connection then checks
//! the message's integrity.

const HEADER_LEN: usize = 20;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;
const USE_CANDIDATE: u16 = 0x0025;

/// The receiver's username fragment in a STUN message, if it is one and has any.
pub(crate) fn receiver_ufrag(datagram: &[u8]) -> Option<&str> {
    let username = attribute(datagram, USERNAME)?;
    std::str::from_utf8(username).ok()?.split_once(':').map(|(receiver, _)| receiver)
}

/// Whether a STUN message says that its sender chose this way (USE-CANDIDATE, RFC 8445 7.1.2).
pub(crate) fn nominates(datagram: &[u8]) -> bool {
    attribute(datagram, USE_CANDIDATE).is_some()
}

/// The value of the first attribute of a kind, if it is a STUN message with one.
fn attribute(datagram: &[u8], wanted: u16) -> Option<&[u8]> {
    if datagram.first()? & 0xc0 != 0 || datagram.get(4..8)? != MAGIC_COOKIE {
        return None;
    }
    let mut rest = datagram.get(HEADER_LEN..)?;
    loop {
        let kind = u16::from_be_bytes([*rest.first()?, *rest.get(1)?]);
        let len = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
        let value = rest.get(4..4 + len)?;
        if kind == wanted {
            return Some(value);
        }
        // Attributes are padded to four bytes.
        rest = rest.get(4 + len.next_multiple_of(4)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(attributes: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, attributes.len() as u8];
        bytes.extend(MAGIC_COOKIE);
        bytes.extend([0; 12]);
        bytes.extend(attributes);
        bytes
    }

    #[test]
    fn the_receiver_is_before_the_colon() {
        let with_other_first = message(b"\x80\x22\x00\x03abc\0\x00\x06\x00\x07me:them\0");
        assert_eq!(receiver_ufrag(&with_other_first), Some("me"));
    }

    #[test]
    fn a_choice_is_seen() {
        assert!(nominates(&message(b"\x00\x06\x00\x07me:them\0\x00\x25\x00\x00")));
        assert!(!nominates(&message(b"\x00\x06\x00\x07me:them\0")));
    }

    #[test]
    fn whatever_comes_in_is_survived() {
        assert_eq!(receiver_ufrag(&[]), None);
        assert_eq!(receiver_ufrag(&[0; 20]), None);
        assert_eq!(receiver_ufrag(&message(b"\x00\x06\x00\xffme:them")), None);
        assert_eq!(receiver_ufrag(&message(b"\x00\x06\x00\x02me\0\0")), None);
        assert_eq!(receiver_ufrag(&message(b"\x00\x06\x00\x03\xff:\xff\0")), None);
        assert_eq!(receiver_ufrag(&[0x80; 200]), None);
    }
}
