//! Initials and colours of people who are not seen, as the page has them (`ui/src/components/people.ts`).

const TITLES: [&str; 11] =
    ["dr", "dott", "dottor", "dottoressa", "prof", "mr", "mrs", "ms", "sig", "signora", "signor"];

/// The page's `--person-0` and on.
const COLOURS: [u32; 8] = [0x0a6870, 0x2f5fb3, 0x86479a, 0x8f5300, 0x3a7332, 0xa33a69, 0x4a5a73, 0x675829];

/// Up to two letters for a name: of its first and its last word. Titles and signs do not count.
pub(super) fn initials(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().filter(|word| is_name(word)).collect();
    let many = words.len() > 1;
    let mut words =
        words.into_iter().enumerate().filter(|(at, word)| !many || *at > 0 || !TITLES.contains(&&*word.to_lowercase()));
    let first = words.next().and_then(|(_, word)| word.chars().next());
    let last = words.next_back().and_then(|(_, word)| word.chars().next());
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// Begins with a letter or digit and is no shortened title, such as `Dr.` or `Dott.ssa`.
fn is_name(word: &str) -> bool {
    let short = word.trim_end_matches("ssa").trim_end_matches("ssi");
    let shortened = short
        .strip_suffix('.')
        .is_some_and(|letters| (1..=4).contains(&letters.chars().count()) && letters.chars().all(char::is_alphabetic));
    word.chars().next().is_some_and(char::is_alphanumeric) && !shortened
}

/// A colour that stays with somebody, by the name they are shown under.
pub(super) fn colour(name: &str) -> u32 {
    let hash =
        name.trim().to_lowercase().chars().fold(0u32, |hash, sign| hash.wrapping_mul(31).wrapping_add(u32::from(sign)));
    COLOURS[hash as usize % COLOURS.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_those_of_the_page() {
        for (name, letters) in [
            ("Ada Lovelace", "AL"),
            ("Dott.ssa Maria Grazia Rossi", "MR"),
            ("dr house", "H"),
            ("Dr", "D"),
            ("Prof. Ernő Rubik", "ER"),
            ("Мария Иванова", "МИ"),
            ("山田 太郎", "山太"),
            ("  ", ""),
            ("(guest)", ""),
            ("Guest 7", "G7"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn a_colour_is_by_the_name_alone() {
        assert_eq!(colour("Ada"), colour(" ada "));
        // 'a' * 31^2 + 'd' * 31 + 'a' is 96414, 6 more than a multiple of 8.
        assert_eq!(colour("Ada"), COLOURS[6]);
    }
}
