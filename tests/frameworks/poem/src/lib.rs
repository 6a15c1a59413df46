//! An adapter for poem. `auth0_api_core::adapter` decides which requests pass; each
//! function here only translates.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::sync::Arc;

use auth0_api_core::adapter::{
    Admission, Gate, MetadataRoute, Place, ReturnedError, RouteGate, mark_sensitive,
    metadata_to_serve,
};
use auth0_api_core::{
    ApiClient, ClientCertificate, Guard, ListenerScheme, Rejection, Requirement,
    TokenRequest, VerifiedToken,
};
use poem::http::HeaderMap;
use poem::{
    Endpoint, Error, FromRequest, IntoResponse, Middleware, Request, RequestBody,
    Response, Result, Route,
};
use serde::de::DeserializeOwned;

/// Makes the content type and the body of a rejection from the headers of the request.
type Hook = Arc<dyn Fn(&Rejection, &HeaderMap) -> (&'static str, String) + Send + Sync>;

/// What the middleware stores with a request.
#[derive(Clone)]
struct Admitted {
    admission: Admission,
    hook: Hook,
}

/// Verifies the token of each request.
#[derive(Clone)]
pub struct Auth {
    gate: Gate,
    hook: Hook,
}

impl Auth {
    pub fn new(api: ApiClient) -> Self {
        Self { gate: Gate::new(api), hook: json() }
    }

    pub fn optional(self) -> Self {
        Self { gate: self.gate.optional(), ..self }
    }

    pub fn rejection_body<F>(self, hook: F) -> Self
    where
        F: Fn(&Rejection, &HeaderMap) -> (&'static str, String) + Send + Sync + 'static,
    {
        Self { hook: Arc::new(hook), ..self }
    }

    pub fn require(&self, requirement: Requirement) -> Require {
        Require { gate: self.gate.require(requirement), hook: Arc::clone(&self.hook) }
    }
}

impl<E: Endpoint> Middleware<E> for Auth {
    type Output = AuthEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        AuthEndpoint { inner, auth: self.clone() }
    }
}

pub struct AuthEndpoint<E> {
    inner: E,
    auth: Auth,
}

impl<E: Endpoint> Endpoint for AuthEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let Auth { gate, hook } = &self.auth;
        mark_sensitive(request.headers_mut());
        let admission = match gate.admit(&describe(&request), stored(&request)).await {
            Ok(admission) => admission,
            Err(rejection) => return Ok(response(&rejection, hook, request.headers())),
        };
        match admission.token() {
            Some(token) => request.extensions_mut().insert(token.clone()),
            None => request.extensions_mut().remove::<VerifiedToken>(),
        };
        request
            .extensions_mut()
            .insert(Admitted { admission: admission.clone(), hook: Arc::clone(hook) });
        let headers = request.headers().clone();
        let mut response = self
            .inner
            .call(request)
            .await
            .map_or_else(Error::into_response, IntoResponse::into_response);
        let (returned, status) = (
            response.extensions_mut().remove::<ReturnedError>(),
            response.status().as_u16(),
        );
        if let Some(rejection) =
            returned.and_then(|error| admission.reject_returned(&error, status))
        {
            response = replaced(
                &response,
                &rejection,
                self::response(&rejection, hook, &headers),
            );
        }
        admission.set_response_headers(response.headers_mut());
        Ok(response)
    }
}

/// Checks a requirement for a single route.
#[derive(Clone)]
pub struct Require {
    gate: RouteGate,
    hook: Hook,
}

impl<E: Endpoint> Middleware<E> for Require {
    type Output = RequireEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        RequireEndpoint { inner, require: self.clone() }
    }
}

pub struct RequireEndpoint<E> {
    inner: E,
    require: Require,
}

impl<E: Endpoint> Endpoint for RequireEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        match self.require.gate.check(stored(&request), place(&request)) {
            Ok(()) => self.inner.call(request).await.map(IntoResponse::into_response),
            Err(rejection) => {
                Ok(response(&rejection, &self.require.hook, request.headers()))
            }
        }
    }
}

/// The verified token, as an extractor.
pub struct Token(pub VerifiedToken);

/// The verified token behind an optional middleware. poem's own `Option<T>` turns every
/// rejection into `None`.
pub struct MaybeToken(pub Option<VerifiedToken>);

/// The claims of the token, as a type of the application.
pub struct Claims<T>(pub T);

/// The address of the end user who sent the request.
pub struct EndUserAddress(pub Option<IpAddr>);

/// A verified token that meets the requirement of `G`.
pub struct Scoped<G> {
    pub token: VerifiedToken,
    guard: PhantomData<fn() -> G>,
}

impl<'a> FromRequest<'a> for Token {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        extract(request, |admission| Ok(Self(admission.demand()?.clone())))
    }
}

impl<'a> FromRequest<'a> for MaybeToken {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        extract(request, |admission| Ok(Self(admission.token().cloned())))
    }
}

impl<'a> FromRequest<'a> for EndUserAddress {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        extract(request, |admission| Ok(Self(admission.end_user_address())))
    }
}

impl<'a, T: DeserializeOwned> FromRequest<'a> for Claims<T> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        extract(request, |admission| admission.claims().map(Self))
    }
}

impl<'a, G: Guard> FromRequest<'a> for Scoped<G> {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        extract(request, |admission| {
            let token = admission.demand_that_meets(G::requirement())?.clone();
            Ok(Self { token, guard: PhantomData })
        })
    }
}

fn place(request: &Request) -> Place<'_> {
    Place::new(request.method().as_str(), request.original_uri().path())
}

fn extract<T>(
    request: &Request,
    read: impl FnOnce(&Admission) -> Result<T, Rejection>,
) -> Result<T> {
    Admission::of(stored(request), place(request)).and_then(read).map_err(|rejection| {
        let hook = request
            .extensions()
            .get::<Admitted>()
            .map_or_else(json, |admitted| Arc::clone(&admitted.hook));
        error(response(&rejection, &hook, request.headers()), rejection)
    })
}

/// An error that a handler returns with `?`.
pub struct HandlerError(ReturnedError);

impl<E: Into<auth0_api_core::Error>> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self(error.into().into())
    }
}

impl From<HandlerError> for Error {
    fn from(HandlerError(returned): HandlerError) -> Self {
        error(response(&returned.answer(), &json(), &HeaderMap::new()), returned)
    }
}

/// poem takes the extensions of an error's response from the error.
fn error<T: Clone + Send + Sync + 'static>(response: Response, extension: T) -> Error {
    let mut error = Error::from_response(response);
    error.set_data(extension);
    error
}

/// Adds routes that serve the metadata of an API.
pub fn metadata_routes(api: &ApiClient, route: Route) -> Route {
    let served = metadata_to_serve(api).into_iter();
    served.fold(route, |route, served| {
        route.at(served.path().to_owned(), ServedMetadata(served))
    })
}

struct ServedMetadata(MetadataRoute);

impl Endpoint for ServedMetadata {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        Ok(convert(
            self.0
                .metadata()
                .respond(request.method().as_str(), request.headers())
                .into(),
        ))
    }
}

fn describe(request: &Request) -> TokenRequest<'_> {
    let peer = request.remote_addr().as_socket_addr().map(|address| address.ip());
    let headers: &HeaderMap = request.headers();
    let is_https = *request.scheme() == poem::http::uri::Scheme::HTTPS;
    let listener = if is_https { ListenerScheme::Https } else { ListenerScheme::Http };
    let described = TokenRequest::from_http(
        request.method(),
        request.original_uri(),
        headers,
        listener,
        peer,
    );
    match request.extensions().get::<ClientCertificate>() {
        Some(certificate) => described.client_certificate(certificate),
        None => described,
    }
}

fn stored(request: &Request) -> Option<&Admission> {
    request.extensions().get::<Admitted>().map(|admitted| &admitted.admission)
}

fn response(rejection: &Rejection, hook: &Hook, headers: &HeaderMap) -> Response {
    let (content_type, body) = hook(rejection, headers);
    convert(rejection.to_response(content_type, body))
}

fn replaced(
    replaced: &Response,
    rejection: &Rejection,
    mut response: Response,
) -> Response {
    for (name, value) in replaced
        .headers()
        .iter()
        .filter(|(name, _)| rejection.keeps_replaced_header(name.as_str()))
    {
        response.headers_mut().append(name, value.clone());
    }
    response
}

fn convert(response: poem::http::Response<String>) -> Response {
    let (parts, body) = response.into_parts();
    let mut response = Response::from(body);
    response.set_status(parts.status);
    *response.headers_mut() = parts.headers;
    *response.extensions_mut() = parts.extensions;
    response
}

fn json() -> Hook {
    Arc::new(|rejection, _| ("application/json", rejection.body()))
}
