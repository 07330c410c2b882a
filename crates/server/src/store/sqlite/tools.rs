//! Chat, files and boards.

use async_trait::async_trait;
use sqlx::{QueryBuilder, Row, sqlite::SqliteRow};
use visita_board::What;
use visita_protocol::{
    BoardId, FileId, ItemId, ParticipantId, RoomId, SessionId,
    channel::{ChatMessage, FileInfo},
};
use visita_room::Timestamp;

use super::{Sqlite, exists, json, ms, offset, read_count, read_id, read_json, read_time};
use crate::store::{Listed, Page, StoreError, StoredFile, ToolStore};

#[async_trait]
impl ToolStore for Sqlite {
    async fn chat_added(&self, room: &RoomId, message: &ChatMessage) -> Result<(), StoreError> {
        let file = message.file.as_ref();
        // A file is found by its name.
        let text = file.map_or(message.text.as_str(), |file| file.name.as_str());
        sqlx::query(
            "INSERT INTO chat (room_id, message_id, session_id, text, file_id, message) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(room.as_str())
        .bind(message.id)
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
        let rows = sqlx::query("SELECT message FROM chat WHERE room_id = ? ORDER BY message_id DESC LIMIT ?")
            .bind(room.as_str())
            .bind(newest)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().rev().map(|row| read_json(row, "message")).collect()
    }

    async fn deleted_files(&self, room: &RoomId, newest: u32) -> Result<Vec<(u32, FileId)>, StoreError> {
        let rows = sqlx::query(
            "SELECT message_id, file_id FROM deleted_files WHERE room_id = ? ORDER BY message_id DESC LIMIT ?",
        )
        .bind(room.as_str())
        .bind(newest)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().rev().map(|row| Ok((row.try_get("message_id")?, read_id(row, "file_id")?))).collect()
    }

    async fn chat_of_session(
        &self,
        session: &SessionId,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listed<ChatMessage>, StoreError> {
        // `instr` rather than LIKE: what people search for is text, not a pattern.
        let which = "session_id = ?1 AND (?2 IS NULL OR instr(lower(text), lower(?2)) > 0)";
        let list = format!("SELECT message FROM chat WHERE {which} ORDER BY message_id LIMIT ?3 OFFSET ?4");
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(session.as_str())
            .bind(search)
            .bind(page.limit)
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
        let row = sqlx::query("SELECT message FROM chat WHERE file_id = ? AND room_id = ?")
            .bind(file.as_str())
            .bind(room.as_str())
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| read_json(&row, "message")).transpose()
    }

    async fn file_begun(&self, file: &StoredFile) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO files (file_id, room_id, session_id, participant_id, key, wanted, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
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
        sqlx::query("UPDATE files SET info = ? WHERE file_id = ?")
            .bind(json(info, "file")?)
            .bind(file.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn file(&self, file: &FileId) -> Result<Option<StoredFile>, StoreError> {
        let row = sqlx::query("SELECT * FROM files WHERE file_id = ?")
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
        let row = sqlx::query("SELECT * FROM files WHERE room_id = ? AND participant_id = ? AND key = ?")
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
        let which = "room_id = ?1 AND (?2 IS NULL OR session_id = ?2) AND info IS NOT NULL";
        let list = format!("SELECT * FROM files WHERE {which} ORDER BY created_at, file_id LIMIT ?3 OFFSET ?4");
        let session = session.map(SessionId::as_str);
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(room.as_str())
            .bind(session)
            .bind(page.limit)
            .bind(offset(page))
            .fetch_all(&self.readers)
            .await?;
        let count = format!("SELECT count(*) FROM files WHERE {which}");
        let total =
            sqlx::query(sqlx::AssertSqlSafe(count)).bind(room.as_str()).bind(session).fetch_one(&self.readers).await?;
        Ok(Listed { items: rows.iter().map(read_file).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }

    async fn files_weight(&self, room: &RoomId, participant: &ParticipantId) -> Result<(u64, u64), StoreError> {
        let row = sqlx::query(
            "SELECT count(*) FILTER (WHERE info IS NULL AND participant_id = ?2),
                    COALESCE(SUM(json_extract(wanted, '$.size')), 0)
             FROM files WHERE room_id = ?1",
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
            "INSERT OR IGNORE INTO deleted_files (file_id, room_id, message_id)
             SELECT file_id, room_id, message_id FROM chat WHERE file_id = ? AND room_id = ?",
            "DELETE FROM chat WHERE file_id = ? AND room_id = ?",
            "DELETE FROM files WHERE file_id = ? AND room_id = ?",
            "DELETE FROM board_items WHERE board_id = ? AND room_id = ?",
            "DELETE FROM boards WHERE board_id = ? AND room_id = ?",
        ] {
            sqlx::query(gone).bind(file.as_str()).bind(room.as_str()).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn unfinished_files(&self, before: Timestamp) -> Result<Vec<StoredFile>, StoreError> {
        let rows = sqlx::query("SELECT * FROM files WHERE info IS NULL AND created_at < ?")
            .bind(ms(before))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(read_file).collect()
    }

    async fn board(&self, room: &RoomId, board: &BoardId) -> Result<(u32, Vec<(ItemId, What)>), StoreError> {
        let row = sqlx::query("SELECT pages FROM boards WHERE room_id = ? AND board_id = ?")
            .bind(room.as_str())
            .bind(board.as_str())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok((1, Vec::new())) };
        Ok((row.try_get("pages")?, self.board_items(room, board).await?))
    }

    async fn boards(&self, room: &RoomId) -> Result<Vec<(BoardId, u32, Vec<(ItemId, What)>)>, StoreError> {
        let rows = sqlx::query("SELECT board_id, pages FROM boards WHERE room_id = ? ORDER BY board_id")
            .bind(room.as_str())
            .fetch_all(&self.readers)
            .await?;
        let mut boards = Vec::with_capacity(rows.len());
        for row in &rows {
            let board: BoardId = read_id(row, "board_id")?;
            let items = self.board_items(room, &board).await?;
            boards.push((board, row.try_get("pages")?, items));
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
        /// Rows in one statement; SQLite takes so many values and no more.
        const TOGETHER: usize = 500;
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO boards (room_id, board_id, pages) VALUES (?, ?, ?)
             ON CONFLICT (room_id, board_id) DO UPDATE SET pages = excluded.pages",
        )
        .bind(room.as_str())
        .bind(board.as_str())
        .bind(pages)
        .execute(&mut *tx)
        .await?;
        for some in changed.chunks(TOGETHER) {
            let rows = some.iter().map(|(id, what)| Ok((id, json(what, "item")?)));
            let rows = rows.collect::<Result<Vec<_>, StoreError>>()?;
            let mut query = QueryBuilder::new("INSERT INTO board_items (room_id, board_id, item_id, what) ");
            query.push_values(rows, |mut row, (id, what)| {
                row.push_bind(room.as_str()).push_bind(board.as_str()).push_bind(id.as_str()).push_bind(what);
            });
            query.push(" ON CONFLICT (room_id, board_id, item_id) DO UPDATE SET what = excluded.what");
            query.build().execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Sqlite {
    async fn board_items(&self, room: &RoomId, board: &BoardId) -> Result<Vec<(ItemId, What)>, StoreError> {
        let rows = sqlx::query("SELECT item_id, what FROM board_items WHERE room_id = ? AND board_id = ?")
            .bind(room.as_str())
            .bind(board.as_str())
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(|row| Ok((read_id(row, "item_id")?, read_json(row, "what")?))).collect()
    }
}

fn read_file(row: &SqliteRow) -> Result<StoredFile, StoreError> {
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
