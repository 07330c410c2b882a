//! Identifiers, checked once where they enter.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use specta::Type;
use thiserror::Error;
use utoipa::ToSchema;

/// Longest id accepted, in characters (`reference` rule for user ids, taken for all of ours).
pub const MAX_ID_LEN: usize = 128;

/// Why a string is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdError {
    /// The string is empty.
    #[error("an id must not be empty")]
    Empty,
    /// More than [`MAX_ID_LEN`] characters.
    #[error("an id has at most 128 characters")]
    TooLong,
    /// A character other than letters, digits, `.`, `_` and `-`.
    #[error("an id has only letters, digits, '.', '_' and '-'")]
    Character,
}

fn check(id: &str) -> Result<(), IdError> {
    if id.is_empty() {
        return Err(IdError::Empty);
    }
    if id.chars().count() > MAX_ID_LEN {
        return Err(IdError::TooLong);
    }
    if !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')) {
        return Err(IdError::Character);
    }
    Ok(())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type, ToSchema)]
        #[schema(min_length = 1, max_length = 128, pattern = "^[A-Za-z0-9._-]+$")]
        #[serde(try_from = "String", into = "String")]
        #[specta(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(value: String) -> Result<Self, IdError> {
                check(&value)?;
                Ok(Self(value))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(value: &str) -> Result<Self, IdError> {
                value.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// One tenant.
    CompanyId
);
id!(
    /// A user, unique in its company.
    UserId
);
id!(
    /// A room that lasts.
    RoomId
);
id!(
    /// A stretch of time in which at least one person was connected to a room.
    SessionId
);
id!(
    /// A user's seat in a room; also the LiveKit identity of whoever sits there.
    ParticipantId
);
id!(
    /// A file that was shared, or a snapshot.
    FileId
);
id!(
    /// A recording of a session.
    RecordingId
);
id!(
    /// A whiteboard: the room's own, or the one over a snapshot.
    BoardId
);
id!(
    /// Something that lies on a board.
    ItemId
);

id!(
    /// One file of a recording: what one participant sent of one kind.
    RecordingTrackId
);
id!(
    /// A film made afterwards of what was recorded track by track.
    CompositionId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_letters_digits_and_three_signs() {
        assert_eq!("dr.conti_2-b".parse::<UserId>().map(|id| id.to_string()), Ok("dr.conti_2-b".into()));
    }

    #[test]
    fn refuses_what_is_no_id() {
        assert_eq!("".parse::<UserId>(), Err(IdError::Empty));
        assert_eq!("a b".parse::<UserId>(), Err(IdError::Character));
        assert_eq!("è".parse::<UserId>(), Err(IdError::Character));
        assert_eq!("x".repeat(129).parse::<UserId>(), Err(IdError::TooLong));
        assert!(serde_json::from_str::<RoomId>("\"../x\"").is_err());
    }
}
