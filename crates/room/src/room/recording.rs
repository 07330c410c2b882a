//! Recording: who may start and stop it, whom a recorder may show, and what becomes of one that fails. The recorder itself
//! is a process of the caller's, told by [`Output`]s and heard by [`Input::Recorder`](crate::Input::Recorder).

use visita_protocol::{
    ParticipantId, RecordingLayout, RecordingMode,
    channel::{Consent, RecordingState, RecordingStop, ServerMessage},
    recorder::{RecordedPerson, RecorderEnd, RecorderReport, RecorderTrouble},
};

use super::Room;
use crate::{
    AdminAction, Output, PROGRESS_TOLD, RecorderRun, Refusal, TROUBLE_SHOWN, Timestamp,
    seat::{Seat, Stay},
};

/// The recording of a room.
#[derive(Debug, Default)]
pub(super) struct Recording {
    /// A recorder could be started now.
    available: bool,
    /// How many recorders there were.
    runs: u64,
    phase: Phase,
    /// Where recording is automatic: it began in this session.
    began: bool,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Off,
    Running(Running),
    Stopped(RecordingStop),
}

/// A recorder at work, or on its way.
#[derive(Debug)]
struct Running {
    run: RecorderRun,
    layout: RecordingLayout,
    /// It was started in the place of one that failed.
    is_second: bool,
    /// Whom it was last told of.
    people: Vec<RecordedPerson>,
    /// Once it records.
    on: Option<On>,
}

#[derive(Debug)]
struct On {
    since: Timestamp,
    bytes: u64,
    trouble: Option<(RecorderTrouble, Timestamp)>,
    /// When people were last told how far it is.
    told: Timestamp,
}

impl Recording {
    fn running(&self) -> Option<&Running> {
        match &self.phase {
            Phase::Running(running) => Some(running),
            Phase::Off | Phase::Stopped(_) => None,
        }
    }

    fn running_mut(&mut self) -> Option<&mut Running> {
        match &mut self.phase {
            Phase::Running(running) => Some(running),
            Phase::Off | Phase::Stopped(_) => None,
        }
    }
}

impl Room {
    /// Whether a recorder could be started, from now on. Without a word of it none can.
    pub fn set_recorder_available(&mut self, available: bool) {
        self.recording.available = available;
    }

    /// The recorder that is at work, or on its way.
    pub fn recorder_run(&self) -> Option<RecorderRun> {
        self.recording.running().map(|running| running.run)
    }

    /// An admin starts a recording. One that runs goes on, in another layout if one is asked for.
    pub(super) fn admin_starts_recording(
        &mut self,
        by: &ParticipantId,
        layout: Option<RecordingLayout>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if self.start_recording(layout, now)? {
            self.acted(by, AdminAction::StartedRecording, None);
        }
        Ok(())
    }

    /// An admin stops the recording. Where none runs nothing happens.
    pub(super) fn admin_stops_recording(&mut self, by: &ParticipantId) -> Result<(), Refusal> {
        if self.stop_recording()? {
            self.acted(by, AdminAction::StoppedRecording, None);
        }
        Ok(())
    }

    /// The API starts or stops it; nobody has to be an admin, but somebody has to be in.
    pub(super) fn api_records(
        &mut self,
        start: Option<Option<RecordingLayout>>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.not_closed()?;
        self.is_manual()?;
        if self.connected() == 0 {
            return Err(Refusal::NobodyIn);
        }
        match start {
            Some(layout) => self.start_recording(layout, now)?,
            None => self.stop_recording()?,
        };
        Ok(())
    }

    fn is_manual(&self) -> Result<(), Refusal> {
        if self.settings.recording == RecordingMode::Manual { Ok(()) } else { Err(Refusal::NotManual) }
    }

    /// Whether it began.
    fn start_recording(&mut self, layout: Option<RecordingLayout>, now: Timestamp) -> Result<bool, Refusal> {
        self.is_manual()?;
        if let Some(running) = self.recording.running_mut() {
            if let Some(layout) = layout.filter(|layout| *layout != running.layout) {
                running.layout = layout;
                let run = running.run;
                self.outputs.push_back(Output::RecorderLayout { run, layout });
                self.tell_recording(now);
            }
            return Ok(false);
        }
        if !self.recording.available {
            return Err(Refusal::RecordingUnavailable);
        }
        self.start_recorder(layout.unwrap_or(self.settings.recording_layout), false, now);
        Ok(true)
    }

    /// Whether there was one.
    fn stop_recording(&mut self) -> Result<bool, Refusal> {
        self.is_manual()?;
        let was_off = matches!(self.recording.phase, Phase::Off);
        let was_running = self.end_recorder();
        if !was_off {
            self.tell(None, |seq| ServerMessage::RecordingChanged { seq, recording: RecordingState::Off });
        }
        Ok(was_running)
    }

    fn start_recorder(&mut self, layout: RecordingLayout, is_second: bool, now: Timestamp) {
        let Some(session_id) = self.session_id().cloned() else { return };
        if !self.recording.available {
            self.recording.phase = Phase::Stopped(RecordingStop::Failed);
            return self.tell_recording(now);
        }
        self.recording.runs += 1;
        let run = RecorderRun(self.recording.runs);
        let people = self.recorded_people();
        let consents = self.seats.values().filter_map(Seat::consent).collect();
        self.outputs.push_back(Output::StartRecorder { run, session_id, layout, people: people.clone(), consents });
        self.recording.phase = Phase::Running(Running { run, layout, is_second, people, on: None });
        self.tell_recording(now);
    }

    /// Where recording is automatic, another one begins in this session.
    pub(super) fn recording_begins_anew(&mut self) {
        self.recording.began = false;
    }

    /// The recorder, if there is one, is told to end its file. Whether there was one.
    pub(super) fn end_recorder(&mut self) -> bool {
        let Phase::Running(running) = std::mem::take(&mut self.recording.phase) else { return false };
        self.outputs.push_back(Output::StopRecorder { run: running.run });
        true
    }

    /// With the session goes its recording.
    pub(super) fn forget_recording(&mut self) {
        self.end_recorder();
        self.recording.began = false;
    }

    /// The end of a step: a recording that begins by itself does, and a recorder hears who is in.
    pub(super) fn settle_recording(&mut self, now: Timestamp) {
        if self.session.is_some() && self.settings.recording == RecordingMode::Automatic && !self.recording.began {
            self.recording.began = true;
            self.start_recorder(self.settings.recording_layout, false, now);
        }
        if self.recording.running().is_none() {
            return;
        }
        let people = self.recorded_people();
        let Some(running) = self.recording.running_mut().filter(|running| running.people != people) else { return };
        running.people.clone_from(&people);
        self.outputs.push_back(Output::RecorderPeople { run: running.run, people });
    }

    /// What a recorder says. One that was told to stop has nothing to say any more.
    pub(super) fn hear_recorder(&mut self, run: RecorderRun, report: RecorderReport, now: Timestamp) {
        let Some(running) = self.recording.running_mut().filter(|running| running.run == run) else { return };
        match (report, &mut running.on) {
            (RecorderReport::Started { .. }, None) => {
                running.on = Some(On { since: now, bytes: 0, trouble: None, told: now });
                self.tell_recording(now);
            }
            (RecorderReport::Progress { bytes, .. }, Some(on)) => {
                on.bytes = bytes;
                // What is not said again is over.
                let is_over = |at: &Timestamp| now >= *at + TROUBLE_SHOWN;
                let over = on.trouble.take_if(|(trouble, at)| *trouble == RecorderTrouble::TooSlow && is_over(at));
                if over.is_some() || now >= on.told + PROGRESS_TOLD {
                    self.tell_recording(now);
                }
            }
            (RecorderReport::Trouble { trouble }, Some(on)) => {
                let before = on.trouble.map(|(trouble, _)| trouble);
                let after = (trouble != RecorderTrouble::ConnectionBack).then_some(trouble);
                on.trouble = after.map(|trouble| (trouble, now));
                if before != after {
                    self.tell_recording(now);
                }
            }
            (RecorderReport::Ended { reason: RecorderEnd::DiskFull, .. }, _) => {
                self.recording.phase = Phase::Stopped(RecordingStop::DiskFull);
                self.tell_recording(now);
            }
            // Nobody told it to.
            (RecorderReport::Ended { .. }, _) => {
                let (layout, was_second) = (running.layout, running.is_second);
                if was_second {
                    self.recording.phase = Phase::Stopped(RecordingStop::Failed);
                    self.tell_recording(now);
                } else {
                    self.start_recorder(layout, true, now);
                }
            }
            (RecorderReport::Started { .. }, Some(_))
            | (RecorderReport::Progress { .. } | RecorderReport::Trouble { .. }, None) => {}
        }
    }

    /// Who is in, as a recorder is to know them.
    fn recorded_people(&self) -> Vec<RecordedPerson> {
        let person = |(seat, stay): (&Seat, &Stay)| RecordedPerson {
            participant_id: seat.settings.participant_id.clone(),
            display_name: stay.display_name.clone(),
            consented: seat.consented(),
            // A plain LiveKit client, which has no entry, does not tell the room what is on.
            muted: seat.muted.microphone || stay.entry.is_some() && !stay.media.microphone,
            order: stay.arrival,
        };
        self.people().map(person).collect()
    }

    /// What somebody who said yes wrote.
    pub(super) fn record_chat(&mut self, from: &ParticipantId, display_name: &str, text: &str) {
        let Some(run) = self.recorder_run().filter(|_| self.seats.get(from).is_some_and(Seat::consented)) else {
            return;
        };
        let (participant_id, display_name, text) = (from.clone(), display_name.to_owned(), text.to_owned());
        self.outputs.push_back(Output::RecorderChat { run, participant_id, display_name, text });
    }

    pub(super) fn recording_state(&self, now: Timestamp) -> RecordingState {
        match &self.recording.phase {
            Phase::Off => RecordingState::Off,
            Phase::Stopped(reason) => RecordingState::Stopped { reason: *reason },
            Phase::Running(Running { on: None, .. }) => RecordingState::Starting,
            Phase::Running(Running { on: Some(on), layout, .. }) => RecordingState::On {
                elapsed_s: u32::try_from(now.since(on.since).as_secs()).unwrap_or(u32::MAX),
                layout: *layout,
                megabytes: u32::try_from(on.bytes / 1_000_000).unwrap_or(u32::MAX),
                trouble: on.trouble.map(|(trouble, _)| trouble),
            },
        }
    }

    fn tell_recording(&mut self, now: Timestamp) {
        if let Some(on) = self.recording.running_mut().and_then(|running| running.on.as_mut()) {
            on.told = now;
        }
        let recording = self.recording_state(now);
        self.tell(None, |seq| ServerMessage::RecordingChanged { seq, recording });
    }
}

impl Seat {
    /// The answer that holds: the person's own, else what the API said they answered elsewhere.
    pub(crate) fn consent(&self) -> Option<Consent> {
        self.consent.clone().or_else(|| {
            let at = self.settings.recording_consent?;
            Some(Consent {
                participant_id: self.settings.participant_id.clone(),
                answer: true,
                text_version: crate::ELSEWHERE.to_owned(),
                at_ms: at.unix_ms(),
            })
        })
    }

    /// Said yes.
    fn consented(&self) -> bool {
        self.consent().is_some_and(|consent| consent.answer)
    }
}
