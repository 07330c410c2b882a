//! Separate tracks of recordings, and compositions with the links to them.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{Row, any::AnyRow};
use visita_protocol::{CompanyId, CompositionId, RecordingId, RecordingTrackId, RoomId, SessionId, UserId};
use visita_room::Timestamp;

use super::{
    Sql, duration_ms, exists, json, limit, ms, offset, read_count, read_id, read_id_or_none, read_json, read_number,
    read_time, read_time_or_none, read_word, recordings::keep, webhooks::read_room_webhook, word,
};
use crate::{
    store::{
        CompositionProgress, CompositionStore, CompositionsOf, Listed, MediaLink, Page, SecretHash, StoreError,
        StoredComposition, StoredTrack,
    },
    webhooks::composition_webhook,
};

/// A track's, in a query in which recordings are too.
pub(super) const TRACK_COLUMNS: &str =
    "t.track_id, t.recording_id AS track_of, t.participant_id, t.display_name, t.kind,
    t.codec, t.begun_at, t.duration_ms AS track_ms, t.bytes AS track_bytes";

/// A composition's, with those of its own webhook.
const COMPOSITIONS: &str = "SELECT c.*, r.company_id, w.url, w.failover_url, w.timeout_s, w.secret_sealed
    FROM compositions c JOIN rooms r USING (room_id) LEFT JOIN webhooks w ON w.composition_id = c.composition_id";

impl Sql {
    async fn tracks(&self, filter: &str, id: &str) -> Result<Vec<StoredTrack>, StoreError> {
        let query = format!(
            "SELECT {TRACK_COLUMNS} FROM recording_tracks t JOIN recordings k USING (recording_id) WHERE {filter}
             ORDER BY t.begun_at, t.track_id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query)).bind(id).fetch_all(&self.readers).await?;
        rows.iter().map(read_track).collect()
    }

    async fn some_compositions(&self, rest: &str, value: Option<i64>) -> Result<Vec<StoredComposition>, StoreError> {
        let query = format!("{COMPOSITIONS} WHERE {rest}");
        let query = sqlx::query(sqlx::AssertSqlSafe(query));
        let query = if let Some(value) = value { query.bind(value) } else { query };
        query.fetch_all(&self.readers).await?.iter().map(read_composition).collect()
    }
}

#[async_trait]
impl CompositionStore for Sql {
    async fn tracks_recorded(&self, recording: &RecordingId, tracks: &[StoredTrack]) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM recording_tracks WHERE recording_id = $1")
            .bind(recording.as_str())
            .execute(&mut *tx)
            .await?;
        let there = sqlx::query("SELECT 1 FROM recordings WHERE recording_id = $1")
            .bind(recording.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        if there.is_none() {
            return Ok(false);
        }
        for track in tracks {
            sqlx::query(
                "INSERT INTO recording_tracks (track_id, recording_id, participant_id, display_name, kind, codec,
                                               begun_at, duration_ms, bytes)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(track.track_id.as_str())
            .bind(recording.as_str())
            .bind(track.participant_id.as_str())
            .bind(&track.display_name)
            .bind(word(&track.kind)?)
            .bind(&track.codec)
            .bind(ms(track.begun_at))
            .bind(duration_ms(track.length))
            .bind(i64::try_from(track.bytes).unwrap_or(i64::MAX))
            .execute(&mut *tx)
            .await
            .map_err(exists)?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn tracks_of_recording(&self, recording: &RecordingId) -> Result<Vec<StoredTrack>, StoreError> {
        self.tracks("t.recording_id = $1", recording.as_str()).await
    }

    async fn tracks_of_session(&self, session: &SessionId) -> Result<Vec<StoredTrack>, StoreError> {
        self.tracks("k.session_id = $1 AND k.state = 'available'", session.as_str()).await
    }

    async fn track(&self, track: &RecordingTrackId) -> Result<Option<StoredTrack>, StoreError> {
        Ok(self.tracks("t.track_id = $1", track.as_str()).await?.pop())
    }

    async fn track_deleted(&self, track: &RecordingTrackId) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM recording_tracks WHERE track_id = $1")
            .bind(track.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn create_composition(&self, composition: &StoredComposition) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO compositions (composition_id, room_id, session_id, state, format, width, height, arrangement,
                                       created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        )
        .bind(composition.composition_id.as_str())
        .bind(composition.room_id.as_str())
        .bind(composition.session_id.as_str())
        .bind(word(&composition.state)?)
        .bind(word(&composition.format)?)
        .bind(i64::from(composition.width))
        .bind(i64::from(composition.height))
        .bind(json(&composition.arrangement, "arrangement")?)
        .bind(ms(composition.created_at))
        .execute(&mut *tx)
        .await
        .map_err(exists)?;
        if let Some(webhook) = &composition.webhook {
            sqlx::query(
                "INSERT INTO webhooks (webhook_id, company_id, url, events, enabled, secret_sealed, created_at, room_id,
                                       failover_url, timeout_s, composition_id)
                 VALUES ($9, $2, $3, '[]', TRUE, $4, $5, $6, $7, $8, $1)",
            )
            .bind(composition.composition_id.as_str())
            .bind(composition.company_id.as_str())
            .bind(&webhook.url)
            .bind(webhook.secret.as_slice())
            .bind(ms(composition.created_at))
            .bind(composition.room_id.as_str())
            .bind(webhook.failover_url.as_deref())
            .bind(webhook.timeout_s.map(i64::from))
            .bind(composition_webhook(&composition.composition_id))
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn composition(&self, composition: &CompositionId) -> Result<Option<StoredComposition>, StoreError> {
        let query = format!("{COMPOSITIONS} WHERE c.composition_id = $1");
        let row =
            sqlx::query(sqlx::AssertSqlSafe(query)).bind(composition.as_str()).fetch_optional(&self.readers).await?;
        row.as_ref().map(read_composition).transpose()
    }

    async fn compositions(
        &self,
        company: &CompanyId,
        which: &CompositionsOf,
        page: Page,
    ) -> Result<Listed<StoredComposition>, StoreError> {
        let open = if which.open { " AND r.kind = 'open' AND r.status <> 'deleted'" } else { "" };
        let filter = format!(
            "r.company_id = $1 AND ($2 IS NULL OR r.created_by = $2) AND ($3 IS NULL OR c.room_id = $3)
             AND ($4 IS NULL OR c.session_id = $4) AND ($5 IS NULL OR c.state = $5){open}"
        );
        let list = format!(
            "{COMPOSITIONS} WHERE {filter} ORDER BY c.created_at DESC, c.composition_id DESC LIMIT $6 OFFSET $7"
        );
        let count = format!("SELECT count(*) FROM compositions c JOIN rooms r USING (room_id) WHERE {filter}");
        let state = which.state.as_ref().map(word).transpose()?;
        let of = |query: String| {
            sqlx::query(sqlx::AssertSqlSafe(query))
                .bind(company.as_str())
                .bind(which.created_by.as_ref().map(UserId::as_str))
                .bind(which.room.as_ref().map(RoomId::as_str))
                .bind(which.session.as_ref().map(SessionId::as_str))
                .bind(state.clone())
        };
        let rows = of(list).bind(limit(page)).bind(offset(page)).fetch_all(&self.readers).await?;
        let total = of(count).fetch_one(&self.readers).await?;
        Ok(Listed {
            items: rows.iter().map(read_composition).collect::<Result<_, _>>()?,
            total: read_count(&total, 0)?,
        })
    }

    async fn composition_changed(
        &self,
        composition: &CompositionId,
        progress: &CompositionProgress,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "UPDATE compositions SET state = $1, updated_at = $2, ended_at = $3, duration_ms = $4, bytes = $5, reason = $6
             WHERE composition_id = $7",
        )
        .bind(word(&progress.state)?)
        .bind(ms(progress.at))
        .bind(progress.ended_at.map(ms))
        .bind(duration_ms(progress.length))
        .bind(i64::try_from(progress.bytes).unwrap_or(i64::MAX))
        .bind(progress.reason.as_ref().map(word).transpose()?)
        .bind(composition.as_str())
        .execute(&mut *tx)
        .await?;
        keep(&mut tx, "compositions", "composition_id = $2", composition.as_str()).await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn compositions_to_make(&self) -> Result<Vec<StoredComposition>, StoreError> {
        let rest = "c.state IN ('enqueued', 'processing') ORDER BY c.created_at, c.composition_id";
        self.some_compositions(rest, None).await
    }

    async fn compositions_due(&self, now: Timestamp) -> Result<Vec<StoredComposition>, StoreError> {
        self.some_compositions("c.kept_until <= $1 ORDER BY c.kept_until", Some(ms(now))).await
    }

    async fn composition_deleted(&self, composition: &CompositionId) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM compositions WHERE composition_id = $1")
            .bind(composition.as_str())
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn create_media_link(
        &self,
        code: SecretHash,
        to: &MediaLink,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM media_links WHERE expires_at <= $1").bind(ms(now)).execute(&mut *tx).await?;
        let (track, composition) = match to {
            MediaLink::Track(track) => (Some(track.as_str()), None),
            MediaLink::Composition(composition) => (None, Some(composition.as_str())),
        };
        sqlx::query(
            "INSERT INTO media_links (code_hash, track_id, composition_id, expires_at) VALUES ($1, $2, $3, $4)",
        )
        .bind(code.as_slice())
        .bind(track)
        .bind(composition)
        .bind(ms(expires_at))
        .execute(&mut *tx)
        .await
        .map_err(exists)?;
        tx.commit().await?;
        Ok(())
    }

    async fn media_link(&self, code: SecretHash, now: Timestamp) -> Result<Option<MediaLink>, StoreError> {
        let row =
            sqlx::query("SELECT track_id, composition_id FROM media_links WHERE code_hash = $1 AND expires_at > $2")
                .bind(code.as_slice())
                .bind(ms(now))
                .fetch_optional(&self.readers)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let track = read_id_or_none::<RecordingTrackId>(&row, "track_id")?.map(MediaLink::Track);
        let composition = read_id_or_none::<CompositionId>(&row, "composition_id")?.map(MediaLink::Composition);
        Ok(track.or(composition))
    }
}

pub(super) fn read_track(row: &AnyRow) -> Result<StoredTrack, StoreError> {
    Ok(StoredTrack {
        track_id: read_id(row, "track_id")?,
        recording_id: read_id(row, "track_of")?,
        participant_id: read_id(row, "participant_id")?,
        display_name: row.try_get("display_name")?,
        kind: read_word(row, "kind")?,
        codec: row.try_get("codec")?,
        begun_at: read_time(row, "begun_at")?,
        length: Duration::from_millis(read_number(row, "track_ms")?),
        bytes: read_number(row, "track_bytes")?,
    })
}

fn read_composition(row: &AnyRow) -> Result<StoredComposition, StoreError> {
    let reason: Option<String> = row.try_get("reason")?;
    let has_webhook = row.try_get::<Option<&str>, _>("url")?.is_some();
    Ok(StoredComposition {
        composition_id: read_id(row, "composition_id")?,
        company_id: read_id(row, "company_id")?,
        room_id: read_id(row, "room_id")?,
        session_id: read_id(row, "session_id")?,
        state: read_word(row, "state")?,
        format: read_word(row, "format")?,
        width: read_number(row, "width")?,
        height: read_number(row, "height")?,
        arrangement: read_json(row, "arrangement")?,
        created_at: read_time(row, "created_at")?,
        updated_at: read_time(row, "updated_at")?,
        ended_at: read_time_or_none(row, "ended_at")?,
        length: Duration::from_millis(read_number(row, "duration_ms")?),
        bytes: read_number(row, "bytes")?,
        reason: reason.map(|_| read_word(row, "reason")).transpose()?,
        kept_until: read_time_or_none(row, "kept_until")?,
        webhook: has_webhook.then(|| read_room_webhook(row)).transpose()?,
    })
}
