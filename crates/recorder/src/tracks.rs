//! One file for each participant and kind of stream: what comes is written as it is, nothing is decoded. A list beside them
//! says what they are, so that they can be [mended](mend) when nobody is left who knows.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::Notify;
use visita_protocol::{
    ParticipantId, PixelSize, RecordingLayout, VideoCodec,
    recorder::{RecordedPerson, RecordedTrack, RecorderEnd, RecorderJob, TrackKind},
};
use visita_rtc::{AudioPacket, EncodedFrame, RemoteTrack, Source, Wanted};

use crate::{
    avc,
    clock::Timeline,
    compose::Message,
    file::{self, FileEnd, Room, Written},
    report::Reports,
    taker::Taker,
    webm::{self, Codec, Finished, Track, WebmError, Writer},
};

/// As large as it is sent, or this.
const LARGEST: PixelSize = PixelSize::new(3840, 2160);
/// LiveKit's server makes up black pictures of 8×8; they are nobody's.
const MADE_UP_PIXELS: u32 = 16 * 16;
/// How long a packet of sound waits for one before it that is missing.
const REORDER: Duration = Duration::from_millis(300);
/// Frames are looked at for so long before it is said when they were sent.
const LOOK: Duration = Duration::from_millis(300);
/// A timestamp so far from the time of its arrival is of another clock, in milliseconds.
const STRANGE_MS: i64 = 2_000;
/// The end of the list's name.
const LIST: &str = "tracks";

/// Tracks being written.
pub(crate) struct Tracks {
    taker: Arc<Desk>,
    written: Written,
    over: Arc<Notify>,
    file: JoinHandle<(FileEnd, Vec<RecordedTrack>)>,
}

/// Takes what comes and gives it to the thread that writes.
struct Desk {
    /// How people are called.
    names: Mutex<HashMap<ParticipantId, String>>,
    /// Tracks that begin only with a key frame.
    key_frames: Arc<Mutex<Vec<String>>>,
    /// None once the recording is over.
    to_write: Mutex<Option<Sender<Order>>>,
    added: Mutex<HashMap<String, Added>>,
}

struct Added {
    wanted: Wanted,
    kind: TrackKind,
}

enum Order {
    Add { sid: String, person: ParticipantId, name: String, kind: TrackKind, since: Instant },
    Frame(String, EncodedFrame),
    Packet(String, AudioPacket),
    Remove(String),
}

impl Tracks {
    pub(crate) fn begin(job: &RecorderJob, begin: Instant, reports: &Reports) -> Result<Self, RecorderEnd> {
        let output = Path::new(&job.output);
        let (sender, orders) = channel();
        let (written, over) = (Written::default(), Arc::new(Notify::new()));
        let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let key_frames = Arc::default();
        let list = file::create(&output.with_extension(LIST)).map_err(|error| file::reason(&error.into()))?;
        let shelf = Shelf {
            list,
            begin,
            key_frames: Arc::clone(&key_frames),
            folder: folder.to_owned(),
            stem: output.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default(),
            fps: job.fps,
            open: HashMap::new(),
            ended: Vec::new(),
            names: HashMap::new(),
            room: Room::new(folder.to_owned(), reports.clone()),
        };
        let (figures, alarm) = (written.clone(), over.clone());
        let file = std::thread::Builder::new().name("tracks".to_owned()).spawn(move || {
            let end = shelf.run(&orders, &figures);
            if end.0.reason.is_some() {
                alarm.notify_one();
            }
            end
        });
        let file = file.map_err(|error| {
            tracing::error!(%error, "no thread");
            RecorderEnd::Failed
        })?;
        let taker =
            Desk { names: Mutex::default(), key_frames, to_write: Mutex::new(Some(sender)), added: Mutex::default() };
        Ok(Self { taker: Arc::new(taker), written, over, file })
    }

    pub(crate) fn taker(&self) -> Arc<dyn Taker> {
        self.taker.clone()
    }

    pub(crate) fn written(&self) -> Written {
        self.written.clone()
    }

    /// Until something has failed that ends the recording.
    pub(crate) async fn over(&self) {
        self.over.notified().await;
    }

    pub(crate) async fn end(self) -> (FileEnd, Vec<RecordedTrack>) {
        *self.taker.to_write.lock() = None;
        let failed = || {
            let file = Finished { duration_ms: 0, bytes: 0 };
            (FileEnd { file, reason: Some(RecorderEnd::Failed) }, Vec::new())
        };
        let ending = tokio::task::spawn_blocking(move || self.file.join().unwrap_or_else(|_| failed()));
        ending.await.unwrap_or_else(|_| failed())
    }
}

impl Desk {
    fn give(&self, order: Order) {
        if let Some(to_write) = &*self.to_write.lock() {
            // Where it failed, the session is told by `over`.
            let _ = to_write.send(order);
        }
    }
}

impl Taker for Desk {
    fn people(&self, people: &[RecordedPerson]) {
        let names = people.iter().map(|person| (person.participant_id.clone(), person.display_name.clone()));
        *self.names.lock() = names.collect();
    }

    fn layout(&self, _: RecordingLayout) {}

    fn say(&self, _: Message) {}

    fn add(&self, sid: &str, person: &ParticipantId, track: &RemoteTrack) {
        let kind = match track.source {
            Source::Camera => TrackKind::Video,
            Source::ScreenShare => TrackKind::Screen,
            Source::Microphone | Source::ScreenShareAudio => TrackKind::Audio,
        };
        let size = (kind != TrackKind::Audio).then_some(LARGEST);
        let wanted = Wanted { enabled: true, size, fps: None };
        self.added.lock().insert(sid.to_owned(), Added { wanted, kind });
        let name = self.names.lock().get(person).cloned().unwrap_or_default();
        self.give(Order::Add { sid: sid.to_owned(), person: person.clone(), name, kind, since: Instant::now() });
    }

    fn set_muted(&self, _: &str, _: bool) {}

    fn remove(&self, sid: &str) {
        self.added.lock().remove(sid);
        self.give(Order::Remove(sid.to_owned()));
    }

    fn video(&self, sid: &str, frame: EncodedFrame) {
        if self.added.lock().get(sid).is_some_and(|added| added.kind != TrackKind::Audio) {
            self.give(Order::Frame(sid.to_owned(), frame));
        }
    }

    fn audio(&self, sid: &str, packet: AudioPacket) {
        if self.added.lock().contains_key(sid) {
            self.give(Order::Packet(sid.to_owned(), packet));
        }
    }

    fn wishes(&self) -> Vec<(String, Wanted)> {
        self.added.lock().iter().map(|(sid, added)| (sid.clone(), added.wanted)).collect()
    }

    fn key_frames_wanted(&self) -> Vec<String> {
        std::mem::take(&mut *self.key_frames.lock())
    }

    fn connected(&self, _: bool) {}
}

/// The files.
struct Shelf {
    list: File,
    begin: Instant,
    key_frames: Arc<Mutex<Vec<String>>>,
    folder: PathBuf,
    stem: String,
    fps: u8,
    open: HashMap<String, TrackFile>,
    ended: Vec<RecordedTrack>,
    /// How many files there are of each name.
    names: HashMap<String, u32>,
    room: Room,
}

/// The file of one track; it is made when the first thing comes.
struct TrackFile {
    person: ParticipantId,
    name: String,
    kind: TrackKind,
    writer: Option<Writing>,
    clock: RtpClock,
    /// The beginning of a video.
    start: Start,
    /// Packets that wait for one before them, by their time.
    waiting: BTreeMap<i64, (Instant, Bytes)>,
    made_up: bool,
}

struct Writing {
    writer: Writer<File>,
    /// What is known of it when it begins.
    about: RecordedTrack,
    last_ms: u64,
}

impl Shelf {
    fn run(mut self, orders: &Receiver<Order>, written: &Written) -> (FileEnd, Vec<RecordedTrack>) {
        let mut failed = None;
        while let Ok(order) = orders.recv() {
            if let Err(error) = self.take(order) {
                failed = Some(file::reason(&error));
                break;
            }
            let now = self.figures();
            written.set(now.duration_ms, now.bytes);
            self.room.look_at(now.bytes);
        }
        for sid in self.open.keys().cloned().collect::<Vec<_>>() {
            if let Err(error) = self.end(&sid) {
                failed = failed.or(Some(file::reason(&error)));
            }
        }
        let file = self.figures();
        written.set(file.duration_ms, file.bytes);
        self.ended.sort_by(|a, b| (a.offset_ms, &a.file).cmp(&(b.offset_ms, &b.file)));
        (FileEnd { file, reason: failed }, self.ended)
    }

    /// Length from the recording's start to the latest end, and bytes of all.
    fn figures(&self) -> Finished {
        let open = self.open.values().filter_map(|track| track.writer.as_ref());
        let open = open.map(|it| (it.about.offset_ms + it.writer.duration_ms(), it.writer.bytes()));
        let ended = self.ended.iter().map(|track| (track.offset_ms + track.recorded_ms, track.bytes));
        open.chain(ended).fold(Finished { duration_ms: 0, bytes: 0 }, |all, (end, bytes)| Finished {
            duration_ms: all.duration_ms.max(end),
            bytes: all.bytes + bytes,
        })
    }

    fn take(&mut self, order: Order) -> Result<(), WebmError> {
        match order {
            Order::Add { sid, person, name, kind, since } => {
                let ticks_a_ms = if kind == TrackKind::Audio { 48 } else { 90 };
                let clock = RtpClock { ticks_a_ms, newest: None };
                let (waiting, made_up) = (BTreeMap::new(), false);
                let start = Start { since, timeline: Timeline::new(self.begin), held: Vec::new(), over: false };
                let file = TrackFile { person, name, kind, writer: None, clock, start, waiting, made_up };
                self.open.insert(sid, file);
                Ok(())
            }
            Order::Remove(sid) => {
                // What waits of it is not to be written.
                if let Some(track) = self.open.get_mut(&sid) {
                    track.waiting.clear();
                }
                self.end(&sid)
            }
            Order::Frame(sid, frame) => self.frame(&sid, frame),
            Order::Packet(sid, packet) => self.packet(&sid, packet),
        }
    }

    fn frame(&mut self, sid: &str, frame: EncodedFrame) -> Result<(), WebmError> {
        let Some(track) = self.open.get_mut(sid) else { return Ok(()) };
        if let Some(size) = frame.size {
            track.made_up = size.area() <= MADE_UP_PIXELS;
        }
        if track.made_up {
            return Ok(());
        }
        if track.start.over {
            return self.picture(sid, &frame);
        }
        match track.start.take(frame) {
            Begins::NotYet => Ok(()),
            Begins::NeedsKey => {
                self.key_frames.lock().push(sid.to_owned());
                Ok(())
            }
            Begins::With(frames) => frames.iter().try_for_each(|frame| self.picture(sid, frame)),
        }
    }

    fn picture(&mut self, sid: &str, frame: &EncodedFrame) -> Result<(), WebmError> {
        let Some(track) = self.open.get_mut(sid) else { return Ok(()) };
        let at = track.clock.at(frame.rtp_time, since(self.begin, frame.received_at));
        let name = frame.codec.encoding_name();
        if let Some(other) = track.writer.take_if(|writing| writing.about.codec != name) {
            // A file has one codec.
            self.finish(other)?;
        }
        if self.open.get(sid).is_some_and(|track| track.writer.is_none()) {
            let Some(described) = described(frame, self.fps) else { return Ok(()) };
            self.create(sid, described, name, at)?;
        }
        match frame.codec {
            VideoCodec::H264 => self.write(sid, at, frame.key, &avc::with_lengths(&frame.data)),
            VideoCodec::Vp8 | VideoCodec::Vp9 => self.write(sid, at, frame.key, &frame.data),
        }
    }

    fn packet(&mut self, sid: &str, packet: AudioPacket) -> Result<(), WebmError> {
        let Some(track) = self.open.get_mut(sid) else { return Ok(()) };
        let at = track.clock.at(packet.timestamp, since(self.begin, packet.received_at));
        track.waiting.insert(at, (packet.received_at, packet.payload));
        let mut due = Vec::new();
        while let Some(entry) = track.waiting.first_entry()
            && packet.received_at.saturating_duration_since(entry.get().0) >= REORDER
        {
            let (at, (_, payload)) = entry.remove_entry();
            due.push((at, payload));
        }
        self.sounds(sid, due)
    }

    fn sounds(&mut self, sid: &str, due: Vec<(i64, Bytes)>) -> Result<(), WebmError> {
        for (at, payload) in due {
            if self.open.get(sid).is_some_and(|track| track.writer.is_none()) {
                self.create(sid, Track::opus(1), "opus", at)?;
            }
            self.write(sid, at, true, &payload)?;
        }
        Ok(())
    }

    fn create(&mut self, sid: &str, described: Track, codec: &'static str, at_ms: i64) -> Result<(), WebmError> {
        let Some(track) = self.open.get_mut(sid) else { return Ok(()) };
        let kind = match track.kind {
            TrackKind::Audio => "audio",
            TrackKind::Video => "video",
            TrackKind::Screen => "screen",
        };
        let name = format!("{}-{}-{kind}", self.stem, track.person);
        let count = self.names.entry(name.clone()).or_insert(0);
        *count += 1;
        let file = if *count == 1 { format!("{name}.webm") } else { format!("{name}-{count}.webm") };
        let storage = file::create(&self.folder.join(&file))?;
        let offset_ms = u64::try_from(at_ms).unwrap_or(0);
        let age_ms = u64::try_from(self.begin.elapsed().as_millis()).unwrap_or(0).saturating_sub(offset_ms);
        let begun_at_ms = crate::unix_ms().saturating_sub(age_ms);
        let writer = Writer::new(storage, vec![described], begun_at_ms)?;
        let about = RecordedTrack {
            participant_id: track.person.clone(),
            display_name: track.name.clone(),
            kind: track.kind,
            file,
            codec: codec.to_owned(),
            begun_at_ms,
            offset_ms,
            recorded_ms: 0,
            bytes: 0,
        };
        let mut line = serde_json::to_vec(&about).map_err(std::io::Error::from)?;
        line.push(b'\n');
        self.list.write_all(&line)?;
        self.list.sync_data()?;
        track.writer = Some(Writing { writer, about, last_ms: 0 });
        Ok(())
    }

    fn write(&mut self, sid: &str, at_ms: i64, key: bool, data: &[u8]) -> Result<(), WebmError> {
        let Some(writing) = self.open.get_mut(sid).and_then(|track| track.writer.as_mut()) else { return Ok(()) };
        let at_ms = u64::try_from(at_ms).unwrap_or(0).saturating_sub(writing.about.offset_ms);
        writing.last_ms = writing.last_ms.max(at_ms);
        writing.writer.write(1, writing.last_ms, key, data)
    }

    fn end(&mut self, sid: &str) -> Result<(), WebmError> {
        let waiting = self.open.get_mut(sid).map(|track| std::mem::take(&mut track.waiting)).unwrap_or_default();
        self.sounds(sid, waiting.into_iter().map(|(at, (_, payload))| (at, payload)).collect())?;
        let Some(track) = self.open.remove(sid) else { return Ok(()) };
        track.writer.map_or(Ok(()), |writing| self.finish(writing))
    }

    fn finish(&mut self, Writing { writer, about, .. }: Writing) -> Result<(), WebmError> {
        let so_far = Finished { duration_ms: writer.duration_ms(), bytes: writer.bytes() };
        let finished = writer.finish();
        let Finished { duration_ms: recorded_ms, bytes } = *finished.as_ref().unwrap_or(&so_far);
        self.ended.push(RecordedTrack { recorded_ms, bytes, ..about });
        finished.map(drop)
    }
}

/// How the track is described in its file; none by a frame with which it cannot begin.
fn described(frame: &EncodedFrame, fps: u8) -> Option<Track> {
    let size = frame.size.filter(|_| frame.key)?;
    let side = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    let (codec, private) = match frame.codec {
        VideoCodec::Vp8 => (Codec::Vp8, Vec::new()),
        VideoCodec::Vp9 => (Codec::Vp9, Vec::new()),
        VideoCodec::H264 => (Codec::H264, avc::configuration(&frame.data)?),
    };
    Some(Track { codec, private, ..Track::vp8(side(size.width), side(size.height), fps) })
}

/// Mends the files of a list whose recorder died. Those in which there is nothing are left out.
///
/// # Errors
/// When the list cannot be read.
pub fn mend(list: &Path) -> std::io::Result<Vec<RecordedTrack>> {
    let folder = list.parent().unwrap_or(Path::new("."));
    let mut tracks = Vec::new();
    for line in BufReader::new(File::open(list)?).lines() {
        // The last one may be cut.
        let Ok(about) = serde_json::from_str::<RecordedTrack>(&line?) else { continue };
        match webm::repair(&folder.join(&about.file)) {
            Ok(repaired) => {
                let Finished { duration_ms: recorded_ms, bytes } = repaired.file;
                tracks.push(RecordedTrack { recorded_ms, bytes, ..about });
            }
            Err(error) => tracing::warn!(%error, file = about.file, "a track cannot be mended"),
        }
    }
    Ok(tracks)
}

/// Finds the frame a video's file may begin with. A media server lets newcomers begin with what was sent a moment ago, which
/// may be from before its sender said yes.
struct Start {
    since: Instant,
    timeline: Timeline,
    held: Vec<(i64, EncodedFrame)>,
    over: bool,
}

enum Begins {
    NotYet,
    NeedsKey,
    With(Vec<EncodedFrame>),
}

impl Start {
    /// Takes a frame; once enough have come to tell when they were sent, answers those that may be written.
    fn take(&mut self, frame: EncodedFrame) -> Begins {
        let now = frame.received_at;
        let ticks = self.timeline.arrived(frame.rtp_time, now);
        self.held.push((ticks, frame));
        let first = self.held.first().map_or(now, |(_, frame)| frame.received_at);
        if now.saturating_duration_since(first) < LOOK {
            return Begins::NotYet;
        }
        let may =
            |(ticks, frame): &(i64, EncodedFrame)| frame.key && self.timeline.due(*ticks, Duration::ZERO) >= self.since;
        match self.held.iter().position(may) {
            Some(at) => {
                self.over = true;
                Begins::With(self.held.drain(..).skip(at).map(|(_, frame)| frame).collect())
            }
            None => {
                self.held.clear();
                Begins::NeedsKey
            }
        }
    }
}

/// RTP timestamps as milliseconds since the recording's start: the first by its arrival, the others by their distance.
struct RtpClock {
    ticks_a_ms: i64,
    /// The newest timestamp as it came, and in ticks since the recording's start.
    newest: Option<(u32, i64)>,
}

impl RtpClock {
    fn at(&mut self, timestamp: u32, arrived_ms: i64) -> i64 {
        let by_arrival = arrived_ms * self.ticks_a_ms;
        let ticks = match self.newest {
            Some((rtp, ticks)) => ticks + i64::from(timestamp.wrapping_sub(rtp).cast_signed()),
            None => by_arrival,
        };
        let strange = (ticks - by_arrival).abs() > STRANGE_MS * self.ticks_a_ms;
        let ticks = if strange { by_arrival } else { ticks };
        self.newest = Some((timestamp, ticks));
        ticks / self.ticks_a_ms
    }
}

fn since(begin: Instant, at: Instant) -> i64 {
    i64::try_from(at.saturating_duration_since(begin).as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_begins_with_what_was_sent_after_the_yes() {
        let begin = Instant::now();
        let ms = |ms: u64| begin + Duration::from_millis(ms);
        let mut start = Start { since: ms(5_000), timeline: Timeline::new(begin), held: Vec::new(), over: false };
        // Sent at that time, and come at that.
        let mut take = |sent: u64, came: u64, key| {
            let rtp_time = sent as u32 * 90;
            let (codec, received_at) = (VideoCodec::Vp8, ms(came));
            start.take(EncodedFrame { codec, data: Bytes::new(), key, size: None, rtp_time, received_at })
        };
        assert!(matches!(take(4_000, 5_100, true), Begins::NotYet));
        for number in 1..30 {
            // What the server repeats comes all at once, the rest in its time.
            let sent = 4_000 + number * 40;
            assert!(matches!(take(sent, sent.max(5_100), false), Begins::NotYet));
        }
        assert!(matches!(take(5_400, 5_400, false), Begins::NeedsKey));
        assert!(matches!(take(5_440, 5_440, false), Begins::NotYet));
        assert!(matches!(take(5_480, 5_480, true), Begins::NotYet));
        let Begins::With(frames) = take(5_760, 5_760, false) else { panic!("it may begin") };
        assert_eq!(frames.iter().map(|frame| frame.rtp_time).collect::<Vec<_>>(), [5_480 * 90, 5_760 * 90]);
    }

    #[test]
    fn times_are_by_the_senders_clock() {
        let mut clock = RtpClock { ticks_a_ms: 48, newest: None };
        let first = u32::MAX - 1_000;
        assert_eq!(clock.at(first, 5_000), 5_000);
        // Late by 100 ms, and out of order; the counter runs over.
        assert_eq!(clock.at(first.wrapping_add(1_920), 5_140), 5_040);
        assert_eq!(clock.at(first.wrapping_add(960), 5_141), 5_020);
        // Another clock.
        assert_eq!(clock.at(7, 9_000), 9_000);
        assert_eq!(clock.at(967, 9_025), 9_020);
    }
}
