//! What holds whatever happens, in whatever order.

mod common;

use std::time::Duration;

use common::{Scene, id, secs, settings};
use proptest::prelude::*;
use visita_protocol::{
    ParticipantId, RecordingMode, Tools,
    channel::{ClientMessage, LeaveReason, MediaSource, MediaState, ServerMessage, StageRole},
    recorder::{RecorderEnd, RecorderReport, RecorderTrouble},
};
use visita_room::{ConnectionId, EntryId, Input, LinkSerial, Output, RecorderRun, Settings, Standing};

const SEATS: [&str; 4] = ["admin", "b", "c", "d"];

/// Something anybody outside may do, with numbers that often fit and often do not.
#[derive(Clone, Debug)]
enum Deed {
    Wait(u64),
    Enter { seat: usize, displace: bool },
    Hello { seat: usize, entry_back: u64, expired: bool },
    Disconnect(u64),
    SetMedia(u64),
    Leave(u64),
    EndSession(u64),
    MediaJoined(usize),
    MediaLeft(usize, bool),
    RenewLink(usize),
    Say(u64, ClientMessage),
    Ring(usize),
    EndRing(usize, bool),
    Recorder { run: u64, report: RecorderReport },
}

fn deed() -> impl Strategy<Value = Deed> {
    let seat = 0..SEATS.len();
    prop_oneof![
        3 => (0..30_000_u64).prop_map(Deed::Wait),
        4 => (seat.clone(), any::<bool>()).prop_map(|(seat, displace)| Deed::Enter { seat, displace }),
        6 => (seat.clone(), 0..3_u64, any::<bool>())
            .prop_map(|(seat, entry_back, expired)| Deed::Hello { seat, entry_back, expired }),
        2 => (0..20_u64).prop_map(Deed::Disconnect),
        1 => (0..20_u64).prop_map(Deed::SetMedia),
        1 => (0..20_u64).prop_map(Deed::Leave),
        1 => (0..20_u64).prop_map(Deed::EndSession),
        2 => seat.clone().prop_map(Deed::MediaJoined),
        2 => (seat.clone(), any::<bool>()).prop_map(|(seat, goodbye)| Deed::MediaLeft(seat, goodbye)),
        1 => seat.clone().prop_map(Deed::RenewLink),
        8 => (0..20_u64, message()).prop_map(|(connection, message)| Deed::Say(connection, message)),
        1 => seat.clone().prop_map(Deed::Ring),
        1 => (seat, any::<bool>()).prop_map(|(seat, answer)| Deed::EndRing(seat, answer)),
        1 => (1..9_u64, report()).prop_map(|(run, report)| Deed::Recorder { run, report }),
    ]
}

/// Anything a recorder may say.
fn report() -> impl Strategy<Value = RecorderReport> {
    let ended = |reason| RecorderReport::Ended { reason, recorded_ms: 0, bytes: 0, tracks: Vec::new() };
    prop_oneof![
        3 => Just(RecorderReport::Started { at_ms: 0 }),
        1 => Just(RecorderReport::Progress { recorded_ms: 1, bytes: 1 }),
        1 => Just(RecorderReport::Trouble { trouble: RecorderTrouble::TooSlow }),
        1 => Just(ended(RecorderEnd::Failed)),
        1 => Just(ended(RecorderEnd::DiskFull)),
    ]
}

/// Anything a client may say, to and about anybody.
fn message() -> impl Strategy<Value = ClientMessage> {
    let seat = || (0..SEATS.len()).prop_map(|seat| id::<ParticipantId>(SEATS[seat]));
    let source = || prop_oneof![Just(MediaSource::Microphone), Just(MediaSource::Camera), Just(MediaSource::Screen)];
    prop_oneof![
        any::<bool>().prop_map(|raised| ClientMessage::RaiseHand { raised }),
        any::<bool>().prop_map(|answer| ClientMessage::Consent { answer, text_version: "1".into() }),
        prop::option::of(seat()).prop_map(|to| ClientMessage::Note { to, text: "hello".into() }),
        Just(ClientMessage::Knock),
        seat().prop_map(|participant_id| ClientMessage::Admit { participant_id }),
        Just(ClientMessage::AdmitAll),
        seat().prop_map(|participant_id| ClientMessage::Refuse { participant_id }),
        seat().prop_map(|participant_id| ClientMessage::SendBack { participant_id }),
        (seat(), source()).prop_map(|(participant_id, source)| ClientMessage::Mute { participant_id, source }),
        (seat(), source()).prop_map(|(participant_id, source)| ClientMessage::Release { participant_id, source }),
        (seat(), source()).prop_map(|(participant_id, source)| ClientMessage::AskToUnmute { participant_id, source }),
        seat().prop_map(|participant_id| ClientMessage::Remove { participant_id }),
        seat().prop_map(|participant_id| ClientMessage::Readmit { participant_id }),
        (seat(), any::<bool>()).prop_map(|(participant_id, all)| ClientMessage::SetTools {
            participant_id,
            tools: if all { Tools::ALL } else { Tools::default() },
        }),
        (seat(), any::<bool>()).prop_map(|(participant_id, up)| ClientMessage::SetRole {
            participant_id,
            role: if up { StageRole::Speaker } else { StageRole::Audience },
        }),
        seat().prop_map(|participant_id| ClientMessage::LowerHand { participant_id }),
        (any::<bool>(), 0..3_u32).prop_map(|(shown, page)| ClientMessage::ShowWhiteboard { shown, page }),
        (seat(), any::<bool>())
            .prop_map(|(participant_id, granted)| ClientMessage::GrantDrawing { participant_id, granted }),
        Just(ClientMessage::StartRecording { layout: None }),
        Just(ClientMessage::StopRecording),
        prop::option::of(seat()).prop_map(|participant_id| ClientMessage::Ring { participant_id }),
    ]
}

/// What everybody may say for themselves; all the rest is for admins.
fn is_for_everybody(message: &ClientMessage) -> bool {
    matches!(
        message,
        ClientMessage::RaiseHand { .. }
            | ClientMessage::Consent { .. }
            | ClientMessage::Note { to: None, .. }
            | ClientMessage::Knock
    )
}

/// Plays deeds and keeps its own books beside the room's.
struct Play {
    scene: Scene,
    last_entry: [u64; SEATS.len()],
    links: [u32; SEATS.len()],
    /// Whose each connection is.
    connections: Vec<usize>,
    entries: u64,
    used: Duration,
    /// Who has ever had a media token.
    has_token: [bool; SEATS.len()],
}

impl Play {
    fn new(settings: Settings) -> Self {
        Self {
            scene: Scene::new(settings),
            last_entry: [0; SEATS.len()],
            links: [1; SEATS.len()],
            connections: Vec::new(),
            entries: 0,
            used: Duration::ZERO,
            has_token: [false; SEATS.len()],
        }
    }

    /// Does it; answers whether it was taken, and what the room said.
    fn act(&mut self, deed: &Deed) -> (bool, Vec<Output>) {
        let input = match deed.clone() {
            Deed::Wait(ms) => return (true, self.wait(Duration::from_millis(ms))),
            Deed::Enter { seat, displace } => {
                self.entries += 1;
                self.last_entry[seat] = self.entries;
                Input::Enter {
                    participant_id: id(SEATS[seat]),
                    link: LinkSerial(self.links[seat]),
                    entry: EntryId(self.entries),
                    displace,
                }
            }
            Deed::Hello { seat, entry_back, expired } => {
                self.connections.push(seat);
                Input::Connect {
                    participant_id: id(SEATS[seat]),
                    link: LinkSerial(self.links[seat]),
                    entry: EntryId(self.last_entry[seat].saturating_sub(entry_back)),
                    connection: ConnectionId(self.connections.len() as u64 - 1),
                    display_name: SEATS[seat].into(),
                    expired,
                    seen: None,
                    session_id: id(&format!("s{}", self.connections.len())),
                    chat_after: 0,
                }
            }
            Deed::Disconnect(connection) => Input::Disconnect { connection: ConnectionId(connection) },
            Deed::SetMedia(connection) => Input::Message {
                connection: ConnectionId(connection),
                message: ClientMessage::SetMedia { media: MediaState { microphone: true, camera: true } },
            },
            Deed::Leave(connection) => {
                Input::Message { connection: ConnectionId(connection), message: ClientMessage::Leave }
            }
            Deed::EndSession(connection) => {
                Input::Message { connection: ConnectionId(connection), message: ClientMessage::EndSession }
            }
            // Without a token there is no media.
            Deed::MediaJoined(seat) if !self.has_token[seat] => return (false, Vec::new()),
            Deed::MediaJoined(seat) => Input::MediaJoined {
                participant_id: id(SEATS[seat]),
                display_name: None,
                session_id: id(&format!("m{seat}-{}", self.scene.now.unix_ms())),
            },
            Deed::Say(connection, message) => Input::Message { connection: ConnectionId(connection), message },
            Deed::Ring(seat) => Input::Ring { participant_id: Some(id(SEATS[seat])) },
            Deed::EndRing(seat, true) => Input::AnswerRing { participant_id: id(SEATS[seat]) },
            Deed::EndRing(seat, false) => Input::DeclineRing { participant_id: id(SEATS[seat]), busy: false },
            Deed::Recorder { run, report } => Input::Recorder { run: RecorderRun(run), report },
            Deed::MediaLeft(seat, goodbye) => Input::MediaLeft { participant_id: id(SEATS[seat]), goodbye },
            Deed::RenewLink(seat) => {
                self.links[seat] += 1;
                Input::RenewLink { participant_id: id(SEATS[seat]), link: LinkSerial(self.links[seat]) }
            }
        };
        let (taken, outputs) = match self.scene.handle(input) {
            Ok(outputs) => (true, outputs),
            Err(_) => (false, self.scene.outputs()),
        };
        if let (true, Deed::Enter { seat, .. }) = (taken, deed) {
            self.has_token[*seat] |= self.scene.room.media_rights(&id(SEATS[*seat])).is_some();
        }
        for output in &outputs {
            if let Output::SendMediaToken { participant_id, .. } = output {
                self.has_token[number(participant_id)] = true;
            }
        }
        (taken, outputs)
    }

    /// Goes from deadline to deadline, as the caller does, and counts by hand.
    fn wait(&mut self, time: Duration) -> Vec<Output> {
        let end = self.scene.now + time;
        let mut outputs = Vec::new();
        while let Some(due) = self.scene.room.poll_timeout().filter(|due| *due <= end) {
            outputs.extend(self.step(due.since(self.scene.now)));
        }
        outputs.extend(self.step(end.since(self.scene.now)));
        outputs
    }

    fn step(&mut self, time: Duration) -> Vec<Output> {
        if self.scene.room.connected() >= 2 {
            self.used += time;
        }
        self.scene.after(time)
    }
}

fn number(seat: &ParticipantId) -> usize {
    SEATS.iter().position(|name| *name == seat.as_str()).expect("a seat")
}

/// Rooms of every kind.
fn any_settings() -> impl Strategy<Value = Settings> {
    (any::<bool>(), any::<bool>(), any::<bool>(), prop::option::of(2..4_usize)).prop_map(
        |(waiting_room, webinar, live, capacity)| {
            let mut settings = Settings { waiting_room, webinar, live, capacity, ..settings(&SEATS) };
            for seat in &mut settings.seats[2..] {
                seat.is_speaker = !webinar;
            }
            settings
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_clock_runs_exactly_while_two_or_more_are_connected(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(settings(&SEATS));
        for deed in &deeds {
            play.act(deed);
            prop_assert_eq!(play.scene.room.clock_runs(), play.scene.room.connected() >= 2);
            prop_assert_eq!(play.scene.room.used(play.scene.now), play.used);
        }
    }

    #[test]
    fn a_recorder_works_within_a_session_and_shows_only_who_said_yes(
        settings in any_settings(),
        automatic in any::<bool>(),
        deeds in prop::collection::vec(deed(), 1..120),
    ) {
        let recording = if automatic { RecordingMode::Automatic } else { RecordingMode::Manual };
        let mut play = Play::new(Settings { recording, ..settings });
        play.scene.room.set_recorder_available(true);
        let mut said_yes = [false; SEATS.len()];
        let mut running = None;
        for deed in &deeds {
            let (taken, outputs) = play.act(deed);
            match deed {
                Deed::Say(connection, ClientMessage::Consent { answer, .. }) if taken => {
                    said_yes[play.connections[usize::try_from(*connection).expect("a small number")]] = *answer;
                }
                Deed::RenewLink(seat) => said_yes[*seat] = false,
                // It says so itself, so that nobody has to stop it.
                Deed::Recorder { run, report: RecorderReport::Ended { .. } } if running == Some(*run) => running = None,
                _ => {}
            }
            for output in &outputs {
                match output {
                    Output::StartRecorder { run, people, .. } => {
                        prop_assert_eq!(running, None, "two at once");
                        running = Some(run.0);
                        prop_assert!(people.iter().all(|one| !one.consented || said_yes[number(&one.participant_id)]));
                    }
                    Output::RecorderPeople { run, people } => {
                        prop_assert_eq!(running, Some(run.0));
                        prop_assert!(people.iter().all(|one| !one.consented || said_yes[number(&one.participant_id)]));
                    }
                    Output::StopRecorder { run } => {
                        prop_assert_eq!(running, Some(run.0));
                        running = None;
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(running, play.scene.room.recorder_run().map(|run| run.0));
            prop_assert!(running.is_none() || play.scene.room.session_id().is_some());
        }
    }

    #[test]
    fn nobody_but_an_admin_ends_the_session(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(settings(&SEATS));
        for deed in &deeds {
            let (taken, outputs) = play.act(deed);
            let ended = outputs.iter().any(|output| matches!(
                output,
                Output::EndMedia
                    | Output::Send { message: ServerMessage::Closed { reason: LeaveReason::SessionEnded }, .. }
            ));
            let by_admin = match deed {
                Deed::EndSession(connection) => {
                    usize::try_from(*connection).ok().and_then(|n| play.connections.get(n)) == Some(&0)
                }
                _ => false,
            };
            prop_assert!(!ended || (by_admin && taken), "{:?} ended the session", deed);
        }
    }

    #[test]
    fn nobody_does_what_only_admins_may(settings in any_settings(), deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(settings);
        for deed in &deeds {
            let (taken, _) = play.act(deed);
            if let (true, Deed::Say(connection, message)) = (taken, deed)
                && !is_for_everybody(message)
            {
                let who = usize::try_from(*connection).ok().and_then(|n| play.connections.get(n));
                prop_assert_eq!(who, Some(&0), "{:?} was taken from somebody who is no admin", message);
            }
        }
    }

    #[test]
    fn nobody_gets_a_media_token_before_an_admin_let_them_in(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(Settings { waiting_room: true, ..settings(&SEATS) });
        let mut let_in = [false; SEATS.len()];
        for deed in &deeds {
            let waiting: Vec<_> =
                play.scene.room.occupants().into_iter().filter(|one| one.waits).map(|one| one.participant_id).collect();
            let (taken, outputs) = play.act(deed);
            match deed {
                Deed::Say(_, ClientMessage::Admit { participant_id }) if taken => let_in[number(participant_id)] = true,
                Deed::Say(_, ClientMessage::AdmitAll) if taken => {
                    waiting.iter().for_each(|one| let_in[number(one)] = true);
                }
                _ => {}
            }
            for output in &outputs {
                if let Output::SendMediaToken { participant_id, .. } = output {
                    prop_assert!(let_in[number(participant_id)], "{:?} by {:?}", participant_id, deed);
                }
                if let Output::SessionEnded { .. } = output {
                    let_in = [false; SEATS.len()];
                }
            }
            for one in play.scene.room.occupants() {
                let seat = number(&one.participant_id);
                let rights = play.scene.room.media_rights(&one.participant_id);
                prop_assert!(!one.waits || rights.is_none(), "who waits gets none");
                prop_assert!(seat == 0 || let_in[seat] || (rights.is_none() && !one.connected));
            }
        }
    }

    #[test]
    fn what_a_removed_participant_had_never_works_again(
        settings in any_settings(),
        deeds in prop::collection::vec(deed(), 1..120),
    ) {
        let mut play = Play::new(settings);
        let mut dead = [None; SEATS.len()];
        for deed in &deeds {
            let entry = match deed {
                Deed::Hello { seat, entry_back, .. } => {
                    Some((*seat, play.last_entry[*seat].saturating_sub(*entry_back)))
                }
                _ => None,
            };
            let (taken, _) = play.act(deed);
            if let (true, Some((seat, entry))) = (taken, entry) {
                prop_assert!(Some(entry) > dead[seat], "entry {} of {} came back from the dead", entry, seat);
            }
            if let Deed::Say(_, ClientMessage::Remove { participant_id } | ClientMessage::Refuse { participant_id }) = deed
                && taken
            {
                dead[number(participant_id)] = Some(play.last_entry[number(participant_id)]);
            }
        }
    }

    #[test]
    fn never_more_are_in_than_may_be(settings in any_settings(), deeds in prop::collection::vec(deed(), 1..120)) {
        let capacity = settings.capacity.unwrap_or(SEATS.len());
        let mut play = Play::new(settings);
        for deed in &deeds {
            play.act(deed);
            prop_assert!(play.scene.room.connected() <= capacity);
        }
    }

    #[test]
    fn who_is_held_muted_never_counts_as_sending(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(settings(&SEATS));
        for deed in &deeds {
            for output in play.act(deed).1 {
                if let Output::Send { message: ServerMessage::MediaChanged { media, muted_by_admin, .. }, .. } = output {
                    prop_assert!(!(media.microphone && muted_by_admin.microphone));
                    prop_assert!(!(media.camera && muted_by_admin.camera));
                }
            }
        }
    }

    #[test]
    fn a_session_runs_exactly_while_somebody_is_in(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(settings(&SEATS));
        let mut running = None;
        for deed in &deeds {
            for output in play.act(deed).1 {
                match output {
                    Output::SessionStarted { session_id, .. } => {
                        prop_assert_eq!(running.replace(session_id), None, "one at a time");
                    }
                    Output::SessionEnded { session_id, .. } => {
                        prop_assert_eq!(running.take(), Some(session_id));
                    }
                    Output::Checkpoint { session_id, .. } => {
                        prop_assert_eq!(running.as_ref(), Some(&session_id));
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(running.as_ref(), play.scene.room.session_id());
            if play.scene.room.connected() > 0 {
                prop_assert!(running.is_some());
            }
        }
        // Left alone, those who are on no line go.
        let connected = play.scene.room.connected();
        play.wait(secs(60));
        let waiting = play.scene.room.occupants().iter().any(|one| one.waits);
        prop_assert_eq!(play.scene.room.is_empty(), connected == 0 && !waiting);
    }

    #[test]
    fn a_refused_deed_sends_nothing_to_anybody(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(settings(&SEATS));
        for deed in &deeds {
            let before = play.scene.room.connected();
            let (taken, outputs) = play.act(deed);
            if !taken {
                prop_assert_eq!(play.scene.room.connected(), before);
                let silent = outputs.iter().all(|output| matches!(output, Output::RemoveMedia { .. }));
                prop_assert!(silent, "{:?} was refused and yet {:?}", deed, outputs);
            }
        }
    }

    #[test]
    fn seq_rises_and_everybody_hears_the_same(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut play = Play::new(settings(&SEATS));
        let mut last = std::collections::BTreeMap::new();
        for deed in &deeds {
            for output in play.act(deed).1 {
                let Output::Send { to, message } = output else { continue };
                let Some(seq) = message.seq() else { continue };
                if matches!(message, ServerMessage::Welcome { .. }) {
                    last.insert(to, seq);
                    continue;
                }
                let before = last.insert(to, seq);
                prop_assert_eq!(before.map(|before| before + 1), Some(seq), "nothing is missed after the welcome");
            }
        }
    }

    #[test]
    fn a_room_with_a_duration_is_over_when_it_is_used_up_and_stays_over(
        deeds in prop::collection::vec(deed(), 1..120),
    ) {
        let mut play = Play::new(Settings { duration: Some(secs(60)), ..settings(&SEATS) });
        for deed in &deeds {
            play.act(deed);
            let used = play.scene.room.used(play.scene.now);
            prop_assert_eq!(used, play.used);
            prop_assert!(used <= secs(60));
            prop_assert_eq!(play.scene.room.standing() == Standing::UsedUp, used == secs(60));
            if used == secs(60) {
                prop_assert_eq!(play.scene.room.connected(), 0);
            }
        }
    }
}
