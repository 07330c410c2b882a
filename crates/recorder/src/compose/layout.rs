//! Where everybody is: numbers in, rectangles out.

use visita_protocol::{PixelSize, RecordingLayout};

use super::canvas::Rect;

/// Between two tiles, and around all, in 720ths of the picture's height.
const GAP: u32 = 8;
/// Widest and tallest shape of a tile that fills its cell.
const WIDE: f64 = 16.0 / 9.0;
const TALL: f64 = 4.0 / 3.0;

/// What is to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How.
    pub layout: RecordingLayout,
    /// Size of the picture.
    pub size: PixelSize,
    /// How many people.
    pub people: usize,
    /// How many screens, the one for the main place first.
    pub screens: usize,
    /// Which of the people has the main place where no screen has it.
    pub speaker: Option<usize>,
}

/// Where things are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// For each screen; none when there is no room for it.
    pub screens: Vec<Option<Rect>>,
    /// For each of the people; none when there is no room.
    pub people: Vec<Option<Rect>>,
    /// The chat.
    pub chat: Option<Rect>,
    /// Where the number of those is written for whom there is no room.
    pub more: Option<Rect>,
}

/// Finds a place for everything.
pub fn arrange(wish: &Wish) -> Places {
    let gap = (wish.size.height * GAP / 720).max(2);
    let whole = Rect::new(0, 0, wish.size.width, wish.size.height).inset(gap);
    let mut places =
        Places { screens: vec![None; wish.screens], people: vec![None; wish.people], ..Default::default() };
    let mut stage = whole;
    if wish.layout == RecordingLayout::GridAndChat {
        let column = (wish.size.width / 4).max(160).min(whole.width / 2);
        let left = whole.x + whole.width - column;
        places.chat = Some(Rect::new(left, whole.y, column, whole.height));
        stage = Rect::new(whole.x, whole.y, whole.width - column - gap, whole.height);
    }
    let speaker = (wish.layout == RecordingLayout::Speaker).then_some(wish.speaker).flatten();
    let speaker = speaker.filter(|at| wish.screens == 0 && *at < wish.people);
    if wish.screens == 0 && speaker.is_none() {
        for (place, rect) in places.people.iter_mut().zip(grid(stage, wish.people, gap)) {
            *place = Some(rect);
        }
        return places;
    }
    // The main place, and the others beside it.
    let beside: Vec<Item> = (1..wish.screens)
        .map(Item::Screen)
        .chain((0..wish.people).filter(|at| Some(*at) != speaker).map(Item::Person))
        .collect();
    let (main, strip, more) = main_and_strip(stage, beside.len(), gap);
    match speaker {
        Some(at) => places.people[at] = Some(main),
        None => places.screens[0] = Some(main),
    }
    for (item, rect) in beside.into_iter().zip(strip) {
        match item {
            Item::Screen(at) => places.screens[at] = Some(rect),
            Item::Person(at) => places.people[at] = Some(rect),
        }
    }
    places.more = more;
    places
}

enum Item {
    Screen(usize),
    Person(usize),
}

/// As many tiles of the same size, as large as they can be; the last row is in the middle.
fn grid(area: Rect, count: usize, gap: u32) -> Vec<Rect> {
    let count = u32::try_from(count).unwrap_or(u32::MAX).min(100);
    if count == 0 {
        return Vec::new();
    }
    let tile = |columns: u32| {
        let rows = count.div_ceil(columns);
        let width = area.width.saturating_sub(gap * (columns - 1)) / columns;
        let height = area.height.saturating_sub(gap * (rows - 1)) / rows;
        (columns, rows, shape(width, height))
    };
    let best = (1..=count).map(tile).max_by_key(|(_, _, (width, height))| width * height);
    let Some((columns, rows, (width, height))) = best else { return Vec::new() };
    let used = rows * height + gap * (rows - 1);
    let top = area.y + area.height.saturating_sub(used) / 2;
    let mut rects = Vec::new();
    for row in 0..rows {
        let here = columns.min(count - row * columns);
        let used = here * width + gap * (here - 1);
        let left = area.x + area.width.saturating_sub(used) / 2;
        for column in 0..here {
            rects.push(Rect::new(left + column * (width + gap), top + row * (height + gap), width, height));
        }
    }
    rects
}

/// The largest tile in a cell that is no wider and no taller than tiles may be.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels")]
fn shape(width: u32, height: u32) -> (u32, u32) {
    let (wide, tall) = ((f64::from(height) * WIDE) as u32, (f64::from(width) / TALL) as u32);
    (width.min(wide) & !1, height.min(tall) & !1)
}

/// A large place, a column of small ones at its right, and a word for those who have none.
fn main_and_strip(area: Rect, beside: usize, gap: u32) -> (Rect, Vec<Rect>, Option<Rect>) {
    if beside == 0 {
        return (area, Vec::new(), None);
    }
    let height = |width: u32| width * 9 / 16;
    let rows = |width: u32| ((area.height + gap) / (height(width) + gap)).max(1);
    // One column gets narrower for as long as its tiles are larger than those of two.
    let fits = |columns: u32, widest: u32| {
        let mut widths = (area.width / 16..=widest).rev();
        widths.find(|width| (columns * rows(*width)) as usize >= beside).map(|width| (columns, width))
    };
    let two = (2, area.width / 8);
    let best = [fits(1, area.width / 6), fits(2, two.1)].into_iter().flatten().max_by_key(|(_, width)| *width);
    let (columns, width) = best.unwrap_or(two);
    let rows = rows(width);
    let room = (columns * rows) as usize;
    let shown = if beside > room { room.saturating_sub(1) } else { beside };
    let strip = columns * width + gap * (columns - 1);
    let left = area.x + area.width - strip;
    let main = Rect::new(area.x, area.y, area.width - strip - gap, area.height);
    let used_rows = rows.min(u32::try_from(beside).unwrap_or(rows).div_ceil(columns));
    let top = area.y + area.height.saturating_sub(used_rows * height(width) + gap * (used_rows - 1)) / 2;
    let place = |at: usize| {
        let (row, column) = (at as u32 / columns, at as u32 % columns);
        Rect::new(left + column * (width + gap), top + row * (height(width) + gap), width, height(width))
    };
    (main, (0..shown).map(place).collect(), (beside > shown).then(|| place(shown)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HD: PixelSize = PixelSize::new(1280, 720);

    fn overlap(a: Rect, b: Rect) -> bool {
        a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
    }

    #[test]
    fn everybody_has_a_place_of_their_own_within_the_picture() {
        for layout in [RecordingLayout::Grid, RecordingLayout::Speaker, RecordingLayout::GridAndChat] {
            for size in [HD, PixelSize::new(640, 360), PixelSize::new(720, 1280)] {
                for people in 0..=50 {
                    for screens in 0..3 {
                        let speaker = (people > 0).then_some(people / 2);
                        let places = arrange(&Wish { layout, size, people, screens, speaker });
                        let all: Vec<Rect> =
                            places.people.iter().chain(&places.screens).copied().flatten().chain(places.chat).collect();
                        for (at, rect) in all.iter().enumerate() {
                            assert!(rect.width >= 16 && rect.height >= 16, "{layout:?} {people} {screens}: {rect:?}");
                            assert!(rect.x + rect.width <= size.width && rect.y + rect.height <= size.height);
                            assert!(all[..at].iter().all(|other| !overlap(*rect, *other)), "{layout:?} {people}");
                        }
                        let missing = places.people.iter().chain(&places.screens).any(Option::is_none);
                        assert_eq!(missing, places.more.is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn tiles_are_as_large_as_they_can_be() {
        let grid =
            |people| arrange(&Wish { layout: RecordingLayout::Grid, size: HD, people, screens: 0, speaker: None });
        assert_eq!(grid(1).people, [Some(Rect::new(14, 8, 1250, 704))]);
        let two = grid(2).people;
        assert_eq!(two.iter().flatten().map(|rect| (rect.width, rect.height)).collect::<Vec<_>>(), [(628, 470); 2]);
        let nine = grid(9).people;
        assert!(nine.iter().flatten().all(|rect| rect.width == 406 && rect.height == 228), "{nine:?}");
    }

    #[test]
    fn small_tiles_are_in_the_columns_in_which_they_are_largest() {
        let strip = |layout, people: usize| {
            let wish = Wish { layout, size: HD, people, screens: 1, speaker: None };
            let tiles: Vec<Rect> = arrange(&wish).people.into_iter().flatten().collect();
            let lefts: std::collections::BTreeSet<u32> = tiles.iter().map(|rect| rect.x).collect();
            (tiles.len(), lefts.len(), tiles[0].width)
        };
        let alone = |people| strip(RecordingLayout::Grid, people);
        assert_eq!(alone(3), (3, 1, 210));
        assert_eq!(alone(8), (8, 2, 158));
        assert_eq!(alone(12), (12, 2, 158));
        // Beside a chat two columns are narrower.
        let (shown, columns, width) = strip(RecordingLayout::GridAndChat, 8);
        assert!((shown, columns) == (8, 1) && width > 120, "{width}");
        assert_eq!(strip(RecordingLayout::GridAndChat, 12).1, 2);
        assert_eq!(alone(50).0, 13, "the others are told as a number");
    }

    #[test]
    fn who_speaks_is_large_and_a_screen_is_larger() {
        let wish = |screens| Wish { layout: RecordingLayout::Speaker, size: HD, people: 4, screens, speaker: Some(2) };
        let width = |rect: Option<Rect>| rect.map_or(0, |rect| rect.width);
        let alone = arrange(&wish(0));
        assert!(width(alone.people[2]) > 1000 && width(alone.people[0]) < 220);
        let shared = arrange(&wish(1));
        assert!(width(shared.screens[0]) > 1000 && width(shared.people[2]) < 220);
    }
}
