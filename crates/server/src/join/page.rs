//! Pages of the server's own, without scripts: refusals, and the way into the app.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use url::Url;
use visita_protocol::{ErrorCode, Problem};

use crate::keys::{KeyError, random};

/// Language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Italian,
}

impl Language {
    /// The first language of `Accept-Language`, by weight, that there is; else English.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut best = (Self::English, 0.0);
        for choice in wanted.split(',') {
            let mut parts = choice.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(Some(1.0), |weight| weight.parse::<f32>().ok())
                .unwrap_or(0.0);
            let language = match tag.split('-').next() {
                Some("it") => Self::Italian,
                Some("en") => Self::English,
                _ => continue,
            };
            if weight > best.1 {
                best = (language, weight);
            }
        }
        best.0
    }

    /// The language of that tag.
    pub(super) fn named(tag: &str) -> Option<Self> {
        [Self::English, Self::Italian].into_iter().find(|language| language.tag() == tag)
    }

    fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Italian => "it",
        }
    }

    fn pick(self, english: &'static str, italian: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Italian => italian,
        }
    }
}

/// The page of a link where there is no page to join with: the way into the app. It tells nothing of the room.
pub(super) fn invitation(base: &Url, code: &str, language: Language) -> Result<Response, KeyError> {
    let heading = language.pick("You are invited to a video visit", "Hai un invito a una videovisita");
    let way = way_into_the_app(base, &format!("join/{code}"), language);
    page(StatusCode::OK, language, &format!("<h1>{heading}</h1>{way}"))
}

/// The page of a link that signs somebody in. Looking at it does not use the link up, nor say whether it is one.
pub(super) fn sign_in(base: &Url, code: &str, language: Language) -> Result<Response, KeyError> {
    let heading = language.pick("Sign in to Visita", "Accedi a Visita");
    let note = language.pick(
        "This link works once and is meant for you alone.",
        "Questo link funziona una volta sola ed è solo per te.",
    );
    let way = way_into_the_app(base, &format!("sign-in/{code}"), language);
    page(StatusCode::OK, language, &format!("<h1>{heading}</h1><p>{note}</p>{way}"))
}

fn way_into_the_app(base: &Url, path: &str, language: Language) -> String {
    let port = base.port().map(|port| format!(":{port}")).unwrap_or_default();
    let link = format!("visita://{}{port}/{path}", base.host_str().unwrap_or_default());
    format!(
        "<p><a class=open href=\"{}\">{}</a></p><p class=small>{}</p>",
        escape(&link),
        language.pick("Open in the app", "Apri nell’app"),
        language.pick(
            "Nothing happens? Copy this page’s address and paste it into Visita.",
            "Non succede nulla? Copia l’indirizzo di questa pagina e incollalo in Visita.",
        ),
    )
}

/// The page of a link that lets nobody in. It tells nothing of the room.
pub(super) fn refusal(status: StatusCode, problem: &Problem, language: Language) -> Result<Response, KeyError> {
    // Heading and advice, each in English and Italian.
    let words = match problem.code {
        ErrorCode::LinkUnknown => [
            ["This link leads nowhere", "Questo link non porta da nessuna parte"],
            [
                "Check that you copied all of it, or ask for a new one.",
                "Controlla di averlo copiato per intero, oppure chiedine uno nuovo.",
            ],
        ],
        ErrorCode::LinkRevoked => [
            ["This link is no longer valid", "Questo link non è più valido"],
            [
                "A new one was made. Ask whoever sent you this one.",
                "Ne è stato creato uno nuovo. Chiedilo a chi ti ha mandato questo.",
            ],
        ],
        ErrorCode::LinkExpired | ErrorCode::RoomEnded => [
            ["This visit is over", "Questa visita è terminata"],
            ["If you need another one, ask for a new link.", "Se te ne serve un’altra, chiedi un nuovo link."],
        ],
        ErrorCode::RoomDisabled => [
            ["This visit was cancelled", "Questa visita è stata annullata"],
            ["Ask whoever sent you the link.", "Chiedi a chi ti ha mandato il link."],
        ],
        ErrorCode::Removed => [
            ["You cannot join this visit now", "Ora non puoi entrare in questa visita"],
            [
                "The host ended your part in it. If that was a mistake, ask whoever sent you the link.",
                "Chi la conduce ha chiuso la tua partecipazione. Se è un errore, chiedi a chi ti ha mandato il link.",
            ],
        ],
        ErrorCode::RateLimited => [
            ["One moment, please", "Un momento, per favore"],
            [
                "This page was opened very often just now. Wait a few seconds, then load it again.",
                "Questa pagina è stata aperta molte volte. Aspetta qualche secondo, poi ricaricala.",
            ],
        ],
        _ => [["Something went wrong", "Qualcosa è andato storto"], ["Try again in a moment.", "Riprova tra poco."]],
    };
    let [heading, advice] = words.map(|[english, italian]| language.pick(english, italian));
    page(status, language, &format!("<h1>{heading}</h1><p>{advice}</p>"))
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto 0;padding:0 1.5rem}\
h1{font-size:1.75rem;line-height:1.25}\
.title{font-size:1.25rem}\
.notice{border-left:.25rem solid #b45309;padding-left:.75rem}\
.open{display:inline-block;padding:.75rem 1.5rem;border-radius:.5rem;background:#0f5c4d;color:#fff;text-decoration:none;font-weight:600}\
.open:focus-visible{outline:.2rem solid;outline-offset:.2rem}\
.small{font-size:1rem}";

fn page(status: StatusCode, language: Language, body: &str) -> Result<Response, KeyError> {
    let nonce = STANDARD.encode(random::<16>()?);
    let html = format!(
        "<!doctype html><html lang={}><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <meta name=robots content=noindex><title>Visita</title><style nonce=\"{nonce}\">{STYLE}</style>\
         <main>{body}</main></html>",
        language.tag(),
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CACHE_CONTROL, "no-store");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::VARY, "accept, accept-language");
    set(HeaderName::from_static("x-robots-tag"), "noindex");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_heaviest_that_there_is() {
        let of = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, value.parse().expect("a header"));
            Language::of(&headers)
        };
        assert_eq!(of("it-IT,it;q=0.9,en;q=0.8"), Language::Italian);
        assert_eq!(of("en;q=0.5, it;q=0.7"), Language::Italian);
        assert_eq!(of("de, en;q=0.7, it;q=0.3"), Language::English);
        assert_eq!(of("de"), Language::English);
        assert_eq!(of("it;q=x"), Language::English);
        assert_eq!(Language::of(&HeaderMap::new()), Language::English);
    }

    #[test]
    fn what_people_write_is_text() {
        assert_eq!(escape("<b>'\"&"), "&lt;b&gt;&#39;&quot;&amp;");
    }
}
