//! The conversation with the portal: the dialog, the way to the pictures, and when the system ends it.

use std::{os::fd::OwnedFd, pin::pin, sync::Arc};

use ashpd::desktop::{
    PersistMode, ResponseError, Session,
    screencast::{CursorMode, Screencast, SelectSourcesOptions, SourceType},
};
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use tokio::sync::mpsc;

use super::{Shared, stream};
use crate::{DeviceError, screen::ScreenSettings};

/// What the portal's thread is told.
pub(super) enum Word {
    /// Nobody takes the pictures any more.
    Stop,
    /// No more pictures come.
    StreamEnded,
}

type Words = (mpsc::UnboundedSender<Word>, mpsc::UnboundedReceiver<Word>);

/// Starts the thread.
pub(super) fn start(settings: ScreenSettings, shared: Arc<Shared>, words: Words) -> Result<(), DeviceError> {
    let run = move || {
        // Both ways D-Bus is spoken by a thread of its library.
        let ended = async_io::block_on(attend(settings, &shared, words));
        if let Err(error) = &ended {
            tracing::info!(%error, "nothing of the screen is shown");
        }
        shared.end(ended.err().unwrap_or(DeviceError::Lost));
    };
    let thread = std::thread::Builder::new().name("screen-portal".to_owned()).spawn(run);
    thread.map(drop).map_err(|error| DeviceError::Failed(error.to_string()))
}

/// Until somebody or something ends it.
async fn attend(settings: ScreenSettings, shared: &Arc<Shared>, (told, mut words): Words) -> Result<(), DeviceError> {
    let portal = Screencast::new().await.map_err(refused)?;
    let session = portal.create_session(Default::default()).await.map_err(refused)?;
    let mut closed = pin!(session.receive_closed().await.map_err(refused)?);
    let chosen = match select(pin!(choose(&portal, &session, settings)), pin!(words.recv())).await {
        Either::Left((chosen, _)) => chosen,
        // The dialog goes with the session.
        Either::Right(_) => Ok(None),
    };
    let ended = match chosen {
        Ok(Some((node, remote))) => match stream::start(remote, node, settings.fps, shared.clone(), told) {
            Ok(running) => {
                select(closed.next(), pin!(words.recv())).await;
                drop(running);
                Ok(())
            }
            Err(error) => Err(error),
        },
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    // It may have been closed by the system.
    if let Err(error) = session.close().await {
        tracing::debug!(%error, "the portal's session was closed before");
    }
    ended
}

/// Asks the person; gives the PipeWire node of what was chosen and the connection on which it can be seen.
async fn choose(
    portal: &Screencast,
    session: &Session<Screencast>,
    settings: ScreenSettings,
) -> Result<Option<(u32, OwnedFd)>, DeviceError> {
    // What it does not have must not be asked for. Each has screens, and most can draw the pointer.
    let kinds = portal.available_source_types().await.unwrap_or(SourceType::Monitor.into());
    let cursors = portal.available_cursor_modes().await.unwrap_or(CursorMode::Hidden.into());
    let wanted = if settings.cursor { CursorMode::Embedded } else { CursorMode::Hidden };
    let options = SelectSourcesOptions::default()
        .set_sources(kinds & (SourceType::Monitor | SourceType::Window))
        .set_cursor_mode(cursors.contains(wanted).then_some(wanted))
        .set_multiple(false)
        .set_persist_mode(PersistMode::DoNot);
    portal.select_sources(session, options).await.map_err(refused)?.response().map_err(refused)?;
    let chosen = portal.start(session, None, Default::default()).await.map_err(refused)?;
    let chosen = chosen.response().map_err(refused)?;
    let node = chosen.streams().first().ok_or(DeviceError::Denied)?.pipe_wire_node_id();
    let remote = portal.open_pipe_wire_remote(session, Default::default()).await.map_err(refused)?;
    Ok(Some((node, remote)))
}

fn refused(error: ashpd::Error) -> DeviceError {
    match error {
        ashpd::Error::Response(ResponseError::Cancelled) => DeviceError::Denied,
        ashpd::Error::PortalNotFound(_) => DeviceError::Missing,
        error => DeviceError::Failed(error.to_string()),
    }
}
