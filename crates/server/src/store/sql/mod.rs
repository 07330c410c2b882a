//! Storage in one SQLite file, or in a PostgreSQL database. The statements are the same for both: each uses what both
//! understand, and the little that only SQLite has is made for PostgreSQL by its migrations.

mod attended;
mod audit;
mod compositions;
mod keys;
mod people;
mod recordings;
mod room_query;
mod rooms;
mod sessions;
mod statement;
mod tools;
mod visits;
mod webhooks;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use sqlx::{
    Any, AnyConnection, AnyPool, Connection, Executor, Row, Transaction,
    any::{AnyPoolOptions, AnyRow},
};
use tokio::sync::mpsc;
use url::Url;
use visita_room::Timestamp;

use super::{Page, SecretHash, Store, StoreError};

/// Connections that read. More than one so that a long list does not keep a link waiting.
const READERS: u32 = 4;

/// Rooms that may wait to be written; who makes more waits before that.
const NEW_ROOMS: usize = 256;

/// Where everything is.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// A file of SQLite, made when it is not there.
    File(PathBuf),
    /// A database of PostgreSQL 14 or newer, by its address with user and password.
    Postgres(Url),
}

/// Storage in a relational database.
///
/// SQLite is in WAL mode: readers do not wait for the writer, and what was committed survives a killed process. It has one
/// writer at a time. Writers of ours wait in a queue for one connection: waiting inside SQLite is sleeping and trying again,
/// which is slower and unfair. In PostgreSQL that queue keeps what is read in a transaction true until it is written.
pub(crate) struct Sql {
    readers: AnyPool,
    writer: AnyPool,
    new_rooms: mpsc::Sender<rooms::Waiting>,
    begin: &'static str,
}

impl Sql {
    /// Opens it, and brings its tables up to date.
    pub(crate) async fn open(database: &Database) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let (readers, writer, begin) = match database {
            Database::File(file) => {
                // A connection to a file neither breaks nor ages: asking it each time whether it is well is a way there
                // and back.
                let pool = |most| {
                    let pool = AnyPoolOptions::new().max_connections(most).test_before_acquire(false);
                    pool.idle_timeout(None).max_lifetime(None).after_connect(|connection, _| {
                        Box::pin(async move { connection.execute(SETTINGS).await.map(|_| ()) })
                    })
                };
                let address = address_of(file)?;
                // What a pool's connection meets after it is open is tried again for half a minute.
                let mut first = AnyConnection::connect(&address).await?;
                first.execute(SETTINGS).await?;
                first.close().await?;
                let writer = pool(1).connect(&address).await?;
                sqlx::migrate!("./migrations/sqlite").run(&writer).await.map_err(sqlx::Error::from)?;
                (pool(READERS).connect(&address).await?, writer, "BEGIN IMMEDIATE")
            }
            Database::Postgres(address) => {
                alone(address).await?;
                let pool = |most| AnyPoolOptions::new().max_connections(most).acquire_timeout(PATIENCE);
                let writer = pool(1).max_lifetime(None).idle_timeout(None).after_connect(|connection, _| {
                    Box::pin(async move { if claim(connection).await? { Ok(()) } else { Err(in_use()) } })
                });
                let writer = writer.connect(address.as_str()).await?;
                sqlx::migrate!("./migrations/postgres").run(&writer).await.map_err(sqlx::Error::from)?;
                (pool(READERS).connect(address.as_str()).await?, writer, "BEGIN")
            }
        };
        let (new_rooms, waiting) = mpsc::channel(NEW_ROOMS);
        tokio::spawn(rooms::write_rooms(writer.clone(), begin, waiting));
        let store = Self { readers, writer, new_rooms, begin };
        store.close_forgotten_sessions().await?;
        Ok(store)
    }

    /// A transaction that writes.
    async fn write(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(self.writer.begin_with(self.begin).await?)
    }
}

/// A commit is then in the write-ahead log, which the system holds when the process is killed, and is forced to the disk
/// only from checkpoint to checkpoint. A power failure may take back the last commits, whole ones and in their order; FULL
/// would wait for the disk at every commit, which is some hundred rooms a second.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;
    PRAGMA busy_timeout = 5000";

/// How long PostgreSQL may take to answer, and a server before this one to let go of its database.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a server holds in PostgreSQL while it runs, so that no other uses its database: each would believe to own the rooms.
const CLAIM: i64 = 0x0076_6973_6974_6100;

async fn claim(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    sqlx::query("SELECT pg_try_advisory_lock($1)").bind(CLAIM).fetch_one(connection).await?.try_get(0)
}

fn in_use() -> sqlx::Error {
    sqlx::Error::Configuration("another server uses this database".into())
}

/// Whether the database answers, and no other server uses it.
async fn alone(address: &Url) -> Result<(), StoreError> {
    let mut connection = AnyConnection::connect(address.as_str()).await?;
    let started = Instant::now();
    while !claim(&mut connection).await? {
        if started.elapsed() > PATIENCE {
            return Err(in_use().into());
        }
        // One that was killed is forgotten soon.
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Given back with the connection; who writes claims it anew.
    connection.close().await?;
    Ok(())
}

/// A file as an address of SQLite.
fn address_of(file: &Path) -> Result<String, StoreError> {
    let no_path = || StoreError::Database(sqlx::Error::Configuration("the path of the database".into()));
    let file = std::path::absolute(file).map_err(|_| no_path())?;
    let url = Url::from_file_path(file).map_err(|()| no_path())?;
    // On Windows a drive stands before the path, and a slash before that in addresses.
    let path = if cfg!(windows) { url.path().trim_start_matches('/') } else { url.path() };
    Ok(format!("sqlite:{path}?mode=rwc"))
}

#[async_trait]
impl Store for Sql {
    async fn check(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM companies LIMIT 1").fetch_optional(&self.readers).await?;
        Ok(())
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn read_hash(row: &AnyRow, column: &'static str) -> Result<SecretHash, StoreError> {
    let bytes: &[u8] = row.try_get(column)?;
    bytes.try_into().map_err(|_| StoreError::Damaged(column))
}

fn read_id<T: std::str::FromStr>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Damaged(column))
}

fn read_id_or_none<T: std::str::FromStr>(row: &AnyRow, column: &'static str) -> Result<Option<T>, StoreError> {
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

fn read_word<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    let text: String = row.try_get(column)?;
    serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StoreError::Damaged(column))
}

fn read_word_or_none<T: serde::de::DeserializeOwned>(
    row: &AnyRow,
    column: &'static str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    let read = |text| serde_json::from_value(serde_json::Value::String(text)).map_err(|_| StoreError::Damaged(column));
    text.map(read).transpose()
}

fn json<T: serde::Serialize>(value: &T, what: &'static str) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Damaged(what))
}

fn read_json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    serde_json::from_str(text).map_err(|_| StoreError::Damaged(column))
}

fn ms(at: Timestamp) -> i64 {
    i64::try_from(at.unix_ms()).unwrap_or(i64::MAX)
}

fn time(ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(u64::try_from(ms).unwrap_or(0))
}

fn read_time(row: &AnyRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Ok(time(row.try_get(column)?))
}

fn read_time_or_none(row: &AnyRow, column: &'static str) -> Result<Option<Timestamp>, StoreError> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(time))
}

fn duration_ms(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn duration_s(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn read_seconds(row: &AnyRow, column: &'static str) -> Result<Duration, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map(Duration::from_secs).map_err(|_| StoreError::Damaged(column))
}

fn read_millis(row: &AnyRow, column: &'static str) -> Result<Duration, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map(Duration::from_millis).map_err(|_| StoreError::Damaged(column))
}

/// A list that is written one a line.
fn read_lines(row: &AnyRow, column: &'static str) -> Result<Vec<String>, StoreError> {
    Ok(row.try_get::<&str, _>(column)?.lines().map(str::to_owned).collect())
}

/// A number that is smaller than what databases have.
fn read_number<T: TryFrom<i64>>(row: &AnyRow, column: &'static str) -> Result<T, StoreError> {
    T::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Damaged(column))
}

fn read_number_or_none<T: TryFrom<i64>>(row: &AnyRow, column: &'static str) -> Result<Option<T>, StoreError> {
    let number: Option<i64> = row.try_get(column)?;
    number.map(|number| T::try_from(number).map_err(|_| StoreError::Damaged(column))).transpose()
}

/// Yes or no; SQLite has numbers for that.
fn read_flag(row: &AnyRow, column: &'static str) -> Result<bool, StoreError> {
    Ok(row.try_get::<bool, _>(column).or_else(|_| row.try_get::<i64, _>(column).map(|number| number != 0))?)
}

fn read_count(row: &AnyRow, column: usize) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>(column)?).map_err(|_| StoreError::Damaged("count"))
}

/// A pattern of `LIKE … ESCAPE '\'` for what holds this somewhere, or at its beginning, in lower case: SQLite does not tell
/// great from small there, PostgreSQL does.
fn holds(text: &str, at_its_beginning: bool) -> String {
    let mut pattern = String::from(if at_its_beginning { "" } else { "%" });
    for c in text.to_ascii_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn limit(page: Page) -> i64 {
    i64::from(page.limit)
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
