//! What a session in a room gives to, whether a picture is composed or tracks are written as they come.

use visita_protocol::{ParticipantId, RecordingLayout, recorder::RecordedPerson};
use visita_rtc::{AudioPacket, EncodedFrame, RemoteTrack, Wanted};

use crate::compose::Message;

/// Takes what may be recorded. What it is not told of by [`Taker::add`], or was told to forget, it does not record, even
/// if it comes.
pub(crate) trait Taker: Send + Sync {
    /// Who may be seen and heard now, in their order.
    fn people(&self, people: &[RecordedPerson]);

    /// How the picture is to be arranged.
    fn layout(&self, layout: RecordingLayout);

    /// Somebody who may be recorded wrote something.
    fn say(&self, message: Message);

    /// A track that may be recorded from now on.
    fn add(&self, sid: &str, person: &ParticipantId, track: &RemoteTrack);

    /// Its sender muted or unmuted it.
    fn set_muted(&self, sid: &str, muted: bool);

    /// A track is gone, or may not be recorded any more: nothing of it that waits is recorded either.
    fn remove(&self, sid: &str);

    /// A frame of a track.
    fn video(&self, sid: &str, frame: EncodedFrame);

    /// A packet of a track.
    fn audio(&self, sid: &str, packet: AudioPacket);

    /// What is wanted of each track that was added.
    fn wishes(&self) -> Vec<(String, Wanted)>;

    /// Tracks that go on only with a key frame.
    fn key_frames_wanted(&self) -> Vec<String>;

    /// The line to the room broke, or is back.
    fn connected(&self, is: bool);
}
