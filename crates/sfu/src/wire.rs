//! Making LiveKit's messages.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use livekit_protocol::{
    ClientInfo, Codec, DataPacket, DisconnectReason, LeaveRequest, ParticipantPermission, ServerInfo, TrackInfo,
    TrackSource as WireSource, TrackType, VideoQuality, client_info::Sdk, data_packet, leave_request::Action,
    participant_info::Kind, server_info::Edition,
};
use rand::Rng;
use visita_protocol::VideoCodec;

use crate::{
    api::{LeftReason, Permissions, TrackDescription, TrackKind, TrackSource},
    forward::Layer,
};

/// Signal protocol spoken: the newest that needs nothing beyond two peer connections.
pub(crate) const PROTOCOL: i32 = 17;

/// The LiveKit server version this one answers like. Clients gate features on it and refuse an empty one.
pub(crate) const SERVER_VERSION: &str = "1.13.5";

/// Clients give the signalling up when no pong comes for so long.
pub(crate) const PING_TIMEOUT: Duration = Duration::from_secs(15);

/// How often clients ping.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(5);

/// Payload formats that are forwarded, as LiveKit names them.
pub(crate) const MIME_OPUS: &str = "audio/opus";

const ID_ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const ID_LEN: usize = 12;

/// A new id such as `PA_` with 12 random characters.
pub(crate) fn new_id(prefix: &str) -> String {
    let mut random = rand::rng();
    let mut id = prefix.to_owned();
    id.extend((0..ID_LEN).map(|_| char::from(ID_ALPHABET[random.random_range(0..ID_ALPHABET.len())])));
    id
}

/// A new track id: `TR_`, a letter for the kind, a letter for the source.
pub(crate) fn new_track_id(kind: TrackKind, source: TrackSource) -> String {
    let prefix = match (kind, source) {
        (TrackKind::Audio, TrackSource::Microphone) => "TR_AM",
        (TrackKind::Audio, TrackSource::ScreenShareAudio) => "TR_As",
        (TrackKind::Audio, _) => "TR_A",
        (TrackKind::Video, TrackSource::Camera) => "TR_VC",
        (TrackKind::Video, TrackSource::ScreenShare) => "TR_VS",
        (TrackKind::Video, _) => "TR_V",
    };
    new_id(prefix)
}

/// Unix time in milliseconds.
pub(crate) fn unix_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn server_info() -> ServerInfo {
    ServerInfo {
        edition: Edition::Standard.into(),
        version: SERVER_VERSION.to_owned(),
        protocol: PROTOCOL,
        node_id: "visita".to_owned(),
        ..Default::default()
    }
}

pub(crate) fn publish_codecs() -> Vec<Codec> {
    [MIME_OPUS, VideoCodec::Vp8.mime(), VideoCodec::H264.mime(), VideoCodec::Vp9.mime()]
        .map(|mime| Codec { mime: mime.to_owned(), ..Default::default() })
        .into()
}

pub(crate) fn permission(permissions: &Permissions, kind: Kind) -> ParticipantPermission {
    #[expect(deprecated, reason = "older clients read them")]
    ParticipantPermission {
        can_subscribe: permissions.subscribe,
        can_publish: permissions.publish,
        can_publish_data: permissions.publish_data,
        can_publish_sources: permissions
            .publish_sources
            .iter()
            .map(|&source| WireSource::from(source).into())
            .collect(),
        hidden: permissions.hidden,
        recorder: permissions.recorder,
        can_update_metadata: permissions.update_own_metadata,
        agent: kind == Kind::Agent,
        ..Default::default()
    }
}

/// What the wire's form of permissions means.
#[expect(deprecated, reason = "recorders are marked there")]
pub(crate) fn permissions(permission: &ParticipantPermission) -> Permissions {
    let sources = permission.can_publish_sources.iter();
    let sources = sources.filter_map(|&source| WireSource::try_from(source).ok()).map(TrackSource::from);
    Permissions {
        publish: permission.can_publish,
        subscribe: permission.can_subscribe,
        publish_data: permission.can_publish_data,
        publish_sources: sources.collect(),
        update_own_metadata: permission.can_update_metadata,
        hidden: permission.hidden,
        recorder: permission.recorder,
    }
}

/// An empty packet as a channel's packets say of themselves which it is, for clients that read it there.
#[expect(deprecated, reason = "older clients read the kind in the packet")]
pub(crate) fn data_packet(reliable: bool) -> DataPacket {
    let kind = if reliable { data_packet::Kind::Reliable } else { data_packet::Kind::Lossy };
    DataPacket { kind: kind.into(), ..Default::default() }
}

pub(crate) fn kind_by_name(name: &str) -> Kind {
    Kind::from_str_name(&name.to_ascii_uppercase()).unwrap_or(Kind::Standard)
}

pub(crate) fn sdk_by_name(name: &str) -> Sdk {
    Sdk::from_str_name(&name.to_ascii_uppercase()).unwrap_or(Sdk::Unknown)
}

/// Whether a client is built on LiveKit's Rust SDK.
pub(crate) fn is_native(client: &ClientInfo) -> bool {
    let native = [Sdk::Rust, Sdk::Python, Sdk::Node, Sdk::Cpp, Sdk::Unity, Sdk::Unreal, Sdk::Dotnet];
    Sdk::try_from(client.sdk).is_ok_and(|sdk| native.contains(&sdk))
}

pub(crate) fn leave(reason: LeftReason) -> LeaveRequest {
    let (reason, action) = match reason {
        LeftReason::Left => (DisconnectReason::ClientInitiated, Action::Disconnect),
        LeftReason::ConnectionLost | LeftReason::Failed => (DisconnectReason::StateMismatch, Action::Reconnect),
        LeftReason::DuplicateIdentity => (DisconnectReason::DuplicateIdentity, Action::Disconnect),
        LeftReason::Removed => (DisconnectReason::ParticipantRemoved, Action::Disconnect),
        LeftReason::RoomEnded => (DisconnectReason::RoomDeleted, Action::Disconnect),
        LeftReason::Stopping => (DisconnectReason::ServerShutdown, Action::Reconnect),
    };
    LeaveRequest {
        can_reconnect: action == Action::Reconnect,
        reason: reason.into(),
        action: action.into(),
        ..Default::default()
    }
}

/// The reason the others are told.
pub(crate) fn disconnect_reason(reason: LeftReason) -> DisconnectReason {
    match reason {
        LeftReason::Left => DisconnectReason::ClientInitiated,
        LeftReason::ConnectionLost => DisconnectReason::ConnectionTimeout,
        LeftReason::DuplicateIdentity => DisconnectReason::DuplicateIdentity,
        LeftReason::Removed => DisconnectReason::ParticipantRemoved,
        LeftReason::RoomEnded => DisconnectReason::RoomDeleted,
        LeftReason::Stopping => DisconnectReason::ServerShutdown,
        LeftReason::Failed => DisconnectReason::MediaFailure,
    }
}

pub(crate) fn describe(info: &TrackInfo) -> TrackDescription {
    TrackDescription {
        sid: info.sid.clone(),
        name: info.name.clone(),
        kind: if info.r#type == i32::from(TrackType::Audio) { TrackKind::Audio } else { TrackKind::Video },
        source: TrackSource::from(WireSource::try_from(info.source).unwrap_or(WireSource::Unknown)),
        muted: info.muted,
        held: false,
    }
}

/// The best layer for a subscriber's wish: by the size of its tile where it says one, else by the quality's name.
#[expect(deprecated, reason = "clients describe layers there")]
pub(crate) fn layer_for(info: &TrackInfo, quality: i32, width: u32, height: u32) -> Layer {
    let by_quality = |quality: i32| match VideoQuality::try_from(quality) {
        Ok(VideoQuality::Low) => Layer::LOW,
        Ok(VideoQuality::Medium) => Layer::from_index(1).unwrap_or(Layer::HIGH),
        _ => Layer::HIGH,
    };
    if width == 0 || height == 0 {
        return by_quality(quality);
    }
    // The smallest layer that covers the tile in either dimension; a picture of another shape is fitted into it.
    info.layers
        .iter()
        .filter(|layer| layer.width >= width || layer.height >= height)
        .min_by_key(|layer| u64::from(layer.width) * u64::from(layer.height))
        .map_or(Layer::HIGH, |layer| by_quality(layer.quality))
}

impl From<TrackSource> for WireSource {
    fn from(source: TrackSource) -> Self {
        match source {
            TrackSource::Unknown => Self::Unknown,
            TrackSource::Camera => Self::Camera,
            TrackSource::Microphone => Self::Microphone,
            TrackSource::ScreenShare => Self::ScreenShare,
            TrackSource::ScreenShareAudio => Self::ScreenShareAudio,
        }
    }
}

impl From<WireSource> for TrackSource {
    fn from(source: WireSource) -> Self {
        match source {
            WireSource::Unknown => Self::Unknown,
            WireSource::Camera => Self::Camera,
            WireSource::Microphone => Self::Microphone,
            WireSource::ScreenShare => Self::ScreenShare,
            WireSource::ScreenShareAudio => Self::ScreenShareAudio,
        }
    }
}

/// Puts changes into attributes; an empty value deletes.
pub(crate) fn merge_attributes(attributes: &mut HashMap<String, String>, changes: HashMap<String, String>) {
    for (name, value) in changes {
        if value.is_empty() {
            attributes.remove(&name);
        } else {
            attributes.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use livekit_protocol::VideoLayer;

    use super::*;

    #[test]
    #[expect(deprecated, reason = "clients describe layers there")]
    fn a_tile_gets_the_smallest_layer_that_covers_it() {
        let layer = |quality: VideoQuality, width, height| VideoLayer {
            quality: quality.into(),
            width,
            height,
            ..Default::default()
        };
        let info = TrackInfo {
            layers: vec![
                layer(VideoQuality::High, 1280, 720),
                layer(VideoQuality::Low, 320, 180),
                layer(VideoQuality::Medium, 640, 360),
            ],
            ..Default::default()
        };
        let high = i32::from(VideoQuality::High);
        assert_eq!(layer_for(&info, high, 200, 112), Layer::LOW);
        assert_eq!(layer_for(&info, high, 321, 300).index(), 1);
        assert_eq!(layer_for(&info, high, 4000, 3000), Layer::HIGH);
        assert_eq!(layer_for(&info, VideoQuality::Low.into(), 0, 0), Layer::LOW);
    }

    #[test]
    fn ids_look_like_livekits() {
        let id = new_track_id(TrackKind::Video, TrackSource::Camera);
        assert!(id.starts_with("TR_VC") && id.len() == 5 + ID_LEN);
    }

    #[test]
    fn an_empty_attribute_is_deleted() {
        let mut attributes = HashMap::from([("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
        merge_attributes(
            &mut attributes,
            HashMap::from([("a".to_owned(), String::new()), ("c".to_owned(), "3".to_owned())]),
        );
        assert_eq!(attributes, HashMap::from([("b".to_owned(), "2".to_owned()), ("c".to_owned(), "3".to_owned())]));
    }
}
