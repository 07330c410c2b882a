//! How the server is, for those who run it.

use axum::{Json, extract::State};
use visita_protocol::{ErrorBody, rest::ServerStatus};

use super::caller::Operator;
use crate::{
    app::App,
    error::ApiError,
    store::{Page, RoomStands, RoomsOf},
};

/// Rooms looked at in one go.
const TOGETHER: u32 = 100;

/// Tells how many are in the company's rooms, and how much of the machine is taken.
#[utoipa::path(get, path = "/v2/status", tag = "Status", security(("apikey" = []), ("bearer" = [])), responses(
    (status = 200, description = "How the server is", body = ServerStatus, example = json!({
        "version": "0.1.0", "people": 30, "live_rooms": 3, "cpu_percent": 18.0, "disk_percent": 61.0 })),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn get(State(app): State<App>, Operator(caller): Operator) -> Result<Json<ServerStatus>, ApiError> {
    let (mut people, mut live_rooms, mut offset) = (0, 0, 0);
    loop {
        let live = RoomsOf { stands: Some(RoomStands::Live), ..RoomsOf::default() };
        let page = Page { limit: TOGETHER, offset };
        let some = app.store.rooms(&caller.company().id, live, page).await?.items;
        for room in &some {
            if let Some(running) = app.rooms.running(&room.room_id).await {
                live_rooms += 1;
                people += running.connected as u64;
            }
        }
        if some.len() < TOGETHER as usize {
            break;
        }
        offset += u64::from(TOGETHER);
    }
    let machine = app.machine.look();
    Ok(Json(ServerStatus {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        people,
        live_rooms,
        cpu_percent: machine.cpu_percent,
        disk_percent: machine.disk_percent,
    }))
}
