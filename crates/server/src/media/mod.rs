//! The media server, built in or elsewhere: the only module that knows which.

mod livekit;
mod presence;

use std::{collections::HashMap, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use tokio::sync::mpsc;
use visita_protocol::{ErrorCode, ParticipantId, Problem, RoomId};
use visita_room::{MediaRights, Timestamp};
use visita_sfu::{LeftReason, ParticipantDescription, Permissions, SfuControl, SfuError, SfuEvent, TrackSource};

use crate::{
    app::App,
    error::{ApiError, Body},
};

pub(crate) use livekit::Admin;
pub(crate) use presence::Presence;
use presence::{Event, Who};

/// How often a LiveKit server is asked who is in. Only what its webhooks did not tell is found out so.
const COMPARE_EVERY: Duration = Duration::from_secs(30);

/// A handle to whatever carries the media.
#[derive(Clone, Debug)]
pub(crate) enum Media {
    /// The built-in media server.
    BuiltIn(SfuControl),
    /// A LiveKit server or cluster.
    Elsewhere(Admin),
}

impl Media {
    /// Takes somebody out of the media, and refuses the tokens they have; done when it has taken effect.
    pub(crate) async fn remove(&self, room: &RoomId, seat: &ParticipantId, revoke: bool) {
        match self {
            Self::BuiltIn(sfu) if revoke => report(sfu.revoke_participant(room.as_str(), seat.as_str()).await, room),
            Self::BuiltIn(sfu) => report(sfu.remove_participant(room.as_str(), seat.as_str()).await, room),
            // LiveKit keeps no list of refused tokens: the room puts out whoever comes by one, as soon as it is told.
            Self::Elsewhere(admin) => admin.remove(room, seat).await,
        }
    }

    /// Changes what somebody may do; done when it has taken effect.
    pub(crate) async fn set_rights(&self, room: &RoomId, seat: &ParticipantId, rights: MediaRights) {
        let sfu = match self {
            Self::BuiltIn(sfu) => sfu,
            Self::Elsewhere(admin) => return admin.set_rights(room, seat, &rights).await,
        };
        let (name, identity) = (room.as_str(), seat.as_str());
        report(sfu.update_permissions(name, identity, permissions(&rights)).await, room);
        // What is held muted stays published, so that it is back at once when it is released.
        for (source, muted) in [
            (TrackSource::Microphone, rights.muted.microphone),
            (TrackSource::Camera, rights.muted.camera),
            (TrackSource::ScreenShare, rights.muted.screen),
            (TrackSource::ScreenShareAudio, rights.muted.screen),
        ] {
            report(sfu.mute_source(name, identity, source, muted).await, room);
        }
    }

    /// Makes a media room before anybody comes, where there is none; done when it is there.
    pub(crate) async fn create(&self, room: &RoomId) {
        match self {
            Self::BuiltIn(sfu) => report(sfu.create_room(room.as_str()).await, room),
            Self::Elsewhere(admin) => admin.create(room).await,
        }
    }

    /// Of these rooms those whose media room is there, with its session id (`RM_…`).
    pub(crate) async fn running(&self, rooms: &[&RoomId]) -> HashMap<String, String> {
        match self {
            Self::BuiltIn(sfu) => {
                let there = sfu.rooms().await.unwrap_or_default();
                there.into_iter().map(|room| (room.name, room.sid)).collect()
            }
            Self::Elsewhere(admin) => admin.running(rooms).await,
        }
    }

    /// How those who are in a room's media are connected, by seat. A media server elsewhere does not tell.
    pub(crate) async fn lines(&self, room: &RoomId) -> HashMap<String, MediaLine> {
        let Self::BuiltIn(sfu) = self else { return HashMap::new() };
        let there = sfu.participants(room.as_str()).await.unwrap_or_default();
        let line = |one: &ParticipantDescription| MediaLine {
            quality: one.quality,
            round_trip: one.round_trip,
            loss: one.loss,
            since: Timestamp::from_unix_ms(u64::try_from(one.joined_ms).unwrap_or(0)),
        };
        there.into_iter().filter(|one| one.connected).map(|one| (one.identity.clone(), line(&one))).collect()
    }

    /// Takes everybody out of the media.
    pub(crate) async fn end(&self, room: &RoomId) {
        match self {
            Self::BuiltIn(sfu) => report(sfu.end_room(room.as_str()).await, room),
            Self::Elsewhere(admin) => admin.end(room).await,
        }
    }
}

/// How somebody is connected to the media.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaLine {
    /// From 0 (lost) to 5 (excellent).
    pub(crate) quality: u8,
    pub(crate) round_trip: Option<Duration>,
    /// Share of the packets, 0 to 1, on the worse way.
    pub(crate) loss: Option<f32>,
    pub(crate) since: Timestamp,
}

/// What may be published, muted or not.
fn permissions(rights: &MediaRights) -> Permissions {
    let sources = [
        (TrackSource::Microphone, rights.microphone),
        (TrackSource::Camera, rights.camera),
        (TrackSource::ScreenShare, rights.screen),
        (TrackSource::ScreenShareAudio, rights.screen),
    ];
    let publish_sources: Vec<_> =
        sources.into_iter().filter(|(_, granted)| *granted).map(|(source, _)| source).collect();
    Permissions {
        // An empty list would allow every source.
        publish: !publish_sources.is_empty(),
        subscribe: true,
        publish_data: rights.data,
        publish_sources,
        update_own_metadata: false,
        hidden: false,
        recorder: false,
    }
}

/// Who was not there need not be removed.
fn report(result: Result<(), SfuError>, room: &RoomId) {
    match result {
        Ok(()) | Err(SfuError::NoRoom | SfuError::NoParticipant) => {}
        Err(error) => tracing::warn!(%room, %error, "the media server did not obey"),
    }
}

/// Tells the rooms who is in by the built-in media server, until that is gone.
pub(crate) async fn pump(sfu: SfuControl, mut events: mpsc::UnboundedReceiver<SfuEvent>, presence: Presence) {
    while let Some(event) = events.recv().await {
        match event {
            SfuEvent::ParticipantJoined { room, identity, sid } => {
                let name = name_of(&sfu, &room, &sid).await;
                presence.hear(Event::Joined { who: Who { room, identity, sid }, name }).await;
            }
            SfuEvent::ParticipantLeft { room, identity, sid, reason, .. } => {
                let goodbye = matches!(reason, LeftReason::Left);
                presence.hear(Event::Left { who: Who { room, identity, sid }, goodbye }).await;
            }
            SfuEvent::RoomStarted { .. }
            | SfuEvent::RoomFinished { .. }
            | SfuEvent::TrackPublished { .. }
            | SfuEvent::TrackUnpublished { .. }
            | SfuEvent::TrackMuted { .. } => {}
        }
    }
}

async fn name_of(sfu: &SfuControl, room: &str, sid: &str) -> Option<String> {
    let participants = sfu.participants(room).await.ok()?;
    participants.into_iter().find(|participant| participant.sid == sid).map(|participant| participant.name)
}

/// Asks the LiveKit server now and then who is in, for webhooks that did not arrive.
pub(crate) async fn compare(admin: Admin, presence: Presence) {
    loop {
        tokio::time::sleep(COMPARE_EVERY).await;
        for room in presence.rooms() {
            match admin.participants(&room).await {
                Ok(there) => presence.compare(&room, &there).await,
                Err(error) => tracing::warn!(%room, %error, "the LiveKit server does not say who is in"),
            }
        }
    }
}

/// `POST /livekit/webhook`: where a LiveKit server that carries the media tells who is in.
pub(crate) async fn webhook(State(app): State<App>, headers: HeaderMap, body: Body) -> Result<StatusCode, ApiError> {
    let nothing = || Problem::new(ErrorCode::NotFound, "nothing here");
    let (admin, presence) = app.livekit.as_ref().ok_or_else(nothing)?;
    let refused = || Problem::new(ErrorCode::Unauthorized, "not signed with the LiveKit key");
    let signature = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let event = admin.read_webhook(signature, &body.0).ok_or_else(refused)?;
    presence.hear(event).await;
    Ok(StatusCode::OK)
}
