//! What comes from outside the window: a second start, links of the app's own scheme, rings, policies.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tokio::process::Command;
use visita_tests::{
    process::Running,
    rooms::Peer,
    until,
    window::{PATIENCE, Setting, Window},
};

use super::{
    desk::bus,
    stage::{Stage, skipped, skipped_without},
};

/// A second start hands its link to the first and ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_hands_its_link_over() -> Result<()> {
    const NAME: &str = "a_second_start_hands_its_link_over";
    if skipped_without(NAME, &["dbus-daemon"]) {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let (_daemon, address) = bus().await?;
    let mut setting = stage.setting(&[]);
    setting.env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address.clone()));
    let window = Window::open(&stage.bins, &setting).await?;
    window.screen("home").await?;
    let start = async |link: &str| -> Result<()> {
        let mut second = Command::new(stage.bins.join("visita"));
        second
            .arg(link)
            .env("DISPLAY", stage.display.name())
            .env("GDK_BACKEND", "x11")
            .env("DBUS_SESSION_BUS_ADDRESS", &address)
            .env("VISITA_APP_DATA", window.data())
            .env("VISITA_KEYRING", "file");
        let (code, _) = Running::start(&mut second)?.finish(PATIENCE).await?;
        ensure!(code == Some(0), "the second start ended with {code:?}");
        Ok(())
    };
    // Anybody may send a sign-in link: it is used only when the person says so.
    let (status, link) = stage.server.post("/v2/users/user-0/sign-in-link", &json!({})).await?;
    ensure!(status < 300, "{status} {link}");
    let sign_in = link["url"].as_str().unwrap_or_default().replacen("http://", "visita://", 1);
    start(&sign_in).await?;
    window.find("sign-in-asked").await?;
    if let Some(folder) = std::env::var_os("VISITA_PICTURES") {
        stage.display.eye()?.look()?.save(&std::path::Path::new(&folder).join("sign-in-asked.png"))?;
    }
    window.click("sign-in-no").await?;
    let view = window.view("nothing is asked", |view| view["sign_in_asked"].is_null()).await?;
    ensure!(view["account"]["state"] == "local", "{view}");
    start(&sign_in).await?;
    window.click("sign-in-yes").await?;
    window.view("signed in", |view| view["account"]["state"] == "signed_in").await?;
    // It was good once: used again it is refused, and one stays who one is.
    start(&sign_in).await?;
    window.click("sign-in-yes").await?;
    let view = window.view("refused", |view| !view["account"]["refused"].is_null()).await?;
    ensure!(view["account"]["state"] == "signed_in", "{view}");
    // As the desktop hands over a link of the app's own scheme.
    start(&stage.room.links[0].replacen("http://", "visita://", 1)).await?;
    window.screen("lobby").await?;
    // Which host and which room is said before anybody is in it.
    let lobby = window.invoke("app_view").await?;
    ensure!(lobby["screen"]["preview"]["title"] == "Follow-up visit", "{lobby}");
    let host = stage.server.url().trim_start_matches("http://");
    ensure!(lobby["screen"]["host"] == host, "{lobby}");
    window.click("join").await?;
    window.view("in", |view| view["screen"]["connection"]["state"] == "connected").await?;
    // A link that comes during a call ends no call.
    start(&stage.room.links[1]).await?;
    window
        .view("told of the link", |view| view["screen"]["kind"] == "call" && view["notice"]["code"] == "link_in_call")
        .await?;
    window.close().await
}

/// Signed in on another server, somebody is rung outside of any room, and answers.
#[tokio::test(flavor = "multi_thread")]
async fn somebody_signed_in_is_rung_and_answers() -> Result<()> {
    if skipped("somebody_signed_in_is_rung_and_answers") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let (status, link) = stage.server.post("/v2/users/user-0/sign-in-link", &json!({})).await?;
    ensure!(status < 300, "{status} {link}");
    let window = stage.window(&[]).await?;
    window.screen("home").await?;
    window.click("open-settings").await?;
    window.click("settings-tab-account").await?;
    window.fill("sign-in-secret", link["url"].as_str().unwrap_or_default()).await?;
    window.click("sign-in").await?;
    window
        .view("signed in and online", |view| {
            view["account"]["state"] == "signed_in" && view["account"]["online"] == true
        })
        .await?;
    // The token is where only this user can read it.
    until("kept", PATIENCE, || async {
        let kept = std::fs::read_to_string(window.data().join("secrets.json")).unwrap_or_default();
        Ok(kept.contains("user-0").then_some(()))
    })
    .await?;

    let path = format!("/v2/rooms/{}/ring", stage.room.id);
    let ring = async || -> Result<()> {
        let (status, answer) = stage.server.post(&path, &json!({})).await?;
        ensure!(status == 202, "{status} {answer}");
        let view = window.view("it rings", |view| view["incoming"].is_object()).await?;
        ensure!(view["incoming"]["title"] == "Follow-up visit", "{view}");
        window.go_into("incoming").await?;
        window.find("screen-incoming").await?;
        Ok(())
    };
    // In a window of its own: declined, which closes it, and rung again and answered.
    ring().await?;
    press_last(&window, "decline").await?;
    window.view("it rings no more", |view| view["incoming"].is_null()).await?;
    window.screen("home").await?;
    let peer = Peer::join(&stage.bins, &[&stage.room.links[1]])?;
    ring().await?;
    press_last(&window, "answer").await?;
    window.screen("call").await?;
    stage.picture_of_other(&window).await?;
    window.view("it rings no more", |view| view["incoming"].is_null()).await?;
    peer.stop().await?;
    window.close().await
}

/// Presses what closes its window, and goes on in the main one: the driver may find nobody there any more to answer it.
async fn press_last(window: &Window, id: &str) -> Result<()> {
    let _ = window.find(id).await?.click().await;
    window.go_into("main").await
}

/// On a managed computer only the listed servers are asked; the seat of another device is taken only after a question.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_holds_and_a_seat_in_use_is_asked_about() -> Result<()> {
    if skipped("a_policy_holds_and_a_seat_in_use_is_asked_about") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let host = stage.server.url().trim_start_matches("http://").to_owned();
    let policy = stage.sound.folder().join("policy.json");
    std::fs::write(&policy, json!({"allowed_servers": [host]}).to_string())?;
    let other_device = Peer::join(&stage.bins, &[&stage.room.links[0]])?;
    let mut setting: Setting = stage.setting(&["https://elsewhere.example/join/abcdefghijklmnopqrstuv"]);
    setting.env.push(("VISITA_POLICY".into(), policy.display().to_string()));
    let window = Window::open(&stage.bins, &setting).await?;
    let refused = window.view("refused", |view| view["screen"]["problem"].is_object()).await?;
    ensure!(refused["screen"]["problem"]["code"] == "server_not_allowed", "{refused}");
    window.find("problem").await?;
    until("the other device is in", PATIENCE, || async {
        let (_, there) = stage.server.get(&format!("/v2/rooms/{}/participants", stage.room.id)).await?;
        Ok((there["participants"][0]["connected"] == true).then_some(()))
    })
    .await?;
    window.fill("link-input", &stage.room.links[0]).await?;
    window.click("open-link").await?;
    window.find("seat-in-use").await?;
    window.click("join-here").await?;
    window.view("in", |view| view["screen"]["connection"]["state"] == "connected").await?;
    let (code, report) = other_device.finish().await?;
    ensure!(code == Some(0) && report["ended"] == "displaced", "{code:?} {report}");
    window.close().await
}

/// Whatever gets into the page, it runs its own code only, and talks to nobody but this app.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_keeps_to_itself() -> Result<()> {
    if skipped("the_page_keeps_to_itself") {
        return Ok(());
    }
    let stage = Stage::set(2).await?;
    let window = stage.window(&[]).await?;
    window.screen("home").await?;
    window
        .script(
            "window.refused = [];
             addEventListener('securitypolicyviolation', (e) => refused.push(e.effectiveDirective));
             const inline = document.createElement('script');
             inline.textContent = 'window.ran = true';
             document.body.append(inline);
             try { eval('window.ran = true'); } catch {}
             const button = document.createElement('button');
             button.setAttribute('onclick', 'window.ran = true');
             document.body.append(button);
             button.click();
             button.remove();
             new Image().src = 'http://192.0.2.1/picture.png';
             fetch('http://192.0.2.1/').catch(() => {});
             try { new WebSocket('ws://192.0.2.1/'); } catch {}
             const frame = document.createElement('iframe');
             frame.src = 'http://192.0.2.1/';
             document.body.append(frame);
             const form = document.createElement('form');
             form.action = 'http://192.0.2.1/';
             document.body.append(form);
             form.submit();",
        )
        .await?;
    for directive in ["script-src", "img-src", "connect-src", "frame-src", "form-action"] {
        until(&format!("{directive} is refused"), PATIENCE, || async {
            let refused = window.script("return window.refused").await?;
            let names = |told: &Value| told.as_str().is_some_and(|told| told.starts_with(directive));
            Ok(refused.as_array().is_some_and(|all| all.iter().any(names)).then_some(()))
        })
        .await?;
    }
    ensure!(window.script("return window.ran ?? null").await?.is_null(), "foreign code ran");
    // It is still there, and no address of elsewhere is gone to.
    window.script("window.location.assign('http://192.0.2.1/')").await?;
    window.screen("home").await?;

    // Each of its own files comes as what it is: types are told by content, and a script that looks like something else is run
    // by no web view.
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/dist/assets"))?;
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let Some(kind) = [(".js", "javascript"), (".css", "css")].iter().find(|(end, _)| name.ends_with(end)) else {
            continue;
        };
        let fetched = format!(
            "const done = arguments[arguments.length - 1];
             fetch('/assets/{name}').then((file) => done(file.headers.get('content-type')), (e) => done(String(e)));"
        );
        let said = window.client().execute_async(&fetched, vec![]).await?;
        ensure!(said.as_str().is_some_and(|said| said.contains(kind.1)), "{name} comes as {said}");
    }
    window.close().await
}
