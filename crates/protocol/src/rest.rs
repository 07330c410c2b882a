//! Bodies of the `/v2` calls (Kaleyra dialect), of signing in and of webhooks.
//!
//! Times are RFC 3339 in UTC with milliseconds, durations whole seconds.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    BoardId, CallType, FileId, ParticipantId, RecordingId, RecordingLayout, RecordingMode, RoomId, Secret, SessionId,
    Tools, UserId,
    board::Item,
    channel::{ChatMessage, FileInfo, MediaState},
    view::{RecordingFileState, RecordingFormat},
};

// ------------------------------------------------------------------------------------------------- company

/// A company as told back by `GET /v2/company`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Company {
    /// Shown to guests.
    pub name: String,
    /// BCP 47, such as `en` or `it-IT`.
    pub default_language: String,
    /// For web SDKs.
    pub web_app_id: Option<String>,
    /// For mobile SDKs.
    pub mobile_app_id: Option<String>,
    /// Where browsers go after a call, `http` or `https`.
    pub end_of_call_redirect_url: Option<String>,
    /// Where names and avatars of users are asked for, `http` or `https`.
    pub user_details_provider_url: Option<String>,
    /// How many days after its end a recording is deleted; never when absent.
    pub recording_retention_days: Option<u32>,
}

/// Body of `PATCH /v2/company`: what is absent stays; `null` clears what may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateCompany {
    /// 1 to 120 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// BCP 47, such as `en` or `it-IT`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub default_language: Option<String>,
    /// Up to 128 characters.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub web_app_id: Option<Option<String>>,
    /// Up to 128 characters.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub mobile_app_id: Option<Option<String>>,
    /// `http` or `https`.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub end_of_call_redirect_url: Option<Option<String>>,
    /// `http` or `https`.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub user_details_provider_url: Option<Option<String>>,
    /// How many days after its end a recording is deleted, 1 to 36500. It holds for those there are, too.
    #[serde(default, deserialize_with = "nullable", skip_serializing_if = "Option::is_none")]
    pub recording_retention_days: Option<Option<u32>>,
}

/// Refuses `null` where only absence means that nothing is said.
fn not_null<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Tells `null`, which clears, from a field that is absent.
fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

// --------------------------------------------------------------------------------------------------- users

/// A user's role in its company.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, specta::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May join.
    #[default]
    Basic,
    /// May join and create.
    Plus,
}

/// Body of `POST /v2/users`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    /// Made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// `basic` when absent.
    #[serde(default)]
    pub role: Role,
    /// May open the console; off when absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_operator: bool,
}

/// A user as told back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Id in the company.
    pub user_id: UserId,
    /// Role.
    pub role: Role,
    /// May open the console.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_operator: bool,
}

/// Answer of `GET /v2/users`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    /// This page of them, in the order of their making.
    pub users: Vec<User>,
    /// How many there are in all.
    pub total: u64,
}

// --------------------------------------------------------------------------------------------------- rooms

/// Who may sit in a room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// The users it was made for, each with a link.
    #[default]
    Seated,
    /// Whoever brings a link made for it, as many at once as its capacity.
    Open,
}

/// One seat of a room to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateParticipant {
    /// A user of the company.
    pub user_id: UserId,
    /// Name that is shown of whoever comes by this seat's link and gives none, 1 to 120 characters. Gone with the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Admin of the room; off when absent.
    #[serde(default)]
    pub is_admin: bool,
    /// Missing means all on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Tools>,
    /// Publishes in a webinar; absent, only admins do. In other rooms everybody does, and `false` is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_speaker: Option<bool>,
    /// The person has agreed elsewhere to being recorded, on paper for one: it counts as their yes, and they are not asked.
    /// Their own no here takes it back. Off when absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recording_consent: bool,
}

/// Body of `POST /v2/rooms`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRoom {
    /// 2 to 25 seats, at least one of a plus user. None in an open room: its people are added later.
    #[serde(default)]
    pub participants: Vec<CreateParticipant>,
    /// `seated` when absent.
    #[serde(default)]
    pub kind: RoomKind,
    /// People at once, only of an open room: 2 to 50, of a webinar 2 to 200; the most when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// Speakers publish, the audience watches; off when absent.
    #[serde(default)]
    pub webinar: bool,
    /// Guests wait until an admin admits them; needs an admin in a seated room; off when absent.
    #[serde(default)]
    pub waiting_room: bool,
    /// `audio_video` when absent.
    #[serde(default)]
    pub call_type: CallType,
    /// `none` when absent.
    #[serde(default)]
    pub recording: RecordingMode,
    /// How the picture of a recording is arranged when nothing else is asked for; `grid` when absent.
    #[serde(default)]
    pub recording_layout: RecordingLayout,
    /// Effective call time in seconds, at least 60; unlimited when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Whether using a link rings the others.
    #[serde(default)]
    pub live: bool,
    /// Free text shown as the room's title, up to 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// From when on the links let somebody in, RFC 3339; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// From when on the links let nobody in any more, RFC 3339, in the future and after the start; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// How many seconds before the start people may come in already, up to a day; 0 when absent. Needs a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_entry: Option<u32>,
    /// How many seconds before the start changes are refused, up to 30 days; 0 when absent. Needs a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_window: Option<u32>,
}

/// A seat with its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserUrl {
    /// Who sits there.
    pub user_id: UserId,
    /// Name that was given to the seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The seat.
    pub participant_id: ParticipantId,
    /// The seat's link.
    pub url: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// What the seat may use, in full.
    pub tools: Tools,
    /// In a webinar, whether it publishes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_speaker: Option<bool>,
    /// Its person has agreed elsewhere to being recorded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recording_consent: bool,
}

/// Whether a room's links work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomStatus {
    /// They do.
    Active,
    /// Switched off.
    Disabled,
    /// Its duration is used up.
    Ended,
}

/// A room as told back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// The room.
    pub room_id: RoomId,
    /// One link per seat.
    pub user_urls: Vec<UserUrl>,
    /// Audio or video.
    pub call_type: CallType,
    /// Whether it is recorded.
    pub recording: RecordingMode,
    /// How the picture of a recording is arranged when nothing else is asked for.
    #[serde(default)]
    pub recording_layout: RecordingLayout,
    /// Effective call time in seconds.
    pub duration: Option<u32>,
    /// Whether it rings.
    pub live: bool,
    /// Title.
    pub description: Option<String>,
    /// Who may sit in it.
    #[serde(default)]
    pub kind: RoomKind,
    /// People at once, of an open room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u16>,
    /// Speakers publish, the audience watches.
    #[serde(default)]
    pub webinar: bool,
    /// Guests wait until they are admitted.
    #[serde(default)]
    pub waiting_room: bool,
    /// From when on its links let somebody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// From when on its links let nobody in any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// Seconds before the start from which people may come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub early_entry: Option<u32>,
    /// Seconds before the start from which changes are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_window: Option<u32>,
    /// Whether its links work.
    pub status: RoomStatus,
    /// Effective call time so far, in seconds.
    #[serde(default)]
    pub duration_used: u32,
    /// The signed-in user who made it; absent when the company's key did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// When it was made.
    pub created_at: String,
}

/// Answer of `GET /v2/rooms`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RoomList {
    /// This page of them, newest first.
    pub rooms: Vec<Room>,
    /// How many there are in all.
    pub total: u64,
}

// -------------------------------------------------------------------------------- participants and sessions

/// Body of `POST /v2/rooms/{room_id}/participants`: one more seat of an open room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddParticipant {
    /// Who sits there, need not be a user of the company; made up when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// Name that is shown of whoever comes by this seat's link and gives none, 1 to 120 characters. Gone with the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Admin of the room; off when absent.
    #[serde(default)]
    pub is_admin: bool,
    /// Missing means all on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Tools>,
    /// Publishes in a webinar; absent, only admins do. In other rooms everybody does, and `false` is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_speaker: Option<bool>,
    /// The person has agreed elsewhere to being recorded, on paper for one: it counts as their yes, and they are not asked.
    /// Their own no here takes it back. Off when absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recording_consent: bool,
}

/// A seat of a room and what goes on there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// The seat with its link. While somebody is in or waits, `display_name` is what they are called.
    #[serde(flatten)]
    pub seat: UserUrl,
    /// Whether somebody is in the room from it.
    pub connected: bool,
    /// Whether somebody waits there to be admitted.
    #[serde(default)]
    pub waits: bool,
    /// What is on of theirs.
    pub media: MediaState,
}

/// Answer of `GET /v2/rooms/{room_id}/participants`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParticipantList {
    /// This page of them, in the room's order.
    pub participants: Vec<Participant>,
    /// How many there are in all.
    pub total: u64,
}

/// A stretch of time in which somebody was connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session.
    pub session_id: SessionId,
    /// Its room.
    pub room_id: RoomId,
    /// When the first one came.
    pub started_at: String,
    /// When the last one went; absent while it runs.
    pub ended_at: Option<String>,
}

/// Answer of `GET /v2/rooms/{room_id}/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    /// This page of them, oldest first.
    pub sessions: Vec<Session>,
    /// How many there are in all.
    pub total: u64,
}

/// Answer of `GET /v2/rooms/{room_id}/sessions/{session_id}/chat`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Chat {
    /// This page of them, oldest first.
    pub messages: Vec<ChatLine>,
    /// How many there are in all.
    pub total: u64,
}

/// A message of a chat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChatLine {
    /// The message.
    #[serde(flatten)]
    pub message: ChatMessage,
    /// When it was written.
    pub at: String,
}

/// A file that was shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Upload {
    /// The file.
    #[serde(flatten)]
    pub info: FileInfo,
    /// In which session.
    pub session_id: SessionId,
    /// From which seat.
    pub participant_id: ParticipantId,
    /// When its upload began.
    pub created_at: String,
}

/// Answer of `GET /v2/rooms/{room_id}/uploads`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UploadList {
    /// This page of them, oldest first.
    pub uploads: Vec<Upload>,
    /// How many there are in all.
    pub total: u64,
}

/// What somebody was connected by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionKind {
    /// The room channel.
    Channel,
    /// The media server.
    Media,
}

/// One connection of somebody to a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Connection {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Whose seat it is.
    pub user_id: UserId,
    /// What they were connected by.
    pub kind: ConnectionKind,
    /// From when on.
    pub connected_at: String,
    /// Until when; absent while it lasts.
    pub disconnected_at: Option<String>,
}

/// Answer of `GET /v2/rooms/{room_id}/sessions/{session_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionDetails {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// Who was connected, by what, from when to when.
    pub connections: Vec<Connection>,
    /// Answers to being recorded that were given in it, oldest first: of one person the latest holds.
    #[serde(default)]
    pub consents: Vec<RecordingConsent>,
}

/// A session in the list of all rooms' sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastSession {
    /// The session.
    #[serde(flatten)]
    pub session: Session,
    /// Its room's title.
    pub title: Option<String>,
    /// Names of those who were in, in the order of their coming.
    pub people: Vec<String>,
    /// How many recordings.
    pub recordings: u32,
    /// How many files, snapshots not counted.
    pub files: u32,
    /// How many snapshots.
    pub snapshots: u32,
    /// How many messages, those that brought files not counted.
    pub messages: u32,
}

/// Answer of `GET /v2/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PastSessionList {
    /// This page of them, the latest first.
    pub sessions: Vec<PastSession>,
    /// How many there are in all.
    pub total: u64,
}

/// A board of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptBoard {
    /// `board` is the room's own; those over snapshots and files are called as these.
    pub board_id: BoardId,
    /// How many pages.
    pub pages: u32,
    /// What lies there, the lowest first.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<Item>,
}

/// Answer of `GET /v2/rooms/{room_id}/boards`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptBoards {
    /// Those on which something is drawn.
    pub boards: Vec<KeptBoard>,
}

// ---------------------------------------------------------------------------------------------- recordings

/// Body of `POST /v2/rooms/{room_id}/recording/start`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartRecording {
    /// How the picture is arranged; as the room says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layout: Option<RecordingLayout>,
}

/// Somebody's answer to being recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingConsent {
    /// Whose seat.
    pub participant_id: ParticipantId,
    /// Yes or no.
    pub answer: bool,
    /// Which wording of the question they were shown; `elsewhere` when the API said that they agreed.
    pub text_version: String,
    /// When.
    pub at: String,
}

/// A recording of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Recording {
    /// The recording.
    pub recording_id: RecordingId,
    /// Its room.
    pub room_id: RoomId,
    /// Its session.
    pub session_id: SessionId,
    /// How it stands.
    pub state: RecordingFileState,
    /// How its picture is arranged.
    pub layout: RecordingLayout,
    /// When it began.
    pub started_at: String,
    /// When it ended; absent while it runs.
    pub ended_at: Option<String>,
    /// Its length in milliseconds.
    pub duration_ms: u64,
    /// Size of the WebM file in bytes.
    pub bytes: u64,
    /// Why it ended, where nobody wanted that, or why there is no file.
    pub reason: Option<RecordingReason>,
    /// It is deleted then.
    pub kept_until: Option<String>,
    /// The same as MP4.
    pub mp4: Mp4,
    /// The answers that held when it began, and those given while it ran, oldest first. Not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consents: Option<Vec<RecordingConsent>>,
}

/// Why a recording is not as it was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingReason {
    /// The disk was full. What was recorded before is there.
    DiskFull,
    /// The recorder failed. What was recorded before is there, when the state is `available`.
    RecorderFailed,
    /// The server stopped or failed. What was recorded before is there.
    ServerStopped,
    /// The recorder could not be started.
    NotStarted,
}

/// A recording as MP4, which is made once somebody wants it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mp4 {
    /// How it stands.
    pub state: Mp4State,
    /// How much of it is made, from 0 to 1.
    pub progress: f32,
    /// Its size in bytes, once it is there.
    pub bytes: Option<u64>,
}

/// How an MP4 stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mp4State {
    /// Nobody wanted it yet.
    None,
    /// It is being made, or waits for its turn.
    Making,
    /// It can be fetched.
    Available,
    /// It could not be made; asked for again, it is tried again.
    Failed,
}

/// Answer of `GET /v2/recordings`, and of a room's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RecordingList {
    /// This page of them, the latest first.
    pub recordings: Vec<Recording>,
    /// How many there are in all.
    pub total: u64,
}

/// Body of `POST /v2/rooms/{room_id}/recordings/{recording_id}/link`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRecordingLink {
    /// Seconds, 30 to 3600; 600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
    /// Which file; `webm` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<RecordingFormat>,
}

/// A link that plays or fetches a recording without a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RecordingLink {
    /// Who has it may fetch the file.
    pub url: Secret,
    /// From when on it is good no more.
    pub expires_at: String,
}

// ---------------------------------------------------------------------------------------------- signing in

/// Body of `POST /sdk/credentials`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCredentials {
    /// A user of the company.
    pub user_id: UserId,
    /// Seconds, 360 to 86400; 3600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// Body of `POST /sdk/credentials/renew`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewCredentials {
    /// Seconds, 360 to 86400; 3600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// What a user signs in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credentials {
    /// Of the user channel, and as `authorization: Bearer …` of the calls of signed-in users.
    pub access_token: Secret,
    /// From when on it is good no more.
    pub expires_at: String,
    /// Whose it is.
    pub user_id: UserId,
}

/// Body of `POST /v2/users/{user_id}/sign-in-link`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSignInLink {
    /// Seconds, 60 to 604800 (a week); 86400 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<u32>,
}

/// A link that signs a user in, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// Who uses it is that user.
    pub url: Secret,
    /// From when on it is good no more.
    pub expires_at: String,
    /// Whom it signs in.
    pub user_id: UserId,
}

/// Answer of `POST /sign-in/{code}`: signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// The access token.
    #[serde(flatten)]
    pub credentials: Credentials,
    /// What the user may do.
    pub role: Role,
    /// May open the console.
    pub is_operator: bool,
    /// The company's name.
    pub company: String,
}

// ------------------------------------------------------------------------------------------------ webhooks

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

// --------------------------------------------------------------------------------------------------- audit

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A back end with the company's key.
    ApiKey,
    /// A signed-in user.
    User,
    /// Somebody in a room.
    Participant,
    /// The server by itself, such as when the time of something is over.
    Server,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// When.
    pub at: String,
    /// Who.
    pub actor_kind: ActorKind,
    /// Their user id; absent for the company's key.
    pub actor: Option<UserId>,
    /// What, such as `room_deleted`.
    pub action: String,
    /// In which room.
    pub room_id: Option<RoomId>,
    /// In which session.
    pub session_id: Option<SessionId>,
    /// To which seat.
    pub participant_id: Option<ParticipantId>,
    /// To whom or what else.
    pub subject: Option<String>,
}

/// Answer of `GET /v2/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditLog {
    /// This page of them, newest first.
    pub entries: Vec<AuditEntry>,
    /// How many there are in all.
    pub total: u64,
}
