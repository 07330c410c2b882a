//! The audit log.

use async_trait::async_trait;
use sqlx::{Row, any::AnyRow};
use visita_protocol::{CompanyId, ParticipantId, RoomId, SessionId, UserId};

use super::{Sql, limit, ms, offset, read_count, read_id_or_none, read_time, read_word, word};
use crate::store::{AuditLine, AuditStore, Listed, Page, StoreError};

#[async_trait]
impl AuditStore for Sql {
    async fn audit(&self, company: &CompanyId, line: &AuditLine) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO audit (company_id, at, actor_kind, actor, action, room_id, session_id, participant_id, subject)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(company.as_str())
        .bind(ms(line.at))
        .bind(word(&line.actor_kind)?)
        .bind(line.actor.as_ref().map(UserId::as_str))
        .bind(&line.action)
        .bind(line.room.as_ref().map(RoomId::as_str))
        .bind(line.session.as_ref().map(SessionId::as_str))
        .bind(line.participant.as_ref().map(ParticipantId::as_str))
        .bind(line.subject.as_deref())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn audit_log(
        &self,
        company: &CompanyId,
        room: Option<&RoomId>,
        page: Page,
    ) -> Result<Listed<AuditLine>, StoreError> {
        let room = room.map(RoomId::as_str);
        let rows = sqlx::query(
            "SELECT * FROM audit WHERE company_id = $1 AND ($2 IS NULL OR room_id = $2)
             ORDER BY audit_id DESC LIMIT $3 OFFSET $4",
        )
        .bind(company.as_str())
        .bind(room)
        .bind(limit(page))
        .bind(offset(page))
        .fetch_all(&self.readers)
        .await?;
        let total = sqlx::query("SELECT count(*) FROM audit WHERE company_id = $1 AND ($2 IS NULL OR room_id = $2)")
            .bind(company.as_str())
            .bind(room)
            .fetch_one(&self.readers)
            .await?;
        Ok(Listed { items: rows.iter().map(read_line).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }
}

fn read_line(row: &AnyRow) -> Result<AuditLine, StoreError> {
    Ok(AuditLine {
        at: read_time(row, "at")?,
        actor_kind: read_word(row, "actor_kind")?,
        actor: read_id_or_none(row, "actor")?,
        action: row.try_get("action")?,
        room: read_id_or_none(row, "room_id")?,
        session: read_id_or_none(row, "session_id")?,
        participant: read_id_or_none(row, "participant_id")?,
        subject: row.try_get("subject")?,
    })
}
