//! The page with which a browser joins, and what it loads: built from `ui`, embedded, compressed once, cached by browsers.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use parking_lot::Mutex;
use rust_embed::{EmbeddedFile, RustEmbed};
use url::Url;
use visita_protocol::{ErrorCode, Problem};

use crate::{
    app::{App, websocket_url},
    error::{ApiError, internal},
};

/// Names of built files contain a hash of their content, so that they never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// What is copied as it is.
const A_DAY: &str = "public, max-age=86400";
/// Kinds of files that compression makes smaller, by the end of their name.
const COMPRESSED: [&str; 6] = ["js", "css", "html", "svg", "json", "wasm"];
/// How hard Brotli tries, of 11: what is left takes ten times as long.
const QUALITY: i32 = 9;
const WINDOW: i32 = 22;

const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), \
    screen-wake-lock=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), payment=(), usb=()";

/// The built pages. In builds for development they are read from the folder each time.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Pages;

/// Files as they go out, by their hash and encoding.
type Packed = HashMap<([u8; 32], Encoding), Bytes>;

static PACKED: LazyLock<Mutex<Packed>> = LazyLock::new(Mutex::default);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Encoding {
    Plain,
    Gzip,
    Brotli,
}

impl Encoding {
    /// As `Content-Encoding` has it.
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

/// One of the built pages.
#[derive(Clone, Copy)]
pub(super) enum Page {
    /// Of a link: for every code the same; it asks for what it shows, and words what is wrong.
    Join,
    /// Of the widget, which is nothing without a page around it.
    Embed,
}

impl Page {
    fn file(self) -> &'static str {
        match self {
            Self::Join => "join.html",
            Self::Embed => "embed.html",
        }
    }
}

/// The page, which these origins may frame. `None` when it was not built.
pub(super) async fn page(app: &App, headers: &HeaderMap, page: Page, framed_by: &[String]) -> Option<Response> {
    let file = Pages::get(page.file())?;
    let mut response = answer(page.file(), file, headers, "no-store").await;
    let own = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| own.insert(name, HeaderValue::from_static(value));
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("x-robots-tag"), "noindex");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    set(header::VARY, "accept, accept-encoding");
    let policy = policy(&app.base_for(headers), &app.livekit_url_for(&app.base_for(headers)), framed_by);
    own.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(&policy).ok()?);
    Some(response)
}

/// `GET /widget.js`: what makes the frame, for pages of every origin; which of them may frame is the frame's affair.
pub(crate) async fn widget(State(_): State<App>, headers: HeaderMap) -> Response {
    let Some(file) = Pages::get("widget.js") else {
        return ApiError::from(Problem::new(ErrorCode::NotFound, "nothing here")).into_response();
    };
    // Its name does not change with its content.
    let mut response = answer("widget.js", file, &headers, "public, max-age=300").await;
    let own = response.headers_mut();
    own.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    own.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    response
}

/// `GET /assets/…`, `/pdf/…`, `/icon.svg`
pub(crate) async fn asset(State(_): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    match Pages::get(path) {
        // Names come from the build: none is outside the folder.
        Some(file) => {
            let lasts = if path.starts_with("assets/") { FOREVER } else { A_DAY };
            answer(path, file, &headers, lasts).await
        }
        None => ApiError::from(Problem::new(ErrorCode::NotFound, "nothing here")).into_response(),
    }
}

/// Only what is ours, and the media server.
fn policy(base: &Url, livekit: &str, framed_by: &[String]) -> String {
    let framed_by = if framed_by.is_empty() { "'none'".into() } else { framed_by.join(" ") };
    let web = |socket: &str| socket.replacen("ws", "http", 1);
    format!(
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
         media-src 'self' blob: mediastream:; worker-src 'self'; connect-src 'self' {} {livekit} {}; frame-src visita:; \
         object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {framed_by}",
        websocket_url(base, ""),
        web(livekit),
    )
}

async fn answer(path: &str, file: EmbeddedFile, asked: &HeaderMap, cache: &'static str) -> Response {
    let hash = file.metadata.sha256_hash();
    let encoding = if compresses(path) { best(asked) } else { Encoding::Plain };
    let tag = tag(&hash, encoding);
    let known = knows(asked, &tag);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match packed(hash, encoding, file.data).await {
            Ok(bytes) => Response::new(Body::from(bytes)),
            Err(error) => return internal(error).into_response(),
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(path)));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if let Some(name) = encoding.name().filter(|_| !known) {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    response
}

/// One for each encoding, as its bytes are others (RFC 9110 section 8.8.3.3).
fn tag(hash: &[u8; 32], encoding: Encoding) -> String {
    let hash: String = hash[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    encoding.name().map_or_else(|| format!("\"{hash}\""), |name| format!("\"{hash}-{name}\""))
}

/// Whether whoever asks has it already: compared weakly, as `If-None-Match` is (RFC 9110 section 13.1.2).
fn knows(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
}

fn compresses(path: &str) -> bool {
    path.rsplit('.').next().is_some_and(|end| COMPRESSED.contains(&end))
}

/// What is in the built page; anything else is bytes.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "json" => "application/json",
        _ => "application/octet-stream",
    }
}

/// The best encoding that the browser takes (RFC 9110 section 12.5.3), weights but zero aside: whoever takes both gets the
/// smaller.
fn best(asked: &HeaderMap) -> Encoding {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes = |name: &str| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next().is_some_and(|it| it.eq_ignore_ascii_case(name)) && parts.all(|it| it != "q=0")
        })
    };
    if takes("br") {
        Encoding::Brotli
    } else if takes("gzip") {
        Encoding::Gzip
    } else {
        Encoding::Plain
    }
}

/// The bytes in this encoding; each is packed once.
async fn packed(hash: [u8; 32], encoding: Encoding, data: Cow<'static, [u8]>) -> Result<Bytes, tokio::task::JoinError> {
    if encoding == Encoding::Plain {
        return Ok(match data {
            Cow::Borrowed(data) => Bytes::from_static(data),
            Cow::Owned(data) => data.into(),
        });
    }
    if let Some(done) = PACKED.lock().get(&(hash, encoding)) {
        return Ok(done.clone());
    }
    // Half a second of a core for the largest.
    let done: Bytes = tokio::task::spawn_blocking(move || pack(encoding, &data)).await?.into();
    PACKED.lock().insert((hash, encoding), done.clone());
    Ok(done)
}

fn pack(encoding: Encoding, data: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut packed = Vec::new();
    // Writing into memory does not fail.
    match encoding {
        Encoding::Plain => packed.extend_from_slice(data),
        Encoding::Gzip => {
            let mut writer = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::best());
            let _ = writer.write_all(data);
        }
        Encoding::Brotli => {
            let parameters = brotli::enc::BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW, ..Default::default() };
            let mut writer = brotli::CompressorWriter::with_params(&mut packed, 64 * 1024, &parameters);
            let _ = writer.write_all(data);
        }
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_that_is_taken_is_sent() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().expect("a header"));
            best(&headers)
        };
        assert!(of("gzip, deflate, br;q=0.9") == Encoding::Brotli);
        assert!(of("br;q=0, gzip") == Encoding::Gzip);
        assert!(of("identity") == Encoding::Plain);
        assert!(best(&HeaderMap::new()) == Encoding::Plain);
    }

    #[test]
    fn what_is_known_is_not_sent_again() {
        let asked = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, value.parse().expect("a header"));
            headers
        };
        let (brotli, plain) = (tag(&[1; 32], Encoding::Brotli), tag(&[1; 32], Encoding::Plain));
        assert_ne!(brotli, plain);
        assert!(knows(&asked(&brotli), &brotli) && knows(&asked("*"), &brotli));
        assert!(knows(&asked(&format!("\"other\", W/{brotli}")), &brotli));
        assert!(!knows(&asked(&plain), &brotli) && !knows(&HeaderMap::new(), &plain));
    }

    #[test]
    fn the_policy_names_the_media_server_and_nobody_else() {
        let base = Url::parse("https://visits.example.org").expect("a URL");
        let said = policy(&base, "wss://media.example.org", &[]);
        let connect = said.split("; ").find(|rule| rule.starts_with("connect-src")).expect("a rule");
        let named = "connect-src 'self' wss://visits.example.org wss://media.example.org https://media.example.org";
        assert_eq!(connect, named);
        assert!(!said.contains("unsafe") && !said.contains('*') && said.ends_with("; frame-ancestors 'none'"));
        let origins = ["https://a.example.org".into(), "http://127.0.0.1:8080".into()];
        let said = policy(&base, "wss://media.example.org", &origins);
        assert!(said.ends_with("; frame-ancestors https://a.example.org http://127.0.0.1:8080"), "{said}");
    }
}
