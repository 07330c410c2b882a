//! Data packets between participants.

use std::{collections::HashMap, time::Instant};

use bytes::Bytes;
use livekit_protocol::DataPacket;
use prost::Message;
use str0m::channel::ChannelId;

use super::{
    Engine,
    model::ParticipantKey,
    peer::{ChannelKind, PeerKey},
};
use crate::forward::{Addressed, address};

/// Reliable data kept for one receiver whose channel is not open yet or does not drain. Beyond it the oldest is lost.
const MAX_WAITING: usize = 4 * 1024 * 1024;

/// A reliable channel that has less than this to send is given more.
const LOW_WATER: usize = 64 * 1024;

impl Engine {
    pub(super) fn on_channel_data(&mut self, peer_key: PeerKey, channel: ChannelId, bytes: &[u8], now: Instant) {
        let Some(peer) = self.peers.get(peer_key).filter(|peer| peer.role.receives()) else { return };
        let Some(&(_, kind)) = peer.channels.iter().find(|(id, _)| *id == channel) else { return };
        let key = peer.participant;
        let Some(participant) = self.participants.get_mut(key).filter(|one| one.permissions.publish_data) else {
            return;
        };
        let Ok(packet) = DataPacket::decode(bytes) else { return };
        if kind == ChannelKind::Reliable && packet.sequence != 0 {
            // Clients that come back send again what may not have arrived.
            if packet.sequence <= participant.last_reliable {
                return;
            }
            participant.last_reliable = packet.sequence;
        }
        let addressed = address(packet, &participant.identity, &participant.sid, participant.permissions.hidden);
        let encoded = Bytes::from(addressed.packet.encode_to_vec());
        for other in self.others(key) {
            if self.participants.get(other).is_some_and(|one| addressed.receivers.include(&one.identity, &one.sid)) {
                self.send_data(other, kind, encoded.clone());
            }
        }
        if kind == ChannelKind::Reliable
            && let Some(room) = self.participants.get(key).and_then(|participant| self.rooms.get_mut(participant.room))
        {
            let Addressed { packet, receivers } = addressed;
            room.log.push(&packet.participant_sid, packet.sequence, receivers, encoded, now);
        }
    }

    /// Sends again what somebody who is back says not to have had. `had` tells for each sender up to which number.
    pub(super) fn resend_data(&mut self, key: ParticipantKey, had: &HashMap<String, u32>) {
        let Some(participant) = self.participants.get(key) else { return };
        let Some(room) = self.rooms.get(participant.room) else { return };
        let had = |sender: &str| had.get(sender).copied().unwrap_or(0);
        let missed: Vec<Bytes> =
            room.log.missed(&participant.identity, &participant.sid, participant.joined_at, had).collect();
        for bytes in missed {
            self.send_data(key, ChannelKind::Reliable, bytes);
        }
    }

    pub(super) fn send_data(&mut self, key: ParticipantKey, kind: ChannelKind, bytes: Bytes) {
        let Some(participant) = self.participants.get_mut(key) else { return };
        let (peer, channel) = (participant.subscriber, participant.data.channel(kind));
        match kind {
            ChannelKind::Lossy => {
                if let Some(channel) = channel {
                    self.write_channel(peer, channel, &bytes);
                }
            }
            ChannelKind::Reliable => {
                let data = &mut participant.data;
                data.waiting_bytes += bytes.len();
                data.waiting.push_back(bytes);
                while data.waiting_bytes > MAX_WAITING {
                    let Some(lost) = data.waiting.pop_front() else { break };
                    data.waiting_bytes -= lost.len();
                }
                self.flush_data(peer);
            }
        }
    }

    pub(super) fn on_channel_open(&mut self, peer_key: PeerKey, channel: ChannelId, kind: ChannelKind) {
        let Some(peer) = self.peers.get(peer_key) else { return };
        let Some(participant) = self.participants.get_mut(peer.participant) else { return };
        match kind {
            ChannelKind::Reliable => participant.data.reliable = Some(channel),
            ChannelKind::Lossy => participant.data.lossy = Some(channel),
        }
        self.on_peer(peer_key, |rtc| {
            if let Some(mut channel) = rtc.channel(channel) {
                channel.set_buffered_amount_low_threshold(LOW_WATER);
            }
            Ok(())
        });
        self.flush_data(peer_key);
    }

    /// Gives a reliable channel what waits for it, as far as it takes it.
    pub(super) fn flush_data(&mut self, peer_key: PeerKey) {
        let Some(peer) = self.peers.get(peer_key) else { return };
        let key = peer.participant;
        loop {
            let Some(participant) = self.participants.get_mut(key) else { return };
            let Some(channel) = participant.data.reliable else { return };
            let Some(bytes) = participant.data.waiting.front().cloned() else { return };
            if !self.write_channel(peer_key, channel, &bytes) {
                return;
            }
            let Some(participant) = self.participants.get_mut(key) else { return };
            participant.data.waiting.pop_front();
            participant.data.waiting_bytes -= bytes.len();
        }
    }

    fn write_channel(&mut self, peer_key: PeerKey, channel: ChannelId, bytes: &[u8]) -> bool {
        let written = self.on_peer(peer_key, |rtc| match rtc.channel(channel) {
            Some(mut channel) => channel.write(true, bytes),
            None => Ok(false),
        });
        written.unwrap_or(false)
    }
}
