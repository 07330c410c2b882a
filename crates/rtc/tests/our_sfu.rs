//! Our participants in rooms of our own media server.

mod common;
mod scenario;

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::serve::ListenerExt;
use common::{
    Sending,
    turn::{self, TurnServer},
};
use scenario::{Server, whole_frames};
use tokio::{net::TcpListener, task::JoinHandle};
use visita_protocol::{ErrorCode, PixelSize, Secret};
use visita_sfu::{IceServers, Sfu, SfuConfig, Turn, TurnCredentials};

const SECRET: &str = "secret-of-the-tests-0123456789abcdef";

async fn start() -> (Server, Sfu) {
    start_with(IceServers::default()).await
}

async fn start_with(ice_servers: IceServers) -> (Server, Sfu) {
    let (server, sfu, _) = start_at((Ipv4Addr::LOCALHOST, 0).into(), ice_servers).await;
    (server, sfu)
}

/// Also its HTTP side.
async fn start_at(address: SocketAddr, ice_servers: IceServers) -> (Server, Sfu, JoinHandle<()>) {
    common::log();
    let keys = HashMap::from([("tests".to_owned(), Secret::new(SECRET))]);
    let loopback = (Ipv4Addr::LOCALHOST, 0).into();
    let config = SfuConfig { rtc_udp: loopback, rtc_tcp: Some(loopback), ice_servers, keys, ..Default::default() };
    let (sfu, mut events) = Sfu::start(config).await.expect("started");
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let listener = TcpListener::bind(address).await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    let routes = sfu.routes();
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await.expect("served") });
    let server = Server { url: format!("ws://{address}"), key: "tests".to_owned(), secret: SECRET.to_owned() };
    (server, sfu, serving)
}

macro_rules! on_our_sfu {
    ($($name:ident),* $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let (server, sfu) = start().await;
            scenario::$name(&server).await;
            sfu.stop().await;
        }
    )*};
}

on_our_sfu!(
    two_peers_see_and_hear_each_other,
    muting_and_republishing,
    data_messages,
    layers_are_switched,
    only_what_is_wanted_comes,
    a_bad_network_carries_it,
    the_cable_is_out,
    the_address_changes,
    udp_is_blocked,
    layers_are_repaired,
    the_target_follows_the_way,
    signalling_breaks,
    signalling_is_gone_for_a_while,
    unwatched_layers_are_told,
    displaced,
    a_wrong_token_is_refused,
    publishing_without_the_right_is_refused,
);

#[tokio::test(flavor = "multi_thread")]
async fn the_server_starts_again() {
    let (server, first, serving) = start_at((Ipv4Addr::LOCALHOST, 0).into(), IceServers::default()).await;
    let address = server.url.trim_start_matches("ws://").parse().expect("an address");
    let (mut again, mut serving) = (None, Some(serving));
    scenario::the_server_starts_again(&server, async || {
        let serving = serving.take().expect("it ends once");
        serving.abort();
        // Only then its address is free.
        assert!(serving.await.is_err_and(|error| error.is_cancelled()));
        first.stop().await;
        again = Some(start_at(address, IceServers::default()).await);
    })
    .await;
    let (_, second, _) = again.expect("it started again");
    second.stop().await;
}

/// Whoever comes soon after a key frame begins with that one, and goes on without a gap.
#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_begins_in_the_past() {
    let (server, sfu) = start().await;
    let ada = server.join("late", "ada").await;
    let sending = Sending::video(ada.publish_camera().await, vec![(PixelSize::new(640, 360), 3000)]);
    let mut began_in_the_past = false;
    for newcomer in 0..40 {
        let before = sending.number();
        let mut peer = server.join("late", &format!("newcomer {newcomer}")).await;
        let first = whole_frames(&mut peer.video("ada").await, 10).await;
        peer.room.leave().await;
        began_in_the_past = first < before;
        if began_in_the_past {
            break;
        }
    }
    assert!(began_in_the_past, "everybody had to wait for the next key frame");
    sfu.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn media_take_the_relay() {
    let Some(turn) = TurnServer::start("our_sfu::media_take_the_relay").await else { return };
    let url = format!("turn:127.0.0.1:{}?transport=udp", turn.port);
    let secret = Secret::new(turn::SECRET);
    let turn_servers = Turn {
        urls: vec![url.parse().expect("a URL")],
        credentials: TurnCredentials::Timed { secret, lifetime: Duration::from_secs(3600) },
    };
    let (server, sfu) = start_with(IceServers { turn: Some(turn_servers), ..Default::default() }).await;
    scenario::media_take_the_relay(&server).await;
    sfu.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_room_says_so() {
    let (server, sfu) = start().await;
    let error = scenario::join_full_room(&server).await;
    assert_eq!(error.code(), ErrorCode::RoomFull, "{error:?}");
    sfu.stop().await;
}
