//! Puts the picture of a recording together: who is where, what they show, what is written. Only what changed is painted.
//!
//! It knows nothing of streams and clocks: people, pictures and messages go in, the whole picture is looked at.

mod canvas;
mod card;
mod chat;
mod layout;
mod person;
mod regions;
mod sprite;
mod text;

use std::collections::HashMap;

use visita_codec::{I420Frame, scale::Scaler};
use visita_protocol::{ParticipantId, PixelSize, RecordingLayout};

pub use canvas::Rect;
pub use chat::Message;
pub use layout::{Places, Wish, arrange};
pub use regions::places as places_in;

use canvas::{Canvas, Ink};
use card::WHITE;
use sprite::Sprite;
use text::{Letters, Style};

/// Behind everything, and behind people without a picture.
const GROUND: u32 = 0x0e1516;
const TILE: u32 = 0x1d282a;
/// Around who speaks: the page's `--over-speaking`.
const SPEAKING: u32 = 0x8eebed;
/// Of a picture, so much may be cut off for it to fill its tile; more, and it is shown whole between bars.
const CUT_MOST: f64 = 0.36;

/// A place in the picture that shows one stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileId {
    /// Somebody, with or without a camera.
    Person(ParticipantId),
    /// Somebody's screen.
    Screen(ParticipantId),
}

/// Somebody to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Who.
    pub id: ParticipantId,
    /// Their name.
    pub name: String,
    /// The microphone is off.
    pub muted: bool,
    /// They share a screen.
    pub screen: bool,
}

/// What is to be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// How.
    pub layout: RecordingLayout,
    /// Who, in their order.
    pub people: Vec<Shown>,
    /// Who has the main place of [`RecordingLayout::Speaker`].
    pub speaker: Option<ParticipantId>,
}

/// A stream at a place that somebody else chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which.
    pub id: TileId,
    /// Whose it is.
    pub name: String,
    /// The microphone is off.
    pub muted: bool,
    /// Where. It may lie over those before it.
    pub rect: Rect,
}

/// The composed picture.
pub struct Composer {
    canvas: Canvas,
    letters: Letters,
    scaler: Scaler,
    title: String,
    language: String,
    scale: f32,
    scene: Scene,
    places: Places,
    /// What is to be seen instead of the scene, where somebody chose that.
    placed: Option<Vec<Placed>>,
    tiles: Vec<Tile>,
    speaking: Vec<ParticipantId>,
    chat: Chat,
    corners: [Sprite; 4],
    arcs: [Sprite; 4],
    radius: u32,
    ring: u32,
}

/// What stands under somebody's picture: who came by a token without a name is called by an id, which nobody reads.
fn called<'a>(id: &ParticipantId, name: &'a str, language: &str) -> &'a str {
    match name {
        name if !name.is_empty() && name != id.as_str() => name,
        _ if language.starts_with("it") => "Partecipante",
        _ => "Participant",
    }
}

struct Tile {
    id: TileId,
    rect: Rect,
    picture: Option<I420Frame>,
    label: Sprite,
    avatar: Option<Sprite>,
}

use chat::Chat;

impl Composer {
    /// An empty picture. `title` and words in `language` are seen while nobody is.
    pub fn new(size: PixelSize, title: &str, language: &str, layout: RecordingLayout) -> Self {
        let scale = size.height.min(size.width) as f32 / 720.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few pixels")]
        let even = |px: f32| ((px * scale / 2.0).round() as u32 * 2).max(2);
        let (radius, ring) = (even(12.0), even(2.0));
        let mut composer = Self {
            canvas: Canvas::new(size),
            letters: Letters::new(language),
            scaler: Scaler::new(),
            title: title.to_owned(),
            language: language.to_owned(),
            scale,
            scene: Scene { layout, people: Vec::new(), speaker: None },
            places: Places::default(),
            placed: None,
            tiles: Vec::new(),
            speaking: Vec::new(),
            chat: Chat::default(),
            corners: card::corners(GROUND, radius),
            arcs: card::arcs(SPEAKING, radius + 2 * ring, ring),
            radius,
            ring,
        };
        composer.place();
        composer
    }

    /// The picture as it is.
    pub fn frame(&self) -> &I420Frame {
        self.canvas.frame()
    }

    /// Who is to be seen from now on, and how.
    pub fn set_scene(&mut self, scene: Scene) {
        if scene == self.scene {
            return;
        }
        self.scene = scene;
        self.chat.keep(|id| self.scene.people.iter().any(|person| person.id == *id));
        self.place();
    }

    /// What is to be seen from now on, at places of which the later lie over the earlier: without round corners, marks and
    /// ground of our own.
    pub fn set_placed(&mut self, placed: Vec<Placed>) {
        if self.placed.as_ref() != Some(&placed) {
            self.placed = Some(placed);
            self.place();
        }
    }

    /// Size at which a stream is shown; none where it has no place.
    pub fn tile(&self, id: &TileId) -> Option<Rect> {
        self.tiles.iter().find(|tile| tile.id == *id).map(|tile| tile.rect)
    }

    /// A new picture of a stream; none puts the initials in its place.
    pub fn show(&mut self, id: &TileId, picture: Option<I420Frame>) {
        let places: Vec<usize> = (0..self.tiles.len()).filter(|at| self.tiles[*at].id == *id).collect();
        for at in places {
            if self.tiles[at].picture.is_some() || picture.is_some() {
                self.tiles[at].picture.clone_from(&picture);
                self.paint_tile(at);
                // The arcs of its ring reach over its corners.
                if self.placed.is_none() && self.is_speaking(at) {
                    self.paint_ring(at);
                }
                self.paint_above(at);
            }
        }
    }

    /// Who is heard, marked by a ring.
    pub fn set_speaking(&mut self, speaking: &[ParticipantId]) {
        if self.speaking == speaking || self.placed.is_some() {
            return;
        }
        let before = std::mem::replace(&mut self.speaking, speaking.to_vec());
        for at in 0..self.tiles.len() {
            let TileId::Person(id) = &self.tiles[at].id else { continue };
            if before.contains(id) != speaking.contains(id) {
                self.paint_ring(at);
            }
        }
    }

    /// Somebody wrote something.
    pub fn say(&mut self, message: Message) {
        self.chat.say(message);
        self.paint_chat();
    }

    /// Finds a place for everybody and paints everything.
    fn place(&mut self) {
        let inset = self.inset();
        if let Some(placed) = &self.placed {
            let mut pictures: HashMap<TileId, I420Frame> =
                self.tiles.drain(..).filter_map(|tile| Some((tile.id, tile.picture?))).collect();
            pictures.retain(|id, _| placed.iter().any(|placed| placed.id == *id));
            for Placed { id, name, muted, rect } in placed {
                let (TileId::Person(person) | TileId::Screen(person)) = id;
                let is_screen = matches!(id, TileId::Screen(_));
                let name = called(person, name, &self.language);
                let muted = *muted && !is_screen;
                let label = card::label(&mut self.letters, name, muted, rect.size(), inset, self.scale);
                let avatar = (!is_screen).then(|| card::avatar(&mut self.letters, name, rect.size()));
                let picture = pictures.get(id).cloned();
                self.tiles.push(Tile { id: id.clone(), rect: *rect, picture, label, avatar });
            }
            self.paint();
            return;
        }
        let screens: Vec<&Shown> = self.scene.people.iter().filter(|person| person.screen).collect();
        let speaker = self.scene.speaker.as_ref();
        self.places = arrange(&Wish {
            layout: self.scene.layout,
            size: self.canvas.whole().size(),
            people: self.scene.people.len(),
            screens: screens.len(),
            speaker: speaker.and_then(|id| self.scene.people.iter().position(|person| person.id == *id)),
        });
        let mut pictures: HashMap<TileId, I420Frame> =
            self.tiles.drain(..).filter_map(|tile| Some((tile.id, tile.picture?))).collect();
        let of_screens = screens.iter().zip(&self.places.screens).map(|(person, rect)| (*person, true, *rect));
        let of_people = self.scene.people.iter().zip(&self.places.people).map(|(person, rect)| (person, false, *rect));
        for (person, screen, rect) in of_screens.chain(of_people) {
            let Some(rect) = rect else { continue };
            let id = if screen { TileId::Screen(person.id.clone()) } else { TileId::Person(person.id.clone()) };
            let muted = person.muted && !screen;
            let name = called(&person.id, &person.name, &self.language);
            let label = card::label(&mut self.letters, name, muted, rect.size(), inset, self.scale);
            let avatar = (!screen).then(|| card::avatar(&mut self.letters, name, rect.size()));
            let picture = pictures.remove(&id);
            self.tiles.push(Tile { id, rect, picture, label, avatar });
        }
        self.paint();
    }

    fn paint(&mut self) {
        self.canvas.fill(self.canvas.whole(), Ink::rgb(GROUND));
        for at in 0..self.tiles.len() {
            self.paint_tile(at);
            if self.placed.is_none() {
                self.paint_ring(at);
            }
        }
        if let Some(rect) = self.places.more {
            let hidden = self.scene.people.len() - self.places.people.iter().flatten().count();
            self.canvas.fill(rect, Ink::rgb(TILE));
            let sprite = card::more(&mut self.letters, hidden, rect.size(), self.scale);
            let place = rect.middle(sprite.size());
            self.canvas.lay(&sprite, place.x, place.y);
            self.round_off(rect);
        }
        if self.tiles.is_empty() {
            self.paint_nobody();
        }
        self.paint_chat();
    }

    /// Paints again what lies over a tile that was painted.
    fn paint_above(&mut self, at: usize) {
        let mut painted = vec![self.tiles[at].rect];
        for above in at + 1..self.tiles.len() {
            let rect = self.tiles[above].rect;
            if painted.iter().any(|painted| painted.meets(rect)) {
                self.paint_tile(above);
                painted.push(rect);
            }
        }
    }

    /// How far labels stay from the edges of their tiles.
    const fn inset(&self) -> u32 {
        self.radius * 2 / 3
    }

    fn paint_chat(&mut self) {
        let Some(place) = self.places.chat.filter(|_| self.placed.is_none()) else { return };
        self.chat.paint(&mut self.canvas, &mut self.letters, place, self.scale);
        self.round_off(place);
    }

    fn paint_nobody(&mut self) {
        let whole = self.canvas.whole();
        let place = match self.places.chat {
            Some(chat) => Rect::new(0, 0, chat.x, whole.height),
            None => whole,
        };
        let nobody = if self.language.starts_with("it") { "Nessuno da mostrare" } else { "Nobody to show" };
        let width = place.width * 9 / 10;
        let title = Style { px: 34.0 * self.scale, bold: true, colour: WHITE };
        let word = Style { px: 19.0 * self.scale, bold: false, colour: 0xb4c2c3 };
        let title = self.letters.line(&self.title, title, width).sprite();
        let word = self.letters.line(nobody, word, width).sprite();
        let both = place.middle(PixelSize::new(width, title.size().height + word.size().height));
        for (sprite, y) in [(&title, both.y), (&word, both.y + title.size().height)] {
            let x = place.middle(PixelSize::new(sprite.size().width, 2)).x;
            self.canvas.lay(sprite, x, y);
        }
    }

    fn paint_tile(&mut self, at: usize) {
        let tile = &self.tiles[at];
        let rect = tile.rect;
        match &tile.picture {
            Some(picture) => {
                let whole = matches!(tile.id, TileId::Screen(_)) || cut(picture.size(), rect.size()) > CUT_MOST;
                if whole {
                    let size = contain(picture.size(), rect.size());
                    let place = rect.middle(size);
                    if place != rect {
                        self.canvas.fill(rect, Ink::rgb(0x050808));
                    }
                    let scaled = self.scaler.scale(picture, place.size());
                    self.canvas.put(&scaled, place.x, place.y);
                } else {
                    let scaled = self.scaler.cover(picture, rect.size());
                    self.canvas.put(&scaled, rect.x, rect.y);
                }
            }
            None => {
                self.canvas.fill(rect, Ink::rgb(TILE));
                if let Some(avatar) = tile.avatar.as_ref().filter(|avatar| avatar.fits(rect.size())) {
                    let place = rect.middle(avatar.size());
                    self.canvas.lay(avatar, place.x, place.y);
                }
            }
        }
        let inset = self.inset();
        let label = &tile.label;
        if label.fits(rect.inset(inset).size()) {
            self.canvas.lay(label, rect.x + inset, rect.y + rect.height - label.size().height - inset);
        }
        self.round_off(rect);
    }

    fn round_off(&mut self, rect: Rect) {
        if self.placed.is_some() {
            return;
        }
        let (right, bottom) =
            ((rect.x + rect.width).saturating_sub(self.radius), (rect.y + rect.height).saturating_sub(self.radius));
        for (corner, (x, y)) in
            self.corners.iter().zip([(rect.x, rect.y), (right, rect.y), (rect.x, bottom), (right, bottom)])
        {
            self.canvas.lay(corner, x, y);
        }
    }

    fn is_speaking(&self, at: usize) -> bool {
        matches!(&self.tiles[at].id, TileId::Person(id) if self.speaking.contains(id))
    }

    /// The frame around a tile, as it is to be: of who is heard, or of nothing.
    fn paint_ring(&mut self, at: usize) {
        let speaks = self.is_speaking(at);
        let (thick, inner) = (self.ring, self.tiles[at].rect);
        let outer = inner.outset(2 * thick);
        let far = ((outer.x + outer.width).saturating_sub(thick), (outer.y + outer.height).saturating_sub(thick));
        let round = if speaks { self.radius + 2 * thick } else { 0 };
        let ink = Ink::rgb(if speaks { SPEAKING } else { GROUND });
        for y in [outer.y, far.1] {
            let straight = outer.width.saturating_sub(2 * round);
            self.canvas.fill(Rect::new(outer.x + round, y, straight, thick), ink);
        }
        for x in [outer.x, far.0] {
            let straight = outer.height.saturating_sub(2 * round);
            self.canvas.fill(Rect::new(x, outer.y + round, thick, straight), ink);
        }
        let (right, bottom) = ((far.0 + thick).saturating_sub(round), (far.1 + thick).saturating_sub(round));
        let places = [(outer.x, outer.y), (right, outer.y), (outer.x, bottom), (right, bottom)];
        self.clear_corners_of_ring(outer, inner);
        if speaks {
            for (arc, (x, y)) in self.arcs.iter().zip(places) {
                self.canvas.lay(arc, x, y);
            }
        } else {
            // What is left of the arcs lies over the tile's own corners.
            self.round_off(inner);
        }
    }

    fn clear_corners_of_ring(&mut self, outer: Rect, inner: Rect) {
        let side = self.radius + 2 * self.ring;
        let band = inner.x - outer.x;
        for (x, y) in [
            (outer.x, outer.y),
            ((outer.x + outer.width).saturating_sub(side), outer.y),
            (outer.x, (outer.y + outer.height).saturating_sub(band)),
            ((outer.x + outer.width).saturating_sub(side), (outer.y + outer.height).saturating_sub(band)),
        ] {
            self.canvas.fill(Rect::new(x, y, side, band), Ink::rgb(GROUND));
        }
        for (x, y) in [
            (outer.x, outer.y),
            ((outer.x + outer.width).saturating_sub(band), outer.y),
            (outer.x, (outer.y + outer.height).saturating_sub(side)),
            ((outer.x + outer.width).saturating_sub(band), (outer.y + outer.height).saturating_sub(side)),
        ] {
            self.canvas.fill(Rect::new(x, y, band, side), Ink::rgb(GROUND));
        }
    }
}

/// Share of a picture that is cut off where it fills a tile.
fn cut(picture: PixelSize, tile: PixelSize) -> f64 {
    let shape = |size: PixelSize| f64::from(size.width.max(1)) / f64::from(size.height.max(1));
    let (picture, tile) = (shape(picture), shape(tile));
    1.0 - (picture / tile).min(tile / picture)
}

/// The largest size of a picture's shape in a tile, in even pixels; also larger than it was sent.
fn contain(picture: PixelSize, tile: PixelSize) -> PixelSize {
    let (width, height) = (u64::from(picture.width.max(1)), u64::from(picture.height.max(1)));
    let (most_width, most_height) = (u64::from(tile.width), u64::from(tile.height));
    let (num, den) =
        if width * most_height > height * most_width { (most_width, width) } else { (most_height, height) };
    let side = |side: u64, most: u32| ((side * num / den) as u32 & !1).clamp(2, most.max(2));
    PixelSize::new(side(width, tile.width), side(height, tile.height))
}

#[cfg(test)]
mod tests {
    use visita_codec::I420Frame;
    use visita_protocol::{ParticipantId, PixelSize, RecordingLayout};

    use super::{Composer, Scene, Shown, TileId};

    #[test]
    fn a_ring_stays_whole_when_pictures_come() {
        let ids: Vec<ParticipantId> = ["ada", "luca"].map(|id| id.parse().expect("an id")).into();
        let people = || ids.iter().map(|id| Shown { id: id.clone(), name: "Ada".into(), muted: false, screen: false });
        let composer = || {
            let mut composer = Composer::new(PixelSize::new(1280, 720), "", "en", RecordingLayout::Grid);
            composer.set_scene(Scene { layout: RecordingLayout::Grid, people: people().collect(), speaker: None });
            composer
        };
        let picture = || Some(I420Frame::black(PixelSize::new(640, 360)));
        let (mut first, mut later) = (composer(), composer());
        let tile = TileId::Person(ids[0].clone());
        first.show(&tile, picture());
        first.set_speaking(&ids[..1]);
        later.set_speaking(&ids[..1]);
        let initials = later.frame().y().to_vec();
        for _ in 0..3 {
            later.show(&tile, picture());
        }
        assert_ne!(initials, later.frame().y());
        assert!(first.frame().y() == later.frame().y(), "the ring is another one");
    }
}
