//! Media over TCP, for networks that let no UDP through: ICE-TCP candidates, passive on our side (RFC 6544), packets framed by
//! their length (RFC 4571). Each connection has a task that reads and one that writes; the media thread sees packets only.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use str0m::{Input, net::Protocol};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    time::timeout,
};

use super::{
    DATAGRAM_LEN, Engine,
    peer::{PeerKey, read_datagram},
};
use crate::stun::receiver_ufrag;

/// Connections at a time, and of one address. A client has two.
const MAX_CONNECTIONS: usize = 2000;
const MAX_PER_ADDRESS: usize = 64;

/// A connection whose first packet does not come, or that says nothing for so long, is closed. Clients check theirs every few
/// seconds.
const SILENCE: Duration = Duration::from_secs(30);

/// Packets on their way from all connections to the media thread. When it is behind, the connections wait.
const INBOX: usize = 256;

/// Packets that wait for one connection to take them: a third of a second of 2.5 Mbit/s. Beyond it they are lost, as they
/// would be with UDP, rather than ever later.
const OUTBOX: usize = 128;

/// Most bytes written in one go.
const WRITE_LEN: usize = 16 * 1024;

/// From the connections' tasks.
#[derive(Debug)]
pub(crate) enum TcpEvent {
    Opened { source: SocketAddr, out: mpsc::Sender<Bytes> },
    Packet { source: SocketAddr, bytes: Bytes },
    Closed { source: SocketAddr },
}

/// The connections that are there, by the client's address.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    by_address: HashMap<SocketAddr, Connection>,
    per_ip: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Connection {
    out: mpsc::Sender<Bytes>,
    /// Whose it is, once a check has shown it.
    peer: Option<PeerKey>,
}

impl Connections {
    /// Hands a packet to its connection. False: it is lost.
    pub(super) fn send(&self, destination: SocketAddr, bytes: &[u8]) -> bool {
        let Some(connection) = self.by_address.get(&destination) else { return false };
        connection.out.try_send(Bytes::copy_from_slice(bytes)).is_ok()
    }

    fn add(&mut self, source: SocketAddr, out: mpsc::Sender<Bytes>) {
        let count = self.per_ip.entry(source.ip()).or_default();
        if self.by_address.len() >= MAX_CONNECTIONS || *count >= MAX_PER_ADDRESS {
            // Dropping the sender closes it.
            return;
        }
        *count += 1;
        self.by_address.insert(source, Connection { out, peer: None });
    }

    fn remove(&mut self, source: SocketAddr) -> Option<PeerKey> {
        let connection = self.by_address.remove(&source)?;
        if let Some(count) = self.per_ip.get_mut(&source.ip()) {
            *count -= 1;
            if *count == 0 {
                self.per_ip.remove(&source.ip());
            }
        }
        connection.peer
    }

    /// Closes what belongs to a peer that is gone.
    pub(super) fn end(&mut self, source: SocketAddr, peer: PeerKey) {
        if self.by_address.get(&source).is_some_and(|connection| connection.peer == Some(peer)) {
            self.remove(source);
        }
    }
}

impl Engine {
    pub(super) fn on_tcp(&mut self, event: TcpEvent, now: Instant) {
        match event {
            TcpEvent::Opened { source, out } => self.tcp.add(source, out),
            TcpEvent::Packet { source, bytes } => self.on_tcp_packet(source, &bytes, now),
            TcpEvent::Closed { source } => {
                if let Some(peer) = self.tcp.remove(source) {
                    self.lose_path(peer, source, Protocol::Tcp);
                }
            }
        }
    }

    fn on_tcp_packet(&mut self, source: SocketAddr, bytes: &[u8], now: Instant) {
        self.stats.datagrams_in += 1;
        self.stats.bytes_in += bytes.len() as u64;
        let owner = self.tcp.by_address.get(&source).and_then(|connection| connection.peer);
        let destination = same_family(&self.local_tcp, source);
        let Some(mut receive) = destination.and_then(|destination| read_datagram(bytes, source, destination)) else {
            self.stats.datagrams_unknown += 1;
            return;
        };
        receive.proto = Protocol::Tcp;
        let input = Input::Receive(now, receive);
        let key = match receiver_ufrag(bytes) {
            Some(ufrag) => {
                let named = self.peer_by_ufrag.get(ufrag).copied();
                named.filter(|&key| self.note_check(key, bytes, &input, now))
            }
            None => owner,
        };
        let Some(key) = key else {
            self.stats.datagrams_unknown += 1;
            return;
        };
        if let Some(connection) = self.tcp.by_address.get_mut(&source) {
            connection.peer = Some(key);
        }
        self.feed(key, input, now);
    }
}

/// Our candidate of a client's address family.
pub(super) fn same_family(local: &[SocketAddr], remote: SocketAddr) -> Option<SocketAddr> {
    let v4 = remote.ip().to_canonical().is_ipv4();
    local.iter().find(|local| local.is_ipv4() == v4).or(local.first()).copied()
}

/// Accepts connections until the engine is gone.
pub(crate) async fn accept(listener: TcpListener, events: mpsc::Sender<TcpEvent>) {
    loop {
        match listener.accept().await {
            Ok((stream, source)) => {
                tokio::spawn(serve(stream, source, events.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "accepting media over TCP");
                // Out of file handles: trying again at once would only spin.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        if events.is_closed() {
            return;
        }
    }
}

/// A way to the media thread for the connections.
pub(crate) fn inbox() -> (mpsc::Sender<TcpEvent>, mpsc::Receiver<TcpEvent>) {
    mpsc::channel(INBOX)
}

async fn serve(stream: TcpStream, source: SocketAddr, events: mpsc::Sender<TcpEvent>) {
    // Packets are small and must not wait for one another.
    let _ = stream.set_nodelay(true);
    let (reader, writer) = stream.into_split();
    let (out, packets) = mpsc::channel(OUTBOX);
    if events.send(TcpEvent::Opened { source, out }).await.is_err() {
        return;
    }
    tokio::select! {
        _ = read(reader, source, &events) => {}
        _ = write(writer, packets) => {}
    }
    let _ = events.send(TcpEvent::Closed { source }).await;
}

async fn read(reader: OwnedReadHalf, source: SocketAddr, events: &mpsc::Sender<TcpEvent>) -> io::Result<()> {
    let mut reader = BufReader::new(reader);
    loop {
        let len = usize::from(timeout(SILENCE, reader.read_u16()).await??);
        if len > DATAGRAM_LEN {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = BytesMut::zeroed(len);
        timeout(SILENCE, reader.read_exact(&mut bytes)).await??;
        if events.send(TcpEvent::Packet { source, bytes: bytes.freeze() }).await.is_err() {
            return Ok(());
        }
    }
}

async fn write(mut writer: OwnedWriteHalf, mut packets: mpsc::Receiver<Bytes>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(WRITE_LEN);
    while let Some(packet) = packets.recv().await {
        buffer.clear();
        frame(&mut buffer, &packet);
        while buffer.len() < WRITE_LEN / 2
            && let Ok(packet) = packets.try_recv()
        {
            frame(&mut buffer, &packet);
        }
        // One that takes nothing for so long is as good as gone.
        timeout(SILENCE, writer.write_all(&buffer)).await??;
    }
    Ok(())
}

fn frame(buffer: &mut Vec<u8>, packet: &[u8]) {
    // Packets are below DATAGRAM_LEN.
    if let Ok(len) = u16::try_from(packet.len()) {
        buffer.extend(len.to_be_bytes());
        buffer.extend(packet);
    }
}
