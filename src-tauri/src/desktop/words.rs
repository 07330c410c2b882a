//! The few words that the desktop itself shows: the tray's menu and the system's notices. All others are the page's.

use visita_protocol::view::{Language, NoticeCode, NoticeView};

/// One language's words.
pub(super) struct Words {
    pub(super) open: &'static str,
    pub(super) mute: &'static str,
    pub(super) unmute: &'static str,
    pub(super) leave: &'static str,
    pub(super) quit: &'static str,
    pub(super) incoming: &'static str,
    pub(super) muted: &'static str,
    pub(super) in_call: &'static str,
    pub(super) recorded: &'static str,
    /// Whoever gives no name.
    pub(super) guest: &'static str,
    somebody: &'static str,
    let_in: &'static str,
    came: &'static str,
    wrote: &'static str,
    doorbell: &'static str,
    note: &'static str,
    hand: &'static str,
    asked: &'static str,
    five_minutes: &'static str,
    half_minute: &'static str,
    recording: &'static str,
}

static ENGLISH: Words = Words {
    open: "Open Visita",
    mute: "Mute",
    unmute: "Unmute",
    leave: "Leave",
    quit: "Quit",
    incoming: "Incoming call",
    muted: "Muted",
    in_call: "In a visit",
    recorded: "Recording",
    guest: "Guest",
    somebody: "Somebody",
    let_in: "You have been let in: the visit begins",
    came: "has come in",
    wrote: "has written in the chat",
    doorbell: "is waiting to be let in",
    note: "has written to you",
    hand: "raises a hand",
    asked: "asks you to switch something on",
    five_minutes: "Five minutes are left",
    half_minute: "Half a minute is left",
    recording: "The visit is being recorded",
};

static ITALIAN: Words = Words {
    open: "Apri Visita",
    mute: "Disattiva il microfono",
    unmute: "Attiva il microfono",
    leave: "Lascia la visita",
    quit: "Esci",
    incoming: "Chiamata in arrivo",
    muted: "Microfono disattivato",
    in_call: "In visita",
    recorded: "Registrazione in corso",
    guest: "Ospite",
    somebody: "Qualcuno",
    let_in: "La visita è iniziata",
    came: "è in visita",
    wrote: "ha scritto nella chat",
    doorbell: "aspetta di entrare",
    note: "le ha scritto",
    hand: "alza la mano",
    asked: "le chiede di attivare qualcosa",
    five_minutes: "Mancano cinque minuti",
    half_minute: "Manca mezzo minuto",
    recording: "La visita viene registrata",
};

/// The words of a language; the system's where none is chosen.
pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::En => &ENGLISH,
        Language::It => &ITALIAN,
        Language::System => {
            let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
            let spoken = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
            if spoken.starts_with("it") { &ITALIAN } else { &ENGLISH }
        }
    }
}

impl Words {
    /// Title and text for whoever waited, and is in.
    pub(super) fn let_in(&self) -> (&'static str, &'static str) {
        ("Visita", self.let_in)
    }

    /// Title and text of a notice that is worth an interruption; none for the others.
    pub(super) fn notice(&self, notice: &NoticeView) -> Option<(String, String)> {
        let who = notice.name.as_deref().unwrap_or(self.somebody);
        let about = |what: &str| Some((who.to_owned(), format!("{who} {what}")));
        let plain = |what: &str| Some(("Visita".to_owned(), what.to_owned()));
        match notice.code {
            NoticeCode::PersonJoined => about(self.came),
            NoticeCode::ChatMessage => about(self.wrote),
            NoticeCode::Doorbell => about(self.doorbell),
            NoticeCode::Note => about(self.note),
            NoticeCode::HandRaised => about(self.hand),
            NoticeCode::AskedToUnmute => about(self.asked),
            NoticeCode::FiveMinutesLeft => plain(self.five_minutes),
            NoticeCode::HalfMinuteLeft => plain(self.half_minute),
            NoticeCode::RecordingStarted => plain(self.recording),
            _ => None,
        }
    }
}
