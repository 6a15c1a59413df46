//! Texts of the token, the proof and the network, which a response must not repeat.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The texts. Each has at least `SHORTEST` characters, so that a response does not contain it by chance.
#[derive(Debug, Default)]
pub(super) struct Foreign(BTreeSet<String>);

impl Foreign {
    /// Adds a credential: its words, their segments, and the decoded content of each segment.
    pub(super) fn credential(mut self, text: &str) -> Self {
        for word in text.split(|character: char| character.is_ascii_whitespace() || character == ',') {
            self.text(word);
            for segment in word.split('.') {
                self.text(segment);
                if let Some(decoded) =
                    URL_SAFE_NO_PAD.decode(segment).ok().and_then(|bytes| String::from_utf8(bytes).ok())
                {
                    self.document(&decoded);
                }
            }
        }
        self
    }

    /// Adds the body of a network response.
    pub(super) fn body(mut self, text: &str) -> Self {
        self.document(text);
        self
    }

    /// Returns the first of the texts that `response` contains.
    pub(super) fn found_in(&self, response: &str) -> Option<&str> {
        self.0.iter().map(String::as_str).find(|text| response.contains(text))
    }

    fn document(&mut self, text: &str) {
        match serde_json::from_str::<Value>(text) {
            Ok(document) => self.value(&document),
            Err(_) => self.text(text),
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(members) => members.iter().for_each(|(name, value)| {
                self.text(name);
                self.value(value);
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        if text.chars().count() >= SHORTEST && !ALLOWED.contains(&text) {
            self.0.insert(text.to_owned());
        }
    }
}

/// Shorter words can be part of any English sentence.
const SHORTEST: usize = 8;

/// Words of the protocols, which every response may contain.
const ALLOWED: [&str; 9] = [
    "application/json",
    "dpop+jwt",
    "error_description",
    "insufficient_scope",
    "invalid_dpop_proof",
    "invalid_request",
    "invalid_token",
    "no-store",
    "use_dpop_nonce",
];
