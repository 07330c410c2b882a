//! The way into a room by its id, where the server hands out tokens for it: Callaba's two public helpers,
//! `findLKRoomNameById` and then `createToken`, both POST below `/api/conferences-public/`.

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;
use visita_protocol::{ErrorCode, ParticipantId, Problem, RecordingMode, Secret};

use crate::entry::{client, not_understood, unreachable};

/// Where the media is, and how the room behaves.
pub(crate) struct WayIn {
    /// LiveKit URL.
    pub(crate) livekit_url: String,
    /// LiveKit token.
    pub(crate) token: Secret,
    pub(crate) chat: bool,
    pub(crate) screen_sharing: bool,
    pub(crate) webinar: bool,
    pub(crate) recording: RecordingMode,
}

#[derive(Deserialize)]
struct Found {
    #[serde(rename = "LKRoomName")]
    room_name: String,
    #[serde(default)]
    allow_webinar_mode: bool,
    #[serde(default)]
    allow_chat: bool,
    #[serde(default)]
    allow_share_screen: bool,
    #[serde(default)]
    record: bool,
}

#[derive(Deserialize)]
struct Token {
    participant_token: Secret,
}

/// Asks for the room's name, then for a token.
pub(crate) async fn enter(
    server: &Url,
    room_id: &str,
    participant: &ParticipantId,
    name: Option<&str>,
) -> Result<WayIn, Problem> {
    let found: Found = ask(server, "findLKRoomNameById", &json!({ "id": room_id })).await?;
    let mut body = json!({ "room_id": room_id, "LKRoomName": found.room_name, "participant_id": participant });
    if let Some(name) = name {
        body["participant_name"] = name.into();
    }
    let token: Token = ask(server, "createToken", &body).await?;
    let mut url = server.clone();
    let scheme = if server.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).map_err(|()| not_understood())?;
    url.set_path("");
    Ok(WayIn {
        livekit_url: url.to_string(),
        token: token.participant_token,
        chat: found.allow_chat,
        screen_sharing: found.allow_share_screen,
        webinar: found.allow_webinar_mode,
        recording: if found.record { RecordingMode::Automatic } else { RecordingMode::None },
    })
}

async fn ask<T: serde::de::DeserializeOwned>(server: &Url, helper: &str, body: &Value) -> Result<T, Problem> {
    let url = server
        .join(&format!("api/conferences-public/{helper}"))
        .map_err(|_| Problem::new(ErrorCode::LinkMalformed, "this is no address of a server"))?;
    let answer = client()?.post(url).json(body).send().await.map_err(unreachable)?;
    let status = answer.status();
    let bytes = answer.bytes().await.map_err(unreachable)?;
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| not_understood())?;
    if status.is_success() && value["success"] != Value::Bool(false) {
        return serde_json::from_value(value).map_err(|_| not_understood());
    }
    let code = match status.as_u16() {
        401 => ErrorCode::Unauthorized,
        403 => ErrorCode::Forbidden,
        429 => ErrorCode::RateLimited,
        500.. => ErrorCode::ServerNotUnderstood,
        // An unknown, inactive or finished room is told in several ways.
        _ => ErrorCode::RoomNotFound,
    };
    Err(Problem::new(code, format!("the server does not let into this room (HTTP status {status})")))
}
