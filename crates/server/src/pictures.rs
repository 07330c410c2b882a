//! Pictures of a company, such as backgrounds: known by their bytes, kept with the files, fetched by whoever knows their id.

use std::io::Cursor;

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
    routing::get,
};
use bytes::Bytes;
use image::{ImageFormat, ImageReader, Limits};
use object_store::path::Path as Key;
use visita_protocol::{CompanyId, ErrorCode, Problem};

use crate::{
    app::App,
    error::{ApiError, Path, internal},
    keys,
    store::{PictureKind, StoredPicture},
};

/// Largest picture, in bytes: 10 MiB.
pub(crate) const MAX_PICTURE: usize = 10 * 1024 * 1024;
/// A picture with a longer side than this is refused; nor one that takes more memory is looked into.
const MOST_SIDE: u32 = 10_000;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/pictures/{picture_id}", get(fetch))
}

/// Where everybody who knows it fetches a picture.
pub(crate) fn url(app: &App, picture: &StoredPicture) -> String {
    format!("{}/pictures/{}", app.link_base().as_str().trim_end_matches('/'), picture.picture_id)
}

/// Keeps a picture for a company; `field` is how the caller called it.
///
/// # Errors
/// [`ErrorCode::TooLarge`], or [`ErrorCode::FileTypeRefused`] for what is no picture by its bytes.
pub(crate) async fn keep(
    app: &App,
    company: &CompanyId,
    kind: PictureKind,
    bytes: Bytes,
    field: &str,
) -> Result<StoredPicture, ApiError> {
    let refused = |code, words: &str| Problem { field: Some(field.to_owned()), ..Problem::new(code, words) };
    if bytes.len() > MAX_PICTURE {
        return Err(refused(ErrorCode::TooLarge, "a picture has at most 10 MiB").into());
    }
    let size = bytes.len() as u64;
    let looked = {
        let bytes = bytes.clone();
        tokio::task::spawn_blocking(move || look(&bytes)).await.map_err(internal)?
    };
    let Some(media_type) = looked else {
        let words = "not a PNG, JPEG, WebP or GIF picture of at most 10000 pixels a side";
        return Err(refused(ErrorCode::FileTypeRefused, words).into());
    };
    let id = keys::random::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let picture = StoredPicture {
        picture_id: id,
        kind,
        media_type: media_type.to_owned(),
        bytes: size,
        created_at: app.clock.now(),
    };
    app.files.put_key(&key(company, &picture.picture_id), bytes).await.map_err(internal)?;
    app.store.create_picture(company, &picture).await?;
    Ok(picture)
}

/// What it is, when it can be shown.
fn look(bytes: &[u8]) -> Option<&'static str> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits);
    let media_type = match reader.format()? {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::WebP => "image/webp",
        ImageFormat::Gif => "image/gif",
        _ => return None,
    };
    // What begins like a picture and is none is found out here.
    reader.decode().ok()?;
    Some(media_type)
}

/// The file in a field of a form (RFC 7578).
///
/// # Errors
/// `invalid` for what is no form, or has no such field.
pub(crate) async fn of_form(headers: &HeaderMap, body: Bytes, field: &str) -> Result<Bytes, Problem> {
    let no_form =
        || Problem::new(ErrorCode::Invalid, "not a form: content-type is multipart/form-data with its boundary");
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = boundary(content_type, &body).ok_or_else(no_form)?;
    let whole = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(body)]);
    let mut form = multer::Multipart::new(whole, boundary);
    while let Some(part) = form.next_field().await.map_err(|_| no_form())? {
        if part.name() == Some(field) {
            return part.bytes().await.map_err(|_| no_form());
        }
    }
    Err(Problem::invalid(field, "is missing"))
}

/// The boundary of a form. Clients that add their own to one that is written in a header send two: that counts by which the
/// body begins.
fn boundary(content_type: &str, body: &[u8]) -> Option<String> {
    let mut parts = content_type.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundaries: Vec<_> = parts
        .filter_map(|part| part.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))
        .map(|(_, boundary)| boundary.trim().trim_matches('"'))
        .filter(|boundary| (1..=70).contains(&boundary.len()))
        .collect();
    let begins = |boundary: &&&str| {
        body.strip_prefix(b"--".as_slice()).and_then(|rest| rest.strip_prefix(boundary.as_bytes())).is_some()
    };
    let found = boundaries.iter().find(begins).or(boundaries.first())?;
    Some((*found).to_owned())
}

/// `GET /pictures/{picture_id}`
async fn fetch(State(app): State<App>, Path(picture_id): Path<String>) -> Result<Response, ApiError> {
    let missing = || Problem::new(ErrorCode::NotFound, "no such picture");
    let (company, picture) = app.store.picture(&picture_id).await?.ok_or_else(missing)?;
    let bytes = app.files.read_key(&key(&company, &picture.picture_id), None).await.map_err(internal)?;
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    if let Ok(media_type) = HeaderValue::from_str(&picture.media_type) {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    headers.insert(header::CONTENT_LENGTH, picture.bytes.into());
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'");
    // Another picture is another id.
    set(header::CACHE_CONTROL, "public, max-age=86400, immutable");
    // Pages of calls are of other origins, and draw it.
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
    Ok(response)
}

fn key(company: &CompanyId, picture: &str) -> Key {
    Key::from_iter(["companies", company.as_str(), "pictures", picture])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_bytes() {
        for (format, media_type) in
            [(ImageFormat::Png, "image/png"), (ImageFormat::Jpeg, "image/jpeg"), (ImageFormat::Gif, "image/gif")]
        {
            let mut bytes = Cursor::new(Vec::new());
            image::DynamicImage::new_rgb8(8, 8).write_to(&mut bytes, format).expect("a picture");
            assert_eq!(look(bytes.get_ref()), Some(media_type));
            let cut = &bytes.get_ref()[..12];
            assert_eq!(look(cut), None, "{media_type}: begins like one only");
        }
        for no_picture in [b"your_path_to_file".as_slice(), b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", b""] {
            assert_eq!(look(no_picture), None);
        }
    }

    #[test]
    fn the_boundary_is_the_one_that_the_body_begins_with() {
        let of = |content_type: &str| boundary(content_type, b"--abc\r\n");
        assert_eq!(of("multipart/form-data; boundary=abc").as_deref(), Some("abc"));
        assert_eq!(of("Multipart/Form-Data; charset=utf-8; BOUNDARY=\"abc\"").as_deref(), Some("abc"));
        assert_eq!(of("multipart/form-data; boundary=written; boundary=abc").as_deref(), Some("abc"));
        assert_eq!(of("multipart/form-data; boundary=other").as_deref(), Some("other"));
        for bad in ["", "multipart/form-data", "application/json; boundary=abc", "multipart/form-data; boundary="] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn a_field_of_a_form_is_found_among_others() {
        let body = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; \
                    name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\0\r\n\r\n--b--\r\n";
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=b"));
        let read =
            async |field: &str, body: &str| of_form(&headers, Bytes::copy_from_slice(body.as_bytes()), field).await;
        assert_eq!(read("file", body).await.expect("there").as_ref(), b"\0\r\n");
        assert_eq!(read("picture", body).await.expect_err("missing").field.as_deref(), Some("picture"));
        assert_eq!(read("file", &body[..120]).await.expect_err("cut").field, None);
    }
}
