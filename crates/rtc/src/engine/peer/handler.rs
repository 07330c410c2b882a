//! What the library says, as events.

use std::sync::Arc;

use rtc::rtp_transceiver::rtp_sender::RtpCodecKind;
use webrtc::{
    data_channel::DataChannel,
    media_stream::track_remote::TrackRemote,
    peer_connection::{
        PeerConnectionEventHandler, RTCIceCandidateInit, RTCPeerConnectionIceEvent, RTCPeerConnectionState,
    },
};

use super::{OnEvent, PayloadTypes, PeerEvent, PeerState, RemoteMediaTrack, read, sdp::is_tcp};
use crate::MediaKind;

/// Passes the library's calls on as events.
pub(super) struct Handler {
    pub(super) on_event: OnEvent,
    pub(super) payload_types: Arc<PayloadTypes>,
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let json = event.candidate.to_json().ok().filter(|init| !is_tcp(&init.candidate)).and_then(|init| {
            // The official Rust clients panic on a candidate without these two.
            let init = RTCIceCandidateInit {
                sdp_mid: Some(init.sdp_mid.unwrap_or_default()),
                sdp_mline_index: Some(init.sdp_mline_index.unwrap_or_default()),
                ..init
            };
            serde_json::to_string(&init).ok()
        });
        if let Some(json) = json {
            (self.on_event)(PeerEvent::Candidate(json));
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let state = match state {
            RTCPeerConnectionState::Connected => PeerState::Connected,
            RTCPeerConnectionState::Disconnected => PeerState::Disconnected,
            RTCPeerConnectionState::Failed => PeerState::Failed,
            RTCPeerConnectionState::New | RTCPeerConnectionState::Connecting => PeerState::Connecting,
            _ => return,
        };
        (self.on_event)(PeerEvent::State(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        let on_event = self.on_event.clone();
        // Asking for the label waits for the task this runs on.
        tokio::spawn(async move {
            let reliable = match channel.label().await.as_deref() {
                Ok("_reliable") => true,
                Ok("_lossy") => false,
                _ => return,
            };
            read(channel, move |bytes| on_event(PeerEvent::Data { reliable, bytes }));
        });
    }

    async fn on_track(&self, handle: Arc<dyn TrackRemote>) {
        let kind = match handle.kind().await {
            RtpCodecKind::Video => MediaKind::Video,
            RtpCodecKind::Audio => MediaKind::Audio,
            _ => return,
        };
        let (stream_id, track_id) = (handle.stream_id().await, handle.track_id().await);
        let (on_event, payload_types) = (self.on_event.clone(), self.payload_types.clone());
        let track = RemoteMediaTrack { stream_id, track_id, kind, handle, payload_types, on_event };
        (self.on_event)(PeerEvent::Track(track));
    }
}
