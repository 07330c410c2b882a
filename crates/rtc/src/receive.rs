//! What arrives from the others.

use std::{collections::VecDeque, fmt, sync::Arc, time::Instant};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::Notify;
use visita_protocol::{PixelSize, VideoCodec};

/// One whole encoded frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedFrame {
    /// How it is coded.
    pub codec: VideoCodec,
    /// The bitstream: VP8 (RFC 6386), a picture of VP9 with its layers one behind the other, or an access unit of H.264 with start
    /// codes (annex B).
    pub data: Bytes,
    /// Decodable by itself.
    pub key: bool,
    /// On key frames.
    pub size: Option<PixelSize>,
    /// RTP timestamp, 90 kHz.
    pub rtp_time: u32,
    /// When its last packet arrived.
    pub received_at: Instant,
}

/// One Opus packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioPacket {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp, 48 kHz.
    pub timestamp: u32,
    /// The Opus bitstream (RFC 6716).
    pub payload: Bytes,
    /// When it arrived.
    pub received_at: Instant,
}

/// Frames that may wait for their reader: a second of video. More is a reader that does not keep up, and late
/// pictures are worth less than a fresh start.
const MAX_FRAMES: usize = 30;

/// Packets that may wait for their reader: five seconds of sound.
const MAX_PACKETS: usize = 250;

/// Takes the frames of one video.
///
/// The queue is short: when its reader falls behind, it skips to the next key frame and asks the sender for one.
/// So every frame that comes out can be decoded after the one before it, or is a key frame.
pub struct VideoReceiver {
    queue: Arc<FrameQueue>,
}

impl VideoReceiver {
    pub(crate) fn new(queue: Arc<FrameQueue>) -> Self {
        Self { queue }
    }

    /// The next frame; `None` when the track ended. Cancel safe.
    pub async fn recv(&mut self) -> Option<EncodedFrame> {
        loop {
            {
                let mut state = self.queue.state.lock();
                if let Some(frame) = state.frames.pop_front() {
                    return Some(frame);
                }
                if state.ended {
                    return None;
                }
            }
            self.queue.readable.notified().await;
        }
    }
}

impl fmt::Debug for VideoReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VideoReceiver").finish_non_exhaustive()
    }
}

impl Drop for VideoReceiver {
    fn drop(&mut self) {
        let mut state = self.queue.state.lock();
        state.unread = true;
        state.frames.clear();
    }
}

/// Takes the packets of one sound, in the order of their arrival.
pub struct AudioReceiver {
    queue: Arc<PacketQueue>,
}

impl AudioReceiver {
    pub(crate) fn new(queue: Arc<PacketQueue>) -> Self {
        Self { queue }
    }

    /// The next packet; `None` when the track ended. When its reader falls behind, the oldest are dropped. Cancel safe.
    pub async fn recv(&mut self) -> Option<AudioPacket> {
        loop {
            {
                let mut state = self.queue.state.lock();
                if let Some(packet) = state.packets.pop_front() {
                    return Some(packet);
                }
                if state.ended {
                    return None;
                }
            }
            self.queue.readable.notified().await;
        }
    }
}

impl fmt::Debug for AudioReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AudioReceiver").finish_non_exhaustive()
    }
}

/// Between the network and a [`VideoReceiver`]; writing never blocks.
#[derive(Default)]
pub(crate) struct FrameQueue {
    state: Mutex<FrameState>,
    readable: Notify,
}

#[derive(Default)]
struct FrameState {
    frames: VecDeque<EncodedFrame>,
    /// Frames were dropped: the next one to come must be a key frame.
    needs_key: bool,
    ended: bool,
    /// The receiver is gone.
    unread: bool,
}

/// What became of a frame given to a [`FrameQueue`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It will be read, or nobody reads at all.
    Fine,
    /// It was dropped, or others were: ask for a key frame.
    NeedsKeyFrame,
}

impl FrameQueue {
    /// Adds a frame.
    pub(crate) fn push(&self, frame: EncodedFrame) -> Pushed {
        let mut state = self.state.lock();
        if state.unread {
            return Pushed::Fine;
        }
        if state.needs_key && !frame.key {
            return Pushed::NeedsKeyFrame;
        }
        state.needs_key = false;
        state.frames.push_back(frame);
        if state.frames.len() > MAX_FRAMES {
            match state.frames.iter().rposition(|frame| frame.key) {
                Some(newest_key) if newest_key > 0 => drop(state.frames.drain(..newest_key)),
                _ => {
                    state.frames.clear();
                    state.needs_key = true;
                    return Pushed::NeedsKeyFrame;
                }
            }
        }
        drop(state);
        self.readable.notify_one();
        Pushed::Fine
    }

    /// No more frames will come; those that wait are still read.
    pub(crate) fn end(&self) {
        self.state.lock().ended = true;
        self.readable.notify_one();
    }
}

/// Between the network and an [`AudioReceiver`]; writing never blocks.
#[derive(Default)]
pub(crate) struct PacketQueue {
    state: Mutex<PacketState>,
    readable: Notify,
}

#[derive(Default)]
struct PacketState {
    packets: VecDeque<AudioPacket>,
    ended: bool,
}

impl PacketQueue {
    /// Adds a packet.
    pub(crate) fn push(&self, packet: AudioPacket) {
        let mut state = self.state.lock();
        if state.packets.len() >= MAX_PACKETS {
            state.packets.pop_front();
        }
        state.packets.push_back(packet);
        drop(state);
        self.readable.notify_one();
    }

    /// No more packets will come; those that wait are still read.
    pub(crate) fn end(&self) {
        self.state.lock().ended = true;
        self.readable.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: u32, key: bool) -> EncodedFrame {
        let (codec, received_at) = (VideoCodec::Vp8, Instant::now());
        EncodedFrame { codec, data: Bytes::new(), key, size: None, rtp_time: number, received_at }
    }

    #[tokio::test]
    async fn a_slow_reader_continues_at_a_key_frame() {
        let queue = Arc::new(FrameQueue::default());
        let mut receiver = VideoReceiver::new(queue.clone());
        queue.push(frame(0, true));
        for number in 1..MAX_FRAMES as u32 {
            assert_eq!(queue.push(frame(number, false)), Pushed::Fine);
        }
        assert_eq!(queue.push(frame(100, false)), Pushed::NeedsKeyFrame);
        assert_eq!(queue.push(frame(101, false)), Pushed::NeedsKeyFrame);
        assert_eq!(queue.push(frame(102, true)), Pushed::Fine);
        queue.end();
        assert_eq!(receiver.recv().await.map(|f| f.rtp_time), Some(102));
        assert_eq!(receiver.recv().await, None);
    }

    #[tokio::test]
    async fn a_waiting_key_frame_is_enough() {
        let queue = Arc::new(FrameQueue::default());
        let mut receiver = VideoReceiver::new(queue.clone());
        for number in 0..=MAX_FRAMES as u32 {
            assert_eq!(queue.push(frame(number, number % 20 == 0)), Pushed::Fine);
        }
        assert_eq!(receiver.recv().await.map(|f| f.rtp_time), Some(20));
    }

    #[tokio::test]
    async fn nobody_reading_asks_for_nothing() {
        let queue = Arc::new(FrameQueue::default());
        drop(VideoReceiver::new(queue.clone()));
        for number in 0..100 {
            assert_eq!(queue.push(frame(number, false)), Pushed::Fine);
        }
        assert!(queue.state.lock().frames.is_empty());
    }

    #[tokio::test]
    async fn sound_keeps_the_newest() {
        let queue = Arc::new(PacketQueue::default());
        let mut receiver = AudioReceiver::new(queue.clone());
        for sequence in 0..=MAX_PACKETS as u16 {
            queue.push(AudioPacket { sequence, timestamp: 0, payload: Bytes::new(), received_at: Instant::now() });
        }
        assert_eq!(receiver.recv().await.map(|p| p.sequence), Some(1));
    }
}
