//! Who may do what: the one place where a seat's rights are judged.

use visita_protocol::{
    BoardId, Tools, Whiteboard, WhiteboardRights,
    channel::{ClientMessage, MediaSource, MediaState, MutedSources, StageRole},
};

use crate::{
    Refusal, Settings,
    seat::{Presence, Seat},
};

/// What somebody may do in the media server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MediaRights {
    /// Publish a microphone.
    pub microphone: bool,
    /// Publish a camera.
    pub camera: bool,
    /// Publish a screen or window, with its sound.
    pub screen: bool,
    /// Send data messages, by which plain LiveKit clients chat.
    pub data: bool,
    /// Of what may be published, what an admin holds muted.
    pub muted: MutedSources,
}

impl MediaRights {
    /// Whether `source` may be published and is not held muted.
    pub const fn may_send(self, source: MediaSource) -> bool {
        let granted = match source {
            MediaSource::Microphone => self.microphone,
            MediaSource::Camera => self.camera,
            MediaSource::Screen => self.screen,
        };
        granted && !self.muted.contains(source)
    }
}

/// Who a message of the channel is for.
enum Asks {
    /// Everybody who is in.
    BeingIn,
    /// Those who are in and those who wait.
    BeingThere,
    /// Those who wait.
    Waiting,
    /// Admins who are in.
    Admin,
}

fn asks(message: &ClientMessage) -> Asks {
    use ClientMessage as M;
    match message {
        M::SetMedia { .. }
        | M::RaiseHand { .. }
        | M::React { .. }
        | M::Chat { .. }
        | M::ChatMark { .. }
        | M::Typing { .. }
        | M::Point { .. }
        | M::Present { .. }
        | M::OpenBoard { .. }
        | M::CloseBoard { .. }
        | M::Board { .. }
        | M::BoardCursor { .. } => Asks::BeingIn,
        M::Hello { .. } | M::Ping | M::Leave | M::Consent { .. } => Asks::BeingThere,
        M::Knock | M::Note { to: None, .. } => Asks::Waiting,
        M::Note { to: Some(_), .. }
        | M::Admit { .. }
        | M::AdmitAll
        | M::Refuse { .. }
        | M::SendBack { .. }
        | M::Mute { .. }
        | M::Release { .. }
        | M::AskToUnmute { .. }
        | M::Remove { .. }
        | M::Readmit { .. }
        | M::SetTools { .. }
        | M::SetRole { .. }
        | M::LowerHand { .. }
        | M::ShowWhiteboard { .. }
        | M::GrantDrawing { .. }
        | M::StartRecording { .. }
        | M::StopRecording
        | M::Extend { .. }
        | M::Ring { .. }
        | M::EndSession => Asks::Admin,
    }
}

/// Whether somebody may say this at all.
pub(crate) fn check(message: &ClientMessage, seat: &Seat) -> Result<(), Refusal> {
    let is_in = match seat.presence {
        Presence::Out => return Err(Refusal::NotIn),
        Presence::Waiting(_) => false,
        Presence::In(_) => true,
    };
    match asks(message) {
        Asks::BeingThere => Ok(()),
        Asks::BeingIn if is_in => Ok(()),
        Asks::Admin if is_in && seat.settings.is_admin => Ok(()),
        Asks::Waiting if !is_in => Ok(()),
        Asks::Admin if is_in => Err(Refusal::NotAdmin),
        Asks::BeingIn | Asks::Admin => Err(Refusal::StillWaiting),
        Asks::Waiting => Err(Refusal::NotWaiting),
    }
}

/// Whether somebody may send that.
pub(crate) fn check_media(media: MediaState, seat: &Seat, settings: &Settings) -> Result<(), Refusal> {
    if media.camera && !settings.call_type.has_camera() {
        return Err(Refusal::NoCamera);
    }
    if media.microphone && !settings.call_type.has_microphone() {
        return Err(Refusal::NoMicrophone);
    }
    if (media.camera || media.microphone) && role(seat, settings) == StageRole::Audience {
        return Err(Refusal::Audience);
    }
    if media.camera && seat.muted.camera || media.microphone && seat.muted.microphone {
        return Err(Refusal::MutedByAdmin);
    }
    Ok(())
}

/// On stage or in the audience.
pub(crate) fn role(seat: &Seat, settings: &Settings) -> StageRole {
    match (settings.webinar, seat.settings.is_speaker) {
        (false, _) => StageRole::Speaker,
        (true, true) => seat.role.unwrap_or(StageRole::Speaker),
        (true, false) => seat.role.unwrap_or(StageRole::Audience),
    }
}

/// What a seat may use now.
pub(crate) fn tools(seat: &Seat, settings: &Settings) -> Tools {
    let tools = seat.tools.unwrap_or(seat.settings.tools);
    let tools = Tools {
        chat: tools.chat && settings.allowed.chat,
        screen_sharing: tools.screen_sharing && settings.allowed.screen_sharing,
        ..tools
    };
    match role(seat, settings) {
        StageRole::Speaker => tools,
        StageRole::Audience => Tools { chat: tools.chat, ..Tools::default() },
    }
}

/// What a seat may do in the media server now.
pub(crate) fn media(seat: &Seat, settings: &Settings) -> MediaRights {
    let tools = tools(seat, settings);
    let speaks = role(seat, settings) == StageRole::Speaker;
    MediaRights {
        microphone: speaks && settings.call_type.has_microphone(),
        camera: speaks && settings.call_type.has_camera(),
        screen: speaks && tools.screen_sharing,
        // What plain clients write to one another are data messages.
        data: settings.allowed.chat && (tools.chat || tools.live_pointer),
        muted: seat.muted,
    }
}

/// What somebody may do on a board.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BoardAccess {
    /// Look at it.
    pub see: bool,
    /// Do to it.
    pub rights: WhiteboardRights,
}

/// What somebody with these tools may do on a board, which an admin shows to everybody or not.
pub(crate) fn board(tools: Tools, board: &BoardId, shown: bool) -> BoardAccess {
    BoardAccess { see: tools.sees_board(board, shown), rights: tools.board_rights(board) }
}

/// Every right on the whiteboard, or only to look at it.
pub(crate) const fn drawing(granted: bool) -> Whiteboard {
    if granted {
        return Whiteboard::Whole(true);
    }
    Whiteboard::Parts(WhiteboardRights::NONE)
}
