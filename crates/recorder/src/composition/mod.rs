//! One film made afterwards of separate tracks: decodes them, arranges the pictures as recordings are arranged or in regions,
//! mixes the sound and writes WebM or MP4, as fast as the machine can.
//!
//! ```text
//! files ─┬─ pictures: decode, compose ─┐
//!        └─ voices: decode, mix, Opus ─┴─► output (a thread): encode the picture, write both in the order of their times
//! ```

mod output;
mod pictures;
mod voices;

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    time::{Duration, Instant},
};

use visita_codec::CodecError;
use visita_protocol::{
    ParticipantId, PixelSize, RecordingLayout,
    composition::{Arrangement, CompositionJob, CompositionReason, CompositionTrack, Region},
    recorder::TrackKind,
};

use crate::{
    compose::{Composer, Placed, Scene, Shown, TileId, places_in},
    floor::Floor,
    mp4::Mp4Error,
    webm::{Finished, WebmError},
};

use output::Output;
use pictures::Film;
use voices::Voices;

/// Between two words about how far it is.
const STEP: f32 = 0.01;
/// Somebody of whom nothing was heard for so long has the microphone off: silence is told of every 400 ms (DTX).
const MUTED_AFTER_MS: u64 = 600;

/// Why a composition was not made.
#[derive(Debug, thiserror::Error)]
pub enum CompositionError {
    /// None of the tracks can be read, or there is nothing in them.
    #[error("there is no track that could be read")]
    NoTracks,
    /// The film cannot be written.
    #[error(transparent)]
    Write(#[from] WebmError),
    /// The MP4 cannot be written.
    #[error(transparent)]
    Mp4(#[from] Mp4Error),
    /// There is no encoder or decoder.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// The thread that writes is gone.
    #[error("the film is not written any more")]
    Broken,
}

impl CompositionError {
    /// As the server is told.
    pub fn reason(&self) -> CompositionReason {
        let is_full = match self {
            Self::NoTracks => return CompositionReason::NoTracks,
            Self::Write(error) | Self::Mp4(Mp4Error::Read(error)) => error.is_disk_full(),
            Self::Mp4(Mp4Error::Write(error)) => crate::webm::is_disk_full(error),
            Self::Mp4(_) | Self::Codec(_) | Self::Broken => false,
        };
        if is_full { CompositionReason::DiskFull } else { CompositionReason::ComposerFailed }
    }
}

/// Makes a composition; `progress` hears how much is done, from 0 to 1. Tracks that cannot be read are left out.
///
/// # Errors
/// [`CompositionError`]; what was written is then removed.
pub fn compose(job: &CompositionJob, mut progress: impl FnMut(f32)) -> Result<Finished, CompositionError> {
    let path = Path::new(&job.output);
    let done = Composition::open(job).and_then(|composition| composition.run(path, &mut progress));
    if done.is_err() {
        // It may never have been made.
        let _ = std::fs::remove_file(path);
    }
    done
}

/// A track in time.
struct Span {
    about: CompositionTrack,
    end_ms: u64,
}

impl Span {
    fn is_at(&self, at_ms: u64) -> bool {
        (self.about.offset_ms..self.end_ms).contains(&at_ms)
    }
}

struct Composition<'a> {
    job: &'a CompositionJob,
    composer: Composer,
    spans: Vec<Span>,
    films: Vec<Film>,
    voices: Voices,
    floor: Floor,
    duration_ms: u64,
    /// What invented moments are counted from.
    begin: Instant,
}

impl<'a> Composition<'a> {
    fn open(job: &'a CompositionJob) -> Result<Self, CompositionError> {
        let mut spans = Vec::new();
        let (mut films, mut voices) = (Vec::new(), Voices::new()?);
        for track in &job.tracks {
            let opened = match track.kind {
                TrackKind::Audio => voices.open(track),
                TrackKind::Video | TrackKind::Screen => Film::open(track).map(|film| {
                    let end_ms = film.end_ms();
                    films.push(film);
                    end_ms
                }),
            };
            match opened {
                Ok(end_ms) => spans.push(Span { about: track.clone(), end_ms }),
                Err(error) => tracing::warn!(%error, track = %track.track_id, "a track is left out"),
            }
        }
        let duration_ms = spans.iter().map(|span| span.end_ms).max().unwrap_or(0);
        if duration_ms == 0 {
            return Err(CompositionError::NoTracks);
        }
        spans.sort_by(|a, b| {
            (a.about.offset_ms, &a.about.participant_id).cmp(&(b.about.offset_ms, &b.about.participant_id))
        });
        let layout = match job.arrangement {
            Arrangement::Layout(RecordingLayout::GridAndChat) | Arrangement::Regions(_) => RecordingLayout::Grid,
            Arrangement::Layout(layout) => layout,
        };
        let composer = Composer::new(size(job), &job.title, &job.language, layout);
        let (floor, begin) = (Floor::default(), Instant::now());
        Ok(Self { job, composer, spans, films, voices, floor, duration_ms, begin })
    }

    fn run(mut self, path: &Path, progress: &mut impl FnMut(f32)) -> Result<Finished, CompositionError> {
        let mut output = Output::begin(self.job, path, self.duration_ms)?;
        let mut told = 0.0;
        progress(0.0);
        for number in 0u64.. {
            let at = Duration::from_nanos(number * 1_000_000_000 / u64::from(self.job.fps.max(1)));
            let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
            if at_ms >= self.duration_ms {
                break;
            }
            while let Some((sound_at, packet)) = self.voices.next_before(at_ms, self.duration_ms)? {
                output.sound(packet, sound_at)?;
            }
            self.picture(at_ms);
            output.picture(self.composer.frame(), at)?;
            #[allow(clippy::cast_precision_loss, reason = "a share")]
            let done = (at_ms as f32 / self.duration_ms as f32).min(0.99);
            if done - told >= STEP {
                told = done;
                progress(done);
            }
        }
        while let Some((sound_at, packet)) = self.voices.next_before(u64::MAX, self.duration_ms)? {
            output.sound(packet, sound_at)?;
        }
        let finished = output.finish()?;
        progress(1.0);
        Ok(finished)
    }

    /// The picture of a moment.
    fn picture(&mut self, at_ms: u64) {
        let now = self.begin + Duration::from_millis(at_ms);
        let mut fresh = Vec::new();
        for film in &mut self.films {
            if let Some(picture) = film.play(at_ms) {
                fresh.push((film.tile(), picture));
            }
        }
        match &self.job.arrangement {
            Arrangement::Layout(layout) => self.arrange(*layout, at_ms, now),
            Arrangement::Regions(regions) => {
                let placed = self.place(regions, at_ms);
                self.composer.set_placed(placed);
            }
        }
        for (id, picture) in fresh {
            self.composer.show(&id, Some(picture));
        }
        // Of two films of one camera, one after the other, the one that is on counts.
        let on: HashSet<TileId> = self.films.iter().filter(|film| film.is_on(at_ms)).map(Film::tile).collect();
        for film in self.films.iter().filter(|film| film.has_begun(at_ms) && !on.contains(&film.tile())) {
            self.composer.show(&film.tile(), None);
        }
    }

    fn arrange(&mut self, layout: RecordingLayout, at_ms: u64, now: Instant) {
        let mut people: Vec<Shown> = Vec::new();
        for Span { about, .. } in self.spans.iter().filter(|span| span.is_at(at_ms)) {
            if people.iter().any(|person| person.id == about.participant_id) {
                continue;
            }
            let id = about.participant_id.clone();
            let screen = self.films.iter().any(|film| film.is_screen_of(&id) && film.is_on(at_ms));
            people.push(Shown { muted: self.is_muted(&id, at_ms), id, name: about.display_name.clone(), screen });
        }
        let ids: Vec<ParticipantId> = people.iter().map(|person| person.id.clone()).collect();
        self.floor.hear(&ids, self.voices.heard(), now);
        let layout = if layout == RecordingLayout::GridAndChat { RecordingLayout::Grid } else { layout };
        self.composer.set_scene(Scene { layout, people, speaker: self.floor.holder().cloned() });
        self.composer.set_speaking(&self.floor.speaking(now));
    }

    fn place(&self, regions: &[Region], at_ms: u64) -> Vec<Placed> {
        let mut regions: Vec<&Region> = regions.iter().collect();
        regions.sort_by_key(|region| region.z);
        let videos = || self.spans.iter().filter(|span| span.about.kind != TrackKind::Audio && span.is_at(at_ms));
        let mut placed = Vec::new();
        for region in regions {
            let shown: Vec<&Span> = match &region.tracks {
                None => videos().collect(),
                Some(ids) => ids.iter().filter_map(|id| videos().find(|span| span.about.track_id == *id)).collect(),
            };
            let rects = places_in(region, size(self.job), shown.len());
            for (Span { about, .. }, rect) in shown.into_iter().zip(rects) {
                if rect.width < 2 || rect.height < 2 {
                    continue;
                }
                let person = about.participant_id.clone();
                let muted = self.is_muted(&person, at_ms);
                let id = if about.kind == TrackKind::Screen { TileId::Screen(person) } else { TileId::Person(person) };
                placed.push(Placed { id, name: about.display_name.clone(), muted, rect });
            }
        }
        placed
    }

    fn is_muted(&self, person: &ParticipantId, at_ms: u64) -> bool {
        self.voices.last_heard(person).is_none_or(|last| at_ms.saturating_sub(last) > MUTED_AFTER_MS)
    }
}

fn size(job: &CompositionJob) -> PixelSize {
    PixelSize::new(job.width.into(), job.height.into())
}

/// Loudness of everybody, for [`Floor`].
type Heard = HashMap<ParticipantId, crate::sound::Heard>;
