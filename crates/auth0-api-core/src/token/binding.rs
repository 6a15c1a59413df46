//! What a token is bound to, once it is proven.

use crate::certificate::CertificateThumbprint;
use crate::credentials::Scheme;
use crate::jose::Thumbprint;

/// How the caller proved that the token is its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Binding {
    /// Not at all: whoever holds the token may use it ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
    Bearer,
    /// By a proof of the key that the token is bound to ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    Dpop {
        /// The key's thumbprint: `cnf.jkt`.
        thumbprint: Thumbprint,
    },
    /// By a proof of the key and by the certificate, to both of which the token is bound.
    DpopAndMtls {
        /// The certificate's thumbprint: `cnf.x5t#S256`.
        certificate: CertificateThumbprint,
        /// The key's thumbprint: `cnf.jkt`.
        key: Thumbprint,
    },
    /// By the client certificate of its connection ([RFC 8705 §3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).
    Mtls {
        /// The certificate's thumbprint: `cnf.x5t#S256`.
        thumbprint: CertificateThumbprint,
    },
}

impl Binding {
    /// Of what was proven.
    pub(crate) fn of(key: Option<Thumbprint>, certificate: Option<CertificateThumbprint>) -> Self {
        match (key, certificate) {
            (None, None) => Self::Bearer,
            (Some(thumbprint), None) => Self::Dpop { thumbprint },
            (None, Some(thumbprint)) => Self::Mtls { thumbprint },
            (Some(key), Some(certificate)) => Self::DpopAndMtls { certificate, key },
        }
    }

    /// The scheme that the token came by: only a proof of a key comes by `DPoP`.
    pub(crate) fn scheme(&self) -> Scheme {
        if self.key().is_some() { Scheme::Dpop } else { Scheme::Bearer }
    }

    /// The key that a proof was made with, if there was one.
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
