//! One's own rooms: the list, making one, its links. What a server does not store (what a room is for) is kept on this
//! computer.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Host;
use visita_protocol::{
    ErrorCode, ParticipantId, Problem, RoomId, UserId,
    desktop::{MadeRoomView, NewRoomView, Preset, Reach, RoomCardView, RoomDraft, RoomsView, SeatDraft, SeatLinkView},
    link::RoomLink,
    rest::{AddParticipant, CreateParticipant, CreateRoom, Participant, Role, Room, RoomKind, RoomStatus, UserUrl},
};

use super::{App, Home, Internal, Screen, command::RoomsAction};
use crate::server::{self, Api};

/// Seats that a room with a link for each may have; larger ones are open.
const MOST_SEATED: usize = 25;
/// How long before the start of a visit people may come in, in seconds.
const EARLY: u32 = 900;
/// Rooms whose seats are looked at for the list.
const LOOKED_AT: usize = 30;
/// Users made for a seat begin with this.
const SEAT: &str = "seat-";

/// A room as the server tells it.
pub(super) struct Card {
    home: Home,
    room: Room,
    /// Only of rooms that are one's own.
    participants: Vec<Participant>,
}

/// A room that was made just now.
pub(super) struct Made {
    home: Home,
    room: Room,
    preset: Preset,
}

/// A way to one's rooms on one server.
#[derive(Clone)]
pub(super) struct Rooms {
    pub(super) home: Home,
    /// As somebody signed in.
    pub(super) me: Api,
    pub(super) my_id: UserId,
    /// As the back end, where that is this app.
    pub(super) backend: Option<Api>,
}

/// What only this computer knows of rooms.
#[derive(Default, Serialize, Deserialize)]
struct Entry {
    preset: Preset,
}

/// The entries and their file.
pub(super) struct Book {
    file: PathBuf,
    entries: BTreeMap<RoomId, Entry>,
}

impl Book {
    pub(super) fn open(folder: &Path) -> Self {
        let file = folder.join("rooms.json");
        let entries = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Self { file, entries: entries.unwrap_or_default() }
    }

    fn change(&mut self, change: impl FnOnce(&mut BTreeMap<RoomId, Entry>)) {
        change(&mut self.entries);
        let new = self.file.with_extension("json.new");
        let written = serde_json::to_vec(&self.entries)
            .map_err(std::io::Error::from)
            .and_then(|bytes| std::fs::write(&new, bytes))
            .and_then(|()| std::fs::rename(&new, &self.file));
        if let Err(error) = written {
            tracing::warn!(%error, "what rooms are for is not kept");
        }
    }
}

impl App {
    /// The servers with rooms of one's own; the one that new rooms are made on first.
    pub(super) fn rooms_on(&self) -> Vec<Rooms> {
        let account = self.account.rooms();
        let computer = self.built_in.as_ref().map(|built_in| Rooms {
            home: Home::Computer,
            me: built_in.host.clone(),
            my_id: built_in.host_id.clone(),
            backend: Some(built_in.backend.clone()),
        });
        account.into_iter().chain(computer).collect()
    }

    /// The server that has this room.
    fn rooms_of(&self, room: &RoomId) -> Option<Rooms> {
        let home = self.room_homes.get(room).copied();
        let mut all = self.rooms_on();
        let at = all.iter().position(|rooms| Some(rooms.home) == home).unwrap_or(0);
        (at < all.len()).then(|| all.swap_remove(at))
    }

    pub(super) fn rooms(&mut self, action: RoomsAction) {
        match action {
            RoomsAction::Refresh => self.refresh_rooms(),
            RoomsAction::Create { draft } => self.create_room(draft),
            RoomsAction::ShowLinks { room } => self.show_links(room),
            RoomsAction::RenewLink { room, participant } => self.renew_link(room, participant),
            RoomsAction::CloseNewRoom => {
                self.new_room_turn += 1;
                self.new_room = None;
            }
            RoomsAction::Enter { room } => self.enter_room(room),
            RoomsAction::Remove { room } => self.remove_room(room),
        }
    }

    pub(super) fn refresh_rooms(&mut self) {
        if self.rooms_asked {
            return;
        }
        let all = self.rooms_on();
        if all.is_empty() {
            return;
        }
        self.rooms_asked = true;
        let internal = self.internal.clone();
        tokio::spawn(async move {
            let mut cards = Vec::new();
            let mut refused = None;
            for rooms in all {
                match list(&rooms).await {
                    Ok(some) => cards.extend(some),
                    Err(problem) => refused = Some(problem),
                }
            }
            // One server's rooms are shown also while another does not answer.
            let answer = if let (true, Some(problem)) = (cards.is_empty(), refused) { Err(problem) } else { Ok(cards) };
            let _ = internal.send(Internal::Rooms(answer));
        });
    }

    pub(super) fn rooms_listed(&mut self, answer: Result<Vec<Card>, Problem>) {
        self.rooms_asked = false;
        self.rooms_view = match answer {
            Ok(cards) => {
                self.room_homes.extend(cards.iter().map(|card| (card.room.room_id.clone(), card.home)));
                RoomsView::Ready { rooms: cards.iter().map(|card| self.card(card)).collect() }
            }
            Err(problem) => RoomsView::Failed { problem },
        };
    }

    fn card(&self, card: &Card) -> RoomCardView {
        let Card { room, participants, .. } = card;
        let my_id = self.my_id(card.home);
        let others = room.user_urls.iter().filter(|seat| Some(&seat.user_id) != my_id.as_ref());
        let there = |seat: &UserUrl| participants.iter().find(|p| p.seat.participant_id == seat.participant_id);
        let name = |seat: &UserUrl| {
            let said = there(seat).and_then(|participant| participant.seat.display_name.clone());
            given_name(seat).or(said)
        };
        let count = |counts: fn(&Participant) -> bool| {
            u32::try_from(participants.iter().filter(|p| counts(p)).count()).unwrap_or(u32::MAX)
        };
        RoomCardView {
            room_id: room.room_id.clone(),
            title: room.description.clone(),
            preset: self.book.entries.get(&room.room_id).map(|entry| entry.preset).unwrap_or_default(),
            people: others.filter_map(name).collect(),
            starts_at: room.starts_at.as_deref().and_then(unix),
            ends_at: room.ends_at.as_deref().and_then(unix),
            people_in: count(|p| p.connected),
            waiting: count(|p| p.waits),
        }
    }

    /// Who one is on the server that has that room.
    pub(super) fn my_id_in(&self, room: &RoomId) -> Option<UserId> {
        self.my_id(self.past.ways.home(room)?)
    }

    fn my_id(&self, home: Home) -> Option<UserId> {
        self.rooms_on().into_iter().find(|rooms| rooms.home == home).map(|rooms| rooms.my_id)
    }

    fn create_room(&mut self, draft: RoomDraft) {
        if matches!(self.new_room, Some(NewRoomView::Making)) {
            return;
        }
        if self.store.get().display_name.is_empty()
            && let Some(mine) = draft.seats.iter().find(|seat| seat.me)
        {
            let patch = visita_protocol::view::SettingsPatch {
                display_name: Some(mine.display_name.clone()),
                ..Default::default()
            };
            self.store.update(patch);
        }
        let Some(rooms) = self.rooms_on().into_iter().next() else {
            let problem = Problem::new(ErrorCode::ServerUnreachable, "no server to make rooms on");
            self.new_room = Some(NewRoomView::Refused { problem });
            return;
        };
        self.new_room = Some(NewRoomView::Making);
        self.new_room_turn += 1;
        let (turn, internal) = (self.new_room_turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = create(&rooms, draft).await;
            let _ = internal.send(Internal::Made { turn, answer });
        });
    }

    pub(super) fn room_made(&mut self, turn: u32, answer: Result<Made, Problem>) {
        match answer {
            Ok(made) => {
                let Made { home, room, preset } = made;
                self.room_homes.insert(room.room_id.clone(), home);
                self.book.change(|entries| {
                    entries.insert(room.room_id.clone(), Entry { preset });
                });
                if turn == self.new_room_turn {
                    let my_id = self.my_id(home);
                    self.new_room = Some(NewRoomView::Made(self.made_view(&room, my_id.as_ref())));
                }
                self.refresh_rooms();
            }
            Err(problem) if turn == self.new_room_turn => self.new_room = Some(NewRoomView::Refused { problem }),
            Err(_) => {}
        }
    }

    fn made_view(&self, room: &Room, my_id: Option<&UserId>) -> MadeRoomView {
        let link = |seat: &UserUrl| {
            let me = Some(&seat.user_id) == my_id;
            let name = if me { self.store.get().display_name.clone() } else { String::new() };
            SeatLinkView {
                participant_id: seat.participant_id.clone(),
                display_name: if name.is_empty() { given_name(seat).unwrap_or_default() } else { name },
                is_admin: seat.is_admin,
                me,
                url: seat.url.clone(),
            }
        };
        MadeRoomView {
            room_id: room.room_id.clone(),
            title: room.description.clone(),
            starts_at: room.starts_at.as_deref().and_then(unix),
            links: room.user_urls.iter().map(link).collect(),
            good_until: room.ends_at.as_deref().and_then(unix),
            reach: room.user_urls.first().map_or(Reach::Computer, |seat| reach(&seat.url)),
            refused: None,
        }
    }

    /// Links that are shown have new addresses once others on this network may join.
    pub(super) fn links_again(&mut self) {
        if let Some(NewRoomView::Made(made)) = &self.new_room {
            let room = made.room_id.clone();
            self.show_links(room);
        }
    }

    fn show_links(&mut self, room: RoomId) {
        let Some(rooms) = self.rooms_of(&room) else { return };
        self.new_room_turn += 1;
        let (turn, internal) = (self.new_room_turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = rooms.me.room(&room).await.map(|room| (room, rooms.my_id));
            let _ = internal.send(Internal::Links { turn, answer });
        });
    }

    pub(super) fn links_told(&mut self, turn: u32, answer: Result<(Room, UserId), Problem>) {
        if turn != self.new_room_turn {
            return;
        }
        self.new_room = Some(match (answer, self.new_room.take()) {
            (Ok((room, my_id)), _) => NewRoomView::Made(self.made_view(&room, Some(&my_id))),
            // The links that are shown are good as before.
            (Err(problem), Some(NewRoomView::Made(made))) => {
                NewRoomView::Made(MadeRoomView { refused: Some(problem), ..made })
            }
            (Err(problem), _) => NewRoomView::Refused { problem },
        });
    }

    fn renew_link(&mut self, room: RoomId, participant: ParticipantId) {
        let Some(rooms) = self.rooms_of(&room) else { return };
        self.new_room_turn += 1;
        let (turn, internal) = (self.new_room_turn, self.internal.clone());
        tokio::spawn(async move {
            let renewed = async {
                rooms.me.renew_link(&room, &participant).await?;
                rooms.me.room(&room).await
            };
            let answer = renewed.await.map(|room| (room, rooms.my_id));
            let _ = internal.send(Internal::Links { turn, answer });
        });
    }

    fn enter_room(&mut self, room: RoomId) {
        let Some(rooms) = self.rooms_of(&room) else { return };
        if matches!(self.screen, Screen::Call(_)) {
            return;
        }
        self.turn += 1;
        // Should it fail, it is not for a link that did not open before.
        self.link = None;
        self.screen = Screen::Opening { host: super::host_of(rooms.me.server()) };
        let (turn, internal) = (self.turn, self.internal.clone());
        tokio::spawn(async move {
            let answer = rooms.me.room(&room).await.and_then(|room| {
                let mine = room.user_urls.iter().find(|seat| seat.user_id == rooms.my_id);
                mine.and_then(|seat| RoomLink::parse(&seat.url).ok())
                    .ok_or_else(|| Problem::new(ErrorCode::NotFound, "there is no seat of mine in this room"))
            });
            let _ = internal.send(Internal::MyLink { turn, answer });
        });
    }

    fn remove_room(&mut self, room: RoomId) {
        let Some(rooms) = self.rooms_of(&room) else { return };
        // Gone from the list at once; should the server refuse, the next look brings it back.
        if let RoomsView::Ready { rooms } = &mut self.rooms_view {
            rooms.retain(|card| card.room_id != room);
        }
        self.book.change(|entries| {
            entries.remove(&room);
        });
        let internal = self.internal.clone();
        tokio::spawn(async move {
            let answer = remove(&rooms, &room).await;
            let _ = internal.send(Internal::Removed(answer));
        });
    }
}

/// Whose seat it is: the name that was given to it, or the user's id where it means something.
fn given_name(seat: &UserUrl) -> Option<String> {
    let id = || (!seat.user_id.as_str().starts_with(SEAT)).then(|| seat.user_id.to_string());
    seat.display_name.clone().or_else(id)
}

async fn list(rooms: &Rooms) -> Result<Vec<Card>, Problem> {
    let mut cards = Vec::new();
    let active = rooms.me.rooms().await?.rooms.into_iter().filter(|room| room.status == RoomStatus::Active);
    for room in active {
        let mine = room.created_by.as_ref() == Some(&rooms.my_id);
        let participants = if mine && cards.len() < LOOKED_AT {
            rooms.me.participants(&room.room_id).await.map(|list| list.participants).unwrap_or_default()
        } else {
            Vec::new()
        };
        cards.push(Card { home: rooms.home, room, participants });
    }
    Ok(cards)
}

async fn create(rooms: &Rooms, draft: RoomDraft) -> Result<Made, Problem> {
    let seated = rooms.backend.as_ref().filter(|_| draft.seats.len() <= MOST_SEATED);
    let webinar = draft.preset == Preset::Webinar;
    let speaks = |seat: &SeatDraft| webinar.then_some(seat.is_admin || seat.role == Role::Plus);
    let mut participants = Vec::new();
    if let Some(backend) = seated {
        for seat in &draft.seats {
            let user_id =
                if seat.me { rooms.my_id.clone() } else { backend.ensure_user(new_user()?, seat.role).await? };
            let (is_admin, tools, is_speaker) = (seat.is_admin, Some(seat.tools), speaks(seat));
            let display_name = name_of(seat);
            participants.push(CreateParticipant {
                user_id,
                display_name,
                is_admin,
                tools,
                is_speaker,
                recording_consent: false,
            });
        }
    }
    let title = draft.title.trim();
    let body = CreateRoom {
        kind: if seated.is_some() { RoomKind::Seated } else { RoomKind::Open },
        capacity: seated.is_none().then(|| u16::try_from(draft.seats.len().max(2)).unwrap_or(u16::MAX)),
        participants,
        webinar,
        waiting_room: draft.waiting_room,
        call_type: draft.call_type,
        recording: draft.recording,
        recording_layout: Default::default(),
        duration: draft.duration_s,
        live: draft.ring,
        description: (!title.is_empty()).then(|| title.to_owned()),
        starts_at: draft.starts_at.map(rfc3339).transpose()?,
        ends_at: draft.ends_at.map(rfc3339).transpose()?,
        early_entry: draft.starts_at.map(|_| EARLY),
        freeze_window: None,
    };
    let mut room = rooms.me.create_room(&body).await?;
    if seated.is_none() {
        for seat in &draft.seats {
            let added = AddParticipant {
                user_id: if seat.me { Some(rooms.my_id.clone()) } else { Some(new_user()?) },
                display_name: name_of(seat),
                is_admin: seat.is_admin,
                tools: Some(seat.tools),
                is_speaker: speaks(seat),
                recording_consent: false,
            };
            match rooms.me.add_participant(&room.room_id, &added).await {
                Ok(seat) => room.user_urls.push(seat),
                Err(problem) => {
                    // Half a room is none.
                    let _ = rooms.me.delete_room(&room.room_id).await;
                    return Err(problem);
                }
            }
        }
    }
    Ok(Made { home: rooms.home, room, preset: draft.preset })
}

async fn remove(rooms: &Rooms, room: &RoomId) -> Result<(), Problem> {
    let told = rooms.me.room(room).await?;
    rooms.me.delete_room(room).await?;
    if let Some(backend) = &rooms.backend {
        for seat in told.user_urls.iter().filter(|seat| seat.user_id.as_str().starts_with(SEAT)) {
            // Nothing hangs on it: a user without a room is nobody.
            let _ = backend.delete_user(&seat.user_id).await;
        }
    }
    Ok(())
}

fn name_of(seat: &SeatDraft) -> Option<String> {
    Some(seat.display_name.trim()).filter(|name| !name.is_empty()).map(str::to_owned)
}

fn new_user() -> Result<UserId, Problem> {
    server::user(&format!("{SEAT}{:032x}", rand::random::<u128>()))
}

fn rfc3339(seconds: f64) -> Result<String, Problem> {
    let invalid = || Problem::invalid("starts_at", "not a time");
    #[allow(clippy::cast_possible_truncation, reason = "whole seconds of this century")]
    let at = OffsetDateTime::from_unix_timestamp(seconds as i64).map_err(|_| invalid())?;
    at.format(&Rfc3339).map_err(|_| invalid())
}

fn unix(text: &str) -> Option<f64> {
    #[allow(clippy::cast_precision_loss, reason = "whole seconds of this century")]
    OffsetDateTime::parse(text, &Rfc3339).ok().map(|at| at.unix_timestamp() as f64)
}

fn reach(link: &str) -> Reach {
    let Ok(url) = url::Url::parse(link) else { return Reach::Computer };
    match url.host() {
        Some(Host::Ipv4(ip)) if ip.is_loopback() => Reach::Computer,
        Some(Host::Ipv6(ip)) if ip.is_loopback() => Reach::Computer,
        Some(Host::Domain("localhost")) | None => Reach::Computer,
        Some(Host::Ipv4(ip)) if ip.is_private() || ip.is_link_local() => Reach::Network,
        Some(Host::Ipv6(ip)) if ip.is_unique_local() || ip.is_unicast_link_local() => Reach::Network,
        Some(_) => Reach::Anywhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_reach_as_far_as_their_server() {
        for (link, far) in [
            ("http://127.0.0.1:4000/join/x", Reach::Computer),
            ("http://localhost:4000/join/x", Reach::Computer),
            ("http://192.168.1.7:4000/join/x", Reach::Network),
            ("https://visits.example.org/join/x", Reach::Anywhere),
        ] {
            assert_eq!(reach(link), far, "{link}");
        }
    }

    #[test]
    fn times_go_there_and_back() {
        let text = rfc3339(1_796_115_600.0).expect("a time");
        assert_eq!(unix(&text), Some(1_796_115_600.0));
    }
}
