//! What verification needs to know of an HTTP request, in the words of no framework.

use std::fmt;
use std::net::IpAddr;

use crate::certificate::ClientCertificate;

/// Gives the values of a request's headers.
///
/// One implementation per framework, because axum and actix-web use different versions of the `http` crate. Lists of
/// pairs implement it too, for hand-written servers and tests:
///
/// ```
/// use auth0_api_core::TokenRequest;
///
/// let headers = [("Authorization", "Bearer eyJ…")];
/// let request = TokenRequest::new("GET", "https://api.example.com/orders", &headers);
/// ```
pub trait HeaderSource: Send + Sync {
    /// Calls `visit` with each value of the header `name` (given in lower case), in the order of their arrival.
    ///
    /// Every header line counts: an implementation that gives only the first one hides an attack
    /// ([RFC 9449 §4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3) (1)).
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8]));
}

impl<N: AsRef<str> + Send + Sync, V: AsRef<[u8]> + Send + Sync> HeaderSource for [(N, V)] {
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.iter()
            .filter(|(candidate, _)| candidate.as_ref().eq_ignore_ascii_case(name))
            .for_each(|(_, value)| visit(value.as_ref()));
    }
}

impl<N: AsRef<str> + Send + Sync, V: AsRef<[u8]> + Send + Sync, const LEN: usize> HeaderSource for [(N, V); LEN] {
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each_value(name, visit);
    }
}

impl<N: AsRef<str> + Send + Sync, V: AsRef<[u8]> + Send + Sync> HeaderSource for Vec<(N, V)> {
    fn each_value<'a>(&'a self, name: &str, visit: &mut dyn FnMut(&'a [u8])) {
        self.as_slice().each_value(name, visit);
    }
}

/// A request that is to be verified: its method, where it went, and its headers.
#[derive(Clone, Copy)]
pub struct TokenRequest<'r> {
    pub(crate) method: &'r str,
    pub(crate) location: Location<'r>,
    pub(crate) headers: &'r dyn HeaderSource,
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// Where a request went: the whole URL where the caller knows it, else what the server saw.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Location<'r> {
    Received(ReceivedTarget<'r>),
    Url(&'r str),
}

/// What a server sees of the URL that a client called.
///
/// None of it is trusted beyond what it is: behind a proxy, give the client `public_url` or trusted proxies.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedTarget<'r> {
    /// `http` or `https`: how the connection reached this server.
    pub scheme: &'r str,
    /// The `:authority` of HTTP/2, or the authority of an absolute-form target; `None` takes the `Host` header.
    pub authority: Option<&'r str>,
    /// The request target as received (path and query), before any router has stripped a prefix from it.
    pub target: &'r str,
    /// The address of the directly connected peer, for trusted proxies by network.
    pub peer: Option<IpAddr>,
}

impl<'r> TokenRequest<'r> {
    /// Describes a request whose full URL, as the client called it, is known.
    pub fn new(method: &'r str, url: &'r str, headers: &'r dyn HeaderSource) -> Self {
        Self { method, location: Location::Url(url), headers, client_certificate: None }
    }

    /// Describes a request as a server received it; the client works the URL out of it, if a proof asks for it.
    pub fn received(method: &'r str, target: ReceivedTarget<'r>, headers: &'r dyn HeaderSource) -> Self {
        Self { method, location: Location::Received(target), headers, client_certificate: None }
    }

    /// Adds the certificate of the TLS connection that the request came by. It counts under
    /// [`CertificateSource::of_connection`](crate::CertificateSource::of_connection).
    #[must_use]
    pub fn client_certificate(mut self, certificate: &ClientCertificate) -> Self {
        self.client_certificate = Some(*certificate);
        self
    }

    /// The address of the directly connected peer, where the server told it.
    pub(crate) fn peer(&self) -> Option<IpAddr> {
        match self.location {
            Location::Received(target) => target.peer,
            Location::Url(_) => None,
        }
    }

    /// The one value of a header, `None` if it is absent, or how many there were.
    pub(crate) fn single(&self, name: &str) -> Result<Option<&'r [u8]>, Repeated> {
        let (mut first, mut count) = (None, 0_usize);
        self.headers.each_value(name, &mut |value| {
            first.get_or_insert(value);
            count += 1;
        });
        if count > 1 { Err(Repeated) } else { Ok(first) }
    }
}

impl fmt::Debug for TokenRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers hold credentials, a URL's query may.
        f.debug_struct("TokenRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A header that may stand once stood several times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeated;
