//! Webhooks and their outbox.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use sqlx::{QueryBuilder, Row, SqliteConnection, sqlite::SqliteRow};
use visita_protocol::{CompanyId, RoomId, rest::EventKind};
use visita_room::Timestamp;

use super::{Sqlite, exists, json, ms, offset, read_count, read_id, read_json, read_time, time, word};
use crate::store::{Delivery, Listed, Page, RoomWebhook, StoreError, StoredWebhook, WebhookStore};

#[async_trait]
impl WebhookStore for Sqlite {
    async fn create_webhook(&self, company: &CompanyId, webhook: &StoredWebhook) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO webhooks (webhook_id, company_id, url, events, enabled, secret_sealed, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&webhook.webhook_id)
        .bind(company.as_str())
        .bind(&webhook.url)
        .bind(json(&webhook.events, "events")?)
        .bind(webhook.enabled)
        .bind(webhook.secret.as_slice())
        .bind(ms(webhook.created_at))
        .execute(&self.writer)
        .await
        .map_err(exists)?;
        Ok(())
    }

    async fn webhook(&self, company: &CompanyId, webhook: &str) -> Result<Option<StoredWebhook>, StoreError> {
        let row = sqlx::query("SELECT * FROM webhooks WHERE company_id = ? AND webhook_id = ? AND room_id IS NULL")
            .bind(company.as_str())
            .bind(webhook)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| read_webhook(&row)).transpose()
    }

    async fn webhooks(&self, company: &CompanyId, page: Page) -> Result<Listed<StoredWebhook>, StoreError> {
        let rows =
            sqlx::query("SELECT * FROM webhooks WHERE company_id = ? AND room_id IS NULL ORDER BY created_at, webhook_id LIMIT ? OFFSET ?")
                .bind(company.as_str())
                .bind(page.limit)
                .bind(offset(page))
                .fetch_all(&self.readers)
                .await?;
        let total = sqlx::query("SELECT count(*) FROM webhooks WHERE company_id = ? AND room_id IS NULL")
            .bind(company.as_str())
            .fetch_one(&self.readers)
            .await?;
        Ok(Listed { items: rows.iter().map(read_webhook).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }

    async fn update_webhook(&self, company: &CompanyId, webhook: &StoredWebhook) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE webhooks SET url = ?, events = ?, enabled = ?, secret_sealed = ?
             WHERE company_id = ? AND webhook_id = ? AND room_id IS NULL",
        )
        .bind(&webhook.url)
        .bind(json(&webhook.events, "events")?)
        .bind(webhook.enabled)
        .bind(webhook.secret.as_slice())
        .bind(company.as_str())
        .bind(&webhook.webhook_id)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn delete_webhook(&self, company: &CompanyId, webhook: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM webhooks WHERE company_id = ? AND webhook_id = ? AND room_id IS NULL")
            .bind(company.as_str())
            .bind(webhook)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn set_room_webhook(
        &self,
        company: &CompanyId,
        room: &RoomId,
        webhook: Option<&RoomWebhook>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(webhook) = webhook else {
            sqlx::query("DELETE FROM webhooks WHERE company_id = ? AND room_id = ?")
                .bind(company.as_str())
                .bind(room.as_str())
                .execute(&self.writer)
                .await?;
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO webhooks (webhook_id, company_id, url, events, enabled, secret_sealed, created_at, room_id,
                                   failover_url, timeout_s)
             VALUES ('room:' || ?1, ?2, ?3, '[]', 1, ?4, ?5, ?1, ?6, ?7)
             ON CONFLICT (webhook_id) DO UPDATE SET url = ?3, secret_sealed = ?4, failover_url = ?6, timeout_s = ?7",
        )
        .bind(room.as_str())
        .bind(company.as_str())
        .bind(&webhook.url)
        .bind(webhook.secret.as_slice())
        .bind(ms(now))
        .bind(webhook.failover_url.as_deref())
        .bind(webhook.timeout_s)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn room_webhooks(&self, rooms: &[&RoomId]) -> Result<HashMap<RoomId, RoomWebhook>, StoreError> {
        let mut query = QueryBuilder::new(
            "SELECT room_id, url, failover_url, timeout_s, secret_sealed FROM webhooks WHERE room_id IN (",
        );
        let mut ids = query.separated(", ");
        for room in rooms {
            ids.push_bind(room.as_str());
        }
        query.push(")");
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                let webhook = RoomWebhook {
                    url: row.try_get("url")?,
                    failover_url: row.try_get("failover_url")?,
                    timeout_s: row.try_get("timeout_s")?,
                    secret: row.try_get("secret_sealed")?,
                };
                Ok((read_id(row, "room_id")?, webhook))
            })
            .collect()
    }

    async fn enqueue_for_room(&self, room: &RoomId, body: &str, now: Timestamp) -> Result<usize, StoreError> {
        put_in_rooms_outbox(&mut *self.writer.acquire().await?, room, body, now).await
    }

    async fn enqueue(
        &self,
        company: &CompanyId,
        event: EventKind,
        body: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        put_in_outbox(&mut *self.writer.acquire().await?, company, event, body, now).await
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT o.delivery_id, w.url, w.failover_url, w.timeout_s, w.secret_sealed, o.body, o.attempts, o.created_at
             FROM webhook_outbox o JOIN webhooks w USING (webhook_id)
             WHERE o.next_at <= ? AND w.enabled ORDER BY o.next_at, o.delivery_id LIMIT ?",
        )
        .bind(ms(now))
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Delivery {
                    delivery_id: row.try_get("delivery_id")?,
                    url: row.try_get("url")?,
                    failover_url: row.try_get("failover_url")?,
                    timeout: row
                        .try_get::<Option<u32>, _>("timeout_s")?
                        .filter(|seconds| *seconds > 0)
                        .map(|seconds| Duration::from_secs(seconds.into())),
                    secret: row.try_get("secret_sealed")?,
                    body: row.try_get("body")?,
                    attempts: row.try_get("attempts")?,
                    created_at: read_time(row, "created_at")?,
                })
            })
            .collect()
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(
            "SELECT MIN(o.next_at) FROM webhook_outbox o JOIN webhooks w USING (webhook_id) WHERE w.enabled",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(row.try_get::<Option<i64>, _>(0)?.map(time))
    }

    async fn delivered(&self, delivery: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM webhook_outbox WHERE delivery_id = ?").bind(delivery).execute(&self.writer).await?;
        Ok(())
    }

    async fn deliver_again(&self, delivery: i64, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE webhook_outbox SET attempts = attempts + 1, next_at = ? WHERE delivery_id = ?")
            .bind(ms(at))
            .bind(delivery)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

fn read_webhook(row: &SqliteRow) -> Result<StoredWebhook, StoreError> {
    Ok(StoredWebhook {
        webhook_id: row.try_get("webhook_id")?,
        url: row.try_get("url")?,
        events: read_json(row, "events")?,
        enabled: row.try_get("enabled")?,
        secret: row.try_get("secret_sealed")?,
        created_at: read_time(row, "created_at")?,
    })
}

/// For each webhook that wants it; how many those are.
pub(super) async fn put_in_outbox(
    db: &mut SqliteConnection,
    company: &CompanyId,
    event: EventKind,
    body: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let done = sqlx::query(
        "INSERT INTO webhook_outbox (webhook_id, body, next_at, created_at)
         SELECT webhook_id, ?1, ?2, ?2 FROM webhooks
         WHERE company_id = ?3 AND enabled
           AND room_id IS NULL AND (events = '[]' OR EXISTS (SELECT 1 FROM json_each(events) WHERE value = ?4))",
    )
    .bind(body)
    .bind(ms(now))
    .bind(company.as_str())
    .bind(word(&event)?)
    .execute(db)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}

/// For the webhook that hears of this room only; how many those are.
pub(super) async fn put_in_rooms_outbox(
    db: &mut SqliteConnection,
    room: &RoomId,
    body: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let done = sqlx::query(
        "INSERT INTO webhook_outbox (webhook_id, body, next_at, created_at)
         SELECT webhook_id, ?1, ?2, ?2 FROM webhooks WHERE room_id = ?3 AND enabled",
    )
    .bind(body)
    .bind(ms(now))
    .bind(room.as_str())
    .execute(db)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}
