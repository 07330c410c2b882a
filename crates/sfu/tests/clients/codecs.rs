//! Other codecs than VP8, and m-lines that are used again.

use std::time::Instant;

use crate::support::{PATIENCE, Peer, Server, python, token};
use futures_util::{SinkExt, StreamExt};
use livekit_protocol::{
    SessionDescription, SignalRequest, SignalResponse, signal_request::Message as Request,
    signal_response::Message as Response,
};
use prost::Message as _;
use str0m::{Rtc, change::SdpOffer};
use tokio::time::timeout;
use tokio_tungstenite::{connect_async, tungstenite::Message};

#[tokio::test(flavor = "multi_thread")]
async fn h264_and_vp9_go_through() {
    let Some(python) = python("h264_and_vp9_go_through") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    let mut bob = Peer::join(&python, &server, "bob").await;
    for codec in ["vp9", "h264"] {
        ada.tell(&format!("publish {codec}")).await;
        ada.until("publishing", |_| true).await;
        bob.until("subscribed", |event| event["identity"] == "ada").await;
        // Counters begin anew with each track.
        let first = bob.until("frame", |frame| frame["counter"].as_i64().is_some_and(|counter| counter > 0)).await;
        bob.until_pictures("ada", first["counter"].as_i64().unwrap_or_default(), 5).await;
        // A newcomer's picture begins with a key frame that was asked for.
        let mut late = Peer::join(&python, &server, "late").await;
        late.until_pictures("ada", 0, 3).await;
        ada.tell(&format!("unpublish {codec}")).await;
        bob.until("unpublished", |event| event["identity"] == "ada").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn descriptions_do_not_grow_with_what_was() {
    let Some(python) = python("descriptions_do_not_grow_with_what_was") else { return };
    let server = Server::start().await;
    let mut ada = Peer::join(&python, &server, "ada").await;
    // A client that negotiates by hand, and needs no media for it.
    let url = format!("{}/rtc?protocol=17&access_token={}", server.ws(), token("bob"));
    let (mut socket, _) = connect_async(url).await.expect("let in");
    let mut rtc = Rtc::new(Instant::now());
    let mut offers: Vec<String> = Vec::new();
    let mut next = async |wanted: &str, offers: &mut Vec<String>| {
        let found = timeout(PATIENCE, async {
            while let Some(Ok(message)) = socket.next().await {
                let Message::Binary(bytes) = message else { continue };
                let response = SignalResponse::decode(bytes).expect("a signal response").message;
                let Some(Response::Offer(description)) = response else { continue };
                let offer = SdpOffer::from_sdp_string(&description.sdp).expect("an offer");
                let answer = rtc.sdp_api().accept_offer(offer).expect("taken").to_sdp_string();
                let answer = SessionDescription {
                    r#type: "answer".into(),
                    sdp: answer,
                    id: description.id,
                    ..Default::default()
                };
                let request = SignalRequest { message: Some(Request::Answer(answer)) };
                socket.send(Message::binary(request.encode_to_vec())).await.expect("sent");
                offers.push(description.sdp);
                let newest = offers.last().expect("just added");
                if newest.contains(wanted) {
                    return;
                }
            }
            panic!("the connection closed");
        });
        found.await.expect("in time");
    };
    for round in 0..4 {
        for what in ["audio", "video"] {
            ada.tell(&format!("publish {what}")).await;
            let sid = ada.until("publishing", |_| true).await["sid"].as_str().expect("a sid").to_owned();
            // The m-line names the new track, though it once was another's.
            next(&format!("|{sid} {sid}\r\n"), &mut offers).await;
        }
        for what in ["audio", "video"] {
            ada.tell(&format!("unpublish {what}")).await;
            ada.until("done", |_| true).await;
        }
        let idle = |sdp: &str| sdp.matches("a=inactive").count() == 2;
        while !offers.last().is_some_and(|sdp| idle(sdp)) {
            next("", &mut offers).await;
        }
        let lines = offers.last().map_or(0, |sdp| sdp.matches("\r\nm=").count());
        assert_eq!(lines, 3, "data, one for sound and one for pictures, in round {round}");
    }
    let streams: Vec<&str> =
        offers.iter().flat_map(|sdp| sdp.lines()).filter(|line| line.starts_with("a=ssrc:")).collect();
    let mut distinct: Vec<&str> = streams.iter().filter_map(|line| line.split(' ').next()).collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert!(distinct.len() >= 12, "each track has streams of its own: {distinct:?}");
}
