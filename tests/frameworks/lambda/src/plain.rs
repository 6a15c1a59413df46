//! An adapter for a function that is one handler, without a framework.

use std::sync::Arc;

use auth0_api_core::adapter::{self, Admission, Gate, MetadataRoute, Place};
use auth0_api_core::adapter::{ReturnedError, RouteGate};
use auth0_api_core::{ApiClient, Error, ListenerScheme, Rejection};
use auth0_api_core::{Requirement, TokenRequest, VerifiedToken};
use lambda_http::http::{HeaderMap, StatusCode};
use lambda_http::{Body, Request, Response};

use crate::gateway;

/// Makes the content type and the body of a rejection.
type MakeBody =
    Arc<dyn Fn(&Rejection, &HeaderMap) -> (&'static str, String) + Send + Sync>;

/// Verifies the token of each request.
#[derive(Clone)]
pub struct Auth {
    gate: Gate,
    body: MakeBody,
}

/// Why a handler returns no response. `?` converts each error of `auth0_api_core`.
#[derive(Debug)]
pub enum Failure {
    Rejected(Rejection),
    Returned(ReturnedError),
}

impl Auth {
    pub fn new(api: ApiClient) -> Self {
        Self { gate: Gate::new(api), body: json() }
    }

    /// Also admits requests without credentials.
    pub fn optional(self) -> Self {
        Self { gate: self.gate.optional(), ..self }
    }

    pub fn rejection_body<F>(self, body: F) -> Self
    where
        F: Fn(&Rejection, &HeaderMap) -> (&'static str, String) + Send + Sync + 'static,
    {
        Self { body: Arc::new(body), ..self }
    }

    /// Makes a requirement for [`check`].
    pub fn require(&self, requirement: Requirement) -> RouteGate {
        self.gate.require(requirement)
    }

    /// Verifies a request, and lets the handler answer it. A request with another path than
    /// its event is rejected with 400.
    pub async fn protect<F>(
        &self,
        mut request: Request,
        handler: impl FnOnce(Request) -> F,
    ) -> Response<Body>
    where
        F: Future<Output = Result<Response<Body>, Failure>>,
    {
        if !gateway::has_path_of_event(&request) {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::BAD_REQUEST;
            return response;
        }
        adapter::mark_sensitive(request.headers_mut());
        let headers = request.headers().clone();
        let reject = |rejection: &Rejection| {
            let (content_type, body) = (self.body)(rejection, &headers);
            rejection.to_response(content_type, Body::from(body))
        };
        let admitted =
            self.gate.admit(&describe(&request), request.extensions().get()).await;
        let admission = match admitted {
            Ok(admission) => admission,
            Err(rejection) => return gateway::join_lines(reject(&rejection)),
        };
        let extensions = request.extensions_mut();
        match admission.token() {
            Some(token) => drop(extensions.insert(token.clone())),
            None => drop(extensions.remove::<VerifiedToken>()),
        }
        extensions.insert(admission.clone());
        let mut response = match handler(request).await {
            Err(Failure::Rejected(rejection)) => reject(&rejection),
            answered => answered.unwrap_or_else(Failure::into_response),
        };
        if let Some(error) = response.extensions_mut().remove::<ReturnedError>()
            && let Some(rejection) =
                admission.reject_returned(&error, response.status().as_u16())
        {
            response = replaced(&response, &rejection, reject(&rejection));
        }
        admission.set_response_headers(response.headers_mut());
        gateway::join_lines(response)
    }
}

/// Reads what [`Auth`] knows about the caller: `extract(&request, Admission::demand)`.
pub fn extract<'r, T>(
    request: &'r Request,
    read: impl FnOnce(&'r Admission) -> Result<T, Rejection>,
) -> Result<T, Failure> {
    let stored = request.extensions().get();
    Admission::of(stored, place(request)).and_then(read).map_err(Failure::Rejected)
}

/// Checks a requirement that [`Auth::require`] made.
pub fn check(requirement: &RouteGate, request: &Request) -> Result<(), Failure> {
    let stored = request.extensions().get();
    requirement.check(stored, place(request)).map_err(Failure::Rejected)
}

/// Answers a request for the metadata, if it is one.
pub fn metadata(served: &[MetadataRoute], request: &Request) -> Option<Response<Body>> {
    let route = served.iter().find(|route| route.path() == request.uri().path())?;
    let metadata = route.metadata();
    Some(metadata.respond(request.method().as_str(), request.headers()).into())
}

impl Failure {
    /// The response if no [`Auth`] is around the handler.
    pub fn into_response(self) -> Response<Body> {
        match self {
            Self::Rejected(rejection) => (&rejection).into(),
            Self::Returned(error) => {
                let mut response = Response::from(&error.answer());
                // The rejection is that of the `Auth` around the handler.
                response.extensions_mut().remove::<Rejection>();
                response.extensions_mut().insert(error);
                response
            }
        }
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Returned(error.into().into())
    }
}

fn json() -> MakeBody {
    Arc::new(|rejection, _| ("application/json", rejection.body()))
}

fn place(request: &Request) -> Place<'_> {
    Place::new(request.method().as_str(), request.uri().path())
}

fn describe(request: &Request) -> TokenRequest<'_> {
    let listener =
        request.extensions().get::<ListenerScheme>().copied().unwrap_or_default();
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let peer = gateway::peer(request);
    let described = TokenRequest::from_http(method, uri, headers, listener, peer);
    match gateway::certificate(request) {
        Some(certificate) => described.client_certificate(&certificate),
        None => described,
    }
}

/// Copies the headers that stay, such as those of CORS.
fn replaced(
    old: &Response<Body>,
    rejection: &Rejection,
    mut response: Response<Body>,
) -> Response<Body> {
    for (name, value) in old.headers() {
        if rejection.keeps_replaced_header(name.as_str()) {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}
