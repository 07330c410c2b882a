//! Storage in one SQLite file.

mod attended;
mod audit;
mod people;
mod recordings;
mod room_query;
mod rooms;
mod sessions;
mod tools;
mod visits;
mod webhooks;

use std::{path::Path, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Row, Sqlite as Driver, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use tokio::sync::mpsc;
use visita_room::Timestamp;

use super::{Page, SecretHash, Store, StoreError};

/// Connections that read. More than one so that a long list does not keep a link waiting.
const READERS: u32 = 4;

/// Rooms that may wait to be written; who makes more waits before that.
const NEW_ROOMS: usize = 256;

/// SQLite in WAL mode: readers do not wait for the writer, and what was committed survives a killed process.
///
/// SQLite has one writer at a time. Writers of ours wait in a queue for one connection: waiting inside SQLite is sleeping
/// and trying again, which is slower and unfair.
pub(crate) struct Sqlite {
    readers: SqlitePool,
    writer: SqlitePool,
    new_rooms: mpsc::Sender<rooms::Waiting>,
}

impl Sqlite {
    /// Opens the file, making it when it is not there, and brings its tables up to date.
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is then in the write-ahead log, which the system holds when the process is killed, and is forced to
            // the disk only from checkpoint to checkpoint. A power failure may take back the last commits, whole ones and
            // in their order; FULL would wait for the disk at every commit, which is some hundred rooms a second.
            .synchronous(SqliteSynchronous::Normal)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        // A connection to a file neither breaks nor ages: asking it each time whether it is well is a way there and back.
        let pool = |most| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1).connect_with(options.clone()).await?;
        sqlx::migrate!("./migrations").run(&writer).await.map_err(sqlx::Error::from)?;
        let readers = pool(READERS).connect_with(options).await?;
        let (new_rooms, waiting) = mpsc::channel(NEW_ROOMS);
        tokio::spawn(rooms::write_rooms(writer.clone(), waiting));
        let store = Self { readers, writer, new_rooms };
        store.close_forgotten_sessions().await?;
        Ok(store)
    }

    async fn write(&self) -> Result<Transaction<'static, Driver>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM companies LIMIT 1").fetch_optional(&self.readers).await?;
        Ok(())
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn read_hash(row: &SqliteRow, column: &'static str) -> Result<SecretHash, StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| StoreError::Damaged(column))
}

fn read_id<T: std::str::FromStr>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Damaged(column))
}

fn read_id_or_none<T: std::str::FromStr>(row: &SqliteRow, column: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<&str> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(|_| StoreError::Damaged(column))).transpose()
}

/// An enum as the word it has on the wire.
fn word<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::Damaged("enum")),
    }
}

fn read_word<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StoreError::Damaged(column))
}

fn read_word_or_none<T: serde::de::DeserializeOwned>(
    row: &SqliteRow,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    let read = |text| serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StoreError::Damaged(column));
    text.map(read).transpose()
}

fn json<T: serde::Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Damaged(what))
}

fn read_json<T: serde::de::DeserializeOwned>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| StoreError::Damaged(column))
}

fn ms(at: Timestamp) -> i64 {
    i64::try_from(at.unix_ms()).unwrap_or(i64::MAX)
}

fn time(ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(u64::try_from(ms).unwrap_or(0))
}

fn read_time(row: &SqliteRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Ok(time(row.try_get(column)?))
}

fn read_time_or_none(row: &SqliteRow, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(time))
}

fn duration_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn duration_s(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn read_seconds(row: &SqliteRow, column: &'static str) -> Result<Duration, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map(Duration::from_secs).map_err(|_| StoreError::Damaged(column))
}

fn read_millis(row: &SqliteRow, column: &'static str) -> Result<Duration, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map(Duration::from_millis).map_err(|_| StoreError::Damaged(column))
}

/// A list that is written one a line.
fn read_lines(row: &SqliteRow, column: &'static str) -> Result<Vec<String>, StoreError> {
    Ok(row.try_get::<&str, _>(column)?.lines().map(str::to_owned).collect())
}

fn read_count(row: &SqliteRow, column: usize) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Damaged("count"))
}

fn offset(page: Page) -> i64 {
    i64::try_from(page.offset).unwrap_or(i64::MAX)
}

fn exists(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::Database(database) if database.is_unique_violation() => StoreError::Exists,
        _ => StoreError::Database(error),
    }
}
