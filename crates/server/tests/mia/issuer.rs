//! An OpenID provider of the test's own: it publishes keys and signs tokens, also such as no honest one would.

use std::{
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaPublicKeyComponents},
};
use axum::{Json, Router, extract::State, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use visita_server::Issuer;

pub(crate) const AUDIENCE: &str = "https://visits.example.org";

/// A key that signs, by its id.
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pair: KeyPair,
}

impl Key {
    pub(crate) fn new(id: &'static str) -> Self {
        Self { id, pair: KeyPair::generate(KeySize::Rsa2048).expect("a key") }
    }

    /// As it is published (RFC 7517).
    pub(crate) fn jwk(&self) -> Value {
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id,
                "n": URL_SAFE_NO_PAD.encode(parts.n), "e": URL_SAFE_NO_PAD.encode(parts.e) })
    }

    /// What everybody has of it, in the forms in which it could be taken for a shared secret.
    pub(crate) fn public_bytes(&self) -> Vec<Vec<u8>> {
        let parts = RsaPublicKeyComponents::<Vec<u8>>::from(self.pair.public_key());
        let jwk = self.jwk();
        vec![parts.n, jwk["n"].as_str().expect("text").into(), self.pair.public_key().as_ref().to_vec()]
    }

    /// A token (RFC 7515, compact) with this header and these claims.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = unsigned(header, claims);
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("signed");
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token of somebody, good for an hour.
    pub(crate) fn token(&self, issuer: &Provider, subject: &str, groups: &[&str]) -> String {
        self.sign(&self.header(), &issuer.claims(subject, groups))
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "typ": "JWT", "alg": "RS256", "kid": self.id })
    }
}

/// Header and claims, before a signature.
pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

/// A token signed by a shared secret.
pub(crate) fn sign_hs256(secret: &[u8], header: &Value, claims: &Value) -> String {
    let text = unsigned(header, claims);
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).expect("any length");
    mac.update(text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// A provider that serves.
pub(crate) struct Provider {
    pub(crate) url: String,
    published: Arc<Mutex<Published>>,
}

struct Published {
    keys: Vec<Value>,
    /// How often they were asked for.
    asked: usize,
    issuer: String,
}

impl Provider {
    pub(crate) async fn start(keys: &[&Key]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let published = Published { keys: keys.iter().map(|key| key.jwk()).collect(), asked: 0, issuer: url.clone() };
        let published = Arc::new(Mutex::new(published));
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(jwks))
            .with_state(published.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, published }
    }

    /// As the server is told of it.
    pub(crate) fn issuer(&self) -> Issuer {
        Issuer::new(&self.url, AUDIENCE)
    }

    pub(crate) fn publish(&self, keys: &[&Key]) {
        self.published.lock().expect("whole").keys = keys.iter().map(|key| key.jwk()).collect();
    }

    /// From now on the discovery document names another issuer.
    pub(crate) fn pretend(&self, issuer: &str) {
        self.published.lock().expect("whole").issuer = issuer.into();
    }

    pub(crate) fn asked(&self) -> usize {
        self.published.lock().expect("whole").asked
    }

    pub(crate) fn claims(&self, subject: &str, groups: &[&str]) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        json!({ "iss": self.url, "aud": [AUDIENCE, "https://clinic.example.org/userinfo"], "sub": subject, "iat": now,
                "exp": now + 3600, "groups": groups, "name": format!("Name of {subject}") })
    }
}

async fn discovery(State(published): State<Arc<Mutex<Published>>>) -> Json<Value> {
    let issuer = published.lock().expect("whole").issuer.clone();
    Json(json!({ "issuer": issuer, "jwks_uri": format!("{issuer}keys") }))
}

async fn jwks(State(published): State<Arc<Mutex<Published>>>) -> Json<Value> {
    let mut published = published.lock().expect("whole");
    published.asked += 1;
    Json(json!({ "keys": published.keys }))
}
