//! On-behalf-of ([Auth0](https://auth0.com/docs/secure/tokens/token-exchange/on-behalf-of-token-exchange)): this API
//! calls another API for the user who called this API.

use super::grant::{ACCESS_TOKEN, TOKEN_EXCHANGE};
use super::input::not_blank;
use super::{Grant, GrantRequest, InputError, ProofKey};
use crate::token::VerifiedToken;

/// A request for a token on behalf of the caller, for
/// [`get_token_on_behalf_of`](crate::ApiClient::get_token_on_behalf_of).
///
/// ```
/// use auth0_api_core::OnBehalfOf;
///
/// let calendar = OnBehalfOf::audience("https://calendar.example.com").scope("read:events");
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct OnBehalfOf {
    audience: Box<str>,
    scope: Option<Box<str>>,
    proof_key: Option<ProofKey>,
}

/// An on-behalf-of request together with its subject.
pub(crate) struct OnBehalfOfGrant<'t> {
    subject: &'t VerifiedToken,
    options: OnBehalfOf,
}

impl OnBehalfOf {
    /// Creates a request for a new token for the API `audience`.
    pub fn audience(audience: impl Into<Box<str>>) -> Self {
        Self { audience: audience.into(), scope: None, proof_key: None }
    }

    /// Requests these scopes, separated by spaces. Default: the scopes of the called API that the tenant grants to
    /// this API.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Requests a token that is bound to this key. Default: a bearer token.
    pub fn dpop(mut self, key: &ProofKey) -> Self {
        self.proof_key = Some(key.clone());
        self
    }

    pub(crate) fn with_subject(self, subject: &VerifiedToken) -> OnBehalfOfGrant<'_> {
        OnBehalfOfGrant { subject, options: self }
    }
}

impl Grant for OnBehalfOfGrant<'_> {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        Ok(GrantRequest::new(TOKEN_EXCHANGE)
            .field("subject_token_type", ACCESS_TOKEN)
            .field("subject_token", self.subject.signed_text())
            .field("audience", not_blank("audience", &self.options.audience)?)
            .field_if_any("scope", self.options.scope.as_deref())
            .field("requested_token_type", ACCESS_TOKEN)
            .proof_key(self.options.proof_key.as_ref())
            .cacheable()
            .subject_expires_at(self.subject.expires_at())
            .access_token_only())
    }
}
