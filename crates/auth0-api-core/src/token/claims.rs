//! Signed claims, and claims that are also valid.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::{AccessToken, NumericDate, Times};
use crate::digest::sha256;
use crate::jose::{Object, TextHash, VerifiedJws, WrongType};

/// A JWT signed with a key of a trusted issuer.
pub(crate) struct Signed<'t> {
    pub(crate) jws: VerifiedJws<'t>,
    pub(crate) issuer: Arc<str>,
    /// The text of the token, as presented.
    pub(crate) text: Arc<str>,
    /// The signed JWT, if the token was presented encrypted.
    pub(crate) jwt: Option<Arc<str>>,
}

/// Claims that a trusted issuer has signed and that are valid for this API. Only `TokenPolicy::validate` creates this
/// type.
///
/// All copies of a token share the claims, so a clone only increments reference counts.
#[derive(Clone)]
pub(crate) struct ValidClaims {
    contents: Arc<Contents>,
    /// All claims, once a handler has read them. The token cache stores the claims without this map, which can take ten
    /// times the memory of the token: see [`without_map`](Self::without_map).
    map: OnceLock<Arc<Map<String, Value>>>,
}

struct Contents {
    access_token: AccessToken,
    /// The signed JWT, if the access token is encrypted.
    decrypted: Option<Arc<str>>,
    members: Object,
    issuer: Arc<str>,
    times: Times,
    hash: OnceLock<TextHash>,
}

impl fmt::Debug for Signed<'_> {
    /// Writes no text of the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl ValidClaims {
    pub(super) fn new(signed: Signed<'_>, times: Times) -> Self {
        let Signed { jws, issuer, text, jwt: decrypted } = signed;
        let hash = jws.hash().map_or_else(OnceLock::new, OnceLock::from);
        let (access_token, members) = (AccessToken(text), jws.into_payload());
        Self::of(Contents { access_token, decrypted, members, issuer, times, hash })
    }

    /// Creates claims without any check, for tests.
    #[cfg(test)]
    pub(crate) fn unchecked(members: Object, expires_at: SystemTime) -> Self {
        let (access_token, issuer) = (AccessToken("".into()), "https://tenant.eu.auth0.com/".into());
        let times = Times::unchecked(expires_at);
        Self::of(Contents { access_token, decrypted: None, members, issuer, times, hash: OnceLock::new() })
    }

    fn of(contents: Contents) -> Self {
        Self { contents: Arc::new(contents), map: OnceLock::new() }
    }

    /// Returns the same claims for the token cache. What handlers read later is not stored in them.
    pub(crate) fn without_map(&self) -> Self {
        Self { contents: Arc::clone(&self.contents), map: OnceLock::new() }
    }

    /// The memory of the claims without their map, in bytes.
    pub(crate) fn size(&self) -> usize {
        let texts = self.access_token().expose().len() + self.contents.decrypted.as_ref().map_or(0, |jwt| jwt.len());
        size_of::<Contents>() + texts + self.members().allocated()
    }

    /// The text of the confirmation claim ([RFC 7800 §3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1)).
    pub(crate) fn confirmation(&self) -> Option<&str> {
        self.members().raw("cnf")
    }

    /// The SHA-256 of the presented text. The `ath` of a proof must be equal to it.
    pub(crate) fn token_hash(&self) -> &TextHash {
        self.contents.hash.get_or_init(|| sha256(self.access_token().expose().as_bytes()))
    }

    /// The text that the client presented.
    pub(crate) fn access_token(&self) -> &AccessToken {
        &self.contents.access_token
    }

    /// The text that the issuer signed: a JWT. If the token was presented encrypted, the JWT that was inside.
    pub(crate) fn signed_text(&self) -> &str {
        self.contents.decrypted.as_deref().unwrap_or_else(|| self.access_token().expose())
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.contents.issuer
    }

    pub(crate) fn expires_at(&self) -> SystemTime {
        self.contents.times.expires_at()
    }

    pub(super) fn times(&self) -> &Times {
        &self.contents.times
    }

    pub(super) fn members(&self) -> &Object {
        &self.contents.members
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.members().contains(name)
    }

    /// All claims. They are read when they are first needed.
    pub(super) fn map(&self) -> &Map<String, Value> {
        self.map.get_or_init(|| Arc::new(self.members().to_map()))
    }

    /// Returns a claim for a check. A claim with a lone surrogate is treated as absent: in [`map`](Self::map), different
    /// texts with lone surrogates are equal.
    pub(super) fn value(&self, name: &str) -> Option<&Value> {
        self.map().get(name).filter(|_| !self.members().has_lone_surrogate(name))
    }

    /// Returns a string claim, for a check. All claims are read only if the text of this claim contains escapes.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let raw = self.members().raw(name)?;
        match raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(text) if !text.contains('\\') => Some(text),
            _ => self.value(name)?.as_str(),
        }
    }

    /// Returns a `NumericDate` claim.
    pub(crate) fn time(&self, name: &str) -> Option<SystemTime> {
        NumericDate::read(self.members(), name).ok()?.and_then(NumericDate::to_system_time)
    }

    /// `azp`, or `client_id` in the RFC 9068 profile. A malformed `azp` is an error: `client_id` does not replace it.
    pub(crate) fn client_id(&self) -> Result<Option<&str>, WrongType> {
        let present = ["azp", "client_id"].into_iter().find(|name| self.members().contains(name));
        present.map(|name| self.text(name).ok_or(WrongType)).transpose()
    }
}

impl fmt::Debug for ValidClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ValidClaims").field("issuer", &self.contents.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::*;

    fn claims(json: &str) -> ValidClaims {
        ValidClaims::unchecked(Object::parse(json.into()).unwrap(), UNIX_EPOCH)
    }

    #[test]
    fn claims_that_a_handler_reads_do_not_grow_in_the_cache() {
        let presented = claims(r#"{"sub":"auth0|ada"}"#);
        let remembered = presented.without_map();
        for recalled in [presented, remembered.clone()] {
            assert_eq!(recalled.map().get("sub"), Some(&Value::from("auth0|ada")));
            assert!(recalled.clone().map.get().is_some());
        }
        assert!(remembered.map.get().is_none());
    }

    #[test]
    fn a_claim_that_is_written_with_escapes_is_compared_by_its_value() {
        let claims = claims(r#"{"iss":"\u0068ttps:\/\/a","sub":"auth0|ada","aud":7,"org":"\ud83d"}"#);
        assert_eq!(claims.text("iss"), Some("https://a"));
        assert_eq!(claims.text("sub"), Some("auth0|ada"));
        assert_eq!((claims.text("aud"), claims.text("org")), (None, None));
    }

    #[test]
    fn many_small_claims_take_more_memory_than_their_text() {
        let members: Vec<String> = (0..300).map(|number| format!(r#""{number}":0"#)).collect();
        let json = format!("{{{}}}", members.join(","));
        assert!(claims(&json).size() > 3 * json.len());
        assert!(claims(&format!(r#"{{"a":"{}"}}"#, "a".repeat(2000))).size() < 3 * 2000);
    }

    #[test]
    fn the_size_includes_the_presented_text_and_the_decrypted_one() {
        let size = |presented: usize, decrypted: Option<usize>| {
            let members = Object::parse(br#"{"sub":"auth0|ada"}"#.to_vec()).unwrap();
            let (access_token, times) = (AccessToken("x".repeat(presented).into()), Times::unchecked(UNIX_EPOCH));
            let decrypted = decrypted.map(|octets| "x".repeat(octets).into());
            let issuer = "https://tenant.eu.auth0.com/".into();
            ValidClaims::of(Contents { access_token, decrypted, members, issuer, times, hash: OnceLock::new() }).size()
        };
        let alone = size(0, None);
        assert!(alone < 1000, "{alone}");
        assert_eq!(size(5000, None), alone + 5000);
        assert_eq!(size(5000, Some(3000)), alone + 8000);
    }
}
