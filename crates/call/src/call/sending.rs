//! What is sent: publications of microphone, camera and screen, and what the media server wants of them.

use std::sync::Arc;

use tokio::sync::mpsc;
use visita_protocol::{Bitrate, channel::MediaState, view::DeviceState};
use visita_rtc::{AudioPublication, LocalAudio, LocalVideo, Room, RtcError, Source, VideoLayer, VideoPublication};

use super::room::Allowed;
use crate::{
    LocalMedia,
    local::{CAPTURE_FPS, CAPTURE_SIZE, SHARE_FPS, share_size},
};

/// Rate of the layers at their best; the encoders follow what the way carries.
const LAYERS: [(&str, u32, u32); 3] = [("q", 4, 200), ("h", 2, 600), ("f", 1, 1_700)];
/// What a screen gets at most, and of what is there.
const SHARE_MOST: Bitrate = Bitrate::from_kbps(2_500);
const SHARE_PART: f64 = 0.65;

/// The answers of the media server, to be handed to [`Sending::answer`].
pub(super) enum Answer {
    Microphone(Result<LocalAudio, RtcError>),
    Camera(Result<LocalVideo, RtcError>),
    Screen(Result<LocalVideo, RtcError>),
    /// A track could not be muted or unmuted: it is not there any more.
    Gone(Source),
}

/// One publication.
enum Out<T> {
    Absent,
    Asked,
    There(T),
    /// Refused; asked again when the rights change or its owner wants it.
    Refused,
}

impl<T> Out<T> {
    fn there(&self) -> Option<&T> {
        if let Self::There(it) = self { Some(it) } else { None }
    }
}

/// My publications in one connection to the media server.
pub(super) struct Sending {
    media: Arc<LocalMedia>,
    room: Room,
    answers: mpsc::UnboundedSender<Answer>,
    microphone: Out<LocalAudio>,
    camera: Out<LocalVideo>,
    screen: Out<LocalVideo>,
    target: Option<Bitrate>,
    allowed: Allowed,
}

impl Sending {
    pub(super) fn new(media: Arc<LocalMedia>, room: Room, allowed: Allowed) -> (Self, mpsc::UnboundedReceiver<Answer>) {
        let (answers, inbox) = mpsc::unbounded_channel();
        let sending = Self {
            media,
            room,
            answers,
            microphone: Out::Absent,
            camera: Out::Absent,
            screen: Out::Absent,
            target: None,
            allowed,
        };
        (sending, inbox)
    }

    /// Publishes what is on and may be sent, and is not there yet.
    pub(super) fn publish(&mut self) {
        if self.allowed.microphone && matches!(self.microphone, Out::Absent) {
            self.microphone = Out::Asked;
            let (room, answers, muted) = (self.room.clone(), self.answers.clone(), !self.media.microphone_on());
            tokio::spawn(async move {
                let publication =
                    AudioPublication { source: Source::Microphone, name: "microphone".into(), dtx: true, muted };
                // The call may be over meanwhile.
                let _ = answers.send(Answer::Microphone(room.publish_audio(publication).await));
            });
        }
        let camera = self.media.camera_on() && self.media.state().camera.is_on();
        if self.allowed.camera && camera && matches!(self.camera, Out::Absent) {
            self.camera = Out::Asked;
            let layers = LAYERS
                .map(|(rid, part, kbps)| VideoLayer {
                    rid: rid.into(),
                    size: visita_protocol::PixelSize::new(CAPTURE_SIZE.width / part, CAPTURE_SIZE.height / part),
                    bitrate: Bitrate::from_kbps(kbps),
                    fps: CAPTURE_FPS,
                })
                .to_vec();
            self.publish_video(Source::Camera, "camera", layers, Answer::Camera);
        }
        let share = self.media.state().share.filter(|share| share.size.area() > 0);
        if let Some(share) = share
            && self.allowed.screen
            && matches!(self.screen, Out::Absent)
        {
            self.screen = Out::Asked;
            let size = share_size(share.size);
            let layer = VideoLayer { rid: String::new(), size, bitrate: SHARE_MOST, fps: SHARE_FPS };
            self.publish_video(Source::ScreenShare, "screen", vec![layer], Answer::Screen);
        }
    }

    fn publish_video(
        &self,
        source: Source,
        name: &str,
        layers: Vec<VideoLayer>,
        answer: fn(Result<LocalVideo, RtcError>) -> Answer,
    ) {
        let (room, answers) = (self.room.clone(), self.answers.clone());
        let publication = VideoPublication { source, name: name.to_owned(), layers, muted: false };
        tokio::spawn(async move {
            let _ = answers.send(answer(room.publish_video(publication).await));
        });
    }

    /// The media server answered.
    pub(super) fn answer(&mut self, answer: Answer) {
        match answer {
            Answer::Microphone(Ok(audio)) => {
                self.media.publish_microphone(Some(audio.clone()));
                self.microphone = Out::There(audio);
                if !self.media.microphone_on() {
                    self.mute(Source::Microphone, true);
                }
            }
            Answer::Camera(Ok(video)) => {
                self.media.publish_camera(Some(video.clone()));
                self.camera = Out::There(video);
                if !self.media.camera_on() {
                    self.mute(Source::Camera, true);
                }
            }
            Answer::Screen(Ok(video)) => {
                if self.media.state().share.is_some() {
                    self.media.publish_share(Some(video.clone()));
                    self.screen = Out::There(video);
                } else {
                    // It was stopped meanwhile.
                    unpublish(&self.room, video.sid());
                    self.screen = Out::Absent;
                }
                self.spread();
            }
            Answer::Microphone(Err(error)) => {
                tracing::warn!(%error, "the microphone is not published");
                self.microphone = Out::Refused;
            }
            Answer::Camera(Err(error)) => {
                tracing::warn!(%error, "the camera is not published");
                self.camera = Out::Refused;
            }
            Answer::Screen(Err(error)) => {
                tracing::warn!(%error, "the screen is not published");
                self.screen = Out::Refused;
                self.media.stop_share();
            }
            Answer::Gone(source) => {
                self.forget(source);
                self.publish();
            }
        }
    }

    fn forget(&mut self, source: Source) {
        match source {
            Source::Microphone => {
                self.media.publish_microphone(None);
                self.microphone = Out::Absent;
            }
            Source::Camera => {
                self.media.publish_camera(None);
                self.camera = Out::Absent;
            }
            Source::ScreenShare | Source::ScreenShareAudio => {
                self.media.publish_share(None);
                self.screen = Out::Absent;
            }
        }
    }

    /// Takes new rights over: what may not be sent any more is switched off at once.
    pub(super) fn obey(&mut self, allowed: Allowed) {
        let before = std::mem::replace(&mut self.allowed, allowed);
        if before == allowed {
            return;
        }
        if !allowed.microphone && self.media.microphone_on() {
            self.media.set_microphone_on(false);
            self.mute(Source::Microphone, true);
        }
        if !allowed.camera && self.media.camera_on() {
            self.media.set_camera_on(false);
            self.mute(Source::Camera, true);
        }
        if !allowed.screen {
            self.stop_share();
        }
        // What was refused before may be right now.
        if matches!(self.microphone, Out::Refused) {
            self.microphone = Out::Absent;
        }
        if matches!(self.camera, Out::Refused) {
            self.camera = Out::Absent;
        }
        if matches!(self.screen, Out::Refused) {
            self.screen = Out::Absent;
        }
        self.publish();
    }

    pub(super) fn set_microphone(&mut self, on: bool) {
        let on = on && self.allowed.microphone;
        self.media.set_microphone_on(on);
        if matches!(self.microphone, Out::Refused) && on {
            self.microphone = Out::Absent;
        }
        self.mute(Source::Microphone, !on);
        self.publish();
    }

    pub(super) fn set_camera(&mut self, on: bool) {
        let on = on && self.allowed.camera;
        self.media.set_camera_on(on);
        if matches!(self.camera, Out::Refused) && on {
            self.camera = Out::Absent;
        }
        self.mute(Source::Camera, !on);
        self.publish();
    }

    /// Ends what is shared.
    pub(super) fn stop_share(&mut self) {
        self.media.stop_share();
        self.share_ended();
    }

    /// What was shared is gone.
    pub(super) fn share_ended(&mut self) {
        if let Out::There(video) = &self.screen {
            unpublish(&self.room, video.sid());
            self.screen = Out::Absent;
        }
        self.media.publish_share(None);
        self.spread();
    }

    /// Mutes a track, or unmutes it.
    pub(super) fn mute(&self, source: Source, muted: bool) {
        let sid = match source {
            Source::Microphone => self.microphone.there().map(LocalAudio::sid),
            Source::Camera => self.camera.there().map(LocalVideo::sid),
            Source::ScreenShare | Source::ScreenShareAudio => self.screen.there().map(LocalVideo::sid),
        };
        let Some(sid) = sid.map(str::to_owned) else { return };
        let (room, answers) = (self.room.clone(), self.answers.clone());
        tokio::spawn(async move {
            match room.set_muted(&sid, muted).await {
                Ok(()) | Err(RtcError::Closed) => {}
                Err(error) => {
                    tracing::info!(%error, muted, "a track could not be muted");
                    if matches!(error, RtcError::UnknownTrack(_)) {
                        let _ = answers.send(Answer::Gone(source));
                    }
                }
            }
        });
    }

    /// The server muted or unmuted a track of ours.
    pub(super) fn muted_by_server(&self, sid: &str, muted: bool) {
        if !muted {
            return;
        }
        if self.microphone.there().is_some_and(|a| a.sid() == sid) {
            self.media.set_microphone_on(false);
        }
        if self.camera.there().is_some_and(|v| v.sid() == sid) {
            self.media.set_camera_on(false);
        }
    }

    /// Which layers of a video anybody looks at.
    pub(super) fn layers_wanted(&self, sid: &str, enabled: &[bool]) {
        if self.camera.there().is_some_and(|v| v.sid() == sid) {
            self.media.camera_out().set_wanted(enabled);
        } else if self.screen.there().is_some_and(|v| v.sid() == sid) {
            self.media.share_out().set_wanted(enabled);
        }
    }

    /// Somebody needs a key frame.
    pub(super) fn key_frame_wanted(&self, sid: &str, layer: usize) {
        if self.camera.there().is_some_and(|v| v.sid() == sid) {
            self.media.camera_out().want_key(layer);
        } else if self.screen.there().is_some_and(|v| v.sid() == sid) {
            self.media.share_out().want_key(layer);
        }
    }

    /// What the way carries, all video together.
    pub(super) fn set_target(&mut self, target: Bitrate) {
        self.target = Some(target);
        self.spread();
    }

    fn spread(&self) {
        let Some(target) = self.target else { return };
        let (camera, screen) = split(target, self.screen.there().is_some());
        self.media.camera_out().set_target(camera);
        self.media.share_out().set_target(screen);
    }

    /// What the others may be told that I send.
    pub(super) fn media_state(media: &LocalMedia, allowed: Allowed) -> MediaState {
        let local = media.state();
        MediaState {
            microphone: allowed.microphone && media.microphone_on() && local.microphone != DeviceState::Missing,
            camera: allowed.camera && media.camera_on() && local.camera != DeviceState::Missing,
        }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.media.publish_camera(None);
        self.media.publish_microphone(None);
        self.media.publish_share(None);
    }
}

fn unpublish(room: &Room, sid: &str) {
    let (room, sid) = (room.clone(), sid.to_owned());
    tokio::spawn(async move {
        if let Err(error) = room.unpublish(&sid).await {
            tracing::debug!(%error, "a track was gone already");
        }
    });
}

/// For camera and screen: what is shown to be read goes first.
fn split(target: Bitrate, sharing: bool) -> (Bitrate, Bitrate) {
    if !sharing {
        return (target, SHARE_MOST);
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a u32")]
    let part = (f64::from(target.bps()) * SHARE_PART) as u32;
    let screen = part.min(SHARE_MOST.bps());
    (Bitrate::from_bps(target.bps() - screen), Bitrate::from_bps(screen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_goes_before_a_face() {
        let kbps = |target, sharing| {
            let (camera, screen) = split(Bitrate::from_kbps(target), sharing);
            (camera.kbps(), screen.kbps())
        };
        assert_eq!(kbps(2_000, false), (2_000, 2_500));
        assert_eq!(kbps(1_000, true), (350, 650));
        assert_eq!(kbps(10_000, true), (7_500, 2_500));
    }
}
