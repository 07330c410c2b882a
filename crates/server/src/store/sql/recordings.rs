//! Recordings, with the answers kept with them and the links to them.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{AnyConnection, Row, any::AnyRow};
use visita_protocol::{CompanyId, RecordingId, RoomId, SessionId, UserId, channel::Consent, view::RecordingFormat};
use visita_room::Timestamp;

use super::{
    Sql, duration_ms, exists, limit, ms, offset, read_count, read_flag, read_id, read_time, read_time_or_none,
    read_word, word,
};
use crate::store::{
    Listed, Page, RecordedFile, RecordingProgress, RecordingQuery, RecordingStore, RecordingsOf, SecretHash,
    StoreError, StoredRecording,
};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

#[async_trait]
impl RecordingStore for Sql {
    async fn recording_begun(&self, recording: &StoredRecording, consents: &[Consent]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO recordings (recording_id, room_id, session_id, state, layout, started_at, tracks)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(recording.recording_id.as_str())
        .bind(recording.room_id.as_str())
        .bind(recording.session_id.as_str())
        .bind(word(&recording.state)?)
        .bind(word(&recording.layout)?)
        .bind(ms(recording.started_at))
        .bind(recording.tracks)
        .execute(&mut *tx)
        .await
        .map_err(exists)?;
        for consent in consents {
            insert_consent(&mut tx, &recording.recording_id, consent).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn recording_consent(&self, recording: &RecordingId, consent: &Consent) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        insert_consent(&mut tx, recording, consent).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn recording_changed(
        &self,
        recording: &RecordingId,
        progress: &RecordingProgress,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "UPDATE recordings SET state = $1, ended_at = $2, duration_ms = $3, bytes = $4, reason = $5
             WHERE recording_id = $6",
        )
        .bind(word(&progress.state)?)
        .bind(progress.ended_at.map(ms))
        .bind(duration_ms(progress.length))
        .bind(i64::try_from(progress.bytes).unwrap_or(i64::MAX))
        .bind(progress.reason.as_ref().map(word).transpose()?)
        .bind(recording.as_str())
        .execute(&mut *tx)
        .await?;
        keep_recordings(&mut tx, KeptOf::Recording(recording)).await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn mp4_made(&self, recording: &RecordingId, bytes: u64) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE recordings SET mp4_bytes = $1 WHERE recording_id = $2")
            .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
            .bind(recording.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn recording(&self, recording: &RecordingId) -> Result<Option<StoredRecording>, StoreError> {
        let row = sqlx::query(
            "SELECT k.*, r.company_id FROM recordings k JOIN rooms r USING (room_id) WHERE k.recording_id = $1",
        )
        .bind(recording.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.as_ref().map(read_recording).transpose()
    }

    async fn recordings(
        &self,
        company: &CompanyId,
        which: RecordingsOf<'_>,
        page: Page,
    ) -> Result<Listed<StoredRecording>, StoreError> {
        let filter = "r.company_id = $1 AND ($2 IS NULL OR r.created_by = $2) AND ($3 IS NULL OR k.room_id = $3)
                      AND ($4 IS NULL OR k.session_id = $4) AND ($5 IS NULL OR k.state = $5)";
        let state = which.state.as_ref().map(word).transpose()?;
        let list = format!(
            "SELECT k.*, r.company_id FROM recordings k JOIN rooms r USING (room_id) WHERE {filter}
             ORDER BY k.started_at DESC, k.recording_id DESC LIMIT $6 OFFSET $7"
        );
        let count = format!("SELECT count(*) FROM recordings k JOIN rooms r USING (room_id) WHERE {filter}");
        let of = |query: String| {
            sqlx::query(sqlx::AssertSqlSafe(query))
                .bind(company.as_str())
                .bind(which.created_by.map(UserId::as_str))
                .bind(which.room.map(RoomId::as_str))
                .bind(which.session.map(SessionId::as_str))
                .bind(state.clone())
        };
        let rows = of(list).bind(limit(page)).bind(offset(page)).fetch_all(&self.readers).await?;
        let total = of(count).fetch_one(&self.readers).await?;
        Ok(Listed { items: rows.iter().map(read_recording).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }

    async fn recordings_that(
        &self,
        company: &CompanyId,
        wanted: &RecordingQuery,
        page: Page,
    ) -> Result<Listed<RecordedFile>, StoreError> {
        Sql::recordings_that(self, company, wanted, page).await
    }

    async fn recording_consents(&self, recording: &RecordingId) -> Result<Vec<Consent>, StoreError> {
        let rows = sqlx::query(
            "SELECT participant_id, answer, text_version, at FROM recording_consents WHERE recording_id = $1
             ORDER BY at, consent_id",
        )
        .bind(recording.as_str())
        .fetch_all(&self.readers)
        .await?;
        let consent = |row: &AnyRow| {
            Ok(Consent {
                participant_id: read_id(row, "participant_id")?,
                answer: read_flag(row, "answer")?,
                text_version: row.try_get("text_version")?,
                at_ms: read_time(row, "at")?.unix_ms(),
            })
        };
        rows.iter().map(consent).collect()
    }

    async fn unfinished_recordings(&self) -> Result<Vec<StoredRecording>, StoreError> {
        let rows = sqlx::query(
            "SELECT k.*, r.company_id FROM recordings k JOIN rooms r USING (room_id)
             WHERE k.state IN ('recording', 'processing') ORDER BY k.started_at",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read_recording).collect()
    }

    async fn recordings_due(&self, now: Timestamp) -> Result<Vec<StoredRecording>, StoreError> {
        let rows = sqlx::query(
            "SELECT k.*, r.company_id FROM recordings k JOIN rooms r USING (room_id) WHERE k.kept_until <= $1
             ORDER BY k.kept_until",
        )
        .bind(ms(now))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(read_recording).collect()
    }

    async fn recording_deleted(&self, recording: &RecordingId) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM recordings WHERE recording_id = $1")
            .bind(recording.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn create_recording_link(
        &self,
        code: SecretHash,
        recording: &RecordingId,
        format: RecordingFormat,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM recording_links WHERE expires_at <= $1").bind(ms(now)).execute(&mut *tx).await?;
        sqlx::query(
            "INSERT INTO recording_links (code_hash, recording_id, format, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(code.as_slice())
        .bind(recording.as_str())
        .bind(word(&format)?)
        .bind(ms(expires_at))
        .execute(&mut *tx)
        .await
        .map_err(exists)?;
        tx.commit().await?;
        Ok(())
    }

    async fn recording_link(
        &self,
        code: SecretHash,
        now: Timestamp,
    ) -> Result<Option<(RecordingId, RecordingFormat)>, StoreError> {
        let row =
            sqlx::query("SELECT recording_id, format FROM recording_links WHERE code_hash = $1 AND expires_at > $2")
                .bind(code.as_slice())
                .bind(ms(now))
                .fetch_optional(&self.readers)
                .await?;
        row.map(|row| Ok((read_id(&row, "recording_id")?, read_word(&row, "format")?))).transpose()
    }
}

/// Which recordings.
pub(super) enum KeptOf<'a> {
    Company(&'a CompanyId),
    Recording(&'a RecordingId),
}

/// Decides how long recordings that ended are kept, and with a company's its compositions, by what the company says now.
pub(super) async fn keep_recordings(tx: &mut AnyConnection, which: KeptOf<'_>) -> Result<(), StoreError> {
    let (filter, id) = match which {
        KeptOf::Company(company) => {
            let filter = "room_id IN (SELECT room_id FROM rooms WHERE company_id = $2)";
            keep(tx, "compositions", filter, company.as_str()).await?;
            (filter, company.as_str())
        }
        KeptOf::Recording(recording) => ("recording_id = $2", recording.as_str()),
    };
    keep(tx, "recordings", filter, id).await
}

/// The same of a table in which recordings or compositions are, of those of `filter`, in which `$2` is the id.
pub(super) async fn keep(tx: &mut AnyConnection, table: &str, filter: &str, id: &str) -> Result<(), StoreError> {
    let query = format!(
        "UPDATE {table} SET kept_until = ended_at + $1 * (SELECT c.recording_retention_days FROM rooms r
                JOIN companies c USING (company_id) WHERE r.room_id = {table}.room_id) WHERE {filter}"
    );
    sqlx::query(sqlx::AssertSqlSafe(query)).bind(DAY).bind(id).execute(tx).await?;
    Ok(())
}

async fn insert_consent(tx: &mut AnyConnection, recording: &RecordingId, consent: &Consent) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO recording_consents (recording_id, participant_id, answer, text_version, at)
         SELECT $1, $2, $3, $4, $5 WHERE EXISTS (SELECT 1 FROM recordings WHERE recording_id = $1)
         AND NOT EXISTS (SELECT 1 FROM recording_consents WHERE recording_id = $1 AND participant_id = $2
                         AND answer = $3 AND at = $5)",
    )
    .bind(recording.as_str())
    .bind(consent.participant_id.as_str())
    .bind(consent.answer)
    .bind(&consent.text_version)
    .bind(i64::try_from(consent.at_ms).unwrap_or(i64::MAX))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn read_recording(row: &AnyRow) -> Result<StoredRecording, StoreError> {
    let count =
        |column: &'static str| u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Damaged(column));
    let reason: Option<String> = row.try_get("reason")?;
    let mp4_bytes: Option<i64> = row.try_get("mp4_bytes")?;
    Ok(StoredRecording {
        recording_id: read_id(row, "recording_id")?,
        company_id: read_id(row, "company_id")?,
        room_id: read_id(row, "room_id")?,
        session_id: read_id(row, "session_id")?,
        state: read_word(row, "state")?,
        layout: read_word(row, "layout")?,
        tracks: read_flag(row, "tracks")?,
        started_at: read_time(row, "started_at")?,
        ended_at: read_time_or_none(row, "ended_at")?,
        length: Duration::from_millis(count("duration_ms")?),
        bytes: count("bytes")?,
        reason: reason.map(|_| read_word(row, "reason")).transpose()?,
        mp4_bytes: mp4_bytes.and_then(|bytes| u64::try_from(bytes).ok()),
        kept_until: read_time_or_none(row, "kept_until")?,
    })
}
