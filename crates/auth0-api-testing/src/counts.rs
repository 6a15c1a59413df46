//! The number of requests to each endpoint.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Endpoint;

/// How many requests each endpoint of a [`LocalTenant`](crate::LocalTenant) has received, including the requests that
/// it answered with an error.
///
/// ```
/// use auth0_api_testing::RequestCounts;
///
/// assert_eq!(
///     RequestCounts::default(),
///     RequestCounts { discovery: 0, jwks: 0, management: 0, token: 0 }
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`.
    pub discovery: usize,
    /// `GET /.well-known/jwks.json`.
    pub jwks: usize,
    /// The Management API: `/api/v2/` and what is below.
    pub management: usize,
    /// `POST /oauth/token`.
    pub token: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    discovery: AtomicUsize,
    jwks: AtomicUsize,
    management: AtomicUsize,
    token: AtomicUsize,
}

impl Counters {
    pub(crate) fn count(&self, endpoint: Endpoint) {
        self.of(endpoint).fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn read(&self) -> RequestCounts {
        let read = |endpoint| self.of(endpoint).load(Ordering::SeqCst);
        RequestCounts {
            discovery: read(Endpoint::Discovery),
            jwks: read(Endpoint::Jwks),
            management: read(Endpoint::Management),
            token: read(Endpoint::Token),
        }
    }

    pub(crate) fn reset(&self) {
        for endpoint in [Endpoint::Discovery, Endpoint::Jwks, Endpoint::Management, Endpoint::Token] {
            self.of(endpoint).store(0, Ordering::SeqCst);
        }
    }

    fn of(&self, endpoint: Endpoint) -> &AtomicUsize {
        match endpoint {
            Endpoint::Discovery => &self.discovery,
            Endpoint::Jwks => &self.jwks,
            Endpoint::Management => &self.management,
            Endpoint::Token => &self.token,
        }
    }
}
