//! The company.

use axum::{Json, extract::State};
use visita_protocol::{
    ErrorBody, ErrorCode, Problem,
    rest::{self, UpdateCompany},
};

use super::caller::Operator;
use crate::{
    app::App,
    audit::Entry,
    error::{ApiError, Body, internal},
    names::check_name,
    store::{CompanySettings, StoreError},
};

/// Longest app id, in characters.
const MAX_APP_ID: usize = 128;
/// How many origins may frame a company's pages.
const MAX_ORIGINS: usize = 50;
/// Longest URL, in characters.
pub(super) const MAX_URL: usize = 2000;

/// How many days recordings may be kept: up to a hundred years.
const RETENTION_DAYS: std::ops::RangeInclusive<u32> = 1..=36_500;

/// Tells the company.
#[utoipa::path(get, path = "/v2/company", tag = "Company", security(("apikey" = []), ("bearer" = [])), responses(
    (status = 200, description = "The company", body = rest::Company),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn get(State(app): State<App>, Operator(caller): Operator) -> Result<Json<rest::Company>, ApiError> {
    let settings = app.store.company_settings(&caller.company().id).await?;
    Ok(Json(told(settings.ok_or_else(|| internal("the company is gone"))?)))
}

/// Changes the company: what is absent stays, `null` clears.
#[utoipa::path(patch, path = "/v2/company", tag = "Company", security(("apikey" = []), ("bearer" = [])),
    request_body(content = UpdateCompany, example = json!({
        "name": "Clinic", "default_language": "it", "web_app_id": "clinic",
        "embed_origins": ["https://clinic.example.org"],
        "end_of_call_redirect_url": "https://clinic.example.org/thanks" })),
    responses(
    (status = 200, description = "The company as it is now", body = rest::Company),
    (status = 400, description = "A field is not valid; nothing changed", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 409, description = "Another company has the name or the web app id", body = ErrorBody)))]
pub(super) async fn update(
    State(app): State<App>,
    Operator(caller): Operator,
    body: Body,
) -> Result<Json<rest::Company>, ApiError> {
    let wanted: UpdateCompany = body.json()?;
    let settings = app.store.company_settings(&caller.company().id).await?;
    let settings = merge(settings.ok_or_else(|| internal("the company is gone"))?, wanted)?;
    match app.store.set_company_settings(&caller.company().id, &settings).await {
        Ok(()) => {}
        Err(StoreError::Exists) => {
            return Err(Problem::new(ErrorCode::Conflict, "another company has this name or web app id").into());
        }
        Err(error) => return Err(error.into()),
    }
    app.audit.write(Entry::by(&caller, "company_changed")).await?;
    Ok(Json(told(settings)))
}

fn merge(old: CompanySettings, wanted: UpdateCompany) -> Result<CompanySettings, Problem> {
    let UpdateCompany {
        name,
        default_language,
        web_app_id,
        embed_origins,
        mobile_app_id,
        end_of_call_redirect_url,
        user_details_provider_url,
        recording_retention_days,
    } = wanted;
    let name = name.map(|name| check_name(&name, "name")).transpose()?.unwrap_or(old.name);
    if default_language.as_ref().is_some_and(|language| !is_language(language)) {
        return Err(Problem::invalid("default_language", "not a language tag such as en or it-IT"));
    }
    for (field, id) in [("web_app_id", &web_app_id), ("mobile_app_id", &mobile_app_id)] {
        if let Some(Some(id)) = id
            && (!(1..=MAX_APP_ID).contains(&id.chars().count()) || id.chars().any(char::is_control))
        {
            return Err(Problem::invalid(field, "an app id has 1 to 128 characters, none of them control characters"));
        }
    }
    // It stands in the path of a page.
    let stays_in_a_path = |id: &String| id.chars().all(|c| c.is_ascii_alphanumeric() || "._~-".contains(c));
    if !web_app_id.iter().flatten().all(stays_in_a_path) {
        return Err(Problem::invalid("web_app_id", "a web app id has letters, digits and . _ ~ - only"));
    }
    let embed_origins = embed_origins.map(|origins| check_origins(&origins)).transpose()?;
    for (field, url) in [
        ("end_of_call_redirect_url", &end_of_call_redirect_url),
        ("user_details_provider_url", &user_details_provider_url),
    ] {
        if let Some(Some(url)) = url {
            check_url(field, url)?;
        }
    }
    if recording_retention_days.flatten().is_some_and(|days| !RETENTION_DAYS.contains(&days)) {
        return Err(Problem::invalid("recording_retention_days", "recordings are kept for 1 to 36500 days"));
    }
    Ok(CompanySettings {
        name,
        default_language: default_language.unwrap_or(old.default_language),
        web_app_id: web_app_id.unwrap_or(old.web_app_id),
        embed_origins: embed_origins.unwrap_or(old.embed_origins),
        mobile_app_id: mobile_app_id.unwrap_or(old.mobile_app_id),
        end_of_call_redirect_url: end_of_call_redirect_url.unwrap_or(old.end_of_call_redirect_url),
        end_of_call_redirect_after: old.end_of_call_redirect_after,
        default_background: old.default_background,
        user_details_provider_url: user_details_provider_url.unwrap_or(old.user_details_provider_url),
        recording_retention_days: recording_retention_days.unwrap_or(old.recording_retention_days),
    })
}

/// Origins as a browser serializes them (RFC 6454 section 6.2), each once.
fn check_origins(origins: &[String]) -> Result<Vec<String>, Problem> {
    if origins.len() > MAX_ORIGINS {
        return Err(Problem::invalid("embed_origins", "at most 50 origins"));
    }
    let mut good: Vec<String> = Vec::new();
    for (index, text) in origins.iter().enumerate() {
        let field = format!("embed_origins[{index}]");
        check_url(&field, text)?;
        let says_more = |url: &url::Url| {
            // Of a domain a URL allows more characters than a policy, where some begin something else.
            let is_odd = |domain: &str| domain.chars().any(|c| !c.is_ascii_alphanumeric() && !"-._".contains(c));
            url.path() != "/" || url.query().is_some() || url.fragment().is_some() || url.domain().is_some_and(is_odd)
        };
        let origin = url::Url::parse(text).ok().filter(|url| !says_more(url));
        let origin = origin.map(|url| url.origin().ascii_serialization());
        let Some(origin) = origin else {
            return Err(Problem::invalid(
                &field,
                "an origin is a scheme, a host and a port, such as https://example.org",
            ));
        };
        if !good.contains(&origin) {
            good.push(origin);
        }
    }
    Ok(good)
}

/// A URL that a browser or this server may be sent to.
pub(crate) fn check_url(field: &str, text: &str) -> Result<(), Problem> {
    let is_good = text.chars().count() <= MAX_URL
        && url::Url::parse(text).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some()
                && url.username().is_empty()
                && url.password().is_none()
        });
    if is_good { Ok(()) } else { Err(Problem::invalid(field, "not an http or https URL without user and password")) }
}

/// The shape of a BCP 47 tag (RFC 5646 section 2.1), short of its registry.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first =
        parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphabetic()));
    first && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()))
}

fn told(settings: CompanySettings) -> rest::Company {
    rest::Company {
        name: settings.name,
        default_language: settings.default_language,
        web_app_id: settings.web_app_id,
        embed_origins: settings.embed_origins,
        mobile_app_id: settings.mobile_app_id,
        end_of_call_redirect_url: settings.end_of_call_redirect_url,
        user_details_provider_url: settings.user_details_provider_url,
        recording_retention_days: settings.recording_retention_days,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_look_like_tags() {
        for good in ["en", "it", "it-IT", "zh-Hant-TW", "gsw"] {
            assert!(is_language(good), "{good}");
        }
        for bad in ["", "e", "english", "it_IT", "it-", "12", "en-x y"] {
            assert!(!is_language(bad), "{bad}");
        }
    }
}
