//! `/teleconsultation`: visits whose seats may be filled later.

use std::{collections::HashSet, time::Duration};

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use visita_protocol::{
    CallType, Entrance, ErrorCode, Problem, RecordingLayout, RecordingMode, RoomId, UserId, rest::Role,
};
use visita_room::{Allowed, Refusal, Standing, Timestamp, check_plus};

use super::{
    bodies::{DeletedUploads, MadeTeleconsultation, ParticipantData, Teleconsultation},
    error::{MiaError, MiaErrorBody},
    identity::Who,
    people::{self, Named, Wanted},
};
use crate::{
    app::App,
    audit::Entry,
    clock::from_rfc3339,
    error::{Body, Path},
    files, ids,
    rooms::{RoomError, asleep, plan_of},
    store::{
        Kind, Listed, NewPlan, NewRoom, NewSeat, Page, PlannedSeat, RoomOptions, Schedule, StoreError, StoredRoom,
        StoredSeat,
    },
};

/// Shortest duration: five minutes.
const MIN_DURATION: Duration = Duration::from_secs(300);

/// Makes a teleconsultation. It comes to life when everybody who takes part is known.
#[utoipa::path(post, path = "/teleconsultation", tag = "Teleconsultations", security(("apikey" = []), ("bearer" = [])),
    request_body(content = Teleconsultation, examples(
        ("Everybody is known to the issuer" = (value = json!({
            "participants": ["user1_auth0_id", "user2_auth0_id", "user3_auth0_id"],
            "start_date": "2022-02-22T15:30:00.000Z", "end_date": "2022-02-22T16:30:00.000Z" }))),
        ("Without an issuer, somebody is unknown yet" = (value = json!({
            "participants": { "number": 3, "data": [
                { "userExternalId": "user1_external_id", "groups": ["doctor"], "fullName": "Joe Smith", "language": "it" },
                { "userExternalId": "user3_external_id", "groups": ["patient"], "fullName": "Jane Doe", "language": "it" } ] },
            "start_date": "2022-02-22T15:30:00.000Z", "duration_in_seconds": 3600 }))))),
    responses(
    (status = 201, description = "Made", body = MadeTeleconsultation, example = json!({ "roomId": "room_xyz" })),
    (status = 400, description = "A field is not valid, or everybody is known and nobody has the role plus; nothing is stored",
        body = MiaErrorBody, example = json!({ "error": "Failed POST /teleconsultation: no plus user in room" })),
    (status = 401, description = "No key or token, or a wrong one", body = MiaErrorBody,
        example = json!({ "error": "Unauthorized user" })),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    who: Who,
    body: Body,
) -> Result<(StatusCode, Json<MadeTeleconsultation>), MiaError> {
    let Teleconsultation { participants, start_date, end_date, duration_in_seconds } = body.json()?;
    let missing = |field| Problem::invalid(field, "is missing");
    let Named { number, people } = people::read(&app, participants.ok_or_else(|| missing("participants"))?)?;
    let people = people.unwrap_or_default();
    let starts_at = date(&start_date.ok_or_else(|| missing("start_date"))?, "start_date")?;
    let duration = match duration(starts_at, end_date.as_deref(), duration_in_seconds)? {
        _ if app.mia.config.unlimited => None,
        None => return Err(Problem::invalid("end_date", "either this or duration_in_seconds has to be given").into()),
        duration => duration,
    };
    let company = who.company();
    let mut roles = Vec::new();
    for person in &people {
        roles.push(person.role_now(&app, company).await?);
    }
    check_plus(number.into(), roles.iter().map(|role| *role == Role::Plus))
        .map_err(|_| MiaError::no_plus("POST /teleconsultation"))?;

    let mut seats = Vec::new();
    for person in people {
        let is_caller = who.person.as_ref().is_some_and(|caller| caller.external_id == person.external_id);
        let own_name = who.person.as_ref().filter(|_| is_caller).and_then(|caller| caller.name.clone());
        let (seat, _) = Wanted { name: person.name.or(own_name), ..person }.new_seat(&app, company).await?;
        seats.push(seat);
    }
    let freeze = app.mia.config.freeze();
    let room = NewRoom {
        room_id: ids::new(),
        company_id: company.id.clone(),
        options: RoomOptions {
            kind: Kind::Seated,
            call_type: CallType::default(),
            recording: RecordingMode::None,
            recording_layout: RecordingLayout::default(),
            recording_tracks: false,
            duration,
            live: app.mia.config.live,
            description: None,
            // Whoever has been told the link may use it.
            schedule: Schedule { starts_at: Some(starts_at), ends_at: None, early_entry: freeze, freeze },
            webinar: false,
            waiting_room: false,
            expected_seats: Some(number),
            created_by: who.caller.user().map(|user| user.user_id.clone()),
            allowed: Allowed::ALL,
            entrance: Entrance::Link,
            unique_name: None,
        },
        standing: Standing::Active,
        created_at: app.clock.now(),
        seats,
    };
    app.store.create_room(&room).await?;
    tracing::info!(room = %room.room_id, seats = room.seats.len(), number, "teleconsultation made");
    Ok((StatusCode::CREATED, Json(MadeTeleconsultation { room_id: room.room_id })))
}

/// Changes a teleconsultation: what is absent stays. Who goes on taking part keeps the link.
#[utoipa::path(patch, path = "/teleconsultation/{roomId}", tag = "Teleconsultations",
    security(("apikey" = []), ("bearer" = [])),
    params(("roomId" = String, Path, description = "The teleconsultation")),
    request_body(content = Teleconsultation, example = json!({
        "start_date": "2022-02-22T15:30:00.000Z", "duration_in_seconds": 3600 })),
    responses(
    (status = 204, description = "Changed"),
    (status = 400, description = "A field is not valid, or everybody is known and nobody has the role plus; nothing changed",
        body = MiaErrorBody, example = json!({ "error": "Failed PATCH /teleconsultation: no plus user in room" })),
    (status = 401, description = "No key or token, or a wrong one, or somebody who does not take part", body = MiaErrorBody),
    (status = 403, description = "Takes part and did not make it, or it is over", body = MiaErrorBody),
    (status = 404, description = "No such teleconsultation", body = MiaErrorBody,
        example = json!({ "error": "Room with id room_xyz not found on CRUD" })),
    (status = 409, description = "Everybody is known and it starts too soon (`room_frozen`), or has started", body = MiaErrorBody),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn change(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, MiaError> {
    let visit = find_managed(&app, &who, &id).await?;
    let Teleconsultation { participants, start_date, end_date, duration_in_seconds } = body.json()?;
    let named = participants.map(|participants| people::read(&app, participants)).transpose()?;
    let schedule = visit.options.schedule;
    let starts_at = match &start_date {
        Some(text) => date(text, "start_date")?,
        None => schedule.starts_at.unwrap_or_default(),
    };
    let duration = match duration(starts_at, end_date.as_deref(), duration_in_seconds)? {
        _ if app.mia.config.unlimited => None,
        None => visit.options.duration,
        duration => duration,
    };
    let Named { number, people } =
        named.unwrap_or(Named { number: visit.options.expected_seats.unwrap_or_default(), people: None });
    let planned = plan_people(&app, &who, &visit, people).await?;

    // Nobody becomes a user for a plan that is refused.
    let trial = NewPlan {
        expected_seats: number,
        starts_at: Some(starts_at),
        duration,
        seats: planned.iter().filter_map(Planned::kept).map(|seat| PlannedSeat::Kept(Box::new(seat.clone()))).collect(),
    };
    let no_plus = || MiaError::no_plus("PATCH /teleconsultation");
    let refused = |refusal| match refusal {
        Refusal::NoPlus => no_plus(),
        refusal => RoomError::Refused(refusal).into(),
    };
    let known = planned.len();
    if known > number.into() {
        return Err(Problem::invalid("participants.number", "more people are known than that").into());
    }
    asleep(&visit).may_replan(&plan_of(&trial, |_| false), app.clock.now()).map_err(refused)?;
    check_plus(number.into(), planned.iter().map(|seat| seat.role() == Role::Plus)).map_err(|_| no_plus())?;

    let (mut seats, mut plus) = (Vec::new(), HashSet::new());
    for seat in planned {
        seats.push(match seat {
            Planned::Kept(seat) => PlannedSeat::Kept(seat),
            Planned::New(person, _) => {
                let (seat, role) = person.new_seat(&app, who.company()).await?;
                if role == Role::Plus {
                    plus.insert(seat.participant_id.clone());
                }
                PlannedSeat::New(Box::new(seat))
            }
        });
    }
    let plan = NewPlan { seats, ..trial };
    match app.rooms.replan(&visit.room_id, who.company().id.clone(), plan, plus).await {
        Ok(()) => {}
        Err(RoomError::Refused(refusal)) => return Err(refused(refusal)),
        Err(error) => return Err(error.into()),
    }
    tracing::info!(room = %visit.room_id, "teleconsultation changed");
    app.audit.write(Entry::by(&who.caller, "room_changed").room(&visit.room_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody of a new plan.
enum Planned {
    /// Has a seat, which stays.
    Kept(Box<StoredSeat>),
    /// Has none yet; takes part with this role.
    New(Wanted, Role),
}

impl Planned {
    fn kept(&self) -> Option<&StoredSeat> {
        match self {
            Self::Kept(seat) => Some(seat),
            Self::New(..) => None,
        }
    }

    fn role(&self) -> Role {
        match self {
            Self::Kept(seat) => seat.role,
            Self::New(_, role) => *role,
        }
    }
}

/// Who takes part from now on: those who are named, else those who did.
async fn plan_people(
    app: &App,
    who: &Who,
    visit: &StoredRoom,
    people: Option<Vec<Wanted>>,
) -> Result<Vec<Planned>, MiaError> {
    let Some(people) = people else {
        return Ok(visit.seats.iter().map(|seat| Planned::Kept(Box::new(seat.clone()))).collect());
    };
    let mut planned = Vec::new();
    for person in people {
        let role = person.role_now(app, who.company()).await?;
        let user = crate::external::find(app, &who.company().id, &person.external_id).await?;
        let seat = user.and_then(|user| visit.seats.iter().find(|seat| seat.user_id == user.user_id));
        planned.push(match seat {
            Some(seat) => Planned::Kept(Box::new(person.keep(app, seat, role))),
            None => Planned::New(person, role),
        });
    }
    Ok(planned)
}

/// Adds somebody who was unknown. With the last one the teleconsultation comes to life.
#[utoipa::path(post, path = "/teleconsultation/{roomId}/participants/data", tag = "Teleconsultations",
    security(("apikey" = []), ("bearer" = [])),
    params(("roomId" = String, Path, description = "The teleconsultation")),
    request_body(content = ParticipantData, examples(
        ("With an issuer" = (value = json!({ "userExternalId": "user3_auth0_id", "language": "it" }))),
        ("Without an issuer" = (value = json!({
            "userExternalId": "user1_external_id", "groups": ["doctor"], "fullName": "Joe Smith", "language": "it" }))))),
    responses(
    (status = 201, description = "Added"),
    (status = 400, description = "A field is not valid, or it would be the last one and nobody has the role plus", body = MiaErrorBody,
        example = json!({ "error": "Failed POST /teleconsultation/room_xyz/participants/data: no plus user in room" })),
    (status = 401, description = "No key or token, or a wrong one, or somebody who does not take part", body = MiaErrorBody),
    (status = 403, description = "Takes part and did not make it, or it is over", body = MiaErrorBody),
    (status = 404, description = "No such teleconsultation", body = MiaErrorBody),
    (status = 409, description = "Everybody is known (`room_full`), or this person takes part already (`conflict`)", body = MiaErrorBody),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn add(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    body: Body,
) -> Result<StatusCode, MiaError> {
    let visit = find_managed(&app, &who, &id).await?;
    let person = people::read_one(&app, body.json()?, "")?;
    let no_plus = || MiaError::no_plus(&format!("POST /teleconsultation/{id}/participants/data"));
    let refused = |refusal| match refusal {
        Refusal::NoPlus => no_plus(),
        refusal => RoomError::Refused(refusal).into(),
    };
    let twice = || {
        let problem = Problem::new(ErrorCode::Conflict, "takes part already");
        Problem { field: Some("userExternalId".into()), ..problem }
    };
    let known = crate::external::find(&app, &who.company().id, &person.external_id).await?;
    if known.is_some_and(|user| visit.seats.iter().any(|seat| seat.user_id == user.user_id)) {
        return Err(twice().into());
    }
    let role = person.role_now(&app, who.company()).await?;
    // Nobody becomes a user for a seat that is refused.
    asleep(&visit).may_add_seat(role == Role::Plus, app.clock.now()).map_err(refused)?;
    let (seat, role): (NewSeat, Role) = person.new_seat(&app, who.company()).await?;
    match app.rooms.add_seat(&visit.room_id, who.company().id.clone(), seat, role == Role::Plus).await {
        Ok(()) => Ok(StatusCode::CREATED),
        Err(RoomError::Store(StoreError::Exists)) => Err(twice().into()),
        Err(RoomError::Refused(refusal)) => Err(refused(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// Deletes a teleconsultation: who is in is put out, its links open nothing any more.
#[utoipa::path(delete, path = "/teleconsultation/{roomId}", tag = "Teleconsultations",
    security(("apikey" = []), ("bearer" = [])),
    params(("roomId" = String, Path, description = "The teleconsultation")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key or token, or a wrong one, or somebody who does not take part", body = MiaErrorBody),
    (status = 403, description = "Takes part and did not make it", body = MiaErrorBody),
    (status = 404, description = "No such teleconsultation", body = MiaErrorBody),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn delete(State(app): State<App>, who: Who, Path(id): Path<String>) -> Result<StatusCode, MiaError> {
    let visit = find_managed(&app, &who, &id).await?;
    app.delete_room(&who.caller, &visit.room_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes the files that were shared in a teleconsultation, where the configuration lets that happen.
#[utoipa::path(delete, path = "/teleconsultation/{roomId}/uploads", tag = "Teleconsultations",
    security(("apikey" = []), ("bearer" = [])),
    params(("roomId" = String, Path, description = "The teleconsultation")), responses(
    (status = 200, description = "How many there were, and how many are deleted", body = DeletedUploads,
        example = json!({ "total": 2, "deleted": 2 })),
    (status = 204, description = "Deleting is switched off; nothing happened"),
    (status = 401, description = "No key or token, or a wrong one, or somebody who does not take part", body = MiaErrorBody),
    (status = 403, description = "Takes part and did not make it", body = MiaErrorBody),
    (status = 404, description = "No such teleconsultation", body = MiaErrorBody),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn delete_uploads(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Response, MiaError> {
    let visit = find_managed(&app, &who, &id).await?;
    if !app.mia.config.delete_uploads {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let mut there = Vec::new();
    loop {
        let page = Page { limit: 100, offset: there.len() as u64 };
        let Listed { items, .. } = app.store.files(&visit.room_id, None, page).await?;
        if items.is_empty() {
            break;
        }
        there.extend(items);
    }
    let mut deleted = 0;
    for file in &there {
        match files::remove(&app, file).await {
            Ok(()) => deleted += 1,
            Err(error) => {
                tracing::warn!(file = %file.file_id, error = %error.problem, "a file could not be deleted");
                continue;
            }
        }
        let entry = Entry::by(&who.caller, "file_deleted").room(&file.room_id).session(&file.session_id);
        app.audit.write(entry.subject(file.file_id.as_str())).await?;
    }
    Ok(Json(DeletedUploads { total: there.len() as u64, deleted }).into_response())
}

/// The company's teleconsultation of that id; rooms that were not made as one are unknown here.
pub(super) async fn find(app: &App, who: &Who, id: &str) -> Result<StoredRoom, MiaError> {
    let missing = || MiaError::no_such_room(id);
    let room_id: RoomId = id.parse().map_err(|_| missing())?;
    let room = app.store.room(&room_id).await?;
    let is_visit = |room: &StoredRoom| room.company.id == who.company().id && room.options.expected_seats.is_some();
    room.filter(is_visit).ok_or_else(missing)
}

/// The same, which the caller may change.
async fn find_managed(app: &App, who: &Who, id: &str) -> Result<StoredRoom, MiaError> {
    let visit = find(app, who, id).await?;
    if who.caller.manages(&visit) {
        return Ok(visit);
    }
    let takes_part = |user: &UserId| visit.seats.iter().any(|seat| seat.user_id == *user);
    match who.caller.user() {
        Some(user) if takes_part(&user.user_id) => {
            Err(Problem::new(ErrorCode::Forbidden, "only who made the teleconsultation may do this").into())
        }
        _ => Err(MiaError::unauthorized()),
    }
}

fn date(text: &str, field: &str) -> Result<Timestamp, Problem> {
    from_rfc3339(text).ok_or_else(|| Problem::invalid(field, "not a date such as 2022-02-22T15:30:00.000Z"))
}

/// How long people may talk, by whichever of the two is given.
fn duration(
    starts_at: Timestamp,
    end_date: Option<&str>,
    duration_in_seconds: Option<u32>,
) -> Result<Option<Duration>, Problem> {
    let (duration, field) = match (end_date, duration_in_seconds) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(Problem::invalid("duration_in_seconds", "either this or end_date is given, not both"));
        }
        (Some(text), None) => {
            let end = date(text, "end_date")?;
            if end <= starts_at {
                return Err(Problem::invalid("end_date", "the end is not after the start"));
            }
            (end.since(starts_at), "end_date")
        }
        (None, Some(seconds)) => (Duration::from_secs(seconds.into()), "duration_in_seconds"),
    };
    if duration < MIN_DURATION {
        return Err(Problem::invalid(field, "a teleconsultation lasts at least 5 minutes"));
    }
    Ok(Some(duration))
}
