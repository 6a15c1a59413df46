//! JSON values of right and wrong types.

use arbitrary::Arbitrary;

use super::key::KeyName;
use super::word::Word;
use crate::NOW;

/// What a value may refer to.
pub(super) struct Context {
    /// The token; empty while the token itself is composed.
    pub(super) token: String,
    pub(super) proof_key: KeyName,
    pub(super) nonce: fn(i64) -> String,
}

#[derive(Arbitrary, Debug)]
pub(super) enum Value {
    /// The value that the member already has, spelled differently if it is a text.
    Present(Spelling),
    Text(Word, Spelling),
    Number(Number),
    True,
    False,
    Null,
    List(Vec<Word>),
    /// A list with a member that is no text.
    MixedList(Word),
    Object,
    ObjectWithDuplicates,
    /// Lists in lists.
    Nested(u8),
    /// Text that is no JSON.
    Invalid(u8),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Spelling {
    Plain,
    /// The first character is an escape.
    Escaped,
    EscapedUpperCase,
    /// A lone surrogate follows.
    LoneSurrogate,
    /// A surrogate pair follows.
    Pair,
    /// A control character follows, which is not allowed.
    Control,
    BlanksAround,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) struct Number {
    base: Base,
    offset: i8,
    style: Style,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Base {
    Now,
    /// The borders of windows around the present: see [`BORDERS`].
    Border(u8),
    Zero,
    EndOf9999,
    Largest,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Style {
    Integer,
    Half,
    LittleLess,
    PointZero,
    Exponent,
    NegativeExponent,
    InText,
    LeadingZero,
    Plus,
    Negative,
    Huge,
}

impl Value {
    /// The JSON text of the value, for a member of this name with this present value.
    pub(super) fn text(&self, name: &str, present: Option<&str>, context: &Context) -> String {
        match self {
            Self::Present(spelling) => match present.and_then(|text| text.strip_prefix('"')?.strip_suffix('"')) {
                Some(text) => spelling.spell(text),
                None => present.unwrap_or("{}").to_owned(),
            },
            Self::Text(word, spelling) => spelling.spell(&word.text(name, context)),
            Self::Number(number) => number.text(),
            Self::True => "true".to_owned(),
            Self::False => "false".to_owned(),
            Self::Null => "null".to_owned(),
            Self::List(words) => {
                let words: Vec<_> =
                    words.iter().take(4).map(|word| Spelling::Plain.spell(&word.text(name, context))).collect();
                format!("[{}]", words.join(","))
            }
            Self::MixedList(word) => format!("[1,{}]", Spelling::Plain.spell(&word.text(name, context))),
            Self::Object => r#"{"a":{"b":[]}}"#.to_owned(),
            Self::ObjectWithDuplicates => r#"{"a":[{"b":1,"\u0062":2}]}"#.to_owned(),
            Self::Nested(depth) => {
                let depth = usize::from(depth % 40);
                format!("{}{}", "[".repeat(depth), "]".repeat(depth))
            }
            Self::Invalid(index) => INVALID[usize::from(*index) % INVALID.len()].to_owned(),
        }
    }
}

impl Spelling {
    fn spell(self, text: &str) -> String {
        let plain = || -> String { text.chars().flat_map(escaped).collect() };
        let first = |digits: &dyn Fn(u32) -> String| {
            let mut characters = text.chars();
            let first = characters.next().filter(char::is_ascii).map_or(String::new(), |first| digits(first.into()));
            let skipped = if first.is_empty() { text } else { characters.as_str() };
            format!("\"{first}{}\"", skipped.chars().flat_map(escaped).collect::<String>())
        };
        match self {
            Self::Plain => format!("\"{}\"", plain()),
            Self::Escaped => first(&|code| format!("\\u{code:04x}")),
            Self::EscapedUpperCase => first(&|code| format!("\\u{code:04X}")),
            Self::LoneSurrogate => format!("\"{}\\ud83d\"", plain()),
            Self::Pair => format!("\"{}\\ud83d\\ude00\"", plain()),
            Self::Control => format!("\"{}\u{1}\"", plain()),
            Self::BlanksAround => format!(" \n\"{}\"\t", plain()),
        }
    }
}

fn escaped(character: char) -> Vec<char> {
    match character {
        '"' | '\\' => vec!['\\', character],
        '\0'..='\x1f' => format!("\\u{:04x}", u32::from(character)).chars().collect(),
        _ => vec![character],
    }
}

impl Number {
    fn text(self) -> String {
        let base = match self.base {
            Base::Now => i64::from(NOW),
            Base::Border(index) => i64::from(NOW) + BORDERS[usize::from(index) % BORDERS.len()],
            Base::Zero => 0,
            Base::EndOf9999 => 253_402_300_799,
            Base::Largest => 9_007_199_254_740_991,
        };
        let number = base + i64::from(self.offset);
        match self.style {
            Style::Integer => number.to_string(),
            Style::Half => format!("{number}.5"),
            Style::LittleLess => format!("{}.999", number - 1),
            Style::PointZero => format!("{number}.0"),
            Style::Exponent => format!("{}.{}e1", number / 10, (number % 10).abs()),
            Style::NegativeExponent => format!("{number}00E-2"),
            Style::InText => format!("\"{number}\""),
            Style::LeadingZero => format!("0{number}"),
            Style::Plus => format!("+{number}"),
            Style::Negative => format!("-{}", number.abs()),
            Style::Huge => format!("{number}e300"),
        }
    }
}

/// In seconds: the windows of proofs and nonces, the leeway and the age of tokens, and the end of the valid token.
const BORDERS: [i64; 9] = [-3660, -3600, -300, -60, 30, 60, 300, 360, 3600];
const INVALID: [&str; 9] = ["", "nul", "tru", "'a'", "{", "]", "1,", "NaN", "\"\\x\""];
