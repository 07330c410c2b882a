//! The column of what is written, newest at the bottom.

use std::collections::VecDeque;

use visita_protocol::ParticipantId;

use super::{
    canvas::{Canvas, Ink, Rect},
    card::WHITE,
    person,
    sprite::{Bitmap, Sprite},
    text::{Letters, Style},
};

/// Messages kept: more than fit into any column.
const KEPT: usize = 60;
/// Behind the messages.
const PANEL: u32 = 0x182223;
/// The column's title.
const TITLE: u32 = 0x9f_b3_b5;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// By whom.
    pub participant_id: ParticipantId,
    /// Their name then.
    pub name: String,
    /// What.
    pub text: String,
}

/// Messages, and their drawings for a width.
#[derive(Default)]
pub(super) struct Chat {
    messages: VecDeque<(Message, Option<Sprite>)>,
    title: Option<Sprite>,
    width: u32,
}

impl Chat {
    pub(super) fn say(&mut self, message: Message) {
        self.messages.push_back((message, None));
        if self.messages.len() > KEPT {
            self.messages.pop_front();
        }
    }

    /// Takes away what is not to be seen any more; says whether there was any.
    pub(super) fn keep(&mut self, may: impl Fn(&ParticipantId) -> bool) -> bool {
        let before = self.messages.len();
        self.messages.retain(|(message, _)| may(&message.participant_id));
        before != self.messages.len()
    }

    pub(super) fn paint(&mut self, canvas: &mut Canvas, letters: &mut Letters, place: Rect, scale: f32) {
        canvas.fill(place, Ink::rgb(PANEL));
        let inner = place.inset((14.0 * scale) as u32);
        if self.width != inner.width {
            self.width = inner.width;
            self.messages.iter_mut().for_each(|(_, drawing)| *drawing = None);
            self.title = None;
        }
        // The same word in both languages.
        let style = Style { px: 13.0 * scale, bold: true, colour: TITLE };
        let title = self.title.get_or_insert_with(|| letters.line("Chat", style, inner.width).sprite());
        canvas.lay(title, inner.x, inner.y);
        let (top, apart) = (inner.y + title.size().height, (10.0 * scale) as u32);
        let inner = Rect::new(inner.x, top + apart, inner.width, inner.height.saturating_sub(top + apart - inner.y));
        let mut bottom = inner.y + inner.height;
        for (message, drawing) in self.messages.iter_mut().rev() {
            let drawing = drawing.get_or_insert_with(|| draw(message, letters, inner, scale));
            let height = drawing.size().height;
            if bottom < inner.y + height {
                return;
            }
            bottom -= height;
            canvas.lay(drawing, inner.x, bottom);
            bottom = bottom.saturating_sub(apart);
        }
    }
}

fn draw(message: &Message, letters: &mut Letters, place: Rect, scale: f32) -> Sprite {
    let name = letters.line(
        &message.name,
        Style { px: 13.0 * scale, bold: true, colour: lighter(person::colour(&message.name)) },
        place.width,
    );
    let text = letters.paragraph(&message.text, Style { px: 14.5 * scale, bold: false, colour: WHITE }, place.width);
    // One that is taller than the column shows its beginning.
    let height = (name.size().height + text.size().height).min(place.height);
    let mut bitmap = Bitmap::new(place.width, height);
    bitmap.lay(&name, 0, 0);
    bitmap.lay(&text, 0, name.size().height as i32);
    bitmap.sprite()
}

/// A colour made for white letters on it, as letters on a dark ground.
fn lighter(colour: u32) -> u32 {
    [16, 8, 0].iter().fold(0, |sum, shift| {
        let channel = colour >> shift & 255;
        sum | (channel + (255 - channel) * 11 / 20) << shift
    })
}
