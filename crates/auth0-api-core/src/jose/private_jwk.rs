//! Reads private keys in JWK form ([RFC 7518 §6](https://www.rfc-editor.org/rfc/rfc7518#section-6),
//! [RFC 8037 §2](https://www.rfc-editor.org/rfc/rfc8037#section-2)).

use std::borrow::Cow;

use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair};
use secrecy::zeroize::Zeroizing;

use super::private_key::{CURVES, Pair};
use super::{Object, PrivateKeyError};
use crate::base64url;

/// Reads the key pair. The public half must be present and match the private half.
pub(super) fn pair(members: &Object) -> Result<Pair, PrivateKeyError> {
    match (text(members, "kty")?.as_str(), text(members, "crv")?.as_str()) {
        ("EC", crv) => ec(members, crv),
        ("OKP", "Ed25519") => {
            let (seed, public) = (octets(members, "d")?, octets(members, "x")?);
            let pair = Ed25519KeyPair::from_seed_and_public_key(&seed, &public);
            pair.map(Pair::Ed25519).map_err(|_| PrivateKeyError::Value)
        }
        ("RSA", _) => rsa(members),
        _ => Err(PrivateKeyError::Unsupported),
    }
}

/// Returns a string member, or an empty string if the member is absent.
pub(super) fn text(members: &Object, name: &str) -> Result<String, PrivateKeyError> {
    let text = members.string(name).map_err(|_| PrivateKeyError::Encoding)?;
    Ok(text.map(Cow::into_owned).unwrap_or_default())
}

fn ec(members: &Object, crv: &str) -> Result<Pair, PrivateKeyError> {
    let curve = CURVES.iter().find(|curve| curve.name == crv).ok_or(PrivateKeyError::Unsupported)?;
    let (x, y) = (octets(members, "x")?, octets(members, "y")?);
    let point = [&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat();
    let pair = EcdsaKeyPair::from_private_key_and_public_key(curve.signing, &octets(members, "d")?, &point);
    pair.map(|pair| Pair::Ec(curve, pair)).map_err(|_| PrivateKeyError::Value)
}

/// Reads an RSA key. The library reads RSA keys only in DER. So the numbers of the JWK are first written as an
/// `RSAPrivateKey` ([RFC 8017 §A.1.2](https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2)).
///
/// An `RSAPrivateKey` is a sequence of nine integers: the version 0 and eight numbers, in the order of the list below.
fn rsa(members: &Object) -> Result<Pair, PrivateKeyError> {
    let mut numbers = Zeroizing::new(integer(&[0]));
    for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        let number = Zeroizing::new(integer(&octets(members, name)?));
        numbers.extend_from_slice(&number);
    }
    let der = Zeroizing::new(tagged(SEQUENCE, &numbers));
    RsaKeyPair::from_der(&der).map(Pair::Rsa).map_err(|_| PrivateKeyError::Value)
}

fn octets(members: &Object, name: &str) -> Result<Zeroizing<Vec<u8>>, PrivateKeyError> {
    let text = Zeroizing::new(text(members, name)?);
    let octets = base64url::decode(&text).filter(|octets| !octets.is_empty());
    octets.map(Zeroizing::new).ok_or(PrivateKeyError::Encoding)
}

/// Writes a non-negative number as a DER `INTEGER` in its shortest form, without leading zeros. One zero octet is added
/// in two cases: if the first bit is set, because the number would be negative otherwise; and if the number is 0,
/// because no octet is left.
fn integer(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|octet| **octet == 0).count();
    let mut digits = big_endian.get(zeros..).unwrap_or_default().to_vec();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    tagged(INTEGER, &digits)
}

/// Writes a DER value: tag, length, octets. A length below 128 is written in one octet. For a longer length, the first
/// octet is `0x80` plus the number of the length's octets. These octets follow, most significant first.
fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len().to_be_bytes();
    let significant: Vec<u8> = length.iter().copied().skip_while(|octet| *octet == 0).collect();
    let mut der = vec![tag];
    match u8::try_from(value.len()) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            der.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
            der.extend_from_slice(&significant);
        }
    }
    der.extend_from_slice(value);
    der
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// The first octet of an uncompressed point (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

#[cfg(test)]
mod tests {
    use super::{INTEGER, SEQUENCE, integer, tagged};

    #[test]
    fn integers_are_in_their_shortest_form_and_not_negative() {
        for (number, der) in [
            (&[0][..], &[INTEGER, 1, 0][..]),
            (&[0, 0, 1], &[INTEGER, 1, 1]),
            (&[0x7f], &[INTEGER, 1, 0x7f]),
            (&[0x80], &[INTEGER, 2, 0, 0x80]),
            (&[1, 0], &[INTEGER, 2, 1, 0]),
        ] {
            assert_eq!(integer(number), der);
        }
    }

    #[test]
    fn a_length_of_128_or_more_has_a_prefix_octet() {
        assert_eq!(tagged(SEQUENCE, &[7; 127]).get(..3), Some(&[SEQUENCE, 127, 7][..]));
        assert_eq!(tagged(SEQUENCE, &[7; 128]).get(..4), Some(&[SEQUENCE, 0x81, 128, 7][..]));
        assert_eq!(tagged(SEQUENCE, &[7; 300]).get(..5), Some(&[SEQUENCE, 0x82, 1, 44, 7][..]));
    }
}
