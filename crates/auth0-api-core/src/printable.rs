//! Text from the network, or of an operator, that is safe to log.

/// Keeps the printable ASCII characters of a text, at most `longest` of them.
pub(crate) fn printable(text: &str, longest: usize) -> Box<str> {
    text.chars().filter(|character| matches!(character, ' '..='~')).take(longest).collect::<String>().into()
}

/// The beginning of a configured value, for an error. An operator recognizes the value, and a misplaced key is not shown as a
/// whole. What is before an `@` may be a password, and is not shown.
pub(crate) fn shown(text: &str) -> Box<str> {
    let without_user = text.rsplit_once('@').map(|(before, rest)| {
        let scheme = before.find("://").and_then(|end| before.get(..end + 3)).unwrap_or_default();
        format!("{scheme}…@{rest}")
    });
    let text = without_user.as_deref().unwrap_or(text);
    match text.char_indices().nth(LONGEST_SHOWN).and_then(|(end, _)| text.get(..end)) {
        Some(beginning) => format!("{beginning}…").into(),
        None => text.into(),
    }
}

/// Escapes what would begin a new line, move the cursor of a terminal, or change the direction of the text.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control()
            || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
    }
    line
}

const LONGEST_SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_value_is_shortened() {
        assert_eq!(&*shown("short"), "short");
        assert_eq!(shown(&"ä".repeat(100)).chars().count(), LONGEST_SHOWN + 1);
    }

    #[test]
    fn what_is_before_an_at_sign_is_not_shown() {
        for (text, expected) in [
            ("redis://:hush@redis.internal:6379/0", "redis://…@redis.internal:6379/0"),
            ("https://user:hu@sh/hush@a.example", "https://…@a.example"),
            ("user:hush@a.example", "…@a.example"),
            ("@", "…@"),
        ] {
            assert_eq!(&*shown(text), expected);
        }
        assert!(!shown(&format!("redis://:{}@redis.internal", "hush".repeat(20))).contains("hush"));
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(one_line("größe\n\r\u{1b}[31m\u{202e}"), r"größe\u{a}\u{d}\u{1b}[31m\u{202e}");
    }
}
