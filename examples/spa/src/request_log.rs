//! Prints a line for each request to an API: what it was asked, with which kind of token, and what it answered.

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, header};
use axum::middleware::{self, Next};
use axum::response::Response;

/// Puts the log around the routes of an API.
pub(crate) fn around(app: Router, api: &'static str) -> Router {
    app.layer(middleware::from_fn(move |request: Request, next: Next| log(api, request, next)))
}

async fn log(api: &'static str, request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    // The scheme only: the rest is the token.
    let scheme = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split(' ').next());
    let scheme = scheme.filter(|scheme| scheme.chars().all(|c| c.is_ascii_alphabetic())).unwrap_or("-").to_owned();
    let response = next.run(request).await;
    // One challenge for each scheme; only that of the request has an error.
    let mut challenges = response.headers().get_all(header::WWW_AUTHENTICATE).iter().filter_map(|c| c.to_str().ok());
    let error = challenges.find_map(|text| text.split_once("error=\"")?.1.split('"').next()).unwrap_or_default();
    if method != Method::OPTIONS {
        let line = format!("{api:<8} {method} {path} {} {scheme} {error}", response.status().as_u16());
        println!("{}", line.trim_end());
    }
    response
}
