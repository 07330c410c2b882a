//! Compositions: one film of what was recorded of a session.

use std::{collections::BTreeMap, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use visita_protocol::{
    CompanyId, CompositionId, ErrorCode, Problem, RecordingLayout, RecordingTrackId, RoomId, Secret, SessionId,
    composition::{Arrangement, CompositionState, Region},
    view::RecordingFormat,
};

use super::{
    bodies::{Data, Listing},
    key::Keyed,
    params::{PagingQuery, Params},
    refusal::{PARAMETER, Refused},
    rooms::check_webhook,
    sessions,
};
use crate::{
    api::{delete_composition, media_link, write_composition},
    app::App,
    clock::to_rfc3339,
    error::{ApiError, Body, Path},
    keys,
    recordings::WantedComposition,
    store::{CompositionsOf, MediaLink, RoomWebhook, StoredComposition},
};

/// How long a `download_url` is good.
const LINK_LIFE: Duration = Duration::from_secs(3600);
/// Of the picture, when nothing is said.
const SIZE: (u16, u16) = (1280, 720);
/// Regions of a layout at most.
const MOST_REGIONS: usize = 2;

/// Body of the call that makes one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewComposition {
    /// Of which session: one that was recorded.
    session_id: String,
    /// `mp4`, which is also meant when absent.
    format: Option<String>,
    /// Width and height of the picture in pixels, as `1280x720`: even numbers, 16 to 1280, no more than 921600 pixels in all.
    /// `1280x720` when absent.
    resolution: Option<String>,
    /// One or two parts of the picture, by names of the caller's choice; everybody in a grid when absent.
    video_layout: Option<BTreeMap<String, Part>>,
    /// Where it is told that this composition is completed or failed, beside the room's own webhook.
    webhook_event_url: Option<String>,
    /// Where it is told when the first did not take it.
    webhook_event_failover_url: Option<String>,
    /// How long one call may take, 0 to 30; 0 and none are the server's own time.
    webhook_timeout_secs: Option<u32>,
}

/// A part of the picture.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// Left edge in pixels; 0 when absent.
    #[serde(default)]
    x_pos: u16,
    /// Upper edge in pixels; 0 when absent.
    #[serde(default)]
    y_pos: u16,
    /// What has the larger number lies over the other, -99 to 99; 0 when absent.
    #[serde(default)]
    z_pos: i32,
    /// In pixels; up to the picture's right edge when absent.
    width: Option<u16>,
    /// In pixels; down to the picture's lower edge when absent.
    height: Option<u16>,
    /// Columns at most; as many as fit best when absent.
    max_columns: Option<u16>,
    /// Rows at most; as many as fit best when absent.
    max_rows: Option<u16>,
    /// Ids of recordings of `video` to be shown, in their order, or `"*"`, which is also meant when absent: every one.
    video_sources: Option<Sources>,
}

/// `"*"`, or ids of recordings.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Sources {
    All(Every),
    These(Vec<String>),
}

/// Every one.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub(super) enum Every {
    #[serde(rename = "*")]
    Every,
}

/// A composition.
#[derive(Serialize, ToSchema)]
pub(super) struct Composition {
    id: CompositionId,
    room_id: RoomId,
    session_id: SessionId,
    /// Always `mp4` of those made here.
    format: RecordingFormat,
    /// Width and height of the picture, as `1280x720`.
    resolution: String,
    /// As it was asked for; empty where nothing was said.
    video_layout: BTreeMap<String, Part>,
    /// `enqueued`, `processing`, `completed` or `failed`.
    status: CompositionState,
    /// How much of it is made, from 0 to 1.
    progress: f32,
    size_mb: f64,
    duration_secs: u64,
    /// Good for an hour; told by `GET` of one composition that is completed.
    download_url: Option<Secret>,
    webhook_event_url: Option<String>,
    webhook_event_failover_url: Option<String>,
    webhook_timeout_secs: Option<u32>,
    /// What its webhook calls are signed with; only in the answer to the call that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_secret: Option<Secret>,
    created_at: String,
    updated_at: String,
    completed_at: Option<String>,
    /// Always `room_composition`.
    record_type: &'static str,
}

/// Has a composition made of what was recorded of a session. It waits for its turn; the webhooks hear when it is completed.
#[utoipa::path(post, path = "/video-rooms/v2/room_compositions", tag = "Compositions", security(("bearer" = [])),
    request_body(content = NewComposition, example = json!({
        "session_id": "0193f0a1c2d3e4f5a6b7c8d9e0f1a2b3", "format": "mp4", "resolution": "1280x720",
        "video_layout": { "all": { "x_pos": 0, "y_pos": 0, "width": 1280, "height": 720, "video_sources": "*" } } })),
    responses(
    (status = 202, description = "The composition, which waits for its turn", body = Data<Composition>),
    (status = 400, description = "The body is not JSON", body = Refused),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such session", body = Refused),
    (status = 422, description = "A field breaks a rule, or nothing was recorded; nothing is made", body = Refused),
    (status = 503, description = "This server does not record", body = Refused)))]
pub(super) async fn create(
    State(app): State<App>,
    key: Keyed,
    body: Body,
) -> Result<(StatusCode, Json<Data<Composition>>), ApiError> {
    let wanted: NewComposition = body.json()?;
    if wanted.format.as_ref().is_some_and(|format| format != "mp4") {
        return Err(Problem::invalid("format", "mp4").into());
    }
    let (width, height) = wanted
        .resolution
        .as_deref()
        .map_or(Some(SIZE), size)
        .ok_or_else(|| Problem::invalid("resolution", "width and height in pixels, as 1280x720"))?;
    let arrangement = arrangement(wanted.video_layout.as_ref())?;
    let (webhook, secret) = webhook(&app, &wanted)?;
    let session = sessions::find(&app, &key.company().id, &wanted.session_id).await?.session;
    let names: Vec<String> = wanted.video_layout.into_iter().flatten().map(|(name, _)| name).collect();
    let made = app.recordings.compose(WantedComposition {
        company: key.company().id.clone(),
        room: session.room_id,
        session: session.session_id,
        format: RecordingFormat::Mp4,
        width,
        height,
        arrangement,
        webhook,
    });
    let made = made.await.map_err(|error| by_name(error, &names))?;
    write_composition(&app, &key.0, "composition_made", &made).await?;
    let told = Composition { webhook_secret: secret, ..told(&app, made, None) };
    Ok((StatusCode::ACCEPTED, Data::json(told)))
}

/// Lists compositions, the latest first.
#[utoipa::path(get, path = "/video-rooms/v2/room_compositions", tag = "Compositions", security(("bearer" = [])),
    params(PagingQuery,
        ("filter[room_id]" = Option<String>, Query, description = "Only of that room"),
        ("filter[session_id]" = Option<String>, Query, description = "Only of that session"),
        ("filter[status]" = Option<String>, Query, description = "`enqueued`, `processing`, `completed` or `failed`")),
    responses(
    (status = 200, description = "A page of compositions", body = Listing<Composition>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 422, description = "A parameter breaks a rule", body = Refused)))]
pub(super) async fn list(
    State(app): State<App>,
    key: Keyed,
    mut params: Params,
) -> Result<Json<Listing<Composition>>, ApiError> {
    let paging = params.paging()?;
    let state = match params.filter("status").as_deref() {
        None => None,
        Some("enqueued") => Some(CompositionState::Enqueued),
        Some("processing") => Some(CompositionState::Processing),
        Some("completed") => Some(CompositionState::Completed),
        Some("failed") => Some(CompositionState::Failed),
        Some(_) => {
            let words = "enqueued, processing, completed or failed";
            return Err(Problem::invalid(format!("{PARAMETER}filter[status]"), words).into());
        }
    };
    let of = CompositionsOf {
        created_by: None,
        room: params.parsed("room_id", "an id")?,
        session: params.parsed("session_id", "an id")?,
        open: true,
        state,
    };
    params.end()?;
    let listed = app.store.compositions(&key.company().id, &of, paging.page()).await?;
    let compositions = listed.items.into_iter().map(|one| told(&app, one, None)).collect();
    Ok(Listing::json(compositions, listed.total, paging))
}

/// Tells a composition. That a link to it was handed out is an entry in the audit log.
#[utoipa::path(get, path = "/video-rooms/v2/room_compositions/{composition_id}", tag = "Compositions",
    security(("bearer" = [])), params(("composition_id" = String, Path, description = "The composition")), responses(
    (status = 200, description = "The composition", body = Data<Composition>),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such composition", body = Refused)))]
pub(super) async fn get(
    State(app): State<App>,
    key: Keyed,
    Path(composition_id): Path<String>,
) -> Result<Json<Data<Composition>>, ApiError> {
    let composition = find(&app, &key.company().id, &composition_id).await?;
    let link = match composition.state {
        CompositionState::Completed => {
            write_composition(&app, &key.0, "composition_link_made", &composition).await?;
            let to = MediaLink::Composition(composition.composition_id.clone());
            Some(media_link(&app, &to, LINK_LIFE).await?.0)
        }
        _ => None,
    };
    Ok(Data::json(told(&app, composition, link)))
}

/// Deletes a composition for good; one that is being made is not made any further. The recordings stay.
#[utoipa::path(delete, path = "/video-rooms/v2/room_compositions/{composition_id}", tag = "Compositions",
    security(("bearer" = [])), params(("composition_id" = String, Path, description = "The composition")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key, or a wrong one", body = Refused),
    (status = 404, description = "No such composition", body = Refused)))]
pub(super) async fn delete(
    State(app): State<App>,
    key: Keyed,
    Path(composition_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let composition = find(&app, &key.company().id, &composition_id).await?;
    delete_composition(&app, &key.0, &composition).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A company's composition of an open room; every other is as unknown as none.
async fn find(app: &App, company: &CompanyId, id: &str) -> Result<StoredComposition, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such composition");
    let id: CompositionId = id.parse().map_err(|_| missing())?;
    let found = app.store.composition(&id).await?.filter(|one| one.company_id == *company);
    Ok(found.ok_or_else(missing)?)
}

fn size(text: &str) -> Option<(u16, u16)> {
    let (width, height) = text.split_once('x')?;
    let side = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    Some((side(width)?, side(height)?))
}

fn arrangement(parts: Option<&BTreeMap<String, Part>>) -> Result<Arrangement, Problem> {
    let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
        return Ok(Arrangement::Layout(RecordingLayout::Grid));
    };
    if parts.len() > MOST_REGIONS {
        return Err(Problem::invalid("video_layout", "two regions at most"));
    }
    let region = |(name, part): (&String, &Part)| {
        if !(-99..=99).contains(&part.z_pos) {
            return Err(Problem::invalid(format!("video_layout.{name}.z_pos"), "-99 to 99"));
        }
        let tracks = match &part.video_sources {
            None | Some(Sources::All(_)) => None,
            Some(Sources::These(ids)) => {
                let ids = ids.iter().map(|id| id.parse::<RecordingTrackId>()).collect::<Result<Vec<_>, _>>();
                let field = || format!("video_layout.{name}.video_sources");
                Some(ids.map_err(|_| Problem::invalid(field(), "one of them is no video of this session"))?)
            }
        };
        Ok(Region {
            name: Some(name.clone()),
            x: part.x_pos,
            y: part.y_pos,
            z: part.z_pos,
            width: part.width,
            height: part.height,
            max_columns: part.max_columns,
            max_rows: part.max_rows,
            tracks,
        })
    };
    Ok(Arrangement::Regions(parts.iter().map(region).collect::<Result<_, _>>()?))
}

/// What is wrong, by this dialect's names of fields.
fn by_name(mut error: ApiError, names: &[String]) -> ApiError {
    let Some(field) = error.problem.field.as_mut() else { return error };
    if matches!(field.as_str(), "width" | "height") {
        "resolution".clone_into(field);
    }
    let region = field.strip_prefix("regions[").and_then(|rest| rest.split_once("]."));
    if let Some((name, rest)) = region.and_then(|(at, rest)| Some((names.get(at.parse::<usize>().ok()?)?, rest))) {
        let rest = match rest {
            "x" => "x_pos",
            "y" => "y_pos",
            "tracks" => "video_sources",
            other => other,
        };
        *field = format!("video_layout.{name}.{rest}");
    }
    error
}

/// Its own webhook, and that one's secret.
fn webhook(app: &App, wanted: &NewComposition) -> Result<(Option<RoomWebhook>, Option<Secret>), ApiError> {
    let (url, failover_url) = (&wanted.webhook_event_url, &wanted.webhook_event_failover_url);
    check_webhook(url.as_ref(), failover_url.as_ref(), wanted.webhook_timeout_secs)?;
    let Some(url) = url.clone() else {
        if failover_url.is_some() {
            let words = "there is no webhook_event_url that it could stand in for";
            return Err(Problem::invalid("webhook_event_failover_url", words).into());
        }
        return Ok((None, None));
    };
    let secret = keys::new_code()?;
    let sealed = app.keys.seal_webhook_secret(&secret)?;
    let failover_url = failover_url.clone();
    Ok((Some(RoomWebhook { url, failover_url, timeout_s: wanted.webhook_timeout_secs, secret: sealed }), Some(secret)))
}

fn told(app: &App, composition: StoredComposition, download_url: Option<Secret>) -> Composition {
    #[expect(clippy::cast_precision_loss, reason = "two digits behind the point are told")]
    let size_mb = (composition.bytes as f64 / 10_000.0).round() / 100.0;
    let progress = app.recordings.composed(&composition);
    let parts = match composition.arrangement {
        Arrangement::Layout(_) => Vec::new(),
        Arrangement::Regions(regions) => regions,
    };
    let part = |region: Region| Part {
        x_pos: region.x,
        y_pos: region.y,
        z_pos: region.z,
        width: region.width,
        height: region.height,
        max_columns: region.max_columns,
        max_rows: region.max_rows,
        video_sources: Some(match region.tracks {
            None => Sources::All(Every::Every),
            Some(ids) => Sources::These(ids.iter().map(ToString::to_string).collect()),
        }),
    };
    let name = |number: usize, region: &Region| region.name.clone().unwrap_or_else(|| format!("region_{number}"));
    let video_layout = (1..).zip(parts).map(|(number, region)| (name(number, &region), part(region))).collect();
    let (url, failover_url, timeout_s) = composition
        .webhook
        .map_or((None, None, None), |webhook| (Some(webhook.url), webhook.failover_url, webhook.timeout_s));
    Composition {
        id: composition.composition_id,
        room_id: composition.room_id,
        session_id: composition.session_id,
        format: composition.format,
        resolution: format!("{}x{}", composition.width, composition.height),
        video_layout,
        status: composition.state,
        progress,
        size_mb,
        duration_secs: composition.length.as_secs(),
        download_url,
        webhook_event_url: url,
        webhook_event_failover_url: failover_url,
        webhook_timeout_secs: timeout_s,
        webhook_secret: None,
        created_at: to_rfc3339(composition.created_at),
        updated_at: to_rfc3339(composition.updated_at),
        completed_at: composition.ended_at.filter(|_| composition.state == CompositionState::Completed).map(to_rfc3339),
        record_type: "room_composition",
    }
}
