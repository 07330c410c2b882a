//! Scenarios in a process of their own, for what is decided by environment variables and by what is loaded before the C
//! library: an ignored test, started by another with a folder of its own.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Longer than anything takes that works.
pub(crate) const LONG: Duration = Duration::from_secs(60);

const FOLDER: &str = "VISITA_TEST_FOLDER";

/// Runs an ignored test of this program, which must end with [`done`], in a folder and an environment of its own;
/// `meanwhile` is called over and over.
pub(crate) fn run(test: &str, folder: &Path, prepare: impl FnOnce(&mut Command), mut meanwhile: impl FnMut()) {
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside.args([test, "--exact", "--ignored", "--nocapture"]).env(FOLDER, folder).stdout(Stdio::null());
    prepare(&mut inside);
    let mut inside = Process(inside.spawn().unwrap());
    let deadline = Instant::now() + 5 * LONG;
    let status = loop {
        if let Some(status) = inside.0.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < deadline, "{test} takes too long");
        meanwhile();
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{test}: {status}");
    assert!(folder.join("done").exists(), "{test} did not run");
}

/// Tells the process outside that a scenario ran to its end: a test that is not found succeeds too.
pub(crate) fn done() {
    fs::write(folder().join("done"), "").unwrap();
}

/// The folder of the scenario that this process is.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).unwrap())
}

pub(crate) fn until_some<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + LONG;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < deadline, "not seen in time");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Past the test runner, which keeps what a passing test prints: nobody must take a skipped test for a passed one.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A program that ends with the value.
#[derive(Debug)]
pub(crate) struct Process(pub(crate) Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
