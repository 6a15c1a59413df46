//! Rejections of gRPC calls.
//!
//! A gRPC client reads `grpc-status`. How it interprets a plain HTTP 401 depends on its library. So the layers answer a
//! gRPC call with headers only
//! ([Trailers-Only](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses)): the gRPC status, and
//! the challenges and other headers of the rejection as metadata.
//!
//! Only a layer that was told so, by [`AuthLayer::grpc`](crate::AuthLayer::grpc) or
//! [`AuthLayer::with_grpc`](crate::AuthLayer::with_grpc), answers in gRPC. Such a layer takes a request for a gRPC call if
//! it is a `POST` with a content type of gRPC, and answers every other request in HTTP.

use std::borrow::Cow;
use std::fmt::Write as _;

use auth0_api_core::Rejection;
use http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};

/// The protocol in which a rejection is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// gRPC, with the content type of the response.
    Grpc(&'static str),
    Http,
}

impl Protocol {
    /// Returns the protocol for the answer of a layer that answers gRPC calls in gRPC.
    ///
    /// Only a `POST` is answered in gRPC. The HTTP status of a gRPC answer is 200. If the request were a `GET`, a cache
    /// could store this answer and send it to other clients. Caches do not store the response to a `POST` without
    /// explicit freshness (RFC 9110 §9.3.3).
    pub(crate) fn of(request: &Parts) -> Self {
        let content_type = request.headers.get(CONTENT_TYPE).filter(|_| request.method == Method::POST);
        content_type
            .and_then(|content_type| response_content_type(content_type.as_bytes()))
            .map_or(Self::Http, Self::Grpc)
    }
}

/// Returns a rejection as gRPC metadata: `grpc-status`, `grpc-message`, and the rejection's headers, such as the
/// challenges and `dpop-nonce`.
///
/// [`AuthLayer::grpc`](crate::AuthLayer::grpc) uses this function for every gRPC call that it rejects. A handler that checks a
/// [`Requirement`](auth0_api_core::Requirement) itself can turn the rejection into a gRPC status:
///
/// ```
/// use auth0_api_axum::{ApiClient, Requirement, VerifiedToken, grpc_metadata};
/// use tonic::Status;
///
/// fn demand(
///     api: &ApiClient,
///     requirement: &Requirement,
///     token: &VerifiedToken,
/// ) -> Result<(), Status> {
///     requirement.check(token).map_err(|error| {
///         let rejection = grpc_metadata(&api.reject(&error));
///         Status::from_header_map(&rejection)
///             .unwrap_or_else(|| Status::permission_denied("rejected"))
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
/// If the rejection has a `retry-after` header, `grpc-retry-pushback-ms` contains the same delay in milliseconds.
/// Clients with a [retry policy](https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback) wait for
/// this delay.
pub fn grpc_metadata(rejection: &Rejection) -> HeaderMap {
    let mut metadata = HeaderMap::new();
    metadata.insert(STATUS, HeaderValue::from_static(code(rejection.status())));
    let headers = rejection.headers().filter(|(name, _)| *name != CONTENT_TYPE.as_str());
    let headers = headers.chain([(MESSAGE, percent_encoded(rejection.description()).into())]);
    for (name, value) in headers.flat_map(with_pushback) {
        // Always `Ok`: core writes printable ASCII only.
        if let Ok(value) = HeaderValue::from_str(&value) {
            metadata.append(HeaderName::from_static(name), value);
        }
    }
    metadata
}

/// Returns the gRPC status code for an HTTP status.
fn code(status: u16) -> &'static str {
    match status {
        400 | 401 => "16",
        403 => "7",
        429 => "8",
        503 => "14",
        _ => "13",
    }
}

/// Returns a header, followed by `grpc-retry-pushback-ms` if the header is `retry-after`.
fn with_pushback<'r>(
    (name, value): (&'static str, Cow<'r, str>),
) -> impl Iterator<Item = (&'static str, Cow<'r, str>)> {
    let seconds = (name == RETRY_AFTER.as_str()).then(|| value.parse::<u64>().ok()).flatten();
    let pushback = seconds.map(|seconds| (PUSHBACK, seconds.saturating_mul(1000).to_string().into()));
    [(name, value)].into_iter().chain(pushback)
}

/// Returns the content type of the response to a call that has this content type. Returns `None` if the content type of
/// the call is not a gRPC type.
fn response_content_type(content_type: &[u8]) -> Option<&'static str> {
    // The longest type is first, because each type is a prefix of the type before it. After the type, only a suffix
    // such as `+proto`, a parameter or a space may follow: `application/grpcx` is another type.
    ["application/grpc-web-text", "application/grpc-web", "application/grpc"].into_iter().find(|known| {
        let (start, rest) = content_type.split_at_checked(known.len()).unwrap_or_default();
        start.eq_ignore_ascii_case(known.as_bytes()) && matches!(rest.first(), None | Some(b'+' | b';' | b' '))
    })
}

/// Encodes the value of `grpc-message`: printable ASCII except `%` stays unchanged. Every other octet becomes `%XX`.
fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, octet| {
        match octet {
            b'%' => encoded.push_str("%25"),
            b' '..=b'~' => encoded.push(char::from(octet)),
            // Always `Ok`: writing to a `String` cannot fail.
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
    #![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

    use http::Request;

    use super::{Protocol, percent_encoded};

    #[test]
    fn grpc_is_recognised_by_method_and_content_type() {
        for (method, content_type, protocol) in [
            ("POST", "application/grpc", Protocol::Grpc("application/grpc")),
            ("POST", "application/grpc+proto", Protocol::Grpc("application/grpc")),
            ("POST", "Application/gRPC; charset=x", Protocol::Grpc("application/grpc")),
            ("POST", "application/grpc-web+proto", Protocol::Grpc("application/grpc-web")),
            ("POST", "application/grpc-web-text", Protocol::Grpc("application/grpc-web-text")),
            ("GET", "application/grpc", Protocol::Http),
            ("POST", "application/grpcx", Protocol::Http),
            ("POST", "application/grp", Protocol::Http),
            ("POST", "text/plain; application/grpc", Protocol::Http),
            ("POST", "", Protocol::Http),
        ] {
            let request = Request::builder().method(method).header("content-type", content_type).body(()).unwrap();
            assert_eq!(Protocol::of(&request.into_parts().0), protocol, "{method} {content_type}");
        }
        assert_eq!(Protocol::of(&Request::post("/").body(()).unwrap().into_parts().0), Protocol::Http);
    }

    #[test]
    fn messages_are_percent_encoded() {
        assert_eq!(percent_encoded("plain text, 100 %"), "plain text, 100 %25");
        assert_eq!(percent_encoded("é\n"), "%C3%A9%0A");
    }
}
