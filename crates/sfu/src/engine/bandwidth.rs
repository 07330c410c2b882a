//! What each subscriber's link carries, and what it gets of that.

use std::time::{Duration, Instant};

use livekit_protocol::TrackSource as WireSource;
use str0m::bwe::{Bitrate, BweKind};

use super::{
    Engine,
    model::{Forward, ParticipantKey, SubscriptionKey},
    peer::{INITIAL_BANDWIDTH, PeerKey},
};
use crate::forward::{Aim, Allocator, Demand, Importance, Layer, desired};

/// How often shares are looked at when nothing has happened: rates of streams change.
const REVIEW: Duration = Duration::from_millis(500);

/// A link whose client never reports how packets arrive is not measured, and not limited, from here on.
const SILENT: Duration = Duration::from_secs(3);

/// Loss, as a share, and round trip from which on a link is taken to be strained: sound suffers from more.
const STRAINED_LOSS: f32 = 0.02;
const STRAINED_RTT: Duration = Duration::from_millis(400);

/// What is known of the link towards a subscriber.
#[derive(Debug, Default)]
pub(crate) struct Link {
    /// Bits per second, as last estimated.
    estimate: Option<u64>,
    /// An estimate came that was more than the first guess.
    measured: bool,
    /// Since media may flow.
    since: Option<Instant>,
    /// Packets are lost or late. An estimate alone may have fallen because the receiver had no time to read.
    strained: bool,
    aim: Aim,
    shares: Allocator<SubscriptionKey>,
    next_review: Option<Instant>,
}

impl Link {
    /// What was counted lately: the share of packets lost, and the round trip.
    pub(super) fn note_stats(&mut self, loss: Option<f32>, rtt: Option<Duration>) {
        self.strained = loss.is_some_and(|loss| loss > STRAINED_LOSS) || rtt.is_some_and(|rtt| rtt > STRAINED_RTT);
    }

    /// Bits per second it carries; none: nobody knows.
    fn budget(&self, now: Instant) -> Option<u64> {
        let fresh = self.since.is_none_or(|since| now.saturating_duration_since(since) < SILENT);
        self.estimate.filter(|_| self.measured || fresh)
    }
}

impl Engine {
    /// The estimate of a subscriber's link has changed.
    pub(super) fn on_estimate(&mut self, peer_key: PeerKey, kind: &BweKind, now: Instant) {
        let Some(peer) = self.peers.get_mut(peer_key) else { return };
        let estimate = match *kind {
            BweKind::Twcc { estimate, .. } => estimate,
            // From clients that measure for themselves.
            BweKind::Remb { estimate, .. } => estimate,
            _ => return,
        };
        let participant = peer.participant;
        let link = &mut peer.link;
        link.since.get_or_insert(now);
        link.measured |= estimate != INITIAL_BANDWIDTH;
        let before = link.estimate.replace(estimate.as_u64());
        tracing::trace!(bits_per_second = estimate.as_u64(), "estimate");
        // Less is acted upon at once.
        if before.is_some_and(|before| estimate.as_u64() < before) {
            self.share_bandwidth(participant, now);
        }
    }

    /// Looks at all shares that are due.
    pub(super) fn tick_bandwidth(&mut self, now: Instant) {
        let due: Vec<ParticipantKey> = self
            .participants
            .iter()
            .filter(|(_, one)| {
                let peer = self.peers.get(one.subscriber).filter(|peer| peer.connected);
                peer.is_some_and(|peer| peer.link.next_review.is_none_or(|at| now >= at))
            })
            .map(|(key, _)| key)
            .collect();
        for key in due {
            self.share_bandwidth(key, now);
        }
    }

    /// Gives each video of a subscriber the layer its link has room for.
    fn share_bandwidth(&mut self, key: ParticipantKey, now: Instant) {
        let Some(participant) = self.participants.get(key) else { return };
        let simulated = participant.simulated.bandwidth;
        let (audio, demands) = self.demands(key);
        let Some(peer) = self.peers.get_mut(participant.subscriber) else { return };
        let peer_key = participant.subscriber;
        let link = &mut peer.link;
        link.next_review = Some(now + REVIEW);
        let measured = link.budget(now);
        let budget = match (measured, simulated) {
            (Some(measured), Some(simulated)) => Some(measured.min(simulated)),
            (one, other) => one.or(other),
        };
        // The smallest picture is taken away only when sound is in danger.
        let least = (!link.strained && simulated.is_none()).then_some(Layer::LOW);
        let shares = link.shares.allocate(budget.map(|budget| budget.saturating_sub(audio)), &demands, now);

        // Where packets are lost or late, probes would make it worse.
        let lacking = measured.filter(|_| !link.strained);
        let mut wanted = desired(audio, &demands);
        // The first probes go as far as twice what is wanted, and what they find is the estimate. The largest layers come
        // in only when somebody wants them: probes for what is there already would find the link to be narrow.
        let starts = link.since.is_none_or(|since| now.saturating_duration_since(since) < SILENT);
        if starts && !demands.is_empty() {
            wanted = wanted.max(INITIAL_BANDWIDTH.as_u64());
        }
        let aim = link.aim.next(wanted, lacking, now);
        tracing::trace!(?measured, wanted, ?aim, ?shares, strained = link.strained, "shares");
        if let Some(aim) = aim {
            self.on_peer(peer_key, |rtc| {
                rtc.bwe().set_bitrate(Bitrate::ZERO, Bitrate::from(aim));
                Ok(())
            });
        }
        for (demand, share) in demands.iter().zip(shares) {
            self.apply_share(demand.key, share.or(least), now);
        }
    }

    fn apply_share(&mut self, key: SubscriptionKey, share: Option<Layer>, now: Instant) {
        let Some(subscription) = self.subscriptions.get_mut(key) else { return };
        let track_key = subscription.track;
        let Forward::Video(video) = &mut subscription.forward else { return };
        let before = video.share();
        if before == share {
            return;
        }
        video.set_share(share);
        if let Some(track) = self.tracks.get(track_key) {
            video.retarget(track.alive);
        }
        if before.is_none() || share.is_none() {
            self.tell_stream_state(key, share.is_none());
        }
        self.ask_for_key_frames(track_key, now);
    }

    /// What a subscriber gets of sound, in bits per second, and wants of video. Videos that do not come in have no say: their
    /// share stays what it was.
    fn demands(&self, key: ParticipantKey) -> (u64, Vec<Demand<SubscriptionKey>>) {
        let mut audio = 0;
        let mut demands = Vec::new();
        let Some(participant) = self.participants.get(key) else { return (audio, demands) };
        for &one in &participant.subscriptions {
            let Some(subscription) = self.subscriptions.get(one).filter(|one| one.out.is_some() && !one.disabled)
            else {
                continue;
            };
            let Some(track) = self.tracks.get(subscription.track).filter(|track| !track.info.muted) else { continue };
            let rates =
                std::array::from_fn(|index| track.layers.get(index).map_or(0, |layer| layer.rate.bits_per_second()));
            let Forward::Video(video) = &subscription.forward else {
                audio += rates.iter().sum::<u64>();
                continue;
            };
            if track.alive.iter().all(|alive| !alive) {
                continue;
            }
            let wish = participant.wishes.get(&track.info.sid).and_then(|wish| wish.settings);
            let source = WireSource::try_from(track.info.source);
            let room = self.rooms.get(track.room);
            let importance = Importance {
                screen: source == Ok(WireSource::ScreenShare),
                priority: wish.map_or(0, |wish| wish.priority),
                speaks: room.is_some_and(|room| room.speakers.speaks(track.participant)),
                size: video.ceiling().index(),
            };
            demands.push(Demand { key: one, importance, ceiling: video.ceiling(), alive: track.alive, rates });
        }
        (audio, demands)
    }
}
