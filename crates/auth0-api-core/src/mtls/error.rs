//! Errors of the certificate check, and of its settings.

/// Why a request did not prove that its client holds the certificate that the token is bound to.
///
/// The errors contain no text of a header, so they may be logged and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// `X-Forwarded-Client-Cert` has another number of elements than
    /// [`CertificateSource::appended`](crate::CertificateSource::appended) states. The client may have written one of
    /// them.
    #[error("x-forwarded-client-cert has {elements} elements, not {expected}")]
    HeaderElements {
        /// The number of elements in the header.
        elements: usize,
        /// The number of elements that the proxies write.
        expected: usize,
    },
    /// A trusted proxy sent a certificate that cannot be read.
    #[error("the header with the client certificate cannot be read")]
    HeaderMalformed,
    /// The request has several headers where a trusted proxy sends one. The client may have written one of them.
    #[error("the request has several headers with a client certificate")]
    HeaderRepeated,
    /// The header is too long to be read.
    #[error("the header with the client certificate has {length} octets, and at most {limit} are read")]
    HeaderTooLong {
        /// The length of the header's value, in octets.
        length: usize,
        /// The longest value that is read, in octets.
        limit: usize,
    },
    /// The client's certificate is not the one that the token is bound to, so the token may be stolen
    /// ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
    #[error("the request's client certificate is not the one the token is bound to")]
    Mismatch,
    /// The request came without a certificate.
    #[error("the token is bound to a client certificate, and the request came without one")]
    Missing,
    /// No [`CertificateSource`](crate::CertificateSource) is configured, so that bound tokens cannot be checked.
    #[error("the token is bound to a client certificate, and this API has no certificate source")]
    NotConfigured,
}

/// Why a [`CertificateSource`](crate::CertificateSource) cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateSourceError {
    /// [`CertificateSource::appended`](crate::CertificateSource::appended) states zero elements, or the source is not
    /// the header `X-Forwarded-Client-Cert`.
    #[error("appended() needs forwarded_client_cert_header(), and at least one element")]
    Elements,
    /// The name of the header is not a valid name.
    #[error("the name of the header is not valid")]
    HeaderName,
    /// The source is a header, and no proxy is trusted to send it.
    #[error("a header with certificates needs trusted_proxies()")]
    ProxiesMissing,
}
