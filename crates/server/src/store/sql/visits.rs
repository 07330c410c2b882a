//! Visits that are planned anew, users by the ids of other systems, pictures.

use async_trait::async_trait;
use sqlx::{AnyConnection, Row, any::AnyRow};
use visita_protocol::{
    CompanyId, RoomId, UserId,
    rest::{Role, User},
};
use visita_room::Timestamp;

use super::{
    Sql, duration_s, exists, ms,
    people::read_user,
    read_id, read_time,
    rooms::{SeatRow, insert_seats},
    word,
};
use crate::store::{NewPlan, PictureKind, PictureStore, PlannedSeat, StoreError, StoredPicture, VisitStore};

#[async_trait]
impl VisitStore for Sql {
    async fn replan(&self, room: &RoomId, company: &CompanyId, plan: &NewPlan) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE rooms SET expected_seats = $1, starts_at = $2, duration_s = $3 WHERE room_id = $4")
            .bind(i64::from(plan.expected_seats))
            .bind(plan.starts_at.map(ms))
            .bind(plan.duration.map(duration_s))
            .bind(room.as_str())
            .execute(&mut *tx)
            .await?;
        // Places are taken anew, and no two seats may have one at any time: those from before go behind all others.
        sqlx::query("UPDATE seats SET position = -1 - position WHERE room_id = $1")
            .bind(room.as_str())
            .execute(&mut *tx)
            .await?;
        for (position, seat) in (0_i64..).zip(&plan.seats) {
            let PlannedSeat::Kept(seat) = seat else { continue };
            sqlx::query(
                "UPDATE seats SET position = $1, display_name = $2, is_admin = $3, tools = $4, role = $5, language = $6
                 WHERE room_id = $7 AND participant_id = $8",
            )
            .bind(position)
            .bind(seat.display_name.as_deref())
            .bind(seat.is_admin)
            .bind(super::json(&seat.tools, "tools")?)
            .bind(seat.own_role.as_ref().map(word).transpose()?)
            .bind(seat.language.as_deref())
            .bind(room.as_str())
            .bind(seat.participant_id.as_str())
            .execute(&mut *tx)
            .await?;
        }
        for gone in [
            "DELETE FROM links WHERE room_id = $1 AND participant_id IN
             (SELECT participant_id FROM seats WHERE room_id = $1 AND position < 0)",
            "DELETE FROM seats WHERE room_id = $1 AND position < 0",
        ] {
            sqlx::query(gone).bind(room.as_str()).execute(&mut *tx).await?;
        }
        let new = (0..).zip(&plan.seats).filter_map(|(position, seat)| match seat {
            PlannedSeat::New(seat) => Some(SeatRow { room, company, position, seat }),
            PlannedSeat::Kept(_) => None,
        });
        insert_seats(&mut tx, new.collect()).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn external_user(&self, company: &CompanyId, external_id: &str) -> Result<Option<User>, StoreError> {
        let row = sqlx::query(
            "SELECT u.user_id, u.role, u.is_operator FROM external_users e
             JOIN users u ON u.company_id = e.company_id AND u.user_id = e.user_id
             WHERE e.company_id = $1 AND e.external_id = $2 AND u.deleted_at IS NULL",
        )
        .bind(company.as_str())
        .bind(external_id)
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| read_user(&row)).transpose()
    }

    async fn external_id(&self, company: &CompanyId, user: &UserId) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT external_id FROM external_users WHERE company_id = $1 AND user_id = $2")
            .bind(company.as_str())
            .bind(user.as_str())
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    async fn ensure_external_user(
        &self,
        company: &CompanyId,
        external_id: &str,
        ids: [UserId; 2],
        role: Role,
        now: Timestamp,
    ) -> Result<User, StoreError> {
        let mut tx = self.write().await?;
        let known = sqlx::query("SELECT user_id FROM external_users WHERE company_id = $1 AND external_id = $2")
            .bind(company.as_str())
            .bind(external_id)
            .fetch_optional(&mut *tx)
            .await?;
        let user_id = match known {
            Some(row) => read_id(&row, "user_id")?,
            None => {
                let [wanted, other] = ids;
                let taken = sqlx::query("SELECT 1 FROM external_users WHERE company_id = $1 AND user_id = $2")
                    .bind(company.as_str())
                    .bind(wanted.as_str())
                    .fetch_optional(&mut *tx)
                    .await?;
                let user_id = if taken.is_some() { other } else { wanted };
                sqlx::query("INSERT INTO external_users (company_id, external_id, user_id) VALUES ($1, $2, $3)")
                    .bind(company.as_str())
                    .bind(external_id)
                    .bind(user_id.as_str())
                    .execute(&mut *tx)
                    .await
                    .map_err(exists)?;
                user_id
            }
        };
        let user = ensure_user(&mut tx, company, &user_id, role, now).await?;
        tx.commit().await?;
        Ok(user)
    }

    async fn set_role(&self, company: &CompanyId, user: &UserId, role: Role) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE users SET role = $1 WHERE company_id = $2 AND user_id = $3 AND deleted_at IS NULL")
                .bind(word(&role)?)
                .bind(company.as_str())
                .bind(user.as_str())
                .execute(&self.writer)
                .await?;
        Ok(done.rows_affected() > 0)
    }
}

/// The user, made when there is none; one who was deleted is made anew.
async fn ensure_user(
    tx: &mut AnyConnection,
    company: &CompanyId,
    user: &UserId,
    role: Role,
    now: Timestamp,
) -> Result<User, StoreError> {
    sqlx::query(super::people::MAKE_USER)
        .bind(company.as_str())
        .bind(user.as_str())
        .bind(word(&role)?)
        .bind(false)
        .bind(ms(now))
        .execute(&mut *tx)
        .await?;
    let row = sqlx::query("SELECT user_id, role, is_operator FROM users WHERE company_id = $1 AND user_id = $2")
        .bind(company.as_str())
        .bind(user.as_str())
        .fetch_one(&mut *tx)
        .await?;
    read_user(&row)
}

#[async_trait]
impl PictureStore for Sql {
    async fn create_picture(&self, company: &CompanyId, picture: &StoredPicture) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO pictures (picture_id, company_id, kind, media_type, bytes, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&picture.picture_id)
        .bind(company.as_str())
        .bind(kind_word(picture.kind))
        .bind(&picture.media_type)
        .bind(i64::try_from(picture.bytes).unwrap_or(i64::MAX))
        .bind(ms(picture.created_at))
        .execute(&self.writer)
        .await
        .map_err(exists)?;
        Ok(())
    }

    async fn picture(&self, picture: &str) -> Result<Option<(CompanyId, StoredPicture)>, StoreError> {
        let row = sqlx::query("SELECT * FROM pictures WHERE picture_id = $1")
            .bind(picture)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| Ok((read_id(&row, "company_id")?, read_picture(&row)?))).transpose()
    }
}

const KINDS: [PictureKind; 1] = [PictureKind::Background];

fn kind_word(kind: PictureKind) -> &'static str {
    match kind {
        PictureKind::Background => "background",
    }
}

fn read_picture(row: &AnyRow) -> Result<StoredPicture, StoreError> {
    let word: &str = row.try_get("kind")?;
    let kind = KINDS.into_iter().find(|kind| kind_word(*kind) == word).ok_or(StoreError::Damaged("kind"))?;
    let bytes: i64 = row.try_get("bytes")?;
    Ok(StoredPicture {
        picture_id: row.try_get("picture_id")?,
        kind,
        media_type: row.try_get("media_type")?,
        bytes: u64::try_from(bytes).map_err(|_| StoreError::Damaged("bytes"))?,
        created_at: read_time(row, "created_at")?,
    })
}
