//! What a connection can code, and the header extensions it knows.

use std::collections::BTreeMap;

use parking_lot::Mutex;
use rtc::{
    rtp_transceiver::rtp_sender::{
        RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
    },
    sdp::extmap::{
        AUDIO_LEVEL_URI, SDES_MID_URI, SDES_REPAIR_RTP_STREAM_ID_URI, SDES_RTP_STREAM_ID_URI, TRANSPORT_CC_URI,
    },
};
use visita_protocol::VideoCodec;
use webrtc::peer_connection::MediaEngine;

use super::{EngineError, Side};

const OPUS: u8 = 111;
/// The type of VP8's repetitions (RFC 4588) is the one after it, as for every codec of video here.
const VP8: u8 = 96;

/// What is received besides: payload type, codec, format. The profiles of H.264 are those that servers offer, in both
/// packetization modes (RFC 6184 section 6.2).
const RECEIVED: [(u8, VideoCodec, &str); 9] = [
    (98, VideoCodec::Vp9, "profile-id=0"),
    (100, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
    (102, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f"),
    (104, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"),
    (106, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=640032"),
    (108, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f"),
    (112, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"),
    (114, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f"),
    (116, VideoCodec::H264, "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=4d001f"),
];

fn feedback(typ: &str, parameter: &str) -> RTCPFeedback {
    RTCPFeedback { typ: typ.to_owned(), parameter: parameter.to_owned() }
}

pub(super) fn vp8() -> RTCRtpCodec {
    video(VideoCodec::Vp8, "")
}

fn video(codec: VideoCodec, format: &str) -> RTCRtpCodec {
    RTCRtpCodec {
        mime_type: codec.mime().to_owned(),
        clock_rate: 90_000,
        channels: 0,
        sdp_fmtp_line: format.to_owned(),
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

/// To send, exactly the codecs we have: LiveKit binds a media section to its first codec and drops the rest. To receive,
/// whatever a room admits.
pub(super) fn register_codecs(media: &mut MediaEngine, side: Side) -> Result<(), EngineError> {
    media.register_codec(RTCRtpCodecParameters { rtp_codec: opus(), payload_type: OPUS }, RtpCodecKind::Audio)?;
    let received: &[_] = if side == Side::Subscriber { &RECEIVED } else { &[] };
    for (payload_type, codec, format) in [(VP8, VideoCodec::Vp8, "")].iter().chain(received) {
        let rtx = RTCRtpCodec {
            mime_type: "video/rtx".to_owned(),
            clock_rate: 90_000,
            channels: 0,
            sdp_fmtp_line: format!("apt={payload_type}"),
            rtcp_feedback: Vec::new(),
        };
        for (rtp_codec, payload_type) in [(video(*codec, format), *payload_type), (rtx, payload_type + 1)] {
            media.register_codec(RTCRtpCodecParameters { rtp_codec, payload_type }, RtpCodecKind::Video)?;
        }
    }
    Ok(())
}

/// What the payload types of the other side's offers stand for. The library knows it of a track's first stream only.
#[derive(Default)]
pub(in crate::engine) struct PayloadTypes(Mutex<BTreeMap<u8, VideoCodec>>);

impl PayloadTypes {
    /// Takes what an offer says (RFC 8866 section 6.6).
    pub(super) fn learn(&self, offer: &str) {
        let said = offer.lines().filter_map(|line| {
            let (payload_type, encoding) = line.strip_prefix("a=rtpmap:")?.split_once(' ')?;
            let (name, _) = encoding.split_once('/')?;
            Some((payload_type.parse::<u8>().ok().filter(|number| *number < 128)?, VideoCodec::by_name(name)?))
        });
        self.0.lock().extend(said);
    }

    /// The codec of a packet; none of what was never offered.
    pub(in crate::engine) fn codec(&self, payload_type: u8) -> Option<VideoCodec> {
        self.0.lock().get(&payload_type).copied()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_types_are_what_the_offers_say() {
        let types = PayloadTypes::default();
        types.learn("m=audio 9 X 111\r\na=rtpmap:111 opus/48000/2\r\nm=video 9 X 98 99\r\na=rtpmap:98 VP9/90000\r\n");
        types.learn("a=rtpmap:125 H264/90000\r\na=rtpmap:99 rtx/90000\r\na=rtpmap:300 VP8/90000\r\na=rtpmap:\r\n");
        assert_eq!(
            [98, 125, 99, 111, 44].map(|number| types.codec(number)),
            [Some(VideoCodec::Vp9), Some(VideoCodec::H264), None, None, None]
        );
    }
}
