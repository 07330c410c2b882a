//! What the server says.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use livekit_protocol as proto;
use proto::signal_response::Message;

use super::{Flow, GO_ON, Session, recovery::How, sdp};
use crate::{RtcEvent, Speaker, stats};

impl Session {
    pub(super) async fn on_message(&mut self, message: Message) -> Flow {
        match message {
            Message::Answer(answer) => match self.link.on_answer(answer).await {
                Ok(true) => {
                    self.bind_publications().await;
                    return self.check_connected().await;
                }
                Ok(false) => {}
                // A refused answer leaves the engine without one: only a new offer helps.
                Err(error) => {
                    tracing::warn!(%error, "the answer was not taken");
                    return self.renegotiate().await;
                }
            },
            Message::Offer(offer) => {
                let mut offered = sdp::offered_tracks(&offer.sdp);
                offered.extend(offer.mid_to_track_id.values().cloned());
                match self.link.on_offer(offer).await {
                    Ok(()) => self.end_tracks_not_in(&offered),
                    Err(error) => {
                        tracing::warn!(%error, "the offer was not taken");
                        return self.lost(How::Rejoin).await;
                    }
                }
            }
            Message::Trickle(trickle) => self.link.on_trickle(&trickle).await,
            Message::Update(update) => {
                if let Some(own) = update.participants.iter().find(|p| p.identity == self.link.participant.identity)
                    && own.permission.is_some()
                {
                    self.permission = own.permission.clone();
                }
                let changes = self.roster.update(&update.participants);
                self.apply(changes).await;
            }
            Message::TrackPublished(published) => self.on_track_published(published).await,
            Message::TrackUnpublished(unpublished) => self.on_unpublished_by_server(&unpublished.track_sid).await,
            Message::RequestResponse(response) => self.on_refusal(&response).await,
            Message::Mute(mute) => self.on_muted_by_server(&mute),
            Message::SubscribedQualityUpdate(update) => self.on_layers_wanted(&update),
            Message::SpeakersChanged(changed) => self.on_speakers(&changed.speakers),
            Message::ConnectionQuality(update) => self.on_quality(&update.updates),
            Message::PongResp(pong) => {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let sent = Duration::from_millis(u64::try_from(pong.last_ping_timestamp).unwrap_or_default());
                self.signal_round_trip = now.checked_sub(sent);
            }
            Message::Leave(leave) => return self.on_leave(&leave).await,
            _ => {}
        }
        GO_ON
    }

    pub(super) fn on_speakers(&self, speakers: &[proto::SpeakerInfo]) {
        let speakers: Vec<Speaker> = speakers
            .iter()
            .filter_map(|speaker| {
                let identity = self.identity_of(&speaker.sid)?;
                Some(Speaker { identity, level: speaker.level, active: speaker.active })
            })
            .collect();
        if !speakers.is_empty() {
            self.emit(RtcEvent::Speakers(speakers));
        }
    }

    pub(super) fn on_quality(&self, updates: &[proto::ConnectionQualityInfo]) {
        for update in updates {
            if let Some(identity) = self.identity_of(&update.participant_sid) {
                self.emit(RtcEvent::Quality { identity, quality: stats::quality_told(update.quality(), update.score) });
            }
        }
    }

    pub(super) fn identity_of(&self, participant_sid: &str) -> Option<String> {
        if participant_sid == self.link.participant.sid {
            return Some(self.link.participant.identity.clone());
        }
        self.roster.identity_of(participant_sid).map(str::to_owned)
    }
}
