//! Bodies of the dialect.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use utoipa::ToSchema;
use visita_protocol::{CallType, RecordingMode, RoomId, Secret, UserId};

/// Body of `POST /teleconsultation`; with `PATCH` only what is to change.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Teleconsultation {
    /// Who takes part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) participants: Option<Participants>,
    /// When it starts, ISO 8601 such as `2022-02-22T15:30:00.000Z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) start_date: Option<String>,
    /// When it ends, at least 5 minutes later: how long people may talk is computed from it. Either this or
    /// `duration_in_seconds`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) end_date: Option<String>,
    /// How long people may talk, at least 300 seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) duration_in_seconds: Option<u32>,
}

/// Who takes part.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Participants {
    /// Everybody, by the issuer's ids. Only where there is an issuer.
    Ids(Vec<String>),
    /// So many, of whom some may be unknown yet.
    Planned(PlannedParticipants),
}

/// By hand, so that an error names what is wrong.
impl<'de> Deserialize<'de> for Participants {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdsOrPlanned;

        impl<'de> Visitor<'de> for IdsOrPlanned {
            type Value = Participants;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of ids, or an object with number and data")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Participants, A::Error> {
                let mut ids = Vec::new();
                while let Some(id) = list.next_element()? {
                    ids.push(id);
                }
                Ok(Participants::Ids(ids))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Participants, A::Error> {
                PlannedParticipants::deserialize(MapAccessDeserializer::new(map)).map(Participants::Planned)
            }
        }

        deserializer.deserialize_any(IdsOrPlanned)
    }
}

/// How many take part, and those who are known.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlannedParticipants {
    /// How many, 2 to 25.
    #[schema(minimum = 2, maximum = 25)]
    pub(super) number: u32,
    /// Those who are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) data: Option<Vec<ParticipantData>>,
}

/// Somebody who takes part; body of `POST /teleconsultation/{roomId}/participants/data`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ParticipantData {
    /// What they are called where they sign in: by the issuer, or by whoever calls with the key. 1 to 256 characters.
    pub(super) user_external_id: String,
    /// The groups they are in, of which the highest counts. Only where there is no issuer.
    #[serde(default, alias = "group", deserialize_with = "one_or_more", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub(super) groups: Option<Vec<String>>,
    /// How they are shown, 1 to 120 characters. Only where there is no issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) full_name: Option<String>,
    /// In which language their link speaks, `it` or `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) language: Option<String>,
}

/// The text of the reference has `group`, its examples `groups`.
fn one_or_more<'de, D: Deserializer<'de>>(groups: D) -> Result<Option<Vec<String>>, D::Error> {
    struct OneOrMore;

    impl<'de> Visitor<'de> for OneOrMore {
        type Value = Option<Vec<String>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of groups")
        }

        fn visit_str<E>(self, group: &str) -> Result<Self::Value, E> {
            Ok(Some(vec![group.to_owned()]))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut groups = Vec::new();
            while let Some(group) = list.next_element()? {
                groups.push(group);
            }
            Ok(Some(groups))
        }
    }

    groups.deserialize_any(OneOrMore)
}

/// Answer of `POST /teleconsultation`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeTeleconsultation {
    pub(super) room_id: RoomId,
}

/// Answer of `GET /teleconsultation/{roomId}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnTeleconsultation {
    /// Who asks.
    #[serde(rename = "bandyerUserId")]
    pub(super) user_id: UserId,
    /// Their own link; `null` until everybody is known and the freeze window before the start has begun.
    #[serde(rename = "accessLinkURL")]
    pub(super) link: Option<String>,
    /// The others who take part and are known.
    #[serde(rename = "participantsBandyerCall")]
    pub(super) others: Vec<OtherParticipant>,
    pub(super) details: TeleconsultationDetails,
}

/// Somebody else who takes part.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OtherParticipant {
    #[serde(rename = "bandyerUserId")]
    pub(super) user_id: UserId,
    /// The name that was given, else the id.
    pub(super) full_name: String,
}

/// How the room of a teleconsultation is used.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TeleconsultationDetails {
    pub(super) recording: RecordingMode,
    pub(super) recording_status: RecordingStatus,
    pub(super) call_type: CallType,
    pub(super) description: String,
    pub(super) status: RunningStatus,
    /// Switched off.
    pub(super) disabled: bool,
    pub(super) creation_date: String,
    /// How long people may talk; `null` is as long as they like.
    pub(super) duration_in_seconds: Option<u64>,
    /// How long two or more have been connected so far.
    pub(super) duration_used_in_seconds: u64,
    pub(super) live: bool,
}

/// Whether it is being recorded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RecordingStatus {
    Started,
    Stopped,
}

/// Whether somebody is in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum RunningStatus {
    Running,
    NotRunning,
}

/// Answer of `DELETE /teleconsultation/{roomId}/uploads`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeletedUploads {
    /// How many files there were.
    pub(super) total: u64,
    /// How many of them are deleted. Where it is fewer, the call may be made again.
    pub(super) deleted: u64,
}

/// Body of `POST /credentials`.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct WantedCredentials {
    /// Seconds, 360 to 86400; 3600 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires_in: Option<u32>,
}

/// Answer of `POST /credentials`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MiaCredentials {
    #[schema(value_type = String)]
    pub(super) access_token: Secret,
    pub(super) expires_at: String,
    #[serde(rename = "bandyerUserId")]
    pub(super) user_id: UserId,
}

/// Answer of `POST /settings/background-image`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UploadedBackground {
    pub(super) virtual_background: BackgroundImage,
}

/// A background that was uploaded.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BackgroundImage {
    /// By which `PATCH /settings/update` chooses it.
    pub(super) background_alias: String,
    pub(super) url: String,
    pub(super) creation_date: String,
}

/// Body of `PATCH /settings/update`.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateSettings {
    /// A background that was uploaded.
    pub(super) background_alias: String,
}

/// Answer of `PATCH /settings/update`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UpdatedSettings {
    pub(super) company: MiaCompany,
}

/// The company.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MiaCompany {
    pub(super) name: String,
    pub(super) default_language: String,
    pub(super) default_background: Option<DefaultBackground>,
    /// Empty where there is none.
    pub(super) end_call_redirect_url: String,
    /// Empty where there is none.
    pub(super) user_details_provider_url: String,
    pub(super) end_call_redirect_timeout_ms: u64,
}

/// The background that links have which ask for one.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DefaultBackground {
    pub(super) alias: String,
    pub(super) url: String,
    pub(super) creation_date: String,
}
