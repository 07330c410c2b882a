//! A PostgreSQL of our own for tests: of the storage by itself, and of the server with it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{AnyConnection, Connection, Executor};
use tokio::sync::OnceCell;
use url::Url;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A database of this name, made when it is not there; none where PostgreSQL is not installed.
pub(crate) async fn database(name: &str) -> Option<Url> {
    static SERVER: OnceCell<Option<Server>> = OnceCell::const_new();
    let Some(server) = SERVER.get_or_init(|| async { Server::start().await }).await else {
        // Past what is kept of a test that passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: {name} on PostgreSQL: it is not installed");
        return None;
    };
    let mut connection = AnyConnection::connect(server.address("postgres").as_str()).await.expect("connected");
    // Names may have 63 letters.
    let name: String = format!("t_{name}").chars().take(60).collect();
    let made = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1").bind(name.clone());
    if made.fetch_optional(&mut connection).await.expect("asked").is_none() {
        connection.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.expect("made");
    }
    connection.close().await.expect("closed");
    Some(server.address(&name))
}

struct Server {
    port: u16,
}

impl Server {
    async fn start() -> Option<Self> {
        sqlx::any::install_default_drivers();
        let programs = programs()?;
        remove_leftovers();
        let folder = tempfile::Builder::new().prefix(&format!("{LEFTOVERS}{}-", std::process::id())).tempdir();
        // What is static is never dropped: the next one removes it.
        let folder = folder.expect("a folder").keep();
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let data = folder.join("data");
        give(&folder);
        let made = as_user(&programs.join("initdb"))
            .args(["--auth=trust", "--username=visita", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--pgdata"])
            .arg(&data)
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut server = as_user(Path::new("setpriv"));
        server.args(["--pdeathsig", "INT"]).arg(programs.join("postgres")).arg("-D").arg(&data);
        server
            .args(["-p", &port.to_string(), "-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k"])
            .arg(&folder);
        server.stdout(Stdio::null()).stderr(Stdio::null());
        // It ends with the thread that started it, and so with this process, however that ends.
        std::thread::spawn(move || server.status().expect("postgres runs"));
        let server = Self { port };
        let started = Instant::now();
        while AnyConnection::connect(server.address("postgres").as_str()).await.is_err() {
            assert!(started.elapsed() < PATIENCE, "PostgreSQL does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(server)
    }

    fn address(&self, database: &str) -> Url {
        let address = format!("postgres://visita@127.0.0.1:{}/{database}", self.port);
        address.parse().expect("an address")
    }
}

/// What its folders are called, with the process they belong to after that.
const LEFTOVERS: &str = "visita-postgres-";

fn remove_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process =
            name.to_str().and_then(|name| name.strip_prefix(LEFTOVERS)).and_then(|rest| rest.split('-').next());
        if process.is_some_and(|process| !Path::new("/proc").join(process).exists()) {
            // Somebody else's stays.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Where its programs are; Debian keeps them beside the way.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let known = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    known.chain(std::env::split_paths(&path)).find(|folder| folder.join("initdb").exists())
}

/// It refuses to run as root: there it runs as nobody.
fn as_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
    command
}

fn give(folder: &Path) {
    if is_root() {
        let given = Command::new("chown").arg("nobody:nogroup").arg(folder).status();
        assert!(given.is_ok_and(|status| status.success()), "the folder is not given");
    }
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output().expect("id runs");
    user.stdout.trim_ascii() == b"0"
}
