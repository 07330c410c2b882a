//! What outlives a restart: companies, users, rooms with seats and links, sessions, webhooks with what is still to be
//! delivered, the audit log. Behind one trait, so that another database is another implementation that passes the same
//! tests.

mod query;
mod sql;
#[cfg(test)]
mod suite;
mod types;
mod visits;

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use thiserror::Error;
use visita_board::What;
use visita_protocol::{
    BoardId, CompanyId, CompositionId, FileId, ItemId, ParticipantId, RecordingId, RecordingTrackId, RoomId, SessionId,
    UserId,
    channel::{ChatMessage, Consent, FileInfo},
    rest::{ConnectionKind, EventKind, User},
    view::RecordingFormat,
};
use visita_room::{LinkSerial, Standing, Timestamp};

pub(crate) use query::{
    Attendance, AttendanceQuery, Between, Direction, FileKind, RecordingQuery, RoomBy, RoomIs, RoomQuery, RoomStands,
    SeenSession, SessionQuery,
};
pub(crate) use sql::{Database, Sql};
pub(crate) use types::{
    AuditLine, Company, CompanySettings, CompositionProgress, CompositionsOf, Delivery, Kind, Listed, MediaLink,
    NewLink, NewPlan, NewRoom, NewSeat, NewSignInLink, Page, PictureKind, PlannedSeat, RecordedFile, RecordingProgress,
    RecordingsOf, Redeemed, RoomOptions, RoomWebhook, RoomsOf, Schedule, SignInState, StoredApiKey, StoredComposition,
    StoredConnection, StoredFile, StoredLink, StoredPastSession, StoredPicture, StoredRecording, StoredRoom,
    StoredSeat, StoredSession, StoredTrack, StoredWebhook, WebhookCalled,
};
pub(crate) use visits::{PictureStore, VisitStore};

/// A keyed hash of a secret, for finding it again without keeping it.
pub(crate) type SecretHash = [u8; 32];

/// Storage.
#[async_trait]
pub(crate) trait Store:
    People
    + ApiKeyStore
    + RoomStore
    + VisitStore
    + PictureStore
    + SessionStore
    + RecordingStore
    + CompositionStore
    + ToolStore
    + WebhookStore
    + AuditStore
{
    /// Whether it answers.
    async fn check(&self) -> Result<(), StoreError>;
    /// Everything is written; nothing can be asked after it.
    async fn close(&self);
}

/// Companies, users, and how users sign in.
#[async_trait]
pub(crate) trait People: Send + Sync + 'static {
    /// The company that was made under that name, made when there is none; its API key is then this one.
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
    /// What a company says about itself.
    async fn company_settings(&self, company: &CompanyId) -> Result<Option<CompanySettings>, StoreError>;
    /// Whose pages may frame those of the company with this id of web apps; `None` when there is none.
    async fn embed_origins(&self, web_app_id: &str) -> Result<Option<Vec<String>>, StoreError>;
    /// Replaces it; [`StoreError::Exists`] when another company has the name. How long recordings are kept holds for those
    /// there are, too.
    async fn set_company_settings(&self, company: &CompanyId, settings: &CompanySettings) -> Result<(), StoreError>;

    /// A new user; [`StoreError::Exists`] when the id is taken, and then nothing changes. The id of a deleted user is free.
    async fn create_user(&self, company: &CompanyId, user: &User, now: Timestamp) -> Result<(), StoreError>;
    /// A user who is not deleted.
    async fn user(&self, company: &CompanyId, user: &UserId) -> Result<Option<User>, StoreError>;
    /// Those of these users who are there.
    async fn users_among(&self, company: &CompanyId, users: &[&UserId]) -> Result<Vec<User>, StoreError>;
    /// Users in the order of their making.
    async fn users(
        &self,
        company: &CompanyId,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listed<(User, Timestamp)>, StoreError>;
    /// Their role and whether they are an operator; whether there is such a user.
    async fn update_user(&self, company: &CompanyId, user: &User) -> Result<bool, StoreError>;
    /// Deletes a user: their access tokens and sign-in links are good no more. Whether there was one.
    async fn delete_user(&self, company: &CompanyId, user: &UserId, now: Timestamp) -> Result<bool, StoreError>;
    /// Rooms that still let people in and have a seat for that user, with the seat.
    async fn seats_of_user(
        &self,
        company: &CompanyId,
        user: &UserId,
    ) -> Result<Vec<(RoomId, ParticipantId)>, StoreError>;

    /// What an access token of that user is checked against; `None` when there is no such user.
    async fn sign_in_state(&self, company: &CompanyId, user: &UserId) -> Result<Option<SignInState>, StoreError>;
    /// A new sign-in link.
    async fn create_sign_in_link(&self, link: &NewSignInLink) -> Result<(), StoreError>;
    /// Uses a sign-in link up.
    async fn redeem_sign_in_link(&self, code: SecretHash, now: Timestamp) -> Result<Redeemed, StoreError>;
}

/// Keys to the API beside the one that a company has from the server's settings.
#[async_trait]
pub(crate) trait ApiKeyStore: Send + Sync + 'static {
    /// All keys of a company in the order of their making, the one of the settings first.
    async fn api_keys(&self, company: &CompanyId) -> Result<Vec<StoredApiKey>, StoreError>;
    /// Makes one.
    async fn create_api_key(&self, company: &CompanyId, key: &StoredApiKey, hash: SecretHash)
    -> Result<(), StoreError>;
    /// Takes one back; whether there was such a key. The one of the settings stays.
    async fn delete_api_key(&self, company: &CompanyId, key_id: &str) -> Result<bool, StoreError>;
    /// Writes down when a key was used, if that is an hour later than what is written.
    async fn api_key_used(&self, hash: SecretHash, at: Timestamp) -> Result<(), StoreError>;
}

/// Rooms with their seats and links.
#[async_trait]
pub(crate) trait RoomStore: Send + Sync + 'static {
    /// A new room with its seats and links, all or nothing.
    async fn create_room(&self, room: &NewRoom) -> Result<(), StoreError>;
    /// A room that is not deleted.
    async fn room(&self, room: &RoomId) -> Result<Option<StoredRoom>, StoreError>;
    /// A company's rooms that are not deleted, newest first.
    async fn rooms(
        &self,
        company: &CompanyId,
        which: RoomsOf<'_>,
        page: Page,
    ) -> Result<Listed<StoredRoom>, StoreError>;
    /// One more seat with its link; [`StoreError::Exists`] when the user has one already.
    async fn add_seat(&self, room: &RoomId, company: &CompanyId, seat: &NewSeat) -> Result<(), StoreError>;
    /// A company's open rooms that are not deleted and as they are wanted, without their seats.
    async fn rooms_that(
        &self,
        company: &CompanyId,
        wanted: &RoomQuery,
        page: Page,
    ) -> Result<Listed<StoredRoom>, StoreError>;
    /// Changes what a room is, other than its kind, its schedule, its duration and who made it.
    async fn change_room(&self, room: &RoomId, options: &RoomOptions, at: Timestamp) -> Result<(), StoreError>;
    /// Changes what a seat's person is called, whether they speak in a webinar, and whether they agreed elsewhere to being
    /// recorded.
    async fn change_seat(
        &self,
        room: &RoomId,
        participant: &ParticipantId,
        display_name: Option<&str>,
        is_speaker: bool,
        recording_consent: Option<Timestamp>,
    ) -> Result<(), StoreError>;
    /// Changes a room's standing. A deleted room keeps only what tells its links from unknown ones.
    async fn set_standing(&self, room: &RoomId, standing: Standing, at: Timestamp) -> Result<(), StoreError>;
    /// Changes a room's effective call time.
    async fn set_duration(&self, room: &RoomId, duration: Duration) -> Result<(), StoreError>;

    /// The seat of a code.
    async fn link(&self, code: SecretHash) -> Result<Option<StoredLink>, StoreError>;
    /// A new link for a seat; the old one is revoked. `None` when there is no such seat.
    async fn renew_link(
        &self,
        room: &RoomId,
        participant: &ParticipantId,
        link: NewLink,
    ) -> Result<Option<LinkSerial>, StoreError>;
}

/// Sessions and who was connected to them.
#[async_trait]
pub(crate) trait SessionStore: Send + Sync + 'static {
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
    /// A session is over, and every connection to it.
    async fn session_ended(
        &self,
        room: &RoomId,
        session: &SessionId,
        used: Duration,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Sessions of a room, oldest first.
    async fn sessions(&self, room: &RoomId, page: Page) -> Result<Listed<StoredSession>, StoreError>;
    /// A session of a room, with its connections in the order of their beginning.
    async fn session(
        &self,
        room: &RoomId,
        session: &SessionId,
    ) -> Result<Option<(StoredSession, Vec<StoredConnection>)>, StoreError>;

    /// Somebody is connected to a session.
    async fn connected(
        &self,
        session: &SessionId,
        participant: &ParticipantId,
        user: &UserId,
        kind: ConnectionKind,
        at: Timestamp,
    ) -> Result<(), StoreError>;
    /// Somebody is not connected in that way any more.
    async fn disconnected(
        &self,
        session: &SessionId,
        participant: &ParticipantId,
        kind: ConnectionKind,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Keeps an answer to being recorded.
    async fn consent_given(
        &self,
        room: &RoomId,
        session: Option<&SessionId>,
        consent: &Consent,
    ) -> Result<(), StoreError>;
    /// Answers kept of a room, oldest first.
    async fn consents(&self, room: &RoomId) -> Result<Vec<(Option<SessionId>, Consent)>, StoreError>;

    /// Sessions as they are wanted, the latest first.
    async fn sessions_that(
        &self,
        company: &CompanyId,
        wanted: &SessionQuery,
        page: Page,
    ) -> Result<Listed<SeenSession>, StoreError>;
    /// Who was in sessions, as they are wanted, who came last first.
    async fn attendance(
        &self,
        company: &CompanyId,
        wanted: &AttendanceQuery,
        page: Page,
    ) -> Result<Listed<Attendance>, StoreError>;
    /// Sessions of a company's rooms that are not deleted, the latest first; with `created_by`, only those of rooms which
    /// that user made. People are called as their seat is, else as in the session's chat, else by their user id.
    async fn past_sessions(
        &self,
        company: &CompanyId,
        created_by: Option<&UserId>,
        page: Page,
    ) -> Result<Listed<StoredPastSession>, StoreError>;
}

/// Recordings.
#[async_trait]
pub(crate) trait RecordingStore: Send + Sync + 'static {
    /// A recording is about to begin; with the answers that hold now.
    async fn recording_begun(&self, recording: &StoredRecording, consents: &[Consent]) -> Result<(), StoreError>;
    /// An answer given while it runs. One that is kept already is not kept twice.
    async fn recording_consent(&self, recording: &RecordingId, consent: &Consent) -> Result<(), StoreError>;
    /// How a recording stands. With its end it is decided how long it is kept. Whether it is still there.
    async fn recording_changed(
        &self,
        recording: &RecordingId,
        progress: &RecordingProgress,
    ) -> Result<bool, StoreError>;
    /// There is an MP4 of it. Whether the recording is still there.
    async fn mp4_made(&self, recording: &RecordingId, bytes: u64) -> Result<bool, StoreError>;
    /// A recording.
    async fn recording(&self, recording: &RecordingId) -> Result<Option<StoredRecording>, StoreError>;
    /// A company's recordings, the latest first.
    async fn recordings(
        &self,
        company: &CompanyId,
        which: RecordingsOf<'_>,
        page: Page,
    ) -> Result<Listed<StoredRecording>, StoreError>;
    /// Files of recordings as they are wanted, the latest first.
    async fn recordings_that(
        &self,
        company: &CompanyId,
        wanted: &RecordingQuery,
        page: Page,
    ) -> Result<Listed<RecordedFile>, StoreError>;
    /// The answers kept with a recording, oldest first.
    async fn recording_consents(&self, recording: &RecordingId) -> Result<Vec<Consent>, StoreError>;
    /// Those that neither failed nor can be fetched.
    async fn unfinished_recordings(&self) -> Result<Vec<StoredRecording>, StoreError>;
    /// Those whose time is over.
    async fn recordings_due(&self, now: Timestamp) -> Result<Vec<StoredRecording>, StoreError>;
    /// A recording is deleted, with its consents and links. Whether there was one.
    async fn recording_deleted(&self, recording: &RecordingId) -> Result<bool, StoreError>;

    /// A link to one of its files. Those whose time is over are forgotten.
    async fn create_recording_link(
        &self,
        code: SecretHash,
        recording: &RecordingId,
        format: RecordingFormat,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Where a link's code leads, while its time is not over.
    async fn recording_link(
        &self,
        code: SecretHash,
        now: Timestamp,
    ) -> Result<Option<(RecordingId, RecordingFormat)>, StoreError>;
}

/// Separate tracks of recordings, and the films that are made of them.
#[async_trait]
pub(crate) trait CompositionStore: Send + Sync + 'static {
    /// The tracks of a recording, instead of those that were known. Whether the recording is still there.
    async fn tracks_recorded(&self, recording: &RecordingId, tracks: &[StoredTrack]) -> Result<bool, StoreError>;
    /// Tracks of a recording, in the order of their beginning.
    async fn tracks_of_recording(&self, recording: &RecordingId) -> Result<Vec<StoredTrack>, StoreError>;
    /// Tracks of all recordings of a session that can be fetched, in the order of their beginning.
    async fn tracks_of_session(&self, session: &SessionId) -> Result<Vec<StoredTrack>, StoreError>;
    /// A track.
    async fn track(&self, track: &RecordingTrackId) -> Result<Option<StoredTrack>, StoreError>;
    /// A track is deleted, with the links to it. Whether there was one.
    async fn track_deleted(&self, track: &RecordingTrackId) -> Result<bool, StoreError>;

    /// A composition is to be made.
    async fn create_composition(&self, composition: &StoredComposition) -> Result<(), StoreError>;
    /// A composition.
    async fn composition(&self, composition: &CompositionId) -> Result<Option<StoredComposition>, StoreError>;
    /// A company's compositions, the latest first.
    async fn compositions(
        &self,
        company: &CompanyId,
        which: &CompositionsOf,
        page: Page,
    ) -> Result<Listed<StoredComposition>, StoreError>;
    /// How a composition stands. With its end it is decided how long it is kept. Whether it is still there.
    async fn composition_changed(
        &self,
        composition: &CompositionId,
        progress: &CompositionProgress,
    ) -> Result<bool, StoreError>;
    /// Those that neither failed nor are completed, oldest first.
    async fn compositions_to_make(&self) -> Result<Vec<StoredComposition>, StoreError>;
    /// Those whose time is over.
    async fn compositions_due(&self, now: Timestamp) -> Result<Vec<StoredComposition>, StoreError>;
    /// A composition is deleted, with the links to it. Whether there was one.
    async fn composition_deleted(&self, composition: &CompositionId) -> Result<bool, StoreError>;

    /// A link to a track or a composition. Those whose time is over are forgotten.
    async fn create_media_link(
        &self,
        code: SecretHash,
        to: &MediaLink,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Where a link's code leads, while its time is not over.
    async fn media_link(&self, code: SecretHash, now: Timestamp) -> Result<Option<MediaLink>, StoreError>;
}

/// Chat, files and boards.
#[async_trait]
pub(crate) trait ToolStore: Send + Sync + 'static {
    /// Keeps a message; [`StoreError::Exists`] when the room has one of that number.
    async fn chat_added(&self, room: &RoomId, message: &ChatMessage) -> Result<(), StoreError>;
    /// The newest messages of a room, oldest first.
    async fn chat(&self, room: &RoomId, newest: u32) -> Result<Vec<ChatMessage>, StoreError>;
    /// The newest of a room's files that were deleted, oldest first, with the numbers of their messages.
    async fn deleted_files(&self, room: &RoomId, newest: u32) -> Result<Vec<(u32, FileId)>, StoreError>;
    /// Messages of a session, oldest first; with `search`, only those with that text in them, or in the name of their file.
    async fn chat_of_session(
        &self,
        session: &SessionId,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listed<ChatMessage>, StoreError>;
    /// The message that brought a file.
    async fn chat_of_file(&self, room: &RoomId, file: &FileId) -> Result<Option<ChatMessage>, StoreError>;

    /// An upload began; [`StoreError::Exists`] when its owner began one by that key before.
    async fn file_begun(&self, file: &StoredFile) -> Result<(), StoreError>;
    /// It is there in full.
    async fn file_done(&self, file: &FileId, info: &FileInfo) -> Result<(), StoreError>;
    /// A file, there or on its way.
    async fn file(&self, file: &FileId) -> Result<Option<StoredFile>, StoreError>;
    /// The upload that somebody began by that key.
    async fn file_by_key(
        &self,
        room: &RoomId,
        participant: &ParticipantId,
        key: &str,
    ) -> Result<Option<StoredFile>, StoreError>;
    /// Files of a room that are there in full, of one of its sessions or of all, oldest first.
    async fn files(
        &self,
        room: &RoomId,
        session: Option<&SessionId>,
        page: Page,
    ) -> Result<Listed<StoredFile>, StoreError>;
    /// Whole files of all rooms of a company, the newest first, each with its room's title.
    async fn files_of_company(
        &self,
        company: &CompanyId,
        room: Option<&RoomId>,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listed<(StoredFile, Option<String>)>, StoreError>;
    /// How many uploads of a seat are under way, and how many bytes all files of the room have or will have.
    async fn files_weight(&self, room: &RoomId, participant: &ParticipantId) -> Result<(u64, u64), StoreError>;
    /// A file is deleted, and the message that brought it.
    async fn file_deleted(&self, room: &RoomId, file: &FileId) -> Result<(), StoreError>;
    /// Uploads that began before then and did not come to their end.
    async fn unfinished_files(&self, before: Timestamp) -> Result<Vec<StoredFile>, StoreError>;

    /// A board, as many pages as it has and what lies on it or was taken away; an empty one where nobody drew yet.
    async fn board(&self, room: &RoomId, board: &BoardId) -> Result<(u32, Vec<(ItemId, What)>), StoreError>;
    /// Boards of a room on which somebody drew, as [`ToolStore::board`] tells each.
    async fn boards(&self, room: &RoomId) -> Result<Vec<(BoardId, u32, Vec<(ItemId, What)>)>, StoreError>;
    /// Writes down what changed of a board, all or nothing.
    async fn board_changed(
        &self,
        room: &RoomId,
        board: &BoardId,
        pages: u32,
        changed: &[(ItemId, What)],
    ) -> Result<(), StoreError>;
}

/// Webhooks and what is still to be delivered to them.
#[async_trait]
pub(crate) trait WebhookStore: Send + Sync + 'static {
    /// A new webhook.
    async fn create_webhook(&self, company: &CompanyId, webhook: &StoredWebhook) -> Result<(), StoreError>;
    /// A webhook.
    async fn webhook(&self, company: &CompanyId, webhook: &str) -> Result<Option<StoredWebhook>, StoreError>;
    /// Webhooks in the order of their making.
    async fn webhooks(&self, company: &CompanyId, page: Page) -> Result<Listed<StoredWebhook>, StoreError>;
    /// Replaces a webhook. Whether there was one.
    async fn update_webhook(&self, company: &CompanyId, webhook: &StoredWebhook) -> Result<bool, StoreError>;
    /// Deletes a webhook and what was still to be delivered to it. Whether there was one.
    async fn delete_webhook(&self, company: &CompanyId, webhook: &str) -> Result<bool, StoreError>;

    /// Replaces the webhook that hears of one room only; without one what was still to be delivered to it is gone too.
    async fn set_room_webhook(
        &self,
        company: &CompanyId,
        room: &RoomId,
        webhook: Option<&RoomWebhook>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// The webhooks that hear of one of these rooms only.
    async fn room_webhooks(&self, rooms: &[&RoomId]) -> Result<HashMap<RoomId, RoomWebhook>, StoreError>;
    /// Puts an event's body into the outbox of the webhook that hears of this room only; answers how many that are.
    async fn enqueue_for_room(&self, room: &RoomId, body: &str, now: Timestamp) -> Result<usize, StoreError>;
    /// Puts an event's body into the outbox of each of the company's webhooks that wants it; answers how many do.
    async fn enqueue(
        &self,
        company: &CompanyId,
        event: EventKind,
        body: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError>;
    /// For this webhook only; whether there is one.
    async fn enqueue_to(&self, webhook: &str, body: &str, now: Timestamp) -> Result<bool, StoreError>;
    /// What came of a call.
    async fn webhook_called(&self, webhook: &str, call: &WebhookCalled) -> Result<(), StoreError>;
    /// What is due, the longest due first, up to `limit`.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>, StoreError>;
    /// When the next one is due.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;
    /// It was taken, or given up.
    async fn delivered(&self, delivery: i64) -> Result<(), StoreError>;
    /// It was not taken: once more then.
    async fn deliver_again(&self, delivery: i64, at: Timestamp) -> Result<(), StoreError>;
}

/// The audit log.
#[async_trait]
pub(crate) trait AuditStore: Send + Sync + 'static {
    /// Adds a line.
    async fn audit(&self, company: &CompanyId, line: &AuditLine) -> Result<(), StoreError>;
    /// Lines of a company, or of one of its rooms, newest first.
    async fn audit_log(
        &self,
        company: &CompanyId,
        room: Option<&RoomId>,
        page: Page,
    ) -> Result<Listed<AuditLine>, StoreError>;
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
