//! The interface between the suite and the test of an adapter.

use std::future::Future;
use std::net::SocketAddr;

use auth0_api_core::ApiClient;

use super::{Answer, Call, transport};

/// Serves the suite's routes with a web framework and the adapter under test.
///
/// For a framework that serves HTTP/1.1, implement only [`open`](Self::open). The other methods are for protocols on
/// top of HTTP that have their own paths, methods and responses, such as gRPC.
pub trait Harness {
    /// Serves the [routes](mod@crate::contract::adapter#the-routes) with these clients on a free port of 127.0.0.1, and
    /// returns the address. The server must run at least until the test has ended.
    ///
    /// The suite calls this method several times, and the servers run at the same time.
    fn open(&self, site: Site) -> impl Future<Output = SocketAddr>;

    /// Sends a call and returns the answer.
    ///
    /// By default this method opens a new HTTP/1.1 connection, and adds a `Host` line if the call has none.
    fn send(&self, to: SocketAddr, call: Call) -> impl Future<Output = Answer> {
        transport::over_http1(to, call)
    }

    /// Translates an expected HTTP answer into the answer that clients of this harness receive. By default the answer
    /// stays unchanged.
    fn translate(&self, answer: Answer) -> Answer {
        answer
    }

    /// Returns the HTTP method of calls that do not test a particular method; `GET` by default.
    fn method(&self) -> &'static str {
        "GET"
    }

    /// Returns the path of a route. By default the path is the route itself.
    fn path(&self, route: &str) -> String {
        route.to_owned()
    }

    /// Returns whether the harness supports a chapter. By default it supports every chapter except [`Chapter::Http2`].
    fn covers(&self, chapter: Chapter) -> bool {
        chapter != Chapter::Http2
    }
}

/// The API clients of one server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Site {
    /// The client that protects the routes.
    pub api: ApiClient,
    /// A client for another API of the same tenant.
    pub other: ApiClient,
}

/// Parts of the suite that a harness may leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chapter {
    /// Over HTTP/1.1: methods, bodies, CORS, connections that stay open after a rejection, targets in absolute form.
    Http1,
    /// Over HTTP/2 without TLS, with prior knowledge: the URL in pseudo-headers.
    Http2,
    /// The protected resource metadata at its well-known paths.
    Metadata,
}

impl Site {
    pub(super) fn new(api: ApiClient, other: ApiClient) -> Self {
        Self { api, other }
    }
}
