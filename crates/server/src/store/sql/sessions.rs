//! Sessions and connections.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use sqlx::{AnyConnection, Row, any::AnyRow};
use visita_protocol::{
    CompanyId, ParticipantId, RoomId, SessionId, UserId,
    channel::{Consent, LeaveReason},
    rest::ConnectionKind,
};
use visita_room::Timestamp;

use super::{
    Sql, duration_ms, exists, json, limit, ms, offset, read_count, read_flag, read_id, read_id_or_none, read_number,
    read_time, read_time_or_none, read_word,
    statement::Statement,
    webhooks::{put_in_outbox, put_in_rooms_outbox},
    word,
};
use crate::{
    clock::Clock,
    rooms::News,
    store::{
        Attendance, AttendanceQuery, Listed, Page, SeenSession, SessionQuery, SessionStore, StoreError,
        StoredConnection, StoredPastSession, StoredSession,
    },
    video_rooms, webhooks,
};

#[async_trait]
impl SessionStore for Sql {
    async fn session_started(&self, room: &RoomId, session: &SessionId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sessions (session_id, room_id, started_at, seen_at) VALUES ($1, $2, $3, $3)")
            .bind(session.as_str())
            .bind(room.as_str())
            .bind(ms(at))
            .execute(&self.writer)
            .await
            .map_err(exists)?;
        Ok(())
    }

    async fn session_seen(
        &self,
        room: &RoomId,
        session: &SessionId,
        used: Duration,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE session_id = $2")
            .bind(ms(at))
            .bind(session.as_str())
            .execute(&mut *tx)
            .await?;
        write_used(&mut tx, room, used).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn session_ended(
        &self,
        room: &RoomId,
        session: &SessionId,
        used: Duration,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE sessions SET seen_at = $1, ended_at = $1 WHERE session_id = $2")
            .bind(ms(at))
            .bind(session.as_str())
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE connections SET disconnected_at = $1 WHERE session_id = $2 AND disconnected_at IS NULL")
            .bind(ms(at))
            .bind(session.as_str())
            .execute(&mut *tx)
            .await?;
        write_used(&mut tx, room, used).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn sessions(&self, room: &RoomId, page: Page) -> Result<Listed<StoredSession>, StoreError> {
        let rows = sqlx::query(
            "SELECT session_id, room_id, started_at, ended_at FROM sessions WHERE room_id = $1
             ORDER BY started_at, session_id LIMIT $2 OFFSET $3",
        )
        .bind(room.as_str())
        .bind(limit(page))
        .bind(offset(page))
        .fetch_all(&self.readers)
        .await?;
        let total = sqlx::query("SELECT count(*) FROM sessions WHERE room_id = $1")
            .bind(room.as_str())
            .fetch_one(&self.readers)
            .await?;
        Ok(Listed { items: rows.iter().map(read_session).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }

    async fn session(
        &self,
        room: &RoomId,
        session: &SessionId,
    ) -> Result<Option<(StoredSession, Vec<StoredConnection>)>, StoreError> {
        let row = sqlx::query(
            "SELECT session_id, room_id, started_at, ended_at FROM sessions WHERE room_id = $1 AND session_id = $2",
        )
        .bind(room.as_str())
        .bind(session.as_str())
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let rows = sqlx::query(
            "SELECT participant_id, user_id, kind, connected_at, disconnected_at FROM connections
             WHERE session_id = $1 ORDER BY connected_at, connection_id",
        )
        .bind(session.as_str())
        .fetch_all(&self.readers)
        .await?;
        let connections = rows
            .iter()
            .map(|row| {
                Ok(StoredConnection {
                    participant_id: read_id(row, "participant_id")?,
                    user_id: read_id(row, "user_id")?,
                    kind: read_word(row, "kind")?,
                    connected_at: read_time(row, "connected_at")?,
                    disconnected_at: read_time_or_none(row, "disconnected_at")?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Some((read_session(&row)?, connections)))
    }

    async fn connected(
        &self,
        session: &SessionId,
        participant: &ParticipantId,
        user: &UserId,
        kind: ConnectionKind,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO connections (session_id, participant_id, user_id, kind, connected_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(session.as_str())
        .bind(participant.as_str())
        .bind(user.as_str())
        .bind(word(&kind)?)
        .bind(ms(at))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn disconnected(
        &self,
        session: &SessionId,
        participant: &ParticipantId,
        kind: ConnectionKind,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE connections SET disconnected_at = $1
             WHERE session_id = $2 AND participant_id = $3 AND kind = $4 AND disconnected_at IS NULL",
        )
        .bind(ms(at))
        .bind(session.as_str())
        .bind(participant.as_str())
        .bind(word(&kind)?)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn consent_given(
        &self,
        room: &RoomId,
        session: Option<&SessionId>,
        consent: &Consent,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO consents (room_id, session_id, participant_id, answer, text_version, at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(room.as_str())
        .bind(session.map(SessionId::as_str))
        .bind(consent.participant_id.as_str())
        .bind(consent.answer)
        .bind(&consent.text_version)
        .bind(i64::try_from(consent.at_ms).unwrap_or(i64::MAX))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn consents(&self, room: &RoomId) -> Result<Vec<(Option<SessionId>, Consent)>, StoreError> {
        let rows = sqlx::query(
            "SELECT session_id, participant_id, answer, text_version, at FROM consents WHERE room_id = $1
             ORDER BY consent_id",
        )
        .bind(room.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let consent = Consent {
                    participant_id: read_id(row, "participant_id")?,
                    answer: read_flag(row, "answer")?,
                    text_version: row.try_get("text_version")?,
                    at_ms: read_time(row, "at")?.unix_ms(),
                };
                Ok((read_id_or_none(row, "session_id")?, consent))
            })
            .collect()
    }

    async fn sessions_that(
        &self,
        company: &CompanyId,
        wanted: &SessionQuery,
        page: Page,
    ) -> Result<Listed<SeenSession>, StoreError> {
        Sql::sessions_that(self, company, wanted, page).await
    }

    async fn attendance(
        &self,
        company: &CompanyId,
        wanted: &AttendanceQuery,
        page: Page,
    ) -> Result<Listed<Attendance>, StoreError> {
        Sql::attendance(self, company, wanted, page).await
    }

    async fn past_sessions(
        &self,
        company: &CompanyId,
        created_by: Option<&UserId>,
        page: Page,
    ) -> Result<Listed<StoredPastSession>, StoreError> {
        let which = "r.company_id = $1 AND r.status <> 'deleted' AND ($2 IS NULL OR r.created_by = $2)";
        let created_by = created_by.map(UserId::as_str);
        let list = format!(
            "SELECT s.session_id, s.room_id, s.started_at, s.ended_at, r.description,
                    (SELECT count(*) FROM recordings k WHERE k.session_id = s.session_id) AS recordings,
                    (SELECT count(*) FROM files f WHERE f.session_id = s.session_id AND f.info IS NOT NULL
                     AND json_extract(f.info, '$.purpose') <> 'snapshot') AS files,
                    (SELECT count(*) FROM files f WHERE f.session_id = s.session_id AND f.info IS NOT NULL
                     AND json_extract(f.info, '$.purpose') = 'snapshot') AS snapshots,
                    (SELECT count(*) FROM chat c WHERE c.session_id = s.session_id AND c.file_id IS NULL) AS messages
             FROM sessions s JOIN rooms r USING (room_id) WHERE {which}
             ORDER BY s.started_at DESC, s.session_id DESC LIMIT $3 OFFSET $4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(company.as_str())
            .bind(created_by)
            .bind(limit(page))
            .bind(offset(page))
            .fetch_all(&self.readers)
            .await?;
        let count = format!("SELECT count(*) FROM sessions s JOIN rooms r USING (room_id) WHERE {which}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count))
            .bind(company.as_str())
            .bind(created_by)
            .fetch_one(&self.readers)
            .await?;
        let ids = rows.iter().map(|row| row.try_get("session_id")).collect::<Result<Vec<&str>, _>>()?;
        let mut people = self.people_of(&ids).await?;
        let items = rows.iter().zip(ids).map(|(row, id)| {
            Ok(StoredPastSession {
                session: read_session(row)?,
                title: row.try_get("description")?,
                people: people.remove(id).unwrap_or_default(),
                recordings: read_number(row, "recordings")?,
                files: read_number(row, "files")?,
                snapshots: read_number(row, "snapshots")?,
                messages: read_number(row, "messages")?,
            })
        });
        Ok(Listed { items: items.collect::<Result<_, StoreError>>()?, total: read_count(&total, 0)? })
    }
}

impl Sql {
    /// How those are called who were in these sessions, in the order of their coming.
    async fn people_of(&self, sessions: &[&str]) -> Result<HashMap<String, Vec<String>>, StoreError> {
        let mut people = HashMap::new();
        if sessions.is_empty() {
            return Ok(people);
        }
        let mut query = Statement::new(
            "SELECT n.session_id, COALESCE(p.display_name,
                    (SELECT json_extract(c.message, '$.from_name') FROM chat c
                     WHERE c.session_id = n.session_id AND json_extract(c.message, '$.from') = n.participant_id
                     ORDER BY c.message_id DESC LIMIT 1), MIN(n.user_id)) AS name
             FROM connections n JOIN sessions s USING (session_id)
             LEFT JOIN seats p ON p.room_id = s.room_id AND p.participant_id = n.participant_id
             WHERE n.session_id IN (",
        );
        query.push_list(sessions.iter().copied());
        query.push(") GROUP BY n.session_id, n.participant_id, p.display_name ORDER BY MIN(n.connection_id)");
        for row in &query.build().fetch_all(&self.readers).await? {
            people.entry(row.try_get("session_id")?).or_insert_with(Vec::new).push(row.try_get("name")?);
        }
        Ok(people)
    }

    /// Sessions that a killed server left open end where they were last seen, and so do their connections. The webhooks
    /// that were told of the beginning are told of the end, in the same transaction.
    pub(super) async fn close_forgotten_sessions(&self) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tell_forgotten(&mut tx).await?;
        sqlx::query(
            "UPDATE connections SET disconnected_at =
                    (SELECT CASE WHEN COALESCE(s.ended_at, s.seen_at) > connected_at
                            THEN COALESCE(s.ended_at, s.seen_at) ELSE connected_at END
                     FROM sessions s WHERE s.session_id = connections.session_id)
             WHERE disconnected_at IS NULL",
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE sessions SET ended_at = seen_at WHERE ended_at IS NULL").execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn tell_forgotten(tx: &mut AnyConnection) -> Result<(), StoreError> {
    let now = Clock::start().now();
    let sessions = sqlx::query(
        "SELECT s.session_id, s.room_id, s.seen_at, r.company_id, r.used_ms FROM sessions s JOIN rooms r USING (room_id)
         WHERE s.ended_at IS NULL ORDER BY s.started_at",
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in &sessions {
        let session_id: SessionId = read_id(row, "session_id")?;
        let (company, room): (CompanyId, RoomId) = (read_id(row, "company_id")?, read_id(row, "room_id")?);
        let people = sqlx::query(
            "SELECT DISTINCT participant_id, user_id FROM connections WHERE session_id = $1 AND disconnected_at IS NULL",
        )
        .bind(session_id.as_str())
        .fetch_all(&mut *tx)
        .await?;
        let mut news = Vec::new();
        for person in &people {
            let (participant_id, user_id) = (read_id(person, "participant_id")?, read_id(person, "user_id")?);
            let (session_id, reason) = (session_id.clone(), LeaveReason::ConnectionLost);
            news.push(News::ParticipantLeft { session_id, participant_id, user_id, reason });
        }
        let used = Duration::from_millis(u64::try_from(row.try_get::<i64, _>("used_ms")?).unwrap_or(0));
        news.push(News::SessionEnded { session_id, used });
        for news in news {
            let event = webhooks::event(&room, news, read_time(row, "seen_at")?);
            put_in_outbox(tx, &company, event.event, &json(&event, "event")?, now).await?;
            for body in video_rooms::hook_bodies(&event, &[]) {
                put_in_rooms_outbox(tx, &room, &body, now).await?;
            }
        }
    }
    Ok(())
}

async fn write_used(tx: &mut AnyConnection, room: &RoomId, used: Duration) -> Result<(), StoreError> {
    sqlx::query("UPDATE rooms SET used_ms = $1 WHERE room_id = $2 AND used_ms < $1")
        .bind(duration_ms(used))
        .bind(room.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) fn read_session(row: &AnyRow) -> Result<StoredSession, StoreError> {
    Ok(StoredSession {
        session_id: read_id(row, "session_id")?,
        room_id: read_id(row, "room_id")?,
        started_at: read_time(row, "started_at")?,
        ended_at: read_time_or_none(row, "ended_at")?,
    })
}
