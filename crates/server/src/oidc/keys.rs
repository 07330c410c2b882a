//! The keys that an OpenID provider publishes: fetched when they are first needed, kept, fetched anew from time to time and
//! when a token names one that is not known.

use std::{
    num::NonZeroU32,
    time::{Duration, Instant},
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use parking_lot::RwLock;
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use url::Url;
use visita_protocol::{ErrorCode, Problem};

use super::Issuer;

/// How long keys are believed without asking again: a key that the provider took back counts at most this much longer.
const FRESH: Duration = Duration::from_secs(3600);
/// How often the provider is asked at most, however many tokens name keys that nobody knows: so many times at once, and then
/// once in each pause.
const ASKED_AT_ONCE: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
const PAUSE: Duration = Duration::from_secs(10);
/// How long the provider may take.
const FETCH_TIME: Duration = Duration::from_secs(5);
/// Longest answer, in bytes; a set of keys has some thousand.
const MOST: usize = 256 * 1024;

/// A key, and the one algorithm that it is for.
#[derive(Clone)]
pub(super) struct Key {
    id: Option<String>,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// The keys of a provider.
pub(super) struct KeySet {
    client: reqwest::Client,
    issuer: String,
    jwks_url: Option<Url>,
    known: RwLock<Option<Known>>,
    /// Held while asking.
    asking: Mutex<()>,
    limiter: DefaultDirectRateLimiter,
}

struct Known {
    keys: Vec<Key>,
    since: Instant,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("{0}")]
    Http(#[from] reqwest::Error),
    #[error("it answered {0}")]
    Status(reqwest::StatusCode),
    #[error("the answer is too long")]
    TooLong,
    #[error("the answer cannot be read: {0}")]
    Read(#[from] serde_json::Error),
    #[error("the discovery document is another issuer's")]
    OtherIssuer,
    #[error("the keys are not reached by https")]
    NotSafe,
}

/// What of the discovery document matters (OpenID Connect Discovery 1.0, section 3).
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: Url,
}

impl KeySet {
    pub(super) fn new(issuer: &Issuer) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(FETCH_TIME)
            .user_agent(concat!("visita-server/", env!("CARGO_PKG_VERSION")))
            .build()?;
        let (issuer, jwks_url) = (issuer.url.clone(), issuer.jwks_url.clone());
        let quota = Quota::with_period(PAUSE).unwrap_or(Quota::per_minute(ASKED_AT_ONCE)).allow_burst(ASKED_AT_ONCE);
        let limiter = RateLimiter::direct(quota);
        Ok(Self { client, issuer, jwks_url, known: RwLock::default(), asking: Mutex::default(), limiter })
    }

    /// The key of that id; where a token names none, the only one there is.
    ///
    /// # Errors
    /// [`ErrorCode::ServerUnreachable`] while the keys have never been had.
    pub(super) async fn find(&self, id: Option<&str>) -> Result<Option<Key>, Problem> {
        if let Some((Some(key), true)) = self.look(id) {
            return Ok(Some(key));
        }
        let before = self.since();
        let asking = self.asking.lock().await;
        // Whoever waited here has what the one before fetched.
        if self.since() == before && self.limiter.check().is_ok() {
            self.ask().await;
        }
        drop(asking);
        match self.look(id) {
            Some((key, _)) => Ok(key),
            None => Err(Problem::new(ErrorCode::ServerUnreachable, "the issuer's keys cannot be had just now")),
        }
    }

    /// The key, and whether what is known is fresh; `None` where nothing is known.
    fn look(&self, id: Option<&str>) -> Option<(Option<Key>, bool)> {
        let known = self.known.read();
        let known = known.as_ref()?;
        let key = match id {
            Some(id) => known.keys.iter().find(|key| key.id.as_deref() == Some(id)),
            None if known.keys.len() == 1 => known.keys.first(),
            None => None,
        };
        Some((key.cloned(), known.since.elapsed() < FRESH))
    }

    /// When what is known was fetched.
    fn since(&self) -> Option<Instant> {
        self.known.read().as_ref().map(|known| known.since)
    }

    async fn ask(&self) {
        match self.fetch().await {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "the issuer's keys are known");
                *self.known.write() = Some(Known { keys, since: Instant::now() });
            }
            // Those that are known go on counting: an issuer that is away for a while locks nobody out.
            Err(error) => tracing::warn!(%error, "the issuer's keys cannot be fetched"),
        }
    }

    async fn fetch(&self) -> Result<Vec<Key>, FetchError> {
        let url = match &self.jwks_url {
            Some(url) => url.clone(),
            None => {
                let document = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
                let found: Discovery = self.read(&document).await?;
                if found.issuer != self.issuer {
                    return Err(FetchError::OtherIssuer);
                }
                if found.jwks_uri.scheme() != "https" && !super::is_loopback(&found.jwks_uri) {
                    return Err(FetchError::NotSafe);
                }
                found.jwks_uri
            }
        };
        // One key that cannot be read is no reason to know none of the others.
        #[derive(Deserialize)]
        struct Published {
            keys: Vec<serde_json::Value>,
        }
        let Published { keys } = self.read(url.as_str()).await?;
        let keys = keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok()).collect();
        Ok(JwkSet { keys }.keys.iter().filter_map(usable).collect())
    }

    async fn read<T: DeserializeOwned>(&self, url: &str) -> Result<T, FetchError> {
        let mut response = self.client.get(url).header("accept", "application/json").send().await?;
        if !response.status().is_success() {
            return Err(FetchError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await? {
            if body.len() + piece.len() > MOST {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

/// A key for signatures that others can check, with its algorithm; a shared secret is none, and nothing that is published is
/// one.
fn usable(jwk: &Jwk) -> Option<Key> {
    if !matches!(jwk.common.public_key_use, None | Some(PublicKeyUse::Signature)) {
        return None;
    }
    // Where the set does not say, what is usual for such a key (RFC 7518, section 3.1).
    let said = jwk.common.key_algorithm;
    let algorithm = match (&jwk.algorithm, said) {
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Algorithm::RS256,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::RS384)) => Algorithm::RS384,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::RS512)) => Algorithm::RS512,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS256)) => Algorithm::PS256,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS384)) => Algorithm::PS384,
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS512)) => Algorithm::PS512,
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES256))
            if key.curve == EllipticCurve::P256 =>
        {
            Algorithm::ES256
        }
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES384))
            if key.curve == EllipticCurve::P384 =>
        {
            Algorithm::ES384
        }
        (AlgorithmParameters::OctetKeyPair(_), None | Some(KeyAlgorithm::EdDSA)) => Algorithm::EdDSA,
        _ => return None,
    };
    Some(Key { id: jwk.common.key_id.clone(), algorithm, key: DecodingKey::from_jwk(jwk).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn algorithm(jwk: serde_json::Value) -> Option<Algorithm> {
        usable(&serde_json::from_value(jwk).expect("a key")).map(|key| key.algorithm)
    }

    #[test]
    fn a_key_is_for_one_algorithm_and_no_secret_is_one() {
        use serde_json::json;
        let rsa = |extra: serde_json::Value| {
            let mut jwk = json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" });
            jwk.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
            algorithm(jwk)
        };
        assert_eq!(rsa(json!({})), Some(Algorithm::RS256));
        assert_eq!(rsa(json!({ "alg": "PS512", "use": "sig" })), Some(Algorithm::PS512));
        assert_eq!(rsa(json!({ "use": "enc" })), None);
        assert_eq!(rsa(json!({ "alg": "HS256" })), None);
        assert_eq!(algorithm(json!({ "kty": "oct", "k": "c2VjcmV0", "alg": "HS256" })), None);
    }
}
