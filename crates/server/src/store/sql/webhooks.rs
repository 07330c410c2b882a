//! Webhooks and their outbox.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use sqlx::{AnyConnection, Row, any::AnyRow};
use visita_protocol::{CompanyId, RoomId, rest::EventKind};
use visita_room::Timestamp;

use super::{
    Sql, exists, json, limit, ms, offset, read_count, read_flag, read_id, read_json, read_number, read_number_or_none,
    read_time, read_time_or_none, statement::Statement, time, word,
};
use crate::store::{Delivery, Listed, Page, RoomWebhook, StoreError, StoredWebhook, WebhookCalled, WebhookStore};

#[async_trait]
impl WebhookStore for Sql {
    async fn create_webhook(&self, company: &CompanyId, webhook: &StoredWebhook) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO webhooks (webhook_id, company_id, url, events, enabled, secret_sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
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
        let row = sqlx::query(
            "SELECT w.*, (SELECT count(*) FROM webhook_outbox o WHERE o.webhook_id = w.webhook_id) AS waiting
             FROM webhooks w WHERE company_id = $1 AND webhook_id = $2 AND room_id IS NULL",
        )
        .bind(company.as_str())
        .bind(webhook)
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| read_webhook(&row)).transpose()
    }

    async fn webhooks(&self, company: &CompanyId, page: Page) -> Result<Listed<StoredWebhook>, StoreError> {
        let rows = sqlx::query(
            "SELECT w.*, (SELECT count(*) FROM webhook_outbox o WHERE o.webhook_id = w.webhook_id) AS waiting
                 FROM webhooks w WHERE company_id = $1 AND room_id IS NULL
                 ORDER BY created_at, webhook_id LIMIT $2 OFFSET $3",
        )
        .bind(company.as_str())
        .bind(limit(page))
        .bind(offset(page))
        .fetch_all(&self.readers)
        .await?;
        let total = sqlx::query("SELECT count(*) FROM webhooks WHERE company_id = $1 AND room_id IS NULL")
            .bind(company.as_str())
            .fetch_one(&self.readers)
            .await?;
        Ok(Listed { items: rows.iter().map(read_webhook).collect::<Result<_, _>>()?, total: read_count(&total, 0)? })
    }

    async fn update_webhook(&self, company: &CompanyId, webhook: &StoredWebhook) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE webhooks SET url = $1, events = $2, enabled = $3, secret_sealed = $4
             WHERE company_id = $5 AND webhook_id = $6 AND room_id IS NULL",
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
        let done = sqlx::query("DELETE FROM webhooks WHERE company_id = $1 AND webhook_id = $2 AND room_id IS NULL")
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
            sqlx::query("DELETE FROM webhooks WHERE company_id = $1 AND room_id = $2 AND composition_id IS NULL")
                .bind(company.as_str())
                .bind(room.as_str())
                .execute(&self.writer)
                .await?;
            return Ok(());
        };
        sqlx::query(
            "INSERT INTO webhooks (webhook_id, company_id, url, events, enabled, secret_sealed, created_at, room_id,
                                   failover_url, timeout_s)
             VALUES ('room:' || $1, $2, $3, '[]', TRUE, $4, $5, $1, $6, $7)
             ON CONFLICT (webhook_id) DO UPDATE SET url = $3, secret_sealed = $4, failover_url = $6, timeout_s = $7",
        )
        .bind(room.as_str())
        .bind(company.as_str())
        .bind(&webhook.url)
        .bind(webhook.secret.as_slice())
        .bind(ms(now))
        .bind(webhook.failover_url.as_deref())
        .bind(webhook.timeout_s.map(i64::from))
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    async fn room_webhooks(&self, rooms: &[&RoomId]) -> Result<HashMap<RoomId, RoomWebhook>, StoreError> {
        let mut query = Statement::new(
            "SELECT room_id, url, failover_url, timeout_s, secret_sealed FROM webhooks WHERE room_id IN (",
        );
        query.push_list(rooms.iter().map(|room| room.as_str())).push(") AND composition_id IS NULL");
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(|row| Ok((read_id(row, "room_id")?, read_room_webhook(row)?))).collect()
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

    async fn enqueue_to(&self, webhook: &str, body: &str, now: Timestamp) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO webhook_outbox (webhook_id, body, next_at, created_at)
             SELECT webhook_id, $1, $2, $2 FROM webhooks WHERE webhook_id = $3",
        )
        .bind(body)
        .bind(ms(now))
        .bind(webhook)
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn webhook_called(&self, webhook: &str, call: &WebhookCalled) -> Result<(), StoreError> {
        sqlx::query("UPDATE webhooks SET last_at = $1, last_delivered = $2, last_status = $3 WHERE webhook_id = $4")
            .bind(ms(call.at))
            .bind(call.delivered)
            .bind(call.status.map(i64::from))
            .bind(webhook)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT o.delivery_id, w.webhook_id, w.url, w.failover_url, w.timeout_s, w.secret_sealed, o.body, o.attempts, o.created_at
             FROM webhook_outbox o JOIN webhooks w USING (webhook_id)
             WHERE o.next_at <= $1 AND w.enabled ORDER BY o.next_at, o.delivery_id LIMIT $2",
        )
        .bind(ms(now))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Delivery {
                    delivery_id: row.try_get("delivery_id")?,
                    webhook_id: row.try_get("webhook_id")?,
                    url: row.try_get("url")?,
                    failover_url: row.try_get("failover_url")?,
                    timeout: read_number_or_none::<u32>(row, "timeout_s")?
                        .filter(|seconds| *seconds > 0)
                        .map(|seconds| Duration::from_secs(seconds.into())),
                    secret: row.try_get("secret_sealed")?,
                    body: row.try_get("body")?,
                    attempts: read_number(row, "attempts")?,
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
        sqlx::query("DELETE FROM webhook_outbox WHERE delivery_id = $1").bind(delivery).execute(&self.writer).await?;
        Ok(())
    }

    async fn deliver_again(&self, delivery: i64, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE webhook_outbox SET attempts = attempts + 1, next_at = $1 WHERE delivery_id = $2")
            .bind(ms(at))
            .bind(delivery)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

pub(super) fn read_room_webhook(row: &AnyRow) -> Result<RoomWebhook, StoreError> {
    Ok(RoomWebhook {
        url: row.try_get("url")?,
        failover_url: row.try_get("failover_url")?,
        timeout_s: read_number_or_none(row, "timeout_s")?,
        secret: row.try_get("secret_sealed")?,
    })
}

fn read_webhook(row: &AnyRow) -> Result<StoredWebhook, StoreError> {
    let last_at = read_time_or_none(row, "last_at")?;
    Ok(StoredWebhook {
        webhook_id: row.try_get("webhook_id")?,
        url: row.try_get("url")?,
        events: read_json(row, "events")?,
        enabled: read_flag(row, "enabled")?,
        secret: row.try_get("secret_sealed")?,
        waiting: u64::try_from(row.try_get::<i64, _>("waiting")?).unwrap_or(0),
        last: last_at.map(|at| called(at, row)).transpose()?,
        created_at: read_time(row, "created_at")?,
    })
}

fn called(at: Timestamp, row: &AnyRow) -> Result<WebhookCalled, StoreError> {
    Ok(WebhookCalled {
        at,
        delivered: read_flag(row, "last_delivered")?,
        status: read_number_or_none(row, "last_status")?,
    })
}

/// For each webhook that wants it; how many those are.
pub(super) async fn put_in_outbox(
    db: &mut AnyConnection,
    company: &CompanyId,
    event: EventKind,
    body: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let done = sqlx::query(
        "INSERT INTO webhook_outbox (webhook_id, body, next_at, created_at)
         SELECT webhook_id, $1, $2, $2 FROM webhooks
         WHERE company_id = $3 AND enabled
           AND room_id IS NULL AND (events = '[]' OR EXISTS (SELECT 1 FROM json_each(events) WHERE value = $4))",
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
    db: &mut AnyConnection,
    room: &RoomId,
    body: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let done = sqlx::query(
        "INSERT INTO webhook_outbox (webhook_id, body, next_at, created_at)
         SELECT webhook_id, $1, $2, $2 FROM webhooks WHERE room_id = $3 AND composition_id IS NULL AND enabled",
    )
    .bind(body)
    .bind(ms(now))
    .bind(room.as_str())
    .execute(db)
    .await?;
    Ok(usize::try_from(done.rows_affected()).unwrap_or(usize::MAX))
}
