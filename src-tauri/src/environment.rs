//! What libraries read from the environment and nowhere else.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// Says where the sound server's cookie is: the client of PulseAudio that we use looks for it in `~/.config` only.
pub(crate) fn prepare_sound() {
    let cookie = std::env::var_os("XDG_CONFIG_HOME").and_then(|config| cookie_in(Path::new(&config)));
    if let Some(cookie) = cookie {
        set_default("PULSE_COOKIE", cookie.as_os_str());
    }
}

fn cookie_in(config: &Path) -> Option<PathBuf> {
    let cookie = config.join("pulse/cookie");
    cookie.is_file().then_some(cookie)
}

/// Sets what is not set.
#[allow(unsafe_code, reason = "some libraries read their settings from the environment only")]
pub(crate) fn set_default(name: &str, value: &OsStr) {
    if std::env::var_os(name).is_none() {
        // SAFETY: called first thing in `main`, before any other thread exists.
        unsafe { std::env::set_var(name, value) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_where_one_is() {
        let config = tempfile::tempdir().expect("a folder");
        assert_eq!(cookie_in(config.path()), None);
        std::fs::create_dir(config.path().join("pulse")).expect("a folder");
        std::fs::write(config.path().join("pulse/cookie"), [0; 256]).expect("written");
        assert_eq!(cookie_in(config.path()), Some(config.path().join("pulse/cookie")));
    }
}
