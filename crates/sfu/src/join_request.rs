//! What a client with one peer connection says when it comes: all in one parameter of its URL.

use std::io::Read;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use flate2::read::GzDecoder;
use livekit_protocol::{JoinRequest, WrappedJoinRequest, wrapped_join_request::Compression};
use prost::Message;

/// Longest request once unpacked. Its session description is the most of it.
const MAX_LEN: u64 = 1024 * 1024;

/// Longest metadata and attributes together, in bytes.
const MAX_METADATA: usize = 64 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JoinRequestError {
    #[error("join_request is required")]
    Missing,
    #[error("join_request cannot be read")]
    Malformed,
    #[error("join_request is too large")]
    TooLarge,
}

/// Reads the parameter: base64 of a message that holds another, perhaps packed.
pub(crate) fn read(encoded: &str) -> Result<JoinRequest, JoinRequestError> {
    let bytes = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).map_err(|_| JoinRequestError::Malformed)?;
    unwrap(&bytes)
}

pub(crate) fn unwrap(bytes: &[u8]) -> Result<JoinRequest, JoinRequestError> {
    let wrapped = WrappedJoinRequest::decode(bytes).map_err(|_| JoinRequestError::Malformed)?;
    let inner = match Compression::try_from(wrapped.compression) {
        Ok(Compression::None) => wrapped.join_request,
        Ok(Compression::Gzip) => inflate(&wrapped.join_request)?,
        Err(_) => return Err(JoinRequestError::Malformed),
    };
    let request = JoinRequest::decode(inner.as_slice()).map_err(|_| JoinRequestError::Malformed)?;
    let attributes = request.participant_attributes.iter().map(|(name, value)| name.len() + value.len());
    if request.metadata.len() + attributes.sum::<usize>() > MAX_METADATA {
        return Err(JoinRequestError::TooLarge);
    }
    Ok(request)
}

fn inflate(packed: &[u8]) -> Result<Vec<u8>, JoinRequestError> {
    let mut inner = Vec::new();
    // One byte more tells too long from just long enough.
    let read = GzDecoder::new(packed).take(MAX_LEN + 1).read_to_end(&mut inner);
    read.map_err(|_| JoinRequestError::Malformed)?;
    if inner.len() as u64 > MAX_LEN {
        return Err(JoinRequestError::TooLarge);
    }
    Ok(inner)
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, io::Write};

    use flate2::{Compression as Level, write::GzEncoder};

    use super::*;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
        encoder.write_all(bytes).expect("to memory");
        encoder.finish().expect("to memory")
    }

    fn wrap(compression: Compression, join_request: Vec<u8>) -> String {
        let wrapped = WrappedJoinRequest { compression: compression.into(), join_request };
        URL_SAFE_NO_PAD.encode(wrapped.encode_to_vec())
    }

    #[test]
    fn packed_or_not_it_is_the_same() {
        let request = JoinRequest { participant_sid: "PA_1".into(), reconnect: true, ..Default::default() };
        let bytes = request.encode_to_vec();
        assert_eq!(read(&wrap(Compression::None, bytes.clone())), Ok(request.clone()));
        assert_eq!(read(&format!("{}==", wrap(Compression::Gzip, pack(&bytes)))), Ok(request));
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_large() {
        let bomb = pack(&vec![0; 64 * 1024 * 1024]);
        assert!(bomb.len() < 512 * 1024);
        assert_eq!(read(&wrap(Compression::Gzip, bomb)), Err(JoinRequestError::TooLarge));
        let attributes = HashMap::from([("a".to_owned(), "b".repeat(MAX_METADATA))]);
        let request = JoinRequest { participant_attributes: attributes, ..Default::default() };
        assert_eq!(read(&wrap(Compression::Gzip, pack(&request.encode_to_vec()))), Err(JoinRequestError::TooLarge));
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(read("*"), Err(JoinRequestError::Malformed));
        assert_eq!(read(&wrap(Compression::Gzip, b"not packed".to_vec())), Err(JoinRequestError::Malformed));
        let cut = pack(&[1; 1000]);
        assert_eq!(read(&wrap(Compression::Gzip, cut[..cut.len() / 2].to_vec())), Err(JoinRequestError::Malformed));
    }
}
