//! Where the certificate of a request comes from, and whether it is the token's.

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::{CertificateError, envoy, header};
use crate::called_url::TrustedProxies;
use crate::certificate::{CertificateThumbprint, ClientCertificate};
use crate::credentials::is_token;
use crate::request::TokenRequest;

/// Where an API learns with which certificate a client made its TLS connection.
///
/// There is one place, and it has to be named: whatever else a request says of certificates is not read. A token that is bound to
/// a certificate is rejected unless that place shows the same certificate
/// ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
///
/// | TLS ends | setting |
/// |---|---|
/// | nowhere with client certificates | [`none`](Self::none), the default: tokens bound to one are rejected |
/// | at this server | [`of_connection`](Self::of_connection) |
/// | at a proxy that sends `Client-Cert` ([RFC 9440](https://www.rfc-editor.org/rfc/rfc9440)) | [`client_cert_header`](Self::client_cert_header) |
/// | at Envoy | [`forwarded_client_cert_header`](Self::forwarded_client_cert_header) |
/// | at nginx, an AWS load balancer, Apache | [`pem_header`](Self::pem_header) |
///
/// The headers are whatever a client wrote until a proxy has replaced them. So they need
/// [`trusted_proxies`](crate::ApiClientBuilder::trusted_proxies), and count only in requests that come from one; see
/// [the guide](crate::guide::mtls) for what each proxy has to be told.
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
#[derive(Clone, Debug)]
pub struct CertificateSource(Source);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    ClientCert,
    Connection,
    ForwardedClientCert,
    Nowhere,
    Pem(Box<str>),
}

/// The setting at work.
#[derive(Clone, Debug)]
pub(crate) struct CertificatePolicy {
    source: Source,
    proxies: TrustedProxies,
}

impl CertificateSource {
    /// Looks for no certificates: the default. Tokens that are bound to one are rejected.
    #[must_use]
    pub fn none() -> Self {
        Self(Source::Nowhere)
    }

    /// Takes the certificate of the TLS connection that ends at this server, as [`ClientCertificate`].
    ///
    /// Not for servers behind a proxy: there it would be the proxy's own.
    #[must_use]
    pub fn of_connection() -> Self {
        Self(Source::Connection)
    }

    /// Takes the certificate from `Client-Cert`, a byte sequence between colons
    /// ([RFC 9440 §2.2](https://www.rfc-editor.org/rfc/rfc9440#section-2.2)).
    #[must_use]
    pub fn client_cert_header() -> Self {
        Self(Source::ClientCert)
    }

    /// Takes the certificate from Envoy's `X-Forwarded-Client-Cert`: `Hash`, or else `Cert`, of one of its elements.
    ///
    /// Behind [`TrustedProxies::hops`] it is the element at that place from the right; behind networks, `X-Forwarded-For` tells
    /// how many of the last senders are trusted. A list with fewer elements rejects.
    #[must_use]
    pub fn forwarded_client_cert_header() -> Self {
        Self(Source::ForwardedClientCert)
    }

    /// Takes the certificate from a header of this name, which holds it as PEM, percent-encoded: nginx's
    /// `$ssl_client_escaped_cert`, or `X-Amzn-Mtls-Clientcert-Leaf`. Of a chain, the first certificate counts.
    #[must_use]
    pub fn pem_header(name: impl AsRef<str>) -> Self {
        Self(Source::Pem(name.as_ref().to_ascii_lowercase().into()))
    }

    /// Whether tokens that are bound to a certificate can be taken at all.
    pub(crate) fn is_configured(&self) -> bool {
        self.0 != Source::Nowhere
    }

    /// What does not make sense, as one fixed sentence.
    pub(crate) fn problem(&self, proxies: &TrustedProxies) -> Option<&'static str> {
        match &self.0 {
            Source::Nowhere | Source::Connection => None,
            Source::Pem(name) if !is_token(name) => Some("this is no name of a header"),
            _ if proxies.are_none() => Some("a header with certificates needs trusted_proxies()"),
            Source::ClientCert | Source::ForwardedClientCert | Source::Pem(_) => None,
        }
    }
}

impl CertificatePolicy {
    pub(crate) fn new(certificates: CertificateSource, proxies: TrustedProxies) -> Self {
        Self { source: certificates.0, proxies }
    }

    /// Demands that the request came with the certificate that a token is bound to; a raw token came with none.
    pub(crate) fn prove(
        &self,
        bound_to: CertificateThumbprint,
        request: Option<&TokenRequest<'_>>,
    ) -> Result<CertificateThumbprint, CertificateError> {
        if self.source == Source::Nowhere {
            return Err(CertificateError::NotConfigured);
        }
        let presented = request.map(|request| self.presented(request)).transpose()?.flatten();
        let presented = presented.ok_or(CertificateError::Missing)?.thumbprint();
        // RFC 8705 §3: the certificate of the connection is the token's.
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
            Source::ForwardedClientCert => envoy::presented(request, &self.proxies),
        }
    }

    /// RFC 9440 §4: from anybody but a trusted proxy, the header is what the client claims.
    fn header<'r>(&self, request: &TokenRequest<'r>, name: &str) -> Result<Option<&'r str>, CertificateError> {
        if self.proxies.believe(request.peer()) { header::single(request, name) } else { Ok(None) }
    }
}
