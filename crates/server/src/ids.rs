//! Ids that the server makes up.

use visita_protocol::{RoomId, ids::IdError};

use crate::keys::{self, KeyError};

/// A new id: a UUID, with the time in front (version 7), so that rows lie in the order of their making.
pub(crate) fn new<T: TryFrom<String, Error = IdError>>() -> T {
    let mut id = uuid::Uuid::now_v7().simple().to_string();
    loop {
        // Hexadecimal digits are an id: the first round is the only one.
        match T::try_from(id) {
            Ok(id) => return id,
            Err(_) => id = uuid::Uuid::now_v7().simple().to_string(),
        }
    }
}

/// A new room's id in the form of a MongoDB ObjectId: 24 hexadecimal digits, the time in front (whole seconds since the Unix
/// epoch), then 64 random bits, so that it is not guessed either.
pub(crate) fn object_id() -> Result<RoomId, KeyError> {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let random = u64::from_be_bytes(keys::random()?);
    format!("{:08x}{random:016x}", seconds & 0xffff_ffff).parse().map_err(|_| KeyError::NoRandomness)
}
