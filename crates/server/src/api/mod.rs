//! The `/v2` calls (Kaleyra dialect) and signing in: for back ends that hold a company's API key, and for users who are
//! signed in. Every call says in its `utoipa::path` what it takes and answers; `/docs` shows that.

mod api_keys;
mod audit;
mod caller;
mod company;
mod compositions;
mod credentials;
mod export;
mod kept;
mod paging;
mod recording;
mod recordings;
mod rooms;
mod seats;
mod sessions;
mod status;
mod users;
mod webhooks;

use utoipa_axum::{router::OpenApiRouter, routes};
use visita_protocol::Problem;

pub(crate) use caller::{Caller, company_by_key};
pub(crate) use company::check_url;
pub(crate) use compositions::{delete_composition, media_link, write_composition};
pub(crate) use recordings::recording_link;
pub(crate) use rooms::{link_url, new_link};

use crate::{app::App, error::Path};

/// The calls, each with its description.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(company::get, company::update))
        .routes(routes!(users::create, users::list))
        .routes(routes!(users::get, users::update, users::delete))
        .routes(routes!(credentials::create_sign_in_link))
        .routes(routes!(credentials::sign_in))
        .routes(routes!(credentials::create))
        .routes(routes!(credentials::renew))
        .routes(routes!(rooms::create, rooms::list))
        .routes(routes!(rooms::get, rooms::delete))
        .routes(routes!(rooms::disable))
        .routes(routes!(rooms::enable))
        .routes(routes!(rooms::end))
        .routes(routes!(rooms::extend))
        .routes(routes!(rooms::ring))
        .routes(routes!(seats::list, seats::add))
        .routes(routes!(seats::get))
        .routes(routes!(seats::renew_link))
        .routes(routes!(seats::remove))
        .routes(routes!(recording::start))
        .routes(routes!(recording::stop))
        .routes(routes!(recordings::list))
        .routes(routes!(recordings::of_room))
        .routes(routes!(recordings::get, recordings::delete))
        .routes(routes!(recordings::content))
        .routes(routes!(recordings::create_link))
        .routes(routes!(recordings::by_link))
        .routes(routes!(recordings::make_mp4))
        .routes(routes!(recordings::track))
        .routes(routes!(recordings::create_track_link))
        .routes(routes!(compositions::list))
        .routes(routes!(compositions::create))
        .routes(routes!(compositions::get, compositions::delete))
        .routes(routes!(compositions::content))
        .routes(routes!(compositions::create_link))
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::get))
        .routes(routes!(sessions::past))
        .routes(routes!(export::export))
        .routes(routes!(kept::chat))
        .routes(routes!(kept::of_company))
        .routes(routes!(kept::list))
        .routes(routes!(kept::get, kept::delete))
        .routes(routes!(kept::content))
        .routes(routes!(kept::thumbnail))
        .routes(routes!(kept::boards))
        .routes(routes!(webhooks::create, webhooks::list))
        .routes(routes!(webhooks::get, webhooks::update, webhooks::delete))
        .routes(routes!(webhooks::test))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::delete))
        .routes(routes!(status::get))
        .routes(routes!(audit::list))
}

/// An id in a path: what is no id is nothing that exists.
fn id<T: std::str::FromStr>(Path(text): Path<String>, missing: Problem) -> Result<T, Problem> {
    text.parse().map_err(|_| missing)
}
