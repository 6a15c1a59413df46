//! The access token: [RFC 9068 §4](https://www.rfc-editor.org/rfc/rfc9068#section-4),
//! [RFC 7519 §4.1](https://www.rfc-editor.org/rfc/rfc7519#section-4.1) and
//! [RFC 8725 §3](https://www.rfc-editor.org/rfc/rfc8725#section-3).

use super::compact::{Jws, Labels, decode};
use super::jwk::PublicKey;
use super::{Rules, Verdict};
use crate::json::Json;

const LABELS: Labels = Labels {
    malformed: &["token_malformed"],
    opaque: &["token_opaque"],
    encrypted: &["token_encrypted"],
    symmetric: &["token_alg_symmetric"],
    unknown_algorithm: &["token_alg_unknown"],
    not_allowed: &["token_alg_not_allowed"],
    extension: &["token_extension"],
};
const MISSING: &[&str] = &["token_claim_missing"];
const MALFORMED: &[&str] = &["token_claim_malformed"];

/// Returns the claims of a valid token.
pub(super) fn check(token: &str, rules: &Rules, now: f64) -> Verdict<Json> {
    let jws = Jws::read(token, &rules.algorithms, &LABELS)?;
    // RFC 8725 §3.8: the issuer is known before its keys are used.
    let issuer = jws.claims.text("iss").filter(|iss| !iss.is_empty()).ok_or(&["issuer_missing"][..])?;
    if issuer != rules.issuer {
        return Err(&["issuer_not_trusted"]);
    }
    let keys = candidates(&jws, &rules.key_set)?;
    if !keys.iter().any(|key| jws.is_signed_by(key)) {
        return Err(&["token_signature"]);
    }
    check_type(&jws, rules.strict_rfc9068)?;
    check_audience(&jws.claims, &rules.audiences)?;
    check_times(&jws.claims, rules, now)?;
    check_required(&jws.claims, rules)?;
    Ok(jws.claims)
}

/// The thumbprint of the key that a token is bound to (RFC 9449 §6.1); `None` if the token is not bound.
pub(super) fn bound_key(claims: &Json) -> Verdict<Option<Vec<u8>>> {
    let Some(cnf) = claims.get("cnf") else { return Ok(None) };
    if !matches!(cnf, Json::Object(_)) {
        return Err(&["cnf_malformed"]);
    }
    let digest = |name: &str| match (cnf.get(name), cnf.text(name)) {
        (None, _) => Ok(None),
        (Some(_), text) => {
            text.and_then(decode).filter(|digest| digest.len() == 32).map(Some).ok_or(&["cnf_malformed"][..])
        }
    };
    let (key, certificate) = (digest("jkt")?, digest("x5t#S256")?);
    match (key, certificate) {
        // No source of client certificates is configured.
        (_, Some(_)) => Err(&["cnf_certificate"]),
        (None, None) => Err(&["cnf_unknown"]),
        (key, None) => Ok(key),
    }
}

/// RFC 7515 §4.1.4: `kid` names the key. Without it, there must be only one key for the algorithm.
pub(super) fn candidates(jws: &Jws, key_set: &str) -> Verdict<Vec<PublicKey>> {
    let document = Json::read(key_set.as_bytes()).expect("a key set");
    let Some(Json::List(published)) = document.get("keys") else { panic!("a key set") };
    let mut named: Vec<PublicKey> = published.iter().filter_map(PublicKey::read).collect();
    if jws.key_id.is_some() {
        named.retain(|key| key.key_id == jws.key_id);
    }
    let is_named = jws.key_id.is_some() && !named.is_empty();
    named.retain(|key| key.is_for(&jws.algorithm));
    match (named.len(), &jws.key_id) {
        (0, _) if is_named => Err(&["key_of_other_algorithm"]),
        // The second label: the number of fetches for unknown keys is limited.
        (0, _) => Err(&["key_unknown", "key_not_looked_for"]),
        (1, _) | (_, Some(_)) => Ok(named),
        (_, None) => Err(&["key_ambiguous"]),
    }
}

fn check_type(jws: &Jws, is_strict: bool) -> Verdict {
    let accepted = match jws.header.get("typ") {
        None => !is_strict,
        Some(_) if is_strict => jws.has_type(&["at+jwt"]),
        Some(_) => jws.has_type(&["at+jwt", "jwt"]),
    };
    if accepted { Ok(()) } else { Err(&["token_type"]) }
}

fn check_audience(claims: &Json, own: &[&str]) -> Verdict {
    let audiences = match claims.get("aud").ok_or(MISSING)? {
        Json::Text(audience) => vec![audience.as_str()],
        Json::List(audiences) => {
            let texts = audiences.iter().map(|audience| match audience {
                Json::Text(text) => Some(text.as_str()),
                _ => None,
            });
            texts.collect::<Option<Vec<_>>>().ok_or(MALFORMED)?
        }
        _ => return Err(MALFORMED),
    };
    if audiences.iter().any(|audience| own.contains(audience)) { Ok(()) } else { Err(&["token_audience"]) }
}

fn check_times(claims: &Json, rules: &Rules, now: f64) -> Verdict {
    let exp = number(claims, "exp")?.ok_or(MISSING)?;
    if !(0.0..=253_402_300_799.0).contains(&exp) {
        return Err(MALFORMED);
    }
    // RFC 7519 §4.1.4: "on or after" exp.
    if now >= exp + rules.leeway {
        return Err(&["token_expired"]);
    }
    if number(claims, "nbf")?.is_some_and(|nbf| now + rules.leeway < nbf) {
        return Err(&["token_not_yet_valid"]);
    }
    let iat = number(claims, "iat")?.ok_or(MISSING)?;
    let Some(oldest) = rules.max_token_age else { return Ok(()) };
    if iat > now + rules.leeway {
        return Err(&["token_issued_in_future"]);
    }
    if iat < now - oldest - rules.leeway { Err(&["token_too_old"]) } else { Ok(()) }
}

fn check_required(claims: &Json, rules: &Rules) -> Verdict {
    for name in ["sub", "client_id", "jti"].into_iter().filter(|_| rules.strict_rfc9068) {
        if claims.text(name).is_none() {
            return Err(if claims.get(name).is_none() { MISSING } else { MALFORMED });
        }
    }
    let is_present = |name: &&str| claims.get(name).is_some();
    if rules.required_claims.iter().all(is_present) { Ok(()) } else { Err(MISSING) }
}

fn number(claims: &Json, name: &str) -> Verdict<Option<f64>> {
    match claims.get(name) {
        None => Ok(None),
        Some(Json::Number(number)) => Ok(Some(*number)),
        Some(_) => Err(MALFORMED),
    }
}
