//! The grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-2), read once from left to right.
//!
//! Nothing is built but the list of members. What takes more than a look (escapes, numbers that may be out of range) is left
//! to `serde_json`, which reads it again when somebody asks: what passes here, passes there.

use super::members::{Key, Member, MemberTable, Name};
use super::{Span, Text};
use crate::jose::JsonError;

/// The members of a text that is one object and nothing else.
pub(super) fn members(json: &str) -> Result<MemberTable, JsonError> {
    let mut reader = Reader { json, at: 0, members: MemberTable::default() };
    reader.skip_blanks();
    reader.object(OUTERMOST)?;
    reader.skip_blanks();
    if reader.peek().is_some() { Err(JsonError::NotAnObject) } else { Ok(reader.members) }
}

struct Reader<'j> {
    json: &'j str,
    at: usize,
    /// Those of all objects that are being read, the innermost object's last.
    members: MemberTable,
}

impl<'j> Reader<'j> {
    fn object(&mut self, depth: usize) -> Result<(), JsonError> {
        self.demand(b'{')?;
        let begun = self.members.mark();
        self.skip_blanks();
        if !self.take(b'}') {
            self.member(depth)?;
            while self.goes_on(b'}')? {
                self.member(depth)?;
            }
        }
        self.members.check_since(begun, self.json)?;
        if depth > OUTERMOST {
            // They were there to be compared.
            self.members.forget_since(begun);
        }
        Ok(())
    }

    fn member(&mut self, depth: usize) -> Result<(), JsonError> {
        self.skip_blanks();
        let (key, name) = self.name()?;
        self.skip_blanks();
        self.demand(b':')?;
        self.skip_blanks();
        let start = self.at;
        let value_is_plain_string = self.value(depth)?;
        let value = Span::new(start, self.at);
        self.members.push(Member { key, name, value, value_is_plain_string });
        Ok(())
    }

    fn name(&mut self) -> Result<(Key, Name), JsonError> {
        let start = self.at;
        if self.string()? {
            let name = Span::new(start + 1, self.at - 1);
            return Ok((Key::of(name.of(self.json)), Name::AsWritten(name)));
        }
        let Text(name) = self.unescaped(start)?;
        Ok((Key::of(&name), self.members.keep_escaped(&name)))
    }

    /// Reads any value inside of a container at `depth`, and says whether it is a plain string.
    fn value(&mut self, depth: usize) -> Result<bool, JsonError> {
        match self.peek() {
            Some(b'"') => {
                let start = self.at;
                let plain = self.string()?;
                if !plain {
                    self.unescaped(start)?;
                }
                return Ok(plain);
            }
            Some(b'{') => self.object(deeper(depth)?)?,
            Some(b'[') => self.array(deeper(depth)?)?,
            Some(b't') => self.literal(b"true")?,
            Some(b'f') => self.literal(b"false")?,
            Some(b'n') => self.literal(b"null")?,
            _ => self.number()?,
        }
        Ok(false)
    }

    fn array(&mut self, depth: usize) -> Result<(), JsonError> {
        self.demand(b'[')?;
        self.skip_blanks();
        if self.take(b']') {
            return Ok(());
        }
        self.value(depth)?;
        while self.goes_on(b']')? {
            self.skip_blanks();
            self.value(depth)?;
        }
        Ok(())
    }

    /// Reads to the end of a string, and says whether it is plain: nothing in it is escaped.
    fn string(&mut self) -> Result<bool, JsonError> {
        self.demand(b'"')?;
        let mut plain = true;
        loop {
            self.at += ordinary(self.rest());
            match self.next() {
                Some(b'"') => return Ok(plain),
                Some(b'\\') => {
                    plain = false;
                    // Here, only a quote or a backslash matters. Whether it is an escape is seen when it is read.
                    self.next();
                }
                _ => return Err(JsonError::NotAnObject),
            }
        }
    }

    /// The value of the string from `start` to here. Half a surrogate pair rejects (RFC 8259 §8.2).
    fn unescaped(&self, start: usize) -> Result<Text<'j>, JsonError> {
        serde_json::from_str(Span::new(start, self.at).of(self.json)).map_err(|_| JsonError::NotAnObject)
    }

    fn literal(&mut self, word: &[u8]) -> Result<(), JsonError> {
        let here = self.rest().starts_with(word);
        self.at += word.len();
        if here { Ok(()) } else { Err(JsonError::NotAnObject) }
    }

    /// RFC 8259 §6.
    fn number(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        let whole = self.at - start;
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let number = Span::new(start, self.at).of(self.json);
        let short_integer = number.len() == whole && whole <= SHORT_INTEGER;
        if short_integer || serde_json::from_str::<f64>(number).is_ok() { Ok(()) } else { Err(JsonError::NotAnObject) }
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let digits = self.rest().iter().take_while(|octet| octet.is_ascii_digit()).count();
        self.at += digits;
        if digits == 0 { Err(JsonError::NotAnObject) } else { Ok(()) }
    }

    /// After an element: whether another one follows, or the container ends.
    fn goes_on(&mut self, end: u8) -> Result<bool, JsonError> {
        self.skip_blanks();
        if self.take(b',') {
            return Ok(true);
        }
        self.demand(end).map(|()| false)
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

    fn skip_blanks(&mut self) {
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

/// How many octets stand before the next quote, backslash or control character (RFC 8259 §7); eight are looked at together.
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

/// Sets the high bit of octets that are not ordinary; up to the lowest of them, which alone counts, nothing else is set.
fn not_ordinary(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    let below = |octets: u64, limit: u64| octets.wrapping_sub(ONES * limit) & !octets;
    let is = |octet: u8| below(word ^ (ONES * u64::from(octet)), 1);
    (is(b'"') | is(b'\\') | below(word, 0x20)) & (ONES * 0x80)
}

fn deeper(depth: usize) -> Result<usize, JsonError> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(JsonError::TooDeep) }
}

/// The depth of the outermost object.
const OUTERMOST: usize = 1;
/// Auth0's tokens nest five levels at most (`act`); the bound is ours. It bounds the stack, too.
const MAX_DEPTH: usize = 32;
/// Too short to be out of any range.
const SHORT_INTEGER: usize = 15;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ordinary;

    proptest! {
        #[test]
        fn octets_are_ordinary_one_by_one_and_eight_together(octets in prop::collection::vec(
            prop_oneof![4 => any::<u8>(), 1 => Just(b'"'), 1 => Just(b'\\'), 1 => 0x1e..0x23_u8, 4 => Just(b'a')], 0..40,
        )) {
            let expected = octets.iter().take_while(|octet| **octet >= 0x20 && !b"\"\\".contains(octet)).count();
            prop_assert_eq!(ordinary(&octets), expected);
        }
    }
}
