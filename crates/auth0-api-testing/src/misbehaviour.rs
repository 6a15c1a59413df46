//! Outages and invalid responses that a test can switch on.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::Json;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::json;

use crate::clock::numeric_date;
use crate::endpoints::management::ManagementError;
use crate::endpoints::my_account::MyAccountError;

/// An endpoint of a [`LocalTenant`](crate::LocalTenant).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// `/bc-authorize`.
    Ciba,
    /// `/.well-known/openid-configuration` and `/.well-known/oauth-authorization-server`.
    Discovery,
    /// `/.well-known/jwks.json`.
    Jwks,
    /// The Management API: `/api/v2/` and what is below.
    Management,
    /// The My Account API: `/me/v1/` and what is below.
    MyAccount,
    /// `/oauth/token`.
    Token,
}

/// What an endpoint does instead of answering as usual; see [`LocalTenant::misbehave`](crate::LocalTenant::misbehave).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// Answers the first request of each connection as usual. When another request arrives on the connection, closes it
    /// without an answer, like a load balancer that has forgotten an idle connection. The request has no effect.
    CutKeptConnections,
    /// Closes the connection without an answer.
    Down,
    /// Answers 200 with `Content-Type: application/json` and a body that is not JSON.
    Garbage,
    /// Answers 200 with a body of 10 MiB that begins like a key set. The body is sent in chunks, without
    /// `Content-Length`.
    Huge,
    /// Does what the request asks for, and then closes the connection without an answer, like a load balancer that fails at
    /// that moment. Requests that change nothing (GET and HEAD) are answered as usual.
    LoseAnswers,
    /// Answers 429 with `Retry-After`, in the endpoint's form of errors. The Management API also sends Auth0's headers `x-ratelimit-limit`,
    /// `x-ratelimit-remaining` and `x-ratelimit-reset`.
    RateLimited {
        /// The value of `Retry-After`, in whole seconds.
        retry_after: Duration,
    },
    /// Answers 302 to this URL.
    Redirect(String),
    /// Answers correctly, after this delay.
    Slow(Duration),
    /// Answers with this status and a JSON body that is neither a document nor a token.
    Status(u16),
}

impl Misbehaviour {
    /// Returns the answer to send. `None` means that the endpoint now answers as usual.
    pub(crate) async fn answer(
        self,
        endpoint: Endpoint,
        connection: OnKeptConnection,
        now: SystemTime,
    ) -> Option<Response> {
        match self {
            Self::CutKeptConnections => connection.0.then(close_connection),
            Self::Down => Some(close_connection()),
            Self::Garbage => Some((JSON, "<!doctype html>\u{0}{").into_response()),
            Self::Huge => Some((JSON, huge()).into_response()),
            Self::LoseAnswers => None,
            Self::RateLimited { retry_after } => Some(match endpoint {
                Endpoint::Management => management_rate_limited(retry_after, now),
                Endpoint::MyAccount => my_account_rate_limited(retry_after),
                Endpoint::Ciba | Endpoint::Discovery | Endpoint::Jwks | Endpoint::Token => rate_limited(retry_after),
            }),
            Self::Redirect(to) => Some((StatusCode::FOUND, [(header::LOCATION, to)]).into_response()),
            Self::Slow(duration) => {
                tokio::time::sleep(duration).await;
                None
            }
            Self::Status(status) => Some(failed(status)),
        }
    }

    /// Returns whether the answer to a request with this method gets lost.
    pub(crate) fn loses_answer_to(&self, method: &Method) -> bool {
        matches!(self, Self::LoseAnswers) && !method.is_safe()
    }
}

/// Marks a response that must not be sent: the server closes the connection instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CloseConnection;

/// Whether a request is not the first one of its connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OnKeptConnection(pub(crate) bool);

/// Which endpoints misbehave at the moment.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<HashMap<Endpoint, Misbehaviour>>);

impl Faults {
    pub(crate) fn set(&self, endpoint: Endpoint, misbehaviour: Misbehaviour) {
        self.faults().insert(endpoint, misbehaviour);
    }

    pub(crate) fn at(&self, endpoint: Endpoint) -> Option<Misbehaviour> {
        self.faults().get(&endpoint).cloned()
    }

    pub(crate) fn clear(&self, endpoint: Endpoint) {
        self.faults().remove(&endpoint);
    }

    pub(crate) fn clear_all(&self) {
        self.faults().clear();
    }

    fn faults(&self) -> MutexGuard<'_, HashMap<Endpoint, Misbehaviour>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn close_connection() -> Response {
    (UNSENT_STATUS, axum::Extension(CloseConnection)).into_response()
}

fn huge() -> Body {
    let start = Bytes::from_static(br#"{"keys":["#);
    let padding = Bytes::from(vec![b' '; PIECE]);
    let pieces = std::iter::once(start).chain(std::iter::repeat_n(padding, HUGE / PIECE));
    Body::from_stream(futures_util::stream::iter(pieces.map(Ok::<_, Infallible>)))
}

fn rate_limited(retry_after: Duration) -> Response {
    let body = json!({ "error": "too_many_requests", "error_description": "Global limit has been reached" });
    let headers = [(header::RETRY_AFTER, retry_after.as_secs().to_string())];
    (StatusCode::TOO_MANY_REQUESTS, headers, Json(body)).into_response()
}

/// The answer of the Management API, whose limit is used up until then.
fn management_rate_limited(retry_after: Duration, now: SystemTime) -> Response {
    let reset = numeric_date(now + retry_after).to_string();
    let headers = [
        (header::RETRY_AFTER, retry_after.as_secs().to_string()),
        (HeaderName::from_static("x-ratelimit-limit"), MANAGEMENT_LIMIT.to_owned()),
        (HeaderName::from_static("x-ratelimit-remaining"), "0".to_owned()),
        (HeaderName::from_static("x-ratelimit-reset"), reset),
    ];
    let error =
        ManagementError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Global limit has been reached");
    (headers, error).into_response()
}

fn my_account_rate_limited(retry_after: Duration) -> Response {
    let error = MyAccountError::new(StatusCode::TOO_MANY_REQUESTS, "Global limit has been reached");
    ([(header::RETRY_AFTER, retry_after.as_secs().to_string())], error).into_response()
}

fn failed(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "error": "server_error", "error_description": "The local tenant was told to answer this" });
    (status, Json(body)).into_response()
}

const JSON: [(HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];

/// A response needs a status, but the server closes the connection and does not send this status.
const UNSENT_STATUS: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

/// Bytes; twenty times the default limit for a document in `auth0-api-core`.
const HUGE: usize = 10 * 1024 * 1024;
const PIECE: usize = 64 * 1024;
/// Requests, as a free tenant has them.
const MANAGEMENT_LIMIT: &str = "10";
