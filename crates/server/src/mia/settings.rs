//! `/settings`: the company's background.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
    http::HeaderMap,
};
use utoipa_axum::{router::OpenApiRouter, routes};
use visita_protocol::{ErrorCode, Problem};

use super::{
    bodies::{BackgroundImage, DefaultBackground, MiaCompany, UpdateSettings, UpdatedSettings, UploadedBackground},
    error::{MiaError, MiaErrorBody},
    identity::Who,
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{Body, internal},
    pictures::{self, MAX_PICTURE},
    store::{PictureKind, StoredPicture},
};

/// What a form may have around its picture, in bytes.
const FORM: usize = 64 * 1024;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::max(MAX_PICTURE + FORM))
}

/// Form of `POST /settings/background-image`.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub(super) struct BackgroundForm {
    /// PNG, JPEG, WebP or GIF, up to 10 MiB.
    #[schema(value_type = String, format = Binary)]
    virtual_background: Vec<u8>,
}

/// Uploads a background of the company's.
#[utoipa::path(post, path = "/settings/background-image", tag = "Settings", security(("apikey" = []), ("bearer" = [])),
    request_body(content = BackgroundForm, content_type = "multipart/form-data"),
    responses(
    (status = 200, description = "The background", body = UploadedBackground, example = json!({ "virtual_background": {
        "background_alias": "3e4d0683d78be3a884b7a60028644f57",
        "url": "https://visits.example.org/pictures/3e4d0683d78be3a884b7a60028644f57",
        "creation_date": "2023-12-22T13:36:48.164Z" } })),
    (status = 400, description = "Not a form, or without the field", body = MiaErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = MiaErrorBody,
        example = json!({ "error": "Unauthorized user" })),
    (status = 403, description = "Signed in, but no operator", body = MiaErrorBody),
    (status = 413, description = "Larger than 10 MiB", body = MiaErrorBody),
    (status = 415, description = "Not a picture, whatever its name", body = MiaErrorBody),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn upload(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<UploadedBackground>, MiaError> {
    who.caller.only_operators()?;
    let bytes = pictures::of_form(&headers, body.0, "virtual_background").await?;
    let picture = pictures::keep(&app, &who.company().id, PictureKind::Background, bytes, "virtual_background").await?;
    app.audit.write(Entry::by(&who.caller, "background_uploaded").subject(&picture.picture_id)).await?;
    let url = pictures::url(&app, &picture);
    let StoredPicture { picture_id, created_at, .. } = picture;
    let virtual_background =
        BackgroundImage { background_alias: picture_id, url, creation_date: to_rfc3339(created_at) };
    Ok(Json(UploadedBackground { virtual_background }))
}

/// Chooses the background that links have which ask for one.
#[utoipa::path(patch, path = "/settings/update", tag = "Settings", security(("apikey" = []), ("bearer" = [])),
    request_body(content = UpdateSettings, example = json!({ "background_alias": "3e4d0683d78be3a884b7a60028644f57" })),
    responses(
    (status = 200, description = "The company as it is now", body = UpdatedSettings),
    (status = 400, description = "A field is not valid", body = MiaErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = MiaErrorBody,
        example = json!({ "error": "Unauthorized user" })),
    (status = 403, description = "Signed in, but no operator", body = MiaErrorBody),
    (status = 404, description = "No such background; nothing changed", body = MiaErrorBody),
    (status = 503, description = "The issuer's keys cannot be had", body = MiaErrorBody)))]
pub(super) async fn update(State(app): State<App>, who: Who, body: Body) -> Result<Json<UpdatedSettings>, MiaError> {
    who.caller.only_operators()?;
    let UpdateSettings { background_alias } = body.json()?;
    let company = &who.company().id;
    let is_theirs = |(owner, picture): &(_, StoredPicture)| owner == company && picture.kind == PictureKind::Background;
    let Some((_, picture)) = app.store.picture(&background_alias).await?.filter(is_theirs) else {
        let problem = Problem::new(ErrorCode::NotFound, "no such background");
        return Err(Problem { field: Some("background_alias".into()), ..problem }.into());
    };
    let settings = app.store.company_settings(company).await?;
    let mut settings = settings.ok_or_else(|| internal("the company is gone"))?;
    settings.default_background = Some(picture.picture_id.clone());
    app.store.set_company_settings(company, &settings).await?;
    app.audit.write(Entry::by(&who.caller, "company_changed")).await?;
    let default_background = DefaultBackground {
        url: pictures::url(&app, &picture),
        alias: picture.picture_id,
        creation_date: to_rfc3339(picture.created_at),
    };
    let millis = settings.end_of_call_redirect_after.as_millis();
    Ok(Json(UpdatedSettings {
        company: MiaCompany {
            name: settings.name,
            default_language: settings.default_language,
            default_background: Some(default_background),
            end_call_redirect_url: settings.end_of_call_redirect_url.unwrap_or_default(),
            user_details_provider_url: settings.user_details_provider_url.unwrap_or_default(),
            end_call_redirect_timeout_ms: u64::try_from(millis).unwrap_or(u64::MAX),
        },
    }))
}
