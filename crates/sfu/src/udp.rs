//! The media socket: datagrams come in and go out in batches, so that what the system takes per call is shared by many.
//!
//! In, one call takes whatever waits (`recvmmsg`, with what the system has joined taken apart). Out, packets of the same
//! length that follow one another to the same address go as one (UDP segmentation offload, "GSO"): a frame of six packets
//! crosses the network stack once. Where the system has neither, each packet goes alone.

use std::{
    array,
    collections::VecDeque,
    io::{self, IoSliceMut},
    net::SocketAddr,
};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use tokio::{io::Interest, net::UdpSocket};

/// Largest datagram taken where the system joins none; media packets are below 1500 bytes.
const DATAGRAM_LEN: usize = 2048;

/// What the system joins is at most the largest datagram of all.
const JOINED_LEN: usize = 65_535;

/// Most bytes in one go: what fits a UDP datagram's length, with room for headers.
const MAX_BURST: usize = 60_000;

/// Datagrams that wait for a full socket; those beyond are lost, and asked for again. Some 20 ms at 1 Gbit/s.
const MAX_WAITING: usize = 2048;

/// A datagram to be sent.
#[derive(Debug)]
struct Outgoing {
    destination: SocketAddr,
    contents: Vec<u8>,
}

/// What became of what was to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) datagrams: u64,
    pub(crate) bytes: u64,
    /// Lost: the socket was full for too long, or the system refused them.
    pub(crate) dropped: u64,
}

#[derive(Debug)]
pub(crate) struct MediaSocket {
    socket: UdpSocket,
    state: UdpSocketState,
    waiting: VecDeque<Outgoing>,
    /// Reused: packets that go as one.
    burst: Vec<u8>,
}

/// Where datagrams come in. Apart from the socket, so that what is done about them may send.
pub(crate) struct Inbox {
    memory: Vec<u8>,
    slot: usize,
    metas: [RecvMeta; BATCH_SIZE],
    filled: usize,
}

impl MediaSocket {
    /// Takes over a bound socket.
    pub(crate) fn new(socket: UdpSocket) -> io::Result<Self> {
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        Ok(Self { socket, state, waiting: VecDeque::new(), burst: Vec::new() })
    }

    pub(crate) fn inbox(&self) -> Inbox {
        let slot = if self.state.gro_segments() > 1 { JOINED_LEN } else { DATAGRAM_LEN };
        Inbox { memory: vec![0; slot * BATCH_SIZE], slot, metas: [RecvMeta::default(); BATCH_SIZE], filled: 0 }
    }

    /// Waits until there is something to receive, or room for what waits to be sent.
    pub(crate) async fn ready(&self) -> io::Result<()> {
        match self.waiting.is_empty() {
            true => self.socket.readable().await,
            false => self.socket.ready(Interest::READABLE | Interest::WRITABLE).await.map(drop),
        }
    }

    /// Takes what has come in, up to a batch. False: there is nothing more.
    pub(crate) fn receive(&self, inbox: &mut Inbox) -> bool {
        let Inbox { memory, slot, metas, filled } = inbox;
        let mut slots = memory.chunks_mut(*slot);
        let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
            array::from_fn(|_| IoSliceMut::new(slots.next().unwrap_or_default()));
        let received = self
            .socket
            .try_io(Interest::READABLE, || self.state.recv(UdpSockRef::from(&self.socket), &mut slices, metas));
        *filled = match received {
            Ok(count) => count,
            Err(error) => {
                // ICMP errors of earlier sends come up here; they concern one peer at most.
                if error.kind() != io::ErrorKind::WouldBlock {
                    tracing::debug!(%error, "receiving media");
                }
                0
            }
        };
        *filled > 0
    }

    /// Something to be sent, in this order, with the next [`flush`](Self::flush).
    pub(crate) fn push(&mut self, destination: SocketAddr, contents: Vec<u8>) {
        self.waiting.push_back(Outgoing { destination, contents });
    }

    /// Sends what there is, as far as the system takes it.
    pub(crate) fn flush(&mut self) -> Sent {
        let mut sent = Sent::default();
        while let Some(first) = self.waiting.front() {
            let run = run_length(&self.waiting, self.state.max_gso_segments());
            let destination = first.destination;
            let result = if run == 1 {
                self.send_one(destination, &first.contents, None)
            } else {
                let segment = first.contents.len();
                self.burst.clear();
                for packet in self.waiting.iter().take(run) {
                    self.burst.extend_from_slice(&packet.contents);
                }
                self.send_one(destination, &self.burst, Some(segment))
            };
            match result {
                Ok(()) => {
                    for packet in self.waiting.drain(..run) {
                        sent.datagrams += 1;
                        sent.bytes += packet.contents.len() as u64;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // Not every interface takes bursts; the socket has learnt it and the packets go singly.
                Err(_) if run > 1 && self.state.max_gso_segments() == 1 => {}
                // An unreachable client is not worth a line each.
                Err(_) => {
                    sent.dropped += run as u64;
                    self.waiting.drain(..run);
                }
            }
        }
        let excess = self.waiting.len().saturating_sub(MAX_WAITING);
        if excess > 0 {
            self.waiting.drain(..excess);
            sent.dropped += excess as u64;
        }
        sent
    }

    fn send_one(&self, destination: SocketAddr, contents: &[u8], segment_size: Option<usize>) -> io::Result<()> {
        let transmit = Transmit { destination, ecn: None, contents, segment_size, src_ip: None };
        self.socket.try_io(Interest::WRITABLE, || self.state.try_send(UdpSockRef::from(&self.socket), &transmit))
    }
}

impl Inbox {
    /// What came in, datagram by datagram.
    pub(crate) fn datagrams(&self) -> impl Iterator<Item = (SocketAddr, &[u8])> {
        let slots = self.memory.chunks(self.slot).zip(&self.metas).take(self.filled);
        slots.flat_map(|(bytes, meta)| {
            let joined = bytes.get(..meta.len).unwrap_or_default();
            joined.chunks(meta.stride.max(1)).map(|datagram| (meta.addr, datagram))
        })
    }
}

/// How many packets from the front go as one: all of the same length, but the last may be shorter.
fn run_length(packets: &VecDeque<Outgoing>, most: usize) -> usize {
    let Some(first) = packets.front() else { return 0 };
    let segment = first.contents.len();
    let mut run = 1;
    let mut total = segment;
    for packet in packets.iter().skip(1) {
        let len = packet.contents.len();
        total += len;
        if run >= most || packet.destination != first.destination || len > segment || len == 0 || total > MAX_BURST {
            break;
        }
        run += 1;
        if len < segment {
            break;
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, time::Duration};

    use super::*;

    fn packet(port: u16, len: usize) -> Outgoing {
        Outgoing { destination: (Ipv4Addr::LOCALHOST, port).into(), contents: vec![port as u8; len] }
    }

    /// A new socket is not known to take anything until the system says so.
    async fn send_all(socket: &mut MediaSocket) -> Sent {
        let ready = tokio::time::timeout(Duration::from_secs(5), socket.ready()).await;
        ready.expect("in time").expect("writable");
        socket.flush()
    }

    #[test]
    fn a_run_is_of_one_length_to_one_address_and_may_end_with_a_shorter_one() {
        let run = |packets: Vec<Outgoing>, most| run_length(&packets.into(), most);
        assert_eq!(run(vec![], 64), 0);
        assert_eq!(run(vec![packet(1, 1200)], 64), 1);
        assert_eq!(run(vec![packet(1, 1200), packet(1, 1200), packet(1, 300), packet(1, 300)], 64), 3);
        assert_eq!(run(vec![packet(1, 300), packet(1, 1200)], 64), 1);
        assert_eq!(run(vec![packet(1, 1200), packet(2, 1200)], 64), 1);
        assert_eq!(run(vec![packet(1, 1200), packet(1, 1200), packet(1, 1200)], 2), 2);
        assert_eq!(run((0..100).map(|_| packet(1, 1200)).collect(), 64), 50, "never more than a datagram's length");
    }

    #[tokio::test]
    async fn what_is_sent_in_bursts_arrives_datagram_by_datagram_in_order() {
        let bind = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        let plain = bind().await.expect("a socket");
        let mut media = MediaSocket::new(bind().await.expect("a socket")).expect("a media socket");
        let to = plain.local_addr().expect("an address");
        let lens = [1200, 1200, 1200, 700, 90, 90, 1400];
        for (index, len) in lens.into_iter().enumerate() {
            media.push(to, vec![index as u8; len]);
        }
        let sent = send_all(&mut media).await;
        assert_eq!((sent.datagrams, sent.dropped), (7, 0));
        let mut buffer = [0; 2000];
        for (index, len) in lens.into_iter().enumerate() {
            let received = tokio::time::timeout(Duration::from_secs(5), plain.recv(&mut buffer)).await;
            assert_eq!(received.expect("in time").expect("a datagram"), len);
            assert!(buffer[..len].iter().all(|&byte| byte == index as u8));
        }
    }

    #[tokio::test]
    async fn bursts_of_others_are_taken_apart() {
        let bind = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        let mut from = MediaSocket::new(bind().await.expect("a socket")).expect("a media socket");
        let socket = bind().await.expect("a socket");
        let address = socket.local_addr().expect("an address");
        let to = MediaSocket::new(socket).expect("a media socket");
        let lens = [1000, 1000, 1000, 10];
        lens.into_iter().for_each(|len| from.push(address, vec![7; len]));
        send_all(&mut from).await;
        let mut inbox = to.inbox();
        let mut received = Vec::new();
        while received.len() < lens.len() {
            tokio::time::timeout(Duration::from_secs(5), to.ready()).await.expect("in time").expect("readable");
            while to.receive(&mut inbox) {
                received.extend(inbox.datagrams().map(|(_, datagram)| datagram.len()));
            }
        }
        assert_eq!(received, lens);
    }
}
