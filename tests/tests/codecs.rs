//! Rooms in which not everybody sends VP8: our own client sees them, and the recorder writes them, on our media server and on
//! LiveKit's own.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::ChildStdin, process::Command};
use visita_protocol::{
    RecordingLayout, Secret, VideoCodec,
    composition::{Arrangement, CompositionJob, CompositionTrack},
    recorder::{RecordedPerson, RecordedTrack, RecorderEnd, RecorderJob, RecorderOrder, RecorderReport, TrackKind},
    view::RecordingFormat,
};
use visita_tests::{
    bin_dir,
    clients::{Client, Kind},
    livekit_server::{self, LiveKitServer},
    process::{Running, on_path},
    rooms::{Peer, Server, videos},
    skip,
};

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(60);
const ROOM: &str = "clinic";
/// Who sends VP9 and H.264, and who sends VP8.
const FOREIGN: &str = "chiara";
const OURS: &str = "elena";

/// A media server, and what keeps it running.
enum Media {
    Ours(Server),
    LiveKits(LiveKitServer),
}

impl Media {
    async fn ours() -> Result<Self> {
        Ok(Self::Ours(Server::start(&bin_dir()?).await?))
    }

    /// LiveKit's own, where it is set up.
    async fn livekits(test: &str) -> Result<Option<Self>> {
        let Some(program) = livekit_server::program() else {
            skip(test, "livekit-server is not set up");
            return Ok(None);
        };
        Ok(Some(Self::LiveKits(LiveKitServer::start(&program).await?)))
    }

    fn url(&self) -> String {
        match self {
            Self::Ours(server) => server.livekit_url(),
            Self::LiveKits(server) => server.url(),
        }
    }
}

/// A browser that sends its camera in one codec and its screen in another.
async fn browser(url: &str, camera: VideoCodec, screen: VideoCodec) -> Result<Client> {
    let client = Client::join(Kind::Chromium, url, &Server::livekit_token(ROOM, FOREIGN)?).await?;
    for (source, codec) in [("camera", camera), ("screen_share", screen)] {
        let codec = codec.name();
        client.tell(json!({ "do": "publish", "source": source, "codec": codec, "width": 640, "height": 360 })).await?;
    }
    client.publish("microphone").await?;
    Ok(client)
}

fn our_peer(url: &str, more: &[&str]) -> Result<Peer> {
    let token = Server::livekit_token(ROOM, OURS)?;
    let arguments = [&["--url", url, "--token", &token, "--tone-hz", "500"], more].concat();
    Peer::join(&bin_dir()?, &arguments)
}

fn missing(test: &str) -> bool {
    let why = Kind::Chromium.missing().or_else(|| (!on_path("ffmpeg")).then(|| "ffmpeg is missing".to_owned()));
    if let Some(why) = &why {
        skip(test, why);
    }
    why.is_some()
}

/// Our peer decodes both of a browser's pictures without an error.
async fn sees_both(media: &Media) -> Result<()> {
    let url = media.url();
    let client = browser(&url, VideoCodec::Vp9, VideoCodec::H264).await?;
    let (code, report) = our_peer(&url, &["--for", "12s"])?.finish().await?;
    client.end().await?;
    ensure!(code == Some(0), "{code:?} {report}");
    let theirs: Vec<Value> = videos(&report).into_iter().filter(|video| video["participant"] == FOREIGN).collect();
    ensure!(theirs.len() == 2, "{report}");
    for video in theirs {
        let codec = if video["source"] == "camera" { VideoCodec::Vp9 } else { VideoCodec::H264 };
        ensure!(video["codec"] == codec.name(), "it came in another codec: {report}");
        ensure!(video["frames"].as_u64() >= Some(60), "too few pictures: {report}");
        ensure!(video["decode_errors"].as_u64() == Some(0), "pictures were broken: {report}");
        ensure!(video["largest_width"] == 640 && video["largest_height"] == 360, "not as it was sent: {report}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn our_peer_sees_vp9_and_h264() -> Result<()> {
    if missing("our_peer_sees_vp9_and_h264") {
        return Ok(());
    }
    sees_both(&Media::ours().await?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn our_peer_sees_vp9_and_h264_on_a_real_livekit_server() -> Result<()> {
    let name = "our_peer_sees_vp9_and_h264_on_a_real_livekit_server";
    if missing(name) {
        return Ok(());
    }
    let Some(media) = Media::livekits(name).await? else { return Ok(()) };
    sees_both(&media).await
}

/// A recorder as the server has it.
struct Recorder {
    running: Running,
    input: ChildStdin,
    said: Vec<RecorderReport>,
}

impl Recorder {
    async fn start(job: &RecorderJob) -> Result<Self> {
        let program = bin_dir()?.join("visita-recorder");
        let (running, input) = Running::start_told(&mut Command::new(program))?;
        let mut recorder = Self { running, input, said: Vec::new() };
        recorder.tell(job).await?;
        Ok(recorder)
    }

    async fn tell(&mut self, what: &impl serde::Serialize) -> Result<()> {
        Ok(self.input.write_all(format!("{}\n", serde_json::to_string(what)?).as_bytes()).await?)
    }

    /// Reads on until `wanted`.
    async fn says(&mut self, wanted: impl Fn(&RecorderReport) -> bool) -> Result<()> {
        loop {
            let report: RecorderReport = serde_json::from_str(&self.running.line(PATIENCE).await?)?;
            let found = wanted(&report);
            self.said.push(report);
            if found {
                return Ok(());
            }
        }
    }

    async fn recorded(&mut self, ms: u64) -> Result<()> {
        let far = |report: &RecorderReport| matches!(report, RecorderReport::Progress { recorded_ms, .. } if *recorded_ms >= ms);
        self.says(far).await
    }

    /// Stops it; the files it wrote, where they are separate.
    async fn stop(mut self) -> Result<Vec<RecordedTrack>> {
        self.tell(&RecorderOrder::Stop).await?;
        self.says(|report| matches!(report, RecorderReport::Ended { .. })).await?;
        match self.said.pop() {
            Some(RecorderReport::Ended { reason: RecorderEnd::Stopped, tracks, .. }) => Ok(tracks),
            other => bail!("{other:?}"),
        }
    }
}

fn job(url: &str, identity: &str, output: &Path, tracks: bool) -> Result<RecorderJob> {
    let people = [(OURS, "Elena"), (FOREIGN, "Chiara")].into_iter().zip(1..).map(|((id, name), order)| {
        let participant_id = id.parse().map_err(|error| anyhow::anyhow!("{error:?}"))?;
        Ok(RecordedPerson { participant_id, display_name: name.into(), consented: true, muted: false, order })
    });
    Ok(RecorderJob {
        url: url.to_owned(),
        token: Secret::new(Server::livekit_token(ROOM, identity)?),
        output: output.to_str().context("a path")?.to_owned(),
        layout: RecordingLayout::Grid,
        width: 640,
        height: 360,
        fps: 30,
        title: "Controllo".to_owned(),
        language: "it".to_owned(),
        people: people.collect::<Result<_>>()?,
        tracks,
    })
}

/// Pictures of a file in grey, 64 by 36, two a second; what cannot be decoded is an error.
async fn pictures(file: &Path) -> Result<Vec<Vec<u8>>> {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-xerror", "-i"]).arg(file).stdin(Stdio::null());
    command.args(["-vf", "fps=2,scale=64:36,format=gray", "-f", "rawvideo", "-"]);
    let output = command.output().await.context("ffmpeg")?;
    ensure!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    Ok(output.stdout.chunks_exact(64 * 36).map(<[u8]>::to_vec).collect())
}

/// Whether more is to be seen in some columns than one colour.
fn shows(picture: &[u8], columns: std::ops::Range<usize>) -> bool {
    let pixels = picture.chunks(64).flat_map(|row| row[columns.clone()].iter().copied());
    let (least, most) = pixels.fold((255, 0), |(least, most), pixel| (pixel.min(least), pixel.max(most)));
    most - least > 60
}

/// A grid and separate tracks of the same people, at the same time.
async fn are_recorded(media: &Media) -> Result<()> {
    let url = media.url();
    let folder = tempfile::tempdir()?;
    let peer = our_peer(&url, &[])?;
    let client = browser(&url, VideoCodec::H264, VideoCodec::Vp9).await?;
    let grid = folder.path().join("grid.webm");
    let mut composed = Recorder::start(&job(&url, "recorder-1", &grid, false)?).await?;
    let mut separate = Recorder::start(&job(&url, "recorder-2", &folder.path().join("visit.webm"), true)?).await?;
    composed.recorded(6_000).await?;
    separate.recorded(6_000).await?;
    client.tell(json!({ "do": "unpublish", "source": "screen_share" })).await?;
    composed.recorded(12_000).await?;
    composed.stop().await?;
    let tracks = separate.stop().await?;
    client.end().await?;
    peer.stop().await?;

    let seen = pictures(&grid).await?;
    // The shared screen is in the main place first; then there are two tiles.
    let early = seen.get(6).context("too short")?;
    ensure!(shows(early, 8..40), "the screen is not seen");
    let late = seen.last().context("no picture")?;
    ensure!(shows(late, 2..30) && shows(late, 34..62), "two people are not seen");

    let file_of = |person: &str, kind: TrackKind| -> Result<(PathBuf, &RecordedTrack)> {
        let track = tracks.iter().find(|track| track.participant_id.as_str() == person && track.kind == kind);
        let track = track.with_context(|| format!("no {kind:?} of {person}: {tracks:?}"))?;
        Ok((folder.path().join(&track.file), track))
    };
    for (person, kind, codec) in [
        (OURS, TrackKind::Video, VideoCodec::Vp8),
        (FOREIGN, TrackKind::Video, VideoCodec::H264),
        (FOREIGN, TrackKind::Screen, VideoCodec::Vp9),
    ] {
        let (file, track) = file_of(person, kind)?;
        ensure!(track.codec == codec.encoding_name(), "{track:?}");
        ensure!(track.recorded_ms >= 3_000, "{track:?}");
        let seen = pictures(&file).await?;
        ensure!(
            seen.len() >= 5 && seen.iter().all(|picture| shows(picture, 0..64)),
            "{codec:?}: {} pictures",
            seen.len()
        );
    }
    ensure!(tracks.iter().filter(|track| track.kind == TrackKind::Audio).count() == 2, "{tracks:?}");
    films_are_made(&tracks, folder.path()).await
}

/// A film of the separate files has everybody in it.
async fn films_are_made(tracks: &[RecordedTrack], folder: &Path) -> Result<()> {
    let of_films = tracks.iter().zip(1..).map(|(track, number)| CompositionTrack {
        track_id: format!("trk_{number}").parse().expect("an id"),
        file: folder.join(&track.file).display().to_string(),
        participant_id: track.participant_id.clone(),
        display_name: track.display_name.clone(),
        kind: track.kind,
        offset_ms: track.offset_ms,
    });
    let order = CompositionJob {
        output: folder.join("film.webm").display().to_string(),
        format: RecordingFormat::Webm,
        width: 640,
        height: 360,
        fps: 15,
        arrangement: Arrangement::Layout(RecordingLayout::Grid),
        title: "Controllo".to_owned(),
        language: "it".to_owned(),
        tracks: of_films.collect(),
    };
    let program = bin_dir()?.join("visita-recorder");
    let (running, mut input) = Running::start_told(Command::new(program).arg("compose"))?;
    input.write_all(format!("{}\n", serde_json::to_string(&order)?).as_bytes()).await?;
    let (code, said) = running.finish(PATIENCE).await?;
    ensure!(code == Some(0), "{code:?} {said}");
    let seen = pictures(Path::new(&order.output)).await?;
    let late = seen.get(seen.len().saturating_sub(3)).context("no picture")?;
    ensure!(shows(late, 2..30) && shows(late, 34..62), "two people are not in the film");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_codec_is_recorded() -> Result<()> {
    if missing("every_codec_is_recorded") {
        return Ok(());
    }
    are_recorded(&Media::ours().await?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_codec_is_recorded_on_a_real_livekit_server() -> Result<()> {
    let name = "every_codec_is_recorded_on_a_real_livekit_server";
    if missing(name) {
        return Ok(());
    }
    let Some(media) = Media::livekits(name).await? else { return Ok(()) };
    are_recorded(&media).await
}
