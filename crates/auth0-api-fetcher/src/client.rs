//! The HTTP client of a fetcher, as a trait, so that an application can provide its own.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use auth0_api_core::http::{HttpConnection, HttpError};
use http::{Request, Response};

use crate::body::{RequestBody, ResponseBody};

/// The future of a [`FetchClient`]'s response.
pub type ClientFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, HttpError>> + Send + 'a>>;

/// Sends the requests of a [`Fetcher`](crate::Fetcher).
///
/// Implement it to use another HTTP library. For a client that is a tower service, a [`FetchLayer`](crate::FetchLayer) needs no
/// implementation. An implementation must not follow redirects, must keep no cookies, and must send nothing of one request
/// with another.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot send the requests of a `Fetcher`",
    label = "pass an HTTP client here: a type that implements `FetchClient`",
    note = "for a `reqwest::Client`, use the setter `reqwest_client`"
)]
pub trait FetchClient: Debug + Send + Sync + 'static {
    /// Sends one request, and returns when the head of the response has arrived. The URL is absolute.
    ///
    /// `connection` is [`HttpConnection::New`] if a connection that was kept open has ended before the response. A client that
    /// cannot choose uses any connection.
    fn send(&self, request: Request<RequestBody>, connection: HttpConnection) -> ClientFuture<'_>;
}
