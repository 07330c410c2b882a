//! A room with invented time, and people who come and go.

#![allow(dead_code, reason = "each test file uses its part")]

use std::{fmt::Debug, str::FromStr, time::Duration};

use visita_protocol::{
    CallType, Entrance, RecordingLayout, RecordingMode, Tools,
    channel::{ClientMessage, ServerMessage},
};
use visita_room::{
    Admission, Allowed, ConnectionId, EntryId, GRACE, Input, LinkSerial, Output, Refusal, Restored, Room, SeatSettings,
    Settings, Standing, Timestamp,
};

pub(crate) const START: Timestamp = Timestamp::from_unix_ms(1_000_000);

pub(crate) fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

pub(crate) fn settings(seats: &[&str]) -> Settings {
    let seat = |name: &&str| SeatSettings {
        participant_id: id(name),
        user_id: id(&format!("user-{name}")),
        display_name: None,
        // The first is the host.
        is_admin: name == &seats[0],
        is_plus: name == &seats[0],
        is_speaker: true,
        tools: Tools::ALL,
        link: LinkSerial(1),
        recording_consent: None,
        admission: Admission::Link,
    };
    Settings {
        room_id: id("room"),
        title: Some("Visit".into()),
        call_type: CallType::AudioVideo,
        recording: RecordingMode::None,
        recording_layout: RecordingLayout::Grid,
        duration: None,
        expected: None,
        capacity: None,
        webinar: false,
        waiting_room: false,
        live: false,
        starts_at: None,
        early_entry: Duration::ZERO,
        freeze: Duration::ZERO,
        ends_at: None,
        allowed: Allowed::ALL,
        entrance: Entrance::Link,
        seats: seats.iter().map(seat).collect(),
        grace: GRACE,
    }
}

/// A room, its time, and what it said last.
pub(crate) struct Scene {
    pub(crate) room: Room,
    pub(crate) now: Timestamp,
    sessions: u32,
    entries: u64,
}

impl Scene {
    pub(crate) fn new(settings: Settings) -> Self {
        Self::restored(
            settings,
            Restored { standing: Standing::Active, used: Duration::ZERO, chat: Vec::new(), deleted: Vec::new() },
        )
    }

    pub(crate) fn restored(settings: Settings, restored: Restored) -> Self {
        Self { room: Room::new(settings, restored), now: START, sessions: 0, entries: 0 }
    }

    pub(crate) fn after(&mut self, time: Duration) -> Vec<Output> {
        self.now = self.now + time;
        self.room.handle_timeout(self.now);
        self.outputs()
    }

    pub(crate) fn handle(&mut self, input: Input) -> Result<Vec<Output>, Refusal> {
        self.room.handle(input, self.now).map(|()| self.outputs())
    }

    pub(crate) fn enter(&mut self, seat: &str, displace: bool) -> Result<(EntryId, Vec<Output>), Refusal> {
        self.entries += 1;
        let entry = EntryId(self.entries);
        let input = Input::Enter { participant_id: id(seat), link: LinkSerial(1), entry, displace };
        Ok((entry, self.handle(input)?))
    }

    pub(crate) fn hello(&mut self, seat: &str, entry: EntryId, connection: u64) -> Result<Vec<Output>, Refusal> {
        self.hello_with(seat, entry, connection, false)
    }

    pub(crate) fn hello_with(
        &mut self,
        seat: &str,
        entry: EntryId,
        connection: u64,
        expired: bool,
    ) -> Result<Vec<Output>, Refusal> {
        self.sessions += 1;
        self.handle(Input::Connect {
            participant_id: id(seat),
            link: LinkSerial(1),
            entry,
            connection: ConnectionId(connection),
            display_name: format!("Name of {seat}"),
            expired,
            seen: None,
            session_id: id(&format!("session-{}", self.sessions)),
            chat_after: 0,
        })
    }

    /// Uses the link and connects.
    pub(crate) fn come(&mut self, seat: &str, connection: u64) -> EntryId {
        let (entry, _) = self.enter(seat, false).expect("let in");
        self.hello(seat, entry, connection).expect("connected");
        entry
    }

    pub(crate) fn media_joined(&mut self, seat: &str) -> Result<Vec<Output>, Refusal> {
        self.sessions += 1;
        let session_id = id(&format!("session-{}", self.sessions));
        self.handle(Input::MediaJoined { participant_id: id(seat), display_name: Some("Media".into()), session_id })
    }

    /// What the room said, without what it keeps in the books.
    pub(crate) fn outputs(&mut self) -> Vec<Output> {
        let is_book = |output: &Output| {
            matches!(
                output,
                Output::LineChanged { .. } | Output::ParticipantJoined { .. } | Output::ParticipantLeft { .. }
            )
        };
        std::iter::from_fn(|| self.room.poll_output()).filter(|output| !is_book(output)).collect()
    }

    /// Says something on a channel.
    pub(crate) fn say(&mut self, connection: u64, message: ClientMessage) -> Result<Vec<Output>, Refusal> {
        self.handle(Input::Message { connection: ConnectionId(connection), message })
    }
}

/// The messages to one connection.
pub(crate) fn sent(outputs: &[Output], connection: u64) -> Vec<ServerMessage> {
    outputs
        .iter()
        .filter_map(|output| match output {
            Output::Send { to, message } if *to == ConnectionId(connection) => Some(message.clone()),
            _ => None,
        })
        .collect()
}

pub(crate) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}
