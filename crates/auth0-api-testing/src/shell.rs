//! Texts as words of a shell.

#[cfg(feature = "cli")]
use std::fmt::Write as _;

/// Quotes a text as one word for the shell, if it contains a character that the shell could treat as special.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:/@,+=".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// Encodes a text as a value of a form. The result is also one plain word for the shell.
#[cfg(feature = "cli")]
pub(super) fn form_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match char::from(byte) {
            c if c.is_ascii_alphanumeric() || "-._:/@".contains(c) => encoded.push(c),
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
    }
    encoded
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn a_special_character_is_quoted_for_the_shell_and_encoded_in_a_form() {
        for (text, word, value) in [
            ("https://api.example.com", "https://api.example.com", "https://api.example.com"),
            ("auth0|ada", "'auth0|ada'", "auth0%7Cada"),
            ("it's", r"'it'\''s'", "it%27s"),
            ("a+b&c", "'a+b&c'", "a%2Bb%26c"),
            ("", "''", ""),
        ] {
            assert_eq!((quoted(text).as_str(), form_encoded(text).as_str()), (word, value));
        }
    }
}
