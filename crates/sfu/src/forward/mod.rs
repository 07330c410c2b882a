//! The rules of forwarding, pure: what to pass on to whom and under which numbers. Time comes in as an argument; no socket,
//! no clock, no WebRTC library.

mod aim;
mod bandwidth;
mod codec;
mod data;
mod dynacast;
mod key_frames;
mod pace;
mod pending;
mod rate;
mod recent;
mod replay;
mod sequence;
mod speakers;
mod video;

pub(crate) use aim::Aim;
pub(crate) use bandwidth::{Allocator, Demand, Importance, desired};
pub(crate) use codec::{Seen, look, str0m_codec, video_codec};
pub(crate) use data::{Addressed, Receivers, address};
pub(crate) use dynacast::Dynacast;
pub(crate) use key_frames::KeyFrameGate;
pub(crate) use pace::Pace;
pub(crate) use pending::{Offered, PendingTracks, Wanted};
pub(crate) use rate::Rate;
pub(crate) use recent::Recent;
pub(crate) use replay::ReliableLog;
pub(crate) use sequence::SequenceMap;
pub(crate) use speakers::{SpeakerChange, Speakers};
pub(crate) use video::{LAYERS, Layer, VideoForwarder, VideoPacket};
