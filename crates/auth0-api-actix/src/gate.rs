//! Who verifies, who may pass without a token, and what those behind find of it.

use actix_web::{HttpMessage as _, HttpRequest};
use auth0_api_core::{ApiClient, Error, Rejection, Requirement, VerifiedToken};

use crate::rejection::{RejectionBody, TokenRejection};
use crate::request::{Headers, token_request};

/// What a middleware has been told.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) api: ApiClient,
    pub(crate) bodies: RejectionBody,
    pub(crate) optional: bool,
}

/// What a middleware has found, for extractors and inner middleware: `token` is `None` if nothing was presented to an optional one.
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    pub(crate) api: ApiClient,
    pub(crate) bodies: RejectionBody,
    pub(crate) token: Option<VerifiedToken>,
}

impl Gate {
    /// Only absent credentials pass an optional gate.
    pub(crate) async fn admit(&self, request: &HttpRequest) -> Result<Option<VerifiedToken>, Error> {
        match self.verify(request).await {
            Ok(token) => Ok(Some(token)),
            Err(error) if self.optional && error.is_missing_credentials() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Leaves what was found in the request.
    pub(crate) fn mark_admitted(&self, request: &HttpRequest, token: Option<VerifiedToken>) {
        let mut extensions = request.extensions_mut();
        if let Some(token) = token.clone() {
            extensions.insert(token);
        }
        extensions.insert(Authentication { api: self.api.clone(), bodies: self.bodies.clone(), token });
    }

    async fn verify(&self, request: &HttpRequest) -> Result<VerifiedToken, Error> {
        // A middleware of the same client further out has asked already, and used the proof up.
        let known = request.extensions().get::<Authentication>().filter(|known| known.is_by(&self.api)).cloned();
        match known.and_then(|known| known.token) {
            Some(token) => Ok(token),
            None => self.api.verify_request(&token_request(request, &Headers(request.headers()))).await,
        }
    }
}

impl Authentication {
    /// What was found for a request. One that no middleware covers must not look like an anonymous caller.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, TokenRejection> {
        request.extensions().get::<Self>().cloned().ok_or_else(|| missing_middleware(RejectionBody::Json))
    }

    pub(crate) fn is_by(&self, api: &ApiClient) -> bool {
        self.api.is_same_client(api)
    }

    /// The token, or the rejection of a request that needs one.
    pub(crate) fn demand(&self) -> Result<&VerifiedToken, TokenRejection> {
        self.token.as_ref().ok_or_else(|| self.reject(&Error::missing_credentials()))
    }

    /// The token if it is enough, or the rejection.
    pub(crate) fn demand_that_meets(&self, requirement: &Requirement) -> Result<&VerifiedToken, TokenRejection> {
        let token = self.demand()?;
        requirement.check(token).map_err(|error| self.reject(&error))?;
        Ok(token)
    }

    pub(crate) fn reject(&self, error: &Error) -> TokenRejection {
        TokenRejection::new(self.api.reject(error), self.bodies.clone())
    }
}

/// The 500 of what asks for a token that nobody has verified.
pub(crate) fn missing_middleware(bodies: RejectionBody) -> TokenRejection {
    tracing::error!(target: "auth0_api", event = "layer_missing", "{MISSING}");
    TokenRejection::new(Rejection::misconfigured(), bodies)
}

const MISSING: &str = "a handler or resource asks for a verified token, but no Auth of its client covers it: add `.wrap(Auth::new(api))` outside of it";
