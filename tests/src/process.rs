//! Programs that end with their owner.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

/// A running program; dropping it ends it, and whatever it started.
pub struct Running {
    /// The process.
    pub child: Child,
    lines: Option<Lines<BufReader<ChildStdout>>>,
}

impl Running {
    /// Starts a program; its stdout can be read line by line.
    pub fn start(command: &mut Command) -> Result<Self> {
        Self::spawn(command.stdin(Stdio::null()))
    }

    /// Starts a program that is told what to do on its stdin.
    pub fn start_told(command: &mut Command) -> Result<(Self, ChildStdin)> {
        let mut running = Self::spawn(command.stdin(Stdio::piped()))?;
        let stdin = running.child.stdin.take().context("stdin")?;
        Ok((running, stdin))
    }

    fn spawn(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {:?}", command.as_std().get_program()))?;
        let lines = child.stdout.take().map(|out| BufReader::new(out).lines());
        Ok(Self { child, lines })
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or(0)
    }

    /// The next line of stdout.
    pub async fn line(&mut self, limit: Duration) -> Result<String> {
        let Some(lines) = &mut self.lines else { bail!("stdout is taken") };
        match timeout(limit, lines.next_line()).await {
            Ok(Ok(Some(line))) => Ok(line),
            Ok(Ok(None)) => bail!("the program ended: {:?}", self.child.try_wait()),
            Ok(Err(error)) => Err(error.into()),
            Err(_) => bail!("the program said nothing within {limit:?}"),
        }
    }

    /// All that is left of stdout, and the exit code.
    pub async fn finish(mut self, limit: Duration) -> Result<(Option<i32>, String)> {
        let mut rest = String::new();
        let read = async {
            if let Some(lines) = &mut self.lines {
                while let Some(line) = lines.next_line().await? {
                    rest.push_str(&line);
                    rest.push('\n');
                }
            }
            self.child.wait().await
        };
        match timeout(limit, read).await {
            Ok(status) => Ok((status?.code(), rest)),
            Err(_) => bail!("the program did not end within {limit:?}"),
        }
    }

    /// Asks it to end (SIGTERM).
    pub async fn terminate(&self) -> Result<()> {
        signal(self.pid(), "-TERM").await
    }
}

/// What it started would go on without it: a browser whose driver is gone goes on encoding, beside the next test.
impl Drop for Running {
    fn drop(&mut self) {
        let Some(pid) = self.child.id() else { return };
        let started: Vec<String> = family(pid).into_iter().skip(1).map(|pid| pid.to_string()).collect();
        if !started.is_empty() {
            // One that ended meanwhile is none to end.
            let _ = std::process::Command::new("kill").arg("-KILL").args(started).stderr(Stdio::null()).status();
        }
    }
}

/// Sends a process a signal, named as `kill` takes it.
pub async fn signal(pid: u32, signal: &str) -> Result<()> {
    let status = Command::new("kill").arg(signal).arg(pid.to_string()).status().await?;
    if !status.success() {
        bail!("kill failed");
    }
    Ok(())
}

/// Processor time of a process and all its descendants.
pub fn cpu_time(pid: u32) -> Duration {
    family(pid).into_iter().map(own_cpu_time).sum()
}

/// Proportional memory (PSS) of a process and all its descendants, MB.
pub fn pss_mb(pid: u32) -> f64 {
    let of_one = |pid: u32| {
        let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
        line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    };
    family(pid).into_iter().map(of_one).sum()
}

/// A process and its descendants with their names.
pub fn family_names(pid: u32) -> Vec<(u32, String)> {
    let name = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default().trim().to_owned();
    family(pid).into_iter().map(|pid| (pid, name(pid))).collect()
}

fn family(pid: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        if let Some(parent) = stat_field(pid, 1) {
            parents.push((pid, u32::try_from(parent).unwrap_or(0)));
        }
    }
    let mut family = vec![pid];
    let mut at = 0;
    while at < family.len() {
        let parent = family[at];
        family.extend(parents.iter().filter(|(_, p)| *p == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    family
}

/// Processor time of one process alone.
pub fn own_cpu_time(pid: u32) -> Duration {
    let ticks = stat_field(pid, 11).unwrap_or(0) + stat_field(pid, 12).unwrap_or(0);
    Duration::from_millis(ticks * 10)
}

/// A field of `/proc/PID/stat`, counted from the one after the name in brackets.
fn stat_field(pid: u32, field: usize) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(field)?.parse().ok()
}

/// Waits until something accepts connections at a port of loopback.
pub async fn port_open(port: u16, limit: Duration) -> Result<()> {
    open_at(([127, 0, 0, 1], port).into(), limit).await
}

/// Waits until something accepts connections at an address.
pub async fn open_at(address: std::net::SocketAddr, limit: Duration) -> Result<()> {
    let started = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        if started.elapsed() > limit {
            bail!("nothing listens at {address} after {limit:?}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// A port of loopback that is free at this moment.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Whether a program is on the path.
pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| Path::new(&dir).join(program).exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_it_started_ends_with_it() -> Result<()> {
        let mut shell = Running::start(Command::new("sh").args(["-c", "sleep 1000 & echo $!; wait"]))?;
        let child: u32 = shell.line(Duration::from_secs(10)).await?.parse()?;
        assert!(stat_field(child, 1).is_some(), "it did not start");
        drop(shell);
        crate::until("its end", Duration::from_secs(10), || async { Ok(stat_field(child, 1).is_none().then_some(())) })
            .await
    }
}
