//! What a connection can code, and the header extensions it knows.

use rtc::{
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
    },
    sdp::extmap::{
        AUDIO_LEVEL_URI, SDES_MID_URI, SDES_REPAIR_RTP_STREAM_ID_URI, SDES_RTP_STREAM_ID_URI, TRANSPORT_CC_URI,
    },
};
use webrtc::peer_connection::MediaEngine;

use super::EngineError;

const OPUS: u8 = 111;
const VP8: u8 = 96;
const RTX: u8 = 97;

fn feedback(typ: &str, parameter: &str) -> RTCPFeedback {
    RTCPFeedback { typ: typ.to_owned(), parameter: parameter.to_owned() }
}

pub(super) fn vp8() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "video/VP8".to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: String::new(),
        rtcp_feedback: vec![
            feedback("ccm", "fir"),
            feedback("nack", ""),
            feedback("nack", "pli"),
            feedback("transport-cc", ""),
        ],
    }
}

pub(super) fn opus() -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: "audio/opus".to_owned(),
        clock_rate: 48_000,
        channels: 2,
        sdp_fmtp_line: "minptime=10;useinbandfec=1".to_owned(),
        // As LiveKit's clients: a repetition on the stream itself, without RTX (RFC 4585 6.2.1).
        rtcp_feedback: vec![feedback("nack", ""), feedback("transport-cc", "")],
    }
}

/// Exactly the codecs we send, first: LiveKit binds a media section to its first codec and drops the rest.
pub(super) fn register_codecs(media: &mut MediaEngine) -> Result<(), EngineError> {
    let rtx = RTCRtpCodec {
        mime_type: "video/rtx".to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: format!("apt={VP8}"),
        rtcp_feedback: Vec::new(),
    };
    for (rtp_codec, payload_type, kind) in
        [(opus(), OPUS, RtpCodecKind::Audio), (vp8(), VP8, RtpCodecKind::Video), (rtx, RTX, RtpCodecKind::Video)]
    {
        media.register_codec(RTCRtpCodecParameters { rtp_codec, payload_type }, kind)?;
    }
    Ok(())
}

pub(super) fn register_extensions(media: &mut MediaEngine) -> Result<(), EngineError> {
    for (uri, kind) in [
        (AUDIO_LEVEL_URI, RtpCodecKind::Audio),
        (SDES_MID_URI, RtpCodecKind::Audio),
        (TRANSPORT_CC_URI, RtpCodecKind::Audio),
        (SDES_MID_URI, RtpCodecKind::Video),
        (SDES_RTP_STREAM_ID_URI, RtpCodecKind::Video),
        (SDES_REPAIR_RTP_STREAM_ID_URI, RtpCodecKind::Video),
        (TRANSPORT_CC_URI, RtpCodecKind::Video),
    ] {
        media.register_header_extension(RTCRtpHeaderExtensionCapability { uri: uri.to_owned() }, kind, None)?;
    }
    Ok(())
}
