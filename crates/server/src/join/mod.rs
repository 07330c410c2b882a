//! `/join/<code>`: a look that uses nothing up, as JSON for apps and as a page for browsers, and going in.

mod browser;
mod line;
mod page;

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use visita_protocol::{
    CompanyId, ErrorCode, Problem, RecordingMode,
    entry::{EnterRequest, Entry, JoinPreview},
};
use visita_room::{Facts, Refusal, Standing, Timestamp};

pub(crate) use browser::{asset, widget};
pub(crate) use line::{down, up};

use browser::Page;

use crate::{
    app::{App, websocket_url, wrong_method},
    error::{ApiError, Body, Path, internal},
    keys,
    names::check_name,
    pictures,
    rooms::RoomError,
    store::{StoredLink, StoredRoom, StoredSeat},
    tokens::{ChannelToken, TOKEN_LIFE},
};

/// Languages that links may be told to speak.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "it"];

/// What a link may say of how it opens, as the Kaleyra links do. Whatever else it says is passed over.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Opens {
    /// One of [`LANGUAGES`]; the seat's own when absent.
    #[serde(alias = "l")]
    language: Option<String>,
    /// `image`: with the company's background behind its person.
    #[serde(alias = "vb")]
    virtual_background: Option<String>,
}

/// `GET /join/<code>`
pub(crate) async fn look(
    State(app): State<App>,
    Path(code): Path<String>,
    opens: Result<Query<Opens>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let Query(opens) = opens.unwrap_or_default();
    // The page asks again for what it shows, so that a look by whatever follows links finds out nothing of the room.
    if wants_page(&headers) {
        let framed_by = framed_by(&app, &code).await;
        return browser::page(&app, &headers, Page::Join, &framed_by).await.unwrap_or_else(|| {
            let language = opens.language.as_deref().and_then(page::Language::named);
            let language = language.unwrap_or_else(|| page::Language::of(&headers));
            let page = page::invitation(&app.base_for(&headers), &code, language);
            page.unwrap_or_else(|error| ApiError::from(error).into_response())
        });
    }
    let mut response = match preview(&app, &code, opens).await {
        Ok(preview) => no_store(Json(preview)),
        Err(error) => error.into_response(),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// Whose pages may frame this link's: none when it leads nowhere.
async fn framed_by(app: &App, code: &str) -> Vec<String> {
    let Ok((_, room)) = find(app, code).await else { return Vec::new() };
    let settings = app.store.company_settings(&room.company.id).await;
    settings.ok().flatten().map(|settings| settings.embed_origins).unwrap_or_default()
}

/// `GET /embed/<web app id>`: what the widget shows in the pages of a company.
pub(crate) async fn embedded(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let page = match app.store.embed_origins(&id).await {
        Ok(Some(framed_by)) => browser::page(&app, &headers, Page::Embed, &framed_by).await,
        Ok(None) => None,
        Err(error) => return ApiError::from(error).into_response(),
    };
    page.unwrap_or_else(|| refused(Problem::new(ErrorCode::NotFound, "there is no such app here").into(), &headers))
}

/// `GET /join/`: where the page of a link is once the code is taken out of the address.
pub(crate) async fn page_without_code(State(app): State<App>, headers: HeaderMap) -> Response {
    let page = if wants_page(&headers) { browser::page(&app, &headers, Page::Join, &[]).await } else { None };
    page.unwrap_or_else(|| ApiError::from(Problem::new(ErrorCode::NotFound, "nothing here")).into_response())
}

/// `GET /`: somebody who typed the server's address has a link to paste, and finds where.
pub(crate) async fn front_door(headers: HeaderMap) -> Response {
    if wants_page(&headers) {
        return Redirect::temporary("/join/").into_response();
    }
    ApiError::from(Problem::new(ErrorCode::NotFound, "nothing here: the calls are described at /docs")).into_response()
}

/// `GET /sign-in/<code>`: what a person sees who opens such a link in a browser. The app uses it up by `POST`.
pub(crate) async fn sign_in_page(State(app): State<App>, Path(code): Path<String>, headers: HeaderMap) -> Response {
    if !wants_page(&headers) {
        return wrong_method().await.into_response();
    }
    let page = page::sign_in(&app.base_for(&headers), &code, page::Language::of(&headers));
    page.unwrap_or_else(|error| ApiError::from(error).into_response())
}

/// An error as a page for people who follow a link, and as JSON for programs.
pub(crate) fn refused(error: ApiError, headers: &HeaderMap) -> Response {
    if !wants_page(headers) {
        return error.into_response();
    }
    let page = page::refusal(error.status, &error.problem, page::Language::of(headers));
    page.unwrap_or_else(|error| ApiError::from(error).into_response())
}

/// `POST /join/<code>`
pub(crate) async fn enter(
    State(app): State<App>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let wanted = if body.0.is_empty() { EnterRequest::default() } else { body.json()? };
    let name = wanted.display_name.as_deref().map(|name| check_name(name, "display_name")).transpose()?;
    let (link, room) = find(&app, &code).await?;
    let seat = seat_of(&room, &link)?;

    let facts = app.rooms.look(&link.room_id, link.participant_id.clone(), link.serial).await?;
    let display_name = name.or(facts.display_name).unwrap_or_else(|| seat.user_id.to_string());
    let entered = app.rooms.enter(&link.room_id, link.participant_id.clone(), link.serial, wanted.displace).await?;

    let channel_token = ChannelToken {
        room: room.room_id.clone(),
        seat: seat.participant_id.clone(),
        link: link.serial.0,
        entry: entered.entry.0,
        name: display_name.clone(),
        until: (app.clock.now() + TOKEN_LIFE).unix_ms(),
    };
    let livekit_token = match &entered.rights {
        Some(rights) => {
            let token = app.signer.sign(&room.room_id, &seat.participant_id, &display_name, rights);
            Some(token.map_err(internal)?)
        }
        None => None,
    };
    let base = app.base_for(&headers);
    tracing::info!(room = %room.room_id, seat = %seat.participant_id, "entered");
    Ok(no_store(Json(Entry {
        room_id: room.room_id.clone(),
        participant_id: seat.participant_id.clone(),
        display_name,
        tools: seat.tools,
        livekit_url: app.livekit_url_for(&base),
        waiting: livekit_token.is_none(),
        livekit_token,
        channel_url: websocket_url(&base, "/channel"),
        channel_token: channel_token.sign(&app.keys).map_err(internal)?,
    })))
}

async fn preview(app: &App, code: &str, opens: Opens) -> Result<JoinPreview, ApiError> {
    let (link, room) = find(app, code).await?;
    let seat = seat_of(&room, &link)?;
    let Facts { host_name, display_name, people_in, in_use, waits, starts_at, opens_at } =
        app.rooms.look(&link.room_id, link.participant_id.clone(), link.serial).await?;
    let background_url = match opens.virtual_background.as_deref() {
        Some("image") => background_url(app, &room.company.id).await?,
        _ => None,
    };
    Ok(JoinPreview {
        room_id: room.room_id.clone(),
        title: room.options.description.clone(),
        company: room.company.name.clone(),
        host_name,
        call_type: room.options.call_type,
        recording: room.options.recording,
        participant_id: seat.participant_id.clone(),
        is_admin: seat.is_admin,
        display_name,
        people_in,
        in_use,
        starts_at: starts_at.map(unix_seconds),
        opens_at: opens_at.map(unix_seconds),
        waiting_room: waits,
        asks_consent: room.options.recording == RecordingMode::Automatic && seat.recording_consent.is_none(),
        language: opens.language.filter(|language| LANGUAGES.contains(&language.as_str())).or(seat.language.clone()),
        background_url,
        good_until: room.options.schedule.ends_at.map(unix_seconds),
    })
}

/// The company's background, where it has chosen one.
async fn background_url(app: &App, company: &CompanyId) -> Result<Option<String>, ApiError> {
    let settings = app.store.company_settings(company).await?;
    let Some(chosen) = settings.and_then(|settings| settings.default_background) else { return Ok(None) };
    Ok(app.store.picture(&chosen).await?.map(|(_, picture)| pictures::url(app, &picture)))
}

fn unix_seconds(at: Timestamp) -> f64 {
    at.since(Timestamp::default()).as_secs_f64()
}

/// Where a code leads. Of a room that is deleted there is nothing left but that its links were links once.
pub(crate) async fn find(app: &App, code: &str) -> Result<(StoredLink, StoredRoom), ApiError> {
    let unknown = || Problem::new(ErrorCode::LinkUnknown, "there is no such link on this server");
    let hash = app.keys.hash_code(code);
    let link = app.store.link(hash).await?.filter(|link| keys::same(&link.hash, &hash)).ok_or_else(unknown)?;
    if link.standing == Standing::Deleted {
        return Err(RoomError::from(Refusal::RoomEnded).into());
    }
    let room = app.store.room(&link.room_id).await?.ok_or_else(|| RoomError::from(Refusal::RoomEnded))?;
    Ok((link, room))
}

fn seat_of<'a>(room: &'a StoredRoom, link: &StoredLink) -> Result<&'a StoredSeat, RoomError> {
    let seat = room.seats.iter().find(|seat| seat.participant_id == link.participant_id);
    seat.ok_or(RoomError::Refused(Refusal::NoSuchSeat))
}

/// Browsers name `text/html`, programs do not.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with("text/html"))
}

fn no_store(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
