//! The verification: the settings of a middleware, and the result that the middleware stores for extractors and inner
//! middleware.

use actix_web::{HttpMessage as _, HttpRequest};
use auth0_api_core::{ApiClient, Error, Rejection, Requirement, VerifiedToken};

use crate::rejection::{RejectionBody, TokenRejection};
use crate::request::{Headers, token_request};

/// The settings of a middleware: the client that verifies tokens, the hook that builds the bodies of rejections, and
/// whether credentials are optional.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) api: ApiClient,
    pub(crate) bodies: RejectionBody,
    pub(crate) optional: bool,
}

/// The result of a middleware's verification. The middleware stores it in the request's extensions for extractors and
/// inner middleware. `token` is `None` if the middleware is optional and the request has no credentials.
#[derive(Clone, Debug)]
pub(crate) struct Authentication {
    pub(crate) api: ApiClient,
    pub(crate) bodies: RejectionBody,
    pub(crate) token: Option<VerifiedToken>,
}

impl Gate {
    /// Verifies a request. If credentials are optional, the result for a request without credentials is `None`.
    pub(crate) async fn admit(&self, request: &HttpRequest) -> Result<Option<VerifiedToken>, Error> {
        match self.verify(request).await {
            Ok(token) => Ok(Some(token)),
            Err(error) if self.optional && error.is_missing_credentials() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stores the result in the request's extensions.
    pub(crate) fn store(&self, request: &HttpRequest, token: Option<VerifiedToken>) {
        let mut extensions = request.extensions_mut();
        if let Some(token) = token.clone() {
            extensions.insert(token);
        }
        extensions.insert(Authentication { api: self.api.clone(), bodies: self.bodies.clone(), token });
    }

    async fn verify(&self, request: &HttpRequest) -> Result<VerifiedToken, Error> {
        // An outer middleware of the same client may have verified this request already. This middleware then uses the
        // same token. A second verification of a DPoP request would find the proof in the replay store and reject the
        // request.
        let known = request.extensions().get::<Authentication>().filter(|known| known.is_by(&self.api)).cloned();
        match known.and_then(|known| known.token) {
            Some(token) => Ok(token),
            None => self.api.verify_request(&token_request(request, &Headers(request.headers()))).await,
        }
    }
}

impl Authentication {
    /// Returns the result of a middleware's verification.
    ///
    /// If no middleware covers the route, the extractor rejects the request with 500. Without this check, the extractor
    /// would treat every request as a request without credentials.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, TokenRejection> {
        request.extensions().get::<Self>().cloned().ok_or_else(|| missing_middleware(RejectionBody::Json))
    }

    pub(crate) fn is_by(&self, api: &ApiClient) -> bool {
        self.api.is_same_client(api)
    }

    /// Returns the token, or the rejection of a request without credentials.
    pub(crate) fn demand(&self) -> Result<&VerifiedToken, TokenRejection> {
        self.token.as_ref().ok_or_else(|| self.reject(&Error::missing_credentials()))
    }

    /// Returns the token if it meets the requirement, or the rejection.
    pub(crate) fn demand_that_meets(&self, requirement: &Requirement) -> Result<&VerifiedToken, TokenRejection> {
        let token = self.demand()?;
        requirement.check(token).map_err(|error| self.reject(&error))?;
        Ok(token)
    }

    pub(crate) fn reject(&self, error: &Error) -> TokenRejection {
        TokenRejection::new(self.api.reject(error), self.bodies.clone())
    }
}

/// Returns the 500 for a route that needs a verified token, if no middleware covers the route.
pub(crate) fn missing_middleware(bodies: RejectionBody) -> TokenRejection {
    tracing::error!(target: "auth0_api", event = "layer_missing", "{MISSING}");
    TokenRejection::new(Rejection::misconfigured(), bodies)
}

const MISSING: &str = "a handler or resource needs a verified token, but no Auth of the same client covers the resource: add `.wrap(Auth::new(api))` outside the resource";
