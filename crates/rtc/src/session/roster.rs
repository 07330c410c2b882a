//! Who is in the room with what: the server's updates in, changes out. Pure.

use std::collections::{BTreeMap, HashSet};

use livekit_protocol as proto;
use visita_protocol::PixelSize;

use crate::{MediaKind, RemoteParticipant, RemoteTrack, Source};

/// A change of the roster.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    Joined(RemoteParticipant),
    Updated(RemoteParticipant),
    Left { identity: String },
    Published { identity: String, track: RemoteTrack },
    Muted { identity: String, sid: String, muted: bool },
    Unpublished { identity: String, sid: String },
}

#[derive(Debug)]
struct Entry {
    participant: RemoteParticipant,
    version: u32,
    tracks: BTreeMap<String, RemoteTrack>,
}

/// Everybody but ourselves, by identity.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    own_identity: String,
    entries: BTreeMap<String, Entry>,
}

impl Roster {
    /// An empty room, seen by `own_identity`.
    pub(crate) fn new(own_identity: String) -> Self {
        Self { own_identity, entries: BTreeMap::new() }
    }

    /// Takes an update of some participants.
    pub(crate) fn update(&mut self, infos: &[proto::ParticipantInfo]) -> Vec<Change> {
        let mut changes = Vec::new();
        for info in infos {
            if info.identity != self.own_identity && !info.identity.is_empty() {
                self.update_one(info, &mut changes);
            }
        }
        changes
    }

    /// Takes the list of everybody there: who is not in it left meanwhile.
    pub(crate) fn replace(&mut self, infos: &[proto::ParticipantInfo]) -> Vec<Change> {
        let present: HashSet<&str> = infos.iter().map(|info| info.identity.as_str()).collect();
        let absent: Vec<String> =
            self.entries.keys().filter(|identity| !present.contains(identity.as_str())).cloned().collect();
        let mut changes = Vec::new();
        for identity in absent {
            self.remove(&identity, &mut changes);
        }
        changes.extend(self.update(infos));
        changes
    }

    fn update_one(&mut self, info: &proto::ParticipantInfo, changes: &mut Vec<Change>) {
        let gone = info.state() == proto::participant_info::State::Disconnected;
        if let Some(entry) = self.entries.get(&info.identity) {
            let same_presence = entry.participant.sid == info.sid;
            if gone && !same_presence {
                // The goodbye of an earlier presence, overtaken by the new one.
                return;
            }
            if same_presence && !gone && info.version != 0 && info.version < entry.version {
                return;
            }
            if gone || !same_presence {
                self.remove(&info.identity, changes);
            }
        }
        if gone {
            return;
        }
        let participant = RemoteParticipant {
            sid: info.sid.clone(),
            identity: info.identity.clone(),
            name: info.name.clone(),
            attributes: info.attributes.clone(),
        };
        match self.entries.get_mut(&info.identity) {
            None => {
                changes.push(Change::Joined(participant.clone()));
                let entry = Entry { participant, version: info.version, tracks: BTreeMap::new() };
                self.entries.insert(info.identity.clone(), entry);
            }
            Some(entry) => {
                entry.version = info.version;
                if entry.participant != participant {
                    changes.push(Change::Updated(participant.clone()));
                    entry.participant = participant;
                }
            }
        }
        self.update_tracks(info, changes);
    }

    fn update_tracks(&mut self, info: &proto::ParticipantInfo, changes: &mut Vec<Change>) {
        let Some(entry) = self.entries.get_mut(&info.identity) else { return };
        let identity = &info.identity;
        let now: BTreeMap<String, RemoteTrack> =
            info.tracks.iter().filter_map(remote_track).map(|track| (track.sid.clone(), track)).collect();
        for sid in entry.tracks.keys().filter(|sid| !now.contains_key(*sid)) {
            changes.push(Change::Unpublished { identity: identity.clone(), sid: sid.clone() });
        }
        for (sid, track) in &now {
            match entry.tracks.get(sid) {
                None => changes.push(Change::Published { identity: identity.clone(), track: track.clone() }),
                Some(before) if before.muted != track.muted => {
                    changes.push(Change::Muted { identity: identity.clone(), sid: sid.clone(), muted: track.muted });
                }
                Some(_) => {}
            }
        }
        entry.tracks = now;
    }

    fn remove(&mut self, identity: &str, changes: &mut Vec<Change>) {
        let Some(entry) = self.entries.remove(identity) else { return };
        for sid in entry.tracks.into_keys() {
            changes.push(Change::Unpublished { identity: identity.to_owned(), sid });
        }
        changes.push(Change::Left { identity: identity.to_owned() });
    }

    /// Whose presence this is.
    pub(crate) fn identity_of(&self, participant_sid: &str) -> Option<&str> {
        self.entries
            .values()
            .find(|entry| entry.participant.sid == participant_sid)
            .map(|entry| entry.participant.identity.as_str())
    }

    /// A published track and whose it is.
    pub(crate) fn track(&self, sid: &str) -> Option<(&str, &RemoteTrack)> {
        self.entries
            .values()
            .find_map(|entry| entry.tracks.get(sid).map(|track| (entry.participant.identity.as_str(), track)))
    }
}

fn remote_track(info: &proto::TrackInfo) -> Option<RemoteTrack> {
    let kind = match info.r#type() {
        proto::TrackType::Audio => MediaKind::Audio,
        proto::TrackType::Video => MediaKind::Video,
        proto::TrackType::Data => return None,
    };
    let source = match (info.source(), kind) {
        (proto::TrackSource::ScreenShare, _) => Source::ScreenShare,
        (proto::TrackSource::ScreenShareAudio, _) => Source::ScreenShareAudio,
        (_, MediaKind::Video) => Source::Camera,
        (_, MediaKind::Audio) => Source::Microphone,
    };
    let size = (info.width > 0 && info.height > 0).then(|| PixelSize::new(info.width, info.height));
    Some(RemoteTrack { sid: info.sid.clone(), source, kind, muted: info.muted, size, mime: info.mime_type.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(sid: &str, version: u32, tracks: &[(&str, bool)]) -> proto::ParticipantInfo {
        proto::ParticipantInfo {
            sid: sid.to_owned(),
            identity: "ada".to_owned(),
            state: proto::participant_info::State::Active as i32,
            version,
            tracks: tracks
                .iter()
                .map(|(sid, muted)| proto::TrackInfo {
                    sid: (*sid).to_owned(),
                    muted: *muted,
                    r#type: proto::TrackType::Video as i32,
                    ..proto::TrackInfo::default()
                })
                .collect(),
            ..proto::ParticipantInfo::default()
        }
    }

    fn names(changes: &[Change]) -> Vec<String> {
        changes
            .iter()
            .map(|change| match change {
                Change::Joined(p) => format!("joined {}", p.sid),
                Change::Updated(p) => format!("updated {}", p.name),
                Change::Left { .. } => "left".to_owned(),
                Change::Published { track, .. } => format!("published {}", track.sid),
                Change::Muted { sid, muted, .. } => format!("muted {sid} {muted}"),
                Change::Unpublished { sid, .. } => format!("unpublished {sid}"),
            })
            .collect()
    }

    #[test]
    fn a_stay_is_told_in_order() {
        let mut roster = Roster::new("me".to_owned());
        assert_eq!(names(&roster.update(&[info("PA_1", 1, &[])])), ["joined PA_1"]);
        assert_eq!(names(&roster.update(&[info("PA_1", 2, &[("TR_1", false)])])), ["published TR_1"]);
        assert_eq!(names(&roster.update(&[info("PA_1", 3, &[("TR_1", true)])])), ["muted TR_1 true"]);
        assert_eq!(roster.track("TR_1").map(|(identity, track)| (identity, track.muted)), Some(("ada", true)));
        let renamed = proto::ParticipantInfo { name: "Ada".to_owned(), ..info("PA_1", 4, &[("TR_1", true)]) };
        assert_eq!(names(&roster.update(&[renamed])), ["updated Ada"]);
        let gone = proto::ParticipantInfo {
            state: proto::participant_info::State::Disconnected as i32,
            ..info("PA_1", 5, &[])
        };
        assert_eq!(names(&roster.update(std::slice::from_ref(&gone))), ["unpublished TR_1", "left"]);
        assert!(roster.update(&[gone]).is_empty());
    }

    #[test]
    fn what_comes_late_changes_nothing() {
        let mut roster = Roster::new("me".to_owned());
        roster.update(&[info("PA_1", 5, &[("TR_1", false)])]);
        assert!(roster.update(&[info("PA_1", 4, &[])]).is_empty());
    }

    #[test]
    fn a_new_presence_replaces_the_old_whichever_is_told_first() {
        let mut roster = Roster::new("me".to_owned());
        roster.update(&[info("PA_1", 5, &[("TR_1", false)])]);
        assert_eq!(names(&roster.update(&[info("PA_2", 1, &[])])), ["unpublished TR_1", "left", "joined PA_2"]);
        let old_goodbye = proto::ParticipantInfo {
            state: proto::participant_info::State::Disconnected as i32,
            ..info("PA_1", 6, &[])
        };
        assert!(roster.update(&[old_goodbye]).is_empty());
        assert_eq!(roster.identity_of("PA_2"), Some("ada"));
    }

    #[test]
    fn one_does_not_meet_oneself() {
        let mut roster = Roster::new("ada".to_owned());
        assert!(roster.update(&[info("PA_1", 1, &[])]).is_empty());
    }

    #[test]
    fn who_is_missing_from_the_whole_list_left() {
        let mut roster = Roster::new("me".to_owned());
        roster.update(&[info("PA_1", 1, &[("TR_1", false)])]);
        assert_eq!(names(&roster.replace(&[])), ["unpublished TR_1", "left"]);
    }
}
