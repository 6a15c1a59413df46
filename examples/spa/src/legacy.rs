//! The old system, which the users come from. It hands out sessions; the tenant exchanges one for tokens, once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::{Clock as _, SystemClock};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac::{self, HMAC_SHA256, Key};
use aws_lc_rs::rand::{self, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// Issues sessions, and verifies them in the Action of the exchange profile. The two sides share a key.
pub(crate) struct LegacySessions {
    key: Key,
    /// The sessions that have been exchanged, each with its expiry.
    redeemed: Mutex<HashMap<String, u64>>,
}

impl LegacySessions {
    pub(crate) fn new() -> Result<Self, Unspecified> {
        Ok(Self { key: Key::generate(HMAC_SHA256, &SystemRandom::new())?, redeemed: Mutex::default() })
    }

    /// Issues a session of a user: its claims and their signature.
    pub(crate) fn issue(&self, user: &str) -> Result<String, Unspecified> {
        let mut id = [0_u8; 16];
        rand::fill(&mut id)?;
        let expires_at = seconds(SystemClock.now() + LIFETIME);
        let claims = json!({ "user": user, "id": URL_SAFE_NO_PAD.encode(id), "expires_at": expires_at });
        let signed = URL_SAFE_NO_PAD.encode(claims.to_string());
        let signature = hmac::sign(&self.key, signed.as_bytes());
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// Verifies a session and returns its user. A session can be exchanged once: whoever copies it comes too late.
    pub(crate) fn redeem(&self, session: &str) -> Result<String, &'static str> {
        let (signed, signature) = session.split_once('.').ok_or("it is not a session of the old system")?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| "its signature is not base64url")?;
        // First the signature: nothing else of the session is read before.
        hmac::verify(&self.key, signed.as_bytes(), &signature).map_err(|_| "its signature does not verify")?;
        let claims: Option<Value> =
            URL_SAFE_NO_PAD.decode(signed).ok().and_then(|json| serde_json::from_slice(&json).ok());
        let claims = claims.ok_or("its claims are not JSON")?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let expires_at = claims.get("expires_at").and_then(Value::as_u64);
        let (Some(user), Some(id), Some(expires_at)) = (text("user"), text("id"), expires_at) else {
            return Err("a claim is missing");
        };
        let now = seconds(SystemClock.now());
        if now >= expires_at {
            return Err("it has expired");
        }
        let mut redeemed = self.redeemed.lock().unwrap_or_else(PoisonError::into_inner);
        // An expired session is rejected above, so it need not be remembered.
        redeemed.retain(|_, expires_at| now < *expires_at);
        redeemed.insert(id, expires_at).map_or(Ok(user), |_| Err("it has been exchanged before"))
    }
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// A page exchanges the session as soon as it has it.
const LIFETIME: Duration = Duration::from_secs(60);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops where it fails")]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_accepted_once_and_only_with_its_signature() {
        let (sessions, other) = (LegacySessions::new().unwrap(), LegacySessions::new().unwrap());
        let session = sessions.issue("grace").unwrap();
        assert_eq!(other.redeem(&session), Err("its signature does not verify"));
        let (signed, signature) = session.split_once('.').unwrap();
        let forged = URL_SAFE_NO_PAD.encode(r#"{"user":"ada","id":"1","expires_at":99999999999}"#);
        assert_eq!(sessions.redeem(&format!("{forged}.{signature}")), Err("its signature does not verify"));
        assert_eq!(sessions.redeem(signed), Err("it is not a session of the old system"));
        assert_eq!(sessions.redeem(&session), Ok("grace".into()));
        assert_eq!(sessions.redeem(&session), Err("it has been exchanged before"));
    }
}
