//! Before the room opens: whoever comes early waits with a look at the devices, and goes in by itself.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};
use visita_protocol::{
    ErrorCode,
    channel::LeaveReason,
    entry::{EnterRequest, JoinPreview},
    link::RoomLink,
    view::{ConnectionView, WaitingView},
};

use super::{
    CallState, Command,
    connect::{Way, obey_early},
    owner::Owner,
};
use crate::entry;

/// The opening may be moved: so often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Clocks differ: who asks too early by this one asks again so soon.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Owner {
    /// Returns when it looks as if the room were open.
    pub(super) async fn wait_for_the_opening(
        &mut self,
        link: &RoomLink,
        request: &EnterRequest,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        state: &watch::Sender<CallState>,
    ) -> Result<(), Way> {
        let media = Arc::clone(&self.media);
        let mut local = media.watch();
        let mut room: Option<JoinPreview> = None;
        let mut opens = Instant::now() + AGAIN_AFTER;
        let mut look = Instant::now();
        loop {
            let news = async {
                tokio::time::sleep_until(look).await;
                entry::preview(link).await
            };
            tokio::select! {
                command = inbox.recv() => match command {
                    None | Some(Command::Leave | Command::EndForEveryone) => return Err(Way::Over(LeaveReason::Left)),
                    Some(command) if command.is_of_tools() => self.later.push(command),
                    Some(command) => obey_early(&command, &media),
                },
                news = news => {
                    look = Instant::now() + LOOK_EVERY;
                    match news {
                        Ok((preview, _)) => {
                            self.connection = ConnectionView::Connected;
                            let left = preview.opens_at.map_or(Duration::ZERO, until);
                            opens = Instant::now() + left.max(AGAIN_AFTER);
                            room = Some(preview);
                        }
                        Err(problem) if problem.code == ErrorCode::ServerUnreachable => {
                            self.connection = ConnectionView::Reconnecting { attempt: 1 };
                        }
                        Err(problem) => return Err(Way::Failed(problem)),
                    }
                }
                () = tokio::time::sleep_until(opens), if room.is_some() => return Ok(()),
                _ = local.changed() => {}
            }
            if let Some(room) = &room {
                let view = self.early_view(room, request);
                state.send_if_modified(|old| {
                    let changed = !matches!(old, CallState::Waiting(old) if **old == view);
                    if changed {
                        *old = CallState::Waiting(Box::new(view));
                    }
                    changed
                });
            }
        }
    }

    fn early_view(&self, room: &JoinPreview, request: &EnterRequest) -> WaitingView {
        let name = request.display_name.clone().or_else(|| room.display_name.clone());
        WaitingView {
            company: room.company.clone(),
            title: room.title.clone(),
            host_name: room.host_name.clone(),
            display_name: name.unwrap_or_default(),
            starts_at: room.opens_at,
            ..self.waiting_view()
        }
    }
}

/// From now until that Unix time in seconds.
fn until(unix_s: f64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    Duration::try_from_secs_f64(unix_s - now).unwrap_or_default()
}
