//! The grammar of [RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-2), read once from left to right.
//!
//! The reader builds only the list of members. `serde_json` checks numbers that may be out of range. When a caller
//! requests a member, `serde_json` parses the member again. It accepts all texts that this reader accepts.

use super::members::{Key, Member, MemberTable};
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
    let object = demand(b'{', after_white_space(json.as_bytes()))?;
    let rest = reader.object(object, OUTERMOST)?;
    demand_end(rest)?;
    Ok(Contents { members: reader.members, lone_surrogates: reader.lone_surrogates })
}

/// Reads a text that must be one array and nothing else, and returns the places of its elements. `None` if there are more
/// than `most` elements: the rest of the text is not read then.
pub(super) fn read_elements(json: &str, deepest: usize, most: usize) -> Result<Option<Vec<Span>>, JsonError> {
    let mut reader = Reader::new(json, deepest);
    let mut elements = Vec::new();
    let mut rest = after_white_space(demand(b'[', after_white_space(json.as_bytes()))?);
    if let [b']', rest @ ..] = rest {
        return demand_end(rest).map(|()| Some(elements));
    }
    loop {
        if elements.len() == most {
            return Ok(None);
        }
        let element = after_white_space(rest);
        rest = reader.value(element, OUTERMOST)?;
        elements.push(Span::new(reader.place_of(element), reader.place_of(rest)));
        match after_white_space(rest) {
            [b',', next @ ..] => rest = next,
            [b']', rest @ ..] => return demand_end(rest).map(|()| Some(elements)),
            _ => return Err(JsonError::NotAnObject),
        }
    }
}

/// A method that reads something takes the text that begins with it, and returns the text after it. So the processor
/// keeps the position in registers. If the position was a field, each step would wait until the last step has stored it.
struct Reader<'j> {
    json: &'j str,
    /// The depth of the innermost container that is accepted.
    deepest: usize,
    lone_surrogates: Vec<usize>,
    /// The members of all objects that are being read. The members of the innermost object are the last ones.
    members: MemberTable,
}

/// The text after something that has been read.
type Rest<'j> = Result<&'j [u8], JsonError>;

impl<'j> Reader<'j> {
    fn new(json: &'j str, deepest: usize) -> Self {
        Self { json, deepest, lone_surrogates: Vec::new(), members: MemberTable::default() }
    }

    /// Reads an object after its opening bracket.
    fn object(&mut self, rest: &'j [u8], depth: usize) -> Rest<'j> {
        let begun = self.members.mark();
        let mut rest = after_white_space(rest);
        if let [b'}', after @ ..] = rest {
            return Ok(after);
        }
        loop {
            rest = after_white_space(self.member(after_white_space(rest), depth)?);
            match rest {
                [b',', next @ ..] => rest = next,
                [b'}', after @ ..] => {
                    self.members.check_since(begun, self.json)?;
                    if depth > OUTERMOST {
                        // The members of an inner object were needed only for this check.
                        self.members.forget_since(begun);
                    }
                    return Ok(after);
                }
                _ => return Err(JsonError::NotAnObject),
            }
        }
    }

    fn member(&mut self, text: &'j [u8], depth: usize) -> Rest<'j> {
        let lone_surrogates = self.lone_surrogates.len();
        let quoted = demand(b'"', text)?;
        let (rest, name_is_plain) = self.string(quoted)?;
        if self.lone_surrogates.len() > lone_surrogates {
            // If the lone surrogate was replaced, two names could become equal.
            return Err(JsonError::NotAnObject);
        }
        let written = Span::new(self.place_of(quoted), self.place_of(rest) - 1);
        let (key, name) = if name_is_plain {
            let name = quoted.get(..quoted.len() - rest.len() - 1).unwrap_or_default();
            (Key::of_member(name)?, written)
        } else {
            self.members.keep_escaped(written.of(self.json))?
        };
        let text = after_white_space(demand(b':', after_white_space(rest))?);
        let (rest, value_is_plain_string) = match text {
            [b'"', quoted @ ..] => self.string(quoted)?,
            _ => (self.value(text, depth)?, false),
        };
        self.members.push(Member {
            key,
            name,
            value: Span::new(self.place_of(text), self.place_of(rest)),
            name_is_escaped: !name_is_plain,
            value_is_plain_string,
            has_lone_surrogate: self.lone_surrogates.len() > lone_surrogates,
        });
        Ok(rest)
    }

    /// Reads a value of any type, in a container at `depth`.
    fn value(&mut self, text: &'j [u8], depth: usize) -> Rest<'j> {
        let Some((first, rest)) = text.split_first() else { return Err(JsonError::NotAnObject) };
        match first {
            b'"' => self.string(rest).map(|(rest, _)| rest),
            b'{' => self.object(rest, self.deeper(depth)?),
            b'[' => self.array(rest, self.deeper(depth)?),
            b't' => after_literal(rest, b"rue"),
            b'f' => after_literal(rest, b"alse"),
            b'n' => after_literal(rest, b"ull"),
            _ => after_number(text),
        }
    }

    /// Reads an array after its opening bracket. Arrays that are elements of it are counted and not read by a call of this
    /// method, because the processor predicts the returns of few calls only.
    fn array(&mut self, rest: &'j [u8], depth: usize) -> Rest<'j> {
        let (outermost, mut depth, mut rest) = (depth, depth, rest);
        let mut may_end = true;
        loop {
            rest = after_white_space(rest);
            match rest {
                [b'[', inner @ ..] => {
                    (depth, rest, may_end) = (self.deeper(depth)?, inner, true);
                    continue;
                }
                [b']', ..] if may_end => {}
                _ => rest = after_white_space(self.value(rest, depth)?),
            }
            // After an element, or in an empty array.
            loop {
                match rest {
                    [b',', next @ ..] => {
                        rest = next;
                        break;
                    }
                    [b']', after @ ..] if depth == outermost => return Ok(after),
                    [b']', after @ ..] => (depth, rest) = (depth - 1, after_white_space(after)),
                    _ => return Err(JsonError::NotAnObject),
                }
            }
            may_end = false;
        }
    }

    /// Reads a string after its opening quote. Also returns whether the string is plain: almost all strings of tokens are.
    #[inline]
    fn string(&mut self, rest: &'j [u8]) -> Result<(&'j [u8], bool), JsonError> {
        match text::after_ordinary(rest) {
            [b'"', after @ ..] => Ok((after, true)),
            special => Ok((self.string_with_escapes(special)?, false)),
        }
    }

    /// Reads the rest of a string, from its first octet that is not ordinary.
    #[inline(never)]
    fn string_with_escapes(&mut self, special: &'j [u8]) -> Rest<'j> {
        let mut rest = special;
        loop {
            match rest {
                [b'"', after @ ..] => return Ok(after),
                [b'\\', escape @ ..] => rest = self.escape(escape)?,
                _ => return Err(JsonError::NotAnObject),
            }
            // Ends and escapes follow escapes in the texts that are most expensive.
            if !matches!(rest, [b'"' | b'\\', ..]) {
                rest = text::after_ordinary(rest);
            }
        }
    }

    /// Reads an escape after its backslash (RFC 8259 §7).
    fn escape(&mut self, rest: &'j [u8]) -> Rest<'j> {
        match rest {
            [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', rest @ ..] => Ok(rest),
            [b'u', digits @ ..] => self.code_unit_or_pair(digits),
            _ => Err(JsonError::NotAnObject),
        }
    }

    /// Reads the digits of a `\u` escape, and the next escape if the two are a surrogate pair. Records a surrogate
    /// without its pair (RFC 8259 §8.2).
    fn code_unit_or_pair(&mut self, text: &'j [u8]) -> Rest<'j> {
        let (digits, rest) = text.split_first_chunk().ok_or(JsonError::NotAnObject)?;
        let unit = text::code_unit(*digits).ok_or(JsonError::NotAnObject)?;
        if HIGH_SURROGATES.contains(&unit)
            && let Some(rest) = after_low_surrogate(rest)
        {
            return Ok(rest);
        }
        if HIGH_SURROGATES.contains(&unit) || LOW_SURROGATES.contains(&unit) {
            self.lone_surrogates.push(self.place_of(text));
        }
        Ok(rest)
    }

    fn deeper(&self, depth: usize) -> Result<usize, JsonError> {
        if depth < self.deepest { Ok(depth + 1) } else { Err(JsonError::TooDeep) }
    }

    /// Returns the position of an end of the text: the number of octets before it.
    fn place_of(&self, end: &[u8]) -> usize {
        self.json.len() - end.len()
    }
}

/// Returns the text after an escape of six octets whose code unit is a low surrogate, if the text begins with one.
fn after_low_surrogate(text: &[u8]) -> Option<&[u8]> {
    let [b'\\', b'u', a, b, c, d, rest @ ..] = text else { return None };
    text::code_unit([*a, *b, *c, *d]).filter(|unit| LOW_SURROGATES.contains(unit)).map(|_| rest)
}

/// Reads a number (RFC 8259 §6).
fn after_number(text: &[u8]) -> Rest<'_> {
    if let Some(rest) = after_short_integer(text) {
        return Ok(rest);
    }
    let rest = text.strip_prefix(b"-").unwrap_or(text);
    let mut rest = if let [b'0', rest @ ..] = rest { rest } else { after_digits(rest)? };
    let whole = text.len() - rest.len();
    if let [b'.', fraction @ ..] = rest {
        rest = after_digits(fraction)?;
    }
    let mut exponent = 0;
    if let [b'e' | b'E', signed @ ..] = rest {
        let digits = signed.strip_prefix(b"-").or_else(|| signed.strip_prefix(b"+")).unwrap_or(signed);
        rest = after_digits(digits)?;
        if !signed.starts_with(b"-") {
            exponent = saturated(digits.get(..digits.len() - rest.len()).unwrap_or_default());
        }
    }
    if whole.saturating_add(exponent) <= SHORT {
        return Ok(rest);
    }
    let number = text.get(..text.len() - rest.len()).unwrap_or_default();
    serde_json::from_slice::<f64>(number).map(|_| rest).map_err(|_| JsonError::NotAnObject)
}

/// Returns the value of digits, or the largest `usize` if the value is larger.
fn saturated(digits: &[u8]) -> usize {
    let digits = digits.iter().map(|digit| usize::from(digit - b'0'));
    digits.fold(0, |value: usize, digit| value.saturating_mul(10).saturating_add(digit))
}

fn after_digits(text: &[u8]) -> Rest<'_> {
    let digits = text.iter().take_while(|octet| octet.is_ascii_digit()).count();
    if digits == 0 { Err(JsonError::NotAnObject) } else { Ok(text.get(digits..).unwrap_or_default()) }
}

fn after_literal<'j>(text: &'j [u8], end: &[u8]) -> Rest<'j> {
    text.strip_prefix(end).ok_or(JsonError::NotAnObject)
}

/// Returns the text after this octet, which must be the first.
fn demand(octet: u8, text: &[u8]) -> Rest<'_> {
    match text {
        [first, rest @ ..] if *first == octet => Ok(rest),
        _ => Err(JsonError::NotAnObject),
    }
}

/// Demands that nothing but white space follows.
fn demand_end(rest: &[u8]) -> Result<(), JsonError> {
    if after_white_space(rest).is_empty() { Ok(()) } else { Err(JsonError::NotAnObject) }
}

/// Few tokens contain white space, so one comparison mostly decides.
fn after_white_space(text: &[u8]) -> &[u8] {
    if text.first().is_some_and(|octet| *octet <= b' ') { after_much_white_space(text) } else { text }
}

#[cold]
fn after_much_white_space(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\n' | b'\r', rest @ ..] = text {
        text = rest;
    }
    text
}

/// Returns the text after a number without sign, fraction and exponent. Almost all numbers of tokens are such numbers.
/// `None` if the text begins with something else, or if the number may be out of range.
fn after_short_integer(text: &[u8]) -> Option<&[u8]> {
    let [first @ b'0'..=b'9', rest @ ..] = text else { return None };
    let mut rest = rest;
    if *first != b'0' {
        while let [b'0'..=b'9', next @ ..] = rest {
            rest = next;
        }
    }
    let ends = !matches!(rest.first(), Some(b'0'..=b'9' | b'.' | b'e' | b'E'));
    (ends && text.len() - rest.len() <= SHORT).then_some(rest)
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
