//! Signed claims, and claims that are also valid.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{AccessToken, NumericDate};
use crate::digest::sha256;
use crate::jose::{Object, TextHash, VerifiedJws};

/// A JWT signed with a key of a trusted issuer.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) jws: VerifiedJws,
    pub(crate) issuer: Arc<str>,
    /// The text of the token, as presented.
    pub(crate) text: Arc<str>,
}

/// Claims that a trusted issuer has signed and that are valid for this API. Only `TokenPolicy::validate` creates this
/// type.
///
/// All copies of a token share the claims, so a clone only increments a reference count.
#[derive(Clone)]
pub(crate) struct ValidClaims(Arc<Contents>);

struct Contents {
    access_token: AccessToken,
    members: Object,
    issuer: Arc<str>,
    expires_at: SystemTime,
    hash: OnceLock<TextHash>,
    parsed: OnceLock<Map<String, Value>>,
}

impl ValidClaims {
    pub(super) fn new(signed: Signed, expires_at: SystemTime) -> Self {
        let Signed { jws, issuer, text } = signed;
        let hash = jws.hash().map_or_else(OnceLock::new, OnceLock::from);
        let (access_token, members, parsed) = (AccessToken(text), jws.into_payload(), OnceLock::new());
        Self(Arc::new(Contents { access_token, members, issuer, expires_at, hash, parsed }))
    }

    /// Creates claims without any check, for tests.
    #[cfg(test)]
    pub(crate) fn unchecked(members: Object, expires_at: SystemTime) -> Self {
        let (access_token, issuer) = (AccessToken("".into()), "https://tenant.eu.auth0.com/".into());
        let (hash, parsed) = (OnceLock::new(), OnceLock::new());
        Self(Arc::new(Contents { access_token, members, issuer, expires_at, hash, parsed }))
    }

    /// The text of the confirmation claim ([RFC 7800 §3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)).
    pub(crate) fn confirmation(&self) -> Option<&str> {
        self.members().raw("cnf")
    }

    /// The SHA-256 of the token's text. The `ath` of a proof must be equal to it.
    pub(crate) fn token_hash(&self) -> &TextHash {
        self.0.hash.get_or_init(|| sha256(self.access_token().expose().as_bytes()))
    }

    pub(crate) fn access_token(&self) -> &AccessToken {
        &self.0.access_token
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(crate) fn expires_at(&self) -> SystemTime {
        self.0.expires_at
    }

    pub(super) fn members(&self) -> &Object {
        &self.0.members
    }

    pub(super) fn parsed(&self) -> &Map<String, Value> {
        // The text has already been parsed as one strict JSON object, so `serde_json` can parse it.
        self.0.parsed.get_or_init(|| serde_json::from_str(self.members().as_str()).unwrap_or_default())
    }

    /// Returns a string claim. All claims are parsed only if the text of this claim contains escapes.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let raw = self.members().raw(name)?;
        match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(text) if !text.contains('\\') => Some(text),
            _ => self.parsed().get(name)?.as_str(),
        }
    }

    /// Returns a `NumericDate` claim.
    pub(crate) fn time(&self, name: &str) -> Option<SystemTime> {
        let date: Option<NumericDate> = self.members().get(name).ok()?;
        date.and_then(NumericDate::to_system_time)
    }

    /// `azp`, or `client_id` in the RFC 9068 profile.
    pub(crate) fn client_id(&self) -> Option<&str> {
        self.text("azp").or_else(|| self.text("client_id"))
    }
}

impl fmt::Debug for ValidClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidClaims").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}
