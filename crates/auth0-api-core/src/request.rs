//! The parts of an HTTP request that verification needs, independent of any framework.

use std::fmt;
use std::net::IpAddr;

use crate::certificate::ClientCertificate;
use crate::place::Place;

/// Provides the values of a request's headers.
///
/// Each framework needs its own implementation, because axum and actix-web use different versions of the `http` crate.
/// Lists of name and value pairs also implement this trait, for hand-written servers and tests:
///
/// ```
/// use auth0_api_core::TokenRequest;
///
/// let headers = [("Authorization", "Bearer eyJ…")];
/// let request = TokenRequest::new("GET", "https://api.example.com/orders", &headers);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not provide the headers of a request",
    label = "pass headers here: a type that implements `HeaderSource`",
    note = "pass pairs of a name and a value: `TokenRequest::new(\"GET\", url, &[(\"authorization\", value)])`",
    note = "for the headers of a framework, implement `HeaderSource` for your own type that borrows them"
)]
pub trait HeaderSource: Send + Sync {
    /// Calls `visit` with each value of the header `name` (given in lower case), in the order of arrival.
    ///
    /// An implementation must visit every header line. If it visits only the first line, a second header with the same
    /// name, which may be an attack, is not detected
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

/// A request to verify: its method, its URL, its headers, and perhaps a client certificate.
#[derive(Clone, Copy)]
#[must_use]
pub struct TokenRequest<'r> {
    pub(crate) method: &'r str,
    pub(crate) location: Location<'r>,
    pub(crate) headers: &'r dyn HeaderSource,
    pub(crate) client_certificate: Option<ClientCertificate>,
}

/// The URL of a request: the full URL if the caller of this crate knows it, or the parts that the server received.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Location<'r> {
    Received(ReceivedTarget<'r>),
    Url(&'r str),
}

/// The scheme of the listener that accepted the connection of a request. Default: `http`.
///
/// The scheme in the request itself, which is the `:scheme` of HTTP/2 or a part of an absolute-form target, is text of
/// the client, and is not used. So a server that ends TLS itself states it here: with the feature `http`, as an
/// extension of each request.
///
/// ```
/// use auth0_api_core::ListenerScheme;
///
/// assert_eq!(ListenerScheme::default(), ListenerScheme::Http);
/// assert_eq!(ListenerScheme::Https.as_str(), "https");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListenerScheme {
    /// The listener accepts connections without TLS, from clients or from a proxy.
    #[default]
    Http,
    /// TLS ends at this listener.
    Https,
}

impl ListenerScheme {
    /// Returns `http` or `https`, as [`ReceivedTarget::scheme`] expects it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The parts of the called URL that a server receives.
///
/// These are raw values, as this server receives them. Behind a proxy, they differ from the values that the client
/// sent: configure [`public_url`](crate::ApiClientBuilder::public_url) or
/// [`trusted_proxies`](crate::ApiClientBuilder::trusted_proxies).
#[derive(Clone, Copy, Debug)]
pub struct ReceivedTarget<'r> {
    /// The scheme of the listener that accepted the connection, `http` or `https`: [`ListenerScheme::as_str`]. Never
    /// the scheme in the request, because the client chooses it.
    pub scheme: &'r str,
    /// The `:authority` of HTTP/2, or the authority of an absolute-form target. With `None`, the `Host` header is used.
    pub authority: Option<&'r str>,
    /// The request target as received (path and query), before any router removes a prefix from it.
    pub target: &'r str,
    /// The address of the directly connected peer. It is needed if proxies are trusted by their network address.
    pub peer: Option<IpAddr>,
}

impl<'r> TokenRequest<'r> {
    /// Describes a request by its method, its headers, and the full URL that the client called.
    pub fn new(method: &'r str, url: &'r str, headers: &'r dyn HeaderSource) -> Self {
        Self { method, location: Location::Url(url), headers, client_certificate: None }
    }

    /// Describes a request as a server received it.
    ///
    /// The [`ApiClient`](crate::ApiClient) computes the URL from `target` when a check needs the URL, for example the
    /// check of a proof.
    pub fn received(method: &'r str, target: ReceivedTarget<'r>, headers: &'r dyn HeaderSource) -> Self {
        Self { method, location: Location::Received(target), headers, client_certificate: None }
    }

    /// Names the request in log events.
    pub(crate) fn place(&self) -> Place<'r> {
        match self.location {
            Location::Received(received) => Place::new(self.method, received.target),
            Location::Url(url) => Place::of_url(self.method, url),
        }
    }

    /// Returns whether the query has a parameter `access_token`
    /// ([RFC 6750 §2.3](https://www.rfc-editor.org/rfc/rfc6750#section-2.3)). No check reads it: this is for operators.
    pub(crate) fn has_token_in_query(&self) -> bool {
        let target = match self.location {
            Location::Received(received) => received.target,
            Location::Url(url) => url,
        };
        let query = target.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|pair| pair.strip_prefix("access_token=").is_some_and(|token| !token.is_empty()))
    }

    /// Adds the certificate that the client presented on the TLS connection of the request.
    ///
    /// The client reads this certificate only if
    /// [`CertificateSource::of_connection`](crate::CertificateSource::of_connection) is configured.
    pub fn client_certificate(mut self, certificate: &ClientCertificate) -> Self {
        self.client_certificate = Some(*certificate);
        self
    }

    /// The address of the directly connected peer, if the server provided the address.
    pub(crate) fn peer(&self) -> Option<IpAddr> {
        match self.location {
            Location::Received(target) => target.peer,
            Location::Url(_) => None,
        }
    }

    /// Returns the only value of a header, without the white space around it. Returns `None` if the header is absent,
    /// and an error if the header is repeated.
    pub(crate) fn single(&self, name: &str) -> Result<Option<&'r [u8]>, Repeated> {
        let (mut first, mut count) = (None, 0_usize);
        self.headers.each_value(name, &mut |value| {
            first.get_or_insert_with(|| field_value(value));
            count += 1;
        });
        if count > 1 { Err(Repeated) } else { Ok(first) }
    }
}

impl fmt::Debug for TokenRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers contain credentials, and a URL's query may contain some.
        f.debug_struct("TokenRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Removes the white space around the value of a header. Servers that parse HTTP have already removed it.
///
/// RFC 9110 §5.6.3: optional white space is spaces and tabs. A line feed is not white space in a header, so it stays and
/// makes the value malformed.
pub(crate) fn field_value(value: &[u8]) -> &[u8] {
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let start = value.iter().position(|octet| !is_blank(octet)).unwrap_or(value.len());
    let end = value.iter().rposition(|octet| !is_blank(octet)).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

/// A header that must occur at most once occurred several times.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Repeated;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_parameter_with_the_exact_name_and_a_value_is_a_token_in_the_query() {
        let headers: [(&str, &str); 0] = [];
        for (target, found) in [
            ("/a?access_token=x", true),
            ("/a?b=c&access_token=x&d", true),
            ("/a?b=?&access_token=x", true),
            ("/a?access_token=", false),
            ("/a?access_token", false),
            ("/a?my_access_token=x", false),
            ("/a?b=access_token=x", false),
            ("/access_token=x", false),
            ("", false),
        ] {
            let received = ReceivedTarget { scheme: "http", authority: None, target, peer: None };
            assert_eq!(TokenRequest::received("GET", received, &headers).has_token_in_query(), found, "{target}");
            let url = format!("https://api.example.com{target}");
            assert_eq!(TokenRequest::new("GET", &url, &headers).has_token_in_query(), found, "{url}");
        }
    }
}
