//! The certificate of a client. A token that is bound to a certificate contains its thumbprint.

use std::fmt;

use crate::base64url;
use crate::digest::sha256;

/// The certificate of a client. When the client opened its TLS connection, it proved that it has the private key.
///
/// Create this value in the server code that terminates TLS: once for each connection, from the first certificate that
/// the client sent. Put the value into the extensions of the request, where the adapters look for it, or pass the value
/// to [`TokenRequest::client_certificate`](crate::TokenRequest::client_certificate). Only the thumbprint is stored.
/// This crate does not check who signed the certificate. The TLS server checks the signer, if it is configured to do so
/// ([RFC 8705 §6.2](https://www.rfc-editor.org/rfc/rfc8705#section-6.2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    thumbprint: CertificateThumbprint,
}

/// The SHA-256 thumbprint of a certificate ([RFC 8705 §3.1](https://www.rfc-editor.org/rfc/rfc8705#section-3.1)).
///
/// `Display` shows the base64url text of `cnf.x5t#S256`. The thumbprint identifies a certificate and is not a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CertificateThumbprint([u8; 32]);

impl ClientCertificate {
    /// Computes the thumbprint from the DER encoding of the certificate, which TLS libraries provide.
    ///
    /// ```
    /// use auth0_api_core::ClientCertificate;
    ///
    /// # let der = [0x30, 0x03, 0x02, 0x01, 0x05];
    /// let certificate = ClientCertificate::from_der(&der);
    /// assert_eq!(certificate.thumbprint().to_string().len(), 43);
    /// ```
    pub fn from_der(der: &[u8]) -> Self {
        Self { thumbprint: CertificateThumbprint(sha256(der)) }
    }

    /// Creates the value from the thumbprint that a proxy sends.
    pub(crate) fn with_thumbprint(thumbprint: CertificateThumbprint) -> Self {
        Self { thumbprint }
    }

    /// The thumbprint: the value of `x5t#S256` in tokens that are bound to the certificate.
    pub fn thumbprint(&self) -> CertificateThumbprint {
        self.thumbprint
    }
}

impl CertificateThumbprint {
    /// Wraps the 32 bytes of a SHA-256 digest.
    pub const fn from_bytes(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The 32 bytes of the digest.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for CertificateThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

impl fmt::Debug for CertificateThumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateThumbprint({self})")
    }
}
