//! What a token or a proof says about itself, before anyone has verified it. Only for display: the verifier of core
//! reads the text itself.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::moment;

/// The header and the claims of a JWT. The signature is not kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Unverified {
    pub(super) header: Map<String, Value>,
    /// Empty for an encrypted token.
    pub(super) claims: Map<String, Value>,
    pub(crate) is_encrypted: bool,
}

impl Unverified {
    /// Decodes a text; `None` if it is no JWT.
    pub(crate) fn decode(text: &str) -> Option<Self> {
        let segments: Vec<&str> = text.splitn(6, '.').collect();
        match segments.as_slice() {
            [header, claims, _signature] => {
                Some(Self { header: object(header)?, claims: object(claims)?, is_encrypted: false })
            }
            [header, _, _, _, _] => Some(Self { header: object(header)?, claims: Map::new(), is_encrypted: true }),
            _ => None,
        }
    }

    /// Decodes a proof. Its URL is shown without the query.
    pub(super) fn decode_proof(text: &str) -> Option<Self> {
        let mut proof = Self::decode(text)?;
        if let Some(Value::String(url)) = proof.claims.get_mut("htu") {
            *url = without_query(url).to_owned();
        }
        Some(proof)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    pub(super) fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// Returns the time that a claim states.
    pub(super) fn time(&self, name: &str) -> Option<SystemTime> {
        self.claims.get(name).and_then(Value::as_f64).and_then(moment::of_seconds)
    }

    /// Whether `cnf` has this member.
    pub(super) fn confirms(&self, member: &str) -> bool {
        self.confirmation(member).is_some()
    }

    /// Returns a member of `cnf`.
    pub(crate) fn confirmation(&self, member: &str) -> Option<&str> {
        self.claims.get("cnf")?.get(member)?.as_str()
    }

    /// Returns the names of the claims whose values are shown on demand only.
    pub(super) fn hidden(&self) -> impl Iterator<Item = &str> {
        self.claims.keys().map(String::as_str).filter(|name| !SHOWN.contains(name))
    }
}

/// Returns the text of a value: strings without their quotation marks, and lists of strings with blanks between them.
pub(super) fn text(value: &Value) -> String {
    let strings = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    match (value, strings) {
        (Value::String(text), _) => text.clone(),
        (_, Some(strings)) => strings.join(" "),
        (other, None) => other.to_string(),
    }
}

/// RFC 9449 §4.3 (9): the check ignores query and fragment. They can contain secrets.
pub(super) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

fn object(segment: &str) -> Option<Map<String, Value>> {
    let octets = URL_SAFE_NO_PAD.decode(segment).ok()?;
    serde_json::from_slice(&octets).ok()
}

/// The members of a header that are shown. The others can contain anything, even the private key of a client that puts it
/// into its proofs by mistake.
pub(super) const HEADER: [&str; 4] = ["alg", "enc", "kid", "typ"];

/// The claims that say what a token is for, and not who somebody is. `cnf` is shown in words.
pub(super) const SHOWN: [&str; 12] =
    ["iss", "aud", "azp", "client_id", "gty", "scope", "permissions", "iat", "nbf", "exp", "cnf", "jti"];
