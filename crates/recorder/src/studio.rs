//! What may be seen and heard, between the session that receives it and the threads that make a recording of it.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use visita_codec::jitter::AudioPacket as Packet;
use visita_protocol::{ParticipantId, PixelSize, RecordingLayout, recorder::RecordedPerson};
use visita_rtc::{AudioPacket, EncodedFrame, MediaKind, RemoteTrack, Source, Wanted};

use crate::{clock::Timeline, compose::Message, sound::Voices, taker::Taker};

/// Frames that wait at most: five seconds of video. More is a thread that does not keep up.
const FRAMES_MOST: usize = 150;
/// LiveKit's server makes up black pictures of 8×8 when a publisher mutes or leaves; nobody's camera is that small.
const MADE_UP_PIXELS: u32 = 16 * 16;

/// The room as the recording has it.
pub(crate) struct Studio {
    pub(crate) voices: Arc<Mutex<Voices>>,
    stage: Mutex<Stage>,
    begin: Instant,
}

struct Stage {
    people: Vec<RecordedPerson>,
    layout: RecordingLayout,
    /// By track.
    videos: HashMap<String, Video>,
    said: Vec<Message>,
    connected: bool,
    /// Counts videos, so that the newest of two is known.
    count: u64,
    wishes: HashMap<String, Option<PixelSize>>,
    key_frames: HashSet<String>,
}

struct Video {
    about: VideoAbout,
    /// Since when it may be recorded. A media server lets newcomers begin with what was sent a moment ago.
    since: Instant,
    timeline: Timeline,
    frames: VecDeque<(i64, EncodedFrame)>,
    needs_key: bool,
    made_up: bool,
}

/// What a video is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VideoAbout {
    pub(crate) person: ParticipantId,
    pub(crate) screen: bool,
    pub(crate) muted: bool,
    /// Of two of the same kind the larger number is the newer one.
    pub(crate) number: u64,
}

/// What is due at a moment.
pub(crate) struct Due {
    pub(crate) people: Vec<RecordedPerson>,
    pub(crate) layout: RecordingLayout,
    pub(crate) connected: bool,
    pub(crate) said: Vec<Message>,
    /// Each video with the frames that are due, oldest first.
    pub(crate) videos: Vec<(String, VideoAbout, Vec<DueFrame>)>,
}

/// A frame whose time has come.
pub(crate) struct DueFrame {
    pub(crate) frame: EncodedFrame,
    /// It was sent after its sender may be recorded; one from before is only what later ones are decoded with.
    pub(crate) seen: bool,
}

impl Studio {
    pub(crate) fn new(layout: RecordingLayout, begin: Instant) -> Self {
        let stage = Stage {
            people: Vec::new(),
            layout,
            videos: HashMap::new(),
            said: Vec::new(),
            connected: true,
            count: 0,
            wishes: HashMap::new(),
            key_frames: HashSet::new(),
        };
        Self { voices: Arc::default(), stage: Mutex::new(stage), begin }
    }

    /// What is to be seen at a moment, and what was written since the last one. `delay` says how long somebody's pictures
    /// wait.
    pub(crate) fn due(&self, moment: Instant, delay: impl Fn(&ParticipantId) -> Duration) -> Due {
        let mut stage = self.stage.lock();
        let said = std::mem::take(&mut stage.said);
        let mut videos: Vec<_> = stage
            .videos
            .iter_mut()
            .map(|(sid, video)| {
                let delay = delay(&video.about.person);
                let due =
                    video.frames.iter().take_while(|(ticks, _)| video.timeline.due(*ticks, delay) <= moment).count();
                let (timeline, since) = (&video.timeline, video.since);
                let frames = video.frames.drain(..due);
                let frames = frames
                    .map(|(ticks, frame)| DueFrame { frame, seen: timeline.due(ticks, Duration::ZERO) >= since })
                    .collect();
                (sid.clone(), video.about.clone(), frames)
            })
            .collect();
        videos.sort_by_key(|(_, about, _)| about.number);
        Due { people: stage.people.clone(), layout: stage.layout, connected: stage.connected, said, videos }
    }

    /// Sizes at which videos are shown; those without are not wanted.
    pub(crate) fn set_wishes(&self, wishes: HashMap<String, Option<PixelSize>>) {
        self.stage.lock().wishes = wishes;
    }

    /// A video goes on only with a key frame.
    pub(crate) fn want_key_frame(&self, sid: &str) {
        self.stage.lock().key_frames.insert(sid.to_owned());
    }
}

impl Taker for Studio {
    fn people(&self, people: &[RecordedPerson]) {
        let mut stage = self.stage.lock();
        stage.people = people.to_vec();
        // What was said and not yet drawn is theirs too.
        stage.said.retain(|message| people.iter().any(|person| person.participant_id == message.participant_id));
    }

    fn layout(&self, layout: RecordingLayout) {
        self.stage.lock().layout = layout;
    }

    fn say(&self, message: Message) {
        self.stage.lock().said.push(message);
    }

    fn add(&self, sid: &str, person: &ParticipantId, track: &RemoteTrack) {
        if track.kind == MediaKind::Audio {
            if let Err(error) = self.voices.lock().add(sid, person) {
                tracing::error!(%error, "no decoder for a voice");
            }
            return;
        }
        let mut stage = self.stage.lock();
        stage.count += 1;
        let screen = track.source == Source::ScreenShare;
        let about = VideoAbout { person: person.clone(), screen, muted: track.muted, number: stage.count };
        let timeline = Timeline::new(self.begin);
        let since = Instant::now();
        let video = Video { about, since, timeline, frames: VecDeque::new(), needs_key: true, made_up: false };
        stage.videos.entry(sid.to_owned()).or_insert(video);
    }

    fn set_muted(&self, sid: &str, muted: bool) {
        if let Some(video) = self.stage.lock().videos.get_mut(sid) {
            video.about.muted = muted;
        }
    }

    fn remove(&self, sid: &str) {
        let mut stage = self.stage.lock();
        stage.videos.remove(sid);
        stage.wishes.remove(sid);
        stage.key_frames.remove(sid);
        drop(stage);
        self.voices.lock().remove(sid);
    }

    fn video(&self, sid: &str, frame: EncodedFrame) {
        let mut stage = self.stage.lock();
        let Some(video) = stage.videos.get_mut(sid) else { return };
        if let Some(size) = frame.size {
            video.made_up = size.area() <= MADE_UP_PIXELS;
        }
        if video.made_up {
            return;
        }
        let ticks = video.timeline.arrived(frame.rtp_time, frame.received_at);
        let overflows = video.frames.len() >= FRAMES_MOST;
        if overflows {
            video.frames.clear();
        }
        video.needs_key = (video.needs_key || overflows) && !frame.key;
        if video.needs_key {
            stage.key_frames.insert(sid.to_owned());
        } else {
            video.frames.push_back((ticks, frame));
        }
    }

    fn audio(&self, sid: &str, packet: AudioPacket) {
        let sound = Packet { sequence: packet.sequence, timestamp: packet.timestamp, payload: packet.payload };
        self.voices.lock().push(sid, sound, packet.received_at);
    }

    fn wishes(&self) -> Vec<(String, Wanted)> {
        let wanted = |size: Option<PixelSize>| Wanted { enabled: size.is_some(), size, fps: None };
        let videos: Vec<_> = {
            let stage = self.stage.lock();
            stage.videos.keys().filter_map(|sid| Some((sid.clone(), wanted(*stage.wishes.get(sid)?)))).collect()
        };
        let heard = Wanted { enabled: true, size: None, fps: None };
        let voices: Vec<_> = self.voices.lock().tracks().map(|sid| (sid.to_owned(), heard)).collect();
        videos.into_iter().chain(voices).collect()
    }

    fn key_frames_wanted(&self) -> Vec<String> {
        self.stage.lock().key_frames.drain().collect()
    }

    fn connected(&self, is: bool) {
        self.stage.lock().connected = is;
    }
}
