//! Companies, users and sign-in links.

use async_trait::async_trait;
use sqlx::{Row, any::AnyRow};
use visita_protocol::{CompanyId, ParticipantId, RoomId, UserId, rest::User};
use visita_room::Timestamp;

use super::{
    Sql, duration_ms, exists, holds, limit, ms, offset, read_count, read_flag, read_hash, read_id, read_lines,
    read_millis, read_number_or_none, read_time, read_time_or_none, read_word,
    recordings::{KeptOf, keep_recordings},
    statement::Statement,
    word,
};
use crate::store::{
    Company, CompanySettings, Listed, NewSignInLink, Page, People, Redeemed, SecretHash, SignInState, StoreError,
};

/// A deleted user's id is taken by a new user, who has nothing of the old one: neither role nor tokens. Who is there stays as
/// they are.
pub(super) const MAKE_USER: &str = "INSERT INTO users (company_id, user_id, role, is_operator, created_at, tokens_from)
     VALUES ($1, $2, $3, $4, $5, $5)
     ON CONFLICT (company_id, user_id) DO UPDATE SET role = excluded.role, is_operator = excluded.is_operator,
            created_at = excluded.created_at, tokens_from = excluded.tokens_from, deleted_at = NULL
     WHERE users.deleted_at IS NOT NULL";

#[async_trait]
impl People for Sql {
    async fn ensure_company(
        &self,
        name: &str,
        api_key: SecretHash,
        new_id: CompanyId,
        now: Timestamp,
    ) -> Result<Company, StoreError> {
        let row = sqlx::query(
            "INSERT INTO companies (company_id, name, made_as, api_key_hash, created_at) VALUES ($1, $2, $2, $3, $4)
             ON CONFLICT (made_as) DO UPDATE SET api_key_hash = excluded.api_key_hash
             RETURNING company_id, name",
        )
        .bind(new_id.as_str())
        .bind(name)
        .bind(api_key.as_slice())
        .bind(ms(now))
        .fetch_one(&self.writer)
        .await
        .map_err(exists)?;
        read_company(&row)
    }

    async fn company_by_key(&self, api_key: SecretHash) -> Result<Option<(Company, SecretHash)>, StoreError> {
        let row = sqlx::query(
            "SELECT company_id, name, api_key_hash FROM companies WHERE api_key_hash = $1
             UNION ALL
             SELECT c.company_id, c.name, k.key_hash FROM api_keys k JOIN companies c USING (company_id)
             WHERE k.key_hash = $1",
        )
        .bind(api_key.as_slice())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| Ok((read_company(&row)?, read_hash(&row, "api_key_hash")?))).transpose()
    }

    async fn has_company(&self) -> Result<bool, StoreError> {
        Ok(sqlx::query("SELECT 1 FROM companies LIMIT 1").fetch_optional(&self.readers).await?.is_some())
    }

    async fn company_settings(&self, company: &CompanyId) -> Result<Option<CompanySettings>, StoreError> {
        let row = sqlx::query(
            "SELECT name, default_language, web_app_id, mobile_app_id, end_of_call_redirect_url,
                    user_details_provider_url, recording_retention_days, end_of_call_redirect_ms, default_background,
                    embed_origins
             FROM companies WHERE company_id = $1",
        )
        .bind(company.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Ok(CompanySettings {
                name: row.try_get("name")?,
                default_language: row.try_get("default_language")?,
                web_app_id: row.try_get("web_app_id")?,
                embed_origins: read_lines(&row, "embed_origins")?,
                mobile_app_id: row.try_get("mobile_app_id")?,
                end_of_call_redirect_url: row.try_get("end_of_call_redirect_url")?,
                end_of_call_redirect_after: read_millis(&row, "end_of_call_redirect_ms")?,
                default_background: row.try_get("default_background")?,
                user_details_provider_url: row.try_get("user_details_provider_url")?,
                recording_retention_days: read_number_or_none(&row, "recording_retention_days")?,
            })
        })
        .transpose()
    }

    async fn embed_origins(&self, web_app_id: &str) -> Result<Option<Vec<String>>, StoreError> {
        let row = sqlx::query("SELECT embed_origins FROM companies WHERE web_app_id = $1")
            .bind(web_app_id)
            .fetch_optional(&self.readers)
            .await?;
        row.map(|row| read_lines(&row, "embed_origins")).transpose()
    }

    async fn set_company_settings(&self, company: &CompanyId, settings: &CompanySettings) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE companies SET name = $1, default_language = $2, web_app_id = $3, mobile_app_id = $4,
                    end_of_call_redirect_url = $5, user_details_provider_url = $6, recording_retention_days = $7,
                    end_of_call_redirect_ms = $8, default_background = $9, embed_origins = $10
             WHERE company_id = $11",
        )
        .bind(&settings.name)
        .bind(&settings.default_language)
        .bind(settings.web_app_id.as_deref())
        .bind(settings.mobile_app_id.as_deref())
        .bind(settings.end_of_call_redirect_url.as_deref())
        .bind(settings.user_details_provider_url.as_deref())
        .bind(settings.recording_retention_days.map(i64::from))
        .bind(duration_ms(settings.end_of_call_redirect_after))
        .bind(settings.default_background.as_deref())
        .bind(settings.embed_origins.join("\n"))
        .bind(company.as_str())
        .execute(&mut *tx)
        .await
        .map_err(exists)?;
        keep_recordings(&mut tx, KeptOf::Company(company)).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn create_user(&self, company: &CompanyId, user: &User, now: Timestamp) -> Result<(), StoreError> {
        let done = sqlx::query(MAKE_USER)
            .bind(company.as_str())
            .bind(user.user_id.as_str())
            .bind(word(&user.role)?)
            .bind(user.is_operator)
            .bind(ms(now))
            .execute(&self.writer)
            .await?;
        if done.rows_affected() == 0 { Err(StoreError::Exists) } else { Ok(()) }
    }

    async fn user(&self, company: &CompanyId, user: &UserId) -> Result<Option<User>, StoreError> {
        let row = sqlx::query(
            "SELECT user_id, role, is_operator FROM users
             WHERE company_id = $1 AND user_id = $2 AND deleted_at IS NULL",
        )
        .bind(company.as_str())
        .bind(user.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| read_user(&row)).transpose()
    }

    async fn users_among(&self, company: &CompanyId, users: &[&UserId]) -> Result<Vec<User>, StoreError> {
        let mut query = Statement::new("SELECT user_id, role, is_operator FROM users WHERE company_id = ");
        query.push_bind(company.as_str()).push(" AND deleted_at IS NULL AND user_id IN (");
        query.push_list(users.iter().map(|user| user.as_str())).push(")");
        let rows = query.build().fetch_all(&self.readers).await?;
        rows.iter().map(read_user).collect()
    }

    async fn users(
        &self,
        company: &CompanyId,
        search: Option<&str>,
        page: Page,
    ) -> Result<Listed<(User, Timestamp)>, StoreError> {
        let which = "company_id = $1 AND deleted_at IS NULL AND ($2 IS NULL OR lower(user_id) LIKE $2 ESCAPE '\\')";
        let search = search.map(|text| holds(text, false));
        let list = format!(
            "SELECT user_id, role, is_operator, created_at FROM users WHERE {which}
             ORDER BY created_at, user_id LIMIT $3 OFFSET $4"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(list))
            .bind(company.as_str())
            .bind(search.as_deref())
            .bind(limit(page))
            .bind(offset(page))
            .fetch_all(&self.readers)
            .await?;
        let count = format!("SELECT count(*) FROM users WHERE {which}");
        let total = sqlx::query(sqlx::AssertSqlSafe(count))
            .bind(company.as_str())
            .bind(search.as_deref())
            .fetch_one(&self.readers)
            .await?;
        let items = rows.iter().map(|row| Ok((read_user(row)?, read_time(row, "created_at")?)));
        Ok(Listed { items: items.collect::<Result<_, StoreError>>()?, total: read_count(&total, 0)? })
    }

    async fn update_user(&self, company: &CompanyId, user: &User) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE users SET role = $1, is_operator = $2 WHERE company_id = $3 AND user_id = $4 AND deleted_at IS NULL",
        )
        .bind(word(&user.role)?)
        .bind(user.is_operator)
        .bind(company.as_str())
        .bind(user.user_id.as_str())
        .execute(&self.writer)
        .await?;
        Ok(done.rows_affected() > 0)
    }

    async fn delete_user(&self, company: &CompanyId, user: &UserId, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = sqlx::query(
            "UPDATE users SET deleted_at = $1, tokens_from = $1
             WHERE company_id = $2 AND user_id = $3 AND deleted_at IS NULL",
        )
        .bind(ms(now))
        .bind(company.as_str())
        .bind(user.as_str())
        .execute(&mut *tx)
        .await?;
        sqlx::query("DELETE FROM sign_in_links WHERE company_id = $1 AND user_id = $2")
            .bind(company.as_str())
            .bind(user.as_str())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done.rows_affected() > 0)
    }

    async fn seats_of_user(
        &self,
        company: &CompanyId,
        user: &UserId,
    ) -> Result<Vec<(RoomId, ParticipantId)>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.room_id, s.participant_id FROM seats s JOIN rooms r USING (room_id)
             WHERE s.company_id = $1 AND s.user_id = $2 AND r.status = 'active'",
        )
        .bind(company.as_str())
        .bind(user.as_str())
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((read_id(row, "room_id")?, read_id(row, "participant_id")?))).collect()
    }

    async fn sign_in_state(&self, company: &CompanyId, user: &UserId) -> Result<Option<SignInState>, StoreError> {
        let row = sqlx::query(
            "SELECT c.company_id, c.name, u.role, u.is_operator, u.tokens_from
             FROM users u JOIN companies c USING (company_id)
             WHERE u.company_id = $1 AND u.user_id = $2 AND u.deleted_at IS NULL",
        )
        .bind(company.as_str())
        .bind(user.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Ok(SignInState {
                company: read_company(&row)?,
                role: read_word(&row, "role")?,
                is_operator: read_flag(&row, "is_operator")?,
                tokens_from: read_time(&row, "tokens_from")?,
            })
        })
        .transpose()
    }

    async fn create_sign_in_link(&self, link: &NewSignInLink) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sign_in_links (code_hash, company_id, user_id, expires_at) VALUES ($1, $2, $3, $4)")
            .bind(link.hash.as_slice())
            .bind(link.company_id.as_str())
            .bind(link.user_id.as_str())
            .bind(ms(link.expires_at))
            .execute(&self.writer)
            .await
            .map_err(exists)?;
        Ok(())
    }

    async fn redeem_sign_in_link(&self, code: SecretHash, now: Timestamp) -> Result<Redeemed, StoreError> {
        let mut tx = self.write().await?;
        let row =
            sqlx::query("SELECT company_id, user_id, expires_at, used_at FROM sign_in_links WHERE code_hash = $1")
                .bind(code.as_slice())
                .fetch_optional(&mut *tx)
                .await?;
        let Some(row) = row else { return Ok(Redeemed::Unknown) };
        if read_time_or_none(&row, "used_at")?.is_some() {
            return Ok(Redeemed::Used);
        }
        if read_time(&row, "expires_at")? <= now {
            return Ok(Redeemed::Expired);
        }
        sqlx::query("UPDATE sign_in_links SET used_at = $1 WHERE code_hash = $2")
            .bind(ms(now))
            .bind(code.as_slice())
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Redeemed::User { company: read_id(&row, "company_id")?, user: read_id(&row, "user_id")? })
    }
}

pub(super) fn read_company(row: &AnyRow) -> Result<Company, StoreError> {
    Ok(Company { id: read_id(row, "company_id")?, name: row.try_get("name")? })
}

pub(super) fn read_user(row: &AnyRow) -> Result<User, StoreError> {
    Ok(User {
        user_id: read_id(row, "user_id")?,
        role: read_word(row, "role")?,
        is_operator: read_flag(row, "is_operator")?,
    })
}
