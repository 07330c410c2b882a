//! Which device to take while they come and go.

use crate::sound::Seen;

/// The device to use: the chosen one while it is there, else the system's default.
pub(crate) fn target<'s>(chosen: Option<&'s str>, seen: &'s Seen) -> Option<&'s str> {
    chosen.filter(|id| seen.ids.iter().any(|other| other == id)).or(seen.default.as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(ids: &[&str], default: Option<&str>) -> Seen {
        Seen {
            devices: Vec::new(),
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            default: default.map(str::to_owned),
        }
    }

    #[test]
    fn the_chosen_one_while_it_is_there() {
        assert_eq!(target(Some("b"), &seen(&["a", "b"], Some("a"))), Some("b"));
        assert_eq!(target(Some("c"), &seen(&["a", "b"], Some("a"))), Some("a"));
        assert_eq!(target(None, &seen(&["a", "b"], Some("b"))), Some("b"));
        assert_eq!(target(Some("c"), &seen(&["a"], None)), None);
        assert_eq!(target(None, &seen(&[], None)), None);
    }
}
