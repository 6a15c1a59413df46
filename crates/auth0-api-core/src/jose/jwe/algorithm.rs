//! The algorithms that encrypt the content key ([RFC 7518 §4.3](https://www.rfc-editor.org/rfc/rfc7518#section-4.3)).

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512, OaepAlgorithm};

/// RSA-OAEP with SHA-2. The algorithms with PKCS #1 v1.5 padding, SHA-1, passwords and shared keys do not exist here, so
/// no header can select them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyEncryption {
    RsaOaep256,
    RsaOaep384,
    RsaOaep512,
}

impl KeyEncryption {
    pub(super) const ALL: [Self; 3] = [Self::RsaOaep256, Self::RsaOaep384, Self::RsaOaep512];

    /// Finds an algorithm by the exact name of `alg`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.row().0 == name)
    }

    pub(super) fn implementation(self) -> &'static OaepAlgorithm {
        self.row().1
    }

    /// The hash of the padding is also that of MGF1, and the label is empty.
    fn row(self) -> (&'static str, &'static OaepAlgorithm) {
        match self {
            Self::RsaOaep256 => ("RSA-OAEP-256", &OAEP_SHA256_MGF1SHA256),
            Self::RsaOaep384 => ("RSA-OAEP-384", &OAEP_SHA384_MGF1SHA384),
            Self::RsaOaep512 => ("RSA-OAEP-512", &OAEP_SHA512_MGF1SHA512),
        }
    }
}
