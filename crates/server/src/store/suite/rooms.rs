//! Rooms that change, and rooms by what they are.

use visita_protocol::{CallType, Entrance, RecordingLayout, RecordingMode};
use visita_room::{Allowed, Standing};

use super::{ALL, NOW, company_with_users, hash, id, new_room, secs};
use crate::store::{
    Between, Direction, Kind, NewRoom, Page, RoomBy, RoomIs, RoomOptions, RoomQuery, Store, StoreError,
};

pub(super) async fn a_room_is_changed(store: &dyn Store) {
    let room = new_room(company_with_users(store).await);
    store.create_room(&room).await.expect("stored");
    let made = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(made.modified_at, NOW);
    let options = RoomOptions {
        description: Some("Briefing".into()),
        call_type: CallType::VideoOnly,
        recording: RecordingMode::Automatic,
        recording_layout: RecordingLayout::Grid,
        recording_tracks: false,
        webinar: false,
        waiting_room: false,
        allowed: Allowed { chat: false, screen_sharing: true },
        entrance: Entrance::Open,
        ..room.options.clone()
    };
    store.change_room(&room.room_id, &options, NOW + secs(5)).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!((told.options, told.modified_at, told.created_at), (options, NOW + secs(5), NOW));

    let seat = &room.seats[1].participant_id;
    store.change_seat(&room.room_id, seat, Some("Ada"), true, Some(NOW + secs(1))).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    let seat = &told.seats[1];
    assert_eq!((seat.display_name.as_deref(), seat.is_speaker), (Some("Ada"), true));
    assert_eq!(seat.recording_consent, Some(NOW + secs(1)));
    assert_eq!(told.seats[0].display_name.as_deref(), Some("dr è qui"), "the other seat stays");

    store.set_standing(&room.room_id, Standing::Active, NOW + secs(9)).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.modified_at, NOW + secs(5), "nothing changed");
    store.set_standing(&room.room_id, Standing::Disabled, NOW + secs(9)).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!((told.standing, told.modified_at), (Standing::Disabled, NOW + secs(9)));
}

pub(super) async fn rooms_are_found_by_what_they_are(store: &dyn Store) {
    let company = company_with_users(store).await;
    let seated = new_room(company.clone());
    store.create_room(&seated).await.expect("stored");
    let open = |title: &str, n: u64, standing, change: fn(RoomOptions) -> RoomOptions| NewRoom {
        room_id: crate::ids::new(),
        company_id: company.clone(),
        options: change(RoomOptions {
            kind: Kind::Open { capacity: 50 },
            description: Some(title.into()),
            webinar: false,
            recording: RecordingMode::None,
            unique_name: Some(format!("name-{title}")),
            ..seated.options.clone()
        }),
        standing,
        created_at: NOW + secs(n),
        seats: Vec::new(),
    };
    let rooms = [
        open("b", 3, Standing::Active, |made| RoomOptions {
            webinar: true,
            kind: Kind::Open { capacity: 200 },
            ..made
        }),
        open("a", 1, Standing::Disabled, |made| RoomOptions { call_type: CallType::VideoOnly, ..made }),
        open("c", 2, Standing::Active, |made| RoomOptions {
            recording: RecordingMode::Automatic,
            created_by: None,
            ..made
        }),
    ];
    for room in &rooms {
        store.create_room(room).await.expect("stored");
    }
    let other = store.ensure_company("Other", hash(2), crate::ids::new(), NOW).await.expect("stored").id;
    let titles = async |only: Vec<RoomIs>, order: Vec<(RoomBy, Direction)>, page| {
        let listed = store.rooms_that(&company, &RoomQuery { only, order }, page).await.expect("read");
        let titles: Vec<_> = listed.items.into_iter().map(|room| room.options.description.expect("a title")).collect();
        (titles.concat(), listed.total)
    };
    let found = |titles: &str, total| (titles.to_owned(), total);
    assert_eq!(titles(vec![], vec![], ALL).await, found("acb", 3), "in the order of their making, open ones");
    let by_title = vec![(RoomBy::Webinar, Direction::Descending), (RoomBy::Title, Direction::Descending)];
    assert_eq!(titles(vec![], by_title, Page { limit: 2, offset: 0 }).await, found("bc", 3));
    assert_eq!(titles(vec![], vec![], Page { limit: 2, offset: 2 }).await, found("b", 3));
    for (is, expected) in [
        (RoomIs::Id(rooms[2].room_id.clone()), "c"),
        (RoomIs::Title(Some("a".into())), "a"),
        (RoomIs::Title(None), ""),
        (RoomIs::CreatedBy(None), "c"),
        (RoomIs::CreatedBy(Some(id("dr"))), "ab"),
        (RoomIs::CallType(CallType::VideoOnly), "a"),
        (RoomIs::Capacity(200), "b"),
        (RoomIs::Webinar(false), "ac"),
        (RoomIs::Chat(false), ""),
        (RoomIs::ScreenSharing(false), "acb"),
        (RoomIs::Recorded(true), "c"),
        (RoomIs::Layout(RecordingLayout::Speaker), "acb"),
        (RoomIs::Active(true, NOW), "cb"),
        (RoomIs::Active(false, NOW), "a"),
        (RoomIs::Active(false, NOW + secs(7200)), "acb"),
        (RoomIs::Created(Between::at(NOW + secs(2))), "c"),
        (RoomIs::Modified(Between::at(NOW)), ""),
        (RoomIs::UniqueName("name-c".into()), "c"),
        (RoomIs::Nothing, ""),
    ] {
        assert_eq!(titles(vec![is.clone()], vec![], ALL).await, found(expected, expected.len() as u64), "{is:?}");
    }
    let taken = RoomOptions { unique_name: Some("name-a".into()), ..rooms[0].options.clone() };
    assert!(matches!(store.change_room(&rooms[0].room_id, &taken, NOW).await, Err(StoreError::Exists)));
    let both = vec![RoomIs::Webinar(false), RoomIs::Active(true, NOW)];
    assert_eq!(titles(both, vec![], ALL).await, found("c", 1));
    assert_eq!(store.rooms_that(&other, &RoomQuery::default(), ALL).await.expect("read").total, 0);
}
