//! Tracks of a connection: ours, and the other side's.

use std::sync::Arc;

use bytes::Bytes;
use rtc::{
    media_stream::MediaStreamTrack,
    rtp_transceiver::{
        RTCRtpTransceiverDirection, RTCRtpTransceiverInit,
        rtp_sender::{RTCRtpCodingParameters, RTCRtpEncodingParameters, RTCRtpRtxParameters, RtpCodecKind},
    },
    sdp::extmap::{AUDIO_LEVEL_URI, SDES_MID_URI, SDES_RTP_STREAM_ID_URI},
};
use webrtc::{
    media_stream::{track_local::static_rtp::TrackLocalStaticRTP, track_remote::TrackRemote},
    rtp_transceiver::{RtpSender, RtpTransceiver},
};

use super::{
    Binding, EngineError, Gate, OnEvent, PayloadTypes, Peer, SendControl,
    codecs::{opus, vp8},
};
use crate::MediaKind;

/// A track that the other side sends.
pub(crate) struct RemoteMediaTrack {
    /// Stream id of the SDP: `PA_x|TR_x` in LiveKit.
    pub(crate) stream_id: String,
    /// Track id of the SDP.
    pub(crate) track_id: String,
    /// Video or audio.
    pub(crate) kind: MediaKind,
    pub(in crate::engine) handle: Arc<dyn TrackRemote>,
    pub(in crate::engine) payload_types: Arc<PayloadTypes>,
    /// Told when the track opens again.
    pub(in crate::engine) on_event: OnEvent,
}

/// A track of ours on a connection.
pub(crate) struct SendTrack {
    track: Arc<TrackLocalStaticRTP>,
    transceiver: Arc<dyn RtpTransceiver>,
    sender: Arc<dyn RtpSender>,
    kind: MediaKind,
    ssrcs: Vec<u32>,
    rids: Vec<String>,
    control: Arc<SendControl>,
}

impl Peer {
    /// Adds a VP8 track; it needs a new offer.
    pub(crate) async fn add_video(&self, id: &str, rids: Vec<String>) -> Result<SendTrack, EngineError> {
        self.add_track(id, MediaKind::Video, rids).await
    }

    /// Adds an Opus track; it needs a new offer.
    pub(crate) async fn add_audio(&self, id: &str) -> Result<SendTrack, EngineError> {
        self.add_track(id, MediaKind::Audio, vec![String::new()]).await
    }

    async fn add_track(&self, id: &str, kind: MediaKind, rids: Vec<String>) -> Result<SendTrack, EngineError> {
        let ssrcs: Vec<u32> = rids.iter().map(|_| random_ssrc()).collect();
        let encodings = rids
            .iter()
            .zip(&ssrcs)
            .map(|(rid, &ssrc)| RTCRtpEncodingParameters {
                rtp_coding_parameters: RTCRtpCodingParameters {
                    rid: rid.clone(),
                    ssrc: Some(ssrc),
                    rtx: (kind == MediaKind::Video).then(|| RTCRtpRtxParameters { ssrc: random_ssrc() }),
                    ..RTCRtpCodingParameters::default()
                },
                active: true,
                codec: match kind {
                    MediaKind::Video => vp8(),
                    MediaKind::Audio => opus(),
                },
                ..RTCRtpEncodingParameters::default()
            })
            .collect();
        let codec_kind = match kind {
            MediaKind::Video => RtpCodecKind::Video,
            MediaKind::Audio => RtpCodecKind::Audio,
        };
        let media = MediaStreamTrack::new(format!("s{id}"), id.to_owned(), id.to_owned(), codec_kind, encodings);
        let track = Arc::new(TrackLocalStaticRTP::new(media));
        let transceiver = self
            .connection
            .add_transceiver_from_track(
                track.clone(),
                Some(RTCRtpTransceiverInit {
                    direction: RTCRtpTransceiverDirection::Sendonly,
                    streams: Vec::new(),
                    send_encodings: Vec::new(),
                }),
            )
            .await?;
        let sender = transceiver.sender().await?.ok_or_else(|| EngineError("a track without sender".to_owned()))?;
        let control = self.control.clone();
        Ok(SendTrack { track, transceiver, sender, kind, ssrcs, rids, control })
    }

    /// Ends a track; it needs a new offer.
    pub(crate) async fn remove(&self, track: &SendTrack) -> Result<(), EngineError> {
        Ok(self.connection.remove_track(&track.sender).await?)
    }
}

impl SendTrack {
    /// Opens `gate` to this track if the negotiation is through.
    pub(crate) async fn bind(&self, gate: &Gate) -> Result<(), EngineError> {
        let Some(mid) = self.transceiver.mid().await?.filter(|mid| !mid.is_empty()) else { return Ok(()) };
        let parameters = self.sender.get_parameters().await?.rtp_parameters;
        let mime = match self.kind {
            MediaKind::Video => "video/vp8",
            MediaKind::Audio => "audio/opus",
        };
        let Some(codec) = parameters.codecs.iter().find(|c| c.rtp_codec.mime_type.eq_ignore_ascii_case(mime)) else {
            return Err(EngineError(format!("the server takes no {mime}")));
        };
        let extension = |uri: &str| {
            parameters.header_extensions.iter().find(|e| e.uri == uri).and_then(|e| u8::try_from(e.id).ok())
        };
        gate.bind(Binding {
            track: self.track.clone(),
            payload_type: codec.payload_type,
            ssrcs: self.ssrcs.clone(),
            mid: extension(SDES_MID_URI).map(|id| (id, Bytes::from(mid))),
            rid_id: extension(SDES_RTP_STREAM_ID_URI),
            rids: self.rids.iter().map(|rid| Bytes::from(rid.clone())).collect(),
            level_id: extension(AUDIO_LEVEL_URI),
            control: self.control.clone(),
        });
        Ok(())
    }

    /// SSRC of each layer.
    pub(crate) fn ssrcs(&self) -> &[u32] {
        &self.ssrcs
    }
}

/// Zero means "none" in RTCP.
fn random_ssrc() -> u32 {
    rand::random_range(1..=u32::MAX)
}
