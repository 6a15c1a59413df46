//! The logout token: [Back-Channel Logout §2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation).

use super::compact::{Jws, Labels};
use super::token::candidates;
use super::{Rules, Verdict};
use crate::json::Json;

const BAD: &[&str] = &["logout_malformed"];
const ALGORITHM: &[&str] = &["logout_alg_not_allowed"];
const LABELS: Labels = Labels {
    malformed: BAD,
    opaque: BAD,
    encrypted: BAD,
    symmetric: ALGORITHM,
    unknown_algorithm: ALGORITHM,
    not_allowed: ALGORITHM,
    extension: BAD,
};
const MISSING: &[&str] = &["logout_claim_missing"];
const MALFORMED: &[&str] = &["logout_claim_malformed"];
const EVENT: &[&str] = &["logout_event"];

/// Decides about a logout token, and returns its subject. The audiences of the rules are client ids.
pub fn judge_logout(token: &str, rules: &Rules, now: f64) -> Verdict<String> {
    if token.len() > 16 * 1024 {
        return Err(&["logout_too_long"]);
    }
    let jws = Jws::read(token, &rules.algorithms, &LABELS)?;
    if jws.claims.text("iss") != Some(rules.issuer) {
        return Err(&["logout_issuer_not_trusted"]);
    }
    let keys =
        candidates(&jws, &rules.key_set).map_err(|_| &["logout_key_unknown", "logout_key_not_looked_for"][..])?;
    if !keys.iter().any(|key| jws.is_signed_by(key)) {
        return Err(&["logout_signature"]);
    }
    if jws.header.get("typ").is_some() && !jws.has_type(&["logout+jwt", "jwt"]) {
        return Err(&["logout_type"]);
    }
    check_audience(&jws.claims, rules)?;
    check_times(&jws.claims, now)?;
    check_event(&jws.claims)?;
    let jti = text(&jws.claims, "jti")?.ok_or(MISSING)?;
    if !(1..=256).contains(&jti.len()) {
        return Err(MALFORMED);
    }
    match (text(&jws.claims, "sub")?, text(&jws.claims, "sid")?) {
        (Some(sub), _) if sub.is_empty() => Err(MALFORMED),
        (Some(sub), _) => Ok(sub.to_owned()),
        (None, Some(_)) => Err(&["logout_subject_missing"]),
        (None, None) => Err(MISSING),
    }
}

/// OpenID Connect Core §3.1.3.7 (3): a client of this API, and no other audience.
fn check_audience(claims: &Json, rules: &Rules) -> Verdict {
    let audiences = match claims.get("aud").ok_or(MISSING)? {
        Json::List(audiences) => audiences.clone(),
        audience => vec![audience.clone()],
    };
    if !audiences.iter().all(|audience| matches!(audience, Json::Text(_))) {
        return Err(MALFORMED);
    }
    let is_own = |audience: &Json| matches!(audience, Json::Text(text) if rules.audiences.contains(&text.as_str()));
    if !audiences.is_empty() && audiences.iter().all(is_own) { Ok(()) } else { Err(&["logout_audience"]) }
}

fn check_times(claims: &Json, now: f64) -> Verdict {
    let number = |name| match (claims.get(name), claims.number(name)) {
        (Some(_), None) => Err(MALFORMED),
        (_, number) => Ok(number),
    };
    let iat = number("iat")?.ok_or(MISSING)?;
    if !(0.0..=253_402_300_799.0).contains(&iat) {
        return Err(MALFORMED);
    }
    // §4 recommends two minutes. Clocks may differ by 30 s.
    if iat > now + 30.0 {
        return Err(&["logout_issued_in_future"]);
    }
    if iat < now - 150.0 {
        return Err(&["logout_too_old"]);
    }
    if number("exp")?.is_some_and(|exp| now >= exp + 30.0) { Err(&["logout_expired"]) } else { Ok(()) }
}

/// §2.6 (5), (6).
fn check_event(claims: &Json) -> Verdict {
    let event =
        claims.get("events").and_then(|events| events.get("http://schemas.openid.net/event/backchannel-logout"));
    if !matches!(event, Some(Json::Object(_))) {
        return Err(EVENT);
    }
    if claims.get("nonce").is_some() { Err(&["logout_nonce"]) } else { Ok(()) }
}

fn text<'c>(claims: &'c Json, name: &str) -> Verdict<Option<&'c str>> {
    match (claims.get(name), claims.text(name)) {
        (Some(_), None) => Err(MALFORMED),
        (_, text) => Ok(text),
    }
}
