//! Our own tracks.

use std::{sync::Arc, time::Instant};

use livekit_protocol as proto;
use proto::signal_request;
use visita_protocol::Bitrate;

use super::{
    PUBLISH_TIMEOUT, Session,
    publication::{Outgoing, Publication, track_source},
};
use crate::{
    RtcError, RtcEvent, Source,
    engine::{Gate, PeerState},
};

impl Session {
    pub(super) fn check_allowed(&self, source: Source) -> Result<(), RtcError> {
        let Some(permission) = &self.permission else { return Ok(()) };
        let source_word = track_source(source) as i32;
        let allowed = permission.can_publish
            && (permission.can_publish_sources.is_empty() || permission.can_publish_sources.contains(&source_word));
        if allowed { Ok(()) } else { Err(RtcError::NotAllowed(format!("publishing {source:?}"))) }
    }

    pub(super) async fn publish(&mut self, gate: Arc<Gate>, muted: bool, outgoing: Outgoing) {
        let cid = format!("visita{}x{:08x}", self.next_cid, rand::random::<u32>());
        self.next_cid += 1;
        let mut publication = Publication {
            cid,
            outgoing,
            gate,
            muted,
            sid: None,
            info: None,
            track: None,
            deadline: Instant::now() + PUBLISH_TIMEOUT,
        };
        if let Err(error) = self.check_allowed(publication.source()) {
            return publication.fail(error);
        }
        if let Err(error) = publication.attach(&self.link.publisher.peer).await {
            return publication.fail(error.into());
        }
        self.link.signal.send(signal_request::Message::AddTrack(publication.request())).await;
        publication.gate.set_connected(self.link.publisher.state == PeerState::Connected);
        self.publications.push(publication);
        self.tell_best_rate();
        if let Err(error) = self.link.negotiate().await
            && let Some(publication) = self.publications.pop()
        {
            publication.fail(error.into());
        }
    }

    /// More than all encoders could use need not be looked for as often.
    pub(super) fn tell_best_rate(&self) {
        let best: u64 = self.publications.iter().map(|p| u64::from(p.best_rate())).sum();
        let with_headroom = Bitrate::from_bps(u32::try_from(best * 6 / 5).unwrap_or(u32::MAX));
        self.link.publisher.peer.control().controller.lock().set_wanted(with_headroom);
    }

    pub(super) async fn on_track_published(&mut self, published: proto::TrackPublishedResponse) {
        let Some(info) = published.track else { return };
        let Some(publication) = self.publications.iter_mut().find(|p| p.cid == published.cid) else { return };
        publication.sid.get_or_insert_with(|| info.sid.as_str().into());
        publication.info = Some(info);
        publication.complete();
        let index = self.publications.iter().position(|p| p.cid == published.cid);
        if let Some(index) = index {
            self.ask_key_frames(index);
        }
    }

    pub(super) async fn bind_publications(&mut self) {
        let mut opened = Vec::new();
        for (index, publication) in self.publications.iter_mut().enumerate() {
            let was_open = publication.gate.is_open();
            if let Err(error) = publication.bind().await {
                tracing::warn!(%error, "a track of ours is not sent");
            }
            publication.complete();
            if !was_open && publication.gate.is_open() {
                opened.push(index);
            }
        }
        for index in opened {
            self.ask_key_frames(index);
        }
    }

    /// Tells the caller to begin with key frames, if frames can go out.
    pub(super) fn ask_key_frames(&self, index: usize) {
        let Some(publication) = self.publications.get(index).filter(|p| p.gate.is_open()) else { return };
        let Some(sid) = &publication.sid else { return };
        for layer in 0..publication.layers() {
            self.emit(RtcEvent::KeyFrameWanted { sid: sid.to_string(), layer });
        }
    }

    /// Opens or shuts the gates of all our tracks.
    pub(super) fn set_media_connected(&mut self, connected: bool) {
        for index in 0..self.publications.len() {
            let gate = &self.publications[index].gate;
            let was_open = gate.is_open();
            gate.set_connected(connected);
            if !was_open {
                self.ask_key_frames(index);
            }
        }
    }

    pub(super) fn publication(&mut self, sid: &str) -> Result<usize, RtcError> {
        self.publications.iter().position(|p| p.is(sid)).ok_or_else(|| RtcError::UnknownTrack(sid.to_owned()))
    }

    pub(super) async fn set_muted(&mut self, sid: &str, muted: bool) -> Result<(), RtcError> {
        let index = self.publication(sid)?;
        let publication = &mut self.publications[index];
        if publication.muted == muted {
            return Ok(());
        }
        publication.muted = muted;
        publication.gate.set_muted(muted);
        if let Some(sid) = publication.server_sid().map(str::to_owned) {
            self.link.signal.send(signal_request::Message::Mute(proto::MuteTrackRequest { sid, muted })).await;
        }
        if !muted {
            self.ask_key_frames(index);
        }
        Ok(())
    }

    pub(super) fn on_muted_by_server(&mut self, mute: &proto::MuteTrackRequest) {
        let Some(index) = self.publications.iter().position(|p| p.is_for_server(&mute.sid)) else { return };
        let publication = &mut self.publications[index];
        // The server also repeats what we said ourselves.
        if publication.muted == mute.muted {
            return;
        }
        publication.muted = mute.muted;
        publication.gate.set_muted(mute.muted);
        if let Some(sid) = publication.sid.as_ref().map(ToString::to_string) {
            self.emit(RtcEvent::MutedByServer { sid, muted: mute.muted });
        }
        if !mute.muted {
            self.ask_key_frames(index);
        }
    }

    pub(super) async fn unpublish(&mut self, sid: &str) -> Result<(), RtcError> {
        let index = self.publication(sid)?;
        self.withdraw(index, RtcError::Closed).await;
        Ok(())
    }

    pub(super) async fn on_unpublished_by_server(&mut self, server_sid: &str) {
        let Some(index) = self.publications.iter().position(|p| p.is_for_server(server_sid)) else { return };
        let sid = self.publications[index].sid.as_ref().map(ToString::to_string);
        self.withdraw(index, RtcError::NotAllowed("the server took the track back".to_owned())).await;
        if let Some(sid) = sid {
            let identity = self.link.participant.identity.clone();
            self.emit(RtcEvent::TrackUnpublished { identity, sid });
        }
    }

    pub(super) async fn on_refusal(&mut self, response: &proto::RequestResponse) {
        let Some(proto::request_response::Request::AddTrack(request)) = &response.request else { return };
        if response.reason() == proto::request_response::Reason::Ok {
            return;
        }
        if let Some(index) = self.publications.iter().position(|p| p.cid == request.cid) {
            let error = RtcError::NotAllowed(format!("{}: {}", response.reason().as_str_name(), response.message));
            self.withdraw(index, error).await;
        }
    }

    /// Takes a track of ours out of the connection; whoever still waits for it is told `error`.
    pub(super) async fn withdraw(&mut self, index: usize, error: RtcError) {
        let publication = self.publications.remove(index);
        if let Some(track) = &publication.track
            && let Err(error) = self.link.publisher.peer.remove(track).await
        {
            tracing::debug!(%error, "removing a track");
        }
        publication.fail(error);
        self.tell_best_rate();
        if let Err(error) = self.link.negotiate().await {
            tracing::warn!(%error, "negotiating without a track");
        }
    }

    pub(super) fn on_layers_wanted(&self, update: &proto::SubscribedQualityUpdate) {
        let Some(publication) = self.publications.iter().find(|p| p.is_for_server(&update.track_sid)) else { return };
        if let (Some(sid), Some(enabled)) = (&publication.sid, publication.layers_wanted(update)) {
            tracing::debug!(%sid, ?enabled, "layers are wanted of us");
            self.emit(RtcEvent::LayersWanted { sid: sid.to_string(), enabled });
        }
    }
}
