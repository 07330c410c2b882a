//! What is received: which videos are wanted at which size, and the way of frames and packets to screens and speaker.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use parking_lot::Mutex;
use visita_codec::jitter::AudioPacket;
use visita_protocol::{PixelSize, view::ShownSize};
use visita_rtc::{MediaKind, RemoteMedia, RemoteTrack, Room, Wanted};

use super::Reception;
use crate::{FrameHub, playout::Playout};

/// Videos that come without being asked for, with [`Reception::Shown`]: a grid of nine.
const UNASKED: usize = 9;
/// More than anybody sends.
const LARGEST: PixelSize = PixelSize { width: 3840, height: 2160 };
/// LiveKit's server makes up black pictures of 8×8 when a publisher mutes or leaves; nobody's camera is that small.
const MADE_UP_PIXELS: u32 = 16 * 16;

/// The videos and sounds of the others.
pub(super) struct Receiving {
    reception: Reception,
    hub: FrameHub,
    playout: Arc<Mutex<Playout>>,
    /// By track.
    videos: HashMap<String, Video>,
}

struct Video {
    /// Id on the frame wire.
    stream: u32,
    /// Size it is shown at; none until the page has said so.
    shown: Option<PixelSize>,
    /// A snapshot of it is being taken.
    full: bool,
    /// Counts receivers: only the newest may end the stream.
    generation: Arc<AtomicU32>,
}

impl Receiving {
    pub(super) fn new(reception: Reception, hub: FrameHub, playout: Arc<Mutex<Playout>>) -> Self {
        Self { reception, hub, playout, videos: HashMap::new() }
    }

    /// Whether the media server sends unasked.
    pub(super) fn auto_subscribe(&self) -> bool {
        self.reception != Reception::Asked
    }

    /// Somebody publishes a track; answers its stream, when it is a video.
    pub(super) fn published(&mut self, room: &Room, track: &RemoteTrack) -> Option<u32> {
        if track.kind == MediaKind::Audio {
            if self.reception == Reception::Asked {
                room.set_wanted(&track.sid, Wanted { enabled: true, size: None, fps: None });
            }
            return None;
        }
        if let Some(video) = self.videos.get(&track.sid) {
            return Some(video.stream);
        }
        let too_many = self.reception == Reception::Shown && self.videos.len() >= UNASKED;
        if too_many {
            room.set_wanted(&track.sid, Wanted { enabled: false, size: None, fps: None });
        }
        let stream = self.hub.new_stream();
        self.videos.insert(track.sid.clone(), Video { stream, shown: None, full: false, generation: Arc::default() });
        Some(stream)
    }

    /// Media of a track arrive.
    pub(super) fn subscribed(&mut self, sid: &str, media: RemoteMedia) {
        match media {
            RemoteMedia::Video(mut frames) => {
                let Some(video) = self.videos.get(sid) else { return };
                let mine = video.generation.fetch_add(1, Ordering::Relaxed) + 1;
                let (stream, generation, hub) = (video.stream, video.generation.clone(), self.hub.clone());
                tokio::spawn(async move {
                    let mut made_up = false;
                    while let Some(frame) = frames.recv().await {
                        if let Some(size) = frame.size {
                            tracing::debug!(stream, width = size.width, height = size.height, "key frame");
                            made_up = size.area() <= MADE_UP_PIXELS;
                        }
                        if !made_up {
                            hub.push(stream, frame.codec, frame.key, frame.size, frame.data);
                        }
                    }
                    if generation.load(Ordering::Relaxed) == mine {
                        hub.end(stream);
                    }
                });
            }
            RemoteMedia::Audio(mut packets) => {
                let (playout, sid) = (self.playout.clone(), sid.to_owned());
                tokio::spawn(async move {
                    while let Some(packet) = packets.recv().await {
                        let sound = AudioPacket {
                            sequence: packet.sequence,
                            timestamp: packet.timestamp,
                            payload: packet.payload,
                        };
                        playout.lock().push(&sid, sound, packet.received_at);
                    }
                    playout.lock().remove(&sid);
                });
            }
        }
    }

    /// A track is gone.
    pub(super) fn unpublished(&mut self, sid: &str) {
        if let Some(video) = self.videos.remove(sid) {
            // Its receiver may have ended already, or never have begun.
            video.generation.fetch_add(1, Ordering::Relaxed);
            self.hub.end(video.stream);
        }
    }

    /// All tracks are gone.
    pub(super) fn end(&mut self) {
        for sid in self.videos.keys().cloned().collect::<Vec<_>>() {
            self.unpublished(&sid);
        }
    }

    /// The page says at which size it shows a stream.
    pub(super) fn shown(&mut self, room: &Room, shown: ShownSize) {
        let Some((sid, video)) = self.videos.iter_mut().find(|(_, video)| video.stream == shown.stream_id) else {
            return;
        };
        let enabled = shown.size.area() > 0;
        if video.shown != Some(shown.size) {
            video.shown = Some(shown.size);
            // As soon as the snapshot is taken.
            if video.full {
                return;
            }
            room.set_wanted(sid, Wanted { enabled, size: enabled.then_some(shown.size), fps: None });
        }
    }

    /// A stream is wanted as large as it is sent, or as it is shown again.
    pub(super) fn want_full(&mut self, room: &Room, stream: u32, full: bool) {
        let Some((sid, video)) = self.videos.iter_mut().find(|(_, video)| video.stream == stream) else { return };
        video.full = full;
        let size = if full { Some(LARGEST) } else { video.shown };
        let enabled = size.is_none_or(|size| size.area() > 0);
        room.set_wanted(sid, Wanted { enabled, size: size.filter(|_| enabled), fps: None });
    }

    /// The track of a stream.
    pub(super) fn track_of(&self, stream: u32) -> Option<&str> {
        self.videos.iter().find(|(_, video)| video.stream == stream).map(|(sid, _)| sid.as_str())
    }
}
