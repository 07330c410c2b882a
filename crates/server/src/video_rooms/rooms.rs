//! Rooms.

use std::collections::HashMap;

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use visita_protocol::{Problem, RecordingMode, RoomId, Secret, SessionId};
use visita_room::Standing;

use super::{
    bodies::{Data, Listing},
    key::Keyed,
    params::{PagingQuery, Params},
    refusal::Refused,
    sessions::{self, Session},
};
use crate::{
    api::check_url,
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path, internal},
    keys,
    rooms::{RoomError, check_capacity, check_open, name_taken},
    store::{
        Company, Direction, Kind, NewRoom, Page, RoomBy, RoomIs, RoomOptions, RoomQuery, RoomWebhook, SessionQuery,
        StoreError, StoredRoom,
    },
};

/// People at once when nothing is said.
const CAPACITY: u16 = 10;
/// Longest time for a webhook's call, in seconds; 0 is the server's own.
const MAX_TIMEOUT: u32 = 30;

/// What a room is to be. Of a change what is absent stays; `null` clears what may be empty.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// A name that no other room of the company has, 1 to 200 characters.
    #[serde(default, deserialize_with = "nullable")]
    unique_name: Option<Option<String>>,
    /// People at once, 2 to 50; 10 when a room is made without it.
    max_participants: Option<u16>,
    /// Whether each session is recorded from its start, one file for each participant and kind; off when a room is made
    /// without it.
    enable_recording: Option<bool>,
    /// Where the room's events are told, `http` or `https`.
    #[serde(default, deserialize_with = "nullable")]
    webhook_event_url: Option<Option<String>>,
    /// Where they are told that the first did not take.
    #[serde(default, deserialize_with = "nullable")]
    webhook_event_failover_url: Option<Option<String>>,
    /// How long one call may take, 0 to 30; 0 and none are the server's own time.
    #[serde(default, deserialize_with = "nullable")]
    webhook_timeout_secs: Option<Option<u32>>,
}

fn nullable<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Whether a webhook can be called so.
pub(super) fn check_webhook(
    url: Option<&String>,
    failover_url: Option<&String>,
    timeout_s: Option<u32>,
) -> Result<(), Problem> {
    for (field, url) in [("webhook_event_url", url), ("webhook_event_failover_url", failover_url)] {
        if let Some(url) = url {
            check_url(field, url)?;
        }
    }
    if timeout_s.is_some_and(|seconds| seconds > MAX_TIMEOUT) {
        return Err(Problem::invalid("webhook_timeout_secs", "0 to 30 seconds"));
    }
    Ok(())
}

impl Wanted {
    fn check(&self) -> Result<(), Problem> {
        if let Some(Some(name)) = &self.unique_name {
            let fits = (1..=200).contains(&name.chars().count()) && !name.contains(char::is_control);
            if !fits || name.trim() != name {
                let words = "1 to 200 characters, no control characters, no spaces around it";
                return Err(Problem::invalid("unique_name", words));
            }
        }
        if let Some(capacity) = self.max_participants {
            check_capacity(capacity, false)?;
        }
        let url = self.webhook_event_url.as_ref().and_then(Option::as_ref);
        let failover_url = self.webhook_event_failover_url.as_ref().and_then(Option::as_ref);
        check_webhook(url, failover_url, self.webhook_timeout_secs.flatten())
    }

    fn write(&self, options: &mut RoomOptions) {
        if let Some(name) = &self.unique_name {
            options.unique_name.clone_from(name);
            options.description.clone_from(name);
        }
        if let Some(capacity) = self.max_participants {
            options.kind = Kind::Open { capacity };
        }
        match self.enable_recording {
            Some(true) => {
                options.recording_tracks = true;
                if options.recording == RecordingMode::None {
                    options.recording = RecordingMode::Automatic;
                }
            }
            Some(false) => options.recording = RecordingMode::None,
            None => {}
        }
    }

    /// The room's webhook as it is to be, and its secret when that is a new one.
    fn webhook(&self, app: &App, old: Option<RoomWebhook>) -> Result<(Option<RoomWebhook>, Option<Secret>), ApiError> {
        let url = self.webhook_event_url.clone().unwrap_or_else(|| old.as_ref().map(|old| old.url.clone()));
        let failover_url = self.webhook_event_failover_url.clone();
        let failover_url = failover_url.unwrap_or_else(|| old.as_ref().and_then(|old| old.failover_url.clone()));
        let timeout_s = self.webhook_timeout_secs.unwrap_or_else(|| old.as_ref().and_then(|old| old.timeout_s));
        let Some(url) = url else {
            if failover_url.is_some() {
                let words = "there is no webhook_event_url that it could stand in for";
                return Err(Problem::invalid("webhook_event_failover_url", words).into());
            }
            return Ok((None, None));
        };
        let (secret, told) = match old {
            Some(old) => (old.secret, None),
            None => {
                let secret = keys::new_code()?;
                (app.keys.seal_webhook_secret(&secret)?, Some(secret))
            }
        };
        Ok((Some(RoomWebhook { url, failover_url, timeout_s, secret }), told))
    }

    fn names_webhook(&self) -> bool {
        self.webhook_event_url.is_some()
            || self.webhook_event_failover_url.is_some()
            || self.webhook_timeout_secs.is_some()
    }
}

/// A room.
#[derive(Serialize, ToSchema)]
pub(super) struct Room {
    id: RoomId,
    unique_name: Option<String>,
    max_participants: u16,
    enable_recording: bool,
    webhook_event_url: Option<String>,
    webhook_event_failover_url: Option<String>,
    webhook_timeout_secs: Option<u32>,
    /// What the room's webhook calls are signed with; only in the answer to the call that named the URL first.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_secret: Option<Secret>,
    /// The session that runs.
    active_session_id: Option<SessionId>,
    /// With `include_sessions`, the latest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions: Option<Vec<Session>>,
    created_at: String,
    updated_at: String,
    /// Always `room`.
    record_type: &'static str,
}

/// Makes a room.
#[utoipa::path(post, path = "/video-rooms/v2/rooms", tag = "Rooms", security(("bearer" = [])),
    request_body(content = Wanted, description = "No body at all is fine too",
        example = json!({ "unique_name": "my-room", "max_participants": 10, "enable_recording": false })),
    responses(
    (status = 201, description = "The room", body = Data<Room>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 422, description = "A field breaks a rule; nothing is stored", body = Refused)))]
pub(super) async fn create(
    State(app): State<App>,
    key: Keyed,
    body: Body,
) -> Result<(StatusCode, Json<Data<Room>>), ApiError> {
    let wanted: Wanted = body.json_or_default()?;
    wanted.check()?;
    let mut options = RoomOptions::open(CAPACITY);
    wanted.write(&mut options);
    check_open(&options)?;
    let (webhook, secret) = wanted.webhook(&app, None)?;
    let room = NewRoom {
        room_id: uuid::Uuid::now_v7().to_string().parse().map_err(internal)?,
        company_id: key.company().id.clone(),
        options,
        standing: Standing::Active,
        created_at: app.clock.now(),
        seats: Vec::new(),
    };
    match app.store.create_room(&room).await {
        Err(StoreError::Exists) => return Err(name_taken().into()),
        made => made?,
    }
    if let Some(webhook) = &webhook {
        app.store.set_room_webhook(&room.company_id, &room.room_id, Some(webhook), room.created_at).await?;
    }
    tracing::info!(room = %room.room_id, "room made");
    let mut told = told_one(&app, &key, room.into_stored(key.company().clone(), &[])).await?;
    told.webhook_secret = secret;
    Ok((StatusCode::CREATED, Data::json(told)))
}

/// Lists rooms, the newest first.
#[utoipa::path(get, path = "/video-rooms/v2/rooms", tag = "Rooms", security(("bearer" = [])),
    params(PagingQuery,
        ("include_sessions" = Option<bool>, Query, description = "With their sessions"),
        ("filter[unique_name]" = Option<String>, Query, description = "Only the room of that name"),
        ("filter[date_created_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`"),
        ("filter[date_updated_at][eq]" = Option<String>, Query, description = "Day or time; also `gte` and `lte`")),
    responses(
    (status = 200, description = "A page of rooms", body = Listing<Room>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn list(
    State(app): State<App>,
    key: Keyed,
    mut params: Params,
) -> Result<Json<Listing<Room>>, ApiError> {
    let paging = params.paging()?;
    let with_sessions = params.flag("include_sessions")?;
    let mut only =
        vec![RoomIs::Created(params.between("date_created_at")?), RoomIs::Modified(params.between("date_updated_at")?)];
    only.extend(params.filter("unique_name").map(RoomIs::UniqueName));
    params.end()?;
    let order = vec![(RoomBy::Created, Direction::Descending), (RoomBy::Id, Direction::Descending)];
    let listed = app.store.rooms_that(&key.company().id, &RoomQuery { only, order }, paging.page()).await?;
    Ok(Listing::json(told(&app, &key, listed.items, with_sessions).await?, listed.total, paging))
}

/// Tells a room.
#[utoipa::path(get, path = "/video-rooms/v2/rooms/{room_id}", tag = "Rooms", security(("bearer" = [])),
    params(("room_id" = String, Path, description = "The room"),
           ("include_sessions" = Option<bool>, Query, description = "With its sessions")),
    responses(
    (status = 200, description = "The room", body = Data<Room>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn get(
    State(app): State<App>,
    key: Keyed,
    Path(room_id): Path<String>,
    mut params: Params,
) -> Result<Json<Data<Room>>, ApiError> {
    let with_sessions = params.flag("include_sessions")?;
    params.end()?;
    let room = find(&app, key.company(), &room_id).await?;
    let mut told = told(&app, &key, vec![room], with_sessions).await?;
    Ok(Data::json(told.pop().ok_or(RoomError::NoSuchRoom)?))
}

/// Changes a room. It holds at once for those who are in; nobody is put out when fewer may be in.
#[utoipa::path(patch, path = "/video-rooms/v2/rooms/{room_id}", tag = "Rooms", security(("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")),
    request_body(content = Wanted, example = json!({ "max_participants": 20 })),
    responses(
    (status = 200, description = "The room as it is now", body = Data<Room>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused),
    (status = 422, description = "A field breaks a rule; nothing changed", body = Refused)))]
pub(super) async fn update(
    State(app): State<App>,
    key: Keyed,
    Path(room_id): Path<String>,
    body: Body,
) -> Result<Json<Data<Room>>, ApiError> {
    let wanted: Wanted = body.json()?;
    wanted.check()?;
    let room = find(&app, key.company(), &room_id).await?;
    let old = app.store.room_webhooks(&[&room.room_id]).await?.remove(&room.room_id);
    let (webhook, secret) = wanted.webhook(&app, old)?;
    let names_webhook = wanted.names_webhook();
    app.rooms.change(&room.room_id, move |options| wanted.write(options)).await?;
    if names_webhook {
        let (company, now) = (&key.company().id, app.clock.now());
        app.store.set_room_webhook(company, &room.room_id, webhook.as_ref(), now).await?;
    }
    app.audit.write(Entry::by(&key.0, "room_changed").room(&room.room_id)).await?;
    let mut told = told_one(&app, &key, find(&app, key.company(), &room_id).await?).await?;
    told.webhook_secret = secret;
    Ok(Data::json(told))
}

/// Deletes a room with what is kept of it; who is in is put out.
#[utoipa::path(delete, path = "/video-rooms/v2/rooms/{room_id}", tag = "Rooms", security(("bearer" = [])),
    params(("room_id" = String, Path, description = "The room")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such room", body = Refused)))]
pub(super) async fn delete(
    State(app): State<App>,
    key: Keyed,
    Path(room_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let room = find(&app, key.company(), &room_id).await?;
    app.delete_room(&key.0, &room.room_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A company's open room; every other is as unknown as none.
pub(super) async fn find(app: &App, company: &Company, id: &str) -> Result<StoredRoom, ApiError> {
    let room_id: RoomId = id.parse().map_err(|_| RoomError::NoSuchRoom)?;
    let room = app.store.room(&room_id).await?;
    let theirs = room.filter(|room| room.company.id == company.id && room.options.kind != Kind::Seated);
    Ok(theirs.ok_or(RoomError::NoSuchRoom)?)
}

async fn told_one(app: &App, key: &Keyed, room: StoredRoom) -> Result<Room, ApiError> {
    let mut told = told(app, key, vec![room], false).await?;
    Ok(told.pop().ok_or(RoomError::NoSuchRoom)?)
}

async fn told(app: &App, key: &Keyed, rooms: Vec<StoredRoom>, with_sessions: bool) -> Result<Vec<Room>, ApiError> {
    let ids: Vec<&RoomId> = rooms.iter().map(|room| &room.room_id).collect();
    let mut webhooks = app.store.room_webhooks(&ids).await?;
    let mut running = HashMap::new();
    // No room has two that run.
    let page = Page { limit: u32::try_from(rooms.len()).unwrap_or(u32::MAX), offset: 0 };
    if page.limit > 0 {
        let wanted = SessionQuery {
            rooms: rooms.iter().map(|room| room.room_id.clone()).collect(),
            active: Some(true),
            ..SessionQuery::default()
        };
        let found = app.store.sessions_that(&key.company().id, &wanted, page).await?.items;
        running.extend(found.into_iter().map(|seen| (seen.session.room_id, seen.session.session_id)));
    }
    let mut told = Vec::with_capacity(rooms.len());
    for room in rooms {
        let sessions = match with_sessions {
            true => Some(sessions::all_of(app, &key.company().id, &room.room_id).await?),
            false => None,
        };
        let webhook = webhooks.remove(&room.room_id);
        let (webhook_event_url, webhook_event_failover_url, webhook_timeout_secs) =
            webhook.map(|one| (Some(one.url), one.failover_url, one.timeout_s)).unwrap_or_default();
        told.push(Room {
            active_session_id: running.remove(&room.room_id),
            id: room.room_id,
            unique_name: room.options.unique_name,
            max_participants: match room.options.kind {
                Kind::Open { capacity } => capacity,
                // None of those is told here.
                Kind::Seated => 0,
            },
            enable_recording: room.options.recording != RecordingMode::None,
            webhook_event_url,
            webhook_event_failover_url,
            webhook_timeout_secs,
            webhook_secret: None,
            sessions,
            created_at: to_rfc3339(room.created_at),
            updated_at: to_rfc3339(room.modified_at),
            record_type: "room",
        });
    }
    Ok(told)
}
