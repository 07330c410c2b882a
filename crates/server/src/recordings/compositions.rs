//! Compositions: films made of separate tracks when somebody wants one, one after the other, oldest first. What the last run of
//! the server left is made anew.

use std::{collections::HashMap, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::Command,
    sync::Notify,
};
use visita_protocol::{
    CompositionId, ErrorCode, Problem,
    composition::{
        Arrangement, CompositionJob, CompositionReason, CompositionReport, CompositionState, CompositionTrack, Region,
    },
    recorder::TrackKind,
};

use super::*;
use crate::{
    error::ApiError,
    rooms::News,
    store::{CompositionProgress, RoomWebhook, StoredComposition, StoredTrack},
};

/// Pictures a second.
const FPS: u8 = 30;
/// Of a picture's sides and area, in pixels.
const SIDE: std::ops::RangeInclusive<u16> = 16..=1280;
const MOST_PIXELS: u32 = 1280 * 720;
const MOST_REGIONS: usize = 16;
const MOST_NAME: usize = 100;
const SMALLEST_REGION: u16 = 16;
/// How often it is looked for compositions that nobody spoke of.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Those that are being made.
#[derive(Debug, Default)]
pub(crate) struct Compositions {
    /// There is another one.
    news: Notify,
    /// How far the one is that is being made, from 0 to 1.
    under_way: Mutex<HashMap<CompositionId, f32>>,
    /// The one that is being made is not wanted any more.
    unwanted: Notify,
}

/// Why no film came of it.
#[derive(Debug, thiserror::Error)]
enum ComposeError {
    #[error("there is no program for it")]
    NoProgram,
    #[error("none of its tracks are there, on a disk of this computer")]
    NoTracks,
    #[error("nobody wants it any more")]
    Unwanted,
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("the job: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the program says {0:?}")]
    Said(CompositionReason),
    #[error("it ended with {0}")]
    Status(std::process::ExitStatus),
    #[error(transparent)]
    Keep(#[from] KeepError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ComposeError {
    fn reason(&self) -> CompositionReason {
        match self {
            Self::NoTracks => CompositionReason::NoTracks,
            Self::Said(reason) => *reason,
            Self::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => CompositionReason::DiskFull,
            _ => CompositionReason::ComposerFailed,
        }
    }
}

/// What a composition's file is kept by.
pub(crate) fn composition_key(composition: &StoredComposition) -> Key {
    let name = format!("{}.{}", composition.composition_id, extension(composition.format));
    Key::from_iter(["recordings", composition.room_id.as_str(), composition.session_id.as_str(), &name])
}

/// A composition that somebody wants.
pub(crate) struct WantedComposition {
    pub(crate) company: CompanyId,
    pub(crate) room: RoomId,
    pub(crate) session: SessionId,
    pub(crate) format: RecordingFormat,
    /// Of the picture, in pixels.
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) arrangement: Arrangement,
    /// Who hears of it beside the room's own, with the sealed secret.
    pub(crate) webhook: Option<RoomWebhook>,
}

impl Recordings {
    /// Has a composition made when its turn comes. What is wrong with a region is told as `regions[0].width`.
    pub(crate) async fn compose(&self, wanted: WantedComposition) -> Result<StoredComposition, ApiError> {
        check_size(wanted.width, wanted.height)?;
        let tracks = self.shared.store.tracks_of_session(&wanted.session).await?;
        if let Arrangement::Regions(regions) = &wanted.arrangement {
            check_regions(regions, &wanted, &tracks)?;
        }
        if tracks.is_empty() {
            let words = "nothing was recorded of this session in separate tracks, or it still is being recorded";
            return Err(Problem::new(ErrorCode::Conflict, words).into());
        }
        if self.shared.program.is_none() {
            return Err(visita_room::Refusal::RecordingUnavailable.problem().into());
        }
        let now = self.shared.clock.now();
        let composition = StoredComposition {
            composition_id: ids::new(),
            company_id: wanted.company,
            room_id: wanted.room,
            session_id: wanted.session,
            state: CompositionState::Enqueued,
            format: wanted.format,
            width: wanted.width,
            height: wanted.height,
            arrangement: wanted.arrangement,
            created_at: now,
            updated_at: now,
            ended_at: None,
            length: Duration::ZERO,
            bytes: 0,
            reason: None,
            kept_until: None,
            webhook: wanted.webhook,
        };
        self.shared.store.create_composition(&composition).await?;
        self.shared.compositions.news.notify_one();
        Ok(composition)
    }

    /// How much of a composition is made, from 0 to 1.
    pub(crate) fn composed(&self, composition: &StoredComposition) -> f32 {
        match composition.state {
            CompositionState::Completed => 1.0,
            CompositionState::Enqueued | CompositionState::Failed => 0.0,
            CompositionState::Processing => {
                self.shared.compositions.under_way.lock().get(&composition.composition_id).copied().unwrap_or(0.0)
            }
        }
    }

    /// Deletes a composition with its file; one that is being made is not made any further. Whether there was one.
    pub(crate) async fn delete_composition(&self, composition: &StoredComposition) -> Result<bool, DeleteError> {
        let deleted = self.shared.store.composition_deleted(&composition.composition_id).await?;
        if self.shared.compositions.under_way.lock().contains_key(&composition.composition_id) {
            self.shared.compositions.unwanted.notify_one();
        }
        self.shared.files.delete_key(&composition_key(composition)).await?;
        Ok(deleted)
    }
}

fn check_size(width: u16, height: u16) -> Result<(), Problem> {
    for (field, side) in [("width", width), ("height", height)] {
        if !SIDE.contains(&side) || !side.is_multiple_of(2) {
            return Err(Problem::invalid(field, "an even number of pixels, 16 to 1280"));
        }
    }
    if u32::from(width) * u32::from(height) > MOST_PIXELS {
        return Err(Problem::invalid("height", "no more than 921600 pixels in all, as 1280 by 720 has"));
    }
    Ok(())
}

fn check_regions(regions: &[Region], wanted: &WantedComposition, tracks: &[StoredTrack]) -> Result<(), Problem> {
    if !(1..=MOST_REGIONS).contains(&regions.len()) {
        return Err(Problem::invalid("regions", "1 to 16 regions"));
    }
    for (at, region) in regions.iter().enumerate() {
        let wrong = |field: &str, words: &str| Err(Problem::invalid(format!("regions[{at}].{field}"), words));
        if region.name.as_ref().is_some_and(|name| name.chars().count() > MOST_NAME) {
            return wrong("name", "100 characters at most");
        }
        for (field, from, side, most) in
            [("width", region.x, region.width, wanted.width), ("height", region.y, region.height, wanted.height)]
        {
            if from >= most {
                return wrong(if field == "width" { "x" } else { "y" }, "it begins outside of the picture");
            }
            if side.is_some_and(|side| side < SMALLEST_REGION || side > most - from) {
                return wrong(field, "16 pixels or more, and within the picture");
            }
        }
        for (field, most) in [("max_columns", region.max_columns), ("max_rows", region.max_rows)] {
            if most == Some(0) {
                return wrong(field, "1 or more");
            }
        }
        let is_video =
            |id: &RecordingTrackId| tracks.iter().any(|track| track.track_id == *id && track.kind != TrackKind::Audio);
        if region.tracks.iter().flatten().any(|id| !is_video(id)) {
            return wrong("tracks", "one of them is no video of this session");
        }
    }
    Ok(())
}

impl Shared {
    /// Makes compositions, forever.
    pub(super) async fn make_compositions(&self) {
        loop {
            match self.store.compositions_to_make().await {
                Ok(all) => {
                    for composition in all {
                        let span = tracing::info_span!("composition", id = %composition.composition_id);
                        self.make_composition(&composition).instrument(span).await;
                    }
                }
                Err(error) => tracing::error!(%error, "compositions that are to be made cannot be read"),
            }
            // Not waiting for the word alone: the store may not have answered.
            let _ = tokio::time::timeout(LOOK_AGAIN, self.compositions.news.notified()).await;
        }
    }

    async fn make_composition(&self, composition: &StoredComposition) {
        // What makes MP4s takes a whole processor too.
        let Ok(_turn) = self.mp4s.turn().await else { return };
        let id = &composition.composition_id;
        self.compositions.under_way.lock().insert(id.clone(), 0.0);
        let made = self.composed(composition).await;
        self.compositions.under_way.lock().remove(id);
        let now = self.clock.now();
        let (progress, news) = match made {
            Ok((length, bytes)) => {
                tracing::info!(?length, bytes, "composition completed");
                let state = CompositionState::Completed;
                let progress = CompositionProgress { state, at: now, ended_at: Some(now), length, bytes, reason: None };
                let news = News::CompositionCompleted {
                    session_id: composition.session_id.clone(),
                    composition_id: id.clone(),
                };
                (progress, news)
            }
            Err(ComposeError::Unwanted) => return tracing::info!("the composition is not wanted any more"),
            Err(error) => {
                tracing::error!(%error, "a composition failed");
                let reason = error.reason();
                let progress = CompositionProgress {
                    state: CompositionState::Failed,
                    at: now,
                    ended_at: Some(now),
                    length: Duration::ZERO,
                    bytes: 0,
                    reason: Some(reason),
                };
                let news = News::CompositionFailed {
                    session_id: composition.session_id.clone(),
                    composition_id: id.clone(),
                    reason,
                };
                (progress, news)
            }
        };
        match self.store.composition_changed(id, &progress).await {
            Ok(true) => self.listener.hear(&composition.company_id, &composition.room_id, news, now).await,
            Ok(false) => {
                // It was deleted at the last moment.
                if let Err(error) = self.files.delete_key(&composition_key(composition)).await {
                    tracing::error!(%error, "the file of a deleted composition could not be deleted");
                }
            }
            Err(error) => tracing::error!(%error, "it could not be written down what became of a composition"),
        }
    }

    async fn composed(&self, composition: &StoredComposition) -> Result<(Duration, u64), ComposeError> {
        let program = self.program.as_ref().ok_or(ComposeError::NoProgram)?;
        let tracks = self.store.tracks_of_session(&composition.session_id).await?;
        let begins = CompositionProgress {
            state: CompositionState::Processing,
            at: self.clock.now(),
            ended_at: None,
            length: Duration::ZERO,
            bytes: 0,
            reason: None,
        };
        if !self.store.composition_changed(&composition.composition_id, &begins).await? {
            return Err(ComposeError::Unwanted);
        }
        let output = self.folder.join(format!("{}.{}", composition.composition_id, extension(composition.format)));
        tokio::fs::create_dir_all(&self.folder).await?;
        let job = self.job(composition, &tracks, &output).await?;
        let made = self.run_composer(program, composition, &job).await;
        if made.is_err() {
            remove_file(&output).await;
        }
        let made = made?;
        self.files.adopt(&composition_key(composition), &output).await?;
        Ok(made)
    }

    async fn job(
        &self,
        composition: &StoredComposition,
        tracks: &[StoredTrack],
        output: &Path,
    ) -> Result<CompositionJob, ComposeError> {
        let begin = tracks.iter().map(|track| track.begun_at).min().ok_or(ComposeError::NoTracks)?;
        let of = |track: &StoredTrack| {
            let name = format!("{}.webm", track.track_id);
            let (room, session) = (composition.room_id.as_str(), composition.session_id.as_str());
            let file = self.files.local(&Key::from_iter(["recordings", room, session, &name]))?;
            Some(CompositionTrack {
                track_id: track.track_id.clone(),
                file: file.to_string_lossy().into_owned(),
                participant_id: track.participant_id.clone(),
                display_name: track.display_name.clone(),
                kind: track.kind,
                offset_ms: u64::try_from(track.begun_at.since(begin).as_millis()).unwrap_or(u64::MAX),
            })
        };
        let tracks: Vec<CompositionTrack> = tracks.iter().filter_map(of).collect();
        if tracks.is_empty() {
            return Err(ComposeError::NoTracks);
        }
        let room = self.store.room(&composition.room_id).await?;
        let company = self.store.company_settings(&composition.company_id).await?.unwrap_or_default();
        Ok(CompositionJob {
            output: output.to_string_lossy().into_owned(),
            format: composition.format,
            width: composition.width,
            height: composition.height,
            fps: FPS,
            arrangement: composition.arrangement.clone(),
            title: room.and_then(|room| room.options.description).unwrap_or_default(),
            language: process::language(&company).to_owned(),
            tracks,
        })
    }

    /// Length and size of what was made.
    async fn run_composer(
        &self,
        program: &Path,
        composition: &StoredComposition,
        job: &CompositionJob,
    ) -> Result<(Duration, u64), ComposeError> {
        let mut command = Command::new(program);
        command.arg("compose").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        if let Some(words) = child.stderr.take() {
            tokio::spawn(process::log_words(words).in_current_span());
        }
        if let Some(mut input) = child.stdin.take() {
            let mut line = serde_json::to_vec(job)?;
            line.push(b'\n');
            input.write_all(&line).await?;
        }
        let mut said = None;
        if let Some(output) = child.stdout.take() {
            let mut lines = BufReader::new(output).lines();
            loop {
                let line = tokio::select! {
                    line = lines.next_line() => line?,
                    () = self.compositions.unwanted.notified() => return Err(ComposeError::Unwanted),
                };
                let Some(line) = line else { break };
                match serde_json::from_str(&line) {
                    Ok(CompositionReport::Progress { progress }) => {
                        let id = composition.composition_id.clone();
                        self.compositions.under_way.lock().insert(id, progress.clamp(0.0, 1.0));
                    }
                    Ok(CompositionReport::Done { recorded_ms, bytes }) => {
                        said = Some(Ok((Duration::from_millis(recorded_ms), bytes)));
                    }
                    Ok(CompositionReport::Failed { reason }) => said = Some(Err(ComposeError::Said(reason))),
                    Err(error) => tracing::warn!(%error, "what makes compositions says what is not understood"),
                }
            }
        }
        let status = child.wait().await?;
        match said {
            Some(Ok(made)) if status.success() => Ok(made),
            Some(Err(error)) => Err(error),
            _ => Err(ComposeError::Status(status)),
        }
    }

    pub(super) async fn delete_due_compositions(&self) -> Result<(), DeleteError> {
        for composition in self.store.compositions_due(self.clock.now()).await? {
            self.files.delete_key(&composition_key(&composition)).await?;
            if self.store.composition_deleted(&composition.composition_id).await? {
                let entry = Entry::of(&composition.company_id, ActorKind::Server, None, "composition_deleted")
                    .room(&composition.room_id)
                    .session(&composition.session_id);
                self.audit.write(entry.subject(composition.composition_id.as_str())).await?;
                tracing::info!(composition = %composition.composition_id, "its time is over, and it is deleted");
            }
        }
        Ok(())
    }
}
