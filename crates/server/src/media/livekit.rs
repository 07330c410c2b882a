//! A LiveKit server or cluster that carries the media: steered by its RoomService, heard by its webhooks.

use std::{collections::HashMap, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use livekit_protocol as proto;
use livekit_token::{AccessToken, TokenVerifier, VideoGrants};
use prost::Message;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;
use visita_protocol::{ParticipantId, RoomId};
use visita_room::MediaRights;

use super::presence::{Event, Who};
use crate::{
    config::LiveKit,
    keys,
    tokens::{LiveKitSigner, publish_sources},
};

/// How long a call may take. The room waits for it, so that who is put out is out before the next one comes in.
const CALL_TIMEOUT: Duration = Duration::from_secs(4);
/// How long the token of one call is good.
const TOKEN_LIFE: Duration = Duration::from_secs(60);

/// Steers rooms on a LiveKit server; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// `http://…` or `https://…`, with the path of the service.
    service: String,
    signer: LiveKitSigner,
    client: reqwest::Client,
}

/// Why a call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("no token: {0}")]
    Token(#[from] livekit_token::AccessTokenError),
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("it answers {0}")]
    Status(reqwest::StatusCode),
    #[error("its answer is not understood: {0}")]
    Answer(#[from] prost::DecodeError),
}

impl CallError {
    /// Who was not there need not be removed.
    fn is_not_found(&self) -> bool {
        matches!(self, Self::Status(reqwest::StatusCode::NOT_FOUND))
    }
}

impl Admin {
    /// # Errors
    /// No HTTP client can be made: the computer has no certificates to trust, for one.
    pub(crate) fn new(livekit: &LiveKit) -> Result<Self, reqwest::Error> {
        let signer = LiveKitSigner { key: livekit.key.clone(), secret: livekit.secret.clone() };
        let service = service_url(&livekit.url);
        let client = reqwest::Client::builder().build()?;
        Ok(Self { inner: Arc::new(Inner { service, signer, client }) })
    }

    pub(super) async fn remove(&self, room: &RoomId, seat: &ParticipantId) {
        let request =
            proto::RoomParticipantIdentity { room: room.to_string(), identity: seat.to_string(), ..Default::default() };
        self.report(room, self.call::<proto::RemoveParticipantResponse>(room, "RemoveParticipant", &request).await);
    }

    pub(super) async fn create(&self, room: &RoomId) {
        let request = proto::CreateRoomRequest { name: room.to_string(), ..Default::default() };
        self.report(room, self.call::<proto::Room>(room, "CreateRoom", &request).await);
    }

    /// Of these rooms those that are there, with their session ids.
    pub(super) async fn running(&self, rooms: &[&RoomId]) -> HashMap<String, String> {
        let Some(first) = rooms.first() else { return HashMap::new() };
        let names = rooms.iter().map(ToString::to_string).collect();
        let request = proto::ListRoomsRequest { names };
        match self.call::<proto::ListRoomsResponse>(first, "ListRooms", &request).await {
            Ok(answer) => answer.rooms.into_iter().map(|room| (room.name, room.sid)).collect(),
            Err(error) => {
                tracing::warn!(%error, "the LiveKit server does not say which rooms are there");
                HashMap::new()
            }
        }
    }

    pub(super) async fn end(&self, room: &RoomId) {
        let request = proto::DeleteRoomRequest { room: room.to_string() };
        self.report(room, self.call::<proto::DeleteRoomResponse>(room, "DeleteRoom", &request).await);
    }

    /// Tracks that may not be published any more LiveKit unpublishes at once.
    pub(super) async fn set_rights(&self, room: &RoomId, seat: &ParticipantId, rights: &MediaRights) {
        let request = proto::UpdateParticipantRequest {
            room: room.to_string(),
            identity: seat.to_string(),
            permission: Some(permission(rights)),
            ..Default::default()
        };
        self.report(room, self.call::<proto::ParticipantInfo>(room, "UpdateParticipant", &request).await);
    }

    /// Who is in, by identity; an unknown room has nobody in.
    pub(super) async fn participants(&self, room: &RoomId) -> Result<HashMap<String, String>, CallError> {
        let request = proto::ListParticipantsRequest { room: room.to_string() };
        let answer: proto::ListParticipantsResponse = match self.call(room, "ListParticipants", &request).await {
            Err(error) if error.is_not_found() => return Ok(HashMap::new()),
            answer => answer?,
        };
        let is_in = |one: &proto::ParticipantInfo| one.state() != proto::participant_info::State::Disconnected;
        Ok(answer.participants.into_iter().filter(is_in).map(|one| (one.identity, one.sid)).collect())
    }

    /// What a webhook's call says; `None` when it is not signed by the key, or not for us.
    pub(crate) fn read_webhook(&self, authorization: &str, body: &[u8]) -> Option<Event> {
        let signer = &self.inner.signer;
        let token = authorization.strip_prefix("Bearer ").unwrap_or(authorization);
        let claims = TokenVerifier::with_api_key(&signer.key, signer.secret.expose()).verify(token).ok()?;
        let signed = STANDARD.decode(claims.sha256).ok()?;
        if !keys::same(&Sha256::digest(body), &signed) {
            return None;
        }
        let said: Said = serde_json::from_slice(body).ok()?;
        Some(said.event())
    }

    async fn call<T: Message + Default>(
        &self,
        room: &RoomId,
        method: &str,
        request: &impl Message,
    ) -> Result<T, CallError> {
        let Inner { service, signer, client } = &*self.inner;
        let grants = VideoGrants {
            room_admin: true,
            room_create: true,
            room_list: true,
            room: room.to_string(),
            ..VideoGrants::default()
        };
        let token = AccessToken::with_api_key(&signer.key, signer.secret.expose())
            .with_ttl(TOKEN_LIFE)
            .with_grants(grants)
            .to_jwt()?;
        let response = client
            .post(format!("{service}/{method}"))
            .timeout(CALL_TIMEOUT)
            .bearer_auth(token)
            .header(reqwest::header::CONTENT_TYPE, "application/protobuf")
            .body(request.encode_to_vec())
            .send()
            .await?;
        if !response.status().is_success() {
            return Err(CallError::Status(response.status()));
        }
        Ok(T::decode(response.bytes().await?)?)
    }

    fn report<T>(&self, room: &RoomId, result: Result<T, CallError>) {
        match result {
            Ok(_) => {}
            Err(error) if error.is_not_found() => {}
            Err(error) => tracing::warn!(%room, %error, "the LiveKit server did not obey"),
        }
    }
}

fn service_url(url: &Url) -> String {
    let url = url.as_str().trim_end_matches('/');
    let url = url.strip_prefix("ws").map_or_else(|| url.to_owned(), |rest| format!("http{rest}"));
    format!("{url}/twirp/livekit.RoomService")
}

fn permission(rights: &MediaRights) -> proto::ParticipantPermission {
    let sources: Vec<_> = publish_sources(rights)
        .into_iter()
        .map(|source| match source {
            "microphone" => proto::TrackSource::Microphone,
            "camera" => proto::TrackSource::Camera,
            "screen_share" => proto::TrackSource::ScreenShare,
            _ => proto::TrackSource::ScreenShareAudio,
        })
        .map(i32::from)
        .collect();
    proto::ParticipantPermission {
        can_subscribe: true,
        // An empty list would allow every source.
        can_publish: !sources.is_empty(),
        can_publish_data: rights.data,
        can_publish_sources: sources,
        can_update_metadata: false,
        ..Default::default()
    }
}

/// The part of a webhook's body that matters here.
#[derive(Deserialize)]
struct Said {
    event: String,
    room: Option<SaidRoom>,
    participant: Option<SaidParticipant>,
}

#[derive(Deserialize)]
struct SaidRoom {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SaidParticipant {
    identity: String,
    #[serde(default)]
    sid: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    disconnect_reason: Option<serde_json::Value>,
}

impl Said {
    fn event(self) -> Event {
        let (Some(room), Some(participant)) = (self.room, self.participant) else { return Event::Other };
        let goodbye = participant.disconnect_reason.as_ref().is_some_and(|reason| {
            // By name, as LiveKit writes it, or by number.
            reason == "CLIENT_INITIATED" || reason == i32::from(proto::DisconnectReason::ClientInitiated)
        });
        let who = Who { room: room.name, identity: participant.identity, sid: participant.sid };
        match self.event.as_str() {
            "participant_joined" => Event::Joined { who, name: Some(participant.name) },
            "participant_left" | "participant_connection_aborted" => Event::Left { who, goodbye },
            _ => Event::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use visita_protocol::channel::MutedSources;

    use super::*;

    fn admin() -> Admin {
        let url = "wss://media.example.org/".parse().expect("a URL");
        Admin::new(&LiveKit { url, key: "key".into(), secret: "secret".into() }).expect("an HTTP client")
    }

    /// A webhook's authorization as LiveKit makes it.
    fn sign(key: &str, secret: &str, body: &[u8]) -> String {
        AccessToken::with_api_key(key, secret)
            .with_sha256(&STANDARD.encode(Sha256::digest(body)))
            .to_jwt()
            .expect("signed")
    }

    const JOINED: &[u8] = br#"{"event":"participant_joined","room":{"sid":"RM_1","name":"r"},
        "participant":{"sid":"PA_1","identity":"s","name":"Ada","state":"ACTIVE"},"id":"EV_1","createdAt":"1700000000"}"#;

    #[test]
    fn a_webhook_counts_only_when_the_key_signed_this_body() {
        let admin = admin();
        let who = || Who { room: "r".into(), identity: "s".into(), sid: "PA_1".into() };
        let good = sign("key", "secret", JOINED);
        assert_eq!(admin.read_webhook(&good, JOINED), Some(Event::Joined { who: who(), name: Some("Ada".into()) }));
        let changed = String::from_utf8_lossy(JOINED).replace("\"s\"", "\"t\"");
        assert_eq!(admin.read_webhook(&good, changed.as_bytes()), None);
        assert_eq!(admin.read_webhook(&sign("key", "other", JOINED), JOINED), None);
        assert_eq!(admin.read_webhook(&sign("other", "secret", JOINED), JOINED), None);
        assert_eq!(admin.read_webhook("", JOINED), None);

        let left = br#"{"event":"participant_left","room":{"name":"r"},
            "participant":{"sid":"PA_1","identity":"s","disconnectReason":"CLIENT_INITIATED"}}"#;
        let read = |body: &[u8]| admin.read_webhook(&sign("key", "secret", body), body);
        assert_eq!(read(left), Some(Event::Left { who: who(), goodbye: true }));
        let other = br#"{"event":"room_started","room":{"name":"r"}}"#;
        assert_eq!(read(other), Some(Event::Other));
    }

    #[test]
    fn rights_become_permissions() {
        let mut rights =
            MediaRights { microphone: true, camera: true, screen: false, data: true, muted: MutedSources::default() };
        rights.muted.microphone = true;
        let told = permission(&rights);
        assert!(told.can_publish && told.can_subscribe && told.can_publish_data);
        assert_eq!(told.can_publish_sources, [i32::from(proto::TrackSource::Camera)]);
        rights.muted.camera = true;
        assert!(!permission(&rights).can_publish, "an empty list would allow everything");
        assert_eq!(
            service_url(&"wss://media.example.org/".parse().expect("a URL")),
            "https://media.example.org/twirp/livekit.RoomService"
        );
    }
}
