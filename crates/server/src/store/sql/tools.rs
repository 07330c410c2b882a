//! Chat, files and boards.

use async_trait::async_trait;
use sqlx::{Row, any::AnyRow};
use visita_board::What;
use visita_protocol::{
    BoardId, CompanyId, FileId, ItemId, ParticipantId, RoomId, SessionId,
    channel::{ChatMessage, FileInfo},
};
use visita_room::Timestamp;

use super::{
    Sql, exists, holds, json, limit, ms, offset, read_count, read_id, read_json, read_number, read_time,
    statement::Statement,
};
use crate::store::{Listed, Page, StoreError, StoredFile, ToolStore};

#[async_trait]
impl ToolStore for Sql {
    async fn chat_added(&self, room: &RoomId, message: &ChatMessage) -> Result<(), StoreError> {
        let file = message.file.as_ref();
        // A file is found by its name.
        let text = file.map_or(message.text.as_str(), |file| file.name.as_str());
        sqlx::query(
            "INSERT INTO chat (room_id, message_id, session_id, text, file_id, message) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(room.as_str())
        .bind(i64::from(message.id))
        .bind(message.session_id.as_str())
        .bind(text)
        .bind(file.map(|file| file.file_id.as_str()))
        .bind(json(message, "message")?)
        .execute(&self.writer)
        .await
        .map_err(exists)?;
        Ok(())
    }

    async fn chat(&self, room: &RoomId, newest: u32) -> Result<Vec<ChatMessage>, StoreError> {
        let rows = sqlx::query("SELECT message FROM chat WHERE room_id = $1 ORDER BY message_id DESC LIMIT $2")
            .bind(room.as_str())
            .bind(i64::from(newest))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().rev().map(|row| read_json(row, "message")).collect()
    }

    async fn deleted_files(&self, room: &RoomId, newest: u32) -> Result<Vec<(u32, FileId)>, StoreError> {
        let rows = sqlx::query(
            "SELECT message_id, file_id FROM deleted_files WHERE room_id = $1 ORDER BY message_id DESC LIMIT $2",
        )
        .bind(room.as_str())
        .bind(i64::from(newest))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().rev().map(|row| Ok((read_number(row, "message_id")?, read_id(row, "file_id")?))).collect()
    }

    async fn chat_of_session(
        &self,
        session: &SessionId,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listed<ChatMessage>, StoreError> {
        // `instr` rather than LIKE: what people search for is text, not a pattern.
        let which = "session_id = $1 AND ($2 IS NULL OR instr(lower(text), lower($2)) > 0)";
        let list = format!("SELECT message FROM chat WHERE {which} ORDER BY message_id LIMIT $3 OFFSET $4");
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(session.as_str())
            .bind(search)
            .bind(limit(page))
            .bind(offset(page))
            .fetch_all(&self.readers)
            .await?;
        let count = format!("SELECT count(*) FROM chat WHERE {which}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count))
            .bind(session.as_str())
            .bind(search)
            .fetch_one(&self.readers)
            .await?;
        let items = rows.iter().map(|row| read_json(row, "message")).collect::<Result<_, _>>()?;
        Ok(Listed { items, total: read_count(&total, 0)? })
    }

    async fn chat_of_file(&self, room: &RoomId, file: &FileId) -> Result<Option<ChatMessage>, StoreError> {
        let row = sqlx::query("SELECT message FROM chat WHERE file_id = $1 AND room_id = $2")
            .bind(file.as_str())
            .bind(room.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| read_json(&row, "message")).transpose()
    }

    async fn file_begun(&self, file: &StoredFile) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO files (file_id, room_id, session_id, participant_id, key, wanted, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(file.file_id.as_str())
        .bind(file.room_id.as_str())
        .bind(file.session_id.as_str())
        .bind(file.participant_id.as_str())
        .bind(file.wanted.key.as_str())
        .bind(json(&file.wanted, "file")?)
        .bind(ms(file.created_at))
        .execute(&self.writer)
        .await
        .map_err(exists)?;
        Ok(())
    }

    async fn file_done(&self, file: &FileId, info: &FileInfo) -> Result<(), StoreError> {
        sqlx::query("UPDATE files SET info = $1 WHERE file_id = $2")
            .bind(json(info, "file")?)
            .bind(file.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn file(&self, file: &FileId) -> Result<Option<StoredFile>, StoreError> {
        let row = sqlx::query("SELECT * FROM files WHERE file_id = $1")
            .bind(file.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read_file).transpose()
    }

    async fn file_by_key(
        &self,
        room: &RoomId,
        participant: &ParticipantId,
        key: &str,
    ) -> Result<Option<StoredFile>, StoreError> {
        let row = sqlx::query("SELECT * FROM files WHERE room_id = $1 AND participant_id = $2 AND key = $3")
            .bind(room.as_str())
            .bind(participant.as_str())
            .bind(key)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(read_file).transpose()
    }

    async fn files(
        &self,
        room: &RoomId,
        session: Option<&SessionId>,
        page: Page,
    ) -> Result<Listed<StoredFile>, StoreError> {
        let which = "room_id = $1 AND ($2 IS NULL OR session_id = $2) AND info IS NOT NULL";
        let list = format!("SELECT * FROM files WHERE {which} ORDER BY created_at, file_id LIMIT $3 OFFSET $4");
        let session = session.map(SessionId::as_str);
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(room.as_str())
            .bind(session)
            .bind(limit(page))
            .bind(offset(page))
            .fetch_all(&self.readers)
            .await?;
        let count = format!("SELECT count(*) FROM files WHERE {which}");
        let total =
            sqlx::query(sqlx::AssertSqlSafe(count)).bind(room.as_str()).bind(session).fetch_one(&self.readers).await?;
        Ok(Listed { items: rows.iter().map(read_file).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }

    async fn files_of_company(
        &self,
        company: &CompanyId,
        room: Option<&RoomId>,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listed<(StoredFile, Option<String>)>, StoreError> {
        let which = "r.company_id = $1 AND r.status <> 'deleted' AND f.info IS NOT NULL
                     AND ($2 IS NULL OR f.room_id = $2)
                     AND ($3 IS NULL OR lower(json_extract(f.info, '$.name')) LIKE $3 ESCAPE '\\')";
        let (room, search) = (room.map(RoomId::as_str), search.map(|text| holds(text, false)));
        let list = format!(
            "SELECT f.*, r.description FROM files f JOIN rooms r USING (room_id) WHERE {which}
             ORDER BY f.created_at DESC, f.file_id DESC LIMIT $4 OFFSET $5"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(company.as_str())
            .bind(room)
            .bind(search.as_deref())
            .bind(limit(page))
            .bind(offset(page))
            .fetch_all(&self.readers)
            .await?;
        let count = format!("SELECT count(*) FROM files f JOIN rooms r USING (room_id) WHERE {which}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count))
            .bind(company.as_str())
            .bind(room)
            .bind(search.as_deref())
            .fetch_one(&self.readers)
            .await?;
        let items = rows.iter().map(|row| Ok((read_file(row)?, row.try_get("description")?)));
        Ok(Listed { items: items.collect::<Result<_, StoreError>>()?, total: read_count(&total, 0)? })
    }

    async fn files_weight(&self, room: &RoomId, participant: &ParticipantId) -> Result<(u64, u64), StoreError> {
        let row = sqlx::query(
            "SELECT count(*) FILTER (WHERE info IS NULL AND participant_id = $2),
                    CAST(COALESCE(SUM(CAST(json_extract(wanted, '$.size') AS BIGINT)), 0) AS BIGINT)
             FROM files WHERE room_id = $1",
        )
        .bind(room.as_str())
        .bind(participant.as_str())
        .fetch_one(&self.readers)
        .await?;
        Ok((read_count(&row, 0)?, read_count(&row, 1)?))
    }

    async fn file_deleted(&self, room: &RoomId, file: &FileId) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for gone in [
            "INSERT INTO deleted_files (file_id, room_id, message_id)
             SELECT file_id, room_id, message_id FROM chat WHERE file_id = $1 AND room_id = $2
             ON CONFLICT DO NOTHING",
            "DELETE FROM chat WHERE file_id = $1 AND room_id = $2",
            "DELETE FROM files WHERE file_id = $1 AND room_id = $2",
            "DELETE FROM board_items WHERE board_id = $1 AND room_id = $2",
            "DELETE FROM boards WHERE board_id = $1 AND room_id = $2",
        ] {
            sqlx::query(gone).bind(file.as_str()).bind(room.as_str()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn unfinished_files(&self, before: Timestamp) -> Result<Vec<StoredFile>, StoreError> {
        let rows = sqlx::query("SELECT * FROM files WHERE info IS NULL AND created_at < $1")
            .bind(ms(before))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read_file).collect()
    }

    async fn board(&self, room: &RoomId, board: &BoardId) -> Result<(u32, Vec<(ItemId, What)>), StoreError> {
        let row = sqlx::query("SELECT pages FROM boards WHERE room_id = $1 AND board_id = $2")
            .bind(room.as_str())
            .bind(board.as_str())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok((1, Vec::new())) };
        Ok((read_number(&row, "pages")?, self.board_items(room, board).await?))
    }

    async fn boards(&self, room: &RoomId) -> Result<Vec<(BoardId, u32, Vec<(ItemId, What)>)>, StoreError> {
        let rows = sqlx::query("SELECT board_id, pages FROM boards WHERE room_id = $1 ORDER BY board_id")
            .bind(room.as_str())
            .fetch_all(&self.readers)
            .await?;
        let mut boards = Vec::with_capacity(rows.len());
        for row in &rows {
            let board: BoardId = read_id(row, "board_id")?;
            let items = self.board_items(room, &board).await?;
            boards.push((board, read_number(row, "pages")?, items));
        }
        Ok(boards)
    }

    async fn board_changed(
        &self,
        room: &RoomId,
        board: &BoardId,
        pages: u32,
        changed: &[(ItemId, What)],
    ) -> Result<(), StoreError> {
        /// Rows in one statement; databases take so many values and no more.
        const TOGETHER: usize = 500;
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO boards (room_id, board_id, pages) VALUES ($1, $2, $3)
             ON CONFLICT (room_id, board_id) DO UPDATE SET pages = excluded.pages",
        )
        .bind(room.as_str())
        .bind(board.as_str())
        .bind(i64::from(pages))
        .execute(&mut *tx)
        .await?;
        for some in changed.chunks(TOGETHER) {
            let rows = some.iter().map(|(id, what)| Ok((id, json(what, "item")?)));
            let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
            let mut query = Statement::new("INSERT INTO board_items (room_id, board_id, item_id, what) ");
            query.push_rows(rows, |row, (id, what)| {
                row.push_bind(room.as_str()).push_bind(board.as_str()).push_bind(id.as_str()).push_bind(what);
            });
            query.push(" ON CONFLICT (room_id, board_id, item_id) DO UPDATE SET what = excluded.what");
            query.build().execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Sql {
    async fn board_items(&self, room: &RoomId, board: &BoardId) -> Result<Vec<(ItemId, What)>, StoreError> {
        let rows = sqlx::query("SELECT item_id, what FROM board_items WHERE room_id = $1 AND board_id = $2")
            .bind(room.as_str())
            .bind(board.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| Ok((read_id(row, "item_id")?, read_json(row, "what")?))).collect()
    }
}

fn read_file(row: &AnyRow) -> Result<StoredFile, StoreError> {
    let info: Option<&str> = row.try_get("info")?;
    Ok(StoredFile {
        file_id: read_id(row, "file_id")?,
        room_id: read_id(row, "room_id")?,
        session_id: read_id(row, "session_id")?,
        participant_id: read_id(row, "participant_id")?,
        wanted: read_json(row, "wanted")?,
        info: info.map(|_| read_json(row, "info")).transpose()?,
        created_at: read_time(row, "created_at")?,
    })
}
