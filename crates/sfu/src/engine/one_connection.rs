//! Clients with one peer connection for both ways (LiveKit's `/rtc/v1`). The client offers, always; the server's tracks go on the
//! m-lines it offers to receive on, each under the name the answer gives it. str0m takes no names for m-lines of the other side
//! and sends on all of them: the answer is written anew ([`crate::sdp::sending_only`]), and str0m told to leave the idle alone.

use livekit_protocol::{MediaSectionsRequirement, signal_response::Message as Response};
use str0m::media::{Direction, Mid};

use super::{Engine, ParticipantKey};
use crate::{api::TrackKind, sdp::OfferedLine};

const KINDS: [TrackKind; 2] = [TrackKind::Audio, TrackKind::Video];

impl Engine {
    /// An offer was accepted: what waits for an m-line gets one, as far as there are any. False: the client has a connection of
    /// its own for that.
    pub(super) fn fill_slots(&mut self, key: ParticipantKey, lines: &[OfferedLine]) -> bool {
        let Some(participant) = self.participants.get_mut(key) else { return false };
        let peer_key = participant.publisher;
        let Some(slots) = &mut participant.slots else { return false };
        let slot = |line: &OfferedLine| (Mid::from(line.offered.mid.as_str()), line.offered.kind);
        let offered: Vec<(Mid, TrackKind)> =
            lines.iter().filter(|line| line.receives && !line.sends).map(slot).collect();
        for (mid, kind) in &offered {
            if !slots.lines.iter().any(|(known, _)| known == mid)
                && let Some(at) = slots.awaited.iter().position(|awaited| awaited == kind)
            {
                slots.awaited.swap_remove(at);
            }
        }
        slots.asked = false;
        slots.lines.clone_from(&offered);
        let ended = std::mem::take(&mut slots.ended);

        let mut free = offered.clone();
        free.retain(|(mid, _)| !ended.contains(mid));
        let mut waiting = Vec::new();
        for &subscription_key in &participant.subscriptions {
            let Some(subscription) = self.subscriptions.get_mut(subscription_key) else { continue };
            // The client may have taken its m-line back.
            if subscription.mid.is_some_and(|mid| !offered.iter().any(|(one, _)| *one == mid)) {
                (subscription.mid, subscription.out) = (None, None);
            }
            match subscription.mid {
                Some(mid) => free.retain(|(one, _)| *one != mid),
                None => waiting.push(subscription_key),
            }
        }
        for subscription_key in waiting {
            let Some(subscription) = self.subscriptions.get_mut(subscription_key) else { continue };
            let kind = self.tracks.get(subscription.track).map(|track| track.kind);
            if let Some(at) = free.iter().position(|(_, of)| Some(*of) == kind) {
                subscription.mid = Some(free.remove(at).0);
            }
        }

        let idle: Vec<Mid> = free.into_iter().map(|(mid, _)| mid).chain(ended).collect();
        self.on_peer(peer_key, |rtc| {
            for &mid in &idle {
                let mut api = rtc.direct_api();
                // It gets a new one should it be used: what is still on its way of the old one must not be taken for that.
                if let Some(ssrc) = api.stream_tx_by_mid(mid, None).map(|stream| stream.ssrc()) {
                    api.remove_stream_tx(ssrc);
                }
                // Of use without an offer: it takes effect at once.
                rtc.sdp_api().set_direction(mid, Direction::Inactive);
            }
            Ok(())
        });
        self.take_streams(key);
        true
    }

    /// Asks a client with one connection for an offer, when it is to hear of something, and for m-lines, when there are too few.
    pub(super) fn ask_for_offer(&mut self, key: ParticipantKey) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        // Its first offer comes unasked.
        if participant.outbox.is_none() || !self.peers.get(participant.publisher).is_some_and(|peer| peer.described) {
            return;
        }
        let Some(slots) = &mut participant.slots else { return };
        let subscriptions = participant.subscriptions.iter().filter_map(|&one| self.subscriptions.get(one));
        let (carried, waiting): (Vec<_>, Vec<_>) = subscriptions.partition(|one| one.mid.is_some());
        let mut news = !slots.ended.is_empty();
        let missing = KINDS.map(|kind| {
            let of_kind =
                |one: &&&super::Subscription| self.tracks.get(one.track).is_some_and(|track| track.kind == kind);
            let lines = slots.lines.iter().filter(|(_, of)| *of == kind).count();
            let free = lines.saturating_sub(carried.iter().filter(of_kind).count());
            let waiting = waiting.iter().filter(of_kind).count();
            news |= waiting.min(free) > 0;
            let awaited = slots.awaited.iter().filter(|&&of| of == kind).count();
            waiting.saturating_sub(free + awaited)
        });
        let asks = missing != [0, 0];
        if !asks && (!news || slots.asked) {
            return;
        }
        slots.asked = true;
        for (kind, missing) in KINDS.into_iter().zip(missing) {
            slots.awaited.extend(std::iter::repeat_n(kind, missing));
        }
        let [num_audios, num_videos] = missing.map(|missing| u32::try_from(missing).unwrap_or(u32::MAX));
        self.tell(key, Response::MediaSectionsRequirement(MediaSectionsRequirement { num_audios, num_videos }));
    }

    /// The client is back, and may know neither the last answer nor what it was asked for. It offers by itself. False: it has
    /// two connections.
    pub(super) fn forget_answers(&mut self, key: ParticipantKey) -> bool {
        let Some(participant) = self.participants.get_mut(key) else { return false };
        let Some(slots) = &mut participant.slots else { return false };
        let subscriptions = participant.subscriptions.iter().filter_map(|&one| self.subscriptions.get(one));
        let carrying: Vec<Mid> = subscriptions.filter_map(|one| one.mid).collect();
        slots.ended = slots.lines.iter().map(|(mid, _)| *mid).filter(|mid| !carrying.contains(mid)).collect();
        slots.awaited.clear();
        slots.asked = false;
        true
    }
}
