//! What the token endpoint was sent, for tests to look at.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::Value;

/// A request that the token endpoint has answered; from [`LocalTenant::token_requests`](crate::LocalTenant::token_requests).
///
/// Its `Debug` shows neither secrets nor tokens.
#[derive(Clone)]
pub struct RecordedRequest {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) status: u16,
}

impl RecordedRequest {
    /// The first field of this name, secrets and tokens included.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Every field, sorted by name; values of one name in their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first header of this name that is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the client's library says about itself: the JSON in `Auth0-Client`.
    pub fn auth0_client(&self) -> Option<Value> {
        serde_json::from_slice(&STANDARD.decode(self.header("auth0-client")?).ok()?).ok()
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        self.status
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |(name, value)| (name, if SECRETS.contains(&name) { "[redacted]" } else { value });
        f.debug_struct("RecordedRequest")
            .field("fields", &self.fields().map(shown).collect::<Vec<_>>())
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("status", &self.status)
            .finish()
    }
}

/// The fields whose value is worth something to a thief.
const SECRETS: [&str; 7] =
    ["actor_token", "client_assertion", "client_secret", "code", "code_verifier", "refresh_token", "subject_token"];
