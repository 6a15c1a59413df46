//! Texts inside a JSON text.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;

use super::reader::ordinary;

/// A part of a text. A `Span` is half as large as a `Range<usize>`, because objects are moved often.
#[derive(Clone, Copy)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// A string. It is borrowed from the JSON text unless it contains escapes.
#[derive(Deserialize)]
pub(crate) struct Text<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Span {
    /// The part from `start` to `end`. Offsets have 32 bits, which is enough because the texts are much shorter than 4
    /// GiB.
    pub(super) fn new(start: usize, end: usize) -> Self {
        let offset = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        Self { start: offset(start), end: offset(end) }
    }

    pub(super) fn of(self, json: &str) -> &str {
        json.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// Replaces the digits of lone surrogates by those of U+FFFD. The text keeps its length, so positions stay correct.
pub(super) fn with_replacements(json: String, lone_surrogates: &[usize]) -> String {
    if lone_surrogates.is_empty() {
        return json;
    }
    let mut octets = json.into_bytes();
    for start in lone_surrogates {
        if let Some(digits) = octets.get_mut(*start..*start + 4) {
            digits.copy_from_slice(b"fffd");
        }
    }
    // Four digits were replaced by four digits, so the text is still UTF-8, and nothing is replaced here.
    String::from_utf8_lossy(&octets).into_owned()
}

/// Decodes the inside of a string, which the reader has checked: the text between the quotes.
///
/// This function cannot fail. A lone surrogate becomes U+FFFD.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    push_decoded(text, &mut decoded);
    Cow::Owned(decoded)
}

/// Appends what [`decoded`] returns.
pub(super) fn push_decoded(text: &str, decoded: &mut String) {
    let mut rest = text;
    loop {
        if let Some(escape) = rest.strip_prefix('\\') {
            rest = push_escaped(escape, decoded);
        } else if rest.is_empty() {
            return;
        } else {
            let (plain, after) = rest.split_at_checked(ordinary(rest.as_bytes())).unwrap_or_default();
            decoded.push_str(plain);
            rest = after;
        }
    }
}

/// Appends the character of an escape, and returns the text after the escape.
fn push_escaped<'t>(escape: &'t str, decoded: &mut String) -> &'t str {
    // The most expensive names consist of these escapes.
    if let Some(digits) = escape.strip_prefix('u') {
        let (character, after) = code_point(digits);
        decoded.push(character);
        return after;
    }
    let mut rest = escape.chars();
    decoded.push(match rest.next() {
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some(itself) => itself,
        None => char::REPLACEMENT_CHARACTER,
    });
    rest.as_str()
}

/// Reads a code point after `\u`: one code unit of UTF-16, or a surrogate pair
/// ([RFC 8259 §7](https://www.rfc-editor.org/rfc/rfc8259#section-7)).
fn code_point(digits: &str) -> (char, &str) {
    let (Some(first), after) = split_code_unit(digits) else { return (char::REPLACEMENT_CHARACTER, "") };
    let low = after.strip_prefix("\\u").map(split_code_unit);
    if let Some((Some(second), after_pair)) = low.filter(|_| HIGH_SURROGATES.contains(&first))
        && let Some(Ok(character)) = char::decode_utf16([first, second]).next()
    {
        return (character, after_pair);
    }
    (char::from_u32(first.into()).unwrap_or(char::REPLACEMENT_CHARACTER), after)
}

fn split_code_unit(text: &str) -> (Option<u16>, &str) {
    let unit = text.as_bytes().first_chunk().copied().and_then(code_unit);
    (unit, text.get(4..).unwrap_or_default())
}

/// Reads four hexadecimal digits.
pub(super) fn code_unit(digits: [u8; 4]) -> Option<u16> {
    let [a, b, c, d] = digits.map(hex_digit);
    Some(u16::from(a?) << 12 | u16::from(b?) << 8 | u16::from(c?) << 4 | u16::from(d?))
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

pub(super) const HIGH_SURROGATES: Range<u16> = 0xd800..0xdc00;
pub(super) const LOW_SURROGATES: Range<u16> = 0xdc00..0xe000;
