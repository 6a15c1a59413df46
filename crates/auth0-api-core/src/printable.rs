//! Text from the network that is safe to log.

/// Keeps the printable ASCII characters of a text, at most `longest` of them.
pub(crate) fn printable(text: &str, longest: usize) -> Box<str> {
    text.chars().filter(|character| matches!(character, ' '..='~')).take(longest).collect::<String>().into()
}
