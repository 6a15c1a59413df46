//! What a middleware stores with a request.

use actix_web::dev::Extensions;
use actix_web::{HttpMessage as _, HttpRequest};
use auth0_api_core::adapter::Admission;
use auth0_api_core::{Rejection, VerifiedToken};

use crate::rejection::{RejectionBody, TokenRejection};
use crate::request::place;

/// The admission of a request, for extractors and inner middleware, and what builds the bodies of rejections.
#[derive(Clone, Debug)]
pub(crate) struct Admitted {
    pub(crate) admission: Admission,
    pub(crate) bodies: RejectionBody,
}

impl Admitted {
    /// Stores the admission for the extractors of this crate, and the token for other code.
    pub(crate) fn store(self, request: &HttpRequest) {
        let mut extensions = request.extensions_mut();
        match self.admission.token() {
            Some(token) => extensions.insert(token.clone()),
            // An outer middleware may have stored the token of another client.
            None => extensions.remove::<VerifiedToken>(),
        };
        extensions.insert(self);
    }

    /// Returns the admission that is stored with a request.
    pub(crate) fn admission(stored: &Extensions) -> Option<&Admission> {
        stored.get::<Self>().map(|admitted| &admitted.admission)
    }
}

/// Reads the admission of a request. A rejection has the body of the middleware's hook.
pub(crate) fn extract<T>(
    request: &HttpRequest,
    read: impl FnOnce(&Admission) -> Result<T, Rejection>,
) -> Result<T, TokenRejection> {
    // The extensions are free again before a hook reads the request.
    let (outcome, bodies) = {
        let extensions = request.extensions();
        let outcome = Admission::of(Admitted::admission(&extensions), place(request)).and_then(read);
        (outcome, extensions.get::<Admitted>().map_or(RejectionBody::Json, |admitted| admitted.bodies.clone()))
    };
    outcome.map_err(|rejection| TokenRejection::new(rejection, &bodies, Some(request)))
}
