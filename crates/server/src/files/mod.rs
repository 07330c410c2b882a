//! Files shared in rooms. Bytes come in pieces, each said where it belongs, so that an upload that broke off goes on where it
//! was; nothing is listed before it is there in full. What is allowed is asked of the room each time.

mod keeping;
mod looking;
mod routes;

pub(crate) use keeping::{Files, KeepError};
pub(crate) use routes::{Wanted, asked_range, content, disposition, part_of, remove, routes, set, small_picture};

/// Largest file, in bytes.
pub(crate) const MAX_FILE: u64 = 150 * 1024 * 1024;
