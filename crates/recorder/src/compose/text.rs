//! Letters: Inter for Latin, Greek and Cyrillic, and for other scripts whatever font the system has for them.

use std::sync::Arc;

use cosmic_text::{
    Align, Attrs, Buffer, Color, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics, Shaping, SwashCache,
    Weight, Wrap, fontdb,
};

use super::sprite::Bitmap;

/// Inter 4.0 (SIL Open Font License 1.1, `assets/OFL.txt`).
const INTER: [&[u8]; 2] =
    [include_bytes!("../../assets/Inter-Medium.otf"), include_bytes!("../../assets/Inter-SemiBold.otf")];

/// Longest text that is drawn, in characters: names and messages of honest people are shorter, and shaping takes time.
const LONGEST: usize = 2_000;

/// How letters look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) px: f32,
    pub(super) bold: bool,
    pub(super) colour: u32,
}

/// Draws text.
pub(super) struct Letters {
    fonts: FontSystem,
    cache: SwashCache,
}

impl Letters {
    /// Looks through the system's fonts, which takes a moment. `language` decides where scripts share signs.
    pub(super) fn new(language: &str) -> Self {
        let mut fonts = fontdb::Database::new();
        for font in INTER {
            fonts.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        fonts.load_system_fonts();
        fonts.set_sans_serif_family("Inter");
        Self { fonts: FontSystem::new_with_locale_and_db(language.to_owned(), fonts), cache: SwashCache::new() }
    }

    /// One line that is cut with an ellipsis where it is wider than `width`.
    pub(super) fn line(&mut self, text: &str, style: Style, width: u32) -> Bitmap {
        let text: String = text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).take(LONGEST).collect();
        self.draw(text.trim(), style, width, Wrap::None, Ellipsize::End(EllipsizeHeightLimit::Lines(1)))
    }

    /// Lines no wider than `width`, broken between words where that is possible.
    pub(super) fn paragraph(&mut self, text: &str, style: Style, width: u32) -> Bitmap {
        let clean = |sign: char| if sign.is_control() && sign != '\n' { ' ' } else { sign };
        let text: String = text.chars().map(clean).take(LONGEST).collect();
        self.draw(text.trim(), style, width, Wrap::WordOrGlyph, Ellipsize::None)
    }

    fn draw(&mut self, text: &str, style: Style, width: u32, wrap: Wrap, ellipsize: Ellipsize) -> Bitmap {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::relative(style.px, 1.36));
        buffer.set_size(Some(width as f32), None);
        buffer.set_wrap(wrap);
        buffer.set_ellipsize(ellipsize);
        let (inter, other) =
            if style.bold { (Weight::SEMIBOLD, Weight::BOLD) } else { (Weight::MEDIUM, Weight::NORMAL) };
        let attrs = Attrs::new().family(Family::Name("Inter")).weight(inter);
        // Systems have fonts of other scripts in these two weights, and only one of just the weight asked for is taken
        // for a script; else it is the first that has the sign, such as one with serifs.
        let other = attrs.clone().weight(other);
        let emoji = Attrs::new().family(Family::Name("Noto Color Emoji")).weight(Weight::NORMAL);
        let runs = runs(text).map(|(run, signs)| {
            let attrs = match signs {
                Signs::Inter => &attrs,
                Signs::Emoji => &emoji,
                Signs::Other => &other,
            };
            (run, attrs.clone())
        });
        // Also what is written from the right begins at the left edge, beside its name.
        buffer.set_rich_text(runs, &attrs, Shaping::Advanced, Some(Align::Left));
        buffer.shape_until_scroll(&mut self.fonts, false);
        let (mut widest, mut height) = (0.0f32, 0.0f32);
        for run in buffer.layout_runs() {
            widest = widest.max(run.line_w);
            height = height.max(run.line_top + run.line_height);
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a text")]
        let mut bitmap = Bitmap::new((widest.ceil() as u32).min(width), height.ceil() as u32);
        let [_, r, g, b] = style.colour.to_be_bytes();
        buffer.draw(&mut self.fonts, &mut self.cache, Color::rgb(r, g, b), |x, y, w, h, colour| {
            let rgb = u32::from(colour.r()) << 16 | u32::from(colour.g()) << 8 | u32::from(colour.b());
            for dy in 0..h as i32 {
                for dx in 0..w as i32 {
                    bitmap.dot(x + dx, y + dy, rgb, colour.a());
                }
            }
        });
        bitmap
    }
}

/// By which font signs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signs {
    /// Latin, Greek, Cyrillic, and the punctuation and currencies that go with them.
    Inter,
    Emoji,
    Other,
}

impl Signs {
    /// By Unicode's blocks.
    const fn of(sign: char) -> Self {
        match sign {
            '\0'..='\u{52f}' | '\u{1e00}'..='\u{20cf}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}' => {
                Self::Inter
            }
            '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => Self::Emoji,
            _ => Self::Other,
        }
    }
}

/// Whether a sign belongs to what is before it: joiners, variation selectors, and spaces, but those are wide in a font
/// of emoji.
fn follows(sign: char, before: Signs) -> bool {
    matches!(sign, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}') || sign == ' ' && before == Signs::Other
}

/// A text in runs of signs of one kind.
fn runs(text: &str) -> impl Iterator<Item = (&str, Signs)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let signs = Signs::of(rest.chars().next()?);
        let end = rest.find(|sign| !follows(sign, signs) && Signs::of(sign) != signs).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some((run, signs))
    })
}

#[cfg(test)]
mod tests {
    use super::{Letters, Signs, Style, runs};

    #[test]
    fn runs_end_where_another_font_begins() {
        let all = |text| runs(text).collect::<Vec<_>>();
        assert_eq!(all("Zoë Ελένη Мария – 5 €"), [("Zoë Ελένη Мария – 5 €", Signs::Inter)]);
        let kinds = [("Dr. ", Signs::Inter), ("山田 太郎 ", Signs::Other), ("(MD)", Signs::Inter)];
        assert_eq!(all("Dr. 山田 太郎 (MD)"), kinds);
        assert_eq!(all("محمد علي"), [("محمد علي", Signs::Other)]);
        assert_eq!(all("👩\u{200d}⚕\u{fe0f} Luca"), [("👩\u{200d}⚕\u{fe0f}", Signs::Emoji), (" Luca", Signs::Inter)]);
        assert_eq!(all(""), []);
    }

    #[test]
    fn a_long_name_is_cut_and_not_left_out() {
        let mut letters = Letters::new("it");
        let style = Style { px: 11.0, bold: false, colour: 0xff_ff_ff };
        let name = "Giovanna Maria Alessandra Cristina de' Bartolomei-Montecuccoli della Torre";
        for width in 60..300 {
            let cut = letters.line(name, style, width).size().width;
            assert!(cut <= width.next_multiple_of(2) && cut > width / 2, "{cut} of {width} pixels");
        }
    }
}
