//! Keys to the API.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::Row;
use visita_protocol::CompanyId;
use visita_room::Timestamp;

use super::{Sql, duration_ms, exists, ms, read_time, read_time_or_none};
use crate::store::{ApiKeyStore, SecretHash, StoreError, StoredApiKey};

/// How exactly it is known when a key was used: a row a call would be as much work as the call.
const USED_TO: Duration = Duration::from_secs(3600);

#[async_trait]
impl ApiKeyStore for Sql {
    async fn api_keys(&self, company: &CompanyId) -> Result<Vec<StoredApiKey>, StoreError> {
        let rows = sqlx::query(
            "SELECT 'settings' AS key_id, NULL AS name, created_at, NULL AS last_used_at, 0 AS place
             FROM companies WHERE company_id = $1
             UNION ALL
             SELECT key_id, name, created_at, last_used_at, 1 FROM api_keys WHERE company_id = $1
             ORDER BY place, created_at, key_id",
        )
        .bind(company.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(StoredApiKey {
                    key_id: row.try_get("key_id")?,
                    name: row.try_get("name")?,
                    created_at: read_time(row, "created_at")?,
                    last_used_at: read_time_or_none(row, "last_used_at")?,
                })
            })
            .collect()
    }

    async fn create_api_key(
        &self,
        company: &CompanyId,
        key: &StoredApiKey,
        hash: SecretHash,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO api_keys (key_id, company_id, name, key_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&key.key_id)
        .bind(company.as_str())
        .bind(key.name.as_deref().unwrap_or_default())
        .bind(hash.as_slice())
        .bind(ms(key.created_at))
        .execute(&self.writer)
        .await
        .map_err(exists)?;
        Ok(())
    }

    async fn delete_api_key(&self, company: &CompanyId, key_id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM api_keys WHERE company_id = $1 AND key_id = $2")
            .bind(company.as_str())
            .bind(key_id)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn api_key_used(&self, hash: SecretHash, at: Timestamp) -> Result<(), StoreError> {
        let stale = "SELECT 1 FROM api_keys WHERE key_hash = $1 AND (last_used_at IS NULL OR last_used_at <= $2)";
        let before = ms(at) - duration_ms(USED_TO);
        let is_stale = sqlx::query(stale).bind(hash.as_slice()).bind(before).fetch_optional(&self.readers).await?;
        if is_stale.is_some() {
            sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE key_hash = $2")
                .bind(ms(at))
                .bind(hash.as_slice())
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }
}
