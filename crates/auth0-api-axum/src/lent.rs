//! The body of a request, while the service has it.
//!
//! An extractor rejects a request after the layer has passed the request on, and axum then drops the body. The layer gets
//! the body back and reads the rest of it, as it does if it rejects the request itself. This works for the body of axum
//! only: the layer cannot wrap the body of another type, because the service takes the same type.

use auth0_api_core::ApiClient;
#[cfg(feature = "axum")]
use auth0_api_core::adapter::AnnouncedBody;
use http::Response;
use http::request::Parts;

use crate::answer::Answer;
#[cfg(feature = "axum")]
use crate::answer::announced;
use crate::grpc::Protocol;
#[cfg(feature = "axum")]
use crate::returning_body::{Progress, Returned, returning};

/// What the layer keeps of a body that the service has.
#[cfg(feature = "axum")]
pub(crate) struct Lent {
    announced: AnnouncedBody,
    returned: Returned,
}

#[cfg(feature = "axum")]
impl Lent {
    /// Makes the body return if the service drops it. `None` for a body that does not return.
    pub(crate) fn to_service<B: 'static>(request: &Parts, protocol: Protocol, body: &mut B) -> Option<Self> {
        // The headers are read last: most requests have no body.
        let body = returning(body)?;
        let announced = announced(request, protocol)?;
        Some(Self { announced, returned: Returned::lend(body) })
    }

    /// Rejects the request with the response of the service. If the body has returned, it is read first.
    pub(crate) fn reject<B>(self, api: &ApiClient, response: Response<B>) -> Answer<Response<B>> {
        let Some((body, progress)) = self.returned.take() else { return Answer::at_once(response) };
        let announced = match progress {
            Progress::Begun => self.announced.begun(),
            Progress::Failed => self.announced.failed(),
            Progress::Untouched => self.announced,
        };
        Answer::new(api, Some(announced), body, response)
    }
}

/// Without axum, no body returns. So there is no value of this type.
#[cfg(not(feature = "axum"))]
pub(crate) enum Lent {}

#[cfg(not(feature = "axum"))]
impl Lent {
    pub(crate) fn to_service<B>(_: &Parts, _: Protocol, _: &mut B) -> Option<Self> {
        None
    }

    pub(crate) fn reject<B>(self, _: &ApiClient, _: Response<B>) -> Answer<Response<B>> {
        match self {}
    }
}
