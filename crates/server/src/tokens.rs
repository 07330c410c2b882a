//! The two tokens of an entry: one for the media server, one for the room channel.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use livekit_token::{AccessToken, VideoGrants};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use visita_protocol::{ParticipantId, RecordingId, RoomId, Secret, channel::MediaSource};
use visita_room::{EntryId, LinkSerial, MediaRights, Timestamp};

use crate::keys::{self, Keys};

/// How long a token opens anything by itself. Who is in stays in: the media server and the channel hold on to whom they
/// know. Longer forgives slow starts; shorter makes a stolen token worth less.
pub(crate) const TOKEN_LIFE: Duration = Duration::from_secs(600);

/// How long a recorder's token opens the media room: it has to come back by it when its line broke, as late as a visit may
/// last. It is told to nobody but the recorder.
const RECORDER_TOKEN_LIFE: Duration = Duration::from_secs(48 * 60 * 60);

/// Key and secret that LiveKit tokens are signed with.
#[derive(Clone, Debug)]
pub(crate) struct LiveKitSigner {
    pub(crate) key: String,
    pub(crate) secret: Secret,
}

impl LiveKitSigner {
    /// A token for one seat, with the grants that its rights amount to.
    pub(crate) fn sign(
        &self,
        room: &RoomId,
        seat: &ParticipantId,
        display_name: &str,
        rights: &MediaRights,
    ) -> Result<Secret, livekit_token::AccessTokenError> {
        self.sign_for(room, seat, display_name, rights, TOKEN_LIFE)
    }

    /// A token for one seat that is good for so long.
    pub(crate) fn sign_for(
        &self,
        room: &RoomId,
        seat: &ParticipantId,
        display_name: &str,
        rights: &MediaRights,
        life: Duration,
    ) -> Result<Secret, livekit_token::AccessTokenError> {
        self.sign_grants(seat, display_name, grants(room, rights), life)
    }

    /// A token for somebody whom nobody sees, and who may only look and listen.
    pub(crate) fn sign_hidden(
        &self,
        room: &RoomId,
        seat: &ParticipantId,
        display_name: &str,
    ) -> Result<Secret, livekit_token::AccessTokenError> {
        self.sign_grants(seat, display_name, VideoGrants { recorder: false, ..unseen(room) }, TOKEN_LIFE)
    }

    fn sign_grants(
        &self,
        seat: &ParticipantId,
        display_name: &str,
        grants: VideoGrants,
        life: Duration,
    ) -> Result<Secret, livekit_token::AccessTokenError> {
        AccessToken::with_api_key(&self.key, self.secret.expose())
            .with_ttl(life)
            .with_identity(seat.as_str())
            .with_name(display_name)
            .with_grants(grants)
            .to_jwt()
            .map(Secret::new)
    }

    /// A token for a recorder, which nobody sees and which may only look and listen.
    pub(crate) fn sign_recorder(
        &self,
        room: &RoomId,
        recording: &RecordingId,
    ) -> Result<Secret, livekit_token::AccessTokenError> {
        AccessToken::with_api_key(&self.key, self.secret.expose())
            .with_ttl(RECORDER_TOKEN_LIFE)
            .with_identity(&recorder_identity(recording))
            .with_grants(unseen(room))
            .to_jwt()
            .map(Secret::new)
    }
}

/// A recorder's identity in the media room. It is no seat's id, which has no colon: whatever a media server tells of it is
/// nothing that happened to anybody.
fn recorder_identity(recording: &RecordingId) -> String {
    format!("recorder:{recording}")
}

/// Of a recorder.
fn unseen(room: &RoomId) -> VideoGrants {
    VideoGrants {
        room_join: true,
        room: room.to_string(),
        can_publish: Some(false),
        can_publish_data: Some(false),
        can_subscribe: Some(true),
        can_update_own_metadata: Some(false),
        hidden: true,
        recorder: true,
        ..VideoGrants::default()
    }
}

fn grants(room: &RoomId, rights: &MediaRights) -> VideoGrants {
    let sources = publish_sources(rights);
    VideoGrants {
        room_join: true,
        room: room.to_string(),
        // An empty list of sources would allow them all.
        can_publish: Some(!sources.is_empty()),
        can_subscribe: Some(true),
        // Plain LiveKit clients chat by data messages.
        can_publish_data: Some(rights.data),
        can_publish_sources: sources.into_iter().map(str::to_owned).collect(),
        can_update_own_metadata: Some(false),
        ..VideoGrants::default()
    }
}

/// The sources that may be published, as tokens name them.
pub(crate) fn publish_sources(rights: &MediaRights) -> Vec<&'static str> {
    let sources = [
        ("microphone", MediaSource::Microphone),
        ("camera", MediaSource::Camera),
        ("screen_share", MediaSource::Screen),
        ("screen_share_audio", MediaSource::Screen),
    ];
    sources.into_iter().filter(|(_, source)| rights.may_send(*source)).map(|(name, _)| name).collect()
}

/// What a channel token says. It carries the name, so that the server need not keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelToken {
    pub(crate) room: RoomId,
    pub(crate) seat: ParticipantId,
    pub(crate) link: u32,
    pub(crate) entry: u64,
    pub(crate) name: String,
    /// Unix time in milliseconds.
    pub(crate) until: u64,
}

impl ChannelToken {
    pub(crate) fn link(&self) -> LinkSerial {
        LinkSerial(self.link)
    }

    pub(crate) fn entry(&self) -> EntryId {
        EntryId(self.entry)
    }

    pub(crate) fn expired(&self, now: Timestamp) -> bool {
        self.until <= now.unix_ms()
    }

    pub(crate) fn sign(&self, keys: &Keys) -> Result<Secret, serde_json::Error> {
        seal(self, |body| keys.sign_channel_token(body))
    }

    /// Reads a token of ours; `None` for everything else.
    pub(crate) fn read(token: &Secret, keys: &Keys) -> Option<Self> {
        open(token, |body| keys.sign_channel_token(body))
    }
}

/// By which somebody whom nobody sees may come to a webinar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EgressToken {
    pub(crate) room: RoomId,
    /// Unix time in milliseconds.
    pub(crate) until: u64,
}

impl EgressToken {
    /// How long one is good.
    pub(crate) const LIFE: Duration = Duration::from_secs(60);

    pub(crate) fn sign(&self, keys: &Keys) -> Result<Secret, serde_json::Error> {
        seal(self, |body| keys.sign_egress_token(body))
    }

    /// Whether this is one for that room whose time is not over.
    pub(crate) fn is_good(token: &Secret, room: &RoomId, keys: &Keys, now: Timestamp) -> bool {
        let read: Option<Self> = open(token, |body| keys.sign_egress_token(body));
        read.is_some_and(|token| token.room == *room && now.unix_ms() < token.until)
    }
}

/// By which whoever has a seat gets further media tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshToken {
    pub(crate) room: RoomId,
    pub(crate) participant: ParticipantId,
    /// Unix time in milliseconds.
    pub(crate) until: u64,
}

impl RefreshToken {
    pub(crate) fn sign(&self, keys: &Keys) -> Result<Secret, serde_json::Error> {
        seal(self, |body| keys.sign_refresh_token(body))
    }

    /// Reads a token of ours whose time is not over; `None` for everything else.
    pub(crate) fn read(token: &Secret, keys: &Keys, now: Timestamp) -> Option<Self> {
        open(token, |body| keys.sign_refresh_token(body)).filter(|token: &Self| now.unix_ms() < token.until)
    }
}

/// Signed: `BODY.SIGNATURE`, both base64url.
pub(crate) fn seal<T: Serialize>(claims: &T, sign: impl Fn(&[u8]) -> [u8; 32]) -> Result<Secret, serde_json::Error> {
    let body = serde_json::to_vec(claims)?;
    let signature = sign(&body);
    Ok(Secret::new(format!("{}.{}", URL_SAFE_NO_PAD.encode(body), URL_SAFE_NO_PAD.encode(signature))))
}

/// What a token says that was sealed with the same key; `None` for everything else.
pub(crate) fn open<T: DeserializeOwned>(token: &Secret, sign: impl Fn(&[u8]) -> [u8; 32]) -> Option<T> {
    let (body, signature) = token.expose().split_once('.')?;
    let body = URL_SAFE_NO_PAD.decode(body).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !keys::same(&sign(&body), &signature) {
        return None;
    }
    serde_json::from_slice(&body).ok()
}

#[cfg(test)]
mod tests {
    use visita_protocol::channel::MutedSources;

    use super::*;

    fn id<T: std::str::FromStr>(text: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        text.parse().expect("an id")
    }

    #[test]
    fn a_channel_token_reads_back_and_a_changed_one_does_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(&folder.path().join("a"), true).expect("keys");
        let others = Keys::open(&folder.path().join("b"), true).expect("keys");
        let token = ChannelToken { room: id("r"), seat: id("s"), link: 1, entry: 2, name: "Ada".into(), until: 1000 };
        let signed = token.sign(&keys).expect("signed");
        assert_eq!(ChannelToken::read(&signed, &keys), Some(token.clone()));
        assert_eq!(ChannelToken::read(&signed, &others), None);
        let (_, signature) = signed.expose().split_once('.').expect("two parts");
        let forged = ChannelToken { seat: id("admin"), ..token.clone() };
        let body = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&forged).expect("json"));
        assert_eq!(ChannelToken::read(&Secret::new(format!("{body}.{signature}")), &keys), None);
        assert_eq!(ChannelToken::read(&Secret::new(""), &keys), None);
        assert!(!token.expired(Timestamp::from_unix_ms(999)));
        assert!(token.expired(Timestamp::from_unix_ms(1000)));
    }

    #[test]
    fn an_egress_token_is_good_for_its_room_and_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(&folder.path().join("a"), true).expect("keys");
        let others = Keys::open(&folder.path().join("b"), true).expect("keys");
        let token = EgressToken { room: id("r"), until: 1000 }.sign(&keys).expect("signed");
        let at = Timestamp::from_unix_ms;
        assert!(EgressToken::is_good(&token, &id("r"), &keys, at(999)));
        assert!(!EgressToken::is_good(&token, &id("r"), &keys, at(1000)), "its time is over");
        assert!(!EgressToken::is_good(&token, &id("other"), &keys, at(999)));
        assert!(!EgressToken::is_good(&token, &id("r"), &others, at(999)));
        assert!(!EgressToken::is_good(&Secret::new(""), &id("r"), &keys, at(999)));
    }

    #[test]
    fn a_refresh_token_is_good_for_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::open(&folder.path().join("a"), true).expect("keys");
        let token = RefreshToken { room: id("r"), participant: id("p"), until: 1000 };
        let signed = token.sign(&keys).expect("signed");
        let at = Timestamp::from_unix_ms;
        assert_eq!(RefreshToken::read(&signed, &keys, at(999)), Some(token));
        assert_eq!(RefreshToken::read(&signed, &keys, at(1000)), None, "its time is over");
        let egress = EgressToken { room: id("r"), until: 1000 }.sign(&keys).expect("signed");
        assert_eq!(RefreshToken::read(&egress, &keys, at(0)), None, "each kind has a key of its own");
    }

    const ALL: MediaRights = MediaRights {
        microphone: true,
        camera: true,
        screen: true,
        data: true,
        muted: MutedSources { microphone: false, camera: false, screen: false },
    };

    #[test]
    fn rights_decide_what_may_be_published() {
        let sources = |rights| grants(&id("r"), &rights).can_publish_sources;
        assert_eq!(sources(ALL), ["microphone", "camera", "screen_share", "screen_share_audio"]);
        assert_eq!(sources(MediaRights { camera: false, screen: false, ..ALL }), ["microphone"]);
        let muted = MutedSources { microphone: true, screen: true, camera: false };
        assert_eq!(sources(MediaRights { muted, ..ALL }), ["camera"]);
    }

    #[test]
    fn who_may_publish_nothing_does_not_get_an_empty_list_that_allows_all() {
        let audience = MediaRights { microphone: false, camera: false, screen: false, ..ALL };
        let grants = grants(&id("r"), &audience);
        assert!(grants.can_publish_sources.is_empty() && grants.can_publish == Some(false));
    }

    #[test]
    fn a_livekit_token_says_room_seat_and_name_and_is_short_lived() {
        let signer = LiveKitSigner { key: "devkey".into(), secret: "secret".into() };
        let token = signer.sign(&id("r"), &id("s"), "Ada", &ALL).expect("signed");
        let claims =
            livekit_token::TokenVerifier::with_api_key("devkey", "secret").verify(token.expose()).expect("ours");
        assert_eq!((claims.sub.as_str(), claims.name.as_str(), claims.video.room.as_str()), ("s", "Ada", "r"));
        assert!(claims.video.room_join && !claims.video.room_admin && !claims.video.hidden);
        assert!(claims.exp - claims.nbf <= 600);
    }
}
