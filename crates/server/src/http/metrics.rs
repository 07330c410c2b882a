//! What operators watch, in the text format of Prometheus.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use visita_protocol::{CompanyId, RoomId};
use visita_room::Timestamp;
use visita_sfu::SfuStats;

use crate::{
    app::App,
    error::{ApiError, internal},
    rooms::{Listener, News},
};

/// Counts; cheap to clone.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram>,
    connections: Gauge,
    turned_away: Counter,
    rooms: Gauge,
    sessions: Gauge,
    participants: Gauge,
    users: Gauge,
    sfu: Sfu,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// What the built-in media server says of itself. Its counts only rise, and are taken over as they are.
#[derive(Default)]
struct Sfu {
    rooms: Gauge,
    participants: Gauge,
    tracks: Gauge,
    subscriptions: Gauge,
    packets_in: Counter,
    packets_forwarded: Counter,
    bytes_in: Counter,
    bytes_out: Counter,
    datagrams_unknown: Counter,
    datagrams_dropped: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("visita");
        let durations: Family<Route, Histogram> = Family::new_with_constructor(|| {
            Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0])
        });
        let (requests, turned_away) = (Family::default(), Counter::default());
        let (connections, rooms, sessions, participants, users) = Default::default();
        registry.register("http_requests", "Requests answered", Family::clone(&requests));
        registry.register_with_unit(
            "http_request_duration",
            "From the request to its answer, WebSockets without what follows",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register("http_connections", "Connections open, WebSockets included", Gauge::clone(&connections));
        registry.register("http_connections_refused", "Connections over the limit", Counter::clone(&turned_away));
        registry.register("rooms_awake", "Rooms that somebody is in or was in lately", Gauge::clone(&rooms));
        registry.register("sessions", "Sessions running", Gauge::clone(&sessions));
        registry.register("participants", "People in rooms", Gauge::clone(&participants));
        registry.register("users_online", "Users on the user channel", Gauge::clone(&users));
        let sfu = Sfu::default();
        sfu.register(registry.sub_registry_with_prefix("sfu"));
        Self(Arc::new(Inner {
            registry,
            requests,
            durations,
            connections,
            turned_away,
            rooms,
            sessions,
            participants,
            users,
            sfu,
        }))
    }

    pub(super) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        // Methods are made up as people like; what is none of HTTP's own is one.
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
        let method = if known.contains(&method) { method } else { "other" };
        let answered = Answered { method: method.to_owned(), route: route.to_owned(), status };
        self.0.requests.get_or_create(&answered).inc();
        self.0.durations.get_or_create(&Route { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    pub(super) fn connected(&self) {
        self.0.connections.inc();
    }

    pub(super) fn disconnected(&self) {
        self.0.connections.dec();
    }

    pub(super) fn turned_away(&self) {
        self.0.turned_away.inc();
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

impl Sfu {
    fn register(&self, registry: &mut Registry) {
        registry.register("rooms", "Rooms in the media server", self.rooms.clone());
        registry.register("participants", "Participants in the media server", self.participants.clone());
        registry.register("tracks", "Tracks published", self.tracks.clone());
        registry.register("subscriptions", "Tracks being forwarded", self.subscriptions.clone());
        registry.register("packets_in", "Media packets that came in", self.packets_in.clone());
        registry.register("packets_forwarded", "Media packets handed on", self.packets_forwarded.clone());
        registry.register_with_unit("in", "Received by UDP", Unit::Bytes, self.bytes_in.clone());
        registry.register_with_unit("out", "Sent by UDP", Unit::Bytes, self.bytes_out.clone());
        registry.register("datagrams_unknown", "Datagrams that belonged to nobody", self.datagrams_unknown.clone());
        registry.register("datagrams_dropped", "Datagrams the socket did not take", self.datagrams_dropped.clone());
    }

    fn set(&self, stats: &SfuStats) {
        let gauge = |gauge: &Gauge, value: usize| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        gauge(&self.rooms, stats.rooms);
        gauge(&self.participants, stats.participants);
        gauge(&self.tracks, stats.tracks);
        gauge(&self.subscriptions, stats.subscriptions);
        let counter = |counter: &Counter<u64, AtomicU64>, value: u64| {
            counter.inner().fetch_max(value, std::sync::atomic::Ordering::Relaxed);
        };
        counter(&self.packets_in, stats.packets_in);
        counter(&self.packets_forwarded, stats.packets_forwarded);
        counter(&self.bytes_in, stats.bytes_in);
        counter(&self.bytes_out, stats.bytes_out);
        counter(&self.datagrams_unknown, stats.datagrams_unknown);
        counter(&self.datagrams_dropped, stats.datagrams_dropped);
    }
}

/// Counts what rooms tell, on its way to whom it is for.
pub(crate) struct Counted<L> {
    pub(crate) metrics: Metrics,
    pub(crate) listener: L,
}

#[async_trait]
impl<L: Listener> Listener for Counted<L> {
    async fn hear(&self, company: &CompanyId, room: &RoomId, news: News, at: Timestamp) {
        let Inner { sessions, participants, .. } = &*self.metrics.0;
        match &news {
            News::SessionStarted { .. } => sessions.inc(),
            News::SessionEnded { .. } => sessions.dec(),
            News::ParticipantJoined { .. } => participants.inc(),
            News::ParticipantLeft { .. } => participants.dec(),
            News::CallIncoming { .. }
            | News::FileUploaded { .. }
            | News::RecordingStarted { .. }
            | News::RecordingAvailable { .. }
            | News::RecordingFailed { .. }
            | News::CompositionCompleted { .. }
            | News::CompositionFailed { .. } => 0,
        };
        self.listener.hear(company, room, news, at).await;
    }
}

/// `GET /metrics`
pub(crate) async fn scrape(State(app): State<App>) -> Result<Response, ApiError> {
    let Inner { rooms, users, sfu, .. } = &*app.metrics.0;
    rooms.set(i64::try_from(app.rooms.awake_now()).unwrap_or(i64::MAX));
    users.set(i64::try_from(app.users.online_now()).unwrap_or(i64::MAX));
    if let Some(control) = &app.sfu
        && let Ok(stats) = control.stats().await
    {
        sfu.set(&stats);
    }
    let text = app.metrics.text().map_err(internal)?;
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}
