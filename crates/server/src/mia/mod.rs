//! `/teleconsultation`, `/credentials` and `/settings`: the calls of the Mia teleconsultation service, on rooms whose seats may
//! be filled later. Reads its bodies and headers, and tells back in its words; what may be done to a room is the room's to say.
//! Every call says in its `utoipa::path` what it takes and answers; `/docs/mia` shows that.

mod bodies;
mod config;
mod credentials;
mod error;
mod identity;
mod own;
mod people;
mod settings;
mod visits;

use utoipa_axum::{router::OpenApiRouter, routes};

pub use config::{MiaConfig, Privilege, Privileges};
pub(crate) use error::shape;

use crate::{app::App, oidc::Oidc, store::Company};

/// What its paths begin with.
pub(crate) const PREFIXES: [&str; 3] = ["/teleconsultation", "/credentials", "/settings/"];

/// What the dialect goes by.
pub(crate) struct Mia {
    pub(crate) config: MiaConfig,
    pub(crate) issuer: Option<Trusted>,
}

/// An issuer, and the company whose people it knows.
pub(crate) struct Trusted {
    pub(crate) oidc: Oidc,
    pub(crate) company: Company,
}

/// The calls, each with its description.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(visits::create))
        .routes(routes!(own::get, visits::change, visits::delete))
        .routes(routes!(visits::add))
        .routes(routes!(visits::delete_uploads))
        .routes(routes!(credentials::create))
        .routes(routes!(settings::update))
        .merge(settings::routes())
}
