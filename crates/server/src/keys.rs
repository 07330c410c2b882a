//! The server's own key: one file of random bytes from which every key in use is derived. Who has the database alone can
//! neither enter a room nor call the API.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    path::Path,
};

use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use rand::{TryRngCore, rngs::OsRng};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use visita_protocol::Secret;

use crate::store::SecretHash;

const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 12;
/// Bytes of randomness in a link's code.
const CODE_LEN: usize = 18;

/// Why a key cannot be used. Carries no key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the key file is damaged")]
    Damaged,
    #[error("the key file is missing, and without it the links in the database cannot be read")]
    Missing,
    #[error("the system gives no randomness")]
    NoRandomness,
    #[error("the key file: {0}")]
    Io(#[from] std::io::Error),
}

/// The keys in use, each derived from the server key for one purpose.
#[derive(Clone)]
pub(crate) struct Keys {
    api_keys: [u8; KEY_LEN],
    link_lookup: [u8; KEY_LEN],
    link_sealing: [u8; KEY_LEN],
    channel_tokens: [u8; KEY_LEN],
    access_tokens: [u8; KEY_LEN],
    sign_in_lookup: [u8; KEY_LEN],
    webhook_sealing: [u8; KEY_LEN],
    recording_lookup: [u8; KEY_LEN],
    egress_tokens: [u8; KEY_LEN],
    refresh_tokens: [u8; KEY_LEN],
    livekit_secret: [u8; KEY_LEN],
}

impl Keys {
    /// Reads the key file, or makes it when there is none and `may_make`. The file is its owner's alone.
    pub(crate) fn open(file: &Path, may_make: bool) -> Result<Self, KeyError> {
        match fs::File::open(file) {
            Ok(open) => {
                only_for_owner(file)?;
                let mut key = Vec::new();
                open.take(KEY_LEN as u64 + 1).read_to_end(&mut key)?;
                Ok(Self::derive(&key.try_into().map_err(|_| KeyError::Damaged)?))
            }
            Err(error) if error.kind() == ErrorKind::NotFound && may_make => {
                let key: [u8; KEY_LEN] = random()?;
                write_for_owner(file, &key)?;
                Ok(Self::derive(&key))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Err(KeyError::Missing),
            Err(error) => Err(error.into()),
        }
    }

    fn derive(key: &[u8; KEY_LEN]) -> Self {
        // One expansion block per purpose, as in HKDF-Expand (RFC 5869 section 2.3) with a uniform key.
        let purpose = |label: &str| mac(key, &[label.as_bytes(), &[1]]);
        Self {
            api_keys: purpose("visita api keys"),
            link_lookup: purpose("visita link lookup"),
            link_sealing: purpose("visita link sealing"),
            channel_tokens: purpose("visita channel tokens"),
            access_tokens: purpose("visita access tokens"),
            sign_in_lookup: purpose("visita sign-in lookup"),
            webhook_sealing: purpose("visita webhook sealing"),
            recording_lookup: purpose("visita recording lookup"),
            egress_tokens: purpose("visita egress tokens"),
            refresh_tokens: purpose("visita refresh tokens"),
            livekit_secret: purpose("visita livekit secret"),
        }
    }

    /// What an API key is stored and found as.
    pub(crate) fn hash_api_key(&self, key: &str) -> SecretHash {
        mac(&self.api_keys, &[key.as_bytes()])
    }

    /// What a link's code is found by.
    pub(crate) fn hash_code(&self, code: &str) -> SecretHash {
        mac(&self.link_lookup, &[code.as_bytes()])
    }

    /// What a sign-in link's code is found by.
    pub(crate) fn hash_sign_in_code(&self, code: &str) -> SecretHash {
        mac(&self.sign_in_lookup, &[code.as_bytes()])
    }

    /// What the code of a link to a recording is found by.
    pub(crate) fn hash_recording_code(&self, code: &str) -> SecretHash {
        mac(&self.recording_lookup, &[code.as_bytes()])
    }

    /// A code, encrypted.
    pub(crate) fn seal_code(&self, code: &Secret) -> Result<Vec<u8>, KeyError> {
        seal(&self.link_sealing, code)
    }

    /// The code that was sealed.
    pub(crate) fn open_code(&self, sealed: &[u8]) -> Result<Secret, KeyError> {
        open(&self.link_sealing, sealed)
    }

    /// A webhook's signing secret, encrypted.
    pub(crate) fn seal_webhook_secret(&self, secret: &Secret) -> Result<Vec<u8>, KeyError> {
        seal(&self.webhook_sealing, secret)
    }

    /// The signing secret that was sealed.
    pub(crate) fn open_webhook_secret(&self, sealed: &[u8]) -> Result<Secret, KeyError> {
        open(&self.webhook_sealing, sealed)
    }

    /// Signs an access token's body.
    pub(crate) fn sign_access_token(&self, body: &[u8]) -> [u8; KEY_LEN] {
        mac(&self.access_tokens, &[body])
    }

    /// Signs a channel token's body.
    pub(crate) fn sign_channel_token(&self, body: &[u8]) -> [u8; KEY_LEN] {
        mac(&self.channel_tokens, &[body])
    }

    /// Signs an egress token's body.
    pub(crate) fn sign_egress_token(&self, body: &[u8]) -> [u8; KEY_LEN] {
        mac(&self.egress_tokens, &[body])
    }

    /// Signs a refresh token's body.
    pub(crate) fn sign_refresh_token(&self, body: &[u8]) -> [u8; KEY_LEN] {
        mac(&self.refresh_tokens, &[body])
    }

    /// Secret of the built-in media server's own LiveKit key; the same after a restart, so that tokens stay good.
    pub(crate) fn livekit_secret(&self) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(self.livekit_secret))
    }
}

/// AES-256-GCM, random nonce in front.
fn seal(key: &[u8; KEY_LEN], secret: &Secret) -> Result<Vec<u8>, KeyError> {
    let nonce: [u8; NONCE_LEN] = random()?;
    let sealed = cipher(key)?.encrypt(&nonce.into(), secret.expose().as_bytes()).map_err(|_| KeyError::Damaged)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(key: &[u8; KEY_LEN], sealed: &[u8]) -> Result<Secret, KeyError> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or(KeyError::Damaged)?;
    let nonce: [u8; NONCE_LEN] = nonce.try_into().map_err(|_| KeyError::Damaged)?;
    let secret = cipher(key)?.decrypt(&nonce.into(), sealed).map_err(|_| KeyError::Damaged)?;
    let secret = String::from_utf8(secret).map_err(|_| KeyError::Damaged)?;
    Ok(Secret::new(secret))
}

fn cipher(key: &[u8; KEY_LEN]) -> Result<Aes256Gcm, KeyError> {
    Aes256Gcm::new_from_slice(key).map_err(|_| KeyError::Damaged)
}

/// A new link code.
pub(crate) fn new_code() -> Result<Secret, KeyError> {
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(random::<CODE_LEN>()?)))
}

/// Compares without telling by the time taken where they differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Random bytes for other places that need some, such as a page's nonce.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], KeyError> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|_| KeyError::NoRandomness)?;
    Ok(bytes)
}

/// HMAC-SHA256 with a key of any length, such as a webhook's secret.
pub(crate) fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; KEY_LEN] {
    mac(key, parts)
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; KEY_LEN] {
    // HMAC takes keys of every length; this one cannot fail.
    let Ok(mut mac) = <Hmac<Sha256> as Mac>::new_from_slice(key) else { return [0; KEY_LEN] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(unix)]
fn only_for_owner(file: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    let permissions = fs::metadata(file)?.permissions();
    if permissions.mode() & 0o077 != 0 {
        tracing::warn!(file = %file.display(), "the key file was readable by others; it is not any more");
        fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn only_for_owner(_file: &Path) -> Result<(), KeyError> {
    // The data folder lies in the user's profile, whose access list keeps others out.
    Ok(())
}

/// Written beside and renamed, so that a killed process leaves no half key.
fn write_for_owner(file: &Path, key: &[u8]) -> Result<(), KeyError> {
    let beside = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&beside)?;
    only_for_owner(&beside)?;
    open.write_all(key)?;
    open.sync_all()?;
    fs::rename(&beside, file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_file_is_made_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("server.key");
        assert!(matches!(Keys::open(&file, false), Err(KeyError::Missing)));
        let made = Keys::open(&file, true).expect("made");
        let read = Keys::open(&file, false).expect("read");
        assert_eq!(made.hash_code("code"), read.hash_code("code"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
        }
        fs::write(&file, b"short").expect("written");
        assert!(matches!(Keys::open(&file, true), Err(KeyError::Damaged)));
    }

    #[test]
    fn a_sealed_code_opens_to_itself_and_not_after_a_change() {
        let keys = Keys::derive(&[7; KEY_LEN]);
        let code = new_code().expect("a code");
        assert!(code.expose().len() >= 22, "at least 128 bits in base64url");
        let sealed = keys.seal_code(&code).expect("sealed");
        assert!(!sealed.windows(8).any(|part| code.expose().as_bytes().starts_with(part)));
        assert_eq!(keys.open_code(&sealed).expect("opened"), code);
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(keys.open_code(&changed).is_err());
        }
        assert!(Keys::derive(&[8; KEY_LEN]).open_code(&sealed).is_err());
    }
}
