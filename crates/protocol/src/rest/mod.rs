//! Bodies of the `/v2` calls (Kaleyra dialect), of signing in and of webhooks.
//!
//! Times are RFC 3339 in UTC with milliseconds, durations whole seconds.

mod audit;
mod company;
mod compositions;
mod keys;
mod recordings;
mod rooms;
mod sessions;
mod sign_in;
mod status;
mod users;
mod webhooks;

pub use audit::{ActorKind, AuditEntry, AuditLog};
pub use company::{Company, UpdateCompany};
pub use compositions::{Composition, CompositionList, CreateComposition, CreateMediaLink, RecordingTrack};
pub use keys::{ApiKey, ApiKeyList, CreateApiKey, NewApiKey};
pub use recordings::{
    CreateRecordingLink, Mp4, Mp4State, Recording, RecordingConsent, RecordingLink, RecordingList, RecordingReason,
    StartRecording,
};
pub use rooms::{CreateParticipant, CreateRoom, ExtendRoom, Room, RoomKind, RoomList, RoomNow, RoomStatus, UserUrl};
pub use sessions::{
    AddParticipant, Chat, ChatLine, Connection, ConnectionKind, KeptBoard, KeptBoards, KeptUpload, KeptUploadList,
    Participant, ParticipantList, PastSession, PastSessionList, Session, SessionDetails, SessionList, Upload,
    UploadList,
};
pub use sign_in::{CreateCredentials, CreateSignInLink, Credentials, RenewCredentials, SignInLink, SignedIn};
pub use status::ServerStatus;
pub use users::{CreateUser, ListedUser, Role, UpdateUser, User, UserList};
pub use webhooks::{CreateWebhook, Event, EventKind, UpdateWebhook, Webhook, WebhookCall, WebhookList};
