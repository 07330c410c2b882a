//! The server in the app: its key out of the keyring, its start, and what runs once it does.

use std::{path::PathBuf, sync::Arc, time::Duration};

use visita_protocol::view::BuiltInServerView;

use super::{App, account, command::Internal};
use crate::{
    secrets::Secrets,
    server::{self, BuiltIn, Place},
};

/// A keyring that has not answered by then, because it asks somebody who is not there, is none.
const KEYRING_WITHIN: Duration = Duration::from_secs(4);

impl App {
    /// Looks for the keyring first: the server's key is in it.
    pub(super) fn open_secrets(&self) {
        let (folder, internal) = (self.folder.clone(), self.internal.clone());
        tokio::spawn(async move {
            let open = |folder: PathBuf| {
                let secrets = Secrets::open(&folder);
                let key = server::key(&secrets);
                (secrets, key)
            };
            let asked = tokio::task::spawn_blocking({
                let folder = folder.clone();
                move || open(folder)
            });
            let (secrets, key) = match tokio::time::timeout(KEYRING_WITHIN, asked).await {
                Ok(Ok(opened)) => opened,
                _ => {
                    let secrets = Secrets::without_keyring(&folder);
                    let key = server::key(&secrets);
                    (secrets, key)
                }
            };
            let _ = internal.send(Internal::Key(key));
            let secrets = Arc::new(secrets);
            let kept = tokio::task::spawn_blocking({
                let secrets = secrets.clone();
                move || account::kept(&secrets)
            });
            let kept = kept.await.ok().flatten();
            let _ = internal.send(Internal::SecretsOpened(secrets, kept));
        });
    }

    /// Starts it, after the one that ran before.
    pub(super) fn start_server(&mut self, old: Option<BuiltIn>) {
        let Some(key) = self.key.clone() else { return };
        self.server = BuiltInServerView::Starting;
        let place = Place { network: self.network.on, ..Place::read(&self.folder) };
        let (folder, internal) = (self.folder.clone(), self.internal.clone());
        tokio::spawn(async move {
            if let Some(old) = old {
                old.stop().await;
            }
            let started = BuiltIn::start(&folder, key, place).await;
            let _ = internal.send(Internal::Server(started.map(Box::new)));
        });
    }

    pub(super) fn server_runs(&mut self, built_in: Box<BuiltIn>) {
        self.server = BuiltInServerView::Running { url: built_in.url().to_string() };
        self.network.on = built_in.open;
        self.network.url = built_in.open.then(|| built_in.url().to_string());
        self.host_online(&built_in);
        self.built_in = Some(built_in);
        self.refresh_rooms();
        self.links_again();
        if std::mem::take(&mut self.test_call_waits) {
            self.start_test_call();
        }
    }
}
