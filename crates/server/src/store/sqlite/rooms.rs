//! Rooms, seats and links.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use sqlx::{QueryBuilder, Row, SqliteConnection, SqlitePool, sqlite::SqliteRow};
use tokio::sync::{mpsc, oneshot};
use visita_protocol::{CompanyId, ParticipantId, RoomId, UserId, rest::Role};
use visita_room::{Admission, Allowed, LinkSerial, Standing, Timestamp};

use super::{
    Sqlite, duration_s, exists, json, ms, offset, people::read_company, read_count, read_hash, read_id,
    read_id_or_none, read_json, read_seconds, read_time, read_time_or_none, read_word, read_word_or_none, time, word,
};
use crate::store::{
    Kind, Listed, NewLink, NewRoom, NewSeat, Page, RoomOptions, RoomQuery, RoomStore, Schedule, SecretHash, StoreError,
    StoredLink, StoredRoom, StoredSeat,
};

#[async_trait]
impl RoomStore for Sqlite {
    async fn create_room(&self, room: &NewRoom) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        // Gone only when storage is closed.
        let closed = || StoreError::Database(sqlx::Error::PoolClosed);
        self.new_rooms.send((room.clone(), reply)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    async fn room(&self, room: &RoomId) -> Result<Option<StoredRoom>, StoreError> {
        let row = sqlx::query(
            "SELECT r.*, c.name FROM rooms r JOIN companies c USING (company_id)
             WHERE r.room_id = ? AND r.status <> 'deleted'",
        )
        .bind(room.as_str())
        .fetch_optional(&self.readers)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let mut seats = self.seats_of(&[room.as_str()]).await?;
        Ok(Some(read_room(&row, seats.remove(room.as_str()).unwrap_or_default())?))
    }

    async fn rooms(
        &self,
        company: &CompanyId,
        user: Option<&UserId>,
        page: Page,
    ) -> Result<Listed<StoredRoom>, StoreError> {
        // Two statements rather than one with an OR, so that each finds its index.
        let which = match user {
            None => "r.company_id = ?1 AND r.status <> 'deleted'",
            Some(_) => {
                "r.company_id = ?1 AND r.status <> 'deleted' AND r.room_id IN
                 (SELECT room_id FROM rooms WHERE company_id = ?1 AND created_by = ?2
                  UNION SELECT room_id FROM seats WHERE company_id = ?1 AND user_id = ?2)"
            }
        };
        let user = user.map(UserId::as_str);
        let list = format!(
            "SELECT r.*, c.name FROM rooms r JOIN companies c USING (company_id) WHERE {which}
             ORDER BY r.created_at DESC, r.room_id DESC LIMIT ?3 OFFSET ?4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(company.as_str())
            .bind(user)
            .bind(page.limit)
            .bind(offset(page))
            .fetch_all(&self.readers)
            .await?;
        let count = format!("SELECT count(*) FROM rooms r WHERE {which}");
        let total =
            sqlx::query(sqlx::AssertSqlSafe(count)).bind(company.as_str()).bind(user).fetch_one(&self.readers).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.try_get("room_id")).collect::<Result<_, _>>()?;
        let mut seats = self.seats_of(&ids).await?;
        let items = rows
            .iter()
            .zip(&ids)
            .map(|(row, id)| read_room(row, seats.remove(*id).unwrap_or_default()))
            .collect::<Result<_, _>>()?;
        Ok(Listed { items, total: read_count(&total, 0)? })
    }

    async fn add_seat(&self, room: &RoomId, company: &CompanyId, seat: &NewSeat) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        let row = sqlx::query("SELECT COALESCE(MAX(position) + 1, 0) FROM seats WHERE room_id = ?")
            .bind(room.as_str())
            .fetch_one(&mut *tx)
            .await?;
        insert_seats(&mut tx, vec![SeatRow { room, company, position: row.try_get(0)?, seat }]).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn rooms_that(
        &self,
        company: &CompanyId,
        wanted: &RoomQuery,
        page: Page,
    ) -> Result<Listed<StoredRoom>, StoreError> {
        Sqlite::rooms_that(self, company, wanted, page).await
    }

    async fn change_room(&self, room: &RoomId, options: &RoomOptions, at: Timestamp) -> Result<(), StoreError> {
        let capacity = match options.kind {
            Kind::Seated => None,
            Kind::Open { capacity } => Some(capacity),
        };
        sqlx::query(
            "UPDATE rooms SET description = ?, call_type = ?, recording = ?, recording_layout = ?, capacity = ?,
                              webinar = ?, waiting_room = ?, chat = ?, screen_sharing = ?, entrance = ?,
                              unique_name = ?, modified_at = ?
             WHERE room_id = ? AND status <> 'deleted'",
        )
        .bind(options.description.as_deref())
        .bind(word(&options.call_type)?)
        .bind(word(&options.recording)?)
        .bind(word(&options.recording_layout)?)
        .bind(capacity)
        .bind(options.webinar)
        .bind(options.waiting_room)
        .bind(options.allowed.chat)
        .bind(options.allowed.screen_sharing)
        .bind(word(&options.entrance)?)
        .bind(options.unique_name.as_deref())
        .bind(ms(at))
        .bind(room.as_str())
        .execute(&self.writer)
        .await
        .map_err(exists)?;
        Ok(())
    }

    async fn change_seat(
        &self,
        room: &RoomId,
        participant: &ParticipantId,
        display_name: Option<&str>,
        is_speaker: bool,
        recording_consent: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE seats SET display_name = ?, is_speaker = ?, recording_consent = ?
             WHERE room_id = ? AND participant_id = ?",
        )
        .bind(display_name)
        .bind(is_speaker)
        .bind(recording_consent.map(ms))
        .bind(room.as_str())
        .bind(participant.as_str())
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn set_standing(&self, room: &RoomId, standing: Standing, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE rooms SET status = ?1, modified_at = ?2 WHERE room_id = ?3 AND status NOT IN ('deleted', ?1)",
        )
        .bind(standing_word(standing))
        .bind(ms(at))
        .bind(room.as_str())
        .execute(&mut *tx)
        .await?;
        if standing == Standing::Deleted {
            sqlx::query("UPDATE rooms SET description = NULL WHERE room_id = ?")
                .bind(room.as_str())
                .execute(&mut *tx)
                .await?;
            for forgotten in [
                "UPDATE links SET code_sealed = NULL WHERE room_id = ?",
                "UPDATE seats SET display_name = NULL WHERE room_id = ?",
                "DELETE FROM chat WHERE room_id = ?",
                "DELETE FROM deleted_files WHERE room_id = ?",
                "DELETE FROM files WHERE room_id = ?",
                "DELETE FROM board_items WHERE room_id = ?",
                "DELETE FROM boards WHERE room_id = ?",
                "DELETE FROM recordings WHERE room_id = ?",
            ] {
                sqlx::query(forgotten).bind(room.as_str()).execute(&mut *tx).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    async fn set_duration(&self, room: &RoomId, duration: Duration) -> Result<(), StoreError> {
        sqlx::query("UPDATE rooms SET duration_s = ? WHERE room_id = ?")
            .bind(duration_s(duration))
            .bind(room.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn link(&self, code: SecretHash) -> Result<Option<StoredLink>, StoreError> {
        let row = sqlx::query(
            "SELECT l.code_hash, l.room_id, l.participant_id, l.serial, r.status
             FROM links l JOIN rooms r USING (room_id) WHERE l.code_hash = ?",
        )
        .bind(code.as_slice())
        .fetch_optional(&self.readers)
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
        let mut tx = self.write().await?;
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
        insert_links(&mut tx, serial, [(room, participant, &link)].into_iter()).await?;
        tx.commit().await?;
        Ok(Some(serial))
    }
}

impl Sqlite {
    /// Seats of these rooms, each room's in their order.
    async fn seats_of(&self, rooms: &[&str]) -> Result<HashMap<String, Vec<StoredSeat>>, StoreError> {
        let mut seats = HashMap::new();
        if rooms.is_empty() {
            return Ok(seats);
        }
        let mut query = QueryBuilder::new(
            "SELECT s.room_id, s.participant_id, s.user_id, s.display_name, COALESCE(s.role, u.role, 'basic') AS role,
                    s.role AS own_role, s.language, s.is_admin, s.is_speaker, s.tools, s.recording_consent, s.admission,
                    s.link_serial, l.code_sealed
             FROM seats s
             LEFT JOIN users u ON u.company_id = s.company_id AND u.user_id = s.user_id
             JOIN links l ON l.room_id = s.room_id AND l.participant_id = s.participant_id AND l.serial = s.link_serial
             WHERE s.room_id IN (",
        );
        let mut ids = query.separated(", ");
        for room in rooms {
            ids.push_bind(*room);
        }
        query.push(") ORDER BY s.room_id, s.position");
        for row in &query.build().fetch_all(&self.readers).await? {
            seats.entry(row.try_get("room_id")?).or_insert_with(Vec::new).push(read_seat(row)?);
        }
        Ok(seats)
    }
}

/// A room that waits to be written, and who waits for it.
pub(super) type Waiting = (NewRoom, oneshot::Sender<Result<(), StoreError>>);

/// Most rooms in one transaction. More are hardly cheaper, and each waits for all of them.
const TOGETHER: usize = 32;

/// Writes rooms: those that come while others are being written are written together, in one transaction and with one
/// statement for each table, since every statement is a way to the database's thread and back.
pub(super) async fn write_rooms(writer: SqlitePool, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut batch, TOGETHER).await > 0 {
        let (rooms, replies): (Vec<NewRoom>, Vec<_>) = batch.drain(..).unzip();
        let mut together = insert_rooms(&writer, &rooms).await;
        let many = rooms.len() > 1;
        for (room, reply) in rooms.iter().zip(replies) {
            let written = match &mut together {
                Ok(()) => Ok(()),
                // One of them is at fault, and only that one.
                Err(_) if many => insert_rooms(&writer, std::slice::from_ref(room)).await,
                failed => std::mem::replace(failed, Ok(())),
            };
            let _ = reply.send(written);
        }
    }
}

/// All or none of them.
async fn insert_rooms(writer: &SqlitePool, rooms: &[NewRoom]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(rooms.len());
    for room in rooms {
        let layout = word(&room.options.recording_layout)?;
        let entrance = word(&room.options.entrance)?;
        rows.push((room, word(&room.options.call_type)?, word(&room.options.recording)?, layout, entrance));
    }
    let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
    let mut query = QueryBuilder::new(
        "INSERT INTO rooms (room_id, company_id, call_type, recording, duration_s, live, description, ends_at, status,
                            created_at, kind, capacity, webinar, waiting_room, starts_at, early_entry_s, freeze_s,
                            created_by, recording_layout, expected_seats, modified_at, chat, screen_sharing, entrance,
                            unique_name) ",
    );
    query.push_values(rows, |mut row, (room, call_type, recording, layout, entrance)| {
        let RoomOptions {
            kind,
            call_type: _,
            recording: _,
            recording_layout: _,
            duration,
            live,
            description,
            schedule,
            webinar,
            waiting_room,
            expected_seats,
            created_by,
            allowed,
            entrance: _,
            unique_name,
        } = &room.options;
        let (kind, capacity) = match kind {
            Kind::Seated => ("seated", None),
            Kind::Open { capacity } => ("open", Some(*capacity)),
        };
        row.push_bind(room.room_id.as_str())
            .push_bind(room.company_id.as_str())
            .push_bind(call_type)
            .push_bind(recording)
            .push_bind(duration.map(duration_s))
            .push_bind(*live)
            .push_bind(description.as_deref())
            .push_bind(schedule.ends_at.map(ms))
            .push_bind(standing_word(room.standing))
            .push_bind(ms(room.created_at))
            .push_bind(kind)
            .push_bind(capacity)
            .push_bind(*webinar)
            .push_bind(*waiting_room)
            .push_bind(schedule.starts_at.map(ms))
            .push_bind(duration_s(schedule.early_entry))
            .push_bind(duration_s(schedule.freeze))
            .push_bind(created_by.as_ref().map(UserId::as_str))
            .push_bind(layout)
            .push_bind(*expected_seats)
            .push_bind(ms(room.created_at))
            .push_bind(allowed.chat)
            .push_bind(allowed.screen_sharing)
            .push_bind(entrance)
            .push_bind(unique_name.as_deref());
    });
    query.build().execute(&mut *tx).await.map_err(exists)?;
    let seats = rooms.iter().flat_map(|room| {
        let (room_id, company) = (&room.room_id, &room.company_id);
        (0..).zip(&room.seats).map(move |(position, seat)| SeatRow { room: room_id, company, position, seat })
    });
    insert_seats(&mut tx, seats.collect()).await?;
    tx.commit().await?;
    Ok(())
}

/// A seat that is being written.
pub(super) struct SeatRow<'a> {
    pub(super) room: &'a RoomId,
    pub(super) company: &'a CompanyId,
    pub(super) position: i64,
    pub(super) seat: &'a NewSeat,
}

/// Seats, each with its first link, in one statement for each table.
pub(super) async fn insert_seats(tx: &mut SqliteConnection, seats: Vec<SeatRow<'_>>) -> Result<(), StoreError> {
    if seats.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(seats.len());
    for row in &seats {
        rows.push((row, json(&row.seat.tools, "tools")?, row.seat.role.as_ref().map(word).transpose()?));
    }
    let mut query = QueryBuilder::new(
        "INSERT INTO seats (room_id, position, participant_id, company_id, user_id, display_name, is_admin, is_speaker,
                            tools, recording_consent, link_serial, role, language, admission) ",
    );
    query.push_values(rows, |mut row, (SeatRow { room, company, position, seat }, tools, role)| {
        row.push_bind(room.as_str())
            .push_bind(*position)
            .push_bind(seat.participant_id.as_str())
            .push_bind(company.as_str())
            .push_bind(seat.user_id.as_str())
            .push_bind(seat.display_name.as_deref())
            .push_bind(seat.is_admin)
            .push_bind(seat.is_speaker)
            .push_bind(tools)
            .push_bind(seat.recording_consent.map(ms))
            .push_bind(1_i64)
            .push_bind(role)
            .push_bind(seat.language.as_deref())
            .push_bind(admission_word(seat.admission));
    });
    query.build().execute(&mut *tx).await.map_err(exists)?;
    let links = seats.iter().map(|row| (row.room, &row.seat.participant_id, &row.seat.link));
    insert_links(tx, LinkSerial(1), links).await
}

async fn insert_links<'a>(
    tx: &mut SqliteConnection,
    serial: LinkSerial,
    links: impl Iterator<Item = (&'a RoomId, &'a ParticipantId, &'a NewLink)>,
) -> Result<(), StoreError> {
    let mut query = QueryBuilder::new("INSERT INTO links (code_hash, room_id, participant_id, serial, code_sealed) ");
    query.push_values(links, |mut row, (room, participant, link)| {
        row.push_bind(link.hash.as_slice())
            .push_bind(room.as_str())
            .push_bind(participant.as_str())
            .push_bind(serial.0)
            .push_bind(link.sealed.as_slice());
    });
    query.build().execute(tx).await.map_err(exists)?;
    Ok(())
}

pub(super) fn read_room(row: &SqliteRow, seats: Vec<StoredSeat>) -> Result<StoredRoom, StoreError> {
    let kind = match row.try_get::<&str, _>("kind")? {
        "open" => {
            Kind::Open { capacity: row.try_get::<Option<u16>, _>("capacity")?.ok_or(StoreError::Damaged("capacity"))? }
        }
        _ => Kind::Seated,
    };
    let duration: Option<i64> = row.try_get("duration_s")?;
    let options = RoomOptions {
        kind,
        call_type: read_word(row, "call_type")?,
        recording: read_word(row, "recording")?,
        recording_layout: read_word(row, "recording_layout")?,
        duration: duration
            .map(|s| u64::try_from(s).map(Duration::from_secs).map_err(|_| StoreError::Damaged("duration")))
            .transpose()?,
        live: row.try_get("live")?,
        description: row.try_get("description")?,
        schedule: Schedule {
            starts_at: read_time_or_none(row, "starts_at")?,
            ends_at: read_time_or_none(row, "ends_at")?,
            early_entry: read_seconds(row, "early_entry_s")?,
            freeze: read_seconds(row, "freeze_s")?,
        },
        webinar: row.try_get("webinar")?,
        waiting_room: row.try_get("waiting_room")?,
        expected_seats: row.try_get("expected_seats")?,
        created_by: read_id_or_none(row, "created_by")?,
        allowed: Allowed { chat: row.try_get("chat")?, screen_sharing: row.try_get("screen_sharing")? },
        entrance: read_word(row, "entrance")?,
        unique_name: row.try_get("unique_name")?,
    };
    Ok(StoredRoom {
        room_id: read_id(row, "room_id")?,
        company: read_company(row)?,
        options,
        standing: read_standing(row)?,
        used: time(row.try_get("used_ms")?).since(Timestamp::default()),
        created_at: read_time(row, "created_at")?,
        modified_at: read_time(row, "modified_at")?,
        seats,
    })
}

fn read_seat(row: &SqliteRow) -> Result<StoredSeat, StoreError> {
    Ok(StoredSeat {
        participant_id: read_id(row, "participant_id")?,
        user_id: read_id(row, "user_id")?,
        display_name: row.try_get("display_name")?,
        role: read_word::<Role>(row, "role")?,
        own_role: read_word_or_none(row, "own_role")?,
        language: row.try_get("language")?,
        is_admin: row.try_get("is_admin")?,
        is_speaker: row.try_get("is_speaker")?,
        tools: read_json(row, "tools")?,
        recording_consent: read_time_or_none(row, "recording_consent")?,
        admission: read_admission(row)?,
        link: LinkSerial(row.try_get("link_serial")?),
        sealed: row.try_get::<Option<Vec<u8>>, _>("code_sealed")?.ok_or(StoreError::Damaged("link"))?,
    })
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

fn read_admission(row: &SqliteRow) -> Result<Admission, StoreError> {
    let word: &str = row.try_get("admission")?;
    [Admission::Link, Admission::Token, Admission::Public, Admission::Hidden]
        .into_iter()
        .find(|admission| admission_word(*admission) == word)
        .ok_or(StoreError::Damaged("admission"))
}

fn admission_word(admission: Admission) -> &'static str {
    match admission {
        Admission::Link => "link",
        Admission::Token => "token",
        Admission::Public => "public",
        Admission::Hidden => "hidden",
    }
}
