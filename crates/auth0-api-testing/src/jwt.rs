//! A JWT that a client presents to the tenant, parsed but not verified.

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::clock::numeric_date;
use crate::public_key::PublicKey;

pub(crate) struct Jwt<'a> {
    header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jwt<'a> {
    /// Parses three parts in base64url. The first two parts must be JSON objects (RFC 7515 §3.1).
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    pub(crate) fn kid(&self) -> &str {
        text(&self.header, "kid")
    }

    /// Returns a string of the header, or an empty text if it is missing or not a string.
    pub(crate) fn header_text(&self, name: &str) -> &str {
        text(&self.header, name)
    }

    /// Returns a string claim, or an empty text if the claim is missing or not a string.
    pub(crate) fn text(&self, claim: &str) -> &str {
        text(&self.claims, claim)
    }

    pub(crate) fn is_signed_by(&self, jwk: &Value) -> bool {
        let algorithm = text(&self.header, "alg");
        PublicKey::new(jwk).verifies(algorithm, self.signed.as_bytes(), &self.signature)
    }

    /// Returns whether one of these keys verifies the signature, whatever its `kid` is.
    pub(crate) fn is_signed_by_one_of(&self, jwks: &[Value]) -> bool {
        jwks.iter().any(|jwk| self.is_signed_by(jwk))
    }

    /// Returns whether `aud` contains this audience. `aud` is one string or a list of strings (RFC 7519 §4.1.3).
    pub(crate) fn is_for(&self, audience: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(many)) => many.iter().any(|one| one == audience),
            _ => false,
        }
    }

    /// Returns `exp` in whole seconds (RFC 7519 §4.1.4). The tenant does not accept a token without `exp`.
    pub(crate) fn expires_at(&self) -> Option<u64> {
        self.claims.get("exp")?.as_u64()
    }

    /// Returns whether `now` is before `exp`, and not before `nbf` if the token has `nbf` (RFC 7519 §4.1.4 and §4.1.5).
    pub(crate) fn is_valid_at(&self, now: SystemTime) -> bool {
        let now = numeric_date(now);
        let begun = self.claims.get("nbf").is_none_or(|nbf| nbf.as_u64().is_some_and(|nbf| nbf <= now));
        begun && self.expires_at().is_some_and(|expires_at| now < expires_at)
    }
}

fn text<'m>(members: &'m Map<String, Value>, name: &str) -> &'m str {
    members.get(name).and_then(Value::as_str).unwrap_or_default()
}
