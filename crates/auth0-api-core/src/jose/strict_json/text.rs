//! Texts inside a JSON text.

use std::borrow::Cow;
use std::ops::Range;

use serde::Deserialize;

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
            let ordinary = rest.len() - after_ordinary(rest.as_bytes()).len();
            let (plain, after) = rest.split_at_checked(ordinary).unwrap_or_default();
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

/// Returns the text from the next quote, backslash or control character (RFC 8259 §7).
///
/// All other octets are ordinary. Most octets of a string are ordinary, so eight octets are checked together, as one
/// `u64`. The `u64` is little-endian: the first octet is in the lowest bits. [`not_ordinary`] sets the high bit of an
/// octet as a mark. The number of zero bits below the lowest mark, divided by eight, is the index of the first octet
/// that is not ordinary. The last octets of the text, at most seven, are checked one by one.
pub(super) fn after_ordinary(text: &[u8]) -> &[u8] {
    let mut text = text;
    while let Some((word, rest)) = text.split_first_chunk::<8>() {
        let found = not_ordinary(u64::from_le_bytes(*word));
        if found != 0 {
            return text.get(found.trailing_zeros() as usize / 8..).unwrap_or_default();
        }
        text = rest;
    }
    while let [b' '..=b'!' | b'#'..=b'[' | b']'.., rest @ ..] = text {
        text = rest;
    }
    text
}

/// Sets the high bit of each octet that is a quote, a backslash or a control character. Only the lowest bit that is set
/// is reliable.
///
/// 1. `ONES` has the value 1 in each of the eight octets, so `ONES * n` has the value `n` in each.
/// 2. The subtraction of `ONES * n` from octets that are below 128 sets the high bits of those that are below `n`,
///    because these wrap around.
/// 3. XOR with a backslash makes a backslash 0, which is the only octet below 1.
/// 4. XOR with 2 makes a quote 32, and a space 34. It exchanges control characters with each other. So a quote and the
///    control characters are the octets below 33.
/// 5. An octet of 128 or more may also have its high bit set after the subtraction. `& !word` clears this bit.
/// 6. `& (ONES * 0x80)` keeps only the high bits.
///
/// One subtraction handles all eight octets, so an octet that wraps around borrows 1 from the next higher octet. This
/// borrow can mark a higher octet by mistake, for example a `#` after a quote. It cannot mark a lower octet, so the
/// lowest mark is always correct.
fn not_ordinary(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    let backslash = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    let quote_or_control = (word ^ (ONES * 2)).wrapping_sub(ONES * 33);
    (backslash | quote_or_control) & !word & (ONES * 0x80)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::after_ordinary;

    proptest! {
        #[test]
        fn eight_octets_at_a_time_give_the_same_result_as_one_by_one(octets in prop::collection::vec(
            prop_oneof![4 => any::<u8>(), 1 => Just(b'"'), 1 => Just(b'\\'), 1 => 0x1e..0x23_u8, 4 => Just(b'a')], 0..40,
        )) {
            let ordinary = octets.iter().take_while(|octet| **octet >= 0x20 && !b"\"\\".contains(octet)).count();
            prop_assert_eq!(octets.len() - after_ordinary(&octets).len(), ordinary);
        }
    }
}
