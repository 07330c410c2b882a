//! Data packets: whom they come from is written by the server, whom they go to is read from them.

use livekit_protocol::{DataPacket, data_packet::Value};

/// A packet with its receivers.
#[derive(Debug)]
pub(crate) struct Addressed {
    /// The packet as receivers get it.
    pub(crate) packet: DataPacket,
    /// Whom it is for.
    pub(crate) receivers: Receivers,
}

/// Whom a packet is for; nobody named means everybody else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Receivers {
    /// By identity.
    pub(crate) identities: Vec<String>,
    /// By participant id, as older clients say it.
    pub(crate) sids: Vec<String>,
}

impl Receivers {
    /// Whether somebody is meant.
    pub(crate) fn include(&self, identity: &str, sid: &str) -> bool {
        (self.identities.is_empty() && self.sids.is_empty())
            || self.identities.iter().any(|wanted| wanted == identity)
            || self.sids.iter().any(|wanted| wanted == sid)
    }
}

/// Writes the sender into a packet and reads its receivers. `anonymous` is for hidden senders, whom nobody may know of.
#[expect(deprecated, reason = "older clients read and write the deprecated fields")]
pub(crate) fn address(mut packet: DataPacket, identity: &str, sid: &str, anonymous: bool) -> Addressed {
    let (identity, sid) =
        if anonymous { (String::new(), String::new()) } else { (identity.to_owned(), sid.to_owned()) };
    let mut identities = packet.destination_identities.clone();
    let mut sids = Vec::new();
    if let Some(Value::User(user)) = &mut packet.value {
        user.participant_identity.clone_from(&identity);
        user.participant_sid.clone_from(&sid);
        if identities.is_empty() {
            identities.clone_from(&user.destination_identities);
            sids.clone_from(&user.destination_sids);
        }
    }
    packet.participant_identity = identity;
    packet.participant_sid = sid;
    Addressed { packet, receivers: Receivers { identities, sids } }
}

#[cfg(test)]
mod tests {
    use livekit_protocol::UserPacket;

    use super::*;

    #[test]
    #[expect(deprecated, reason = "they must not be believed either")]
    fn a_sender_cannot_pose_as_another() {
        let user = UserPacket { participant_identity: "mallory".into(), payload: b"hi".to_vec(), ..Default::default() };
        let packet =
            DataPacket { participant_identity: "mallory".into(), value: Some(Value::User(user)), ..Default::default() };
        let addressed = address(packet, "alice", "PA_1", false);
        assert_eq!(addressed.packet.participant_identity, "alice");
        assert_eq!(addressed.packet.participant_sid, "PA_1");
        let Some(Value::User(user)) = addressed.packet.value else { panic!("still a user packet") };
        assert_eq!((user.participant_identity.as_str(), user.payload.as_slice()), ("alice", b"hi".as_slice()));
    }

    #[test]
    fn destinations_are_honoured() {
        let everybody = address(DataPacket::default(), "alice", "PA_1", false);
        assert!(everybody.receivers.include("bob", "PA_2"));
        let packet = DataPacket { destination_identities: vec!["bob".into()], ..Default::default() };
        let one = address(packet, "alice", "PA_1", false);
        assert!(one.receivers.include("bob", "PA_2") && !one.receivers.include("carol", "PA_3"));
    }
}
