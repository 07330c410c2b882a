//! Backgrounds, languages, and the files of a visit.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use visita_server::MiaConfig;

use crate::{
    As, call,
    common::{Answer, Server, files_in, server_with},
    link, mia, own, post, room_id, two, visit,
};

const MOST: usize = 10 * 1024 * 1024;

fn picture(side: u32) -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(side, side).write_to(&mut png, image::ImageFormat::Png).expect("a picture");
    png.into_inner()
}

/// A picture of exactly so many bytes: what follows its end is no part of it.
fn picture_of(bytes: usize) -> Vec<u8> {
    let mut picture = picture(4);
    picture.resize(bytes, 0);
    picture
}

/// A form with one file, and what is its content type.
fn form(field: &str, name: &str, bytes: &[u8], boundary: &str) -> Vec<u8> {
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    [head.as_bytes(), bytes, format!("\r\n--{boundary}--\r\n").as_bytes()].concat()
}

async fn send(server: &Server, content_type: &str, body: Vec<u8>) -> Answer {
    let request = server.api.client.post(format!("{}/settings/background-image", server.api.base));
    let response = request.header("apikey", "devkey").header("content-type", content_type).body(body).send().await;
    let response = response.expect("an answer");
    let status = response.status();
    (status, response.json().await.expect("JSON"))
}

async fn upload(server: &Server, field: &str, name: &str, bytes: Vec<u8>) -> Answer {
    send(server, "multipart/form-data; boundary=b", form(field, name, &bytes, "b")).await
}

#[tokio::test]
async fn a_background_is_uploaded_chosen_and_behind_who_asks_for_it() {
    let server = mia(MiaConfig::default()).await;
    let (status, told) = upload(&server, "virtual_background", "sea.png", picture(64)).await;
    assert_eq!(status, StatusCode::OK, "{told}");
    let background = &told["virtual_background"];
    assert_eq!(told.as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(background.as_object().map(serde_json::Map::len), Some(3), "{background}");
    let alias = background["background_alias"].as_str().expect("an alias");
    assert_eq!(alias.len(), 32);
    let response = reqwest::get(background["url"].as_str().expect("a URL")).await.expect("an answer");
    assert_eq!(response.headers()[header::CONTENT_TYPE], "image/png");
    assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(response.bytes().await.expect("bytes"), picture(64));

    let (status, told) =
        call(&server, As::Key, Method::PATCH, "/settings/update", &json!({ "background_alias": alias }).to_string())
            .await;
    assert_eq!(status, StatusCode::OK);
    let company = json!({ "company": {
        "name": "Visita", "default_language": "en",
        "default_background": { "alias": alias, "url": background["url"], "creation_date": background["creation_date"] },
        "end_call_redirect_url": "", "user_details_provider_url": "", "end_call_redirect_timeout_ms": 5000 } });
    assert_eq!(told, company);

    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    let get = async |query: &str| {
        call(&server, As::KeyFor("pat"), Method::GET, &format!("/teleconsultation/{room}{query}"), "").await
    };
    let (plain, with) = (link(&get("").await), link(&get("?useBackground=true").await));
    assert_ne!(plain, with);
    assert_eq!(link(&get("?useBackground=false").await), plain);
    assert_eq!(server.api.look(&plain).await.1["background_url"], Value::Null);
    assert_eq!(server.api.look(&with).await.1["background_url"], background["url"]);
    assert_eq!(server.api.enter(&with, json!({})).await.0, StatusCode::OK, "it opens");
    assert_eq!(get("?useBackground=maybe").await.0, StatusCode::BAD_REQUEST);

    let unknown = json!({ "background_alias": "3e4d0683d78be3a884b7a60028644f57" });
    let refused = call(&server, As::Key, Method::PATCH, "/settings/update", &unknown.to_string()).await;
    assert_eq!((refused.0, &refused.1["field"]), (StatusCode::NOT_FOUND, &json!("background_alias")));
    assert_eq!(server.api.look(&with).await.1["background_url"], background["url"], "nothing changed");
    for body in [json!({}), json!({ "background_alias": 7 }), json!({ "background_alias": alias, "name": "x" })] {
        let refused = call(&server, As::Key, Method::PATCH, "/settings/update", &body.to_string()).await;
        assert_eq!(refused.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let (_, audit) = server.api.get("/v2/audit").await;
    let actions: Vec<_> = audit["entries"].as_array().expect("entries").iter().map(|one| &one["action"]).collect();
    assert_eq!(actions, ["company_changed", "background_uploaded"]);
}

#[tokio::test]
async fn what_is_too_large_or_no_picture_is_refused() {
    let data = tempfile::tempdir().expect("a folder");
    let server = server_with(visita_server::ServerConfig {
        data: Some(data.path().to_owned()),
        ..visita_server::ServerConfig::default()
    })
    .await;
    let kept = || files_in(&data.path().join("files")).len();
    let (status, told) = upload(&server, "virtual_background", "sea.png", picture_of(MOST + 1)).await;
    assert_eq!((status, &told["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")), "{told}");
    let (status, _) = upload(&server, "virtual_background", "sea.png", picture_of(2 * MOST)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    for (name, bytes) in [
        ("sea.png", b"your_path_to_file".to_vec()),
        ("sea.png", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec()),
        ("sea.png", picture(64)[..40].to_vec()),
        ("sea.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec()),
        ("sea.png", Vec::new()),
    ] {
        let (status, told) = upload(&server, "virtual_background", name, bytes).await;
        assert_eq!(
            (status, &told["code"]),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, &json!("file_type_refused")),
            "{told}"
        );
    }
    let (status, told) = upload(&server, "background", "sea.png", picture(8)).await;
    assert_eq!((status, &told["field"]), (StatusCode::BAD_REQUEST, &json!("virtual_background")));
    let no_form = call(&server, As::Key, Method::POST, "/settings/background-image", "virtual_background=x").await;
    assert_eq!(no_form.0, StatusCode::BAD_REQUEST);
    assert_eq!(kept(), 0, "nothing is kept");
    assert_eq!(
        upload(&server, "virtual_background", "not.a.picture.txt", picture_of(MOST)).await.0,
        StatusCode::OK,
        "as much as may be, by any name"
    );
    assert_eq!(kept(), 1);
}

#[tokio::test]
async fn the_form_as_curl_sends_it_with_a_boundary_of_its_own_beside_the_one_in_the_header() {
    let server = mia(MiaConfig::default()).await;
    let boundary = "------------------------d74496d66958873e";
    let body = form("virtual_background", "sea.png", &picture(8), boundary);
    let content_type = format!("multipart/form-data; boundary=multipart-boundary; boundary={boundary}");
    assert_eq!(send(&server, &content_type, body).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_link_speaks_the_language_that_was_asked_for_else_the_participants_else_the_companys() {
    let server = mia(MiaConfig::default()).await;
    let mut people = two();
    people[1]["language"] = json!("it");
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &people)).await);
    let get = async |user: &str, query: &str| {
        let path = format!("/teleconsultation/{room}{query}");
        link(&call(&server, As::KeyFor(user), Method::GET, &path, "").await)
    };
    let speaks = async |url: &str| server.api.look(url).await.1["language"].clone();
    for (user, query, language) in [
        ("pat", "", "it"),
        ("pat", "?language=it", "it"),
        ("pat", "?language=en", "en"),
        ("pat", "?language=de", "en"),
        ("dr", "", "en"),
        ("dr", "?language=it", "it"),
        ("dr", "?language=it&useBackground=true", "it"),
    ] {
        let url = get(user, query).await;
        assert_eq!(speaks(&url).await, language, "{user} {query}: {url}");
    }
    assert_ne!(get("dr", "?language=it").await, get("dr", "?language=en").await);
    server.api.patch("/v2/company", &json!({ "default_language": "it" })).await;
    assert_eq!(speaks(&get("dr", "").await).await, "it");
    assert_eq!(speaks(&get("dr", "?language=de").await).await, "it");
}

#[tokio::test]
async fn files_of_a_visit_are_deleted_and_counted() {
    let server = mia(MiaConfig { delete_uploads: true, ..MiaConfig::default() }).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    let host = server.api.come(&link(&own(&server, &room, "dr").await), "Dr. Conti").await;
    let token = host.token.as_str().expect("a token");
    for name in ["a.txt", "b.txt", "c.txt"] {
        let wanted = json!({ "name": name, "size": 3, "purpose": "chat", "key": name });
        let (status, begun) = server.api.as_user(Method::POST, "/files", wanted, token).await;
        assert_eq!(status, StatusCode::CREATED, "{begun}");
        let path = format!("{}/files/{}", server.api.base, begun["file_id"].as_str().expect("an id"));
        let request = server.api.client.patch(path).bearer_auth(token).header("upload-offset", 0).body("abc");
        assert_eq!(request.send().await.expect("an answer").status(), StatusCode::OK);
    }
    assert_eq!(server.api.get(&format!("/v2/rooms/{room}/uploads")).await.1["total"], 3);
    let path = format!("/teleconsultation/{room}/uploads");
    let told = call(&server, As::Key, Method::DELETE, &path, "").await;
    assert_eq!(told, (StatusCode::OK, json!({ "total": 3, "deleted": 3 })));
    assert_eq!(server.api.get(&format!("/v2/rooms/{room}/uploads")).await.1["total"], 0);
    assert_eq!(call(&server, As::Key, Method::DELETE, &path, "").await.1, json!({ "total": 0, "deleted": 0 }));
    let (_, audit) = server.api.get(&format!("/v2/audit?room_id={room}")).await;
    let deleted = audit["entries"].as_array().expect("entries").iter().filter(|one| one["action"] == "file_deleted");
    assert_eq!(deleted.count(), 3, "{audit}");
    let missing = call(&server, As::Key, Method::DELETE, "/teleconsultation/room_xyz/uploads", "").await;
    assert_eq!(missing, (StatusCode::NOT_FOUND, json!({ "error": "Room with id room_xyz not found on CRUD" })));

    // Switched off, as it is by default.
    let server = mia(MiaConfig::default()).await;
    let room = room_id(&post(&server, As::Key, "/teleconsultation", &visit(2, &two())).await);
    let told = call(&server, As::Key, Method::DELETE, &format!("/teleconsultation/{room}/uploads"), "").await;
    assert_eq!(told, (StatusCode::NO_CONTENT, Value::Null));
}
