//! The subject of a privileged worker: a JWT that the client signs for each request.

use std::time::SystemTime;

use secrecy::zeroize::Zeroizing;
use serde::Serialize;

use super::signed_jwt;
use crate::base64url;
use crate::clock::since_epoch;
use crate::jose::{PrivateKey, PrivateKeyError, random_id};

/// What the JWT says. The JWT itself changes with each request, so the cache key is made from these values.
#[derive(Clone, Debug)]
pub(super) struct WorkerSubject {
    pub(super) user_id: Box<str>,
    pub(super) audit_context: Box<str>,
    pub(super) organization: Option<Box<str>>,
    pub(super) key: PrivateKey,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: u64,
    jti: String,
    audit_context: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
}

impl WorkerSubject {
    /// Signs the JWT for one request.
    pub(super) fn sign(
        &self,
        client_id: &str,
        issuer: &str,
        now: SystemTime,
    ) -> Result<Zeroizing<String>, PrivateKeyError> {
        let Self { user_id, audit_context, organization, key } = self;
        let (iat, jti) = (since_epoch(now).as_secs(), uuid()?);
        let org_id = organization.as_deref();
        let claims = Claims { iss: client_id, sub: user_id, aud: issuer, iat, jti, audit_context, org_id };
        signed_jwt::sign(key, Some("token-vault-req+jwt"), &claims)
    }
}

/// Returns a random UUID ([RFC 9562 §5.4](https://www.rfc-editor.org/rfc/rfc9562#section-5.4)): Auth0 requires this form.
fn uuid() -> Result<String, PrivateKeyError> {
    let mut octets = [0; 16];
    base64url::decode_exactly(&random_id()?, &mut octets).ok_or(PrivateKeyError::Signing)?;
    // The version 4 takes the place of four random bits, and the variant of two.
    let bits = u128::from_be_bytes(octets) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let mut text = format!("{bits:032x}");
    for place in [20, 16, 12, 8] {
        text.insert(place, '-');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::{Duration, UNIX_EPOCH};

    use serde_json::{Value, json};

    use super::*;

    fn parts(organization: Option<&str>) -> Vec<Value> {
        let subject = WorkerSubject {
            user_id: "auth0|ada".into(),
            audit_context: "nightly import".into(),
            organization: organization.map(Into::into),
            key: PrivateKey::generate().unwrap(),
        };
        let now = UNIX_EPOCH + Duration::from_millis(1_700_000_000_900);
        let jwt = subject.sign("client", "https://tenant.example/", now).unwrap();
        let segments = jwt.split('.').take(2);
        segments.map(|segment| serde_json::from_slice(&base64url::decode(segment).unwrap()).unwrap()).collect()
    }

    #[test]
    fn the_jwt_names_client_user_tenant_and_context() {
        let [header, mut claims] = parts(None).try_into().unwrap();
        assert_eq!(header, json!({"typ": "token-vault-req+jwt", "alg": "ES256"}));
        claims.as_object_mut().unwrap().remove("jti").unwrap();
        let expected = json!({
            "iss": "client", "sub": "auth0|ada", "aud": "https://tenant.example/", "iat": 1_700_000_000,
            "audit_context": "nightly import",
        });
        assert_eq!(claims, expected);
        let [_, claims] = parts(Some("org_acme")).try_into().unwrap();
        assert_eq!(claims.get("org_id"), Some(&json!("org_acme")));
    }

    #[test]
    fn each_jti_is_another_uuid_of_version_4() {
        let (one, other) = (uuid().unwrap(), uuid().unwrap());
        assert_ne!(one, other);
        for text in [one, other] {
            let lengths: Vec<_> = text.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{text}");
            assert!(text.split('-').nth(2).unwrap().starts_with('4'), "{text}");
            assert!(text.split('-').nth(3).unwrap().starts_with(['8', '9', 'a', 'b']), "{text}");
        }
    }
}
