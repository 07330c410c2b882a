//! What is read from an offer besides negotiating it, and what is taken out of ours.

use std::collections::HashMap;

use visita_protocol::VideoCodec;

use crate::{api::TrackKind, forward::Offered};

/// An m-line of an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OfferedLine {
    /// The m-line as far as tracks go.
    pub(crate) offered: Offered,
    /// The client sends on it.
    pub(crate) sends: bool,
    /// The client would receive on it.
    pub(crate) receives: bool,
}

/// Reads the audio and video m-lines of an offer (RFC 8829). Lines it does not know it skips: the negotiation itself
/// refuses what is malformed.
pub(crate) fn offered_lines(sdp: &str) -> Vec<OfferedLine> {
    let mut lines = Vec::new();
    let mut bundled = Vec::new();
    let mut section: Option<Section> = None;
    for line in sdp.lines() {
        let line = line.trim_end();
        if let Some(media) = line.strip_prefix("m=") {
            lines.extend(section.take().and_then(|section| section.finish(&bundled)));
            section = Some(Section::begin(media));
        } else if let Some(mids) = line.strip_prefix("a=group:BUNDLE ") {
            bundled.extend(mids.split_ascii_whitespace());
        } else if let (Some(section), Some(attribute)) = (&mut section, line.strip_prefix("a=")) {
            section.attribute(attribute);
        }
    }
    lines.extend(section.and_then(|section| section.finish(&bundled)));
    lines
}

/// Takes the track out of inactive m-lines: a line that carries nothing must not name one. Browsers refuse an offer in which
/// two lines name the same track, as when somebody takes up a track again.
pub(crate) fn without_idle_tracks(sdp: &str) -> String {
    rewrite_sections(sdp, |section| {
        let idle = section.lines().any(|line| line == "a=inactive");
        move |line| if idle && names_own_track(line) { "" } else { line }
    })
}

/// Makes an answer that sends nothing but what `names` says: stream and track by m-line id. Any other line that would send is
/// inactive, or browsers announce tracks that never come.
pub(crate) fn sending_only(sdp: &str, names: &HashMap<String, String>) -> String {
    rewrite_lines(sdp, |section, line, out| match (names.get(section), line.trim_end()) {
        (Some(name), _) => push_named(line, name, out),
        (None, "a=sendonly") => out.push_str("a=inactive\r\n"),
        (None, "a=sendrecv") => out.push_str("a=recvonly\r\n"),
        (None, _) if names_own_track(line) => {}
        (None, _) => out.push_str(line),
    })
}

/// Names tracks anew: an m-line that takes up another track goes on under the name it was made with. `names` has stream and
/// track by m-line id.
pub(crate) fn with_tracks_named(sdp: &str, names: &HashMap<String, String>) -> String {
    rewrite_lines(sdp, |section, line, out| match names.get(section) {
        Some(name) => push_named(line, name, out),
        None => out.push_str(line),
    })
}

/// Passes a line on, under another name if it has one.
fn push_named(line: &str, name: &str, out: &mut String) {
    let source = line.strip_prefix("a=ssrc:").and_then(|source| source.split_once(" msid:"));
    match (line.starts_with("a=msid:"), source) {
        (true, _) => out.extend(["a=msid:", name, "\r\n"]),
        (false, Some((ssrc, _))) => out.extend(["a=ssrc:", ssrc, " msid:", name, "\r\n"]),
        (false, None) => out.push_str(line),
    }
}

/// Asks for discontinuous transmission (RFC 7587 6.1) on the m-lines of these ids.
pub(crate) fn with_dtx(sdp: &str, mids: &[String]) -> String {
    rewrite_lines(sdp, |section, line, out| {
        // Of what is spoken here only Opus has this parameter.
        let opus = line.starts_with("a=fmtp:") && line.contains("useinbandfec") && !line.contains("usedtx");
        if opus && mids.iter().any(|mid| mid == section) {
            out.push_str(line.trim_end());
            out.push_str(";usedtx=1\r\n");
        } else {
            out.push_str(line);
        }
    })
}

/// Puts the payload types of the codec that a client said it would send first in an answer, by m-line id: clients send what comes
/// first, and LiveKit's leave it to the server to have it so.
pub(crate) fn preferring(answer: &str, codecs: &HashMap<String, VideoCodec>) -> String {
    let mut out = String::with_capacity(answer.len());
    for section in sections(answer) {
        let mid = section.lines().find_map(|line| line.strip_prefix("a=mid:")).map_or("", str::trim);
        let split = section.find('\n').and_then(|end| Some((section[..end].match_indices(' ').nth(2)?.0, end)));
        let (Some(codec), Some((at, end))) = (codecs.get(mid), split) else {
            out.push_str(section);
            continue;
        };
        let name = format!(" {}/", codec.encoding_name());
        let is_preferred = |format: &str| {
            let map = section.lines().filter_map(|line| line.strip_prefix("a=rtpmap:")?.strip_prefix(format));
            map.into_iter().any(|encoding| encoding.starts_with(&name))
        };
        let (first, others): (Vec<&str>, Vec<&str>) =
            section[at..end].split_ascii_whitespace().partition(|format| is_preferred(format));
        out.push_str(&section[..at]);
        first.iter().chain(&others).for_each(|format| out.extend([" ", format]));
        out.push('\r');
        out.push_str(&section[end..]);
    }
    out
}

/// Passes each line, with the id of the m-line it belongs to (empty in the session part), through `rule`, which writes what is
/// to stand in its place.
fn rewrite_lines(sdp: &str, mut rule: impl FnMut(&str, &str, &mut String)) -> String {
    let mut out = String::with_capacity(sdp.len() + 256);
    for section in sections(sdp) {
        let mid = section.lines().find_map(|line| line.strip_prefix("a=mid:")).map_or("", str::trim);
        for line in section.split_inclusive('\n') {
            rule(mid, line, &mut out);
        }
    }
    out
}

/// The session part and the media sections.
fn sections(sdp: &str) -> impl Iterator<Item = &str> {
    let mut rest = sdp;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.get(1..).and_then(|tail| tail.find("\nm=")).map_or(rest.len(), |at| at + 2);
        let (section, tail) = rest.split_at(end);
        rest = tail;
        Some(section)
    })
}

/// Passes each line of the media sections through what `rule` makes of its section; the session part stays.
fn rewrite_sections<'a, R: Fn(&'a str) -> &'a str>(sdp: &'a str, rule: impl Fn(&'a str) -> R) -> String {
    let mut out = String::with_capacity(sdp.len());
    for section in sections(sdp) {
        if section.starts_with("m=") {
            out.extend(section.split_inclusive('\n').map(rule(section)));
        } else {
            out.push_str(section);
        }
    }
    out
}

fn names_own_track(line: &str) -> bool {
    ["a=msid:", "a=ssrc:", "a=ssrc-group:"].iter().any(|prefix| line.starts_with(prefix))
}

struct Section<'a> {
    kind: Option<TrackKind>,
    port_zero: bool,
    mid: Option<&'a str>,
    cid: Option<&'a str>,
    sends: bool,
    receives: bool,
}

impl<'a> Section<'a> {
    fn begin(media: &'a str) -> Self {
        let mut words = media.split_ascii_whitespace();
        let kind = match words.next() {
            Some("audio") => Some(TrackKind::Audio),
            Some("video") => Some(TrackKind::Video),
            _ => None,
        };
        // Without a direction attribute a line is sendrecv (RFC 8866 6.7).
        Self { kind, port_zero: words.next() == Some("0"), mid: None, cid: None, sends: true, receives: true }
    }

    fn attribute(&mut self, attribute: &'a str) {
        if let Some(mid) = attribute.strip_prefix("mid:") {
            self.mid = Some(mid.trim());
        } else if let Some(msid) = attribute.strip_prefix("msid:") {
            self.cid = msid.split_ascii_whitespace().nth(1);
        } else if let Some((_, msid)) = attribute.strip_prefix("ssrc:").and_then(|ssrc| ssrc.split_once(" msid:")) {
            self.cid = self.cid.or_else(|| msid.split_ascii_whitespace().nth(1));
        } else {
            self.sends &= !matches!(attribute, "recvonly" | "inactive");
            self.receives &= !matches!(attribute, "sendonly" | "inactive");
        }
    }

    /// Port 0 means rejected only outside the bundle: inside it says no more than "same transport" (RFC 8843 7.3).
    fn finish(self, bundled: &[&str]) -> Option<OfferedLine> {
        let mid = self.mid?;
        let rejected = self.port_zero && !bundled.contains(&mid);
        let offered = Offered { mid: mid.to_owned(), kind: self.kind?, cid: self.cid.map(str::to_owned) };
        Some(OfferedLine { offered, sends: self.sends && !rejected, receives: self.receives && !rejected })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: &str = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n\
        m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=msid:- mic-id\r\na=sendonly\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=bundle-only\r\na=mid:2\r\na=sendonly\r\na=ssrc:5 msid:stream cam-id\r\n\
        m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:3\r\na=sendonly\r\na=msid:- gone\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:4\r\na=inactive\r\n";

    #[test]
    fn an_answer_prefers_what_the_client_said_it_would_send() {
        let codecs = HashMap::from([("1".to_owned(), VideoCodec::Vp9), ("0".to_owned(), VideoCodec::Vp8)]);
        let answer = "v=0\r\nm=audio 9 X 111 63\r\na=mid:0\r\nm=video 9 X 96 97 98 99\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n\
                      a=rtpmap:98 VP9/90000\r\nm=video 9 X 96 98\r\na=mid:2\r\na=rtpmap:98 VP9/90000\r\n";
        assert_eq!(preferring(answer, &codecs), answer.replace("96 97 98 99", "98 96 97 99"));
    }

    #[test]
    fn lines_with_their_tracks() {
        let lines = offered_lines(OFFER);
        let read: Vec<_> =
            lines.iter().map(|line| (line.offered.mid.as_str(), line.offered.cid.as_deref(), line.sends)).collect();
        assert_eq!(
            read,
            [("1", Some("mic-id"), true), ("2", Some("cam-id"), true), ("3", Some("gone"), false), ("4", None, false),]
        );
        assert_eq!(lines[0].offered.kind, TrackKind::Audio);
        assert!(lines.iter().all(|line| !line.receives));
        let both = offered_lines("m=audio 9 X 111\r\na=mid:0\r\nm=audio 9 X 111\r\na=mid:1\r\na=recvonly\r\n");
        assert!(both.iter().all(|line| line.receives) && both[0].sends && !both[1].sends);
    }

    #[test]
    fn idle_lines_name_no_track() {
        let sdp = "v=0\r\nm=video 9 X 96\r\na=mid:1\r\na=inactive\r\na=msid:p t\r\na=ssrc:1 cname:t\r\na=ssrc-group:FID 1 2\r\n\
            m=video 9 X 96\r\na=mid:2\r\na=sendonly\r\na=msid:p t\r\na=ssrc:3 cname:t\r\n";
        let expected = "v=0\r\nm=video 9 X 96\r\na=mid:1\r\na=inactive\r\n\
            m=video 9 X 96\r\na=mid:2\r\na=sendonly\r\na=msid:p t\r\na=ssrc:3 cname:t\r\n";
        assert_eq!(without_idle_tracks(sdp), expected);
        assert_eq!(without_idle_tracks(""), "");
    }

    #[test]
    fn an_answer_sends_only_what_is_named() {
        let sdp = "v=0\r\na=msid-semantic:WMS *\r\nm=audio 9 X 111\r\na=mid:1\r\na=sendonly\r\na=msid:p t\r\na=ssrc:1 cname:t\r\n\
            m=video 9 X 96\r\na=mid:2\r\na=sendrecv\r\nm=video 9 X 96\r\na=mid:3\r\na=recvonly\r\n";
        let expected = "v=0\r\na=msid-semantic:WMS *\r\nm=audio 9 X 111\r\na=mid:1\r\na=inactive\r\n\
            m=video 9 X 96\r\na=mid:2\r\na=recvonly\r\nm=video 9 X 96\r\na=mid:3\r\na=recvonly\r\n";
        assert_eq!(sending_only(sdp, &HashMap::new()), expected);
        let sends = "v=0\r\nm=audio 9 X 111\r\na=mid:1\r\na=sendonly\r\na=msid:p t\r\na=ssrc:1 cname:t\r\na=ssrc:1 msid:p t\r\n\
            m=audio 9 X 111\r\na=mid:2\r\na=sendonly\r\na=msid:p u\r\na=ssrc:2 msid:p u\r\n";
        let expected = "v=0\r\nm=audio 9 X 111\r\na=mid:1\r\na=inactive\r\n\
            m=audio 9 X 111\r\na=mid:2\r\na=sendonly\r\na=msid:PA|TR TR\r\na=ssrc:2 msid:PA|TR TR\r\n";
        assert_eq!(sending_only(sends, &HashMap::from([("2".to_owned(), "PA|TR TR".to_owned())])), expected);
    }

    #[test]
    fn lines_are_named_and_quietened_by_their_id() {
        let sdp = "v=0\r\nm=audio 9 X 111\r\na=mid:1\r\na=msid:p old\r\na=ssrc:7 cname:old\r\n\
            a=ssrc:7 msid:p old\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n\
            m=audio 9 X 111\r\na=mid:11\r\na=msid:p other\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
        let names = HashMap::from([("1".to_owned(), "q new".to_owned())]);
        assert_eq!(with_tracks_named(sdp, &names), sdp.replace("p old", "q new"));
        let quiet = with_dtx(sdp, &["11".to_owned()]);
        assert_eq!(quiet.matches(";usedtx=1\r\n").count(), 1);
        assert!(quiet.ends_with("useinbandfec=1;usedtx=1\r\n"));
        assert_eq!(with_dtx("", &[]), "");
    }

    #[test]
    fn nonsense_is_nothing() {
        assert!(offered_lines("").is_empty());
        assert!(offered_lines("m=\r\na=mid\r\nm=audio\r\na=msid:\r\na=ssrc:1 msid:").is_empty());
    }
}
