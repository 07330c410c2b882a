//! What is stored, as plain data.

use std::time::Duration;

use visita_protocol::{
    CallType, CompanyId, CompositionId, Entrance, FileId, ParticipantId, RecordingId, RecordingLayout, RecordingMode,
    RecordingTrackId, RoomId, SessionId, Tools, UserId,
    channel::FileInfo,
    composition::{Arrangement, CompositionReason, CompositionState},
    recorder::TrackKind,
    rest::{ActorKind, ConnectionKind, EventKind, RecordingReason, Role},
    view::{RecordingFileState, RecordingFormat},
};
use visita_room::{Admission, Allowed, LinkSerial, Standing, Timestamp};

use super::{RoomStands, SecretHash};
use crate::files::Wanted;

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Company {
    pub(crate) id: CompanyId,
    pub(crate) name: String,
}

/// What a company says about itself besides its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CompanySettings {
    pub(crate) name: String,
    pub(crate) default_language: String,
    /// No other company's.
    pub(crate) web_app_id: Option<String>,
    /// Whose pages may frame the company's.
    pub(crate) embed_origins: Vec<String>,
    pub(crate) mobile_app_id: Option<String>,
    pub(crate) end_of_call_redirect_url: Option<String>,
    /// How long after the end of a call browsers go there.
    pub(crate) end_of_call_redirect_after: Duration,
    /// The picture that people have behind them whose link says so.
    pub(crate) default_background: Option<String>,
    pub(crate) user_details_provider_url: Option<String>,
    /// How many days after its end a recording is deleted; never without.
    pub(crate) recording_retention_days: Option<u32>,
}

/// Part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) limit: u32,
    pub(crate) offset: u64,
}

/// A page of a list, and how long the whole list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: u64,
}

/// Which rooms of a company that are not deleted; all that is said has to be so.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RoomsOf<'a> {
    /// That this user made, or has a seat in.
    pub(crate) user: Option<&'a UserId>,
    /// With this in the title, at the beginning of the room's id or as the user of a seat.
    pub(crate) search: Option<&'a str>,
    pub(crate) stands: Option<RoomStands>,
    pub(crate) recording: Option<RecordingMode>,
    /// That are being recorded.
    pub(crate) recorded_now: bool,
}

/// A key to the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredApiKey {
    pub(crate) key_id: String,
    /// None of the one of the server's settings.
    pub(crate) name: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) last_used_at: Option<Timestamp>,
}

/// What an access token is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignInState {
    pub(crate) company: Company,
    pub(crate) role: Role,
    pub(crate) is_operator: bool,
    /// Tokens issued before this are refused.
    pub(crate) tokens_from: Timestamp,
}

/// A link that signs a user in, once.
#[derive(Clone, Debug)]
pub(crate) struct NewSignInLink {
    pub(crate) hash: SecretHash,
    pub(crate) company_id: CompanyId,
    pub(crate) user_id: UserId,
    pub(crate) expires_at: Timestamp,
}

/// What became of a sign-in link that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Redeemed {
    /// It was good, and is good no more.
    User { company: CompanyId, user: UserId },
    /// Used before.
    Used,
    /// Its time is over, or its user is gone.
    Expired,
    /// Never made here.
    Unknown,
}

/// A link to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewLink {
    pub(crate) hash: SecretHash,
    pub(crate) sealed: Vec<u8>,
}

/// Who may sit in a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Its seats' users.
    Seated,
    /// Whoever has one of its links, so many at once.
    Open { capacity: u16 },
}

/// When a room lets people in, and when it may be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// From when on, less `early_entry`, people are let in.
    pub(crate) starts_at: Option<Timestamp>,
    /// From when on nobody is let in any more.
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) early_entry: Duration,
    /// How long before the start changes are refused.
    pub(crate) freeze: Duration,
}

/// What is decided about a room when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoomOptions {
    pub(crate) kind: Kind,
    pub(crate) call_type: CallType,
    pub(crate) recording: RecordingMode,
    pub(crate) recording_layout: RecordingLayout,
    /// It is recorded as one file for each participant and kind, instead of as one of all.
    pub(crate) recording_tracks: bool,
    /// Effective call time; `None` is unlimited.
    pub(crate) duration: Option<Duration>,
    pub(crate) live: bool,
    pub(crate) description: Option<String>,
    pub(crate) schedule: Schedule,
    /// Speakers publish, the audience watches.
    pub(crate) webinar: bool,
    /// Guests wait until an admin admits them.
    pub(crate) waiting_room: bool,
    /// How many people take part in a visit whose seats are filled one after the other.
    pub(crate) expected_seats: Option<u16>,
    /// The signed-in user who made it; `None` when the company's key did.
    pub(crate) created_by: Option<UserId>,
    /// What may be used in it at all.
    pub(crate) allowed: Allowed,
    /// What somebody without a key has to bring for a media token.
    pub(crate) entrance: Entrance,
    /// No two rooms of a company have the same.
    pub(crate) unique_name: Option<String>,
}

impl RoomOptions {
    /// An open room for so many, made with the company's key, and otherwise as rooms are that nothing is said of.
    pub(crate) fn open(capacity: u16) -> Self {
        Self {
            kind: Kind::Open { capacity },
            call_type: CallType::default(),
            recording: RecordingMode::default(),
            recording_layout: RecordingLayout::default(),
            recording_tracks: false,
            duration: None,
            live: false,
            description: None,
            schedule: Schedule::default(),
            webinar: false,
            waiting_room: false,
            expected_seats: None,
            created_by: None,
            allowed: Allowed::ALL,
            entrance: Entrance::default(),
            unique_name: None,
        }
    }
}

/// A room to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewRoom {
    pub(crate) room_id: RoomId,
    pub(crate) company_id: CompanyId,
    pub(crate) options: RoomOptions,
    pub(crate) standing: Standing,
    pub(crate) created_at: Timestamp,
    pub(crate) seats: Vec<NewSeat>,
}

impl NewRoom {
    /// The room as storage would tell it right after its making, without asking storage. `roles` in the order of seats.
    pub(crate) fn into_stored(self, company: Company, roles: &[Role]) -> StoredRoom {
        StoredRoom {
            room_id: self.room_id,
            company,
            options: self.options,
            standing: self.standing,
            used: Duration::ZERO,
            created_at: self.created_at,
            modified_at: self.created_at,
            seats: self.seats.into_iter().zip(roles).map(|(seat, role)| seat.into_stored(*role)).collect(),
        }
    }
}

/// A seat to be stored.
#[derive(Clone, Debug)]
pub(crate) struct NewSeat {
    pub(crate) participant_id: ParticipantId,
    pub(crate) user_id: UserId,
    pub(crate) display_name: Option<String>,
    pub(crate) is_admin: bool,
    /// Publishes in a webinar.
    pub(crate) is_speaker: bool,
    pub(crate) tools: Tools,
    /// The role with which they take part; the user's own when nothing is said.
    pub(crate) role: Option<Role>,
    /// In which language its link speaks, `en` or `it`; the browser's when nothing is said.
    pub(crate) language: Option<String>,
    /// When the API said that its person has agreed elsewhere to being recorded.
    pub(crate) recording_consent: Option<Timestamp>,
    /// How whoever sits there gets in.
    pub(crate) admission: Admission,
    pub(crate) link: NewLink,
}

impl NewSeat {
    /// The seat as storage would tell it right after its making.
    pub(crate) fn into_stored(self, role: Role) -> StoredSeat {
        StoredSeat {
            participant_id: self.participant_id,
            user_id: self.user_id,
            display_name: self.display_name,
            role: self.role.unwrap_or(role),
            own_role: self.role,
            language: self.language,
            is_admin: self.is_admin,
            is_speaker: self.is_speaker,
            tools: self.tools,
            recording_consent: self.recording_consent,
            admission: self.admission,
            link: LinkSerial(1),
            sealed: self.link.sealed,
        }
    }
}

/// A room as stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredRoom {
    pub(crate) room_id: RoomId,
    pub(crate) company: Company,
    pub(crate) options: RoomOptions,
    pub(crate) standing: Standing,
    pub(crate) used: Duration,
    pub(crate) created_at: Timestamp,
    /// When its options or its standing last changed.
    pub(crate) modified_at: Timestamp,
    pub(crate) seats: Vec<StoredSeat>,
}

/// A seat as stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredSeat {
    pub(crate) participant_id: ParticipantId,
    pub(crate) user_id: UserId,
    pub(crate) display_name: Option<String>,
    /// With which they take part; `basic` for who is no user of the company.
    pub(crate) role: Role,
    /// What was said of it for this seat.
    pub(crate) own_role: Option<Role>,
    /// In which language its link speaks.
    pub(crate) language: Option<String>,
    pub(crate) is_admin: bool,
    /// Publishes in a webinar.
    pub(crate) is_speaker: bool,
    pub(crate) tools: Tools,
    /// When the API said that its person has agreed elsewhere to being recorded.
    pub(crate) recording_consent: Option<Timestamp>,
    /// How whoever sits there gets in.
    pub(crate) admission: Admission,
    pub(crate) link: LinkSerial,
    pub(crate) sealed: Vec<u8>,
}

/// A visit whose seats are filled one after the other, as it is from now on.
#[derive(Clone, Debug)]
pub(crate) struct NewPlan {
    pub(crate) expected_seats: u16,
    pub(crate) starts_at: Option<Timestamp>,
    /// Effective call time; `None` is unlimited.
    pub(crate) duration: Option<Duration>,
    /// Those who are known, in their order.
    pub(crate) seats: Vec<PlannedSeat>,
}

/// A seat of a visit that is planned anew.
#[derive(Clone, Debug)]
pub(crate) enum PlannedSeat {
    /// One more.
    New(Box<NewSeat>),
    /// It was there before; with its link, and what is said of it now.
    Kept(Box<StoredSeat>),
}

/// A picture of a company, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredPicture {
    pub(crate) picture_id: String,
    pub(crate) kind: PictureKind,
    pub(crate) media_type: String,
    pub(crate) bytes: u64,
    pub(crate) created_at: Timestamp,
}

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureKind {
    /// Behind people.
    Background,
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

/// A file, there or on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredFile {
    pub(crate) file_id: FileId,
    pub(crate) room_id: RoomId,
    pub(crate) session_id: SessionId,
    /// Whose it is.
    pub(crate) participant_id: ParticipantId,
    /// What was said of it when it was begun.
    pub(crate) wanted: Wanted,
    /// What it is; none until it is there in full.
    pub(crate) info: Option<FileInfo>,
    pub(crate) created_at: Timestamp,
}

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredSession {
    pub(crate) session_id: SessionId,
    pub(crate) room_id: RoomId,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
}

/// A session in the list of a company's, with what is kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredPastSession {
    pub(crate) session: StoredSession,
    /// Its room's description.
    pub(crate) title: Option<String>,
    /// Names of those who were in, in the order of their coming.
    pub(crate) people: Vec<String>,
    pub(crate) recordings: u32,
    pub(crate) files: u32,
    pub(crate) snapshots: u32,
    pub(crate) messages: u32,
}

/// A recording as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredRecording {
    pub(crate) recording_id: RecordingId,
    /// Its room's.
    pub(crate) company_id: CompanyId,
    pub(crate) room_id: RoomId,
    pub(crate) session_id: SessionId,
    pub(crate) state: RecordingFileState,
    pub(crate) layout: RecordingLayout,
    /// It is one file for each participant and kind.
    pub(crate) tracks: bool,
    pub(crate) started_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) length: Duration,
    pub(crate) bytes: u64,
    pub(crate) reason: Option<RecordingReason>,
    /// Size of the MP4 that was made of it.
    pub(crate) mp4_bytes: Option<u64>,
    /// It is deleted then.
    pub(crate) kept_until: Option<Timestamp>,
}

/// One file of a recording in separate tracks, as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredTrack {
    pub(crate) track_id: RecordingTrackId,
    pub(crate) recording_id: RecordingId,
    pub(crate) participant_id: ParticipantId,
    /// As they were called when it began.
    pub(crate) display_name: String,
    pub(crate) kind: TrackKind,
    /// As in SDP.
    pub(crate) codec: String,
    pub(crate) begun_at: Timestamp,
    pub(crate) length: Duration,
    pub(crate) bytes: u64,
}

/// A file of a recording: all of it, or one of its tracks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RecordedFile {
    pub(crate) recording: StoredRecording,
    /// None of one that is in separate tracks says that they are not known yet, or that there are none.
    pub(crate) track: Option<StoredTrack>,
}

/// A composition as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredComposition {
    pub(crate) composition_id: CompositionId,
    /// Its room's.
    pub(crate) company_id: CompanyId,
    pub(crate) room_id: RoomId,
    pub(crate) session_id: SessionId,
    pub(crate) state: CompositionState,
    pub(crate) format: RecordingFormat,
    /// Of the picture, in pixels.
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) arrangement: Arrangement,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) length: Duration,
    pub(crate) bytes: u64,
    /// Why there is none.
    pub(crate) reason: Option<CompositionReason>,
    /// It is deleted then.
    pub(crate) kept_until: Option<Timestamp>,
    /// Who hears of it beside the room's own, with the sealed secret.
    pub(crate) webhook: Option<RoomWebhook>,
}

/// Which compositions of a company, the latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CompositionsOf {
    /// Only in rooms that this user made.
    pub(crate) created_by: Option<UserId>,
    pub(crate) room: Option<RoomId>,
    pub(crate) session: Option<SessionId>,
    /// Only in open rooms.
    pub(crate) open: bool,
    pub(crate) state: Option<CompositionState>,
}

/// What is known of a composition as it goes on and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CompositionProgress {
    pub(crate) state: CompositionState,
    pub(crate) at: Timestamp,
    /// When it ended.
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) length: Duration,
    pub(crate) bytes: u64,
    pub(crate) reason: Option<CompositionReason>,
}

/// Where a link without a key leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MediaLink {
    Track(RecordingTrackId),
    Composition(CompositionId),
}

/// What is known of a recording as it goes on and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordingProgress {
    pub(crate) state: RecordingFileState,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) length: Duration,
    pub(crate) bytes: u64,
    pub(crate) reason: Option<RecordingReason>,
}

/// Which recordings of a company.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct RecordingsOf<'a> {
    /// Only in rooms that this user made.
    pub(crate) created_by: Option<&'a UserId>,
    pub(crate) room: Option<&'a RoomId>,
    pub(crate) session: Option<&'a SessionId>,
    pub(crate) state: Option<RecordingFileState>,
}

/// A connection as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredConnection {
    pub(crate) participant_id: ParticipantId,
    pub(crate) user_id: UserId,
    pub(crate) kind: ConnectionKind,
    pub(crate) connected_at: Timestamp,
    pub(crate) disconnected_at: Option<Timestamp>,
}

/// A webhook as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredWebhook {
    pub(crate) webhook_id: String,
    pub(crate) url: String,
    /// Empty is every event.
    pub(crate) events: Vec<EventKind>,
    pub(crate) enabled: bool,
    /// The signing secret, encrypted.
    pub(crate) secret: Vec<u8>,
    /// How many events wait to be delivered.
    pub(crate) waiting: u64,
    /// What came of the last call.
    pub(crate) last: Option<WebhookCalled>,
    pub(crate) created_at: Timestamp,
}

/// What came of a webhook's call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WebhookCalled {
    pub(crate) at: Timestamp,
    /// Whether the event was taken.
    pub(crate) delivered: bool,
    /// HTTP status of the answer.
    pub(crate) status: Option<u16>,
}

/// A webhook that hears of one room only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoomWebhook {
    pub(crate) url: String,
    /// Called when the first does not take an event.
    pub(crate) failover_url: Option<String>,
    /// How long one call may take, in seconds; the server's own time when none or 0.
    pub(crate) timeout_s: Option<u32>,
    /// The signing secret, encrypted.
    pub(crate) secret: Vec<u8>,
}

/// A webhook call still to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) delivery_id: i64,
    pub(crate) webhook_id: String,
    pub(crate) url: String,
    /// Called when the first does not take it.
    pub(crate) failover_url: Option<String>,
    /// How long one call may take; the server's own time when none.
    pub(crate) timeout: Option<Duration>,
    pub(crate) secret: Vec<u8>,
    pub(crate) body: String,
    /// Attempts made before this one.
    pub(crate) attempts: u32,
    pub(crate) created_at: Timestamp,
}

/// One line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditLine {
    pub(crate) at: Timestamp,
    pub(crate) actor_kind: ActorKind,
    pub(crate) actor: Option<UserId>,
    pub(crate) action: String,
    pub(crate) room: Option<RoomId>,
    pub(crate) session: Option<SessionId>,
    pub(crate) participant: Option<ParticipantId>,
    pub(crate) subject: Option<String>,
}
