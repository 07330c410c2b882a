//! Pages of a board as pictures that any browser shows: SVG, drawn as the page draws them.

use std::collections::HashMap;

use svg::{
    Document, Node,
    node::element::{Definitions, Ellipse, Group, Image, Line, Path, Polyline, Rectangle, Text, Use, path::Data},
};
use visita_protocol::{
    FileId,
    board::{Colour, Item, Outline, Point, Shape},
};

/// A page of the room's board, in its own units.
const PAGE: Area = Area { left: 0, top: 0, right: 1600, bottom: 1000 };
/// Left free around what lies beyond the page's edge.
const MARGIN: i32 = 20;
/// From one line of words to the next, in letters' heights.
const LEADING: f64 = 1.3;
/// Where the first line of words stands, in letters' heights.
const BASELINE: f64 = 1.02;
/// How much of its colour fills a figure.
const TINT: f64 = 0.18;
/// How far a note goes beyond its words, in letters.
const NOTE: f64 = 0.6;
/// Angle between an arrow's line and each side of its head, in radians.
const HEAD: f64 = 0.48;

#[derive(Clone, Copy)]
struct Area {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Area {
    fn with(self, point: Point, by: i32) -> Self {
        Self {
            left: self.left.min(point.x.saturating_sub(by)),
            top: self.top.min(point.y.saturating_sub(by)),
            right: self.right.max(point.x.saturating_add(by)),
            bottom: self.bottom.max(point.y.saturating_add(by)),
        }
    }

    fn size(self) -> (i64, i64) {
        (i64::from(self.right) - i64::from(self.left), i64::from(self.bottom) - i64::from(self.top))
    }
}

/// What lies under a drawing.
pub(super) struct Under {
    /// Its picture as a `data:` URL; none when it is too large to be put in.
    pub(super) picture: Option<String>,
    /// Width and height in pixels.
    pub(super) size: (u32, u32),
}

/// A page, with its pictures as `data:` URLs; where there is none for a picture, its place is drawn.
pub(super) fn page(items: &[&Item], under: Option<&Under>, pictures: &HashMap<FileId, Option<String>>) -> String {
    let area = match under {
        Some(Under { size: (width, height), .. }) => {
            Area { left: 0, top: 0, right: saturated(*width), bottom: saturated(*height) }
        }
        None => items.iter().flat_map(|item| corners(&item.shape)).fold(PAGE, |area, (point, by)| area.with(point, by)),
    };
    let (width, height) = area.size();
    let mut document = Document::new()
        .set("viewBox", (i64::from(area.left), i64::from(area.top), width, height))
        .set("width", width)
        .set("height", height);
    let paper = Rectangle::new()
        .set("x", area.left)
        .set("y", area.top)
        .set("width", width)
        .set("height", height)
        .set("fill", "#ffffff");
    document.append(paper);
    if let Some(url) = under.and_then(|under| under.picture.as_deref()) {
        document.append(Image::new().set("href", url).set("width", width).set("height", height));
    }
    // Each once, however often it lies there: of one unit's width and height, for its places to scale.
    let mut known = Definitions::new();
    for (file_id, url) in pictures {
        if let Some(url) = url {
            let image = Image::new().set("id", name(file_id)).set("href", url.as_str());
            known.append(image.set("width", 1).set("height", 1).set("preserveAspectRatio", "none"));
        }
    }
    document.append(known);
    for item in items {
        draw(&mut document, &item.shape, under.is_some(), pictures);
    }
    document.to_string()
}

fn name(picture: &FileId) -> String {
    format!("picture-{picture}")
}

fn draw(into: &mut Document, shape: &Shape, on_picture: bool, pictures: &HashMap<FileId, Option<String>>) {
    match shape {
        Shape::Pen { points, colour, width } => {
            let line = smooth(points);
            if on_picture {
                into.append(stroked(Path::new().set("d", line.clone()), EDGE, edged(*width)));
            }
            into.append(stroked(Path::new().set("d", line), hex(*colour, on_picture), f64::from(*width)));
        }
        Shape::Figure { outline, from, to, colour, width, filled } => {
            let ink = hex(*colour, on_picture);
            let mut group = Group::new();
            let mut add = |ink: &'static str, wide: f64, fill: bool| match outline {
                Outline::Line => group.append(stroked(straight(*from, *to), ink, wide)),
                Outline::Arrow => {
                    group.append(stroked(straight(*from, *to), ink, wide));
                    group.append(stroked(head(*from, *to, *width), ink, wide));
                }
                Outline::Rectangle => group.append(tinted(stroked(rectangle(*from, *to), ink, wide), ink, fill)),
                Outline::Ellipse => group.append(tinted(stroked(ellipse(*from, *to), ink, wide), ink, fill)),
            };
            if on_picture {
                add(EDGE, edged(*width), false);
            }
            add(ink, f64::from(*width), *filled);
            into.append(group);
        }
        Shape::Text { at, text, colour, size, ground } => {
            // A note is the same on paper and on a picture.
            let on_picture = on_picture && ground.is_none();
            if let Some(ground) = ground {
                let (end, around) = (end_of(*at, text, *size), NOTE * f64::from(*size));
                into.append(
                    Rectangle::new()
                        .set("x", f64::from(at.x) - around)
                        .set("y", f64::from(at.y) - around)
                        .set("width", f64::from(end.x - at.x) + 2.0 * around)
                        .set("height", f64::from(end.y - at.y) + 2.0 * around)
                        .set("rx", around / 2.0)
                        .set("fill", paper(*ground)),
                );
            }
            for (n, line) in text.split('\n').enumerate() {
                #[allow(clippy::cast_precision_loss, reason = "a text has some thousand lines at most")]
                let y = f64::from(at.y) + (n as f64 * LEADING + BASELINE) * f64::from(*size);
                // Spaces as they were written.
                let mut words = Text::new(line.replace(' ', "\u{a0}"))
                    .set("x", at.x)
                    .set("y", y)
                    .set("font-family", "Inter, system-ui, sans-serif")
                    .set("font-weight", 500)
                    .set("font-size", *size)
                    .set("fill", hex(*colour, on_picture));
                if on_picture {
                    words = words
                        .set("stroke", EDGE)
                        .set("stroke-width", (f64::from(*size) / 9.0).max(2.0))
                        .set("paint-order", "stroke");
                }
                into.append(words);
            }
        }
        Shape::Picture { at, size, file_id } => match pictures.get(file_id) {
            Some(Some(_)) => into.append(
                Use::new()
                    .set("href", format!("#{}", name(file_id)))
                    .set("transform", format!("translate({} {}) scale({} {})", at.x, at.y, size.x, size.y)),
            ),
            // Its place.
            _ => into.append(
                Rectangle::new()
                    .set("x", at.x)
                    .set("y", at.y)
                    .set("width", size.x)
                    .set("height", size.y)
                    .set("fill", "#ebf0ef")
                    .set("stroke", "#758386")
                    .set("stroke-dasharray", "10 8"),
            ),
        },
    }
}

/// Darkens what is around a line on a picture.
const EDGE: &str = "#0a1011a6";

fn edged(width: u16) -> f64 {
    f64::from(width) + (f64::from(width) / 3.0).max(2.0)
}

/// What notes are written on.
fn paper(colour: Colour) -> &'static str {
    match colour {
        Colour::Ink => "#edf1f0",
        Colour::Red => "#fde0dc",
        Colour::Teal => "#d3eeef",
        Colour::Blue => "#dde7fb",
        Colour::Plum => "#f2e1f6",
        Colour::Ochre => "#ffeab0",
        Colour::Green => "#dcf0d7",
    }
}

/// Colours for white paper; lighter ones for pictures.
fn hex(colour: Colour, on_picture: bool) -> &'static str {
    match (colour, on_picture) {
        (Colour::Ink, false) => "#12201f",
        (Colour::Red, false) => "#c3271e",
        (Colour::Teal, false) => "#0a6870",
        (Colour::Blue, false) => "#2f5fb3",
        (Colour::Plum, false) => "#86479a",
        (Colour::Ochre, false) => "#b36b00",
        (Colour::Green, false) => "#3a7332",
        (Colour::Ink, true) => "#ffffff",
        (Colour::Red, true) => "#ff8a80",
        (Colour::Teal, true) => "#5ed4d8",
        (Colour::Blue, true) => "#93bcff",
        (Colour::Plum, true) => "#e2a9f0",
        (Colour::Ochre, true) => "#ffc044",
        (Colour::Green, true) => "#94dc8a",
    }
}

fn stroked<N: Node>(mut node: N, ink: &str, width: f64) -> N {
    for (name, value) in [("stroke", ink), ("fill", "none"), ("stroke-linecap", "round"), ("stroke-linejoin", "round")]
    {
        node.assign(name, value);
    }
    node.assign("stroke-width", width);
    node
}

fn tinted<N: Node>(mut node: N, ink: &str, fill: bool) -> N {
    if fill {
        node.assign("fill", ink);
        node.assign("fill-opacity", TINT);
    }
    node
}

/// Through the middles between points, bent by the points; a dot where there is one only.
fn smooth(points: &[Point]) -> Data {
    let Some((first, rest)) = points.split_first() else { return Data::new() };
    let mut data = Data::new().move_to((first.x, first.y));
    for pair in points.windows(2).skip(1) {
        if let [a, b] = pair {
            let middle = (f64::midpoint(f64::from(a.x), f64::from(b.x)), f64::midpoint(f64::from(a.y), f64::from(b.y)));
            data = data.quadratic_curve_to((f64::from(a.x), f64::from(a.y), middle.0, middle.1));
        }
    }
    let last = rest.last().unwrap_or(first);
    data.line_to((last.x, last.y))
}

fn straight(from: Point, to: Point) -> Line {
    Line::new().set("x1", from.x).set("y1", from.y).set("x2", to.x).set("y2", to.y)
}

/// Both sides of an arrow's head, as long as the page draws them.
fn head(from: Point, to: Point, width: u16) -> Polyline {
    let (tip_x, tip_y) = (f64::from(to.x), f64::from(to.y));
    let (x, y) = (tip_x - f64::from(from.x), tip_y - f64::from(from.y));
    let (along, long) = (y.atan2(x), f64::from(width).mul_add(3.0, 10.0).min(x.hypot(y).max(1.0)));
    let side = |turn: f64| {
        let (x, y) = (tip_x - long * (along + turn).cos(), tip_y - long * (along + turn).sin());
        format!("{x:.1},{y:.1}")
    };
    Polyline::new().set("points", format!("{} {tip_x},{tip_y} {}", side(HEAD), side(-HEAD)))
}

fn rectangle(from: Point, to: Point) -> Rectangle {
    let (width, height) = (from.x.abs_diff(to.x), from.y.abs_diff(to.y));
    Rectangle::new()
        .set("x", from.x.min(to.x))
        .set("y", from.y.min(to.y))
        .set("width", width)
        .set("height", height)
        .set("rx", (width / 2).min(height / 2).min(8))
}

fn ellipse(from: Point, to: Point) -> Ellipse {
    let middle = |a: i32, b: i32| f64::midpoint(f64::from(a), f64::from(b));
    let half = |a: i32, b: i32| f64::from(a.abs_diff(b)) / 2.0;
    Ellipse::new()
        .set("cx", middle(from.x, to.x))
        .set("cy", middle(from.y, to.y))
        .set("rx", half(from.x, to.x))
        .set("ry", half(from.y, to.y))
}

/// Points that have to be seen, with how much around each.
fn corners(shape: &Shape) -> Vec<(Point, i32)> {
    match shape {
        Shape::Pen { points, width, .. } => points.iter().map(|point| (*point, i32::from(*width) + MARGIN)).collect(),
        Shape::Figure { from, to, width, .. } => {
            let by = i32::from(*width) * 4 + MARGIN;
            vec![(*from, by), (*to, by)]
        }
        Shape::Text { at, text, size, ground, .. } => {
            let by = MARGIN + if ground.is_some() { i32::from(*size) } else { 0 };
            vec![(*at, by), (end_of(*at, text, *size), by)]
        }
        Shape::Picture { at, size, .. } => {
            let end = Point { x: at.x.saturating_add(size.x), y: at.y.saturating_add(size.y) };
            vec![(*at, MARGIN), (end, MARGIN)]
        }
    }
}

/// The lower right corner of a text, about as wide as letters are.
fn end_of(at: Point, text: &str, size: u16) -> Point {
    let longest = text.split('\n').map(|line| line.chars().count()).max().unwrap_or(0);
    let of = |count: usize, share: f64| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "some thousand letters")]
        let length = (count as f64 * share * f64::from(size)) as i32;
        length
    };
    let lines = text.split('\n').count();
    Point { x: at.x.saturating_add(of(longest, 0.62)), y: at.y.saturating_add(of(lines, LEADING)) }
}

fn saturated(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}
