//! How pictures are coded on the wire.

/// A payload format of video that a room admits. Our own clients send VP8 and take every one of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VideoCodec {
    /// RFC 6386, in RTP as RFC 7741 says.
    #[default]
    Vp8,
    /// ITU-T H.264, in RTP as RFC 6184 says.
    H264,
    /// VP9 bitstream, in RTP as RFC 9628 says.
    Vp9,
}

impl VideoCodec {
    /// Every one, the preferred first.
    pub const ALL: [Self; 3] = [Self::Vp8, Self::H264, Self::Vp9];

    /// By the name that LiveKit or SDP has for it, `vp8` or `video/VP8`.
    pub fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = name.trim_start_matches("video/");
        Self::ALL.into_iter().find(|codec| codec.name() == name)
    }

    /// As LiveKit names it among subscribed codecs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vp8 => "vp8",
            Self::H264 => "h264",
            Self::Vp9 => "vp9",
        }
    }

    /// Media type (RFC 7741 section 6.1, RFC 6184 section 8.1, RFC 9628 section 7).
    pub fn mime(self) -> &'static str {
        match self {
            Self::Vp8 => "video/VP8",
            Self::H264 => "video/H264",
            Self::Vp9 => "video/VP9",
        }
    }

    /// Encoding name of SDP's `a=rtpmap`.
    pub fn encoding_name(self) -> &'static str {
        self.mime().trim_start_matches("video/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_livekits() {
        for codec in VideoCodec::ALL {
            assert_eq!(VideoCodec::by_name(codec.name()), Some(codec));
            assert_eq!(VideoCodec::by_name(codec.mime()), Some(codec));
            assert_eq!(VideoCodec::by_name(codec.encoding_name()), Some(codec));
        }
        assert_eq!(VideoCodec::by_name("av1"), None);
    }
}
