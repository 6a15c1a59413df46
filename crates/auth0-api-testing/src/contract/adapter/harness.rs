//! What the test of an adapter brings along.

use std::future::Future;
use std::net::SocketAddr;

use auth0_api_core::ApiClient;

use super::{Answer, Call, transport};

/// A front door: a web framework, with the adapter that is to be tested.
///
/// Only [`open`](Self::open) has to be written for a framework that speaks HTTP/1.1. The other methods are for protocols on top
/// of HTTP that have their own paths, methods and answers, such as gRPC.
pub trait Harness {
    /// Serves the [routes](mod@crate::contract::adapter#the-routes) with these clients on a free port of 127.0.0.1, at least until the test
    /// has ended, and gives the address.
    ///
    /// The suite calls it several times, and the servers run beside each other.
    fn open(&self, site: Site) -> impl Future<Output = SocketAddr>;

    /// Sends a call and waits for its answer: over HTTP/1.1, with a connection of its own and a `Host` line unless it has one.
    fn send(&self, to: SocketAddr, call: Call) -> impl Future<Output = Answer> {
        transport::over_http1(to, call)
    }

    /// Says how an answer of HTTP looks to the clients of this door; by default it is the same.
    fn translate(&self, answer: Answer) -> Answer {
        answer
    }

    /// The method of calls that could have any; `GET` by default.
    fn method(&self) -> &'static str {
        "GET"
    }

    /// The path at which a route is served; by default it is the route.
    fn path(&self, route: &str) -> String {
        route.to_owned()
    }

    /// Whether the rows of a chapter apply; by default, all but those of [`Chapter::Http2`] do.
    fn covers(&self, chapter: Chapter) -> bool {
        chapter != Chapter::Http2
    }
}

/// The clients of one server.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Site {
    /// The client that the routes are behind.
    pub api: ApiClient,
    /// A client of the same tenant for another API.
    pub other: ApiClient,
}

/// Rows of the suite that not every door can pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Chapter {
    /// Methods, bodies, CORS, connections that go on after a rejection, targets in absolute form: over HTTP/1.1.
    Http1,
    /// The URL in pseudo-headers: over HTTP/2 without TLS, with prior knowledge.
    Http2,
    /// The metadata at its well-known paths.
    Metadata,
}

impl Site {
    pub(super) fn new(api: ApiClient, other: ApiClient) -> Self {
        Self { api, other }
    }
}
