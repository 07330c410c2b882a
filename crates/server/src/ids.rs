//! Ids that the server makes up.

use visita_protocol::ids::IdError;

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
