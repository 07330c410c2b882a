//! A network of its own for a peer (Linux network namespace with a virtual cable), whose cable can be made slow, lossy or
//! closed to UDP. Needs root.

use std::{
    net::{IpAddr, Ipv4Addr},
    process::Command,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU8, Ordering},
    },
};

use anyhow::{Context, Result, ensure};

static NEXT: AtomicU8 = AtomicU8::new(0);

/// A namespace with a cable to this machine; dropping it takes both away.
pub struct Network {
    name: String,
    cable: String,
    here: Ipv4Addr,
    there: Ipv4Addr,
    losing: Mutex<Option<Vec<String>>>,
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
        let network = Self { name: name.clone(), cable: cable.clone(), here, there, losing: Mutex::new(None) };
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

    /// The peer's address on the cable.
    pub fn there(&self) -> IpAddr {
        self.there.into()
    }

    /// A program that runs inside.
    pub fn command(&self, program: &std::path::Path) -> tokio::process::Command {
        let mut command = tokio::process::Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }

    /// So many kbit/s towards the peer, with a queue of 200 ms; `None` is as fast as it goes.
    pub fn limit_down(&self, kbps: Option<u32>) -> Result<()> {
        limit(&[], &self.cable, kbps)
    }

    /// So many kbit/s from the peer, with a queue of 200 ms; `None` is as fast as it goes.
    pub fn limit_up(&self, kbps: Option<u32>) -> Result<()> {
        limit(&["netns", "exec", &self.name], &format!("{}p", self.cable), kbps)
    }

    /// Every datagram from the peer is lost with this probability.
    pub fn lose_up(&self, share: f64) -> Result<()> {
        let mut losing = self.losing.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rule) = losing.take() {
            iptables("-D", &rule)?;
        }
        if share > 0.0 {
            // Where it arrives: a packet that is dropped where it leaves is an error to whoever sends it.
            let rule =
                format!("INPUT -i {} -p udp -m statistic --mode random --probability {share} -j DROP", self.cable);
            let rule: Vec<String> = rule.split_whitespace().map(str::to_owned).collect();
            iptables("-I", &rule)?;
            *losing = Some(rule);
        }
        Ok(())
    }

    /// Nothing by UDP passes any more, either way.
    pub fn block_udp(&self) -> Result<()> {
        for chain in ["INPUT", "OUTPUT"] {
            run("ip", &["netns", "exec", &self.name, "iptables", "-A", chain, "-p", "udp", "-j", "DROP"])?;
        }
        Ok(())
    }

    /// The peer is on another network all at once: it has another address, and none of the old one any more.
    pub fn move_away(&self) -> Result<()> {
        let (name, device) = (&self.name, format!("{}p", self.cable));
        // Of another network than the cable's, with a route of its own each way.
        let [ten, high, low, last] = self.there.octets();
        let there = Ipv4Addr::new(ten, high & 127, low, last);
        ip(&format!("-n {name} addr del {}/30 dev {device}", self.there))?;
        ip(&format!("-n {name} addr add {there}/32 dev {device}"))?;
        ip(&format!("-n {name} route add {} dev {device}", self.here))?;
        ip(&format!("-n {name} route add default via {} src {there}", self.here))?;
        ip(&format!("route add {there} dev {}", self.cable))
    }

    /// Pulls the cable, or plugs it in again.
    pub fn set_plugged(&self, plugged: bool) -> Result<()> {
        ip(&format!("link set {} {}", self.cable, if plugged { "up" } else { "down" }))
    }
}

fn iptables(what: &str, rule: &[String]) -> Result<()> {
    let arguments: Vec<&str> = std::iter::once(what).chain(rule.iter().map(String::as_str)).collect();
    run("iptables", &arguments)
}

/// Slows what leaves by a device; `inside` is how `ip` gets to its namespace.
fn limit(inside: &[&str], device: &str, kbps: Option<u32>) -> Result<()> {
    let tc = |arguments: &str| {
        let arguments = arguments.split_whitespace();
        match inside {
            [] => run("tc", &arguments.collect::<Vec<_>>()),
            inside => run("ip", &inside.iter().copied().chain(["tc"]).chain(arguments).collect::<Vec<_>>()),
        }
    };
    // There may be none.
    let _ = tc(&format!("qdisc del dev {device} root"));
    match kbps {
        Some(kbps) => tc(&format!("qdisc add dev {device} root tbf rate {kbps}kbit burst 10kb latency 200ms")),
        None => Ok(()),
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = self.lose_up(0.0);
        // The cable's other end goes with it.
        let _ = ip(&format!("link del {}", self.cable));
        let _ = ip(&format!("netns del {}", self.name));
    }
}
