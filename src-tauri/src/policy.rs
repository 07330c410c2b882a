//! What whoever manages this computer allows: a file that administrators write and people cannot.
//!
//! ```json
//! { "allowed_servers": ["visits.example.org", "*.hospital.example", "10.0.0.5:7880"] }
//! ```
//!
//! Without the file everything is allowed. A file that cannot be understood allows only the server in the app.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use url::Url;
use visita_protocol::{ErrorCode, Problem};

/// Which servers may be asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    allowed: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    allowed_servers: Option<Vec<String>>,
}

impl Policy {
    /// Reads the system's file. `VISITA_POLICY` names another one where the system has none.
    pub(crate) fn read() -> Self {
        let system = system_file();
        if system.exists() {
            return Self::read_from(&system);
        }
        std::env::var_os("VISITA_POLICY").map(|file| Self::read_from(Path::new(&file))).unwrap_or_default()
    }

    fn read_from(file: &Path) -> Self {
        let read = std::fs::read(file).map_err(|error| error.to_string());
        let parsed = read.and_then(|bytes| serde_json::from_slice::<File>(&bytes).map_err(|error| error.to_string()));
        match parsed {
            Ok(File { allowed_servers }) => Self { allowed: allowed_servers },
            Err(reason) => {
                tracing::error!(reason, "the policy file is not readable; no other server is allowed");
                Self { allowed: Some(Vec::new()) }
            }
        }
    }

    /// Refuses a server that is not on the list; `own` is the one in the app.
    pub(crate) fn check(&self, server: &Url, own: Option<&Url>) -> Result<(), Problem> {
        let Some(allowed) = &self.allowed else { return Ok(()) };
        if own.is_some_and(|own| own.origin() == server.origin()) {
            return Ok(());
        }
        let host = server.host_str().unwrap_or_default();
        let with_port = format!("{host}:{}", server.port_or_known_default().unwrap_or_default());
        let is_listed = |entry: &String| match entry.strip_prefix("*.") {
            Some(domain) => host.strip_suffix(domain).is_some_and(|before| before.ends_with('.')),
            None => entry.eq_ignore_ascii_case(host) || entry.eq_ignore_ascii_case(&with_port),
        };
        if allowed.iter().any(is_listed) {
            return Ok(());
        }
        Err(Problem::new(ErrorCode::ServerNotAllowed, "whoever manages this computer does not allow that server"))
    }
}

fn system_file() -> PathBuf {
    if cfg!(target_os = "windows") {
        PathBuf::from(r"C:\ProgramData\Visita\policy.json")
    } else if cfg!(target_os = "macos") {
        PathBuf::from("/Library/Application Support/Visita/policy.json")
    } else {
        PathBuf::from("/etc/visita/policy.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(list: &[&str], server: &str) -> bool {
        let policy = Policy { allowed: Some(list.iter().map(|entry| (*entry).to_owned()).collect()) };
        let own = Url::parse("http://127.0.0.1:4000/").expect("url");
        policy.check(&Url::parse(server).expect("url"), Some(&own)).is_ok()
    }

    #[test]
    fn only_what_is_listed_is_allowed() {
        assert!(allows(&["visits.example.org"], "https://visits.example.org/"));
        assert!(allows(&["Visits.Example.org:443"], "https://visits.example.org/"));
        assert!(!allows(&["visits.example.org:8443"], "https://visits.example.org/"));
        assert!(allows(&["*.example.org"], "https://a.b.example.org/"));
        assert!(!allows(&["*.example.org"], "https://example.org/"));
        assert!(!allows(&["*.example.org"], "https://evilexample.org/"));
        assert!(allows(&[], "http://127.0.0.1:4000/"));
        assert!(!allows(&[], "http://127.0.0.1:4001/"));
        assert!(Policy::default().check(&Url::parse("https://a.example/").expect("url"), None).is_ok());
    }

    #[test]
    fn a_broken_file_allows_nothing_else() {
        let file = std::env::temp_dir().join(format!("visita-policy-{}.json", std::process::id()));
        std::fs::write(&file, "{ allowed").expect("written");
        assert_eq!(Policy::read_from(&file), Policy { allowed: Some(Vec::new()) });
        std::fs::write(&file, r#"{"allowed_servers":["a.example"]}"#).expect("written");
        assert_eq!(Policy::read_from(&file), Policy { allowed: Some(vec!["a.example".into()]) });
        std::fs::remove_file(&file).expect("removed");
    }
}
