//! Media over TCP, where the network lets no UDP through.

use crate::support::{Nat, PATIENCE, Peer, Server, python};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A server that says its media is where only TCP leads.
async fn server_without_udp() -> Server {
    Server::start_with(|config| {
        config.rtc_udp = (Nat::INSIDE, 0).into();
        config.rtc_tcp = Some((Nat::OUTSIDE, 0).into());
        config.announce = vec![Nat::OUTSIDE.into()];
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_udp_is_blocked_tcp_carries_it() {
    let Some(python) = python("where_udp_is_blocked_tcp_carries_it") else { return };
    let server = server_without_udp().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    ada.tell("publish video").await;
    ada.tell("publish audio").await;
    let seen = bob.until_pictures("ada", 0, 5).await;
    bob.until_tone("ada").await;
    bob.tell("send hello").await;
    ada.until("data", |event| event["text"] == "hello").await;
    bob.until_pictures("ada", seen, 10).await;
    ada.tell("leave").await;
    bob.until("left", |event| event["identity"] == "ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_on_the_tcp_port_are_ignored() {
    let server = server_without_udp().await;
    let port = server.media_tcp.expect("it is open").port();
    let connect = async || TcpStream::connect((Nat::OUTSIDE, port)).await.expect("a connection");

    // Nonsense in well-formed frames is nobody's.
    let mut stranger = connect().await;
    for first in 0..=255u8 {
        let mut bytes = vec![0, 40];
        bytes.extend([first; 40]);
        stranger.write_all(&bytes).await.expect("written");
    }
    let counted = timeout(PATIENCE, async {
        loop {
            let stats = server.control.stats().await.expect("it runs");
            if stats.datagrams_in == 256 {
                return stats;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(counted.await.expect("all of it came in").datagrams_unknown, 256);

    // A frame longer than any packet ends the connection.
    let mut liar = connect().await;
    liar.write_all(&[0xff; 4000]).await.expect("written");
    let mut rest = Vec::new();
    // Closed one way or the other: with data unread, the system resets it.
    let _ = timeout(PATIENCE, liar.read_to_end(&mut rest)).await.expect("it is closed");
    assert!(rest.is_empty());

    // One address gets so many connections and no more.
    let mut crowd = Vec::new();
    for _ in 0..80 {
        crowd.push(connect().await);
    }
    let mut closed = 0;
    for mut one in crowd.drain(70..) {
        closed += usize::from(matches!(timeout(PATIENCE, one.read_u8()).await, Ok(Err(_))));
    }
    assert_eq!(closed, 10);
}
