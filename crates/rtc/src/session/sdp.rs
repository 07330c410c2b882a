//! The little of SDP (RFC 8866) that this crate reads itself.

use std::collections::HashSet;

/// The ids of the tracks an offer says are sent: the track ids of the `msid` lines (RFC 8830) of the media sections that
/// are sent in, and the second half of their stream ids, where LiveKit repeats it.
pub(crate) fn offered_tracks(offer: &str) -> HashSet<String> {
    let mut tracks = HashSet::new();
    let mut section = Section::default();
    for line in offer.lines().map(str::trim_end).chain(["m="]) {
        if let Some(media) = line.strip_prefix("m=") {
            if section.is_sent {
                tracks.extend(section.tracks);
            }
            let is_media = media.starts_with("audio") || media.starts_with("video");
            section = Section { tracks: Vec::new(), is_sent: is_media };
        } else if matches!(line, "a=inactive" | "a=recvonly") {
            section.is_sent = false;
        } else if let Some(msid) = line.strip_prefix("a=msid:") {
            let mut words = msid.split_whitespace();
            let (stream, track) = (words.next(), words.next());
            section.tracks.extend(track.map(str::to_owned));
            section.tracks.extend(stream.and_then(|s| s.split_once('|')).map(|(_, id)| id.to_owned()));
        }
    }
    tracks
}

#[derive(Default)]
struct Section {
    tracks: Vec<String>,
    is_sent: bool,
}

/// The track's sid: LiveKit puts it behind `|` in the stream id for the clients that make up track ids of their own.
pub(crate) fn track_sid(stream_id: &str, track_id: &str) -> String {
    match stream_id.split_once('|') {
        Some((_, sid)) if sid.starts_with("TR_") => sid.to_owned(),
        _ => track_id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=msid:PA_a|TR_VC1 TR_VC1\r\na=sendonly\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=inactive\r\na=msid:PA_a|TR_AM2 TR_AM2\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendrecv\r\na=msid:PA_b|camera TR_AM3\r\n";

    #[test]
    fn only_what_is_sent_is_offered() {
        let tracks = offered_tracks(OFFER);
        assert!(tracks.contains("TR_VC1") && tracks.contains("TR_AM3"));
        assert!(!tracks.contains("TR_AM2"));
        assert!(offered_tracks("nonsense").is_empty());
    }

    #[test]
    fn the_sid_is_found_in_either_place() {
        assert_eq!(track_sid("PA_a|TR_VC1", "made-up"), "TR_VC1");
        assert_eq!(track_sid("PA_a|camera", "TR_VC1"), "TR_VC1");
        assert_eq!(track_sid("PA_a", "TR_VC1"), "TR_VC1");
    }
}
