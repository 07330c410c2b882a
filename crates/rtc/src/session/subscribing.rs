//! The others and their media.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use livekit_protocol as proto;
use proto::signal_request;

use super::{Session, Subscription, WantedState, roster::Change};
use crate::{RemoteMedia, RtcEvent, Wanted, engine::Inlet};

/// Least time between two words about the size of a track.
const WANTED_SPACING: Duration = Duration::from_millis(250);

impl Session {
    pub(super) async fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Joined(participant) => self.emit(RtcEvent::ParticipantJoined(participant)),
                Change::Updated(participant) => self.emit(RtcEvent::ParticipantUpdated(participant)),
                Change::Left { identity } => self.emit(RtcEvent::ParticipantLeft { identity }),
                Change::Muted { identity, sid, muted } => self.emit(RtcEvent::TrackMuted { identity, sid, muted }),
                Change::Published { identity, track } => {
                    let sid = track.sid.clone();
                    self.emit(RtcEvent::TrackPublished { identity, track });
                    if let Some((inlet, media)) = self.orphans.remove(&sid) {
                        self.subscribed(sid, inlet, media).await;
                    }
                }
                Change::Unpublished { identity, sid } => {
                    self.orphans.remove(&sid);
                    self.wanted.remove(&sid);
                    self.unsubscribed(&sid);
                    self.emit(RtcEvent::TrackUnpublished { identity, sid });
                }
            }
        }
    }

    pub(super) async fn subscribed(&mut self, sid: String, inlet: Inlet, media: RemoteMedia) {
        let Some((identity, track)) = self.roster.track(&sid) else {
            self.orphans.insert(sid, (inlet, media));
            return;
        };
        let (identity, track) = (identity.to_owned(), track.clone());
        self.unsubscribed(&sid);
        self.subscriptions.insert(sid.clone(), Subscription { inlet, identity: identity.clone() });
        self.emit(RtcEvent::Subscribed { identity, track, media });
        if let Some(wanted) = self.wanted.get(&sid).map(|state| state.wanted) {
            self.send_wanted(sid, wanted).await;
        }
    }

    pub(super) fn unsubscribed(&mut self, sid: &str) {
        if let Some(subscription) = self.subscriptions.remove(sid) {
            self.emit(RtcEvent::Unsubscribed { identity: subscription.identity, sid: sid.to_owned() });
        }
    }

    /// The engine never says that a track ended: what the server's newest offer does not send any more did.
    pub(super) fn end_tracks_not_in(&mut self, offered: &HashSet<String>) {
        let ended: Vec<String> = self.subscriptions.keys().filter(|sid| !offered.contains(*sid)).cloned().collect();
        for sid in ended {
            self.unsubscribed(&sid);
        }
        self.orphans.retain(|sid, _| offered.contains(sid));
    }

    /// Takes a wish. Sizes change with every pixel a window is drawn wider: the server hears of them now and then, of a
    /// track that comes or goes at once.
    pub(super) async fn set_wanted(&mut self, sid: String, wanted: Wanted) {
        let now = Instant::now();
        let state = self.wanted.entry(sid.clone()).or_insert(WantedState { wanted, told: None });
        state.wanted = wanted;
        let waits = state.told.is_some_and(|(told, at)| {
            told == wanted || (told.enabled == wanted.enabled && now.saturating_duration_since(at) < WANTED_SPACING)
        });
        if !waits {
            state.told = Some((wanted, now));
            self.send_wanted(sid, wanted).await;
        }
    }

    /// Tells the server of wishes that waited.
    pub(super) async fn send_held_wanted(&mut self, now: Instant) {
        let is_due = |state: &WantedState| {
            state
                .told
                .is_some_and(|(told, at)| told != state.wanted && now.saturating_duration_since(at) >= WANTED_SPACING)
        };
        let mut due = Vec::new();
        for (sid, state) in self.wanted.iter_mut().filter(|(_, state)| is_due(state)) {
            state.told = Some((state.wanted, now));
            due.push((sid.clone(), state.wanted));
        }
        for (sid, wanted) in due {
            self.send_wanted(sid, wanted).await;
        }
    }

    /// Tells the server of every wish: it is another one, or forgot them.
    pub(super) async fn send_all_wanted(&mut self) {
        let now = Instant::now();
        let mut all = Vec::new();
        for (sid, state) in &mut self.wanted {
            state.told = Some((state.wanted, now));
            all.push((sid.clone(), state.wanted));
        }
        for (sid, wanted) in all {
            self.send_wanted(sid, wanted).await;
        }
    }

    pub(super) async fn send_wanted(&self, sid: String, wanted: Wanted) {
        if !self.options.auto_subscribe {
            let subscription = proto::UpdateSubscription {
                track_sids: vec![sid.clone()],
                subscribe: wanted.enabled,
                ..Default::default()
            };
            self.link.signal.send(signal_request::Message::Subscription(subscription)).await;
        }
        let size = wanted.size.unwrap_or_default();
        let settings = proto::UpdateTrackSettings {
            track_sids: vec![sid],
            disabled: !wanted.enabled,
            // Read when no size is given.
            quality: proto::VideoQuality::High as i32,
            width: size.width,
            height: size.height,
            fps: wanted.fps.unwrap_or_default(),
            ..Default::default()
        };
        self.link.signal.send(signal_request::Message::TrackSetting(settings)).await;
    }
}
