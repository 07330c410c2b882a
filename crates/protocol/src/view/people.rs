//! Who is in, and who waits.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ConsentAnswer, DeviceState, NoteView, StreamView};
use crate::{
    ParticipantId, Tools,
    channel::{MutedSources, StageRole},
};

/// Somebody in the waiting room, as admins see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct WaitingPersonView {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Their name.
    pub display_name: String,
    /// How long they have waited, in seconds.
    pub waited_s: u32,
    /// Their line is up.
    pub connected: bool,
    /// Notes to and from them, oldest first.
    pub notes: Vec<NoteView>,
}

/// My own seat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct MeView {
    /// My seat.
    pub participant_id: ParticipantId,
    /// My name.
    pub display_name: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// What I may use.
    pub tools: Tools,
    /// My microphone.
    pub microphone: DeviceState,
    /// My camera.
    pub camera: DeviceState,
    /// My speaker.
    pub speaker: DeviceState,
    /// Whether I am heard speaking.
    pub speaking: bool,
    /// My line, 0 (lost) to 5 (excellent).
    pub quality: u8,
    /// I talk while my microphone is off.
    pub talking_while_muted: bool,
    /// What an admin has taken the right to send of.
    pub muted_by_admin: MutedSources,
    /// On stage or in the audience of a webinar.
    pub role: StageRole,
    /// My raised hand: the smallest number was first; none is down.
    pub hand: Option<u32>,
    /// My answer to being recorded.
    pub consent: ConsentAnswer,
}

/// Somebody else in the room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Type)]
pub struct PersonView {
    /// Their seat.
    pub participant_id: ParticipantId,
    /// Their name.
    pub display_name: String,
    /// Admin of the room.
    pub is_admin: bool,
    /// Their microphone is on.
    pub microphone: bool,
    /// Their camera is on.
    pub camera: bool,
    /// They are heard speaking.
    pub speaking: bool,
    /// Their line, 0 (lost) to 5 (excellent).
    pub quality: u8,
    /// What of them arrives as video.
    pub streams: Vec<StreamView>,
    /// What an admin has taken the right to send of.
    pub muted_by_admin: MutedSources,
    /// What they may use; all of it for who came without a seat.
    pub tools: Tools,
    /// On stage or in the audience of a webinar.
    pub role: StageRole,
    /// Their raised hand: the smallest number was first; none is down.
    pub hand: Option<u32>,
}
