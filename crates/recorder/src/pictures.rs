//! What is seen: decodes what is shown, has it composed, and gives a picture for each moment to the encoder.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TrySendError},
    },
    time::{Duration, Instant},
};

use visita_codec::{CodecError, I420Frame, video::Decoder, vp8::Encoder};
use visita_protocol::{ParticipantId, PixelSize, recorder::RecorderTrouble};

use crate::{
    clock::DELAY,
    compose::{Composer, Scene, Shown, TileId},
    file::{PICTURE, Piece},
    floor::Floor,
    report::Reports,
    stop::Stop,
    studio::{Due, DueFrame, Studio, VideoAbout},
};

/// A camera's last picture stays this long when no other comes; then the initials are shown.
const CAMERA_STAYS: Duration = Duration::from_secs(2);
/// A screen may stand still for as long as it likes, but not while the line is broken.
const SCREEN_STAYS: Duration = Duration::from_secs(10);
/// A picture is left out when its time is so long over.
const TOO_LATE: Duration = Duration::from_millis(150);
/// So many pictures left out of the last [`SLOW_WINDOW`] are told of ...
const SLOW: u32 = 15;
const SLOW_WINDOW: Duration = Duration::from_secs(5);
/// ... but not more often than this.
const SLOW_TOLD_EVERY: Duration = Duration::from_secs(60);
/// A player can jump to a place at least so often, and after a crash no more than this is hard to play.
pub(crate) const KEY_EVERY: Duration = Duration::from_secs(2);
/// Pictures that may wait for the encoder: a key frame takes longer than the others.
pub(crate) const WAITING: usize = 3;
/// Of the time between two pictures, the encoder should take less than this share, and searches more below the other.
const WORK_MOST: f32 = 0.5;
const WORK_LEAST: f32 = 0.25;

/// A composed picture on its way to the encoder.
pub(crate) struct Composed {
    pub(crate) frame: I420Frame,
    pub(crate) at: Duration,
}

/// Makes pictures from the beginning until the end.
pub(crate) struct Pictures {
    pub(crate) studio: Arc<Studio>,
    pub(crate) composer: Composer,
    pub(crate) fps: u32,
    pub(crate) begin: Instant,
    pub(crate) reports: Reports,
}

/// A stream that is shown.
struct Player {
    decoder: Decoder,
    needs_key: bool,
    /// When its last picture was due; none before the first.
    last: Option<Instant>,
}

impl Pictures {
    /// Runs until `stop`. Used frames come back by `used` to be filled again.
    pub(crate) fn run(mut self, stop: &Stop, encoder: &SyncSender<Composed>, used: &Receiver<I420Frame>) {
        let mut players = HashMap::new();
        let mut floor = Floor::default();
        let mut slow = Slow::new(self.reports.clone());
        for number in 0u32.. {
            let at = Duration::from_nanos(u64::from(number) * 1_000_000_000 / u64::from(self.fps));
            let (moment, when) = (self.begin + at, self.begin + at + DELAY);
            if stop.is_over(moment, when) {
                return;
            }
            // Nothing is lost by it: what was due then is seen in the next picture.
            if when.elapsed() > TOO_LATE {
                slow.left_out();
                continue;
            }
            self.compose(moment, &mut players, &mut floor);
            let frame = match used.try_recv() {
                Ok(mut frame) => {
                    copy(self.composer.frame(), &mut frame);
                    frame
                }
                Err(_) => self.composer.frame().clone(),
            };
            match encoder.try_send(Composed { frame, at }) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => slow.left_out(),
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }

    fn compose(&mut self, moment: Instant, players: &mut HashMap<String, Player>, floor: &mut Floor) {
        let heard = self.studio.voices.lock().heard();
        let delay = |id: &ParticipantId| heard.get(id).copied().unwrap_or_default().picture_delay();
        let Due { people, layout, connected, said, videos } = self.studio.due(moment, delay);
        let ids: Vec<ParticipantId> = people.iter().map(|person| person.participant_id.clone()).collect();
        floor.hear(&ids, &heard, moment);
        players.retain(|sid, _| videos.iter().any(|(other, ..)| other == sid));

        // Of two of the same kind the newest is shown, which comes last.
        let newest: HashMap<(&ParticipantId, bool), &str> =
            videos.iter().map(|(sid, about, _)| ((&about.person, about.screen), sid.as_str())).collect();
        let is_newest = |sid: &str, about: &VideoAbout| newest.get(&(&about.person, about.screen)) == Some(&sid);
        let has_screen = |(sid, about, frames): &(String, VideoAbout, Vec<DueFrame>)| {
            let last = players.get(sid).and_then(|player| player.last);
            let stays = last.is_some_and(|last| connected || moment.saturating_duration_since(last) < SCREEN_STAYS);
            about.screen && !about.muted && is_newest(sid, about) && (stays || !frames.is_empty())
        };
        let screens: HashSet<ParticipantId> =
            videos.iter().filter(|video| has_screen(video)).map(|(_, about, _)| about.person.clone()).collect();
        let shown = people.into_iter().map(|person| Shown {
            screen: screens.contains(&person.participant_id),
            id: person.participant_id,
            name: person.display_name,
            muted: person.muted,
        });
        let speaker = floor.holder().cloned();
        self.composer.set_scene(Scene { layout, people: shown.collect(), speaker });
        self.composer.set_speaking(&floor.speaking(moment));
        for message in said {
            self.composer.say(message);
        }

        let mut wishes = HashMap::new();
        for (sid, about, frames) in &videos {
            let size = is_newest(sid, about).then(|| self.wish(about)).flatten();
            wishes.insert(sid.clone(), size);
            if size.is_none() || about.muted {
                // What is not decoded now cannot be gone on with.
                players.remove(sid);
                if about.muted && is_newest(sid, about) {
                    self.composer.show(&tile_id(about), None);
                }
                continue;
            }
            self.play(sid, about, frames, moment, players);
        }
        // Nobody's camera is left.
        for id in ids.iter().filter(|id| !newest.contains_key(&(*id, false))) {
            self.composer.show(&TileId::Person(id.clone()), None);
        }
        self.studio.set_wishes(wishes);
    }

    /// The size at which a video is wanted; none where it is not shown.
    fn wish(&self, about: &VideoAbout) -> Option<PixelSize> {
        match self.composer.tile(&tile_id(about)) {
            Some(rect) => Some(rect.size()),
            // It gets its place with its first picture.
            None if about.screen => Some(self.composer.frame().size()),
            None => None,
        }
    }

    fn play(
        &mut self,
        sid: &str,
        about: &VideoAbout,
        frames: &[DueFrame],
        moment: Instant,
        players: &mut HashMap<String, Player>,
    ) {
        let id = tile_id(about);
        let player = players.entry(sid.to_owned()).or_insert_with(|| Player {
            decoder: Decoder::new(),
            needs_key: true,
            last: None,
        });
        let mut picture = None;
        for DueFrame { frame, seen } in frames {
            if player.needs_key && !frame.key {
                continue;
            }
            match player.decoder.decode(frame.codec, &frame.data) {
                Ok(decoded) => {
                    player.needs_key = false;
                    picture = decoded.filter(|_| *seen).or(picture);
                }
                Err(error) => {
                    tracing::debug!(%error, sid, "a frame is broken");
                    player.needs_key = true;
                }
            }
        }
        if player.needs_key && !frames.is_empty() {
            self.studio.want_key_frame(sid);
        }
        if picture.is_some() {
            player.last = Some(moment);
            self.composer.show(&id, picture);
        } else if !about.screen && player.last.is_none_or(|last| moment.saturating_duration_since(last) > CAMERA_STAYS)
        {
            self.composer.show(&id, None);
        }
    }
}

fn tile_id(about: &VideoAbout) -> TileId {
    let person = about.person.clone();
    if about.screen { TileId::Screen(person) } else { TileId::Person(person) }
}

/// Copies a picture into another of the same size.
pub(crate) fn copy(from: &I420Frame, to: &mut I420Frame) {
    let (y, u, v) = to.planes_mut();
    y.copy_from_slice(from.y());
    u.copy_from_slice(from.u());
    v.copy_from_slice(from.v());
}

/// Pictures that were left out.
struct Slow {
    reports: Reports,
    count: u32,
    since: Instant,
    told: Option<Instant>,
}

impl Slow {
    fn new(reports: Reports) -> Self {
        Self { reports, count: 0, since: Instant::now(), told: None }
    }

    fn left_out(&mut self) {
        if self.since.elapsed() > SLOW_WINDOW {
            (self.since, self.count) = (Instant::now(), 0);
        }
        self.count += 1;
        if self.count >= SLOW && self.told.is_none_or(|told| told.elapsed() > SLOW_TOLD_EVERY) {
            self.told = Some(Instant::now());
            self.reports.trouble(RecorderTrouble::TooSlow);
        }
    }
}

/// Encodes pictures until none comes any more.
pub(crate) fn encode(
    mut encoder: Encoder,
    composed: &Receiver<Composed>,
    used: &SyncSender<I420Frame>,
    pieces: &SyncSender<Piece>,
) -> Result<(), CodecError> {
    let mut key_at: Option<Duration> = None;
    let period = 1.0 / encoder.config().fps.max(1) as f32;
    let (mut load, mut faster, mut since) = (0.0f32, 0, 0);
    while let Ok(Composed { frame, at }) = composed.recv() {
        let begun = Instant::now();
        let key = key_at.is_none_or(|last| at - last >= KEY_EVERY);
        let encoded = encoder.encode(&frame, at, key)?;
        load += (begun.elapsed().as_secs_f32() / period - load) * 0.1;
        since += 1;
        if since >= 15 {
            since = 0;
            let steps = if load > WORK_MOST {
                faster + 2
            } else if load < WORK_LEAST {
                faster - 1
            } else {
                faster
            };
            if steps.clamp(0, 4) != faster {
                faster = steps.clamp(0, 4);
                encoder.set_faster(faster)?;
            }
        }
        // Nobody has to take it back.
        let _ = used.try_send(frame);
        if let Some(encoded) = encoded {
            if encoded.key {
                key_at = Some(at);
            }
            if pieces.send(Piece { track: PICTURE, at, key: encoded.key, data: encoded.data }).is_err() {
                break;
            }
        }
    }
    Ok(())
}
