//! What people write for others to read.

/// Embeddings, overrides and isolates (Unicode Standard Annex 9) reach beyond the text they stand in, and further lines and
/// paragraphs too: they turn or hide what is beside it.
pub const fn turns_text(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
}
