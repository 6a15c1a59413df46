//! JSON on standard output, for other programs. Every tool writes one document.

use serde_json::Value;

/// Writes a document in ASCII, with a line feed at its end. All other characters are escaped, so that no text from elsewhere
/// commands a terminal. In JSON, such characters stand in strings only.
pub(crate) fn document(value: &Value) -> String {
    let json = format!("{value:#}\n");
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '\n' | ' '..='~' => escaped.push(character),
            _ => escaped.extend(character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}"))),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_is_ascii_and_keeps_its_texts() {
        let value = json!({ "name": "Zoë \u{1b}[2J\u{202e}\u{9b}😀" });
        let text = document(&value);
        assert!(text.is_ascii() && !text.contains('\u{1b}'), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
    }
}
