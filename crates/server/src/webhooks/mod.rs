//! Webhooks: what happens in rooms becomes events in a stored outbox, and one task delivers them, each at least once,
//! signed, with growing pauses while the receiver does not take them. What a restart interrupts goes on afterwards.

mod delivery;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use serde::Serialize;
use tokio::{sync::Notify, task::JoinHandle};
use visita_protocol::{
    CompanyId, CompositionId, RoomId,
    rest::{Event, EventKind},
};
use visita_room::Timestamp;

use crate::{
    clock::{Clock, to_rfc3339},
    keys::Keys,
    rooms::{Listener, News},
    store::{Store, StoreError, StoredTrack},
    video_rooms,
};

/// How long an attempt under way may take once the server stops; what is cut off is delivered after the next start.
const STOP_TIME: Duration = Duration::from_secs(2);

/// Takes events and delivers them; cheap to clone.
#[derive(Clone)]
pub(crate) struct Webhooks {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<dyn Store>,
    clock: Clock,
    news: Arc<Notify>,
    task: Mutex<Option<Task>>,
}

struct Task {
    stop: Arc<Notify>,
    handle: JoinHandle<()>,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.handle.abort();
    }
}

impl Webhooks {
    /// Starts the task that delivers, with what is left from the last run.
    pub(crate) fn start(store: Arc<dyn Store>, keys: Keys, clock: Clock) -> Self {
        let (news, stop) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let handle = delivery::spawn(store.clone(), keys, clock, news.clone(), stop.clone());
        let task = Mutex::new(Some(Task { stop, handle }));
        Self { shared: Arc::new(Shared { store, clock, news, task }) }
    }

    /// Something may be due.
    pub(crate) fn wake(&self) {
        self.shared.news.notify_one();
    }

    /// Ends the task, which may finish what it is at.
    pub(crate) async fn stop(&self) {
        let Some(mut task) = self.shared.task.lock().take() else { return };
        task.stop.notify_one();
        if tokio::time::timeout(STOP_TIME, &mut task.handle).await.is_err() {
            tracing::info!("a webhook call was cut off; it is made again after the next start");
        }
    }

    /// Sends one webhook an event that says nothing; whether there is that webhook.
    pub(crate) async fn test(&self, webhook: &str) -> Result<bool, StoreError> {
        let now = self.shared.clock.now();
        let event = bare(&crate::ids::new(), EventKind::OnTest, now);
        // Of plain fields: there is nothing that could not be written.
        let body = serde_json::to_string(&event).unwrap_or_default();
        let is_there = self.shared.store.enqueue_to(webhook, &body, now).await?;
        self.wake();
        Ok(is_there)
    }

    /// For the company's webhooks, and in their own words for the room's and a composition's.
    async fn emit(&self, company: &CompanyId, event: Event, tracks: &[StoredTrack]) {
        let body = match serde_json::to_string(&event) {
            Ok(body) => body,
            Err(error) => return tracing::error!(%error, "an event could not be written"),
        };
        match self.shared.store.enqueue(company, event.event, &body, self.shared.clock.now()).await {
            Ok(0) => {}
            Ok(_) => self.wake(),
            Err(error) => tracing::error!(%error, "an event could not be stored"),
        }
        for body in video_rooms::hook_bodies(&event, tracks) {
            let now = self.shared.clock.now();
            match self.shared.store.enqueue_for_room(&event.room_id, &body, now).await {
                Ok(0) => {}
                Ok(_) => self.wake(),
                Err(error) => tracing::error!(%error, "an event could not be stored"),
            }
            let Some(composition) = &event.composition_id else { continue };
            match self.shared.store.enqueue_to(&composition_webhook(composition), &body, now).await {
                Ok(false) => {}
                Ok(true) => self.wake(),
                Err(error) => tracing::error!(%error, "an event could not be stored"),
            }
        }
    }
}

#[async_trait]
impl Listener for Webhooks {
    async fn hear(&self, company: &CompanyId, room: &RoomId, news: News, at: Timestamp) {
        let tracks = match &news {
            News::RecordingAvailable { tracks, .. } => tracks.clone(),
            _ => Vec::new(),
        };
        self.emit(company, event(room, news, at), &tracks).await;
    }
}

/// An event of which no more is said.
fn bare(room: &RoomId, event: EventKind, at: Timestamp) -> Event {
    Event {
        event_id: uuid::Uuid::now_v7().simple().to_string(),
        event,
        created_at: to_rfc3339(at),
        room_id: room.clone(),
        session_id: None,
        participant_id: None,
        user_id: None,
        called: None,
        reason: None,
        file_id: None,
        recording_id: None,
        composition_id: None,
        duration_used: None,
    }
}

/// News as webhooks tell it.
pub(crate) fn event(room: &RoomId, news: News, at: Timestamp) -> Event {
    let bare = |event| bare(room, event, at);
    match news {
        News::CallIncoming { caller, called } => {
            let (participant_id, user_id) = caller.unzip();
            Event { participant_id, user_id, called: Some(called), ..bare(EventKind::OnCallIncoming) }
        }
        News::SessionStarted { session_id } => {
            Event { session_id: Some(session_id), ..bare(EventKind::OnSessionStarted) }
        }
        News::SessionEnded { session_id, used } => Event {
            session_id: Some(session_id),
            duration_used: Some(u32::try_from(used.as_secs()).unwrap_or(u32::MAX)),
            ..bare(EventKind::OnSessionEnded)
        },
        News::ParticipantJoined { session_id, participant_id, user_id } => Event {
            session_id: Some(session_id),
            participant_id: Some(participant_id),
            user_id: Some(user_id),
            ..bare(EventKind::OnParticipantJoined)
        },
        News::ParticipantLeft { session_id, participant_id, user_id, reason } => Event {
            session_id: Some(session_id),
            participant_id: Some(participant_id),
            user_id: Some(user_id),
            reason: word(reason),
            ..bare(EventKind::OnParticipantLeft)
        },
        News::FileUploaded { session_id, participant_id, user_id, file_id } => Event {
            session_id: Some(session_id),
            participant_id: Some(participant_id),
            user_id: Some(user_id),
            file_id: Some(file_id),
            ..bare(EventKind::OnFileUploaded)
        },
        News::RecordingStarted { session_id, recording_id } => Event {
            session_id: Some(session_id),
            recording_id: Some(recording_id),
            ..bare(EventKind::OnRecordingStarted)
        },
        News::RecordingAvailable { session_id, recording_id, tracks: _ } => Event {
            session_id: Some(session_id),
            recording_id: Some(recording_id),
            ..bare(EventKind::OnRecordingAvailable)
        },
        News::RecordingFailed { session_id, recording_id, reason } => Event {
            session_id: Some(session_id),
            recording_id: Some(recording_id),
            reason: reason.and_then(word),
            ..bare(EventKind::OnRecordingFailed)
        },
        News::CompositionCompleted { session_id, composition_id } => Event {
            session_id: Some(session_id),
            composition_id: Some(composition_id),
            ..bare(EventKind::OnCompositionCompleted)
        },
        News::CompositionFailed { session_id, composition_id, reason } => Event {
            session_id: Some(session_id),
            composition_id: Some(composition_id),
            reason: word(reason),
            ..bare(EventKind::OnCompositionFailed)
        },
    }
}

/// The webhook that hears of one composition only.
pub(crate) fn composition_webhook(composition: &CompositionId) -> String {
    format!("composition:{composition}")
}

/// The reason as it is named on the wire.
fn word(reason: impl Serialize) -> Option<String> {
    serde_json::to_value(reason).ok()?.as_str().map(str::to_owned)
}
