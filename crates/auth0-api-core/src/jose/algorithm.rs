//! The supported signature algorithms. The type has no symmetric algorithms and no `none`, so a configuration cannot
//! accept them.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use aws_lc_rs::rsa::RsaParameters;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding,
};

use super::curve::Curve;

/// A signature algorithm of [RFC 7518 §3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1) or
/// [RFC 8037 §3.1](https://www.rfc-editor.org/rfc/rfc8037#section-3.1), asymmetric only.
///
/// ```
/// use auth0_api_core::Algorithm;
///
/// assert_eq!("PS256".parse(), Ok(Algorithm::PS256));
/// assert!("HS256".parse::<Algorithm>().is_err());
/// assert!("none".parse::<Algorithm>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: Auth0's default.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256: the default for DPoP proofs.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512.
    ES512,
    /// EdDSA on the curve Ed25519. RFC 9864 gives the name `Ed25519` to the same algorithm. This name is also accepted.
    EdDSA,
}

impl Algorithm {
    /// All supported algorithms, in the order of the RFCs.
    pub const ALL: [Self; 10] = [
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::EdDSA,
    ];

    /// The algorithm's registered name.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The algorithm of a curve.
    pub(super) fn on(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::ES256,
            Curve::P384 => Self::ES384,
            Curve::P521 => Self::ES512,
        }
    }

    pub(super) fn implementation(self) -> Implementation {
        self.row().1
    }

    /// Whether the algorithm signs the SHA-256 digest of the message.
    pub(super) fn takes_sha256(self) -> bool {
        matches!(self, Self::RS256 | Self::PS256 | Self::ES256)
    }

    /// The table of algorithms: the registered name, and the implementation.
    fn row(self) -> (&'static str, Implementation) {
        use Implementation::{Ecdsa, Ed25519, Rsa};
        match self {
            Self::RS256 => ("RS256", Rsa(&RSA_PKCS1_2048_8192_SHA256, &RSA_PKCS1_SHA256)),
            Self::RS384 => ("RS384", Rsa(&RSA_PKCS1_2048_8192_SHA384, &RSA_PKCS1_SHA384)),
            Self::RS512 => ("RS512", Rsa(&RSA_PKCS1_2048_8192_SHA512, &RSA_PKCS1_SHA512)),
            Self::PS256 => ("PS256", Rsa(&RSA_PSS_2048_8192_SHA256, &RSA_PSS_SHA256)),
            Self::PS384 => ("PS384", Rsa(&RSA_PSS_2048_8192_SHA384, &RSA_PSS_SHA384)),
            Self::PS512 => ("PS512", Rsa(&RSA_PSS_2048_8192_SHA512, &RSA_PSS_SHA512)),
            Self::ES256 => ("ES256", Ecdsa(Curve::P256)),
            Self::ES384 => ("ES384", Ecdsa(Curve::P384)),
            Self::ES512 => ("ES512", Ecdsa(Curve::P521)),
            Self::EdDSA => ("EdDSA", Ed25519),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        // RFC 9864 §2.2: `Ed25519` is the fully-specified name of the algorithm. In this crate, `EdDSA` means the same
        // algorithm.
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name).ok_or(UnknownAlgorithm)
    }
}

/// The name is not the name of an asymmetric signature algorithm that this crate supports. `HS*` and `none` are not
/// supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an asymmetric signature algorithm (RS, PS or ES with 256, 384 or 512; EdDSA)")]
pub struct UnknownAlgorithm;

/// The type of key that an algorithm uses. For RSA, also the parts of aws-lc-rs that verify and sign; [`Curve`] has the
/// parts for ECDSA.
pub(super) enum Implementation {
    Ecdsa(Curve),
    Ed25519,
    Rsa(&'static RsaParameters, &'static dyn RsaEncoding),
}

/// The algorithms that a caller accepts.
#[derive(Clone, Debug)]
pub(crate) struct AlgorithmSet(Cow<'static, [Algorithm]>);

impl AlgorithmSet {
    /// All supported algorithms, for callers that check the algorithm later.
    pub(crate) const ANY: Self = Self(Cow::Borrowed(&Algorithm::ALL));

    /// Removes duplicates and keeps the order. Returns `None` for an empty list.
    pub(crate) fn new(algorithms: impl IntoIterator<Item = Algorithm>) -> Option<Self> {
        let mut distinct = Vec::new();
        for algorithm in algorithms {
            if !distinct.contains(&algorithm) {
                distinct.push(algorithm);
            }
        }
        (!distinct.is_empty()).then_some(Self(distinct.into()))
    }

    pub(crate) fn contains(&self, algorithm: Algorithm) -> bool {
        self.0.contains(&algorithm)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Algorithm> {
        self.0.iter().copied()
    }
}

impl fmt::Display for AlgorithmSet {
    /// Writes the names separated by spaces, as in the parameter `algs` of a challenge
    /// ([RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, algorithm) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(algorithm.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Algorithm::{ES256, ES384, ES512, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    use super::*;

    #[test]
    fn every_algorithm_has_its_registered_name() {
        let names = [
            ("RS256", RS256),
            ("RS384", RS384),
            ("RS512", RS512),
            ("PS256", PS256),
            ("PS384", PS384),
            ("PS512", PS512),
            ("ES256", ES256),
            ("ES384", ES384),
            ("ES512", ES512),
            ("EdDSA", EdDSA),
        ];
        assert_eq!(names.map(|(_, algorithm)| algorithm), Algorithm::ALL);
        for (name, algorithm) in names {
            assert_eq!(name.parse(), Ok(algorithm));
            assert_eq!(algorithm.to_string(), name);
        }
        assert_eq!("Ed25519".parse(), Ok(EdDSA));
    }

    #[test]
    fn no_other_name_is_an_algorithm() {
        for name in [
            "", "none", "None", "NONE", "HS256", "HS384", "HS512", "rs256", "Rs256", "RS256 ", " RS256", "RS256\0",
            "RS1", "ES256K", "ES521", "EDDSA", "eddsa", "ed25519", "Ed448", "RSA-OAEP", "RSA1_5", "A256GCM", "dir",
        ] {
            assert_eq!(name.parse::<Algorithm>(), Err(UnknownAlgorithm), "{name:?}");
        }
    }

    #[test]
    fn a_set_keeps_the_order_without_duplicates() {
        let set = AlgorithmSet::new([ES256, PS256, ES256, RS256, PS256]);
        assert_eq!(set.as_ref().map(AlgorithmSet::to_string).as_deref(), Some("ES256 PS256 RS256"));
        assert!(set.is_some_and(|set| set.contains(RS256) && !set.contains(RS512)));
        assert!(AlgorithmSet::new([]).is_none());
    }

    #[test]
    fn any_contains_every_algorithm() {
        assert_eq!(AlgorithmSet::ANY.to_string(), "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA");
    }
}
