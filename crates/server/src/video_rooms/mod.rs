//! The Video Rooms API on our open rooms, for back ends that hold a company's key: rooms, client tokens with refresh tokens,
//! sessions with what is done to those who are in, participants, recordings, compositions. Only words are translated here; what a room
//! does is the rooms' to say.

mod bodies;
mod compositions;
mod hooks;
mod key;
mod params;
mod participants;
mod recordings;
mod refusal;
mod rooms;
mod sessions;
mod tokens;

use axum::{
    Router,
    http::{Method, header},
};
use tower_http::cors::{Any, CorsLayer};
use utoipa::{
    OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::{App, wrong_method},
    docs,
};

pub(crate) use hooks::bodies as hook_bodies;
pub(crate) use refusal::shape;

/// What all paths begin with.
pub(crate) const PREFIX: &str = "/video-rooms/v2";
/// The call that needs no key.
pub(crate) const REFRESH_ROUTE: &str = "/video-rooms/v2/rooms/{room_id}/actions/refresh_client_token";

#[derive(OpenApi)]
#[openapi(
    info(title = "Visita, Video Rooms dialect", description = include_str!("../docs/video_rooms.md")),
    modifiers(&Keys)
)]
struct VideoRooms;

struct Keys;

impl utoipa::Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("The company's API key. It never belongs in a client."))
            .build();
        api.components.get_or_insert_default().add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// The calls, with their description.
pub(crate) fn routes() -> Router<App> {
    let (keyed, mut described) = OpenApiRouter::<App>::new()
        .routes(routes!(rooms::create, rooms::list))
        .routes(routes!(rooms::get, rooms::update, rooms::delete))
        .routes(routes!(sessions::of_room))
        .routes(routes!(tokens::generate))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::get))
        .routes(routes!(participants::of_session))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::kick))
        .routes(routes!(sessions::mute))
        .routes(routes!(sessions::unmute))
        .routes(routes!(participants::list))
        .routes(routes!(participants::get))
        .routes(routes!(recordings::list, recordings::delete_many))
        .routes(routes!(recordings::get, recordings::delete))
        .routes(routes!(compositions::create, compositions::list))
        .routes(routes!(compositions::get, compositions::delete))
        .split_for_parts();
    let (refresh, more) = OpenApiRouter::<App>::new().routes(routes!(tokens::refresh)).split_for_parts();
    described.merge(more);
    // The refresh token is the whole credential and no cookie is involved: pages of other origins may use it.
    let cors = CorsLayer::new().allow_origin(Any).allow_methods([Method::POST]).allow_headers([header::CONTENT_TYPE]);
    // Set before the layer, which otherwise would not see a browser's OPTIONS.
    let refresh = refresh.method_not_allowed_fallback(wrong_method).layer(cors);
    keyed.merge(refresh).merge(docs::description("video-rooms", VideoRooms::openapi(), described))
}
