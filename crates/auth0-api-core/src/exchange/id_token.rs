//! Checks the ID token of a token response
//! ([OpenID Connect Core §3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use super::ResponseError;
use crate::base64url;
use crate::jose::Object;
use crate::token::NumericDate;

/// Checks issuer, audience, expiry and subject, and returns the claims.
///
/// The signature is not checked, because the token came over TLS directly from the token endpoint (§3.1.3.7 (6)). So
/// the algorithm of the signature does not matter. An application can also exchange tokens if the tenant signs its ID
/// tokens with a shared secret.
pub(super) fn check(token: &str, issuer: &str, client_id: &str, now: SystemTime) -> Result<Object, ResponseError> {
    let claims = claims(token).ok_or(ResponseError::IdToken)?;
    let valid =
        has_issuer(&claims, issuer) && is_for(&claims, client_id) && is_live(&claims, now) && has_subject(&claims);
    if valid { Ok(claims) } else { Err(ResponseError::IdToken) }
}

/// Returns the payload of a compact JWS: the second of three segments.
fn claims(token: &str) -> Option<Object> {
    let (_header, rest) = token.split_once('.')?;
    let (payload, signature) = rest.split_once('.')?;
    if signature.contains('.') {
        return None;
    }
    Object::parse(base64url::decode(payload)?).ok()
}

/// (2): `iss` is exactly the issuer of the tenant.
fn has_issuer(claims: &Object, issuer: &str) -> bool {
    claims.string("iss").is_ok_and(|iss| iss.as_deref() == Some(issuer))
}

/// (3), (4), (5): `aud` contains this client. If `azp` is present, it must be this client. If there are several
/// audiences, `azp` is required.
fn is_for(claims: &Object, client_id: &str) -> bool {
    let audiences: Vec<String> = match claims.string("aud") {
        Ok(one) => one.map(Cow::into_owned).into_iter().collect(),
        Err(_) => claims.get("aud").ok().flatten().unwrap_or_default(),
    };
    let party = claims.string("azp");
    let authorized = match party {
        Ok(Some(party)) => party == client_id,
        Ok(None) => audiences.len() == 1,
        Err(_) => false,
    };
    authorized && audiences.iter().any(|audience| audience == client_id)
}

/// (9), (10): `exp` is in the future, or less than [`TOLERANCE`] in the past. `iat` is present.
fn is_live(claims: &Object, now: SystemTime) -> bool {
    let time = |name| NumericDate::read(claims, name).ok().flatten();
    time("iat").is_some() && time("exp").is_some_and(|exp| NumericDate::of(now) < exp.plus(TOLERANCE))
}

fn has_subject(claims: &Object) -> bool {
    claims.string("sub").is_ok_and(|sub| sub.is_some_and(|sub| !sub.is_empty()))
}

/// As in auth0-api-js, for the difference between the tenant's clock and this server's clock.
const TOLERANCE: Duration = Duration::from_secs(30);

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn accepts(claims: &str) -> bool {
        let encode = |json: &str| base64url::encode(json.as_bytes());
        let token = format!("{}.{}.{}", encode(r#"{"alg":"HS256"}"#), encode(claims), encode("signature"));
        check(&token, ISSUER, "client", UNIX_EPOCH + Duration::from_secs(1_000)).is_ok()
    }

    const ISSUER: &str = "https://tenant.example/";
    const GOOD: &str = r#"{"iss":"https://tenant.example/","aud":"client","sub":"user","iat":900,"exp":2000}"#;

    #[test]
    fn an_id_token_of_this_tenant_for_this_client_is_accepted() {
        assert!(accepts(GOOD));
        assert!(accepts(&GOOD.replace(r#""client""#, r#"["client"]"#)));
        assert!(accepts(&GOOD.replace(r#""client""#, r#"["client","other"],"azp":"client""#)));
        assert!(accepts(&GOOD.replace("2000", "971")), "30 s of tolerance");
    }

    #[test]
    fn an_id_token_with_a_wrong_claim_is_rejected() {
        for (from, to) in [
            ("https://tenant.example/", "https://tenant.example"),
            (r#""client""#, r#""other""#),
            (r#""client""#, r#"["client","other"]"#),
            (r#""client""#, r#"["client","other"],"azp":"other""#),
            (r#""client""#, r#""client","azp":"other""#),
            (r#""client""#, r#""client","azp":1"#),
            (r#""aud":"client","#, ""),
            (r#""sub":"user","#, ""),
            (r#""user""#, r#""""#),
            (r#""iat":900,"#, ""),
            ("900", r#""900""#),
            (r#","exp":2000"#, ""),
            ("2000", "970"),
            ("2000", r#""2000""#),
        ] {
            assert!(!accepts(&GOOD.replace(from, to)), "{from} → {to}");
        }
    }

    #[test]
    fn a_text_that_is_not_a_jws_is_rejected() {
        assert!(check_text("not a token").is_err());
        assert!(check_text("e30.e30").is_err());
        assert!(check_text("e30.e30.AA.AA.AA").is_err(), "encrypted: five segments");
    }

    fn check_text(token: &str) -> Result<Object, ResponseError> {
        check(token, ISSUER, "client", UNIX_EPOCH)
    }
}
