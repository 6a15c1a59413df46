//! Texts that mean something to the verifier, or almost do.

use arbitrary::Arbitrary;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::key::KeyName;
use super::url::Url;
use super::value::Context;
use crate::{NOW, sha256};

#[derive(Arbitrary, Debug)]
pub(super) enum Word {
    /// An index of [`WORDS`], of any size.
    Listed(u8),
    Thumbprint(KeyName, Mangle),
    /// The hash of the token.
    TokenHash(Mangle),
    /// The nonce of a step, counted from the present one.
    Nonce(i8, Mangle),
    /// This many characters.
    Long(Length),
    Url(Url),
    /// The text of a key's member of the same name, else of `x`.
    KeyMember(KeyName, Mangle),
    Any(u8, char),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Length {
    LongestId,
    TooLongId,
    TooLongProof,
    TooLongToken,
}

/// What happens to a text in base64url.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(super) enum Mangle {
    Nothing,
    Padding,
    StandardAlphabet,
    /// Sets an unused bit of the last character.
    TrailingBit,
    WithoutLast,
    Longer,
    UpperCase,
    LeadingZero,
    Blank,
    LineFeed,
    Empty,
}

impl Word {
    /// The text, for a member of this name.
    pub(super) fn text(&self, name: &str, context: &Context) -> String {
        match self {
            Self::Listed(index) => WORDS[usize::from(*index) % WORDS.len()].to_owned(),
            Self::Thumbprint(key, mangle) => mangle.apply(&key.thumbprint()),
            Self::TokenHash(mangle) => mangle.apply(&sha256(&context.token)),
            Self::Nonce(steps, mangle) => mangle.apply(&(context.nonce)(i64::from(NOW / 60) + i64::from(steps % 4))),
            Self::Long(length) => "k".repeat(match length {
                Length::LongestId => 256,
                Length::TooLongId => 257,
                Length::TooLongProof => 6200,
                Length::TooLongToken => 12_300,
            }),
            Self::Url(url) => url.text(),
            Self::KeyMember(key, mangle) => {
                let members = key.jwk();
                let member = members.iter().find(|(candidate, _)| *candidate == name);
                mangle.apply(member.map_or_else(|| context.proof_key.jwk()[2].1.as_str(), |(_, text)| text.as_str()))
            }
            Self::Any(index, character) => {
                let mut word: Vec<char> = WORDS[usize::from(*index) % WORDS.len()].chars().collect();
                word.insert(word.len() / 2, *character);
                word.into_iter().collect()
            }
        }
    }
}

impl Mangle {
    pub(super) fn apply(self, text: &str) -> String {
        match self {
            Self::Nothing => text.to_owned(),
            Self::Padding => format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4)),
            Self::StandardAlphabet => text.replace('-', "+").replace('_', "/"),
            Self::TrailingBit => {
                let (rest, last) = text.split_at(text.len().saturating_sub(1));
                let value = ALPHABET.find(last).filter(|_| !last.is_empty());
                value.map_or(text.to_owned(), |value| format!("{rest}{}", &ALPHABET[value ^ 1..=value ^ 1]))
            }
            Self::WithoutLast => text[..text.len().saturating_sub(1)].to_owned(),
            Self::Longer => format!("{text}AAAA"),
            Self::UpperCase => text.to_ascii_uppercase(),
            Self::LeadingZero => {
                let padded = Self::Padding.apply(text);
                let octets = URL_SAFE.decode(&padded).unwrap_or_default();
                let encoded = STANDARD.encode([vec![0], octets].concat());
                encoded.trim_end_matches('=').replace('+', "-").replace('/', "_")
            }
            Self::Blank => format!("{text} "),
            Self::LineFeed => format!("{text}\n"),
            Self::Empty => String::new(),
        }
    }
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Points of small order begin with `AQAA`, `AAAA` and `JuiV`, and `7f__` is the prime.
#[rustfmt::skip]
const WORDS: [&str; 66] = [
    "ES256", "ES384", "ES512", "RS256", "RS384", "PS256", "EdDSA", "Ed25519", "HS256", "hs512", "none", "None", "es256",
    "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "application/jwt", "dpop+jwt", "application/dpop+jwt", "id+jwt",
    "at+jwt;a=b", "application/application/at+jwt", "logout+jwt",
    "es", "ed", "rs", "es384", "twin", "enc", "private", "other", "",
    "https://tenant.example.com/", "https://tenant.example.com", "https://TENANT.example.com/", "https://evil.example/",
    "https://api.example.com", "https://api.example.com/", "urn:second", "urn:other",
    "GET", "get", "POST", "P-256", "P-384", "P-521", "secp256k1", "Ed448", "X25519", "EC", "OKP", "RSA", "oct",
    "sig", "verify", "sign", "AQAB", "AQ", "Aw", " ",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU", "7f_______________________________________38",
];
