//! On-behalf-of ([Auth0](https://auth0.com/docs/secure/tokens/token-exchange/on-behalf-of-token-exchange)): this API
//! calls another API for the user who called this API.

use std::net::IpAddr;

use serde_json::Value;

use super::authorization_details::RequestedDetails;
use super::grant::{ACCESS_TOKEN, TOKEN_EXCHANGE};
use super::input::not_blank;
use super::server_error_kind::JudgedBy;
use super::{Grant, GrantRequest, InputError, ProofKey};
use crate::token::{self, AUTHORIZATION_DETAILS, VerifiedToken};

/// A request for a token on behalf of the caller, for
/// [`get_token_on_behalf_of`](crate::ApiClient::get_token_on_behalf_of).
///
/// ```
/// use auth0_api_core::OnBehalfOf;
///
/// let calendar = OnBehalfOf::audience("https://calendar.example.com").scope("read:events");
/// ```
///
/// ```text
/// User's app         Your API                       Tenant             Calendar API
///   │ token, aud=you     │                            │                    │
///   │───────────────────▶│ verified                   │                    │
///   │                    │ that token, aud=calendar,  │                    │
///   │                    │ client_auth                │                    │
///   │                    │───────────────────────────▶│                    │
///   │                    │◀╌╌╌ sub=user, act=you ╌╌╌╌╌│                    │
///   │                    │ cached for this user       │                    │
///   │                    │ the new token              │                    │
///   │                    │────────────────────────────────────────────────▶│ verified
///   │◀╌╌╌╌╌╌ 200 ╌╌╌╌╌╌╌╌│◀╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 200 ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌│
///
/// The tenant              The response of your API
///   rejects the token       401 invalid_token
///   wants another factor    403 mfa_required
///   has an outage           503 temporarily_unavailable, with Retry-After
/// ```
///
/// See [an exchange for the user](crate::guide::exchange#for-the-user).
#[doc(alias = "obo", alias = "rfc8693")]
#[derive(Clone, Debug)]
#[must_use]
pub struct OnBehalfOf {
    audience: Box<str>,
    scope: Option<Box<str>>,
    authorization_details: RequestedDetails,
    proof_key: Option<ProofKey>,
    end_user_address: Option<IpAddr>,
}

/// An on-behalf-of request together with its subject.
pub(crate) struct OnBehalfOfGrant<'t> {
    subject: &'t VerifiedToken,
    options: OnBehalfOf,
}

impl OnBehalfOf {
    /// Creates a request for a new token for the API `audience`.
    pub fn audience(audience: impl Into<Box<str>>) -> Self {
        Self {
            audience: audience.into(),
            scope: None,
            authorization_details: RequestedDetails::default(),
            proof_key: None,
            end_user_address: None,
        }
    }

    /// Requests these scopes, separated by spaces. Default: the scopes of the called API that the tenant grants to
    /// this API.
    pub fn scope(mut self, scope: impl Into<Box<str>>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// Requests an authorization detail ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)): a JSON object with a
    /// `type`. Call it once for each detail. Default: none.
    pub fn authorization_detail(mut self, detail: impl Into<Value>) -> Self {
        self.authorization_details.push(detail.into());
        self
    }

    /// Requests a token that is bound to this key. Default: a bearer token.
    pub fn dpop(mut self, key: &ProofKey) -> Self {
        self.proof_key = Some(key.clone());
        self
    }

    /// Sends the address of the end user to the tenant, which then counts failures and limits for this address. Default:
    /// none, and with `None` no address is sent.
    ///
    /// The address is sent only if the client has the setting
    /// [`forward_end_user_address`](crate::ApiClientBuilder::forward_end_user_address). Take it from the extractor
    /// `EndUserAddress` of an adapter or from [`ApiClient::end_user_address`](crate::ApiClient::end_user_address), never
    /// directly from a header.
    pub fn end_user_address(mut self, address: impl Into<Option<IpAddr>>) -> Self {
        self.end_user_address = address.into();
        self
    }

    pub(crate) fn with_subject(self, subject: &VerifiedToken) -> OnBehalfOfGrant<'_> {
        OnBehalfOfGrant { subject, options: self }
    }
}

impl Grant for OnBehalfOfGrant<'_> {
    fn request(&self) -> Result<GrantRequest<'_>, InputError> {
        let depth = token::delegation_depth(self.subject.value("act"));
        if depth >= MAX_ACTORS {
            return Err(InputError::DelegationTooDeep { depth });
        }
        let details = self.options.authorization_details.field()?;
        let request = GrantRequest::new(TOKEN_EXCHANGE)
            .field("subject_token_type", ACCESS_TOKEN)
            .field("subject_token", self.subject.signed_text())
            .field("audience", not_blank("audience", &self.options.audience)?)
            .field_if_any("scope", self.options.scope.as_deref())
            .field("requested_token_type", ACCESS_TOKEN)
            .judged_by(JudgedBy::OnBehalfOf)
            .proof_key(self.options.proof_key.as_ref())
            .end_user_address(self.options.end_user_address)
            .cacheable()
            .subject_expires_at(self.subject.expires_at())
            .access_token_only();
        Ok(details.into_iter().fold(request, |request, details| request.field(AUTHORIZATION_DETAILS, details)))
    }
}

/// Auth0 nests at most five actors, and the new token would have one more than the subject. A subject with four is left
/// to the tenant, which knows its own limit.
const MAX_ACTORS: usize = 5;
