//! Visits that are planned anew, users of other systems, pictures.

use super::*;
use crate::store::{NewPlan, PictureKind, PlannedSeat, StoredPicture};

pub(super) async fn a_visit_is_planned_anew(store: &dyn Store) {
    let mut room = new_room(company_with_users(store).await);
    room.options.expected_seats = Some(3);
    room.seats[1].role = Some(Role::Plus);
    store.create_room(&room).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(told.options.expected_seats, Some(3));
    let seats: Vec<_> = told.seats.iter().map(|seat| (seat.role, seat.own_role, seat.language.as_deref())).collect();
    assert_eq!(
        seats,
        [(Role::Plus, None, Some("it")), (Role::Plus, Some(Role::Plus), None)],
        "a role that was said for the seat goes before the user's"
    );

    let mut kept = told.seats[1].clone();
    kept.own_role = None;
    kept.display_name = Some("Pat".into());
    kept.language = Some("en".into());
    let mut new = room.seats[0].clone();
    new.participant_id = crate::ids::new();
    new.user_id = id("visitor");
    new.link = NewLink { hash: hash(12), sealed: vec![12] };
    let plan = NewPlan {
        expected_seats: 2,
        starts_at: Some(NOW + secs(7200)),
        duration: None,
        seats: vec![PlannedSeat::New(Box::new(new.clone())), PlannedSeat::Kept(Box::new(kept.clone()))],
    };
    store.replan(&room.room_id, &room.company_id, &plan).await.expect("stored");
    let told = store.room(&room.room_id).await.expect("read").expect("there");
    let options = &told.options;
    assert_eq!((options.expected_seats, options.schedule.starts_at, options.duration), (Some(2), plan.starts_at, None));
    assert_eq!(options.schedule.freeze, room.options.schedule.freeze, "what the plan does not speak of stays");
    let seats: Vec<_> = told.seats.iter().map(|seat| (seat.user_id.clone(), seat.role, seat.sealed.clone())).collect();
    assert_eq!(
        seats,
        [(id("visitor"), Role::Basic, vec![12]), (id("pat"), Role::Basic, vec![11])],
        "in the plan's order"
    );
    assert_eq!((told.seats[1].display_name.as_deref(), told.seats[1].language.as_deref()), (Some("Pat"), Some("en")));
    assert!(store.link(hash(10)).await.expect("read").is_none(), "of a seat that is gone");
    assert!(store.link(hash(11)).await.expect("read").is_some() && store.link(hash(12)).await.expect("read").is_some());

    let taken = NewSeat { participant_id: crate::ids::new(), user_id: id("pat"), ..new };
    let seats = vec![PlannedSeat::Kept(Box::new(kept)), PlannedSeat::New(Box::new(taken))];
    let refused = store.replan(&room.room_id, &room.company_id, &NewPlan { seats, ..plan }).await;
    assert!(matches!(refused, Err(StoreError::Exists)));
    let again = store.room(&room.room_id).await.expect("read").expect("there");
    assert_eq!(again.seats.len(), 2, "all or nothing");
}

pub(super) async fn users_are_found_by_what_other_systems_call_them(store: &dyn Store) {
    let company = company_with_users(store).await;
    assert_eq!(store.external_user(&company, "auth0|1").await.expect("read"), None);
    let ensure = async |external: &str, wanted: &str, other: &str, role| {
        let ids = [id(wanted), id(other)];
        let user = store.ensure_external_user(&company, external, ids, role, NOW).await.expect("stored");
        (user.user_id, user.role)
    };
    assert_eq!(ensure("auth0|1", "one", "x", Role::Plus).await, (id("one"), Role::Plus));
    assert_eq!(ensure("auth0|1", "else", "y", Role::Basic).await, (id("one"), Role::Plus), "who is known stays");
    assert_eq!(ensure("auth0.1", "one", "z", Role::Basic).await, (id("z"), Role::Basic), "the id is another's");
    assert_eq!(ensure("dr", "dr", "w", Role::Basic).await, (id("dr"), Role::Plus), "a user there was");
    let known = store.external_user(&company, "auth0|1").await.expect("read").expect("there");
    assert_eq!((known.user_id, known.role), (id("one"), Role::Plus));
    assert_eq!(store.external_id(&company, &id("one")).await.expect("read").as_deref(), Some("auth0|1"));
    assert!(store.set_role(&company, &id("one"), Role::Basic).await.expect("stored"));
    assert_eq!(store.user(&company, &id("one")).await.expect("read").expect("there").role, Role::Basic);
    assert!(!store.set_role(&company, &id("nobody"), Role::Basic).await.expect("stored"));
    store.delete_user(&company, &id("one"), NOW).await.expect("stored");
    assert_eq!(store.external_user(&company, "auth0|1").await.expect("read"), None);
    assert_eq!(ensure("auth0|1", "v", "u", Role::Basic).await, (id("one"), Role::Basic), "made anew");
    let other = store.ensure_company("Other", hash(9), crate::ids::new(), NOW).await.expect("stored").id;
    assert_eq!(store.external_user(&other, "auth0|1").await.expect("read"), None, "another company's");
}

pub(super) async fn pictures_are_kept_for_their_company(store: &dyn Store) {
    let company = company(store).await;
    let picture = |picture: &str, seconds| StoredPicture {
        picture_id: picture.into(),
        kind: PictureKind::Background,
        media_type: "image/png".into(),
        bytes: 7,
        created_at: NOW + secs(seconds),
    };
    let (sea, wood) = (picture("sea", 1), picture("wood", 0));
    for one in [&sea, &wood] {
        store.create_picture(&company, one).await.expect("stored");
    }
    assert!(matches!(store.create_picture(&company, &sea).await, Err(StoreError::Exists)));
    assert_eq!(store.picture("sea").await.expect("read"), Some((company.clone(), sea.clone())));
    assert_eq!(store.picture("wood").await.expect("read"), Some((company.clone(), wood)));
    let mut settings = store.company_settings(&company).await.expect("read").expect("there");
    settings.default_background = Some("sea".into());
    store.set_company_settings(&company, &settings).await.expect("stored");
    let settings = store.company_settings(&company).await.expect("read").expect("there");
    assert_eq!(settings.default_background.as_deref(), Some("sea"));
    assert_eq!(store.picture("nothing").await.expect("read"), None);
}
