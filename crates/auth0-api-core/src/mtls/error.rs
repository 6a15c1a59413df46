use crate::called_url::TargetError;

/// Why a request has not proven that it holds the certificate its token is bound to.
///
/// Nothing of a header is repeated, so these errors may be logged and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A trusted proxy's list of certificates does not say which one is the client's.
    #[error("the proxies' list of client certificates cannot be followed")]
    Entries(#[source] TargetError),
    /// A trusted proxy sent a certificate that cannot be read.
    #[error("the header with the client certificate cannot be read")]
    HeaderMalformed,
    /// There is more than one header where a trusted proxy sends one: one of them may be the client's own.
    #[error("the request has several headers with a client certificate")]
    HeaderRepeated,
    /// The header is too long to be looked at.
    #[error("{length} octets of a client certificate are more than the {limit} that are looked at")]
    HeaderTooLong {
        /// How long it is, in octets.
        length: usize,
        /// How long it may be, in octets.
        limit: usize,
    },
    /// The connection was made with another certificate, so the token may be a stolen one
    /// ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
    #[error("the request came with another client certificate than the one the token is bound to")]
    Mismatch,
    /// The request came without a certificate.
    #[error("the token is bound to a client certificate, and the request came without one")]
    Missing,
    /// The API has not been told where certificates come from, so that no such token can be taken.
    #[error("the token is bound to a client certificate, and this API looks for none")]
    NotConfigured,
}
