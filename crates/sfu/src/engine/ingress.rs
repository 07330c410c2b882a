//! Datagrams in and out, and what the peer connections report.

use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

use livekit_protocol::participant_info::State;
use str0m::{Event, IceConnectionState, Input, media::KeyframeRequest, net::Protocol, stats::PeerStats};

use super::{
    BATCH, Engine,
    peer::{ChannelKind, PeerFault, PeerKey, read_datagram},
    quality::{Measured, Quality},
};
use crate::{api::SfuEvent, stun::receiver_ufrag, udp::Inbox};

/// Checks kept per peer until its description is in.
const MAX_EARLY_CHECKS: usize = 8;

impl Engine {
    /// Takes what has come in, up to a batch.
    pub(super) fn read_datagrams(&mut self, inbox: &mut Inbox) {
        let mut taken = 0;
        while taken < BATCH && self.socket.receive(inbox) {
            for (source, datagram) in inbox.datagrams() {
                taken += 1;
                self.on_datagram(datagram, source, Instant::now());
            }
        }
    }

    pub(super) fn on_datagram(&mut self, bytes: &[u8], source: SocketAddr, now: Instant) {
        self.stats.datagrams_in += 1;
        self.stats.bytes_in += bytes.len() as u64;
        let destination = self.local_for(source.ip());
        let Some(receive) = read_datagram(bytes, source, destination) else {
            self.stats.datagrams_unknown += 1;
            return;
        };
        let input = Input::Receive(now, receive);
        let Some(key) = self.find_peer(bytes, source, &input, now) else {
            self.stats.datagrams_unknown += 1;
            return;
        };
        self.feed(key, input, now);
    }

    /// Gives a packet to its peer.
    pub(super) fn feed(&mut self, key: PeerKey, input: Input<'_>, now: Instant) {
        // str0m holds one incoming packet at a time: what it has must be taken before it gets the next.
        self.drain(key, now);
        let Some(peer) = self.peers.get_mut(key) else { return };
        if let Err(fault) = peer.handle(input) {
            self.faults.push((key, fault));
        }
        peer.touched = true;
        peer.up_to_date = true;
        self.drain(key, now);
    }

    /// Whom a datagram is for. A STUN request names its receiver and is proven by its integrity; all else goes by address.
    fn find_peer(&mut self, bytes: &[u8], source: SocketAddr, input: &Input<'_>, now: Instant) -> Option<PeerKey> {
        let Some(ufrag) = receiver_ufrag(bytes) else {
            return self.peer_by_address.get(&source).copied();
        };
        let key = *self.peer_by_ufrag.get(ufrag)?;
        let peer = self.peers.get_mut(key)?;
        if !peer.described && peer.early_checks.len() < MAX_EARLY_CHECKS {
            peer.early_checks.push((source, bytes.to_vec()));
            return None;
        }
        self.note_check(key, bytes, input, now).then_some(key)
    }

    /// Our address as this remote one knows it.
    fn local_for(&self, remote: IpAddr) -> SocketAddr {
        let same_family = self.local.iter().find(|local| local.is_ipv4() == remote.to_canonical().is_ipv4());
        same_family.or(self.local.first()).copied().unwrap_or_else(|| SocketAddr::new(remote, 0))
    }

    /// Drains the peers that were touched, and those touched by what these report.
    pub(super) fn drain_touched(&mut self, now: Instant) {
        while let Some(key) = self.touched.pop() {
            self.drain(key, now);
        }
    }

    /// Takes what a peer has to say, if anything was done to it.
    fn drain(&mut self, key: PeerKey, now: Instant) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        if !std::mem::take(&mut peer.touched) {
            return;
        }
        let mut events = std::mem::take(&mut self.peer_events);
        match peer.drain(now, &mut events, &mut self.transmits) {
            Ok(wake) => {
                if peer.scheduled.is_none_or(|scheduled| wake < scheduled) {
                    peer.scheduled = Some(wake);
                    self.timers.push(wake, key);
                }
            }
            Err(fault) => self.faults.push((key, fault)),
        }
        for event in events.drain(..) {
            self.on_peer_event(key, event, now);
        }
        self.peer_events = events;
    }

    /// Hands the datagrams of this turn to the socket.
    pub(super) fn transmit(&mut self) {
        for transmit in self.transmits.drain(..) {
            if transmit.proto == Protocol::Tcp {
                match self.tcp.send(transmit.destination, &transmit.contents) {
                    true => {
                        self.stats.datagrams_out += 1;
                        self.stats.bytes_out += transmit.contents.len() as u64;
                    }
                    false => self.stats.datagrams_dropped += 1,
                }
                continue;
            }
            self.socket.push(transmit.destination, transmit.contents.into());
        }
        let sent = self.socket.flush();
        self.stats.datagrams_out += sent.datagrams;
        self.stats.bytes_out += sent.bytes;
        self.stats.datagrams_dropped += sent.dropped;
    }

    /// Ends the participants whose peers went wrong.
    pub(super) fn remove_faulty(&mut self, now: Instant) {
        for (key, fault) in std::mem::take(&mut self.faults) {
            let Some(peer) = self.peers.get(key) else { continue };
            let participant = peer.participant;
            match fault {
                PeerFault::Closed => self.on_transport_closed(participant, now),
                PeerFault::Rtc(_) | PeerFault::Panic | PeerFault::Endless => {
                    tracing::warn!(error = %fault, "media engine of a participant failed");
                    // Ending a connection may look so, and the goodbye be still on its way.
                    self.end_peer(key);
                    if let Some(participant) = self.participants.get_mut(participant) {
                        participant.failed_at.get_or_insert(now);
                    }
                }
            }
        }
    }

    fn on_peer_event(&mut self, key: PeerKey, event: Event, now: Instant) {
        match event {
            Event::RtpPacket(packet) => self.on_rtp(key, &packet, now),
            Event::Connected => self.on_connected(key, now),
            Event::IceConnectionStateChange(state) => self.on_ice_state(key, state, now),
            Event::KeyframeRequest(KeyframeRequest { mid, .. }) => self.on_key_frame_request(key, mid, now),
            Event::ChannelOpen(id, label) => {
                if let (Some(kind), Some(peer)) = (ChannelKind::by_label(&label), self.peers.get_mut(key)) {
                    peer.channels.push((id, kind));
                    if peer.role.sends() {
                        self.on_channel_open(key, id, kind);
                    }
                }
            }
            Event::ChannelClose(id) => {
                if let Some(peer) = self.peers.get_mut(key) {
                    peer.channels.retain(|(channel, _)| *channel != id);
                }
            }
            Event::ChannelData(data) => self.on_channel_data(key, data.id, &data.data, now),
            Event::ChannelBufferedAmountLow(_) => self.flush_data(key),
            Event::PeerStats(stats) => self.on_stats(key, &stats),
            Event::EgressBitrateEstimate(kind) => self.on_estimate(key, &kind, now),
            Event::Closed => self.faults.push((key, PeerFault::Closed)),
            _ => {}
        }
    }

    fn on_connected(&mut self, key: PeerKey, now: Instant) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        peer.connected = true;
        if !peer.role.sends() {
            return;
        }
        let participant_key = peer.participant;
        let Some(participant) = self.participants.get_mut(participant_key) else { return };
        if participant.state != State::Active {
            participant.state = State::Active;
            tracing::debug!(participant = %participant.sid, ms = now.duration_since(participant.joined_at).as_millis(), "active");
            let (room, identity, sid) = (participant.room, participant.identity.clone(), participant.sid.clone());
            if let Some(room) = self.rooms.get(room) {
                self.emit(SfuEvent::ParticipantJoined { room: room.name.clone(), identity, sid });
            }
            self.announce(participant_key);
            self.tell_qualities(participant_key);
        }
        self.on_subscriber_ready(participant_key, now);
    }

    fn on_ice_state(&mut self, key: PeerKey, state: IceConnectionState, now: Instant) {
        let Some(peer) = self.peers.get(key) else { return };
        let participant_key = peer.participant;
        let Some(participant) = self.participants.get_mut(participant_key) else { return };
        match state {
            IceConnectionState::Disconnected => {
                participant.transport_lost_at.get_or_insert(now);
                self.set_quality(participant_key, Quality::LOST);
            }
            IceConnectionState::Connected | IceConnectionState::Completed => {
                participant.transport_lost_at = None;
                if participant.quality == Quality::LOST {
                    self.set_quality(participant_key, Quality::GOOD);
                }
            }
            IceConnectionState::New | IceConnectionState::Checking => {}
        }
    }

    fn on_stats(&mut self, key: PeerKey, stats: &PeerStats) {
        let Some(peer) = self.peers.get_mut(key) else { return };
        peer.link.note_stats(stats.egress_loss_fraction, stats.rtt);
        let (participant, role) = (peer.participant, peer.role);
        let measured = Measured {
            loss_in: stats.ingress_loss_fraction.filter(|_| role.receives()),
            loss_out: stats.egress_loss_fraction.filter(|_| role.sends()),
            round_trip: stats.rtt,
        };
        self.set_measured(participant, measured);
    }
}
