//! What whoever takes part is told: the own link, and how the room is used.

use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use utoipa::IntoParams;
use visita_protocol::{Problem, view::RecordingFileState};
use visita_room::Standing;

use super::{
    bodies::{OtherParticipant, OwnTeleconsultation, RecordingStatus, RunningStatus, TeleconsultationDetails},
    error::{MiaError, MiaErrorBody},
    identity::Who,
    visits::find,
};
use crate::{
    api::link_url,
    app::App,
    clock::to_rfc3339,
    error::Path,
    join::LANGUAGES,
    rooms::{self, RoomError},
    store::{Page, RecordingsOf, StoredRoom, StoredSeat},
};

/// How the link that is told shall open.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
pub(super) struct LinkQuery {
    /// With the company's background behind the person.
    use_background: Option<bool>,
    /// `it` or `en`; whatever else is the company's default.
    language: Option<String>,
}

/// Tells who takes part their own link, and how the room is used.
#[utoipa::path(get, path = "/teleconsultation/{roomId}", tag = "Teleconsultations",
    security(("apikey" = []), ("bearer" = [])),
    params(("roomId" = String, Path, description = "The teleconsultation"), LinkQuery), responses(
    (status = 200, description = "Their teleconsultation", body = OwnTeleconsultation, example = json!({
        "bandyerUserId": "creatorId1", "accessLinkURL": "https://visits.example.org/join/CODE?language=it",
        "participantsBandyerCall": [{ "bandyerUserId": "userId1", "fullName": "Mario Rossi" }],
        "details": { "recording": "none", "recordingStatus": "stopped", "callType": "audio_video", "description": "",
            "status": "NOT_RUNNING", "disabled": false, "creationDate": "2023-12-22T13:36:48.164Z",
            "durationInSeconds": 3600, "durationUsedInSeconds": 1200, "live": true } })),
    (status = 400, description = "A query field is not valid", body = MiaErrorBody),
    (status = 401, description = "Nobody says who is calling, or somebody who does not take part", body = MiaErrorBody,
        example = json!({ "error": "Unauthorized user" })),
    (status = 404, description = "No such teleconsultation", body = MiaErrorBody,
        example = json!({ "error": "Room with id room_xyz not found on CRUD" })),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    query: Result<Query<LinkQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<OwnTeleconsultation>, MiaError> {
    let person = who.person()?;
    let Query(LinkQuery { use_background, language }) =
        query.map_err(|_| Problem::invalid("useBackground", "true or false"))?;
    let visit = find(&app, &who, &id).await?;
    let is_theirs = |seat: &&StoredSeat| person.user.as_ref().is_some_and(|user| user.user_id == seat.user_id);
    let own = visit.seats.iter().find(is_theirs).ok_or_else(MiaError::unauthorized)?;
    let now = app.clock.now();
    let link = if visit.standing == Standing::Active && rooms::gives_links(&visit, now) {
        Some(link_with(&app, &visit, own, use_background.unwrap_or(false), language.as_deref()).await?)
    } else {
        None
    };
    let others = visit.seats.iter().filter(|seat| seat.participant_id != own.participant_id);
    let other = |seat: &StoredSeat| OtherParticipant {
        user_id: seat.user_id.clone(),
        full_name: seat.display_name.clone().unwrap_or_else(|| seat.user_id.to_string()),
    };
    Ok(Json(OwnTeleconsultation {
        user_id: own.user_id.clone(),
        link,
        others: others.map(other).collect(),
        details: details(&app, &visit).await?,
    }))
}

/// A seat's link, with how it shall open.
async fn link_with(
    app: &App,
    visit: &StoredRoom,
    seat: &StoredSeat,
    background: bool,
    language: Option<&str>,
) -> Result<String, MiaError> {
    let mut url = link_url(app, seat)?;
    let language = match language {
        Some(language) if LANGUAGES.contains(&language) => Some(language.to_owned()),
        // The seat's own goes without saying.
        None if seat.language.is_some() => None,
        _ => app.store.company_settings(&visit.company.id).await?.map(|company| company.default_language),
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(language) = &language {
        query.append_pair("language", language);
    }
    if background {
        query.append_pair("virtual_background", "image");
    }
    let query = query.finish();
    if !query.is_empty() {
        url = format!("{url}?{query}");
    }
    Ok(url)
}

async fn details(app: &App, visit: &StoredRoom) -> Result<TeleconsultationDetails, MiaError> {
    let options = &visit.options;
    let running = match app.rooms.occupants(&visit.room_id).await {
        Ok(occupants) => occupants.iter().any(|occupant| occupant.connected),
        Err(RoomError::NoSuchRoom) => false,
        Err(error) => return Err(error.into()),
    };
    let of_room = RecordingsOf {
        room: Some(&visit.room_id),
        state: Some(RecordingFileState::Recording),
        ..RecordingsOf::default()
    };
    let recordings = app.store.recordings(&visit.company.id, of_room, Page { limit: 1, offset: 0 }).await?;
    Ok(TeleconsultationDetails {
        recording: options.recording,
        recording_status: if recordings.total > 0 { RecordingStatus::Started } else { RecordingStatus::Stopped },
        call_type: options.call_type,
        description: options.description.clone().unwrap_or_default(),
        status: if running { RunningStatus::Running } else { RunningStatus::NotRunning },
        disabled: visit.standing == Standing::Disabled,
        creation_date: to_rfc3339(visit.created_at),
        duration_in_seconds: options.duration.map(|duration| duration.as_secs()),
        duration_used_in_seconds: visit.used.as_secs(),
        live: options.live,
    })
}
