//! Text from the network, made safe for a terminal.

/// Removes control characters and everything else that is not visible ASCII or a blank, and cuts what is long.
pub(super) fn printable(text: &str) -> String {
    let mut text = text.chars().filter(|character| matches!(character, ' '..='~'));
    let mut shown: String = text.by_ref().take(LONGEST).collect();
    if text.next().is_some() {
        shown.push_str("...");
    }
    shown
}

/// Writes a number with its noun: `1 key`, `2 keys`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Characters. Two lines of a terminal.
const LONGEST: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_control_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\r\n\u{202e}c\u{7}é"), "a[31mbc");
        assert_eq!(printable(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
        assert_eq!(printable(&"x".repeat(LONGEST + 1)), format!("{}...", "x".repeat(LONGEST)));
    }
}
