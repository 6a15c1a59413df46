//! The checks of a proof, in the order of [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3).
//!
//! The checks are pure functions: the time is an argument, and the cache of keys does not change a result.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::client_key_cache::ClientKey;
use super::nonce::NonceAge;
use super::policy::ProofPolicy;
use super::{ProofError, ProofId};
use crate::base64url;
use crate::called_url::TargetUrl;
use crate::jose::{AlgorithmSet, Hash, JoseError, Jws, Object, TextHash, Thumbprint};
use crate::token::NumericDate;

/// The request and the token that a proof must have been made for.
#[derive(Debug)]
pub(crate) struct Expected<'e> {
    pub(crate) method: &'e str,
    pub(crate) target: &'e TargetUrl,
    pub(crate) token_hash: &'e TextHash,
    pub(crate) thumbprint: &'e Thumbprint,
}

/// A proof that passed all checks of this module. The replay store has not checked the proof yet.
#[derive(Debug)]
pub(crate) struct HoldingProof {
    pub(crate) id: ProofId,
    /// Until when the replay store must remember the proof.
    pub(crate) forget_at: SystemTime,
    /// `None` if the policy requires no nonce.
    pub(crate) nonce_age: Option<NonceAge>,
}

/// Checks a proof against the request and the token that it was presented with.
///
/// The caller has checked RFC 9449 §4.3 (1): the request has exactly one proof. The cache of keys in `policy` only
/// saves work: the result is the same with an empty cache.
pub(crate) fn check(
    proof: &str,
    expected: &Expected<'_>,
    policy: &ProofPolicy,
    now: SystemTime,
) -> Result<HoldingProof, ProofError> {
    // RFC 9449 §4.3 (2): the proof is one well-formed JWT. Every known algorithm is accepted here; (5) applies the
    // policy.
    if proof.len() > MAX_PROOF_BYTES {
        return Err(ProofError::TooLong);
    }
    let client = policy.keys.recall(proof);
    let header = client.as_ref().map(|client| &client.header);
    let jws = Jws::parse_after(header, proof, &AlgorithmSet::ANY).map_err(ProofError::Jws)?;
    // (3): all required claims are present. Their values are checked after the signature.
    require_claims(jws.unverified_payload())?;
    // (4): typ is dpop+jwt.
    if !jws.header().media_type().is_ok_and(|typ| typ.is_some_and(|typ| typ.is("dpop+jwt"))) {
        return Err(ProofError::Type);
    }
    // (5): the policy allows the algorithm.
    let algorithm = jws.header().algorithm();
    if !policy.algorithms.contains(algorithm) {
        return Err(ProofError::Jws(JoseError::AlgorithmNotAllowed { algorithm }));
    }
    // (6), (7): the signature verifies with the embedded key, which has no private part.
    let mut new_key = None;
    let key: &ClientKey = if let Some(client) = &client {
        &client.key
    } else {
        let jwk = jws.header().embedded_key().unwrap_or_default();
        new_key.insert(ClientKey::read(jwk, algorithm).map_err(ProofError::Key)?)
    };
    let signed = jws.verify([&key.verification], Hash::NotNeeded).map_err(ProofError::Jws)?;
    let claims = Claims::read(signed.payload())?;
    // (8): htm is exactly the method of the request: methods are case-sensitive (RFC 9110 §9.1).
    if claims.htm != expected.method {
        return Err(ProofError::Method);
    }
    // (9): htu is the URL of the request; query and fragment are ignored. Most clients sign the normal form, which
    // needs no parsing.
    if !expected.target.has_normal_form(&claims.htu) {
        let htu = TargetUrl::parse(&claims.htu).map_err(ProofError::TargetMalformed)?;
        if htu != *expected.target {
            return Err(ProofError::target(expected.target, &htu));
        }
    }
    // (10): the nonce is one that this server issued, if the policy requires nonces.
    let nonce_age = check_nonce(policy, signed.payload(), now)?;
    // (11): iat is within the window, and now is within nbf and exp, if the proof has them.
    check_window(policy, &claims, now)?;
    // (12): ath is the hash of this access token.
    let mut ath = TextHash::default();
    let decoded = base64url::decode_exactly(&claims.ath, &mut ath);
    if decoded.is_none() || verify_slices_are_equal(&ath, expected.token_hash).is_err() {
        return Err(ProofError::TokenHash);
    }
    // (12): the token is bound to the key that signed the proof.
    let thumbprint = key.thumbprint;
    if verify_slices_are_equal(thumbprint.as_bytes(), expected.thumbprint.as_bytes()).is_err() {
        return Err(ProofError::KeyMismatch);
    }
    // From now, not only from the proof's time: a store that counts the seconds itself, such as Redis, then keeps the proof for
    // the whole window, also if the clock of this API is ahead.
    let now = NumericDate::of(now);
    let forget_from = if claims.iat < now { now } else { claims.iat };
    let forget_at = forget_from.plus(policy.max_age).plus(FORGET_MARGIN).to_system_time();
    let forget_at = forget_at.ok_or(ProofError::Claim { claim: "iat" })?;
    let id = ProofId::new(thumbprint, &claims.jti);
    // At this point, the key is known to be the key of a valid token. So a client without a valid token cannot fill the
    // cache.
    if let Some(key) = new_key {
        policy.keys.remember(proof, signed.into_header(), key);
    }
    Ok(HoldingProof { id, forget_at, nonce_age })
}

/// The claims of a proof ([RFC 9449 §4.2](https://www.rfc-editor.org/rfc/rfc9449#section-4.2)).
///
/// `nbf` and `exp` are optional. The others are required, because the proof is presented together with a token.
struct Claims<'p> {
    jti: Cow<'p, str>,
    htm: Cow<'p, str>,
    htu: Cow<'p, str>,
    iat: NumericDate,
    ath: Cow<'p, str>,
    nbf: Option<NumericDate>,
    exp: Option<NumericDate>,
}

impl<'p> Claims<'p> {
    fn read(payload: &'p Object) -> Result<Self, ProofError> {
        let claims = Self {
            jti: text(payload, "jti")?,
            htm: text(payload, "htm")?,
            htu: text(payload, "htu")?,
            iat: date(payload, "iat")?.ok_or(ProofError::Claim { claim: "iat" })?,
            ath: text(payload, "ath")?,
            nbf: date(payload, "nbf")?,
            exp: date(payload, "exp")?,
        };
        let has_jti = !claims.jti.is_empty() && claims.jti.len() <= MAX_JTI_BYTES;
        if has_jti { Ok(claims) } else { Err(ProofError::Claim { claim: "jti" }) }
    }
}

/// Checks that the required claims are present. Their values are read after the signature is verified.
fn require_claims(payload: &Object) -> Result<(), ProofError> {
    let missing = ["jti", "htm", "htu", "iat", "ath"].into_iter().find(|claim| !payload.contains(claim));
    missing.map_or(Ok(()), |claim| Err(ProofError::Claim { claim }))
}

fn text<'p>(payload: &'p Object, claim: &'static str) -> Result<Cow<'p, str>, ProofError> {
    payload.string(claim).ok().flatten().ok_or(ProofError::Claim { claim })
}

fn date(payload: &Object, claim: &'static str) -> Result<Option<NumericDate>, ProofError> {
    NumericDate::read(payload, claim).map_err(|_| ProofError::Claim { claim })
}

fn check_nonce(policy: &ProofPolicy, payload: &Object, now: SystemTime) -> Result<Option<NonceAge>, ProofError> {
    let Some(nonces) = &policy.nonce else { return Ok(None) };
    // The error is the same for an absent, malformed, unknown or expired nonce. It contains the nonce that the client
    // should use.
    let age = payload.string("nonce").ok().flatten().and_then(|nonce| nonces.check(&nonce, now));
    age.map(Some).ok_or_else(|| ProofError::NonceWanted { nonce: nonces.current(now) })
}

fn check_window(policy: &ProofPolicy, claims: &Claims<'_>, now: SystemTime) -> Result<(), ProofError> {
    let now = NumericDate::of(now);
    let window = now.minus(policy.max_age)..=now.plus(policy.leeway);
    let begun = claims.nbf.is_none_or(|nbf| nbf <= now);
    let ended = claims.exp.is_some_and(|exp| exp <= now);
    if window.contains(&claims.iat) && begun && !ended { Ok(()) } else { Err(ProofError::Window) }
}

/// The greatest length of a proof. A proof with an RSA-4096 key has about 2 KiB.
const MAX_PROOF_BYTES: usize = 8 * 1024;
/// The greatest length of a `jti`. A UUID has 36 bytes. RFC 9449 sets no limit, so this crate chose a limit.
const MAX_JTI_BYTES: usize = 256;
/// How long a proof is remembered after it has become too old. Because of this margin, rounding cannot make the store
/// forget a proof before that time.
const FORGET_MARGIN: Duration = Duration::from_secs(1);
