//! `livekit.RoomService`.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use axum::response::Response;
use livekit_protocol::{
    CreateRoomRequest, DeleteRoomRequest, DeleteRoomResponse, ListParticipantsRequest, ListParticipantsResponse,
    ListRoomsRequest, ListRoomsResponse, MuteRoomTrackRequest, MuteRoomTrackResponse, ParticipantInfo,
    RemoveParticipantResponse, RoomParticipantIdentity, SendDataRequest, SendDataResponse, TrackInfo,
    UpdateParticipantRequest, UpdateRoomMetadataRequest, UpdateSubscriptionsRequest, UpdateSubscriptionsResponse,
    data_packet,
};

use super::{Call, TwirpError};
use crate::{
    api::{ParticipantPatch, ServerData, SfuError},
    control::{Command, SfuControl, WantedRoom},
    token::Keys,
    wire,
};

/// Longest room name, and longest metadata, in bytes; LiveKit's values.
const MAX_NAME_LEN: usize = 256;
const MAX_METADATA_LEN: usize = 64 * 1024;

/// Most bytes of one message; data channels carry no more.
const MAX_DATA_LEN: usize = 60_000;

/// Nonces remembered, to drop messages that an SDK sends again.
const MAX_NONCES: usize = 256;

pub(super) struct RoomService<'a> {
    pub(super) control: &'a SfuControl,
    pub(super) keys: &'a Keys,
    pub(super) nonces: &'a Nonces,
}

impl RoomService<'_> {
    pub(super) async fn serve(&self, method: &str, call: Call) -> Result<Response, TwirpError> {
        match method {
            "CreateRoom" => self.create_room(call).await,
            "ListRooms" => self.list_rooms(call).await,
            "DeleteRoom" => self.delete_room(call).await,
            "ListParticipants" => self.list_participants(call).await,
            "GetParticipant" => self.get_participant(call).await,
            "RemoveParticipant" => self.remove_participant(call).await,
            "MutePublishedTrack" => self.mute_published_track(call).await,
            "UpdateParticipant" => self.update_participant(call).await,
            "UpdateSubscriptions" => self.update_subscriptions(call).await,
            "SendData" => self.send_data(call).await,
            "UpdateRoomMetadata" => self.update_room_metadata(call).await,
            "ForwardParticipant" | "MoveParticipant" | "PerformRpc" => {
                Err(TwirpError::new("unimplemented", format!("{method} is not served here")))
            }
            _ => Err(TwirpError::new("bad_route", "no such method")),
        }
    }

    async fn create_room(&self, call: Call) -> Result<Response, TwirpError> {
        granted(call.grants.room_create)?;
        let request: CreateRoomRequest = call.read()?;
        short(&request.name, MAX_NAME_LEN, "name")?;
        short(&request.metadata, MAX_METADATA_LEN, "metadata")?;
        if request.name.is_empty() {
            return Err(TwirpError::new("invalid_argument", "a room needs a name"));
        }
        let wanted = WantedRoom {
            name: request.name,
            metadata: request.metadata,
            empty_timeout: request.empty_timeout,
            departure_timeout: request.departure_timeout,
            max_participants: request.max_participants,
        };
        let room = self.control.ask(|done| Command::CreateRoom { wanted, done }).await?;
        call.write(&room)
    }

    async fn list_rooms(&self, call: Call) -> Result<Response, TwirpError> {
        granted(call.grants.room_list)?;
        let ListRoomsRequest { names, .. } = call.read()?;
        let rooms = self.control.ask(|done| Command::RoomInfos { names, done }).await?;
        call.write(&ListRoomsResponse { rooms })
    }

    async fn delete_room(&self, call: Call) -> Result<Response, TwirpError> {
        granted(call.grants.room_create)?;
        let request: DeleteRoomRequest = call.read()?;
        self.control.end_room(&request.room).await?;
        call.write(&DeleteRoomResponse {})
    }

    async fn list_participants(&self, call: Call) -> Result<Response, TwirpError> {
        let request: ListParticipantsRequest = call.read()?;
        administers(&call, &request.room)?;
        let participants = match self.participants(&request.room).await {
            // A room nobody has made has nobody in it.
            Err(SfuError::NoRoom) => Vec::new(),
            other => other?,
        };
        call.write(&ListParticipantsResponse { participants })
    }

    async fn get_participant(&self, call: Call) -> Result<Response, TwirpError> {
        let request: RoomParticipantIdentity = call.read()?;
        administers(&call, &request.room)?;
        call.write(&self.participant(&request.room, &request.identity).await?)
    }

    async fn remove_participant(&self, call: Call) -> Result<Response, TwirpError> {
        let request: RoomParticipantIdentity = call.read()?;
        administers(&call, &request.room)?;
        self.participant(&request.room, &request.identity).await?;
        self.control.revoke_participant(&request.room, &request.identity).await?;
        // Tokens from before a given second instead of those from before now.
        if let Ok(before) = u64::try_from(request.revoke_token_ts)
            && before > 0
        {
            let until = before - 1;
            self.keys.revocations.revoke(&request.room, &request.identity, until, Instant::now());
        }
        call.write(&RemoveParticipantResponse {})
    }

    async fn mute_published_track(&self, call: Call) -> Result<Response, TwirpError> {
        let request: MuteRoomTrackRequest = call.read()?;
        administers(&call, &request.room)?;
        let MuteRoomTrackRequest { room, identity, track_sid, muted } = request;
        let track = self.track(&room, &identity, &track_sid).await?;
        if !muted && track.muted {
            // Only a mute of the server's can be lifted by it: nobody's microphone is opened from afar.
            let held = self.control.participants(&room).await?;
            let is_held = held.iter().flat_map(|one| &one.tracks).any(|track| track.sid == track_sid && track.held);
            if !is_held {
                return Err(TwirpError::new("failed_precondition", "the track was not muted by the server"));
            }
        }
        self.control.mute_track(&room, &identity, &track_sid, muted).await?;
        let track = self.track(&room, &identity, &track_sid).await?;
        call.write(&MuteRoomTrackResponse { track: Some(track) })
    }

    async fn update_participant(&self, call: Call) -> Result<Response, TwirpError> {
        let request: UpdateParticipantRequest = call.read()?;
        administers(&call, &request.room)?;
        short(&request.name, MAX_NAME_LEN, "name")?;
        let attributes: usize = request.attributes.iter().map(|(name, value)| name.len() + value.len()).sum();
        if request.metadata.len() + attributes > MAX_METADATA_LEN {
            return Err(TwirpError::new("invalid_argument", "metadata and attributes are too long"));
        }
        let not_empty = |text: String| (!text.is_empty()).then_some(text);
        let patch = ParticipantPatch {
            name: not_empty(request.name),
            metadata: not_empty(request.metadata),
            attributes: request.attributes.into_iter().collect(),
            permissions: request.permission.as_ref().map(wire::permissions),
        };
        self.control.update_participant(&request.room, &request.identity, patch).await?;
        call.write(&self.participant(&request.room, &request.identity).await?)
    }

    async fn update_subscriptions(&self, call: Call) -> Result<Response, TwirpError> {
        let request: UpdateSubscriptionsRequest = call.read()?;
        administers(&call, &request.room)?;
        let listed = request.participant_tracks.into_iter().flat_map(|tracks| tracks.track_sids);
        let sids = request.track_sids.into_iter().chain(listed).collect();
        self.control.update_subscriptions(&request.room, &request.identity, sids, request.subscribe).await?;
        call.write(&UpdateSubscriptionsResponse {})
    }

    #[expect(deprecated, reason = "older SDKs name receivers by id")]
    async fn send_data(&self, call: Call) -> Result<Response, TwirpError> {
        let request: SendDataRequest = call.read()?;
        administers(&call, &request.room)?;
        if request.data.len() > MAX_DATA_LEN {
            return Err(TwirpError::new("invalid_argument", "the data are too long"));
        }
        if !self.nonces.is_new(&request.nonce) {
            return call.write(&SendDataResponse {});
        }
        let mut to = request.destination_identities;
        if !request.destination_sids.is_empty() {
            let present = self.participants(&request.room).await?;
            let named = present.into_iter().filter(|one| request.destination_sids.contains(&one.sid));
            to.extend(named.map(|one| one.identity));
            if to.is_empty() {
                // For somebody who is not there, not for everybody.
                return call.write(&SendDataResponse {});
            }
        }
        let reliable = request.kind == i32::from(data_packet::Kind::Reliable);
        let data = ServerData { payload: request.data, topic: request.topic, to, reliable };
        self.control.send_data(&request.room, data).await?;
        call.write(&SendDataResponse {})
    }

    async fn update_room_metadata(&self, call: Call) -> Result<Response, TwirpError> {
        let request: UpdateRoomMetadataRequest = call.read()?;
        administers(&call, &request.room)?;
        short(&request.metadata, MAX_METADATA_LEN, "metadata")?;
        let UpdateRoomMetadataRequest { room, metadata, .. } = request;
        call.write(&self.control.ask(|done| Command::UpdateRoomMetadata { room, metadata, done }).await?)
    }

    async fn participants(&self, room: &str) -> Result<Vec<ParticipantInfo>, SfuError> {
        self.control.ask(|done| Command::ParticipantInfos { room: room.to_owned(), done }).await
    }

    async fn participant(&self, room: &str, identity: &str) -> Result<ParticipantInfo, SfuError> {
        let present = self.participants(room).await?;
        present.into_iter().find(|one| one.identity == identity).ok_or(SfuError::NoParticipant)
    }

    async fn track(&self, room: &str, identity: &str, sid: &str) -> Result<TrackInfo, SfuError> {
        let tracks = self.participant(room, identity).await?.tracks;
        tracks.into_iter().find(|track| track.sid == sid).ok_or(SfuError::NoTrack)
    }
}

fn granted(granted: bool) -> Result<(), TwirpError> {
    // As LiveKit answers: SDKs look for this code.
    if granted { Ok(()) } else { Err(TwirpError::new("unauthenticated", "permissions denied")) }
}

fn administers(call: &Call, room: &str) -> Result<(), TwirpError> {
    granted(call.grants.room_admin && call.grants.room == room)
}

fn short(text: &str, limit: usize, what: &str) -> Result<(), TwirpError> {
    if text.len() <= limit {
        return Ok(());
    }
    Err(TwirpError::new("invalid_argument", format!("{what} is longer than {limit} bytes")))
}

/// What SDKs put on messages so that one sent twice arrives once.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<VecDeque<Vec<u8>>>);

impl Nonces {
    fn is_new(&self, nonce: &[u8]) -> bool {
        if nonce.is_empty() || nonce.len() > MAX_NAME_LEN {
            return true;
        }
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.iter().any(|one| one == nonce) {
            return false;
        }
        seen.push_back(nonce.to_vec());
        if seen.len() > MAX_NONCES {
            seen.pop_front();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_counts_once() {
        let nonces = Nonces::default();
        assert!(nonces.is_new(b"one") && !nonces.is_new(b"one") && nonces.is_new(b"two"));
        assert!(nonces.is_new(b"") && nonces.is_new(b""), "without one every message is new");
        for number in 0..MAX_NONCES {
            assert!(nonces.is_new(format!("n{number}").as_bytes()));
        }
        assert!(nonces.is_new(b"one"), "forgotten");
    }
}
