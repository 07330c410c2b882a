//! One peer connection of a load client: `str0m` on a socket of its own. Packets are timed by the system when they arrive at
//! the socket, so that a busy load generator does not count as the server's delay.

use std::{
    collections::HashMap,
    io::{self, IoSliceMut},
    net::{Ipv4Addr, SocketAddr},
    os::fd::AsRawFd,
    sync::Arc,
    time::Instant,
};

use anyhow::{Context, Result};
use nix::sys::socket::{
    ControlMessageOwned, MsgFlags, SockaddrIn, recvmsg, setsockopt,
    sockopt::{RcvBuf, ReceiveTimestampns},
};
use str0m::{
    Candidate, Event, Input, Output, Rtc, RtcConfig,
    config::{CryptoProvider, DtlsCert},
    format::Codec,
    media::{Mid, Pt, Rid},
    net::{Protocol, Receive},
    rtp::{RtpPacket, RtpWrite, Ssrc},
};
use tokio::{io::Interest, net::UdpSocket};

use super::{
    media::{self, Packet},
    totals::Totals,
};

/// Makes connections. One certificate serves all.
#[derive(Clone)]
pub(super) struct Factory {
    provider: Arc<CryptoProvider>,
    certificate: DtlsCert,
}

/// A peer connection.
pub(super) struct Connection {
    pub(super) rtc: Rtc,
    socket: UdpSocket,
    address: SocketAddr,
    buffer: Vec<u8>,
    control: Vec<u8>,
    streams: HashMap<Ssrc, Stream>,
    pub(super) wake: Instant,
}

/// What came of one stream.
#[derive(Default)]
struct Stream {
    video: bool,
    /// Of the window.
    first: Option<u64>,
    highest: u64,
    received: u64,
}

/// A packet that came in, as far as the owner cares.
pub(super) enum Came {
    /// The other side's decoder wants a key frame of this stream.
    KeyFrameRequest(Mid, Option<Rid>),
    /// Video, and when it arrived at the socket (Unix time, nanoseconds).
    Video(u64),
    /// The connection is up.
    Connected,
}

impl Factory {
    pub(super) fn new() -> Result<Self> {
        let provider = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = provider.dtls_provider.generate_certificate().context("a certificate")?;
        Ok(Self { provider, certificate })
    }

    pub(super) async fn make(&self) -> Result<Connection> {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        setsockopt(&socket, ReceiveTimestampns, &true)?;
        setsockopt(&socket, RcvBuf, &(2 * 1024 * 1024))?;
        let address = socket.local_addr()?;
        // Before the system has said so the first check would be taken for one that found a full socket.
        socket.writable().await?;
        let now = Instant::now();
        let mut rtc = RtcConfig::new()
            .set_crypto_provider(self.provider.clone())
            .set_dtls_cert(self.certificate.clone())
            .set_rtp_mode(true)
            .clear_codecs()
            .enable_opus(true, false)
            .enable_vp8(true)
            .build(now);
        rtc.add_local_candidate(Candidate::host(address, "udp")?);
        let control = nix::cmsg_space!(nix::sys::time::TimeSpec);
        Ok(Connection { rtc, socket, address, buffer: vec![0; 2048], control, streams: HashMap::new(), wake: now })
    }
}

impl Connection {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Takes in what has come, counts it and answers.
    pub(super) fn receive(&mut self, totals: &mut Totals, came: &mut Vec<Came>) -> Result<()> {
        for _ in 0..64 {
            let Some((len, source, arrived)) = self.receive_one()? else { break };
            let now = Instant::now();
            let Ok(contents) = self.buffer[..len].try_into() else { continue };
            let receive = Receive { proto: Protocol::Udp, source, destination: self.address, contents };
            self.rtc.handle_input(Input::Receive(now, receive))?;
            self.drain(arrived, totals, came)?;
        }
        Ok(())
    }

    fn receive_one(&mut self) -> Result<Option<(usize, SocketAddr, u64)>> {
        let (buffer, control, descriptor) = (&mut self.buffer, &mut self.control, self.socket.as_raw_fd());
        let received = self.socket.try_io(Interest::READABLE, || {
            let mut slices = [IoSliceMut::new(buffer)];
            let message = recvmsg::<SockaddrIn>(descriptor, &mut slices, Some(control), MsgFlags::MSG_DONTWAIT)?;
            let source = message.address.map_or((Ipv4Addr::UNSPECIFIED, 0), |from| (from.ip(), from.port()));
            let stamp = message.cmsgs()?.find_map(|one| match one {
                ControlMessageOwned::ScmTimestampns(time) => {
                    Some(time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64)
                }
                _ => None,
            });
            Ok((message.bytes, SocketAddr::from(source), stamp.unwrap_or_else(media::now_ns)))
        });
        match received {
            Ok(received) => Ok(Some(received)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets time pass, and sends what there is to send.
    pub(super) fn pass(&mut self, totals: &mut Totals, came: &mut Vec<Came>) -> Result<()> {
        self.rtc.handle_input(Input::Timeout(Instant::now()))?;
        self.drain(media::now_ns(), totals, came)
    }

    fn drain(&mut self, arrived: u64, totals: &mut Totals, came: &mut Vec<Came>) -> Result<()> {
        loop {
            match self.rtc.poll_output()? {
                Output::Timeout(at) => {
                    self.wake = at;
                    return Ok(());
                }
                Output::Transmit(transmit) => {
                    // A full socket is the load generator's own loss, and seen as such.
                    let _ = self.socket.try_send_to(&transmit.contents, transmit.destination);
                }
                Output::Event(Event::RtpPacket(packet)) => self.count(&packet, arrived, totals, came),
                Output::Event(Event::KeyframeRequest(request)) => {
                    came.push(Came::KeyFrameRequest(request.mid, request.rid));
                }
                Output::Event(Event::Connected) => came.push(Came::Connected),
                Output::Event(_) => {}
            }
        }
    }

    fn count(&mut self, packet: &RtpPacket, arrived: u64, totals: &mut Totals, came: &mut Vec<Came>) {
        let Some(sent) = media::sent_ns(&packet.payload) else { return };
        let stream = self.streams.entry(packet.header.ssrc).or_default();
        // Packets of sound are short.
        let is_video = packet.payload.len() > 80 || stream.video;
        if is_video && !std::mem::replace(&mut stream.video, true) {
            came.push(Came::Video(arrived));
        }
        if !totals.counting {
            return;
        }
        let sequence = *packet.seq_no;
        stream.first.get_or_insert(sequence);
        stream.highest = stream.highest.max(sequence);
        stream.received += 1;
        totals.received += 1;
        totals.bytes += packet.payload.len() as u64;
        totals.delay.add(arrived.saturating_sub(sent) / 1000);
    }

    /// Packets of the window that never came, and streams that came.
    pub(super) fn lost(&self) -> (u64, usize) {
        let expected = |stream: &Stream| stream.first.map_or(0, |first| stream.highest + 1 - first.min(stream.highest));
        let lost = self.streams.values().map(|one| expected(one).saturating_sub(one.received)).sum();
        (lost, self.streams.values().filter(|one| one.received > 0).count())
    }

    /// Writes a packet to be sent with the next [`pass`](Self::pass).
    pub(super) fn write(&mut self, mid: Mid, rid: Option<Rid>, codec: Codec, packet: Packet, level: Option<i8>) {
        let Some(payload_type) = self.payload_type(mid, codec) else { return };
        let mut api = self.rtc.direct_api();
        let Some(stream) = api.stream_tx_by_mid(mid, rid) else { return };
        let mut write =
            RtpWrite::new(payload_type, packet.sequence.into(), packet.timestamp, Instant::now(), packet.payload)
                .marker(packet.marker)
                .nackable(codec == Codec::Vp8);
        if let Some(level) = level {
            let values = str0m::rtp::ExtensionValues {
                audio_level: Some(level),
                voice_activity: Some(level > -40),
                ..Default::default()
            };
            write = write.ext_vals(values);
        }
        stream.write_rtp(write);
    }

    fn payload_type(&self, mid: Mid, codec: Codec) -> Option<Pt> {
        let agreed = self.rtc.media(mid)?.remote_pts();
        let params = self.rtc.codec_config().params().iter();
        params.filter(|one| one.spec().codec == codec).map(|one| one.pt()).find(|pt| agreed.contains(pt))
    }
}
