//! The recorder as the server has it: a process with lines in and out.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::Instant,
};

use visita_protocol::{
    RecordingLayout,
    recorder::{RecordedPerson, RecorderEnd, RecorderJob, RecorderOrder, RecorderReport},
};

use super::{PATIENCE, hidden_token, until};

pub(crate) fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_visita-recorder").into()
}

/// A job for a small picture.
pub(crate) fn job(url: &str, output: &Path, people: Vec<RecordedPerson>) -> RecorderJob {
    RecorderJob {
        url: url.to_owned(),
        token: hidden_token("recorder"),
        output: output.to_str().expect("a path in UTF-8").to_owned(),
        layout: RecordingLayout::Grid,
        width: 640,
        height: 360,
        fps: 30,
        title: "Controllo".to_owned(),
        language: "it".to_owned(),
        people,
        tracks: false,
    }
}

/// A recorder at work. Killed when dropped.
pub(crate) struct Recorder {
    child: Child,
    input: Option<ChildStdin>,
    reports: Arc<Mutex<Vec<RecorderReport>>>,
    reading: Option<JoinHandle<()>>,
    /// All it logged.
    pub(crate) log: Arc<Mutex<String>>,
}

impl Recorder {
    pub(crate) fn start(job: &RecorderJob) -> Self {
        let mut recorder = Self::start_with_line(&serde_json::to_string(job).expect("JSON"));
        recorder.input.as_mut().expect("open").flush().expect("flushed");
        recorder
    }

    pub(crate) fn start_with_line(line: &str) -> Self {
        let mut child = Command::new(program())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        let mut input = child.stdin.take().expect("piped");
        writeln!(input, "{line}").expect("written");
        let (out, err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let reports: Arc<Mutex<Vec<RecorderReport>>> = Arc::default();
        let log: Arc<Mutex<String>> = Arc::default();
        let (told, logged) = (reports.clone(), log.clone());
        let reading = std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let report = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
                told.lock().expect("no panic").push(report);
            }
        });
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                eprintln!("recorder: {line}");
                *logged.lock().expect("no panic") += &(line + "\n");
            }
        });
        Self { child, input: Some(input), reports, reading: Some(reading), log }
    }

    pub(crate) fn order(&mut self, order: &RecorderOrder) {
        let line = serde_json::to_string(order).expect("JSON");
        writeln!(self.input.as_mut().expect("open"), "{line}").expect("written");
    }

    pub(crate) fn people(&mut self, people: &[RecordedPerson]) {
        self.order(&RecorderOrder::People { people: people.to_vec() });
    }

    pub(crate) fn reports(&self) -> Vec<RecorderReport> {
        self.reports.lock().expect("no panic").clone()
    }

    /// Unix time of the first picture in milliseconds, as soon as it is told.
    pub(crate) async fn started(&self) -> u64 {
        let mut at = None;
        until("Started", || {
            at = self.reports().iter().find_map(|report| match report {
                RecorderReport::Started { at_ms } => Some(*at_ms),
                RecorderReport::Ended { .. } => panic!("it ended"),
                _ => None,
            });
            at.is_some()
        })
        .await;
        at.expect("found")
    }

    /// Waits until so much is in the file.
    pub(crate) async fn recorded(&self, ms: u64) {
        until("recorded", || {
            self.reports().iter().any(|report| match report {
                RecorderReport::Progress { recorded_ms, .. } => *recorded_ms >= ms,
                RecorderReport::Ended { .. } => panic!("it ended"),
                _ => false,
            })
        })
        .await;
    }

    /// So much more than now.
    pub(crate) async fn record_more(&self, ms: u64) {
        let now = self.reports().iter().rev().find_map(|report| match report {
            RecorderReport::Progress { recorded_ms, .. } => Some(*recorded_ms),
            _ => None,
        });
        self.recorded(now.unwrap_or(0) + ms).await;
    }

    /// Orders it to stop; why it says it ended, how long the file is and how large.
    pub(crate) async fn stop(mut self) -> (RecorderEnd, u64, u64) {
        self.order(&RecorderOrder::Stop);
        self.ended().await.0
    }

    /// Closes its input.
    pub(crate) fn close_input(&mut self) {
        self.input = None;
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.expect("kill").success());
    }

    /// Waits until it has ended, by its word and as a process.
    pub(crate) async fn ended(&mut self) -> ((RecorderEnd, u64, u64), ExitStatus) {
        let status = self.exited().await;
        let reports = self.reports();
        let Some(RecorderReport::Ended { reason, recorded_ms, bytes, .. }) = reports.last() else {
            panic!("the last word is not that it ended: {:?}", reports.last())
        };
        ((*reason, *recorded_ms, *bytes), status)
    }

    pub(crate) async fn exited(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                if let Some(reading) = self.reading.take() {
                    reading.join().expect("every line was a report");
                }
                return status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// What it uses of the processor, in seconds so far (Linux).
    pub(crate) fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("running");
        let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
        let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().expect("a number")).sum();
        ticks / 100.0
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
