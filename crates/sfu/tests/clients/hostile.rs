//! Participants and strangers who mean no good, or whose software is broken: they may lose their own place, and nobody
//! else's.

use std::{net::Ipv4Addr, time::Duration};

use crate::support::{PATIENCE, Server, token};
use futures_util::{SinkExt, StreamExt};
use livekit_protocol::{
    AddTrackRequest, MuteTrackRequest, SessionDescription, SignalRequest, SignalResponse, TrickleRequest,
    UpdateParticipantMetadata, UpdateSubscription, UpdateTrackSettings, signal_request::Message as Request,
    signal_response::Message as Response,
};
use prost::Message as _;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message},
};
use visita_sfu::SfuEvent;

struct Signal(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Signal {
    async fn join(server: &Server, identity: &str, more: &str) -> Self {
        let url = format!("{}/rtc?protocol=17&sdk=rust&access_token={}{more}", server.ws(), token(identity));
        Self(connect_async(url).await.expect("let in").0)
    }

    async fn ask(&mut self, request: Request) {
        // A connection that was closed for what came before is as good as one that takes this.
        let _ = self.0.send(Message::binary(SignalRequest { message: Some(request) }.encode_to_vec())).await;
    }

    async fn until<T>(&mut self, mut wanted: impl FnMut(Response) -> Option<T>) -> T {
        let found = timeout(PATIENCE, async {
            while let Some(Ok(message)) = self.0.next().await {
                let Message::Binary(bytes) = message else { continue };
                let response = SignalResponse::decode(bytes).expect("a signal response").message;
                if let Some(found) = response.and_then(&mut wanted) {
                    return Some(found);
                }
            }
            None
        });
        found.await.expect("in time").expect("before the connection closes")
    }

    /// The other end still answers.
    async fn answers(&mut self) {
        self.ask(Request::Ping(1)).await;
        self.until(|response| matches!(response, Response::Pong(_)).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_over_signalling_hurts_only_its_sender() {
    let server = Server::start().await;
    let mut witness = Signal::join(&server, "witness", "").await;
    witness.until(|response| matches!(response, Response::Join(_)).then_some(())).await;

    let description =
        |kind: &str, sdp: &str| SessionDescription { r#type: kind.into(), sdp: sdp.into(), ..Default::default() };
    let half_an_offer = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n\
        c=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n";
    let sids = || vec!["TR_none".to_owned(), String::new(), "💥".repeat(1000)];
    let nonsense = [
        Request::Offer(description("offer", "")),
        Request::Offer(description("offer", half_an_offer)),
        Request::Offer(description("offer", &"m=audio 9 X 1\r\n".repeat(5000))),
        Request::Answer(description("answer", "no")),
        Request::Answer(description("answer", half_an_offer)),
        Request::Trickle(TrickleRequest { candidate_init: "{".into(), target: 7, r#final: false }),
        Request::Trickle(TrickleRequest {
            candidate_init: r#"{"candidate":"candidate:"}"#.into(),
            ..Default::default()
        }),
        Request::AddTrack(AddTrackRequest {
            r#type: 99,
            source: -1,
            width: u32::MAX,
            height: u32::MAX,
            ..Default::default()
        }),
        Request::AddTrack(AddTrackRequest { r#type: 1, sid: "TR_x".into(), ..Default::default() }),
        Request::Mute(MuteTrackRequest { sid: "TR_none".into(), muted: true }),
        Request::Subscription(UpdateSubscription { track_sids: sids(), subscribe: true, ..Default::default() }),
        Request::TrackSetting(UpdateTrackSettings {
            track_sids: sids(),
            width: u32::MAX,
            quality: -5,
            ..Default::default()
        }),
        Request::UpdateMetadata(UpdateParticipantMetadata {
            metadata: "x".repeat(1 << 20),
            request_id: 3,
            ..Default::default()
        }),
    ];
    for (number, request) in nonsense.into_iter().enumerate() {
        for query in ["", "&browser=Firefox&sdk=js"] {
            let mut eve = Signal::join(&server, &format!("eve{number}"), query).await;
            eve.until(|response| matches!(response, Response::Join(_)).then_some(())).await;
            eve.ask(request.clone()).await;
            eve.ask(Request::Leave(Default::default())).await;
            // The next look at the room comes after the nonsense was dealt with.
            while eve.0.next().await.is_some_and(|message| message.is_ok()) {}
            witness.answers().await;
            assert!(
                server
                    .control
                    .participants("visit")
                    .await
                    .is_ok_and(|all| all.iter().any(|one| one.identity == "witness"))
            );
        }
    }

    let mut eve = Signal::join(&server, "eve", "").await;
    eve.0.send(Message::binary(vec![0xff; 4096])).await.expect("sent");
    eve.0.send(Message::text("{\"ping\":")).await.expect("sent");
    eve.0.send(Message::binary(vec![0; 3 * 1024 * 1024])).await.ok();
    while eve.0.next().await.is_some_and(|message| message.is_ok()) {}
    witness.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_on_the_media_port_are_ignored() {
    let mut server = Server::start().await;
    let mut ada = Signal::join(&server, "ada", "").await;
    let join = ada.until(|response| if let Response::Offer(offer) = response { Some(offer) } else { None }).await;
    let ufrag =
        join.sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).expect("an offer has one").to_owned();
    let port = join
        .sdp
        .lines()
        .find_map(|line| line.strip_prefix("a=candidate:")?.split(' ').nth(5)?.parse::<u16>().ok())
        .expect("an offer has a candidate");

    let socket = tokio::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    socket.connect((Ipv4Addr::LOCALHOST, port)).await.expect("connected");
    // A STUN request for ada without her password must not move her connection here.
    let mut stun = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    stun.extend([7; 12]);
    let username = format!("{ufrag}:them");
    stun.extend([0, 6, 0, username.len() as u8]);
    stun.extend(username.bytes());
    stun.resize(stun.len().next_multiple_of(4), 0);
    let len = (stun.len() - 20) as u16;
    stun[2..4].copy_from_slice(&len.to_be_bytes());
    let mut sent = 0;
    let mut send = async |bytes: &[u8]| {
        sent += u64::from(socket.send(bytes).await.is_ok());
    };
    send(&stun).await;
    for first in 0..=255u8 {
        for len in [1, 2, 12, 20, 40, 1200] {
            send(&vec![first; len]).await;
        }
    }
    for cut in 0..stun.len() {
        send(&stun[..cut.max(1)]).await;
    }
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let stats = server.control.stats().await.expect("it runs");
        // A flood may overrun the socket; what came in must all have been turned away.
        if stats.datagrams_in > 0 {
            assert_eq!(stats.datagrams_unknown, stats.datagrams_in, "of {sent} sent");
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "nothing came in");
        tokio::task::yield_now().await;
    }
    ada.answers().await;
    assert!(server.events.try_recv().is_ok(), "the room is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_back_as_another() {
    let server = Server::start().await;
    let mut ada = Signal::join(&server, "ada", "").await;
    let join = ada.until(|response| if let Response::Join(join) = response { Some(join) } else { None }).await;
    let sid = join.participant.expect("oneself").sid;
    // With her id but not her identity, and with her identity but a wrong id.
    for (identity, sid) in [("eve", sid.as_str()), ("ada", "PA_someoneelse")] {
        let mut eve = Signal::join(&server, identity, &format!("&reconnect=1&sid={sid}")).await;
        let leave = eve.until(|response| if let Response::Leave(leave) = response { Some(leave) } else { None }).await;
        assert_eq!(leave.action(), livekit_protocol::leave_request::Action::Reconnect);
    }
    ada.answers().await;
    let mut back = Signal::join(&server, "ada", &format!("&reconnect=1&sid={sid}")).await;
    back.until(|response| matches!(response, Response::Reconnect(_)).then_some(())).await;
    back.answers().await;
    assert_eq!(server.control.participants("visit").await.expect("there").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_connects_is_put_out() {
    let mut server = Server::start_with(|config| config.limits.join_timeout = Duration::from_millis(300)).await;
    let mut idle = Signal::join(&server, "idle", "").await;
    let leave = idle.until(|response| if let Response::Leave(leave) = response { Some(leave) } else { None }).await;
    assert_eq!(leave.action(), livekit_protocol::leave_request::Action::Reconnect);
    server.until_event(|event| matches!(event, SfuEvent::RoomFinished { .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tracks_and_rooms_have_limits() {
    let server = Server::start_with(|config| {
        config.limits.participant_tracks = 3;
        config.limits.room_participants = 2;
    })
    .await;
    let mut eve = Signal::join(&server, "eve", "").await;
    for number in 0..4 {
        eve.ask(Request::AddTrack(AddTrackRequest { cid: number.to_string(), ..Default::default() })).await;
    }
    let mut published = 0;
    let refused = eve
        .until(|response| match response {
            Response::TrackPublished(_) => {
                published += 1;
                None
            }
            Response::RequestResponse(response) => Some(response.reason()),
            _ => None,
        })
        .await;
    assert_eq!((published, refused), (3, livekit_protocol::request_response::Reason::LimitExceeded));
    let mut ada = Signal::join(&server, "ada", "").await;
    // Let in is not yet in.
    ada.answers().await;
    let url = format!("{}/rtc?access_token={}", server.ws(), token("bob"));
    let Err(tungstenite::Error::Http(response)) = connect_async(url).await else { panic!("the room is full") };
    assert_eq!(response.status().as_u16(), 403);
    // Who is in may come again in place of themselves.
    Signal::join(&server, "ada", "").await.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_talks_too_much_is_heard_later_and_nobody_else_waits() {
    let server = Server::start_with(|config| config.limits.messages_per_second = 10).await;
    let mut witness = Signal::join(&server, "witness", "").await;
    let mut eve = Signal::join(&server, "eve", "").await;
    // Forty at once are let pass, each further one takes a tenth of a second.
    let began = tokio::time::Instant::now();
    for _ in 0..50 {
        eve.ask(Request::Ping(1)).await;
    }
    witness.answers().await;
    let mut answered = 0;
    eve.until(|response| {
        answered += usize::from(matches!(response, Response::Pong(_)));
        (answered == 50).then_some(())
    })
    .await;
    assert!(began.elapsed() >= Duration::from_millis(900), "they came after {:?}", began.elapsed());

    // Nor can one come all the time.
    let url = format!("{}/rtc?access_token={}", server.ws(), token("mallory"));
    let mut refused = None;
    for _ in 0..60 {
        match connect_async(&url).await {
            Ok(_) => {}
            Err(tungstenite::Error::Http(response)) => {
                refused = Some(response.status().as_u16());
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(refused, Some(429));
    witness.answers().await;
    let present = server.control.participants("visit").await.expect("there");
    assert!(["witness", "eve"].iter().all(|who| present.iter().any(|one| one.identity == **who)));
}
