//! What clients ask for over signalling.

use std::time::Instant;

use livekit_protocol::{
    RequestResponse, UpdateParticipantMetadata, request_response::Reason, request_response::Request as Asked,
    signal_request::Message as Request, signal_response::Message as Response,
};

use super::{Engine, ParticipantKey, SignalInput};
use crate::{api::LeftReason, wire};

/// Longest name, metadata and attributes together, in bytes.
const MAX_METADATA: usize = 64 * 1024;

/// Clients from this protocol on understand a yes to a request.
const ANSWERS_FROM_PROTOCOL: i32 = 15;

impl Engine {
    pub(super) fn on_input(&mut self, key: ParticipantKey, input: SignalInput, now: Instant) {
        match input {
            SignalInput::Offer { offer, lines, id } => self.on_offer(key, offer, lines, id, now),
            SignalInput::Answer { answer, id } => self.on_answer(key, answer, id, now),
            SignalInput::Sync { state, answer } => self.on_sync_state(key, *state, answer, now),
            SignalInput::Malformed { what, error } => self.on_malformed(key, what, &error, now),
            SignalInput::Request(request) => self.on_request(key, *request, now),
        }
    }

    fn on_request(&mut self, key: ParticipantKey, request: Request, now: Instant) {
        match request {
            Request::Trickle(trickle) => self.on_trickle(key, &trickle),
            Request::AddTrack(request) => self.on_add_track(key, request, now),
            Request::Mute(request) => self.on_mute(key, &request, now),
            Request::Subscription(update) => self.on_update_subscription(key, update, now),
            Request::TrackSetting(update) => self.on_track_settings(key, update, now),
            Request::UpdateMetadata(update) => self.on_update_metadata(key, update),
            Request::SubscriptionPermission(permission) => self.on_subscription_permission(key, permission, now),
            Request::UpdateAudioTrack(update) => self.on_update_audio_track(key, update),
            Request::UpdateVideoTrack(update) => self.on_update_video_track(key, update),
            #[expect(deprecated, reason = "older clients send it")]
            Request::UpdateLayers(update) => self.on_update_layers(key, update, now),
            Request::Simulate(simulate) => self.on_simulate(key, simulate, now),
            Request::PublishDataTrackRequest(request) => self.refuse(key, Asked::PublishDataTrack(request)),
            Request::UnpublishDataTrackRequest(request) => self.refuse(key, Asked::UnpublishDataTrack(request)),
            Request::Leave(_) => self.remove(key, LeftReason::Left, now),
            // Nothing of the rest is served; a client that asks for it goes on without.
            _ => {}
        }
    }

    /// Something this server does not do.
    fn refuse(&self, key: ParticipantKey, request: Asked) {
        let response = RequestResponse {
            reason: Reason::NotAllowed.into(),
            message: "not served here".to_owned(),
            request: Some(request),
            ..Default::default()
        };
        self.tell(key, Response::RequestResponse(response));
    }

    fn on_update_metadata(&mut self, key: ParticipantKey, update: UpdateParticipantMetadata) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        let request_id = update.request_id;
        let size = update.metadata.len()
            + update.name.len()
            + update.attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        let reason = if !participant.permissions.update_own_metadata {
            Reason::NotAllowed
        } else if size > MAX_METADATA {
            Reason::LimitExceeded
        } else {
            Reason::Ok
        };
        let quiet = reason == Reason::Ok && participant.client.protocol < ANSWERS_FROM_PROTOCOL;
        if reason == Reason::Ok {
            let UpdateParticipantMetadata { metadata, name, attributes, .. } = update.clone();
            if !metadata.is_empty() {
                participant.metadata = metadata;
            }
            if !name.is_empty() {
                participant.name = name;
            }
            wire::merge_attributes(&mut participant.attributes, attributes);
        }
        if request_id != 0 && !quiet {
            let request = Some(Asked::UpdateMetadata(update));
            self.tell(
                key,
                Response::RequestResponse(RequestResponse {
                    request_id,
                    reason: reason.into(),
                    request,
                    ..Default::default()
                }),
            );
        }
        if reason == Reason::Ok {
            self.announce_to_all(key);
        }
    }
}
