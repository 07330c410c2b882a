//! Chat, files and boards through the channel and HTTP, on the real server: each right asked of who sends the message anyway,
//! what is kept for those who come later, and what a new session and a new server know of it.

#![expect(deprecated, reason = "its successor does not check the sums of what it reads")]

mod common;

use async_zip::base::read::mem::ZipFileReader;
use common::{
    Api, Person, Room, Server,
    carriers::{Carrier, over_each_carrier},
    code, server, until,
};
use futures_lite::io::AsyncReadExt;
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

over_each_carrier!(a_chat_is_told_kept_and_found_again, strokes_come_to_those_who_look_and_stay,);

/// A room of an admin and a guest with these tools.
async fn room_with(server: &Server, tools: Value) -> Room {
    server.api.users().await;
    another_room_with(server, tools).await
}

async fn another_room_with(server: &Server, tools: Value) -> Room {
    let body = json!({ "participants": [{ "user_id": "dr", "is_admin": true }, { "user_id": "pat", "tools": tools }] });
    Room::of(server.api.post("/v2/rooms", &body).await.1)
}

async fn a_chat_is_told_kept_and_found_again(carrier: Carrier) {
    let server = carrier.server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    host.send(json!({ "type": "chat", "key": "a", "text": "Buongiorno, come va?" })).await;
    let said = host.next_of("chat").await["message"].clone();
    assert_eq!((&said["id"], &said["from_name"], &said["key"]), (&json!(1), &json!("Dr. Conti"), &json!("a")));

    // Who comes later has it, and answers it; ticks go both ways.
    let mut guest = server.api.come(&room.guest, "Ada").await;
    let history = guest.next_of("chat_history").await;
    assert_eq!(history["messages"], json!([said]));
    guest.send(json!({ "type": "typing", "typing": true })).await;
    assert_eq!(host.next_of("typing").await["participant_id"], *room.seat(1));
    guest.send(json!({ "type": "chat_mark", "received": 1, "seen": 1 })).await;
    assert_eq!(host.next_of("chat_marked").await["mark"]["seen"], 1);
    guest.send(json!({ "type": "chat", "key": "b", "text": "Meglio", "reply_to": 1 })).await;
    assert_eq!(host.next_of("chat").await["message"]["reply_to"], 1);

    // A later session has it too, and the API finds it by its session.
    for person in [&mut host, &mut guest] {
        person.send(json!({ "type": "leave" })).await;
        person.next_of("closed").await;
    }
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    assert_eq!(host.next_of("chat_history").await["messages"].as_array().map(Vec::len), Some(2));
    let session = said["session_id"].as_str().expect("a session");
    let chat = format!("{}/sessions/{session}/chat", room.path());
    let (status, told) = server.api.get(&chat).await;
    assert_eq!((status, &told["total"]), (StatusCode::OK, &json!(2)));
    let (_, found) = server.api.get(&format!("{chat}?search=COME")).await;
    assert_eq!((&found["total"], &found["messages"][0]["text"]), (&json!(1), &json!("Buongiorno, come va?")));
    assert_eq!(server.api.get(&format!("{chat}?search=%25")).await.1["total"], 0, "text, not a pattern");
    let (_, audit) = server.api.get(&format!("/v2/audit?room_id={}", room.id)).await;
    assert_eq!(audit["entries"][0]["action"], "chat_viewed", "{audit}");
}

#[tokio::test]
async fn who_has_no_chat_neither_writes_nor_reads() {
    let server = server().await;
    let room = room_with(&server, json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    guest.send(json!({ "type": "chat", "key": "mine", "text": "Hello" })).await;
    let refused = guest.next().await;
    assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!("forbidden")));
    assert_eq!(refused["key"], "mine", "which one");
    host.send(json!({ "type": "chat", "key": "a", "text": "Only for the chat" })).await;
    host.next_of("chat").await;
    for (message, what) in [
        (json!({ "type": "typing", "typing": true }), "typing"),
        (json!({ "type": "present", "presenting": true }), "present"),
        (
            json!({ "type": "point", "spot": { "target": { "kind": "camera", "participant_id": room.seat(0) }, "x": 1, "y": 1 } }),
            "point",
        ),
        (json!({ "type": "open_board", "board": "board" }), "board"),
        (json!({ "type": "board_cursor", "board": "board", "page": 0, "at": { "x": 1, "y": 1 } }), "cursor"),
    ] {
        guest.send(message).await;
        let refused = guest.next().await;
        assert_eq!((&refused["type"], &refused["error"]["code"]), (&json!("refused"), &json!("forbidden")), "{what}");
    }
    guest.send(json!({ "type": "ping" })).await;
    assert_eq!(guest.next().await["type"], "pong", "nothing of the chat came in between");
}

// ------------------------------------------------------------------------------------------------- boards

fn stroke(id: &str, seat: &str, clock: u32) -> Value {
    json!({ "op": "put", "item": { "id": id, "author": seat, "page": 0, "z": 0, "stamp": { "clock": clock, "by": seat },
        "shape": { "kind": "pen", "points": [{ "x": 1, "y": 1 }], "colour": "teal", "width": 4 } } })
}

async fn strokes_come_to_those_who_look_and_stay(carrier: Carrier) {
    let server = carrier.server().await;
    let room = room_with(&server, json!({ "whiteboard": { "wb_pen": true, "wb_cursor": true } })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    for person in [&mut host, &mut guest] {
        person.send(json!({ "type": "open_board", "board": "board" })).await;
        let part = person.next_of("board_state").await["part"].clone();
        assert_eq!((&part["items"], &part["more"]), (&json!([]), &json!(false)));
    }
    let (dr, pat) = (room.seat(0).to_owned(), room.seat(1).to_owned());
    guest.send(json!({ "type": "board", "board": "board", "ops": [stroke("s1", &pat, 1)] })).await;
    assert_eq!(host.next_of("board").await["ops"], json!([stroke("s1", &pat, 1)]));
    let more = json!({ "op": "extend", "id": "s1", "of": { "clock": 1, "by": pat }, "from": 1, "points": [{ "x": 2, "y": 2 }] });
    guest.send(json!({ "type": "board", "board": "board", "ops": [more] })).await;
    assert_eq!(host.next_of("board").await["ops"][0]["from"], 1);
    guest.send(json!({ "type": "board_cursor", "board": "board", "page": 0, "at": { "x": 5, "y": 6 } })).await;
    assert_eq!(host.next_of("board_cursor").await["at"], json!({ "x": 5, "y": 6 }));

    // Without the right to text: refused, and told how it is instead.
    let mut text = stroke("t1", &pat, 2);
    text["item"]["shape"] =
        json!({ "kind": "text", "at": { "x": 0, "y": 0 }, "text": "x", "colour": "ink", "size": 20 });
    guest.send(json!({ "type": "board", "board": "board", "ops": [text] })).await;
    let refused = guest.next().await;
    assert_eq!(
        (&refused["type"], &refused["id"], &refused["item"]),
        (&json!("board_refused"), &json!("t1"), &Value::Null)
    );
    guest.send(json!({ "type": "board", "board": "board", "ops": [stroke("s2", &dr, 3)] })).await;
    assert_eq!(guest.next().await["error"]["code"], "forbidden", "in another's name");
    let erase = json!({ "op": "remove", "id": "s0", "stamp": { "clock": 3, "by": pat } });
    host.send(json!({ "type": "board", "board": "board", "ops": [stroke("s0", &dr, 2)] })).await;
    guest.next_of("board").await;
    guest.send(json!({ "type": "board", "board": "board", "ops": [erase] })).await;
    assert_eq!(guest.next().await["item"]["id"], "s0", "another's stroke without the eraser");
    let mut away = stroke("s0", &dr, 3);
    away["item"]["stamp"]["by"] = json!(pat);
    away["item"]["shape"]["points"] = json!([{ "x": 900_000, "y": 900_000 }]);
    guest.send(json!({ "type": "board", "board": "board", "ops": [away] })).await;
    let refused = guest.next().await;
    assert_eq!(
        (&refused["item"]["id"], &refused["item"]["shape"]["points"][0]["x"], &refused["error"]["code"]),
        (&json!("s0"), &json!(1), &json!("forbidden")),
        "nor moved out of sight"
    );
    let mut hole = stroke("p1", &dr, 4);
    hole["item"]["shape"] = json!({ "kind": "picture", "file_id": "01a1fc9d97907a0e8f2d6b3c4d5e6f70",
        "at": { "x": 0, "y": 0 }, "size": { "x": 10, "y": 10 } });
    host.send(json!({ "type": "board", "board": "board", "ops": [hole] })).await;
    let refused = host.next_of("board_refused").await;
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!("p1"), &json!("invalid")), "a file of no room");

    // A new session has it, and one who knows some of it gets the rest.
    for person in [&mut host, &mut guest] {
        person.send(json!({ "type": "leave" })).await;
        person.next_of("closed").await;
    }
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    host.send(json!({ "type": "open_board", "board": "board" })).await;
    let part = host.next_of("board_state").await["part"].clone();
    let ids: Vec<_> = part["items"].as_array().expect("items").iter().map(|item| item["id"].clone()).collect();
    assert_eq!(ids.len(), 2, "{part}");
    let grown = part["items"].as_array().expect("items").iter().find(|item| item["id"] == "s1").expect("the stroke");
    assert_eq!(grown["shape"]["points"].as_array().map(Vec::len), Some(2));
    host.send(json!({ "type": "open_board", "board": "board", "since": part["version"] })).await;
    assert_eq!(host.next_of("board_state").await["part"]["items"], json!([]));

    host.send(json!({ "type": "open_board", "board": "01a1fc9d" })).await;
    host.send(json!({ "type": "ping" })).await;
    assert_eq!(host.next_of("pong").await["type"], "pong", "a board over nothing is not there");

    // A right taken away in the middle of a stroke holds at once.
    let mut guest = server.api.come(&room.guest, "Ada").await;
    guest.send(json!({ "type": "open_board", "board": "board" })).await;
    guest.next_of("board_state").await;
    guest.send(json!({ "type": "board", "board": "board", "ops": [stroke("s9", &pat, 9)] })).await;
    host.next_of("board").await;
    let tools = json!({ "whiteboard": { "wb_shape": true } });
    host.send(json!({ "type": "set_tools", "participant_id": pat, "tools": tools })).await;
    guest.next_of("rights_changed").await;
    let on = json!({ "op": "extend", "id": "s9", "of": { "clock": 9, "by": pat }, "from": 1, "points": [{ "x": 2, "y": 2 }] });
    guest.send(json!({ "type": "board", "board": "board", "ops": [on] })).await;
    let refused = guest.next_of("board_refused").await;
    assert_eq!(
        (&refused["error"]["code"], &refused["item"]["shape"]["points"]),
        (&json!("forbidden"), &json!([{ "x": 1, "y": 1 }]))
    );
    // What each kind of item needs is asked of each.
    let at = json!({ "x": 0, "y": 0 });
    let figure = json!({ "kind": "figure", "outline": "line", "from": at, "to": at, "colour": "ink", "width": 2, "filled": false });
    let picture = json!({ "kind": "picture", "at": at, "size": { "x": 5, "y": 5 }, "file_id": "01a1fc9d" });
    let text = json!({ "kind": "text", "at": at, "text": "x", "colour": "ink", "size": 20 });
    for (n, shape) in [text, picture].into_iter().enumerate() {
        let op = put(&format!("no{n}"), &pat, 20, 0, shape);
        guest.send(json!({ "type": "board", "board": "board", "ops": [op] })).await;
        assert_eq!(guest.next_of("board_refused").await["error"]["code"], "forbidden");
    }
    guest.send(json!({ "type": "board", "board": "board", "ops": [put("yes", &pat, 21, 0, figure)] })).await;
    assert_eq!(host.next_of("board").await["ops"][0]["item"]["id"], "yes");
}

// -------------------------------------------------------------------------------------------------- files

struct Uploader<'a> {
    api: &'a Api,
    token: String,
}

impl<'a> Uploader<'a> {
    fn of(api: &'a Api, person: &Person) -> Self {
        Self { api, token: person.token.as_str().expect("a token").to_owned() }
    }

    async fn call(&self, method: Method, path: &str, offset: Option<u64>, body: Vec<u8>) -> Response {
        let request = self.api.client.request(method, format!("{}{path}", self.api.base)).bearer_auth(&self.token);
        let request = if let Some(offset) = offset { request.header("upload-offset", offset) } else { request };
        request.body(body).send().await.expect("an answer")
    }

    async fn begin(&self, wanted: Value) -> (StatusCode, Value) {
        let response = self.call(Method::POST, "/files", None, wanted.to_string().into_bytes()).await;
        (response.status(), response.json().await.expect("JSON"))
    }

    async fn share(&self, name: &str, purpose: &str, bytes: &[u8]) -> Value {
        let wanted = json!({ "name": name, "size": bytes.len(), "purpose": purpose, "key": format!("key of {name}") });
        let (status, begun) = self.begin(wanted).await;
        assert_eq!(status, StatusCode::CREATED, "{begun}");
        let path = format!("/files/{}", begun["file_id"].as_str().expect("an id"));
        let response = self.call(Method::PATCH, &path, Some(0), bytes.to_vec()).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.expect("JSON")
    }
}

/// What the server says to what was asked of a board.
async fn answer(person: &mut Person) -> Value {
    loop {
        let message = person.next().await;
        if ["board_state", "board_refused", "refused"].iter().any(|kind| message["type"] == *kind) {
            return message;
        }
    }
}

/// What snapshot, live edit and whiteboard give together, asked by somebody who sends whatever they like.
#[tokio::test]
async fn snapshot_live_edit_and_whiteboard_go_together() {
    let server = server().await;
    server.api.users().await;
    let whole = json!({ "snapshot": true, "live_edit": true, "whiteboard": true });
    // What is granted; whether live edit is received, drawn in, a snapshot taken, the whiteboard opened.
    for (tools, receives, draws, takes, opens) in [
        (whole, true, true, true, true),
        (json!({ "snapshot": true, "whiteboard": true }), true, false, true, true),
        (json!({ "whiteboard": true }), true, false, false, true),
        (json!({ "snapshot": true }), false, false, true, false),
        (json!({}), false, false, false, false),
    ] {
        let room = another_room_with(&server, tools.clone()).await;
        let mut host = server.api.come(&room.host, "Dr. Conti").await;
        let from = Uploader::of(&server.api, &host);
        let file = from.share("knee.png", "snapshot", &picture()).await["file_id"].as_str().expect("an id").to_owned();
        host.send(json!({ "type": "open_board", "board": file })).await;
        host.next_of("board_state").await;
        let mut guest = server.api.come(&room.guest, "Ada").await;
        let seat = room.seat(1).to_owned();
        for (board, may) in [(file.as_str(), receives), ("board", opens)] {
            guest.send(json!({ "type": "open_board", "board": board })).await;
            let answer = answer(&mut guest).await;
            let wanted = if may { "board_state" } else { "refused" };
            assert_eq!(answer["type"], wanted, "{board} with {tools}: {answer}");
        }
        guest.send(json!({ "type": "board", "board": file, "ops": [stroke("mine", &seat, 1)] })).await;
        if draws {
            assert_eq!(host.next_of("board").await["ops"][0]["item"]["id"], "mine", "{tools}");
        } else {
            let answer = answer(&mut guest).await;
            assert_eq!(answer["error"]["code"], "forbidden", "{tools}: {answer}");
        }
        let wanted = json!({ "name": "a.png", "size": 5, "purpose": "snapshot", "key": "k" });
        let status = if takes { StatusCode::CREATED } else { StatusCode::FORBIDDEN };
        assert_eq!(Uploader::of(&server.api, &guest).begin(wanted).await.0, status, "{tools}");
    }
}

/// Who comes later finds the snapshots, what was drawn on them, and the pictures on the boards' pages; so does who comes to the
/// next session.
#[tokio::test]
async fn who_comes_later_finds_snapshots_and_what_was_drawn_on_them() {
    let server = server().await;
    let room = room_with(&server, json!({ "chat": true, "snapshot": true, "whiteboard": true })).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let from = Uploader::of(&server.api, &host);
    let knee = from.share("knee.png", "snapshot", &picture()).await["file_id"].as_str().expect("an id").to_owned();
    let plan = from.share("plan.png", "board", &picture()).await["file_id"].as_str().expect("an id").to_owned();
    let seat = room.seat(0).to_owned();
    for board in [knee.as_str(), "board"] {
        host.send(json!({ "type": "open_board", "board": board })).await;
        host.next_of("board_state").await;
    }
    host.send(json!({ "type": "board", "board": knee, "ops": [stroke("mark", &seat, 1)] })).await;
    let (at, size) = (json!({ "x": 10, "y": 10 }), json!({ "x": 640, "y": 360 }));
    let lying = put("plan", &seat, 2, 1, json!({ "kind": "picture", "at": at, "size": size, "file_id": plan }));
    host.send(json!({ "type": "board", "board": "board", "ops": [{ "op": "pages", "count": 2 }, lying] })).await;
    host.send(json!({ "type": "ping" })).await;
    host.next_of("pong").await;
    for session in ["this session", "the next"] {
        let mut guest = server.api.come(&room.guest, "Ada").await;
        let history = guest.next_of("chat_history").await;
        assert_eq!(history["messages"][0]["file"]["file_id"], *knee, "{session}");
        for (board, pages, item) in [(knee.as_str(), 1, "mark"), ("board", 2, "plan")] {
            guest.send(json!({ "type": "open_board", "board": board })).await;
            let part = guest.next_of("board_state").await["part"].clone();
            assert_eq!((&part["pages"], &part["items"][0]["id"]), (&json!(pages), &json!(item)), "{session}");
        }
        let theirs = Uploader::of(&server.api, &guest);
        let shown = theirs.call(Method::GET, &format!("/files/{plan}"), None, Vec::new()).await;
        assert_eq!(shown.bytes().await.expect("bytes"), picture(), "{session}");
        for person in [&mut guest, &mut host] {
            person.send(json!({ "type": "leave" })).await;
            person.next_of("closed").await;
        }
        host = server.api.come(&room.host, "Dr. Conti").await;
    }
}

/// A room whose host is in and took a snapshot, and its file.
async fn with_snapshot(server: &Server) -> (Room, Person, String) {
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let info = Uploader::of(&server.api, &host).share("knee.png", "snapshot", &picture()).await;
    host.next_of("chat").await;
    (room, host, info["file_id"].as_str().expect("an id").to_owned())
}

/// What is drawn on a snapshot goes with it, also what is on its way when it is deleted.
#[tokio::test]
async fn with_a_snapshot_goes_what_is_drawn_on_it() {
    let server = server().await;
    let (room, mut host, file) = with_snapshot(&server).await;
    let seat = room.seat(0).to_owned();
    host.send(json!({ "type": "open_board", "board": file })).await;
    host.next_of("board_state").await;
    let draw = |n: u32| json!({ "type": "board", "board": file, "ops": [stroke(&format!("s{n}"), &seat, n)] });
    host.send(draw(1)).await;
    host.send(json!({ "type": "ping" })).await;
    host.next_of("pong").await;
    let path = format!("/files/{file}");
    let deleted = Uploader::of(&server.api, &host).call(Method::DELETE, &path, None, Vec::new()).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    host.next_of("file_deleted").await;
    host.send(draw(2)).await;
    host.send(json!({ "type": "open_board", "board": file })).await;
    // What lies on the room's own board is written at the same time: then the other would be there as well.
    host.send(json!({ "type": "open_board", "board": "board" })).await;
    host.send(json!({ "type": "board", "board": "board", "ops": [stroke("s3", &seat, 3)] })).await;
    let written = async {
        loop {
            let (_, kept) = server.api.get(&format!("{}/boards", room.path())).await;
            if kept["boards"].as_array().is_some_and(|boards| boards.iter().any(|one| one["board_id"] == "board")) {
                break kept;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    let kept = tokio::time::timeout(std::time::Duration::from_secs(10), written).await.expect("written");
    assert_eq!(kept["boards"].as_array().map(Vec::len), Some(1), "{kept}");
}

fn offset(response: &Response) -> Option<u64> {
    response.headers().get("upload-offset")?.to_str().ok()?.parse().ok()
}

fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(1280, 720).write_to(&mut png, image::ImageFormat::Png).expect("a picture");
    png.into_inner()
}

#[tokio::test]
async fn a_file_comes_in_pieces_and_goes_on_where_it_broke_off() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let mut guest = server.api.come(&room.guest, "Ada").await;
    let from = Uploader::of(&server.api, &guest);
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| u8::try_from(n % 251).expect("small")).collect();
    let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let wanted = json!({ "name": "Referto è.bin", "size": bytes.len(), "key": "k", "sha256": sha256 });
    let (status, begun) = from.begin(wanted.clone()).await;
    assert_eq!((status, &begun["offset"]), (StatusCode::CREATED, &json!(0)));
    let path = format!("/files/{}", begun["file_id"].as_str().expect("an id"));
    let response = from.call(Method::PATCH, &path, Some(0), bytes[..70_000].to_vec()).await;
    assert_eq!((response.status(), offset(&response)), (StatusCode::NO_CONTENT, Some(70_000)));
    assert_eq!(server.api.get(&format!("{}/uploads", room.path())).await.1["total"], 0, "half a file is not listed");

    // Another place than where it is: told where, nothing lost.
    let response = from.call(Method::PATCH, &path, Some(0), bytes.clone()).await;
    assert_eq!((response.status(), offset(&response)), (StatusCode::CONFLICT, Some(70_000)));
    assert_eq!(from.begin(wanted).await.1["offset"], 70_000, "begun again it goes on");
    let response = from.call(Method::PATCH, &path, Some(70_000), vec![0; 200_000]).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "more than was announced");
    assert_eq!(offset(&from.call(Method::HEAD, &path, None, Vec::new()).await), Some(70_000));
    let response = from.call(Method::PATCH, &path, Some(70_000), bytes[70_000..].to_vec()).await;
    assert_eq!(response.status(), StatusCode::OK);
    let info: Value = response.json().await.expect("JSON");
    assert_eq!((&info["sha256"], &info["size"]), (&json!(sha256), &json!(bytes.len())));
    let told = host.next_of("chat").await["message"].clone();
    assert_eq!((&told["file"], &told["from_name"]), (&info, &json!("Ada")));
    // The last answer may have been lost: asked again it is said again, and shared once.
    let again = from.call(Method::PATCH, &path, Some(bytes.len() as u64), Vec::new()).await;
    assert_eq!(again.json::<Value>().await.expect("JSON"), info);

    // Fetched whole, in part, by those who are in; and by the API.
    let to = Uploader::of(&server.api, &host);
    let response = to.call(Method::GET, &path, None, Vec::new()).await;
    let kept = response.headers()[header::CONTENT_DISPOSITION].to_str().expect("text").to_owned();
    assert_eq!(kept, "attachment; filename*=UTF-8''Referto%20%C3%A8.bin");
    assert_eq!(response.bytes().await.expect("bytes"), bytes);
    let request = server.api.client.get(format!("{}{path}", server.api.base)).bearer_auth(&to.token);
    let response = request.header(header::RANGE, "bytes=10-19").send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(response.bytes().await.expect("bytes"), bytes[10..20]);
    let (_, list) = server
        .api
        .get(&format!("{}/uploads?session_id={}", room.path(), told["session_id"].as_str().expect("an id")))
        .await;
    assert_eq!((&list["total"], &list["uploads"][0]["name"]), (&json!(1), &json!("Referto è.bin")));

    // Whoever has left has no way to it any more.
    guest.send(json!({ "type": "leave" })).await;
    guest.next_of("closed").await;
    assert_eq!(from.call(Method::GET, &path, None, Vec::new()).await.status(), StatusCode::FORBIDDEN);

    // Deleted by an admin, it is gone everywhere.
    assert_eq!(to.call(Method::DELETE, &path, None, Vec::new()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(host.next_of("file_deleted").await["file_id"], info["file_id"]);
    assert_eq!(to.call(Method::GET, &path, None, Vec::new()).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(server.api.get(&format!("{}/uploads", room.path())).await.1["total"], 0);
}

#[tokio::test]
async fn a_picture_has_a_small_one_and_its_size() {
    let server = server().await;
    server.api.users().await;
    let room = server.api.room(json!({})).await;
    let mut host = server.api.come(&room.host, "Dr. Conti").await;
    let from = Uploader::of(&server.api, &host);
    let info = from.share("scan.png", "snapshot", &picture()).await;
    assert_eq!(
        (&info["media_type"], &info["size_px"], &info["has_thumbnail"]),
        (&json!("image/png"), &json!([1280, 720]), &json!(true))
    );
    let id = info["file_id"].as_str().expect("an id");
    let small = from.call(Method::GET, &format!("/files/{id}/thumbnail"), None, Vec::new()).await;
    assert_eq!(small.headers()[header::CONTENT_TYPE], "image/jpeg");
    let small = image::load_from_memory(&small.bytes().await.expect("bytes")).expect("a picture");
    assert_eq!((small.width(), small.height()), (480, 270));
    // A snapshot has a board of its own, to draw on it together.
    host.next_of("chat").await;
    host.send(json!({ "type": "open_board", "board": id })).await;
    assert_eq!(host.next_of("board_state").await["part"]["board"], *id);
    let (_, list) = server.api.get(&format!("{}/uploads/{id}", room.path())).await;
    assert_eq!(list["participant_id"], *room.seat(0));
    let content = server.api.fetch(&format!("{}/uploads/{id}/content", room.path()), None).await;
    assert_eq!(content.bytes().await.expect("bytes"), picture());
    server.api.delete(&format!("{}/uploads/{id}", room.path())).await;
    assert_eq!(host.next_of("file_deleted").await["file_id"], *id);
}

#[tokio::test]
async fn what_may_not_be_shared_is_refused_before_it_is_read() {
    let server = server().await;
    let room = room_with(&server, json!({ "chat": true })).await;
    let host = server.api.come(&room.host, "Dr. Conti").await;
    let guest = server.api.come(&room.guest, "Ada").await;
    let (host, guest) = (Uploader::of(&server.api, &host), Uploader::of(&server.api, &guest));
    let wanted =
        |name: &str, size: u64, purpose: &str| json!({ "name": name, "size": size, "purpose": purpose, "key": "k" });
    for (wanted, status, reason, field) in [
        (wanted("a.bin", 150 * 1024 * 1024 + 1, "chat"), StatusCode::PAYLOAD_TOO_LARGE, "too_large", Some("size")),
        (wanted("a.bin", 0, "chat"), StatusCode::BAD_REQUEST, "invalid", Some("size")),
        (wanted("setup.exe", 5, "chat"), StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_type_refused", Some("name")),
        (wanted("../passwd", 5, "chat"), StatusCode::BAD_REQUEST, "invalid", Some("name")),
        (wanted("", 5, "chat"), StatusCode::BAD_REQUEST, "invalid", Some("name")),
        (json!({ "name": "a", "size": -1, "key": "k" }), StatusCode::BAD_REQUEST, "invalid", Some("size")),
        (json!({ "name": "a", "size": 1, "key": "" }), StatusCode::BAD_REQUEST, "invalid", Some("key")),
    ] {
        let answer = host.begin(wanted.clone()).await;
        assert_eq!((answer.0, code(&answer), answer.1["error"]["field"].as_str()), (status, reason, field), "{wanted}");
    }
    for purpose in ["chat", "snapshot", "board"] {
        let answer = guest.begin(wanted("a.bin", 5, purpose)).await;
        assert_eq!((answer.0, code(&answer)), (StatusCode::FORBIDDEN, "forbidden"), "{purpose}");
    }
    let stranger = Uploader { api: &server.api, token: "forged.token".into() };
    assert_eq!(stranger.begin(wanted("a.bin", 5, "chat")).await.0, StatusCode::UNAUTHORIZED);

    // What it is shows only when it is there.
    let (_, begun) = host.begin(json!({ "name": "holiday.jpg", "size": 20, "key": "elf" })).await;
    let path = format!("/files/{}", begun["file_id"].as_str().expect("an id"));
    let mut program = b"\x7fELF\x02\x01\x01".to_vec();
    program.resize(20, 0);
    let refused = host.call(Method::PATCH, &path, Some(0), program).await;
    assert_eq!(refused.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(host.call(Method::HEAD, &path, None, Vec::new()).await.status(), StatusCode::NOT_FOUND);
    let (_, begun) = host.begin(json!({ "name": "a.txt", "size": 3, "key": "hash", "sha256": "00" })).await;
    let path = format!("/files/{}", begun["file_id"].as_str().expect("an id"));
    assert_eq!(host.call(Method::PATCH, &path, Some(0), b"abc".to_vec()).await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(
        guest.call(Method::PATCH, &path, Some(0), b"abc".to_vec()).await.status(),
        StatusCode::NOT_FOUND,
        "another's"
    );
}

fn put(id: &str, seat: &str, clock: u32, page: u32, shape: Value) -> Value {
    let stamp = json!({ "clock": clock, "by": seat });
    json!({ "op": "put", "item": { "id": id, "author": seat, "page": page, "z": clock, "stamp": stamp, "shape": shape } })
}

/// Whoever fetches a session finds what was drawn in it as pictures, with the times of their making.
#[tokio::test]
async fn drawings_are_in_the_export_as_pictures() {
    let server = server().await;
    let (room, mut host, file) = with_snapshot(&server).await;
    let seat = room.seat(0).to_owned();
    let at = |x: i32, y: i32| json!({ "x": x, "y": y });
    let pen = json!({ "kind": "pen", "points": [at(40, 40), at(300, 200), at(500, 90)], "colour": "teal", "width": 6 });
    let text =
        json!({ "kind": "text", "at": at(-200, 300), "text": "2 < 3 & mehr\n\"Knie\"", "colour": "ink", "size": 40 });
    let arrow = json!({ "kind": "figure", "outline": "arrow", "from": at(600, 500), "to": at(900, 700),
        "colour": "plum", "width": 5, "filled": false });
    let scan = json!({ "kind": "picture", "at": at(1000, 100), "size": at(320, 180), "file_id": file });
    for (board, ops) in [
        (
            "board",
            json!([
                { "op": "pages", "count": 3 },
                put("a", &seat, 1, 0, pen.clone()),
                put("b", &seat, 2, 0, text),
                put("c", &seat, 3, 0, scan),
                put("d", &seat, 4, 2, arrow.clone()),
            ]),
        ),
        (file.as_str(), json!([put("e", &seat, 1, 0, arrow), put("f", &seat, 2, 0, pen)])),
    ] {
        host.send(json!({ "type": "open_board", "board": board })).await;
        host.next_of("board_state").await;
        host.send(json!({ "type": "board", "board": board, "ops": ops })).await;
        // What was sent before is done before this is answered.
        host.send(json!({ "type": "ping" })).await;
        host.next_of("pong").await;
    }
    host.send(json!({ "type": "leave" })).await;
    host.next_of("closed").await;
    until("both boards are kept", || async {
        let (_, kept) = server.api.get(&format!("{}/boards", room.path())).await;
        kept["boards"].as_array().is_some_and(|boards| boards.len() == 2)
    })
    .await;
    let (_, sessions) = server.api.get(&format!("{}/sessions", room.path())).await;
    let session = sessions["sessions"][0]["session_id"].as_str().expect("a session");
    let zip = server.api.fetch(&format!("{}/sessions/{session}/export", room.path()), None).await;
    let zip = ZipFileReader::new(zip.bytes().await.expect("bytes").to_vec()).await.expect("a zip file");
    let mut pictures = Vec::new();
    for (index, entry) in zip.file().entries().iter().enumerate() {
        assert!(entry.last_modification_date().year() >= 2026, "{:?}", entry.filename());
        let name = entry.filename().as_str().expect("UTF-8").to_owned();
        if let Some(name) = name.strip_prefix("boards/") {
            let mut bytes = String::new();
            zip.reader_without_entry(index).await.expect("an entry").read_to_string(&mut bytes).await.expect("text");
            pictures.push((name.to_owned(), bytes));
        }
    }
    if let Some(folder) = std::env::var_os("VISITA_PICTURES") {
        for (name, bytes) in &pictures {
            std::fs::write(std::path::Path::new(&folder).join(name), bytes).expect("written");
        }
    }
    pictures.sort_by(|a, b| b.0.cmp(&a.0));
    let names: Vec<_> = pictures.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["whiteboard-3.svg", "whiteboard-1.svg", "knee-drawn.svg"]);
    let [(_, third), (_, first), (_, knee)] = &pictures[..] else { unreachable!("three, as seen above") };
    assert!(first.contains("2\u{a0}&lt;\u{a0}3\u{a0}&amp;\u{a0}mehr") && first.contains("Knie"));
    assert!(first.contains("viewBox=\"-220 0 1820 1000\""), "{first:.200}");
    assert!(first.contains("data:image/png;base64,") && first.contains("#0a6870"));
    assert!(third.contains("<polyline") && !third.contains("<image"));
    // On a picture the colours are those that are seen there.
    assert!(knee.contains("viewBox=\"0 0 1280 720\"") && knee.contains("<image") && knee.contains("#5ed4d8"));
}
