//! What every storage has to do, written against the trait.

mod compositions;
mod console;
#[path = "../../tests/common/postgres_server.rs"]
mod postgres_server;
mod recordings;
mod rooms;
mod tools;
mod visits;

use std::time::Duration;

use sqlx::Connection;
use visita_protocol::{
    CallType, CompanyId, Entrance, RecordingLayout, RecordingMode, RoomId, SessionId, Tools, UserId, Whiteboard,
    WhiteboardRights,
    channel::Consent,
    rest::{ActorKind, ConnectionKind, Event, EventKind, Role, User},
};
use visita_room::{Admission, Allowed, LinkSerial, Standing, Timestamp};

use super::{
    AuditLine, CompanySettings, Database, Kind, NewLink, NewRoom, NewSeat, NewSignInLink, Page, People, Redeemed,
    RoomOptions, RoomStore, RoomsOf, Schedule, SecretHash, SessionStore, Sql, Store, StoreError, StoredWebhook,
    WebhookStore,
};
use compositions::{
    a_composition_is_queued_made_and_kept, links_to_tracks_and_compositions_end,
    tracks_are_found_as_files_of_recordings,
};
use console::{
    a_company_has_several_keys, a_webhook_tells_what_came_of_it, files_are_found_across_rooms,
    rooms_are_searched_by_how_they_stand, users_are_searched_and_changed,
};
use recordings::{
    a_link_to_a_recording_is_good_for_its_time, a_recording_is_kept_as_long_as_its_company_says,
    a_recording_is_told_as_it_goes_on_and_ends, past_sessions_are_listed_with_what_is_kept_of_them,
};
use rooms::{a_room_is_changed, rooms_are_found_by_what_they_are};
use tools::{
    a_board_is_as_it_was_drawn, a_chat_is_kept_found_and_forgotten_with_its_room, a_file_is_listed_when_it_is_there,
};
use visits::{
    a_visit_is_planned_anew, pictures_are_kept_for_their_company, users_are_found_by_what_other_systems_call_them,
};

/// Runs one test against each storage there is.
macro_rules! suite {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    let folder = tempfile::tempdir().expect("a folder");
                    let file = super::Database::File(folder.path().join("visita.db"));
                    super::$test(&super::Sql::open(&file).await.expect("a store")).await;
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    let Some(database) = super::postgres_server::database(stringify!($test)).await else { return };
                    let store = super::Sql::open(&super::Database::Postgres(database)).await.expect("a store");
                    super::$test(&store).await;
                    super::Store::close(&store).await;
                }
            )+
        }
    };
}

suite!(
    companies_are_found_by_their_key,
    a_user_keeps_its_role,
    a_room_is_told_back_as_it_was_made,
    a_room_that_cannot_be_made_leaves_nothing,
    a_renewed_link_revokes_the_old_one,
    a_deleted_room_leaves_links_that_lead_nowhere,
    used_time_never_goes_back,
    a_deleted_user_is_gone_and_its_id_free,
    a_sign_in_link_is_good_once_and_for_its_time,
    companies_keep_what_they_say_about_themselves,
    lists_come_in_pages,
    a_room_gets_one_more_seat,
    connections_are_told_with_their_session,
    answers_to_being_recorded_are_kept,
    an_event_waits_for_each_webhook_that_wants_it,
    the_audit_log_only_grows,
    a_chat_is_kept_found_and_forgotten_with_its_room,
    a_file_is_listed_when_it_is_there,
    a_board_is_as_it_was_drawn,
    a_recording_is_told_as_it_goes_on_and_ends,
    a_recording_is_kept_as_long_as_its_company_says,
    links_to_tracks_and_compositions_end,
    tracks_are_found_as_files_of_recordings,
    a_composition_is_queued_made_and_kept,
    a_link_to_a_recording_is_good_for_its_time,
    past_sessions_are_listed_with_what_is_kept_of_them,
    a_company_has_several_keys,
    users_are_searched_and_changed,
    rooms_are_searched_by_how_they_stand,
    files_are_found_across_rooms,
    a_webhook_tells_what_came_of_it,
    a_visit_is_planned_anew,
    users_are_found_by_what_other_systems_call_them,
    pictures_are_kept_for_their_company,
    a_room_is_changed,
    rooms_are_found_by_what_they_are,
);

const ALL: Page = Page { limit: 100, offset: 0 };
const NOW: Timestamp = Timestamp::from_unix_ms(1_700_000_000_123);

#[tokio::test]
async fn sqlite_keeps_everything_and_ends_forgotten_sessions() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("visita.db");
    keeps_everything_and_ends_forgotten_sessions(&Database::File(file)).await;
}

#[tokio::test]
async fn postgres_keeps_everything_and_ends_forgotten_sessions() {
    let Some(database) = postgres_server::database("forgotten_sessions").await else { return };
    keeps_everything_and_ends_forgotten_sessions(&Database::Postgres(database)).await;
}

/// Two servers would each believe to own the rooms.
#[tokio::test]
async fn postgres_serves_one_server_at_a_time() {
    let Some(database) = postgres_server::database("one_at_a_time").await else { return };
    let database = Database::Postgres(database);
    let first = Sql::open(&database).await.expect("a store");
    let second = Sql::open(&database).await.map(|_| ()).expect_err("in use");
    assert!(second.to_string().contains("another server"), "{second}");
    first.close().await;
    Sql::open(&database).await.expect("free again").close().await;
}

async fn keeps_everything_and_ends_forgotten_sessions(database: &Database) {
    let store = Sql::open(database).await.expect("a store");
    let room = made_room(&store).await;
    let (first, second) = (crate::ids::new(), crate::ids::new());
    store.session_started(&room.room_id, &first, NOW).await.expect("stored");
    store.session_ended(&room.room_id, &first, Duration::from_secs(5), NOW + secs(6)).await.expect("stored");
    store.session_started(&room.room_id, &second, NOW + secs(10)).await.expect("stored");
    let webhook = StoredWebhook {
        webhook_id: "all".into(),
        url: "https://all.example.org/".into(),
        events: Vec::new(),
        enabled: true,
        secret: vec![1, 2],
        waiting: 0,
        last: None,
        created_at: NOW,
    };
    store.create_webhook(&room.company_id, &webhook).await.expect("stored");
    let seat = &room.seats[0];
    for kind in [ConnectionKind::Channel, ConnectionKind::Media] {
        store.connected(&second, &seat.participant_id, &seat.user_id, kind, NOW + secs(11)).await.expect("stored");
    }
    store.session_seen(&room.room_id, &second, Duration::from_secs(9), NOW + secs(20)).await.expect("stored");
    store.close().await;

    let store = Sql::open(database).await.expect("a store");
    let again = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(again.used, Duration::from_secs(9));
    let sessions = store.sessions(&room.room_id, ALL).await.expect("read").items;
    let ends: Vec<_> = sessions.iter().map(|session| (session.session_id.clone(), session.ended_at)).collect();
    assert_eq!(ends, [(first, Some(NOW + secs(6))), (second.clone(), Some(NOW + secs(20)))]);

    // Whoever was told of its beginning is told of its end, once.
    store.close().await;
    let store = Sql::open(database).await.expect("a store");
    let due = store.due(Timestamp::from_unix_ms(9_000_000_000_000), 10).await.expect("read");
    let told: Vec<Event> = due.iter().map(|one| serde_json::from_str(&one.body).expect("an event")).collect();
    let [left, ended] = &told[..] else { panic!("{told:?}") };
    assert_eq!((left.event, left.user_id.as_ref()), (EventKind::OnParticipantLeft, Some(&seat.user_id)));
    assert_eq!(left.reason.as_deref(), Some("connection_lost"));
    assert_eq!((ended.event, ended.duration_used), (EventKind::OnSessionEnded, Some(9)));
    for event in [left, ended] {
        assert_eq!((&event.room_id, event.session_id.as_ref()), (&room.room_id, Some(&second)));
        assert_eq!(event.created_at, crate::clock::to_rfc3339(NOW + secs(20)));
    }
}

async fn companies_are_found_by_their_key(store: &dyn Store) {
    assert!(!store.has_company().await.expect("read"));
    let made = store.ensure_company("Clinic", hash(1), crate::ids::new(), NOW).await.expect("stored");
    let again = store.ensure_company("Clinic", hash(2), crate::ids::new(), NOW).await.expect("stored");
    assert_eq!(made, again, "the same company");
    assert!(store.company_by_key(hash(1)).await.expect("read").is_none(), "the old key is good no more");
    assert_eq!(store.company_by_key(hash(2)).await.expect("read"), Some((made, hash(2))));
    let taken = store.ensure_company("Other", hash(2), crate::ids::new(), NOW).await;
    assert!(matches!(taken, Err(StoreError::Exists)));
    assert!(store.has_company().await.expect("read"));
}

async fn a_user_keeps_its_role(store: &dyn Store) {
    let company = company(store).await;
    let user = User { user_id: id("dr"), role: Role::Plus, is_operator: true };
    store.create_user(&company, &user, NOW).await.expect("stored");
    let again = store.create_user(&company, &User { role: Role::Basic, ..user.clone() }, NOW).await;
    assert!(matches!(again, Err(StoreError::Exists)));
    assert_eq!(store.user(&company, &user.user_id).await.expect("read"), Some(user));
    assert_eq!(store.user(&company, &id("nobody")).await.expect("read"), None);
    assert_eq!(store.user(&crate::ids::new(), &id("dr")).await.expect("read"), None, "another company's");
}

async fn a_room_is_told_back_as_it_was_made(store: &dyn Store) {
    let room = made_room(store).await;
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.company.id, room.company_id);
    assert_eq!(told.options, room.options);
    assert_eq!((told.standing, told.used, told.created_at), (Standing::Active, Duration::ZERO, NOW));
    assert_eq!(told.seats.len(), 2);
    for (told, made) in told.seats.iter().zip(&room.seats) {
        assert_eq!((&told.participant_id, &told.user_id), (&made.participant_id, &made.user_id), "in their order");
        assert_eq!((told.is_admin, told.is_speaker, told.tools), (made.is_admin, made.is_speaker, made.tools));
        assert_eq!(told.admission, made.admission);
        assert_eq!((told.link, &told.sealed), (LinkSerial(1), &made.link.sealed));
        let link = store.link(made.link.hash).await.expect("read").expect("there");
        assert_eq!((link.room_id, link.participant_id), (room.room_id.clone(), made.participant_id.clone()));
        assert_eq!((link.serial, link.standing, link.hash), (LinkSerial(1), Standing::Active, made.link.hash));
    }
    assert_eq!((told.seats[0].role, told.seats[1].role), (Role::Plus, Role::Basic));
    assert!(store.link(hash(99)).await.expect("read").is_none());
    assert!(store.room(&crate::ids::new()).await.expect("read").is_none());
}

async fn a_room_that_cannot_be_made_leaves_nothing(store: &dyn Store) {
    let mut room = new_room(company_with_users(store).await);
    room.seats[1].link.hash = room.seats[0].link.hash;
    assert!(matches!(store.create_room(&room).await, Err(StoreError::Exists)), "one seat for a link");
    assert!(store.room(&room.room_id).await.expect("read").is_none());
    assert!(store.link(room.seats[0].link.hash).await.expect("read").is_none());
    room.seats[1].link.hash = hash(60);
    room.seats[1].user_id = room.seats[0].user_id.clone();
    assert!(matches!(store.create_room(&room).await, Err(StoreError::Exists)), "one seat for a user");
    assert!(store.room(&room.room_id).await.expect("read").is_none());
}

async fn a_renewed_link_revokes_the_old_one(store: &dyn Store) {
    let room = made_room(store).await;
    let seat = &room.seats[1];
    let link = NewLink { hash: hash(50), sealed: vec![50] };
    let serial = store.renew_link(&room.room_id, &seat.participant_id, link).await.expect("stored");
    assert_eq!(serial, Some(LinkSerial(2)));
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!((told.seats[1].link, &told.seats[1].sealed), (LinkSerial(2), &vec![50]));
    assert_eq!(told.seats[0].link, LinkSerial(1), "the other seat's stays");
    let old = store.link(seat.link.hash).await.expect("read").expect("still known");
    assert_eq!(old.serial, LinkSerial(1), "so that it can be told from an unknown one");
    assert_eq!(store.link(hash(50)).await.expect("read").map(|link| link.serial), Some(LinkSerial(2)));
    let none = store.renew_link(&room.room_id, &crate::ids::new(), NewLink { hash: hash(51), sealed: vec![51] }).await;
    assert_eq!(none.expect("read"), None);
    assert!(store.link(hash(51)).await.expect("read").is_none());
}

async fn a_deleted_room_leaves_links_that_lead_nowhere(store: &dyn Store) {
    let room = made_room(store).await;
    store.set_standing(&room.room_id, Standing::Disabled, NOW).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.standing, Standing::Disabled);
    store.set_standing(&room.room_id, Standing::Deleted, NOW).await.expect("stored");
    assert!(store.room(&room.room_id).await.expect("read").is_none());
    let link = store.link(room.seats[0].link.hash).await.expect("read").expect("still known");
    assert_eq!(link.standing, Standing::Deleted);
    store.set_standing(&room.room_id, Standing::Active, NOW).await.expect("read");
    assert!(store.room(&room.room_id).await.expect("read").is_none(), "there is no way back");
}

async fn used_time_never_goes_back(store: &dyn Store) {
    let room = made_room(store).await;
    let session = crate::ids::new();
    store.session_started(&room.room_id, &session, NOW).await.expect("stored");
    store.session_seen(&room.room_id, &session, secs(20), NOW + secs(20)).await.expect("stored");
    store.session_ended(&room.room_id, &session, secs(10), NOW + secs(30)).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.used, secs(20));
    let sessions = store.sessions(&room.room_id, ALL).await.expect("read").items;
    assert_eq!((sessions[0].started_at, sessions[0].ended_at), (NOW, Some(NOW + secs(30))));
}

async fn a_deleted_user_is_gone_and_its_id_free(store: &dyn Store) {
    let room = made_room(store).await;
    let company = room.company_id.clone();
    let seats = store.seats_of_user(&company, &id("pat")).await.expect("read");
    assert_eq!(seats, [(room.room_id.clone(), room.seats[1].participant_id.clone())]);
    assert!(store.delete_user(&company, &id("pat"), NOW + secs(1)).await.expect("stored"));
    assert!(!store.delete_user(&company, &id("pat"), NOW + secs(2)).await.expect("read"), "only once");
    assert_eq!(store.user(&company, &id("pat")).await.expect("read"), None);
    assert_eq!(store.sign_in_state(&company, &id("pat")).await.expect("read"), None);
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.seats.len(), 2, "the room keeps its seats");
    let again = User { user_id: id("pat"), role: Role::Plus, is_operator: false };
    store.create_user(&company, &again, NOW + secs(3)).await.expect("stored");
    let state = store.sign_in_state(&company, &id("pat")).await.expect("read").expect("there");
    assert_eq!((state.role, state.tokens_from), (Role::Plus, NOW + secs(3)));
}

async fn a_sign_in_link_is_good_once_and_for_its_time(store: &dyn Store) {
    let company = company_with_users(store).await;
    let link =
        |n| NewSignInLink { hash: hash(n), company_id: company.clone(), user_id: id("dr"), expires_at: NOW + secs(60) };
    for n in [70, 71] {
        store.create_sign_in_link(&link(n)).await.expect("stored");
    }
    let use_up = async |n, at| store.redeem_sign_in_link(hash(n), at).await.expect("read");
    assert_eq!(use_up(70, NOW).await, Redeemed::User { company: company.clone(), user: id("dr") });
    assert_eq!(use_up(70, NOW).await, Redeemed::Used);
    assert_eq!(use_up(71, NOW + secs(60)).await, Redeemed::Expired);
    assert_eq!(use_up(72, NOW).await, Redeemed::Unknown);
    store.delete_user(&company, &id("dr"), NOW).await.expect("stored");
    assert_eq!(use_up(71, NOW).await, Redeemed::Unknown, "gone with its user");
}

async fn companies_keep_what_they_say_about_themselves(store: &dyn Store) {
    let company = company(store).await;
    let told = store.company_settings(&company).await.expect("read").expect("there");
    assert_eq!((told.name.as_str(), told.default_language.as_str()), ("Clinic", "en"));
    let wanted = CompanySettings {
        name: "Clinica".into(),
        default_language: "it".into(),
        web_app_id: Some("web".into()),
        embed_origins: vec!["https://a.example.org".into(), "https://b.example.org:8443".into()],
        mobile_app_id: None,
        end_of_call_redirect_url: Some("https://example.org/".into()),
        end_of_call_redirect_after: Duration::from_millis(1500),
        default_background: None,
        user_details_provider_url: None,
        recording_retention_days: Some(30),
    };
    store.set_company_settings(&company, &wanted).await.expect("stored");
    assert_eq!(store.company_settings(&company).await.expect("read"), Some(wanted.clone()));
    let again = store.ensure_company("Clinic", hash(1), crate::ids::new(), NOW).await.expect("stored");
    assert_eq!((again.id, again.name.as_str()), (company, "Clinica"), "found by the name it was made under");
    let other = store.ensure_company("Other", hash(9), crate::ids::new(), NOW).await.expect("stored");
    assert!(matches!(store.set_company_settings(&other.id, &wanted).await, Err(StoreError::Exists)));
    let same_app = CompanySettings { name: "Other".into(), ..wanted.clone() };
    assert!(matches!(store.set_company_settings(&other.id, &same_app).await, Err(StoreError::Exists)));
    assert_eq!(store.embed_origins("web").await.expect("read"), Some(wanted.embed_origins));
    assert_eq!(store.embed_origins("other").await.expect("read"), None);
}

async fn lists_come_in_pages(store: &dyn Store) {
    let company = company_with_users(store).await;
    let mut rooms = Vec::new();
    for n in 0..3_u8 {
        let mut room = new_room(company.clone());
        room.created_at = NOW + secs(n.into());
        room.options.created_by = (n == 0).then(|| id("dr"));
        room.options.unique_name = None;
        room.seats.truncate(if n == 1 { 1 } else { 2 });
        for (index, seat) in room.seats.iter_mut().enumerate() {
            seat.link.hash = hash(100 + 2 * n + u8::try_from(index).expect("small"));
        }
        store.create_room(&room).await.expect("stored");
        rooms.push(room.room_id);
    }
    let list = async |user: Option<&str>, limit, offset| {
        let user = user.map(id);
        let listed = store
            .rooms(&company, RoomsOf { user: user.as_ref(), ..RoomsOf::default() }, Page { limit, offset })
            .await
            .expect("read");
        (listed.items.into_iter().map(|room| room.room_id).collect::<Vec<_>>(), listed.total)
    };
    assert_eq!(list(None, 2, 0).await, (vec![rooms[2].clone(), rooms[1].clone()], 3), "newest first");
    assert_eq!(list(None, 2, 2).await, (vec![rooms[0].clone()], 3));
    assert_eq!(list(None, 2, u64::MAX).await, (vec![], 3));
    assert_eq!(list(Some("pat"), 9, 0).await, (vec![rooms[2].clone(), rooms[0].clone()], 2));
    assert_eq!(list(Some("nobody"), 9, 0).await, (vec![], 0));
    store.set_standing(&rooms[2], Standing::Deleted, NOW).await.expect("stored");
    assert_eq!(list(None, 9, 0).await.1, 2);
    let users = store.users(&company, None, Page { limit: 1, offset: 1 }).await.expect("read");
    assert_eq!((users.items.len(), users.items[0].0.user_id.clone(), users.total), (1, id("pat"), 2));
    let among = store.users_among(&company, &[&id("pat"), &id("nobody")]).await.expect("read");
    assert_eq!(among.iter().map(|user| user.user_id.clone()).collect::<Vec<_>>(), [id("pat")]);
}

async fn a_room_gets_one_more_seat(store: &dyn Store) {
    let mut room = new_room(company_with_users(store).await);
    room.options.kind = Kind::Open { capacity: 50 };
    room.seats.clear();
    store.create_room(&room).await.expect("stored");
    let seat = |user: &str, n| NewSeat {
        participant_id: crate::ids::new(),
        user_id: id(user),
        display_name: Some(format!("{user} è qui")),
        is_admin: false,
        is_speaker: false,
        tools: Tools::ALL,
        role: None,
        language: None,
        recording_consent: None,
        admission: Admission::Link,
        link: NewLink { hash: hash(n), sealed: vec![n] },
    };
    store.add_seat(&room.room_id, &room.company_id, &seat("visitor", 80)).await.expect("stored");
    store.add_seat(&room.room_id, &room.company_id, &seat("dr", 81)).await.expect("stored");
    let again = store.add_seat(&room.room_id, &room.company_id, &seat("dr", 82)).await;
    assert!(matches!(again, Err(StoreError::Exists)));
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    let seats: Vec<_> = told.seats.iter().map(|seat| (seat.user_id.to_string(), seat.role)).collect();
    assert_eq!(seats, [("visitor".into(), Role::Basic), ("dr".into(), Role::Plus)], "need not be a user");
    assert_eq!(told.options.kind, Kind::Open { capacity: 50 });
    assert!(store.link(hash(80)).await.expect("read").is_some());
    store.set_duration(&room.room_id, secs(90)).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.options.duration, Some(secs(90)));
}

async fn connections_are_told_with_their_session(store: &dyn Store) {
    let room = made_room(store).await;
    let (session, seat) = (crate::ids::new(), &room.seats[0].participant_id);
    store.session_started(&room.room_id, &session, NOW).await.expect("stored");
    let user = id("dr");
    for kind in [ConnectionKind::Channel, ConnectionKind::Media] {
        store.connected(&session, seat, &user, kind, NOW + secs(1)).await.expect("stored");
    }
    store.disconnected(&session, seat, ConnectionKind::Media, NOW + secs(2)).await.expect("stored");
    store.connected(&session, seat, &user, ConnectionKind::Media, NOW + secs(3)).await.expect("stored");
    store.session_ended(&room.room_id, &session, secs(4), NOW + secs(5)).await.expect("stored");
    let (told, connections) = store.session(&room.room_id, &session).await.expect("read").expect("there");
    assert_eq!((told.started_at, told.ended_at), (NOW, Some(NOW + secs(5))));
    let seen: Vec<_> = connections
        .iter()
        .map(|one| {
            (one.kind, one.connected_at.since(NOW).as_secs(), one.disconnected_at.map(|at| at.since(NOW).as_secs()))
        })
        .collect();
    assert_eq!(
        seen,
        [
            (ConnectionKind::Channel, 1, Some(5)),
            (ConnectionKind::Media, 1, Some(2)),
            (ConnectionKind::Media, 3, Some(5))
        ],
        "the end of the session ends them"
    );
    assert!(store.session(&crate::ids::new(), &session).await.expect("read").is_none(), "another room's");
}

async fn answers_to_being_recorded_are_kept(store: &dyn Store) {
    let room = made_room(store).await;
    let consent = Consent {
        participant_id: room.seats[1].participant_id.clone(),
        answer: true,
        text_version: "1".into(),
        at_ms: NOW.unix_ms(),
    };
    store.consent_given(&room.room_id, None, &consent).await.expect("stored");
    assert_eq!(store.consents(&room.room_id).await.expect("read"), [(None, consent)]);
}

async fn an_event_waits_for_each_webhook_that_wants_it(store: &dyn Store) {
    let company = company(store).await;
    let webhook = |id: &str, events: &[EventKind], enabled| StoredWebhook {
        webhook_id: id.into(),
        url: format!("https://{id}.example.org/"),
        events: events.to_vec(),
        enabled,
        secret: vec![1, 2],
        waiting: 0,
        last: None,
        created_at: NOW,
    };
    let all = webhook("all", &[], true);
    let ends = webhook("ends", &[EventKind::OnSessionEnded], true);
    for webhook in [&all, &ends, &webhook("off", &[], false)] {
        store.create_webhook(&company, webhook).await.expect("stored");
    }
    let listed = store.webhooks(&company, ALL).await.expect("read");
    assert_eq!((listed.items.len(), listed.total, &listed.items[0]), (3, 3, &all));
    let put = async |event, body| store.enqueue(&company, event, body, NOW).await.expect("stored");
    assert_eq!(put(EventKind::OnSessionStarted, "{1}").await, 1);
    assert_eq!(put(EventKind::OnSessionEnded, "{2}").await, 2);
    let due = store.due(NOW, 10).await.expect("read");
    let told: Vec<_> = due.iter().map(|one| (one.url.as_str(), one.body.as_str(), one.attempts)).collect();
    assert_eq!(
        told,
        [(all.url.as_str(), "{1}", 0), (&all.url, "{2}", 0), (&ends.url, "{2}", 0)],
        "the one that is off gets nothing"
    );
    store.delivered(due[0].delivery_id).await.expect("stored");
    store.deliver_again(due[1].delivery_id, NOW + secs(2)).await.expect("stored");
    assert_eq!(store.due(NOW, 10).await.expect("read").len(), 1);
    store.delete_webhook(&company, "ends").await.expect("stored");
    assert_eq!(store.next_due().await.expect("read"), Some(NOW + secs(2)), "gone with its webhook");
    let again = store.due(NOW + secs(2), 10).await.expect("read");
    assert_eq!((again.len(), again[0].attempts, again[0].delivery_id), (1, 1, due[1].delivery_id));
    let off = StoredWebhook { enabled: false, ..all };
    assert!(store.update_webhook(&company, &off).await.expect("stored"));
    let off = StoredWebhook { waiting: 1, ..off };
    assert_eq!(store.webhook(&company, "all").await.expect("read"), Some(off));
    assert!(store.due(NOW + secs(2), 10).await.expect("read").is_empty());
    assert_eq!(store.webhook(&crate::ids::new(), "all").await.expect("read"), None, "another company's");
}

async fn the_audit_log_only_grows(store: &dyn Store) {
    let room = made_room(store).await;
    let line = |action: &str, room: Option<&RoomId>| AuditLine {
        at: NOW,
        actor_kind: ActorKind::User,
        actor: Some(id("dr")),
        action: action.into(),
        room: room.cloned(),
        session: None,
        participant: None,
        subject: Some("pat".into()),
    };
    let lines = [line("room_deleted", Some(&room.room_id)), line("user_deleted", None)];
    for line in &lines {
        store.audit(&room.company_id, line).await.expect("stored");
    }
    let log = store.audit_log(&room.company_id, None, ALL).await.expect("read");
    assert_eq!((log.items, log.total), (vec![lines[1].clone(), lines[0].clone()], 2), "newest first");
    let log = store.audit_log(&room.company_id, Some(&room.room_id), ALL).await.expect("read");
    assert_eq!((log.items, log.total), (vec![lines[0].clone()], 1));
}

/// A database as it was before there were schedules, webhooks and the rest comes along with everything that is in it.
#[tokio::test]
async fn sqlite_brings_an_older_database_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("visita.db");
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let mut old = sqlx::SqliteConnection::connect(&url).await.expect("a database");
    let mut first = sqlx::migrate!("./migrations/sqlite");
    first.migrations.to_mut().truncate(1);
    first.run(&mut old).await.expect("the first tables");
    sqlx::raw_sql(
        "INSERT INTO companies VALUES ('c', 'Clinic', x'0101010101010101010101010101010101010101010101010101010101010101', 1);
         INSERT INTO users VALUES ('c', 'dr', 'plus', 1), ('c', 'pat', 'basic', 1);
         INSERT INTO rooms VALUES ('r', 'c', 'audio_video', 'none', NULL, 0, 'Old', NULL, 'active', 5000, 1);
         INSERT INTO seats VALUES ('r', 0, 's0', 'c', 'dr', 1, '{}', 1), ('r', 1, 's1', 'c', 'pat', 0, '{}', 2);
         INSERT INTO links VALUES (x'02', 'r', 's0', 1, x'00'), (x'03', 'r', 's1', 2, x'01');
         INSERT INTO sessions VALUES ('x', 'r', 1, 9, NULL);",
    )
    .execute(&mut old)
    .await
    .expect("rows");
    old.close().await.expect("closed");

    let store = Sql::open(&Database::File(file)).await.expect("a store");
    let told = store.room(&"r".parse().expect("an id")).await.expect("read").expect("there");
    assert_eq!(
        (told.options.kind, told.used, told.options.description.as_deref()),
        (Kind::Seated, secs(5), Some("Old"))
    );
    let seats: Vec<_> = told.seats.iter().map(|seat| (seat.user_id.to_string(), seat.role, seat.link.0)).collect();
    assert_eq!(seats, [("dr".into(), Role::Plus, 1), ("pat".into(), Role::Basic, 2)]);
    let company = store.ensure_company("Clinic", hash(1), crate::ids::new(), NOW).await.expect("read");
    assert_eq!(company.id.as_str(), "c");
    let sessions = store.sessions(&told.room_id, ALL).await.expect("read").items;
    assert_eq!(sessions[0].ended_at, Some(Timestamp::from_unix_ms(9)));
}

async fn made_room(store: &dyn Store) -> NewRoom {
    let room = new_room(company_with_users(store).await);
    store.create_room(&room).await.expect("stored");
    room
}

fn new_room(company_id: CompanyId) -> NewRoom {
    let tools = Tools {
        whiteboard: Whiteboard::Parts(WhiteboardRights { wb_pen: true, ..WhiteboardRights::default() }),
        ..Tools::default()
    };
    let seat = |user: &str, is_admin, tools, n| NewSeat {
        participant_id: crate::ids::new(),
        user_id: id(user),
        display_name: Some(format!("{user} è qui")),
        is_admin,
        is_speaker: is_admin,
        tools,
        role: None,
        language: is_admin.then(|| "it".to_owned()),
        recording_consent: is_admin.then_some(NOW),
        admission: if is_admin { Admission::Link } else { Admission::Token },
        link: NewLink { hash: hash(n), sealed: vec![n] },
    };
    NewRoom {
        room_id: crate::ids::new(),
        company_id,
        options: RoomOptions {
            kind: Kind::Seated,
            call_type: CallType::AudioUpgradable,
            recording: RecordingMode::Manual,
            recording_layout: RecordingLayout::Speaker,
            recording_tracks: true,
            duration: Some(secs(60)),
            live: true,
            description: Some("Follow-up".into()),
            schedule: Schedule {
                starts_at: Some(NOW + secs(600)),
                ends_at: Some(NOW + secs(3600)),
                early_entry: secs(300),
                freeze: secs(120),
            },
            webinar: true,
            waiting_room: true,
            expected_seats: None,
            created_by: Some(id("dr")),
            allowed: Allowed { chat: true, screen_sharing: false },
            entrance: Entrance::Name,
            unique_name: Some("follow-up".into()),
        },
        standing: Standing::Active,
        created_at: NOW,
        seats: vec![seat("dr", true, Tools::ALL, 10), seat("pat", false, tools, 11)],
    }
}

async fn company(store: &dyn Store) -> CompanyId {
    store.ensure_company("Clinic", hash(1), crate::ids::new(), NOW).await.expect("stored").id
}

async fn company_with_users(store: &dyn Store) -> CompanyId {
    let company = company(store).await;
    for (user, role) in [("dr", Role::Plus), ("pat", Role::Basic)] {
        store.create_user(&company, &User { user_id: id(user), role, is_operator: false }, NOW).await.expect("stored");
    }
    company
}

fn id(text: &str) -> UserId {
    text.parse().expect("an id")
}

fn hash(n: u8) -> SecretHash {
    [n; 32]
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

/// A room with a session that runs.
async fn in_session(store: &dyn Store) -> (RoomId, SessionId) {
    let room = new_room(company_with_users(store).await);
    store.create_room(&room).await.expect("stored");
    let session: SessionId = crate::ids::new();
    store.session_started(&room.room_id, &session, NOW).await.expect("stored");
    (room.room_id, session)
}
