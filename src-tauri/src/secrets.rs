//! Secrets of the app: in the system's keyring, or, where none answers, in a file that only this user can read.

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use keyring::Entry;
use visita_protocol::{Secret, desktop::Keyring};

/// The name under which keyrings show the entries.
const SERVICE: &str = "org.visita.desktop";

/// Where this run keeps its secrets. Its calls block: keyrings answer over a bus, and may ask the person.
pub(crate) struct Secrets {
    file: PathBuf,
    /// Tells the secrets of one data folder from another's.
    suffix: String,
    keyring: bool,
    /// Something is in the file: a keyring may answer and yet take nothing, because it is locked.
    in_file: AtomicBool,
}

impl Secrets {
    /// Looks whether a keyring answers. `VISITA_KEYRING=file` does without.
    pub(crate) fn open(folder: &Path) -> Self {
        let none = Self::without_keyring(folder);
        let wanted = std::env::var_os("VISITA_KEYRING").is_none_or(|kind| kind != "file");
        let keyring = wanted && answers(&none.suffix);
        if !keyring {
            tracing::info!("no keyring answers; secrets are in a file that only this user can read");
        }
        Self { keyring, ..none }
    }

    /// In the file, whatever keyring there is.
    pub(crate) fn without_keyring(folder: &Path) -> Self {
        let none = Self {
            file: folder.join("secrets.json"),
            suffix: name_of(folder),
            keyring: false,
            in_file: AtomicBool::new(false),
        };
        none.in_file.store(!none.read().is_empty(), Ordering::Relaxed);
        none
    }

    /// Where they are.
    pub(crate) fn kind(&self) -> Keyring {
        let all_in_keyring = self.keyring && !self.in_file.load(Ordering::Relaxed);
        if all_in_keyring { Keyring::System } else { Keyring::File }
    }

    /// The secret of this name, if there is one. What an earlier run had to put into the file is still found there.
    pub(crate) fn get(&self, name: &str) -> Option<Secret> {
        if self.keyring
            && let Ok(secret) = self.entry(name).and_then(|entry| entry.get_password())
        {
            return Some(Secret::new(secret));
        }
        self.read().remove(name).map(Secret::new)
    }

    /// Keeps a secret.
    pub(crate) fn set(&self, name: &str, secret: &Secret) {
        if self.keyring {
            match self.entry(name).and_then(|entry| entry.set_password(secret.expose())) {
                Ok(()) => return self.write(name, None),
                Err(error) => tracing::warn!(%error, "the keyring did not take a secret; it goes into the file"),
            }
        }
        self.write(name, Some(secret));
    }

    /// Forgets a secret.
    pub(crate) fn forget(&self, name: &str) {
        if self.keyring
            && let Err(error) = self.entry(name).and_then(|entry| entry.delete_credential())
        {
            tracing::debug!(%error, "nothing to forget in the keyring");
        }
        self.write(name, None);
    }

    fn entry(&self, name: &str) -> keyring::Result<Entry> {
        Entry::new(SERVICE, &format!("{name}-{}", self.suffix))
    }

    fn read(&self) -> BTreeMap<String, String> {
        let Ok(bytes) = std::fs::read(&self.file) else { return BTreeMap::new() };
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    fn write(&self, name: &str, secret: Option<&Secret>) {
        let mut all = self.read();
        let changed = match secret {
            Some(secret) => {
                all.insert(name.to_owned(), secret.expose().to_owned()).is_none_or(|old| old != secret.expose())
            }
            None => all.remove(name).is_some(),
        };
        if changed && let Err(error) = self.replace(&all) {
            tracing::error!(%error, "a secret is not kept");
        }
        self.in_file.store(!all.is_empty(), Ordering::Relaxed);
    }

    /// The new file is readable by nobody else before anything is in it, and takes the old one's place in one step.
    fn replace(&self, all: &BTreeMap<String, String>) -> std::io::Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let new = self.file.with_extension("json.new");
        // A leftover of a crash might have other rights.
        let _ = std::fs::remove_file(&new);
        let mut options = std::fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(&serde_json::to_vec(all)?)?;
        file.sync_all()?;
        std::fs::rename(new, &self.file)
    }
}

/// Tells one data folder from another in names: 16 hexadecimal digits, the same at every start (FNV-1a).
pub(crate) fn name_of(folder: &Path) -> String {
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", folder.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325, fnv))
}

/// Whether a keyring is there and lets itself be read.
fn answers(suffix: &str) -> bool {
    match Entry::new(SERVICE, &format!("probe-{suffix}")).and_then(|entry| entry.get_password()) {
        Ok(_) | Err(keyring::Error::NoEntry) => true,
        Err(error) => {
            tracing::debug!(%error, "the keyring does not answer");
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_for_this_user_only() {
        let folder = std::env::temp_dir().join(format!("visita-secrets-{}", std::process::id()));
        let secrets = Secrets::without_keyring(&folder);
        assert_eq!(secrets.get("one"), None);
        secrets.set("one", &Secret::new("first"));
        secrets.set("two", &Secret::new("second"));
        secrets.set("one", &Secret::new("third"));
        assert_eq!(secrets.get("one"), Some(Secret::new("third")));
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(
                &std::fs::metadata(&secrets.file).expect("there").permissions(),
            );
            assert_eq!(mode & 0o777, 0o600);
        }
        secrets.forget("one");
        assert_eq!(secrets.get("one"), None);
        assert_eq!(secrets.get("two"), Some(Secret::new("second")));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
