//! Texts from elsewhere, such as claims, documents of a tenant and files, made safe to print. The other homes of this concern
//! build on it: `terminal.rs` for people, `json.rs` for programs.

use std::fmt::Write as _;

/// Escapes what would command a terminal: control characters, line breaks, and characters that are invisible or change the
/// direction of a text. Cuts what is long. Twice is as good as once.
pub(crate) fn printable(text: &str) -> String {
    escaped(&cut(text, LONGEST))
}

/// The same without a cut.
pub(crate) fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' | '\'' | '\\' => shown.push(character),
            '\u{61c}' | '\u{200e}' | '\u{200f}' => shown.extend(character.escape_unicode()),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}

/// Cuts a text after this number of characters.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest).and_then(|(end, _)| text.get(..end)) {
        Some(beginning) => format!("{beginning}..."),
        None => text.to_owned(),
    }
}

/// Writes a number with its noun: `1 key`, `2 keys`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Joins the texts of an error and of its sources. A source whose text is there already is left out.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    for source in std::iter::successors(error.source(), |error| error.source()).map(ToString::to_string) {
        if !text.contains(&source) {
            // Writing to a String does not fail.
            _ = write!(text, ": {source}");
        }
    }
    text
}

/// Characters. Two lines of a terminal.
const LONGEST: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_control_the_terminal() {
        for (text, expected) in [
            ("https://a.example/?q='\"\\", "https://a.example/?q='\"\\"),
            ("Zoë", "Zoë"),
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\nb\tc\u{7f}", "a\\nb\\tc\\u{7f}"),
            ("\u{202e}evil\u{200b}\u{9b}\u{2028}\u{61c}", "\\u{202e}evil\\u{200b}\\u{9b}\\u{2028}\\u{61c}"),
        ] {
            assert_eq!(printable(text), expected);
            assert_eq!(printable(expected), expected);
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        assert_eq!(printable(&"é".repeat(LONGEST)), "é".repeat(LONGEST));
        assert_eq!(printable(&"é".repeat(LONGEST + 1)), format!("{}...", "é".repeat(LONGEST)));
    }
}
