//! The accept loop. A connection that is slow with its headers is closed, and there are only so many at once, in all and from
//! one address.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use parking_lot::Mutex;
use tokio::{
    net::TcpListener,
    sync::watch,
    time::{MissedTickBehavior, timeout},
};
use tower::ServiceExt;

use super::{Encryption, Shell, address, limits::TIDY};
use crate::config::Limits;

/// Pause after the system has no more sockets for us.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// The other end of a connection, or whom a proxy that we trust speaks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Serves until told to stop, then until every request under way is answered.
pub(crate) async fn serve(
    listener: TcpListener,
    encryption: Option<Encryption>,
    routes: Router,
    shell: Shell,
    limits: Limits,
    mut stops: watch::Receiver<bool>,
) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.header_time).max_headers(64);
    builder.http2().timer(TokioTimer::new()).max_concurrent_streams(64).max_header_list_size(32 * 1024);
    let (builder, trusted) = (Arc::new(builder), Arc::<[IpAddr]>::from(limits.trusted_proxies.as_slice()));
    let open = Open::default();
    let graceful = GracefulShutdown::new();
    let mut tidy = tokio::time::interval(TIDY);
    tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut stopped = pin!(async move {
        // Also when the sender is gone.
        let _ = stops.wait_for(|stopping| *stopping).await;
    });
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stopped => break,
            _ = tidy.tick() => {
                shell.limiters.tidy();
                continue;
            }
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Connections that are gone already are none; the rest, such as too many open files, may pass.
                    tracing::debug!(%error, "no connection was accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let most_each = if trusted.contains(&peer.ip().to_canonical()) { usize::MAX } else { limits.connections_each };
        let Some(place) = open.take(peer.ip(), limits.connections, most_each) else {
            shell.metrics.turned_away();
            continue;
        };
        // Small messages of the channels are not to wait for larger ones.
        let _ = stream.set_nodelay(true);
        shell.metrics.connected();
        let service = service(routes.clone(), peer, trusted.clone());
        let (builder, encryption, watcher) = (builder.clone(), encryption.clone(), graceful.watcher());
        let metrics = shell.metrics.clone();
        tokio::spawn(async move {
            let ended = match encryption {
                None => {
                    watcher
                        .watch(builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned())
                        .await
                }
                Some(encryption) => match timeout(limits.header_time, encryption.accept(stream)).await {
                    Ok(Ok(Some(stream))) => {
                        let stream = TokioIo::new(stream);
                        watcher.watch(builder.serve_connection_with_upgrades(stream, service).into_owned()).await
                    }
                    Ok(Ok(None)) => Ok(()),
                    Ok(Err(error)) => Err(error.into()),
                    Err(slow) => Err(slow.into()),
                },
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended badly");
            }
            metrics.disconnected();
            drop(place);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

/// The routes for one connection, which know whose it is.
fn service(
    routes: Router,
    peer: SocketAddr,
    trusted: Arc<[IpAddr]>,
) -> TowerToHyperService<
    impl tower::Service<
        Request<hyper::body::Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send,
    > + Clone,
> {
    TowerToHyperService::new(routes.map_request(move |mut request: Request<hyper::body::Incoming>| {
        let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let client = address::behind(peer.ip(), forwarded, &trusted);
        request.extensions_mut().insert(ConnectInfo(Peer(client)));
        request.map(Body::new)
    }))
}

/// Connections open, by address.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    all: usize,
    each: HashMap<IpAddr, usize>,
}

impl Open {
    /// A place for one more, unless there are too many.
    fn take(&self, address: IpAddr, most: usize, most_each: usize) -> Option<Place> {
        let mut counts = self.0.lock();
        let from_there = counts.each.get(&address).copied().unwrap_or(0);
        if counts.all >= most || from_there >= most_each {
            return None;
        }
        counts.all += 1;
        counts.each.insert(address, from_there + 1);
        Some(Place { open: self.clone(), address })
    }
}

/// A connection's place, given back when it is gone.
struct Place {
    open: Open,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.open.0.lock();
        counts.all = counts.all.saturating_sub(1);
        if let Some(count) = counts.each.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.each.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_given_back() {
        let open = Open::default();
        let (a, b) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let first = open.take(a, 3, 2).expect("a place");
        let _second = open.take(a, 3, 2).expect("a place");
        assert!(open.take(a, 3, 2).is_none(), "too many from there");
        let _third = open.take(b, 3, 2).expect("a place");
        assert!(open.take(b, 3, 2).is_none(), "too many in all");
        drop(first);
        assert!(open.take(a, 3, 2).is_some());
    }
}
