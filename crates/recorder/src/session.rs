//! The recorder in the room: who is there, which of their tracks may be recorded, and the way of what comes to a
//! [`Taker`]. It goes through breaks of the line for as long as they take.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedReceiver;
use visita_protocol::{
    ParticipantId, Secret,
    recorder::{RecordedPerson, RecorderEnd, RecorderOrder, RecorderReport, RecorderTrouble},
};
use visita_rtc::{
    ConnectionState, DisconnectReason, JoinError, JoinOptions, RemoteMedia, RemoteTrack, Room, RtcEvent, Source, Wanted,
};

use crate::{compose::Message, file::Written, report::Reports, taker::Taker};

/// Between two looks at what is wanted at which size.
const WISHES_EVERY: Duration = Duration::from_millis(50);
/// Between two words about how far the recording is.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);
/// Between two tries to join.
const TRY_EVERY: Duration = Duration::from_secs(2);
/// How long the first join is tried: the recording has not begun, and somebody waits for it.
const JOIN_PATIENCE: Duration = Duration::from_secs(15);
/// How long a lost room is looked for.
const LOST_PATIENCE: Duration = Duration::from_secs(180);

/// How long saying goodbye may take: the file is more urgent.
const GOODBYE: Duration = Duration::from_millis(500);

/// A joined room and what happens in it.
pub(crate) type Joined = (Room, UnboundedReceiver<RtcEvent>);

/// Where and as whom to join.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) url: String,
    pub(crate) token: Secret,
}

impl Door {
    async fn knock(&self) -> Result<Joined, JoinError> {
        let options = JoinOptions {
            url: self.url.clone(),
            token: self.token.clone(),
            // What may not be recorded does not come.
            auto_subscribe: false,
            known_rate: None,
            relay_only: false,
        };
        visita_rtc::join(options).await
    }

    /// Tries until it is in, is refused, or `patience` is over.
    pub(crate) async fn enter(&self, patience: Duration) -> Result<Joined, JoinError> {
        let begun = Instant::now();
        loop {
            match self.knock().await {
                Err(error) if !matches!(error, JoinError::Refused { .. }) && begun.elapsed() < patience => {
                    tracing::info!(%error, "not in yet");
                    tokio::time::sleep(TRY_EVERY).await;
                }
                answer => return answer,
            }
        }
    }

    /// Enters for the first time.
    pub(crate) async fn enter_first(&self) -> Result<Joined, JoinError> {
        self.enter(JOIN_PATIENCE).await
    }
}

/// A session at work.
pub(crate) struct Session {
    pub(crate) door: Door,
    pub(crate) taker: Arc<dyn Taker>,
    pub(crate) reports: Reports,
    pub(crate) written: Written,
    /// Who may be recorded.
    pub(crate) people: Vec<RecordedPerson>,
    /// Every track in the room, by its id, with whose it is.
    tracks: HashMap<String, (String, RemoteTrack)>,
    /// Those that the taker was told of.
    added: HashSet<String>,
    /// What the media server was told to send, by track.
    told: HashMap<String, Wanted>,
    lost: bool,
}

impl Session {
    pub(crate) fn new(
        door: Door,
        taker: Arc<dyn Taker>,
        reports: Reports,
        written: Written,
        people: Vec<RecordedPerson>,
    ) -> Self {
        let (tracks, added, told) = (HashMap::new(), HashSet::new(), HashMap::new());
        let mut session = Self { door, taker, reports, written, people: Vec::new(), tracks, added, told, lost: false };
        session.set_people(people);
        session
    }

    /// Records until it is told to stop, `over` is there, or the room ends.
    pub(crate) async fn run(
        mut self,
        mut joined: Joined,
        orders: &mut UnboundedReceiver<RecorderOrder>,
        over: impl Future<Output = ()>,
    ) -> RecorderEnd {
        tokio::pin!(over);
        let mut wishes = tokio::time::interval(WISHES_EVERY);
        let mut progress = tokio::time::interval(PROGRESS_EVERY);
        wishes.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        progress.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let (room, events) = &mut joined;
            let ended = tokio::select! {
                event = events.recv() => match event {
                    Some(event) => self.on_event(event),
                    None => Some(DisconnectReason::Other),
                },
                order = orders.recv() => {
                    if self.on_order(order) {
                        break;
                    }
                    self.let_go(room);
                    self.wish(room);
                    None
                }
                () = &mut over => break,
                _ = wishes.tick() => {
                    self.wish(room);
                    None
                }
                _ = progress.tick() => {
                    self.tell_progress();
                    None
                }
            };
            let Some(reason) = ended else { continue };
            if !matches!(reason, DisconnectReason::ConnectionLost | DisconnectReason::ServerShutdown) {
                tracing::info!(?reason, "the room ended");
                return RecorderEnd::RoomEnded;
            }
            self.forget_tracks();
            self.set_lost(true);
            let door = self.door.clone();
            let entering = door.enter(LOST_PATIENCE);
            tokio::pin!(entering);
            joined = loop {
                tokio::select! {
                    entered = &mut entering => match entered {
                        Ok(joined) => break joined,
                        Err(error) => {
                            tracing::info!(%error, "the room is lost");
                            return RecorderEnd::RoomEnded;
                        }
                    },
                    order = orders.recv() => if self.on_order(order) { return RecorderEnd::Stopped },
                    () = &mut over => return RecorderEnd::Stopped,
                    _ = progress.tick() => self.tell_progress(),
                }
            };
            self.set_lost(false);
        }
        let (room, _) = joined;
        if tokio::time::timeout(GOODBYE, room.leave()).await.is_err() {
            tracing::info!("left without a goodbye");
        }
        RecorderEnd::Stopped
    }

    fn tell_progress(&self) {
        let (recorded_ms, bytes) = self.written.now();
        self.reports.send(RecorderReport::Progress { recorded_ms, bytes });
    }

    /// Takes an order; says whether it ends the recording.
    pub(crate) fn on_order(&mut self, order: Option<RecorderOrder>) -> bool {
        match order {
            None | Some(RecorderOrder::Stop) => return true,
            Some(RecorderOrder::People { people }) => self.set_people(people),
            Some(RecorderOrder::Layout { layout }) => self.taker.layout(layout),
            Some(RecorderOrder::Chat { participant_id, display_name: name, text }) => {
                if self.people.iter().any(|person| person.participant_id == participant_id) {
                    self.taker.say(Message { participant_id, name, text });
                }
            }
        }
        false
    }

    /// Who is in now. What it says of answers holds at once.
    fn set_people(&mut self, mut people: Vec<RecordedPerson>) {
        people.retain(|person| person.consented);
        people.sort_by(|a, b| (a.order, &a.participant_id).cmp(&(b.order, &b.participant_id)));
        people.dedup_by(|a, b| a.participant_id == b.participant_id);
        self.people = people;
        let gone: Vec<String> = self.added.iter().filter(|sid| self.person_of(sid).is_none()).cloned().collect();
        for sid in gone {
            self.added.remove(&sid);
            self.taker.remove(&sid);
        }
        self.taker.people(&self.people);
        let all: Vec<String> = self.tracks.keys().cloned().collect();
        for sid in all {
            self.add(&sid);
        }
    }

    /// Whose a track is, if it may be recorded.
    fn person_of(&self, sid: &str) -> Option<&ParticipantId> {
        let (identity, _) = self.tracks.get(sid)?;
        let person = self.people.iter().find(|person| person.participant_id.as_str() == identity)?;
        Some(&person.participant_id)
    }

    fn add(&mut self, sid: &str) {
        let (Some(person), Some((_, track))) = (self.person_of(sid), self.tracks.get(sid)) else { return };
        if !self.added.contains(sid) {
            self.taker.add(sid, person, track);
            self.added.insert(sid.to_owned());
        }
    }

    fn forget(&mut self, sid: &str) {
        self.tracks.remove(sid);
        self.told.remove(sid);
        if self.added.remove(sid) {
            self.taker.remove(sid);
        }
    }

    fn forget_tracks(&mut self) {
        let all: Vec<String> = self.tracks.keys().cloned().collect();
        for sid in all {
            self.forget(&sid);
        }
    }

    /// Has the server send nothing more of those who may not be recorded.
    fn let_go(&mut self, room: &Room) {
        let gone: Vec<String> = self.tracks.keys().filter(|sid| !self.added.contains(*sid)).cloned().collect();
        for sid in gone {
            self.want(room, sid, Wanted { enabled: false, size: None, fps: None });
        }
    }

    fn wish(&mut self, room: &Room) {
        for (sid, wanted) in self.taker.wishes() {
            self.want(room, sid, wanted);
        }
        for sid in self.taker.key_frames_wanted() {
            room.request_key_frame(&sid);
        }
    }

    /// Tells the server what is wanted, when that is news.
    fn want(&mut self, room: &Room, sid: String, wanted: Wanted) {
        if self.told.get(&sid) != Some(&wanted) {
            room.set_wanted(&sid, wanted);
            self.told.insert(sid, wanted);
        }
    }

    fn set_lost(&mut self, lost: bool) {
        if self.lost != lost {
            self.lost = lost;
            self.taker.connected(!lost);
            self.reports.trouble(if lost { RecorderTrouble::ConnectionLost } else { RecorderTrouble::ConnectionBack });
        }
    }

    /// Takes an event; answers why the room is over, when it is.
    fn on_event(&mut self, event: RtcEvent) -> Option<DisconnectReason> {
        match event {
            RtcEvent::TrackPublished { identity, track } => {
                let sid = track.sid.clone();
                self.tracks.insert(sid.clone(), (identity, track));
                self.add(&sid);
            }
            RtcEvent::TrackMuted { sid, muted, .. } => {
                if let Some((_, track)) = self.tracks.get_mut(&sid) {
                    track.muted = muted;
                }
                if self.added.contains(&sid) {
                    self.taker.set_muted(&sid, muted);
                }
            }
            RtcEvent::TrackUnpublished { sid, .. } => self.forget(&sid),
            RtcEvent::Subscribed { track, media, .. } => self.receive(track.sid, track.source, media),
            RtcEvent::Connection(ConnectionState::Reconnecting { .. }) => self.set_lost(true),
            RtcEvent::Connection(ConnectionState::Connected) => self.set_lost(false),
            RtcEvent::Connection(ConnectionState::Disconnected { reason }) => return Some(reason),
            _ => {}
        }
        None
    }

    /// Gives on what comes of a track; whether it may be recorded the taker knows, at every frame.
    fn receive(&self, sid: String, source: Source, media: RemoteMedia) {
        tracing::debug!(sid, ?source, "a track comes");
        let taker = self.taker.clone();
        match media {
            RemoteMedia::Video(mut frames) => tokio::spawn(async move {
                while let Some(frame) = frames.recv().await {
                    taker.video(&sid, frame);
                }
            }),
            RemoteMedia::Audio(mut packets) => tokio::spawn(async move {
                while let Some(packet) = packets.recv().await {
                    taker.audio(&sid, packet);
                }
            }),
        };
    }
}
