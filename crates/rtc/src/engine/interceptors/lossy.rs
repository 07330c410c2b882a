//! For tests: loses packets next to the wire.

use std::sync::atomic::{AtomicU32, Ordering};

use rtc::interceptor::{Interceptor, StreamInfo, TaggedPacket};

use super::{Queues, chain_link};

/// Nearest to the wire of all.
pub(crate) const SLOT: usize = 100;

/// Packets lost of a thousand, each way, on every connection of this process.
pub(crate) static PER_MILLE: AtomicU32 = AtomicU32::new(0);

/// Loses packets by a fixed sequence of chances.
#[derive(Default)]
pub(crate) struct Lossy {
    queues: Queues,
    seed: u64,
}

impl Lossy {
    fn survives(&mut self) -> bool {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % 1000 >= u64::from(PER_MILLE.load(Ordering::Relaxed))
    }

    fn on_read(&mut self, _: &mut TaggedPacket) -> bool {
        self.survives()
    }

    fn on_write(&mut self, _: &mut TaggedPacket) -> bool {
        self.survives()
    }
}

chain_link!(Lossy);

impl Interceptor for Lossy {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}
