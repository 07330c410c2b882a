//! Before the room opens: whoever comes early waits with a look at the devices, and goes in by itself.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::{mpsc, watch};
use visita_protocol::{
    ErrorCode, Problem,
    channel::LeaveReason,
    entry::{EnterRequest, JoinPreview},
    link::RoomLink,
    view::{ConnectionView, WaitingView},
};

use super::{
    CallState, Command,
    connect::{Way, obey_early, or_leave},
    owner::Owner,
};
use crate::entry;

/// The opening may be moved, and clocks differ: so often, at least, it is tried whether the room lets in.
const TRY_EVERY: Duration = Duration::from_secs(30);
/// By this clock it is open, and it is not: tried again so soon at first, then ever later.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// What is known while one waits for a room to open.
pub(super) struct Early {
    room: Option<JoinPreview>,
    /// The least time until the next try.
    again: Duration,
}

impl Default for Early {
    fn default() -> Self {
        Self { room: None, again: AGAIN_AFTER }
    }
}

impl Early {
    /// Whether one waits, or goes on waiting, when the way in is refused so.
    pub(super) fn waits(&self, problem: &Problem) -> bool {
        problem.code == ErrorCode::RoomNotStarted || (self.room.is_some() && passes(problem))
    }

    /// Until the next try, when the room opens in `left` by this computer's clock.
    fn next_try(&mut self, left: Duration) -> Duration {
        let wait = left.clamp(self.again, TRY_EVERY);
        if left.is_zero() {
            self.again = (self.again * 2).min(TRY_EVERY);
        }
        wait
    }
}

/// Nothing that ends the waiting.
fn passes(problem: &Problem) -> bool {
    matches!(problem.code, ErrorCode::ServerUnreachable | ErrorCode::RateLimited)
}

impl Owner {
    /// Returns when it is time to try whether the room lets in.
    pub(super) async fn wait_for_the_opening(
        &mut self,
        link: &RoomLink,
        request: &EnterRequest,
        early: &mut Early,
        inbox: &mut mpsc::UnboundedReceiver<Command>,
        state: &watch::Sender<CallState>,
    ) -> Result<(), Way> {
        let media = Arc::clone(&self.media);
        match or_leave(entry::preview(link), inbox, &media, &mut self.later).await? {
            Ok(room) => {
                self.connection = ConnectionView::Connected;
                early.room = Some(room);
            }
            Err(problem) if passes(&problem) => self.connection = ConnectionView::Reconnecting { attempt: 1 },
            Err(problem) => return Err(Way::Failed(problem)),
        }
        let opens_at = early.room.as_ref().and_then(|room| room.opens_at);
        let wait = early.next_try(opens_at.map_or(Duration::ZERO, until));
        let mut local = media.watch();
        let mut over = std::pin::pin!(tokio::time::sleep(wait));
        loop {
            if let Some(room) = &early.room {
                let view = self.early_view(room, request);
                state.send_if_modified(|old| {
                    let changed = !matches!(old, CallState::Waiting(old) if **old == view);
                    if changed {
                        *old = CallState::Waiting(Box::new(view));
                    }
                    changed
                });
            }
            tokio::select! {
                command = inbox.recv() => match command {
                    None | Some(Command::Leave | Command::EndForEveryone) => return Err(Way::Over(LeaveReason::Left)),
                    Some(command) if command.is_of_tools() => self.later.push(command),
                    Some(command) => obey_early(&command, &media),
                },
                () = &mut over => return Ok(()),
                _ = local.changed() => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_neither_keeps_out_nor_asks_all_the_time() {
        let mut early = Early::default();
        let secs = Duration::from_secs;
        assert_eq!(early.next_try(secs(3600)), TRY_EVERY, "this clock may be slow");
        assert_eq!(early.next_try(secs(7)), secs(7));
        let tries: Vec<_> = (0..6).map(|_| early.next_try(Duration::ZERO).as_secs()).collect();
        assert_eq!(tries, [2, 4, 8, 16, 30, 30], "this clock is fast");
        let lost = Problem::new(ErrorCode::ServerUnreachable, "");
        assert!(!early.waits(&lost) && early.waits(&Problem::new(ErrorCode::RoomNotStarted, "")));
    }
}
