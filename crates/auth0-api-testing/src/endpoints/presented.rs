//! The access token that a request presents to an API of the tenant itself: `/userinfo`, and the My Account API.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};

use super::credentials;
use crate::jwt::Jwt;
use crate::nonces::Server;
use crate::own_token;
use crate::proof_check::{Expected, ProofError};
use crate::state::Tenant;

/// A request, and the API that it is for.
pub(crate) struct Presented<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// The audience that the token must have.
    pub(crate) audience: &'a str,
    /// Whose nonces a proof must contain; `None` if it needs none.
    pub(crate) nonces_of: Option<Server>,
}

/// Why the token is not accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unaccepted {
    Missing,
    Token(&'static str),
    Proof(&'static str),
    NonceRequired,
}

impl Presented<'_> {
    /// Verifies the token, and its proof if it is bound to a key. Returns the claims of the token.
    pub(crate) fn verify(&self) -> Result<Map<String, Value>, Unaccepted> {
        let (scheme, token) = credentials(self.headers).ok_or(Unaccepted::Missing)?;
        let claims = own_token::verify(self.tenant, token, self.audience).map_err(Unaccepted::Token)?;
        // A `cnf` without `jkt` gives an empty text, which no proof can match.
        let bound_to = claims.get("cnf").map(|cnf| cnf.get("jkt").and_then(Value::as_str).unwrap_or_default());
        self.check_binding(scheme, token, bound_to)?;
        Ok(claims)
    }

    /// Checks that the scheme is that of a token which is bound to the key with this thumbprint, or to none, and checks the
    /// proof of a bound token.
    pub(crate) fn check_binding(&self, scheme: &str, token: &str, bound_to: Option<&str>) -> Result<(), Unaccepted> {
        match bound_to {
            Some(jkt) if scheme.eq_ignore_ascii_case("dpop") => self.check_proof(token, jkt),
            Some(_) => Err(Unaccepted::Token("it is bound to a key, so the scheme must be DPoP")),
            None if scheme.eq_ignore_ascii_case("bearer") => Ok(()),
            None => Err(Unaccepted::Token("it is not bound to a key, so the scheme must be Bearer")),
        }
    }

    /// [RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1): the proof must be valid, signed with the
    /// token's key, and contain the hash of this token.
    fn check_proof(&self, token: &str, jkt: &str) -> Result<(), Unaccepted> {
        let mut proofs = self.headers.get_all("dpop").iter();
        let proof = proofs.next().ok_or(Unaccepted::Proof("the proof is missing"))?.to_str().unwrap_or_default();
        // RFC 9449 §4.3 (1).
        if proofs.next().is_some() {
            return Err(Unaccepted::Proof("more than one DPoP header"));
        }
        let url = self.tenant.url(self.path);
        let nonces = self.nonces_of.map(|server| self.tenant.accepted_nonces(server)).unwrap_or_default();
        let expected =
            Expected { method: self.method.as_str(), url: &url, nonces: &nonces, now: self.tenant.clock.now() };
        let key = expected.check(proof).map_err(|error| match error {
            ProofError::Invalid(reason) => Unaccepted::Proof(reason),
            ProofError::NonceRequired => Unaccepted::NonceRequired,
        })?;
        let ath = URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()));
        if Jwt::parse(proof).is_none_or(|proof| proof.text("ath") != ath) {
            return Err(Unaccepted::Proof("ath is not the hash of the token"));
        }
        if key.to_string() == jkt { Ok(()) } else { Err(Unaccepted::Token("it is bound to another key")) }
    }
}
