//! Reads private keys in JWK form ([RFC 7518 §6](https://www.rfc-editor.org/rfc/rfc7518#section-6),
//! [RFC 8037 §2](https://www.rfc-editor.org/rfc/rfc8037#section-2)).

use std::borrow::Cow;
use std::iter;

use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
use jsonwebtoken::jwk::EllipticCurve;
use secrecy::zeroize::Zeroizing;

use super::curve::{self, Curve};
use super::key_pair::KeyPair;
use super::material::UNCOMPRESSED;
use super::{Object, PrivateKeyError, der};
use crate::base64url;

/// Reads the key pair. The public half must be present and match the private half.
pub(super) fn pair(members: &Object<&str>) -> Result<KeyPair, PrivateKeyError> {
    let (kty, crv) = (text(members, "kty")?, text(members, "crv")?);
    match (kty.as_str(), curve::named(&crv)) {
        ("EC", Some(crv)) => ec(members, Curve::new(&crv).ok_or(PrivateKeyError::Unsupported)?),
        ("OKP", Some(EllipticCurve::Ed25519)) => {
            let (seed, public) = (octets(members, "d")?, octets(members, "x")?);
            let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &public);
            pair.map(KeyPair::Ed25519).map_err(|_| PrivateKeyError::Value)
        }
        ("RSA", _) => rsa(members),
        _ => Err(PrivateKeyError::Unsupported),
    }
}

/// Returns a string member, or an empty string if the member is absent.
pub(super) fn text(members: &Object<&str>, name: &str) -> Result<String, PrivateKeyError> {
    let text = members.string(name).map_err(|_| PrivateKeyError::Encoding)?;
    Ok(text.map(Cow::into_owned).unwrap_or_default())
}

fn ec(members: &Object<&str>, curve: Curve) -> Result<KeyPair, PrivateKeyError> {
    let (x, y) = (octets(members, "x")?, octets(members, "y")?);
    let point = [&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat();
    let pair = EcdsaKeyPair::from_private_key_and_public_key(curve.signing(), &octets(members, "d")?, &point);
    pair.map(|pair| KeyPair::Ec(curve, pair)).map_err(|_| PrivateKeyError::Value)
}

/// Reads an RSA key. The library reads RSA keys only in DER. So the numbers of the JWK are first written as an
/// `RSAPrivateKey` ([RFC 8017 §A.1.2](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2)).
///
/// An `RSAPrivateKey` is a sequence of nine integers: the version 0 and eight numbers, in the order of the list below.
fn rsa(members: &Object<&str>) -> Result<KeyPair, PrivateKeyError> {
    let version = Ok(Zeroizing::new(vec![0]));
    let others = ["n", "e", "d", "p", "q", "dp", "dq", "qi"].map(|name| octets(members, name));
    let numbers = iter::once(version).chain(others).collect::<Result<Vec<_>, _>>()?;
    let der = Zeroizing::new(der::sequence(&numbers).into_vec());
    RsaKeyPair::from_der(&der).map(KeyPair::Rsa).map_err(|_| PrivateKeyError::Value)
}

fn octets(members: &Object<&str>, name: &str) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
    let text = Zeroizing::new(text(members, name)?);
    let octets = base64url::decode(&text).filter(|octets| !octets.is_empty());
    octets.map(Zeroizing::new).ok_or(PrivateKeyError::Encoding)
}
