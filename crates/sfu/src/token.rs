//! LiveKit access tokens: HS256 JWTs whose `iss` names the key.

use std::{collections::HashMap, time::Duration};

use livekit_token::{AccessToken, Claims, TokenVerifier, VideoGrants};
use visita_protocol::Secret;

use crate::{
    api::{Permissions, TrackSource},
    revocation::Revocations,
    wire,
};

/// How long a refreshed token is good. Clients keep the newest for reconnecting.
const REFRESHED_FOR: Duration = Duration::from_secs(600);

/// Why a token was refused. What is told outside stays vague on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    #[error("no token")]
    Missing,
    #[error("invalid token")]
    Invalid,
    #[error("the token has expired")]
    Expired,
    #[error("the token does not grant joining a room")]
    NotAllowed,
    #[error("the token was revoked")]
    Revoked,
}

/// The keys of this server, and whose tokens are refused nevertheless.
#[derive(Debug)]
pub(crate) struct Keys {
    secrets: HashMap<String, Secret>,
    pub(crate) revocations: Revocations,
}

impl Keys {
    pub(crate) fn new(secrets: HashMap<String, Secret>) -> Self {
        Self { secrets, revocations: Revocations::default() }
    }

    /// Checks a token that is to join a room.
    pub(crate) fn verify_join(&self, token: &str) -> Result<Grant, TokenError> {
        let claims = self.verify(token)?;
        if !claims.video.room_join || claims.video.room.is_empty() || claims.sub.is_empty() {
            return Err(TokenError::NotAllowed);
        }
        let grant = Grant { claims };
        if self.is_revoked(&grant) { Err(TokenError::Revoked) } else { Ok(grant) }
    }

    /// Checks a token's signature and times and gives what it grants.
    pub(crate) fn verify_grants(&self, token: &str) -> Result<VideoGrants, TokenError> {
        self.verify(token).map(|claims| claims.video)
    }

    /// Whether the bearer was put out after the token was issued.
    pub(crate) fn is_revoked(&self, grant: &Grant) -> bool {
        self.revocations.refuses(grant.room(), grant.identity(), grant.claims.nbf as u64)
    }

    fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        if token.is_empty() {
            return Err(TokenError::Missing);
        }
        let unverified = Claims::from_unverified(token).map_err(|_| TokenError::Invalid)?;
        let secret = self.secrets.get(&unverified.iss).ok_or(TokenError::Invalid)?;
        let verified = TokenVerifier::with_api_key(&unverified.iss, secret.expose()).verify(token);
        let expired = i64::try_from(unverified.exp).is_ok_and(|exp| exp < wire::unix_ms() / 1000);
        verified.map_err(|_| if expired { TokenError::Expired } else { TokenError::Invalid })
    }

    /// A fresh token with the same grants; none when its key is gone.
    pub(crate) fn refresh(&self, grant: &Grant) -> Option<Secret> {
        let claims = &grant.claims;
        let secret = self.secrets.get(&claims.iss)?;
        AccessToken::with_api_key(&claims.iss, secret.expose())
            .with_ttl(REFRESHED_FOR)
            .with_identity(&claims.sub)
            .with_name(&claims.name)
            .with_kind(&claims.kind)
            .with_metadata(&claims.metadata)
            .with_attributes(claims.attributes.iter())
            .with_grants(claims.video.clone())
            .to_jwt()
            .ok()
            .map(Secret::new)
    }
}

/// What a valid token says.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    claims: Claims,
}

impl Grant {
    pub(crate) fn room(&self) -> &str {
        &self.claims.video.room
    }

    pub(crate) fn identity(&self) -> &str {
        &self.claims.sub
    }

    pub(crate) fn name(&self) -> &str {
        &self.claims.name
    }

    pub(crate) fn kind(&self) -> &str {
        &self.claims.kind
    }

    pub(crate) fn metadata(&self) -> &str {
        &self.claims.metadata
    }

    pub(crate) fn attributes(&self) -> &HashMap<String, String> {
        &self.claims.attributes
    }

    pub(crate) fn permissions(&self) -> Permissions {
        let video = &self.claims.video;
        let sources: Vec<_> = video.can_publish_sources.iter().filter_map(|name| source_by_name(name)).collect();
        Permissions {
            // A list of which no word is known allows nothing, rather than everything.
            publish: video.can_publish() && (video.can_publish_sources.is_empty() || !sources.is_empty()),
            subscribe: video.can_subscribe(),
            publish_data: video.can_publish_data(),
            publish_sources: sources,
            update_own_metadata: video.can_update_own_metadata(),
            hidden: video.hidden,
            recorder: video.recorder,
        }
    }

    /// Changes what refreshed tokens will grant.
    pub(crate) fn set_permissions(&mut self, permissions: &Permissions) {
        let video = &mut self.claims.video;
        *video = VideoGrants {
            can_publish: Some(permissions.publish),
            can_subscribe: Some(permissions.subscribe),
            can_publish_data: Some(permissions.publish_data),
            can_publish_sources: permissions
                .publish_sources
                .iter()
                .map(|source| source.grant_name().to_owned())
                .collect(),
            can_update_own_metadata: Some(permissions.update_own_metadata),
            hidden: permissions.hidden,
            recorder: permissions.recorder,
            ..std::mem::take(video)
        };
    }
}

impl Permissions {
    /// Whether a track of this source may be published.
    pub(crate) fn may_publish(&self, source: TrackSource) -> bool {
        self.publish && (self.publish_sources.is_empty() || self.publish_sources.contains(&source))
    }
}

fn source_by_name(name: &str) -> Option<TrackSource> {
    use TrackSource::{Camera, Microphone, ScreenShare, ScreenShareAudio};
    let name = name.to_ascii_lowercase();
    [Camera, Microphone, ScreenShare, ScreenShareAudio].into_iter().find(|source| source.grant_name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(HashMap::from([("one".to_owned(), Secret::new("first")), ("two".to_owned(), Secret::new("second"))]))
    }

    fn token(key: &str, secret: &str, grants: VideoGrants) -> String {
        AccessToken::with_api_key(key, secret).with_identity("ada").with_grants(grants).to_jwt().expect("a token")
    }

    fn join() -> VideoGrants {
        VideoGrants { room_join: true, room: "visit".into(), ..Default::default() }
    }

    #[test]
    fn the_issuer_chooses_the_key() {
        assert!(keys().verify_join(&token("one", "first", join())).is_ok());
        assert!(keys().verify_join(&token("two", "second", join())).is_ok());
        assert_eq!(keys().verify_join(&token("two", "first", join())).err(), Some(TokenError::Invalid));
        assert_eq!(keys().verify_join(&token("three", "first", join())).err(), Some(TokenError::Invalid));
        assert_eq!(keys().verify_join("").err(), Some(TokenError::Missing));
        assert_eq!(keys().verify_join("a.b.c").err(), Some(TokenError::Invalid));
    }

    #[test]
    fn joining_must_be_granted() {
        let grants = VideoGrants { room_list: true, ..Default::default() };
        assert_eq!(keys().verify_join(&token("one", "first", grants)).err(), Some(TokenError::NotAllowed));
    }

    #[test]
    fn sources_limit_publishing() {
        let grants = VideoGrants { can_publish_sources: vec!["microphone".into()], ..join() };
        let permissions = keys().verify_join(&token("one", "first", grants)).expect("valid").permissions();
        assert!(permissions.may_publish(TrackSource::Microphone));
        assert!(!permissions.may_publish(TrackSource::Camera));

        let grants = VideoGrants { can_publish_sources: vec!["smell".into()], ..join() };
        let permissions = keys().verify_join(&token("one", "first", grants)).expect("valid").permissions();
        assert!(!permissions.may_publish(TrackSource::Microphone));
    }

    #[test]
    fn a_refreshed_token_grants_the_same() {
        let grants = VideoGrants { hidden: true, ..join() };
        let grant = keys().verify_join(&token("two", "second", grants)).expect("valid");
        let fresh = keys().refresh(&grant).expect("known key");
        assert!(keys().verify_join(fresh.expose()).expect("valid").permissions().hidden);
    }
}
