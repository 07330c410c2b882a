//! `/docs`: the description of each dialect as OpenAPI, and a page that shows them without any other host.

use axum::{
    Json, Router,
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use utoipa::{
    OpenApi,
    openapi::{
        RefOr,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;
use visita_protocol::rest::{Event, EventKind};

use crate::app::App;

const PAGE: &str = include_str!("page.html");

#[derive(OpenApi)]
#[openapi(
    info(title = "Visita, Kaleyra dialect", description = include_str!("kaleyra.md")),
    components(schemas(Event, EventKind)),
    modifiers(&Keys)
)]
struct Kaleyra;

#[derive(OpenApi)]
#[openapi(info(title = "Visita, Mia dialect", description = include_str!("mia.md")), modifiers(&MiaKeys))]
struct Mia;

struct Keys;
struct MiaKeys;

impl utoipa::Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        keys(api, "The access token of a signed-in user.");
    }
}

impl utoipa::Modify for MiaKeys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        keys(api, "A token of the issuer's, where there is one; else the access token of a signed-in user.");
    }
}

fn keys(api: &mut utoipa::openapi::OpenApi, bearer: &str) {
    let components = api.components.get_or_insert_default();
    let key = ApiKeyValue::with_description("apikey", "The company's API key. It never belongs in a client.");
    components.add_security_scheme("apikey", SecurityScheme::ApiKey(ApiKey::Header(key)));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(bearer)).build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
}

/// The calls of the Kaleyra dialect, with `/docs` that describes all.
pub(crate) fn routes(calls: OpenApiRouter<App>) -> Router<App> {
    let (router, described) = calls.split_for_parts();
    router.route("/docs", get(page)).merge(description("kaleyra", Kaleyra::openapi(), described))
}

/// Those of the Mia dialect.
pub(crate) fn mia(calls: OpenApiRouter<App>) -> Router<App> {
    let (router, described) = calls.split_for_parts();
    router.merge(description("mia", Mia::openapi(), described))
}

/// A dialect's description under its name.
pub(crate) fn description(
    name: &str,
    mut api: utoipa::openapi::OpenApi,
    described: utoipa::openapi::OpenApi,
) -> Router<App> {
    api.info.version = env!("CARGO_PKG_VERSION").into();
    api.merge(described);
    for path in api.paths.paths.values_mut() {
        for operation in [&mut path.get, &mut path.post, &mut path.put, &mut path.patch, &mut path.delete] {
            operation.iter_mut().for_each(describe_limits);
        }
    }
    let api = Json(api);
    Router::new().route(&format!("/docs/{name}.json"), get(move || async move { api }))
}

/// Wrong keys and calls without one are counted by address wherever they come, and told as the dialect tells errors.
fn describe_limits(operation: &mut Operation) {
    let answers = &mut operation.responses.responses;
    let Some(RefOr::T(mut refused)) = ["401", "400"].iter().find_map(|status| answers.get(*status)).cloned() else {
        return;
    };
    refused.description = "Too many wrong keys, or calls, from this address".into();
    for content in refused.content.values_mut() {
        if let RefOr::T(content) = content {
            content.example = None;
        }
    }
    answers.entry("429".into()).or_insert(RefOr::T(refused));
}

async fn page() -> Response {
    // The page's own script and style, and nothing from anywhere else.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let mut response = Html(PAGE).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
