//! What outlives a restart: companies, users, rooms with seats and links, sessions. Behind one trait, so that another
//! database is another implementation that passes the same tests.

mod sqlite;
#[cfg(test)]
mod suite;

use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;
use visita_protocol::{
    CallType, CompanyId, ParticipantId, RecordingMode, RoomId, SessionId, Tools, UserId,
    rest::{Role, User},
};
use visita_room::{LinkSerial, Standing, Timestamp};

pub(crate) use sqlite::Sqlite;

/// A keyed hash of a secret, for finding it again without keeping it.
pub(crate) type SecretHash = [u8; 32];

/// Storage.
#[async_trait]
pub(crate) trait Store: Send + Sync + 'static {
    /// The company of that name, made when there is none; its API key is then this one.
    async fn ensure_company(
        &self,
        name: &str,
        api_key: SecretHash,
        new_id: CompanyId,
        now: Timestamp,
    ) -> Result<Company, StoreError>;
    /// The company with that API key, with the hash that is stored.
    async fn company_by_key(&self, api_key: SecretHash) -> Result<Option<(Company, SecretHash)>, StoreError>;
    /// Whether there is any company.
    async fn has_company(&self) -> Result<bool, StoreError>;

    /// A new user; [`StoreError::Exists`] when the id is taken, and then nothing changes.
    async fn create_user(&self, company: &CompanyId, user: &User, now: Timestamp) -> Result<(), StoreError>;
    /// A user.
    async fn user(&self, company: &CompanyId, user: &UserId) -> Result<Option<User>, StoreError>;

    /// A new room with its seats and links, all or nothing.
    async fn create_room(&self, room: &NewRoom) -> Result<(), StoreError>;
    /// A room that is not deleted.
    async fn room(&self, room: &RoomId) -> Result<Option<StoredRoom>, StoreError>;
    /// Changes a room's standing. A deleted room keeps only what tells its links from unknown ones.
    async fn set_standing(&self, room: &RoomId, standing: Standing) -> Result<(), StoreError>;

    /// The seat of a code.
    async fn link(&self, code: SecretHash) -> Result<Option<StoredLink>, StoreError>;
    /// A new link for a seat; the old one is revoked. `None` when there is no such seat.
    async fn renew_link(
        &self,
        room: &RoomId,
        participant: &ParticipantId,
        link: NewLink,
    ) -> Result<Option<LinkSerial>, StoreError>;

    /// A session began.
    async fn session_started(&self, room: &RoomId, session: &SessionId, at: Timestamp) -> Result<(), StoreError>;
    /// A session is still running.
    async fn session_seen(
        &self,
        room: &RoomId,
        session: &SessionId,
        used: Duration,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// A session is over.
    async fn session_ended(
        &self,
        room: &RoomId,
        session: &SessionId,
        used: Duration,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Sessions of a room, oldest first.
    #[cfg_attr(not(test), expect(dead_code, reason = "the session calls of the API come with the sessions dialect"))]
    async fn sessions(&self, room: &RoomId) -> Result<Vec<StoredSession>, StoreError>;

    /// Everything is written; nothing can be asked after it.
    async fn close(&self);
}

/// Why storage did not do it.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    /// The id is taken.
    #[error("the id is taken")]
    Exists,
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// What is stored cannot be read.
    #[error("stored {0} cannot be read")]
    Damaged(&'static str),
}

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Company {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
}

/// A link to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewLink {
    pub(crate) hash: SecretHash,
    pub(crate) sealed: Vec<u8>,
}

/// A room to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewRoom {
    pub(crate) room_id: RoomId,
    pub(crate) company_id: CompanyId,
    pub(crate) call_type: CallType,
    pub(crate) recording: RecordingMode,
    pub(crate) duration: Option<Duration>,
    pub(crate) live: bool,
    pub(crate) description: Option<String>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    pub(crate) seats: Vec<NewSeat>,
}

/// A seat to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewSeat {
    pub(crate) participant_id: ParticipantId,
    pub(crate) user_id: UserId,
    pub(crate) is_admin: bool,
    pub(crate) tools: Tools,
    pub(crate) link: NewLink,
}

/// A room as stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredRoom {
    pub(crate) room_id: RoomId,
    pub(crate) company: Company,
    pub(crate) call_type: CallType,
    pub(crate) recording: RecordingMode,
    pub(crate) duration: Option<Duration>,
    pub(crate) live: bool,
    pub(crate) description: Option<String>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) standing: Standing,
    pub(crate) used: Duration,
    pub(crate) created_at: Timestamp,
    pub(crate) seats: Vec<StoredSeat>,
}

/// A seat as stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredSeat {
    pub(crate) participant_id: ParticipantId,
    pub(crate) user_id: UserId,
    pub(crate) role: Role,
    pub(crate) is_admin: bool,
    pub(crate) tools: Tools,
    pub(crate) link: LinkSerial,
    pub(crate) sealed: Vec<u8>,
}

/// Where a code leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredLink {
    pub(crate) room_id: RoomId,
    pub(crate) participant_id: ParticipantId,
    pub(crate) serial: LinkSerial,
    /// Standing of the room, which may be a deleted one.
    pub(crate) standing: Standing,
    /// The hash that is stored.
    pub(crate) hash: SecretHash,
}

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSession {
    pub(crate) session_id: SessionId,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}
