//! Texts that are safe to print.

/// A text of the tenant or of a file, without characters that would control the terminal or reorder its text.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|char| if is_plain(char) { char } else { char::REPLACEMENT_CHARACTER }).collect()
}

/// The other characters change the direction of a text (UAX #9), or end a line.
fn is_plain(char: char) -> bool {
    let reorders =
        matches!(char, '\u{61c}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !(char.is_control() || reorders || matches!(char, '\u{2028}' | '\u{2029}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\u{202e}c\u{e9}"), "a\u{fffd}[2Jb\u{fffd}c\u{e9}");
    }
}
