//! A picture of a stream as it is sent, not as it is shown: the largest layer is asked for, and the first whole picture of
//! it is taken.

use std::{io::Cursor, path::PathBuf, sync::Arc, time::Duration};

use image::{DynamicImage, ImageFormat, RgbaImage};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use visita_codec::{I420Frame, colour::i420_to_rgba, video::Decoder};
use visita_protocol::{ParticipantId, PixelSize};

use super::files::FileEvent;
use crate::frames::{Frame, FrameHub, FrameSink};

/// How long the largest layer may take to come. A smaller picture is better than none.
const WITHIN: Duration = Duration::from_secs(3);

/// What a snapshot is of.
#[derive(Debug)]
pub(super) struct Shot {
    pub(super) stream: u32,
    /// As large as its sender says it is.
    pub(super) size: Option<PixelSize>,
    pub(super) of: ParticipantId,
    /// It shows the screen they share.
    pub(super) of_screen: bool,
    pub(super) name: String,
}

/// Takes what comes of one stream.
struct Catcher {
    stream: u32,
    frames: mpsc::UnboundedSender<Frame>,
}

impl FrameSink for Catcher {
    fn frame(&self, frame: Frame) {
        if frame.stream == self.stream {
            let _ = self.frames.send(frame);
        }
    }

    fn ended(&self, _stream: u32) {}
}

/// Takes the picture and writes it into a file of its own.
pub(super) async fn take(hub: FrameHub, shot: Shot, events: mpsc::UnboundedSender<FileEvent>) {
    let picture = picture(&hub, &shot).await;
    keep(picture, shot, events).await;
}

/// The same with a picture of what I share, which is here already.
pub(super) async fn take_shared(
    picture: oneshot::Receiver<I420Frame>,
    shot: Shot,
    events: mpsc::UnboundedSender<FileEvent>,
) {
    let picture = timeout(WITHIN, picture).await.ok().and_then(Result::ok);
    keep(picture, shot, events).await;
}

async fn keep(picture: Option<I420Frame>, shot: Shot, events: mpsc::UnboundedSender<FileEvent>) {
    let stream = shot.stream;
    let event = match picture {
        Some(picture) => match tokio::task::spawn_blocking(move || write(&picture)).await.ok().flatten() {
            Some(file) => FileEvent::Snapped { file, shot },
            None => FileEvent::NotSnapped { stream },
        },
        None => FileEvent::NotSnapped { stream },
    };
    let _ = events.send(event);
}

async fn picture(hub: &FrameHub, shot: &Shot) -> Option<I420Frame> {
    let (frames, mut caught) = mpsc::unbounded_channel();
    let sink: Arc<dyn FrameSink> = Arc::new(Catcher { stream: shot.stream, frames });
    hub.listen(&sink);
    hub.want_key_frame(shot.stream);
    let mut decoder = Decoder::new();
    let mut best: Option<I420Frame> = None;
    let mut begun = false;
    let area = |frame: &I420Frame| frame.size().area();
    let all = async {
        while let Some(frame) = caught.recv().await {
            begun |= frame.key;
            if !begun {
                continue;
            }
            let Ok(Some(picture)) = decoder.decode(frame.codec, &frame.data) else { continue };
            if best.as_ref().is_none_or(|best| area(&picture) >= area(best)) {
                best = Some(picture);
            }
            let whole = shot.size.zip(best.as_ref()).is_some_and(|(size, best)| area(best) >= size.area());
            if whole {
                return;
            }
        }
    };
    // What came by then is what there is.
    let _ = timeout(WITHIN, all).await;
    best
}

fn write(picture: &I420Frame) -> Option<PathBuf> {
    let PixelSize { width, height } = picture.size();
    let pixels = RgbaImage::from_raw(width, height, i420_to_rgba(picture))?;
    let mut png = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(pixels).to_rgb8().write_to(&mut png, ImageFormat::Png).ok()?;
    let file = tempfile::Builder::new().prefix("visita-snapshot-").suffix(".png").tempfile().ok()?;
    std::fs::write(file.path(), png.into_inner()).ok()?;
    file.keep().ok().map(|(_, path)| path)
}
