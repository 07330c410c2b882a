//! A man in the middle who is only slow: signalling goes through a TCP proxy that leads the media to UDP sockets of the
//! relay, and those obey [`Conditions`].

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, hash_map::Entry},
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::{mpsc, watch},
    task::JoinSet,
};

use super::{
    Conditions, Fate, Link, LinkCounters,
    frames::Frame,
    rewrite::{self, Candidate, Request},
};

/// Longest head of an HTTP request that is read.
const MAX_HEAD: usize = 64 << 10;

/// What went through a relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayCounters {
    /// From the client to the server.
    pub up: LinkCounters,
    /// From the server to the client.
    pub down: LinkCounters,
}

/// A network between one client (or several that share a line) and a LiveKit server that serves plain `ws://`.
///
/// Whoever joins at [`Relay::url`] sends and receives its media through it. Dropping it ends the network.
pub struct Relay {
    url: String,
    state: Arc<State>,
    _tasks: JoinSet<()>,
}

struct State {
    server: SocketAddr,
    up: Mutex<Link>,
    down: Mutex<Link>,
    /// By the server's address: where the client finds it.
    ways: Mutex<HashMap<SocketAddr, SocketAddr>>,
    spawn: mpsc::UnboundedSender<Way>,
    /// The server's TCP candidates reach the client.
    keep_tcp: Mutex<bool>,
    /// Nothing passes, neither media nor signalling.
    cut: watch::Sender<bool>,
    /// Counts ends of all signalling connections.
    breaks: watch::Sender<u32>,
    /// Counts changes of the address the server sees.
    addresses: watch::Sender<u32>,
}

/// One candidate of the server's and the socket that stands for it.
struct Way {
    socket: std::net::UdpSocket,
    to: SocketAddr,
}

impl Relay {
    /// Starts a perfect network to the server at `url` (`ws://host:port` or `http://host:port`).
    ///
    /// # Errors
    /// The URL has no address, or no port is free.
    pub async fn start(url: &str) -> io::Result<Self> {
        let parsed = url::Url::parse(url).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let server = tokio::net::lookup_host((
            parsed.host_str().unwrap_or_default(),
            parsed.port_or_known_default().unwrap_or(80),
        ))
        .await?
        .next()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "the server has no address"))?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("ws://{}", listener.local_addr()?);
        let (spawn, mut ways) = mpsc::unbounded_channel::<Way>();
        let state = Arc::new(State {
            server,
            up: Mutex::new(Link::new(Conditions::default(), 1)),
            down: Mutex::new(Link::new(Conditions::default(), 2)),
            ways: Mutex::default(),
            spawn,
            keep_tcp: Mutex::new(false),
            cut: watch::Sender::new(false),
            breaks: watch::Sender::new(0),
            addresses: watch::Sender::new(0),
        });
        let mut tasks = JoinSet::new();
        let shared = state.clone();
        tasks.spawn(async move {
            let mut tasks = JoinSet::new();
            loop {
                tokio::select! {
                    Ok((client, _)) = listener.accept() => {
                        tasks.spawn(signalling(client, shared.clone()));
                    }
                    Some(way) = ways.recv() => {
                        tasks.spawn(media(way, shared.clone()));
                    }
                    Some(_) = tasks.join_next() => {}
                    else => return,
                }
            }
        });
        Ok(Self { url, state, _tasks: tasks })
    }

    /// Where to join instead of at the server.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Changes the way from the client to the server.
    pub fn set_up(&self, conditions: Conditions) {
        self.state.up.lock().set(conditions);
    }

    /// Changes the way from the server to the client.
    pub fn set_down(&self, conditions: Conditions) {
        self.state.down.lock().set(conditions);
    }

    /// Changes both ways.
    pub fn set(&self, conditions: Conditions) {
        self.set_up(conditions);
        self.set_down(conditions);
    }

    /// Whether the client hears of the server's TCP candidates. It does not at first; such media do not go through here.
    pub fn keep_tcp(&self, keep: bool) {
        *self.state.keep_tcp.lock() = keep;
    }

    /// Cuts the cable, or mends it: while cut, neither media nor signalling pass, and no connection is refused or closed.
    pub fn cut(&self, cut: bool) {
        self.state.cut.send_replace(cut);
    }

    /// Ends all signalling connections of now; new ones work.
    pub fn break_signalling(&self) {
        self.state.breaks.send_modify(|count| *count += 1);
    }

    /// From now on the server sees media come from other ports, as after a router forgot its table.
    pub fn change_address(&self) {
        self.state.addresses.send_modify(|count| *count += 1);
    }

    /// What went through so far.
    pub fn counters(&self) -> RelayCounters {
        RelayCounters { up: self.state.up.lock().counters(), down: self.state.down.lock().counters() }
    }
}

impl State {
    /// Where the client finds this address of the server's.
    fn way_to(&self, to: SocketAddr) -> io::Result<SocketAddr> {
        let mut ways = self.ways.lock();
        if let Some(&here) = ways.get(&to) {
            return Ok(here);
        }
        let ip = if to.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        let socket = std::net::UdpSocket::bind(SocketAddr::new(ip, 0))?;
        socket.set_nonblocking(true)?;
        let here = socket.local_addr()?;
        ways.insert(to, here);
        // The receiver goes with the relay.
        let _ = self.spawn.send(Way { socket, to });
        Ok(here)
    }

    fn judge(&self, transport: &str, address: SocketAddr) -> Candidate {
        if transport != "udp" {
            return if *self.keep_tcp.lock() { Candidate::Kept } else { Candidate::Dropped };
        }
        match self.way_to(address) {
            Ok(here) => Candidate::Replaced(here),
            Err(_) => Candidate::Dropped,
        }
    }

    async fn mended(&self) {
        let mut cut = self.cut.subscribe();
        // The sender lives as long as the state.
        let _ = cut.wait_for(|cut| !*cut).await;
    }
}

/// One TCP connection of the client's: an ordinary request passes as it is, a WebSocket is looked into.
async fn signalling(client: TcpStream, state: Arc<State>) {
    let mut breaks = state.breaks.subscribe();
    breaks.mark_unchanged();
    tokio::select! {
        result = proxied(client, &state) => {
            if let Err(error) = result {
                tracing::debug!(%error, "a connection through the relay ended");
            }
        }
        _ = breaks.changed() => {}
    }
}

async fn proxied(mut client: TcpStream, state: &State) -> io::Result<()> {
    state.mended().await;
    let mut server = TcpStream::connect(state.server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let request = head(&mut client).await?;
    let text = String::from_utf8_lossy(&request).into_owned();
    let is_web_socket = text.lines().any(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with("upgrade:") && line.contains("websocket")
    });
    if !is_web_socket {
        server.write_all(&request).await?;
        tokio::io::copy_bidirectional(&mut client, &mut server).await?;
        return Ok(());
    }
    // Compressed messages could not be looked into.
    let without_extensions: String = text
        .split_inclusive("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("sec-websocket-extensions:"))
        .collect();
    server.write_all(without_extensions.as_bytes()).await?;
    let response = head(&mut server).await?;
    client.write_all(&response).await?;
    if !response.starts_with(b"HTTP/1.1 101") {
        tokio::io::copy_bidirectional(&mut client, &mut server).await?;
        return Ok(());
    }
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    // Either end ends both.
    tokio::select! {
        ended = pump(&mut from_client, &mut to_server, state, |bytes| match rewrite::request(bytes) {
            Some(Request::Changed(bytes)) => Some(bytes),
            Some(Request::Dropped) => None,
            None => Some(bytes.to_vec()),
        }) => ended,
        ended = pump(&mut from_server, &mut to_client, state, |bytes| {
            let changed = rewrite::response(bytes, &mut |transport, address| state.judge(transport, address));
            Some(changed.unwrap_or_else(|| bytes.to_vec()))
        }) => ended,
    }
}

/// Passes frames on, binary messages through `change`, which may drop them.
async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    state: &State,
    change: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> io::Result<()> {
    while let Some(mut frame) = Frame::read(from).await? {
        if frame.is_binary_message() {
            match change(&frame.payload) {
                Some(payload) => frame.payload = payload,
                None => continue,
            }
        }
        state.mended().await;
        to.write_all(&frame.to_bytes()).await?;
    }
    Ok(())
}

/// Reads up to the empty line that ends a head.
async fn head(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > MAX_HEAD {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a head too long"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

/// A packet under way.
struct Flying {
    due: Instant,
    number: u64,
    bytes: Vec<u8>,
    up: bool,
    /// Of the client.
    peer: SocketAddr,
}

impl PartialEq for Flying {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Flying {}
impl PartialOrd for Flying {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Flying {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

/// Carries packets between the clients and one address of the server's.
async fn media(way: Way, state: Arc<State>) {
    if let Err(error) = carried(way, &state).await {
        tracing::debug!(%error, "a way through the relay ended");
    }
}

async fn carried(way: Way, state: &State) -> io::Result<()> {
    let near = UdpSocket::from_std(way.socket)?;
    let (answers_in, mut answers) = mpsc::unbounded_channel::<(SocketAddr, Vec<u8>)>();
    let mut far: HashMap<SocketAddr, (Arc<UdpSocket>, tokio::task::AbortHandle)> = HashMap::new();
    let mut readers = JoinSet::new();
    let mut flying: BinaryHeap<Reverse<Flying>> = BinaryHeap::new();
    let mut addresses = state.addresses.subscribe();
    addresses.mark_unchanged();
    let mut buffer = vec![0; 65_536];
    for number in 0u64.. {
        let due = flying.peek().map(|Reverse(first)| first.due);
        let sleep = tokio::time::sleep_until(due.unwrap_or_else(Instant::now).into());
        let (up, peer, bytes) = tokio::select! {
            received = near.recv_from(&mut buffer) => match received {
                Ok((length, peer)) => (true, peer, buffer[..length].to_vec()),
                // What came back for a packet to a closed port.
                Err(_) => continue,
            },
            Some((peer, bytes)) = answers.recv() => (false, peer, bytes),
            () = sleep, if due.is_some() => {
                deliver(&mut flying, &near, way.to, &mut far, &mut readers, &answers_in).await?;
                continue;
            }
            _ = addresses.changed() => {
                far.drain().for_each(|(_, (_, reader))| reader.abort());
                continue;
            }
            Some(_) = readers.join_next() => continue,
        };
        if *state.cut.borrow() {
            continue;
        }
        let link = if up { &state.up } else { &state.down };
        let fate = link.lock().send(Instant::now(), bytes.len());
        if let Fate::Arrives(due) = fate {
            flying.push(Reverse(Flying { due, number, bytes, up, peer }));
        }
        deliver(&mut flying, &near, way.to, &mut far, &mut readers, &answers_in).await?;
    }
    Ok(())
}

async fn deliver(
    flying: &mut BinaryHeap<Reverse<Flying>>,
    near: &UdpSocket,
    to: SocketAddr,
    far: &mut HashMap<SocketAddr, (Arc<UdpSocket>, tokio::task::AbortHandle)>,
    readers: &mut JoinSet<()>,
    answers: &mpsc::UnboundedSender<(SocketAddr, Vec<u8>)>,
) -> io::Result<()> {
    // tokio's timers are of milliseconds: what is due within half of one goes now.
    let horizon = Instant::now() + Duration::from_micros(500);
    while flying.peek().is_some_and(|Reverse(first)| first.due <= horizon) {
        let Some(Reverse(packet)) = flying.pop() else { break };
        if !packet.up {
            let _ = near.send_to(&packet.bytes, packet.peer).await;
            continue;
        }
        if let Entry::Vacant(place) = far.entry(packet.peer) {
            let any: SocketAddr =
                if to.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
            let socket = Arc::new(UdpSocket::bind(any).await?);
            socket.connect(to).await?;
            let (reader, answers, peer) = (socket.clone(), answers.clone(), packet.peer);
            let handle = readers.spawn(async move {
                let mut buffer = vec![0; 65_536];
                loop {
                    if let Ok(length) = reader.recv(&mut buffer).await
                        && answers.send((peer, buffer[..length].to_vec())).is_err()
                    {
                        return;
                    }
                }
            });
            place.insert((socket, handle));
        }
        if let Some((socket, _)) = far.get(&packet.peer) {
            let _ = socket.send(&packet.bytes).await;
        }
    }
    Ok(())
}
