//! What must work on any LiveKit server, told once.

mod media;
mod network;
mod recovery;
mod refusals;

use visita_protocol::{Bitrate, PixelSize};
use visita_rtc::{VideoLayer, VideoReceiver, testing::Relay};

pub(crate) use self::{media::*, network::*, recovery::*, refusals::*};
use crate::common::{Peer, Sending, frame, frame_number, token};

/// A server under test.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Server {
    pub(crate) async fn join(&self, room: &str, identity: &str) -> Peer {
        self.join_at(&self.url, room, identity).await
    }

    async fn join_at(&self, url: &str, room: &str, identity: &str) -> Peer {
        Peer::join(url, token(&self.key, &self.secret, room, identity)).await
    }
}

const SIZE: PixelSize = PixelSize::new(640, 360);

/// Takes frames until `count` came one after the other without a gap, beginning with a key frame; the number of that one.
pub(crate) async fn whole_frames(receiver: &mut VideoReceiver, count: u32) -> u32 {
    let (mut first, mut last) = (0, None);
    let mut run = 0;
    while run < count {
        let frame = frame(receiver).await.expect("the track goes on");
        let Some(number) = frame_number(&frame.data) else {
            assert!(frame.key, "only a server's black key frames are not ours");
            continue;
        };
        if last.is_none() {
            assert!(frame.key, "the first frame can be decoded");
            first = number;
        }
        if frame.key {
            assert!(frame.size.is_some());
        } else {
            assert_eq!(Some(number), last.map(|last: u32| last + 1), "no delta frame without the one before");
        }
        run = if last.is_some_and(|last| last + 1 == number) { run + 1 } else { 1 };
        last = Some(number);
    }
    first
}

/// Takes frames until `count` of them are newer than `after`; the number of the last.
async fn frames_after(receiver: &mut VideoReceiver, after: u32, count: u32) -> u32 {
    let mut seen = 0;
    loop {
        let frame = frame(receiver).await.expect("the track goes on");
        let number = frame_number(&frame.data).filter(|number| *number > after);
        seen += u32::from(number.is_some());
        if let Some(number) = number.filter(|_| seen >= count) {
            return number;
        }
    }
}

/// Two peers who send to each other, the first through a relay.
struct Pair {
    relay: Relay,
    ada: Peer,
    bob: Peer,
    from_ada: VideoReceiver,
    from_bob: VideoReceiver,
    ada_sends: Sending,
    bob_sends: Sending,
}

impl Pair {
    async fn new(server: &Server, room: &str, prepare: impl FnOnce(&Relay)) -> Self {
        let relay = Relay::start(&server.url).await.expect("a relay");
        prepare(&relay);
        let mut ada = server.join_at(relay.url(), room, "ada").await;
        let mut bob = server.join(room, "bob").await;
        let ada_sends = Sending::video(ada.publish_camera().await, vec![(SIZE, 3000)]);
        let bob_sends = Sending::video(bob.publish_camera().await, vec![(SIZE, 3000)]);
        let (from_ada, from_bob) = (bob.video("ada").await, ada.video("bob").await);
        let mut pair = Self { relay, ada, bob, from_ada, from_bob, ada_sends, bob_sends };
        tokio::join!(whole_frames(&mut pair.from_ada, 10), whole_frames(&mut pair.from_bob, 10));
        pair
    }

    /// Media flow both ways that were sent from now on, on the tracks of before, and nobody left.
    async fn goes_on(&mut self) {
        let (ada, bob) = (self.ada_sends.number(), self.bob_sends.number());
        tokio::join!(frames_after(&mut self.from_ada, ada, 15), frames_after(&mut self.from_bob, bob, 15));
        self.ada.drain();
        self.bob.drain();
        assert!(self.ada.left.is_empty() && self.bob.left.is_empty(), "nobody leaves");
    }
}

fn simulcast(sizes: [PixelSize; 3]) -> Vec<VideoLayer> {
    ["q", "h", "f"]
        .into_iter()
        .zip(sizes)
        .zip([150, 500, 1700])
        .map(|((rid, size), kbps)| VideoLayer { rid: rid.to_owned(), size, bitrate: Bitrate::from_kbps(kbps), fps: 30 })
        .collect()
}
