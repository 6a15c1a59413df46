//! Values of a text that the reader has checked.
//!
//! `serde_json` does not read these values, because features that another crate of the build enables change how it
//! reads. Nothing here can fail, so a failure cannot turn into an absent claim.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::text::decoded;

/// Reads the checked text of one value.
pub(super) fn read(checked: &str) -> Value {
    Walker { rest: checked }.value()
}

/// Walks through a checked text. It looks only at the octets that decide where a value ends.
struct Walker<'j> {
    rest: &'j str,
}

impl<'j> Walker<'j> {
    fn value(&mut self) -> Value {
        self.skip_white_space();
        match self.rest.as_bytes().first() {
            Some(b'"') => Value::String(self.string().into()),
            Some(b'{') => Value::Object(self.object()),
            Some(b'[') => Value::Array(self.array()),
            _ => scalar(self.take_until(|octet| matches!(octet, b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r'))),
        }
    }

    fn object(&mut self) -> Map<String, Value> {
        let mut members = Map::new();
        self.skip(1);
        while self.another_before(b'}') {
            let name = self.string();
            self.skip_white_space();
            self.skip(1);
            members.insert(name.into(), self.value());
        }
        members
    }

    fn array(&mut self) -> Vec<Value> {
        let mut values = Vec::new();
        self.skip(1);
        while self.another_before(b']') {
            values.push(self.value());
        }
        values
    }

    /// Skips the comma before the next element. Returns false after the end of the container.
    fn another_before(&mut self, end: u8) -> bool {
        self.skip_white_space();
        match self.rest.as_bytes().first() {
            Some(octet) if *octet == end => {
                self.skip(1);
                return false;
            }
            Some(b',') => self.skip(1),
            Some(_) => {}
            None => return false,
        }
        self.skip_white_space();
        true
    }

    fn string(&mut self) -> Cow<'j, str> {
        self.skip(1);
        let octets = self.rest.as_bytes();
        // A quote after a backslash does not end the string. The reader has checked that each backslash begins an
        // escape, so the search continues two octets later.
        let mut end = 0;
        while let Some(found) = octets.get(end..).and_then(|octets| memchr::memchr2(b'"', b'\\', octets)) {
            end += found;
            if octets.get(end) == Some(&b'"') {
                break;
            }
            end += 2;
        }
        let (inside, _) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.skip(end + 1);
        decoded(inside)
    }

    fn take_until(&mut self, ends: impl Fn(u8) -> bool) -> &'j str {
        let end = self.rest.bytes().position(ends).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip_white_space(&mut self) {
        self.take_until(|octet| !matches!(octet, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn skip(&mut self, octets: usize) {
        self.rest = self.rest.get(octets..).unwrap_or_default();
    }
}

/// Reads a literal or a number.
fn scalar(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        // The reader has checked that the number is in range. If `serde_json` should reject it nevertheless, the claim
        // stays present, as a text.
        number => number.parse().map_or_else(|_| Value::String(number.to_owned()), Value::Number),
    }
}
