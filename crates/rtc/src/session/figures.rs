//! What comes round with time: deadlines, requests held back, statistics.

use std::time::{Duration, Instant};

use super::{Flow, Session, recovery::How};
use crate::{MediaKind, ReceivedTrackStats, RtcError, RtcEvent, RtcStats, engine::PeerState, stats};

/// The way media take is looked up this often: it takes the engine's lock.
const PATH_EVERY: Duration = Duration::from_secs(1);

impl Session {
    pub(super) async fn on_tick(&mut self) -> Flow {
        let now = Instant::now();
        if self.path_at.is_none_or(|at| now.saturating_duration_since(at) >= PATH_EVERY) {
            self.path_at = Some(now);
            self.path = match self.link.publisher.state {
                PeerState::Connected => self.link.publisher.peer.path().await,
                _ => None,
            };
        }
        if self.link.publisher.state != PeerState::Connected {
            self.link.publisher.peer.add_late_candidates(now).await;
        }
        if self.link.subscriber_state != PeerState::Connected {
            self.link.subscriber.add_late_candidates(now).await;
        }
        self.take_stats(now);
        self.send_held_wanted(now).await;
        while let Some(index) = self.publications.iter().position(|p| p.is_awaited() && p.deadline <= now) {
            self.withdraw(index, RtcError::Timeout).await;
        }
        for publication in &self.publications {
            let dropped = publication.take_dropped();
            if let Some(sid) = &publication.sid {
                for layer in dropped {
                    self.emit(RtcEvent::KeyFrameWanted { sid: sid.to_string(), layer });
                }
            }
        }
        if let Some(change) = self.network.poll(now) {
            tracing::info!(?change, "the network changed");
            return self.on_network_change().await;
        }
        self.check_deadlines(now).await
    }

    fn take_stats(&self, now: Instant) {
        let sent = {
            let meters = self.link.publisher.peer.meters();
            self.publications.iter().filter_map(|p| p.stats(meters, now)).collect()
        };
        let meters = self.link.subscriber.meters().lock();
        let received: Vec<ReceivedTrackStats> = self
            .subscriptions
            .iter()
            .map(|(sid, subscription)| {
                let inlet = &subscription.inlet;
                let meter = meters.received.get(&inlet.ssrc()).cloned().unwrap_or_default();
                let freezes = inlet.freezes();
                ReceivedTrackStats {
                    sid: sid.clone(),
                    identity: subscription.identity.clone(),
                    kind: inlet.kind(),
                    packets: meter.packets,
                    bytes: meter.bytes,
                    kbps: (meter.bits_per_second(now) / 1000.0) as u32,
                    lost: meter.lost(),
                    jitter_ms: meter.jitter * 1000.0,
                    nacked: meter.nacked,
                    recovered: meter.recovered,
                    frames: inlet.frames(),
                    fps: inlet.fps(now) as f32,
                    freezes: freezes.count,
                    freeze_ms: freezes.total.as_millis() as u64,
                    longest_freeze_ms: freezes.longest.as_millis() as u64,
                    key_frame_requests: inlet.key_frame_requests(),
                    size: if inlet.kind() == MediaKind::Video { inlet.size() } else { None },
                }
            })
            .collect();
        drop(meters);
        let control = self.link.publisher.peer.control();
        let controller = control.controller.lock();
        let round_trip = self.link.publisher.peer.meters().lock().round_trip.or(self.signal_round_trip);
        let rtt_ms = round_trip.or(controller.round_trip()).map(|time| time.as_secs_f64() * 1000.0);
        // Both are of what the network lost, before it was repaired.
        let (came, missed) =
            received.iter().fold((0, 0), |(came, missed), track| (came + track.packets, missed + track.lost));
        let received_loss = missed as f64 / (came + missed).max(1) as f64;
        let losses = controller.loss().max(received_loss);
        *self.shared.stats.lock() = RtcStats {
            rtt_ms,
            estimate: self.estimate,
            good_rate: controller.good(),
            send_queue_ms: control.queue().delay.as_secs_f64() * 1000.0,
            network_queue_ms: controller.queue_ms(),
            sent_loss: controller.loss(),
            quality: stats::quality(self.is_connected(), losses, rtt_ms.unwrap_or_default(), controller.queue_ms()),
            path: self.path,
            sent,
            received,
        };
    }

    /// Another network, or after sleep: nothing of the old way can be trusted.
    pub(super) async fn on_network_change(&mut self) -> Flow {
        self.link.publisher.peer.control().controller.lock().on_new_way();
        self.hurry(How::Resume(livekit_protocol::ReconnectReason::RrUnknown)).await
    }
}
