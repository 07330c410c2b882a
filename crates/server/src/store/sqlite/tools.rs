//! Chat and boards.

use async_trait::async_trait;
use sqlx::{QueryBuilder, Row};
use visita_board::What;
use visita_protocol::{BoardId, FileId, ItemId, RoomId, SessionId, channel::ChatMessage};

use super::{Sqlite, exists, json, offset, read_count, read_id, read_json};
use crate::store::{Listed, Page, StoreError, ToolStore};

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

    async fn forget_file_message(&self, room: &RoomId, file: &FileId) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM chat WHERE file_id = ? AND room_id = ?")
            .bind(file.as_str())
            .bind(room.as_str())
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn board(&self, room: &RoomId, board: &BoardId) -> Result<(u32, Vec<(ItemId, What)>), StoreError> {
        let row = sqlx::query("SELECT pages FROM boards WHERE room_id = ? AND board_id = ?")
            .bind(room.as_str())
            .bind(board.as_str())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else { return Ok((1, Vec::new())) };
        let items = sqlx::query("SELECT item_id, what FROM board_items WHERE room_id = ? AND board_id = ?")
            .bind(room.as_str())
            .bind(board.as_str())
            .fetch_all(&self.readers)
            .await?;
        let items = items.iter().map(|row| Ok((read_id(row, "item_id")?, read_json(row, "what")?)));
        Ok((row.try_get("pages")?, items.collect::<Result<_, StoreError>>()?))
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
