//! A network of its own for a peer (Linux network namespace with a virtual cable), whose cable can be made slow, lossy or
//! closed to UDP. Needs root.

use std::{
    net::{IpAddr, Ipv4Addr},
    process::{Command, Stdio},
    sync::atomic::{AtomicU8, Ordering},
};

use anyhow::{Context, Result, ensure};

static NEXT: AtomicU8 = AtomicU8::new(0);

/// A namespace with a cable to this machine; dropping it takes both away.
pub struct Network {
    name: String,
    cable: String,
    here: Ipv4Addr,
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output().with_context(|| program.to_owned())?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{program} {}: {}", arguments.join(" "), said.trim());
    Ok(())
}

fn ip(line: &str) -> Result<()> {
    run("ip", &line.split_whitespace().collect::<Vec<_>>())
}

/// Why namespaces cannot be had here; none when they can.
pub fn missing() -> Option<String> {
    for program in ["ip", "tc", "iptables"] {
        if !crate::process::on_path(program) {
            return Some(format!("{program} is not installed"));
        }
    }
    Network::new().err().map(|error| format!("no network namespaces: {error}"))
}

impl Network {
    /// Makes one.
    pub fn new() -> Result<Self> {
        // Apart from other processes by the process id, from others of this one by a counter.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        let name = format!("visita-{pid}-{number}");
        let cable = format!("vv{:x}{number:x}", pid & 0xff_ffff);
        let [.., high, low] = pid.to_be_bytes();
        let here = Ipv4Addr::new(10, high | 128, low, number.wrapping_mul(4).wrapping_add(1));
        let there = Ipv4Addr::from(u32::from(here) + 1);
        ip(&format!("netns add {name}"))?;
        let network = Self { name: name.clone(), cable: cable.clone(), here };
        ip(&format!("link add {cable} type veth peer name {cable}p"))?;
        ip(&format!("link set {cable}p netns {name}"))?;
        ip(&format!("addr add {here}/30 dev {cable}"))?;
        ip(&format!("link set {cable} up"))?;
        for line in [
            format!("addr add {there}/30 dev {cable}p"),
            format!("link set {cable}p up"),
            "link set lo up".to_owned(),
            format!("route add default via {here}"),
        ] {
            ip(&format!("-n {name} {line}"))?;
        }
        Ok(network)
    }

    /// This machine's address on the cable.
    pub fn here(&self) -> IpAddr {
        self.here.into()
    }

    /// A program that runs inside.
    pub fn command(&self, program: &std::path::Path) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }

    /// So many kbit/s towards the peer, with a queue of 200 ms; `None` is as fast as it goes.
    pub fn limit_down(&self, kbps: Option<u32>) -> Result<()> {
        let _ = Command::new("tc").args(["qdisc", "del", "dev", &self.cable, "root"]).stderr(Stdio::null()).status();
        match kbps {
            Some(kbps) => {
                let rate = format!("{kbps}kbit");
                run(
                    "tc",
                    &[
                        "qdisc",
                        "add",
                        "dev",
                        &self.cable,
                        "root",
                        "tbf",
                        "rate",
                        &rate,
                        "burst",
                        "10kb",
                        "latency",
                        "200ms",
                    ],
                )
            }
            None => Ok(()),
        }
    }

    /// Nothing by UDP passes any more, either way.
    pub fn block_udp(&self) -> Result<()> {
        for chain in ["INPUT", "OUTPUT"] {
            run("ip", &["netns", "exec", &self.name, "iptables", "-A", chain, "-p", "udp", "-j", "DROP"])?;
        }
        Ok(())
    }

    /// Pulls the cable, or plugs it in again.
    pub fn set_plugged(&self, plugged: bool) -> Result<()> {
        ip(&format!("link set {} {}", self.cable, if plugged { "up" } else { "down" }))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // The cable's other end goes with it.
        let _ = ip(&format!("link del {}", self.cable));
        let _ = ip(&format!("netns del {}", self.name));
    }
}
