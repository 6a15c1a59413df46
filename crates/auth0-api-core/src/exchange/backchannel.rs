//! The requests of CIBA: its start, beside the token endpoint, and the questions for its result.

use std::sync::Arc;

use super::prepared::{Prepared, fields};
use super::server_error_kind::JudgedBy;
use super::source::Source;
use super::{EndpointUnavailable, ExchangeError, GrantRequest, ProofKey, TokenSet, response};
use crate::clock::Clock;
use crate::issuer::DiscoveryError;

/// Sends the requests of CIBA, as the client of an `Exchanger`.
#[derive(Clone, Debug)]
pub(crate) struct Backchannel(pub(super) Arc<Source>);

/// What the start of a request asked for. The questions for its result repeat none of it but the proof: the tenant binds
/// the token to the key of the token request (RFC 9449 §5).
#[derive(Debug)]
pub(crate) struct AskedFor {
    pub(crate) audience: Option<Box<str>>,
    pub(crate) proof_key: Option<ProofKey>,
    pub(crate) scope: Option<Box<str>>,
}

impl Backchannel {
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.sender.clock
    }

    pub(crate) fn issuer(&self) -> &str {
        self.0.endpoint.issuer()
    }

    /// Sends the form that starts a request, and returns the body of the successful answer.
    pub(crate) async fn start(&self, form: &[(&'static str, String)]) -> Result<Vec<u8>, ExchangeError> {
        let request = form
            .iter()
            .fold(GrantRequest::new(GRANT_TYPE), |request, (name, value)| request.field(*name, value.as_str()));
        // A second start would ask the user again, so a request without an answer is not repeated. On a kept connection that
        // the tenant has closed, such a request would fail, and the application could not know whether the user was asked.
        let request = request.judged_by(JudgedBy::NoUser).on_new_connection();
        let prepared = Prepared { form: fields(&request), ..self.prepared(&request) };
        let token_endpoint = self.0.endpoint.url().await?;
        // Auth0 serves both at one host. A certificate-bound client uses the host of its alias for both.
        let url = token_endpoint.strip_suffix("/oauth/token").map(|host| format!("{host}/bc-authorize"));
        let url = url.ok_or_else(|| EndpointUnavailable::new(DiscoveryError::TokenEndpoint, None))?;
        let answer = self.0.sender.answer(&url, &prepared).await?;
        if answer.status == 200 { Ok(answer.body) } else { Err(response::rejection(&answer, &prepared.expected)) }
    }

    /// Asks for the result of the request with this id, which asked for this scope and audience. While the user has not
    /// answered, the error is `authorization_pending`, so it is not logged.
    pub(crate) async fn poll(&self, id: &str, asked: &AskedFor) -> Result<TokenSet, ExchangeError> {
        let request = GrantRequest::new(GRANT_TYPE).field("auth_req_id", id).judged_by(JudgedBy::NoUser);
        // The tenant hands the tokens out once, so the request must not get lost on a kept connection that has ended.
        let request = request.proof_key(asked.proof_key.as_ref()).on_new_connection();
        let mut prepared = self.prepared(&request);
        prepared.expected.scope.clone_from(&asked.scope);
        prepared.origin.audience.clone_from(&asked.audience);
        self.0.tokens(&prepared).await
    }

    fn prepared(&self, request: &GrantRequest<'_>) -> Prepared {
        Prepared::new(request, self.0.sender.auth.client_id(), self.issuer(), None)
    }
}

/// CIBA Core §10.1.
const GRANT_TYPE: &str = "urn:openid:params:grant-type:ciba";
