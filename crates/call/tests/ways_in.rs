//! The ways into a call, and what stands in them.

mod common;

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use axum::{Router, http::StatusCode};
use common::{room, server};
use livekit_token::{AccessToken, VideoGrants};
use serde_json::{Value, json};
use tokio::sync::watch;
use visita_call::testing::{Person, by_link};
use visita_call::{
    CallState, CameraChoice, JoinTarget, MicrophoneChoice, SpeakerChoice,
    peer::{
        self, PeerOptions, Report, StreamReport,
        load::{self, LoadOptions},
    },
};
use visita_protocol::{Bitrate, ErrorCode, PixelSize, Secret, view::StreamSource};
use visita_rtc::{AudioPublication, JoinOptions, Source, VideoLayer, VideoPublication};

const OF_2020: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJkZXZrZXkiLCJzdWIiOiJsYXRlIiwibmJmIjoxNTc3ODM2ODAwLCJleHAi\
    OjE1Nzc4NDA0MDAsIm5hbWUiOiJsYXRlIiwidmlkZW8iOnsicm9vbUpvaW4iOnRydWUsInJvb20iOiJsYXRlIn19.\
    otxJbZkhL7FFBZJqL52SpgGGS-sxWrjNl1MV6_gXwVE";

fn token(room: &str, identity: &str, ttl: Duration) -> Secret {
    let grants = VideoGrants { room_join: true, room: room.to_owned(), ..VideoGrants::default() };
    let token = AccessToken::with_api_key("devkey", "secret").with_identity(identity).with_name(identity);
    token.with_ttl(ttl).with_grants(grants).to_jwt().expect("a token").into()
}

fn livekit(server: &visita_server::RunningServer, room: &str, identity: &str) -> JoinTarget {
    let url = server.url().as_str().replacen("http", "ws", 1);
    JoinTarget::LiveKit { url, token: token(room, identity, Duration::from_secs(600)) }
}

/// A peer that sends test picture and tone, and measures.
async fn peer(target: JoinTarget, tone: f32, stay: Duration) -> Report {
    let options = PeerOptions {
        target,
        camera: CameraChoice::Pattern,
        microphone: MicrophoneChoice::Tone(tone),
        speaker: SpeakerChoice::Null,
        share: None,
        stay: Some(stay),
        measure: true,
    };
    let (_stop, stopped) = watch::channel(false);
    peer::run(options, stopped).await.expect("in")
}

fn check(report: &Report, tone: f32) {
    let video = report.streams.iter().find_map(|s| if let StreamReport::Video(v) = s { Some(v) } else { None });
    let video = video.unwrap_or_else(|| panic!("no picture: {report:?}"));
    assert_eq!((video.width, video.height, video.source), (1280, 720, StreamSource::Camera), "{report:?}");
    assert!(video.frames >= 60, "{report:?}");
    assert!(video.latency_ms.is_some(), "{report:?}");
    let sound = report.streams.iter().find_map(|s| if let StreamReport::Audio(a) = s { Some(a) } else { None });
    let sound = sound.unwrap_or_else(|| panic!("no sound: {report:?}"));
    assert!((sound.tone_hz - tone).abs() < 5.0, "{report:?}");
    let sent = report.sent.as_ref().expect("sent");
    assert!(sent.layers >= 1 && sent.width == 1280, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_peers_by_link() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let stay = Duration::from_secs(5);
    let (one, two) = tokio::join!(
        peer(by_link(&room.links[0], "One"), 440.0, stay),
        peer(by_link(&room.links[1], "Two"), 880.0, stay),
    );
    check(&one, 880.0);
    check(&two, 440.0);
    server.stop().await;
}

/// One sends what is neither a picture nor a sound, some of it under the header of a key frame of 16383 by 16383.
async fn nonsense(target: JoinTarget, stay: Duration) {
    let JoinTarget::LiveKit { url, token } = target else { panic!("by token") };
    let options = JoinOptions { url, token, auto_subscribe: true, known_rate: None, relay_only: false };
    let (room, _events) = visita_rtc::join(options).await.expect("in");
    let layer =
        VideoLayer { rid: String::new(), size: PixelSize::new(640, 360), bitrate: Bitrate::from_kbps(500), fps: 30 };
    let video = VideoPublication { source: Source::Camera, name: "camera".into(), layers: vec![layer], muted: false };
    let video = room.publish_video(video).await.expect("published");
    let audio = AudioPublication { source: Source::Microphone, name: "microphone".into(), dtx: false, muted: false };
    let audio = room.publish_audio(audio).await.expect("published");
    let mut seed = 7_u32;
    let mut noise = |length: usize| -> Vec<u8> {
        let byte = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        (0..length).map(byte).collect()
    };
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let started = tokio::time::Instant::now();
    for n in 0_usize.. {
        let now = tick.tick().await.duration_since(started);
        if now > stay {
            break;
        }
        let frame = match n % 4 {
            0 => [&[0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f], &*noise(900)].concat(),
            1 => noise(3_000),
            2 => noise(1),
            // A key frame's first byte, and nothing else.
            _ => vec![0],
        };
        video.write(0, &frame, true, now);
        audio.write(noise([120, 1, 1_000, 3][n % 4]).into(), now, 10, true);
    }
    room.leave().await;
}

/// What nobody can decode ends no call, and what the others send is seen and heard as without it.
#[tokio::test(flavor = "multi_thread")]
async fn broken_frames_of_one_harm_nobody() {
    let server = server().await;
    let to = |identity: &str| livekit(&server, "broken", identity);
    let stay = Duration::from_secs(6);
    let (one, two, ()) =
        tokio::join!(peer(to("one"), 440.0, stay), peer(to("two"), 880.0, stay), nonsense(to("noise"), stay));
    for (report, other, tone) in [(&one, "two", 880.0), (&two, "one", 440.0)] {
        let of = |who: &str| -> Vec<&StreamReport> {
            let whose = |stream: &&StreamReport| match stream {
                StreamReport::Video(video) => video.participant == who,
                StreamReport::Audio(audio) => audio.participant == who,
            };
            report.streams.iter().filter(whose).collect()
        };
        let good = of(other);
        assert!(
            good.iter().any(|s| matches!(s, StreamReport::Video(v) if v.frames >= 60 && v.width == 1280)),
            "{report:?}"
        );
        assert!(
            good.iter().any(|s| matches!(s, StreamReport::Audio(a) if (a.tone_hz - tone).abs() < 5.0)),
            "{report:?}"
        );
        // It came, and was no picture.
        assert!(!of("noise").is_empty(), "{report:?}");
        assert!(of("noise").iter().all(|s| !matches!(s, StreamReport::Video(v) if v.width > 0)), "{report:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_in_one_process() {
    let server = server().await;
    let targets = (0..5).map(|n| livekit(&server, "load", &format!("peer-{n}"))).collect();
    let options = LoadOptions {
        targets,
        picture: true,
        sound: true,
        receiving: 5,
        tile: None,
        stay: Some(Duration::from_secs(3)),
    };
    let (_stop, stopped) = watch::channel(false);
    let report = load::run(options, stopped).await.expect("run");
    assert_eq!((report.participants, report.joined, report.videos), (5, 5, 20), "{report:?}");
    assert!(report.sample.decoded > 10 && report.sample.broken == 0, "{report:?}");
    assert!(report.peers.iter().all(|p| p.streams.iter().filter(|s| s.frames > 10).count() == 8), "{report:?}");
    server.stop().await;
}

/// A room for whoever knows its id and gives a name, made as Callaba's clients make one.
async fn open_room(server: &visita_server::RunningServer) -> String {
    let body = json!({ "name": "Open day", "user_id": "dr", "mediaType": "MEDIA_TYPE_VIDEO_AUDIO", "max_participants": 5,
        "allow_chat": true, "allow_share_screen": true, "allow_webinar_mode": false, "record": false,
        "public_access": "name" });
    let url = server.url().join("api/conferences/create").expect("a path");
    let asked = reqwest::Client::new().post(url).header("x-access-token", "devkey").json(&body);
    let answer: Value = asked.send().await.expect("an answer").json().await.expect("JSON");
    answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn by_room_id_where_the_room_allows_it() {
    let server = server().await;
    let room = open_room(&server).await;
    let target = |room: &str, who: &str| JoinTarget::Callaba {
        server: server.url().clone(),
        room_id: room.to_owned(),
        participant_id: who.parse().expect("an id"),
        display_name: Some(who.to_owned()),
        media_url: None,
    };
    let jane = Person::sending(target(&room, "jane"), "jane");
    let joe = Person::quiet(target(&room, "joe"), "joe");
    joe.sees("jane's picture", |view| view.people.iter().any(|p| p.camera && !p.streams.is_empty()).then_some(()))
        .await;
    jane.sees("what the room allows", |view| (view.me.tools.screen_sharing && view.me.tools.chat).then_some(())).await;
    // Nobody without a key learns whether there is such a room.
    let lost = Person::quiet(target("69f013c1aa11bb22cc33dd44", "lost"), "lost");
    assert_eq!(lost.until("a refusal", failed).await, ErrorCode::Unauthorized);
    server.stop().await;
}

fn failed(state: &CallState) -> Option<ErrorCode> {
    if let CallState::Failed(problem) = state { Some(problem.code) } else { None }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_let_in_says_why() {
    let server = server().await;
    // Nobody listens there.
    let dead = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("bound").port()
    };
    let code = "abcdefghijklmnopqrstuvwxyz";
    let person = Person::quiet(by_link(&format!("http://127.0.0.1:{dead}/join/{code}"), "A"), "dead server");
    assert_eq!(person.until("a refusal", failed).await, ErrorCode::ServerUnreachable);
    // A link nobody made.
    let link = server.url().join(&format!("join/{code}")).expect("a link");
    let person = Person::quiet(by_link(link.as_str(), "A"), "unknown link");
    assert_eq!(person.until("a refusal", failed).await, ErrorCode::LinkUnknown);
    // A token of the past: signed with the development key, for an hour of the first of January 2020.
    let url = server.url().as_str().replacen("http", "ws", 1);
    let expired = JoinTarget::LiveKit { url: url.clone(), token: Secret::new(OF_2020) };
    let person = Person::quiet(expired, "expired token");
    assert_eq!(person.until("a refusal", failed).await, ErrorCode::Unauthorized);
    // One nobody signed.
    let forged = JoinTarget::LiveKit { url, token: Secret::new("no.token.atall") };
    let person = Person::quiet(forged, "forged token");
    assert_eq!(person.until("a refusal", failed).await, ErrorCode::Unauthorized);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_answers_nonsense_is_named_as_such() {
    let answers: Vec<(StatusCode, &'static str)> = vec![
        (StatusCode::OK, "<html>hello</html>"),
        (StatusCode::OK, "{\"room_id\": 7}"),
        (StatusCode::INTERNAL_SERVER_ERROR, "out of order"),
        (StatusCode::OK, ""),
    ];
    let answers = Arc::new(answers);
    for n in 0..answers.len() {
        let kept = answers.clone();
        let app = Router::new().fallback(move || async move { kept[n] });
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async move { axum::serve(listener, app).await });
        let link = format!("http://{address}/join/abcdefghijklmnopqrstuvwxyz");
        let person = Person::quiet(by_link(&link, "A"), "nonsense");
        assert_eq!(person.until("a refusal", failed).await, ErrorCode::ServerNotUnderstood);
        let media = JoinTarget::LiveKit { url: format!("ws://{address}"), token: Secret::new("t.t.t") };
        let person = Person::quiet(media, "nonsense media");
        let code = person.until("a refusal", failed).await;
        assert!(matches!(code, ErrorCode::ServerNotUnderstood | ErrorCode::ServerUnreachable), "{code:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_any_device_one_still_hears_and_sees() {
    let server = server().await;
    let room = room(&server, 2, json!({})).await;
    let camera = CameraChoice::Device("no such camera".into());
    let microphone = MicrophoneChoice::Device("no such microphone".into());
    let bare = Person::with(by_link(&room.links[0], "Bare"), "bare", camera, microphone);
    let other = Person::sending(by_link(&room.links[1], "Other"), "other");
    bare.sees_person("the other", "Other", |p| (p.camera && p.microphone && !p.streams.is_empty()).then_some(())).await;
    bare.sees("what is missing", |view| (!view.me.camera.is_on() && !view.me.microphone.is_on()).then_some(())).await;
    other.sees_person("who sends nothing", "Bare", |p| (!p.camera && p.streams.is_empty()).then_some(())).await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_comes_back_and_so_does_the_call() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = |port| visita_server::ServerConfig {
        dev: true,
        data: Some(folder.path().to_owned()),
        listen: (Ipv4Addr::LOCALHOST, port).into(),
        ..Default::default()
    };
    let first = visita_server::start(config(0)).await.expect("a server");
    let port = first.address().port();
    let room = room(&first, 2, json!({})).await;
    let person = Person::sending(by_link(&room.links[0], "A"), "a");
    person.is_in().await;
    first.stop().await;
    person
        .sees("that the line is lost", |view| {
            matches!(view.connection, visita_protocol::view::ConnectionView::Reconnecting { .. }).then_some(())
        })
        .await;
    let again = visita_server::start(config(port)).await.expect("a server");
    person.is_in().await;
    again.stop().await;
}
