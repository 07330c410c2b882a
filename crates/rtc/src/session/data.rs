//! Data messages: packing, unpacking, and what a resume must send again.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use livekit_protocol as proto;
use prost::Message;

use crate::{Data, RtcEvent};

/// Reliable messages kept for a resume. An outage of some seconds holds few; more than this was not meant for a call.
const MAX_KEPT: usize = 256;

/// Numbers of the reliable messages, both ways.
#[derive(Debug, Default)]
pub(crate) struct DataBook {
    last_sent: u32,
    kept: VecDeque<(u32, Bytes)>,
    /// Last number received, by the sender's presence.
    last_received: HashMap<String, u32>,
}

impl DataBook {
    /// A message as it goes over the channel.
    pub(crate) fn send(&mut self, data: Data) -> Bytes {
        let kind = if data.reliable { proto::data_packet::Kind::Reliable } else { proto::data_packet::Kind::Lossy };
        let sequence = if data.reliable {
            self.last_sent += 1;
            self.last_sent
        } else {
            0
        };
        #[allow(deprecated, reason = "older servers read the kind here")]
        let packet = proto::DataPacket {
            kind: kind as i32,
            destination_identities: data.to,
            sequence,
            value: Some(proto::data_packet::Value::User(proto::UserPacket {
                payload: data.payload.to_vec(),
                topic: data.topic,
                ..Default::default()
            })),
            ..Default::default()
        };
        let message = Bytes::from(packet.encode_to_vec());
        if data.reliable {
            self.kept.push_back((sequence, message.clone()));
            if self.kept.len() > MAX_KEPT {
                self.kept.pop_front();
            }
        }
        message
    }

    /// What the server does not have yet, when `last` is the last it got.
    pub(crate) fn after(&mut self, last: u32) -> Vec<Bytes> {
        self.kept.retain(|(sequence, _)| *sequence > last);
        self.kept.iter().map(|(_, message)| message.clone()).collect()
    }

    /// What we have, for the server.
    pub(crate) fn receive_states(&self) -> Vec<proto::DataChannelReceiveState> {
        self.last_received
            .iter()
            .map(|(publisher_sid, &last_seq)| proto::DataChannelReceiveState {
                publisher_sid: publisher_sid.clone(),
                last_seq,
            })
            .collect()
    }

    /// A new presence of ours starts counting anew.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Unpacks what came over a channel; none for repetitions, nonsense and kinds that are not for us.
    pub(crate) fn receive(&mut self, reliable: bool, bytes: &[u8]) -> Option<RtcEvent> {
        let packet = match proto::DataPacket::decode(bytes) {
            Ok(packet) => packet,
            Err(error) => {
                tracing::debug!(%error, "a data message was not understood");
                return None;
            }
        };
        let proto::data_packet::Value::User(user) = packet.value? else { return None };
        if reliable && packet.sequence > 0 && !packet.participant_sid.is_empty() {
            let last = self.last_received.entry(packet.participant_sid).or_default();
            if packet.sequence <= *last {
                return None;
            }
            *last = packet.sequence;
        }
        let from = [packet.participant_identity, identity_in(&user)].into_iter().find(|identity| !identity.is_empty());
        Some(RtcEvent::Data { from, topic: user.topic, payload: user.payload.into(), reliable })
    }
}

/// Servers from before 1.5 name the sender inside.
#[allow(deprecated, reason = "read for old servers only")]
fn identity_in(user: &proto::UserPacket) -> String {
    user.participant_identity.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(reliable: bool, payload: &'static [u8]) -> Data {
        Data { reliable, topic: Some("t".to_owned()), payload: Bytes::from_static(payload), to: Vec::new() }
    }

    /// As the server hands it on.
    fn forwarded(message: &[u8]) -> Vec<u8> {
        let mut packet = proto::DataPacket::decode(message).expect("ours");
        packet.participant_identity = "ada".to_owned();
        packet.participant_sid = "PA_1".to_owned();
        packet.encode_to_vec()
    }

    #[test]
    fn a_message_arrives_once() {
        let (mut sender, mut receiver) = (DataBook::default(), DataBook::default());
        let message = forwarded(&sender.send(data(true, b"hello")));
        let Some(RtcEvent::Data { from, topic, payload, reliable }) = receiver.receive(true, &message) else {
            panic!("not received");
        };
        assert_eq!(
            (from.as_deref(), topic.as_deref(), &payload[..], reliable),
            (Some("ada"), Some("t"), &b"hello"[..], true)
        );
        assert!(receiver.receive(true, &message).is_none());
        let lossy = forwarded(&sender.send(data(false, b"x")));
        assert!(receiver.receive(false, &lossy).is_some() && receiver.receive(false, &lossy).is_some());
    }

    #[test]
    fn only_what_is_missing_is_sent_again() {
        let mut sender = DataBook::default();
        let messages: Vec<_> = (0..3).map(|_| sender.send(data(true, b"x"))).collect();
        assert_eq!(sender.after(1), messages[1..]);
        assert!(sender.after(3).is_empty());
    }

    #[test]
    fn nonsense_is_nothing() {
        assert!(DataBook::default().receive(true, &[0xff; 40]).is_none());
        assert!(DataBook::default().receive(true, &[]).is_none());
    }
}
