//! Key pairs: the private halves sign.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _};

use super::Algorithm;
use super::algorithm::Implementation;
use super::curve::Curve;
use super::material::{EcPoint, Material};
use super::pem::PemKind;

/// A key pair, by type.
pub(super) enum KeyPair {
    Ec(Curve, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl KeyPair {
    /// Decodes a key. The label of the PEM block does not name the curve. For PKCS#8, the label does not name the type
    /// of the key, either. So all possible curves and types are tried, until one fits.
    pub(super) fn decode(kind: PemKind, der: &[u8]) -> Option<Self> {
        let ec = |read: fn(&'static EcdsaSigningAlgorithm, &[u8]) -> Option<EcdsaKeyPair>| {
            Curve::ALL.into_iter().find_map(|curve| Some(Self::Ec(curve, read(curve.signing(), der)?)))
        };
        match kind {
            PemKind::Ec => ec(|signing, der| EcdsaKeyPair::from_private_key_der(signing, der).ok()),
            PemKind::Rsa => RsaKeyPair::from_der(der).ok().map(Self::Rsa),
            PemKind::Pkcs8 => {
                let rsa = || RsaKeyPair::from_pkcs8(der).ok().map(Self::Rsa);
                let ed25519 = || Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Self::Ed25519);
                rsa().or_else(|| ec(|signing, der| EcdsaKeyPair::from_pkcs8(signing, der).ok())).or_else(ed25519)
            }
        }
    }

    /// Returns the default algorithm of the key.
    pub(super) fn usual_algorithm(&self) -> Algorithm {
        match self {
            Self::Ec(curve, _) => Algorithm::on(*curve),
            Self::Ed25519(_) => Algorithm::EdDSA,
            Self::Rsa(_) => Algorithm::RS256,
        }
    }

    /// Returns whether the key can sign with an algorithm.
    pub(super) fn fits(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Rsa(_) => matches!(algorithm.implementation(), Implementation::Rsa(..)),
            _ => self.usual_algorithm() == algorithm,
        }
    }

    /// Returns the public half.
    pub(super) fn public(&self) -> Material {
        match self {
            Self::Ec(curve, pair) => Material::Ec(EcPoint::uncompressed(*curve, pair.public_key().as_ref())),
            Self::Ed25519(pair) => Material::Ed25519(pair.public_key().as_ref().try_into().unwrap_or_default()),
            Self::Rsa(pair) => {
                let public = pair.public_key();
                let (modulus, exponent) = (public.modulus(), public.exponent());
                Material::Rsa {
                    modulus: modulus.big_endian_without_leading_zero().to_vec(),
                    exponent: exponent.big_endian_without_leading_zero().to_vec(),
                }
            }
        }
    }

    /// Returns the signature in the JOSE form.
    pub(super) fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(_, pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Self::Ed25519(pair) => Some(pair.sign(message).as_ref().to_vec()),
            Self::Rsa(pair) => {
                let Implementation::Rsa(_, padding) = algorithm.implementation() else { return None };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature).ok()?;
                Some(signature)
            }
        }
    }
}
