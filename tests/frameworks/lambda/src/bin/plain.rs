//! A function that is one handler.

use auth0_api_core::adapter::Admission;
use auth0_api_core::{ApiClient, CertificateSource, Requirement};
use lambda_adapter::{Auth, Failure, extract};
use lambda_http::http::StatusCode;
use lambda_http::http::header::{CONTENT_TYPE, HeaderValue};
use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let api = ApiClient::from_env()
        // `from_env` reads PUBLIC_URL too. Here it is mandatory: without it, the scheme is
        // `http`.
        .public_url(std::env::var("PUBLIC_URL")?)
        // Only for tokens that are bound to a certificate, with mutual TLS.
        .client_certificates(CertificateSource::of_connection())
        .build()?;
    let auth = Auth::new(api);
    run(service_fn(|request| async {
        Ok::<_, Error>(auth.protect(request, route).await)
    }))
    .await
}

async fn route(request: Request) -> Result<Response<Body>, Failure> {
    match (request.method().as_str(), request.uri().path()) {
        ("GET", "/me") => {
            let token = extract(&request, Admission::demand)?;
            Ok(Response::new(token.subject().unwrap_or("nobody").into()))
        }
        ("POST", "/echo") => {
            let writes = Requirement::scope("write:orders");
            extract(&request, |admission| admission.demand_that_meets(&writes))?;
            let mut response = Response::new(request.into_body());
            // Without a content type, `lambda_http` makes text of the octets.
            let octets = HeaderValue::from_static("application/octet-stream");
            response.headers_mut().insert(CONTENT_TYPE, octets);
            Ok(response)
        }
        _ => {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
    }
}
