//! Where the certificate of a request comes from, and whether the token is bound to it.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::{CertificateError, CertificateSourceError, envoy, header};
use crate::called_url::TrustedProxies;
use crate::certificate::{CertificateThumbprint, ClientCertificate};
use crate::credentials::is_token;
use crate::request::TokenRequest;

/// Where an API finds the certificate that a client used for its TLS connection.
///
/// An API has at most one source, and the operator must configure it. Certificates in other places of a request are not
/// read. A token that is bound to a certificate is rejected unless the source contains the same certificate
/// ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
///
/// | where TLS ends | setting |
/// |---|---|
/// | anywhere, without client certificates | [`none`](Self::none), the default: tokens that are bound to a certificate are rejected |
/// | at this server | [`of_connection`](Self::of_connection) |
/// | at a proxy that sends `Client-Cert` ([RFC 9440](https://www.rfc-editor.org/rfc/rfc9440)) | [`client_cert_header`](Self::client_cert_header) |
/// | at Envoy | [`forwarded_client_cert_header`](Self::forwarded_client_cert_header) |
/// | at nginx, an AWS load balancer, Apache | [`pem_header`](Self::pem_header) |
///
/// A client can send these headers itself, unless a proxy replaces them. So the settings for these headers need
/// [`trusted_proxies`](crate::ApiClientBuilder::trusted_proxies), and the headers are read only in requests from a
/// trusted proxy. [The guide](crate::guide::mtls) shows how to configure each proxy.
///
/// ```
/// use auth0_api_core::{ApiClient, CertificateSource, TrustedProxies};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .trusted_proxies(TrustedProxies::networks(["10.0.0.0/8"])?)
///     .client_certificates(CertificateSource::pem_header("X-SSL-Client-Cert"))
///     .build()?;
///
/// let untrusted = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .client_certificates(CertificateSource::client_cert_header())
///     .build();
/// assert!(untrusted.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "mtls", alias = "rfc8705")]
#[derive(Clone, Debug)]
#[must_use]
pub struct CertificateSource {
    source: Source,
    /// The value of [`appended`](Self::appended).
    elements: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    ClientCert,
    Connection,
    ForwardedClientCert,
    Nowhere,
    Pem(Box<str>),
}

/// The configured source and the trusted proxies. This type checks requests.
#[derive(Clone, Debug)]
pub(crate) struct CertificatePolicy {
    source: Source,
    elements: usize,
    proxies: TrustedProxies,
}

impl CertificateSource {
    /// Reads no certificates. This is the default. Tokens that are bound to a certificate are rejected.
    pub fn none() -> Self {
        Self::new(Source::Nowhere)
    }

    /// Takes the certificate of the TLS connection that ends at this server. The server must pass it on as a
    /// [`ClientCertificate`].
    ///
    /// Do not use it behind a proxy that ends TLS: the certificate would be the proxy's.
    pub fn of_connection() -> Self {
        Self::new(Source::Connection)
    }

    /// Takes the certificate from the header `Client-Cert`, a byte sequence between colons
    /// ([RFC 9440 §2.2](https://www.rfc-editor.org/rfc/rfc9440#section-2.2)).
    pub fn client_cert_header() -> Self {
        Self::new(Source::ClientCert)
    }

    /// Takes the certificate from Envoy's header `X-Forwarded-Client-Cert`: from `Hash` or else `Cert` of its only
    /// element, as Envoy writes it with `SANITIZE_SET`.
    ///
    /// A header with several elements is rejected, unless [`appended`](Self::appended) states their number.
    pub fn forwarded_client_cert_header() -> Self {
        Self::new(Source::ForwardedClientCert)
    }

    /// Sets the number of elements in `X-Forwarded-Client-Cert`, for proxies that append an element (Envoy's
    /// `APPEND_FORWARD`): one for the proxy that the client connects to, and one for each later proxy that appends.
    /// Default: 1.
    ///
    /// The certificate is in the first element. A header with any other number of elements is rejected: Envoy copies
    /// text of the client's certificate into the header, and that text may look like a further element. The number does
    /// not depend on [`trusted_proxies`](crate::ApiClientBuilder::trusted_proxies).
    ///
    /// Only [`forwarded_client_cert_header`](Self::forwarded_client_cert_header) has elements. With another source, and
    /// for 0, [`build`](crate::ApiClientBuilder::build) returns [`CertificateSourceError::Elements`].
    ///
    /// ```
    /// use auth0_api_core::CertificateSource;
    ///
    /// let behind_a_sidecar = CertificateSource::forwarded_client_cert_header().appended(2);
    /// ```
    pub fn appended(mut self, elements: usize) -> Self {
        self.elements = Some(elements);
        self
    }

    /// Takes the certificate from the header of this name, which contains percent-encoded PEM: nginx's
    /// `$ssl_client_escaped_cert`, or `X-Amzn-Mtls-Clientcert-Leaf`. If the header contains a chain, the first
    /// certificate is used.
    pub fn pem_header(name: impl AsRef<str>) -> Self {
        Self::new(Source::Pem(name.as_ref().to_ascii_lowercase().into()))
    }

    /// Returns what is wrong with the source; `None` if it can be used.
    fn problem(&self, proxies: &TrustedProxies) -> Option<CertificateSourceError> {
        match &self.source {
            Source::ForwardedClientCert if self.elements == Some(0) => Some(CertificateSourceError::Elements),
            source if self.elements.is_some() && *source != Source::ForwardedClientCert => {
                Some(CertificateSourceError::Elements)
            }
            Source::Nowhere | Source::Connection => None,
            Source::Pem(name) if !is_token(name) => Some(CertificateSourceError::HeaderName),
            _ if proxies.are_none() => Some(CertificateSourceError::ProxiesMissing),
            Source::ClientCert | Source::ForwardedClientCert | Source::Pem(_) => None,
        }
    }

    fn new(source: Source) -> Self {
        Self { source, elements: None }
    }
}

impl fmt::Display for CertificatePolicy {
    /// Writes where certificates come from, for a summary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            Source::ClientCert => f.write_str("header client-cert"),
            Source::Connection => f.write_str("of the TLS connection"),
            Source::ForwardedClientCert => f.write_str("header x-forwarded-client-cert"),
            Source::Nowhere => f.write_str("none"),
            Source::Pem(name) => write!(f, "header {name}"),
        }
    }
}

impl CertificatePolicy {
    /// Checks the source. Only this function creates a policy.
    pub(crate) fn new(source: CertificateSource, proxies: TrustedProxies) -> Result<Self, CertificateSourceError> {
        match source.problem(&proxies) {
            Some(problem) => Err(problem),
            None => Ok(Self { source: source.source, elements: source.elements.unwrap_or(1), proxies }),
        }
    }

    /// Whether tokens that are bound to a certificate can be accepted.
    pub(crate) fn is_configured(&self) -> bool {
        self.source != Source::Nowhere
    }

    /// Checks that the request came with the certificate that the token is bound to. Without a request there is no
    /// certificate, and a bound token is rejected.
    pub(crate) fn prove(
        &self,
        bound_to: CertificateThumbprint,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<CertificateThumbprint, CertificateError> {
        if !self.is_configured() {
            return Err(CertificateError::NotConfigured);
        }
        let presented = request.map(|request| self.presented(request)).transpose()?.flatten();
        let presented = presented.ok_or(CertificateError::Missing)?.thumbprint();
        // RFC 8705 §3: the certificate of the connection must match the certificate that the token is bound to.
        match verify_slices_are_equal(presented.as_bytes(), bound_to.as_bytes()) {
            Ok(()) => Ok(presented),
            Err(_) => Err(CertificateError::Mismatch),
        }
    }

    fn presented(&self, request: &TokenRequest<'_>) -> Result<Option<ClientCertificate>, CertificateError> {
        match &self.source {
            Source::Nowhere => Ok(None),
            Source::Connection => Ok(request.client_certificate),
            Source::ClientCert => self.header(request, "client-cert")?.map_or(Ok(None), header::byte_sequence),
            Source::Pem(name) => self.header(request, name)?.map_or(Ok(None), header::escaped_pem),
            Source::ForwardedClientCert => self
                .header(request, "x-forwarded-client-cert")?
                .map_or(Ok(None), |list| envoy::forwarded_client_cert(list, self.elements)),
        }
    }

    /// RFC 9440 §4: the header is read only if a trusted proxy sent the request. Otherwise the client may have written
    /// the header.
    fn header<'r>(&self, request: &TokenRequest<'r>, name: &str) -> Result<Option<&'r str>, CertificateError> {
        if self.proxies.believe(request.peer()) { header::single(request, name) } else { Ok(None) }
    }
}
