//! Asking a server for all that is kept of a session.

use visita_protocol::{
    Problem, RoomId, SessionId,
    rest::{ChatLine, KeptBoard, Recording, Room, SessionDetails, Upload},
};

use crate::server::Api;

/// Longest page that a server gives.
const PAGE: u32 = 100;
/// Pages of a list that are fetched: more than anybody looks through.
const MOST_PAGES: u64 = 50;

/// All that is kept of a session.
pub(in crate::app) struct Kept {
    pub(super) room: Room,
    pub(super) session: SessionDetails,
    pub(super) uploads: Vec<Upload>,
    pub(super) chat: Vec<ChatLine>,
    pub(super) boards: Vec<KeptBoard>,
    /// The latest first.
    pub(super) recordings: Vec<Recording>,
}

pub(super) async fn all_of(api: &Api, room: &RoomId, session: &SessionId) -> Result<Kept, Problem> {
    Ok(Kept {
        room: api.room(room).await?,
        session: api.session(room, session).await?,
        uploads: uploads(api, room, session).await?,
        chat: chat(api, room, session, "").await?,
        boards: api.boards(room).await?.boards,
        recordings: api.recordings(session).await?.recordings,
    })
}

pub(super) async fn chat(
    api: &Api,
    room: &RoomId,
    session: &SessionId,
    search: &str,
) -> Result<Vec<ChatLine>, Problem> {
    let mut all = Vec::new();
    for page in 0..MOST_PAGES {
        let part = api.chat(room, session, search, PAGE, page * u64::from(PAGE)).await?;
        let is_last = part.messages.is_empty();
        all.extend(part.messages);
        if is_last || all.len() as u64 >= part.total {
            break;
        }
    }
    Ok(all)
}

async fn uploads(api: &Api, room: &RoomId, session: &SessionId) -> Result<Vec<Upload>, Problem> {
    let mut all = Vec::new();
    for page in 0..MOST_PAGES {
        let part = api.uploads(room, session, PAGE, page * u64::from(PAGE)).await?;
        let is_last = part.uploads.is_empty();
        all.extend(part.uploads);
        if is_last || all.len() as u64 >= part.total {
            break;
        }
    }
    Ok(all)
}
