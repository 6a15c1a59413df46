//! The grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-2), read once from left to right.
//!
//! The reader builds only the list of members. `serde_json` checks numbers that may be out of range. When a caller
//! requests a member, `serde_json` parses the member again. It accepts all texts that this reader accepts.

use super::members::{Key, Member, MemberTable, Name};
use super::text::{self, HIGH_SURROGATES, LOW_SURROGATES, Span};
use crate::jose::JsonError;

/// What a text contains.
pub(super) struct Contents {
    pub(super) members: MemberTable,
    /// The places of the four digits of each lone surrogate.
    pub(super) lone_surrogates: Vec<usize>,
}

/// Reads a text that must be one object and nothing else.
pub(super) fn read(json: &str) -> Result<Contents, JsonError> {
    read_to_depth(json, MAX_DEPTH)
}

/// Reads a text like [`read`], with another limit for the depth.
pub(super) fn read_to_depth(json: &str, deepest: usize) -> Result<Contents, JsonError> {
    let mut reader = Reader::new(json, deepest);
    reader.skip_white_space();
    reader.object(OUTERMOST)?;
    reader.end()?;
    Ok(Contents { members: reader.members, lone_surrogates: reader.lone_surrogates })
}

/// Reads a text that must be one array and nothing else, and returns the places of its elements. `None` if there are more
/// than `most` elements: the rest of the text is not read then.
pub(super) fn read_elements(json: &str, deepest: usize, most: usize) -> Result<Option<Vec<Span>>, JsonError> {
    let mut reader = Reader::new(json, deepest);
    let mut elements = Vec::new();
    reader.skip_white_space();
    reader.demand(b'[')?;
    reader.skip_white_space();
    let mut more = !reader.take(b']');
    while more {
        if elements.len() == most {
            return Ok(None);
        }
        reader.skip_white_space();
        let start = reader.at;
        reader.value(OUTERMOST)?;
        elements.push(Span::new(start, reader.at));
        more = reader.another_follows(b']')?;
    }
    reader.end()?;
    Ok(Some(elements))
}

struct Reader<'j> {
    json: &'j str,
    at: usize,
    /// The depth of the innermost container that is accepted.
    deepest: usize,
    lone_surrogates: Vec<usize>,
    /// The members of all objects that are being read. The members of the innermost object are the last ones.
    members: MemberTable,
}

impl<'j> Reader<'j> {
    fn new(json: &'j str, deepest: usize) -> Self {
        Self { json, at: 0, deepest, lone_surrogates: Vec::new(), members: MemberTable::default() }
    }

    /// Demands that nothing but white space follows.
    fn end(&mut self) -> Result<(), JsonError> {
        self.skip_white_space();
        if self.peek().is_some() { Err(JsonError::NotAnObject) } else { Ok(()) }
    }

    fn object(&mut self, depth: usize) -> Result<(), JsonError> {
        self.demand(b'{')?;
        let begun = self.members.mark();
        self.skip_white_space();
        if !self.take(b'}') {
            self.member(depth)?;
            while self.another_follows(b'}')? {
                self.member(depth)?;
            }
        }
        self.members.check_since(begun, self.json)?;
        if depth > OUTERMOST {
            // The members of an inner object were needed only for this check.
            self.members.forget_since(begun);
        }
        Ok(())
    }

    fn member(&mut self, depth: usize) -> Result<(), JsonError> {
        self.skip_white_space();
        let (key, name) = self.name()?;
        self.skip_white_space();
        self.demand(b':')?;
        self.skip_white_space();
        let (start, lone_surrogates) = (self.at, self.lone_surrogates.len());
        let value_is_plain_string = self.value(depth)?;
        let value = Span::new(start, self.at);
        let has_lone_surrogate = self.lone_surrogates.len() > lone_surrogates;
        self.members.push(Member { key, name, value, value_is_plain_string, has_lone_surrogate });
        Ok(())
    }

    /// Reads a name. A name with a lone surrogate is an error, because replacing it could make two names equal.
    fn name(&mut self) -> Result<(Key, Name), JsonError> {
        let (start, lone_surrogates) = (self.at, self.lone_surrogates.len());
        if self.string()? {
            let name = Span::new(start + 1, self.at - 1);
            return Ok((Key::of(name.of(self.json)), Name::AsWritten(name)));
        }
        if self.lone_surrogates.len() > lone_surrogates {
            return Err(JsonError::NotAnObject);
        }
        Ok(self.members.keep_escaped(Span::new(start + 1, self.at - 1).of(self.json)))
    }

    /// Reads a value of any type, in a container at `depth`. Returns whether the value is a plain string.
    fn value(&mut self, depth: usize) -> Result<bool, JsonError> {
        match self.peek() {
            Some(b'"') => return self.string(),
            Some(b'{') => self.object(self.deeper(depth)?)?,
            Some(b'[') => self.array(self.deeper(depth)?)?,
            Some(b't') => self.literal(b"true")?,
            Some(b'f') => self.literal(b"false")?,
            Some(b'n') => self.literal(b"null")?,
            _ => self.number()?,
        }
        Ok(false)
    }

    fn array(&mut self, depth: usize) -> Result<(), JsonError> {
        self.demand(b'[')?;
        self.skip_white_space();
        if self.take(b']') {
            return Ok(());
        }
        self.value(depth)?;
        while self.another_follows(b']')? {
            self.skip_white_space();
            self.value(depth)?;
        }
        Ok(())
    }

    /// Reads a string to its end. Returns whether the string is plain, which means that it has no escapes.
    fn string(&mut self) -> Result<bool, JsonError> {
        self.demand(b'"')?;
        let mut plain = true;
        loop {
            self.at += ordinary(self.rest());
            match self.next() {
                Some(b'"') => return Ok(plain),
                Some(b'\\') => {
                    plain = false;
                    self.escape()?;
                }
                _ => return Err(JsonError::NotAnObject),
            }
        }
    }

    /// Reads an escape after its backslash (RFC 8259 §7).
    fn escape(&mut self) -> Result<(), JsonError> {
        match self.next() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => self.code_unit_or_pair(),
            _ => Err(JsonError::NotAnObject),
        }
    }

    /// Reads the digits of a `\u` escape, and the next escape if the two are a surrogate pair. Records a surrogate
    /// without its pair (RFC 8259 §8.2).
    fn code_unit_or_pair(&mut self) -> Result<(), JsonError> {
        let digits = self.at;
        let unit = self.rest().first_chunk().copied().and_then(text::code_unit).ok_or(JsonError::NotAnObject)?;
        self.at += 4;
        if HIGH_SURROGATES.contains(&unit) && self.low_surrogate_is_next() {
            self.at += 6;
        } else if HIGH_SURROGATES.contains(&unit) || LOW_SURROGATES.contains(&unit) {
            self.lone_surrogates.push(digits);
        }
        Ok(())
    }

    /// Whether an escape of six octets is next whose code unit is a low surrogate.
    fn low_surrogate_is_next(&self) -> bool {
        let Some([b'\\', b'u', digits @ ..]) = self.rest().first_chunk::<6>() else { return false };
        text::code_unit(*digits).is_some_and(|unit| LOW_SURROGATES.contains(&unit))
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), JsonError> {
        let here = self.rest().starts_with(word);
        self.at += word.len();
        if here { Ok(()) } else { Err(JsonError::NotAnObject) }
    }

    /// Reads a number (RFC 8259 §6).
    fn number(&mut self) -> Result<(), JsonError> {
        if let Some(digits) = short_integer(self.rest()) {
            self.at += digits;
            return Ok(());
        }
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let whole = self.at - start;
        if self.take(b'.') {
            self.digits()?;
        }
        let exponent = if self.take(b'e') || self.take(b'E') { self.exponent()? } else { 0 };
        if whole.saturating_add(exponent) <= SHORT {
            return Ok(());
        }
        let number = Span::new(start, self.at).of(self.json);
        serde_json::from_str::<f64>(number).map(drop).map_err(|_| JsonError::NotAnObject)
    }

    /// Reads an exponent after its `e`. Returns its value, or zero if it is negative.
    fn exponent(&mut self) -> Result<usize, JsonError> {
        let is_negative = self.take(b'-');
        let _signed = is_negative || self.take(b'+');
        let start = self.at;
        self.digits()?;
        if is_negative {
            return Ok(0);
        }
        let digits = Span::new(start, self.at).of(self.json).bytes().map(|digit| usize::from(digit - b'0'));
        Ok(digits.fold(0, |value: usize, digit| value.saturating_mul(10).saturating_add(digit)))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let digits = self.rest().iter().take_while(|octet| octet.is_ascii_digit()).count();
        self.at += digits;
        if digits == 0 { Err(JsonError::NotAnObject) } else { Ok(()) }
    }

    /// Reads what follows an element. Returns true for a comma, and false for the end of the container.
    fn another_follows(&mut self, end: u8) -> Result<bool, JsonError> {
        self.skip_white_space();
        match self.next() {
            Some(b',') => Ok(true),
            Some(octet) if octet == end => Ok(false),
            _ => Err(JsonError::NotAnObject),
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        if depth < self.deepest { Ok(depth + 1) } else { Err(JsonError::TooDeep) }
    }

    fn demand(&mut self, octet: u8) -> Result<(), JsonError> {
        if self.take(octet) { Ok(()) } else { Err(JsonError::NotAnObject) }
    }

    fn take(&mut self, octet: u8) -> bool {
        let here = self.peek() == Some(octet);
        self.at += usize::from(here);
        here
    }

    fn next(&mut self) -> Option<u8> {
        let octet = self.peek()?;
        self.at += 1;
        Some(octet)
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.json.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.json.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// Returns the number of octets before the next quote, backslash or control character (RFC 8259 §7).
///
/// All other octets are ordinary. Most octets of a string are ordinary, so eight octets are checked together, as one
/// `u64`. The `u64` is little-endian: the first octet is in the lowest bits. [`not_ordinary`] sets the high bit of an
/// octet as a mark. The number of zero bits below the lowest mark, divided by eight, is the index of the first octet
/// that is not ordinary. The last octets, at most seven, are checked one by one.
fn ordinary(octets: &[u8]) -> usize {
    let (words, rest) = octets.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let found = not_ordinary(u64::from_le_bytes(*word));
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let ordinary = |octet: &&u8| !matches!(octet, b'"' | b'\\' | ..=0x1f);
    words.len() * 8 + rest.iter().take_while(ordinary).count()
}

/// Sets the high bit of each octet that is a quote, a backslash or a control character. Only the lowest bit that is set
/// is reliable.
///
/// 1. `ONES` has the value 1 in each of the eight octets, so `ONES * n` has the value `n` in each.
/// 2. `below` subtracts `limit`, which is at most 32, from each octet. An octet below the limit wraps around, which
///    sets its high bit. An octet of 128 or more is not below the limit, but can also have its high bit set after the
///    subtraction. `& !octets` clears this bit.
/// 3. `is` finds octets that are equal to one value: XOR makes them 0, and 0 is below 1.
/// 4. `& (ONES * 0x80)` keeps only the high bits.
///
/// One subtraction handles all eight octets, so an octet that wraps around borrows 1 from the next higher octet. This
/// borrow can mark a higher octet by mistake, for example an octet that is equal to the limit. It cannot mark a lower
/// octet, so the lowest mark is always correct.
fn not_ordinary(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    let below = |octets: u64, limit: u64| octets.wrapping_sub(ONES * limit) & !octets;
    let is = |octet: u8| below(word ^ (ONES * u64::from(octet)), 1);
    (is(b'"') | is(b'\\') | below(word, 0x20)) & (ONES * 0x80)
}

/// Returns the length of a number without sign, fraction and exponent. Almost all numbers of tokens are such numbers.
/// `None` if the text begins with something else, or if the number may be out of range.
fn short_integer(text: &[u8]) -> Option<usize> {
    let digits = text.iter().take(SHORT).take_while(|octet| octet.is_ascii_digit()).count();
    let begins_well = digits == 1 || (digits > 1 && text.first() != Some(&b'0'));
    let ends = !matches!(text.get(digits), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
    (begins_well && ends).then_some(digits)
}

/// The depth of the outermost object.
const OUTERMOST: usize = 1;
/// Auth0's tokens nest at most five levels (`act`). The limit is a choice of this crate. It also limits the use of the
/// call stack.
const MAX_DEPTH: usize = 32;
/// If the number of characters before the fraction and the exponent are together at most 300, the number is below 1e301,
/// so it is in the range of `f64`. Only other numbers are converted to find out, because an attacker can send thousands
/// of numbers.
const SHORT: usize = 300;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ordinary;

    proptest! {
        #[test]
        fn eight_octets_at_a_time_give_the_same_result_as_one_by_one(octets in prop::collection::vec(
            prop_oneof![4 => any::<u8>(), 1 => Just(b'"'), 1 => Just(b'\\'), 1 => 0x1e..0x23_u8, 4 => Just(b'a')], 0..40,
        )) {
            let expected = octets.iter().take_while(|octet| **octet >= 0x20 && !b"\"\\".contains(octet)).count();
            prop_assert_eq!(ordinary(&octets), expected);
        }
    }
}
