//! A second JSON parser, which is slow and strict ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259)) and keeps
//! duplicate members. Targets compare its results with the results of core. As in core, a lone surrogate becomes U+FFFD
//! in a value, which then is no text that a check may compare, and is an error in the name of a member.

use serde_json::Value;

/// A JSON value as written, including duplicate members.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A text with a lone surrogate.
    Damaged(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
    /// An object with a lone surrogate in the name of a member.
    DamagedObject,
}

impl Json {
    /// Parses a text that is exactly one value. `None` if a number in it is beyond the range of `f64`.
    pub fn read(text: &[u8]) -> Option<Self> {
        Self::read_any_number(text).filter(|value| !value.has_huge_number())
    }

    /// Parses a text that is exactly one value. A number beyond the range of `f64` becomes infinite: core accepts it in a
    /// member that it does not need.
    pub fn read_any_number(text: &[u8]) -> Option<Self> {
        Self::read_with_damage(text).filter(|value| !value.has_damaged_object())
    }

    /// Parses a text that is exactly one value. An object with a lone surrogate in a name is kept as damaged: core reads each
    /// key of a key set on its own, so a damaged one spoils no other.
    pub fn read_with_damage(text: &[u8]) -> Option<Self> {
        let mut reader = Reader { rest: str::from_utf8(text).ok()?, depth: 0 };
        let value = reader.value()?;
        reader.skip_blanks();
        reader.rest.is_empty().then_some(value)
    }

    /// The only member of this name; `None` if there is no such member, or more than one.
    pub fn get(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        let mut named = members.iter().filter(|(candidate, _)| candidate == name);
        named.next().filter(|_| named.next().is_none()).map(|(_, value)| value)
    }

    /// Returns whether a text at any depth has a lone surrogate.
    pub fn is_damaged(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::List(values) => values.iter().any(Self::is_damaged),
            Self::Object(members) => members.iter().any(|(_, value)| value.is_damaged()),
            _ => false,
        }
    }

    fn has_damaged_object(&self) -> bool {
        match self {
            Self::DamagedObject => true,
            Self::List(values) => values.iter().any(Self::has_damaged_object),
            Self::Object(members) => members.iter().any(|(_, value)| value.has_damaged_object()),
            _ => false,
        }
    }

    fn has_huge_number(&self) -> bool {
        match self {
            Self::Number(number) => number.is_infinite(),
            Self::List(values) => values.iter().any(Self::has_huge_number),
            Self::Object(members) => members.iter().any(|(_, value)| value.has_huge_number()),
            _ => false,
        }
    }

    /// The value of a string member without a lone surrogate.
    pub fn text(&self, name: &str) -> Option<&str> {
        if let Some(Self::Text(text)) = self.get(name) { Some(text) } else { None }
    }

    /// The value of a number member.
    pub fn number(&self, name: &str) -> Option<f64> {
        if let Some(Self::Number(number)) = self.get(name) { Some(*number) } else { None }
    }

    /// Returns whether no object at any depth has two members of one name, or a name that cannot be compared.
    pub fn has_distinct_members(&self) -> bool {
        match self {
            Self::List(values) => values.iter().all(Self::has_distinct_members),
            Self::Object(members) => {
                let mut names: Vec<_> = members.iter().map(|(name, _)| name).collect();
                names.sort_unstable();
                names.windows(2).all(|pair| pair[0] != pair[1])
                    && members.iter().all(|(_, value)| value.has_distinct_members())
            }
            Self::DamagedObject => false,
            _ => true,
        }
    }

    /// Returns whether this value is equal to a value of `serde_json`.
    pub fn is(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Null, Value::Null) => true,
            (Self::Bool(own), Value::Bool(other)) => own == other,
            // serde_json may round the last digit differently.
            (Self::Number(own), Value::Number(other)) => {
                other.as_f64().is_some_and(|other| (own - other).abs() <= own.abs() * 1e-15)
            }
            (Self::Text(own) | Self::Damaged(own), Value::String(other)) => own == other,
            (Self::List(own), Value::Array(other)) => {
                own.len() == other.len() && own.iter().zip(other).all(|(own, other)| own.is(other))
            }
            (Self::Object(own), Value::Object(other)) => {
                own.len() == other.len()
                    && own.iter().all(|(name, own)| other.get(name).is_some_and(|other| own.is(other)))
            }
            _ => false,
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl Reader<'_> {
    fn value(&mut self) -> Option<Json> {
        self.skip_blanks();
        match self.rest.chars().next()? {
            '{' => self.nested(Self::object),
            '[' => self.nested(Self::list),
            '"' => {
                let (text, is_damaged) = self.text()?;
                Some(if is_damaged { Json::Damaged(text) } else { Json::Text(text) })
            }
            '-' | '0'..='9' => self.number(),
            _ => [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))]
                .into_iter()
                .find_map(|(word, value)| self.take(word).then_some(value)),
        }
    }

    fn nested(&mut self, read: impl Fn(&mut Self) -> Option<Json>) -> Option<Json> {
        // This limit is deeper than the limit of core, and small enough for the stack.
        self.depth += 1;
        let value = if self.depth < 200 { read(self) } else { None };
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Option<Json> {
        let (mut members, mut is_damaged) = (Vec::new(), false);
        self.separated('{', '}', |reader| {
            reader.skip_blanks();
            let (name, has_lone_surrogate) = reader.text()?;
            reader.skip_blanks();
            let value = if reader.take(":") { reader.value()? } else { return None };
            members.push((name, value));
            is_damaged |= has_lone_surrogate;
            Some(())
        })?;
        Some(if is_damaged { Json::DamagedObject } else { Json::Object(members) })
    }

    fn list(&mut self) -> Option<Json> {
        let mut values = Vec::new();
        self.separated('[', ']', |reader| {
            values.push(reader.value()?);
            Some(())
        })?;
        Some(Json::List(values))
    }

    fn separated(&mut self, open: char, close: char, mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.rest = self.rest.strip_prefix(open)?;
        self.skip_blanks();
        if let Some(rest) = self.rest.strip_prefix(close) {
            self.rest = rest;
            return Some(());
        }
        loop {
            item(self)?;
            self.skip_blanks();
            if let Some(rest) = self.rest.strip_prefix(close) {
                self.rest = rest;
                return Some(());
            }
            self.rest = self.rest.strip_prefix(',')?;
        }
    }

    /// Returns a text, and whether it had a lone surrogate.
    fn text(&mut self) -> Option<(String, bool)> {
        let (mut text, mut is_damaged) = (String::new(), false);
        self.rest = self.rest.strip_prefix('"')?;
        loop {
            let character = self.next()?;
            match character {
                '"' => return Some((text, is_damaged)),
                '\\' => match self.escaped()? {
                    Some(character) => text.push(character),
                    None => {
                        text.push(char::REPLACEMENT_CHARACTER);
                        is_damaged = true;
                    }
                },
                '\0'..='\x1f' => return None,
                _ => text.push(character),
            }
        }
    }

    /// Reads the rest of an escape. The inner value is `None` for a lone surrogate.
    fn escaped(&mut self) -> Option<Option<char>> {
        Some(Some(match self.next()? {
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.code_point(),
            character @ ('"' | '\\' | '/') => character,
            _ => return None,
        }))
    }

    /// Reads a `\u` escape (RFC 8259 §7). A character beyond U+FFFF is written as two escapes, a surrogate pair. The
    /// first escape is 0xD800 plus the high ten bits of the code point minus 0x10000. The second escape is 0xDC00 plus
    /// the low ten bits.
    fn code_point(&mut self) -> Option<Option<char>> {
        let first = self.hex()?;
        if let Some(character) = char::from_u32(first) {
            return Some(Some(character));
        }
        if let Some(low) = self.low_surrogate().filter(|_| first < 0xdc00) {
            self.rest = self.rest.get("\\u0000".len()..)?;
            return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + low).map(Some);
        }
        Some(None)
    }

    /// The low ten bits of the second half of a surrogate pair, if it comes next.
    fn low_surrogate(&self) -> Option<u32> {
        let mut ahead = Reader { rest: self.rest, depth: 0 };
        let escape = if ahead.take("\\u") { ahead.hex()? } else { return None };
        escape.checked_sub(0xdc00).filter(|low| *low < 0x400)
    }

    fn hex(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |number, _| Some(number * 16 + self.next()?.to_digit(16)?))
    }

    fn number(&mut self) -> Option<Json> {
        let length = self.rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c));
        let (number, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest;
        is_number(number).then(|| number.parse().ok()).flatten().map(Json::Number)
    }

    fn take(&mut self, word: &str) -> bool {
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next();
        self.rest = characters.as_str();
        next
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }
}

/// RFC 8259 §6: `-? int frac? exp?`.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    let (number, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(number, exp)| (number, Some(exp)));
    let (integer, fraction) = number.split_once('.').map_or((number, None), |(int, frac)| (int, Some(frac)));
    let integer = integer.strip_prefix('-').unwrap_or(integer);
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    digits(integer)
        && (integer == "0" || !integer.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(digits)
}
