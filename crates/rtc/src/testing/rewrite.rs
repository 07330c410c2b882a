//! Candidates in LiveKit's messages: the server's are replaced by the relay's, the client's are left out, so that media
//! have no other way.

use std::net::SocketAddr;

use livekit_protocol as proto;
use prost::Message as _;
use proto::{signal_request, signal_response};

/// What becomes of a candidate of the server's.
pub(super) enum Candidate {
    /// It goes to the client as this address.
    Replaced(SocketAddr),
    /// The client does not hear of it.
    Dropped,
    /// It stays as it is.
    Kept,
}

/// A message of the server's with its candidates judged by `judge`, who is given protocol and address; none when it is not
/// understood or has no candidates.
pub(super) fn response(bytes: &[u8], judge: &mut impl FnMut(&str, SocketAddr) -> Candidate) -> Option<Vec<u8>> {
    use signal_response::Message;
    let mut response = proto::SignalResponse::decode(bytes).ok()?;
    match response.message.as_mut()? {
        Message::Answer(description) | Message::Offer(description) => {
            description.sdp = sdp(&description.sdp, judge);
        }
        Message::Trickle(trickle) => {
            let mut json: serde_json::Value = serde_json::from_str(&trickle.candidate_init).ok()?;
            let line = json.get("candidate")?.as_str()?.to_owned();
            match judged(&line, judge) {
                Some(line) => json["candidate"] = line.into(),
                None => json["candidate"] = "".into(),
            }
            trickle.candidate_init = json.to_string();
        }
        _ => return None,
    }
    Some(response.encode_to_vec())
}

/// A message of the client's without its candidates: the server shall learn the way from the checks that come over the
/// relay. None when nothing changes.
pub(super) fn request(bytes: &[u8]) -> Option<Request> {
    use signal_request::Message;
    let mut request = proto::SignalRequest::decode(bytes).ok()?;
    match request.message.as_mut()? {
        Message::Answer(description) | Message::Offer(description) => {
            description.sdp = sdp(&description.sdp, &mut |_, _| Candidate::Dropped);
        }
        Message::Trickle(_) => return Some(Request::Dropped),
        _ => return None,
    }
    Some(Request::Changed(request.encode_to_vec()))
}

/// What becomes of a request.
pub(super) enum Request {
    Changed(Vec<u8>),
    Dropped,
}

fn sdp(sdp: &str, judge: &mut impl FnMut(&str, SocketAddr) -> Candidate) -> String {
    let mut out = String::with_capacity(sdp.len());
    for line in sdp.split_inclusive("\r\n") {
        match line.trim_end().strip_prefix("a=") {
            Some(candidate) if candidate.starts_with("candidate:") => {
                if let Some(candidate) = judged(candidate, judge) {
                    out.push_str(&format!("a={candidate}\r\n"));
                }
            }
            _ => out.push_str(line),
        }
    }
    out
}

/// RFC 8839 section 5.1: `candidate:foundation component transport priority address port ...`.
fn judged(candidate: &str, judge: &mut impl FnMut(&str, SocketAddr) -> Candidate) -> Option<String> {
    let mut words: Vec<String> = candidate.split(' ').map(str::to_owned).collect();
    let address = SocketAddr::new(words.get(4)?.parse().ok()?, words.get(5)?.parse().ok()?);
    let transport = words.get(2)?.to_ascii_lowercase();
    match judge(&transport, address) {
        Candidate::Dropped => None,
        Candidate::Kept => Some(candidate.to_owned()),
        Candidate::Replaced(address) => {
            words[4] = address.ip().to_string();
            words[5] = address.port().to_string();
            Some(words.join(" "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UDP: &str = "candidate:1 1 udp 2130706431 192.0.2.7 7882 typ host";
    const TCP: &str = "candidate:2 1 tcp 1518280447 192.0.2.7 7881 typ host tcptype passive";

    fn judge(transport: &str, _: SocketAddr) -> Candidate {
        match transport {
            "udp" => Candidate::Replaced(([127, 0, 0, 1], 9).into()),
            _ => Candidate::Dropped,
        }
    }

    #[test]
    fn descriptions_lead_to_the_relay() {
        let before = format!("v=0\r\na={UDP}\r\na={TCP}\r\na=end-of-candidates\r\n");
        let after = sdp(&before, &mut judge);
        assert_eq!(after, "v=0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n");
    }

    #[test]
    fn so_does_trickle_and_the_client_keeps_silent() {
        let trickle = proto::TrickleRequest {
            candidate_init: serde_json::json!({ "candidate": UDP, "sdpMid": "0", "sdpMLineIndex": 0 }).to_string(),
            ..Default::default()
        };
        let message = proto::SignalResponse { message: Some(signal_response::Message::Trickle(trickle.clone())) };
        let changed = response(&message.encode_to_vec(), &mut judge).expect("understood");
        let changed = proto::SignalResponse::decode(&changed[..]).expect("ours");
        let Some(signal_response::Message::Trickle(changed)) = changed.message else { panic!("another message") };
        assert!(changed.candidate_init.contains("127.0.0.1 9 "), "{}", changed.candidate_init);
        let message = proto::SignalRequest { message: Some(signal_request::Message::Trickle(trickle)) };
        assert!(matches!(request(&message.encode_to_vec()), Some(Request::Dropped)));
    }
}
