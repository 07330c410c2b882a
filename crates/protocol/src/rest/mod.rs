//! Bodies of the `/v2` calls (Kaleyra dialect), of signing in and of webhooks.
//!
//! Times are RFC 3339 in UTC with milliseconds, durations whole seconds.

mod audit;
mod company;
mod recordings;
mod rooms;
mod sessions;
mod sign_in;
mod users;
mod webhooks;

pub use audit::{ActorKind, AuditEntry, AuditLog};
pub use company::{Company, UpdateCompany};
pub use recordings::{
    CreateRecordingLink, Mp4, Mp4State, Recording, RecordingConsent, RecordingLink, RecordingList, RecordingReason,
    StartRecording,
};
pub use rooms::{CreateParticipant, CreateRoom, Room, RoomKind, RoomList, RoomStatus, UserUrl};
pub use sessions::{
    AddParticipant, Chat, ChatLine, Connection, ConnectionKind, KeptBoard, KeptBoards, Participant, ParticipantList,
    PastSession, PastSessionList, Session, SessionDetails, SessionList, Upload, UploadList,
};
pub use sign_in::{CreateCredentials, CreateSignInLink, Credentials, RenewCredentials, SignInLink, SignedIn};
pub use users::{CreateUser, Role, User, UserList};
pub use webhooks::{CreateWebhook, Event, EventKind, UpdateWebhook, Webhook, WebhookList};
