//! The words both sides of Visita speak: ids, units, rights, room-channel messages, REST bodies and the
//! views the page draws. Plain data with its own checks at the border; it knows nothing of sockets, rooms or devices.

pub mod board;
pub mod channel;
pub mod codec;
pub mod composition;
pub mod desktop;
pub mod entry;
pub mod error;
pub mod frames;
pub mod ids;
pub mod link;
pub mod recorder;
pub mod rest;
pub mod rights;
pub mod secret;
pub mod text;
pub mod units;
pub mod user_channel;
pub mod view;

pub use codec::VideoCodec;
pub use error::{ErrorBody, ErrorCode, Problem};
pub use ids::{
    BoardId, CompanyId, CompositionId, FileId, ItemId, ParticipantId, RecordingId, RecordingTrackId, RoomId, SessionId,
    UserId,
};
pub use recorder::RecordingLayout;
pub use rights::{CallType, Entrance, RecordingMode, Tools, Whiteboard, WhiteboardRights};
pub use secret::Secret;
pub use units::{Bitrate, PixelSize};
