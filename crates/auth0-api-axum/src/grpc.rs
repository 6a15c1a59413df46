//! gRPC: rejections as its clients understand them.
//!
//! A gRPC client reads `grpc-status`, and makes of a plain 401 what its library thinks fit. So the answer to a gRPC call is a
//! response of headers alone
//! ([Trailers-Only](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses)), with what HTTP would have said as
//! metadata. Whether a request is such a call is told by the request itself: a `POST` with the content type of gRPC. Everything
//! else is answered in HTTP, also beside gRPC services on one server.

use std::fmt::Write as _;

use auth0_api_core::Rejection;
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request};

/// What a caller understands rejections in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// gRPC, with the content type to answer with.
    Grpc(&'static str),
    Http,
}

impl Dialect {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        Self::of_call(request.method(), request.headers())
    }

    pub(crate) fn of_parts(parts: &Parts) -> Self {
        Self::of_call(&parts.method, &parts.headers)
    }

    /// A response of gRPC has the status 200, which a cache could keep for others; but for no `POST` (RFC 9110 §9.3.3).
    fn of_call(method: &Method, headers: &HeaderMap) -> Self {
        let content_type = headers.get(CONTENT_TYPE).filter(|_| method == Method::POST);
        content_type.and_then(|content_type| answered_with(content_type.as_bytes())).map_or(Self::Http, Self::Grpc)
    }
}

/// What a rejection is in gRPC: `grpc-status`, `grpc-message`, and the challenges, `dpop-nonce` and their like as metadata.
///
/// The layers answer so by themselves. A handler that checks a [`Requirement`](auth0_api_core::Requirement) by hand can make a
/// status of it:
///
/// ```
/// use auth0_api_axum::grpc_metadata;
/// use auth0_api_core::{ApiClient, Requirement, VerifiedToken};
/// use tonic::Status;
///
/// fn demand(api: &ApiClient, requirement: &Requirement, token: &VerifiedToken) -> Result<(), Status> {
///     requirement.check(token).map_err(|error| {
///         let rejection = grpc_metadata(&api.reject(&error));
///         Status::from_header_map(&rejection).unwrap_or_else(|| Status::permission_denied("rejected"))
///     })
/// }
/// ```
///
/// | HTTP | gRPC |
/// |---|---|
/// | 400, 401 | 16 `UNAUTHENTICATED`: the call has no valid credentials |
/// | 403 | 7 `PERMISSION_DENIED` |
/// | 429 | 8 `RESOURCE_EXHAUSTED` |
/// | 503 | 14 `UNAVAILABLE` |
/// | 500 | 13 `INTERNAL` |
///
/// With `retry-after` comes `grpc-retry-pushback-ms`, which clients with a
/// [retry policy](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback) follow.
pub fn grpc_metadata(rejection: &Rejection) -> HeaderMap {
    let mut metadata = HeaderMap::new();
    metadata.insert(STATUS, HeaderValue::from_static(code(rejection.status())));
    let told = rejection.headers().filter(|(name, _)| *name != CONTENT_TYPE.as_str());
    let told = told.chain([(MESSAGE, percent_encoded(rejection.description()))]);
    for (name, value) in told.flat_map(with_pushback) {
        // Core writes printable ASCII only, so that every value converts.
        if let Ok(value) = HeaderValue::try_from(value) {
            metadata.append(HeaderName::from_static(name), value);
        }
    }
    metadata
}

/// The status code of gRPC, by that of HTTP.
fn code(status: u16) -> &'static str {
    match status {
        400 | 401 => "16",
        403 => "7",
        429 => "8",
        503 => "14",
        _ => "13",
    }
}

/// gRPC's own way to say when to come back stands beside HTTP's.
fn with_pushback((name, value): (&'static str, String)) -> impl Iterator<Item = (&'static str, String)> {
    let seconds = (name == RETRY_AFTER.as_str()).then(|| value.parse::<u64>().ok()).flatten();
    let pushback = seconds.map(|seconds| (PUSHBACK, seconds.saturating_mul(1000).to_string()));
    [(name, value)].into_iter().chain(pushback)
}

/// The content type of the answer to a call of this one; `None` if it is none of gRPC's.
fn answered_with(content_type: &[u8]) -> Option<&'static str> {
    // Longest first: each is the beginning of the one before.
    ["application/grpc-web-text", "application/grpc-web", "application/grpc"].into_iter().find(|known| {
        let (start, rest) = content_type.split_at_checked(known.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(known.as_bytes()) && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
    })
}

/// `grpc-message`: printable ASCII, and all else as triplets.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, octet| {
        match octet {
            b'%' => encoded.push_str("%25"),
            b' '..=b'~' => encoded.push(char::from(octet)),
            // Writing to a String cannot fail.
            _ => _ = write!(encoded, "%{octet:02X}"),
        }
        encoded
    })
}

const STATUS: &str = "grpc-status";
const MESSAGE: &str = "grpc-message";
const PUSHBACK: &str = "grpc-retry-pushback-ms";

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use http::Request;

    use super::{Dialect, percent_encoded};

    #[test]
    fn grpc_is_told_by_method_and_content_type() {
        for (method, content_type, dialect) in [
            ("POST", "application/grpc", Dialect::Grpc("application/grpc")),
            ("POST", "application/grpc+proto", Dialect::Grpc("application/grpc")),
            ("POST", "Application/gRPC; charset=x", Dialect::Grpc("application/grpc")),
            ("POST", "application/grpc-web+proto", Dialect::Grpc("application/grpc-web")),
            ("POST", "application/grpc-web-text", Dialect::Grpc("application/grpc-web-text")),
            ("GET", "application/grpc", Dialect::Http),
            ("POST", "application/grpcx", Dialect::Http),
            ("POST", "application/grp", Dialect::Http),
            ("POST", "text/plain; application/grpc", Dialect::Http),
            ("POST", "", Dialect::Http),
        ] {
            let request = Request::builder().method(method).header("content-type", content_type).body(()).unwrap();
            assert_eq!(Dialect::of(&request), dialect, "{method} {content_type}");
        }
        assert_eq!(Dialect::of(&Request::post("/").body(()).unwrap()), Dialect::Http);
    }

    #[test]
    fn messages_are_percent_encoded() {
        assert_eq!(percent_encoded("plain text, 100 %"), "plain text, 100 %25");
        assert_eq!(percent_encoded("é\n"), "%C3%A9%0A");
    }
}
