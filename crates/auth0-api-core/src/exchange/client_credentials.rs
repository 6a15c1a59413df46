//! Client credentials ([RFC 6749 §4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)): a token with which this API
//! calls another API in its own name.

use super::input::not_blank;
use super::server_error_kind::JudgedBy;
use super::{Grant, GrantRequest, InputError, ProofKey};

/// A request for a token of this API itself, without a user, for
/// [`get_token_by_client_credentials`](crate::ApiClient::get_token_by_client_credentials).
///
/// ```
/// use auth0_api_core::exchange::ClientCredentials;
///
/// let billing =
///     ClientCredentials::audience("https://billing.example.com").scope("write:invoices");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ClientCredentials {
    audience: Box<str>,
    scope: Option<Box<str>>,
    proof_key: Option<ProofKey>,
}

impl ClientCredentials {
    /// Creates a request for a token for the API `audience`.
    pub fn audience(audience: impl Into<Box<str>>) -> Self {
        Self { audience: audience.into(), scope: None, proof_key: None }
    }

    /// Requests these scopes, separated by spaces. Default: all scopes that the tenant grants to this client.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Requests a token that is bound to this key. Default: a bearer token.
    pub fn dpop(mut self, key: &ProofKey) -> Self {
        self.proof_key = Some(key.clone());
        self
    }
}

impl Grant for ClientCredentials {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        Ok(GrantRequest::new("client_credentials")
            .field("audience", not_blank("audience", &self.audience)?)
            .field_if_any("scope", self.scope.as_deref())
            .judged_by(JudgedBy::NoUser)
            .proof_key(self.proof_key.as_ref())
            .cacheable()
            // RFC 6749 §4.4.3: a refresh token is not for this grant.
            .access_token_only())
    }
}
