//! A desktop as far as a session bus goes: it watches the tray, takes notices, and keeps the display awake.

use std::{
    collections::HashMap,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use tokio::process::Command;
use visita_tests::{process::Running, until, window::PATIENCE};
use zbus::{blocking::Connection, interface, message::Header, zvariant::OwnedValue};

/// What a program asked of the desktop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Its sign is to be shown in the tray: who, and where on the bus.
    Tray(String, String),
    /// A notice: title and text.
    Notice(String, String),
    /// The display shall stay on.
    Held,
    /// It may go off again.
    LetGo,
}

type Ears = Arc<Mutex<Vec<Heard>>>;

/// The desktop; dropping it ends it.
pub(super) struct Desk {
    address: String,
    connection: Connection,
    ears: Ears,
    _daemon: Running,
}

impl Desk {
    /// A session bus of one's own, with a desktop on it.
    pub(super) async fn open() -> Result<Self> {
        let (daemon, address) = bus().await?;
        let ears = Ears::default();
        let connection = {
            let (address, ears) = (address.clone(), ears.clone());
            tokio::task::spawn_blocking(move || serve(&address, &ears)).await??
        };
        Ok(Self { address, connection, ears, _daemon: daemon })
    }

    /// `DBUS_SESSION_BUS_ADDRESS`.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Waits until something was heard that is as asked.
    pub(super) async fn hears(&self, what: &str, is: impl Fn(&Heard) -> bool) -> Result<Heard> {
        let found = until(what, PATIENCE, || async { Ok(self.all().into_iter().rev().find(|heard| is(heard))) }).await;
        found.with_context(|| format!("heard so far: {:?}", self.all()))
    }

    fn all(&self) -> Vec<Heard> {
        self.ears.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the tray's menu says, as the bus tells it.
    pub(super) async fn menu(&self) -> Result<String> {
        let sign = self.hears("a sign in the tray", |heard| matches!(heard, Heard::Tray(..))).await?;
        let Heard::Tray(who, place) = sign else { anyhow::bail!("no tray: {sign:?}") };
        let connection = self.connection.clone();
        tokio::task::spawn_blocking(move || {
            let all = (0_i32, -1_i32, Vec::<String>::new());
            let menu = format!("{place}/Menu");
            let answer = connection.call_method(
                Some(who.as_str()),
                menu.as_str(),
                Some("com.canonical.dbusmenu"),
                "GetLayout",
                &all,
            )?;
            /// An item of a menu: its id, what it has, what is below it.
            type Item = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);
            let told: (u32, Item) = answer.body().deserialize()?;
            Ok(format!("{told:?}"))
        })
        .await?
    }
}

/// A session bus of one's own.
pub(super) async fn bus() -> Result<(Running, String)> {
    let mut daemon = Running::start(
        Command::new("dbus-daemon").args(["--session", "--nofork", "--print-address"]).stderr(Stdio::null()),
    )?;
    let address = daemon.line(PATIENCE).await?;
    Ok((daemon, address.trim().to_owned()))
}

fn serve(address: &str, ears: &Ears) -> Result<Connection> {
    let connection = zbus::blocking::connection::Builder::address(address)?
        .serve_at("/StatusNotifierWatcher", Watcher(ears.clone()))?
        .serve_at("/org/freedesktop/Notifications", Notices(ears.clone()))?
        .serve_at("/org/freedesktop/ScreenSaver", ScreenSaver(ears.clone()))?
        .name("org.kde.StatusNotifierWatcher")?
        .name("org.freedesktop.Notifications")?
        .name("org.freedesktop.ScreenSaver")?
        .build()?;
    Ok(connection)
}

fn hear(ears: &Ears, heard: Heard) {
    ears.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
}

struct Watcher(Ears);

#[interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // Either a name on the bus, or a place at the sender's.
        let (who, place) = match service.strip_prefix('/') {
            Some(_) => (sender, service.to_owned()),
            None => (service.to_owned(), "/StatusNotifierItem".to_owned()),
        };
        hear(&self.0, Heard::Tray(who, place));
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        Vec::new()
    }
}

struct Notices(Ears);

#[interface(name = "org.freedesktop.Notifications")]
impl Notices {
    #[allow(clippy::too_many_arguments, reason = "the desktop's own interface")]
    fn notify(
        &self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        title: &str,
        text: &str,
        _actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expires: i32,
    ) -> u32 {
        hear(&self.0, Heard::Notice(title.to_owned(), text.to_owned()));
        1
    }

    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (String, String, String, String) {
        ("desk".to_owned(), "tests".to_owned(), "1".to_owned(), "1.2".to_owned())
    }
}

struct ScreenSaver(Ears);

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn inhibit(&self, _app: &str, _reason: &str) -> u32 {
        hear(&self.0, Heard::Held);
        1
    }

    fn un_inhibit(&self, _cookie: u32) {
        hear(&self.0, Heard::LetGo);
    }
}
