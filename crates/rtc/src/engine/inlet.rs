//! The way in of encoded media: one task for each track, from RTP packets to frames and packets.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use tokio::sync::Notify;
use visita_protocol::PixelSize;
use webrtc::media_stream::track_remote::{TrackRemote, TrackRemoteEvent};

use super::{
    peer::{PayloadTypes, PeerEvent, RemoteMediaTrack},
    rate::Rate,
};
use crate::{
    AudioPacket, AudioReceiver, MediaKind, RemoteMedia, VideoReceiver,
    receive::{FrameQueue, PacketQueue, Pushed},
    video::{Assembler, Fragment},
};

/// Least time between two key frame requests from outside of the assembler (a reader's, a re-negotiation's).
const REQUEST_SPACING: Duration = Duration::from_millis(300);

/// A track that is being received. Dropping it ends its receiver; the track is read on all the same, for it may open again,
/// and the library logs every packet nobody takes.
pub(crate) struct Inlet {
    gone: Arc<Notify>,
    figures: Arc<Figures>,
    kind: MediaKind,
}

/// What a track's task counts.
#[derive(Default)]
struct Figures {
    ssrc: AtomicU32,
    frames: AtomicU64,
    key_frame_requests: AtomicU64,
    size: Mutex<Option<PixelSize>>,
    flow: Mutex<Flow>,
    wants_key_frame: Notify,
}

/// How steadily frames come.
#[derive(Clone, Debug, Default)]
struct Flow {
    rate: Rate,
    last: Option<Instant>,
    /// Mean time between two frames, seconds.
    mean: f64,
    freezes: Freezes,
}

/// Times the picture stood still.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Freezes {
    /// How often.
    pub(crate) count: u64,
    /// For how long in all.
    pub(crate) total: Duration,
    /// For how long at most.
    pub(crate) longest: Duration,
}

impl Flow {
    fn on_frame(&mut self, now: Instant) {
        self.rate.add(now, 1);
        let Some(last) = self.last.replace(now) else { return };
        let gap = now.saturating_duration_since(last).as_secs_f64();
        if self.mean == 0.0 {
            self.mean = gap;
        } else if gap > (self.mean * 3.0).max(self.mean + 0.15) {
            // As W3C's webrtc-stats counts `freezeCount`.
            let gap = Duration::from_secs_f64(gap);
            self.freezes.count += 1;
            self.freezes.total += gap;
            self.freezes.longest = self.freezes.longest.max(gap);
        } else {
            self.mean += (gap - self.mean) / 16.0;
        }
    }
}

impl Inlet {
    /// Starts to receive.
    pub(crate) fn start(track: RemoteMediaTrack) -> (Self, RemoteMedia) {
        let figures = Arc::new(Figures::default());
        let gone = Arc::new(Notify::new());
        let kind = track.kind;
        let media = match kind {
            MediaKind::Video => {
                let queue = Arc::new(FrameQueue::default());
                let ending = OnDrop(queue.clone(), FrameQueue::end);
                let payload_types = track.payload_types.clone();
                let reading = read_video(track.handle.clone(), payload_types, ending, figures.clone());
                tokio::spawn(read_on(reading, gone.clone(), track));
                RemoteMedia::Video(VideoReceiver::new(queue))
            }
            MediaKind::Audio => {
                let queue = Arc::new(PacketQueue::default());
                let ending = OnDrop(queue.clone(), PacketQueue::end);
                let reading = read_audio(track.handle.clone(), ending, figures.clone());
                tokio::spawn(read_on(reading, gone.clone(), track));
                RemoteMedia::Audio(AudioReceiver::new(queue))
            }
        };
        (Self { gone, figures, kind }, media)
    }

    /// Video or audio.
    pub(crate) fn kind(&self) -> MediaKind {
        self.kind
    }

    /// Asks the sender for a key frame.
    pub(crate) fn request_key_frame(&self) {
        self.figures.wants_key_frame.notify_one();
    }

    /// SSRC of the last packet.
    pub(crate) fn ssrc(&self) -> u32 {
        self.figures.ssrc.load(Ordering::Relaxed)
    }

    /// Whole frames given out.
    pub(crate) fn frames(&self) -> u64 {
        self.figures.frames.load(Ordering::Relaxed)
    }

    /// Frames a second.
    pub(crate) fn fps(&self, now: Instant) -> f64 {
        self.figures.flow.lock().rate.per_second(now)
    }

    /// Times the picture stood still.
    pub(crate) fn freezes(&self) -> Freezes {
        self.figures.flow.lock().freezes
    }

    /// Key frames asked for.
    pub(crate) fn key_frame_requests(&self) -> u64 {
        self.figures.key_frame_requests.load(Ordering::Relaxed)
    }

    /// Size of the last key frame.
    pub(crate) fn size(&self) -> Option<PixelSize> {
        *self.figures.size.lock()
    }
}

impl Drop for Inlet {
    fn drop(&mut self) {
        // Kept for the task when it does not wait for it just now.
        self.gone.notify_one();
    }
}

/// Ends a queue however its task ends.
struct OnDrop<T>(Arc<T>, fn(&T));

impl<T> Drop for OnDrop<T> {
    fn drop(&mut self) {
        (self.1)(&self.0);
    }
}

/// Reads a track until its inlet is gone; then for nobody until it opens again, or the connection ends.
async fn read_on(reading: impl Future<Output = ()>, gone: Arc<Notify>, track: RemoteMediaTrack) {
    tokio::select! {
        () = reading => return,
        () = gone.notified() => {}
    }
    while let Some(event) = track.handle.poll().await {
        if matches!(event, TrackRemoteEvent::OnOpen(_)) {
            // The library tells of a track only once by its name.
            let on_event = track.on_event.clone();
            on_event(PeerEvent::Track(track));
            return;
        }
    }
}

async fn read_video(
    track: Arc<dyn TrackRemote>,
    payload_types: Arc<PayloadTypes>,
    queue: OnDrop<FrameQueue>,
    figures: Arc<Figures>,
) {
    let mut assembler = Assembler::default();
    let mut last_request: Option<Instant> = None;
    let mut wanted_outside = false;
    loop {
        let now = Instant::now();
        let spacing_over = last_request.map(|at| at + REQUEST_SPACING).filter(|_| wanted_outside);
        let wake = assembler.poll_timeout().into_iter().chain(spacing_over).min();
        // Without a deadline the branch is off.
        let deadline = tokio::time::Instant::from_std(wake.unwrap_or(now));
        tokio::select! {
            event = track.poll() => match event {
                Some(TrackRemoteEvent::OnRtpPacket(packet)) => {
                    let Some(codec) = payload_types.codec(packet.header.payload_type) else { continue };
                    figures.ssrc.store(packet.header.ssrc, Ordering::Relaxed);
                    let now = Instant::now();
                    assembler.push(Fragment {
                        ssrc: packet.header.ssrc,
                        codec,
                        sequence: packet.header.sequence_number,
                        timestamp: packet.header.timestamp,
                        marker: packet.header.marker,
                        payload: packet.payload,
                        received_at: now,
                    }, now);
                }
                Some(TrackRemoteEvent::OnEnded) | None => return,
                Some(_) => {}
            },
            () = figures.wants_key_frame.notified() => wanted_outside = true,
            () = tokio::time::sleep_until(deadline), if wake.is_some() => assembler.handle_timeout(Instant::now()),
        }
        while let Some(frame) = assembler.poll_frame() {
            if frame.key {
                wanted_outside = false;
                if frame.size.is_some() {
                    *figures.size.lock() = frame.size;
                }
            }
            figures.frames.fetch_add(1, Ordering::Relaxed);
            figures.flow.lock().on_frame(Instant::now());
            if queue.0.push(frame) == Pushed::NeedsKeyFrame {
                wanted_outside = true;
            }
        }
        let now = Instant::now();
        let spaced = last_request.is_none_or(|at| now.saturating_duration_since(at) >= REQUEST_SPACING);
        let asks = assembler.take_key_frame_request(now) || (wanted_outside && spaced);
        let media_ssrc = figures.ssrc.load(Ordering::Relaxed);
        if asks && media_ssrc != 0 {
            wanted_outside = false;
            last_request = Some(now);
            figures.key_frame_requests.fetch_add(1, Ordering::Relaxed);
            let indication = PictureLossIndication { sender_ssrc: 0, media_ssrc };
            if let Err(error) = track.write_rtcp(vec![Box::new(indication)]).await {
                tracing::debug!(%error, "a key frame request was not sent");
                return;
            }
        }
    }
}

async fn read_audio(track: Arc<dyn TrackRemote>, queue: OnDrop<PacketQueue>, figures: Arc<Figures>) {
    while let Some(event) = track.poll().await {
        match event {
            TrackRemoteEvent::OnRtpPacket(packet) => {
                figures.ssrc.store(packet.header.ssrc, Ordering::Relaxed);
                if packet.payload.is_empty() {
                    continue;
                }
                figures.frames.fetch_add(1, Ordering::Relaxed);
                queue.0.push(AudioPacket {
                    sequence: packet.header.sequence_number,
                    timestamp: packet.header.timestamp,
                    payload: packet.payload,
                    received_at: Instant::now(),
                });
            }
            TrackRemoteEvent::OnEnded => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_stands_still_is_counted_once() {
        let mut flow = Flow::default();
        let start = Instant::now();
        let mut at = 0;
        for number in 0..100u64 {
            at += if number == 60 { 700 } else { 33 };
            flow.on_frame(start + Duration::from_millis(at));
        }
        let expected = Duration::from_millis(700);
        assert_eq!(flow.freezes, Freezes { count: 1, total: expected, longest: expected });
        assert!((flow.mean - 0.033).abs() < 0.001);
    }
}
