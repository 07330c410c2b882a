//! Entering a room by link: `GET /join/<code>` (a look that uses nothing up) and `POST /join/<code>` (going in).

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{CallType, ParticipantId, RecordingMode, RoomId, Secret, Tools};

/// How many bytes `GET` and `POST /join/<code>/line` carry at most, by which the way to a server is tried.
pub const MOST_ON_TRIAL: usize = 256 * 1024;

/// What `GET /join/<code>` with `Accept: application/json` answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct JoinPreview {
    /// The room.
    pub room_id: RoomId,
    /// The room's description, when it has one.
    pub title: Option<String>,
    /// Name of the company that hosts it.
    pub company: String,
    /// Display name of the room's host (its first admin, else its first plus user) when another seat has it and it is known.
    pub host_name: Option<String>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it will or may be recorded.
    pub recording: RecordingMode,
    /// The seat this link belongs to.
    pub participant_id: ParticipantId,
    /// Whether the seat is an admin's.
    pub is_admin: bool,
    /// What this seat's person is called there now, else the name that was given to the seat.
    pub display_name: Option<String>,
    /// Names of those who are in.
    pub people_in: Vec<String>,
    /// Whether this seat is connected from elsewhere: going in asks first.
    pub in_use: bool,
    /// When the visit starts, Unix time in seconds; none means at any time.
    #[serde(default)]
    pub starts_at: Option<f64>,
    /// From when on the link lets people in, Unix time in seconds; none means now.
    #[serde(default)]
    pub opens_at: Option<f64>,
    /// Whether an admin has to let this seat in.
    #[serde(default)]
    pub waiting_room: bool,
    /// Whether this seat's person has to be told, and asked, about recording before going in: recording is `automatic`.
    #[serde(default)]
    pub asks_consent: bool,
    /// In which language the link speaks, `en` or `it`; none means the person's own.
    #[serde(default)]
    pub language: Option<String>,
    /// The picture that the link puts behind its person, PNG, JPEG, WebP or GIF.
    #[serde(default)]
    pub background_url: Option<String>,
    /// Until when the link is good, Unix time in seconds; none means as long as the room is active.
    pub good_until: Option<f64>,
}

/// Body of `POST /join/<code>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterRequest {
    /// Name to show to the others, 1 to 120 characters; the name the seat has, or its user id, when absent.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Take the seat over from another device. Without it a seat in use answers `seat_in_use`.
    #[serde(default)]
    pub displace: bool,
}

/// What `POST /join/<code>` answers: where media and room channel are, with a token for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The room.
    pub room_id: RoomId,
    /// The seat.
    pub participant_id: ParticipantId,
    /// The name the others see.
    pub display_name: String,
    /// What the seat may use.
    pub tools: Tools,
    /// LiveKit URL, `ws://…` or `wss://…`.
    pub livekit_url: String,
    /// LiveKit access token (JWT). None where an admin has to let the seat in: it comes through the channel then.
    #[serde(default)]
    pub livekit_token: Option<Secret>,
    /// Whether an admin has to let the seat in first.
    #[serde(default)]
    pub waiting: bool,
    /// Room channel URL, `ws://…/channel`.
    pub channel_url: String,
    /// Token for the channel's `hello`.
    pub channel_token: Secret,
}
