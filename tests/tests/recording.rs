//! Recordings from the button to the file: who agreed is in it, who did not is not, and it plays.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use axum::{Json, Router, extract::State};
use parking_lot::Mutex;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{net::TcpListener, process::Command};
use visita_call::{
    CallState, CameraChoice, JoinTarget, MicrophoneChoice,
    testing::{Person, by_link},
};
use visita_codec::tone;
use visita_protocol::{
    RecordingLayout, Secret,
    channel::RecordingState,
    view::{CallView, ConnectionView, ToolAction},
};
use visita_tests::{
    bin_dir,
    chromium::{self, Setup, Visitor},
    process::{family_names, on_path, signal},
    rooms::{Room, Server},
    until,
};

/// How long a recorder and what follows from it may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Tones of people: none is a sum, difference or multiple of the others, which a limiter makes.
const TONES: [f32; 3] = [500.0, 800.0, 1750.0];
/// Wording of the question, as a page names it.
const WORDING: &str = "recording-1";

async fn sends(room: &Room, seat: usize, name: &str, hz: f32) -> Person {
    let target = by_link(&room.links[seat], name);
    let person = Person::with(target, name, CameraChoice::Pattern, MicrophoneChoice::Tone(hz));
    person.is_in().await;
    person
}

/// Waits until an admin knows so many answers to being recorded.
async fn hears_answers(admin: &Person, count: usize) {
    let given = |view: &CallView| view.consents.iter().filter(|consent| consent.answer.is_some()).count();
    admin.sees("answers", |view| (given(view) == count).then_some(())).await;
}

async fn is_recorded(person: &Person, seconds: u32) {
    person
        .sees("being recorded", |view| match view.recording_state {
            RecordingState::On { elapsed_s, .. } => (elapsed_s >= seconds).then_some(()),
            _ => None,
        })
        .await;
}

/// The room's recordings, when there are so many and all can be played.
async fn available(server: &Server, room: &Room, count: usize) -> Result<Vec<Value>> {
    until("the recordings can be played", PATIENCE, || async {
        let (status, body) = server.get(&format!("/v2/rooms/{}/recordings", room.id)).await?;
        ensure!(status == 200, "{status} {body}");
        let all = body["recordings"].as_array().context("recordings")?.clone();
        ensure!(all.iter().all(|recording| recording["state"] != "failed"), "{body}");
        let done = all.len() == count && all.iter().all(|recording| recording["state"] == "available");
        Ok(done.then_some(all))
    })
    .await
}

async fn fetch(server: &Server, room: &Room, recording: &Value, to: &Path) -> Result<()> {
    let id = recording["recording_id"].as_str().context("an id")?;
    let url = format!("{}/v2/rooms/{}/recordings/{id}/content", server.url(), room.id);
    let answer = reqwest::Client::new().get(url).header("apikey", "devkey").send().await?;
    ensure!(answer.status().is_success(), "{}", answer.status());
    std::fs::write(to, answer.bytes().await?)?;
    Ok(())
}

/// A link to a recording that lives for a minute.
async fn link(server: &Server, room: &Room, recording: &Value) -> Result<String> {
    let id = recording["recording_id"].as_str().context("an id")?;
    let path = format!("/v2/rooms/{}/recordings/{id}/link", room.id);
    let (status, told) = server.post(&path, &json!({ "expires_in": 60 })).await?;
    ensure!(status < 300, "{status} {told}");
    Ok(told["url"].as_str().context("a link")?.to_owned())
}

/// What `ffmpeg` makes of a file.
async fn decoded(file: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-i"]).arg(file).args(arguments).arg("-").stdin(Stdio::null());
    let output = command.output().await.context("ffmpeg")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout)
}

/// How strong tones are in a recording's sound, in dB relative to a full-scale sine; the middle of it, at 48 kHz.
async fn tones(file: &Path, hz: &[f32]) -> Result<Vec<f32>> {
    let bytes = decoded(file, &["-f", "f32le", "-ac", "1", "-ar", "48000"]).await?;
    let samples: Vec<f32> =
        bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
    let middle = samples.len() / 2;
    let second = samples.get(middle.saturating_sub(24_000)..middle + 24_000).context("too short")?;
    Ok(hz.iter().map(|hz| tone::level_at(second, *hz)).collect())
}

/// Pixels of the last second, 64x36 in grey, one picture after the other.
async fn pictures(file: &Path) -> Result<Vec<Vec<u8>>> {
    let bytes = decoded(file, &["-vf", "fps=2,scale=64:36,format=gray", "-f", "rawvideo"]).await?;
    Ok(bytes.chunks_exact(64 * 36).map(<[u8]>::to_vec).collect())
}

/// How different the pixels of some columns are: a picture of a person, or nothing but ground.
fn spread(picture: &[u8], columns: std::ops::Range<usize>) -> u8 {
    let pixels = picture.chunks(64).flat_map(|row| row[columns.clone()].iter().copied());
    let (least, most) = pixels.fold((255, 0), |(least, most), pixel| (pixel.min(least), pixel.max(most)));
    most - least
}

async fn is_over(person: &Person) {
    person.until("it is over", |state| matches!(state, CallState::Over(_)).then_some(())).await;
}

#[tokio::test]
async fn who_agreed_is_in_the_file_and_it_plays() -> Result<()> {
    if !on_path("ffmpeg") || !on_path("ffprobe") {
        println!("SKIPPED: who_agreed_is_in_the_file_and_it_plays: ffmpeg is missing");
        return Ok(());
    }
    let server = Server::start_lasting(&bin_dir()?).await?;
    let room = server.room_with(3, json!({ "recording": "manual" })).await?;
    let host = sends(&room, 0, "Dr. Conti", 500.0).await;
    let guest = sends(&room, 1, "Ada", 800.0).await;
    let silent = sends(&room, 2, "Luca", TONES[2]).await;
    for person in [&host, &guest] {
        person.call.answer_consent(true, WORDING.into());
    }
    silent.call.answer_consent(false, WORDING.into());
    hears_answers(&host, 3).await;
    // Who is no admin starts nothing.
    guest.call.start_recording(None);
    host.call.start_recording(None);
    is_recorded(&guest, 8).await;
    host.call.stop_recording();
    guest.sees("it ended", |view| (view.recording_state == RecordingState::Off).then_some(())).await;
    let recordings = available(&server, &room, 1).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("visit.webm");
    fetch(&server, &room, &recordings[0], &file).await?;
    let told = recordings[0]["duration_ms"].as_f64().context("a duration")?;
    ensure!(told > 6000.0, "{}", recordings[0]);

    let probe = Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=codec_name,width,height:format=duration", "-of", "json"])
        .arg(&file)
        .output()
        .await?;
    let probe: Value = serde_json::from_slice(&probe.stdout)?;
    let codecs: Vec<_> =
        probe["streams"].as_array().context("streams")?.iter().map(|stream| &stream["codec_name"]).collect();
    ensure!(codecs.contains(&&json!("vp8")) && codecs.contains(&&json!("opus")), "{probe}");
    let length: f64 = probe["format"]["duration"].as_str().context("a duration")?.parse()?;
    ensure!((length * 1000.0 - told).abs() < 500.0, "{length} s, told {told} ms");

    let [host_db, guest_db, silent_db] = tones(&file, &TONES).await?.try_into().unwrap_or([f32::NAN; 3]);
    ensure!(host_db > -40.0 && guest_db > -40.0, "heard {host_db} and {guest_db} dB");
    ensure!(silent_db < -60.0, "who said no is heard: {silent_db} dB");
    let pictures = pictures(&file).await?;
    let middle = pictures.get(pictures.len() / 2).context("no picture")?;
    // Two tiles side by side: were the third in, there would be a second row, and these would be others.
    ensure!(spread(middle, 4..28) > 100 && spread(middle, 36..60) > 100, "nobody is seen");
    chromium_plays(&link(&server, &room, &recordings[0]).await?).await?;
    for person in [host, guest, silent] {
        person.call.leave();
        is_over(&person).await;
    }
    Ok(())
}

/// What is written is in the film, of those who agreed.
#[tokio::test]
async fn what_is_written_is_in_the_film_beside_the_pictures() -> Result<()> {
    if !on_path("ffmpeg") {
        println!("SKIPPED: what_is_written_is_in_the_film_beside_the_pictures: ffmpeg is missing");
        return Ok(());
    }
    let server = Server::start(&bin_dir()?).await?;
    let room = server.room_with(2, json!({ "recording": "manual" })).await?;
    let host = sends(&room, 0, "Dr. Conti", 500.0).await;
    let guest = sends(&room, 1, "Ada", 800.0).await;
    host.call.answer_consent(true, WORDING.into());
    guest.call.answer_consent(false, WORDING.into());
    hears_answers(&host, 2).await;
    host.call.start_recording(Some(RecordingLayout::GridAndChat));
    is_recorded(&host, 2).await;
    // Letters in the column of the chat, under its title, in the 64 by 36 pixels of what is read back.
    let letters = |picture: &Vec<u8>| {
        let column = picture.chunks(64).skip(4).flat_map(|row| &row[51..63]);
        column.filter(|light| **light > 60).count()
    };
    let write = |person: &Person, text: &str| {
        person.call.use_tool(ToolAction::SendChat { text: text.into(), reply_to: None });
    };
    write(&guest, "This is not to be read by anybody who was not in the visit");
    host.sees("what the guest wrote", |view| (view.unread_chat == 1).then_some(())).await;
    is_recorded(&host, 6).await;
    write(&host, "The results are good, and nobody has to come back before spring");
    guest.sees("what the host wrote", |view| (view.unread_chat == 1).then_some(())).await;
    is_recorded(&host, 10).await;
    host.call.stop_recording();
    guest.sees("it ended", |view| (view.recording_state == RecordingState::Off).then_some(())).await;
    let recordings = available(&server, &room, 1).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("visit.webm");
    fetch(&server, &room, &recordings[0], &file).await?;
    let pictures = pictures(&file).await?;
    let read: Vec<usize> = pictures.iter().map(letters).collect();
    ensure!(read[..read.len() / 2].iter().all(|letters| *letters == 0), "who said no is read: {read:?}");
    ensure!(read[read.len() - 2] > 4, "nothing is read: {read:?}");
    for person in [host, guest] {
        person.call.leave();
        is_over(&person).await;
    }
    Ok(())
}

/// How a browser plays a file that it is linked to: from the beginning, and then from its middle.
async fn chromium_plays(link: &str) -> Result<()> {
    if let Some(why) = chromium::missing() {
        println!("SKIPPED: chromium_plays: {why}");
        return Ok(());
    }
    // Chromium asks for sound before it plays without being asked to; its speaker is muted.
    let look = "const film = document.querySelector('video');
        if (!film) return null;
        if (film.paused) film.play();
        if (arguments[0] !== null && !film.sought) { film.sought = true; film.currentTime = arguments[0]; }
        return { at: film.currentTime, seeking: film.seeking, width: film.videoWidth, height: film.videoHeight,
            duration: Number.isFinite(film.duration) ? film.duration : null, error: film.error?.message ?? null,
            shown: film.getVideoPlaybackQuality().totalVideoFrames, heard: film.webkitAudioDecodedByteCount };";
    let browser = Visitor::start(&Setup::default()).await?;
    browser.goto(link).await?;
    let plays = async |from: Value, is: fn(&Value) -> bool| {
        until("the browser plays it", PATIENCE, || async {
            let now = browser.client().execute(look, vec![from.clone()]).await?;
            ensure!(now["error"].is_null(), "{now}");
            Ok(is(&now).then_some(now))
        })
        .await
    };
    let begun = plays(Value::Null, |now| now["at"].as_f64() > Some(1.0) && now["heard"].as_u64() > Some(0)).await?;
    ensure!(begun["width"] == 1280 && begun["height"] == 720, "{begun}");
    ensure!(begun["duration"].as_f64() > Some(6.0), "it cannot be moved about in: {begun}");
    let later = plays(json!(4.0), |now| now["at"].as_f64() > Some(4.5) && now["seeking"] == false).await?;
    ensure!(later["shown"].as_u64() > begun["shown"].as_u64(), "{begun} {later}");
    browser.close().await
}

/// Moves the end of a company's recordings into the past, as time does.
async fn age(database: &Path, days: i64) -> Result<()> {
    let store = sqlx::SqlitePool::connect(&format!("sqlite://{}", database.display())).await?;
    let moved = sqlx::query("UPDATE recordings SET ended_at = ended_at - $1, kept_until = kept_until - $1")
        .bind(days * 86_400_000)
        .execute(&store)
        .await?;
    ensure!(moved.rows_affected() > 0, "no recording");
    store.close().await;
    Ok(())
}

#[tokio::test]
async fn a_recording_goes_when_its_time_is_over() -> Result<()> {
    let bins = bin_dir()?;
    let mut server = Server::start_lasting(&bins).await?;
    let room = server.room_with(2, json!({ "recording": "automatic" })).await?;
    let host = sends(&room, 0, "Dr. Conti", 500.0).await;
    host.call.answer_consent(true, WORDING.into());
    is_recorded(&host, 2).await;
    host.call.leave();
    is_over(&host).await;
    let recordings = available(&server, &room, 1).await?;
    ensure!(recordings[0]["kept_until"].is_null(), "{recordings:?}");
    let (status, company) = server.patch("/v2/company", &json!({ "recording_retention_days": 30 })).await?;
    ensure!(status == 200, "{company}");
    let kept = available(&server, &room, 1).await?;
    ensure!(kept[0]["kept_until"].is_string(), "{kept:?}");

    let data = server.data().context("a folder")?.to_owned();
    let files = || files_named(&data, kept[0]["recording_id"].as_str().unwrap_or_default());
    ensure!(!files().is_empty(), "no file in {}", data.display());
    for (days, left) in [(29, 1), (1, 0)] {
        server.kill().await?;
        age(&data.join("visita.db"), days).await?;
        server.start_again(&bins).await?;
        available(&server, &room, left).await?;
    }
    ensure!(files().is_empty(), "left behind: {:?}", files());
    let (_, audit) = server.get("/v2/audit").await?;
    let entries = audit["entries"].as_array().context("entries")?;
    let deleted = entries.iter().filter(|entry| entry["action"] == "recording_deleted").collect::<Vec<_>>();
    ensure!(deleted.len() == 1 && deleted[0]["actor_kind"] == "server", "{deleted:?}");
    Ok(())
}

/// The files below a folder that have `name` in their name.
fn files_named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_named(&path, name));
        } else if path.file_name().is_some_and(|file| file.to_string_lossy().contains(name)) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn an_automatic_one_begins_with_the_first_and_survives_its_recorder_and_the_server() -> Result<()> {
    let bins = bin_dir()?;
    let mut server = Server::start_lasting(&bins).await?;
    let room = server.room_with(2, json!({ "recording": "automatic" })).await?;
    let host = sends(&room, 0, "Dr. Conti", 500.0).await;
    host.call.answer_consent(true, WORDING.into());
    is_recorded(&host, 4).await;
    // A recorder that dies leaves what it has, and another goes on.
    let recorders = recorders_of(server.running.pid());
    ensure!(recorders.len() == 1, "{recorders:?}");
    signal(recorders[0], "-KILL").await?;
    until("another recorder", PATIENCE, || async {
        let now = recorders_of(server.running.pid());
        Ok((now.len() == 1 && now != recorders).then_some(()))
    })
    .await?;
    // What people were told of the first goes on until they are told of the second.
    let first_is_over = |view: &CallView| match view.recording_state {
        RecordingState::On { elapsed_s, .. } => (elapsed_s < 3).then_some(()),
        _ => Some(()),
    };
    host.sees("told of another recording", first_is_over).await;
    is_recorded(&host, 3).await;
    server.kill().await?;
    host.sees("the line is lost", |view| (view.connection != ConnectionView::Connected).then_some(())).await;
    server.start_again(&bins).await?;
    host.sees("the line is back", |view| (view.connection == ConnectionView::Connected).then_some(())).await;
    is_recorded(&host, 2).await;
    host.call.leave();
    is_over(&host).await;
    let recordings = available(&server, &room, 3).await?;
    let folder = tempfile::tempdir()?;
    for (n, recording) in recordings.iter().enumerate() {
        let length = recording["duration_ms"].as_u64().context("a duration")?;
        ensure!(length > 500, "{recording}");
        let file = folder.path().join(format!("{n}.webm"));
        fetch(&server, &room, recording, &file).await?;
        if on_path("ffmpeg") {
            ensure!(!pictures(&file).await?.is_empty(), "{n} does not play");
        }
    }
    Ok(())
}

/// Somebody who comes by a client token of the Video Rooms API.
async fn comes(server: &Server, room: &str, name: &str, consent: bool, hz: f32) -> Result<(Person, String)> {
    let path = format!("/rooms/{room}/actions/generate_join_client_token");
    let (status, told) =
        server.video_rooms(Method::POST, &path, Some(&json!({ "recording_consent": consent }))).await?;
    ensure!(status == 201, "{status} {told}");
    let token = told["data"]["token"].as_str().context("a token")?;
    let target = JoinTarget::LiveKit { url: server.livekit_url(), token: Secret::new(token.to_owned()) };
    let person = Person::with(target, name, CameraChoice::Pattern, MicrophoneChoice::Tone(hz));
    person.is_in().await;
    let id = person.sees("who it is", |view| Some(view.me.participant_id.to_string())).await;
    Ok((person, id))
}

async fn listed(server: &Server, filter: &str) -> Result<Vec<Value>> {
    let (_, told) = server.video_rooms(Method::GET, &format!("/room_recordings?{filter}"), None).await?;
    Ok(told["data"].as_array().context("a list")?.clone())
}

async fn video_of(server: &Server, participant: &str) -> Result<Value> {
    let files = listed(server, &format!("filter[participant_id]={participant}&filter[type]=video")).await?;
    Ok(files.first().context("a video")?["id"].clone())
}

/// A composition, once it stands so.
async fn composition(server: &Server, id: &str, status: &str) -> Result<Value> {
    until("the composition stands so", PATIENCE, || async {
        let (code, told) = server.video_rooms(Method::GET, &format!("/room_compositions/{id}"), None).await?;
        ensure!(code == 200, "{code} {told}");
        let told = told["data"].clone();
        ensure!(told["status"] != "failed" || status == "failed", "{told}");
        Ok((told["status"] == status).then_some(told))
    })
    .await
}

async fn fetch_by_link(told: &Value, to: &Path) -> Result<()> {
    let answer = reqwest::get(told["download_url"].as_str().context("a link")?).await?;
    ensure!(answer.status().is_success(), "{}", answer.status());
    std::fs::write(to, answer.bytes().await?)?;
    // To look at.
    if let (Some(folder), Some(name)) = (std::env::var_os("VISITA_PICTURES"), to.file_name()) {
        std::fs::copy(to, Path::new(&folder).join(name))?;
    }
    Ok(())
}

/// A receiver of webhooks: its address, and the events that it was called with.
async fn hook() -> Result<(String, Arc<Mutex<Vec<Value>>>)> {
    let taken: Arc<Mutex<Vec<Value>>> = Arc::default();
    let take = async |State(taken): State<Arc<Mutex<Vec<Value>>>>, Json(event): Json<Value>| taken.lock().push(event);
    let router = Router::new().fallback(take).with_state(taken.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((url, taken))
}

/// What webhooks were told, by name.
fn told_of(taken: &Mutex<Vec<Value>>, name: &str) -> Vec<Value> {
    let events = taken.lock();
    let those = events.iter().filter(|event| event["data"]["event_type"] == name);
    those.map(|event| event["data"]["payload"].clone()).collect()
}

#[tokio::test]
async fn separate_tracks_become_a_film() -> Result<()> {
    if !on_path("ffmpeg") || !on_path("ffprobe") {
        println!("SKIPPED: separate_tracks_become_a_film: ffmpeg is missing");
        return Ok(());
    }
    let bins = bin_dir()?;
    let mut server = Server::start_lasting(&bins).await?;
    let (url, of_room) = hook().await?;
    let wanted = json!({ "enable_recording": true, "webhook_event_url": url });
    let (_, room) = server.video_rooms(Method::POST, "/rooms", Some(&wanted)).await?;
    let room = room["data"]["id"].as_str().context("a room")?.to_owned();
    let (ada, ada_id) = comes(&server, &room, "Ada", true, 500.0).await?;
    let (luca, luca_id) = comes(&server, &room, "Luca", true, 800.0).await?;
    let (eva, eva_id) = comes(&server, &room, "Eva", false, TONES[2]).await?;
    let list = async |filter: &str| listed(&server, filter).await;
    until("it is recorded", PATIENCE, || async {
        let files = list("filter[status]=processing").await?;
        Ok(files.iter().any(|file| file["duration_secs"].as_u64() >= Some(5)).then_some(()))
    })
    .await?;
    for person in [ada, luca, eva] {
        person.call.leave();
        is_over(&person).await;
    }
    let files = until("each has two files", PATIENCE, || async {
        let files = list("filter[status]=completed").await?;
        Ok((!files.is_empty()).then_some(files))
    })
    .await?;
    ensure!(files.len() == 4, "{files:?}");
    ensure!(files.iter().all(|file| file["participant_id"] != eva_id.as_str()), "who said no has a file: {files:?}");
    for (id, kind, codec) in [(&ada_id, "audio", "opus"), (&luca_id, "video", "vp8")] {
        let one = list(&format!("filter[participant_id]={id}&filter[type]={kind}")).await?;
        ensure!(one.len() == 1 && one[0]["codec"] == codec, "{one:?}");
    }

    until("the room's webhook hears of each file", PATIENCE, || async {
        let told = told_of(&of_room, "video.room.recording.completed");
        let of = |file: &&Value| told.iter().any(|one| one["recording_id"] == file["id"]);
        Ok((files.iter().filter(of).count() == 4).then_some(()))
    })
    .await?;

    // Alone, as they came.
    let folder = tempfile::tempdir()?;
    let sound = list(&format!("filter[participant_id]={ada_id}&filter[type]=audio")).await?.remove(0);
    let path = format!("/room_recordings/{}", sound["id"].as_str().context("an id")?);
    let (_, told) = server.video_rooms(Method::GET, &path, None).await?;
    let file = folder.path().join("ada.webm");
    fetch_by_link(&told["data"], &file).await?;
    let [own, other] = tones(&file, &[500.0, 800.0]).await?.try_into().unwrap_or([f32::NAN; 2]);
    ensure!(own > -40.0 && other < -60.0, "{own} and {other} dB");

    // Together: everybody in a grid, and one in a corner over the other.
    let session = sound["session_id"].as_str().context("a session")?;
    let (url, of_film) = hook().await?;
    let wanted = json!({ "session_id": session, "webhook_event_url": url });
    let (status, told) = server.video_rooms(Method::POST, "/room_compositions", Some(&wanted)).await?;
    ensure!(status == 202 && told["data"]["status"] == "enqueued", "{status} {told}");
    let grid = composition(&server, told["data"]["id"].as_str().context("an id")?, "completed").await?;
    for taken in [&of_room, &of_film] {
        until("webhooks hear of the film", PATIENCE, || async {
            let told = told_of(taken, "video.room.composition.completed");
            Ok(told.iter().any(|one| one["composition_id"] == grid["id"]).then_some(()))
        })
        .await?;
    }
    let file = folder.path().join("grid.mp4");
    fetch_by_link(&grid, &file).await?;
    let [ada_db, luca_db, eva_db] = tones(&file, &TONES).await?.try_into().unwrap_or([f32::NAN; 3]);
    ensure!(ada_db > -40.0 && luca_db > -40.0 && eva_db < -60.0, "{ada_db}, {luca_db}, {eva_db} dB");
    // Gaps between packets of 20 ms would be heard 50 Hz beside each tone.
    let beside = tones(&file, &[450.0, 550.0, 750.0, 850.0]).await?;
    ensure!(beside.iter().all(|db| *db < -43.0), "a hum: {beside:?} dB");
    let seen = pictures(&file).await?;
    let middle = seen.get(seen.len() / 2).context("no picture")?;
    ensure!(spread(middle, 4..28) > 100 && spread(middle, 36..60) > 100, "two tiles side by side");
    let length = grid["duration_secs"].as_u64().context("a length")?;
    ensure!((5..=40).contains(&length), "{grid}");

    let wanted = json!({ "session_id": session, "resolution": "640x360", "video_layout": {
        "main": { "width": 320, "video_sources": [video_of(&server, &ada_id).await?] },
        "corner": { "x_pos": 480, "y_pos": 270, "z_pos": 1, "width": 160, "height": 90,
                    "video_sources": [video_of(&server, &luca_id).await?] } } });
    let (status, told) = server.video_rooms(Method::POST, "/room_compositions", Some(&wanted)).await?;
    ensure!(status == 202, "{status} {told}");
    let id = told["data"]["id"].as_str().context("an id")?.to_owned();
    // What the death of the server interrupts is made anew.
    server.kill().await?;
    server.start_again(&bins).await?;
    let corner = composition(&server, &id, "completed").await?;
    ensure!(corner["video_layout"]["corner"]["width"] == 160, "{corner}");
    let file = folder.path().join("corner.mp4");
    fetch_by_link(&corner, &file).await?;
    let seen = pictures(&file).await?;
    let middle = seen.get(seen.len() / 2).context("no picture")?;
    ensure!(spread(middle, 2..30) > 100, "the main place");
    ensure!(spread(&middle[..64 * 26], 34..64) < 20, "nothing is beside it");
    ensure!(spread(&middle[64 * 28..], 49..63) > 100, "the corner");

    let path = format!("/room_compositions/{id}");
    let (status, _) = server.video_rooms(Method::DELETE, &path, None).await?;
    ensure!(status == 204, "{status}");
    let (status, _) = server.video_rooms(Method::GET, &path, None).await?;
    ensure!(status == 404, "{status}");
    Ok(())
}

#[tokio::test]
async fn tracks_whose_recorder_died_can_be_played() -> Result<()> {
    let server = Server::start_lasting(&bin_dir()?).await?;
    let (_, room) = server.video_rooms(Method::POST, "/rooms", Some(&json!({ "enable_recording": true }))).await?;
    let room = room["data"]["id"].as_str().context("a room")?.to_owned();
    let (ada, _) = comes(&server, &room, "Ada", true, 500.0).await?;
    let recorded = async |before: usize| {
        until("it is recorded", PATIENCE, || async {
            let files = listed(&server, "filter[status]=processing").await?;
            let done = listed(&server, "filter[status]=completed").await?.len();
            let is_on = files.iter().any(|file| file["duration_secs"].as_u64() >= Some(3));
            Ok((is_on && done == before).then_some(()))
        })
        .await
    };
    recorded(0).await?;
    let recorders = recorders_of(server.running.pid());
    ensure!(recorders.len() == 1, "{recorders:?}");
    signal(recorders[0], "-KILL").await?;
    // Sound and picture of the first, while another recorder goes on.
    recorded(2).await?;
    ada.call.leave();
    is_over(&ada).await;
    let files = until("both recordings have their files", PATIENCE, || async {
        let files = listed(&server, "filter[status]=completed").await?;
        Ok((files.len() == 4).then_some(files))
    })
    .await?;
    let folder = tempfile::tempdir()?;
    for (n, file) in files.iter().enumerate() {
        ensure!(file["duration_secs"].as_u64() >= Some(3), "{file}");
        let path = format!("/room_recordings/{}", file["id"].as_str().context("an id")?);
        let (_, told) = server.video_rooms(Method::GET, &path, None).await?;
        let to = folder.path().join(format!("{n}.webm"));
        fetch_by_link(&told["data"], &to).await?;
        if on_path("ffmpeg") {
            decoded(&to, &["-f", "null"]).await?;
        }
    }
    Ok(())
}

/// The recorders a server has started.
fn recorders_of(server: u32) -> Vec<u32> {
    family_names(server).into_iter().filter(|(_, name)| name.contains("recorder")).map(|(pid, _)| pid).collect()
}

#[tokio::test]
async fn what_cannot_be_recorded_says_so() -> Result<()> {
    let server = Server::start(&bin_dir()?).await?;
    let (status, body) =
        server.post("/v2/rooms", &json!({ "recording": "manual", "participants": [{ "user_id": "nobody" }] })).await?;
    ensure!(status >= 400, "{body}");
    let room = server.room_with(2, json!({ "recording": "manual" })).await?;
    let start = format!("/v2/rooms/{}/recording/start", room.id);
    let (status, body) = server.post(&start, &json!({})).await?;
    ensure!(status == 409, "nobody is in: {status} {body}");
    let never = server.room_with(2, json!({})).await?;
    let (status, body) = server.post(&format!("/v2/rooms/{}/recording/start", never.id), &json!({})).await?;
    ensure!(status == 409, "it is never recorded: {status} {body}");
    Ok(())
}
