//! Verification at the client, and the responses to rejected requests.

use crate::challenge::Challenge;
use crate::client::ApiClient;
use crate::error::Error;
use crate::rejection::{ChallengeParams, Rejection};
use crate::request::TokenRequest;
use crate::token::VerifiedToken;
use crate::waiting::Waiting;

/// # Verifying requests
impl ApiClient {
    /// Verifies the access token of a request. For a bound token, also verifies the proof: a `DPoP` proof or a client
    /// certificate.
    ///
    /// # Errors
    ///
    /// [`Error`]: pass it to [`reject`](Self::reject).
    #[doc(alias = "verifyRequest", alias = "authenticate")]
    pub async fn verify_request(&self, request: &TokenRequest<'_>) -> Result<VerifiedToken, Error> {
        self.verify_request_in(&self.0.current.load(), request, Waiting::Allowed).await
    }

    /// Verifies a token that did not arrive in an HTTP request. The token is treated as a `Bearer` token, and a bound
    /// token is rejected.
    ///
    /// # Errors
    ///
    /// [`Error`]: pass it to [`reject`](Self::reject).
    #[doc(alias = "verifyAccessToken", alias = "decode")]
    pub async fn verify_access_token(&self, token: &str) -> Result<VerifiedToken, Error> {
        self.observe(self.0.current.load().verifier.verify_access_token(token).await)
    }

    /// Turns an error into the HTTP response to send.
    ///
    /// The event `request_rejected` tells the operator about it. Verification and exchanges have already logged their
    /// errors, so this method logs only other errors, such as those of a [`Requirement`](crate::Requirement).
    #[doc(alias = "UnauthorizedError", alias = "unauthorized")]
    pub fn reject(&self, error: &Error) -> Rejection {
        self.reject_in(&self.0.current.load(), error, None, None)
    }

    /// Returns this API's `WWW-Authenticate` challenges. If `error` is given, it is added to the challenge of its
    /// scheme. Use this method in a handler that rejects a request itself.
    pub fn challenges(&self, error: Option<ChallengeParams<'_>>) -> Vec<Challenge> {
        self.0.current.load().offer().challenges(error)
    }
}
