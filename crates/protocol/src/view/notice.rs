//! Messages above the control bar.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A message above the control bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct NoticeView {
    /// What it is about; the page has the words.
    pub code: NoticeCode,
    /// Whose name goes into the words.
    pub name: Option<String>,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// The camera went away; the call goes on.
    CameraLost,
    /// The camera is back.
    CameraBack,
    /// The microphone went away; the call goes on.
    MicrophoneLost,
    /// The microphone is back.
    MicrophoneBack,
    /// No speaker answers.
    SpeakerLost,
    /// `name` came in.
    PersonJoined,
    /// `name` left.
    PersonLeft,
    /// You are talking while muted.
    TalkingWhileMuted,
    /// `name` raised a hand.
    HandRaised,
    /// `name` took my hand down.
    HandLowered,
    /// Somebody, `name`, rings at the door.
    Doorbell,
    /// A note from `name` has come.
    Note,
    /// A message from `name` has come in the chat.
    ChatMessage,
    /// No picture could be taken of that.
    NoSnapshot,
    /// A picture, `name`, could not be put on the board.
    NoPicture,
    /// No program of this computer opens what was saved at `name`, a path.
    NotOpened,
    /// `name` took a snapshot of my picture.
    SnapshotOfMe,
    /// `name` began to draw on a snapshot or file: live edit.
    LiveEditBegan,
    /// The snapshot before me was deleted.
    SnapshotDeleted,
    /// An admin, `name`, asks to switch something on.
    AskedToUnmute,
    /// An admin took the right to speak.
    MutedByAdmin,
    /// An admin gave it back.
    ReleasedByAdmin,
    /// An admin took the right to send the camera.
    CameraStoppedByAdmin,
    /// An admin gave it back.
    CameraReleasedByAdmin,
    /// An admin took the right to share a screen.
    ScreenStoppedByAdmin,
    /// An admin gave it back.
    ScreenReleasedByAdmin,
    /// What I may use changed.
    RightsChanged,
    /// Five minutes are left.
    FiveMinutesLeft,
    /// Half a minute is left.
    HalfMinuteLeft,
    /// Recording began.
    RecordingStarted,
    /// Recording ended.
    RecordingStopped,
    /// What was shared is gone, or may not be shared any more.
    ShareEnded,
    /// The room refused what was asked for.
    Refused,
    /// The line was lost.
    ConnectionLost,
    /// The line is back.
    ConnectionBack,
    /// A link came while in a call; it is not opened.
    LinkInCall,
    /// Other programs have the keys `name`, which do nothing here.
    KeysRefused,
}
