//! The number of requests to each endpoint.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Endpoint;

/// How many requests each endpoint of a [`LocalTenant`](crate::LocalTenant) has received, including the requests that
/// it answered with an error.
///
/// ```
/// use auth0_api_testing::RequestCounts;
///
/// let none = RequestCounts::default();
/// assert_eq!(none, RequestCounts { token: 0, ..RequestCounts::default() });
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestCounts {
    /// `POST /bc-authorize`.
    pub ciba: usize,
    /// `GET /.well-known/openid-configuration` and `GET /.well-known/oauth-authorization-server`.
    pub discovery: usize,
    /// `GET /.well-known/jwks.json`.
    pub jwks: usize,
    /// The Management API: `/api/v2/` and what is below.
    pub management: usize,
    /// The My Account API: `/me/v1/` and what is below.
    pub my_account: usize,
    /// `POST /oauth/token`.
    pub token: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    ciba: AtomicUsize,
    discovery: AtomicUsize,
    jwks: AtomicUsize,
    management: AtomicUsize,
    my_account: AtomicUsize,
    token: AtomicUsize,
}

impl Counters {
    pub(crate) fn count(&self, endpoint: Endpoint) {
        self.of(endpoint).fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn read(&self) -> RequestCounts {
        let read = |endpoint| self.of(endpoint).load(Ordering::SeqCst);
        RequestCounts {
            ciba: read(Endpoint::Ciba),
            discovery: read(Endpoint::Discovery),
            jwks: read(Endpoint::Jwks),
            management: read(Endpoint::Management),
            my_account: read(Endpoint::MyAccount),
            token: read(Endpoint::Token),
        }
    }

    pub(crate) fn reset(&self) {
        use Endpoint::{Ciba, Discovery, Jwks, Management, MyAccount, Token};
        for endpoint in [Ciba, Discovery, Jwks, Management, MyAccount, Token] {
            self.of(endpoint).store(0, Ordering::SeqCst);
        }
    }

    fn of(&self, endpoint: Endpoint) -> &AtomicUsize {
        match endpoint {
            Endpoint::Ciba => &self.ciba,
            Endpoint::Discovery => &self.discovery,
            Endpoint::Jwks => &self.jwks,
            Endpoint::Management => &self.management,
            Endpoint::MyAccount => &self.my_account,
            Endpoint::Token => &self.token,
        }
    }
}
