//! Hints about logouts.

use std::borrow::Cow;

use super::{Advice, advise, issuer, nothing, token};
use crate::dpop::ReplayStoreError;
use crate::jose::JoseError;
use crate::logout::LogoutError;

impl LogoutError {
    /// Returns a text for operators: what is wrong, and what to change. Returns `None` for errors that no setting causes,
    /// such as a malformed token.
    pub fn hint(&self) -> Option<Cow<'static, str>> {
        self.advice().ok()
    }

    pub(super) fn advice(&self) -> Advice {
        match self {
            Self::Audience { found } => advise(format!(
                "the tenant sent the logout token of the application {found}: add its client id to the LogoutPolicy, or \
                 remove the URL of this API from the application's Back-Channel Logout URI"
            )),
            Self::ClaimMissing { .. } | Self::ClaimMalformed { .. } => {
                nothing("the tenant writes these claims, and never writes them so")
            }
            Self::Event | Self::Nonce | Self::Type => advise(
                "the request contains another kind of token, such as an access token or an ID token: only the tenant \
                 calls this route, and it sends logout tokens only",
            ),
            Self::Expired { .. } | Self::IssuedInFuture { .. } | Self::TooOld { .. } => advise(
                "compare the clock of this server with the right time; if it is right, something between the tenant and \
                 this API delays or repeats requests",
            ),
            Self::Form => advise(
                "the tenant posts a form: check that no proxy changes the body or the header Content-Type, and that only \
                 the tenant calls this route",
            ),
            Self::Issuer(error) => issuer::advice(error),
            Self::Jose(JoseError::AlgorithmNotAllowed { algorithm }) => advise(format!(
                "the logout token is signed with {algorithm}, which this API does not accept: change the JWT signature \
                 algorithm of the application in the tenant, or add {algorithm} with algorithms()"
            )),
            Self::Jose(error @ JoseError::Signature) => token::of_jose(error),
            Self::Jose(_) => nothing("no Auth0 tenant writes such a token, so no setting causes it"),
            Self::NotConfigured => {
                advise("set logout() with the client ids of the applications whose logouts count, or remove the route")
            }
            Self::Replayed => {
                nothing("the tenant, a proxy or an attacker repeated a request, and the user is logged out")
            }
            Self::ReplayStore(ReplayStoreError::Full | ReplayStoreError::KeyQuota { .. }) => {
                advise("more logouts arrive than the replay store of the LogoutPolicy can hold: give it a larger one")
            }
            Self::ReplayStore(ReplayStoreError::Unavailable(_)) => advise(
                "the replay store of the LogoutPolicy failed or took longer than 2 s: check the server that it uses",
            ),
            Self::SubjectMissing => advise(
                "Auth0 writes sub into each logout token: if other software sends sid only, let it send sub too, because \
                 access tokens have no sid",
            ),
            Self::Store(_) => advise(
                "the RevocationStore failed or took longer than 2 s: check the server that it uses; until it works, \
                 requests with access tokens are rejected with 503",
            ),
            Self::TooLong => nothing("the logout tokens of Auth0 have less than 1 KiB"),
        }
    }
}
