//! Base64url without padding ([RFC 7515 §2](https://www.rfc-editor.org/rfc/rfc7515#section-2)). Only the canonical
//! encoding is accepted.

use std::fmt;
use std::mem::MaybeUninit;

use base64_simd::{AsOut as _, URL_SAFE_NO_PAD};

/// A text that [`decode`] accepts, and that is decoded later, into a buffer on the stack.
#[derive(Clone, Copy)]
pub(crate) struct Encoded<'t>(&'t str);

impl<'t> Encoded<'t> {
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        URL_SAFE_NO_PAD.check(text.as_bytes()).ok().map(|()| Self(text))
    }

    /// Decodes the text into the beginning of `buffer`. Returns `None` if the buffer is too short.
    pub(crate) fn decode_into(self, buffer: &mut [MaybeUninit<u8>]) -> Option<&[u8]> {
        let length = URL_SAFE_NO_PAD.decoded_length(self.0.as_bytes()).ok()?;
        let decoded = URL_SAFE_NO_PAD.decode(self.0.as_bytes(), buffer.get_mut(..length)?.as_out()).ok()?;
        Some(decoded)
    }
}

impl fmt::Debug for Encoded<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Encoded").finish_non_exhaustive()
    }
}

pub(crate) fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(octets)
}

pub(crate) fn encode_to(octets: &[u8], text: &mut String) {
    URL_SAFE_NO_PAD.encode_append(octets, text);
}

/// Decodes a text, and rejects padding, white space, other alphabets and non-zero trailing bits. So two different texts
/// never decode to the same octets ([RFC 4648 §3.5](https://www.rfc-editor.org/rfc/rfc4648#section-3.5)).
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// Decodes a text by the same rules into `output`. Returns `None` if the number of octets is not the length of
/// `output`.
pub(crate) fn decode_exactly(text: &str, output: &mut [u8]) -> Option<()> {
    let fits = URL_SAFE_NO_PAD.decoded_length(text.as_bytes()).is_ok_and(|length| length == output.len());
    fits.then(|| URL_SAFE_NO_PAD.decode(text.as_bytes(), output.as_out()).ok()).flatten().map(|_| ())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_value_has_one_encoding() {
        assert_eq!(decode("-_8"), Some(vec![0xfb, 0xff]));
        for rejected in ["-_8=", "-_9", "+/8", "-_8 ", " -_8", "-_8\n", "-", "-_-_-", "é", "-_8\0"] {
            assert_eq!(decode(rejected), None, "{rejected:?}");
        }
    }

    proptest! {
        #[test]
        fn decoded_octets_encode_to_the_same_text(text in "[A-Za-z0-9_=+/ -]{0,80}") {
            if let Some(octets) = decode(&text) {
                prop_assert_eq!(encode(&octets), text);
            }
        }

        #[test]
        fn decode_exactly_is_decode_with_a_length_check(text in "[A-Za-z0-9_=-]{0,12}", octets in 0..10_usize) {
            let mut output = vec![0; octets];
            let expected = decode(&text).filter(|decoded| decoded.len() == octets);
            prop_assert_eq!(decode_exactly(&text, &mut output).map(|()| output), expected);
        }

        #[test]
        fn an_encoded_text_is_decoded_as_by_decode(text in "[A-Za-z0-9_=+/-]{0,80}", room in 0..70_usize) {
            let mut buffer = vec![MaybeUninit::uninit(); room];
            let encoded = Encoded::parse(&text);
            prop_assert_eq!(encoded.is_some(), decode(&text).is_some());
            let expected = decode(&text).filter(|decoded| decoded.len() <= room);
            let decoded = encoded.and_then(|encoded| encoded.decode_into(&mut buffer).map(<[u8]>::to_vec));
            prop_assert_eq!(decoded, expected);
        }

        #[test]
        fn encoded_octets_decode_to_themselves(octets: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&octets)), Some(octets));
        }
    }
}
