//! Webhooks and what they tell.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CompositionId, FileId, ParticipantId, RecordingId, RoomId, Secret, SessionId, UserId};

/// Something that a company's back end is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A live room rings.
    OnCallIncoming,
    /// A session began.
    OnSessionStarted,
    /// A session is over.
    OnSessionEnded,
    /// Somebody came in.
    OnParticipantJoined,
    /// Somebody is out.
    OnParticipantLeft,
    /// A file or snapshot was shared.
    OnFileUploaded,
    /// A recording began.
    OnRecordingStarted,
    /// A recording can be fetched.
    OnRecordingAvailable,
    /// A recording has no file that could be played.
    OnRecordingFailed,
    /// A composition can be fetched.
    OnCompositionCompleted,
    /// A composition could not be made.
    OnCompositionFailed,
    /// Somebody tries whether a webhook is heard. Its room is none.
    OnTest,
}

/// Body of a webhook's call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// The same each time this event is delivered, for telling repetitions.
    pub event_id: String,
    /// What happened.
    pub event: EventKind,
    /// When.
    pub created_at: String,
    /// Where.
    pub room_id: RoomId,
    /// In which session, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// Whose seat it is about; the caller's for an incoming call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participant_id: Option<ParticipantId>,
    /// The user of that seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Whom an incoming call rings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<Vec<UserId>>,
    /// Why somebody is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which file was shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_id: Option<FileId>,
    /// Which recording it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recording_id: Option<RecordingId>,
    /// Which composition it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub composition_id: Option<CompositionId>,
    /// Effective call time of the room so far in seconds, where a session ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_used: Option<u32>,
}

/// Body of `POST /v2/webhooks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateWebhook {
    /// `http` or `https`, without user and password.
    pub url: String,
    /// Which events; every one when absent or empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventKind>,
    /// Secret that calls are signed with, 16 to 256 characters; made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// Off means that nothing is called; on when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// Body of `PATCH /v2/webhooks/{webhook_id}`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateWebhook {
    /// `http` or `https`, without user and password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Which events; every one when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventKind>>,
    /// Secret that calls are signed with, 16 to 256 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// Off means that nothing is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// What came of the last call of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookCall {
    /// When.
    pub at: String,
    /// Whether the event was taken.
    pub delivered: bool,
    /// HTTP status of the answer; absent when none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// A webhook as told back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Webhook {
    /// The webhook.
    pub webhook_id: String,
    /// What is called.
    pub url: String,
    /// Which events; every one when empty.
    pub events: Vec<EventKind>,
    /// Whether it is called.
    pub enabled: bool,
    /// Secret that calls are signed with; told only when it was made or changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Secret>,
    /// How many events wait to be delivered.
    #[serde(default)]
    pub waiting: u64,
    /// What came of its last call; absent when it was never called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<WebhookCall>,
    /// When it was made.
    pub created_at: String,
}

/// Answer of `GET /v2/webhooks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebhookList {
    /// This page of them, in the order of their making.
    pub webhooks: Vec<Webhook>,
    /// How many there are in all.
    pub total: u64,
}
