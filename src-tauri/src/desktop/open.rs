//! Opening files with the system's programs, and knowing whether one did.

use std::{path::Path, process::Stdio, time::Duration};

/// A program that runs this long shows something: those who only look for a program give up sooner.
const RUNS: Duration = Duration::from_secs(4);

/// Whether some program took it.
pub(super) async fn opens(path: &Path) -> bool {
    for command in ::open::commands(path) {
        let mut command = tokio::process::Command::from(command);
        let Ok(mut child) = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
            continue;
        };
        match tokio::time::timeout(RUNS, child.wait()).await {
            Ok(Ok(status)) if !status.success() => tracing::info!(%status, "a program did not open it"),
            _ => return true,
        }
    }
    false
}
