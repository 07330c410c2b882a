//! Who is in the room, put together from the two things that know: the room channel (seats, names, admins) and the media
//! server (who is connected and what they send). A plain LiveKit client is known to the media server only.

use std::collections::BTreeMap;

use visita_protocol::{
    ParticipantId, PixelSize, Tools,
    channel::ParticipantState,
    view::{PersonView, StreamSource, StreamView},
};
use visita_rtc::{RemoteTrack, Source};

/// A track that somebody else publishes.
#[derive(Clone, Debug)]
struct Track {
    source: Source,
    muted: bool,
    size: Option<PixelSize>,
    /// Stream id on the frame wire, once it arrives.
    stream: Option<u32>,
}

/// What a stream shows.
pub(crate) struct Shown {
    pub(crate) of: ParticipantId,
    /// What they are called.
    pub(crate) name: String,
    /// Camera or screen.
    pub(crate) source: Source,
    /// As large as it is published.
    pub(crate) size: Option<PixelSize>,
}

#[derive(Clone, Debug, Default)]
struct Person {
    /// In the order of their coming.
    order: u64,
    seat: Option<ParticipantState>,
    /// Name as the media server has it, while connected there.
    media_name: Option<String>,
    tracks: BTreeMap<String, Track>,
    speaking: bool,
    quality: Option<u8>,
}

impl Person {
    fn is_gone(&self) -> bool {
        self.seat.is_none() && self.media_name.is_none()
    }

    fn name(&self) -> Option<&str> {
        self.seat.as_ref().map(|seat| seat.display_name.as_str()).or(self.media_name.as_deref())
    }
}

/// Everybody else.
#[derive(Debug, Default)]
pub(crate) struct People {
    me: String,
    known: BTreeMap<String, Person>,
    /// What those were called who had a seat and are gone.
    gone: BTreeMap<String, String>,
    next: u64,
}

impl People {
    /// Tells which of all I am.
    pub(crate) fn set_me(&mut self, me: &str) {
        self.me = me.to_owned();
        self.known.remove(me);
    }

    /// Somebody's seat, while they have one.
    pub(crate) fn seat_mut(&mut self, identity: &str) -> Option<&mut ParticipantState> {
        self.known.get_mut(identity)?.seat.as_mut()
    }

    /// Somebody's name.
    pub(crate) fn name_of(&self, identity: &str) -> Option<String> {
        self.known.get(identity)?.name().map(str::to_owned)
    }

    /// Somebody's name, or what they were called when they left.
    pub(crate) fn last_name_of(&self, identity: &str) -> Option<String> {
        self.name_of(identity).or_else(|| self.gone.get(identity).cloned())
    }

    /// Everybody with a seat, and their names.
    pub(crate) fn seated(&self) -> impl Iterator<Item = (ParticipantId, String)> {
        let seats = self.known.values().filter_map(|person| person.seat.as_ref());
        seats.map(|seat| (seat.participant_id.clone(), seat.display_name.clone()))
    }

    /// Whose stream it is, what they are called, and as how large it is published.
    pub(crate) fn of_stream(&self, stream: u32) -> Option<Shown> {
        self.known.iter().find_map(|(identity, person)| {
            let track = person.tracks.values().find(|track| track.stream == Some(stream))?;
            let (source, size) = (track.source, track.size);
            Some(Shown { of: participant_id(identity), name: person.name()?.to_owned(), source, size })
        })
    }

    /// Those who read the chat.
    pub(crate) fn with_chat(&self) -> impl Iterator<Item = &ParticipantId> {
        let seats = self.known.values().filter_map(|person| person.seat.as_ref());
        seats.filter(|seat| seat.tools.chat).map(|seat| &seat.participant_id)
    }

    fn entry(&mut self, identity: &str) -> &mut Person {
        let next = &mut self.next;
        self.known.entry(identity.to_owned()).or_insert_with(|| {
            *next += 1;
            Person { order: *next, ..Person::default() }
        })
    }

    fn forget_if_gone(&mut self, identity: &str) {
        if self.known.get(identity).is_some_and(Person::is_gone) {
            self.known.remove(identity);
        }
    }

    /// The room channel's whole list; answers the names that are new.
    pub(crate) fn seats(&mut self, seats: Vec<ParticipantState>) {
        let present: Vec<String> = seats.iter().map(|s| s.participant_id.to_string()).collect();
        for seat in seats {
            self.seat_joined(seat);
        }
        let away: Vec<String> = self.known.keys().filter(|id| !present.contains(id)).cloned().collect();
        for identity in away {
            self.seat_left(&identity);
        }
    }

    /// Somebody sat down. True when they were not here before.
    pub(crate) fn seat_joined(&mut self, seat: ParticipantState) -> bool {
        let identity = seat.participant_id.to_string();
        if identity == self.me {
            return false;
        }
        let new = !self.known.contains_key(&identity);
        self.entry(&identity).seat = Some(seat);
        new
    }

    /// Somebody stood up; answers their name if they are gone altogether.
    pub(crate) fn seat_left(&mut self, identity: &str) -> Option<String> {
        let person = self.known.get_mut(identity)?;
        let name = person.seat.take().map(|s| s.display_name);
        if let Some(name) = &name {
            self.gone.insert(identity.to_owned(), name.clone());
        }
        self.forget_if_gone(identity);
        name.filter(|_| !self.known.contains_key(identity))
    }

    pub(crate) fn media_joined(&mut self, identity: &str, name: &str) -> bool {
        if identity == self.me {
            return false;
        }
        let new = !self.known.contains_key(identity);
        let name = if name.is_empty() { identity } else { name };
        self.entry(identity).media_name = Some(name.to_owned());
        new
    }

    /// Somebody's media connection ended; answers their name if they are gone altogether.
    pub(crate) fn media_left(&mut self, identity: &str) -> Option<String> {
        let person = self.known.get_mut(identity)?;
        let name = person.media_name.take();
        person.tracks.clear();
        person.speaking = false;
        self.forget_if_gone(identity);
        name.filter(|_| !self.known.contains_key(identity))
    }

    /// The media connection was made anew: what the server tells next is the whole truth.
    pub(crate) fn media_reset(&mut self) {
        let all: Vec<String> = self.known.keys().cloned().collect();
        for identity in all {
            self.media_left(&identity);
        }
    }

    pub(crate) fn track(&mut self, identity: &str, track: &RemoteTrack) {
        let stream = self.known.get(identity).and_then(|p| p.tracks.get(&track.sid)).and_then(|t| t.stream);
        let known = Track { source: track.source, muted: track.muted, size: track.size, stream };
        if identity != self.me {
            self.entry(identity).tracks.insert(track.sid.clone(), known);
        }
    }

    pub(crate) fn track_muted(&mut self, identity: &str, sid: &str, muted: bool) {
        if let Some(track) = self.known.get_mut(identity).and_then(|p| p.tracks.get_mut(sid)) {
            track.muted = muted;
        }
    }

    pub(crate) fn track_gone(&mut self, identity: &str, sid: &str) {
        if let Some(person) = self.known.get_mut(identity) {
            person.tracks.remove(sid);
        }
    }

    pub(crate) fn stream(&mut self, identity: &str, sid: &str, stream: Option<u32>) {
        if let Some(track) = self.known.get_mut(identity).and_then(|p| p.tracks.get_mut(sid)) {
            track.stream = stream;
        }
    }

    pub(crate) fn speaking(&mut self, identity: &str, speaking: bool) {
        if let Some(person) = self.known.get_mut(identity) {
            person.speaking = speaking;
        }
    }

    pub(crate) fn quality(&mut self, identity: &str, quality: u8) {
        if let Some(person) = self.known.get_mut(identity) {
            person.quality = Some(quality);
        }
    }

    /// What the page draws, in the order of their coming.
    pub(crate) fn view(&self) -> Vec<PersonView> {
        let mut people: Vec<_> = self.known.iter().collect();
        people.sort_by_key(|(_, person)| person.order);
        people.into_iter().filter_map(|(identity, person)| person_view(identity, person)).collect()
    }
}

fn person_view(identity: &str, person: &Person) -> Option<PersonView> {
    let on = |source: Source| person.tracks.values().any(|t| t.source == source && !t.muted);
    let display_name = person.name()?.to_owned();
    let seat = person.seat.as_ref();
    let streams = person
        .tracks
        .values()
        .filter(|t| !t.muted)
        .filter_map(|t| {
            let source = match t.source {
                Source::Camera => StreamSource::Camera,
                Source::ScreenShare => StreamSource::Screen,
                Source::Microphone | Source::ScreenShareAudio => return None,
            };
            Some(StreamView { stream_id: t.stream?, source, size: t.size.unwrap_or_default() })
        })
        .collect();
    Some(PersonView {
        // An identity of a foreign client may hold any text; the page only needs it to be stable.
        participant_id: participant_id(identity),
        display_name,
        is_admin: seat.is_some_and(|s| s.is_admin),
        microphone: on(Source::Microphone),
        camera: on(Source::Camera),
        speaking: person.speaking,
        quality: person.quality.unwrap_or(5),
        streams,
        muted_by_admin: seat.map(|s| s.muted_by_admin).unwrap_or_default(),
        tools: seat.map_or(Tools::ALL, |s| s.tools),
        role: seat.map(|s| s.role).unwrap_or_default(),
        hand: seat.and_then(|s| s.hand),
    })
}

/// An identity as a participant id; characters an id may not have become `_`.
pub(crate) fn participant_id(identity: &str) -> ParticipantId {
    identity.parse().unwrap_or_else(|_| {
        let mut clean: String = identity
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .take(visita_protocol::ids::MAX_ID_LEN)
            .collect();
        if clean.is_empty() {
            clean.push('_');
        }
        ParticipantId::try_from(clean).unwrap_or_else(|_| unreachable!("only accepted characters are left"))
    })
}

#[cfg(test)]
mod tests {
    use visita_protocol::channel::MediaState;

    use super::*;

    fn seat(id: &str, name: &str) -> ParticipantState {
        ParticipantState {
            participant_id: participant_id(id),
            display_name: name.into(),
            is_admin: false,
            media: MediaState::default(),
            muted_by_admin: Default::default(),
            tools: Tools::ALL,
            role: Default::default(),
            hand: None,
        }
    }

    fn me() -> People {
        let mut people = People::default();
        people.set_me("me");
        people
    }

    #[test]
    fn somebody_is_gone_when_neither_channel_nor_media_has_them() {
        let mut people = me();
        assert!(people.seat_joined(seat("a", "Anna")));
        assert!(!people.media_joined("a", "Anna"));
        assert_eq!(people.media_left("a"), None);
        assert_eq!(people.view().len(), 1);
        assert_eq!(people.seat_left("a"), Some("Anna".into()));
        assert!(people.view().is_empty());
        assert_eq!((people.name_of("a"), people.last_name_of("a")), (None, Some("Anna".into())));
    }

    #[test]
    fn a_plain_livekit_client_is_a_person_too() {
        let mut people = me();
        assert!(people.media_joined("py thon/1", ""));
        let view = people.view();
        assert_eq!(view[0].display_name, "py thon/1");
        assert_eq!(view[0].participant_id.as_str(), "py_thon_1");
    }

    #[test]
    fn i_am_not_one_of_the_others() {
        let mut people = me();
        people.seats(vec![seat("me", "Me"), seat("b", "Bob")]);
        people.media_joined("me", "Me");
        assert_eq!(people.view().len(), 1);
        people.seats(vec![seat("me", "Me")]);
        assert!(people.view().is_empty());
    }
}
