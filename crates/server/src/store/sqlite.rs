//! Storage in one SQLite file.

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Row, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use visita_protocol::{
    CompanyId, ParticipantId, RoomId, SessionId, UserId,
    rest::{Role, User},
};
use visita_room::{LinkSerial, Standing, Timestamp};

use super::{
    Company, NewLink, NewRoom, SecretHash, Store, StoreError, StoredLink, StoredRoom, StoredSeat, StoredSession,
};

/// SQLite in WAL mode: readers do not wait for the writer, and what was committed survives a killed process.
pub(crate) struct Sqlite {
    pool: SqlitePool,
}

impl Sqlite {
    /// Opens the file, making it when it is not there, and brings its tables up to date.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL mode NORMAL loses at most the last commits when the power fails, and nothing when the process dies.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        let pool = SqlitePoolOptions::new().max_connections(4).connect_with(options).await?;
        sqlx::migrate!("./migrations").run(&pool).await.map_err(sqlx::Error::from)?;
        let store = Self { pool };
        store.close_forgotten_sessions().await?;
        Ok(store)
    }

    /// Sessions that a killed server left open end where they were last seen.
    async fn close_forgotten_sessions(&self) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET ended_at = seen_at WHERE ended_at IS NULL").execute(&self.pool).await?;
        Ok(())
    }

    async fn write_used(tx: &mut sqlx::SqliteConnection, room: &RoomId, used: Duration) -> Result<(), StoreError> {
        sqlx::query("UPDATE rooms SET used_ms = MAX(used_ms, ?) WHERE room_id = ?")
            .bind(duration_ms(used))
            .bind(room.as_str())
            .execute(tx)
            .await?;
        Ok(())
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn ensure_company(
        &self,
        name: &str,
        api_key: SecretHash,
        new_id: CompanyId,
        now: Timestamp,
    ) -> Result<Company, StoreError> {
        let row = sqlx::query(
            "INSERT INTO companies (company_id, name, api_key_hash, created_at) VALUES (?, ?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET api_key_hash = excluded.api_key_hash
             RETURNING company_id, name",
        )
        .bind(new_id.as_str())
        .bind(name)
        .bind(api_key.as_slice())
        .bind(ms(now))
        .fetch_one(&self.pool)
        .await
        .map_err(exists)?;
        read_company(&row)
    }

    async fn company_by_key(&self, api_key: SecretHash) -> Result<Option<(Company, SecretHash)>, StoreError> {
        let row = sqlx::query("SELECT company_id, name, api_key_hash FROM companies WHERE api_key_hash = ?")
            .bind(api_key.as_slice())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok((read_company(&row)?, read_hash(&row, "api_key_hash")?))).transpose()
    }

    async fn has_company(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query("SELECT 1 FROM companies LIMIT 1").fetch_optional(&self.pool).await?.is_some())
    }

    async fn create_user(&self, company: &CompanyId, user: &User, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO users (company_id, user_id, role, created_at) VALUES (?, ?, ?, ?)")
            .bind(company.as_str())
            .bind(user.user_id.as_str())
            .bind(word(&user.role)?)
            .bind(ms(now))
            .execute(&self.pool)
            .await
            .map_err(exists)?;
        Ok(())
    }

    async fn user(&self, company: &CompanyId, user: &UserId) -> Result<Option<User>, StoreError> {
        let row = sqlx::query("SELECT user_id, role FROM users WHERE company_id = ? AND user_id = ?")
            .bind(company.as_str())
            .bind(user.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok(User { user_id: read_id(&row, "user_id")?, role: read_word(&row, "role")? })).transpose()
    }

    async fn create_room(&self, room: &NewRoom) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "INSERT INTO rooms (room_id, company_id, call_type, recording, duration_s, live, description, ends_at,
                                status, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'active', ?)",
        )
        .bind(room.room_id.as_str())
        .bind(room.company_id.as_str())
        .bind(word(&room.call_type)?)
        .bind(word(&room.recording)?)
        .bind(room.duration.map(|duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)))
        .bind(room.live)
        .bind(room.description.as_deref())
        .bind(room.ends_at.map(ms))
        .bind(ms(room.created_at))
        .execute(&mut *tx)
        .await
        .map_err(exists)?;
        for (position, seat) in (0_i64..).zip(&room.seats) {
            let tools = serde_json::to_string(&seat.tools).map_err(|_| StoreError::Damaged("tools"))?;
            sqlx::query(
                "INSERT INTO seats (room_id, position, participant_id, company_id, user_id, is_admin, tools, link_serial)
                 VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
            )
            .bind(room.room_id.as_str())
            .bind(position)
            .bind(seat.participant_id.as_str())
            .bind(room.company_id.as_str())
            .bind(seat.user_id.as_str())
            .bind(seat.is_admin)
            .bind(tools)
            .execute(&mut *tx)
            .await
            .map_err(exists)?;
            insert_link(&mut tx, &room.room_id, &seat.participant_id, LinkSerial(1), &seat.link).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn room(&self, room: &RoomId) -> Result<Option<StoredRoom>, StoreError> {
        let row = sqlx::query(
            "SELECT r.*, c.name FROM rooms r JOIN companies c USING (company_id)
             WHERE r.room_id = ? AND r.status <> 'deleted'",
        )
        .bind(room.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let seats = sqlx::query(
            "SELECT s.participant_id, s.user_id, u.role, s.is_admin, s.tools, s.link_serial, l.code_sealed
             FROM seats s
             JOIN users u ON u.company_id = s.company_id AND u.user_id = s.user_id
             JOIN links l ON l.room_id = s.room_id AND l.participant_id = s.participant_id AND l.serial = s.link_serial
             WHERE s.room_id = ? ORDER BY s.position",
        )
        .bind(room.as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(Some(StoredRoom {
            room_id: read_id(&row, "room_id")?,
            company: read_company(&row)?,
            call_type: read_word(&row, "call_type")?,
            recording: read_word(&row, "recording")?,
            duration: row
                .try_get::<Option<i64>, _>("duration_s")?
                .map(|s| u64::try_from(s).map(Duration::from_secs).map_err(|_| StoreError::Damaged("duration")))
                .transpose()?,
            live: row.try_get("live")?,
            description: row.try_get("description")?,
            ends_at: row.try_get::<Option<i64>, _>("ends_at")?.map(time),
            standing: read_standing(&row)?,
            used: time(row.try_get("used_ms")?).since(Timestamp::default()),
            created_at: time(row.try_get("created_at")?),
            seats: seats.iter().map(read_seat).collect::<Result<_, _>>()?,
        }))
    }

    async fn set_standing(&self, room: &RoomId, standing: Standing) -> Result<(), StoreError> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE rooms SET status = ? WHERE room_id = ? AND status <> 'deleted'")
            .bind(standing_word(standing))
            .bind(room.as_str())
            .execute(&mut *tx)
            .await?;
        if standing == Standing::Deleted {
            sqlx::query("UPDATE rooms SET description = NULL WHERE room_id = ?")
                .bind(room.as_str())
                .execute(&mut *tx)
                .await?;
            sqlx::query("UPDATE links SET code_sealed = NULL WHERE room_id = ?")
                .bind(room.as_str())
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn link(&self, code: SecretHash) -> Result<Option<StoredLink>, StoreError> {
        let row = sqlx::query(
            "SELECT l.code_hash, l.room_id, l.participant_id, l.serial, r.status
             FROM links l JOIN rooms r USING (room_id) WHERE l.code_hash = ?",
        )
        .bind(code.as_slice())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(StoredLink {
                room_id: read_id(&row, "room_id")?,
                participant_id: read_id(&row, "participant_id")?,
                serial: LinkSerial(row.try_get("serial")?),
                standing: read_standing(&row)?,
                hash: read_hash(&row, "code_hash")?,
            })
        })
        .transpose()
    }

    async fn renew_link(
        &self,
        room: &RoomId,
        participant: &ParticipantId,
        link: NewLink,
    ) -> Result<Option<LinkSerial>, StoreError> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let row = sqlx::query(
            "UPDATE seats SET link_serial = link_serial + 1 WHERE room_id = ? AND participant_id = ?
             RETURNING link_serial",
        )
        .bind(room.as_str())
        .bind(participant.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let serial = LinkSerial(row.try_get("link_serial")?);
        sqlx::query("UPDATE links SET code_sealed = NULL WHERE room_id = ? AND participant_id = ?")
            .bind(room.as_str())
            .bind(participant.as_str())
            .execute(&mut *tx)
            .await?;
        insert_link(&mut tx, room, participant, serial, &link).await?;
        tx.commit().await?;
        Ok(Some(serial))
    }

    async fn session_started(&self, room: &RoomId, session: &SessionId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sessions (session_id, room_id, started_at, seen_at) VALUES (?, ?, ?, ?)")
            .bind(session.as_str())
            .bind(room.as_str())
            .bind(ms(at))
            .bind(ms(at))
            .execute(&self.pool)
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
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE sessions SET seen_at = ? WHERE session_id = ?")
            .bind(ms(at))
            .bind(session.as_str())
            .execute(&mut *tx)
            .await?;
        Self::write_used(&mut tx, room, used).await?;
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
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("UPDATE sessions SET seen_at = ?, ended_at = ? WHERE session_id = ?")
            .bind(ms(at))
            .bind(ms(at))
            .bind(session.as_str())
            .execute(&mut *tx)
            .await?;
        Self::write_used(&mut tx, room, used).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn sessions(&self, room: &RoomId) -> Result<Vec<StoredSession>, StoreError> {
        let rows = sqlx::query(
            "SELECT session_id, started_at, ended_at FROM sessions WHERE room_id = ? ORDER BY started_at, session_id",
        )
        .bind(room.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(StoredSession {
                    session_id: read_id(row, "session_id")?,
                    started_at: time(row.try_get("started_at")?),
                    ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(time),
                })
            })
            .collect()
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

async fn insert_link(
    tx: &mut sqlx::SqliteConnection,
    room: &RoomId,
    participant: &ParticipantId,
    serial: LinkSerial,
    link: &NewLink,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO links (code_hash, room_id, participant_id, serial, code_sealed) VALUES (?, ?, ?, ?, ?)")
        .bind(link.hash.as_slice())
        .bind(room.as_str())
        .bind(participant.as_str())
        .bind(serial.0)
        .bind(link.sealed.as_slice())
        .execute(tx)
        .await
        .map_err(exists)?;
    Ok(())
}

fn read_seat(row: &SqliteRow) -> Result<StoredSeat, StoreError> {
    let tools: String = row.try_get("tools")?;
    Ok(StoredSeat {
        participant_id: read_id(row, "participant_id")?,
        user_id: read_id(row, "user_id")?,
        role: read_word::<Role>(row, "role")?,
        is_admin: row.try_get("is_admin")?,
        tools: serde_json::from_str(&tools).map_err(|_| StoreError::Damaged("tools"))?,
        link: LinkSerial(row.try_get("link_serial")?),
        sealed: row.try_get::<Option<Vec<u8>>, _>("code_sealed")?.ok_or(StoreError::Damaged("link"))?,
    })
}

fn read_company(row: &SqliteRow) -> Result<Company, StoreError> {
    Ok(Company { id: read_id(row, "company_id")?, name: row.try_get("name")? })
}

fn read_standing(row: &SqliteRow) -> Result<Standing, StoreError> {
    let word: &str = row.try_get("status")?;
    [Standing::Active, Standing::Disabled, Standing::UsedUp, Standing::Deleted]
        .into_iter()
        .find(|standing| standing_word(*standing) == word)
        .ok_or(StoreError::Damaged("status"))
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Disabled => "disabled",
        Standing::UsedUp => "used_up",
        Standing::Deleted => "deleted",
    }
}

fn read_hash(row: &SqliteRow, column: &'static str) -> Result<SecretHash, StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| StoreError::Damaged(column))
}

fn read_id<T: std::str::FromStr>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Damaged(column))
}

/// An enum as the word it has on the wire.
fn word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Damaged("enum")),
    }
}

fn read_word<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StoreError::Damaged(column))
}

fn ms(at: Timestamp) -> i64 {
    i64::try_from(at.unix_ms()).unwrap_or(i64::MAX)
}

fn time(ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(u64::try_from(ms).unwrap_or(0))
}

fn duration_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn exists(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => StoreError::Exists,
        _ => StoreError::Database(error),
    }
}
