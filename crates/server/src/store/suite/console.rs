//! What operators look at and change.

use visita_protocol::{
    RecordingMode,
    rest::{Role, User},
};
use visita_room::Standing;

use super::{
    ALL, NOW, company, company_with_users, hash, id, in_session, made_room, new_room, parsed, secs, tools::file,
};
use crate::{
    files::Wanted,
    store::{
        NewRoom, RoomOptions, RoomStands, RoomsOf, Schedule, Store, StoreError, StoredApiKey, StoredFile,
        StoredWebhook, WebhookCalled,
    },
};

pub(super) async fn a_company_has_several_keys(store: &dyn Store) {
    let company = company(store).await;
    let key = |name: &str| StoredApiKey {
        key_id: name.to_lowercase(),
        name: Some(name.into()),
        created_at: NOW,
        last_used_at: None,
    };
    store.create_api_key(&company, &key("HIS"), hash(7)).await.expect("stored");
    assert!(matches!(store.create_api_key(&company, &key("Other"), hash(7)).await, Err(StoreError::Exists)));
    let (found, stored) = store.company_by_key(hash(7)).await.expect("read").expect("there");
    assert_eq!((found.id, stored), (company.clone(), hash(7)));
    let listed = store.api_keys(&company).await.expect("read");
    let names: Vec<_> = listed.iter().map(|key| (key.key_id.as_str(), key.name.as_deref())).collect();
    assert_eq!(names, [("settings", None), ("his", Some("HIS"))]);
    let used = async || store.api_keys(&company).await.expect("read")[1].last_used_at;
    for (at, told) in [(NOW, NOW), (NOW + secs(3599), NOW), (NOW + secs(3600), NOW + secs(3600))] {
        store.api_key_used(hash(7), at).await.expect("stored");
        assert_eq!(used().await, Some(told));
    }
    assert!(!store.delete_api_key(&company, "settings").await.expect("read"), "it is the settings' to change");
    assert!(!store.delete_api_key(&crate::ids::new(), "his").await.expect("read"), "another company's");
    assert!(store.delete_api_key(&company, "his").await.expect("stored"));
    assert_eq!(store.company_by_key(hash(7)).await.expect("read"), None);
    assert!(store.company_by_key(hash(1)).await.expect("read").is_some());
}

pub(super) async fn users_are_searched_and_changed(store: &dyn Store) {
    let company = company_with_users(store).await;
    let search = async |text: &str| {
        let listed = store.users(&company, Some(text), ALL).await.expect("read");
        (listed.items.into_iter().map(|(user, _)| user.user_id).collect::<Vec<_>>(), listed.total)
    };
    assert_eq!(search("A").await, (vec![id("pat")], 1), "large and small letters are the same");
    assert_eq!(search("_").await, (vec![], 0), "it stands for itself");
    let dr = User { user_id: id("dr"), role: Role::Basic, is_operator: true };
    assert!(store.update_user(&company, &dr).await.expect("stored"));
    assert_eq!(store.user(&company, &id("dr")).await.expect("read"), Some(dr.clone()));
    assert!(!store.update_user(&crate::ids::new(), &dr).await.expect("read"), "another company's");
    store.delete_user(&company, &id("dr"), NOW).await.expect("stored");
    assert!(!store.update_user(&company, &dr).await.expect("read"), "gone");
}

pub(super) async fn rooms_are_searched_by_how_they_stand(store: &dyn Store) {
    let company = company_with_users(store).await;
    let room = async |n: u8, title: &str, starts: Option<u64>, ends: Option<u64>, recording| {
        let mut room = new_room(company.clone());
        let schedule = Schedule {
            starts_at: starts.map(|at| NOW + secs(at)),
            ends_at: ends.map(|at| NOW + secs(at)),
            ..Schedule::default()
        };
        room.options =
            RoomOptions { description: Some(title.into()), unique_name: None, schedule, recording, ..room.options };
        room.created_at = NOW + secs(n.into());
        room.seats.truncate(1);
        room.seats[0].link.hash = hash(100 + n);
        store.create_room(&room).await.expect("stored");
        room
    };
    let later = room(0, "Later", Some(600), None, RecordingMode::Manual).await;
    let live = room(1, "50%_done", None, None, RecordingMode::Automatic).await;
    let off = room(2, "Off", None, None, RecordingMode::None).await;
    let over = room(3, "Over", None, Some(10), RecordingMode::None).await;
    let used = room(4, "Used", None, None, RecordingMode::None).await;
    store.session_started(&live.room_id, &crate::ids::new(), NOW).await.expect("stored");
    store.set_standing(&off.room_id, Standing::Disabled, NOW).await.expect("stored");
    store.set_standing(&used.room_id, Standing::UsedUp, NOW).await.expect("stored");
    let now = NOW + secs(60);
    let found = async |which: RoomsOf<'_>, rooms: &[&NewRoom]| {
        let listed = store.rooms(&company, which, ALL).await.expect("read");
        let told: Vec<_> = listed.items.into_iter().map(|room| room.room_id).collect();
        let wanted: Vec<_> = rooms.iter().map(|room| room.room_id.clone()).collect();
        assert_eq!((told, listed.total), (wanted, rooms.len() as u64), "{which:?}");
    };
    let all = RoomsOf::default();
    let stands = |stands| RoomsOf { stands: Some(stands), ..all };
    found(stands(RoomStands::Live), &[&live]).await;
    found(stands(RoomStands::Scheduled(now)), &[&later]).await;
    found(stands(RoomStands::Active(now)), &[&live, &later]).await;
    found(stands(RoomStands::Disabled), &[&off]).await;
    found(stands(RoomStands::Ended(now)), &[&used, &over]).await;
    found(RoomsOf { search: Some("LATE"), ..all }, &[&later]).await;
    found(RoomsOf { search: Some("50%_"), ..all }, &[&live]).await;
    found(RoomsOf { search: Some("%"), ..all }, &[&live]).await;
    found(RoomsOf { search: Some(over.room_id.as_str()), ..all }, &[&over]).await;
    found(RoomsOf { search: Some("dr"), ..all }, &[&used, &over, &off, &live, &later]).await;
    found(RoomsOf { recording: Some(RecordingMode::Automatic), ..all }, &[&live]).await;
    found(RoomsOf { recorded_now: true, ..all }, &[]).await;
    found(RoomsOf { user: Some(&id("pat")), stands: Some(RoomStands::Live), ..all }, &[]).await;
}

pub(super) async fn files_are_found_across_rooms(store: &dyn Store) {
    let (room, session) = in_session(store).await;
    let company = store.room(&room).await.expect("read").expect("there").company.id;
    let info = file("Scan of Anna.png");
    let wanted = Wanted {
        name: info.name.clone(),
        size: info.size,
        purpose: info.purpose,
        of: None,
        of_screen: false,
        key: "k".into(),
        sha256: None,
    };
    let begun = StoredFile {
        file_id: info.file_id.clone(),
        room_id: room.clone(),
        session_id: session,
        participant_id: parsed("seat"),
        wanted,
        info: None,
        created_at: NOW,
    };
    store.file_begun(&begun).await.expect("stored");
    let found =
        async |of: Option<&_>, search| store.files_of_company(&company, of, search, ALL).await.expect("read").items;
    assert_eq!(found(None, None).await, [], "it is not there yet");
    store.file_done(&info.file_id, &info).await.expect("stored");
    let done = (StoredFile { info: Some(info), ..begun }, Some("Follow-up".to_owned()));
    assert_eq!(found(None, None).await, std::slice::from_ref(&done));
    assert_eq!(found(Some(&room), Some("anna")).await, [done]);
    assert_eq!(found(None, Some("bruno")).await, []);
    assert_eq!(found(Some(&crate::ids::new()), None).await, []);
    assert_eq!(store.files_of_company(&crate::ids::new(), None, None, ALL).await.expect("read").total, 0);
}

pub(super) async fn a_webhook_tells_what_came_of_it(store: &dyn Store) {
    let company = made_room(store).await.company_id;
    let webhook = StoredWebhook {
        webhook_id: "w".into(),
        url: "https://example.org/".into(),
        events: vec![visita_protocol::rest::EventKind::OnSessionEnded],
        enabled: true,
        secret: vec![1],
        waiting: 0,
        last: None,
        created_at: NOW,
    };
    store.create_webhook(&company, &webhook).await.expect("stored");
    assert!(store.enqueue_to("w", "{}", NOW).await.expect("stored"));
    assert!(!store.enqueue_to("none", "{}", NOW).await.expect("read"));
    let last = WebhookCalled { at: NOW + secs(1), delivered: false, status: Some(503) };
    store.webhook_called("w", &last).await.expect("stored");
    let told = StoredWebhook { waiting: 1, last: Some(last), ..webhook };
    assert_eq!(store.webhook(&company, "w").await.expect("read"), Some(told.clone()));
    assert_eq!(store.webhooks(&company, ALL).await.expect("read").items, [told]);
}
