//! Bearer tokens of an OpenID provider: who somebody is, as the provider that the server was told of says it.
//!
//! A token counts when one of the provider's published keys signed it, by the algorithm that belongs to that key, for this
//! audience, and its time is not over. What it says of its own signature (RFC 7515, `alg`, `jwk`, `x5u`) chooses nothing.

mod keys;

use std::{sync::Arc, time::Duration};

use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use visita_protocol::{ErrorCode, Problem, Secret};
use visita_room::Timestamp;

use keys::KeySet;

/// How far the provider's clock may be from ours.
const LEEWAY: Duration = Duration::from_secs(30);

/// An OpenID provider whose word counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// What its tokens have as `iss`, character by character, such as `https://clinic.eu.auth0.com/`.
    pub url: String,
    /// What tokens meant for this server have in `aud`.
    pub audience: String,
    /// Where its keys are (RFC 7517); `None` is where its discovery document says.
    #[serde(default)]
    pub jwks_url: Option<Url>,
    /// The claim with the groups that somebody is in, a list or one name.
    #[serde(default = "groups")]
    pub groups_claim: String,
    /// The claim with somebody's name.
    #[serde(default = "name")]
    pub name_claim: String,
}

fn groups() -> String {
    "groups".into()
}

fn name() -> String {
    "name".into()
}

impl Issuer {
    /// A provider of that URL for that audience, with the usual claims.
    pub fn new(url: impl Into<String>, audience: impl Into<String>) -> Self {
        Self { url: url.into(), audience: audience.into(), jwks_url: None, groups_claim: groups(), name_claim: name() }
    }

    /// # Errors
    /// In words, what is wrong with it.
    pub(crate) fn check(&self) -> Result<(), String> {
        let url = Url::parse(&self.url).map_err(|_| "the issuer is no URL".to_owned())?;
        for url in [Some(&url), self.jwks_url.as_ref()].into_iter().flatten() {
            // Who could change the keys on their way could be anybody.
            if !(url.scheme() == "https" || url.scheme() == "http" && is_loopback(url)) {
                return Err("an issuer and its keys are reached by https (by http on this computer only)".into());
            }
        }
        if self.audience.is_empty() {
            return Err("an issuer needs an audience, or tokens meant for others would count".into());
        }
        Ok(())
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Chooses the cryptography that tokens are checked with. LiveKit's tokens are checked by the same library, whose own choice
/// knows shared secrets only: this one has to come first.
pub(crate) fn install_cryptography() {
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

/// Checks tokens; cheap to clone.
#[derive(Clone)]
pub(crate) struct Oidc {
    issuer: Arc<Issuer>,
    keys: Arc<KeySet>,
}

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// As the provider knows them.
    pub(crate) subject: String,
    pub(crate) name: Option<String>,
    pub(crate) groups: Vec<String>,
    /// From when on the token is good no more.
    pub(crate) until: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    /// Unix time in seconds.
    exp: f64,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl Oidc {
    /// # Errors
    /// No HTTP client can be made.
    pub(crate) fn new(issuer: Issuer) -> Result<Self, reqwest::Error> {
        let keys = KeySet::new(&issuer)?;
        Ok(Self { issuer: Arc::new(issuer), keys: Arc::new(keys) })
    }

    /// Who shows this token.
    ///
    /// # Errors
    /// [`ErrorCode::TokenExpired`] when its time is over, [`ErrorCode::Unauthorized`] when it does not count,
    /// [`ErrorCode::ServerUnreachable`] while the provider's keys have never been had.
    pub(crate) async fn verify(&self, token: &Secret) -> Result<Identity, Problem> {
        let refused =
            || Problem::new(ErrorCode::Unauthorized, "the bearer token is not one of the issuer's for this server");
        let header = decode_header(token.expose()).map_err(|_| refused())?;
        let key = self.keys.find(header.kid.as_deref()).await?.ok_or_else(refused)?;
        let mut rules = Validation::new(key.algorithm);
        rules.leeway = LEEWAY.as_secs();
        rules.validate_nbf = true;
        rules.set_issuer(&[&self.issuer.url]);
        rules.set_audience(&[&self.issuer.audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let Claims { sub, exp, others } = match decode(token.expose(), &key.key, &rules) {
            Ok(token) => token.claims,
            Err(error) if matches!(error.kind(), jsonwebtoken::errors::ErrorKind::ExpiredSignature) => {
                return Err(Problem::new(ErrorCode::TokenExpired, "the bearer token's time is over"));
            }
            Err(error) => {
                tracing::debug!(%error, "a bearer token is refused");
                return Err(refused());
            }
        };
        if sub.is_empty() {
            return Err(refused());
        }
        let groups = match others.get(&self.issuer.groups_claim) {
            Some(Value::Array(groups)) => groups.iter().filter_map(|group| group.as_str().map(str::to_owned)).collect(),
            Some(Value::String(group)) => vec![group.clone()],
            _ => Vec::new(),
        };
        let name = others.get(&self.issuer.name_claim).and_then(Value::as_str).map(str::to_owned);
        // Whole seconds are enough, and a number too large is never.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "`as` keeps to the ends of the range"
        )]
        let until = Timestamp::from_unix_ms((exp * 1000.0) as u64);
        Ok(Identity { subject: sub, name, groups, until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_safely_and_names_an_audience() {
        for good in ["https://clinic.eu.auth0.com/", "http://127.0.0.1:8080", "http://localhost/", "http://[::1]/"] {
            assert_eq!(Issuer::new(good, "visits").check(), Ok(()), "{good}");
        }
        for bad in ["http://clinic.example.org/", "clinic", "ftp://127.0.0.1/", "http://127.0.0.1.example.org/"] {
            assert!(Issuer::new(bad, "visits").check().is_err(), "{bad}");
        }
        assert!(Issuer::new("https://clinic.example.org/", "").check().is_err());
        let keys = Url::parse("http://clinic.example.org/keys").expect("a URL");
        assert!(
            Issuer { jwks_url: Some(keys), ..Issuer::new("https://clinic.example.org/", "visits") }.check().is_err()
        );
    }
}
