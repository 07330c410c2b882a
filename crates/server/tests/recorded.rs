//! What a recorder makes, from its start to its deletion, over the real server and the real recorder.

#![expect(deprecated, reason = "its successor does not check the sums of what it reads")]

mod common;

use std::path::Path;

use async_zip::base::read::mem::ZipFileReader;
use common::{Person, Room, Server, code, files_in, server_with, until};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use visita_server::ServerConfig;

/// A server that records, a room of mode `manual`, and its host.
struct Scene {
    server: Server,
    room: Room,
    host: Person,
    data: tempfile::TempDir,
}

impl Scene {
    async fn start(recorder: &Path) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let config = ServerConfig {
            recorder: Some(recorder.to_owned()),
            data: Some(data.path().to_owned()),
            ..ServerConfig::default()
        };
        let server = server_with(config).await;
        server.api.users().await;
        let room = server.api.room(json!({ "recording": "manual", "description": "Follow-up" })).await;
        let host = server.api.come(&room.host, "Dr. Conti").await;
        Self { server, room, host, data }
    }

    /// What is told of the recording, up to this state.
    async fn told_until(&mut self, state: &str) -> Value {
        loop {
            let message = self.host.next().await;
            if message["type"] == "recording_changed" && message["recording"]["state"] == state {
                return message["recording"].clone();
            }
            assert_ne!(message["type"], "refused", "{message}");
            assert_ne!(message["recording"]["state"], "stopped", "{message}");
        }
    }

    /// Until something of a recording is on the disk.
    async fn something_recorded(&self) {
        let folder = self.data.path().join("recordings");
        let written =
            || files_in(&folder).iter().filter_map(|file| file.metadata().ok()).any(|file| file.len() > 4_000);
        until("something is recorded", async || folder.is_dir() && written()).await;
    }

    async fn recordings(&self) -> Vec<Value> {
        let (_, list) = self.server.api.get(&format!("{}/recordings", self.room.path())).await;
        list["recordings"].as_array().expect("a list").clone()
    }

    /// Recordings, once there are so many that can be fetched.
    async fn available(&self, count: usize) -> Vec<Value> {
        let is_available = |one: &Value| one["state"] == "available";
        until("recordings can be fetched", async || {
            let all = self.recordings().await;
            all.len() == count && all.iter().all(is_available)
        })
        .await;
        self.recordings().await
    }

    fn path(&self, recording: &Value) -> String {
        format!("{}/recordings/{}", self.room.path(), recording["recording_id"].as_str().expect("an id"))
    }
}

/// The first bytes of each EBML document (RFC 8794, 11.2.1).
const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

#[tokio::test]
async fn a_recording_is_made_found_fetched_and_deleted() {
    let Some(recorder) = common::recorder("a_recording_is_made_found_fetched_and_deleted") else { return };
    let mut scene = Scene::start(&recorder).await;
    scene.host.send(json!({ "type": "consent", "answer": true, "text_version": "en-1" })).await;
    scene.host.send(json!({ "type": "chat", "key": "a", "text": "Good morning" })).await;
    scene.host.send(json!({ "type": "start_recording" })).await;
    assert_eq!(scene.told_until("on").await["layout"], "grid");
    let (_, occupants) = scene.server.api.get(&format!("{}/participants", scene.room.path())).await;
    assert_eq!(occupants["total"], 2, "a recorder has no seat");
    let running = scene.recordings().await.remove(0);
    assert_eq!(running["state"], "recording");
    let answer = scene.server.api.delete(&scene.path(&running)).await;
    assert_eq!((answer.0, code(&answer)), (StatusCode::CONFLICT, "conflict"), "it is still written to");
    scene.something_recorded().await;
    scene.host.send(json!({ "type": "stop_recording" })).await;
    scene.told_until("off").await;

    let recording = scene.available(1).await.remove(0);
    let path = scene.path(&recording);
    assert_eq!(recording["reason"], Value::Null);
    assert!(recording["duration_ms"].as_u64().is_some_and(|ms| ms > 0), "{recording}");
    let (_, told) = scene.server.api.get(&path).await;
    assert_eq!((&told["consents"][0]["answer"], &told["consents"][0]["text_version"]), (&json!(true), &json!("en-1")));

    // Whole, in parts, and by a link that needs no key.
    let content = format!("{path}/content");
    let whole = scene.server.api.fetch(&content, None).await;
    assert_eq!(
        (whole.status(), &whole.headers()[header::CONTENT_TYPE]),
        (StatusCode::OK, &"video/webm".parse().expect("a value"))
    );
    let whole = whole.bytes().await.expect("bytes");
    assert_eq!((whole.len() as u64, &whole[..4]), (recording["bytes"].as_u64().expect("a size"), &EBML[..]));
    let part = scene.server.api.fetch(&content, Some("bytes=4-9")).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.expect("bytes"), whole[4..10]);
    for seconds in [29, 3601] {
        let answer = scene.server.api.post(&format!("{path}/link"), &json!({ "expires_in": seconds })).await;
        assert_eq!((answer.0, &answer.1["error"]["field"]), (StatusCode::BAD_REQUEST, &json!("expires_in")));
    }
    let (status, link) = scene.server.api.post(&format!("{path}/link"), &json!({ "expires_in": 30 })).await;
    assert_eq!(status, StatusCode::CREATED);
    let url = link["url"].as_str().expect("a URL").to_owned();
    let by_link = scene.server.api.client.get(&url).header(header::RANGE, "bytes=-3").send().await.expect("an answer");
    assert_eq!(by_link.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(by_link.bytes().await.expect("bytes"), whole[whole.len() - 3..]);

    // All of the session in one file.
    let session = recording["session_id"].as_str().expect("an id");
    let zip = scene.server.api.fetch(&format!("{}/sessions/{session}/export", scene.room.path()), None).await;
    assert_eq!(zip.headers()[header::CONTENT_TYPE], "application/zip");
    let zip = ZipFileReader::new(zip.bytes().await.expect("bytes").to_vec()).await.expect("a zip file");
    let mut names = Vec::new();
    for (index, entry) in zip.file().entries().iter().enumerate() {
        let mut bytes = Vec::new();
        let mut reader = zip.reader_with_entry(index).await.expect("an entry");
        reader.read_to_end_checked(&mut bytes).await.expect("bytes with the right sum");
        let name = entry.filename().as_str().expect("UTF-8").to_owned();
        match name.as_str() {
            "chat.txt" => assert!(String::from_utf8_lossy(&bytes).contains("Dr. Conti: Good morning")),
            "consents.json" => {
                let consents: Value = serde_json::from_slice(&bytes).expect("JSON");
                assert_eq!(consents[0]["answer"], true);
            }
            name if name.starts_with("recordings/") => assert_eq!(bytes, whole),
            _ => {}
        }
        names.push(name);
    }
    assert_eq!(names.len(), 5, "{names:?}");

    assert_eq!(scene.server.api.delete(&path).await.0, StatusCode::NO_CONTENT);
    assert_eq!(scene.server.api.fetch(&content, None).await.status(), StatusCode::NOT_FOUND);
    let gone =
        scene.server.api.call(Method::GET, url.strip_prefix(&scene.server.api.base).expect("ours"), None, None).await;
    assert_eq!((gone.0, code(&gone)), (StatusCode::NOT_FOUND, "link_unknown"));
    let (_, log) = scene.server.api.get(&format!("/v2/audit?room_id={}", scene.room.id)).await;
    let actions: Vec<_> =
        log["entries"].as_array().expect("a list").iter().map(|one| one["action"].as_str().expect("a word")).collect();
    for action in [
        "recording_started",
        "recording_stopped",
        "recording_viewed",
        "recording_downloaded",
        "recording_link_made",
        "session_exported",
        "recording_deleted",
    ] {
        assert!(actions.contains(&action), "{action} is missing in {actions:?}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_recorder_that_is_killed_leaves_what_it_had_and_another_goes_on() {
    let Some(recorder) = common::recorder("a_recorder_that_is_killed_leaves_what_it_had_and_another_goes_on") else {
        return;
    };
    let mut scene = Scene::start(&recorder).await;
    scene.host.send(json!({ "type": "start_recording" })).await;
    scene.told_until("on").await;
    scene.something_recorded().await;
    let [process] = recorders(&recorder)[..] else { panic!("one recorder") };
    let killed = std::process::Command::new("kill").args(["-KILL", &process.to_string()]).status().expect("kill");
    assert!(killed.success());
    scene.told_until("starting").await;
    scene.told_until("on").await;
    scene.host.send(json!({ "type": "leave" })).await;
    let all = scene.available(2).await;
    assert_eq!((&all[0]["reason"], &all[1]["reason"]), (&Value::Null, &json!("recorder_failed")), "the latest first");
    for one in &all {
        let bytes =
            scene.server.api.fetch(&format!("{}/content", scene.path(one)), None).await.bytes().await.expect("bytes");
        assert_eq!(bytes[..4], EBML);
    }
}

#[tokio::test]
async fn an_mp4_is_made_once_and_told_how_far_it_is() {
    let Some(recorder) = common::recorder("an_mp4_is_made_once_and_told_how_far_it_is") else { return };
    let mut scene = Scene::start(&recorder).await;
    scene.host.send(json!({ "type": "start_recording" })).await;
    scene.told_until("on").await;
    scene.something_recorded().await;
    // Everybody goes, and with them the recording.
    scene.host.send(json!({ "type": "leave" })).await;
    let path = scene.path(&scene.available(1).await[0]);
    let content = format!("{path}/content?format=mp4");
    assert_eq!(scene.server.api.fetch(&content, None).await.status(), StatusCode::NOT_FOUND, "nobody wanted one yet");
    let (status, told) = scene.server.api.post(&format!("{path}/mp4"), &json!({})).await;
    assert_eq!((status, &told["mp4"]["state"]), (StatusCode::ACCEPTED, &json!("making")));
    until("the MP4 is made", async || {
        let mp4 = scene.server.api.get(&path).await.1["mp4"].clone();
        assert_ne!(mp4["state"], "failed", "{mp4}");
        mp4["state"] == "available"
    })
    .await;
    assert_eq!(scene.server.api.post(&format!("{path}/mp4"), &json!({})).await.0, StatusCode::OK, "there it is");
    let bytes = scene.server.api.fetch(&content, None).await.bytes().await.expect("bytes");
    assert_eq!(&bytes[4..8], b"ftyp", "a file type box (ISO/IEC 14496-12, 4.3)");
}

/// Processes of ours that run this program.
#[cfg(target_os = "linux")]
fn recorders(program: &Path) -> Vec<u32> {
    let program = program.canonicalize().expect("a program");
    let is_ours = |id: &u32| {
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse::<u32>().ok());
        parent == Some(std::process::id())
            && std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == program)
    };
    let all = std::fs::read_dir("/proc")
        .expect("processes")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    all.filter(is_ours).collect()
}
