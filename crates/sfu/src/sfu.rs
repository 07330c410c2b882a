//! Starting and stopping the media server.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use tokio::{
    net::{TcpListener, UdpSocket},
    sync::{mpsc, oneshot},
};

use crate::{
    api::{SfuConfig, SfuError, SfuEvent},
    control::SfuControl,
    engine::{Engine, Parts, PeerFactory, SignalEvent, tcp},
    http,
    token::Keys,
    twirp,
    udp::MediaSocket,
};

/// Signalling messages on their way to the media thread. When it is this far behind, clients wait.
const SIGNAL_QUEUE: usize = 1024;

/// Bytes asked of the system for the socket's buffers, each way: some 50 ms at 1 Gbit/s. The system may grant less.
const SOCKET_BUFFER: usize = 4 * 1024 * 1024;

/// A running media server. Dropping the last handle stops it without goodbyes; [`Sfu::stop`] says them.
#[derive(Debug)]
pub struct Sfu {
    keys: Arc<Keys>,
    signals: mpsc::Sender<SignalEvent>,
    control: SfuControl,
    address: SocketAddr,
    tcp_address: Option<SocketAddr>,
    messages_per_second: u32,
    native_clients: bool,
    ended: oneshot::Receiver<()>,
}

impl Sfu {
    /// Binds the UDP port and starts the media thread.
    ///
    /// # Errors
    /// The port cannot be had, there is no address to announce, or the system refuses a thread.
    pub async fn start(config: SfuConfig) -> Result<(Self, mpsc::UnboundedReceiver<SfuEvent>), SfuError> {
        let socket = bind(config.rtc_udp)?;
        let address = socket.local_addr().map_err(|source| SfuError::Bind { address: config.rtc_udp, source })?;
        let tcp_listener = config.rtc_tcp.map(bind_tcp).transpose()?;
        let tcp_address = tcp_listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let announce = if config.announce.is_empty() { vec![own_address(address.ip())?] } else { config.announce };
        let factory = PeerFactory::new()?;
        let keys = Arc::new(Keys::new(config.keys));
        let (signals, signal_inbox) = mpsc::channel(SIGNAL_QUEUE);
        let (commands, command_inbox) = mpsc::unbounded_channel();
        let (events, event_outbox) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel();
        let messages_per_second = config.limits.messages_per_second;
        let native_clients = config.one_connection_for_native_clients;
        let SfuConfig { departure_timeout, limits, ice_servers, .. } = config;
        let (tcp_events, tcp_inbox) = tcp::inbox();
        let tcp = (tcp_address.map(|address| address.port()), tcp_inbox);
        let parts =
            Parts { tcp, announce, factory, ice_servers, keys: keys.clone(), events, departure_timeout, limits };

        let (started, start) = oneshot::channel();
        let thread = std::thread::Builder::new().name("sfu-media".to_owned()).spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(started.send(Err(SfuError::Thread(error)))),
            };
            runtime.block_on(async move {
                let socket = match UdpSocket::from_std(socket).and_then(MediaSocket::new) {
                    Ok(socket) => socket,
                    Err(error) => return drop(started.send(Err(SfuError::Thread(error)))),
                };
                if let Some(listener) = tcp_listener {
                    match TcpListener::from_std(listener) {
                        Ok(listener) => drop(tokio::spawn(tcp::accept(listener, tcp_events))),
                        Err(error) => return drop(started.send(Err(SfuError::Thread(error)))),
                    }
                }
                let _ = started.send(Ok(()));
                Engine::new(parts, socket, address.port()).run(signal_inbox, command_inbox).await;
            });
            let _ = end.send(());
        });
        thread.map_err(SfuError::Thread)?;
        start.await.map_err(|_| SfuError::Stopped)??;
        tracing::info!(%address, "media server");
        Ok((
            Self {
                keys,
                signals,
                control: SfuControl { commands },
                address,
                tcp_address,
                messages_per_second,
                native_clients,
                ended,
            },
            event_outbox,
        ))
    }

    /// LiveKit's signalling: `/rtc` (WebSocket) and `/rtc/validate` for clients with two peer connections, `/rtc/v1` and
    /// `/rtc/v1/validate` for those with one; who is to have two gets a plain 404 there, and goes to the first. And its server API: `/twirp/livekit.RoomService/…`.
    ///
    /// Serve them with `TCP_NODELAY`: a join is a dialogue of small messages.
    pub fn routes(&self) -> axum::Router {
        http::routes(self.keys.clone(), self.signals.clone(), self.messages_per_second, self.native_clients)
            .merge(twirp::routes(self.keys.clone(), self.control()))
    }

    /// A handle to steer rooms.
    pub fn control(&self) -> SfuControl {
        self.control.clone()
    }

    /// The bound UDP address.
    pub fn udp_address(&self) -> SocketAddr {
        self.address
    }

    /// The bound address for media over TCP, if there is any.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.tcp_address
    }

    /// Says goodbye to everybody and stops.
    pub async fn stop(self) {
        // Both fail only when it has stopped already.
        let _ = self.control.stop().await;
        let _ = self.ended.await;
    }
}

fn bind(address: SocketAddr) -> Result<std::net::UdpSocket, SfuError> {
    let bind = || {
        let socket = socket2::Socket::new(
            socket2::Domain::for_address(address),
            socket2::Type::DGRAM,
            Some(socket2::Protocol::UDP),
        )?;
        // What the system grants is enough; more is better.
        let _ = socket.set_recv_buffer_size(SOCKET_BUFFER);
        let _ = socket.set_send_buffer_size(SOCKET_BUFFER);
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        Ok(std::net::UdpSocket::from(socket))
    };
    bind().map_err(|source| SfuError::Bind { address, source })
}

fn bind_tcp(address: SocketAddr) -> Result<std::net::TcpListener, SfuError> {
    let bind = || {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    };
    bind().map_err(|source| SfuError::BindTcp { address, source })
}

/// The address clients can reach us at when none is given: the bound one, or with a wildcard the one the system would use
/// towards the internet.
fn own_address(bound: IpAddr) -> Result<IpAddr, SfuError> {
    if !bound.is_unspecified() {
        return Ok(bound);
    }
    // Connecting a UDP socket sends nothing; it only asks for a route. Documentation addresses (RFC 5737, RFC 3849).
    let (any, far): (IpAddr, IpAddr) = match bound {
        IpAddr::V4(_) => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(192, 0, 2, 1).into()),
        IpAddr::V6(_) => (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()),
    };
    let probe = || {
        let socket = std::net::UdpSocket::bind((any, 0))?;
        socket.connect((far, 9))?;
        socket.local_addr()
    };
    match probe() {
        Ok(local) if !local.ip().is_unspecified() => Ok(local.ip()),
        // No network: those on this machine can still be served.
        Ok(_) | Err(_) if bound.is_ipv4() => Ok(Ipv4Addr::LOCALHOST.into()),
        Ok(_) => Err(SfuError::NoAddress("no route".to_owned())),
        Err(error) => Err(SfuError::NoAddress(error.to_string())),
    }
}
