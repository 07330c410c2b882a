//! The console of an operator.

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;
use serde_json::json;
use visita_tests::{
    rooms::Peer,
    until,
    window::{PATIENCE, Window},
};

use super::stage::{Stage, keep, skipped};

async fn text_has(window: &Window, id: &str, words: &str) -> Result<()> {
    until(&format!("{words} in {id}"), PATIENCE, || async { Ok(window.text(id).await?.contains(words).then_some(())) })
        .await
}

/// Signed in with a link of this server, as somebody its back end made an operator.
async fn signed_in_as_operator(stage: &Stage) -> Result<Window> {
    let operator = json!({ "user_id": "boss", "role": "plus", "is_operator": true });
    let (status, made) = stage.server.post("/v2/users", &operator).await?;
    ensure!(status == 201, "{status} {made}");
    let (status, link) = stage.server.post("/v2/users/boss/sign-in-link", &json!({})).await?;
    ensure!(status == 201, "{status} {link}");
    let window = stage.window(&[]).await?;
    window.screen("home").await?;
    let secret = link["url"].as_str().context("a link")?;
    window.invoke_with("account", json!({ "action": { "do": "sign_in", "secret": secret, "server": null } })).await?;
    window
        .view("an operator", |view| view["account"]["is_operator"] == true && view["account"]["online"] == true)
        .await?;
    Ok(window)
}

/// Somebody in a room is seen in it and put out, a user is made and gets a link, a key is made and taken back.
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_runs_the_server_from_the_console() -> Result<()> {
    if skipped("an_operator_runs_the_server_from_the_console") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = signed_in_as_operator(&stage).await?;
    let peer = Peer::join(&stage.bins, &[&stage.room.links[1], "--name", "Anna Rossi", "--tone-hz", "500"])?;
    window.click("open-console").await?;
    window.screen("console").await?;
    text_has(&window, "rooms-table", "Follow-up visit").await?;
    // A row is not what drivers can press; what is in it is.
    let row = Locator::Css("[data-testid=\"rooms-table-row\"] [role=\"rowheader\"]");
    window.client().find(row).await?.click().await?;
    text_has(&window, "room-panel", "Anna Rossi").await?;
    keep(&window, "console-room.png").await?;
    window.click("end-session").await?;
    window.click("question-yes").await?;
    let (_, report) = peer.finish().await?;
    ensure!(report["ended"] == "session_ended", "{report}");
    until("nobody is in", PATIENCE, || async { Ok((!window.has("end-session").await?).then_some(())) }).await?;

    window.click("console-users-nav").await?;
    window.click("make-user").await?;
    window.fill("user-id", "nurse.bianchi").await?;
    window.click("form-done").await?;
    text_has(&window, "users-table", "nurse.bianchi").await?;
    keep(&window, "console-users.png").await?;
    let (status, made) = stage.server.get("/v2/users/nurse.bianchi").await?;
    ensure!(status == 200, "{status} {made}");

    window.click("console-apiKeys-nav").await?;
    window.click("make-key").await?;
    window.fill("key-name", "Hospital system").await?;
    window.click("form-done").await?;
    window.find("once-secret").await?;
    window.click("once-done").await?;
    text_has(&window, "keys-table", "Hospital system").await?;
    window.click("key-delete").await?;
    window.click("question-yes").await?;
    until("the key is gone", PATIENCE, || async {
        Ok((!window.text("keys-table").await?.contains("Hospital system")).then_some(()))
    })
    .await?;
    let (_, keys) = stage.server.get("/v2/api-keys").await?;
    ensure!(keys["keys"].as_array().map(Vec::len) == Some(1), "{keys}");

    // The token stays in the app: another server's address or path is no call of the console.
    let elsewhere = json!({ "method": "GET", "path": "//elsewhere.example/v2/rooms", "body": null });
    ensure!(window.invoke_with("console_request", elsewhere).await.is_err(), "it went elsewhere");
    window.click("leave-console").await?;
    window.screen("home").await?;
    window.close().await
}
