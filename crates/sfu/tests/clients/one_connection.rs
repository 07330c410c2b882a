//! Clients with one peer connection for both ways.

use std::time::Instant;

use crate::support::{Line, PATIENCE, Peer, Server, python, token};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{SinkExt, StreamExt};
use livekit_protocol::{
    ClientInfo, ConnectionSettings, JoinRequest, SessionDescription, SignalRequest, SignalResponse, WrappedJoinRequest,
    signal_request::Message as Request, signal_response::Message as Response,
};
use prost::Message as _;
use str0m::{
    Rtc,
    change::{SdpAnswer, SdpPendingOffer},
    media::{Direction, MediaKind, Mid},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

/// A client that negotiates by hand, and needs no media for it.
struct Signal {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    rtc: Rtc,
    lines: Vec<Mid>,
    offer: String,
    pending: Option<SdpPendingOffer>,
    id: u32,
    /// m-lines it was asked for, audio and video.
    asked: (u32, u32),
    /// An offer has no answer yet; what is asked for meanwhile waits, as in any client.
    unanswered: bool,
    waiting: Option<(u32, u32)>,
}

impl Signal {
    /// Comes with its first offer: one m-line for sound and one for pictures.
    async fn join(server: &Server, identity: &str) -> Self {
        let mut rtc = Rtc::new(Instant::now());
        let mut lines = Vec::new();
        let (offer, pending) = offer(&mut rtc, &mut lines, (1, 1));
        let request = JoinRequest {
            client_info: Some(ClientInfo { protocol: 17, ..Default::default() }),
            connection_settings: Some(ConnectionSettings { auto_subscribe: true, ..Default::default() }),
            publisher_offer: Some(description(&offer, 1)),
            ..Default::default()
        };
        let wrapped = WrappedJoinRequest { join_request: request.encode_to_vec(), ..Default::default() };
        let encoded = URL_SAFE_NO_PAD.encode(wrapped.encode_to_vec());
        let url = format!("{}/rtc/v1?access_token={}&join_request={encoded}", server.ws(), token(identity));
        let (socket, _) = connect_async(url).await.expect("let in");
        Self {
            socket,
            rtc,
            lines,
            offer,
            pending: Some(pending),
            id: 1,
            asked: (0, 0),
            unanswered: true,
            waiting: None,
        }
    }

    async fn next(&mut self) -> Response {
        let found = timeout(PATIENCE, async {
            while let Some(Ok(message)) = self.socket.next().await {
                let Message::Binary(bytes) = message else { continue };
                if let Some(message) = SignalResponse::decode(bytes).expect("a signal response").message {
                    return message;
                }
            }
            panic!("the connection closed");
        });
        found.await.expect("in time")
    }

    /// Does what it is asked for until an answer is as wanted.
    async fn until(&mut self, wanted: impl Fn(&SessionDescription) -> bool) -> SessionDescription {
        loop {
            match self.next().await {
                Response::Answer(answer) => {
                    assert_eq!(answer.id, self.id, "of the offer it answers");
                    if let Some(pending) = self.pending.take() {
                        let answer = SdpAnswer::from_sdp_string(&answer.sdp).expect("an answer");
                        self.rtc.sdp_api().accept_answer(pending, answer).expect("it fits");
                    }
                    self.unanswered = false;
                    if let Some(more) = self.waiting.take() {
                        self.negotiate(more).await;
                    }
                    if wanted(&answer) {
                        return answer;
                    }
                }
                Response::MediaSectionsRequirement(more) => {
                    self.asked.0 += more.num_audios;
                    self.asked.1 += more.num_videos;
                    if self.unanswered {
                        let waiting = self.waiting.get_or_insert_default();
                        waiting.0 += more.num_audios;
                        waiting.1 += more.num_videos;
                    } else {
                        self.negotiate((more.num_audios, more.num_videos)).await;
                    }
                }
                Response::Offer(_) => panic!("only the client offers"),
                _ => {}
            }
        }
    }

    /// Offers again, with some more m-lines for sound and pictures.
    async fn negotiate(&mut self, more: (u32, u32)) {
        if more != (0, 0) {
            let (offer, pending) = offer(&mut self.rtc, &mut self.lines, more);
            (self.offer, self.pending) = (offer, Some(pending));
        }
        self.id += 1;
        self.unanswered = true;
        let request = Request::Offer(description(&self.offer, self.id));
        let bytes = SignalRequest { message: Some(request) }.encode_to_vec();
        self.socket.send(Message::binary(bytes)).await.expect("sent");
    }
}

fn offer(rtc: &mut Rtc, lines: &mut Vec<Mid>, (audios, videos): (u32, u32)) -> (String, SdpPendingOffer) {
    let mut api = rtc.sdp_api();
    // As transceivers are: what was answered inactive is still to receive.
    for &mid in &*lines {
        api.set_direction(mid, Direction::RecvOnly);
    }
    for (kind, count) in [(MediaKind::Audio, audios), (MediaKind::Video, videos)] {
        for _ in 0..count {
            lines.push(api.add_media(kind, Direction::RecvOnly, None, None, None));
        }
    }
    let (offer, pending) = api.apply().expect("new m-lines");
    (offer.to_sdp_string(), pending)
}

fn description(sdp: &str, id: u32) -> SessionDescription {
    SessionDescription { r#type: "offer".into(), sdp: sdp.to_owned(), id, ..Default::default() }
}

/// The m-line that carries a track is the one named as its, and the only one of that name.
fn carries(answer: &SessionDescription, sid: &str) -> bool {
    let Some((mid, _)) = answer.mid_to_track_id.iter().find(|(_, track)| *track == sid) else { return false };
    let named: Vec<&str> =
        answer.sdp.split("\r\nm=").filter(|section| section.contains(&format!("|{sid} {sid}\r\n"))).collect();
    let [section] = named[..] else { return false };
    section.contains(&format!("a=mid:{mid}\r\n"))
        && section.contains("\r\na=sendonly")
        && section.contains("\r\na=ssrc:")
}

fn count(answer: &SessionDescription, what: &str) -> usize {
    answer.sdp.lines().filter(|line| line.starts_with(what)).count()
}

async fn publish(peer: &mut Peer, what: &str) -> String {
    peer.tell(&format!("publish {what}")).await;
    peer.until("publishing", |_| true).await["sid"].as_str().expect("a sid").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn tracks_come_on_lines_the_client_offers() {
    let Some(python) = python("tracks_come_on_lines_the_client_offers") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Signal::join(&server, "bob").await;
    let Response::Join(join) = bob.next().await else { panic!("greeted first") };
    assert!(!join.subscriber_primary);
    let answer = bob.until(|_| true).await;
    assert_eq!((count(&answer, "a=inactive"), count(&answer, "a=ssrc:"), count(&answer, "a=msid:")), (2, 0, 0));

    // Lines are used again, each time after the client has heard that they are idle.
    for round in 0..3 {
        let audio = publish(&mut ada, "audio").await;
        let video = publish(&mut ada, "video").await;
        bob.until(|answer| carries(answer, &audio) && carries(answer, &video)).await;
        for what in ["audio", "video"] {
            ada.tell(&format!("unpublish {what}")).await;
            ada.until("done", |_| true).await;
        }
        let answer = bob.until(|answer| count(answer, "a=inactive") == 2).await;
        assert_eq!((count(&answer, "a=ssrc:"), count(&answer, "m=")), (0, 2), "in round {round}");
        assert!(answer.mid_to_track_id.is_empty());
    }
    assert_eq!(bob.asked, (0, 0), "what it offered was enough");

    // More than there are lines for.
    let mut cleo = Peer::join(&python, &server, "cleo").await;
    let (first, second) = (publish(&mut ada, "video").await, publish(&mut cleo, "video").await);
    let answer = bob.until(|answer| carries(answer, &first) && carries(answer, &second)).await;
    assert_eq!((bob.asked, count(&answer, "m=")), ((0, 1), 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_meets_two() {
    let Some(python) = python("one_connection_meets_two") else { return };
    let server = Server::start_with(|config| config.one_connection_for_native_clients = true).await;
    let line = Line::to(server.address).await;
    // Publishing first: a version of the client shows no pictures when it publishes while the first come in.
    let mut ada = Peer::spawn_at(&python, &line.ws(), "ada", &token("ada"), &[]);
    publish(&mut ada, "video").await;
    publish(&mut ada, "audio").await;
    let mut bob = Peer::spawn(&python, &server, "bob", &token("bob"), &["--two-connections"]);
    publish(&mut bob, "video").await;
    publish(&mut bob, "audio").await;
    ada.until_pictures("bob", 0, 10).await;
    bob.until_pictures("ada", 0, 10).await;
    ada.until_tone("bob").await;
    bob.until_tone("ada").await;
    ada.tell("send hello").await;
    bob.until("data", |event| event["text"] == "hello").await;
    bob.tell("send hi").await;
    ada.until("data", |event| event["text"] == "hi").await;

    // The signalling is cut, and what came meanwhile is there when it is back.
    let before = ada.until_pictures("bob", 0, 1).await;
    line.cut();
    ada.until("reconnecting", |_| true).await;
    let mut cleo = Peer::join(&python, &server, "cleo").await;
    publish(&mut cleo, "video").await;
    line.mend();
    ada.until("reconnected", |_| true).await;
    ada.until_pictures("bob", before, 10).await;
    ada.until_pictures("cleo", 0, 5).await;
    assert!(!bob.has_seen("left", |event| event["identity"] == "ada"));
}
