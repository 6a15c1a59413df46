//! How a caller proved that it may use a token.

use crate::certificate::CertificateThumbprint;
use crate::credentials::Scheme;
use crate::jose::Thumbprint;

/// How the caller proved that it is the rightful holder of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Binding {
    /// The caller sent only the token. Any party that has the token can use it
    /// ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
    Bearer,
    /// The caller sent a proof. The proof was made with the key that the token is bound to
    /// ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    Dpop {
        /// The key's thumbprint: `cnf.jkt`.
        thumbprint: Thumbprint,
    },
    /// The caller used both a proof and a client certificate, because the token is bound to a key and a certificate.
    DpopAndMtls {
        /// The certificate's thumbprint: `cnf.x5t#S256`.
        certificate: CertificateThumbprint,
        /// The key's thumbprint: `cnf.jkt`.
        key: Thumbprint,
    },
    /// The caller used the client certificate of its connection
    /// ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
    Mtls {
        /// The certificate's thumbprint: `cnf.x5t#S256`.
        thumbprint: CertificateThumbprint,
    },
}

impl Binding {
    /// Returns the binding for the key of the proof and for the client certificate.
    pub(crate) fn of(key: Option<Thumbprint>, certificate: Option<CertificateThumbprint>) -> Self {
        match (key, certificate) {
            (None, None) => Self::Bearer,
            (Some(thumbprint), None) => Self::Dpop { thumbprint },
            (None, Some(thumbprint)) => Self::Mtls { thumbprint },
            (Some(key), Some(certificate)) => Self::DpopAndMtls { certificate, key },
        }
    }

    /// The scheme of the request: `DPoP` if the caller sent a proof, else `Bearer`.
    pub(crate) fn scheme(&self) -> Scheme {
        if self.key().is_some() { Scheme::Dpop } else { Scheme::Bearer }
    }

    /// The key of the proof, if the caller sent a proof.
    pub fn key(&self) -> Option<Thumbprint> {
        match *self {
            Self::Dpop { thumbprint: key } | Self::DpopAndMtls { key, .. } => Some(key),
            Self::Bearer | Self::Mtls { .. } => None,
        }
    }

    /// The client certificate of the connection, if the token is bound to it.
    pub fn certificate(&self) -> Option<CertificateThumbprint> {
        match *self {
            Self::Mtls { thumbprint: certificate } | Self::DpopAndMtls { certificate, .. } => Some(certificate),
            Self::Bearer | Self::Dpop { .. } => None,
        }
    }
}
