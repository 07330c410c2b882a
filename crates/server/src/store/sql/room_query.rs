//! Rooms by what they are.

use visita_protocol::{CompanyId, UserId};

use super::{Sql, attended::push_between, limit, ms, offset, read_count, rooms::read_room, statement::Statement, word};
use crate::store::{Direction, Listed, Page, RoomBy, RoomIs, RoomQuery, StoreError, StoredRoom};

impl Sql {
    /// Open rooms without their seats.
    pub(super) async fn rooms_that(
        &self,
        company: &CompanyId,
        wanted: &RoomQuery,
        page: Page,
    ) -> Result<Listed<StoredRoom>, StoreError> {
        let mut list = Statement::new("SELECT r.*, c.name FROM rooms r JOIN companies c USING (company_id) WHERE ");
        push_only(&mut list, company, &wanted.only)?;
        list.push(" ORDER BY ");
        for (by, direction) in &wanted.order {
            list.push(column(*by)).push(match direction {
                // Rooms without it come first, as the two databases do not agree by themselves.
                Direction::Ascending => " ASC NULLS FIRST, ",
                Direction::Descending => " DESC NULLS LAST, ",
            });
        }
        list.push("r.created_at, r.room_id LIMIT ").push_bind(limit(page)).push(" OFFSET ").push_bind(offset(page));
        let rows = list.build().fetch_all(&self.readers).await?;
        let items = rows.iter().map(|row| read_room(row, Vec::new())).collect::<Result<_, _>>()?;

        let mut count = Statement::new("SELECT count(*) FROM rooms r WHERE ");
        push_only(&mut count, company, &wanted.only)?;
        let total = count.build().fetch_one(&self.readers).await?;
        Ok(Listed { items, total: read_count(&total, 0)? })
    }
}

fn push_only(query: &mut Statement, company: &CompanyId, only: &[RoomIs]) -> Result<(), StoreError> {
    query.push("r.kind = 'open' AND r.status <> 'deleted' AND r.company_id = ").push_bind(company.as_str());
    for one in only {
        query.push(" AND ");
        match one {
            RoomIs::Id(id) => query.push("r.room_id = ").push_bind(id.as_str().to_owned()),
            RoomIs::Title(title) => query.push("r.description IS NOT DISTINCT FROM ").push_bind(title.clone()),
            RoomIs::CreatedBy(user) => query
                .push("r.created_by IS NOT DISTINCT FROM ")
                .push_bind(user.as_ref().map(UserId::as_str).map(str::to_owned)),
            RoomIs::CallType(call_type) => query.push("r.call_type = ").push_bind(word(call_type)?),
            RoomIs::Capacity(capacity) => query.push("r.capacity = ").push_bind(i64::from(*capacity)),
            RoomIs::Webinar(webinar) => query.push("r.webinar = ").push_bind(*webinar),
            RoomIs::Chat(chat) => query.push("r.chat = ").push_bind(*chat),
            RoomIs::ScreenSharing(sharing) => query.push("r.screen_sharing = ").push_bind(*sharing),
            RoomIs::Recorded(recorded) => query.push("(r.recording <> 'none') = ").push_bind(*recorded),
            RoomIs::Layout(layout) => query.push("r.recording_layout = ").push_bind(word(layout)?),
            RoomIs::Active(active, at) => query
                .push("(r.status = 'active' AND (r.ends_at IS NULL OR r.ends_at > ")
                .push_bind(ms(*at))
                .push(")) = ")
                .push_bind(*active),
            RoomIs::Created(between) => push_between(query, "r.created_at", *between),
            RoomIs::Modified(between) => push_between(query, "r.modified_at", *between),
            RoomIs::UniqueName(name) => query.push("r.unique_name = ").push_bind(name.clone()),
            RoomIs::Nothing => query.push("1 = 0"),
        };
    }
    Ok(())
}

const fn column(by: RoomBy) -> &'static str {
    match by {
        RoomBy::Id => "r.room_id",
        RoomBy::Title => "r.description",
        RoomBy::CreatedBy => "r.created_by",
        RoomBy::CallType => "r.call_type",
        RoomBy::Capacity => "r.capacity",
        RoomBy::Webinar => "r.webinar",
        RoomBy::Chat => "r.chat",
        RoomBy::ScreenSharing => "r.screen_sharing",
        RoomBy::Recorded => "(r.recording <> 'none')",
        RoomBy::Layout => "r.recording_layout",
        RoomBy::Active => "(r.status = 'active')",
        RoomBy::Created => "r.created_at",
        RoomBy::Modified => "r.modified_at",
    }
}
