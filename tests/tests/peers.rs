//! Two peers through our own server, and the ways in that do not open.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use visita_tests::{
    bin_dir,
    process::free_port,
    rooms::{Peer, Server, sounds, videos},
    until,
};

#[tokio::test(flavor = "multi_thread")]
async fn two_peers_see_and_hear_each_other() -> Result<()> {
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(2).await?;
    let first = Peer::join(&bins, &[&room.links[0], "--tone-hz", "500"])?;
    let second = Peer::join(&bins, &[&room.links[1], "--tone-hz", "700", "--for", "6s"])?;
    let (code, of_second) = second.finish().await?;
    ensure!(code == Some(0), "{code:?} {of_second}");
    let of_first = first.stop().await?;
    for (report, other, tone) in [(&of_first, &of_second, 700.0), (&of_second, &of_first, 500.0)] {
        let video = videos(report).into_iter().next().with_context(|| format!("nobody was seen: {report}"))?;
        // Enough to know that pictures keep coming; how fast is the bench's question, not a test's on a busy machine.
        ensure!(video["frames"].as_u64().unwrap_or(0) > 30, "too few pictures: {report}");
        ensure!(video["largest_width"] == 1280 && video["largest_height"] == 720, "never 720p: {report}");
        // As many as are sent, whatever this machine can send.
        let (sent, came) = (other["sent"]["fps"].as_f64(), video["fps"].as_f64());
        ensure!(
            came >= sent.map(|fps| fps * 0.8),
            "{sent:?} pictures a second were sent, {came:?} came: {report} {other}"
        );
        for field in ["joined_ms", "first_frame_ms", "first_sound_ms", "cpu_cores", "rss_mb"] {
            ensure!(report[field].as_f64() > Some(0.0), "no {field}: {report}");
        }
        ensure!(video["freezes"].is_number() && video["longest_freeze_ms"].is_number(), "{report}");
        ensure!(video["latency_ms"]["p50"].is_number(), "no timecode was read: {report}");
        let sound = sounds(report).into_iter().next().with_context(|| format!("nobody was heard: {report}"))?;
        let heard = sound["tone_hz"].as_f64().unwrap_or(0.0);
        ensure!((heard - tone).abs() < 10.0, "heard {heard} Hz instead of {tone}: {report}");
        ensure!(report["sent"]["width"].as_u64() >= Some(320), "nothing was sent: {report}");
    }
    Ok(())
}

/// Somebody else is in and sends: a short visit by another seat sees it.
/// What an operator reads of those who are in: how they are connected, as measured.
#[tokio::test]
async fn an_operator_reads_how_people_are_connected() -> Result<()> {
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(2).await?;
    let peers = [Peer::join(&bins, &[&room.links[0]])?, Peer::join(&bins, &[&room.links[1]])?];
    let path = format!("/v2/rooms/{}/participants", room.id);
    until("both ways of both were measured", Duration::from_secs(60), || async {
        let (_, told) = server.get(&path).await?;
        let people = told["participants"].as_array().context("participants")?;
        let measured = |one: &Value| {
            let (quality, ms, loss) = (&one["quality"], &one["round_trip_ms"], &one["loss_percent"]);
            quality.as_u64() >= Some(1)
                && ms.as_u64().is_some_and(|ms| ms < 2_000)
                && loss.as_f64() < Some(50.0)
                && loss.is_number()
        };
        Ok((people.len() == 2 && people.iter().all(measured)).then_some(()))
    })
    .await?;
    for peer in peers {
        peer.stop().await?;
    }
    // Who is gone has none of it.
    until("they are gone", Duration::from_secs(30), || async {
        let (_, told) = server.get(&path).await?;
        let people = told["participants"].as_array().context("participants")?;
        Ok(people.iter().all(|one| one["quality"].is_null() && one["round_trip_ms"].is_null()).then_some(()))
    })
    .await
}

async fn is_seen_from(bins: &Path, link: &str) -> Result<()> {
    until("the other is seen", Duration::from_secs(20), || async {
        let (_, report) = Peer::join(bins, &[link, "--for", "1s", "--displace"])?.finish().await?;
        Ok((!videos(&report).is_empty()).then_some(()))
    })
    .await
}

/// One seat, one person: the same link from elsewhere is refused, or takes over when it says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_seat_in_use_is_taken_over_only_on_purpose() -> Result<()> {
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(2).await?;
    let first = Peer::join(&bins, &[&room.links[0]])?;
    is_seen_from(&bins, &room.links[1]).await?;
    let (code, refused) = Peer::join(&bins, &[&room.links[0], "--for", "2s"])?.finish().await?;
    ensure!(code == Some(2) && refused["error"]["code"] == "seat_in_use", "{code:?} {refused}");
    let second = Peer::join(&bins, &[&room.links[0], "--displace", "--for", "2s"])?;
    let (code, report) = first.finish().await?;
    ensure!(code == Some(0) && report["ended"] == "displaced", "{code:?} {report}");
    let (code, report) = second.finish().await?;
    ensure!(code == Some(0), "{code:?} {report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_opens_no_room_says_why() -> Result<()> {
    let bins = bin_dir()?;
    let server = Server::start(&bins).await?;
    let room = server.room(2).await?;
    let path = format!("/v2/rooms/{}/participants/{}/link", room.id, room.seats[1]);
    let (status, answer) = server.post(&path, &json!({})).await?;
    ensure!(status == 200 || status == 201, "no new link: {status} {answer}");
    let ended = server.room(2).await?;
    let (status, answer) = server.post(&format!("/v2/rooms/{}/disable", ended.id), &json!({})).await?;
    ensure!(status < 300, "not disabled: {status} {answer}");
    let nowhere = format!("http://127.0.0.1:{}/join/abcdefghijklmnopqrstuv", free_port()?);
    let unknown = format!("{}/join/abcdefghijklmnopqrstuv", server.url());
    let token = Server::livekit_token("room", "me")?;
    let stranger = token.replace('.', "x.");
    let cases: [(&[&str], i32, &str); 6] = [
        (&["this is no link"], 2, "link_malformed"),
        (&[&unknown], 2, "link_unknown"),
        (&[&room.links[1]], 2, "link_revoked"),
        (&[&ended.links[0]], 2, "room_disabled"),
        (&[&nowhere], 3, "server_unreachable"),
        (&["--url", &server.livekit_url(), "--token", &stranger], 2, "unauthorized"),
    ];
    for (arguments, status, why) in cases {
        let (code, answer) = Peer::join(&bins, arguments)?.finish().await?;
        ensure!(code == Some(status), "{arguments:?}: exit status {code:?}, {answer}");
        ensure!(answer["error"]["code"] == why, "{arguments:?}: {answer}");
        ensure!(answer["error"]["message"].as_str().is_some_and(|m| !m.is_empty()), "no words: {answer}");
    }
    Ok(())
}

/// A server that was killed and comes back: whoever was in is in again by itself.
#[tokio::test(flavor = "multi_thread")]
async fn peers_come_back_after_the_server_was_killed() -> Result<()> {
    let bins = bin_dir()?;
    let data = tempfile::tempdir()?;
    let port = free_port()?;
    let (listen, folder) = (format!("127.0.0.1:{port}"), data.path().display().to_string());
    let arguments = ["--listen", listen.as_str(), "--data", folder.as_str()];
    let mut server = Server::start_with(&bins, &arguments).await?;
    let room = server.room(2).await?;
    let peer = Peer::join(&bins, &[&room.links[0]])?;
    is_seen_from(&bins, &room.links[1]).await?;
    server.running.child.kill().await?;
    drop(server);
    let server = Server::start_with(&bins, &arguments).await?;
    is_seen_from(&bins, &room.links[1]).await?;
    peer.stop().await?;
    drop(server);
    Ok(())
}
