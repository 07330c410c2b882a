//! Names that people are shown by.

use visita_protocol::{Problem, text::turns_text};

/// Longest display name, in characters.
const MAX_NAME: usize = 120;

/// The name without spaces around it.
///
/// # Errors
/// `invalid`, naming the field, for what is no name.
pub(crate) fn check_name(name: &str, field: &str) -> Result<String, Problem> {
    let name = name.trim();
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(Problem::invalid(field, "a name has 1 to 120 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(Problem::invalid(field, "a name has no control characters"));
    }
    if name.chars().any(turns_text) {
        return Err(Problem::invalid(field, "a name does not change the direction of what is written after it"));
    }
    Ok(name.to_owned())
}

/// Longest name of a file, in characters.
const MAX_FILE_NAME: usize = 200;

/// The name of a file, without any folder.
///
/// # Errors
/// `invalid`, naming the field, for what is none.
pub(crate) fn check_file_name(name: &str, field: &str) -> Result<String, Problem> {
    // What a system lets fall from the end of a name would change its ending.
    let name = name.trim().trim_end_matches(['.', ' ']);
    let fits = (1..=MAX_FILE_NAME).contains(&name.chars().count()) && !matches!(name, "." | "..");
    if !fits
        || name.contains(['/', '\\', ':', '<', '>', '|', '?', '*', '"'])
        || name.chars().any(|c| c.is_control() || turns_text(c))
    {
        return Err(Problem::invalid(field, "1 to 200 characters, without a folder"));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_measured_in_characters() {
        assert_eq!(check_name("  Ada ", "name").as_deref(), Ok("Ada"));
        for good in ["è".repeat(120).as_str(), "أمينة", "דנה Levi", "👩🏽‍⚕️ Ada"] {
            assert_eq!(check_name(good, "name").as_deref(), Ok(good));
        }
        for bad in ["", "   ", &"è".repeat(121), "Ada\u{7}", "a\nb", "\u{202e}adA", "Ada\u{2066}", "a\u{2028}b"] {
            assert_eq!(check_name(bad, "name").expect_err(bad).field.as_deref(), Some("name"));
        }
    }
}
