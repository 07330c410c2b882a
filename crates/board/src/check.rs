//! Which operations somebody may do. The server asks before it does them.

use thiserror::Error;
use visita_protocol::{
    ErrorCode, ParticipantId, Problem, WhiteboardRights,
    board::{
        BoardOp, Item, MAX_BOARD_POINTS, MAX_ITEMS, MAX_KEPT, MAX_PAGES, MAX_POINTS, MAX_TEXT, Point, Shape, Stamp,
    },
    text::turns_text,
};

use crate::{Board, HIGHEST, What};

/// No point lies further out, in units of the board.
const FAR: u32 = 1_000_000;
/// Widest line and largest letter.
const WIDEST: u16 = 400;
/// A stamp this far from what is known here was made up.
const AHEAD: u64 = 1_000_000;

/// Why an operation is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// The seat has not the right for it.
    #[error("this seat may not do that on the board")]
    NoRight,
    /// It is done in another's name.
    #[error("not under one's own name")]
    NotOneself,
    /// A value out of bounds, or that contradicts what is there.
    #[error("not a valid operation")]
    Invalid,
    /// As much as may lie there does.
    #[error("the board is full")]
    Full,
}

impl Refused {
    /// The refusal with its code.
    pub fn problem(self) -> Problem {
        let code = match self {
            Self::NoRight | Self::NotOneself => ErrorCode::Forbidden,
            Self::Invalid => ErrorCode::Invalid,
            Self::Full => ErrorCode::TooLarge,
        };
        Problem::new(code, self.to_string())
    }
}

impl Board {
    /// Whether somebody may do that now.
    ///
    /// # Errors
    /// [`Refused`], and nothing is to be done.
    pub fn check(&self, op: &BoardOp, by: &ParticipantId, rights: WhiteboardRights) -> Result<(), Refused> {
        match op {
            BoardOp::Put { item } => {
                self.check_stamp(&item.stamp, by)?;
                may(right_to(&item.shape, rights))?;
                // Moved far away or made small, another's is as good as erased.
                let others = self.item(&item.id).is_some_and(|before| before.author != *by);
                may(rights.wb_eraser || !others)?;
                self.check_item(item, by)
            }
            BoardOp::Extend { id, of, from, points } => {
                may(rights.wb_pen)?;
                // By whoever put it as it is: its author, or who moved it.
                let Some(item) = self.item(id).filter(|_| of.by == *by) else {
                    return Err(Refused::NotOneself);
                };
                let Shape::Pen { points: before, .. } = &item.shape else { return Err(Refused::Invalid) };
                // Of a stroke that was never put there.
                if *of > item.stamp {
                    return Err(Refused::Invalid);
                }
                // What is late, because the stroke was moved meanwhile, changes nothing.
                if *of < item.stamp {
                    return Ok(());
                }
                if self.points + points.len() > MAX_BOARD_POINTS {
                    return Err(Refused::Full);
                }
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                let fits = from <= before.len() && from.saturating_add(points.len()) <= MAX_POINTS;
                if fits && points.iter().all(is_near) { Ok(()) } else { Err(Refused::Invalid) }
            }
            BoardOp::Remove { id, stamp } => {
                self.check_stamp(stamp, by)?;
                // Remembering what never was would fill the board.
                self.what(id).ok_or(Refused::Invalid)?;
                let own = self.item(id).is_some_and(|item| item.author == *by && right_to(&item.shape, rights));
                may(rights.wb_eraser || own)
            }
            BoardOp::Pages { count } => {
                may(rights.wb_pen || rights.wb_shape || rights.wb_text || rights.wb_add_file)?;
                if *count <= MAX_PAGES { Ok(()) } else { Err(Refused::Full) }
            }
        }
    }

    fn check_stamp(&self, stamp: &Stamp, by: &ParticipantId) -> Result<(), Refused> {
        if stamp.by != *by {
            return Err(Refused::NotOneself);
        }
        if stamp.clock > self.clock.saturating_add(AHEAD) { Err(Refused::Invalid) } else { Ok(()) }
    }

    fn check_item(&self, item: &Item, by: &ParticipantId) -> Result<(), Refused> {
        match self.what(&item.id) {
            None if item.author != *by => return Err(Refused::NotOneself),
            None if self.kept.len() >= MAX_KEPT => return Err(Refused::Full),
            None | Some(What::Gone { .. }) if self.items >= MAX_ITEMS => return Err(Refused::Full),
            Some(What::Gone { author, .. }) if author.as_ref().is_some_and(|author| item.author != *author) => {
                return Err(Refused::NotOneself);
            }
            Some(What::Gone { author: None, .. }) if item.author != *by => return Err(Refused::NotOneself),
            Some(What::There(before)) => {
                let same = std::mem::discriminant(&before.shape) == std::mem::discriminant(&item.shape);
                if before.author != item.author || !same {
                    return Err(Refused::Invalid);
                }
            }
            None | Some(What::Gone { .. }) => {}
        }
        if item.page >= MAX_PAGES || item.z > HIGHEST {
            return Err(Refused::Invalid);
        }
        if let Shape::Pen { points, .. } = &item.shape
            && self.points + points.len() > MAX_BOARD_POINTS
        {
            return Err(Refused::Full);
        }
        let width_fits = |width: u16| (1..=WIDEST).contains(&width);
        let fits = match &item.shape {
            Shape::Pen { points, width, .. } => {
                (1..=MAX_POINTS).contains(&points.len()) && points.iter().all(is_near) && width_fits(*width)
            }
            Shape::Figure { from, to, width, .. } => is_near(from) && is_near(to) && width_fits(*width),
            Shape::Text { at, text, size, .. } => {
                // What would hide or turn what is written.
                let odd = |c: char| c.is_control() && c != '\n' || turns_text(c);
                is_near(at) && text.chars().count() <= MAX_TEXT && !text.contains(odd) && width_fits(*size)
            }
            Shape::Picture { at, size, .. } => is_near(at) && is_near(size) && size.x > 0 && size.y > 0,
        };
        if fits { Ok(()) } else { Err(Refused::Invalid) }
    }
}

const fn right_to(shape: &Shape, rights: WhiteboardRights) -> bool {
    match shape {
        Shape::Pen { .. } => rights.wb_pen,
        Shape::Figure { .. } => rights.wb_shape,
        Shape::Text { .. } => rights.wb_text,
        Shape::Picture { .. } => rights.wb_add_file,
    }
}

const fn may(right: bool) -> Result<(), Refused> {
    if right { Ok(()) } else { Err(Refused::NoRight) }
}

const fn is_near(point: &Point) -> bool {
    point.x.unsigned_abs() <= FAR && point.y.unsigned_abs() <= FAR
}
