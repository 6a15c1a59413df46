//! Client assertions ([RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523#section-3)).

use std::time::SystemTime;

use secrecy::zeroize::Zeroizing;
use serde::Serialize;

use super::signed_jwt;
use crate::clock::since_epoch;
use crate::jose::{PrivateKey, PrivateKeyError, random_id};

/// The `client_assertion_type` of a JWT.
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: u64,
    nbf: u64,
    exp: u64,
}

/// Signs an assertion that authenticates the client, for one token request.
pub(super) fn sign(
    key: &PrivateKey,
    client_id: &str,
    issuer: &str,
    now: SystemTime,
) -> Result<Zeroizing<String>, PrivateKeyError> {
    let iat = since_epoch(now).as_secs();
    // RFC 7523 §3 (2), (3): the client is both issuer and subject; the tenant's issuer is the only audience.
    let (iss, sub, aud) = (client_id, client_id, issuer);
    let claims = Claims { iss, sub, aud, jti: random_id()?, iat, nbf: iat, exp: iat + LIFETIME_SECONDS };
    signed_jwt::sign(key, None, &claims)
}

/// The same as in auth0-api-js. The client sends an assertion at once, and Auth0 rejects one that is valid for longer
/// than five minutes.
const LIFETIME_SECONDS: u64 = 60;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::{Duration, UNIX_EPOCH};

    use serde_json::{Value, json};

    use super::*;
    use crate::base64url;

    fn parts(assertion: &str) -> Vec<Value> {
        let segments = assertion.split('.').take(2);
        segments.map(|segment| serde_json::from_slice(&base64url::decode(segment).unwrap()).unwrap()).collect()
    }

    #[test]
    fn an_assertion_names_client_and_issuer_and_is_valid_for_a_minute() {
        let key = PrivateKey::generate().unwrap();
        let now = UNIX_EPOCH + Duration::from_millis(1_700_000_000_900);
        let assertion = sign(&key, "client", "https://tenant.example/", now).unwrap();
        let mut parts = parts(&assertion).into_iter();
        assert_eq!(parts.next().unwrap(), json!({"alg": "ES256"}));
        let mut claims = parts.next().unwrap();
        let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
        assert_eq!(jti.as_str().unwrap().len(), 22);
        let expected = json!({
            "iss": "client", "sub": "client", "aud": "https://tenant.example/",
            "iat": 1_700_000_000, "nbf": 1_700_000_000, "exp": 1_700_000_060,
        });
        assert_eq!(claims, expected);
    }

    #[test]
    fn each_assertion_has_its_own_jti() {
        let key = PrivateKey::generate().unwrap();
        let jti = || {
            let parts = parts(&sign(&key, "client", "https://tenant.example/", UNIX_EPOCH).unwrap());
            parts.last().unwrap().get("jti").unwrap().clone()
        };
        assert_ne!(jti(), jti());
    }
}
