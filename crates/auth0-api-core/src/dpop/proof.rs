//! The proof check of [RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3): pure, and in its order.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::client_key_cache::{ClientKey, ClientKeyCache};
use super::nonce::NonceAge;
use super::policy::ProofPolicy;
use super::{DpopError, ProofError, ProofId};
use crate::base64url;
use crate::called_url::TargetUrl;
use crate::credentials::Presented;
use crate::jose::{AlgorithmSet, JoseError, Jws, Object, TextHash, Thumbprint};
use crate::token::NumericDate;

/// What a proof must be about.
#[derive(Debug)]
pub(crate) struct Expected<'e> {
    pub(crate) method: &'e str,
    pub(crate) target: &'e TargetUrl,
    pub(crate) token_hash: &'e TextHash,
    pub(crate) thumbprint: &'e Thumbprint,
}

/// A proof that holds, and has yet to be new.
#[derive(Debug)]
pub(crate) struct HoldingProof {
    pub(crate) id: ProofId,
    pub(crate) forget_at: SystemTime,
    pub(crate) nonce_age: Option<NonceAge>,
}

/// Checks a proof against the request it came with. The keys spare it work; they change no answer.
pub(crate) fn check(
    presented: Presented<'_>,
    expected: &Expected<'_>,
    policy: &ProofPolicy,
    keys: &ClientKeyCache,
    now: SystemTime,
) -> Result<HoldingProof, DpopError> {
    // RFC 9449 §4.3 (1): one DPoP header.
    let proof = match presented {
        Presented::Absent | Presented::Once("") => return Err(DpopError::ProofMissing),
        Presented::Malformed => return Err(ProofError::Repeated.into()),
        Presented::Once(proof) if proof.len() > MAX_PROOF_BYTES => return Err(ProofError::TooLong.into()),
        Presented::Once(proof) => proof,
    };
    // (2): one well-formed JWT. Any algorithm that there is, for now: (5) comes later.
    let jws: Jws<'_, Object> = Jws::parse(proof, &AlgorithmSet::ANY).map_err(ProofError::Jws)?;
    // (3): all claims are there.
    require_claims(jws.unverified_payload())?;
    // (4): typ is dpop+jwt.
    if !jws.header().media_type().is_ok_and(|typ| typ.is_some_and(|typ| typ.is("dpop+jwt"))) {
        return Err(ProofError::Type.into());
    }
    // (5): an algorithm of the policy.
    let algorithm = jws.header().algorithm();
    if !policy.algorithms.contains(algorithm) {
        return Err(ProofError::Jws(JoseError::AlgorithmNotAllowed { algorithm }).into());
    }
    // (6), (7): signed with the embedded key, which is public.
    let jwk = jws.header().embedded_key().unwrap_or_default();
    let known = keys.recall(jwk, algorithm);
    let is_known = known.is_some();
    let key = known.map_or_else(|| ClientKey::read(jwk, algorithm), Ok).map_err(ProofError::Key)?;
    let signed = jws.verify([&key.verification]).map_err(ProofError::Jws)?;
    let claims = Claims::read(signed.payload())?;
    // (8): htm is the method, exactly: methods are case-sensitive (RFC 9110 §9.1).
    if claims.htm != expected.method {
        return Err(ProofError::Method.into());
    }
    // (9): htu is the URL, query and fragment ignored.
    if !expected.target.is_written(&claims.htu) {
        let htu = TargetUrl::parse(&claims.htu).map_err(ProofError::TargetMalformed)?;
        if htu != *expected.target {
            return Err(ProofError::target(expected.target, &htu).into());
        }
    }
    // (10): the nonce is one of ours, where we want one.
    let nonce_age = check_nonce(policy, signed.payload(), now)?;
    // (11): iat is within the window, and the proof's own times agree.
    check_window(policy, &claims, now)?;
    // (12): ath is the hash of this token …
    let mut ath = TextHash::default();
    let written = base64url::decode_exactly(&claims.ath, &mut ath);
    if written.is_none() || verify_slices_are_equal(&ath, expected.token_hash).is_err() {
        return Err(ProofError::TokenHash.into());
    }
    // … and the key is the one that the token is bound to.
    let thumbprint = key.thumbprint;
    if verify_slices_are_equal(thumbprint.as_bytes(), expected.thumbprint.as_bytes()).is_err() {
        return Err(DpopError::KeyMismatch);
    }
    if !is_known {
        keys.remember(signed.header().embedded_key().unwrap_or_default(), key);
    }
    let forget_at = claims.iat.plus(policy.max_age).plus(FORGET_LATER).to_system_time();
    let forget_at = forget_at.ok_or(ProofError::Claim { claim: "iat" })?;
    Ok(HoldingProof { id: ProofId::new(thumbprint, &claims.jti), forget_at, nonce_age })
}

/// The claims of [RFC 9449 §4.2](https://www.rfc-editor.org/rfc/rfc9449#section-4.2), all of them required beside a token.
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
        let named = !claims.jti.is_empty() && claims.jti.len() <= MAX_JTI_BYTES;
        if named { Ok(claims) } else { Err(ProofError::Claim { claim: "jti" }) }
    }
}

/// The claims that a proof beside a token has; what they say counts once the signature holds.
fn require_claims(payload: &Object) -> Result<(), ProofError> {
    let missing = ["jti", "htm", "htu", "iat", "ath"].into_iter().find(|claim| !payload.contains(claim));
    missing.map_or(Ok(()), |claim| Err(ProofError::Claim { claim }))
}

fn text<'p>(payload: &'p Object, claim: &'static str) -> Result<Cow<'p, str>, ProofError> {
    payload.string(claim).ok().flatten().ok_or(ProofError::Claim { claim })
}

fn date(payload: &Object, claim: &'static str) -> Result<Option<NumericDate>, ProofError> {
    payload.get(claim).map_err(|_| ProofError::Claim { claim })
}

fn check_nonce(policy: &ProofPolicy, payload: &Object, now: SystemTime) -> Result<Option<NonceAge>, DpopError> {
    let Some(nonces) = &policy.nonce else { return Ok(None) };
    // Absent, malformed, unknown and expired are answered alike: with the nonce to use.
    let age = payload.string("nonce").ok().flatten().and_then(|nonce| nonces.check(&nonce, now));
    age.map(Some).ok_or_else(|| DpopError::NonceWanted { nonce: nonces.current(now) })
}

fn check_window(policy: &ProofPolicy, claims: &Claims<'_>, now: SystemTime) -> Result<(), ProofError> {
    let now = NumericDate::of(now);
    let recent = now.minus(policy.max_age)..=now.plus(policy.leeway);
    let begun = claims.nbf.is_none_or(|nbf| nbf <= now);
    let ended = claims.exp.is_some_and(|exp| exp <= now);
    if recent.contains(&claims.iat) && begun && !ended { Ok(()) } else { Err(ProofError::Window) }
}

/// A proof with an RSA-4096 key takes 3 KiB.
const MAX_PROOF_BYTES: usize = 8 * 1024;
/// A UUID takes 36; the bound is ours.
const MAX_JTI_BYTES: usize = 256;
/// Kept until just after the proof is rejected as too old, whatever the rounding on the way.
const FORGET_LATER: Duration = Duration::from_secs(1);
