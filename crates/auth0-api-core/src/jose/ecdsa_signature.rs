//! Converts ECDSA signatures from the JOSE form to DER, because aws-lc-rs verifies the DER form here.

use smallvec::SmallVec;

/// Writes a signature in DER, as RFC 3279 §2.2.3 defines it: `SEQUENCE { r INTEGER, s INTEGER }`. Returns `None` if the
/// signature does not have the length of two coordinates.
///
/// JOSE writes `r` and then `s`, each in the size of the field
/// ([RFC 7518 §3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)). For this form, the library would parse both
/// as big numbers and then write the same DER. This function is faster, because it works only on the octets:
///
/// 1. It splits the signature in the middle.
/// 2. DER requires the shortest form of each integer. So leading zero octets are removed, except the last octet of the
///    number 0.
/// 3. DER integers have a sign. If the first bit of the number is set, one zero octet is written before the number,
///    because the number would be negative otherwise.
/// 4. Each integer is written as tag, length, octets. Both integers are shorter than 128 octets, so one octet is enough
///    for the length.
/// 5. The sequence can be longer than 127 octets only on P-521. Its length is then written in two octets: `0x81` and
///    the length.
pub(super) fn der(signature: &[u8], coordinate: usize) -> Option<Der> {
    let (r, s) = signature.split_at_checked(coordinate).filter(|(_, s)| s.len() == coordinate)?;
    let (r, s) = (Integer::new(r), Integer::new(s));
    let mut der = Der::from_slice(&[SEQUENCE]);
    let content = r.encoded_length() + s.encoded_length();
    if content >= LONG_FORM {
        // X.690 §8.1.3.5: `0x81` means that the length follows in one octet.
        der.push(0x81);
    }
    der.push(u8::try_from(content).ok()?);
    r.write(&mut der)?;
    s.write(&mut der)?;
    Some(der)
}

/// A DER signature. The longest is that of ES512, with 139 bytes.
pub(super) type Der = SmallVec<[u8; 144]>;

/// A non-negative integer, in the shortest form that DER allows (X.690 §8.3.2).
struct Integer<'n> {
    octets: &'n [u8],
    /// Whether a zero octet is written before the number.
    padded: bool,
}

impl<'n> Integer<'n> {
    fn new(field: &'n [u8]) -> Self {
        let zeros = field.iter().take(field.len().saturating_sub(1)).take_while(|octet| **octet == 0).count();
        let octets = field.get(zeros..).unwrap_or_default();
        // If the first bit were set, the integer would be negative.
        Self { octets, padded: octets.first().is_some_and(|first| *first >= 0x80) }
    }

    fn length(&self) -> usize {
        self.octets.len() + usize::from(self.padded)
    }

    fn encoded_length(&self) -> usize {
        2 + self.length()
    }

    fn write(&self, der: &mut Der) -> Option<()> {
        der.extend_from_slice(&[INTEGER, u8::try_from(self.length()).ok()?]);
        if self.padded {
            der.push(0);
        }
        der.extend_from_slice(self.octets);
        Some(())
    }
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// X.690 §8.1.3.4: a length of 128 or more needs more than one octet.
const LONG_FORM: usize = 0x80;

#[cfg(test)]
mod tests {
    use super::der;

    #[test]
    fn integers_are_written_in_their_shortest_form() {
        for (signature, written) in [
            (&[1, 2, 3, 4][..], &[0x30, 8, 2, 2, 1, 2, 2, 2, 3, 4][..]),
            (&[0, 2, 0, 0x80], &[0x30, 7, 2, 1, 2, 2, 2, 0, 0x80]),
            (&[0, 0, 0xff, 0], &[0x30, 8, 2, 1, 0, 2, 3, 0, 0xff, 0]),
        ] {
            assert_eq!(der(signature, 2).as_deref(), Some(written));
        }
    }

    #[test]
    fn a_length_of_128_or_more_takes_two_octets() {
        let written = der(&[0xff; 132], 66);
        assert_eq!(written.as_deref().map(|der| (der.len(), der.get(..3))), Some((141, Some(&[0x30, 0x81, 138][..]))));
    }

    #[test]
    fn a_signature_of_another_length_is_rejected() {
        for length in [0, 1, 31, 32, 63, 65, 128] {
            assert!(der(&vec![1; length], 32).is_none(), "{length}");
        }
    }
}
