//! Where videos are in a part of a picture: numbers in, rectangles out.

use visita_protocol::{PixelSize, composition::Region};

use super::canvas::Rect;

/// Between two videos, in 720ths of the picture's height.
const GAP: u32 = 8;
/// Videos are wide: what is left of a cell beside one of this shape is counted as lost.
const WIDE: f64 = 16.0 / 9.0;

/// Places for so many videos in a region of a picture of this size, in their order; fewer where there is no room for more.
pub fn places(region: &Region, picture: PixelSize, count: usize) -> Vec<Rect> {
    let (x, y) = (u32::from(region.x).min(picture.width), u32::from(region.y).min(picture.height));
    let width = region.width.map_or(picture.width, u32::from).min(picture.width - x);
    let height = region.height.map_or(picture.height, u32::from).min(picture.height - y);
    let most = |most: Option<u16>| most.map_or(u32::MAX, u32::from).max(1);
    let (most_columns, most_rows) = (most(region.max_columns), most(region.max_rows));
    let count = u32::try_from(count).unwrap_or(u32::MAX).min(100).min(most_columns.saturating_mul(most_rows));
    if count == 0 {
        return Vec::new();
    }
    let gap = if count == 1 { 0 } else { (picture.height * GAP / 720).max(2) & !1 };
    let cell = |columns: u32| {
        let rows = count.div_ceil(columns);
        let side = |whole: u32, parts: u32| (whole.saturating_sub(gap * (parts - 1)) / parts) & !1;
        (columns, rows, side(width, columns), side(height, rows))
    };
    let candidates = (1..=count.min(most_columns)).map(cell).filter(|(_, rows, ..)| *rows <= most_rows);
    let Some((columns, rows, cell_width, cell_height)) =
        candidates.max_by(|a, b| seen(a.2, a.3).total_cmp(&seen(b.2, b.3)))
    else {
        return Vec::new();
    };
    let mut rects = Vec::new();
    for row in 0..rows {
        let here = columns.min(count - row * columns);
        let used = here * cell_width + gap * (here - 1);
        let left = x + width.saturating_sub(used) / 2;
        for column in 0..here {
            let top = y + row * (cell_height + gap);
            rects.push(Rect::new(left + column * (cell_width + gap), top, cell_width, cell_height));
        }
    }
    rects
}

/// How much of a wide video is seen in a cell, in pixels.
fn seen(width: u32, height: u32) -> f64 {
    let (width, height) = (f64::from(width), f64::from(height));
    let wide = width.min(height * WIDE);
    wide * wide / WIDE
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: PixelSize = PixelSize::new(1280, 720);

    fn region() -> Region {
        Region {
            name: None,
            x: 0,
            y: 0,
            z: 0,
            width: None,
            height: None,
            max_columns: None,
            max_rows: None,
            tracks: None,
        }
    }

    #[test]
    fn one_video_fills_its_region() {
        assert_eq!(places(&region(), PICTURE, 1), [Rect::new(0, 0, 1280, 720)]);
        let corner = Region { x: 960, y: 540, width: Some(320), height: Some(180), ..region() };
        assert_eq!(places(&corner, PICTURE, 1), [Rect::new(960, 540, 320, 180)]);
        assert!(places(&corner, PICTURE, 0).is_empty());
    }

    #[test]
    fn several_stand_side_by_side_without_touching() {
        for count in 2..=12 {
            let rects = places(&region(), PICTURE, count);
            assert_eq!(rects.len(), count);
            for (at, a) in rects.iter().enumerate() {
                assert!(a.x + a.width <= 1280 && a.y + a.height <= 720 && a.width > 200, "{count}: {a:?}");
                for b in &rects[at + 1..] {
                    assert!(a.x + a.width < b.x || b.x + b.width < a.x || a.y + a.height < b.y, "{count}: {a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn rows_and_columns_are_no_more_than_was_asked_for() {
        let column = Region { max_columns: Some(1), ..region() };
        let rects = places(&column, PICTURE, 3);
        assert!(rects.iter().all(|rect| rect.x == rects[0].x) && rects.len() == 3);
        let row = Region { max_rows: Some(1), ..region() };
        let rects = places(&row, PICTURE, 3);
        assert!(rects.iter().all(|rect| rect.y == 0) && rects.len() == 3);
        let few = Region { max_columns: Some(2), max_rows: Some(1), ..region() };
        assert_eq!(places(&few, PICTURE, 9).len(), 2, "there is no room for the others");
    }

    #[test]
    fn what_stands_out_is_cut_off() {
        let beyond = Region { x: 1000, y: 700, width: Some(800), height: Some(800), ..region() };
        assert_eq!(places(&beyond, PICTURE, 1), [Rect::new(1000, 700, 280, 20)]);
        let outside = Region { x: 2000, y: 2000, ..region() };
        assert!(places(&outside, PICTURE, 1).iter().all(|rect| rect.width == 0 && rect.height == 0));
    }
}
