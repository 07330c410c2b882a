//! Bodies and answers. Fields that a call does not know are passed over: clients send whole room objects back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visita_protocol::{CallType, Entrance, ParticipantId, Problem, RecordingLayout, RecordingMode, RoomId, Secret};
use visita_room::Standing;

use crate::{
    clock::to_rfc3339,
    rooms::largest_capacity,
    store::{Kind, RoomOptions, StoredRoom},
};
use visita_room::Timestamp;

/// What media a room is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) enum MediaType {
    #[serde(rename = "MEDIA_TYPE_VIDEO_AUDIO")]
    VideoAudio,
    #[serde(rename = "MEDIA_TYPE_VIDEO_ONLY")]
    VideoOnly,
    #[serde(rename = "MEDIA_TYPE_AUDIO_ONLY")]
    AudioOnly,
}

impl MediaType {
    pub(super) const fn call_type(self) -> CallType {
        match self {
            Self::VideoAudio => CallType::AudioVideo,
            Self::VideoOnly => CallType::VideoOnly,
            Self::AudioOnly => CallType::AudioOnly,
        }
    }

    const fn of(call_type: CallType) -> Self {
        match call_type {
            CallType::AudioVideo | CallType::AudioUpgradable => Self::VideoAudio,
            CallType::VideoOnly => Self::VideoOnly,
            CallType::AudioOnly => Self::AudioOnly,
        }
    }
}

/// How the picture of a recording is arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) enum RecordMode {
    #[serde(rename = "ROOM_COMPOSITE_GRID")]
    Grid,
    #[serde(rename = "ROOM_COMPOSITE_AND_CHAT")]
    AndChat,
    #[serde(rename = "ROOM_COMPOSITE_SPEAKER")]
    Speaker,
}

impl RecordMode {
    pub(super) const fn layout(self) -> RecordingLayout {
        match self {
            Self::Grid => RecordingLayout::Grid,
            Self::AndChat => RecordingLayout::GridAndChat,
            Self::Speaker => RecordingLayout::Speaker,
        }
    }

    const fn of(layout: RecordingLayout) -> Self {
        match layout {
            RecordingLayout::Grid => Self::Grid,
            RecordingLayout::GridAndChat => Self::AndChat,
            RecordingLayout::Speaker => Self::Speaker,
        }
    }
}

/// What a room is to be. Of `update` what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub(super) struct Wanted {
    /// 1 to 500 characters.
    pub(super) name: Option<String>,
    /// Passed over: a room belongs to whoever made it.
    #[expect(dead_code, reason = "only its type is judged")]
    pub(super) user_id: Option<String>,
    /// `MEDIA_TYPE_VIDEO_AUDIO` when a room is made without it.
    #[serde(rename = "mediaType")]
    pub(super) media_type: Option<MediaType>,
    /// People at once: 2 to 50, in webinar mode 2 to 200; the most when a room is made without it.
    pub(super) max_participants: Option<u16>,
    /// Speakers publish, guests watch; off when a room is made without it.
    pub(super) allow_webinar_mode: Option<bool>,
    /// On when a room is made without it.
    pub(super) allow_chat: Option<bool>,
    /// On when a room is made without it.
    pub(super) allow_share_screen: Option<bool>,
    /// Whether each session is recorded from its start; off when a room is made without it.
    pub(super) record: Option<bool>,
    /// `ROOM_COMPOSITE_GRID` when a room is made without it.
    pub(super) record_mode: Option<RecordMode>,
    /// On when a room is made without it.
    pub(super) active: Option<bool>,
    /// What somebody without a key has to bring for the public helpers; `link` when a room is made without it.
    pub(super) public_access: Option<Entrance>,
}

impl Wanted {
    /// Writes what is said into a room's options.
    pub(super) fn write(&self, options: &mut RoomOptions) {
        if let Some(name) = &self.name {
            options.description = Some(name.trim().to_owned());
        }
        if let Some(media_type) = self.media_type.filter(|wanted| *wanted != MediaType::of(options.call_type)) {
            options.call_type = media_type.call_type();
        }
        options.webinar = self.allow_webinar_mode.unwrap_or(options.webinar);
        if let Some(capacity) = self.max_participants {
            options.kind = Kind::Open { capacity };
        }
        options.allowed.chat = self.allow_chat.unwrap_or(options.allowed.chat);
        options.allowed.screen_sharing = self.allow_share_screen.unwrap_or(options.allowed.screen_sharing);
        match self.record {
            Some(true) if options.recording == RecordingMode::None => options.recording = RecordingMode::Automatic,
            Some(false) => options.recording = RecordingMode::None,
            Some(true) | None => {}
        }
        if let Some(mode) = self.record_mode {
            options.recording_layout = mode.layout();
        }
        options.entrance = self.public_access.unwrap_or(options.entrance);
    }

    /// The options of a room that is made.
    pub(super) fn options(&self) -> RoomOptions {
        let capacity = largest_capacity(self.allow_webinar_mode.unwrap_or_default());
        let mut options = RoomOptions::open(capacity);
        self.write(&mut options);
        options
    }

    pub(super) fn check(&self) -> Result<(), Problem> {
        match &self.name {
            Some(name) if name.trim().is_empty() => Err(Problem::invalid("name", "a name has 1 to 500 characters")),
            _ => Ok(()),
        }
    }
}

/// Body of `update`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what is read in two parts, so that a wrong field is named")]
pub(super) struct Update {
    /// The room.
    id: String,
    #[schema(inline)]
    #[serde(flatten)]
    wanted: Wanted,
}

/// A room.
#[derive(Serialize, ToSchema)]
pub(super) struct Conference {
    /// 24 hexadecimal digits where the room was made by this dialect.
    #[serde(rename = "_id")]
    mongo_id: RoomId,
    /// The same.
    id: RoomId,
    name: String,
    /// Who made it: the company, or one of its users.
    user_id: String,
    #[serde(rename = "mediaType")]
    media_type: MediaType,
    allow_webinar_mode: bool,
    allow_chat: bool,
    allow_share_screen: bool,
    record: bool,
    record_mode: RecordMode,
    max_participants: u16,
    /// Session id of the media room (`RM_…`); `null` while that is not there.
    sid: Option<String>,
    /// Whether it lets people in.
    active: bool,
    created: String,
    modified: String,
    /// Told where it is not `link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_access: Option<Entrance>,
    /// Always `true`.
    success: bool,
}

impl Conference {
    pub(super) fn of(room: &StoredRoom, sid: Option<String>, now: Timestamp) -> Self {
        let options = &room.options;
        Self {
            mongo_id: room.room_id.clone(),
            id: room.room_id.clone(),
            name: options.description.clone().unwrap_or_default(),
            user_id: match &options.created_by {
                Some(user) => user.to_string(),
                None => room.company.id.to_string(),
            },
            media_type: MediaType::of(options.call_type),
            allow_webinar_mode: options.webinar,
            allow_chat: options.allowed.chat,
            allow_share_screen: options.allowed.screen_sharing,
            record: options.recording != RecordingMode::None,
            record_mode: RecordMode::of(options.recording_layout),
            max_participants: match options.kind {
                Kind::Open { capacity } => capacity,
                // None of those is told here.
                Kind::Seated => 0,
            },
            sid,
            active: room.standing == Standing::Active && options.schedule.ends_at.is_none_or(|end| now < end),
            created: to_rfc3339(room.created_at),
            modified: to_rfc3339(room.modified_at),
            public_access: Some(options.entrance).filter(|entrance| *entrance != Entrance::Link),
            success: true,
        }
    }
}

/// Body of calls about one room.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct ById {
    /// The room.
    pub(super) id: Option<String>,
}

/// Body of `getCount`.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct Count {
    /// Only rooms whose fields are equal to these.
    #[schema(value_type = Option<Object>)]
    pub(super) filter: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Body of `getAll`.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub(super) struct List {
    /// How many at most, up to 10000, which also holds when it is absent or 0.
    pub(super) limit: Option<u32>,
    /// How many to pass over.
    pub(super) skip: Option<u64>,
    /// Fields of a room with 1 (up) or -1 (down); `{"created": 1}` when absent.
    #[schema(value_type = Option<Object>)]
    pub(super) sort: Option<serde_json::Map<String, serde_json::Value>>,
    /// Only rooms whose fields are equal to these.
    #[schema(value_type = Option<Object>)]
    pub(super) filter: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Answer of `getCount`.
#[derive(Serialize, ToSchema)]
pub(super) struct Counted {
    pub(super) count: u64,
}

/// Answer of calls that have nothing to tell.
#[derive(Serialize, ToSchema)]
pub(super) struct Done {
    /// Always `true`.
    success: bool,
}

impl Done {
    pub(super) const DONE: Self = Self { success: true };
}

/// Body of `createEgressToken`.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct ForEgress {
    /// The room.
    pub(super) room_id: String,
}

/// Answer of `createEgressToken`.
#[derive(Serialize, ToSchema)]
pub(super) struct Egress {
    /// By which a hidden participant comes to a webinar of this room.
    pub(super) egress_mode_token: Secret,
    /// A minute later.
    pub(super) expires_at: String,
    /// Always `true`.
    pub(super) success: bool,
}

/// Body of `findLKRoomNameById`.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Find {
    /// The room.
    pub(super) id: String,
    /// The link of a seat, or its code: needed without a key where the room's `public_access` is `link`.
    pub(super) link: Option<Secret>,
}

/// Answer of `findLKRoomNameById`.
#[derive(Serialize, ToSchema)]
pub(super) struct Found {
    id: RoomId,
    #[serde(rename = "LKRoomName")]
    lk_room_name: RoomId,
    allow_webinar_mode: bool,
    allow_chat: bool,
    allow_share_screen: bool,
    record: bool,
    record_mode: RecordMode,
    /// Always `true`.
    success: bool,
}

impl Found {
    pub(super) fn of(room: &StoredRoom) -> Self {
        let options = &room.options;
        Self {
            id: room.room_id.clone(),
            lk_room_name: room.room_id.clone(),
            allow_webinar_mode: options.webinar,
            allow_chat: options.allowed.chat,
            allow_share_screen: options.allowed.screen_sharing,
            record: options.recording != RecordingMode::None,
            record_mode: RecordMode::of(options.recording_layout),
            success: true,
        }
    }
}

/// As whom somebody comes to a room in webinar mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StageRole {
    Speaker,
    Guest,
}

/// Body of `createToken`.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct WantedToken {
    /// The room.
    pub(super) room_id: String,
    /// As `findLKRoomNameById` told it.
    #[serde(rename = "LKRoomName")]
    pub(super) lk_room_name: String,
    /// Identity in the media room: letters, digits, `.`, `_`, `-`, up to 128. Not needed with `link`.
    pub(super) participant_id: Option<ParticipantId>,
    /// Name that is shown, up to 120 characters.
    pub(super) participant_name: Option<String>,
    /// Watches and listens unseen; only with the key.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) hidden: bool,
    /// Needed for `hidden` in webinar mode.
    pub(super) egress_mode_token: Option<Secret>,
    /// In webinar mode; with the key `speaker` when absent, without it always `guest`.
    pub(super) role: Option<StageRole>,
    /// The link of a seat, or its code: needed without a key where the room's `public_access` is `link`. The token is then
    /// that seat's, and so is its identity.
    pub(super) link: Option<Secret>,
    /// The person has agreed elsewhere to being recorded; only with the key.
    #[serde(default, deserialize_with = "or_default")]
    pub(super) recording_consent: bool,
}

/// Clients write `null` for what they leave out.
fn or_default<'de, D: serde::Deserializer<'de>>(value: D) -> Result<bool, D::Error> {
    Ok(Option::deserialize(value)?.unwrap_or_default())
}

/// Answer of `createToken`.
#[derive(Serialize, ToSchema)]
pub(super) struct Token {
    /// A LiveKit token, good for ten minutes to come in by.
    pub(super) participant_token: Secret,
    #[serde(rename = "LKRoomName")]
    pub(super) lk_room_name: RoomId,
    /// Always `true`.
    pub(super) success: bool,
}
