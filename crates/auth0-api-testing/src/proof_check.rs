//! The tenant's verification of DPoP proofs ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)), at
//! the token endpoint and at `/userinfo`.
//!
//! This module shares no code with the verification in the library under test. It also checks less: it accepts only
//! ES256, as Auth0 does, and it has no replay protection.

use std::time::SystemTime;

use auth0_api_core::jose::Thumbprint;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::clock::numeric_date;
use crate::key::thumbprint;

/// The request that a proof must match.
#[derive(Debug)]
pub(crate) struct Expected<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    /// The nonces that are accepted; empty if the proof needs none.
    pub(crate) nonces: &'a [String],
    pub(crate) now: SystemTime,
}

/// Why a proof is rejected.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ProofError {
    Invalid(&'static str),
    NonceRequired,
}

impl Expected<'_> {
    /// Verifies a proof and returns the thumbprint of its key.
    pub(crate) fn check(&self, proof: &str) -> Result<Thumbprint, ProofError> {
        // RFC 9449 §4.3 (2): a single, well-formed JWT.
        let (signed, signature) = proof.rsplit_once('.').ok_or(MALFORMED)?;
        let (header, claims) = signed.split_once('.').ok_or(MALFORMED)?;
        let (header, claims) = (json_object(header)?, json_object(claims)?);
        let key = P256Key::from_header(&header)?;
        // RFC 9449 §4.3 (6): the signature verifies with the key in the header.
        key.verify(signed, signature)?;
        self.check_claims(&claims)?;
        Ok(key.thumbprint())
    }

    fn check_claims(&self, claims: &Map<String, Value>) -> Result<(), ProofError> {
        let text = |name| claims.get(name).and_then(Value::as_str);
        // RFC 9449 §4.3 (3): all required claims; §4.2: jti.
        text("jti").filter(|jti| !jti.is_empty()).ok_or(ProofError::Invalid("jti is missing"))?;
        // RFC 9449 §4.3 (8).
        text("htm").filter(|htm| *htm == self.method).ok_or(ProofError::Invalid("htm is not the method"))?;
        // RFC 9449 §4.3 (9): query and fragment are ignored. The rest must equal the URL in the discovery document. The
        // tenant does not normalise the URL.
        let htu = text("htu").filter(|htu| without_query(htu) == self.url);
        htu.ok_or(ProofError::Invalid("htu is not this endpoint"))?;
        // RFC 9449 §4.3 (10): if the tenant requires a nonce, the proof must contain a nonce that it accepts.
        let is_accepted = |nonce: &&str| self.nonces.iter().any(|accepted| accepted == nonce);
        if !self.nonces.is_empty() && !text("nonce").as_ref().is_some_and(is_accepted) {
            return Err(ProofError::NonceRequired);
        }
        // RFC 9449 §4.3 (11): iat is within a window around now.
        let iat = claims.get("iat").and_then(Value::as_f64).ok_or(ProofError::Invalid("iat is missing"))?;
        #[expect(
            clippy::cast_precision_loss,
            reason = "a date before the year 10000 fits into the 53 bits of an `f64`"
        )]
        let age = numeric_date(self.now) as f64 - iat;
        let in_window = (-MAX_AHEAD_S..=MAX_AGE_S).contains(&age);
        in_window.then_some(()).ok_or(ProofError::Invalid("iat is too old or in the future"))
    }
}

/// The public key of a proof: the coordinates of a point on P-256.
struct P256Key {
    x: [u8; 32],
    y: [u8; 32],
}

impl P256Key {
    fn from_header(header: &Map<String, Value>) -> Result<Self, ProofError> {
        let is = |name, value| header.get(name).and_then(Value::as_str) == Some(value);
        // RFC 9449 §4.3 (4).
        is("typ", "dpop+jwt").then_some(()).ok_or(ProofError::Invalid("typ is not dpop+jwt"))?;
        // RFC 9449 §4.3 (5).
        is("alg", "ES256").then_some(()).ok_or(ProofError::Invalid("alg is not ES256"))?;
        let jwk = header.get("jwk").and_then(Value::as_object).ok_or(ProofError::Invalid("jwk is missing"))?;
        // RFC 9449 §4.3 (7).
        if PRIVATE_MEMBERS.iter().any(|name| jwk.contains_key(*name)) {
            return Err(ProofError::Invalid("jwk contains a private key"));
        }
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let coordinate = |name| text(name).and_then(decode).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        match (text("kty"), text("crv"), coordinate("x"), coordinate("y")) {
            (Some("EC"), Some("P-256"), Some(x), Some(y)) => Ok(Self { x, y }),
            _ => Err(ProofError::Invalid("jwk is not a key for ES256")),
        }
    }

    fn verify(&self, signed: &str, signature: &str) -> Result<(), ProofError> {
        let signature = decode(signature).ok_or(MALFORMED)?;
        let point = [&[4], self.x.as_slice(), self.y.as_slice()].concat();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(signed.as_bytes(), &signature)
            .map_err(|_| ProofError::Invalid("the signature does not verify"))
    }

    fn thumbprint(&self) -> Thumbprint {
        let (x, y) = (URL_SAFE_NO_PAD.encode(self.x), URL_SAFE_NO_PAD.encode(self.y));
        let members = [("crv", "P-256"), ("kty", "EC"), ("x", &x), ("y", &y)];
        thumbprint(&members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }
}

fn json_object(part: &str) -> Result<Map<String, Value>, ProofError> {
    let bytes = decode(part).ok_or(MALFORMED)?;
    serde_json::from_slice(&bytes).map_err(|_| MALFORMED)
}

fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

const MALFORMED: ProofError = ProofError::Invalid("the proof is not a JWT");

/// RFC 7518 §6.2.2, §6.3.2 and §6.4.1: the private members of all key types.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Seconds; the window that Auth0's SDKs use.
const MAX_AGE_S: f64 = 300.0;
const MAX_AHEAD_S: f64 = 30.0;

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test stops where it fails")]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use serde_json::json;

    use auth0_api_core::Algorithm;

    use super::*;
    use crate::{DpopClient, ManualClock, ProofBuilder};

    const URL: &str = "http://127.0.0.1:4711/oauth/token";

    #[test]
    fn a_valid_proof_returns_the_thumbprint_of_its_key() {
        let key = key();
        assert_eq!(check(&key.proof("POST", URL)), Ok(key.thumbprint()));
        assert_eq!(check(&key.proof("POST", URL).claim("htu", format!("{URL}?a=b#c"))), Ok(key.thumbprint()));
    }

    #[test]
    fn a_proof_with_one_fault_is_rejected() {
        let other = DpopClient::generate();
        let mut private = other.public_jwk();
        private["d"] = json!("AA");
        let good = || key().proof("POST", URL);
        for (proof, reason) in [
            (good().header("typ", "JWT"), "typ is not dpop+jwt"),
            (good().header("alg", "ES384"), "alg is not ES256"),
            (good().without_header("jwk"), "jwk is missing"),
            (good().header("jwk", private), "jwk contains a private key"),
            (
                good().header("jwk", json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" })),
                "jwk is not a key for ES256",
            ),
            (good().header("jwk", other.public_jwk()), "the signature does not verify"),
            (good().raw_signature("AAAA"), "the signature does not verify"),
            (good().raw_signature("?"), "the proof is not a JWT"),
            (good().raw_claims("[]"), "the proof is not a JWT"),
            (good().without_claim("jti"), "jti is missing"),
            (good().jti(""), "jti is missing"),
            (good().claim("htm", "post"), "htm is not the method"),
            (good().claim("htu", "http://127.0.0.1:4711/oauth/token/"), "htu is not this endpoint"),
            (good().without_claim("iat"), "iat is missing"),
            (good().issued_at(now() - Duration::from_secs(301)), "iat is too old or in the future"),
            (good().issued_at(now() + Duration::from_secs(31)), "iat is too old or in the future"),
        ] {
            assert_eq!(check(&proof), Err(ProofError::Invalid(reason)), "{proof:?}");
        }
        let ed25519 = DpopClient::generate_with(Algorithm::EdDSA).with_clock(ManualClock::new());
        assert_eq!(check(&ed25519.proof("POST", URL)), Err(ProofError::Invalid("alg is not ES256")));
    }

    #[test]
    fn the_limits_of_the_iat_window_are_accepted() {
        for time in [now() - Duration::from_secs(300), now() + Duration::from_secs(30)] {
            assert!(check(&key().proof("POST", URL).issued_at(time)).is_ok());
        }
    }

    #[test]
    fn a_required_nonce_must_be_the_current_one() {
        let nonces = ["current".to_owned()];
        let with_nonce = Expected { nonces: &nonces, ..expected() };
        assert_eq!(with_nonce.check(&key().proof("POST", URL).sign()), Err(ProofError::NonceRequired));
        assert_eq!(with_nonce.check(&key().proof("POST", URL).nonce("old").sign()), Err(ProofError::NonceRequired));
        assert!(with_nonce.check(&key().proof("POST", URL).nonce("current").sign()).is_ok());
    }

    fn key() -> DpopClient {
        DpopClient::generate().with_clock(ManualClock::new())
    }

    fn check(proof: &ProofBuilder) -> Result<Thumbprint, ProofError> {
        expected().check(&proof.sign())
    }

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    fn expected() -> Expected<'static> {
        Expected { method: "POST", url: URL, nonces: &[], now: now() }
    }
}
