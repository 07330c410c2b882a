//! `filter` and `sort`: equality on a room's fields, and their order. Operators and unknown fields are refused.

use serde_json::{Map, Value};
use visita_protocol::{CompanyId, Problem};
use visita_room::Timestamp;

use super::bodies::{MediaType, RecordMode};
use crate::{
    clock::from_rfc3339,
    store::{Between, Direction, RoomBy, RoomIs},
};

pub(super) fn only(
    filter: Option<Map<String, Value>>,
    company: &CompanyId,
    now: Timestamp,
) -> Result<Vec<RoomIs>, Problem> {
    filter.unwrap_or_default().into_iter().map(|(field, value)| is(&field, value, company, now)).collect()
}

fn is(field: &str, value: Value, company: &CompanyId, now: Timestamp) -> Result<RoomIs, Problem> {
    let name = || format!("filter.{field}");
    let wrong = || Problem::invalid(name(), "not a value of this field; only equality is understood");
    let text = |value: Value| value.as_str().map(str::to_owned).ok_or_else(wrong);
    let flag = |value: Value| value.as_bool().ok_or_else(wrong);
    let time = |value: Value| value.as_str().and_then(from_rfc3339).ok_or_else(wrong);
    Ok(match field {
        // What is no id is no room's.
        "_id" | "id" => text(value)?.parse().map_or(RoomIs::Nothing, RoomIs::Id),
        "name" => RoomIs::Title(Some(text(value)?)),
        "user_id" => match text(value)? {
            user if user == company.as_str() => RoomIs::CreatedBy(None),
            user => user.parse().map_or(RoomIs::Nothing, |user| RoomIs::CreatedBy(Some(user))),
        },
        "mediaType" => {
            let media: MediaType = serde_json::from_value(value).map_err(|_| wrong())?;
            RoomIs::CallType(media.call_type())
        }
        "max_participants" => {
            let people = value.as_u64().ok_or_else(wrong)?;
            u16::try_from(people).map_or(RoomIs::Nothing, RoomIs::Capacity)
        }
        "allow_webinar_mode" => RoomIs::Webinar(flag(value)?),
        "allow_chat" => RoomIs::Chat(flag(value)?),
        "allow_share_screen" => RoomIs::ScreenSharing(flag(value)?),
        "record" => RoomIs::Recorded(flag(value)?),
        "record_mode" => {
            let mode: RecordMode = serde_json::from_value(value).map_err(|_| wrong())?;
            RoomIs::Layout(mode.layout())
        }
        "active" => RoomIs::Active(flag(value)?, now),
        "created" => RoomIs::Created(Between::at(time(value)?)),
        "modified" => RoomIs::Modified(Between::at(time(value)?)),
        _ => return Err(Problem::invalid(name(), "rooms are not filtered by this")),
    })
}

pub(super) fn order(sort: Option<Map<String, Value>>) -> Result<Vec<(RoomBy, Direction)>, Problem> {
    let one = |(field, value): (String, Value)| {
        let name = || format!("sort.{field}");
        let by = match field.as_str() {
            "_id" | "id" => RoomBy::Id,
            "name" => RoomBy::Title,
            "user_id" => RoomBy::CreatedBy,
            "mediaType" => RoomBy::CallType,
            "max_participants" => RoomBy::Capacity,
            "allow_webinar_mode" => RoomBy::Webinar,
            "allow_chat" => RoomBy::Chat,
            "allow_share_screen" => RoomBy::ScreenSharing,
            "record" => RoomBy::Recorded,
            "record_mode" => RoomBy::Layout,
            "active" => RoomBy::Active,
            "created" => RoomBy::Created,
            "modified" => RoomBy::Modified,
            _ => return Err(Problem::invalid(name(), "rooms are not sorted by this")),
        };
        match value.as_i64() {
            Some(1) => Ok((by, Direction::Ascending)),
            Some(-1) => Ok((by, Direction::Descending)),
            _ => Err(Problem::invalid(name(), "1 is up and -1 is down")),
        }
    };
    sort.unwrap_or_default().into_iter().map(one).collect()
}
