//! Who may take part in a room with a seat for each.

use std::{collections::HashSet, hash::Hash};

use crate::{Refusal, SeatSettings, Timestamp};

/// How many seats such a room has.
pub const SEATS: std::ops::RangeInclusive<usize> = 2..=25;

/// Why people cannot take part together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeatsRefusal {
    /// Fewer or more people than [`SEATS`].
    Number,
    /// More people than were said to take part.
    TooMany,
    /// The one at this place has a seat already.
    Twice(usize),
}

/// Whether these people, by whatever tells them apart, may have the seats of a room in which so many take part, some of whom
/// may be unknown yet.
///
/// # Errors
/// [`SeatsRefusal`].
pub fn check_seats<T: Eq + Hash>(number: usize, people: impl IntoIterator<Item = T>) -> Result<(), SeatsRefusal> {
    if !SEATS.contains(&number) {
        return Err(SeatsRefusal::Number);
    }
    let mut seated = HashSet::new();
    for (index, person) in people.into_iter().enumerate() {
        if index >= number {
            return Err(SeatsRefusal::TooMany);
        }
        if !seated.insert(person) {
            return Err(SeatsRefusal::Twice(index));
        }
    }
    Ok(())
}

/// Whether one of the people has the role plus, which is judged when all of them are known.
///
/// # Errors
/// [`Refusal::NoPlus`].
pub fn check_plus(number: usize, are_plus: impl IntoIterator<Item = bool>) -> Result<(), Refusal> {
    let (mut known, mut has_plus) = (0, false);
    for is_plus in are_plus {
        known += 1;
        has_plus |= is_plus;
    }
    if known >= number && !has_plus { Err(Refusal::NoPlus) } else { Ok(()) }
}

/// What is planned anew of a visit whose seats are filled one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// How many people take part.
    pub expected: usize,
    /// Those who are known. Whose seat was there before keeps it, with its link.
    pub seats: Vec<SeatSettings>,
    /// When it starts.
    pub starts_at: Option<Timestamp>,
    /// Effective call time; `None` is unlimited.
    pub duration: Option<std::time::Duration>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_to_twenty_five_different_people_take_part() {
        let many: Vec<_> = (0..26).map(|n| format!("user-{n}")).collect();
        let many: Vec<_> = many.iter().map(String::as_str).collect();
        for (number, names, wanted) in [
            (2, &["a", "b"][..], Ok(())),
            (3, &["a", "b"], Ok(())),
            (2, &[], Ok(())),
            (25, &many[..25], Ok(())),
            (1, &["a"], Err(SeatsRefusal::Number)),
            (26, &many, Err(SeatsRefusal::Number)),
            (2, &["a", "b", "c"], Err(SeatsRefusal::TooMany)),
            (3, &["a", "b", "a"], Err(SeatsRefusal::Twice(2))),
        ] {
            assert_eq!(check_seats(number, names), wanted, "{number} {names:?}");
        }
    }

    #[test]
    fn somebody_of_role_plus_is_missed_when_all_are_known() {
        assert_eq!(check_plus(2, [false]), Ok(()));
        assert_eq!(check_plus(2, [false, false]), Err(Refusal::NoPlus));
        assert_eq!(check_plus(2, [false, true]), Ok(()));
    }
}
