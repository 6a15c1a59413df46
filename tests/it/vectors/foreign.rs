//! Text that comes from others and may never come back to them: of the token, of the proof, of the network.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Texts long enough to be told from our own wording.
#[derive(Debug, Default)]
pub(super) struct Foreign(BTreeSet<String>);

impl Foreign {
    /// Takes a credential: the whole, its parts, and what is encoded in them.
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

    /// Takes a body of the network.
    pub(super) fn body(mut self, text: &str) -> Self {
        self.document(text);
        self
    }

    /// The first of the texts that stands in `response`.
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
        if text.chars().count() >= SHORTEST && !OURS_TOO.contains(&text) {
            self.0.insert(text.to_owned());
        }
    }
}

/// Shorter words stand in any English sentence.
const SHORTEST: usize = 8;

/// Words of the protocols, which we say of our own accord.
const OURS_TOO: [&str; 9] = [
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
