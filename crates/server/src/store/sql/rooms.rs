//! Rooms, seats and links.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use sqlx::{AnyConnection, AnyPool, Row, any::AnyRow};
use tokio::sync::{mpsc, oneshot};
use visita_protocol::{CompanyId, ParticipantId, RoomId, UserId, rest::Role};
use visita_room::{Admission, Allowed, LinkSerial, Standing, Timestamp};

use super::{
    Sql, duration_s, exists, holds, json, limit, ms, offset, people::read_company, read_count, read_flag, read_hash,
    read_id, read_id_or_none, read_json, read_number, read_number_or_none, read_seconds, read_time, read_time_or_none,
    read_word, read_word_or_none, statement::Statement, time, word,
};
use crate::store::{
    Kind, Listed, NewLink, NewRoom, NewSeat, Page, RoomOptions, RoomQuery, RoomStands, RoomStore, RoomsOf, Schedule,
    SecretHash, StoreError, StoredLink, StoredRoom, StoredSeat,
};

#[async_trait]
impl RoomStore for Sql {
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
             WHERE r.room_id = $1 AND r.status <> 'deleted'",
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
        which: RoomsOf<'_>,
        page: Page,
    ) -> Result<Listed<StoredRoom>, StoreError> {
        let mut list = Statement::new("SELECT r.*, c.name FROM rooms r JOIN companies c USING (company_id) WHERE ");
        push_which(&mut list, company, which)?;
        list.push(" ORDER BY r.created_at DESC, r.room_id DESC LIMIT ").push_bind(limit(page));
        list.push(" OFFSET ").push_bind(offset(page));
        let rows = list.build().fetch_all(&self.readers).await?;
        let mut count = Statement::new("SELECT count(*) FROM rooms r WHERE ");
        push_which(&mut count, company, which)?;
        let total = count.build().fetch_one(&self.readers).await?;
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
        let row = sqlx::query("SELECT COALESCE(MAX(position) + 1, 0) FROM seats WHERE room_id = $1")
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
        Sql::rooms_that(self, company, wanted, page).await
    }

    async fn change_room(&self, room: &RoomId, options: &RoomOptions, at: Timestamp) -> Result<(), StoreError> {
        let capacity = match options.kind {
            Kind::Seated => None,
            Kind::Open { capacity } => Some(capacity),
        };
        sqlx::query(
            "UPDATE rooms SET description = $1, call_type = $2, recording = $3, recording_layout = $4, capacity = $5,
                              webinar = $6, waiting_room = $7, chat = $8, screen_sharing = $9, entrance = $10,
                              unique_name = $11, recording_tracks = $12, modified_at = $13
             WHERE room_id = $14 AND status <> 'deleted'",
        )
        .bind(options.description.as_deref())
        .bind(word(&options.call_type)?)
        .bind(word(&options.recording)?)
        .bind(word(&options.recording_layout)?)
        .bind(capacity.map(i64::from))
        .bind(options.webinar)
        .bind(options.waiting_room)
        .bind(options.allowed.chat)
        .bind(options.allowed.screen_sharing)
        .bind(word(&options.entrance)?)
        .bind(options.unique_name.as_deref())
        .bind(options.recording_tracks)
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
            "UPDATE seats SET display_name = $1, is_speaker = $2, recording_consent = $3
             WHERE room_id = $4 AND participant_id = $5",
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
            "UPDATE rooms SET status = $1, modified_at = $2 WHERE room_id = $3 AND status NOT IN ('deleted', $1)",
        )
        .bind(standing_word(standing))
        .bind(ms(at))
        .bind(room.as_str())
        .execute(&mut *tx)
        .await?;
        if standing == Standing::Deleted {
            sqlx::query("UPDATE rooms SET description = NULL WHERE room_id = $1")
                .bind(room.as_str())
                .execute(&mut *tx)
                .await?;
            for forgotten in [
                "UPDATE links SET code_sealed = NULL WHERE room_id = $1",
                "UPDATE seats SET display_name = NULL WHERE room_id = $1",
                "DELETE FROM chat WHERE room_id = $1",
                "DELETE FROM deleted_files WHERE room_id = $1",
                "DELETE FROM files WHERE room_id = $1",
                "DELETE FROM board_items WHERE room_id = $1",
                "DELETE FROM boards WHERE room_id = $1",
                "DELETE FROM recordings WHERE room_id = $1",
                "DELETE FROM compositions WHERE room_id = $1",
            ] {
                sqlx::query(forgotten).bind(room.as_str()).execute(&mut *tx).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    async fn set_duration(&self, room: &RoomId, duration: Duration) -> Result<(), StoreError> {
        sqlx::query("UPDATE rooms SET duration_s = $1 WHERE room_id = $2")
            .bind(duration_s(duration))
            .bind(room.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn link(&self, code: SecretHash) -> Result<Option<StoredLink>, StoreError> {
        let row = sqlx::query(
            "SELECT l.code_hash, l.room_id, l.participant_id, l.serial, r.status
             FROM links l JOIN rooms r USING (room_id) WHERE l.code_hash = $1",
        )
        .bind(code.as_slice())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Ok(StoredLink {
                room_id: read_id(&row, "room_id")?,
                participant_id: read_id(&row, "participant_id")?,
                serial: LinkSerial(read_number(&row, "serial")?),
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
            "UPDATE seats SET link_serial = link_serial + 1 WHERE room_id = $1 AND participant_id = $2
             RETURNING link_serial",
        )
        .bind(room.as_str())
        .bind(participant.as_str())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let serial = LinkSerial(read_number(&row, "link_serial")?);
        sqlx::query("UPDATE links SET code_sealed = NULL WHERE room_id = $1 AND participant_id = $2")
            .bind(room.as_str())
            .bind(participant.as_str())
            .execute(&mut *tx)
            .await?;
        insert_links(&mut tx, serial, [(room, participant, &link)].into_iter()).await?;
        tx.commit().await?;
        Ok(Some(serial))
    }
}

impl Sql {
    /// Seats of these rooms, each room's in their order.
    async fn seats_of(&self, rooms: &[&str]) -> Result<HashMap<String, Vec<StoredSeat>>, StoreError> {
        let mut seats = HashMap::new();
        if rooms.is_empty() {
            return Ok(seats);
        }
        let mut query = Statement::new(
            "SELECT s.room_id, s.participant_id, s.user_id, s.display_name, COALESCE(s.role, u.role, 'basic') AS role,
                    s.role AS own_role, s.language, s.is_admin, s.is_speaker, s.tools, s.recording_consent, s.admission,
                    s.link_serial, l.code_sealed
             FROM seats s
             LEFT JOIN users u ON u.company_id = s.company_id AND u.user_id = s.user_id
             JOIN links l ON l.room_id = s.room_id AND l.participant_id = s.participant_id AND l.serial = s.link_serial
             WHERE s.room_id IN (",
        );
        query.push_list(rooms.iter().copied()).push(") ORDER BY s.room_id, s.position");
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
pub(super) async fn write_rooms(writer: AnyPool, begin: &'static str, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch = Vec::with_capacity(TOGETHER);
    while waiting.recv_many(&mut batch, TOGETHER).await > 0 {
        let (rooms, replies): (Vec<NewRoom>, Vec<_>) = batch.drain(..).unzip();
        let mut together = insert_rooms(&writer, begin, &rooms).await;
        let many = rooms.len() > 1;
        for (room, reply) in rooms.iter().zip(replies) {
            let written = match &mut together {
                Ok(()) => Ok(()),
                // One of them is at fault, and only that one.
                Err(_) if many => insert_rooms(&writer, begin, std::slice::from_ref(room)).await,
                failed => std::mem::replace(failed, Ok(())),
            };
            let _ = reply.send(written);
        }
    }
}

/// All or none of them.
async fn insert_rooms(writer: &AnyPool, begin: &'static str, rooms: &[NewRoom]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(rooms.len());
    for room in rooms {
        let layout = word(&room.options.recording_layout)?;
        let entrance = word(&room.options.entrance)?;
        rows.push((room, word(&room.options.call_type)?, word(&room.options.recording)?, layout, entrance));
    }
    let mut tx = writer.begin_with(begin).await?;
    let mut query = Statement::new(
        "INSERT INTO rooms (room_id, company_id, call_type, recording, duration_s, live, description, ends_at, status,
                            created_at, kind, capacity, webinar, waiting_room, starts_at, early_entry_s, freeze_s,
                            created_by, recording_layout, expected_seats, modified_at, chat, screen_sharing, entrance,
                            unique_name, recording_tracks) ",
    );
    query.push_rows(rows, |row, (room, call_type, recording, layout, entrance)| {
        let RoomOptions {
            kind,
            call_type: _,
            recording: _,
            recording_layout: _,
            recording_tracks,
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
            .push_bind(capacity.map(i64::from))
            .push_bind(*webinar)
            .push_bind(*waiting_room)
            .push_bind(schedule.starts_at.map(ms))
            .push_bind(duration_s(schedule.early_entry))
            .push_bind(duration_s(schedule.freeze))
            .push_bind(created_by.as_ref().map(UserId::as_str))
            .push_bind(layout)
            .push_bind(expected_seats.map(i64::from))
            .push_bind(ms(room.created_at))
            .push_bind(allowed.chat)
            .push_bind(allowed.screen_sharing)
            .push_bind(entrance)
            .push_bind(unique_name.as_deref())
            .push_bind(*recording_tracks);
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
pub(super) async fn insert_seats(tx: &mut AnyConnection, seats: Vec<SeatRow<'_>>) -> Result<(), StoreError> {
    if seats.is_empty() {
        return Ok(());
    }
    let mut rows = Vec::with_capacity(seats.len());
    for row in &seats {
        rows.push((row, json(&row.seat.tools, "tools")?, row.seat.role.as_ref().map(word).transpose()?));
    }
    let mut query = Statement::new(
        "INSERT INTO seats (room_id, position, participant_id, company_id, user_id, display_name, is_admin, is_speaker,
                            tools, recording_consent, link_serial, role, language, admission) ",
    );
    query.push_rows(rows, |row, (SeatRow { room, company, position, seat }, tools, role)| {
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
    tx: &mut AnyConnection,
    serial: LinkSerial,
    links: impl Iterator<Item = (&'a RoomId, &'a ParticipantId, &'a NewLink)>,
) -> Result<(), StoreError> {
    let mut query = Statement::new("INSERT INTO links (code_hash, room_id, participant_id, serial, code_sealed) ");
    query.push_rows(links, |row, (room, participant, link)| {
        row.push_bind(link.hash.as_slice())
            .push_bind(room.as_str())
            .push_bind(participant.as_str())
            .push_bind(i64::from(serial.0))
            .push_bind(link.sealed.as_slice());
    });
    query.build().execute(tx).await.map_err(exists)?;
    Ok(())
}

pub(super) fn read_room(row: &AnyRow, seats: Vec<StoredSeat>) -> Result<StoredRoom, StoreError> {
    let kind = match row.try_get::<&str, _>("kind")? {
        "open" => {
            Kind::Open { capacity: read_number_or_none(row, "capacity")?.ok_or(StoreError::Damaged("capacity"))? }
        }
        _ => Kind::Seated,
    };
    let duration: Option<i64> = row.try_get("duration_s")?;
    let options = RoomOptions {
        kind,
        call_type: read_word(row, "call_type")?,
        recording: read_word(row, "recording")?,
        recording_layout: read_word(row, "recording_layout")?,
        recording_tracks: read_flag(row, "recording_tracks")?,
        duration: duration
            .map(|s| u64::try_from(s).map(Duration::from_secs).map_err(|_| StoreError::Damaged("duration")))
            .transpose()?,
        live: read_flag(row, "live")?,
        description: row.try_get("description")?,
        schedule: Schedule {
            starts_at: read_time_or_none(row, "starts_at")?,
            ends_at: read_time_or_none(row, "ends_at")?,
            early_entry: read_seconds(row, "early_entry_s")?,
            freeze: read_seconds(row, "freeze_s")?,
        },
        webinar: read_flag(row, "webinar")?,
        waiting_room: read_flag(row, "waiting_room")?,
        expected_seats: read_number_or_none(row, "expected_seats")?,
        created_by: read_id_or_none(row, "created_by")?,
        allowed: Allowed { chat: read_flag(row, "chat")?, screen_sharing: read_flag(row, "screen_sharing")? },
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

fn read_seat(row: &AnyRow) -> Result<StoredSeat, StoreError> {
    Ok(StoredSeat {
        participant_id: read_id(row, "participant_id")?,
        user_id: read_id(row, "user_id")?,
        display_name: row.try_get("display_name")?,
        role: read_word::<Role>(row, "role")?,
        own_role: read_word_or_none(row, "own_role")?,
        language: row.try_get("language")?,
        is_admin: read_flag(row, "is_admin")?,
        is_speaker: read_flag(row, "is_speaker")?,
        tools: read_json(row, "tools")?,
        recording_consent: read_time_or_none(row, "recording_consent")?,
        admission: read_admission(row)?,
        link: LinkSerial(read_number(row, "link_serial")?),
        sealed: row.try_get::<Option<Vec<u8>>, _>("code_sealed")?.ok_or(StoreError::Damaged("link"))?,
    })
}

fn read_standing(row: &AnyRow) -> Result<Standing, StoreError> {
    let word: &str = row.try_get("status")?;
    [Standing::Active, Standing::Disabled, Standing::UsedUp, Standing::Deleted]
        .into_iter()
        .find(|standing| standing_word(*standing) == word)
        .ok_or(StoreError::Damaged("status"))
}

fn push_which(
    query: &mut Statement,
    company: &CompanyId,
    RoomsOf { user, search, stands, recording, recorded_now }: RoomsOf<'_>,
) -> Result<(), StoreError> {
    const LIVE: &str = "EXISTS (SELECT 1 FROM sessions s WHERE s.room_id = r.room_id AND s.ended_at IS NULL)";
    let owned = company.as_str().to_owned();
    query.push("r.company_id = ").push_bind(owned.clone()).push(" AND r.status <> 'deleted'");
    if let Some(user) = user {
        // Two statements rather than one with an OR, so that each finds its index.
        query.push(" AND r.room_id IN (SELECT room_id FROM rooms WHERE company_id = ").push_bind(owned.clone());
        query.push(" AND created_by = ").push_bind(user.as_str().to_owned());
        query.push(" UNION SELECT room_id FROM seats WHERE company_id = ").push_bind(owned.clone());
        query.push(" AND user_id = ").push_bind(user.as_str().to_owned()).push(")");
    }
    if let Some(search) = search {
        query.push(" AND (lower(r.description) LIKE ").push_bind(holds(search, false)).push(" ESCAPE '\\'");
        query.push(" OR lower(r.room_id) LIKE ").push_bind(holds(search, true)).push(" ESCAPE '\\'");
        query.push(" OR r.room_id IN (SELECT room_id FROM seats WHERE company_id = ").push_bind(owned);
        query.push(" AND lower(user_id) LIKE ").push_bind(holds(search, false)).push(" ESCAPE '\\'))");
    }
    match stands {
        None => {}
        Some(RoomStands::Live) => {
            query.push(" AND ").push(LIVE);
        }
        Some(RoomStands::Scheduled(now)) => {
            query.push(" AND r.status = 'active' AND r.starts_at > ").push_bind(ms(now));
            query.push(" AND NOT ").push(LIVE);
        }
        Some(RoomStands::Active(now)) => {
            query.push(" AND r.status = 'active' AND (r.ends_at IS NULL OR r.ends_at > ").push_bind(ms(now)).push(")");
        }
        Some(RoomStands::Disabled) => {
            query.push(" AND r.status = 'disabled'");
        }
        Some(RoomStands::Ended(now)) => {
            query.push(" AND (r.status = 'used_up' OR r.status = 'active' AND r.ends_at <= ");
            query.push_bind(ms(now)).push(")");
        }
    }
    if let Some(recording) = recording {
        query.push(" AND r.recording = ").push_bind(word(&recording)?);
    }
    if recorded_now {
        query.push(" AND EXISTS (SELECT 1 FROM recordings x WHERE x.room_id = r.room_id AND x.state = 'recording')");
    }
    Ok(())
}

fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Disabled => "disabled",
        Standing::UsedUp => "used_up",
        Standing::Deleted => "deleted",
    }
}

fn read_admission(row: &AnyRow) -> Result<Admission, StoreError> {
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
