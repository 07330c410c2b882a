//! What every storage has to do, written against the trait.

use std::time::Duration;

use visita_protocol::{
    CallType, CompanyId, RecordingMode, Tools, UserId, Whiteboard, WhiteboardRights,
    rest::{Role, User},
};
use visita_room::{LinkSerial, Standing, Timestamp};

use super::{
    Kind, NewLink, NewRoom, NewSeat, Page, RoomOptions, RoomStore, Schedule, SecretHash, SessionStore, Sqlite, Store,
    StoreError,
};

/// Runs one test against each storage there is.
macro_rules! suite {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    let folder = tempfile::tempdir().expect("a folder");
                    let store = super::Sqlite::open(&folder.path().join("visita.db")).await.expect("a store");
                    super::$test(&store).await;
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
);

const ALL: Page = Page { limit: 100, offset: 0 };
const NOW: Timestamp = Timestamp::from_unix_ms(1_700_000_000_123);

#[tokio::test]
async fn sqlite_keeps_everything_and_ends_forgotten_sessions() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("visita.db");
    let store = Sqlite::open(&file).await.expect("a store");
    let room = made_room(&store).await;
    let (first, second) = (crate::ids::new(), crate::ids::new());
    store.session_started(&room.room_id, &first, NOW).await.expect("stored");
    store.session_ended(&room.room_id, &first, Duration::from_secs(5), NOW + secs(6)).await.expect("stored");
    store.session_started(&room.room_id, &second, NOW + secs(10)).await.expect("stored");
    store.session_seen(&room.room_id, &second, Duration::from_secs(9), NOW + secs(20)).await.expect("stored");
    store.close().await;

    let store = Sqlite::open(&file).await.expect("a store");
    let again = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(again.used, Duration::from_secs(9));
    let sessions = store.sessions(&room.room_id, ALL).await.expect("read").items;
    let ends: Vec<_> = sessions.iter().map(|session| (session.session_id.clone(), session.ended_at)).collect();
    assert_eq!(ends, [(first, Some(NOW + secs(6))), (second, Some(NOW + secs(20)))]);
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
    store.set_standing(&room.room_id, Standing::Disabled).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.standing, Standing::Disabled);
    store.set_standing(&room.room_id, Standing::Deleted).await.expect("stored");
    assert!(store.room(&room.room_id).await.expect("read").is_none());
    let link = store.link(room.seats[0].link.hash).await.expect("read").expect("still known");
    assert_eq!(link.standing, Standing::Deleted);
    store.set_standing(&room.room_id, Standing::Active).await.expect("read");
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
        is_admin,
        is_speaker: is_admin,
        tools,
        link: NewLink { hash: hash(n), sealed: vec![n] },
    };
    NewRoom {
        room_id: crate::ids::new(),
        company_id,
        options: RoomOptions {
            kind: Kind::Seated,
            call_type: CallType::AudioUpgradable,
            recording: RecordingMode::Manual,
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
            created_by: Some(id("dr")),
        },
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
