//! The requests that the token endpoint has received, for tests to inspect.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use serde_json::Value;

/// A request that the token endpoint has answered; returned by
/// [`LocalTenant::token_requests`](crate::LocalTenant::token_requests).
///
/// Its `Debug` output shows neither secrets nor tokens.
#[derive(Clone)]
pub struct RecordedRequest {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) status: u16,
}

impl RecordedRequest {
    /// Returns the value of the first field with this name. The value may be a secret or a token.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields().find_map(|(known, value)| (known == name).then_some(value))
    }

    /// Returns every field, sorted by name. Fields with the same name keep their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the first header with this name; `None` if the header is missing or its value is not visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the JSON in the `Auth0-Client` header. The client's library writes its name and version into this
    /// header.
    pub fn auth0_client(&self) -> Option<Value> {
        serde_json::from_slice(&STANDARD.decode(self.header("auth0-client")?).ok()?).ok()
    }

    /// Returns the client that the request names, in the form or in `Authorization: Basic`.
    pub(crate) fn client_id(&self) -> Option<String> {
        let in_header = || {
            let credentials = self.header("authorization")?.split_once(' ')?.1;
            let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
            Some(decoded.split_once(':')?.0.to_owned())
        };
        self.field("client_id").map(str::to_owned).or_else(in_header)
    }

    /// Returns the status of the response.
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

/// The fields whose values are secrets or tokens.
const SECRETS: [&str; 7] =
    ["actor_token", "client_assertion", "client_secret", "code", "code_verifier", "refresh_token", "subject_token"];
