//! A server of the test's own, rooms on it, and people in calls.

#![allow(dead_code, reason = "each test file uses its part")]

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::sync::mpsc;
use visita_call::{
    Call, CallState, CameraChoice, FrameHub, JoinTarget, LocalMedia, MicrophoneChoice, Reception, SpeakerChoice, entry,
};
use visita_protocol::view::{CallView, NoticeCode, NoticeView, PersonView, WaitingView};
use visita_server::{RunningServer, ServerConfig};

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// Prints the log when `RUST_LOG` says so.
pub(crate) fn log() {
    let _ = tracing_subscriber::fmt()
        // Writes down whole packets when the machine is too busy to take them.
        .with_env_filter(
            tracing_subscriber::EnvFilter::from_default_env()
                .add_directive("webrtc::peer_connection::driver=off".parse().expect("a directive")),
        )
        .with_test_writer()
        .try_init();
}

/// A server in development mode.
pub(crate) async fn server() -> RunningServer {
    log();
    visita_server::start(ServerConfig { dev: true, ..ServerConfig::default() }).await.expect("a server")
}

/// A room and its links.
pub(crate) struct Room {
    pub(crate) links: Vec<String>,
    pub(crate) seats: Vec<String>,
    pub(crate) id: String,
}

/// A room with so many seats, the first an admin's, with these fields besides.
pub(crate) async fn room(server: &RunningServer, seats: usize, fields: Value) -> Room {
    let http = reqwest::Client::new();
    let post = async |path: &str, body: &Value| {
        let url = server.url().join(path).expect("a path");
        let answer = http.post(url).header("apikey", "devkey").json(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json::<Value>().await.expect("a body"))
    };
    let mut participants = Vec::new();
    for n in 0..seats {
        let user = format!("user-{n}");
        let role = if n == 0 { "plus" } else { "basic" };
        let (status, body) = post("v2/users", &json!({ "user_id": user, "role": role })).await;
        assert!(status == 201 || status == 409, "{status} {body}");
        participants.push(json!({ "user_id": user, "is_admin": n == 0 }));
    }
    let mut body = json!({ "participants": participants });
    if let (Value::Object(body), Value::Object(fields)) = (&mut body, fields) {
        body.extend(fields);
    }
    let (status, room) = post("v2/rooms", &body).await;
    assert_eq!(status, 201, "{room}");
    let seats = room["user_urls"].as_array().expect("seats");
    let text = |field: &str| -> Vec<String> {
        seats.iter().map(|seat| seat[field].as_str().expect("text").to_owned()).collect()
    };
    Room { links: text("url"), seats: text("participant_id"), id: room["room_id"].as_str().expect("an id").to_owned() }
}

/// A target by link.
pub(crate) fn by_link(link: &str, name: &str) -> JoinTarget {
    let link = entry::parse_link(link).expect("a link");
    JoinTarget::Link { link, display_name: Some(name.to_owned()), displace: false }
}

/// Somebody in a call.
pub(crate) struct Person {
    pub(crate) call: Call,
    pub(crate) name: String,
    pub(crate) notices: mpsc::UnboundedReceiver<NoticeView>,
    _key_frames: Option<mpsc::UnboundedSender<u32>>,
}

impl Person {
    /// Goes in without devices.
    pub(crate) fn quiet(target: JoinTarget, name: &str) -> Self {
        Self::with(target, name, CameraChoice::None, MicrophoneChoice::None)
    }

    /// Goes in with the test picture and a tone.
    pub(crate) fn sending(target: JoinTarget, name: &str) -> Self {
        Self::with(target, name, CameraChoice::Pattern, MicrophoneChoice::Tone(440.0))
    }

    pub(crate) fn with(target: JoinTarget, name: &str, camera: CameraChoice, microphone: MicrophoneChoice) -> Self {
        let (hub, _) = FrameHub::new();
        let media = Arc::new(LocalMedia::start(camera, microphone, SpeakerChoice::Null, hub.clone()));
        media.set_preview(None);
        let (key_frames, wanted) = mpsc::unbounded_channel();
        let mut call = Call::join(target, media, hub, wanted);
        let notices = call.take_notices().expect("not taken yet");
        Self { call, name: name.to_owned(), notices, _key_frames: Some(key_frames) }
    }

    /// Goes in with these devices; everybody's pictures come to the hub.
    pub(crate) fn watching(
        target: JoinTarget,
        name: &str,
        media: LocalMedia,
        (hub, wanted): (FrameHub, mpsc::UnboundedReceiver<u32>),
    ) -> Self {
        let mut call = Call::join_receiving(target, Reception::Everything, Arc::new(media), hub, wanted);
        let notices = call.take_notices().expect("not taken yet");
        Self { call, name: name.to_owned(), notices, _key_frames: None }
    }

    /// Waits until the call stands as asked for.
    pub(crate) async fn until<T>(&self, what: &str, mut pick: impl FnMut(&CallState) -> Option<T>) -> T {
        let mut state = self.call.watch();
        let mut last = String::new();
        let seen = async {
            loop {
                {
                    let now = state.borrow_and_update();
                    if let Some(picked) = pick(&now) {
                        return picked;
                    }
                    last = format!("{:?}", *now);
                }
                if state.changed().await.is_err() {
                    panic!("{}: the call ended before {what}", self.name);
                }
            }
        };
        match tokio::time::timeout(PATIENCE, seen).await {
            Ok(picked) => picked,
            Err(_) => panic!("{}: not within {PATIENCE:?}: {what}; it stands: {last}", self.name),
        }
    }

    /// Waits until the view is as asked for.
    pub(crate) async fn sees<T>(&self, what: &str, mut pick: impl FnMut(&CallView) -> Option<T>) -> T {
        self.until(what, |state| match state {
            CallState::Running(view) => pick(view),
            CallState::Failed(problem) => panic!("{}: {problem:?} before {what}", self.name),
            _ => None,
        })
        .await
    }

    /// Waits until in the waiting room as asked for.
    pub(crate) async fn waits<T>(&self, what: &str, mut pick: impl FnMut(&WaitingView) -> Option<T>) -> T {
        self.until(what, |state| if let CallState::Waiting(view) = state { pick(view) } else { None }).await
    }

    /// Waits until connected with the room's whole state known.
    pub(crate) async fn is_in(&self) {
        use visita_protocol::view::ConnectionView::{Connected, Unstable};
        self.sees("being in", |view| matches!(view.connection, Connected | Unstable).then_some(())).await;
    }

    /// Waits until somebody is seen as asked for.
    pub(crate) async fn sees_person<T>(
        &self,
        what: &str,
        name: &str,
        mut pick: impl FnMut(&PersonView) -> Option<T>,
    ) -> T {
        self.sees(what, |view| pick(view.people.iter().find(|person| person.display_name == name)?)).await
    }

    /// Waits for a notice.
    pub(crate) async fn hears(&mut self, code: NoticeCode) -> Option<String> {
        let heard = async {
            loop {
                let notice = self.notices.recv().await.expect("the call goes on");
                if notice.code == code {
                    return notice.name;
                }
            }
        };
        match tokio::time::timeout(PATIENCE, heard).await {
            Ok(name) => name,
            Err(_) => panic!("{}: no notice {code:?} within {PATIENCE:?}", self.name),
        }
    }
}
