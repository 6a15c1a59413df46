//! Refresh token ([RFC 6749 §6](https://www.rfc-editor.org/rfc/rfc6749#section-6)): a new access token for a user who
//! logged in to this backend, also for another API.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use super::input::{absent_or_not_blank, token_text};
use super::server_error_kind::JudgedBy;
use super::{Grant, GrantRequest, InputError, ProofKey};

/// A request for new tokens with a refresh token, for
/// [`get_token_by_refresh_token`](crate::ApiClient::get_token_by_refresh_token).
///
/// `Debug` does not show the refresh token.
///
/// ```
/// use auth0_api_core::exchange::RefreshToken;
///
/// let asked = RefreshToken::new("refresh-token-of-the-session")
///     .audience("https://calendar.example.com")
///     .scope("read:events");
/// assert!(!format!("{asked:?}").contains("refresh-token-of-the-session"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct RefreshToken {
    token: SecretString,
    audience: Option<Box<str>>,
    scope: Option<Box<str>>,
    proof_key: Option<ProofKey>,
}

impl RefreshToken {
    /// Uses this refresh token, which the tenant issued to this client.
    pub fn new(token: impl Into<SecretString>) -> Self {
        Self { token: token.into(), audience: None, scope: None, proof_key: None }
    }

    /// Requests a token for this API. The client's refresh token policies must include the API. Default: the API of the
    /// login.
    pub fn audience(mut self, audience: impl Into<Box<str>>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Requests these scopes, separated by spaces. Default: the scopes that the user has consented to.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Requests an access token that is bound to this key. Default: a bearer token.
    pub fn dpop(mut self, key: &ProofKey) -> Self {
        self.proof_key = Some(key.clone());
        self
    }
}

impl Grant for RefreshToken {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        // Not cacheable: a refresh token that rotates is valid for one use, and the application must store its successor.
        Ok(GrantRequest::new("refresh_token")
            .field("refresh_token", token_text("refresh_token", self.token.expose_secret())?)
            .field_if_any("audience", absent_or_not_blank("audience", self.audience.as_deref())?)
            .field_if_any("scope", self.scope.as_deref())
            .on_new_connection()
            .judged_by(JudgedBy::RefreshToken)
            .proof_key(self.proof_key.as_ref()))
    }
}

impl fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshToken")
            .field("audience", &self.audience)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}
