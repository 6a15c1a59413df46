//! The request log, with the option `--log`: one line for each request, so that you see what a client does.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, HeaderName};

/// Prints the method, the path and the status of a request, the protocol version of the client, and the challenge of the
/// response. A client that names no version yet gets `-`. The path contains no query, and a challenge contains no token.
pub(crate) async fn print(request: Request, next: Next) -> Response {
    let version = text(request.headers(), &VERSION).unwrap_or("-").to_owned();
    let line = format!("{} {}", request.method(), request.uri().path());
    let response = next.run(request).await;
    let challenge = text(response.headers(), &WWW_AUTHENTICATE).unwrap_or_default();
    println!("> server {line} {} {version} {challenge}", response.status().as_u16());
    response
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
