//! Messages of the room channel, a WebSocket of JSON text frames at `/channel`. `PROTOCOL.md` tells the conversation.
//!
//! The client's first message is `hello`. The server answers `welcome` with the whole room state, `resumed` when what was
//! missed follows, or `waiting` when an admin has to let the client in first. Every later message of the server that
//! changes what everybody sees of the room carries the next `seq`; messages without `seq` are for one client or for the
//! admins, are whole by themselves, and are said again after every `welcome` or `resumed`.

mod chat;
mod pointing;
mod state;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use chat::{ChatMark, ChatMessage, FileInfo, FilePurpose, MAX_CHAT_KEY_LEN, MAX_CHAT_LEN};
pub use pointing::{PointTarget, Spot};
pub use state::{
    AdminState, ClockState, Consent, MediaSource, MediaState, MutedSources, ParticipantState, Reaction, RecordingState,
    RecordingStop, RemovedPerson, Ring, RingState, RoomState, StageRole, WaitingNote, WaitingPerson, WaitingRoom,
    WhiteboardState,
};

use crate::{
    BoardId, FileId, ItemId, ParticipantId, Problem, RecordingLayout, Secret, SessionId, Tools,
    board::{BoardOp, BoardPart, Item, Point},
};

/// Longest message accepted from a client, in bytes.
pub const MAX_MESSAGE_LEN: usize = 64 * 1024;

/// How long the server waits for `hello`, in seconds.
pub const HELLO_TIMEOUT_SECS: u64 = 10;

/// Longest text of a note between a waiting guest and the host, in characters.
pub const MAX_NOTE_LEN: usize = 2000;

/// From a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// First message: who I am, and what I have seen when I come back.
    Hello {
        /// Channel token from the entry.
        token: Secret,
        /// Last `seq` seen, when coming back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_seen: Option<u64>,
        /// The session in which that was seen. Without it, or with another one, the answer is the whole state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session_id: Option<SessionId>,
        /// The newest message of the chat that I have.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat_after: Option<u32>,
    },
    /// My microphone or camera went on or off.
    SetMedia {
        /// What is on now.
        media: MediaState,
    },
    /// I raise my hand, or take it down.
    RaiseHand {
        /// Up or down.
        raised: bool,
    },
    /// A sign for everybody to see, now.
    React {
        /// Which.
        reaction: Reaction,
    },
    /// My answer to being recorded. The latest answer holds from the moment it is given.
    Consent {
        /// Yes or no.
        answer: bool,
        /// Which wording of the question I was shown, as the client names it; 1 to 64 letters, digits, `.`, `_`, `-`.
        text_version: String,
    },
    /// A message to everybody with the tool `chat`. Answered by `chat`, which the sender gets too.
    Chat {
        /// As I name it, 1 to [`MAX_CHAT_KEY_LEN`] bytes: said again after a broken line it is still one message.
        key: String,
        /// 1 to [`MAX_CHAT_LEN`] characters.
        text: String,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<u32>,
    },
    /// How far the chat has come to me. Neither goes back.
    ChatMark {
        /// The newest message I have.
        received: u32,
        /// The newest message I have seen.
        seen: u32,
    },
    /// I am writing, or not any more.
    Typing {
        /// Whether.
        typing: bool,
    },
    /// I point at something (tool `live_pointer`), or at nothing any more.
    Point {
        /// Where.
        spot: Option<Spot>,
    },
    /// Everybody shall look at what I show (tool `present_to_everyone`), or need not any more. Admins may end it for others.
    Present {
        /// Begin or end.
        presenting: bool,
    },
    /// I look at a board: what lies there comes as `board_state`, and what is done from then on as `board`.
    OpenBoard {
        /// Which.
        board: BoardId,
        /// The version I have of it; 0 is nothing.
        #[serde(default)]
        since: u64,
        /// I look at it small, beside other things: the others are not told that I am there.
        #[serde(default)]
        aside: bool,
    },
    /// I look away.
    CloseBoard {
        /// Which.
        board: BoardId,
    },
    /// I do something to a board, each operation by its own right. What is refused comes back as `board_refused`.
    Board {
        /// Which.
        board: BoardId,
        /// 1 to [`MAX_OPS`](crate::board::MAX_OPS).
        ops: Vec<BoardOp>,
    },
    /// Where my cursor is on a board (`wb_cursor`); none when it left.
    BoardCursor {
        /// Which.
        board: BoardId,
        /// On which page.
        page: u32,
        /// Where on it.
        at: Option<Point>,
        /// It is a laser: it leaves a trace that fades.
        #[serde(default)]
        laser: bool,
    },
    /// A note between waiting guest and host: a guest's goes to all admins (no `to`), an admin's to one waiting guest.
    Note {
        /// The waiting guest, when an admin writes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<ParticipantId>,
        /// 1 to [`MAX_NOTE_LEN`] characters.
        text: String,
    },
    /// I, a waiting guest, ring at the door again.
    Knock,
    /// Let somebody in from the waiting room (admins).
    Admit {
        /// Whom.
        participant_id: ParticipantId,
    },
    /// Let everybody in who is waiting (admins).
    AdmitAll,
    /// Do not let somebody in (admins); they are out like one who was removed.
    Refuse {
        /// Whom.
        participant_id: ParticipantId,
    },
    /// Send somebody back to the waiting room (admins).
    SendBack {
        /// Whom.
        participant_id: ParticipantId,
    },
    /// Take the right to send one kind of media from somebody, until it is given back by `release` (admins).
    Mute {
        /// Whose.
        participant_id: ParticipantId,
        /// What: microphone to mute, camera to stop it, screen to stop sharing.
        source: MediaSource,
    },
    /// Give back what `mute` took (admins). It goes on again only by its owner's wish.
    Release {
        /// Whose.
        participant_id: ParticipantId,
        /// What.
        source: MediaSource,
    },
    /// Ask somebody to switch a source on (admins).
    AskToUnmute {
        /// Whom.
        participant_id: ParticipantId,
        /// What.
        source: MediaSource,
    },
    /// Put somebody out for the rest of the session (admins).
    Remove {
        /// Whom.
        participant_id: ParticipantId,
    },
    /// Let somebody come again who was removed or refused (admins). They use their link.
    Readmit {
        /// Whom.
        participant_id: ParticipantId,
    },
    /// Change what a seat may use, until the session ends (admins).
    SetTools {
        /// Whose.
        participant_id: ParticipantId,
        /// All of its tools, in full; what is not named is off.
        tools: Tools,
    },
    /// Bring somebody of a webinar's audience on stage, or off it (admins).
    SetRole {
        /// Whom.
        participant_id: ParticipantId,
        /// To what.
        role: StageRole,
    },
    /// Take somebody's raised hand down (admins).
    LowerHand {
        /// Whose.
        participant_id: ParticipantId,
    },
    /// Open the whiteboard for everybody, or close it (admins).
    ShowWhiteboard {
        /// Open or closed.
        shown: bool,
        /// The page that everybody shall look at, from 0; the last there can be when greater.
        #[serde(default)]
        page: u32,
    },
    /// Let somebody draw on the whiteboard, or only look at it (admins).
    GrantDrawing {
        /// Whom.
        participant_id: ParticipantId,
        /// Draw or look.
        granted: bool,
    },
    /// Start recording (admins, in rooms of mode `manual`).
    StartRecording {
        /// How the picture is arranged; as the room says when absent.
        #[serde(default)]
        layout: Option<RecordingLayout>,
    },
    /// Stop recording (admins).
    StopRecording,
    /// Add effective call time (admins, in rooms with a duration).
    Extend {
        /// Seconds, 60 to 86400.
        seconds: u32,
    },
    /// Ring those who are not in (admins).
    Ring {
        /// Only this seat; everybody who is not in when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        participant_id: Option<ParticipantId>,
    },
    /// I leave; the seat stays mine.
    Leave,
    /// End the session for everybody (admins).
    EndSession,
    /// Are you there.
    Ping,
}

/// From the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answer to `hello`: you are in.
    Welcome {
        /// Sequence number of the state below.
        seq: u64,
        /// Your seat.
        you: ParticipantId,
        /// Everything.
        room: RoomState,
    },
    /// Answer to `hello` of one who comes back: everything missed follows at once, and nothing else changed.
    Resumed {
        /// Sequence number that you will have seen after what follows.
        seq: u64,
    },
    /// Answer to `hello`: an admin has to let you in first. No media until then.
    Waiting {
        /// Your seat.
        you: ParticipantId,
        /// What may be known from outside.
        room: WaitingRoom,
    },
    /// Your place in the waiting room changed.
    WaitingPlace {
        /// 1 is next.
        place: u32,
    },
    /// Where your media is: after being let in, and whenever a client that comes back may need a fresh one.
    /// It replaces the one of the entry.
    MediaToken {
        /// LiveKit URL.
        livekit_url: String,
        /// LiveKit access token (JWT).
        livekit_token: Secret,
    },
    /// Somebody came in.
    Joined {
        /// Sequence number.
        seq: u64,
        /// Who.
        participant: ParticipantState,
    },
    /// Somebody went.
    Left {
        /// Sequence number.
        seq: u64,
        /// Who.
        participant_id: ParticipantId,
        /// Why.
        reason: LeaveReason,
    },
    /// Somebody's microphone or camera went on or off, or an admin muted or released it.
    MediaChanged {
        /// Sequence number.
        seq: u64,
        /// Whose.
        participant_id: ParticipantId,
        /// What is on now.
        media: MediaState,
        /// What an admin has taken.
        #[serde(default)]
        muted_by_admin: MutedSources,
    },
    /// Somebody's hand went up or down.
    HandChanged {
        /// Sequence number.
        seq: u64,
        /// Whose.
        participant_id: ParticipantId,
        /// Rises with each hand raised, so that the smallest was first; none is down.
        hand: Option<u32>,
        /// Who took it down, where that is somebody else.
        #[serde(default)]
        by: Option<ParticipantId>,
    },
    /// What somebody may use changed.
    RightsChanged {
        /// Sequence number.
        seq: u64,
        /// Whose.
        participant_id: ParticipantId,
        /// All of their tools.
        tools: Tools,
        /// On stage or in the audience.
        role: StageRole,
    },
    /// The whiteboard was opened for everybody, turned to another page, or closed.
    WhiteboardChanged {
        /// Sequence number.
        seq: u64,
        /// How it is now.
        whiteboard: WhiteboardState,
    },
    /// Recording began or ended.
    RecordingChanged {
        /// Sequence number.
        seq: u64,
        /// How it is now.
        recording: RecordingState,
    },
    /// Somebody is being rung, or it came to something.
    RingChanged {
        /// Sequence number.
        seq: u64,
        /// How it is now. One that is over is not in the state any more.
        ring: Ring,
    },
    /// The clock started, stopped or was extended. Only in rooms with a duration.
    Clock {
        /// How it is now.
        clock: ClockState,
    },
    /// Little time is left: 300 or 30 seconds.
    TimeWarning {
        /// Effective call time that is left, in seconds.
        seconds_left: u32,
    },
    /// Whole, to admins only, whenever any of it changes.
    Admin {
        /// How it is now.
        state: AdminState,
    },
    /// Somebody knocked: time for a soft sound. To admins, at most every 10 seconds.
    Doorbell {
        /// Who knocked last.
        participant_id: ParticipantId,
    },
    /// Somebody reacted: to everybody who is in, the sender too.
    Reacted {
        /// Who.
        participant_id: ParticipantId,
        /// How.
        reaction: Reaction,
    },
    /// Messages of the chat that you have not: after `welcome` and `resumed`, and when you are granted it.
    ChatHistory {
        /// The newest of them, oldest first.
        messages: Vec<ChatMessage>,
        /// How far they have come to those who are in.
        marks: Vec<ChatMark>,
    },
    /// A message of the chat.
    Chat {
        /// The message.
        message: ChatMessage,
    },
    /// How far the chat has come to somebody.
    ChatMarked {
        /// How far, and to whom.
        mark: ChatMark,
    },
    /// Somebody is writing, or not any more.
    Typing {
        /// Who.
        participant_id: ParticipantId,
        /// Whether.
        typing: bool,
    },
    /// A file was deleted: it cannot be fetched any more.
    FileDeleted {
        /// Which.
        file_id: FileId,
    },
    /// Somebody points at something, or at nothing any more.
    Pointed {
        /// Who.
        participant_id: ParticipantId,
        /// Where.
        spot: Option<Spot>,
    },
    /// Everybody shall look at what somebody shows, or need not any more.
    PresenterChanged {
        /// Sequence number.
        seq: u64,
        /// At whom.
        presenter: Option<ParticipantId>,
    },
    /// What lies on a board you opened, in one or more parts.
    BoardState {
        /// This part.
        part: BoardPart,
    },
    /// Something was done to a board you look at; your own operations do not come back.
    Board {
        /// Which.
        board: BoardId,
        /// The board's version after it.
        version: u64,
        /// What.
        ops: Vec<BoardOp>,
    },
    /// An operation of yours was refused; this is how it is instead.
    BoardRefused {
        /// Which board.
        board: BoardId,
        /// Which item.
        id: ItemId,
        /// How the item is; none: it is not there.
        item: Option<Item>,
        /// Why.
        error: Problem,
    },
    /// Where somebody's cursor is on a board you look at.
    BoardCursor {
        /// Which.
        board: BoardId,
        /// Whose.
        participant_id: ParticipantId,
        /// On which page.
        page: u32,
        /// Where on it; none when it left.
        at: Option<Point>,
        /// It is a laser: it leaves a trace that fades.
        #[serde(default)]
        laser: bool,
    },
    /// Who looks at the board over a snapshot or file now: somebody began live edit there, or went.
    BoardViewers {
        /// Which.
        board: BoardId,
        /// All of them.
        participants: Vec<ParticipantId>,
    },
    /// A note between a waiting guest and the host: to that guest and to all admins.
    Note {
        /// The note.
        note: WaitingNote,
    },
    /// An admin asks you to switch a source on.
    AskedToUnmute {
        /// Who asks.
        by: ParticipantId,
        /// What.
        source: MediaSource,
    },
    /// Your answer to being recorded is kept.
    ConsentKept {
        /// As kept.
        consent: Consent,
    },
    /// You are out; the connection closes after this.
    Closed {
        /// Why.
        reason: LeaveReason,
    },
    /// A message of yours was refused; nothing changed.
    Refused {
        /// Why.
        error: Problem,
        /// The `key` of the chat message it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// Answer to `ping`.
    Pong,
}

impl ServerMessage {
    /// Sequence number of a message that changes what everybody sees, or of a whole state.
    pub fn seq(&self) -> Option<u64> {
        match self {
            Self::Welcome { seq, .. }
            | Self::Joined { seq, .. }
            | Self::Left { seq, .. }
            | Self::MediaChanged { seq, .. }
            | Self::HandChanged { seq, .. }
            | Self::RightsChanged { seq, .. }
            | Self::WhiteboardChanged { seq, .. }
            | Self::RecordingChanged { seq, .. }
            | Self::PresenterChanged { seq, .. }
            | Self::RingChanged { seq, .. } => Some(*seq),
            // What was missed is still to come.
            Self::Resumed { .. }
            | Self::Waiting { .. }
            | Self::WaitingPlace { .. }
            | Self::MediaToken { .. }
            | Self::Clock { .. }
            | Self::TimeWarning { .. }
            | Self::Admin { .. }
            | Self::Doorbell { .. }
            | Self::Reacted { .. }
            | Self::ChatHistory { .. }
            | Self::Chat { .. }
            | Self::ChatMarked { .. }
            | Self::Typing { .. }
            | Self::FileDeleted { .. }
            | Self::Pointed { .. }
            | Self::BoardState { .. }
            | Self::Board { .. }
            | Self::BoardRefused { .. }
            | Self::BoardCursor { .. }
            | Self::BoardViewers { .. }
            | Self::Note { .. }
            | Self::AskedToUnmute { .. }
            | Self::ConsentKept { .. }
            | Self::Closed { .. }
            | Self::Refused { .. }
            | Self::Pong => None,
        }
    }
}

/// Why somebody is not in the room any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LeaveReason {
    /// By their own wish.
    Left,
    /// The connection was lost and did not come back in time.
    ConnectionLost,
    /// The same seat came in from another device.
    Displaced,
    /// An admin removed them, or did not let them in.
    Removed,
    /// An admin sent them back to the waiting room.
    SentBack,
    /// An admin ended the session for everybody.
    SessionEnded,
    /// The room was disabled, deleted or its time is used up.
    RoomClosed,
    /// They sent more than any person does.
    Flooding,
    /// The server stops.
    ServerStopping,
}
