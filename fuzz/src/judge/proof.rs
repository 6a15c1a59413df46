//! The proof, in the order of [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3).

use super::compact::{ASYMMETRIC, Jws, Labels, decode};
use super::jwk::PublicKey;
use super::{Rules, Verdict, url};
use crate::json::Json;
use crate::sha256;

const MALFORMED: &[&str] = &["dpop_malformed"];
const CLAIM: &[&str] = &["dpop_claim"];
const LABELS: Labels = Labels {
    malformed: MALFORMED,
    opaque: MALFORMED,
    encrypted: MALFORMED,
    symmetric: MALFORMED,
    unknown_algorithm: MALFORMED,
    not_allowed: MALFORMED,
    extension: MALFORMED,
};

/// The request that a proof must be made for.
pub(super) struct Expected<'e> {
    pub(super) method: &'e str,
    /// The URL in normal form.
    pub(super) called: String,
    pub(super) token: String,
    /// The thumbprint of the key that the token is bound to.
    pub(super) key: Vec<u8>,
}

pub(super) fn check(proof: &str, expected: &Expected<'_>, rules: &Rules, now: f64) -> Verdict {
    if proof.is_empty() {
        return Err(&["dpop_proof_missing"]);
    }
    // (2)
    if proof.len() > 8192 {
        return Err(MALFORMED);
    }
    let jws = Jws::read(proof, &ASYMMETRIC, &LABELS)?;
    // (3)
    if ["jti", "htm", "htu", "iat", "ath"].iter().any(|name| jws.claims.get(name).is_none()) {
        return Err(CLAIM);
    }
    // (4)
    if !jws.has_type(&["dpop+jwt"]) {
        return Err(&["dpop_typ"]);
    }
    // (5)
    if !rules.proof_algorithms.contains(&jws.algorithm.as_str()) {
        return Err(&["dpop_alg_not_allowed"]);
    }
    // (6), (7)
    let key = jws.header.get("jwk").and_then(PublicKey::read).filter(|key| key.is_for(&jws.algorithm));
    let key = key.ok_or(&["dpop_key"][..])?;
    if !jws.is_signed_by(&key) {
        // The key may also be a point that is not on its curve.
        return Err(&["dpop_signature", "dpop_key"]);
    }
    check_claims(&jws.claims, expected, rules, now)?;
    // (12), the key
    if decode(&key.thumbprint()) == Some(expected.key.clone()) { Ok(()) } else { Err(&["dpop_key_mismatch"]) }
}

fn check_claims(claims: &Json, expected: &Expected<'_>, rules: &Rules, now: f64) -> Verdict {
    let text = |name| claims.text(name).ok_or(CLAIM);
    let (jti, htm, htu) = (text("jti")?, text("htm")?, text("htu")?);
    let (ath, iat) = (text("ath")?, claims.number("iat").ok_or(CLAIM)?);
    let are_numbers = ["nbf", "exp"].iter().all(|name| claims.get(name).is_none() || claims.number(name).is_some());
    if !are_numbers || jti.is_empty() || jti.len() > 256 {
        return Err(CLAIM);
    }
    // (8)
    if htm != expected.method {
        return Err(&["dpop_htm_mismatch"]);
    }
    // (9)
    let htu = url::normal(htu).ok_or(&["dpop_htu_malformed"][..])?;
    if htu != expected.called {
        return Err(&["dpop_htu_mismatch"]);
    }
    // (10)
    if let Some(nonce_of) = rules.nonce {
        let step = (now / 60.0).floor() as i64;
        let accepted = [nonce_of(step), nonce_of(step - 1)];
        if !claims.text("nonce").is_some_and(|nonce| accepted.iter().any(|accepted| accepted == nonce)) {
            return Err(&["dpop_nonce_wanted"]);
        }
    }
    // (11)
    let (oldest, newest) = (now - rules.proof_window.0, now + rules.proof_window.1);
    let is_early = claims.number("nbf").is_some_and(|nbf| nbf > now);
    let is_late = claims.number("exp").is_some_and(|exp| exp <= now);
    if iat < oldest || iat > newest || is_early || is_late {
        return Err(&["dpop_iat_window"]);
    }
    // (12), the token
    if ath == sha256(&expected.token) { Ok(()) } else { Err(&["dpop_ath_mismatch"]) }
}
