//! The call: one task owns its state, takes commands and publishes whole snapshots.

mod boards;
mod chat;
mod clock;
mod connect;
mod early;
mod files;
mod owner;
mod receiving;
mod room;
mod sending;
mod snapshot;
mod tools;
mod view;
mod waiting;

use std::{path::PathBuf, sync::Arc};

use tokio::sync::{mpsc, watch};
use url::Url;
use visita_protocol::{
    FileId, ParticipantId, Problem, RecordingLayout, Secret, Tools,
    channel::{ClientMessage, LeaveReason, MediaSource, Reaction, StageRole},
    link::RoomLink,
    view::{BoardAction, CallView, NoticeView, ShownSize, ToolAction, WaitingView},
};
use visita_rtc::Room;

use crate::{FrameHub, LocalMedia, ShareChoice};
pub use files::{FileClient, save_beside};
use owner::Owner;
pub use tools::Told;

/// Where to go.
#[derive(Clone, Debug)]
pub enum JoinTarget {
    /// A seat's link.
    Link {
        /// The link.
        link: RoomLink,
        /// Name to show.
        display_name: Option<String>,
        /// Take the seat over from another device.
        displace: bool,
    },
    /// A room of any LiveKit server; there is no room channel.
    LiveKit {
        /// `ws://…` or `wss://…`.
        url: String,
        /// Access token.
        token: Secret,
    },
    /// A room by its id, where the server hands out tokens for it (Callaba's public helpers); there is no room channel.
    Callaba {
        /// The server: `https://host`.
        server: Url,
        /// The room's id there.
        room_id: String,
        /// Who I am to the room; the same again takes my own place over.
        participant_id: ParticipantId,
        /// Name to show.
        display_name: Option<String>,
        /// The LiveKit server, where it is not the same host.
        media_url: Option<String>,
    },
}

/// What is received without being asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reception {
    /// Everything, always.
    Everything,
    /// Every sound and the first few videos; further ones once they are shown. Videos that are not shown any more stop.
    #[default]
    Shown,
    /// Every sound; a video is subscribed to while it is shown, and only then.
    Asked,
}

/// Where the call stands.
#[derive(Clone, Debug)]
pub enum CallState {
    /// On the way in, in, or coming back.
    Running(Box<CallView>),
    /// An admin has to let us in first. No media is sent or received.
    Waiting(Box<WaitingView>),
    /// Did not get in.
    Failed(Problem),
    /// Was in, and is out.
    Over(LeaveReason),
}

pub(crate) enum Command {
    Microphone(bool),
    Camera(bool),
    Shown(Vec<ShownSize>),
    Share(ShareChoice),
    PauseShare(bool),
    StopShare,
    /// What was asked of me stays as it is.
    DeclineUnmute,
    Room(ClientMessage),
    Tool(ToolAction),
    Board(BoardAction),
    Download(FileId, PathBuf),
    SendCopy(PathBuf, String),
    /// Somebody draws the tools who has not heard of them yet.
    TellTools,
    Leave,
    EndForEveryone,
}

impl Command {
    /// What waits, where there is no line to the room, until there is one.
    const fn is_of_tools(&self) -> bool {
        matches!(self, Self::Tool(_) | Self::Board(_) | Self::Download(..) | Self::SendCopy(..) | Self::TellTools)
    }
}

/// A running call. Dropping it leaves.
pub struct Call {
    commands: mpsc::UnboundedSender<Command>,
    state: watch::Receiver<CallState>,
    notices: Option<mpsc::UnboundedReceiver<NoticeView>>,
    told: Option<mpsc::UnboundedReceiver<Told>>,
    files: FileClient,
    saved: tools::Saved,
    room: Arc<parking_lot::Mutex<Option<Room>>>,
    media: Arc<LocalMedia>,
}

impl Call {
    /// Goes in. The answer comes through [`Call::watch`]. `key_frames` are the hub's wishes for key frames.
    pub fn join(
        target: JoinTarget,
        media: Arc<LocalMedia>,
        hub: FrameHub,
        key_frames: mpsc::UnboundedReceiver<u32>,
    ) -> Self {
        Self::join_receiving(target, Reception::default(), media, hub, key_frames)
    }

    /// [`Call::join`] with a say in what is received unasked.
    pub fn join_receiving(
        target: JoinTarget,
        reception: Reception,
        media: Arc<LocalMedia>,
        hub: FrameHub,
        key_frames: mpsc::UnboundedReceiver<u32>,
    ) -> Self {
        let (commands, inbox) = mpsc::unbounded_channel();
        let (notice_sender, notices) = mpsc::unbounded_channel();
        let room = Arc::new(parking_lot::Mutex::new(None));
        let (told_sender, told) = mpsc::unbounded_channel();
        let (file_events, files_told) = mpsc::unbounded_channel();
        let (files, saved) = (FileClient::default(), tools::Saved::default());
        let tools = tools::Tools::new(told_sender, files.clone(), file_events, saved.clone());
        let parts = owner::Parts { media: media.clone(), hub, notices: notice_sender, tools, files_told };
        let owner = Owner::new(target, reception, parts, room.clone());
        let (state_sender, state) = watch::channel(CallState::Running(Box::new(owner.view())));
        tokio::spawn(owner.run(inbox, key_frames, state_sender));
        Self { commands, state, notices: Some(notices), told: Some(told), files, saved, room, media }
    }

    /// The present state, and every change.
    pub fn watch(&self) -> watch::Receiver<CallState> {
        self.state.clone()
    }

    /// Joins, leaves and the like, to be shown for a moment. Can be taken once.
    pub fn take_notices(&mut self) -> Option<mpsc::UnboundedReceiver<NoticeView>> {
        self.notices.take()
    }

    /// Chat, files, pointers and boards, as they change. Can be taken once.
    pub fn take_told(&mut self) -> Option<mpsc::UnboundedReceiver<Told>> {
        self.told.take()
    }

    /// Writes, points, shows, and what else there is beside the media.
    pub fn use_tool(&self, action: ToolAction) {
        self.command(Command::Tool(action));
    }

    /// Looks at a board, or does something to it.
    pub fn use_board(&self, action: BoardAction) {
        self.command(Command::Board(action));
    }

    /// Fetches a file into a folder; the chat tells how far it is.
    pub fn download(&self, file_id: FileId, folder: PathBuf) {
        self.command(Command::Download(file_id, folder));
    }

    /// Shares, under a name, a copy that was made for it and goes when it is shared.
    pub fn send_copy(&self, path: PathBuf, name: String) {
        self.command(Command::SendCopy(path, name));
    }

    /// Where a file lies that was fetched.
    pub fn saved(&self, file_id: &FileId) -> Option<PathBuf> {
        self.saved.lock().get(file_id).cloned()
    }

    /// The room's files, for showing them.
    pub fn files(&self) -> FileClient {
        self.files.clone()
    }

    /// Tells chat, files and pointers once more: whoever draws them is new. Boards are told when they are opened.
    pub fn tell_tools(&self) {
        self.command(Command::TellTools);
    }

    /// The figures of the media connection, while there is one.
    pub fn stats(&self) -> Option<visita_rtc::RtcStats> {
        self.room.lock().as_ref().map(Room::stats)
    }

    /// The devices it uses.
    pub fn media(&self) -> &Arc<LocalMedia> {
        &self.media
    }

    /// Mutes or unmutes. While an admin holds the microphone it stays off.
    pub fn set_microphone(&self, on: bool) {
        self.command(Command::Microphone(on));
    }

    /// Switches the camera.
    pub fn set_camera(&self, on: bool) {
        self.command(Command::Camera(on));
    }

    /// Tells at which size streams are shown, so that no more is sent than is seen; zero by zero is not shown.
    pub fn set_shown(&self, sizes: Vec<ShownSize>) {
        self.command(Command::Shown(sizes));
    }

    /// Shows a screen or window to the others, instead of what was shown before.
    pub fn share(&self, choice: ShareChoice) {
        self.command(Command::Share(choice));
    }

    /// Lets what is shared stand still, or go on.
    pub fn pause_share(&self, paused: bool) {
        self.command(Command::PauseShare(paused));
    }

    /// Ends what is shared.
    pub fn stop_share(&self) {
        self.command(Command::StopShare);
    }

    /// What an admin asked to switch on stays off.
    pub fn decline_unmute(&self) {
        self.command(Command::DeclineUnmute);
    }

    /// Leaves; the seat stays.
    pub fn leave(&self) {
        self.command(Command::Leave);
    }

    /// Ends the session for everybody, if the seat is an admin's.
    pub fn end_for_everyone(&self) {
        self.command(Command::EndForEveryone);
    }

    /// Raises my hand, or takes it down.
    pub fn raise_hand(&self, raised: bool) {
        self.to_room(ClientMessage::RaiseHand { raised });
    }

    /// Shows everybody a sign for a moment.
    pub fn react(&self, reaction: Reaction) {
        self.to_room(ClientMessage::React { reaction });
    }

    /// My answer to being recorded; `text_version` names the wording that was shown.
    pub fn answer_consent(&self, answer: bool, text_version: String) {
        self.to_room(ClientMessage::Consent { answer, text_version });
    }

    /// A note between a waiting guest and the host; `to` when an admin writes.
    pub fn send_note(&self, to: Option<ParticipantId>, text: String) {
        self.to_room(ClientMessage::Note { to, text });
    }

    /// Rings at the door again, while waiting.
    pub fn knock(&self) {
        self.to_room(ClientMessage::Knock);
    }

    /// Lets somebody in from the waiting room (admins).
    pub fn admit(&self, participant_id: ParticipantId) {
        self.to_room(ClientMessage::Admit { participant_id });
    }

    /// Lets everybody in who waits (admins).
    pub fn admit_all(&self) {
        self.to_room(ClientMessage::AdmitAll);
    }

    /// Does not let somebody in (admins).
    pub fn refuse(&self, participant_id: ParticipantId) {
        self.to_room(ClientMessage::Refuse { participant_id });
    }

    /// Sends somebody back to the waiting room (admins).
    pub fn send_back(&self, participant_id: ParticipantId) {
        self.to_room(ClientMessage::SendBack { participant_id });
    }

    /// Takes the right to send something, until [`Call::release`] (admins).
    pub fn mute(&self, participant_id: ParticipantId, source: MediaSource) {
        self.to_room(ClientMessage::Mute { participant_id, source });
    }

    /// Gives back what [`Call::mute`] took (admins).
    pub fn release(&self, participant_id: ParticipantId, source: MediaSource) {
        self.to_room(ClientMessage::Release { participant_id, source });
    }

    /// Asks somebody to switch something on (admins).
    pub fn ask_to_unmute(&self, participant_id: ParticipantId, source: MediaSource) {
        self.to_room(ClientMessage::AskToUnmute { participant_id, source });
    }

    /// Puts somebody out for the rest of the session (admins).
    pub fn remove(&self, participant_id: ParticipantId) {
        self.to_room(ClientMessage::Remove { participant_id });
    }

    /// Lets somebody come again who was put out (admins).
    pub fn readmit(&self, participant_id: ParticipantId) {
        self.to_room(ClientMessage::Readmit { participant_id });
    }

    /// Changes what a seat may use (admins).
    pub fn set_tools(&self, participant_id: ParticipantId, tools: Tools) {
        self.to_room(ClientMessage::SetTools { participant_id, tools });
    }

    /// Brings somebody of a webinar's audience on stage, or off it (admins).
    pub fn set_role(&self, participant_id: ParticipantId, role: StageRole) {
        self.to_room(ClientMessage::SetRole { participant_id, role });
    }

    /// Takes somebody's hand down (admins).
    pub fn lower_hand(&self, participant_id: ParticipantId) {
        self.to_room(ClientMessage::LowerHand { participant_id });
    }

    /// Opens the whiteboard for everybody at a page, from 0, or closes it (admins).
    pub fn show_whiteboard(&self, shown: bool, page: u32) {
        self.to_room(ClientMessage::ShowWhiteboard { shown, page });
    }

    /// Lets somebody draw on the whiteboard, or only look at it (admins).
    pub fn grant_drawing(&self, participant_id: ParticipantId, granted: bool) {
        self.to_room(ClientMessage::GrantDrawing { participant_id, granted });
    }

    /// Starts recording (admins, in rooms of mode `manual`).
    pub fn start_recording(&self, layout: Option<RecordingLayout>) {
        self.to_room(ClientMessage::StartRecording { layout });
    }

    /// Stops recording (admins).
    pub fn stop_recording(&self) {
        self.to_room(ClientMessage::StopRecording);
    }

    /// Adds effective call time (admins).
    pub fn extend(&self, seconds: u32) {
        self.to_room(ClientMessage::Extend { seconds });
    }

    /// Rings who is not in, or one of them (admins).
    pub fn ring(&self, participant_id: Option<ParticipantId>) {
        self.to_room(ClientMessage::Ring { participant_id });
    }

    fn to_room(&self, message: ClientMessage) {
        self.command(Command::Room(message));
    }

    fn command(&self, command: Command) {
        // The owner is gone once the call is over; then there is nothing left to command.
        let _ = self.commands.send(command);
    }
}
