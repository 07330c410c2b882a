//! Callaba's conference API on our open rooms: the control calls for back ends that hold a company's key, and the two public
//! helpers by which a browser finds a room and gets its media token. Only words are translated here; what a room does is
//! the rooms' to say.

mod asker;
mod bodies;
mod control;
mod public;
mod query;
mod refusal;

use axum::{
    Router,
    http::{Method, header},
};
use tower_http::cors::{Any, CorsLayer};
use utoipa::{
    OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    app::{App, wrong_method},
    docs,
};

pub(crate) use refusal::shape;

/// What all paths begin with.
pub(crate) const PREFIX: &str = "/api/conferences";
/// What the paths begin with that browsers may call.
pub(crate) const PUBLIC_PREFIX: &str = "/api/conferences-public/";
/// The header with the company's key.
pub(crate) const KEY_HEADER: &str = "x-access-token";

#[derive(OpenApi)]
#[openapi(
    info(title = "Visita, Callaba dialect", description = include_str!("../docs/callaba.md")),
    modifiers(&Keys)
)]
struct Callaba;

struct Keys;

impl utoipa::Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let key = ApiKeyValue::with_description(KEY_HEADER, "The company's API key. It never belongs in a client.");
        let components = api.components.get_or_insert_default();
        components.add_security_scheme(KEY_HEADER, SecurityScheme::ApiKey(ApiKey::Header(key)));
    }
}

/// The calls, with their description.
pub(crate) fn routes() -> Router<App> {
    let (control, mut described) = OpenApiRouter::<App>::new()
        .routes(routes!(control::create))
        .routes(routes!(control::get_count))
        .routes(routes!(control::get_all))
        .routes(routes!(control::get_by_id))
        .routes(routes!(control::update))
        .routes(routes!(control::start))
        .routes(routes!(control::stop))
        .routes(routes!(control::remove))
        .routes(routes!(control::create_egress_token))
        .split_for_parts();
    let (public, more) = OpenApiRouter::<App>::new()
        .routes(routes!(public::find_lk_room_name_by_id))
        .routes(routes!(public::create_token))
        .split_for_parts();
    described.merge(more);
    // A link or a room's id is the whole credential and no cookie is involved: pages of other origins may ask.
    let cors = CorsLayer::new().allow_origin(Any).allow_methods([Method::POST]).allow_headers([header::CONTENT_TYPE]);
    // Set before the layer, which otherwise would not see a browser's OPTIONS.
    let public = public.method_not_allowed_fallback(wrong_method).layer(cors);
    control.merge(public).merge(docs::description("callaba", Callaba::openapi(), described))
}
