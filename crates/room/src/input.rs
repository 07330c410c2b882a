//! What goes into a room and what comes out.

use std::time::Duration;

use visita_protocol::{
    FileId, ParticipantId, RecordingLayout, SessionId, UserId,
    channel::{ChatMessage, ClientMessage, Consent, FileInfo, LeaveReason, RingState, ServerMessage},
    recorder::{RecordedPerson, RecorderReport},
};

use crate::{LinkSerial, MediaRights, Plan, Policy, SeatSettings, Timestamp};

/// One device's way in, made when a link is used. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u64);

/// One room-channel connection. Never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// One recorder of a room, from its start to its end. Later ones are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecorderRun(pub u64);

/// What somebody who comes back has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// In which session.
    pub session_id: SessionId,
    /// Up to which sequence number.
    pub seq: u64,
}

/// Something that happened outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A link was used. Accepted, `entry` is the seat's only good one; a device that was in is put out.
    Enter {
        /// The link's seat.
        participant_id: ParticipantId,
        /// The link's serial.
        link: LinkSerial,
        /// The new entry, greater than all before.
        entry: EntryId,
        /// Take the seat over from another device.
        displace: bool,
    },
    /// A channel said hello with the token of an entry.
    Connect {
        /// The token's seat.
        participant_id: ParticipantId,
        /// The token's link serial.
        link: LinkSerial,
        /// The token's entry.
        entry: EntryId,
        /// The connection.
        connection: ConnectionId,
        /// Name to show to the others.
        display_name: String,
        /// The token's time is over: it is good only for coming back to a seat that is still held.
        expired: bool,
        /// What was seen before, when it comes back.
        seen: Option<Seen>,
        /// Id of the session, should this be its beginning.
        session_id: SessionId,
        /// The newest message of the chat that the client has.
        chat_after: u32,
    },
    /// A channel is gone without a word.
    Disconnect {
        /// The connection.
        connection: ConnectionId,
    },
    /// A channel sent more than any person does: whoever sits there is put out.
    Flooded {
        /// The connection.
        connection: ConnectionId,
    },
    /// A channel said something. `hello` and `ping` are the caller's to answer.
    Message {
        /// The connection that says so.
        connection: ConnectionId,
        /// What.
        message: ClientMessage,
    },
    /// The media server has somebody in.
    MediaJoined {
        /// Their seat.
        participant_id: ParticipantId,
        /// The name in their token, where there is one.
        display_name: Option<String>,
        /// Id of the session, should this be its beginning.
        session_id: SessionId,
    },
    /// The media server has lost somebody, or they left there.
    MediaLeft {
        /// Their seat.
        participant_id: ParticipantId,
        /// They said goodbye, rather than vanished.
        goodbye: bool,
    },
    /// Whoever is rung takes the call.
    AnswerRing {
        /// Their seat.
        participant_id: ParticipantId,
    },
    /// Whoever is rung does not take the call.
    DeclineRing {
        /// Their seat.
        participant_id: ParticipantId,
        /// Because they are on another one.
        busy: bool,
    },
    /// Those who are not in are rung. The API key's right.
    Ring {
        /// Only this seat.
        participant_id: Option<ParticipantId>,
    },
    /// Somebody's file is there in full.
    FileShared {
        /// Whose.
        participant_id: ParticipantId,
        /// As their client calls the message that brings it.
        key: String,
        /// The file.
        file: FileInfo,
    },
    /// A file was deleted.
    FileDeleted {
        /// Which.
        file_id: FileId,
    },
    /// Recording starts, in a room of mode `manual`; one that runs goes on. The API key's right.
    StartRecording {
        /// How the picture is arranged; as the room says when absent.
        layout: Option<RecordingLayout>,
    },
    /// Recording stops, in a room of mode `manual`. The API key's right.
    StopRecording,
    /// A recorder says how it is getting on.
    Recorder {
        /// Which.
        run: RecorderRun,
        /// What it says. One that vanished has ended as failed.
        report: RecorderReport,
    },
    /// One more seat, for an open room or for a visit that waits for its people. The API key's right.
    AddSeat {
        /// The seat.
        seat: SeatSettings,
    },
    /// A visit whose seats are filled one after the other is planned anew: other people, another time. The API key's right.
    Replan {
        /// How it is from now on.
        plan: Box<Plan>,
    },
    /// A seat has a new link; whoever came by an old one is put out. The API key's right.
    RenewLink {
        /// The seat.
        participant_id: ParticipantId,
        /// Serial of the new link, greater than the old one.
        link: LinkSerial,
    },
    /// A media token is made for a seat, which is made when there is none: whoever brings it is let in.
    Invite {
        /// The seat, as it is to be from now on; of one that is there, role, name and consent change.
        seat: Box<SeatSettings>,
        /// Who asks.
        by: Inviter,
    },
    /// Something of the room changes. The API key's right.
    Change {
        /// All of it, as it is from now on.
        policy: Box<Policy>,
    },
    /// Something is done to those who are in. The API key's right.
    Moderate {
        /// In this session, which has to be the running one.
        session_id: SessionId,
        /// What.
        deed: Deed,
        /// To whom; for [`Deed::End`] to everybody.
        whom: Whom,
    },
    /// Somebody is put out, or sent away from waiting. The API key's right.
    Remove {
        /// Who.
        participant_id: ParticipantId,
    },
    /// There is more time. The API key's right.
    Extend {
        /// How much more.
        time: Duration,
    },
    /// The room is switched on again. The API key's right.
    Enable,
    /// The room is switched off. The API key's right.
    Disable,
    /// The room is deleted. The API key's right.
    Delete,
    /// The server stops: everybody is told, nothing about the room changes.
    Stop,
}

/// What the API does to those who are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The session ends for everybody.
    End,
    /// Put out, until the session ends.
    Kick,
    /// Nothing of their microphone is heard until it is released.
    Mute,
    /// The microphone is theirs again.
    Unmute,
}

/// To whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Everybody who is in.
    All {
        /// But these.
        but: Vec<ParticipantId>,
    },
    /// These, who all have to be in.
    These {
        /// Who.
        participants: Vec<ParticipantId>,
        /// But these.
        but: Vec<ParticipantId>,
    },
}

impl Whom {
    pub(crate) fn but(&self) -> &[ParticipantId] {
        match self {
            Self::All { but } | Self::These { but, .. } => but,
        }
    }
}

/// Who asks for a media token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inviter {
    /// A back end with the company's key.
    Key {
        /// It also has a token by which somebody whom nobody sees may come to a webinar.
        egress: bool,
    },
    /// Whoever knows the room's id.
    Anybody {
        /// They said their name.
        named: bool,
    },
    /// Who has the seat's link, or a token of it that may be replaced.
    Holder,
}

/// What has to happen outside, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send a message.
    Send {
        /// To this connection.
        to: ConnectionId,
        /// The message.
        message: ServerMessage,
    },
    /// Send a fresh media token.
    SendMediaToken {
        /// To this connection.
        to: ConnectionId,
        /// For this seat.
        participant_id: ParticipantId,
        /// With this name.
        display_name: String,
        /// With these rights.
        rights: MediaRights,
    },
    /// Close a connection, after what was sent to it.
    Close {
        /// The connection.
        connection: ConnectionId,
    },
    /// Take somebody out of the media server.
    RemoveMedia {
        /// Their seat.
        participant_id: ParticipantId,
        /// Refuse the tokens they have.
        revoke: bool,
    },
    /// Change what somebody may do in the media server, whatever their token says.
    SetMediaRights {
        /// Their seat.
        participant_id: ParticipantId,
        /// From now on.
        rights: MediaRights,
    },
    /// Take everybody out of the media server.
    EndMedia,
    /// Write down that a session began.
    SessionStarted {
        /// Its id.
        session_id: SessionId,
        /// When.
        at: Timestamp,
    },
    /// Write down how far a session is.
    Checkpoint {
        /// Its id.
        session_id: SessionId,
        /// Effective call time of the room so far.
        used: Duration,
        /// When.
        at: Timestamp,
    },
    /// Write down that a session is over.
    SessionEnded {
        /// Its id.
        session_id: SessionId,
        /// Effective call time of the room so far.
        used: Duration,
        /// When the last one was connected.
        at: Timestamp,
    },
    /// Somebody came in.
    ParticipantJoined {
        /// Into this session.
        session_id: SessionId,
        /// Their seat.
        participant_id: ParticipantId,
        /// When.
        at: Timestamp,
    },
    /// Somebody is out.
    ParticipantLeft {
        /// Of this session.
        session_id: SessionId,
        /// Their seat.
        participant_id: ParticipantId,
        /// Why.
        reason: LeaveReason,
        /// When.
        at: Timestamp,
    },
    /// One of the two ways in which somebody can be connected came up or went down.
    LineChanged {
        /// In this session.
        session_id: SessionId,
        /// Their seat.
        participant_id: ParticipantId,
        /// Which.
        kind: LineKind,
        /// Up or down.
        up: bool,
        /// When.
        at: Timestamp,
    },
    /// Keep a message of the chat.
    ChatAdded {
        /// The message.
        message: ChatMessage,
    },
    /// Somebody asks something of a board, or does something to it; that they may at all is checked, which operations is
    /// the board's to say, by [`Room::board_access`](crate::Room::board_access).
    ToBoard {
        /// Who.
        participant_id: ParticipantId,
        /// From here.
        connection: ConnectionId,
        /// What: `open_board`, `close_board`, `board` or `board_cursor`.
        message: ClientMessage,
    },
    /// Keep somebody's answer to being recorded.
    ConsentGiven {
        /// In this session; none while they wait to be let in.
        session_id: Option<SessionId>,
        /// The answer.
        consent: Consent,
    },
    /// Start a recorder. What it says comes back as [`Input::Recorder`].
    StartRecorder {
        /// By this number.
        run: RecorderRun,
        /// In this session.
        session_id: SessionId,
        /// How the picture is arranged.
        layout: RecordingLayout,
        /// Who is in.
        people: Vec<RecordedPerson>,
        /// The answers that hold now, to be kept with the recording. Later ones are [`Output::ConsentGiven`].
        consents: Vec<Consent>,
    },
    /// Tell a recorder who is in now, all of them.
    RecorderPeople {
        /// Which.
        run: RecorderRun,
        /// Everybody.
        people: Vec<RecordedPerson>,
    },
    /// Tell a recorder what somebody wrote who may be recorded.
    RecorderChat {
        /// Which.
        run: RecorderRun,
        /// Who.
        participant_id: ParticipantId,
        /// Their name.
        display_name: String,
        /// What.
        text: String,
    },
    /// Tell a recorder to arrange the picture in another way.
    RecorderLayout {
        /// Which.
        run: RecorderRun,
        /// How.
        layout: RecordingLayout,
    },
    /// Tell a recorder to end its file. Nothing it says is waited for.
    StopRecorder {
        /// Which.
        run: RecorderRun,
    },
    /// An admin did something that is worth an entry in the audit log.
    AdminActed {
        /// Who.
        by: ParticipantId,
        /// What.
        action: AdminAction,
        /// To whom.
        to: Option<ParticipantId>,
    },
    /// Ring somebody, until [`Output::RingOver`] says otherwise.
    RingStarted {
        /// Their seat.
        participant_id: ParticipantId,
        /// Who they are.
        user_id: UserId,
        /// Who calls; none when the API does.
        caller: Option<ParticipantId>,
        /// The caller's name.
        caller_name: Option<String>,
        /// How long it may ring.
        until: Timestamp,
    },
    /// It does not ring any more.
    RingOver {
        /// Whose seat.
        participant_id: ParticipantId,
        /// Who they are.
        user_id: UserId,
        /// What it came to.
        state: RingState,
    },
    /// Write down the room's duration, which an admin extended.
    DurationChanged {
        /// Effective call time in all.
        duration: Duration,
    },
    /// Write down that the duration is used up.
    UsedUp,
}

/// One of the two ways of being connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// The room channel.
    Channel,
    /// The media server.
    Media,
}

/// What admins do to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdminAction {
    /// Removed, or did not let in.
    Removed,
    /// Let come again.
    Readmitted,
    /// Ended the session for everybody.
    EndedSession,
    /// Extended the duration.
    Extended,
    /// Started the recording.
    StartedRecording,
    /// Stopped the recording.
    StoppedRecording,
}

impl AdminAction {
    /// The action as the audit log names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Removed => "participant_removed",
            Self::Readmitted => "participant_readmitted",
            Self::EndedSession => "session_ended",
            Self::Extended => "duration_extended",
            Self::StartedRecording => "recording_started",
            Self::StoppedRecording => "recording_stopped",
        }
    }
}
