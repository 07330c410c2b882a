//! Schemathesis asks every call of every description for what it allows and for what it does not: no answer of 5xx, no
//! status, content type or shape that is not described, nothing without a key that asks for one.

mod common;

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use common::{Server, server_with};
use serde_json::{Value, json};
use visita_server::ServerConfig;

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
    ignored_auth";

/// The program, when it is set up (`./dev setup`).
fn program(test: &str) -> Option<PathBuf> {
    let program = std::env::var_os("VISITA_CACHE").map(|cache| PathBuf::from(cache).join("venv/bin/schemathesis"));
    let program = program.filter(|program| program.exists());
    if program.is_none() {
        common::skipped(test, "schemathesis is not set up");
    }
    program
}

/// What is there, by the names of parts of paths.
type Known<'k> = Option<&'k [(&'k str, &'k str)]>;

/// Asks all that a description has; with `known`, about what is there by these names, and without taking any of it away.
fn ask(program: &Path, server: &Server, dialect: &str, header: &str, known: Known<'_>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = String::from("[parameters]\n");
    for (name, value) in known.unwrap_or_default() {
        writeln!(settings, "\"path.{name}\" = \"{value}\"").expect("written");
    }
    let file = folder.path().join("schemathesis.toml");
    std::fs::write(&file, settings).expect("a file");
    let mut command = Command::new(program);
    command.current_dir(&folder).arg("--config-file").arg(&file);
    command.args(["run", &format!("{}/docs/{dialect}.json", server.api.base), "--url", &server.api.base]);
    // The same questions each time.
    command.args(["--checks", CHECKS, "--generation-deterministic", "--no-color"]);
    command.args(["--continue-on-failure", "--max-examples", "6", "-H", header]);
    match known {
        Some(_) => command.args(["--phases", "examples,fuzzing", "--exclude-method", "DELETE"]),
        None => command.args(["--phases", "examples,coverage,fuzzing"]),
    };
    let done = command.output().expect("schemathesis runs");
    let words = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{dialect}:\n{words}\n{}", String::from_utf8_lossy(&done.stderr));
}

async fn patient_server() -> Server {
    server_with(ServerConfig { limits: common::patient(), ..ServerConfig::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_dialect_answers_as_described() {
    let Some(program) = program("every_dialect_answers_as_described") else { return };
    let server = patient_server().await;
    server.api.users().await;
    let room = server.api.room(json!({ "description": "Follow-up" })).await;
    let host = server.api.come(&room.host, "Dr. Conti").await;
    let session = text(&host.welcome["room"]["session_id"]);
    let code = room.guest.rsplit('/').next().expect("a code");
    let seated = [
        ("room_id", room.id.as_str()),
        ("participant_id", room.seat(1)),
        ("user_id", "pat"),
        ("session_id", &session),
        ("code", code),
    ];
    let rooms = format!("{}/video-rooms/v2/rooms", server.api.base);
    let made =
        server.api.client.post(rooms).bearer_auth("devkey").json(&json!({ "unique_name": "checkup" })).send().await;
    let open: Value = made.expect("an answer").json().await.expect("a room");
    let open = text(&open["data"]["id"]);
    let bearer = "Authorization: Bearer devkey";
    // Those that take longest first, two at a time: they are programs of one thread.
    let asked: [(&str, &str, Known<'_>); 6] = [
        ("kaleyra", "apikey: devkey", None),
        ("kaleyra", "apikey: devkey", Some(&seated)),
        ("video-rooms", bearer, None),
        ("video-rooms", bearer, Some(&[("room_id", &open)])),
        ("mia", "apikey: devkey", None),
        ("callaba", "x-access-token: devkey", None),
    ];
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((dialect, header, known)) = asked.get(next.fetch_add(1, Ordering::Relaxed)) {
                    ask(&program, &server, dialect, header, *known);
                }
            });
        }
    });
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}
