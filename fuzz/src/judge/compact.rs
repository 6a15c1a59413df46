//! The compact form of a JWS ([RFC 7515 §7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)) whose payload is a set
//! of claims ([RFC 7519](https://www.rfc-editor.org/rfc/rfc7519)).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Verdict;
use super::jwk::PublicKey;
use crate::json::Json;

/// A JWS that is well-formed. Its signature is not verified.
pub(super) struct Jws {
    pub(super) header: Json,
    pub(super) algorithm: String,
    pub(super) key_id: Option<String>,
    pub(super) claims: Json,
    signed: String,
    signature: Vec<u8>,
}

/// The labels of the ways in which a text is no JWS.
pub(super) struct Labels {
    pub(super) malformed: &'static [&'static str],
    pub(super) opaque: &'static [&'static str],
    pub(super) encrypted: &'static [&'static str],
    pub(super) symmetric: &'static [&'static str],
    pub(super) unknown_algorithm: &'static [&'static str],
    pub(super) not_allowed: &'static [&'static str],
    pub(super) extension: &'static [&'static str],
}

impl Jws {
    /// Reads a text. `allowed` are the names of the algorithms, without `Ed25519`.
    pub(super) fn read(text: &str, allowed: &[&str], labels: &Labels) -> Verdict<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = match parts.as_slice() {
            [_] => return Err(labels.opaque),
            [_, _, _, _, _] => return Err(labels.encrypted),
            [header, payload, signature] => [header, payload, signature],
            _ => return Err(labels.malformed),
        };
        let signed = format!("{header}.{payload}");
        let header = decode(header).as_deref().and_then(strict_object).ok_or(labels.malformed)?;
        let algorithm = admitted(&header, allowed, labels)?;
        // RFC 7515 §4.1.11, RFC 7797 §7.
        if header.get("crit").is_some() || !matches!(header.get("b64"), None | Some(Json::Bool(true))) {
            return Err(labels.extension);
        }
        let key_id = match header.get("kid") {
            None => None,
            Some(Json::Text(kid)) if kid.len() <= 256 => Some(kid.clone()),
            Some(_) => return Err(labels.malformed),
        };
        let claims = decode(payload).as_deref().and_then(strict_object).ok_or(labels.malformed)?;
        let signature = decode(signature).ok_or(labels.malformed)?;
        Ok(Self { header, algorithm, key_id, claims, signed, signature })
    }

    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        key.verifies(&self.algorithm, self.signed.as_bytes(), &self.signature)
    }

    /// RFC 7515 §4.1.9: the prefix `application/` may be omitted.
    pub(super) fn has_type(&self, names: &[&str]) -> bool {
        let typ = self.header.text("typ").map(str::to_ascii_lowercase);
        typ.is_some_and(|typ| names.contains(&typ.strip_prefix("application/").unwrap_or(&typ)))
    }
}

/// Returns the algorithm of a header if it is allowed.
fn admitted(header: &Json, allowed: &[&str], labels: &Labels) -> Verdict<String> {
    let name = header.text("alg").ok_or(labels.unknown_algorithm)?;
    // RFC 8725 §2.1: a symmetric algorithm is never used.
    if name.to_ascii_lowercase().starts_with("hs") {
        return Err(labels.symmetric);
    }
    let name = if name == "Ed25519" { "EdDSA" } else { name };
    if !ASYMMETRIC.contains(&name) {
        return Err(labels.unknown_algorithm);
    }
    if allowed.contains(&name) { Ok(name.to_owned()) } else { Err(labels.not_allowed) }
}

/// RFC 4648 §3.5: only the canonical encoding, without padding.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let octets = URL_SAFE_NO_PAD.decode(text).ok()?;
    (URL_SAFE_NO_PAD.encode(&octets) == text).then_some(octets)
}

/// A JSON object with distinct members, of at most 32 levels, without the names that `serde_json` gives a meaning.
fn strict_object(text: &[u8]) -> Option<Json> {
    let json = Json::read(text)?;
    let is_sound = json.has_distinct_members() && depth(&json) <= 32 && !has_reserved_name(&json);
    (is_sound && matches!(json, Json::Object(_))).then_some(json)
}

fn depth(json: &Json) -> usize {
    match json {
        Json::List(values) => 1 + values.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

fn has_reserved_name(json: &Json) -> bool {
    match json {
        Json::List(values) => values.iter().any(has_reserved_name),
        Json::Object(members) => {
            members.iter().any(|(name, value)| RESERVED.contains(&name.as_str()) || has_reserved_name(value))
        }
        _ => false,
    }
}

/// `serde_json` gives these members a meaning of its own.
const RESERVED: [&str; 2] = ["$serde_json::private::Number", "$serde_json::private::RawValue"];
/// All algorithms that core can verify.
pub(super) const ASYMMETRIC: [&str; 10] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
