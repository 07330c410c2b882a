//! What holds whatever happens, in whatever order.

mod common;

use std::time::Duration;

use common::{Scene, id, secs, settings};
use proptest::prelude::*;
use visita_protocol::channel::{ClientMessage, LeaveReason, MediaState, ServerMessage};
use visita_room::{ConnectionId, EntryId, Input, LinkSerial, Output, Settings, Standing};

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
        1 => seat.prop_map(Deed::RenewLink),
    ]
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
        }
    }

    /// Does it; answers whether it was taken, and what the room said.
    fn act(&mut self, deed: &Deed) -> (bool, Vec<Output>) {
        let input = match *deed {
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
            Deed::MediaJoined(seat) => Input::MediaJoined {
                participant_id: id(SEATS[seat]),
                display_name: None,
                session_id: id(&format!("m{seat}-{}", self.scene.now.unix_ms())),
            },
            Deed::MediaLeft(seat, goodbye) => Input::MediaLeft { participant_id: id(SEATS[seat]), goodbye },
            Deed::RenewLink(seat) => {
                self.links[seat] += 1;
                Input::RenewLink { participant_id: id(SEATS[seat]), link: LinkSerial(self.links[seat]) }
            }
        };
        match self.scene.handle(input) {
            Ok(outputs) => (true, outputs),
            Err(_) => (false, self.scene.outputs()),
        }
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
        prop_assert_eq!(play.scene.room.is_empty(), connected == 0);
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
                let seq = match message {
                    ServerMessage::Welcome { seq, .. } => {
                        last.insert(to, seq);
                        continue;
                    }
                    ServerMessage::Joined { seq, .. }
                    | ServerMessage::Left { seq, .. }
                    | ServerMessage::MediaChanged { seq, .. } => seq,
                    _ => continue,
                };
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
