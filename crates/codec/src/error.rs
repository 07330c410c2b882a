use visita_protocol::PixelSize;

/// Why a codec refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// The library could not set up an encoder or decoder.
    #[error("{codec} could not start: {reason}")]
    Start {
        /// `"vp8"`, `"vp9"`, `"h264"` or `"opus"`.
        codec: &'static str,
        /// What the library said.
        reason: String,
    },
    /// A picture or block could not be encoded.
    #[error("{codec} could not encode: {reason}")]
    Encode {
        /// `"vp8"`, `"vp9"`, `"h264"` or `"opus"`.
        codec: &'static str,
        /// What the library said.
        reason: String,
    },
    /// Received data is broken, or not of this codec.
    #[error("{codec} could not decode: {reason}")]
    Decode {
        /// `"vp8"`, `"vp9"`, `"h264"` or `"opus"`.
        codec: &'static str,
        /// What the library said.
        reason: String,
    },
    /// A size that pictures cannot have here: zero, odd or beyond 16383 (RFC 6386 section 9.1).
    #[error("{}x{} is no usable picture size", .0.width, .0.height)]
    Size(PixelSize),
    /// The bytes given do not make up a picture of the size given.
    #[error("{have} bytes where a picture needs {want}")]
    ShortPicture {
        /// Bytes given.
        have: usize,
        /// Bytes needed.
        want: usize,
    },
}
