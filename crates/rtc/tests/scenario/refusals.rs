//! Who is not let in, or not let do it, is told why.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use visita_protocol::{Bitrate, ErrorCode};
use visita_rtc::{ConnectionState, DisconnectReason, JoinError, JoinOptions, RtcEvent, VideoLayer, join};

use super::{SIZE, Server};
use crate::common::{Peer, camera, frame_number, token, token_with, vp8_frame};

/// What the second hears in a room for one.
pub(crate) async fn join_full_room(server: &Server) -> JoinError {
    let grants = livekit_token::VideoGrants { room_create: true, ..livekit_token::VideoGrants::default() };
    let admin = token_with(&server.key, &server.secret, "admin", grants);
    let address = server.url.trim_start_matches("ws://");
    let body = r#"{"name": "small", "max_participants": 1, "empty_timeout": 60}"#;
    let request = format!(
        "POST /twirp/livekit.RoomService/CreateRoom HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        admin.expose(),
        body.len()
    );
    let mut connection = tokio::net::TcpStream::connect(address).await.expect("the server");
    connection.write_all(request.as_bytes()).await.expect("asked");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let _ada = server.join("small", "ada").await;
    let late = JoinOptions {
        url: server.url.clone(),
        token: token(&server.key, &server.secret, "small", "bob"),
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    };
    join(late).await.expect_err("a full room")
}

/// The same identity joins twice: the first is told why it is out.
pub(crate) async fn displaced(server: &Server) {
    let mut first = server.join("twice", "ada").await;
    let _second = server.join("twice", "ada").await;
    let reason = first
        .wait("the end", |event| match event {
            RtcEvent::Connection(ConnectionState::Disconnected { reason }) => Some(*reason),
            _ => None,
        })
        .await;
    assert_eq!(reason, DisconnectReason::Displaced);
}

pub(crate) async fn a_wrong_token_is_refused(server: &Server) {
    let wrong = token(&server.key, "a secret that is not the server's own", "two", "ada");
    let error = join(JoinOptions {
        url: server.url.clone(),
        token: wrong,
        auto_subscribe: true,
        known_rate: None,
        relay_only: false,
    })
    .await
    .expect_err("a wrong token");
    assert!(matches!(error, JoinError::Refused { .. }), "{error:?}");
    assert_eq!(error.code(), ErrorCode::Unauthorized);
}

pub(crate) async fn publishing_without_the_right_is_refused(server: &Server) {
    let grants = livekit_token::VideoGrants {
        room_join: true,
        room: "watch".to_owned(),
        can_publish: Some(false),
        ..livekit_token::VideoGrants::default()
    };
    let peer = Peer::join(&server.url, token_with(&server.key, &server.secret, "ada", grants)).await;
    let layer = VideoLayer { rid: String::new(), size: SIZE, bitrate: Bitrate::from_kbps(500), fps: 30 };
    let error = peer.room.publish_video(camera(vec![layer])).await.expect_err("no right");
    assert_eq!(error.code(), ErrorCode::Forbidden);
    // A frame for nobody is no error.
    assert!(frame_number(&vp8_frame(7, true, SIZE, 100)) == Some(7));
}
